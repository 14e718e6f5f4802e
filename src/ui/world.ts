/**
 * What the page knows: per store, the objects by resource and key, in maps that are never changed. A frame makes a new world that
 * shares every map it did not touch, so "did this change" is `===` everywhere on the page.
 *
 * `History` keeps the entries of the frames, so that the world at any earlier moment can be drawn again.
 */
import type { Frame, FrameEntry } from '../worker/messages.ts'

export interface StoreWorld {
  readonly revision: number
  readonly resources: ReadonlyMap<string, ReadonlyMap<string, object>>
}

export interface World {
  /** Session time, ms. */
  readonly now: number
  /** 0 is paused. */
  readonly speed: number
  readonly stores: ReadonlyMap<string, StoreWorld>
}

export const emptyWorld: World = { now: 0, speed: 1, stores: new Map() }

/** The world after the entries. */
export function folded(world: World, entries: readonly FrameEntry[]): World {
  if (entries.length === 0) return world
  const stores = new Map(world.stores)
  /** The maps made here, which may still be written to. */
  const own = new Set<ReadonlyMap<string, unknown>>()
  const opened = <T>(map: ReadonlyMap<string, T> | undefined): Map<string, T> => {
    if (map && own.has(map)) return map as Map<string, T>
    const copy = new Map(map)
    own.add(copy)
    return copy
  }
  for (const { store, resource, key, object, revision } of entries) {
    const resources = opened(stores.get(store)?.resources)
    const objects = opened(resources.get(resource))
    if (object === null) objects.delete(key)
    else objects.set(key, object)
    resources.set(resource, objects)
    stores.set(store, { revision, resources })
  }
  return { ...world, stores, now: Math.max(world.now, entries[entries.length - 1].at) }
}

export function objectAt(world: World, store: string, resource: string, key: string): object | undefined {
  return world.stores.get(store)?.resources.get(resource)?.get(key)
}

/** Entries between two worlds that are kept whole, so that no past moment is further than this many foldings away. */
const entriesPerCheckpoint = 256
/** The longest past that is kept, in entries. */
const entriesKept = 40_000

/** Positions count entries from the start of the session on this page; they stay valid when old entries are forgotten. */
export class History {
  #entries: FrameEntry[] = []
  /** `#checkpoints[i]` is the world before entry `i * entriesPerCheckpoint` of those kept. */
  #checkpoints: World[] = [emptyWorld]
  #first = 0
  #present: World = emptyWorld

  get present(): World {
    return this.#present
  }

  /** Position of the oldest entry kept. */
  get first(): number {
    return this.#first
  }

  /** Position after the newest entry. */
  get end(): number {
    return this.#first + this.#entries.length
  }

  entry(position: number): FrameEntry | undefined {
    return this.#entries[position - this.#first]
  }

  /** Takes a frame in; answers for each entry what stood there before. A reset begins a new history with what it holds. */
  fold(frame: Frame): readonly { readonly entry: FrameEntry; readonly position: number; readonly previous: object | undefined }[] {
    if (frame.reset) {
      this.#entries = []
      this.#first = 0
      this.#present = { ...folded(emptyWorld, frame.entries), now: frame.now, speed: frame.speed }
      this.#checkpoints = [this.#present]
      return []
    }
    const before = new Map<string, object | undefined>()
    const changes = frame.entries.map((entry, index) => {
      const id = `${entry.store} ${entry.resource} ${entry.key}`
      const previous = before.has(id) ? before.get(id) : objectAt(this.#present, entry.store, entry.resource, entry.key)
      before.set(id, entry.object ?? undefined)
      return { entry, position: this.end + index, previous }
    })
    for (let at = 0; at < frame.entries.length; ) {
      const room = entriesPerCheckpoint - (this.#entries.length % entriesPerCheckpoint)
      const part = frame.entries.slice(at, at + room)
      this.#present = folded(this.#present, part)
      this.#entries.push(...part)
      if (this.#entries.length % entriesPerCheckpoint === 0) this.#checkpoints.push(this.#present)
      at += part.length
    }
    this.#present = { ...this.#present, now: frame.now, speed: frame.speed }
    if (this.#entries.length > entriesKept * 2) this.#forget()
    return changes
  }

  /** The world as it was before the entry at `position`; `end` is the present. */
  at(position: number): World {
    if (position >= this.end) return this.#present
    const index = Math.max(0, position - this.#first)
    const checkpoint = Math.floor(index / entriesPerCheckpoint)
    return folded(this.#checkpoints[checkpoint], this.#entries.slice(checkpoint * entriesPerCheckpoint, index))
  }

  #forget(): void {
    const checkpoints = Math.floor(entriesKept / entriesPerCheckpoint)
    this.#entries = this.#entries.slice(checkpoints * entriesPerCheckpoint)
    this.#checkpoints = this.#checkpoints.slice(checkpoints)
    this.#first += checkpoints * entriesPerCheckpoint
  }
}
