/**
 * sed: the loop over the input lines, which runs the commands that parse.ts makes. Lines are read one ahead, for `$`; so an interactive
 * sed answers one line late only when the script asks which line is the last.
 */
import { type Blocking, err, writeTo } from '../../kernel/process.ts'
import { statOf } from '../copy.ts'
import { flag, list, optional, UsageError, value } from '../options.ts'
import { RegularExpressionError } from '../regular-expression.ts'
import { bytesOfString, closeInput, Lines, openInput, openOutput, stringOf, wholeInput } from '../text.ts'
import { complain, tool, wordsOf } from '../tool.ts'
import { type Address, type Command, compiled, ScriptError, type SubstituteFlags } from './parse.ts'
import { substitutedText } from './substitute.ts'

export const sed = tool({
  name: 'sed',
  usage: '[OPTION]... {script-only-if-no-other-script} [input-file]...',
  summary: '',
  package: 'GNU sed 4.9',
  flags: {
    quiet: flag('n|quiet|silent', 'suppress automatic printing of pattern space'),
    debug: flag('debug', 'annotate program execution'),
    expression: list('e|expression', 'script', 'add the script to the commands to be executed'),
    file: list('f|file', 'script-file', 'add the contents of script-file to the commands to be executed'),
    followSymlinks: flag('follow-symlinks', 'follow symlinks when processing in place'),
    inPlace: optional('i|in-place', 'SUFFIX', 'edit files in place (makes backup if SUFFIX supplied)'),
    lineLength: value('l|line-length', 'N', "specify the desired line-wrap length for the `l' command"),
    posix: flag('posix', 'disable all GNU extensions.'),
    extended: flag('E|r|regexp-extended', 'use extended regular expressions in the script'),
    separate: flag('s|separate', 'consider files as separate rather than as a single continuous long stream.'),
    sandbox: flag('sandbox', 'operate in sandbox mode (disable e/r/w commands).'),
    unbuffered: flag('u|unbuffered', 'load minimal amounts of data from the input files and flush the output buffers more often'),
    zero: flag('z|null-data', 'separate lines by NUL characters'),
  },
  *run(call) {
    const { process, flags } = call
    const operands = [...call.operands]
    const scripts: string[] = []
    for (const { key, value: text } of call.given) {
      if (key === 'expression') scripts.push(text ?? '')
      if (key === 'file') {
        try {
          scripts.push(stringOf(yield* wholeInput(process, openInput(process, text ?? ''))).replace(/\n$/, ''))
        } catch (error) {
          yield* complain(call, `couldn't open file ${text}: ${wordsOf(error)}`)
          return 4
        }
      }
    }
    if (scripts.length === 0) {
      const script = operands.shift()
      if (script === undefined) {
        if (call.busybox) throw new UsageError('missing script')
        yield* err(process, `Usage: ${call.name} [OPTION]... {script-only-if-no-other-script} [input-file]...\n\n`)
        return 1
      }
      scripts.push(script)
    }
    const end = flags.zero ? '\0' : '\n'
    const source = scripts.join('\n')
    let quiet = flags.quiet
    if (/^#n(\n|$)/.test(source)) quiet = true
    let commands: readonly Command[]
    try {
      commands = compiled(source, flags.extended)
    } catch (error) {
      if (!(error instanceof ScriptError) && !(error instanceof RegularExpressionError) && !(error instanceof SyntaxError)) throw error
      yield* complain(
        call,
        call.busybox
          ? error.message.replace(/^.*?: /, '')
          : error.message.startsWith('-e')
            ? error.message
            : `-e expression #1, char ${source.length}: ${error instanceof SyntaxError ? 'Invalid regular expression' : error.message}`,
      )
      return 1
    }
    const inPlace = flags.inPlace
    const needsLast =
      commands.some(({ from, to }) => from?.kind === 'last' || to?.kind === 'last') ||
      commands.some(({ letter }) => letter === 'N' || letter === 'n')
    let code = 0
    const writers = new Map<string, number>([
      ['/dev/stdout', 1],
      ['/dev/stderr', 2],
    ])
    for (const { letter, text, flags: substitute } of commands) {
      const path = letter === 'w' || letter === 'W' ? text : substitute?.file
      if (path !== undefined && !writers.has(path)) writers.set(path, openOutput(process, path))
    }

    let output = 1
    let pending = ''
    const readers = new Map<string, Lines>()

    // Input: a queue of lines over the files, with one line of look-ahead where needed.
    const files = operands.length > 0 ? operands : ['-']
    let fileIndex = 0
    let input: Lines | undefined
    let inputDescriptor = 0
    let queue: readonly string[] = []
    let queueAt = 0
    let currentPath = '-'
    let lineNumber = 0
    let hasNewline = true
    let replaced: string | undefined

    function* refill(): Blocking<boolean> {
      while (queueAt >= queue.length) {
        if (input) {
          yield* flush()
          queue = yield* input.next()
          queueAt = 0
          if (queue.length > 0) return true
          closeInput(process, inputDescriptor)
          input = undefined
          if (inPlace !== undefined) return false
        }
        if (!(yield* openNext())) return false
      }
      return true
    }
    function* openNext(): Blocking<boolean> {
      while (fileIndex < files.length) {
        const path = files[fileIndex++]
        try {
          inputDescriptor = openInput(process, path)
          input = new Lines(process, inputDescriptor, end.charCodeAt(0))
          currentPath = path
          if (flags.separate) lineNumber = 0
          return true
        } catch (error) {
          const words = wordsOf(error)
          yield* complain(
            call,
            words === 'Is a directory'
              ? inPlace === undefined
                ? `couldn't read ${path}: ${words}`.replace("couldn't read", 'read error on')
                : `couldn't edit ${path}: not a regular file`
              : call.busybox
                ? `${path}: ${words}`
                : `can't read ${path}: ${words}`,
          )
          code = inPlace !== undefined && words === 'Is a directory' ? 4 : 2
        }
      }
      return false
    }
    function* nextLine(): Blocking<string | undefined> {
      return (yield* refill()) ? taken() : undefined
    }
    /** The next of the lines that are there. */
    function taken(): string {
      const line = queue[queueAt++]
      hasNewline = queueAt < queue.length || (input?.hasFinalNewline ?? true)
      lineNumber++
      return line
    }
    function* isLast(): Blocking<boolean> {
      if (queueAt < queue.length) return false
      if (inPlace !== undefined || flags.separate) {
        if (!input) return true
        const more = yield* input.next()
        queue = more
        queueAt = 0
        return more.length === 0
      }
      return !(yield* refill())
    }
    function* flush(): Blocking<void> {
      const text = pending
      pending = ''
      if (replaced !== undefined && output === -1) replaced += text
      else if (text !== '') yield* writeTo(process, output, bytesOfString(text))
    }
    let missesNewline = false
    const emit = (text: string, newline = true): void => {
      // A last line without its end gets one only when something follows it.
      if (missesNewline) pending += end
      pending += text + (newline ? end : '')
      missesNewline = !newline
    }

    let hold = ''
    let lastPattern: RegExp | undefined
    const waiting = new Map<string, string[]>()
    const zeroDone = new WeakSet<Command>()
    const result = yield* inPlace === undefined ? runAll() : editEach()
    yield* flush()
    return result ?? code

    function* editEach(): Blocking<number | undefined> {
      while (fileIndex < files.length) {
        if (!(yield* openNext())) break
        lineNumber = 0
        replaced = ''
        output = -1
        queue = []
        queueAt = 0
        const path = currentPath
        const quit = yield* runAll()
        // What was not read after `q` stays as it was.
        if (quit !== undefined) {
          for (;;) {
            const line = yield* nextLine()
            if (line === undefined) break
            emit(line, hasNewline)
          }
        }
        yield* flush()
        const node = statOf(process, path)
        if (inPlace !== '' && inPlace !== undefined) {
          const backup = inPlace.includes('*') ? inPlace.replaceAll('*', path) : path + inPlace
          process.files.rename(process.path(path), process.path(backup), process.credentials)
        } else process.files.unlink(process.path(path), process.credentials)
        const descriptor = openOutput(process, path, { mode: node?.mode ?? 0o644 })
        yield* writeTo(process, descriptor, bytesOfString(replaced))
        process.close(descriptor)
        if (node) process.files.chmod(process.path(path), node.mode, process.credentials)
        missesNewline = false
        if (quit !== undefined) return quit
      }
      return undefined
    }

    function* matches(address: Address, space: string): Blocking<boolean> {
      switch (address.kind) {
        case 'line':
          return address.line === lineNumber
        case 'last':
          return yield* isLast()
        case 'step':
          return address.step <= 0
            ? lineNumber === address.first
            : lineNumber >= address.first && (lineNumber - address.first) % address.step === 0
        case 'pattern':
          return matchesPattern(address.pattern, space)
        default:
          return false
      }
    }
    function matchesPattern(pattern: RegExp | undefined, space: string): boolean {
      const used = pattern ?? lastPattern
      if (!used) return false
      lastPattern = used
      used.lastIndex = 0
      return used.test(space)
    }
    function* selects(command: Command, space: string): Blocking<boolean> {
      const { from, to } = command
      if (!from) return true
      if (!to) return yield* matches(from, space)
      if (command.active) {
        const { endLine } = command.active
        if (endLine !== undefined) {
          if (lineNumber >= endLine) command.active = undefined
          return lineNumber <= endLine
        }
        if (yield* matches(to, space)) command.active = undefined
        return true
      }
      const isZero = from.kind === 'line' && from.line === 0
      if (isZero ? lineNumber === 1 && !zeroDone.has(command) : yield* matches(from, space)) {
        if (isZero) {
          zeroDone.add(command)
          if (yield* matches(to, space)) return true
          command.active = { endLine: undefined }
          return true
        }
        if (to.kind === 'line') {
          if (to.line > lineNumber) command.active = { endLine: to.line }
        } else if (to.kind === 'plus') {
          if (to.lines > 0) command.active = { endLine: lineNumber + to.lines }
        } else if (to.kind === 'multiple') {
          if (to.of > 0 && lineNumber % to.of !== 0) command.active = { endLine: Math.ceil(lineNumber / to.of) * to.of }
        } else if (!(to.kind === 'last' && (yield* isLast()))) command.active = { endLine: undefined }
        return true
      }
      return false
    }

    function* runAll(): Blocking<number | undefined> {
      let space: string
      let appended: (() => Blocking<void>)[] = []
      let restart: string | undefined
      for (;;) {
        if (restart === undefined) {
          // A generator for each line would cost more than most scripts do with it.
          const line = queueAt < queue.length ? taken() : yield* nextLine()
          if (line === undefined) return undefined
          space = line
        } else {
          space = restart
          restart = undefined
        }
        let substituted = false
        let deleted = false
        let quits: number | undefined
        let steps = 0
        program: for (let index = 0; index < commands.length; index++) {
          const command = commands[index]
          if (++steps % 1000 === 0) yield
          const isSelected = command.from === undefined || (yield* selects(command, space))
          if (isSelected === command.negated) {
            if (command.letter === '{') index = command.target ?? index
            continue
          }
          switch (command.letter) {
            case '{':
            case '}':
            case ':':
            case '#':
              break
            case 'p':
              emit(space)
              break
            case 'P':
              emit(space.split('\n', 1)[0])
              break
            case 'd':
              deleted = true
              break program
            case 'D':
              if (space.includes('\n')) restart = space.slice(space.indexOf('\n') + 1)
              deleted = true
              break program
            case 'q':
            case 'Q':
              quits = Number(command.text || 0)
              deleted = command.letter === 'Q'
              break program
            case 'n': {
              if (yield* isLast()) {
                // GNU prints the pattern space before it ends without a next line.
                quits = -1
                break program
              }
              if (!quiet) emit(space, hasNewline)
              for (const append of appended) yield* append()
              appended = []
              space = (yield* nextLine()) ?? ''
              break
            }
            case 'N': {
              if (yield* isLast()) {
                quits = -1
                break program
              }
              for (const append of appended) yield* append()
              appended = []
              space += `\n${(yield* nextLine()) ?? ''}`
              break
            }
            case 'g':
              space = hold
              break
            case 'G':
              space += `\n${hold}`
              break
            case 'h':
              hold = space
              break
            case 'H':
              hold += `\n${space}`
              break
            case 'x':
              ;[space, hold] = [hold, space]
              break
            case '=':
              emit(String(lineNumber))
              break
            case 'l':
              emit(unambiguous(space, Number(flags.lineLength ?? 70)))
              break
            case 'a':
              appended.push(function* () {
                emit(command.text)
              })
              break
            case 'i':
              emit(command.text)
              break
            case 'c':
              deleted = true
              if (!command.to || !command.active || command.negated) emit(command.text)
              break program
            case 'r':
              appended.push(function* () {
                try {
                  const descriptor = openInput(process, command.text === '/dev/stdin' ? '-' : command.text)
                  const text = stringOf(yield* wholeInput(process, descriptor))
                  closeInput(process, descriptor)
                  if (text !== '') emit(text.replace(/\n$/, ''), text.endsWith('\n'))
                } catch (error) {
                  wordsOf(error)
                }
              })
              break
            case 'R': {
              let reader = readers.get(command.text)
              if (!reader && statOf(process, command.text))
                readers.set(command.text, (reader = new Lines(process, openInput(process, command.text))))
              const lines = reader ? yield* oneLine(command.text, reader) : undefined
              if (lines !== undefined) {
                appended.push(function* () {
                  emit(lines)
                })
              }
              break
            }
            case 'w':
            case 'W':
              yield* writeTo(
                process,
                writers.get(command.text) ?? 1,
                bytesOfString((command.letter === 'w' ? space : space.split('\n', 1)[0]) + end),
              )
              break
            case 'F':
              emit(currentPath)
              break
            case 'z':
              space = ''
              break
            case 'y':
              space = [...space].map((letter) => command.map?.get(letter) ?? letter).join('')
              break
            case 's': {
              const pattern = command.pattern ?? lastPattern
              if (!pattern) break
              lastPattern = pattern
              const substitute = command.flags as SubstituteFlags
              const done = substitutedText(space, pattern, command.text, substitute)
              if (done === undefined) break
              space = done
              substituted = true
              if (substitute.print) emit(space)
              if (substitute.file !== undefined) yield* writeTo(process, writers.get(substitute.file) ?? 1, bytesOfString(space + end))
              break
            }
            case 'b':
              index = command.target ?? commands.length
              break
            case 't':
              if (substituted) {
                substituted = false
                index = command.target ?? commands.length
              }
              break
            case 'T':
              if (!substituted) index = command.target ?? commands.length
              substituted = false
              break
            default:
          }
        }
        if (!deleted && !quiet) emit(space, hasNewline)
        if (appended.length > 0) {
          for (const append of appended) yield* append()
          appended = []
        }
        if (queueAt >= queue.length && (pending.length > 32_768 || !needsLast)) yield* flush()
        if (quits !== undefined) return quits < 0 ? undefined : quits
      }
    }
    function* oneLine(path: string, reader: Lines): Blocking<string | undefined> {
      const kept = waiting.get(path) ?? []
      if (kept.length === 0) kept.push(...(yield* reader.next()))
      waiting.set(path, kept)
      return kept.shift()
    }
  },
})

function unambiguous(text: string, width: number): string {
  const shown = text.replace(
    /[\\\x00-\x1f\x7f]/g,
    (letter) =>
      ({ '\\': '\\\\', '\n': '\\n', '\t': '\\t', '\r': '\\r', '\b': '\\b', '\f': '\\f', '\v': '\\v', '\x07': '\\a' })[letter] ??
      `\\${letter.charCodeAt(0).toString(8).padStart(3, '0')}`,
  )
  let result = ''
  let rest = `${shown}$`
  while (width > 1 && rest.length > width) {
    result += `${rest.slice(0, width - 1)}\\\n`
    rest = rest.slice(width - 1)
  }
  return result + rest
}
