/** What a freshly installed Debian machine has on its disk, as far as people look at it. Programs are added by machine.ts. */
import type { LayerTree } from './tree.ts'

export function debianTree({ hostname, users }: { readonly hostname: string; readonly users: readonly User[] }): LayerTree {
  const people = users
    .map(({ name, uid, fullName = '', shell = '/bin/bash' }) => `${name}:x:${uid}:${uid}:${fullName}:/home/${name}:${shell}\n`)
    .join('')
  const names = users.map(({ name }) => name).join(',')
  return {
    '/bin': { link: 'usr/bin' },
    '/lib': { link: 'usr/lib' },
    '/lib64': { link: 'usr/lib64' },
    '/sbin': { link: 'usr/sbin' },
    ...Object.fromEntries([...folders, ...(users.length > 0 ? machineFolders : [])].map((path) => [path, { folder: true }])),
    '/root': { folder: true, mode: 0o700 },
    '/tmp': { folder: true, mode: 0o1777 },
    '/var/tmp': { folder: true, mode: 0o1777 },
    '/var/run': { link: '/run' },
    '/var/lock': { link: '/run/lock' },
    '/etc/passwd': passwd + people,
    '/etc/group': `${group}sudo:x:27:${names}\nusers:x:100:\nnogroup:x:65534:\n${users.length === 0 ? '' : `systemd-journal:x:999:\ndocker:x:998:${names}\n`}${users.map(({ name, uid }) => `${name}:x:${uid}:\n`).join('')}`,
    '/etc/shadow': {
      text: `root:*:20000:0:99999:7:::\n${users.map(({ name }) => `${name}:!:20000:0:99999:7:::\n`).join('')}`,
      mode: 0o640,
      gid: 42,
    },
    '/etc/hostname': `${hostname}\n`,
    '/etc/hosts': `127.0.0.1\tlocalhost\n127.0.1.1\t${hostname}\n\n# The following lines are desirable for IPv6 capable hosts\n::1     localhost ip6-localhost ip6-loopback\nff02::1 ip6-allnodes\nff02::2 ip6-allrouters\n`,
    '/etc/resolv.conf': '',
    '/etc/host.conf': 'multi on\n',
    '/etc/nsswitch.conf':
      'passwd:         files\ngroup:          files\nshadow:         files\n\nhosts:          files dns\nnetworks:       files\n\nprotocols:      db files\nservices:       db files\n',
    '/etc/os-release': { link: '../usr/lib/os-release' },
    '/usr/lib/os-release': osRelease,
    '/etc/debian_version': '12.12\n',
    '/etc/issue': 'Debian GNU/Linux 12 \\n \\l\n\n',
    '/etc/motd': '',
    '/etc/fstab':
      '# <file system> <mount point>   <type>  <options>       <dump>  <pass>\n/dev/vda1       /               ext4    errors=remount-ro 0       1\n',
    '/etc/mtab': { link: '../proc/self/mounts' },
    '/etc/localtime': { link: '/usr/share/zoneinfo/Etc/UTC' },
    '/etc/timezone': 'Etc/UTC\n',
    '/etc/machine-id': 'b08dfa6083e7567a1921a715000001fb\n',
    '/etc/shells':
      '# /etc/shells: valid login shells\n/bin/sh\n/usr/bin/sh\n/bin/bash\n/usr/bin/bash\n/bin/rbash\n/usr/bin/rbash\n/bin/dash\n/usr/bin/dash\n',
    '/etc/services': services,
    '/etc/protocols': 'ip\t0\tIP\nicmp\t1\tICMP\ntcp\t6\tTCP\nudp\t17\tUDP\n',
    '/etc/profile': profile,
    '/etc/bash.bashrc':
      '# System-wide .bashrc file for interactive bash(1) shells.\n\n[ -z "$PS1" ] && return\n\nPS1=\'${debian_chroot:+($debian_chroot)}\\u@\\h:\\w\\$ \'\n',
    '/etc/sudoers': { text: 'root\tALL=(ALL:ALL) ALL\n%sudo\tALL=(ALL:ALL) NOPASSWD: ALL\n', mode: 0o440 },
    '/root/.bashrc': '# ~/.bashrc: executed by bash(1) for non-login shells.\n',
    '/root/.profile': rootProfile,
    ...Object.fromEntries(users.flatMap((user) => homeOf(user))),
  }
}

export interface User {
  readonly name: string
  readonly uid: number
  readonly fullName?: string
  readonly shell?: string
}

function homeOf({ name, uid }: User): [string, LayerTree[string]][] {
  const own = { uid, gid: uid }
  return [
    [`/home/${name}`, { folder: true, mode: 0o755, ...own }],
    [`/home/${name}/.bash_logout`, { text: '# ~/.bash_logout: executed by bash(1) when login shell exits.\n', ...own }],
    [`/home/${name}/.bashrc`, { text: bashrc, ...own }],
    [`/home/${name}/.profile`, { text: userProfile, ...own }],
  ]
}

const folders = [
  '/boot',
  '/dev',
  '/etc',
  '/etc/default',
  '/etc/skel',
  '/home',
  '/media',
  '/mnt',
  '/opt',
  '/proc',
  '/run',
  '/srv',
  '/sys',
  '/usr',
  '/usr/bin',
  '/usr/games',
  '/usr/include',
  '/usr/lib',
  '/usr/lib64',
  '/usr/local',
  '/usr/local/bin',
  '/usr/local/sbin',
  '/usr/local/lib',
  '/usr/local/share',
  '/usr/sbin',
  '/usr/share',
  '/usr/src',
  '/var',
  '/var/backups',
  '/var/cache',
  '/var/lib',
  '/var/local',
  '/var/log',
  '/var/mail',
  '/var/opt',
  '/var/spool',
]

/** What an installed machine has beside an image: packages like procps and kmod bring them. */
const machineFolders = [
  '/etc/cron.d',
  '/etc/modprobe.d',
  '/etc/modules-load.d',
  '/etc/sysctl.d',
  '/etc/systemd',
  '/etc/systemd/system',
  '/etc/apt',
  '/etc/apt/apt.conf.d',
  '/etc/apt/keyrings',
  '/etc/apt/preferences.d',
  '/etc/apt/sources.list.d',
  '/etc/apt/trusted.gpg.d',
  '/usr/share/keyrings',
]

const passwd = `root:x:0:0:root:/root:/bin/bash
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
bin:x:2:2:bin:/bin:/usr/sbin/nologin
sys:x:3:3:sys:/dev:/usr/sbin/nologin
sync:x:4:65534:sync:/bin:/bin/sync
games:x:5:60:games:/usr/games:/usr/sbin/nologin
man:x:6:12:man:/var/cache/man:/usr/sbin/nologin
lp:x:7:7:lp:/var/spool/lpd:/usr/sbin/nologin
mail:x:8:8:mail:/var/mail:/usr/sbin/nologin
news:x:9:9:news:/var/spool/news:/usr/sbin/nologin
uucp:x:10:10:uucp:/var/spool/uucp:/usr/sbin/nologin
proxy:x:13:13:proxy:/bin:/usr/sbin/nologin
www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin
backup:x:34:34:backup:/var/backups:/usr/sbin/nologin
list:x:38:38:Mailing List Manager:/var/list:/usr/sbin/nologin
irc:x:39:39:ircd:/run/ircd:/usr/sbin/nologin
_apt:x:42:65534::/nonexistent:/usr/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
`

const group = `root:x:0:
daemon:x:1:
bin:x:2:
sys:x:3:
adm:x:4:
tty:x:5:
disk:x:6:
lp:x:7:
mail:x:8:
news:x:9:
uucp:x:10:
man:x:12:
proxy:x:13:
kmem:x:15:
dialout:x:20:
www-data:x:33:
backup:x:34:
shadow:x:42:
staff:x:50:
games:x:60:
`

const osRelease = `PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
VERSION="12 (bookworm)"
VERSION_CODENAME=bookworm
ID=debian
HOME_URL="https://www.debian.org/"
SUPPORT_URL="https://www.debian.org/support"
BUG_REPORT_URL="https://bugs.debian.org/"
`

const services = `ftp\t\t21/tcp
ssh\t\t22/tcp
telnet\t\t23/tcp
smtp\t\t25/tcp\t\tmail
domain\t\t53/tcp
domain\t\t53/udp
http\t\t80/tcp\t\twww
https\t\t443/tcp
mysql\t\t3306/tcp
postgresql\t5432/tcp\tpostgres
redis\t\t6379/tcp
http-alt\t8080/tcp\twebcache
`

const profile = `# /etc/profile: system-wide .profile file for the Bourne shell (sh(1))

if [ "$(id -u)" -eq 0 ]; then
  PATH="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
else
  PATH="/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games:/usr/sbin:/sbin"
fi
export PATH

if [ "$PS1" ] && [ "$BASH" ] && [ -f /etc/bash.bashrc ]; then
  . /etc/bash.bashrc
fi
`

const rootProfile = `# ~/.profile: executed by Bourne-compatible login shells.

if [ "$BASH" ]; then
  if [ -f ~/.bashrc ]; then
    . ~/.bashrc
  fi
fi
`

const userProfile = `# ~/.profile: executed by the command interpreter for login shells.

if [ -n "$BASH_VERSION" ]; then
    if [ -f "$HOME/.bashrc" ]; then
        . "$HOME/.bashrc"
    fi
fi

if [ -d "$HOME/bin" ] ; then
    PATH="$HOME/bin:$PATH"
fi
`

const bashrc = `# ~/.bashrc: executed by bash(1) for non-login shells.

HISTCONTROL=ignoreboth
HISTSIZE=1000
HISTFILESIZE=2000

PS1='\\[\\033[01;32m\\]\\u@\\h\\[\\033[00m\\]:\\[\\033[01;34m\\]\\w\\[\\033[00m\\]\\$ '

alias ls='ls --color=auto'
alias ll='ls -alF'
alias la='ls -A'
alias l='ls -CF'
alias grep='grep --color=auto'
`
