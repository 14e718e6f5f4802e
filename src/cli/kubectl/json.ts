/**
 * Objects of the API as kubectl handles them: whatever kind the server knows, custom ones included. Their fields are not known when
 * this is compiled, so this one type is open on purpose; everything that reads one copes with missing fields.
 */

// biome-ignore lint/suspicious/noExplicitAny: the one open type, see above
export type Json = any

export interface KubeObject {
  apiVersion: string
  kind: string
  metadata: Meta
  [field: string]: Json
}

export interface Meta {
  name: string
  namespace?: string
  uid?: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
  [field: string]: Json
}

/** A copy that may be changed. */
export function copied<T>(value: T): T {
  if (Array.isArray(value)) return value.map(copied) as T
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copied(item)])) as T
  return value
}

export function isMap(value: unknown): value is Record<string, Json> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

export function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, index) => equal(item, b[index]))
  if (!isMap(a) || !isMap(b)) return false
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && equal(a[key], b[key]))
}

/** `a.b.c` of an object; undefined where anything on the way is missing. */
export function at(value: Json, ...path: (string | number)[]): Json {
  let here = value
  for (const step of path) {
    if (here === null || here === undefined) return undefined
    here = here[step]
  }
  return here
}
