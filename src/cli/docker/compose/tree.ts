/** What a Compose file holds before it is understood: mappings, lists and texts. */
export type Fields = Readonly<Record<string, unknown>>

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {})
export const textsOf = (value: unknown): string[] =>
  value === undefined || value === null ? [] : (Array.isArray(value) ? value : [value]).map(String)
export const isTrue = (value: unknown): boolean => value === true || value === 'true'

/** `[A=1, B]` and `{A: 1, B: null}` alike. */
export function pairsOf(value: unknown): Record<string, string | null> {
  if (Array.isArray(value))
    return Object.fromEntries(
      value.map(String).map((one) => (one.includes('=') ? [one.slice(0, one.indexOf('=')), one.slice(one.indexOf('=') + 1)] : [one, null])),
    )
  return Object.fromEntries(Object.entries(fieldsOf(value)).map(([name, one]) => [name, one === null ? null : String(one)]))
}

export function absolute(folder: string, path: string): string {
  return normal(path.startsWith('/') ? path : `${folder}/${path}`)
}

export function normal(path: string): string {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}`
}
