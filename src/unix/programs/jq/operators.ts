/**
 * jq's arithmetic and comparisons: `+` adds numbers and joins strings, lists and objects.
 */
import type { Json } from './json.ts'
import { JqError, compareJson, isObject, withValue } from './values.ts'

export function combined(operator: string, a: Json, b: Json): Json {
  switch (operator) {
    case '==':
      return compareJson(a, b) === 0
    case '!=':
      return compareJson(a, b) !== 0
    case '<':
      return compareJson(a, b) < 0
    case '>':
      return compareJson(a, b) > 0
    case '<=':
      return compareJson(a, b) <= 0
    case '>=':
      return compareJson(a, b) >= 0
    case '+':
      if (a === null) return b
      if (b === null) return a
      if (typeof a === 'number' && typeof b === 'number') return a + b
      if (typeof a === 'string' && typeof b === 'string') return a + b
      if (Array.isArray(a) && Array.isArray(b)) return [...a, ...b]
      if (isObject(a) && isObject(b)) return { ...a, ...b }
      throw new JqError(`${withValue(a)} and ${withValue(b)} cannot be added`)
    case '-':
      if (typeof a === 'number' && typeof b === 'number') return a - b
      if (Array.isArray(a) && Array.isArray(b)) return a.filter((one) => !b.some((other) => compareJson(one, other) === 0))
      throw new JqError(`${withValue(a)} and ${withValue(b)} cannot be subtracted`)
    case '*':
      if (typeof a === 'number' && typeof b === 'number') return a * b
      if (typeof a === 'string' && typeof b === 'number') return b <= 0 ? null : a.repeat(Math.max(1, Math.ceil(b)))
      if (isObject(a) && isObject(b)) return merged(a, b)
      throw new JqError(`${withValue(a)} and ${withValue(b)} cannot be multiplied`)
    case '/':
      if (typeof a === 'number' && typeof b === 'number') {
        if (b === 0) throw new JqError(`${withValue(a)} and ${withValue(b)} cannot be divided because the divisor is zero`)
        return a / b
      }
      if (typeof a === 'string' && typeof b === 'string') return a === '' ? [] : a.split(b)
      throw new JqError(`${withValue(a)} and ${withValue(b)} cannot be divided`)
    default:
      if (typeof a === 'number' && typeof b === 'number') {
        if (Math.trunc(b) === 0) throw new JqError(`${withValue(a)} and ${withValue(b)} cannot be divided because the divisor is zero`)
        return Math.trunc(a) % Math.abs(Math.trunc(b))
      }
      throw new JqError(`${withValue(a)} and ${withValue(b)} cannot be divided`)
  }
}

function merged(a: { [key: string]: Json }, b: { [key: string]: Json }): Json {
  const result = { ...a }
  for (const [key, value] of Object.entries(b)) {
    const old = result[key]
    result[key] = isObject(old ?? null) && isObject(value) ? merged(old as { [key: string]: Json }, value) : value
  }
  return result
}
