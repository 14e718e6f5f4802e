/** `echo` and `printf`. */
import { formatTime } from '../time-format.ts'
import { backslashQuoted, unescaped } from '../quote.ts'
import { type Builtin, print } from './builtin.ts'
import type { Shell } from '../shell.ts'

export const echo: Builtin = function* (shell, argv) {
  let at = 1
  let endsLine = true
  let reads = shell.shopt('xpg_echo')
  if (shell.isDash) reads = true
  for (; at < argv.length && (shell.isDash ? argv[at] === '-n' && at === 1 : /^-[neE]+$/.test(argv[at])); at++) {
    for (const letter of argv[at].slice(1)) {
      if (letter === 'n') endsLine = false
      else reads = letter === 'e'
    }
  }
  const joined = argv.slice(at).join(' ')
  if (!reads) {
    yield* print(shell, endsLine ? `${joined}\n` : joined)
    return 0
  }
  const { text, isCut } = unescaped(joined, { octal: /^0[0-7]{0,3}/ })
  yield* print(shell, endsLine && !isCut ? `${text}\n` : text)
  return 0
}

export const printf: Builtin = function* (shell, argv) {
  let args = argv.slice(1)
  let variable: string | undefined
  if (args[0] === '-v') {
    variable = args[1]
    args = args.slice(2)
  }
  if (args[0] === '--') args = args.slice(1)
  if (args.length === 0) {
    yield* shell.complain('printf: usage: printf [-v var] format [arguments]')
    return 2
  }
  const result = formatted(shell, args[0], args.slice(1))
  if (variable === undefined) yield* print(shell, result.text)
  else {
    const element = /^(\w+)\[(.*)\]$/s.exec(variable)
    if (element)
      shell.variables.setElement(
        element[1],
        shell.variables.find(element[1])?.associative ? element[2] : String(shell.arithmetic(element[2])),
        result.text,
      )
    else shell.assign(variable, result.text)
  }
  for (const complaint of result.complaints) yield* shell.complain(`printf: ${complaint}`)
  return result.complaints.length > 0 ? 1 : 0
}

interface Formatted {
  text: string
  complaints: string[]
}

const directive = /%([-+ 0#']*)(\*|\d+)?(?:\.(\*|-?\d+)?)?(?:hh|h|ll|l|L|j|z|t)?(\([^)]*\)T|[a-zA-Z%])|%/y

function formatted(shell: Shell, format: string, args: readonly string[]): Formatted {
  const result: Formatted = { text: '', complaints: [] }
  let next = 0
  const take = () => args[next++]
  do {
    const before = next
    for (let at = 0; at < format.length; ) {
      const letter = format[at]
      if (letter === '\\') {
        const match = /^\\(?:[0-7]{1,3}|x[0-9a-fA-F]{1,2}|u[0-9a-fA-F]{1,4}|U[0-9a-fA-F]{1,8}|[\s\S]?)/.exec(format.slice(at))?.[0] ?? '\\'
        result.text +=
          match === '\\"' ? '"' : match === "\\'" ? "'" : match === '\\c' ? match : unescaped(match, { octal: /^[0-7]{1,3}/ }).text
        at += match.length
        continue
      }
      if (letter !== '%') {
        result.text += letter
        at++
        continue
      }
      directive.lastIndex = at
      const match = directive.exec(format)
      at += match?.[0].length ?? 1
      if (!match || match[4] === undefined) {
        result.complaints.push("`%': missing format character")
        return result
      }
      let flags = match[1]
      let width = match[2] === '*' ? Number(take() ?? 0) : Number(match[2] ?? 0)
      if (width < 0) {
        flags += '-'
        width = -width
      }
      const hasPrecision = /\./.test(match[0].replace(/\(.*/, ''))
      const precision = hasPrecision ? (match[3] === '*' ? Number(take() ?? 0) : Number(match[3] ?? 0)) : undefined
      const piece = one(shell, match[4], flags, precision, take, result.complaints)
      if (piece === undefined) return result
      result.text += padded(piece.text, width, flags, piece.isNumber === true && (precision === undefined || /[eEfFgG]/.test(match[4])))
      if (piece.isCut) return result
    }
    if (next === before) break
  } while (next < args.length)
  return result
}

function padded(text: string, width: number, flags: string, mayZero: boolean): string {
  const length = [...text].length
  if (length >= width) return text
  const gap = width - length
  if (flags.includes('-')) return text + ' '.repeat(gap)
  if (flags.includes('0') && mayZero) {
    const sign = /^([+ -]?(?:0[xX])?)/.exec(text)?.[0] ?? ''
    return sign + '0'.repeat(gap) + text.slice(sign.length)
  }
  return ' '.repeat(gap) + text
}

interface Piece {
  readonly text: string
  readonly isNumber?: boolean
  readonly isCut?: boolean
}

function one(
  shell: Shell,
  letter: string,
  flags: string,
  precision: number | undefined,
  take: () => string | undefined,
  complaints: string[],
): Piece | undefined {
  if (letter === '%') return { text: '%' }
  if (letter.startsWith('(')) {
    const seconds = take()
    const atMs =
      seconds === undefined || seconds === '-1' ? shell.process.now() : seconds === '-2' ? shell.startedAtMs : Number(seconds) * 1000
    return { text: formatTime(letter.slice(1, -2) || '%X', atMs) }
  }
  switch (letter) {
    case 's': {
      const text = take() ?? ''
      return { text: precision === undefined ? text : [...text].slice(0, precision).join('') }
    }
    case 'b': {
      const { text, isCut } = unescaped(take() ?? '', { octal: /^0?[0-7]{1,3}/ })
      return { text: precision === undefined ? text : text.slice(0, precision), isCut }
    }
    case 'q':
    case 'Q':
      return { text: backslashQuoted(take() ?? '') }
    case 'c':
      return { text: [...(take() ?? '')][0] ?? '' }
    case 'd':
    case 'i': {
      const value = integer(take(), complaints)
      let digits = (value < 0n ? -value : value).toString()
      if (precision !== undefined) digits = digits.padStart(precision, '0')
      return { text: (value < 0n ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '') + digits, isNumber: true }
    }
    case 'u':
    case 'o':
    case 'x':
    case 'X': {
      const value = BigInt.asUintN(64, integer(take(), complaints))
      let digits = value.toString(letter === 'u' ? 10 : letter === 'o' ? 8 : 16)
      if (letter === 'X') digits = digits.toUpperCase()
      if (precision !== undefined) digits = digits.padStart(precision, '0')
      const sign = flags.includes('#') && value !== 0n ? (letter === 'o' ? '0' : letter === 'u' ? '' : `0${letter}`) : ''
      return { text: sign + digits, isNumber: true }
    }
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G': {
      const given = take()
      const value = given === undefined || given === '' ? 0 : /^['"]/.test(given) ? (given.codePointAt(1) ?? 0) : Number(given)
      if (Number.isNaN(value) && given !== 'nan') {
        complaints.push(`${given}: invalid number`)
        return { text: floating(Number.parseFloat(given ?? '') || 0, letter, precision, flags), isNumber: true }
      }
      return { text: floating(value, letter, precision, flags), isNumber: true }
    }
    default:
      complaints.push(`\`${letter}': invalid format character`)
      return undefined
  }
}

function integer(text: string | undefined, complaints: string[]): bigint {
  if (text === undefined || text === '') return 0n
  if (/^['"]/.test(text)) return BigInt(text.codePointAt(1) ?? 0)
  const match = /^\s*([+-]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)/.exec(text)
  if (!match || match[0].length !== text.length) complaints.push(`${text}: invalid number`)
  if (!match) return 0n
  const digits = /^0\d/.test(match[2]) ? `0o${match[2].slice(1)}` : match[2]
  return match[1] === '-' ? -BigInt(digits) : BigInt(digits)
}

function floating(value: number, letter: string, precision: number | undefined, flags: string): string {
  const sign = value < 0 || Object.is(value, -0) ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : ''
  const size = Math.abs(value)
  if (!Number.isFinite(size)) return sign + (Number.isNaN(size) ? 'nan' : 'inf')
  const lower = letter.toLowerCase()
  let text: string
  if (lower === 'f') text = fixed(size, Math.min(100, precision ?? 6))
  else if (lower === 'e') text = exponent(size, precision ?? 6)
  else {
    const digits = precision === 0 ? 1 : (precision ?? 6)
    const power = size === 0 ? 0 : Number(size.toExponential(digits - 1).split('e')[1])
    text = power < -4 || power >= digits ? exponent(size, digits - 1) : size.toFixed(Math.max(0, digits - 1 - power))
    if (!flags.includes('#')) text = text.replace(/(\.\d*?)0+(e|$)/, '$1$2').replace(/\.(e|$)/, '$1')
  }
  return sign + (letter === lower ? text : text.toUpperCase())
}

/** C rounds an exact half to the even digit, JavaScript up. */
function fixed(size: number, digits: number): string {
  const scaled = size * 10 ** digits
  const isHalf = scaled < 2 ** 50 && scaled % 1 === 0.5
  return isHalf && Math.floor(scaled) % 2 === 0 ? (Math.floor(scaled) / 10 ** digits).toFixed(digits) : size.toFixed(digits)
}

function exponent(size: number, precision: number): string {
  return size.toExponential(precision).replace(/e([+-])(\d)$/, 'e$10$2')
}
