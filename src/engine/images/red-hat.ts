/** Red Hat's family: CentOS, Oracle Linux, Rocky, Alma, Fedora. One tree of files, told apart by its release files. */
import { noBytes, textOf } from '../../base/bytes.ts'
import type { Distribution } from '../../unix/programs/packages/catalogue.ts'
import { filesOf } from '../../unix/programs/packages/files.ts'
import { debianImage, processTools, programPaths } from './debian.ts'
import { type CatalogueRepository, type Image, type LayerFile, makeImage } from './image.ts'
import { once } from './once.ts'

interface Release {
  readonly id: string
  /** `Oracle Linux Server`, as os-release's NAME. */
  readonly name: string
  readonly version: string
  /** The line of /etc/redhat-release. */
  readonly line: string
  /** File beside redhat-release: `oracle-release`. */
  readonly file: string
  readonly like: string
  readonly url: string
  readonly created: string
  readonly bytes: number
  readonly manager: 'yum' | 'dnf'
}

const isOld = ({ version, id }: Release): boolean => id !== 'fedora' && Number(version.split('.')[0]) < 8

function imageOf(release: Release): () => Image {
  return once(() => {
    const { id, name, version, line, file, like, url, created, bytes } = release
    const programs: Record<string, LayerFile> = {}
    for (const entry of debianImage().layers[0].entries) {
      if (entry.kind !== 'file' || !entry.path.startsWith('usr/bin/') || /\/(apt|apt-get|apt-cache|dpkg|dash|service)$/.test(entry.path))
        continue
      programs[`/${entry.path}`] = { text: entry.content, mode: entry.mode }
    }
    const nobody = isOld(release)
      ? 'nobody:x:99:99:Nobody:/:/sbin/nologin\n'
      : 'nobody:x:65534:65534:Kernel Overflow User:/:/sbin/nologin\n'
    return makeImage({
      created,
      config: { Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'], Cmd: ['/bin/bash'] },
      steps: [
        {
          createdBy: `/bin/sh -c #(nop) ADD file:${id}-${version}.tar.xz in / `,
          size: bytes,
          files: {
            ...programs,
            // The base image of CentOS 7 and its kin has no ps; procps-ng is there from 8 on in some only.
            ...(isOld(release) ? processTools : {}),
            ...programPaths(['curl', 'yum', 'rpm']),
            '/usr/bin/sh': { link: 'bash' },
            ...(release.manager === 'dnf' && { '/usr/bin/dnf': { program: 'yum' } }),
            '/bin': { link: 'usr/bin' },
            '/sbin': { link: 'usr/sbin' },
            '/lib': { link: 'usr/lib' },
            '/lib64': { link: 'usr/lib64' },
            '/usr/lib64': { directory: true },
            '/usr/sbin': { directory: true },
            '/etc/passwd': `root:x:0:0:root:/root:/bin/bash\nbin:x:1:1:bin:/bin:/sbin/nologin\ndaemon:x:2:2:daemon:/sbin:/sbin/nologin\nadm:x:3:4:adm:/var/adm:/sbin/nologin\nmail:x:8:12:mail:/var/spool/mail:/sbin/nologin\n${nobody}`,
            '/etc/group': `root:x:0:\nbin:x:1:\ndaemon:x:2:\nsys:x:3:\nadm:x:4:\ntty:x:5:\nwheel:x:10:\nmail:x:12:\nusers:x:100:\n${isOld(release) ? 'nobody:x:99:' : 'nobody:x:65534:'}\n`,
            '/etc/os-release': `NAME="${name}"\nVERSION="${version}"\nID="${id}"\nID_LIKE="${like}"\nVERSION_ID="${version}"\nPRETTY_NAME="${name} ${version}"\nHOME_URL="${url}"\n`,
            [`/etc/${file}`]: `${line}\n`,
            '/etc/redhat-release': id === 'ol' ? 'Red Hat Enterprise Linux Server release 7.9 (Maipo)\n' : `${line}\n`,
            '/etc/system-release': `${line}\n`,
            '/etc/yum.repos.d': { directory: true },
            '/root': { directory: true, mode: 0o550 },
            '/tmp': { directory: true, mode: 0o1777 },
            '/var/tmp': { directory: true, mode: 0o1777 },
            '/var/log': { directory: true },
            '/home': { directory: true },
            '/opt': { directory: true },
            '/srv': { directory: true },
            '/mnt': { directory: true },
            '/run': { directory: true },
          },
        },
        { createdBy: '/bin/sh -c #(nop)  CMD ["/bin/bash"]' },
      ],
    })
  })
}

const oracle = (version: string, created: string, bytes: number): Release => ({
  id: 'ol',
  name: 'Oracle Linux Server',
  version,
  line: `Oracle Linux Server release ${version}`,
  file: 'oracle-release',
  like: 'fedora',
  url: 'https://linux.oracle.com/',
  created,
  bytes,
  manager: Number(version) >= 8 ? 'dnf' : 'yum',
})
const centos7 = imageOf({
  id: 'centos',
  name: 'CentOS Linux',
  version: '7',
  line: 'CentOS Linux release 7.9.2009 (Core)',
  file: 'centos-release',
  like: 'rhel fedora',
  url: 'https://www.centos.org/',
  created: '2021-09-15T18:20:05Z',
  bytes: 203_900_000,
  manager: 'yum',
})
const centos8 = imageOf({
  id: 'centos',
  name: 'CentOS Linux',
  version: '8',
  line: 'CentOS Linux release 8.4.2105',
  file: 'centos-release',
  like: 'rhel fedora',
  url: 'https://centos.org/',
  created: '2021-09-15T18:17:59Z',
  bytes: 231_300_000,
  manager: 'dnf',
})
const oracle7 = imageOf(oracle('7.9', '2025-04-25T20:58:00Z', 246_500_000))
const oracle8 = imageOf(oracle('8.10', '2025-10-21T19:00:00Z', 227_000_000))
const oracle9 = imageOf(oracle('9.6', '2025-10-21T19:02:00Z', 239_000_000))
const fedora = (version: string, created: string) =>
  imageOf({
    id: 'fedora',
    name: 'Fedora Linux',
    version,
    line: `Fedora release ${version} (${Number(version) > 41 ? 'Adams' : 'Container Image'})`,
    file: 'fedora-release',
    like: 'fedora',
    url: 'https://fedoraproject.org/',
    created,
    bytes: 163_000_000,
    manager: 'dnf',
  })
const fedora43 = fedora('43', '2025-11-03T05:52:00Z')
const rocky = (version: string, codename: string, bytes: number) =>
  imageOf({
    id: 'rocky',
    name: 'Rocky Linux',
    version,
    line: `Rocky Linux release ${version} (${codename})`,
    file: 'rocky-release',
    like: 'rhel centos fedora',
    url: 'https://rockylinux.org/',
    created: '2023-11-25T01:29:00Z',
    bytes,
    manager: 'dnf',
  })
const rocky8 = rocky('8.9', 'Green Obsidian', 198_000_000)
const rocky9 = rocky('9.3', 'Blue Onyx', 176_000_000)
const alma9 = imageOf({
  id: 'almalinux',
  name: 'AlmaLinux',
  version: '9.6',
  line: 'AlmaLinux release 9.6 (Sage Margay)',
  file: 'almalinux-release',
  like: 'rhel centos fedora',
  url: 'https://almalinux.org/',
  created: '2025-10-28T14:00:00Z',
  bytes: 181_000_000,
  manager: 'dnf',
})
const amazon = imageOf({
  id: 'amzn',
  name: 'Amazon Linux',
  version: '2023',
  line: 'Amazon Linux release 2023.9.20251027 (Amazon Linux)',
  file: 'amazon-linux-release',
  like: 'fedora',
  url: 'https://aws.amazon.com/linux/',
  created: '2025-10-27T22:00:00Z',
  bytes: 147_000_000,
  manager: 'dnf',
})

/** The lecture's own image: its Dockerfile, built. */
const lecture = once(() => {
  const base = oracle7()
  const on: Distribution = { family: 'redhat', id: 'ol', major: 7, codename: '' }
  const { files, users } = filesOf('httpd', on)
  const passwd = base.layers.flatMap((layer) => layer.entries).find((entry) => entry.path === 'etc/passwd')
  const layer: Record<string, string | LayerFile> = {
    '/usr/sbin/httpd': { program: 'image:httpd' },
    '/usr/sbin/apachectl': { program: 'image:apachectl' },
    '/var/lib/rpm/httpd.list': '/usr/sbin/httpd\n',
    '/etc/passwd': `${textOf(passwd?.content ?? noBytes)}${users.map((user) => `${user.replace(/^(\w+):(\d+):/, '$1:x:$2:$2:')}:/sbin/nologin\n`).join('')}`,
  }
  for (const [path, file] of Object.entries(files))
    layer[path] = typeof file === 'object' && 'folder' in file ? { directory: true, mode: file.mode } : file
  return makeImage({
    base,
    created: '2018-04-03T10:00:00Z',
    config: { ...base.config.config, Cmd: ['/bin/sh', '-c', 'httpd -X'], ExposedPorts: { '80/tcp': {} } },
    steps: [
      { createdBy: '/bin/sh -c #(nop)  MAINTAINER Tomas Vitvar <tomas@vitvar.com>' },
      { createdBy: '/bin/sh -c yum install -q -y httpd', files: layer, size: 141_000_000 },
      { createdBy: '/bin/sh -c #(nop)  EXPOSE 80/tcp' },
      { createdBy: '/bin/sh -c #(nop)  CMD ["/bin/sh" "-c" "httpd -X"]' },
    ],
  })
})

/** What the mysql images stand on. */
export const redHatImage = oracle9

export const redHatFamily: readonly CatalogueRepository[] = [
  {
    name: 'docker.io/library/centos',
    description: 'DEPRECATED; The official build of CentOS.',
    stars: 7_780,
    isOfficial: true,
    tags: { latest: centos8, '8': centos8, centos8, '7': centos7, centos7, '7.9.2009': centos7, 'centos7.9.2009': centos7 },
  },
  {
    name: 'docker.io/library/oraclelinux',
    description: 'Official Docker builds of Oracle Linux.',
    stars: 1_050,
    isOfficial: true,
    tags: { '7': oracle7, '7.9': oracle7, '8': oracle8, '9': oracle9 },
  },
  {
    name: 'docker.io/library/fedora',
    description: 'Official Docker builds of Fedora',
    stars: 1_200,
    isOfficial: true,
    tags: { latest: fedora43, '43': fedora43, '42': fedora('42', '2025-09-15T06:00:00Z'), '41': fedora('41', '2025-05-15T06:00:00Z') },
  },
  {
    name: 'docker.io/library/rockylinux',
    description: 'The official build of Rocky Linux.',
    stars: 220,
    isOfficial: true,
    tags: { '8': rocky8, '9': rocky9, '9.3': rocky9, '8.9': rocky8 },
  },
  {
    name: 'docker.io/library/almalinux',
    description: 'The official build of AlmaLinux OS.',
    stars: 170,
    isOfficial: true,
    tags: { latest: alma9, '9': alma9 },
  },
  { name: 'docker.io/tomvit/httpd', description: '', stars: 0, tags: { latest: lecture, v1: lecture } },
  {
    name: 'docker.io/library/amazonlinux',
    description: 'Official container image for Amazon Linux.',
    stars: 1_150,
    isOfficial: true,
    tags: { latest: amazon, '2023': amazon },
  },
]
