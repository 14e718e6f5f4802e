/**
 * The images of a cluster's own components. What they do is done by the engine's control loops (CoreDNS answers through
 * controllers/cluster-dns.ts, kube-proxy writes rules through controllers/kube-proxy.ts); the process in the container
 * (kubernetes-component.ts) is there to be seen.
 */
import { lazy } from '../../unix/programs/lazy.ts'
import type { Program } from '../../unix/kernel/process.ts'
import type { Shown } from './kubernetes-component.ts'
import { type CatalogueRepository, type Image, makeImage } from './image.ts'

interface Component extends Shown {
  readonly repository: string
  readonly tags: readonly string[]
  readonly bytes: number
  /** What else can be run in it. */
  readonly tools?: readonly string[]
  /** Undefined: there to be seen. */
  readonly program?: Program
}

const kubernetesTags = Array.from({ length: 14 }, (_, patch) => `v1.33.${13 - patch}`)

const components: readonly Component[] = [
  {
    repository: 'registry.k8s.io/coredns/coredns',
    path: '/coredns',
    tags: ['v1.12.0'],
    bytes: 20_938_299,
    memoryMiB: 14,
    millicores: 2,
    log: [
      'maxprocs: Leaving GOMAXPROCS=2: CPU quota undefined',
      '.:53',
      '[INFO] plugin/reload: Running configuration SHA512 = 1b226df79860026c6a52e67daa10d7f0d57ec5b023288ec00c5e05f93523c894564e15b91770d3a07ae1cfbe861d15b37d4a0027e69c546ab112970993a3b03b',
      'CoreDNS-1.12.0',
      'linux/amd64, go1.23.3, 51e11f1',
    ],
  },
  {
    repository: 'registry.k8s.io/kube-proxy',
    path: '/usr/local/bin/kube-proxy',
    tags: kubernetesTags,
    bytes: 31_885_000,
    memoryMiB: 16,
    millicores: 1,
    log: [
      'Using iptables proxy',
      'Starting service config controller',
      'Starting endpoint slice config controller',
      'Starting node config controller',
      'Caches are synced',
    ],
  },
  {
    repository: 'registry.k8s.io/kube-apiserver',
    path: '/usr/local/bin/kube-apiserver',
    tags: kubernetesTags,
    bytes: 30_075_000,
    memoryMiB: 240,
    millicores: 38,
    log: ['Serving securely on [::]:6443'],
  },
  {
    repository: 'registry.k8s.io/kube-controller-manager',
    path: '/usr/local/bin/kube-controller-manager',
    tags: kubernetesTags,
    bytes: 27_600_000,
    memoryMiB: 52,
    millicores: 12,
    log: ['Serving securely on 127.0.0.1:10257'],
  },
  {
    repository: 'registry.k8s.io/kube-scheduler',
    path: '/usr/local/bin/kube-scheduler',
    tags: kubernetesTags,
    bytes: 21_780_000,
    memoryMiB: 22,
    millicores: 3,
    log: ['Serving securely on 127.0.0.1:10259'],
  },
  {
    repository: 'registry.k8s.io/etcd',
    path: '/usr/local/bin/etcd',
    tags: ['3.5.21-0'],
    bytes: 58_000_000,
    tools: ['etcdctl', 'etcdutl', 'sh'],
    memoryMiB: 46,
    millicores: 16,
    log: ['{"level":"info","msg":"ready to serve client requests"}'],
  },
  {
    repository: 'registry.k8s.io/metrics-server/metrics-server',
    path: '/metrics-server',
    tags: ['v0.8.0', 'v0.7.2', 'v0.7.1', 'v0.6.4'],
    bytes: 19_300_000,
    memoryMiB: 20,
    millicores: 4,
    log: [],
    program: lazy(() => import('./metrics-server.ts').then(({ metricsServerProgram }) => metricsServerProgram)),
  },
  {
    repository: 'gcr.io/k8s-minikube/storage-provisioner',
    path: '/storage-provisioner',
    tags: ['v5'],
    bytes: 9_058_936,
    memoryMiB: 12,
    millicores: 1,
    log: ['Initializing the minikube storage provisioner...', 'Storage provisioner initialized, now starting service!'],
  },
  {
    repository: 'docker.io/rancher/local-path-provisioner',
    path: '/usr/bin/local-path-provisioner',
    tags: ['v0.0.31'],
    bytes: 20_100_000,
    memoryMiB: 14,
    millicores: 1,
    log: ['Provisioner started'],
  },
  {
    repository: 'registry.k8s.io/ingress-nginx/controller',
    path: '/nginx-ingress-controller',
    tags: ['v1.13.2'],
    bytes: 110_000_000,
    memoryMiB: 90,
    millicores: 3,
    log: [],
    program: lazy(() => import('./ingress-controller.ts').then(({ ingressController }) => ingressController)),
  },
  {
    repository: 'ghcr.io/nginx/nginx-gateway-fabric',
    path: '/usr/bin/gateway',
    tags: ['1.6.2'],
    bytes: 68_000_000,
    memoryMiB: 80,
    millicores: 3,
    log: [],
    program: lazy(() => import('./gateway-fabric/program.ts').then(({ gatewayFabric }) => gatewayFabric)),
  },
  {
    repository: 'ghcr.io/flannel-io/flannel',
    path: '/opt/bin/flanneld',
    tags: ['v0.27.4'],
    bytes: 34_000_000,
    tools: ['cp', 'sh'],
    memoryMiB: 24,
    millicores: 3,
    log: [
      'Installing signal handlers',
      'Start healthz server on 0.0.0.0:0',
      'Using interface with name eth0',
      'Running backend.',
      'Subnet added',
    ],
  },
  {
    repository: 'docker.io/calico/cni',
    path: '/opt/cni/bin/install',
    tags: ['v3.30.3'],
    bytes: 71_000_000,
    tools: ['cp', 'sh'],
    memoryMiB: 24,
    millicores: 3,
    log: [],
  },
  {
    repository: 'docker.io/calico/node',
    path: '/usr/bin/start_runit',
    tags: ['v3.30.3'],
    bytes: 158_000_000,
    memoryMiB: 24,
    millicores: 3,
    log: ['startup/startup.go: Using autodetected IPv4 address on interface eth0', 'bird: BGP: started', 'felix: Ready'],
  },
  {
    repository: 'docker.io/calico/kube-controllers',
    path: '/usr/bin/kube-controllers',
    tags: ['v3.30.3'],
    bytes: 53_000_000,
    memoryMiB: 24,
    millicores: 3,
    log: ['main.go: Loaded configuration from environment', 'main.go: Starting status report routine'],
  },
]

export const systemRepositories: readonly CatalogueRepository[] = components.map((component) => {
  const images = new Map<string, Image>()
  const imageOf = (tag: string): Image => {
    const known = images.get(tag)
    if (known) return known
    const made = makeImage({
      created: '2026-06-24T10:00:00Z',
      config: { Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'], Entrypoint: [component.path], WorkingDir: '/' },
      steps: [
        {
          createdBy: `COPY ${component.path.replace(/^.*\//, '')} ${component.path} # buildkit`,
          files: {
            [component.path]: { program: programName(component) },
            ...Object.fromEntries((component.tools ?? []).map((tool) => [`/usr/local/bin/${tool}`, { program: tool }])),
            '/etc': { directory: true },
          },
          size: component.bytes * 3,
          compressedSize: component.bytes,
          comment: 'buildkit.dockerfile.v0',
        },
      ],
    })
    images.set(tag, made)
    return made
  }
  return {
    name: component.repository,
    description: '',
    stars: 0,
    isOfficial: false,
    tags: Object.fromEntries(component.tags.map((tag) => [tag, () => imageOf(tag)])),
  }
})

export const systemPrograms: readonly (readonly [string, Program])[] = components.map((component) => [
  programName(component),
  component.program ?? lazy(() => import('./kubernetes-component.ts').then(({ componentProgram }) => componentProgram(component))),
])

/** A colon keeps it off the machines' own disks. */
function programName({ repository }: Component): string {
  return `k8s:${repository.replace(/^(registry\.k8s\.io|docker\.io|ghcr\.io)\//, '').replace(/^coredns\/|^flannel-io\//, '')}`
}
