/** hostnamectl, timedatectl, last, logger, crontab and man: about the machine and who uses it. */
import { err, type Program } from '../../kernel/process.ts'
import { flag, UsageError, value } from '../options.ts'
import { found } from '../../kernel/execute.ts'
import { openInput, print, stringOf, wholeInput } from '../text.ts'
import { momentOf, strftime, zoneOf } from '../time-text.ts'
import { complain, isTerminal, tool, wordsOf } from '../tool.ts'
import { userName } from '../users.ts'

export const hostnamectl: Program = function* (process) {
  const [verb = 'status', name] = process.argv.slice(1).filter((arg) => !arg.startsWith('-'))
  const { uts } = process.namespaces
  if (verb === 'set-hostname' || (verb === 'hostname' && name !== undefined)) {
    if (process.credentials.uid !== 0) {
      yield* err(process, 'Could not set static hostname: Access denied\n')
      return 1
    }
    uts.hostname = name
    process.files.writeFile('/etc/hostname', `${name}\n`)
    return 0
  }
  if (verb === 'hostname') {
    yield* print(process, `${uts.hostname}\n`)
    return 0
  }
  if (verb !== 'status' && verb !== 'show') {
    yield* err(process, `Unknown command verb ${verb}.\n`)
    return 1
  }
  const release = /^PRETTY_NAME="?([^"\n]*)/m.exec(process.files.readText('/etc/os-release'))?.[1] ?? 'Linux'
  const rows = [
    ['Static hostname', uts.hostname],
    ['Icon name', 'computer-vm'],
    ['Chassis', 'vm'],
    ['Machine ID', process.files.readText('/etc/machine-id').trim()],
    ['Boot ID', process.files.readText('/proc/sys/kernel/random/boot_id').trim().replaceAll('-', '')],
    ['Virtualization', 'kvm'],
    ['Operating System', release],
    ['Kernel', `Linux ${process.kernel.release}`],
    ['Architecture', 'x86-64'],
  ]
  yield* print(process, rows.map(([label, text]) => `${label.padStart(16)}: ${text}\n`).join(''))
  return 0
}

export const timedatectl: Program = function* (process) {
  const [verb = 'status', zone] = process.argv.slice(1).filter((arg) => !arg.startsWith('-'))
  if (verb === 'list-timezones') {
    yield* print(process, 'Etc/UTC\n')
    return 0
  }
  if (verb !== 'status' && verb !== 'show') {
    yield* err(
      process,
      verb === 'set-timezone'
        ? `Failed to set time zone: the sandbox knows no time zones (${zone ?? ''})\n`
        : verb.startsWith('set-')
          ? 'Failed to set time: the sandbox keeps its own clock\n'
          : `Unknown command verb ${verb}.\n`,
    )
    return 1
  }
  const moment = momentOf(process.now(), zoneOf(process))
  const rows = [
    ['Local time', strftime('%a %Y-%m-%d %H:%M:%S UTC', moment)],
    ['Universal time', strftime('%a %Y-%m-%d %H:%M:%S UTC', moment)],
    ['RTC time', strftime('%a %Y-%m-%d %H:%M:%S', moment)],
    ['Time zone', 'Etc/UTC (UTC, +0000)'],
    ['System clock synchronized', 'yes'],
    ['NTP service', 'active'],
    ['RTC in local TZ', 'no'],
  ]
  yield* print(process, rows.map(([label, text]) => `${label.padStart(25)}: ${text}\n`).join(''))
  return 0
}

/** Nobody writes a wtmp here: the list holds the start of the machine and who sits at a terminal now. */
export const last: Program = function* (process) {
  const { kernel } = process
  const zone = zoneOf(process)
  const at = (ms: number): string => strftime('%a %b %e %H:%M', momentOf(ms, zone))
  const seen = new Set<string>()
  const lines: string[] = []
  for (const one of kernel.processes) {
    if (!one.terminal || seen.has(one.terminal.name)) continue
    seen.add(one.terminal.name)
    lines.push(
      `${userName(process, one.credentials.uid).padEnd(8)} ${one.terminal.name.replace('/dev/', '').padEnd(12)} ${''.padEnd(16)} ${at(one.startedAt)}   still logged in\n`,
    )
  }
  lines.push(`reboot   system boot  ${kernel.release.slice(0, 16).padEnd(16)} ${at(kernel.bootedAt)}   still running\n`)
  yield* print(process, `${lines.join('')}\nwtmp begins ${strftime('%a %b %e %H:%M:%S %Y', momentOf(kernel.bootedAt, zone))}\n`)
  return 0
}

export const logger = tool({
  name: 'logger',
  usage: '[options] [<message>]',
  summary: 'Enter messages into the system log.',
  package: 'logger from util-linux 2.38.1',
  flags: {
    id: flag('i'),
    priority: value('p|priority', 'prio', 'mark given message with this priority'),
    toError: flag('s|stderr', 'output message to standard error as well'),
    tag: value('t|tag', 'tag', 'mark every line with this tag'),
    file: value('f|file', 'file', 'log the contents of this file'),
  },
  *run(call) {
    const { process, flags, operands } = call
    const text =
      operands.length > 0
        ? operands.join(' ')
        : stringOf(yield* wholeInput(process, flags.file === undefined ? 0 : openInput(process, flags.file)))
    const tag = `${flags.tag ?? userName(process, process.credentials.uid)}${flags.id ? `[${process.pid}]` : ''}`
    const line = text
      .replace(/\n$/, '')
      .split('\n')
      .map(
        (one) =>
          `${strftime('%b %e %H:%M:%S', momentOf(process.now(), zoneOf(process)))} ${process.namespaces.uts.hostname} ${tag}: ${one}\n`,
      )
      .join('')
    const path = '/var/log/syslog'
    const before = process.files.exists(path) ? process.files.readText(path) : ''
    process.files.writeFile(path, before + line)
    if (flags.toError)
      yield* err(
        process,
        text
          .replace(/\n$/, '')
          .split('\n')
          .map((one) => `<13>${strftime('%b %e %H:%M:%S', momentOf(process.now(), zoneOf(process)))} ${tag}: ${one}\n`)
          .join(''),
      )
    return 0
  },
})

/** Tables are kept where cron keeps them; there is no cron to run them, and that is said. */
export const crontab = tool({
  name: 'crontab',
  usage: '[ -u user ] file\n[ -u user ] [ -i ] {-e | -l | -r}',
  summary: '',
  package: 'cron 3.0',
  flags: {
    user: value('u', 'user'),
    show: flag('l', "list user's crontab"),
    remove: flag('r', "delete user's crontab"),
    edit: flag('e', "edit user's crontab"),
    asks: flag('i', "prompt before deleting user's crontab"),
  },
  *run(call) {
    const { process, flags, operands } = call
    const user = flags.user ?? userName(process, process.credentials.uid)
    if (flags.user !== undefined && process.credentials.uid !== 0 && flags.user !== userName(process, process.credentials.uid)) {
      yield* err(process, 'must be privileged to use -u\n')
      return 1
    }
    const path = `/var/spool/cron/crontabs/${user}`
    if (flags.show || flags.remove) {
      if (!process.files.exists(path)) {
        yield* err(process, `no crontab for ${user}\n`)
        return 1
      }
      if (flags.show) yield* print(process, process.files.readText(path))
      else process.files.unlink(path)
      return 0
    }
    if (flags.edit) {
      yield* complain(call, 'edit a file and install it with: crontab FILE')
      return 1
    }
    const [file] = operands
    if (file === undefined && isTerminal(process, 0)) throw new UsageError('file name or - (for stdin) must be specified')
    let text: string
    try {
      text = stringOf(yield* wholeInput(process, openInput(process, file ?? '-')))
    } catch (error) {
      yield* err(process, `${file}/: fopen: ${wordsOf(error)}\n`)
      return 1
    }
    const bad = text
      .split('\n')
      .findIndex((line) => /^\s*[^#\s]/.test(line) && !/^\s*\w+\s*=/.test(line) && !/^\s*(@\w+|([\d*,/a-zA-Z-]+\s+){5})\s*\S/.test(line))
    if (bad >= 0) {
      yield* err(process, `"${file ?? '-'}":${bad}: bad minute\nerrors in crontab file, can't install.\n`)
      return 1
    }
    process.files.mkdir('/var/spool/cron/crontabs', { parents: true })
    process.files.writeFile(path, text)
    yield* complain(call, 'the table is kept, but no cron daemon runs in this sandbox; a Kubernetes CronJob does run on time')
    return 0
  },
})

export const man: Program = function* (process) {
  const names = process.argv.slice(1).filter((arg) => !/^-|^\d$/.test(arg))
  if (names.length === 0) {
    yield* err(process, "What manual page do you want?\nFor example, try 'man man'.\n")
    return 1
  }
  for (const name of names) {
    yield* err(process, `No manual entry for ${name}\n`)
    if (found(process, name) !== undefined)
      yield* err(process, `There are no manual pages in this sandbox; '${name} --help' tells what ${name} does here.\n`)
  }
  return 16
}
