/**
 * Keeps a session's state where it lasts. `saved` writes what changed since the last batch, one transaction at a time; the shell's prompt
 * waits for it. Also remembers the last states for undo: objects and file contents are shared, so a state costs little.
 */
import { unzipSync, zipSync, strFromU8, strToU8 } from 'fflate'
import { base64Of, bytesOfBase64 } from '../base/bytes.ts'
import type { Session } from './session.ts'
import type { Batch, Saved, SavedFile, SavedObject, Storage } from './storage.ts'

const statesKept = 30

export class Keeper {
  readonly #session: Session
  readonly #storage: Storage
  readonly #onTrouble: (message: string) => void
  readonly #seen = new Map<string, number>()
  readonly #tracked = new Set<string>()
  readonly #states: Saved[] = []
  #running: Promise<void> | undefined

  constructor(session: Session, storage: Storage, onTrouble: (message: string) => void) {
    this.#session = session
    this.#storage = storage
    this.#onTrouble = onTrouble
    session.beforeCommand = () => this.#remember()
  }

  /** Resolves when everything that is so now is stored. What fails is said once; the session goes on in memory. */
  async saved(): Promise<void> {
    while (this.#running) await this.#running
    this.#running = this.#storage
      .commit(this.#batch())
      .catch((error: unknown) => this.#onTrouble(`Not saved: ${error instanceof Error ? error.message : String(error)}`))
      .finally(() => {
        this.#running = undefined
      })
    await this.#running
  }

  /** Whether anything happened since the last batch. Files alone that changed are noticed with the next batch. */
  get hasNews(): boolean {
    for (const [name, store] of this.#session.stores()) if (store.revision > (this.#seen.get(name) ?? 0)) return true
    return false
  }

  /** The state before the last command, for undo; it is taken off. */
  previous(): Saved {
    const state = this.#states.pop()
    if (!state) throw new Error('There is nothing to undo.')
    return state
  }

  /** Everything as one file. */
  archive(): Uint8Array {
    const { objects, files, world } = this.#session.snapshot()
    const plain = files.map(({ tree, node }) => ({ tree, node: { ...node, content: node.content && base64Of(node.content) } }))
    return zipSync({ 'drydock.json': strToU8(JSON.stringify({ format: 1, world, objects, files: plain })) })
  }

  unpacked(archive: Uint8Array): Saved {
    let parsed: unknown
    try {
      parsed = JSON.parse(strFromU8(unzipSync(archive)['drydock.json']))
    } catch {
      throw new Error('This file is not a saved Drydock session.')
    }
    const { format, world, objects, files } = parsed as { format: number; world: Saved['world']; objects: SavedObject[]; files: (Omit<SavedFile, 'node'> & { node: SavedFile['node'] & { content?: unknown } })[] }
    if (format !== 1) throw new Error('This session was saved by a newer Drydock.')
    return { world, objects, files: files.map(({ tree, node }) => ({ tree, node: { ...node, content: typeof node.content === 'string' ? bytesOfBase64(node.content) : undefined } })) }
  }

  #remember(): void {
    this.#states.push(this.#session.snapshot())
    if (this.#states.length > statesKept) this.#states.shift()
  }

  #batch(): Batch {
    const objects = new Map<string, SavedObject>()
    const gone = new Map<string, Omit<SavedObject, 'object'>>()
    for (const [name, store] of this.#session.stores()) {
      const entries = store.since(this.#seen.get(name) ?? 0)
      this.#seen.set(name, store.revision)
      const changes = entries ?? [...store.all()].map((one) => ({ ...one, object: one.object as object | undefined }))
      for (const { resource, key, object } of changes) {
        const place = { store: name, resource, key }
        const id = `${name}\n${resource}\n${key}`
        objects.delete(id)
        gone.delete(id)
        if (object) objects.set(id, { ...place, object })
        else gone.set(id, place)
      }
    }
    const files: SavedFile[] = []
    const goneFiles: { tree: string; inode: number }[] = []
    for (const [tree, each] of this.#session.trees()) {
      if (!this.#tracked.has(tree)) {
        this.#tracked.add(tree)
        each.track()
        for (const node of each.save()) files.push({ tree, node })
        continue
      }
      const changes = each.takeChanges()
      for (const node of changes.nodes) files.push({ tree, node })
      for (const inode of changes.gone) goneFiles.push({ tree, inode })
    }
    return { objects: [...objects.values()], goneObjects: [...gone.values()], files, goneFiles, world: this.#session.world() }
  }
}
