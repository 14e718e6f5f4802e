/**
 * Keeps a session's state where it lasts. `saved` writes what changed since the last batch, one transaction at a time; the shell's prompt
 * waits for it. Also remembers the state before each command, for undo.
 */
import { unzipSync, zipSync, strFromU8, strToU8 } from 'fflate'
import { base64Of, bytesOfBase64 } from '../base/bytes.ts'
import type { Session } from './session.ts'
import type { Batch, Saved, SavedFile, SavedObject, Storage } from './storage.ts'
import { Undo } from './undo.ts'

export class Keeper {
  readonly #session: Session
  readonly #storage: Storage
  readonly #onTrouble: (message: string) => void
  readonly #seen = new Map<string, number>()
  readonly #tracked = new Set<string>()
  readonly undo: Undo
  #running: Promise<void> | undefined

  constructor(session: Session, storage: Storage, onTrouble: (message: string) => void, undo = new Undo()) {
    this.#session = session
    this.undo = undo
    this.#storage = storage
    this.#onTrouble = onTrouble
    session.beforeCommand = () => this.remember()
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

  /** Before something is done that may be undone. */
  remember(): void {
    this.undo.remember(this.#session.snapshot())
  }

  previous(): Saved {
    return this.undo.back(this.#session.snapshot())
  }

  next(): Saved {
    return this.undo.forward(this.#session.snapshot())
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
    const { format, world, objects, files } = parsed as {
      format: number
      world: Saved['world']
      objects: SavedObject[]
      files: (Omit<SavedFile, 'node'> & { node: SavedFile['node'] & { content?: unknown } })[]
    }
    if (format !== 1) throw new Error('This session was saved by a newer Drydock.')
    return {
      world,
      objects,
      files: files.map(({ tree, node }) => ({
        tree,
        node: { ...node, content: typeof node.content === 'string' ? bytesOfBase64(node.content) : undefined },
      })),
    }
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
