/** `read` and `mapfile`. Bytes are taken one at a time from what cannot be put back, so that the next reader gets the rest. */
import { type Blocking } from '../../kernel/process.ts'
import { stringOf } from '../../programs/text.ts'
import type { OpenFile } from '../../kernel/open-file.ts'
import type { Shell } from '../shell.ts'
import { type Builtin, options } from './builtin.ts'

interface Line {
  readonly text: string
  readonly isComplete: boolean
  readonly hasTimedOut: boolean
}

/** Bytes up to the delimiter (`undefined`: only `count` ends it). Backslashes are kept; `continues` lets one before a line end join lines. */
export function* readLine(
  shell: Shell,
  file: OpenFile,
  { delimiter = 10, count, untilMs, continues = false }: { delimiter?: number; count?: number; untilMs?: number; continues?: boolean },
): Blocking<Line> {
  const bytes: number[] = []
  let letters = 0
  let isEscaped = false
  const text = () => stringOf(Uint8Array.from(bytes))
  for (;;) {
    if (count !== undefined && letters >= count) return { text: text(), isComplete: true, hasTimedOut: false }
    const one = file.read(1)
    if (one === undefined) {
      if (untilMs !== undefined && shell.process.now() >= untilMs) return { text: text(), isComplete: false, hasTimedOut: true }
      if (shell.wasInterrupted || shell.pendingTraps.length > 0) return { text: text(), isComplete: false, hasTimedOut: false }
      yield { on: [file.readable], until: untilMs }
      continue
    }
    if (one.length === 0) return { text: text(), isComplete: false, hasTimedOut: false }
    const [byte] = one
    if (continues && isEscaped) {
      isEscaped = false
      if (byte === 10) {
        bytes.pop()
        continue
      }
    } else if (byte === delimiter) return { text: text(), isComplete: true, hasTimedOut: false }
    else if (byte === 92) isEscaped = continues
    bytes.push(byte)
    if ((byte & 0xc0) !== 0x80) letters++
  }
}

export const read: Builtin = function* (shell, argv) {
  const parsed = yield* options(
    shell,
    argv,
    'ersa:d:i:n:N:p:t:u:',
    'read [-ers] [-a array] [-d delim] [-i text] [-n nchars] [-N nchars] [-p prompt] [-t timeout] [-u fd] [name ...]',
  )
  if (!parsed) return 2
  const { letters, operands } = parsed
  const descriptor = Number(letters.get('u') ?? 0)
  const file = shell.process.descriptors.get(descriptor)?.file
  if (!file) {
    yield* shell.complain(`read: ${descriptor}: invalid file descriptor: Bad file descriptor`)
    return 1
  }
  const wrong = operands.find((name) => !/^[A-Za-z_]\w*(\[.*\])?$/.test(name))
  if (wrong !== undefined) {
    yield* shell.complain(`read: \`${wrong}': not a valid identifier`)
    return 1
  }
  const timeout = letters.get('t')
  if (timeout !== undefined && !/^\d*\.?\d*$/.test(timeout)) {
    yield* shell.complain(`read: ${timeout}: invalid timeout specification`)
    return 1
  }
  if (letters.has('p') && file.kind === 'terminal') yield* shell.say(letters.get('p') ?? '')
  const terminal = file.kind === 'terminal' ? shell.process.terminal : undefined
  const before = terminal && { mode: terminal.mode, echo: terminal.echo, signals: terminal.signals }
  const count = letters.get('n') ?? letters.get('N')
  if (terminal) {
    if (letters.has('s')) terminal.echo = false
    if (count !== undefined) {
      terminal.mode = 'raw'
      terminal.signals = true
    }
  }
  const isRaw = letters.has('r')
  const delimiter = letters.has('N') ? -1 : letters.has('d') ? (letters.get('d') === '' ? 0 : (letters.get('d') ?? '\n').charCodeAt(0)) : 10
  let line: Line
  try {
    line = yield* readLine(shell, file, {
      delimiter,
      count: count === undefined ? undefined : Number(count),
      untilMs: timeout === undefined ? undefined : shell.process.now() + Number(timeout) * 1000,
      continues: !isRaw,
    })
  } finally {
    if (terminal && before) Object.assign(terminal, before)
  }
  const status = line.hasTimedOut ? 142 : line.isComplete ? 0 : 1
  const ifs = shell.variables.get('IFS') ?? ' \t\n'
  const array = letters.get('a')
  if (array !== undefined) {
    const variable = shell.variables.makeArray(array, 'indexed')
    variable.indexed = fieldsOf(line.text, ifs, isRaw, Number.POSITIVE_INFINITY)
    return status
  }
  if (letters.has('N')) {
    assignTo(shell, operands[0] ?? 'REPLY', isRaw ? line.text : line.text.replace(/\\(.)/gs, '$1'))
    for (const name of operands.slice(1)) assignTo(shell, name, '')
    return status
  }
  if (operands.length === 0) {
    shell.assign('REPLY', isRaw ? line.text : line.text.replace(/\\(.)/gs, '$1'))
    return status
  }
  const fields = fieldsOf(line.text, ifs, isRaw, operands.length)
  operands.forEach((name, index) => assignTo(shell, name, fields[index] ?? ''))
  return status
}

function assignTo(shell: Shell, name: string, value: string): void {
  const element = /^(\w+)\[(.*)\]$/s.exec(name)
  if (!element) return shell.assign(name, value)
  const isAssociative = shell.variables.find(shell.variables.resolve(element[1]))?.associative !== undefined
  shell.variables.setElement(element[1], isAssociative ? element[2] : String(shell.arithmetic(element[2])), value)
}

/** Splits at IFS into at most `limit` fields; the last one takes the rest of the line. */
function fieldsOf(text: string, ifs: string, isRaw: boolean, limit: number): string[] {
  const isWhite = (letter: string) => ' \t\n'.includes(letter) && ifs.includes(letter)
  const isDelimiter = (letter: string) => ifs.includes(letter)
  const fields: string[] = []
  let at = 0
  const skipWhite = () => {
    while (at < text.length && isWhite(text[at])) at++
  }
  skipWhite()
  while (at < text.length) {
    if (fields.length === limit - 1) {
      fields.push(lastField(text.slice(at), ifs, isRaw))
      return fields
    }
    let field = ''
    while (at < text.length && !isDelimiter(text[at])) {
      if (text[at] === '\\' && !isRaw) at++
      field += text[at] ?? ''
      at++
    }
    fields.push(field)
    skipWhite()
    if (at < text.length && isDelimiter(text[at]) && !isWhite(text[at])) {
      at++
      skipWhite()
    } else if (at >= text.length) break
  }
  return fields
}

function lastField(rest: string, ifs: string, isRaw: boolean): string {
  let end = rest.length
  const isWhite = (letter: string) => ' \t\n'.includes(letter) && ifs.includes(letter)
  const isQuoted = (at: number) => !isRaw && rest[at - 1] === '\\'
  while (end > 0 && isWhite(rest[end - 1]) && !isQuoted(end - 1)) end--
  // One delimiter that ends the only field left is not part of it.
  const single = [...rest.slice(0, end)].findIndex((letter) => ifs.includes(letter) && !isWhite(letter))
  if (single !== -1 && single === end - 1 && !isQuoted(single)) end--
  const text = rest.slice(0, end)
  return isRaw ? text : text.replace(/\\(.)/gs, '$1')
}

export const mapfile: Builtin = function* (shell, argv) {
  const parsed = yield* options(
    shell,
    argv,
    'C:c:d:n:O:s:tu:',
    `${argv[0]} [-d delim] [-n count] [-O origin] [-s count] [-t] [-u fd] [-C callback] [-c quantum] [array]`,
  )
  if (!parsed) return 2
  const { letters, operands } = parsed
  const file = shell.process.descriptors.get(Number(letters.get('u') ?? 0))?.file
  if (!file) {
    yield* shell.complain(`${argv[0]}: ${letters.get('u')}: invalid file descriptor: Bad file descriptor`)
    return 1
  }
  const delimiterText = letters.get('d')
  const delimiter = delimiterText === undefined ? 10 : delimiterText === '' ? 0 : delimiterText.charCodeAt(0)
  const name = operands[0] ?? 'MAPFILE'
  const origin = letters.get('O')
  const variable = shell.variables.makeArray(name, 'indexed', { keep: origin !== undefined })
  const array = (variable.indexed ??= [])
  let at = Number(origin ?? 0)
  let skipped = Number(letters.get('s') ?? 0)
  const limit = Number(letters.get('n') ?? 0)
  for (let count = 0; limit === 0 || count < limit; ) {
    const line = yield* readLine(shell, file, { delimiter })
    if (!line.isComplete && line.text === '') break
    if (skipped > 0) skipped--
    else {
      array[at++] = line.text + (letters.has('t') || !line.isComplete ? '' : String.fromCharCode(delimiter))
      count++
    }
    if (!line.isComplete) break
  }
  return 0
}
