/**
 * What changed in all stores of a session since it was last asked: what the page draws. Reading on in the logs coalesces by itself,
 * so a slow page gets fewer and longer frames, never a backlog. Objects that changed several times between two frames are told once.
 */
import { inwardResources } from '../engine/docker/shapes.ts'
import type { Entry, Store } from '../engine/store/store.ts'

export interface FeedEntry {
  readonly store: string
  readonly revision: number
  readonly resource: string
  readonly key: string
  readonly object: object | null
  readonly by: string
  readonly because: number
  readonly at: number
}

/** More entries of one object between two frames than this are of no use to anybody looking. */
const keptPerObject = 8

export class Feed {
  readonly #stores: () => ReadonlyMap<string, Store>
  readonly #seen = new Map<string, number>()
  #isFirst = true

  constructor(stores: () => ReadonlyMap<string, Store>) {
    this.#stores = stores
  }

  get hasNews(): boolean {
    if (this.#isFirst) return true
    for (const [name, store] of this.#stores()) if (store.revision > (this.#seen.get(name) ?? 0)) return true
    return this.#seen.size > this.#stores().size
  }

  /** `reset` says that the entries are all there is, not what was added. */
  next(): { readonly entries: readonly FeedEntry[]; readonly reset: boolean } {
    const stores = this.#stores()
    const hasLost = [...this.#seen.keys()].some((name) => !stores.has(name))
    const changes = [...stores].map(([name, store]) => ({ name, store, entries: store.since(this.#seen.get(name) ?? 0) }))
    const reset = this.#isFirst || hasLost || changes.some(({ entries }) => entries === undefined)
    this.#isFirst = false
    if (hasLost) this.#seen.clear()
    const entries = changes.flatMap(({ name, store, entries }) =>
      reset || entries === undefined
        ? present(name, store)
        : shortened(entries.filter(({ resource }) => isShown(resource))).map((entry) => told(name, entry)),
    )
    for (const [name, store] of stores) this.#seen.set(name, store.revision)
    return { entries, reset }
  }
}

/** What only the engine reads: layer contents would travel with every build. */
const isShown = (resource: string): boolean => !inwardResources.has(resource)

function told(store: string, { revision, resource, key, object, by, because, at }: Entry): FeedEntry {
  return { store, revision, resource, key, object: object ?? null, by, because, at }
}

function present(name: string, store: Store): FeedEntry[] {
  return [...store.all()]
    .filter(({ resource }) => isShown(resource))
    .map(({ resource, key, object }) => ({ store: name, revision: store.revision, resource, key, object, by: '', because: 0, at: 0 }))
}

function shortened(entries: readonly Entry[]): readonly Entry[] {
  if (entries.length < 200) return entries
  const counts = new Map<string, number>()
  const kept: Entry[] = []
  for (const entry of entries.toReversed()) {
    const name = `${entry.resource} ${entry.key}`
    const count = counts.get(name) ?? 0
    counts.set(name, count + 1)
    if (count < keptPerObject) kept.push(entry)
  }
  return kept.reverse()
}
