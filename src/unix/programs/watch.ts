/** watch: the same command again and again on a screen of its own; what differs from the last time in reverse with -d. */
import { type Blocking, ended, err, type Process } from '../kernel/process.ts'
import { pipe } from '../kernel/pipe.ts'
import { Descriptor } from '../kernel/open-file.ts'
import { UnixError } from '../errors.ts'
import { flag, optional, UsageError, value } from './options.ts'
import { startProgram } from './run.ts'
import { bytesOfString, print, stringOf } from './text.ts'
import { momentOf, strftime, zoneOf } from './time-text.ts'
import { complain, tool } from './tool.ts'

const usageText = `
Usage:
 watch [options] command

Options:
  -b, --beep             beep if command has a non-zero exit
  -c, --color            interpret ANSI color and style sequences
  -d, --differences[=<permanent>]
                         highlight changes between updates
  -e, --errexit          exit if command has a non-zero exit
  -g, --chgexit          exit when output from command changes
  -q, --equexit <cycles>
                         exit when output from command does not change
  -n, --interval <secs>  seconds to wait between updates
  -p, --precise          attempt run command in precise intervals
  -t, --no-title         turn off header
  -w, --no-wrap          turn off line wrapping
  -x, --exec             pass command to exec instead of "sh -c"

 -h, --help     display this help and exit
 -v, --version  output version information and exit

For more details see watch(1).
`

export const watch = tool({
  name: 'watch',
  usage: '[options] command',
  summary: 'Execute a program periodically, showing output fullscreen.',
  package: 'watch from procps-ng 4.0.2',
  stopsAtOperand: true,
  hint: usageText,
  flags: {
    beep: flag('b|beep', 'beep if command has a non-zero exit'),
    color: flag('c|color', 'interpret ANSI color and style sequences'),
    differences: optional('d|differences', 'permanent', 'highlight changes between updates'),
    errexit: flag('e|errexit', 'exit if command has a non-zero exit'),
    chgexit: flag('g|chgexit', 'exit when output from command changes'),
    equexit: value('q|equexit', 'cycles', 'exit when output from command does not change'),
    interval: value('n|interval', 'secs', 'seconds to wait between updates'),
    precise: flag('p|precise', 'attempt run command in precise intervals'),
    noTitle: flag('t|no-title', 'turn off header'),
    noWrap: flag('w|no-wrap', 'turn off line wrapping'),
    exec: flag('x|exec', 'pass command to exec instead of "sh -c"'),
  },
  *run(call) {
    const { process, flags, operands } = call
    if (operands.length === 0) {
      if (call.busybox) throw new UsageError('missing operand')
      yield* err(process, usageText)
      return 1
    }
    const typed = Number((flags.interval ?? process.env.WATCH_INTERVAL ?? '2').replace(',', '.'))
    if (Number.isNaN(typed)) {
      yield* complain(call, `failed to parse argument: '${flags.interval}': Invalid argument`)
      return 1
    }
    const seconds = Math.max(0.1, typed)
    const { terminal } = process
    const [cols, rows] = [terminal?.cols ?? 80, terminal?.rows ?? 24]
    const command = operands.join(' ')
    let isStopped = false
    let last: string | undefined
    let unchanged = 0
    /** For -d=permanent: every cell that ever differed. */
    const marked = new Set<string>()
    const hadEcho = terminal?.echo ?? true
    process.handlers.set('INT', () => (isStopped = true))
    try {
      if (terminal) terminal.echo = false
      if (terminal) yield* print(process, call.busybox ? '' : `\x1b[?1049h\x1b[22;0;0t\x1b[1;${rows}r\x1b(B\x1b[m\x1b[4l\x1b[?7h`)
      while (!isStopped) {
        const outcome = yield* run(process, flags.exec ? operands : ['/bin/sh', '-c', command], () => isStopped)
        if (outcome === undefined) {
          yield* complain(call, `${operands[0]}: No such file or directory`)
          return 1
        }
        const { text, code } = outcome
        if (flags.chgexit && last !== undefined && last !== text) return 0
        unchanged = last === text ? unchanged + 1 : 0
        if (flags.equexit !== undefined && unchanged >= Number(flags.equexit)) return 0
        const height = rows - (flags.noTitle ? 0 : 2)
        const screen = wrapped(text, cols, { isCut: flags.noWrap, isColored: flags.color }).slice(0, height)
        const before = last === undefined ? undefined : wrapped(last, cols, { isCut: flags.noWrap, isColored: flags.color })
        const shown =
          flags.differences === undefined || before === undefined
            ? screen
            : screen.map((line, index) => different(line, before[index] ?? '', index, flags.differences === '' ? new Set() : marked))
        last = text
        yield* print(
          process,
          `\x1b[H${call.busybox ? '\x1b[J' : '\x1b[2J'}${flags.noTitle ? '' : title(process, `Every ${seconds.toFixed(1)}s: ${command}`, cols, call.busybox)}${shown.join('\n')}${call.busybox ? '' : `\x1b[${rows};${cols}H`}`,
        )
        if (code !== 0 && flags.beep) yield* print(process, '\x07')
        if (flags.errexit && code !== 0) return 8
        const until = process.now() + seconds * 1000
        while (!isStopped && process.now() < until) yield { until }
      }
      return 0
    } finally {
      if (terminal) terminal.echo = hadEcho
      if (terminal && !call.busybox && !process.isEnded && process.descriptors.has(1))
        process.file(1).write(bytesOfString(`\x1b[${rows};1H\x1b[?1049l\x1b[23;0;0t\r\x1b[?1l\x1b>`))
    }
  },
})

/** Runs it once and takes all it writes; undefined when it cannot be run. */
function* run(
  process: Process,
  words: readonly string[],
  isStopped: () => boolean,
): Blocking<{ readonly text: string; readonly code: number } | undefined> {
  const { reader, writer } = pipe(process.kernel.nextInode())
  const shared = new Descriptor(writer)
  const input = process.descriptors.get(0)
  let child: Process
  try {
    child = startProgram(process, words, { descriptors: new Map([...(input ? [[0, input] as const] : []), [1, shared], [2, shared]]) })
  } catch (error) {
    if (error instanceof UnixError) return undefined
    throw error
  }
  let text = ''
  for (;;) {
    const bytes = reader.read(65_536)
    if (bytes === undefined) yield { on: [reader.readable] }
    else if (bytes.length === 0) break
    else text += stringOf(bytes)
    if (isStopped()) process.kernel.kill(child, 'INT', process)
  }
  return { text, code: yield* ended(child) }
}

function title(process: Process, left: string, cols: number, busybox: boolean): string {
  const moment = momentOf(process.now(), zoneOf(process))
  if (busybox)
    return `${left.padEnd(Math.max(0, cols - 20)).slice(0, Math.max(0, cols - 20))}${strftime(' %Y-%m-%d %H:%M:%S', moment)}\r\n\r\n`
  const right = `${process.namespaces.uts.hostname}: ${strftime('%a %b %e %H:%M:%S %Y', moment)}`
  const room = cols - right.length - 1
  const short = left.length <= room ? left : `${left.slice(0, Math.max(0, room - 3))}...`
  return `${short.padEnd(Math.max(0, cols - right.length))}${right}\n\n`
}

function wrapped(text: string, cols: number, { isCut, isColored }: { readonly isCut: boolean; readonly isColored: boolean }): string[] {
  return text
    .replace(/\n$/, '')
    .split('\n')
    .flatMap((raw) => {
      // Without -c watch drops the colours.
      const line = (isColored ? raw : raw.replace(/\x1b\[[0-9;]*[A-Za-z]/g, '')).replace(/\t/g, (_, at: number) => ' '.repeat(8 - (at % 8)))
      if (line.length <= cols || isColored) return [line]
      const parts = line.match(new RegExp(`.{1,${cols}}`, 'gu')) ?? [line]
      return isCut ? parts.slice(0, 1) : parts
    })
}

/** The row with what differs in reverse. */
function different(line: string, before: string, row: number, marked: Set<string>): string {
  let text = ''
  let isOn = false
  for (let at = 0; at < Math.max(line.length, before.length); at++) {
    const letter = line[at] ?? ' '
    if (letter !== (before[at] ?? ' ')) marked.add(`${row} ${at}`)
    const isMarked = marked.has(`${row} ${at}`)
    if (isMarked !== isOn) text += isMarked ? '\x1b[7m' : '\x1b[27m'
    isOn = isMarked
    text += letter
  }
  return isOn ? `${text}\x1b[27m` : text
}
