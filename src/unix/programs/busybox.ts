/**
 * busybox: one executable with many names. Under the name of an applet it is that applet, in busybox's flavour; `busybox` alone lists
 * what it can be. `busybox-1.28` is the version whose nslookup DNS labs rely on.
 */
import { err, type Process, type Program, type Running } from '../kernel/process.ts'
import { asBusybox, asOldBusybox, busyboxBanner } from './flavour.ts'
import { print } from './text.ts'
import { baseName } from './tool.ts'

/** The applets courses use, which are those an image of busybox links to it; the real one has some 400. */
export const applets: readonly string[] = (
  '[ addgroup adduser arch arp ash awk base64 basename bc bzip2 cat chgrp chmod chown chpasswd chroot clear cmp comm cp cut date dd deluser df diff dirname dmesg dnsdomainname du echo ' +
  'egrep env expand expr factor false fgrep find flock fold free fsync getopt grep groups gunzip gzip head hexdump hostname httpd id ifconfig install ' +
  'ip kill killall less link ln logger login ls lsmod lsof md5sum mkdir mkfifo mktemp modprobe more mount mv nc netstat nice nl nohup nproc nslookup od passwd paste pgrep ' +
  'pidof ping pkill printenv printf ps pstree pwd readlink realpath reset rev rm rmdir rmmod route sed seq setsid sh sha1sum sha256sum sha512sum shuf sleep sort ' +
  'split stat strings stty su swapoff swapon sync sysctl tac tail tar taskset tee telnet test time timeout top touch tr traceroute tree true truncate tty umount uname ' +
  'unexpand uniq unlink unzip uptime usleep vi watch wc wget which who whoami xargs xxd yes zcat'
).split(' ')

export const busybox: Program = (process) => multiplex(process)

export const busyboxOld: Program = (process) => multiplex(process, asOldBusybox)

function* multiplex(process: Process, mark?: (process: Process) => void): Running {
  let name = baseName(process.argv[0])
  if (name.startsWith('busybox')) {
    const [, applet, ...rest] = process.argv
    if (applet === undefined || applet === '--help') {
      yield* print(
        process,
        `${busyboxBanner(process)}
BusyBox is copyrighted by many authors between 1998-2015.
Licensed under GPLv2. See source distribution for detailed
copyright notices.

Usage: busybox [function [arguments]...]
   or: busybox --list[-full]
   or: busybox --show SCRIPT
   or: busybox --install [-s] [DIR]
   or: function [arguments]...

	BusyBox is a multi-call binary that combines many common Unix
	utilities into a single executable.  Most people will create a
	link to busybox for each function they wish to use and BusyBox
	will act like whatever it was invoked as.

Currently defined functions:
${wrapped(applets)}
`,
      )
      return 0
    }
    if (applet === '--list') {
      yield* print(process, applets.map((one) => `${one}\n`).join(''))
      return 0
    }
    name = applet
    process.argv = [applet, ...rest]
  }
  const { programs } = process.kernel
  // What other packages' programs have the name of, too: an ash is no bash, and busybox's httpd is not Apache's.
  const program = programs.get(`busybox:${name === 'sh' ? 'ash' : name}`) ?? programs.get(name)
  if (!program || !applets.includes(name)) {
    yield* err(process, applets.includes(name) ? `${name}: this applet is not simulated\n` : `${name}: applet not found\n`)
    return 127
  }
  asBusybox(process)
  mark?.(process)
  return yield* program(process)
}

function wrapped(names: readonly string[]): string {
  const lines: string[] = []
  let line = '\t'
  for (const [index, name] of names.entries()) {
    const word = index === names.length - 1 ? name : `${name}, `
    if (line.length + word.trimEnd().length > 72) {
      lines.push(line.trimEnd())
      line = '\t'
    }
    line += word
  }
  return [...lines, line].join('\n')
}
