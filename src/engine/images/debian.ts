/** Debian and Ubuntu: the base most images stand on. Only programs that are simulated are on the disk; the rest is "command not found". */
import { debianTree } from '../../unix/debian.ts'
import { programs as unixPrograms } from '../../unix/programs/index.ts'
import type { LayerTree } from '../../unix/tree.ts'
import { type CatalogueRepository, type Image, type LayerFile, makeImage } from './image.ts'
import { once } from './once.ts'

/** What a minimal Debian has: coreutils, grep, sed, tar and friends; neither ps nor ping, neither curl nor wget. */
const essential = (
  '[ arch awk base64 basename cat chgrp chmod chown cksum clear cmp comm cp cut date dd df diff dirname du echo egrep env expand expr false fgrep find fold ' +
  'getent grep groups gunzip gzip head hostname id install join kill less link ln login ls mawk md5sum mkdir mkfifo mknod mktemp more mount mv nice nl nohup nproc od paste ' +
  'perl printenv printf pwd readlink realpath reset rm rmdir sed seq sha1sum sha256sum sha512sum shred shuf sleep sort split stat stty su sum sync tac tail tar tee test timeout touch tput tr true truncate tty ' +
  'umount uname uniq unlink users wc which whoami xargs yes zcat apt apt-get apt-cache dpkg service chroot dmesg findmnt flock last logger lsblk lscpu lsns nsenter script setsid swapoff swapon taskset unshare'
).split(' ')

const accountTools = ['useradd', 'usermod', 'userdel', 'groupadd', 'groupdel', 'chpasswd', 'adduser', 'addgroup', 'deluser']

export const programPaths = (names: readonly string[], folder = '/usr/bin'): Record<string, LayerFile> =>
  Object.fromEntries(names.filter((name) => unixPrograms.has(name)).map((name) => [`${folder}/${name}`, { program: name }]))

/** The programs of Debian's `procps`, `iputils`, `curl` … as images that have them installed. */
export const processTools = programPaths(['ps', 'top', 'free', 'kill', 'pgrep', 'pkill', 'uptime', 'w', 'watch'])

export const debianImage = once(() =>
  makeImage({
    created: '2025-11-03T20:44:39Z',
    config: { Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'], Cmd: ['bash'] },
    steps: [
      {
        createdBy: "# debian.sh --arch 'amd64' out/ 'bookworm' '@1762202650'",
        files: rootOf(debianTree({ hostname: 'localhost', users: [] })),
        size: 116_575_648,
        compressedSize: 48_493_000,
        comment: 'debuerreotype 0.16',
      },
    ],
  }),
)

export const slimImage = once(() =>
  makeImage({
    created: '2025-11-03T20:44:39Z',
    config: { Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'], Cmd: ['bash'] },
    steps: [
      {
        createdBy: "# debian.sh --arch 'amd64' out/ 'bookworm' '@1762202650'",
        files: {
          ...rootOf(debianTree({ hostname: 'localhost', users: [] })),
          '/etc/dpkg/dpkg.cfg.d/docker': 'path-exclude /usr/share/man/*\n',
        },
        size: 74_811_321,
        compressedSize: 28_233_000,
        comment: 'debuerreotype 0.16',
      },
    ],
  }),
)

const buildTools = { ...processTools, ...programPaths(['curl', 'wget', 'openssl', 'git', 'tar', 'ssh', 'python3']) }

/** buildpack-deps: the three layers between Debian and the large images of languages, which share them. Little of what they bring is simulated. */
export const buildpackImage = once(() =>
  makeImage({
    base: debianImage(),
    created: '2025-11-04T00:13:44Z',
    config: {},
    steps: [
      {
        createdBy:
          'RUN /bin/sh -c set -eux; \tapt-get update; \tapt-get install -y --no-install-recommends \t\tca-certificates \t\tcurl \t\tgnupg \t\tnetbase \t\tsq \t\twget # buildkit',
        files: buildTools,
        size: 48_400_000,
        compressedSize: 24_000_000,
        comment: 'buildkit.dockerfile.v0',
      },
      {
        createdBy:
          'RUN /bin/sh -c apt-get update && apt-get install -y --no-install-recommends \t\tgit \t\tmercurial \t\topenssh-client \t\tsubversion \t\tprocps \t&& rm -rf /var/lib/apt/lists/* # buildkit',
        files: { '/usr/share/doc/git': { directory: true } },
        size: 177_000_000,
        compressedSize: 64_400_000,
        comment: 'buildkit.dockerfile.v0',
      },
      {
        createdBy:
          'RUN /bin/sh -c set -ex; \tapt-get update; \tapt-get install -y --no-install-recommends \t\tautoconf \t\tautomake \t\tbzip2 \t\tdefault-libmysqlclient-dev \t\tfile \t\tg++ \t\tgcc # buildkit',
        files: { '/usr/include': { directory: true } },
        size: 587_000_000,
        compressedSize: 211_000_000,
        comment: 'buildkit.dockerfile.v0',
      },
    ],
  }),
)

const ubuntu = (version: string, name: string, created: string, size: number): (() => Image) =>
  once(() =>
    makeImage({
      created,
      config: {
        Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
        Cmd: ['/bin/bash'],
        Labels: { 'org.opencontainers.image.ref.name': 'ubuntu', 'org.opencontainers.image.version': version },
      },
      steps: [
        { createdBy: '/bin/sh -c #(nop)  ARG RELEASE' },
        { createdBy: '/bin/sh -c #(nop)  ARG LAUNCHPAD_BUILD_ARCH' },
        { createdBy: '/bin/sh -c #(nop)  LABEL org.opencontainers.image.ref.name=ubuntu' },
        { createdBy: `/bin/sh -c #(nop)  LABEL org.opencontainers.image.version=${version}` },
        {
          createdBy: '/bin/sh -c #(nop) ADD file:6089c6bede9eca8ec4bc2fb21d0c5a3b0c2a4a8a7ab0f8a0d1b1e8e5a9ab1b4c in / ',
          files: ubuntuRoot(version, name),
          size,
          compressedSize: Math.round(size * 0.38),
        },
        { createdBy: '/bin/sh -c #(nop)  CMD ["/bin/bash"]' },
      ],
    }),
  )

export const ubuntuImage = ubuntu('24.04', 'Noble Numbat', '2025-10-16T14:33:52Z', 78_118_910)
const jammy = ubuntu('22.04', 'Jammy Jellyfish', '2025-10-13T14:07:25Z', 77_860_700)
const focal = ubuntu('20.04', 'Focal Fossa', '2025-04-08T10:43:26Z', 72_800_000)
const bionic = ubuntu('18.04', 'Bionic Beaver', '2023-05-30T09:32:09Z', 63_149_888)

function rootOf(tree: LayerTree): Record<string, string | Uint8Array | LayerFile> {
  const files: Record<string, string | Uint8Array | LayerFile> = {}
  for (const [path, entry] of Object.entries(tree)) {
    // What a container gets from the engine, or a machine for its people, is no part of an image.
    if (['/etc/mtab', '/etc/sudoers', '/etc/motd'].includes(path)) continue
    files[path] = typeof entry !== 'string' && 'folder' in entry ? { ...entry, directory: true } : entry
  }
  return {
    ...files,
    '/etc/hostname': '',
    '/etc/hosts': '',
    '/etc/resolv.conf': '',
    ...programPaths(essential),
    ...programPaths(accountTools, '/usr/sbin'),
    '/usr/bin/passwd': { program: 'passwd' },
    '/usr/bin/bash': { program: 'bash' },
    '/usr/bin/dash': { program: 'sh' },
    '/usr/bin/sh': { link: 'dash' },
  }
}

function ubuntuRoot(version: string, name: string): Record<string, string | Uint8Array | LayerFile> {
  const codename = name.split(' ')[0].toLowerCase()
  return {
    ...rootOf(debianTree({ hostname: 'localhost', users: version === '24.04' ? [{ name: 'ubuntu', uid: 1000, fullName: 'Ubuntu' }] : [] })),
    '/usr/lib/os-release': `PRETTY_NAME="Ubuntu ${version} LTS"\nNAME="Ubuntu"\nVERSION_ID="${version}"\nVERSION="${version} LTS (${name})"\nVERSION_CODENAME=${codename}\nID=ubuntu\nID_LIKE=debian\nHOME_URL="https://www.ubuntu.com/"\nSUPPORT_URL="https://help.ubuntu.com/"\nBUG_REPORT_URL="https://bugs.launchpad.net/ubuntu/"\nPRIVACY_POLICY_URL="https://www.ubuntu.com/legal/terms-and-policies/privacy-policy"\nUBUNTU_CODENAME=${codename}\nLOGO=ubuntu-logo\n`,
    '/etc/lsb-release': `DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=${version}\nDISTRIB_CODENAME=${codename}\nDISTRIB_DESCRIPTION="Ubuntu ${version} LTS"\n`,
    '/etc/debian_version': version === '24.04' ? 'trixie/sid\n' : 'bookworm/sid\n',
    '/etc/issue': `Ubuntu ${version} LTS \\n \\l\n\n`,
  }
}

export const debian: CatalogueRepository = {
  name: 'docker.io/library/debian',
  description: "Debian is a Linux distribution that's composed entirely of free and open-source software.",
  stars: 5_180,
  isOfficial: true,
  tags: {
    latest: debianImage,
    bookworm: debianImage,
    '12': debianImage,
    stable: debianImage,
    'bookworm-slim': slimImage,
    '12-slim': slimImage,
    'stable-slim': slimImage,
  },
}

export const ubuntuRepository: CatalogueRepository = {
  name: 'docker.io/library/ubuntu',
  description: 'Ubuntu is a Debian-based Linux operating system based on free software.',
  stars: 17_500,
  isOfficial: true,
  tags: {
    latest: ubuntuImage,
    '24.04': ubuntuImage,
    noble: ubuntuImage,
    '22.04': jammy,
    jammy,
    '20.04': focal,
    focal,
    '18.04': bionic,
    bionic,
  },
}
