/** top: batch mode prints pages; on a terminal it draws every few seconds and obeys keys until `q`. busybox's has its own look. */
import type { Blocking, Process } from '../../kernel/process.ts'
import { signalOf, signalNumbers } from '../../kernel/signals.ts'
import { flag, list, value } from '../options.ts'
import { terminalKeys } from '../pager/terminal-keys.ts'
import { cpuPercent, pidSeen, stateLetter, userText, virtualKib, visibleProcesses } from '../process-text.ts'
import { print } from '../text.ts'
import { complain, isTerminal, tool } from '../tool.ts'
import { busyboxPage, procpsPage, type Shown } from './pages.ts'

/** The columns one can sort by, with the keys that choose them. */
const orders: Readonly<Record<string, (a: Shown, b: Shown) => number>> = {
  '%CPU': (a, b) => b.cpu - a.cpu,
  '%MEM': (a, b) => b.one.memoryBytes - a.one.memoryBytes,
  RES: (a, b) => b.one.memoryBytes - a.one.memoryBytes,
  VIRT: (a, b) => virtualKib(b.one) - virtualKib(a.one),
  'TIME+': (a, b) => b.one.cpuMs - a.one.cpuMs,
  PID: (a, b) => b.one.hostPid - a.one.hostPid,
  USER: (a, b) => b.one.credentials.uid - a.one.credentials.uid,
  COMMAND: (a, b) => (a.one.argv[0] < b.one.argv[0] ? 1 : -1),
}
const orderKeys: Readonly<Record<string, string>> = { P: '%CPU', M: '%MEM', T: 'TIME+', N: 'PID' }

export const top = tool({
  name: 'top',
  usage: '[options]',
  summary: '',
  package: 'top from procps-ng 4.0.2',
  hint: '',
  flags: {
    batch: flag('b|batch-mode', 'run in non-interactive batch mode'),
    command: flag('c|cmdline-toggle', "reverse last remembered 'c' state"),
    delay: value('d|delay', 'SECS', 'iterative delay as SECS [.TENTHS]'),
    summaryScale: value('E|scale-summary-mem', 'SCALE'),
    taskScale: value('e|scale-task-mem', 'SCALE'),
    threads: flag('H|threads-show', 'show tasks plus all their threads'),
    idle: flag('i|idle-toggle', "reverse last remembered 'i' state"),
    count: value('n|iterations', 'NUMBER', 'exit on maximum iterations NUMBER'),
    fields: flag('O|list-fields', 'output all field names, then exit'),
    sort: value('o|sort-override', 'FIELD', 'force sorting on this named FIELD'),
    pids: list('p|pid', 'PIDLIST', 'monitor only the tasks in PIDLIST'),
    sum: flag('S|accum-time-toggle'),
    secure: flag('s|secure-mode', 'run with secure mode restrictions'),
    anyUser: value('U|filter-any-user', 'USER', 'show only processes owned by USER'),
    user: value('u|filter-only-euser', 'USER', 'show only processes owned by USER'),
    width: value('w|width', 'COLUMNS', 'change print width [,use COLUMNS]'),
    each: flag('1|single-cpu-toggle', "reverse last remembered '1' state"),
    shortHelp: flag('h', 'display this help text, then exit'),
    shortVersion: flag('V', 'output version information & exit'),
    memory: flag('m'),
  },
  *run(call) {
    const { process, flags, busybox } = call
    if (flags.shortVersion || (flags.shortHelp && !busybox)) {
      yield* print(process, flags.shortVersion ? 'top from procps-ng 4.0.2\n' : help)
      return 0
    }
    if (flags.fields) {
      yield* print(
        process,
        Object.keys(orders)
          .map((name) => `${name}\n`)
          .join(''),
      )
      return 0
    }
    if (flags.threads || flags.summaryScale !== undefined || flags.taskScale !== undefined) {
      yield* complain(call, '-H, -E and -e are not simulated here')
      return 1
    }
    const isFull = !flags.batch && isTerminal(process, 1)
    if (!flags.batch && !isFull && !busybox) {
      yield* complain(call, 'failed tty get')
      return 1
    }
    const delayTyped = Number((flags.delay ?? (busybox ? '5' : '3')).replace(',', '.'))
    if (Number.isNaN(delayTyped) || delayTyped < 0) {
      yield* complain(call, `bad delay interval '${flags.delay}'`)
      return 1
    }
    let user = flags.user ?? flags.anyUser
    if (
      user !== undefined &&
      !visibleProcesses(process).some((one) => userText(process, one) === user || String(one.credentials.uid) === user) &&
      !process.files
        .readText('/etc/passwd')
        .split('\n')
        .some((line) => line.split(':')[0] === user)
    ) {
      yield* complain(call, 'Invalid user')
      return 1
    }
    let sort = flags.memory ? '%MEM' : (flags.sort?.replace(/^[+-]/, '').toUpperCase() ?? '%CPU')
    const isReversed = flags.sort?.startsWith('-') ?? false
    if (!(sort in orders)) {
      yield* complain(call, `unrecognized field name '${flags.sort}'`)
      return 1
    }
    const { terminal } = process
    const limit = flags.count === undefined ? Number.POSITIVE_INFINITY : Number(flags.count)
    const pids = flags.pids.flatMap((text) => text.split(','))
    let delayMs = Math.max(0.1, delayTyped) * 1000
    let isStopped = false
    let showsCommand = flags.command || busybox
    let showsEachCpu = flags.each
    let showsIdle = !flags.idle
    let message = ''
    let before = new Map<Process, number>()
    let lastMs = process.now()
    const keys = isFull && terminal && isTerminal(process, 0) ? terminalKeys(process, terminal) : undefined
    const modes = terminal && { mode: terminal.mode, echo: terminal.echo, onlcr: terminal.onlcr }
    process.handlers.set('INT', () => (isStopped = true))
    process.handlers.set('WINCH', () => undefined)
    if (keys && terminal) Object.assign(terminal, { mode: 'raw', echo: false, onlcr: false })
    if (isFull) yield* print(process, busybox ? '\x1b[H\x1b[J' : '\x1b[?1h\x1b=\x1b[?25l\x1b[H\x1b[2J')
    try {
      for (let round = 0; round < limit && !isStopped; round++) {
        yield* draw(round)
        if (round + 1 >= limit || (yield* pause())) break
      }
      return 0
    } finally {
      if (modes && terminal && keys) Object.assign(terminal, modes)
      if (isFull && !process.isEnded && process.descriptors.has(1))
        process
          .file(1)
          .write(
            new TextEncoder().encode(busybox ? '\n' : `\x1b[?1l\x1b>\x1b[${(terminal?.rows ?? 24) + 1};1H\r\n\x1b[?12l\x1b[?25h\x1b[K`),
          )
    }

    function* draw(round: number): Blocking<void> {
      const elapsed = process.now() - lastMs
      const usage = (one: Process): number =>
        round === 0 || elapsed <= 0 ? cpuPercent(one, process.now()) : ((one.cpuMs - (before.get(one) ?? 0)) / elapsed) * 100
      const all = visibleProcesses(process)
        .map((one) => ({ one, cpu: usage(one) }))
        .filter(
          ({ one }) =>
            (pids.length === 0 || pids.includes(String(pidSeen(process, one)))) &&
            (user === undefined || userText(process, one) === user || String(one.credentials.uid) === user),
        )
      const shown = all
        .filter(({ one, cpu }) => showsIdle || cpu > 0 || stateLetter(one) === 'R')
        .sort((a, b) => (isReversed ? -1 : 1) * orders[sort](a, b) || pidSeen(process, a.one) - pidSeen(process, b.one))
      before = new Map(visibleProcesses(process).map((one) => [one, one.cpuMs]))
      lastMs = process.now()
      const width = flags.width === undefined ? undefined : Number(flags.width) || 512
      const view = {
        rows: isFull ? (terminal?.rows ?? 24) : Number.POSITIVE_INFINITY,
        cols: width ?? (isTerminal(process, 1) ? (terminal?.cols ?? 80) : Number(process.env.COLUMNS ?? 80)),
        isFull,
        showsCommand,
        showsEachCpu,
        message,
      }
      const lines = busybox ? busyboxPage(process, shown, view) : procpsPage(process, all, shown, view)
      message = ''
      if (!isFull) yield* print(process, `${round > 0 && !busybox ? '\n' : ''}${lines.join('\n')}\n`)
      else yield* print(process, `\x1b[H${lines.map((line) => `${line}\x1b[K`).join('\r\n')}\x1b[J`)
    }

    /** Waits for the next page or a key; answers whether it is over. */
    function* pause(): Blocking<boolean> {
      const until = process.now() + delayMs
      while (!isStopped && process.now() < until) {
        const bytes = keys && terminal ? terminal.file.read(64) : undefined
        if (bytes === undefined || !keys) {
          yield { on: keys && terminal ? [terminal.file.readable] : [], until }
          continue
        }
        if (bytes.length === 0) return true
        keys.back(...Array.from(new TextDecoder().decode(bytes)))
        while (keys.isAhead()) {
          const key = yield* keys.next()
          if (key === undefined || key === 'q' || key === '\x03') return true
          yield* obey(key)
        }
        return false
      }
      return isStopped
    }

    function* obey(key: string): Blocking<void> {
      if (key in orderKeys) sort = orderKeys[key]
      else if (key === 'c') showsCommand = !showsCommand
      else if (key === '1') showsEachCpu = !showsEachCpu
      else if (key === 'i') showsIdle = !showsIdle
      else if (key === 'd' || key === 's') {
        const typed = yield* ask(`Change delay from ${(delayMs / 1000).toFixed(1)} to `)
        const seconds = Number(typed)
        if (typed && !(seconds >= 0)) message = 'Unacceptable floating point'
        else if (typed) delayMs = Math.max(0.1, seconds) * 1000
      } else if (key === 'u' || key === 'U') {
        const typed = yield* ask('Which user (blank for all) ')
        if (typed !== undefined) user = typed === '' ? undefined : typed
      } else if (key === 'k') yield* kill()
      else if (key === 'h' || key === '?') yield* showKeys()
      else if (key !== ' ' && key !== '\r' && key !== '\n') message = "\x1b[7m Unknown command - try 'h' for help \x1b(B\x1b[m\x1b[39;49m"
    }

    function* showKeys(): Blocking<void> {
      yield* print(process, `\x1b[H\x1b[2J${keysHelp.replaceAll('\n', '\r\n')}`)
      if (keys) yield* keys.next()
    }

    function* kill(): Blocking<void> {
      const first = visibleProcesses(process)[0]
      const typed = yield* ask(`PID to signal/kill [default pid = ${first ? pidSeen(process, first) : 1}] `)
      if (typed === undefined) return
      const pid = typed === '' ? (first ? pidSeen(process, first) : 1) : Number(typed)
      const answer = yield* ask(`Send pid ${pid} signal [15/sigterm] `)
      if (answer === undefined) return
      const signal = signalOf(answer === '' ? 'TERM' : answer)
      if (!signal) {
        message = '\x1b[7m Invalid signal \x1b(B\x1b[m\x1b[39;49m'
        return
      }
      const target = visibleProcesses(process).find((one) => pidSeen(process, one) === pid)
      const { uid } = process.credentials
      if (!target || (uid !== 0 && target.credentials.uid !== uid))
        message = `\x1b[7m Failed signal pid '${pid}' with '${signalNumbers[signal]}': ${target ? 'Operation not permitted' : 'No such process'} \x1b(B\x1b[m\x1b[39;49m`
      else process.kernel.kill(target, signal, process)
    }

    /** A question on the line above the table; Escape gives it up. */
    function* ask(label: string): Blocking<string | undefined> {
      if (!keys) return undefined
      const line = showsEachCpu ? 5 + process.kernel.cpus : 6
      let typed = ''
      yield* print(process, `\x1b[${line};1H\x1b[1m${label}\x1b(B\x1b[m\x1b[39;49m\x1b[K\x1b[?12l\x1b[?25h`)
      for (;;) {
        const key = yield* keys.next()
        if (key === undefined || key === '\x1b') return undefined
        if (key === '\r' || key === '\n') break
        if (key === '\x7f' || key === '\b') {
          if (typed !== '') yield* print(process, '\b \b')
          typed = typed.slice(0, -1)
        } else if (key >= ' ' && key.length === 1) {
          typed += key
          yield* print(process, key)
        }
      }
      yield* print(process, '\x1b[?25l')
      return typed
    }
  },
})

/** The keys that work here, in the words of top's own help. */
const keysHelp = `Help for Interactive Commands - procps-ng 4.0.2

  1         Toggle Summary: '1' Cpu0/1 etc
  c,i       Toggle: 'c' cmd name/line; 'i' Idle tasks
  M,N,P,T   Sort by: 'M' mem; 'N' pid; 'P' cpu; 'T' time
  u,U       Filter by: 'u'/'U' user
  k         Manipulate tasks: 'k' kill
  d or s    Set update interval
  q         Quit
Press any key to continue `

const help = `
Usage:
 top [options]

Options:
 -b, --batch-mode                run in non-interactive batch mode
 -c, --cmdline-toggle            reverse last remembered 'c' state
 -d, --delay =SECS [.TENTHS]     iterative delay as SECS [.TENTHS]
 -E, --scale-summary-mem =SCALE  set mem as: k,m,g,t,p,e for SCALE
 -e, --scale-task-mem =SCALE     set mem with: k,m,g,t,p for SCALE
 -H, --threads-show              show tasks plus all their threads
 -i, --idle-toggle               reverse last remembered 'i' state
 -n, --iterations =NUMBER        exit on maximum iterations NUMBER
 -O, --list-fields               output all field names, then exit
 -o, --sort-override =FIELD      force sorting on this named FIELD
 -p, --pid =PIDLIST              monitor only the tasks in PIDLIST
 -S, --accum-time-toggle         reverse last remembered 'S' state
 -s, --secure-mode               run with secure mode restrictions
 -U, --filter-any-user =USER     show only processes owned by USER
 -u, --filter-only-euser =USER   show only processes owned by USER
 -w, --width [=COLUMNS]          change print width [,use COLUMNS]
 -1, --single-cpu-toggle         reverse last remembered '1' state

 -h, --help                      display this help text, then exit
 -V, --version                   output version information & exit

For more details see top(1).
`
