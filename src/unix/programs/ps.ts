/** ps, in the three dialects people mix: `ps aux`, `ps -ef`, `ps -o …`; busybox has its own. */
import { type Blocking, err, type Process, type Program } from '../kernel/process.ts'
import { isBusybox } from './flavour.ts'
import {
  commandLine,
  commandName,
  cpuPercent,
  parentPidSeen,
  pidSeen,
  residentKib,
  stateLetter,
  stateText,
  terminalText,
  userText,
  virtualKib,
  visibleProcesses,
} from './process-text.ts'
import { print } from './text.ts'
import { momentOf, strftime, zoneOf } from './time-text.ts'

interface Column {
  readonly title: string
  readonly width: number
  readonly isRight?: boolean
  readonly text: (process: Process, viewer: Process) => string
}

const column = (title: string, width: number, text: Column['text'], isRight = false): Column => ({ title, width, text, isRight })
const right = (title: string, width: number, text: Column['text']): Column => column(title, width, text, true)

const columns: Readonly<Record<string, Column>> = {
  user: column('USER', 8, (one, viewer) => shortName(userText(viewer, one))),
  uidName: column('UID', 8, (one, viewer) => shortName(userText(viewer, one))),
  pid: right('PID', 7, (one, viewer) => String(pidSeen(viewer, one))),
  ppid: right('PPID', 7, (one, viewer) => String(parentPidSeen(viewer, one))),
  pgid: right('PGID', 7, (one) => String(one.group)),
  sid: right('SID', 7, (one) => String(one.session)),
  '%cpu': right('%CPU', 4, (one, viewer) => cpuPercent(one, viewer.now()).toFixed(1)),
  '%mem': right('%MEM', 4, (one) => ((one.memoryBytes / one.kernel.memoryBytes) * 100).toFixed(1)),
  vsz: right('VSZ', 6, (one) => String(virtualKib(one))),
  rss: right('RSS', 5, (one) => String(residentKib(one))),
  tty: column('TTY', 8, terminalText),
  tt: column('TT', 8, terminalText),
  stat: column('STAT', 4, stateText),
  s: column('S', 1, stateLetter),
  start: right('START', 5, (one, viewer) => startText(one, viewer)),
  stime: column('STIME', 5, (one, viewer) => startText(one, viewer)),
  lstart: right('STARTED', 24, (one, viewer) => strftime('%a %b %e %H:%M:%S %Y', momentOf(one.startedAt, zoneOf(viewer)))),
  time: right('TIME', 8, (one) => timeText(one.cpuMs)),
  shortTime: right('TIME', 6, (one) => `${Math.floor(one.cpuMs / 60_000)}:${String(Math.floor(one.cpuMs / 1000) % 60).padStart(2, '0')}`),
  etime: right('ELAPSED', 11, (one, viewer) => elapsedText(viewer.now() - one.startedAt)),
  etimes: right('ELAPSED', 7, (one, viewer) => String(Math.floor((viewer.now() - one.startedAt) / 1000))),
  c: right('C', 2, (one, viewer) => String(Math.floor(cpuPercent(one, viewer.now())))),
  comm: column('COMMAND', 15, commandName),
  args: column('COMMAND', 27, commandLine),
  cmdTitle: column('CMD', 27, commandLine),
  shortCmd: column('CMD', 15, commandName),
  uid: right('UID', 5, (one) => String(one.credentials.uid)),
  gid: right('GID', 5, (one) => String(one.credentials.gid)),
  ni: right('NI', 3, () => '0'),
  pri: right('PRI', 3, () => '19'),
  nlwp: right('NLWP', 4, () => '1'),
  cgroup: column('CGROUP', 27, (one) => `0::${one.cgroup.path}`),
  pidns: right('PIDNS', 10, (one) => String(one.namespaces.pids.id)),
  netns: right('NETNS', 10, (one) => String(one.namespaces.net.id)),
  wchan: column('WCHAN', 6, () => '-'),
  label: column('LABEL', 31, () => '-'),
}

const names: Readonly<Record<string, string>> = {
  pcpu: '%cpu',
  pmem: '%mem',
  cmd: 'cmdTitle',
  command: 'args',
  ucmd: 'shortCmd',
  ucomm: 'comm',
  tname: 'tty',
  state: 's',
  euser: 'user',
  ruser: 'user',
  vsize: 'vsz',
  rssize: 'rss',
  rsz: 'rss',
  start_time: 'stime',
  sess: 'sid',
  session: 'sid',
  pgrp: 'pgid',
  euid: 'uid',
  egid: 'gid',
  cputime: 'time',
  nice: 'ni',
  thcount: 'nlwp',
}

export const ps: Program = function* (process) {
  if (isBusybox(process)) return yield* busyboxPs(process)
  const args = process.argv.slice(1)
  const table = processTable(process, args)
  if (typeof table === 'string') return yield* wrong(process, table)
  const { used, rows, isFound } = table
  const width =
    process.descriptors.get(1)?.file.kind === 'terminal' && !args.some((arg) => /w/.test(arg.replace(/^--.*/, '')))
      ? (process.terminal?.cols ?? 80)
      : Number.POSITIVE_INFINITY
  yield* print(process, rows.map((row) => lineOf(row, used).slice(0, width)).join('\n') + (rows.length > 0 ? '\n' : ''))
  return isFound ? 0 : 1
}

export interface ProcessTable {
  readonly used: readonly Column[]
  /** The titles first, unless they are not wanted. */
  readonly rows: readonly (readonly string[])[]
  readonly isFound: boolean
}

/** What `ps ARGS` lists for someone who asks; a refusal is text. `only` takes the place of ps' own choice, as `-q` does. */
export function processTable(process: Process, args: readonly string[], only?: readonly Process[]): ProcessTable | string {
  let all = false
  let ofUser = false
  let layout = 'short'
  let wantsHeader = true
  let forest = false
  let hasLabels = false
  const chosen: Column[] = []
  const pids: number[] = []
  const users: string[] = []
  const commands: string[] = []
  let sortKey: string | undefined
  for (let index = 0; index < args.length; index++) {
    const arg = args[index]
    const valueOf = (attached: string): string => attached || args[++index] || ''
    if (arg.startsWith('--')) {
      const [name, text = ''] = arg.slice(2).split('=')
      if (name === 'sort') sortKey = text || args[++index]
      else if (name === 'no-headers' || name === 'no-heading') wantsHeader = false
      else if (name === 'forest') forest = true
      else if (name === 'pid') pids.push(...(text || args[++index]).split(',').map(Number))
      else if (name === 'ppid')
        pids.push(
          ...visibleProcesses(process)
            .filter((one) => (text || args[index + 1]).split(',').includes(String(parentPidSeen(process, one))))
            .map((one) => pidSeen(process, one)),
        )
      else if (name === 'user') users.push(...(text || args[++index]).split(','))
      else return 'unknown gnu long option'
      continue
    }
    const isDashed = arg.startsWith('-')
    for (let at = isDashed ? 1 : 0; at < arg.length; at++) {
      const letter = arg[at]
      const rest = arg.slice(at + 1)
      if (letter === 'o' || letter === 'O') {
        for (const word of valueOf(rest).split(/[ ,]+/)) {
          const [name, title] = word.split('=')
          const key = names[name.toLowerCase()] ?? name.toLowerCase()
          const found = columns[key]
          if (!found) return `unknown user-defined format specifier "${name}"`
          const renamed = name === 'cmd' ? 'CMD' : title
          chosen.push(renamed === undefined ? found : { ...found, title: renamed, width: found.width })
        }
        break
      }
      if (letter === 'p') {
        pids.push(...valueOf(rest).split(/[ ,]+/).map(Number))
        break
      }
      if ((letter === 'u' || letter === 'U') && isDashed) {
        users.push(...valueOf(rest).split(','))
        break
      }
      if (letter === 'C' && isDashed) {
        commands.push(...valueOf(rest).split(','))
        break
      }
      if (letter === 'q' || letter === 't' || letter === 'k' || letter === 'G') {
        const text = valueOf(rest)
        if (letter === 'k') sortKey = text
        break
      }
      if (isDashed ? letter === 'e' || letter === 'A' : letter === 'a') all = true
      else if (isDashed && letter === 'a') all = true
      else if (letter === 'x') ofUser ||= !isDashed
      else if (letter === 'f' && isDashed) layout = 'full'
      else if (letter === 'f') forest = true
      else if (letter === 'F') layout = 'full'
      else if (letter === 'l') layout = 'long'
      else if (letter === 'u' && !isDashed) layout = 'user'
      else if (letter === 'H') forest = true
      else if (letter === 'Z' || letter === 'M') hasLabels = true
      else if (letter === 'h') wantsHeader = false
      else if (
        letter === 'T' ||
        letter === 'L' ||
        letter === 'w' ||
        letter === 'c' ||
        letter === 'n' ||
        letter === 'r' ||
        letter === 'N' ||
        letter === 'd' ||
        letter === 'j' ||
        letter === 'v' ||
        letter === 's'
      ) {
        // Threads, width and the rest change nothing that is simulated.
      } else if (/\d/.test(letter)) {
        pids.push(Number(arg.slice(at)))
        break
      } else if (letter === 'e' && !isDashed) continue
      else return isDashed ? 'unsupported SysV option' : 'unsupported option (BSD syntax)'
    }
  }
  const seen = visibleProcesses(process)
  const { uid } = process.credentials
  const selected =
    only ??
    seen.filter((one) => {
      if (pids.length > 0 || users.length > 0 || commands.length > 0)
        return (
          pids.includes(pidSeen(process, one)) ||
          users.includes(userText(process, one)) ||
          users.includes(String(one.credentials.uid)) ||
          commands.includes(commandName(one))
        )
      if (all)
        return ofUser || layout !== 'user' || one.terminal !== undefined || args.some((arg) => arg.startsWith('-') && /[eA]/.test(arg))
      if (ofUser) return one.credentials.uid === uid
      return one.credentials.uid === uid && one.terminal === process.terminal
    })
  const layouts: Readonly<Record<string, readonly string[]>> = {
    short: ['pid', 'tty', 'time', 'shortCmd'],
    full: ['uidName', 'pid', 'ppid', 'c', 'stime', 'tty', 'time', 'cmdTitle'],
    user: ['user', 'pid', '%cpu', '%mem', 'vsz', 'rss', 'tty', 'stat', 'start', 'shortTime', 'args'],
    long: ['s', 'uid', 'pid', 'ppid', 'c', 'pri', 'ni', 'tty', 'time', 'shortCmd'],
    plain: ['pid', 'tty', 'stat', 'shortTime', 'args'],
  }
  const isBsd = layout === 'short' && args.some((arg) => /^[axh]+$/.test(arg))
  const used =
    chosen.length > 0 ? chosen : [...(hasLabels ? ['label'] : []), ...layouts[isBsd ? 'plain' : layout]].map((name) => columns[name])
  const ordered = sortKey === undefined ? (forest ? asForest(selected) : selected) : sorted(process, selected, sortKey)
  const hasTitles = wantsHeader && used.some(({ title }) => title !== '')
  const rows = hasTitles ? [used.map(({ title }) => title)] : []
  const depth = forest ? depths(ordered) : undefined
  for (const one of ordered)
    rows.push(
      used.map(
        (each) =>
          (forest && (each === columns.args || each === columns.cmdTitle)
            ? `${'    '.repeat(Math.max(0, (depth?.get(one) ?? 0) - 1))}${(depth?.get(one) ?? 0) > 0 ? ' \\_ ' : ''}`
            : '') + each.text(one, process),
      ),
    )
  return { used, rows, isFound: selected.length > 0 || pids.length === 0 }
}

function lineOf(row: readonly string[], used: readonly Column[]): string {
  let line = ''
  let debt = 0
  for (const [index, text] of row.entries()) {
    const { width, isRight } = used[index]
    const isLast = index === row.length - 1
    // A cell that is too wide eats into the room of the next.
    const room = Math.max(0, Math.max(width, used[index].title.length) - debt)
    const cell = isRight ? text.padStart(room) : isLast ? text : text.padEnd(room)
    debt = Math.max(0, cell.length - room)
    line += cell + (isLast ? '' : ' ')
  }
  return line
}

function* wrong(process: Process, message: string): Blocking<number> {
  yield* err(
    process,
    `error: ${message}\n\nUsage:\n ps [options]\n\n Try 'ps --help <simple|list|output|threads|misc|all>'\n  or 'ps --help <s|l|o|t|m|a>'\n for additional help text.\n\nFor more details see ps(1).\n`,
  )
  return 1
}

function shortName(name: string): string {
  return name.length > 8 ? `${name.slice(0, 7)}+` : name
}

function startText(one: Process, viewer: Process): string {
  const started = momentOf(one.startedAt, zoneOf(viewer))
  const now = momentOf(viewer.now(), zoneOf(viewer))
  return strftime(
    viewer.now() - one.startedAt < 86_400_000 && started.day === now.day ? '%H:%M' : started.year === now.year ? '%b%d' : '%Y',
    started,
  )
}

function timeText(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  return `${String(Math.floor(seconds / 3600)).padStart(2, '0')}:${String(Math.floor(seconds / 60) % 60).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`
}

function elapsedText(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  const [days, hours, minutes] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60]
  const short = `${String(minutes).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`
  return days > 0 ? `${days}-${String(hours).padStart(2, '0')}:${short}` : hours > 0 ? `${String(hours).padStart(2, '0')}:${short}` : short
}

function sorted(viewer: Process, all: readonly Process[], key: string): readonly Process[] {
  const isReversed = key.startsWith('-')
  const found = columns[names[key.replace(/^[-+]/, '')] ?? key.replace(/^[-+]/, '')]
  if (!found) return all
  const ordered = [...all].sort((a, b) => {
    const [x, y] = [found.text(a, viewer), found.text(b, viewer)]
    return found.isRight ? Number.parseFloat(x) - Number.parseFloat(y) : x < y ? -1 : x > y ? 1 : 0
  })
  return isReversed ? ordered.reverse() : ordered
}

function asForest(all: readonly Process[]): readonly Process[] {
  const result: Process[] = []
  const add = (one: Process): void => {
    if (!all.includes(one) || result.includes(one)) return
    result.push(one)
    for (const child of all) if (child.parent === one) add(child)
  }
  for (const one of all) if (!one.parent || !all.includes(one.parent)) add(one)
  return result
}

function depths(all: readonly Process[]): Map<Process, number> {
  const found = new Map<Process, number>()
  for (const one of all) found.set(one, one.parent && found.has(one.parent) ? (found.get(one.parent) ?? 0) + 1 : 0)
  return found
}

/** `PID   USER     TIME  COMMAND`, every process; `-o` picks columns. */
function* busyboxPs(process: Process): Blocking<number> {
  const args = process.argv.slice(1)
  const at = args.findIndex((arg) => /^-o/.test(arg))
  if (at >= 0) {
    const list = args[at].slice(2) || args[at + 1] || ''
    const used = list.split(/[ ,]+/).map((name) => columns[names[name] ?? name])
    const bad = list.split(/[ ,]+/).find((_, index) => used[index] === undefined)
    if (bad !== undefined) {
      yield* err(process, `ps: bad -o argument '${bad}', supported arguments: user,group,comm,args,pid,ppid,pgid,tty,vsz,sid,stat,rss\n`)
      return 1
    }
    const known = used.filter((one): one is Column => one !== undefined)
    const width = (each: Column): number => ({ PID: 5, PPID: 5, PGID: 5, USER: 8, TIME: 5, COMMAND: 16 })[each.title] ?? each.width
    const rows = [known.map(({ title }) => title), ...visibleProcesses(process).map((one) => known.map((each) => each.text(one, process)))]
    yield* print(
      process,
      rows
        .map((row) => row.map((text, index) => (index === row.length - 1 ? text : text.padEnd(width(known[index])))).join(' '))
        .join('\n') + '\n',
    )
    return 0
  }
  const isWide = args.some((arg) => /w/.test(arg))
  let text = 'PID   USER     TIME  COMMAND\n'
  for (const one of visibleProcesses(process)) {
    const minutes = Math.floor(one.cpuMs / 60_000)
    const time = `${minutes}:${String(Math.floor(one.cpuMs / 1000) % 60).padStart(2, '0')}`
    const line = `${String(pidSeen(process, one)).padStart(5)} ${userText(process, one).slice(0, 8).padEnd(8)} ${time.padStart(5)} ${commandLine(one)}`
    text += `${process.terminal && !isWide ? line.slice(0, process.terminal.cols) : line}\n`
  }
  yield* print(process, text)
  return 0
}
