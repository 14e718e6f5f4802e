/**
 * Where a value stands in another: reading, writing and deleting at a path. A part of a list, `.[2:4]`, is a step of a path too.
 */
import type { Json } from './json.ts'
import { JqError, compareJson, isObject, kindOf } from './values.ts'

/** A part of a list, `.[2:4]`, is a step of a path too. */
type Slice = { start: number | null; end: number | null }

export type Path = (string | number | Slice)[]

export function at(value: Json, key: Json): Json {
  if (isObject(value) && typeof key === 'string') return Object.hasOwn(value, key) ? value[key] : null
  if (Array.isArray(value) && typeof key === 'number')
    return value[Math.floor(key) < 0 ? value.length + Math.floor(key) : Math.floor(key)] ?? null
  if (isSlice(key)) {
    if (value === null) return null
    if (typeof value === 'string' || Array.isArray(value)) return sliced(value, key)
    throw new JqError(`Cannot index ${kindOf(value)} with object`)
  }
  if (value === null && (typeof key === 'string' || typeof key === 'number')) return null
  if (Array.isArray(value) && Array.isArray(key))
    return value.flatMap((_, index) => (compareJson(value.slice(index, index + key.length), key) === 0 ? [index] : []))
  throw new JqError(
    typeof key === 'string'
      ? `Cannot index ${kindOf(value)} with ${isObject(value) || value === null ? '' : 'string '}"${key}"`
      : `Cannot index ${kindOf(value)} with ${kindOf(key)}`,
  )
}

function isSlice(key: Json | undefined): key is Slice {
  return typeof key === 'object' && key !== null && !Array.isArray(key) && 'start' in key && 'end' in key
}

function sliced(value: string | Json[], slice: Slice): Json {
  const [low, high] = [slice.start === null ? undefined : Math.floor(slice.start), slice.end === null ? undefined : Math.ceil(slice.end)]
  return typeof value === 'string' ? [...value].slice(low, high).join('') : value.slice(low, high)
}

export function put(value: Json, path: Path, change: (old: Json) => Json | undefined): Json {
  const [key, ...rest] = path
  if (key === undefined) return change(value) ?? null
  if (isSlice(key)) {
    if (value !== null && !Array.isArray(value)) throw new JqError(`Cannot update field at object index of ${kindOf(value)}`)
    const old = value ?? []
    const part = put(sliced(old, key), rest, change)
    if (!Array.isArray(part)) throw new JqError('A slice of an array can only be assigned another array')
    const low = bounded(key.start === null ? 0 : Math.floor(key.start), old.length)
    const high = Math.max(low, bounded(key.end === null ? old.length : Math.ceil(key.end), old.length))
    return [...old.slice(0, low), ...part, ...old.slice(high)]
  }
  if (typeof key === 'number') {
    if (value !== null && !Array.isArray(value)) throw new JqError(`Cannot index ${kindOf(value)} with number`)
    const copy = [...(value ?? [])]
    const index = key < 0 ? copy.length + key : key
    if (index < 0) throw new JqError('Out of bounds negative array index')
    while (copy.length < index) copy.push(null)
    copy[index] = put(copy[index] ?? null, rest, change)
    return copy
  }
  if (value !== null && !isObject(value)) throw new JqError(`Cannot index ${kindOf(value)} with "${key}"`)
  return { ...(value ?? {}), [key]: put(value?.[key] ?? null, rest, change) }
}

const bounded = (index: number, length: number): number => Math.max(0, Math.min(length, index < 0 ? length + index : index))

export function without(value: Json, paths: readonly Path[]): Json {
  let result = value
  for (const path of [...paths].sort((a, b) => compareJson(b, a))) {
    const remove = (from: Json, [key, ...rest]: Path): Json => {
      if (from === null || key === undefined) return null
      if (rest.length > 0) {
        const inner = at(from, key)
        return inner === null ? from : put(from, [key], () => remove(inner, rest))
      }
      if (Array.isArray(from) && isSlice(key)) return put(from, [key], () => [])
      if (Array.isArray(from) && typeof key === 'number') return from.filter((_, index) => index !== (key < 0 ? from.length + key : key))
      if (isObject(from) && typeof key === 'string') {
        const { [key]: _, ...others } = from
        return others
      }
      throw new JqError(`Cannot delete field at ${typeof key === 'string' ? 'object' : 'array'} index of ${kindOf(from)}`)
    }
    result = remove(result, path)
  }
  return result
}
