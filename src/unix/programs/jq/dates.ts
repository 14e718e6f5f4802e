/**
 * jq's broken down times, and `strptime`, which reads them from a text by a format.
 */
import type { Json } from './json.ts'
import { JqError } from './values.ts'

/** Seconds as jq's array: year, month from 0, day, hour, minute, second, day of the week, day of the year. */
export function brokenDown(seconds: number): Json[] {
  const date = new Date(seconds * 1000)
  const year = date.getUTCFullYear()
  return [
    year,
    date.getUTCMonth(),
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds() + (seconds % 1 === 0 ? 0 : seconds - Math.floor(seconds)),
    date.getUTCDay(),
    Math.floor((date.getTime() - Date.UTC(year, 0, 1)) / 86_400_000),
  ]
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

export function parsedDate(text: string, format: string): Json {
  const fields: Record<string, number> = {}
  const keys: string[] = []
  const simple: Readonly<Record<string, string>> = {
    Y: '(\\d{4})',
    m: '(\\d{1,2})',
    d: '(\\d{1,2})',
    e: '\\s*(\\d{1,2})',
    H: '(\\d{1,2})',
    M: '(\\d{1,2})',
    S: '(\\d{1,2})',
    j: '(\\d{1,3})',
    y: '(\\d{2})',
    s: '(\\d+)',
    b: '([A-Za-z]{3,})',
    B: '([A-Za-z]{3,})',
    a: '([A-Za-z]{3,})',
    A: '([A-Za-z]{3,})',
    Z: '([A-Za-z]+)',
    z: '([-+]\\d{2}:?\\d{2}|Z)',
  }
  const source = format
    .replace(/%T/g, '%H:%M:%S')
    .replace(/%F/g, '%Y-%m-%d')
    .replace(/%([A-Za-z%])|[.*+?^${}()|[\]\\]/g, (whole, letter?: string) => {
      if (letter === undefined) return `\\${whole}`
      if (letter === '%') return '%'
      keys.push(letter)
      return simple[letter] ?? '(.*?)'
    })
  const match = new RegExp(`^${source}$`).exec(text)
  if (!match) throw new JqError(`date "${text}" does not match format "${format}"`)
  for (const [index, key] of keys.entries())
    fields[key] = key === 'b' || key === 'B' ? months.indexOf(match[index + 1].slice(0, 3).toLowerCase()) : Number(match[index + 1])
  if (fields.s !== undefined) return brokenDown(fields.s)
  const month = fields.b ?? fields.B ?? (fields.m ?? 1) - 1
  return brokenDown(
    Date.UTC(
      fields.Y ?? (fields.y === undefined ? 1900 : fields.y + (fields.y < 69 ? 2000 : 1900)),
      month,
      fields.d ?? fields.e ?? 1,
      fields.H ?? 0,
      fields.M ?? 0,
      fields.S ?? 0,
    ) / 1000,
  )
}
