/**
 * A file system in memory: a disk, a tmpfs, an image layer, the writable layer of a container. Content is handed out without a copy;
 * a buffer is copied only when bytes that somebody may hold would be overwritten, so layers and open files can share it.
 *
 * A session asks `track` once and then `takeChanges` for what to store: nodes by inode, directories with their names.
 */
import { noBytes } from '../../base/bytes.ts'
import { WaitQueue } from '../../base/wait-queue.ts'
import { UnixError } from '../errors.ts'
import type { OpenFile } from '../kernel/open-file.ts'
import type { FileSystem, NewNode, Node, NodeKind } from './node.ts'

export interface SavedNode {
  readonly inode: number
  readonly kind: NodeKind
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly accessedMs: number
  readonly modifiedMs: number
  readonly changedMs: number
  readonly target?: string
  readonly content?: Uint8Array
  readonly entries?: readonly (readonly [name: string, inode: number])[]
  readonly overlay?: 'whiteout' | 'opaque'
}

export interface MemoryFilesOptions {
  readonly now: () => number
  readonly type?: string
  readonly quotaBytes?: number
  readonly firstInode?: number
  /** Mode of the root directory. */
  readonly mode?: number
  /** Puts in what is there from the start, when somebody first looks. */
  readonly fill?: (files: MemoryFiles) => void
}

export class MemoryNode implements Node {
  readonly inode: number
  readonly kind: NodeKind
  mode: number
  uid: number
  gid: number
  accessedMs: number
  modifiedMs: number
  changedMs: number
  links = 0
  readonly target: string | undefined
  readonly open: (() => OpenFile) | undefined
  readonly device: readonly [number, number] | undefined
  overlay: 'whiteout' | 'opaque' | undefined
  readonly entries: Map<string, MemoryNode> | undefined
  readonly #files: MemoryFiles
  #buffer: Uint8Array
  #length: number
  /** Bytes before this may be held by a reader: writing there needs a copy. */
  #lent: number
  #changed: WaitQueue | undefined

  constructor(files: MemoryFiles, inode: number, node: NewNode, now: number) {
    this.#files = files
    this.inode = inode
    this.kind = node.kind
    this.mode = node.mode
    this.uid = node.uid
    this.gid = node.gid
    this.accessedMs = now
    this.modifiedMs = now
    this.changedMs = now
    this.target = node.target
    this.open = node.open
    this.device = node.device
    this.overlay = node.overlay
    this.entries = node.kind === 'directory' ? new Map() : undefined
    this.#buffer = node.content ?? noBytes
    this.#length = this.#buffer.length
    this.#lent = this.#length
  }

  get size(): number {
    if (this.kind === 'directory') return 4096
    return this.target === undefined ? this.#length : this.target.length
  }

  get changed(): WaitQueue {
    return (this.#changed ??= new WaitQueue())
  }

  read(): Uint8Array {
    this.#lent = Math.max(this.#lent, this.#length)
    return this.#buffer.subarray(0, this.#length)
  }

  write(at: number, bytes: Uint8Array): void {
    const end = Math.max(this.#length, at + bytes.length)
    this.#files.account(end - this.#length, this.links > 0)
    if (at < this.#lent || end > this.#buffer.length) {
      // Doubling makes a growing log cheap; a first write is kept exact, as most files never grow.
      const next = new Uint8Array(this.#length === 0 ? end : end > this.#buffer.length ? Math.max(end, this.#buffer.length * 2) : end)
      next.set(this.#buffer.subarray(0, this.#length))
      this.#buffer = next
      this.#lent = 0
    }
    if (at > this.#length) this.#buffer.fill(0, this.#length, at)
    this.#buffer.set(bytes, at)
    this.#length = end
    this.touch()
  }

  truncate(size: number): void {
    if (size > this.#length) this.write(this.#length, new Uint8Array(size - this.#length))
    else this.#files.account(size - this.#length, this.links > 0)
    this.#length = size
    if (size === 0) {
      this.#buffer = noBytes
      this.#lent = 0
    }
    this.touch()
  }

  /** Content or names changed. */
  touch(): void {
    this.modifiedMs = this.#files.now()
    this.changedMs = this.modifiedMs
    this.#files.note(this)
    this.#changed?.wake()
  }
}

export class MemoryFiles implements FileSystem {
  readonly type: string
  readonly quotaBytes: number | undefined
  isReadOnly = false
  readonly now: () => number
  readonly #firstInode: number
  readonly #mode: number
  readonly #madeMs: number
  #root: MemoryNode | undefined
  #fill: MemoryFilesOptions['fill']
  #usedBytes = 0
  /** Woken when there is something for `takeChanges`. */
  readonly changed = new WaitQueue()
  #nextInode: number
  #dirty: Set<MemoryNode> | undefined
  #gone: number[] = []

  constructor({ now, type = 'tmpfs', quotaBytes, firstInode = 2, mode = 0o755, fill }: MemoryFilesOptions) {
    this.now = now
    this.type = type
    this.quotaBytes = quotaBytes
    this.#firstInode = firstInode
    this.#nextInode = firstInode + 1
    this.#mode = mode
    this.#madeMs = now()
    this.#fill = fill
  }

  /** The root directory with what is in it. */
  get root(): MemoryNode {
    if (this.#fill) this.#filled(this.#fill)
    return this.top
  }

  /** The root directory, its content perhaps not there yet: most file systems of containers are never looked into. */
  protected get top(): MemoryNode {
    if (!this.#root) {
      this.#root = new MemoryNode(this, this.#firstInode, { kind: 'directory', mode: this.#mode, uid: 0, gid: 0 }, this.#madeMs)
      this.#root.links = 2
    }
    return this.#root
  }

  /** What is put in late is as old as the file system. */
  #filled(fill: (files: MemoryFiles) => void): void {
    this.#fill = undefined
    const times = { accessedMs: this.#madeMs, modifiedMs: this.#madeMs, changedMs: this.#madeMs }
    fill(this)
    for (const [, node] of this.walk()) Object.assign(node, times)
  }

  /** Bytes of all files. */
  get usedBytes(): number {
    if (this.#fill) this.#filled(this.#fill)
    return this.#usedBytes
  }

  lookup(path: string): MemoryNode | undefined {
    let node: MemoryNode | undefined = path === '/' ? this.top : this.root
    let at = 1
    while (node && at < path.length) {
      const slash = path.indexOf('/', at)
      const end = slash < 0 ? path.length : slash
      node = node.entries?.get(path.slice(at, end))
      at = end + 1
    }
    return node
  }

  child(folder: Node, name: string): MemoryNode | undefined {
    if (this.#fill) this.#filled(this.#fill)
    return (folder as MemoryNode).entries?.get(name)
  }

  list(path: string): readonly string[] {
    return Array.from(this.#directory(path).entries?.keys() ?? [])
  }

  create(path: string, options: NewNode): MemoryNode {
    const node = new MemoryNode(this, this.#nextInode++, options, this.now())
    this.account(node.size > 0 && node.kind === 'file' ? node.size : 0, true)
    this.#add(path, node)
    if (node.kind === 'directory') node.links = 2
    return node
  }

  link(path: string, node: Node): void {
    if (!(node instanceof MemoryNode)) throw new UnixError('EXDEV', path)
    this.#add(path, node)
    node.changedMs = this.now()
  }

  remove(path: string): void {
    const { parent, name } = this.#place(path)
    const node = parent.entries?.get(name)
    if (!node) throw new UnixError('ENOENT', path)
    if (node.entries && node.entries.size > 0) throw new UnixError('ENOTEMPTY', path)
    this.#take(parent, name, node)
  }

  /** Takes a name away with everything below it; nothing happens when it is missing. */
  removeTree(path: string): void {
    const slash = path.lastIndexOf('/')
    const parent = this.lookup(path.slice(0, slash) || '/')
    const name = path.slice(slash + 1)
    const node = parent?.entries?.get(name)
    if (!parent || !node) return
    this.#empty(node)
    this.#take(parent, name, node)
  }

  rename(from: string, to: string): void {
    const source = this.#place(from)
    const node = source.parent.entries?.get(source.name)
    if (!node) throw new UnixError('ENOENT', from)
    const target = this.#place(to)
    const old = target.parent.entries?.get(target.name)
    if (old === node) return
    if (old?.entries && old.entries.size > 0) throw new UnixError('ENOTEMPTY', to)
    if (old) this.#take(target.parent, target.name, old)
    source.parent.entries?.delete(source.name)
    target.parent.entries?.set(target.name, node)
    if (node.kind === 'directory') {
      source.parent.links--
      target.parent.links++
    }
    source.parent.touch()
    target.parent.touch()
  }

  writable(path: string): MemoryNode {
    const node = this.lookup(path)
    if (!node) throw new UnixError('ENOENT', path)
    this.note(node)
    return node
  }

  write(path: string, at: number, bytes: Uint8Array): void {
    this.writable(path).write(at, bytes)
  }

  truncate(path: string, size: number): void {
    this.writable(path).truncate(size)
  }

  /** Every path with its node, parents first. */
  *walk(
    path = '/',
    node: MemoryNode | undefined = path === '/' ? this.root : this.lookup(path),
  ): Generator<readonly [path: string, node: MemoryNode]> {
    if (!node) return
    yield [path, node]
    for (const [name, child] of node.entries ?? []) yield* this.walk(path === '/' ? `/${name}` : `${path}/${name}`, child)
  }

  /** Counts bytes against the quota; files without a name are no longer counted. */
  account(bytes: number, isCounted: boolean): void {
    if (!isCounted) return
    if (bytes > 0 && this.quotaBytes !== undefined && this.#usedBytes + bytes > this.quotaBytes) throw new UnixError('ENOSPC')
    this.#usedBytes += bytes
  }

  /** From now on `takeChanges` tells what to store. */
  track(): void {
    this.#dirty ??= new Set()
  }

  note(node: MemoryNode): void {
    if (!this.#dirty) return
    this.#dirty.add(node)
    this.changed.wake()
  }

  /** What changed since the last call; names of a directory are stored with it. */
  takeChanges(): { readonly nodes: readonly SavedNode[]; readonly gone: readonly number[] } {
    const nodes = Array.from(this.#dirty ?? [])
      .filter((node) => node.links > 0)
      .map(saved)
    const gone = this.#gone
    this.#dirty?.clear()
    this.#gone = []
    return { nodes, gone }
  }

  save(): readonly SavedNode[] {
    const seen = new Set<MemoryNode>()
    for (const [, node] of this.walk()) seen.add(node)
    return Array.from(seen, saved)
  }

  /** The file system that was saved; inodes keep their numbers. */
  static restore(nodes: readonly SavedNode[], options: MemoryFilesOptions): MemoryFiles {
    const files = new MemoryFiles(options)
    const rootInode = options.firstInode ?? 2
    const byInode = new Map<number, MemoryNode>()
    for (const from of nodes) {
      const node = from.inode === rootInode ? files.root : new MemoryNode(files, from.inode, from, 0)
      Object.assign(node, { mode: from.mode, uid: from.uid, gid: from.gid, overlay: from.overlay, ...times(from) })
      byInode.set(from.inode, node)
      files.#nextInode = Math.max(files.#nextInode, from.inode + 1)
      if (node.kind === 'file') files.#usedBytes += node.size
    }
    for (const { inode, entries } of nodes) {
      const folder = byInode.get(inode)
      for (const [name, child] of entries ?? []) {
        const node = byInode.get(child)
        if (!folder?.entries || !node) continue
        folder.entries.set(name, node)
        if (node.kind === 'directory') {
          node.links = 2 + node.links
          folder.links++
        } else node.links++
      }
    }
    return files
  }

  #directory(path: string): MemoryNode {
    const node = path === '/' ? this.root : this.lookup(path)
    if (!node) throw new UnixError('ENOENT', path)
    if (!node.entries) throw new UnixError('ENOTDIR', path)
    return node
  }

  #place(path: string): { parent: MemoryNode; name: string } {
    const slash = path.lastIndexOf('/')
    return { parent: this.#directory(path.slice(0, slash) || '/'), name: path.slice(slash + 1) }
  }

  #add(path: string, node: MemoryNode): void {
    const { parent, name } = this.#place(path)
    if (parent.entries?.has(name)) throw new UnixError('EEXIST', path)
    parent.entries?.set(ownText(name), node)
    node.links++
    if (node.kind === 'directory') parent.links++
    parent.touch()
    this.note(node)
  }

  #empty(folder: MemoryNode): void {
    for (const [name, node] of folder.entries ?? []) {
      this.#empty(node)
      this.#take(folder, name, node)
    }
  }

  #take(parent: MemoryNode, name: string, node: MemoryNode): void {
    parent.entries?.delete(name)
    node.links--
    if (node.kind === 'directory') {
      parent.links--
      node.links = 0
    }
    if (node.links === 0) {
      if (node.kind === 'file') this.#usedBytes -= node.size
      if (this.#dirty) this.#gone.push(node.inode)
    } else this.note(node)
    node.changedMs = this.now()
    parent.touch()
  }
}

/** A name cut out of a long path would keep the whole path alive. */
function ownText(name: string): string {
  return name.length < 13 ? name : [name.slice(0, 1), name.slice(1)].join('')
}

function times({ accessedMs, modifiedMs, changedMs }: SavedNode): Pick<SavedNode, 'accessedMs' | 'modifiedMs' | 'changedMs'> {
  return { accessedMs, modifiedMs, changedMs }
}

function saved(node: MemoryNode): SavedNode {
  const { inode, kind, mode, uid, gid, accessedMs, modifiedMs, changedMs, target, overlay } = node
  return {
    inode,
    kind,
    mode,
    uid,
    gid,
    accessedMs,
    modifiedMs,
    changedMs,
    ...(target !== undefined && { target }),
    ...(overlay && { overlay }),
    ...(kind === 'file' && { content: node.read() }),
    ...(node.entries && { entries: Array.from(node.entries, ([name, child]) => [name, child.inode] as const) }),
  }
}
