/**
 * An overlay: a writable layer over read-only ones, as containers have it. Deleting what stands below leaves a whiteout, a directory
 * made anew over a deleted one is opaque, and whatever is changed is copied up first. The lower layers are shared by all containers.
 *
 * Unlike the kernel's (without redirect_dir) it renames directories of lower layers, by copying them up.
 */
import { UnixError } from '../errors.ts'
import type { MemoryFiles, MemoryNode } from './memory-files.ts'
import type { FileSystem, NewNode, Node } from './node.ts'

export interface Change {
  /** Changed, added or deleted, as `docker diff` marks it. */
  readonly kind: 'C' | 'A' | 'D'
  readonly path: string
}

export class OverlayFiles implements FileSystem {
  readonly type = 'overlay'
  readonly isReadOnly = false
  readonly upper: MemoryFiles
  /** Top layer first. */
  readonly lowers: readonly MemoryFiles[]
  readonly #layers: readonly MemoryFiles[]

  constructor(upper: MemoryFiles, lowers: readonly MemoryFiles[]) {
    this.upper = upper
    this.lowers = lowers
    this.#layers = [upper, ...lowers]
  }

  lookup(path: string): MemoryNode | undefined {
    return seen(this.#layers, path)
  }

  list(path: string): readonly string[] {
    const names = new Map<string, boolean>()
    for (const layer of this.#layers) {
      const part = at(layer, path)
      for (const [name, node] of part.node?.entries ?? []) if (!names.has(name)) names.set(name, node.overlay !== 'whiteout')
      if (part.hidesBelow) break
    }
    const shown: string[] = []
    for (const [name, isShown] of names) if (isShown) shown.push(name)
    return shown
  }

  create(path: string, node: NewNode): Node {
    if (this.lookup(path)) throw new UnixError('EEXIST', path)
    this.#copyUpParents(path)
    const hidden = this.upper.lookup(path)
    if (hidden) this.upper.remove(path)
    return this.upper.create(path, hidden && node.kind === 'directory' ? { ...node, overlay: 'opaque' } : node)
  }

  /** The node comes from `writable`, so it stands in the upper layer already. */
  link(path: string, node: Node): void {
    this.#copyUpParents(path)
    if (this.upper.lookup(path)?.overlay === 'whiteout') this.upper.remove(path)
    this.upper.link(path, node)
  }

  remove(path: string): void {
    const node = this.lookup(path)
    if (!node) throw new UnixError('ENOENT', path)
    if (node.kind === 'directory' && this.list(path).length > 0) throw new UnixError('ENOTEMPTY', path)
    this.#copyUpParents(path)
    if (this.upper.lookup(path)) {
      for (const name of this.upper.lookup(path)?.entries ? this.upper.list(path) : []) this.upper.remove(`${path}/${name}`)
      this.upper.remove(path)
    }
    if (seen(this.lowers, path)) this.#whiteOut(path)
  }

  rename(from: string, to: string): void {
    const node = this.lookup(from)
    if (!node) throw new UnixError('ENOENT', from)
    const old = this.lookup(to)
    if (old === node) return
    if (old?.kind === 'directory' && this.list(to).length > 0) throw new UnixError('ENOTEMPTY', to)
    this.#copyUpTree(from)
    this.#copyUpParents(to)
    if (old) this.remove(to)
    const hidden = this.upper.lookup(to)
    if (hidden) this.upper.remove(to)
    this.upper.rename(from, to)
    const moved = this.upper.lookup(to)
    if (moved?.kind === 'directory' && (hidden || seen(this.lowers, to))) moved.overlay = 'opaque'
    if (seen(this.lowers, from)) this.#whiteOut(from)
  }

  writable(path: string): MemoryNode {
    this.#copyUpParents(path)
    return this.#copyUp(path)
  }

  write(path: string, from: number, bytes: Uint8Array): void {
    this.writable(path).write(from, bytes)
  }

  truncate(path: string, size: number): void {
    this.writable(path).truncate(size)
  }

  /**
   * What the writable layer changed, sorted by path. A directory that was only copied up to hold a changed file is not listed; one that
   * holds an addition or a deletion is, and so are those above it.
   */
  changes(): readonly Change[] {
    const found = new Map<string, Change>()
    const note = (kind: Change['kind'], path: string): void => {
      found.set(path, { kind, path })
      if (kind === 'C') return
      for (let up = parentOf(path); up !== '/'; up = parentOf(up)) if (!found.has(up)) found.set(up, { kind: 'C', path: up })
    }
    for (const [path, node] of this.upper.walk()) {
      if (path === '/') continue
      const below = seen(this.lowers, path)
      if (node.overlay === 'whiteout') note('D', path)
      else if (!below || this.#isUnderOpaque(path)) note('A', path)
      else if (node.kind !== 'directory' || below.kind !== 'directory' || node.mode !== below.mode || node.modifiedMs !== below.modifiedMs)
        note('C', path)
      if (node.overlay === 'opaque' && below)
        for (const name of this.#below(path)) if (!this.lookup(`${path}/${name}`)) note('D', `${path}/${name}`)
    }
    return Array.from(found.values()).sort((a, b) => (a.path < b.path ? -1 : 1))
  }

  #below(path: string): readonly string[] {
    const [top, ...rest] = this.lowers
    return top ? new OverlayFiles(top, rest).list(path) : []
  }

  #isUnderOpaque(path: string): boolean {
    for (let up = parentOf(path); up !== '/'; up = parentOf(up)) if (this.upper.lookup(up)?.overlay === 'opaque') return true
    return false
  }

  #whiteOut(path: string): void {
    this.upper.create(path, { kind: 'character', mode: 0, uid: 0, gid: 0, overlay: 'whiteout' })
  }

  #copyUpParents(path: string): void {
    const parent = parentOf(path)
    if (parent === path || parent === '/') return
    if (this.upper.lookup(parent)) return
    this.#copyUpParents(parent)
    this.#copyUp(parent)
  }

  #copyUp(path: string): MemoryNode {
    const own = this.upper.lookup(path)
    if (own && own.overlay !== 'whiteout') {
      this.upper.note(own)
      return own
    }
    const node = this.lookup(path)
    if (!node) throw new UnixError('ENOENT', path)
    const parent = this.upper.lookup(parentOf(path))
    const { modifiedMs: parentModifiedMs = 0 } = parent ?? {}
    const copy = this.upper.create(path, {
      kind: node.kind,
      mode: node.mode,
      uid: node.uid,
      gid: node.gid,
      target: node.target,
      content: node.kind === 'file' ? node.read() : undefined,
      open: node.open,
    })
    copy.modifiedMs = node.modifiedMs
    copy.accessedMs = node.accessedMs
    copy.changedMs = node.changedMs
    if (parent) parent.modifiedMs = parentModifiedMs
    return copy
  }

  #copyUpTree(path: string): void {
    this.#copyUpParents(path)
    this.#copyUp(path)
    if (this.lookup(path)?.kind === 'directory') for (const name of this.list(path)) this.#copyUpTree(`${path}/${name}`)
  }
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/'
}

/** What one layer says about a path: its node, and whether layers below are hidden there. */
function at(layer: MemoryFiles, path: string): { readonly node: MemoryNode | undefined; readonly hidesBelow: boolean } {
  let node = layer.root
  let hidesBelow = node.overlay === 'opaque'
  let start = 1
  while (start < path.length) {
    if (!node.entries) return { node: undefined, hidesBelow: true }
    const slash = path.indexOf('/', start)
    const end = slash < 0 ? path.length : slash
    const next = node.entries.get(path.slice(start, end))
    if (!next) return { node: undefined, hidesBelow }
    if (next.overlay === 'whiteout') return { node: undefined, hidesBelow: true }
    if (next.overlay === 'opaque') hidesBelow = true
    node = next
    start = end + 1
  }
  return { node, hidesBelow: hidesBelow || node.kind !== 'directory' }
}

/** The topmost node that layers show at a path. */
function seen(layers: readonly MemoryFiles[], path: string): MemoryNode | undefined {
  for (const layer of layers) {
    const { node, hidesBelow } = at(layer, path)
    if (node) return node
    if (hidesBelow) return undefined
  }
  return undefined
}
