/** How a default is written: around what is there, and only when something is missing. */

/** The object with each absent field filled in; the object itself when none is. */
export function filled<T extends object>(object: T, defaults: Partial<T>): T {
  let result: T | undefined
  for (const key in defaults) {
    if (object[key] !== undefined && object[key] !== null) continue
    result ??= { ...object }
    result[key] = defaults[key] as T[typeof key]
  }
  return result ?? object
}

/** The list with each element changed; the list itself when no element is. */
export function mapped<T>(list: readonly T[] | undefined, change: (element: T) => T): readonly T[] | undefined {
  if (!list) return list
  let result: T[] | undefined
  for (let index = 0; index < list.length; index++) {
    const before = list[index]
    const after = change(before)
    if (after === before) continue
    result ??= [...list]
    result[index] = after
  }
  return result ?? list
}

/** The object with one field changed; the object itself when it is not. */
export function withField<T extends object, K extends keyof T>(object: T, key: K, value: T[K]): T {
  return object[key] === value ? object : { ...object, [key]: value }
}
