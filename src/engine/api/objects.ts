/** Small facts about API objects: keys, equality, the stamp of the store. */
import type { KubernetesObject } from './client.ts'

export function keyOf(namespace: string | undefined, name: string): string {
  return namespace ? `${namespace}/${name}` : name
}

export function keyOfObject({ metadata }: KubernetesObject): string {
  return keyOf(metadata.namespace, metadata.name)
}

/** For `Store`'s `stamp`: an object carries the revision that wrote it. */
export function stampResourceVersion(object: object, revision: number): object {
  const { metadata } = object as { metadata?: { resourceVersion?: string } }
  const resourceVersion = String(revision)
  // What is not frozen was made for this write: a new object's metadata is stamped where it lies, instead of being copied once more.
  if (metadata && !Object.isFrozen(metadata)) {
    metadata.resourceVersion = resourceVersion
    return object
  }
  const stamped = { ...metadata, resourceVersion }
  if (Object.isFrozen(object)) return { ...object, metadata: stamped }
  return Object.assign(object, { metadata: stamped })
}

/** Equal as JSON. What is shared is not looked at. */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((each, index) => isSame(each, b[index]))
  if (Array.isArray(b)) return false
  const left = a as Readonly<Record<string, unknown>>
  const right = b as Readonly<Record<string, unknown>>
  let count = 0
  for (const key in left) {
    if (left[key] === undefined) continue
    count++
    if (!isSame(left[key], right[key])) return false
  }
  for (const key in right) if (right[key] !== undefined) count--
  return count === 0
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Sorts a few keys where they lie, and most maps have few: `sort` allocates a kilobyte even for two. */
export function sortedHere(keys: string[]): readonly string[] {
  if (keys.length > 10) return keys.sort()
  for (let end = 1; end < keys.length; end++) {
    const key = keys[end]
    let at = end
    for (; at > 0 && keys[at - 1] > key; at--) keys[at] = keys[at - 1]
    keys[at] = key
  }
  return keys
}

/** RFC 3339 in whole seconds, as `metav1.Time` is written. */
export function timestamp(nowMs: number): string {
  // Thousands of writes fall into one second; dates are slow to print.
  const second = Math.floor(nowMs / 1000)
  if (second !== lastSecond) {
    lastSecond = second
    lastText = `${new Date(nowMs).toISOString().slice(0, 19)}Z`
  }
  return lastText
}

let lastSecond = Number.NaN
let lastText = ''

/** RFC 3339 with microseconds, as `metav1.MicroTime` is written. */
export function microTimestamp(nowMs: number): string {
  return `${new Date(nowMs).toISOString().slice(0, 23)}000Z`
}
