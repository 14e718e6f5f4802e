/**
 * JSON as Go's encoding/json writes it: `<`, `>` and `&` escaped, keys of maps sorted (fields of structs keep their order), and
 * `MarshalIndent` with any indent.
 */
import { compareBytes } from './go-values.ts'

export interface JsonStyle {
  /** Of every level; '' writes everything on one line. */
  readonly indent?: string
  /** Sort the keys of objects, as maps are written. */
  readonly sorted?: boolean
  /** `SetEscapeHTML(false)`. */
  readonly plainHtml?: boolean
}

export function goJson(value: unknown, style: JsonStyle = {}): string {
  return write(value, style, '')
}

function write(value: unknown, style: JsonStyle, margin: string): string {
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'string') return goJsonString(value, style.plainHtml)
  if (typeof value === 'number') return goJsonNumber(value)
  if (typeof value !== 'object') return String(value)
  const inner = style.indent ? margin + style.indent : margin
  const [open, close] = Array.isArray(value) ? '[]' : '{}'
  const parts = Array.isArray(value) ? value.map((item) => write(item, style, inner)) : members(value, style, inner)
  if (parts.length === 0) return open + close
  return style.indent ? `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${margin}${close}` : `${open}${parts.join(',')}${close}`
}

/** `json.Indent`: JSON that stands on one line already, over several; its strings stay as they were written. */
export function indentedJson(text: string, indent: string): string {
  let margin = ''
  let out = ''
  for (let at = 0; at < text.length; at++) {
    const letter = text[at]
    if (letter === '"') {
      const start = at
      for (at++; text[at] !== '"'; at++) if (text[at] === '\\') at++
      out += text.slice(start, at + 1)
    } else if (letter === '{' || letter === '[') {
      if (text[at + 1] === '}' || text[at + 1] === ']') {
        out += letter + text[++at]
        continue
      }
      margin += indent
      out += `${letter}\n${margin}`
    } else if (letter === '}' || letter === ']') {
      margin = margin.slice(indent.length)
      out += `\n${margin}${letter}`
    } else if (letter === ',') out += `,\n${margin}`
    else if (letter === ':') out += ': '
    else out += letter
  }
  return out
}

function members(value: object, style: JsonStyle, inner: string): string[] {
  const entries = Object.entries(value).filter(([, item]) => item !== undefined)
  if (style.sorted) entries.sort(([a], [b]) => compareBytes(a, b))
  return entries.map(([key, item]) => `${goJsonString(key, style.plainHtml)}:${style.indent ? ' ' : ''}${write(item, style, inner)}`)
}

function goJsonString(text: string, plainHtml = false): string {
  const escaped = JSON.stringify(text)
    .replace(/\u2028/g, '\\u2028')
    .replace(/\u2029/g, '\\u2029')
    .replace(/\u007f/g, '\u007f')
  return plainHtml ? escaped : escaped.replace(/</g, '\\u003c').replace(/>/g, '\\u003e').replace(/&/g, '\\u0026')
}

export function goJsonNumber(value: number): string {
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-6 || size >= 1e21))
    return value
      .toExponential()
      .replace(/e([+-])(\d)$/, 'e$10$2')
      .replace('e-0', 'e-0')
  return String(value)
}
