/**
 * busybox: one binary under many names, and hardly anything else. Every applet is the kernel's program `busybox`, which acts as
 * argv[0] says, as the real one does.
 */
import { type CatalogueRepository, type Image, makeImage } from './image.ts'

/** The applets courses use; the real image has some 400. */
export const busyboxApplets = (
  '[ arch ash awk base64 basename bzip2 cat chgrp chmod chown clear cmp cp cut date dd df diff dirname dmesg dnsdomainname du echo ' +
  'egrep env expr false fgrep find fold free getent grep groups gunzip gzip head hexdump hostname httpd id ifconfig install ip kill killall less ln ' +
  'login ls lsof md5sum mkdir mkfifo mktemp more mount mv nc netstat nice nohup nproc nslookup od paste pgrep pidof ping pkill printenv printf ps pwd ' +
  'readlink realpath rev rm rmdir route sed seq sh sha1sum sha256sum sleep sort split stat strings stty su sync tac tail tar tee telnet test ' +
  'time timeout top touch tr traceroute true truncate tty umount uname uniq unlink unzip uptime usleep vi watch wc wget which who whoami ' +
  'xargs yes zcat'
).split(' ')

const passwd = `root:x:0:0:root:/root:/bin/sh
daemon:x:1:1:daemon:/usr/sbin:/bin/false
bin:x:2:2:bin:/bin:/bin/false
sys:x:3:3:sys:/dev:/bin/false
sync:x:4:100:sync:/bin:/bin/sync
mail:x:8:8:mail:/var/spool/mail:/bin/false
www-data:x:33:33:www-data:/var/www:/bin/false
operator:x:37:37:Operator:/var:/bin/false
nobody:x:65534:65534:nobody:/home:/bin/false
`

const group = `root:x:0:
daemon:x:1:
bin:x:2:
sys:x:3:
adm:x:4:
tty:x:5:
disk:x:6:
mail:x:8:
www-data:x:33:
operator:x:37:
users:x:100:
nogroup:x:65534:
`

/** Files every busybox root file system has; other images build on them. */
export const busyboxFiles = {
  '/bin': { directory: true },
  ...Object.fromEntries(busyboxApplets.map((applet) => [`/bin/${applet}`, { program: 'busybox' }])),
  '/bin/busybox': { program: 'busybox' },
  '/dev': { directory: true },
  '/etc/passwd': passwd,
  '/etc/group': group,
  '/etc/shadow': { text: 'root:*:19000:0:99999:7:::\n', mode: 0o600 },
  '/etc/nsswitch.conf': 'hosts: files dns\n',
  '/etc/localtime': 'TZif2\n',
  '/home': { directory: true, uid: 65534, gid: 65534 },
  '/lib': { directory: true },
  '/root': { directory: true, mode: 0o700 },
  '/tmp': { directory: true, mode: 0o1777 },
  '/usr/sbin': { directory: true },
  '/usr/bin/env': { link: '../../bin/env' },
  '/var/spool/mail': { directory: true },
  '/var/www': { directory: true },
} as const

let image: Image | undefined

export function busyboxImage(): Image {
  image ??= makeImage({
    created: '2024-09-26T21:31:42Z',
    config: { Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'], Cmd: ['sh'] },
    steps: [{ createdBy: 'BusyBox 1.37.0 (glibc), Debian 13', files: busyboxFiles, size: 4_277_910, compressedSize: 2_206_942 }],
  })
  return image
}

export const busybox: CatalogueRepository = {
  name: 'docker.io/library/busybox',
  description: 'Busybox base image.',
  stars: 3_481,
  isOfficial: true,
  tags: { latest: busyboxImage, '1.37': busyboxImage, '1.37.0': busyboxImage, '1': busyboxImage, stable: busyboxImage, glibc: busyboxImage, '1.36': busyboxImage, '1.36.1': busyboxImage, '1.28': busyboxImage },
}
