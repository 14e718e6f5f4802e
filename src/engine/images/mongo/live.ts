/** Values between two forms: JSON, as they are kept and sent, where an ObjectId is marked `$special`; and what mingo computes with. */
import type { Special, Value } from './literals.ts'

export class ObjectId {
  readonly hex: string

  constructor(hex: string) {
    this.hex = hex
  }

  toString(): string {
    return this.hex
  }

  toJSON(): Special {
    return { $special: 'ObjectId', of: this.hex }
  }
}

export type LiveDocument = Record<string, unknown>

export function live(value: Value): unknown {
  if (Array.isArray(value)) return (value as readonly Value[]).map(live)
  if (typeof value !== 'object' || value === null) return value
  if ('$special' in value) {
    const { $special, of } = value as Special
    if ($special === 'ObjectId') return new ObjectId(of)
    if ($special === 'ISODate') return new Date(of)
    const [, source = '', flags = ''] = /^\/(.*)\/(\w*)$/s.exec(of) ?? []
    return new RegExp(source, flags.replace(/[^imsu]/g, ''))
  }
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, live(one)]))
}

export function kept(value: unknown): Value {
  if (value === undefined || value === null) return null
  if (Array.isArray(value)) return value.map(kept)
  if (value instanceof ObjectId) return value.toJSON()
  if (value instanceof Date) return { $special: 'ISODate', of: value.toISOString() }
  if (value instanceof RegExp) return { $special: 'RegExp', of: String(value) }
  if (typeof value === 'object')
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, one]) => one !== undefined)
        .map(([key, one]) => [key, kept(one)]),
    )
  return typeof value === 'boolean' || typeof value === 'number' ? value : String(value)
}
