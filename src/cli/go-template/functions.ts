/**
 * The functions every template has: comparison, `len`, `index`, `slice`, printing, escaping.
 */
import { goFormat } from './format.ts'
import { TemplateError, type TemplateFunction, type TemplateOptions } from './options.ts'
import { noValue, plain, shownBy, truth, typeName, Whole } from './values.ts'

export function builtins(options: TemplateOptions): Record<string, TemplateFunction> {
  const show = (value: unknown): string => (value === undefined ? '<nil>' : shownBy(options, value))
  const compare = (a: unknown, b: unknown): number => {
    const left = plain(a)
    const right = plain(b)
    if (typeof left !== typeof right) throw new TemplateError('incompatible types for comparison')
    if (typeof left === 'object' || left === undefined) throw new TemplateError('invalid type for comparison')
    return left === right ? 0 : (left as string) < (right as string) ? -1 : 1
  }
  return {
    eq: (first, ...others) => {
      if (others.length === 0) throw new TemplateError('missing argument for comparison')
      return others.some((other) => {
        const left = plain(first)
        const right = plain(other)
        if (left === undefined || right === undefined || left === null || right === null)
          return (left ?? undefined) === (right ?? undefined)
        if (typeof left !== typeof right) throw new TemplateError('incompatible types for comparison')
        // A float64 of the data never equals an integer of the template: text/template refuses to compare them.
        if (isInteger(first, options) !== isInteger(other, options)) throw new TemplateError('incompatible types for comparison')
        return left === right
      })
    },
    ne: (a, b) => {
      const left = plain(a)
      const right = plain(b)
      if (left !== undefined && right !== undefined && typeof left !== typeof right)
        throw new TemplateError('incompatible types for comparison')
      if (isInteger(a, options) !== isInteger(b, options)) throw new TemplateError('incompatible types for comparison')
      return left !== right
    },
    lt: (a, b) => ordered(a, b, options, compare) < 0,
    le: (a, b) => ordered(a, b, options, compare) <= 0,
    gt: (a, b) => ordered(a, b, options, compare) > 0,
    ge: (a, b) => ordered(a, b, options, compare) >= 0,
    not: (value) => !truth(value),
    len: (value) => {
      const inner = plain(value)
      if (typeof inner === 'string') return new Whole(new TextEncoder().encode(inner).length, true)
      if (Array.isArray(inner)) return new Whole(inner.length, true)
      if (inner !== null && typeof inner === 'object') return new Whole(Object.keys(inner).length, true)
      throw new TemplateError(inner === undefined || inner === null ? 'len of nil pointer' : `len of type ${typeName(value)}`)
    },
    index: (value, ...keys) => keys.reduce(indexed, value),
    slice: (value, from, to) => {
      const inner = plain(value)
      const start = Number(plain(from) ?? 0)
      const end = to === undefined ? undefined : Number(plain(to))
      if (typeof inner === 'string') return new TextDecoder().decode(new TextEncoder().encode(inner).slice(start, end))
      if (Array.isArray(inner)) return inner.slice(start, end)
      throw new TemplateError(`can't slice item of type ${typeName(value)}`)
    },
    print: (...values) =>
      values.reduce<string>(
        (text, value, at) =>
          text + (at > 0 && typeof plain(value) !== 'string' && typeof plain(values[at - 1]) !== 'string' ? ' ' : '') + show(value),
        '',
      ),
    println: (...values) => `${values.map(show).join(' ')}\n`,
    printf: (format, ...values) => goFormat(String(format), options.integers ? values.map(asInteger) : values, show),
    html: (...values) =>
      values
        .map(show)
        .join('')
        .replace(/[&<>"']/g, (letter) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;', "'": '&#39;' })[letter] ?? letter),
    js: (...values) =>
      values
        .map(show)
        .join('')
        .replace(/[\\'"<>&=]/g, (letter) =>
          /[\\'"]/.test(letter) ? `\\${letter}` : `\\u00${letter.charCodeAt(0).toString(16).toUpperCase()}`,
        ),
    urlquery: (...values) => encodeURIComponent(values.map(show).join('')).replace(/%20/g, '+'),
    call: () => {
      throw new TemplateError('call of non-function')
    },
  }
}

function asInteger(value: unknown): unknown {
  return typeof value === 'number' && Number.isInteger(value) ? new Whole(value, true) : value
}

export function isInteger(value: unknown, options: TemplateOptions): boolean {
  if (value instanceof Whole) return value.isInteger
  return typeof value === 'number' && options.integers === true
}

function ordered(a: unknown, b: unknown, options: TemplateOptions, compare: (a: unknown, b: unknown) => number): number {
  if (typeof plain(a) === 'number' && isInteger(a, options) !== isInteger(b, options))
    throw new TemplateError('incompatible types for comparison')
  return compare(a, b)
}

export function indexed(value: unknown, key: unknown): unknown {
  const inner = plain(value)
  if (inner === undefined || inner === null) throw new TemplateError('index of untyped nil')
  if (Array.isArray(inner)) {
    const at = Number(plain(key))
    if (typeof plain(key) !== 'number') throw new TemplateError(`cannot index slice/array with type ${typeName(key)}`)
    if (at < 0 || at >= inner.length) throw new TemplateError(`index out of range: ${at}`)
    return inner[at]
  }
  if (typeof inner === 'object') {
    if (typeof plain(key) !== 'string') throw new TemplateError(`value has type ${typeName(key)}; should be string`)
    return Object.hasOwn(inner, String(key)) ? (inner as Record<string, unknown>)[String(key)] : noValue
  }
  if (typeof inner === 'string') return new Whole(new TextEncoder().encode(inner)[Number(plain(key))], true)
  throw new TemplateError(`can't index item of type ${typeName(value)}`)
}
