/** Alpine: busybox with a package manager. */
import { applets as busyboxApplets } from '../../unix/programs/busybox.ts'
import { busyboxFiles } from './busybox.ts'
import { programPaths } from './debian.ts'
import { type CatalogueRepository, type Image, makeImage } from './image.ts'
import { once } from './once.ts'

const passwd = `root:x:0:0:root:/root:/bin/sh
bin:x:1:1:bin:/bin:/sbin/nologin
daemon:x:2:2:daemon:/sbin:/sbin/nologin
lp:x:4:7:lp:/var/spool/lpd:/sbin/nologin
sync:x:5:0:sync:/sbin:/bin/sync
shutdown:x:6:0:shutdown:/sbin:/sbin/shutdown
halt:x:7:0:halt:/sbin:/sbin/halt
mail:x:8:12:mail:/var/mail:/sbin/nologin
news:x:9:13:news:/usr/lib/news:/sbin/nologin
uucp:x:10:14:uucp:/var/spool/uucppublic:/sbin/nologin
cron:x:16:16:cron:/var/spool/cron:/sbin/nologin
ftp:x:21:21::/var/lib/ftp:/sbin/nologin
sshd:x:22:22:sshd:/dev/null:/sbin/nologin
games:x:35:35:games:/usr/games:/sbin/nologin
ntp:x:123:123:NTP:/var/empty:/sbin/nologin
guest:x:405:100:guest:/dev/null:/sbin/nologin
nobody:x:65534:65534:nobody:/:/sbin/nologin
`

const group = `root:x:0:root
bin:x:1:root,bin,daemon
daemon:x:2:root,bin,daemon
sys:x:3:root,bin
adm:x:4:root,daemon
tty:x:5:
disk:x:6:root
lp:x:7:lp
kmem:x:9:
wheel:x:10:root
floppy:x:11:root
mail:x:12:mail
news:x:13:news
uucp:x:14:uucp
cron:x:16:cron
audio:x:18:
cdrom:x:19:
dialout:x:20:root
ftp:x:21:
sshd:x:22:
input:x:23:
tape:x:26:root
video:x:27:root
netdev:x:28:
kvm:x:34:kvm
games:x:35:
shadow:x:42:
www-data:x:82:
users:x:100:games
ntp:x:123:
abuild:x:300:
utmp:x:406:
ping:x:999:
nogroup:x:65533:
nobody:x:65534:
`

function alpineOf(version: string, created: string, size: number): () => Image {
  const short = version.split('.').slice(0, 2).join('.')
  return once(() =>
    makeImage({
      created,
      config: { Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'], Cmd: ['/bin/sh'], WorkingDir: '/' },
      steps: [
        {
          createdBy: `ADD alpine-minirootfs-${version}-x86_64.tar.gz / # buildkit`,
          comment: 'buildkit.dockerfile.v0',
          size,
          compressedSize: Math.round(size * 0.46),
          files: {
            ...alpineRoot,
            '/etc/alpine-release': `${version}\n`,
            '/etc/os-release': `NAME="Alpine Linux"\nID=alpine\nVERSION_ID=${version}\nPRETTY_NAME="Alpine Linux v${short}"\nHOME_URL="https://alpinelinux.org/"\nBUG_REPORT_URL="https://gitlab.alpinelinux.org/alpine/aports/-/issues"\n`,
            '/etc/issue': `Welcome to Alpine Linux ${short}\nKernel \\r on an \\m (\\l)\n\n`,
            '/etc/apk/repositories': `https://dl-cdn.alpinelinux.org/alpine/v${short}/main\nhttps://dl-cdn.alpinelinux.org/alpine/v${short}/community\n`,
          },
        },
        { createdBy: 'CMD ["/bin/sh"]', comment: 'buildkit.dockerfile.v0' },
      ],
    }),
  )
}

const inSbin = ['ifconfig', 'ip', 'route']
/** What Alpine keeps in its package busybox-extras, or leaves out. */
const notInAlpine = ['bzip2', 'httpd', 'telnet']
const applets = busyboxApplets.filter((name) => !notInAlpine.includes(name))

/** Applets are links to /bin/busybox, as `ls -l /bin` shows. */
const alpineRoot = {
  ...Object.fromEntries(Object.entries(busyboxFiles).filter(([path]) => !path.startsWith('/bin/') && path !== '/var/www')),
  '/bin/busybox': { program: 'busybox' },
  ...Object.fromEntries(
    applets.map((name) => [
      inSbin.includes(name) ? `/sbin/${name}` : usrBin(name) ? `/usr/bin/${name}` : `/bin/${name}`,
      { link: '/bin/busybox' },
    ]),
  ),
  '/etc/passwd': passwd,
  '/etc/group': group,
  '/etc/hosts': '127.0.0.1\tlocalhost localhost.localdomain\n::1\tlocalhost localhost.localdomain\n',
  '/etc/profile': 'export PATH="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"\nexport PAGER=less\numask 022\n',
  '/etc/shells': '# valid login shells\n/bin/sh\n/bin/ash\n',
  ...programPaths(['apk'], '/sbin'),
  '/home': { directory: true },
  '/media/cdrom': { directory: true },
  '/media/floppy': { directory: true },
  '/media/usb': { directory: true },
  '/mnt': { directory: true },
  '/opt': { directory: true },
  '/proc': { directory: true },
  '/run': { directory: true },
  '/sbin': { directory: true },
  '/srv': { directory: true },
  '/sys': { directory: true },
  '/usr/lib': { directory: true },
  '/usr/local/bin': { directory: true },
  '/usr/local/lib': { directory: true },
  '/usr/share': { directory: true },
  '/var/cache/apk': { directory: true },
  '/var/lib': { directory: true },
  '/var/log': { directory: true },
  '/var/tmp': { directory: true, mode: 0o1777 },
} as const

function usrBin(name: string): boolean {
  return 'awk basename clear cmp cut diff dirname du env expr find fold free head hexdump id install killall less md5sum mkfifo nc nohup nproc nslookup od paste pgrep pkill printf readlink realpath seq sha1sum sha256sum sort split strings tac tail tee telnet test time timeout top tr traceroute tty uniq unlink unzip uptime vi wc wget which who whoami xargs yes'
    .split(' ')
    .includes(name)
}

export const alpineImage = alpineOf('3.22.2', '2025-10-08T11:04:56Z', 8_320_000)
const alpine321 = alpineOf('3.21.5', '2025-10-08T11:04:56Z', 7_830_000)
const alpine320 = alpineOf('3.20.8', '2025-10-08T11:04:56Z', 7_810_000)
const alpine319 = alpineOf('3.19.9', '2025-10-08T11:04:56Z', 7_400_000)

/** Labs of older years name theirs. */
const older = Object.fromEntries(
  ['3.17', '3.16', '3.15', '3.14', '3.13', '3.12', '3.11', '3.10', '3.9', '3.8', '3.7', '3.6', '3.5', '3.4'].map((version) => [
    version,
    alpineOf(`${version}.0`, '2019-05-11T00:07:03Z', 5_530_000),
  ]),
)

export const alpine: CatalogueRepository = {
  name: 'docker.io/library/alpine',
  description: 'A minimal Docker image based on Alpine Linux with a complete package index and only 5 MB in size!',
  stars: 11_500,
  isOfficial: true,
  tags: {
    latest: alpineImage,
    '3': alpineImage,
    '3.22': alpineImage,
    '3.22.2': alpineImage,
    '3.21': alpine321,
    '3.20': alpine320,
    '3.19': alpine319,
    '3.18': alpine319,
    ...older,
  },
}
