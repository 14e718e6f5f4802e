/**
 * jq's values: what kind each is, how errors show it, and how any two compare; jq orders all kinds.
 */
import type { Json } from './json.ts'

export class JqError extends Error {
  readonly value: Json

  constructor(value: Json) {
    super(typeof value === 'string' ? value : `${JSON.stringify(value)} (not a string)`)
    this.value = value
  }
}

export const kindOf = (value: Json): string => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value)
const order = ['null', 'false', 'true', 'number', 'string', 'array', 'object']
export const isTrue = (value: Json): boolean => value !== null && value !== false

const short = (value: Json): string => {
  const text = JSON.stringify(value)
  return text.length > 11 ? `${text.slice(0, 10)}...` : text
}

export const withValue = (value: Json): string => `${kindOf(value)} (${short(value)})`

export function compareJson(a: Json, b: Json): number {
  const rank = (value: Json): number => order.indexOf(typeof value === 'boolean' ? String(value) : kindOf(value))
  if (rank(a) !== rank(b)) return rank(a) - rank(b)
  if (typeof a === 'number' && typeof b === 'number') return a - b
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let index = 0; index < Math.min(a.length, b.length); index++) {
      const difference = compareJson(a[index], b[index])
      if (difference !== 0) return difference
    }
    return a.length - b.length
  }
  if (isObject(a) && isObject(b)) {
    const [x, y] = [Object.keys(a).sort(), Object.keys(b).sort()]
    const keys = compareJson(x, y)
    if (keys !== 0) return keys
    for (const key of x) {
      const difference = compareJson(a[key], b[key])
      if (difference !== 0) return difference
    }
  }
  return 0
}

export function isObject(value: Json): value is { [key: string]: Json } {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

export function contains(a: Json, b: Json): boolean {
  if (kindOf(a) !== kindOf(b)) throw new JqError(`${withValue(a)} and ${withValue(b)} cannot have their containment checked`)
  if (typeof a === 'string' && typeof b === 'string') return a.includes(b)
  if (Array.isArray(a) && Array.isArray(b))
    return b.every((wanted) => a.some((one) => kindOf(one) === kindOf(wanted) && contains(one, wanted)))
  if (isObject(a) && isObject(b))
    return Object.entries(b).every(
      ([key, wanted]) => Object.hasOwn(a, key) && kindOf(a[key]) === kindOf(wanted) && contains(a[key], wanted),
    )
  return compareJson(a, b) === 0
}
