/**
 * Layers as file systems and back. A catalogue layer becomes one read-only file system that all containers of all machines share; a
 * directory of a machine's disk can stand as one too (`Subtree`), which is how a container's writable layer is both an overlay's upper
 * and what `ls /var/lib/docker/overlay2` shows, and survives a power cut with the disk.
 */
import { noBytes } from '../../base/bytes.ts'
import type { TarEntry } from '../../base/tar.ts'
import type { Layer } from '../images/image.ts'
import { MemoryFiles, type MemoryNode } from '../../unix/files/memory-files.ts'
import type { FileSystem, NewNode, Node } from '../../unix/files/node.ts'

const shared = new WeakMap<Layer, MemoryFiles>()

export function filesOfLayer(layer: Layer): MemoryFiles {
  let files = shared.get(layer)
  if (!files) {
    files = new MemoryFiles({ now: () => 0, type: 'ext4' })
    unpack(layer.entries, files)
    files.isReadOnly = true
    shared.set(layer, files)
  }
  return files
}

/** Puts a layer's entries into an empty file system, whiteouts in the overlay's own form. */
export function unpack(entries: readonly TarEntry[], files: MemoryFiles): void {
  for (const entry of entries) {
    const path = `/${entry.path}`
    const slash = path.lastIndexOf('/')
    const name = path.slice(slash + 1)
    if (path === '/') continue
    makeParents(files, path)
    if (name === '.wh..wh..opq') {
      const folder = files.lookup(path.slice(0, slash) || '/')
      if (folder) folder.overlay = 'opaque'
      continue
    }
    if (name.startsWith('.wh.')) {
      files.create(`${path.slice(0, slash)}/${name.slice(4)}`, { kind: 'character', mode: 0, uid: 0, gid: 0, overlay: 'whiteout' })
      continue
    }
    if (entry.kind === 'hardlink') {
      const node = files.lookup(`/${entry.target.replace(/^\.?\/+/, '')}`)
      if (node) files.link(path, node)
      continue
    }
    const old = files.lookup(path)
    if (old && old.kind === 'directory' && entry.kind === 'directory') {
      Object.assign(old, { mode: entry.mode, uid: entry.uid, gid: entry.gid, modifiedMs: entry.modifiedMs })
      continue
    }
    if (old) files.remove(path)
    const node = files.create(path, {
      kind: entry.kind,
      mode: entry.mode,
      uid: entry.uid,
      gid: entry.gid,
      content: entry.kind === 'file' ? entry.content : undefined,
      target: entry.kind === 'symlink' ? entry.target : undefined,
    })
    node.modifiedMs = entry.modifiedMs
  }
  // Creating children touched their directories after the archive had set the times.
  for (const entry of entries) {
    const node = files.lookup(`/${entry.path}`)
    if (node) node.modifiedMs = entry.modifiedMs
  }
}

/** The entries of a layer that holds what this file system holds; sorted, so that equal content gives equal digests. */
export function entriesOf(files: MemoryFiles): TarEntry[] {
  const entries: TarEntry[] = []
  const firstPath = new Map<MemoryNode, string>()
  for (const [path, node] of [...files.walk()].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (path === '/') continue
    const name = path.slice(1)
    const base = { mode: node.mode, uid: node.uid, gid: node.gid, modifiedMs: node.modifiedMs, content: noBytes, target: '' }
    if (node.overlay === 'whiteout') {
      const slash = name.lastIndexOf('/') + 1
      entries.push({ ...base, path: `${name.slice(0, slash)}.wh.${name.slice(slash)}`, kind: 'file' })
      continue
    }
    const earlier = firstPath.get(node)
    if (earlier !== undefined) {
      entries.push({ ...base, path: name, kind: 'hardlink', target: earlier })
      continue
    }
    if (node.kind === 'socket') continue
    firstPath.set(node, name)
    entries.push({ ...base, path: name, kind: node.kind, content: node.kind === 'file' ? node.read() : noBytes, target: node.target ?? '' })
    if (node.overlay === 'opaque') entries.push({ ...base, path: `${name}/.wh..wh..opq`, kind: 'file' })
  }
  return entries
}

/** The directories above a path, made where they are missing. */
export function makeParents(files: FileSystem, path: string): void {
  for (let slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
    const parent = path.slice(0, slash)
    if (!files.lookup(parent)) files.create(parent, { kind: 'directory', mode: 0o755, uid: 0, gid: 0 })
  }
}

/** A directory of a file system seen as one of its own. Nodes are the disk's: they are stored and counted there. */
export class Subtree extends MemoryFiles {
  readonly #top: MemoryNode
  readonly #disk: MemoryFiles
  readonly #at: string

  /** `at` is made if it is missing. */
  constructor(disk: MemoryFiles, at: string) {
    super({ now: disk.now, type: disk.type })
    makeParents(disk, `${at}/`)
    this.#disk = disk
    this.#at = at
    this.#top = disk.lookup(at) as MemoryNode
  }

  override get root(): MemoryNode {
    return this.#top
  }

  protected override get top(): MemoryNode {
    return this.#top
  }

  override create(path: string, options: NewNode): MemoryNode {
    return this.#disk.create(this.#at + path, options)
  }

  override link(path: string, node: Node): void {
    this.#disk.link(this.#at + path, node)
  }

  override remove(path: string): void {
    this.#disk.remove(this.#at + path)
  }

  override rename(from: string, to: string): void {
    this.#disk.rename(this.#at + from, this.#at + to)
  }

  override note(node: MemoryNode): void {
    this.#disk.note(node)
  }
}

/** Bytes of all files of a tree. */
export function bytesIn(files: MemoryFiles): number {
  let bytes = 0
  for (const [, node] of files.walk()) if (node.kind === 'file') bytes += node.size
  return bytes
}

/** Takes a whole tree away. */
export function clear(disk: MemoryFiles, path: string): void {
  const paths = Array.from(disk.walk(path), ([found]) => found)
  for (const found of paths.reverse()) disk.remove(found)
}
