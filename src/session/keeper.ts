/**
 * Keeps a session's state where it lasts. `saved` writes what changed since the last batch, one transaction at a time; the shell's prompt
 * waits for it. What could not be written is part of every batch that follows, until one succeeds. Also remembers the state before each
 * command, for undo.
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
  #unsaved = nothingChanged()
  #isInTrouble = false
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
    this.#running = this.#commit().finally(() => {
      this.#running = undefined
    })
    await this.#running
  }

  async #commit(): Promise<void> {
    this.#collect()
    const { objects, goneObjects, files, goneFiles } = this.#unsaved
    try {
      await this.#storage.commit({
        objects: [...objects.values()],
        goneObjects: [...goneObjects.values()],
        files: [...files.values()],
        goneFiles: [...goneFiles.values()],
        world: this.#session.world(),
      })
      this.#unsaved = nothingChanged()
      if (this.#isInTrouble) this.#onTrouble('')
      this.#isInTrouble = false
    } catch (error) {
      if (!this.#isInTrouble) this.#onTrouble(notSaved(error))
      this.#isInTrouble = true
    }
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

  /** Adds what changed since it was last asked to what is not saved yet. */
  #collect(): void {
    const { objects, goneObjects, files, goneFiles } = this.#unsaved
    for (const [name, store] of this.#session.stores()) {
      const entries = store.since(this.#seen.get(name) ?? 0)
      this.#seen.set(name, store.revision)
      const changes = entries ?? [...store.all()].map((one) => ({ ...one, object: one.object as object | undefined }))
      for (const { resource, key, object } of changes) {
        const place = { store: name, resource, key }
        const id = `${name}\n${resource}\n${key}`
        objects.delete(id)
        goneObjects.delete(id)
        if (object) objects.set(id, { ...place, object })
        else goneObjects.set(id, place)
      }
    }
    for (const [tree, each] of this.#session.trees()) {
      const isNew = !this.#tracked.has(tree)
      if (isNew) each.track()
      this.#tracked.add(tree)
      const changes = isNew ? { nodes: each.save(), gone: [] } : each.takeChanges()
      for (const node of changes.nodes) {
        goneFiles.delete(`${tree}\n${node.inode}`)
        files.set(`${tree}\n${node.inode}`, { tree, node })
      }
      for (const inode of changes.gone) {
        files.delete(`${tree}\n${inode}`)
        goneFiles.set(`${tree}\n${inode}`, { tree, inode })
      }
    }
  }
}

/** By place, so that a change of what is not saved yet replaces it. */
function nothingChanged() {
  return {
    objects: new Map<string, SavedObject>(),
    goneObjects: new Map<string, Batch['goneObjects'][number]>(),
    files: new Map<string, SavedFile>(),
    goneFiles: new Map<string, Batch['goneFiles'][number]>(),
  }
}

function notSaved(error: unknown): string {
  const { name, message } = error instanceof Error || error instanceof DOMException ? error : { name: '', message: String(error) }
  const why = name === 'QuotaExceededError' ? 'the disk, or this page’s share of it, is full' : message
  return `Not saved: ${why}. You can go on; what you do from here on is lost with this tab, unless you save it as a file (Share).`
}
