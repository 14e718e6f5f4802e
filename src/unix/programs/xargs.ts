/** xargs: words of standard input become arguments. With -I or -n 1 each is run as it arrives. */
import { UnixError } from '../errors.ts'
import { ended, err, type Process } from '../kernel/process.ts'
import { flag, optional, value } from './options.ts'
import { startProgram } from './run.ts'
import { openInput, stringOf, wholeInput } from './text.ts'
import { complain, tool, quoted } from './tool.ts'

export const xargs = tool({
  name: 'xargs',
  usage: '[OPTION]... COMMAND [INITIAL-ARGS]...',
  summary: 'Run COMMAND with arguments INITIAL-ARGS and more arguments read from input.',
  package: 'xargs (GNU findutils) 4.9.0',
  stopsAtOperand: true,
  flags: {
    null: flag('0|null', 'items are separated by a null, not whitespace'),
    file: value('a|arg-file', 'FILE', 'read arguments from FILE, not standard input'),
    delimiter: value('d|delimiter', 'CHARACTER', 'items in input stream are separated by CHARACTER'),
    end: value('E', 'END', 'set logical EOF string'),
    replace: value('I', 'R', 'same as --replace=R'),
    replaceOptional: optional('i|replace', 'R', 'replace R in INITIAL-ARGS with names read from standard input'),
    lines: value('L|max-lines', 'MAX-LINES', 'use at most MAX-LINES non-blank input lines per command line'),
    maxArgs: value('n|max-args', 'MAX-ARGS', 'use at most MAX-ARGS arguments per command line'),
    tty: flag('o|open-tty'),
    procs: value('P|max-procs', 'MAX-PROCS', 'run at most MAX-PROCS processes at a time'),
    interactive: flag('p|interactive', 'prompt before running commands'),
    noRunIfEmpty: flag('r|no-run-if-empty', 'if there are no arguments, do not run COMMAND'),
    size: value('s|max-chars', 'MAX-CHARS'),
    verbose: flag('t|verbose', 'print commands before executing them'),
    exit: flag('x|exit'),
  },
  *run(call) {
    const { process, flags } = call
    const command = call.operands.length > 0 ? [...call.operands] : ['echo']
    const text = stringOf(yield* wholeInput(process, flags.file === undefined ? 0 : openInput(process, flags.file)))
    const placeholder = flags.replace ?? (flags.replaceOptional === undefined ? undefined : flags.replaceOptional || '{}')
    const separator = flags.null ? '\0' : flags.delimiter?.replace('\\n', '\n').replace('\\t', '\t').replace('\\0', '\0')
    let items: string[]
    let lineEnds: number[] = []
    if (separator !== undefined) {
      items = text.split(separator)
      if (items.at(-1) === '') items.pop()
      if (items.length === 1 && items[0] === '') items = text === '' ? [] : items
    } else if (placeholder !== undefined)
      items = text
        .split('\n')
        .map((line) => unquoted(line.replace(/^[ \t]+/, '')))
        .filter((line) => line !== '')
    else {
      const split = words(text)
      if (split === undefined) {
        yield* complain(
          call,
          `unmatched ${/"/.test(text) ? 'double' : 'single'} quote; by default quotes are special to xargs unless you use the -0 option`,
        )
        return 1
      }
      items = split.items
      lineEnds = split.lineEnds
    }
    if (flags.end !== undefined && items.includes(flags.end)) items = items.slice(0, items.indexOf(flags.end))
    const runs: string[][] = []
    if (placeholder !== undefined) for (const item of items) runs.push(command.map((word) => word.replaceAll(placeholder, item)))
    else if (flags.lines !== undefined) {
      const per = Number(flags.lines)
      for (let line = 0, from = 0; from < items.length; line += per) {
        const to = lineEnds[Math.min(line + per, lineEnds.length) - 1] ?? items.length
        runs.push([...command, ...items.slice(from, to)])
        from = to
      }
    } else {
      const per = flags.maxArgs === undefined ? Math.max(1, Math.min(5000, items.length)) : Number(flags.maxArgs)
      if (!(per > 0)) {
        yield* complain(
          call,
          flags.maxArgs === '0' ? 'value 0 for -n option should be >= 1' : `invalid number ${quoted(flags.maxArgs ?? '')} for -n option`,
        )
        return 1
      }
      for (let at = 0; at < items.length; at += per) runs.push([...command, ...items.slice(at, at + per)])
      if (items.length === 0 && !flags.noRunIfEmpty) runs.push(command)
    }
    const width = flags.procs === undefined ? 1 : Number(flags.procs) || 1000
    let code = 0
    const running = new Set<Process>()
    const note = (status: number): boolean => {
      if (status === 255) code = 124
      else if (status >= 128) code = 125
      else if (status !== 0) code = 123
      return status === 255
    }
    for (const argv of runs) {
      if (flags.verbose) yield* err(process, `${argv.join(' ')}\n`)
      let child: Process
      try {
        child = startProgram(process, argv)
      } catch (error) {
        if (!(error instanceof UnixError)) throw error
        yield* complain(call, call.busybox ? `${argv[0]}: ${error.words}` : `${argv[0]}: ${error.words}`)
        return error.errno === 'ENOENT' ? 127 : 126
      }
      running.add(child)
      while (running.size >= width) {
        const done = [...running].find((one) => one.isEnded)
        if (!done) {
          yield { on: [...running].map((one) => process.kernel.endOf(one)) }
          continue
        }
        running.delete(done)
        if (note(done.exitCode ?? 0)) {
          yield* complain(call, `${argv[0]}: exited with status 255; aborting`)
          return code
        }
      }
    }
    for (const child of running) note(yield* ended(child))
    return code
  },
})

/** Blank-separated words; quotes and backslashes protect. Undefined: a quote is not closed. */
function words(text: string): { items: string[]; lineEnds: number[] } | undefined {
  const items: string[] = []
  const lineEnds: number[] = []
  let word: string | undefined
  for (let at = 0; at < text.length; at++) {
    const letter = text[at]
    if (letter === '"' || letter === "'") {
      const close = text.indexOf(letter, at + 1)
      const newline = text.indexOf('\n', at + 1)
      if (close < 0 || (newline >= 0 && newline < close)) return undefined
      word = (word ?? '') + text.slice(at + 1, close)
      at = close
    } else if (letter === '\\' && at + 1 < text.length) word = (word ?? '') + text[++at]
    else if (letter === ' ' || letter === '\t' || letter === '\n') {
      if (word !== undefined) items.push(word)
      word = undefined
      if (letter === '\n' && items.length > (lineEnds.at(-1) ?? 0)) lineEnds.push(items.length)
    } else word = (word ?? '') + letter
  }
  if (word !== undefined) items.push(word)
  if (items.length > (lineEnds.at(-1) ?? 0)) lineEnds.push(items.length)
  return { items, lineEnds }
}

function unquoted(line: string): string {
  return line.replace(
    /'([^']*)'|"([^"]*)"|\\(.)/g,
    (_, single?: string, double?: string, letter?: string) => single ?? double ?? letter ?? '',
  )
}
