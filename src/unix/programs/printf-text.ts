/** The `%` directives of printf, for printf itself, awk and seq. */

export interface Directive {
  readonly flags: string
  readonly width: number | undefined
  readonly precision: number | undefined
  readonly letter: string
}

export const directivePattern = /%([-+ #0']*)(\*|\d+)?(?:\.(\*|-?\d*))?([hlLqjzt]*)([a-zA-Z%])/

export function padded(text: string, { flags, width }: Directive, isNumber = false): string {
  if (width === undefined || text.length >= width) return text
  if (flags.includes('-')) return text.padEnd(width)
  if (flags.includes('0') && isNumber) {
    const sign = /^[-+ ]?(0[xX])?/.exec(text)?.[0] ?? ''
    return sign + text.slice(sign.length).padStart(width - sign.length, '0')
  }
  return text.padStart(width)
}

export function integerText(value: bigint, directive: Directive): string {
  const { flags, precision, letter } = directive
  const isSigned = letter === 'd' || letter === 'i'
  const shown = isSigned ? (value < 0n ? -value : value) : BigInt.asUintN(64, value)
  let digits = shown.toString(letter === 'o' ? 8 : letter === 'x' || letter === 'X' ? 16 : 10)
  if (letter === 'X') digits = digits.toUpperCase()
  if (precision !== undefined) digits = precision === 0 && shown === 0n ? '' : digits.padStart(precision, '0')
  if (flags.includes('#') && shown !== 0n)
    digits =
      letter === 'o'
        ? digits.startsWith('0')
          ? digits
          : `0${digits}`
        : letter === 'x'
          ? `0x${digits}`
          : letter === 'X'
            ? `0X${digits}`
            : digits
  if (isSigned) digits = (value < 0n ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '') + digits
  return padded(digits, directive, precision === undefined)
}

export function floatText(value: number, directive: Directive): string {
  const { flags, letter } = directive
  const lower = letter.toLowerCase()
  const precision = directive.precision ?? 6
  let text: string
  const size = Math.abs(value)
  const negative = value < 0 || Object.is(value, -0)
  if (!Number.isFinite(value)) text = Number.isNaN(value) ? 'nan' : 'inf'
  else if (lower === 'f') text = fixed(size, precision)
  else if (lower === 'e') text = exponent(size, precision)
  else text = general(size, precision, flags.includes('#'))
  if (flags.includes('#') && precision === 0 && lower !== 'g' && !text.includes('.')) text = text.replace(/^\d+/, '$&.')
  if (letter !== lower) text = text.toUpperCase()
  text = (negative ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '') + text
  return padded(text, directive, Number.isFinite(value))
}

function fixed(value: number, precision: number): string {
  return value < 1e21
    ? value.toFixed(Math.min(precision, 100))
    : BigInt(value).toString() + (precision > 0 ? `.${'0'.repeat(precision)}` : '')
}

function exponent(value: number, precision: number): string {
  return value.toExponential(Math.min(precision, 100)).replace(/e([-+])(\d)$/, 'e$10$2')
}

export function general(value: number, precision: number, keepsZeros = false): string {
  const digits = precision === 0 ? 1 : precision
  if (value === 0) return '0'
  const power = Number(value.toExponential(digits - 1).split('e')[1])
  const text = power < -4 || power >= digits ? exponent(value, digits - 1) : fixed(value, digits - 1 - power)
  if (keepsZeros || !text.includes('.')) return text
  return text.replace(/(\.\d*?)0+(e|$)/, '$1$2').replace(/\.(e|$)/, '$1')
}
