/** Images people look around from: DNS and network tools, curl, kubectl, a bash on Alpine. */
import { alpineImage } from './alpine.ts'
import { debianImage, processTools, programPaths, ubuntuImage } from './debian.ts'
import { type CatalogueRepository, type Image, type LayerFiles, makeImage } from './image.ts'
import type { ImageRunConfig } from './image-config.ts'
import { once } from './once.ts'

const note = 'buildkit.dockerfile.v0'
const networkTools = [
  'curl',
  'wget',
  'dig',
  'nslookup',
  'host',
  'ping',
  'nc',
  'telnet',
  'traceroute',
  'tcpdump',
  'nmap',
  'mtr',
  'ip',
  'ss',
  'netstat',
  'ifconfig',
  'route',
  'arp',
  'iptables',
  'iperf3',
  'jq',
  'openssl',
  'ssh',
  'strace',
  'lsof',
  'vim',
  'vi',
  'socat',
  'git',
]
const bashOnAlpine: LayerFiles = { '/bin/bash': { program: 'bash' } }

const bash = once(() =>
  makeImage({
    base: alpineImage(),
    created: '2025-10-09T00:30:00Z',
    config: {
      Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', '_BASH_VERSION=5.3.3', '_BASH_BASELINE=5.3'],
      Entrypoint: ['docker-entrypoint.sh'],
      Cmd: ['bash'],
    },
    steps: [
      { createdBy: 'ENV _BASH_VERSION=5.3.3', comment: note },
      {
        createdBy: 'RUN /bin/sh -c set -eux; apk add --no-cache --virtual .build-deps bison coreutils gcc libc-dev make # buildkit',
        files: {
          '/usr/local/bin/bash': { program: 'bash' },
          '/usr/local/bin/docker-entrypoint.sh': {
            text: '#!/usr/local/bin/bash\nset -e\nif [ "${1:0:1}" = "-" ]; then\n  set -- bash "$@"\nfi\nexec "$@"\n',
            mode: 0o755,
          },
        },
        size: 7_000_000,
        comment: note,
      },
      { createdBy: 'ENTRYPOINT ["docker-entrypoint.sh"]', comment: note },
      { createdBy: 'CMD ["bash"]', comment: note },
    ],
  }),
)

function toolBox({
  base,
  created,
  run,
  files,
  config = {},
  size,
}: {
  base: () => Image
  created: string
  run: string
  files: LayerFiles
  config?: ImageRunConfig
  size: number
}): () => Image {
  return once(() =>
    makeImage({
      base: base(),
      created,
      config,
      steps: [
        { createdBy: `RUN /bin/sh -c ${run} # buildkit`, files, size, comment: note },
        ...(config.Entrypoint ? [{ createdBy: `ENTRYPOINT ${JSON.stringify(config.Entrypoint)}`, comment: note }] : []),
        ...(config.Cmd ? [{ createdBy: `CMD ${JSON.stringify(config.Cmd)}`, comment: note }] : []),
      ],
    }),
  )
}

const dnsutils = toolBox({
  base: ubuntuImage,
  created: '2015-06-26T07:53:00Z',
  run: 'apt-get update && apt-get install -yq dnsutils',
  files: programPaths(['dig', 'nslookup', 'host', 'ping', 'curl']),
  config: { Cmd: ['/bin/bash'] },
  size: 12_000_000,
})
const tutumCurl = toolBox({
  base: ubuntuImage,
  created: '2015-06-24T09:00:00Z',
  run: 'apt-get update && apt-get install -yq curl',
  files: programPaths(['curl']),
  config: { Cmd: ['/bin/bash'] },
  size: 11_000_000,
})
const jessieDnsutils = toolBox({
  base: debianImage,
  created: '2021-11-16T02:00:00Z',
  run: 'clean-install dnsutils',
  files: programPaths(['dig', 'nslookup', 'host', 'ping']),
  config: { Cmd: ['sleep', '3600'] },
  size: 90_000_000,
})
const nettools = toolBox({
  base: debianImage,
  created: '2026-01-05T09:00:00Z',
  run: 'apt-get update && apt-get install -y dnsutils iproute2 iputils-ping curl procps',
  files: { ...processTools, ...programPaths(networkTools) },
  config: { Cmd: ['bash'] },
  size: 40_000_000,
})
const netshoot = toolBox({
  base: alpineImage,
  created: '2025-07-02T12:00:00Z',
  run: 'set -ex && apk update && apk upgrade && apk add --no-cache bash bind-tools curl iproute2 iputils jq tcpdump',
  files: { ...bashOnAlpine, ...processTools, ...programPaths(networkTools), '/bin/zsh': { program: 'bash' } },
  config: {
    Cmd: ['zsh'],
    WorkingDir: '/root',
    Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'HOSTNAME=netshoot'],
  },
  size: 490_000_000,
})
const networkToolsImage = toolBox({
  base: alpineImage,
  created: '2025-09-01T12:00:00Z',
  run: 'apk --no-cache add bash bind-tools curl iproute2 iputils jq',
  files: { ...bashOnAlpine, ...processTools, ...programPaths(networkTools) },
  config: { Cmd: ['/bin/bash'] },
  size: 60_000_000,
})

const kubectlTags = ['1.33', '1.33.1', '1.33.3', '1.32', '1.31', 'latest']
const kubectlImage = toolBox({
  base: debianImage,
  created: '2025-08-13T02:10:00Z',
  run: 'install_packages ca-certificates curl jq',
  files: { '/opt/bitnami/kubectl/bin/kubectl': { program: 'kubectl' }, ...programPaths(['curl', 'jq', 'git', 'yq']) },
  config: {
    Env: [
      'HOME=/',
      'OS_ARCH=amd64',
      'OS_FLAVOUR=debian-12',
      'OS_NAME=linux',
      'PATH=/opt/bitnami/kubectl/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      'APP_VERSION=1.33.4',
      'BITNAMI_APP_NAME=kubectl',
    ],
    Entrypoint: ['kubectl'],
    Cmd: ['--help'],
    User: '1001',
    WorkingDir: '/',
  },
  size: 160_000_000,
})
const bareKubectl = once(() =>
  makeImage({
    created: '2025-05-15T10:00:00Z',
    config: { Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'], Entrypoint: ['/bin/kubectl'], WorkingDir: '/' },
    steps: [
      {
        createdBy: 'COPY kubectl /bin/kubectl # buildkit',
        files: { '/bin/kubectl': { program: 'kubectl' }, '/etc/passwd': 'root:x:0:0:root:/root:/sbin/nologin\n' },
        size: 59_000_000,
        comment: note,
      },
      { createdBy: 'ENTRYPOINT ["/bin/kubectl"]', comment: note },
    ],
  }),
)
const alpineKubectl = toolBox({
  base: alpineImage,
  created: '2025-06-11T10:00:00Z',
  run: 'apk add --no-cache curl jq bash',
  files: { ...bashOnAlpine, '/usr/local/bin/kubectl': { program: 'kubectl' }, ...programPaths(['curl', 'jq']) },
  config: { Cmd: ['sh'] },
  size: 80_000_000,
})
const kubectlNamed = (name: string, image: () => Image, prefix = ''): CatalogueRepository => ({
  name,
  description: 'kubectl, the command line of Kubernetes',
  stars: 80,
  tags: Object.fromEntries(kubectlTags.map((tag) => [tag === 'latest' ? tag : `${prefix}${tag}`, image])),
})

export const toolBoxes: readonly CatalogueRepository[] = [
  {
    name: 'docker.io/library/bash',
    description: "Bash is the GNU Project's Bourne Again SHell",
    stars: 800,
    isOfficial: true,
    tags: { latest: bash, '5': bash, '5.3': bash, '5.2': bash, '4.4': bash, '4': bash },
  },
  { name: 'docker.io/tutum/dnsutils', description: '', stars: 7, tags: { latest: dnsutils } },
  { name: 'docker.io/tutum/curl', description: '', stars: 30, tags: { latest: tutumCurl } },
  {
    name: 'registry.k8s.io/e2e-test-images/jessie-dnsutils',
    tags: { '1.3': jessieDnsutils, '1.5': jessieDnsutils, '1.7': jessieDnsutils },
  },
  { name: 'docker.io/library/nettools', description: 'Debian with dig, ip, ping and curl', stars: 1, tags: { latest: nettools } },
  {
    name: 'docker.io/nicolaka/netshoot',
    description: 'a Docker + Kubernetes network trouble-shooting swiss-army container',
    stars: 620,
    tags: { latest: netshoot, 'v0.13': netshoot, 'v0.14': netshoot },
  },
  {
    name: 'docker.io/jonlabelle/network-tools',
    description: 'A Docker image packed with network tools',
    stars: 40,
    tags: { latest: networkToolsImage },
  },
  kubectlNamed('docker.io/bitnami/kubectl', kubectlImage),
  kubectlNamed('docker.io/bitnamilegacy/kubectl', kubectlImage),
  kubectlNamed('docker.io/alpine/k8s', alpineKubectl),
  kubectlNamed('docker.io/alpine/kubectl', alpineKubectl),
  kubectlNamed('docker.io/rancher/kubectl', bareKubectl, 'v'),
  kubectlNamed('registry.k8s.io/kubectl', bareKubectl, 'v'),
]
