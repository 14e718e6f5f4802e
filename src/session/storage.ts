/**
 * Where a workspace lasts: one IndexedDB database through Dexie. A batch is written in one transaction, so a killed tab leaves either
 * all of what a command did or nothing of it. A database that is damaged or newer than this program is reported, never wiped.
 */
import Dexie, { type Table } from 'dexie'
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
  /** Forgets everything: the learner asked for a new start. */
  clear(): Promise<void>
  close(): void
}

/** Thrown when what is stored cannot be read; the message is for the learner. */
class StorageTrouble extends Error {}

const schemaVersion = 1

export async function openStorage(workspace: string): Promise<Storage> {
  const database = new Dexie(`drydock-${workspace}`)
  database.version(schemaVersion).stores({ objects: '[store+resource+key]', files: '[tree+inode]', world: 'name' })
  const objects: Table<SavedObject> = database.table('objects')
  const files: Table<{ tree: string; inode: number; node: SavedNode }> = database.table('files')
  const world: Table<{ name: string; value: unknown }> = database.table('world')
  try {
    await database.open()
  } catch (error) {
    if (error instanceof Dexie.DexieError && error.name === 'VersionError')
      throw new StorageTrouble('This workspace was saved by a newer Drydock. Reload the page to get it, or export the workspace.')
    throw new StorageTrouble(`This workspace cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
  return {
    async load() {
      const named = await world.toArray()
      if (named.length === 0) return undefined
      return {
        objects: await objects.toArray(),
        files: (await files.toArray()).map(({ tree, node }) => ({ tree, node })),
        world: Object.fromEntries(named.map(({ name, value }) => [name, value])),
      }
    },
    async commit(batch) {
      await database.transaction('rw', objects, files, world, async () => {
        await objects.bulkDelete(batch.goneObjects.map(({ store, resource, key }) => [store, resource, key]))
        await objects.bulkPut([...batch.objects])
        await files.bulkDelete(batch.goneFiles.map(({ tree, inode }) => [tree, inode]))
        await files.bulkPut(batch.files.map(({ tree, node }) => ({ tree, inode: node.inode, node })))
        await world.bulkPut(Object.entries(batch.world).map(([name, value]) => ({ name, value })))
      })
    },
    async clear() {
      await database.transaction('rw', objects, files, world, async () => {
        await Promise.all([objects.clear(), files.clear(), world.clear()])
      })
    },
    close() {
      database.close()
    },
  }
}
