/**
 * The cluster's memory: every object ever written, in the order it was written. A Docker engine remembers in one, too.
 * Watching is reading on in the log, so a watcher cannot miss a change or see one twice: it is told only *that* something
 * changed, and asks `since` what it was.
 *
 * Every entry says who wrote it and because of which earlier entry; that chain is what the page draws.
 */
import type { Cancel, Clock } from '../../base/clock.ts'

/** Who writes, and the revision of the entry that made them (0: nothing in this store did). */
export interface Cause {
  readonly by: string
  readonly because: number
}

export interface Entry<T extends object = object> {
  readonly revision: number
  /** Plural resource with its group: `pods`, `deployments.apps`. */
  readonly resource: string
  /** `namespace/name`, or `name` for what has no namespace. Unique within the resource. */
  readonly key: string
  /** Undefined when the entry is a deletion. */
  readonly object: T | undefined
  /** What stood there before; undefined when the entry is a creation. */
  readonly previous: T | undefined
  readonly by: string
  readonly because: number
  /** Session time, ms. */
  readonly at: number
}

export interface StoreOptions {
  readonly clock: Clock
  /** Writes the revision into an object that is about to be stored. It may change the object: it was just made. */
  readonly stamp?: (object: object, revision: number) => object
  /** Entries kept for watchers that start late; older ones are compacted away. */
  readonly keep?: number
}

interface Shelf {
  readonly objects: Map<string, object>
  readonly indexes: Map<string, Index>
  readonly notes: Set<() => void>
  log: Entry[]
  /** Objects in the order of their keys, as etcd lists them; made when asked for, undefined after a change. */
  sorted: object[] | undefined
  /** Their keys; undefined after one came or went. */
  keys: string[] | undefined
}

interface Index {
  readonly valuesOf: (object: object) => readonly string[]
  readonly keys: Map<string, Set<string>>
}

const nothing: readonly Entry[] = []
const noValues: readonly string[] = []

export class Store {
  readonly #shelves = new Map<string, Shelf>()
  readonly #clock: Clock
  readonly #stamp: (object: object, revision: number) => object
  readonly #keep: number
  #log: Entry[] = []
  #revision: number
  #compacted = 0
  readonly #notes = new Set<() => void>()

  constructor({ clock, stamp = (object) => object, keep = 40_000 }: StoreOptions, startRevision = 0) {
    this.#clock = clock
    this.#stamp = stamp
    this.#keep = keep
    this.#revision = startRevision
    this.#compacted = startRevision
  }

  get revision(): number {
    return this.#revision
  }

  /** Revisions up to this one can no longer be read with `since`. */
  get compactedRevision(): number {
    return this.#compacted
  }

  /** Stores an object the caller has just made and will not touch again; answers it frozen, with its revision stamped in. */
  put<T extends object>(resource: string, key: string, object: T, cause: Cause): T {
    const shelf = this.#shelf(resource)
    const previous = shelf.objects.get(key)
    const stored = frozen(this.#stamp(object, this.#revision + 1))
    if (previous === undefined) shelf.keys = undefined
    shelf.sorted = undefined
    shelf.objects.set(key, stored)
    for (const index of shelf.indexes.values()) reindex(index, key, previous, stored)
    this.#append(shelf, { resource, key, object: stored, previous, cause })
    return stored as T
  }

  /** Forgets an object; answers the entry, or undefined when there was none. */
  delete(resource: string, key: string, cause: Cause): Entry | undefined {
    const shelf = this.#shelf(resource)
    const previous = shelf.objects.get(key)
    if (previous === undefined) return undefined
    shelf.objects.delete(key)
    shelf.keys = undefined
    shelf.sorted = undefined
    for (const index of shelf.indexes.values()) reindex(index, key, previous, undefined)
    return this.#append(shelf, { resource, key, object: undefined, previous, cause })
  }

  get(resource: string, key: string): object | undefined {
    return this.#shelves.get(resource)?.objects.get(key)
  }

  /** All objects of a resource in the order of their keys. The array is shared: do not change it. */
  list(resource: string): readonly object[] {
    const shelf = this.#shelves.get(resource)
    if (!shelf) return []
    shelf.keys ??= [...shelf.objects.keys()].sort()
    shelf.sorted ??= shelf.keys.map((key) => shelf.objects.get(key) as object)
    return shelf.sorted
  }

  /** The same as it was right after an earlier revision; undefined when what came since was compacted away. */
  listAt(resource: string, revision: number): readonly object[] | undefined {
    const entries = this.since(revision, resource)
    if (!entries || entries.length === 0) return entries && this.list(resource)
    const objects = new Map(this.#shelf(resource).objects)
    for (const { key, previous } of entries.toReversed()) {
      if (previous === undefined) objects.delete(key)
      else objects.set(key, previous)
    }
    return [...objects.keys()].sort().map((key) => objects.get(key) as object)
  }

  count(resource: string): number {
    return this.#shelves.get(resource)?.objects.size ?? 0
  }

  /** Resources that hold or held objects. */
  resources(): string[] {
    return [...this.#shelves.keys()]
  }

  /** Keeps objects findable by a value derived from them: pods by node, children by owner. */
  index(resource: string, name: string, valuesOf: (object: object) => readonly string[]): void {
    const shelf = this.#shelf(resource)
    const index: Index = { valuesOf, keys: new Map() }
    for (const [key, object] of shelf.objects) reindex(index, key, undefined, object)
    shelf.indexes.set(name, index)
  }

  /** The objects whose index value is `value`, in no particular order. */
  indexed(resource: string, name: string, value: string): object[] {
    const shelf = this.#shelf(resource)
    const keys = shelf.indexes.get(name)?.keys.get(value)
    return keys ? Array.from(keys, (key) => shelf.objects.get(key) as object) : []
  }

  /** Calls `note` (at once, and while the writer is still at work: only note it) after every change of the resource, or of any. */
  watch(resource: string | undefined, note: () => void): Cancel {
    const notes = resource === undefined ? this.#notes : this.#shelf(resource).notes
    // The same function may be handed in twice.
    const own = (): void => note()
    notes.add(own)
    return () => notes.delete(own)
  }

  /** Entries after a revision, oldest first. Undefined when they were compacted away: list anew. */
  since(revision: number, resource?: string): readonly Entry[] | undefined {
    if (revision < this.#compacted) return undefined
    const log = resource === undefined ? this.#log : this.#shelf(resource).log
    if (log.length === 0 || log[log.length - 1].revision <= revision) return nothing
    return log.slice(firstAfter(log, revision))
  }

  /** One entry by its revision, for following causes. */
  entry(revision: number): Entry | undefined {
    const found = this.#log[firstAfter(this.#log, revision - 1)]
    return found?.revision === revision ? found : undefined
  }

  /** Puts back what was saved. Only for an empty store: nobody is told, and the log begins after it. */
  restore(revision: number, objects: Iterable<{ resource: string; key: string; object: object }>): void {
    for (const { resource, key, object } of objects) {
      const shelf = this.#shelf(resource)
      shelf.objects.set(key, frozen(object))
      for (const index of shelf.indexes.values()) reindex(index, key, undefined, object)
    }
    this.#revision = revision
    this.#compacted = revision
  }

  /** Every object with its place, for saving. */
  *all(): Generator<{ resource: string; key: string; object: object }> {
    for (const [resource, shelf] of this.#shelves) for (const [key, object] of shelf.objects) yield { resource, key, object }
  }

  #append(
    shelf: Shelf,
    {
      resource,
      key,
      object,
      previous,
      cause,
    }: { resource: string; key: string; object: object | undefined; previous: object | undefined; cause: Cause },
  ): Entry {
    const entry: Entry = {
      revision: ++this.#revision,
      resource,
      key,
      object,
      previous,
      by: cause.by,
      because: cause.because,
      at: this.#clock.now(),
    }
    this.#log.push(entry)
    shelf.log.push(entry)
    if (this.#log.length > this.#keep * 2) this.#compact()
    for (const note of shelf.notes) note()
    for (const note of this.#notes) note()
    return entry
  }

  #compact(): void {
    this.#log = this.#log.slice(-this.#keep)
    this.#compacted = this.#log[0].revision - 1
    for (const shelf of this.#shelves.values()) shelf.log = shelf.log.slice(firstAfter(shelf.log, this.#compacted))
  }

  #shelf(resource: string): Shelf {
    let shelf = this.#shelves.get(resource)
    if (!shelf) {
      shelf = { objects: new Map(), indexes: new Map(), notes: new Set(), log: [], sorted: undefined, keys: undefined }
      this.#shelves.set(resource, shelf)
    }
    return shelf
  }
}

/** Index of the first entry with a larger revision. */
function firstAfter(log: readonly Entry[], revision: number): number {
  let low = 0
  let high = log.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (log[middle].revision <= revision) low = middle + 1
    else high = middle
  }
  return low
}

function reindex(index: Index, key: string, before: object | undefined, after: object | undefined): void {
  const old = before ? index.valuesOf(before) : noValues
  const fresh = after ? index.valuesOf(after) : noValues
  for (const value of old) {
    if (fresh.includes(value)) continue
    const keys = index.keys.get(value)
    keys?.delete(key)
    if (keys?.size === 0) index.keys.delete(value)
  }
  for (const value of fresh) {
    let keys = index.keys.get(value)
    if (!keys) index.keys.set(value, (keys = new Set()))
    keys.add(key)
  }
}

/** Freezes what a write made anew; parts taken over from stored objects are frozen already and end the descent. */
export function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value) || ArrayBuffer.isView(value)) return value
  Object.freeze(value)
  for (const name in value) if (typeof value[name] === 'object') frozen(value[name])
  return value
}
