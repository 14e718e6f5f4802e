/** Images people start to look around from: Oracle Linux, and a box with DNS tools. */
import { debianImage, processTools, programPaths, ubuntuImage } from './debian.ts'
import { type CatalogueRepository, makeImage } from './image.ts'
import { once } from './once.ts'

const oracle = once(() => {
  const entries = debianImage().layers[0].entries
  const root = Object.fromEntries(entries.filter((entry) => entry.kind === 'file' && entry.path.startsWith('usr/bin/')).map((entry) => [`/${entry.path}`, { text: entry.content, mode: entry.mode }]))
  return makeImage({
    created: '2025-04-25T20:58:00Z',
    config: { Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'], Cmd: ['/bin/bash'] },
    steps: [
      {
        createdBy: '/bin/sh -c #(nop) ADD file:c1b0b0c4f2e0a3f4 in / ',
        size: 246_500_000,
        files: {
          ...root,
          ...processTools,
          ...programPaths(['curl', 'yum']),
          '/bin': { link: 'usr/bin' },
          '/sbin': { link: 'usr/sbin' },
          '/usr/sbin': { directory: true },
          '/etc/passwd': 'root:x:0:0:root:/root:/bin/bash\nbin:x:1:1:bin:/bin:/sbin/nologin\ndaemon:x:2:2:daemon:/sbin:/sbin/nologin\nnobody:x:99:99:Nobody:/:/sbin/nologin\n',
          '/etc/group': 'root:x:0:\nbin:x:1:\ndaemon:x:2:\nnobody:x:99:\n',
          '/etc/os-release': 'NAME="Oracle Linux Server"\nVERSION="7.9"\nID="ol"\nID_LIKE="fedora"\nVERSION_ID="7.9"\nPRETTY_NAME="Oracle Linux Server 7.9"\nHOME_URL="https://linux.oracle.com/"\n',
          '/etc/oracle-release': 'Oracle Linux Server release 7.9\n',
          '/etc/redhat-release': 'Red Hat Enterprise Linux Server release 7.9 (Maipo)\n',
          '/root': { directory: true, mode: 0o550 },
          '/tmp': { directory: true, mode: 0o1777 },
          '/var/log': { directory: true },
          '/home': { directory: true },
        },
      },
      { createdBy: '/bin/sh -c #(nop)  CMD ["/bin/bash"]' },
    ],
  })
})

const dnsutils = once(() =>
  makeImage({
    base: ubuntuImage(),
    created: '2015-06-26T07:53:00Z',
    config: { Cmd: ['/bin/bash'] },
    steps: [{ createdBy: '/bin/sh -c apt-get update && apt-get install -yq dnsutils', files: programPaths(['dig', 'nslookup', 'host', 'ping', 'curl']), size: 12_000_000 }],
  }),
)

export const toolBoxes: readonly CatalogueRepository[] = [
  { name: 'docker.io/library/oraclelinux', description: 'Official Docker builds of Oracle Linux.', stars: 1_050, isOfficial: true, tags: { '7': oracle, '7.9': oracle } },
  { name: 'docker.io/tutum/dnsutils', description: '', stars: 7, tags: { latest: dnsutils } },
]
