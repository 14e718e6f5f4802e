/**
 * A value as text: as in a string with `\( )`, and by the formats `@csv`, `@sh` and so on.
 */
import { type Json, numberText } from './json.ts'
import { JqError, withValue } from './values.ts'

export const plain = (value: Json): string =>
  typeof value === 'string' ? value : typeof value === 'number' && Number.isFinite(value) ? numberText(value) : JSON.stringify(value)

function scalarText(cell: Json, refusal: string): string {
  if (typeof cell === 'object' && cell !== null) throw new JqError(`${withValue(cell)} ${refusal}`)
  return plain(cell)
}

export function formatted(name: string, value: Json): string {
  const rows = (quote: (cell: Json) => string, between: string): string => {
    if (!Array.isArray(value)) throw new JqError(`${withValue(value)} cannot be ${name.slice(1)}-formatted, only an array can be`)
    return value.map(quote).join(between)
  }
  switch (name) {
    case '@text':
      return plain(value)
    case '@json':
      return JSON.stringify(value)
    case '@html':
      return plain(value).replace(
        /[&<>'"]/g,
        (letter) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', "'": '&apos;', '"': '&quot;' })[letter] ?? letter,
      )
    case '@uri':
      return encodeURIComponent(plain(value)).replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`)
    case '@csv':
      return rows(
        (cell) =>
          typeof cell === 'string' ? `"${cell.replaceAll('"', '""')}"` : cell === null ? '' : scalarText(cell, 'is not valid in a csv row'),
        ',',
      )
    case '@tsv':
      return rows(
        (cell) =>
          cell === null
            ? ''
            : typeof cell !== 'string'
              ? scalarText(cell, 'is not valid in a csv row')
              : cell.replace(/[\\\t\n\r]/g, (letter) => ({ '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' })[letter] ?? letter),
        '\t',
      )
    case '@sh':
      return (Array.isArray(value) ? value : [value])
        .map((cell) => (typeof cell === 'string' ? `'${cell.replaceAll("'", "'\\''")}'` : scalarText(cell, 'can not be escaped for shell')))
        .join(' ')
    case '@base64':
      return btoa(String.fromCharCode(...new TextEncoder().encode(plain(value))))
    case '@base64d':
      try {
        return new TextDecoder().decode(Uint8Array.from(atob(plain(value).replace(/=+$/, '')), (letter) => letter.charCodeAt(0)))
      } catch {
        throw new JqError(`${withValue(value)} is not valid base64 data`)
      }
    default:
      throw new JqError(`${name.slice(1)} is not a valid format`)
  }
}
