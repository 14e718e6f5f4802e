/** `filters` of list, prune and events: a JSON map of lists (`{"label":["a=b"]}`) or of sets (`{"label":{"a=b":true}}`); both are sent. */
import { badRequest } from './docker-error.ts'

export type Filters = ReadonlyMap<string, readonly string[]>

export function parseFilters(text: string | null, known?: readonly string[]): Filters {
  const filters = new Map<string, readonly string[]>()
  if (!text) return filters
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw badRequest('invalid filter')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw badRequest('invalid filter')
  for (const [name, values] of Object.entries(value)) {
    if (typeof values !== 'object' || values === null) throw badRequest('invalid filter')
    if (known && !known.includes(name)) throw badRequest(`invalid filter '${name}'`)
    filters.set(name, Array.isArray(values) ? values.map(String) : Object.keys(values).filter((key) => Reflect.get(values, key) === true))
  }
  return filters
}

/** `a` or `a=b`, all of them. */
export function hasLabels(labels: Readonly<Record<string, string>> | null | undefined, wanted: readonly string[] | undefined): boolean {
  return (wanted ?? []).every((label) => {
    const equals = label.indexOf('=')
    const name = equals < 0 ? label : label.slice(0, equals)
    const value = labels?.[name]
    return value !== undefined && (equals < 0 || value === label.slice(equals + 1))
  })
}

/** `label` and `label!` of prune. */
export function passesLabels(labels: Readonly<Record<string, string>> | null | undefined, filters: Filters): boolean {
  if (!hasLabels(labels, filters.get('label'))) return false
  const unwanted = filters.get('label!')
  return !unwanted || unwanted.length === 0 || !hasLabels(labels, unwanted)
}

/** `until`: a duration ago (`24h`), or a time. Milliseconds; undefined when the filter is not there. */
export function untilOf(filters: Filters, nowMs: number): number | undefined {
  const text = filters.get('until')?.[0]
  if (text === undefined) return undefined
  return timeOf(text, nowMs)
}

/** Unix seconds (with fraction), RFC 3339, or a duration before now. Milliseconds. */
export function timeOf(text: string, nowMs: number): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000
  const duration = durationMs(text)
  if (duration !== undefined) return nowMs - duration
  const time = Date.parse(text)
  if (Number.isNaN(time)) throw badRequest(`failed to parse value as time or duration: "${text}"`)
  return time
}

function durationMs(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(h|m|s|ms|us|ns))+$/.test(text)) return undefined
  const units: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1, us: 0.001, ns: 0.000001 }
  let ms = 0
  for (const [, amount, , unit] of text.matchAll(/(\d+(\.\d+)?)(h|ms|m|s|us|ns)/g)) ms += Number(amount) * units[unit]
  return ms
}
