/** sort. Order is by bytes, as in the C locale that containers have. */
import { type Blocking, err } from '../kernel/process.ts'
import { allLines } from './each-file.ts'
import { flag, list, optional, value } from './options.ts'
import { bytesOfString, openOutput, print } from './text.ts'
import { complain, die, quoted, tool } from './tool.ts'
import { writeTo } from '../kernel/process.ts'

interface Key {
  readonly startField: number
  readonly startLetter: number
  readonly endField: number
  readonly endLetter: number
  readonly modes: string
}

export const sort = tool({
  name: 'sort',
  usage: '[OPTION]... [FILE]...',
  summary: 'Write sorted concatenation of all FILE(s) to standard output.',
  usageCode: 2,
  flags: {
    blanks: flag('b|ignore-leading-blanks', 'ignore leading blanks'),
    dictionary: flag('d|dictionary-order', 'consider only blanks and alphanumeric characters'),
    fold: flag('f|ignore-case', 'fold lower case to upper case characters'),
    general: flag('g|general-numeric-sort', 'compare according to general numerical value'),
    nonprinting: flag('i|ignore-nonprinting', 'consider only printable characters'),
    month: flag('M|month-sort', "compare (unknown) < 'JAN' < ... < 'DEC'"),
    human: flag('h|human-numeric-sort', 'compare human readable numbers (e.g., 2K 1G)'),
    numeric: flag('n|numeric-sort', 'compare according to string numerical value'),
    random: flag('R|random-sort', 'shuffle, but group identical keys'),
    reverse: flag('r|reverse', 'reverse the result of comparisons'),
    versions: flag('V|version-sort', 'natural sort of (version) numbers within text'),
    check: optional('check', 'WHEN', 'check for sorted input; do not sort'),
    checkShort: flag('c', 'check for sorted input; do not sort'),
    checkQuiet: flag('C', 'like -c, but do not report first bad line'),
    key: list('k|key', 'KEYDEF', 'sort via a key'),
    merge: flag('m|merge', 'merge already sorted files; do not sort'),
    output: value('o|output', 'FILE', 'write result to FILE instead of standard output'),
    stable: flag('s|stable', 'stabilize sort by disabling last-resort comparison'),
    bufferSize: value('S|buffer-size', 'SIZE', 'use SIZE for main memory buffer'),
    separator: value('t|field-separator', 'SEP', 'use SEP instead of non-blank to blank transition'),
    temporary: list('T|temporary-directory', 'DIR', 'use DIR for temporaries'),
    parallel: value('parallel', 'N', 'change the number of sorts run concurrently to N'),
    unique: flag('u|unique', 'output only the first of an equal run'),
    zero: flag('z|zero-terminated', 'line delimiter is NUL, not newline'),
  },
  *run(call) {
    const { process, flags } = call
    let separator = flags.separator
    if (separator === '\\0') separator = '\0'
    if (separator !== undefined && separator.length > 1) yield* die(call, `multi-character tab ${quoted(separator)}`, 2)
    const globals = [
      flags.blanks && 'b',
      flags.dictionary && 'd',
      flags.fold && 'f',
      flags.general && 'g',
      flags.nonprinting && 'i',
      flags.month && 'M',
      flags.human && 'h',
      flags.numeric && 'n',
      flags.random && 'R',
      flags.reverse && 'r',
      flags.versions && 'V',
    ]
      .filter(Boolean)
      .join('')
    const keys: Key[] = []
    for (const text of flags.key) {
      const key = keyOf(text)
      if (typeof key === 'string') yield* die(call, key, 2)
      else keys.push(key.modes === '' ? { ...key, modes: globals } : key)
    }
    if (keys.length === 0) keys.push({ startField: 1, startLetter: 1, endField: 0, endLetter: 0, modes: globals })
    const end = flags.zero ? '\0' : '\n'
    const { lines, code } = yield* allLines(call, {
      end: end.charCodeAt(0),
      failureCode: 2,
      refusal: (path, words) =>
        words === 'Is a directory'
          ? `read failed: ${path}: ${words}`
          : call.busybox
            ? `${path}: ${words}`
            : `cannot read: ${path}: ${words}`,
    })
    if (code !== 0) return code
    const salt = flags.random || keys.some(({ modes }) => modes.includes('R')) ? process.kernel.random.below(2 ** 31) : 0
    const compareKeys = (a: string, b: string): number => {
      for (const key of keys) {
        const order = compared(part(a, key, separator), part(b, key, separator), key.modes, salt)
        if (order !== 0) return key.modes.includes('r') ? -order : order
      }
      return 0
    }
    const lastResort = flags.stable || flags.unique ? undefined : globals.includes('r') ? -1 : 1
    const compare = (a: string, b: string): number => compareKeys(a, b) || (lastResort === undefined ? 0 : lastResort * byBytes(a, b))
    if (flags.checkShort || flags.checkQuiet || flags.check !== undefined) {
      for (let index = 1; index < lines.length; index++) {
        const order = compare(lines[index - 1], lines[index])
        if (order <= 0 && !(flags.unique && order === 0)) continue
        if (!flags.checkQuiet) yield* err(process, `${call.name}: ${call.operands[0] ?? '-'}:${index + 1}: disorder: ${lines[index]}\n`)
        return 1
      }
      return 0
    }
    const sorted = yield* mergeSorted(lines, compare)
    const kept = flags.unique ? sorted.filter((line, index) => index === 0 || compareKeys(sorted[index - 1], line) !== 0) : sorted
    const text = kept.length === 0 ? '' : kept.join(end) + end
    if (flags.output === undefined) yield* print(process, text)
    else {
      try {
        yield* writeTo(process, openOutput(process, flags.output), bytesOfString(text))
      } catch (error) {
        yield* complain(call, `open failed: ${flags.output}: ${(error as Error).message.replace(/^.*: /, '')}`)
        return 2
      }
    }
    return 0
  },
})

/** Bottom-up merge sort that lets others run: a long input must not hold the machine. */
function* mergeSorted(lines: string[], compare: (a: string, b: string) => number): Blocking<string[]> {
  const run = 512
  let source: string[] = []
  for (let at = 0; at < lines.length; at += run) {
    for (const line of lines.slice(at, at + run).sort(compare)) source.push(line)
    if (lines.length > run) yield
  }
  for (let width = run; width < source.length; width *= 2) {
    const merged: string[] = []
    for (let at = 0; at < source.length; at += 2 * width) {
      let left = at
      let right = Math.min(at + width, source.length)
      const middle = right
      const stop = Math.min(at + 2 * width, source.length)
      while (left < middle || right < stop) {
        merged.push(right >= stop || (left < middle && compare(source[left], source[right]) <= 0) ? source[left++] : source[right++])
        if ((merged.length & 2047) === 0) yield
      }
    }
    source = merged
  }
  return source
}

function keyOf(text: string): Key | string {
  const match = /^(\d+)(?:\.(\d+))?([bdfgiMhnRrV]*)(?:,(\d+)(?:\.(\d+))?([bdfgiMhnRrV]*))?$/.exec(text)
  if (!match)
    return /^\d/.test(text)
      ? `stray character in field spec: invalid field specification ${quoted(text)}`
      : `invalid number at field start: invalid count at start of ${quoted(text)}`
  const [, field, letter = '1', modes, endField = '0', endLetter = '0', endModes = ''] = match
  if (field === '0') return `field number is zero: invalid field specification ${quoted(text)}`
  return {
    startField: Number(field),
    startLetter: Number(letter),
    endField: Number(endField),
    endLetter: Number(endLetter),
    modes: modes + endModes,
  }
}

function part(line: string, key: Key, separator: string | undefined): string {
  if (key.startField === 1 && key.startLetter === 1 && key.endField === 0)
    return key.modes.includes('b') ? line.replace(/^[ \t]+/, '') : line
  const skips = key.modes.includes('b')
  const start = position(line, key.startField, key.startLetter - 1, separator, skips)
  if (key.endField === 0) return line.slice(start)
  const end = key.endLetter === 0 ? fieldEnd(line, key.endField, separator) : position(line, key.endField, key.endLetter, separator, skips)
  return line.slice(start, Math.max(start, end))
}

function fieldStart(line: string, field: number, separator: string | undefined): number {
  let at = 0
  for (let index = 1; index < field; index++) at = fieldEndFrom(line, at, separator) + (separator === undefined ? 0 : 1)
  return Math.min(at, line.length)
}

function fieldEnd(line: string, field: number, separator: string | undefined): number {
  return fieldEndFrom(line, fieldStart(line, field, separator), separator)
}

function fieldEndFrom(line: string, from: number, separator: string | undefined): number {
  if (separator !== undefined) {
    const next = line.indexOf(separator, from)
    return next < 0 ? line.length : next
  }
  let at = from
  while (at < line.length && (line[at] === ' ' || line[at] === '\t')) at++
  while (at < line.length && line[at] !== ' ' && line[at] !== '\t') at++
  return at
}

function position(line: string, field: number, letters: number, separator: string | undefined, skips: boolean): number {
  let at = fieldStart(line, field, separator)
  if (skips) while (line[at] === ' ' || line[at] === '\t') at++
  return Math.min(line.length, at + letters)
}

const monthNames = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC']

function compared(a: string, b: string, modes: string, salt: number): number {
  if (modes.includes('n')) return numberOf(a) - numberOf(b)
  if (modes.includes('g')) {
    const [x, y] = [generalOf(a), generalOf(b)]
    return Number.isNaN(x) ? (Number.isNaN(y) ? 0 : -1) : Number.isNaN(y) ? 1 : x - y
  }
  if (modes.includes('h')) return humanOf(a) - humanOf(b)
  if (modes.includes('M'))
    return monthNames.indexOf(a.trim().slice(0, 3).toUpperCase()) - monthNames.indexOf(b.trim().slice(0, 3).toUpperCase())
  if (modes.includes('V')) return byVersion(a, b)
  if (modes.includes('R')) return hash(a, salt) - hash(b, salt) || byBytes(a, b)
  let [x, y] = [a, b]
  if (modes.includes('b')) [x, y] = [x.replace(/^[ \t]+/, ''), y.replace(/^[ \t]+/, '')]
  if (modes.includes('d')) [x, y] = [x.replace(/[^A-Za-z0-9 \t]/g, ''), y.replace(/[^A-Za-z0-9 \t]/g, '')]
  if (modes.includes('f')) [x, y] = [x.toUpperCase(), y.toUpperCase()]
  return byBytes(x, y)
}

/** UTF-16 order is byte order but for letters above U+FFFF beside those just below it. */
function byBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function numberOf(text: string): number {
  return Number(/^[ \t]*(-?\d*\.?\d*)/.exec(text)?.[1].replace(/^-?\.?$/, '0') ?? 0) || 0
}

function generalOf(text: string): number {
  return Number.parseFloat(text)
}

function humanOf(text: string): number {
  const match = /^[ \t]*(-?\d*\.?\d+)([kKMGTPEZY]?)/.exec(text)
  if (!match) return 0
  // A larger unit is larger, whatever the number: 1M comes after 2000K.
  const power = ' KMGTPEZY'.indexOf(match[2].toUpperCase() || ' ')
  return Number(match[1]) === 0 ? 0 : Math.sign(Number(match[1])) * power * 1e9 + Number(match[1])
}

function byVersion(a: string, b: string): number {
  const [x, y] = [a.match(/\d+|\D+/g) ?? [], b.match(/\d+|\D+/g) ?? []]
  for (let index = 0; index < Math.max(x.length, y.length); index++) {
    const [p, q] = [x[index], y[index]]
    if (p === undefined) return q.startsWith('~') ? 1 : -1
    if (q === undefined) return p.startsWith('~') ? -1 : 1
    const order = /^\d/.test(p) && /^\d/.test(q) ? Number(p) - Number(q) : byBytes(p, q)
    if (order !== 0) return order
  }
  return 0
}

function hash(text: string, salt: number): number {
  let result = salt
  for (let at = 0; at < text.length; at++) result = Math.imul(result ^ text.charCodeAt(at), 16_777_619) >>> 0
  return result
}
