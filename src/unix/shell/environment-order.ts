/**
 * In which order a shell hands its variables to a program: that of the buckets of its hash table, because a child's `env` prints what it
 * was given. dash and busybox' ash hash alike.
 */

export function dashBucket(name: string): number {
  let hash = name.charCodeAt(0) << 4
  for (let at = 0; at < name.length; at++) hash += name.charCodeAt(at)
  return hash % 39
}

/** FNV-1 of 32 bits in 1024 buckets. */
export function bashBucket(name: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash, 0x01000193) ^ name.charCodeAt(at)
  return hash & 1023
}
