/**
 * `printf` of templates: Go's `fmt.Sprintf` for the verbs that people use in them.
 */
import { goFloat, goQuoted, goValue } from '../go-values.ts'
import { plain, typeName, Whole } from './values.ts'

/** `fmt.Sprintf` for the verbs that templates use. */
export function goFormat(
  format: string,
  values: readonly unknown[],
  show: (value: unknown) => string = (value) => goValue(plain(value)),
): string {
  let used = 0
  const text = format.replace(
    /%([-+ #0]*)(\d+|\*)?(?:\.(\d+))?([%a-zA-Z])/g,
    (_, marks: string, width: string | undefined, precision: string | undefined, verb: string) => {
      if (verb === '%') return '%'
      const size = width === '*' ? Number(plain(values[used++])) : Number(width ?? 0)
      if (used >= values.length) return `%!${verb}(MISSING)`
      const value = values[used++]
      const body = formatted(verb, value, precision, marks, show)
      return marks.includes('-') ? body.padEnd(size) : body.padStart(size, marks.includes('0') && /[dfxeg]/.test(verb) ? '0' : ' ')
    },
  )
  if (used >= values.length) return text
  return `${text}%!(EXTRA ${values
    .slice(used)
    .map((value) => `${typeName(value)}=${show(value)}`)
    .join(', ')})`
}

function formatted(verb: string, value: unknown, precision: string | undefined, marks: string, show: (value: unknown) => string): string {
  const inner = plain(value)
  switch (verb) {
    case 'd':
      if (typeof inner === 'number' && (!(value instanceof Whole) || value.isInteger))
        return value instanceof Whole || Number.isInteger(inner)
          ? value instanceof Whole
            ? `${marks.includes('+') && inner >= 0 ? '+' : ''}${inner}`
            : `%!d(float64=${goFloat(inner)})`
          : `%!d(float64=${goFloat(inner)})`
      return `%!d(${typeName(value)}=${show(value)})`
    case 'f':
    case 'F':
      return typeof inner === 'number' ? inner.toFixed(Number(precision ?? 6)) : `%!f(${typeName(value)}=${show(value)})`
    case 'g':
      return typeof inner === 'number' ? (precision ? String(Number(inner.toPrecision(Number(precision)))) : goFloat(inner)) : show(value)
    case 'e':
      return typeof inner === 'number' ? inner.toExponential(Number(precision ?? 6)).replace(/e([+-])(\d)$/, 'e$10$2') : show(value)
    case 'q':
      return typeof inner === 'string' ? goQuoted(inner) : show(value)
    case 't':
      return String(inner)
    case 'x':
      return typeof inner === 'number'
        ? inner.toString(16)
        : Array.from(new TextEncoder().encode(String(inner)), (byte) => byte.toString(16).padStart(2, '0')).join('')
    case 'T':
      return typeName(value)
    case 's':
      if (typeof inner === 'number') return `%!s(${typeName(value)}=${show(value)})`
      return precision ? show(value).slice(0, Number(precision)) : show(value)
    default:
      return show(value)
  }
}
