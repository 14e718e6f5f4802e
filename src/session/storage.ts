/**
 * Where a workspace lasts: one IndexedDB database. A batch is written in one transaction, so a killed tab leaves either all of what a
 * command did or nothing of it. A database that is damaged or newer than this program is reported, never wiped. The first prompt waits
 * for this file, so it uses the browser's own interface: a library for it was thirty kilobytes.
 */
import type { SavedNode } from '../unix/files/memory-files.ts'

export interface SavedObject {
  readonly store: string
  readonly resource: string
  readonly key: string
  readonly object: object
}

export interface SavedFile {
  readonly tree: string
  readonly node: SavedNode
}

/** What stands beside objects and files: clock, seed, revisions, which machines and clusters there are. */
export interface SavedWorld {
  readonly [name: string]: unknown
}

export interface Batch {
  readonly objects: readonly SavedObject[]
  readonly goneObjects: readonly Omit<SavedObject, 'object'>[]
  readonly files: readonly SavedFile[]
  readonly goneFiles: readonly { readonly tree: string; readonly inode: number }[]
  readonly world: SavedWorld
}

export interface Saved {
  readonly objects: readonly SavedObject[]
  readonly files: readonly SavedFile[]
  readonly world: SavedWorld
}

export interface Storage {
  /** Undefined when nothing was ever saved. */
  load(): Promise<Saved | undefined>
  commit(batch: Batch): Promise<void>
  /** Forgets the world: the learner asked for a new start. What was kept by name stays. */
  clear(): Promise<void>
  /** What outlives a world, by name: lesson packs, which lessons were solved. */
  kept(): Promise<ReadonlyMap<string, unknown>>
  /** Undefined forgets it. */
  keep(name: string, value: unknown): Promise<void>
  close(): void
}

/** Thrown when what is stored cannot be read; the message is for the learner. */
class StorageTrouble extends Error {}

/** The first workspaces had 10; 20 came with what is kept beside the world. */
const schemaVersion = 20
/** The tables of the world, and what a row is found by. */
const keys: Readonly<Record<string, string | string[]>> = { objects: ['store', 'resource', 'key'], files: ['tree', 'inode'], world: 'name' }
const keepsakes = 'keepsakes'

export async function openStorage(workspace: string): Promise<Storage> {
  const database = await opened(`drydock-${workspace}`)
  const begin = (mode: IDBTransactionMode) => {
    const transaction = database.transaction(Object.keys(keys), mode)
    const table = (name: string) => transaction.objectStore(name)
    return { objects: table('objects'), files: table('files'), world: table('world'), transaction, end: ended(transaction) }
  }
  type Tables = Pick<ReturnType<typeof begin>, 'objects' | 'files' | 'world'>
  /** All that `work` asks for or, where a row cannot be written at all, nothing of it. */
  const write = async (work: (tables: Tables) => void): Promise<void> => {
    const { transaction, end, ...tables } = begin('readwrite')
    try {
      work(tables)
    } catch (error) {
      end.catch(() => undefined)
      transaction.abort()
      throw error
    }
    return end
  }
  return {
    async load() {
      const { objects, files, world, end } = begin('readonly')
      const rows = {
        objects: objects.getAll() as IDBRequest<SavedObject[]>,
        files: files.getAll() as IDBRequest<SavedFile[]>,
        world: world.getAll() as IDBRequest<{ name: string; value: unknown }[]>,
      }
      await end
      if (rows.world.result.length === 0) return undefined
      return {
        objects: rows.objects.result,
        files: rows.files.result.map(({ tree, node }) => ({ tree, node })),
        world: Object.fromEntries(rows.world.result.map(({ name, value }) => [name, value])),
      }
    },
    commit(batch) {
      return write(({ objects, files, world }) => {
        for (const { store, resource, key } of batch.goneObjects) objects.delete([store, resource, key])
        for (const object of batch.objects) objects.put(object)
        for (const { tree, inode } of batch.goneFiles) files.delete([tree, inode])
        for (const { tree, node } of batch.files) files.put({ tree, inode: node.inode, node })
        for (const [name, value] of Object.entries(batch.world)) world.put({ name, value })
      })
    },
    clear() {
      return write((tables) => {
        for (const table of Object.values(tables)) table.clear()
      })
    },
    async kept() {
      const transaction = database.transaction(keepsakes, 'readonly')
      const rows = transaction.objectStore(keepsakes).getAll() as IDBRequest<{ name: string; value: unknown }[]>
      await ended(transaction)
      return new Map(rows.result.map(({ name, value }) => [name, value]))
    },
    keep(name, value) {
      const transaction = database.transaction(keepsakes, 'readwrite')
      const table = transaction.objectStore(keepsakes)
      if (value === undefined) table.delete(name)
      else table.put({ name, value })
      return ended(transaction)
    },
    close() {
      database.close()
    },
  }
}

function opened(name: string): Promise<IDBDatabase> {
  const request = indexedDB.open(name, schemaVersion)
  return new Promise((resolve, reject) => {
    request.onupgradeneeded = () => {
      const { result: database } = request
      for (const [table, keyPath] of Object.entries({ ...keys, [keepsakes]: 'name' }))
        if (!database.objectStoreNames.contains(table)) database.createObjectStore(table, { keyPath })
    }
    request.onsuccess = () => resolve(request.result)
    request.onerror = () =>
      reject(
        new StorageTrouble(
          request.error?.name === 'VersionError'
            ? 'This workspace was saved by a newer Drydock. Reload the page to get it, or export the workspace.'
            : `This workspace cannot be read: ${request.error?.message}`,
        ),
      )
  })
}

/** A failed request ends the whole transaction. */
function ended(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    transaction.onabort = () => reject(transaction.error ?? new Error('the browser ended a transaction'))
  })
}
