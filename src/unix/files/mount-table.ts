/**
 * One mount namespace: which file system stands where, and the calls that programs make on paths. Here links are followed, `..` is
 * climbed, permissions are checked, and the bytes of open files are read and written.
 *
 * Inside a file system `..` never appears; a path is walked name by name, as a link may stand anywhere on the way.
 */
import { bytesOf, noBytes, textOf } from '../../base/bytes.ts'
import { type Errno, UnixError } from '../errors.ts'
import { always, type OpenFile } from '../kernel/open-file.ts'
import { hasCapability } from '../kernel/capabilities.ts'
import type { Credentials } from '../kernel/process.ts'
import { openFifo } from './fifo.ts'
import type { Files, Mount, OpenOptions } from './files.ts'
import type { NewNode, Node } from './node.ts'

/**
 * Where a path leads. `node` is undefined when only the last name is missing. Paths are put together when they are asked for: a walk comes by
 * many places and ends at one.
 */
class Place {
  readonly mount: Mount
  readonly node: Node | undefined
  /** The place it was entered from; undefined at the root. */
  readonly above: Place | undefined
  readonly name: string
  #inner: string | undefined
  #full: string | undefined

  constructor(mount: Mount, node: Node | undefined, above?: Place, name = '') {
    this.mount = mount
    this.node = node
    this.above = above
    this.name = name
  }

  /** Path inside the mount's file system. */
  get inner(): string {
    return (this.#inner ??= this.above?.mount === this.mount ? below(this.above.inner, this.name) : this.mount.root)
  }

  /** Path in this namespace, without links. */
  get full(): string {
    return (this.#full ??= this.above ? below(this.above.full, this.name) : '/')
  }
}

function below(folder: string, name: string): string {
  return folder === '/' ? `/${name}` : `${folder}/${name}`
}

const root: Credentials = { uid: 0, gid: 0, groups: [] }
const mayRead = 4
const mayWrite = 2
const mayEnter = 1

export class MountTable implements Files {
  readonly mounts: Mount[] = []
  readonly #points = new Map<string, Mount>()
  /** Last names of paths where something was ever mounted: a walk need not look at the others. */
  readonly #pointNames = new Set<string>()

  constructor(mounts: readonly Mount[] = []) {
    for (const mount of mounts) this.mount(mount)
  }

  mount(mount: Mount): void {
    this.mounts.push(mount)
    this.graft(mount)
  }

  /** Files that another file system answers for, though no mount stands there as far as anybody can see. */
  graft(mount: Mount): void {
    this.#points.set(mount.at, mount)
    this.#pointNames.add(mount.at.slice(mount.at.lastIndexOf('/') + 1))
  }

  /** Throws EINVAL where nothing is mounted. */
  unmount(at: string): void {
    const index = this.mounts.findLastIndex((mount) => mount.at === at)
    if (index < 0) throw new UnixError('EINVAL', at)
    this.mounts.splice(index, 1)
    const below = this.mounts.findLast((mount) => mount.at === at)
    if (below) this.#points.set(at, below)
    else this.#points.delete(at)
  }

  /** The mount a path stands on; `df <path>`. */
  mountOf(path: string, who: Credentials = root): Mount {
    return this.#find(path, who, true).mount
  }

  /** File system and path inside it; how bind mounts find their source. */
  locate(path: string, who: Credentials = root): { readonly mount: Mount; readonly inner: string; readonly full: string } {
    this.#existing(path, who, true)
    return this.#find(path, who, true)
  }

  stat(path: string, who: Credentials = root): Node {
    return this.#existing(path, who, true).node
  }

  lstat(path: string, who: Credentials = root): Node {
    return this.#existing(path, who, path.endsWith('/')).node
  }

  exists(path: string): boolean {
    const found = this.#seek(path, root, true)
    return typeof found !== 'string' && found.node !== undefined
  }

  readFile(path: string, who: Credentials = root): Uint8Array {
    const { node } = this.#existing(path, who, true)
    if (node.kind === 'directory') throw new UnixError('EISDIR', path)
    if (!allows(node, who, mayRead)) throw new UnixError('EACCES', path)
    return node.read?.() ?? noBytes
  }

  readText(path: string, who: Credentials = root): string {
    return textOf(this.readFile(path, who))
  }

  writeFile(
    path: string,
    content: Uint8Array | string,
    { mode, append = false }: { mode?: number; append?: boolean } = {},
    who: Credentials = root,
  ): void {
    const bytes = typeof content === 'string' ? bytesOf(content) : content
    const place = this.#seek(path, who, true)
    if (typeof place !== 'string' && !place.node && !path.endsWith('/')) {
      // What a new file holds is its own: the writer may use its buffer again.
      this.#add(path, { kind: 'file', mode: mode ?? 0o644, content: typeof content === 'string' ? bytes : bytes.slice() }, who)
      return
    }
    const file = this.open(path, { write: true, create: true, truncate: !append, append, mode }, who)
    try {
      for (let rest = bytes; rest.length > 0; ) {
        const taken = file.write(rest)
        if (taken === 0) throw new UnixError('EAGAIN', path)
        rest = rest.subarray(taken)
      }
    } catch (error) {
      throw error instanceof UnixError && error.path === undefined ? new UnixError(error.errno, path) : error
    } finally {
      file.close()
    }
  }

  list(path: string, who: Credentials = root): readonly string[] {
    const { mount, inner, full, node } = this.#existing(path, who, true)
    if (node.kind !== 'directory') throw new UnixError('ENOTDIR', path)
    if (!allows(node, who, mayRead)) throw new UnixError('EACCES', path)
    const names = new Set(mount.files.list(inner))
    // A mount point whose directory is missing below (a container's /proc in an image without one) is seen all the same.
    const prefix = full === '/' ? '/' : `${full}/`
    for (const { at } of this.mounts)
      if (at.startsWith(prefix) && at !== prefix && !at.includes('/', prefix.length)) names.add(at.slice(prefix.length))
    return Array.from(names).sort()
  }

  open(path: string, options: OpenOptions, who: Credentials = root): OpenFile {
    const place = this.#find(path, who, true)
    const { node } = place
    if (!node) {
      if (!options.create) throw new UnixError('ENOENT', path)
      if (path.endsWith('/')) throw new UnixError('EISDIR', path)
      this.#add(path, { kind: 'file', mode: options.mode ?? 0o644 }, who)
      return this.open(path, { ...options, create: false, exclusive: false, truncate: false }, { ...root, gid: who.gid })
    }
    if (options.exclusive) throw new UnixError('EEXIST', path)
    const isWriting = options.write === true || options.append === true
    if (node.kind === 'directory') {
      if (isWriting) throw new UnixError('EISDIR', path)
      return directory(place.full)
    }
    if (isWriting && !allows(node, who, mayWrite)) throw new UnixError('EACCES', path)
    if (!isWriting && !allows(node, who, mayRead)) throw new UnixError('EACCES', path)
    if (node.open) return named(node.open(), path)
    if (node.kind === 'fifo')
      return openFifo(node, place.full, { isReading: options.read !== false && !(isWriting && options.read !== true), isWriting })
    if (node.kind !== 'file') throw new UnixError('ENXIO', path)
    if (isWriting) this.#refuseReadOnly(place.mount, path)
    if (!isWriting) return regular(place, node, options)
    const own = place.mount.files.writable(place.inner)
    if (options.truncate) own.truncate ? own.truncate(0) : place.mount.files.truncate(place.inner, 0)
    return regular(place, own, options)
  }

  mkdir(path: string, { mode = 0o755, parents = false }: { mode?: number; parents?: boolean } = {}, who: Credentials = root): void {
    if (!parents) return void this.#add(path, { kind: 'directory', mode }, who)
    if (who.uid === 0 && this.#makeFolders(path, mode, who)) return
    const steps = path.split('/').filter(Boolean)
    const upTo = (count: number): string => `/${steps.slice(0, count).join('/')}`
    // From below: mostly everything is there already, or only the last names are missing.
    let there = steps.length
    for (; there > 0; there--) {
      const found = this.#seek(upTo(there), who, true)
      if (typeof found === 'string' || !found.node) continue
      if (found.node.kind !== 'directory') throw new UnixError(there === steps.length ? 'EEXIST' : 'ENOTDIR', path)
      break
    }
    while (there < steps.length) this.#add(upTo(++there), { kind: 'directory', mode }, who)
  }

  /** `mkfifo`, `mknod`, and sockets. */
  makeNode(path: string, node: Pick<NewNode, 'kind' | 'mode' | 'open'>, who: Credentials = root): Node {
    return this.#add(path, node, who)
  }

  rmdir(path: string, who: Credentials = root): void {
    const place = this.#existing(path, who, false)
    if (place.node.kind !== 'directory') throw new UnixError('ENOTDIR', path)
    this.#remove(path, place, who)
  }

  unlink(path: string, who: Credentials = root): void {
    const place = this.#existing(path, who, false)
    if (place.node.kind === 'directory') throw new UnixError('EISDIR', path)
    this.#remove(path, place, who)
  }

  removeAll(path: string, who: Credentials = root): void {
    const { node } = this.#existing(path, who, false)
    if (node.kind === 'directory') {
      for (const name of this.list(path, who)) this.removeAll(`${path.replace(/\/+$/, '')}/${name}`, who)
      this.rmdir(path, who)
    } else this.unlink(path, who)
  }

  rename(from: string, to: string, who: Credentials = root): void {
    const source = this.#existing(from, who, false)
    const target = this.#find(to, who, false)
    if (source.mount.files !== target.mount.files || this.#points.has(source.full) || this.#points.has(target.full)) {
      throw new UnixError(this.#points.has(source.full) || this.#points.has(target.full) ? 'EBUSY' : 'EXDEV', from)
    }
    this.#mayChangeNames(from, source, who)
    this.#mayChangeNames(to, target, who)
    if (source.node === target.node) return
    if (target.full.startsWith(`${source.full}/`)) throw new UnixError('EINVAL', from)
    if (target.node?.kind === 'directory' && source.node.kind !== 'directory') throw new UnixError('EISDIR', to)
    if (target.node && target.node.kind !== 'directory' && source.node.kind === 'directory') throw new UnixError('ENOTDIR', to)
    naming(to, () => source.mount.files.rename(source.inner, target.inner))
  }

  symlink(target: string, path: string, who: Credentials = root): void {
    this.#add(path, { kind: 'symlink', mode: 0o777, target }, who)
  }

  link(existing: string, path: string, who: Credentials = root): void {
    const source = this.#existing(existing, who, false)
    if (source.node.kind === 'directory') throw new UnixError('EPERM', existing)
    const place = this.#find(path, who, false)
    if (place.node) throw new UnixError('EEXIST', path)
    if (source.mount.files !== place.mount.files) throw new UnixError('EXDEV', path)
    this.#mayChangeNames(path, place, who)
    place.mount.files.link(place.inner, source.mount.files.writable(source.inner))
  }

  readlink(path: string, who: Credentials = root): string {
    const { node } = this.#existing(path, who, false)
    if (node.target === undefined) throw new UnixError('EINVAL', path)
    return node.target
  }

  chmod(path: string, mode: number, who: Credentials = root): void {
    const node = this.#owned(path, who)
    node.mode = mode & 0o7777
  }

  chown(path: string, { uid, gid }: { uid?: number; gid?: number }, who: Credentials = root): void {
    const place = this.#existing(path, who, true)
    const mayGive =
      hasCapability(who, 'CHOWN') ||
      (who.uid === place.node.uid &&
        (uid === undefined || uid === who.uid) &&
        (gid === undefined || gid === who.gid || who.groups.includes(gid)))
    if (!mayGive) throw new UnixError('EPERM', path)
    this.#refuseReadOnly(place.mount, path)
    const node = place.mount.files.writable(place.inner)
    node.changedMs = Math.max(node.changedMs, node.modifiedMs)
    if (uid !== undefined) node.uid = uid
    if (gid !== undefined) node.gid = gid
  }

  utimes(path: string, accessedMs: number, modifiedMs: number, who: Credentials = root): void {
    const place = this.#existing(path, who, true)
    if (who.uid !== place.node.uid && !allows(place.node, who, mayWrite)) throw new UnixError('EACCES', path)
    this.#refuseReadOnly(place.mount, path)
    const node = place.mount.files.writable(place.inner)
    node.accessedMs = accessedMs
    node.modifiedMs = modifiedMs
  }

  realpath(path: string, who: Credentials = root): string {
    return this.#existing(path, who, true).full
  }

  /** Whether a process may do it: 4 read, 2 write, 1 execute, added up; `test -w`, `access(2)`. */
  access(path: string, wish: number, who: Credentials = root): boolean {
    const { node, mount } = this.#existing(path, who, true)
    if ((wish & mayWrite) !== 0 && node.kind !== 'character' && (mount.isReadOnly || mount.files.isReadOnly)) return false
    return allows(node, who, wish)
  }

  #owned(path: string, who: Credentials): Node {
    const { node, mount, inner } = this.#existing(path, who, true)
    if (who.uid !== node.uid && !hasCapability(who, 'FOWNER')) throw new UnixError('EPERM', path)
    this.#refuseReadOnly(mount, path)
    const own = mount.files.writable(inner)
    own.changedMs = Math.max(own.changedMs, own.modifiedMs)
    return own
  }

  #add(path: string, node: Omit<NewNode, 'uid' | 'gid'>, who: Credentials): Node {
    const place = this.#find(path, who, node.kind === 'file')
    if (place.node) throw new UnixError('EEXIST', path)
    this.#mayChangeNames(path, place, who)
    const folder = place.mount.files.lookup(parentOf(place.inner))
    const isInherited = ((folder?.mode ?? 0) & 0o2000) !== 0
    return naming(path, () =>
      place.mount.files.create(place.inner, { ...node, uid: who.uid, gid: isInherited && folder ? folder.gid : who.gid }),
    )
  }

  /** All directories of a path in one walk, for root and where no link stands on the way; answers whether it got to the end. */
  #makeFolders(path: string, mode: number, who: Credentials): boolean {
    let place = this.#rootPlace()
    for (let at = 0; at < path.length; ) {
      const slash = path.indexOf('/', at)
      const end = slash < 0 ? path.length : slash
      const name = path.slice(at, end)
      at = end + 1
      if (name === '' || name === '.') continue
      if (name === '..' || place.node?.kind !== 'directory') return false
      const { node: folder } = place
      const next = this.#enter(place, name)
      if (next.node) {
        place = next
        continue
      }
      const { mount, inner, full } = next
      this.#refuseReadOnly(mount, full)
      const gid = (folder.mode & 0o2000) !== 0 ? folder.gid : who.gid
      place = new Place(
        mount,
        naming(full, () => mount.files.create(inner, { kind: 'directory', mode, uid: who.uid, gid })),
        place,
        name,
      )
    }
    return place.node?.kind === 'directory'
  }

  #remove(path: string, place: Place, who: Credentials): void {
    if (this.#points.has(place.full)) throw new UnixError('EBUSY', path)
    this.#mayChangeNames(path, place, who)
    naming(path, () => place.mount.files.remove(place.inner))
  }

  /** Names are the directory's content: adding and removing needs write and search permission there, and ownership in sticky ones. */
  #mayChangeNames(path: string, place: Place, who: Credentials): void {
    this.#refuseReadOnly(place.mount, path)
    if (hasCapability(who, 'DAC_OVERRIDE')) return
    const folder = place.mount.files.lookup(parentOf(place.inner))
    if (!folder || !allows(folder, who, mayWrite | mayEnter)) throw new UnixError('EACCES', path)
    if ((folder.mode & 0o1000) !== 0 && place.node && place.node.uid !== who.uid && folder.uid !== who.uid)
      throw new UnixError('EPERM', path)
  }

  #refuseReadOnly(mount: Mount, path: string): void {
    if (mount.isReadOnly || mount.files.isReadOnly) throw new UnixError('EROFS', path)
  }

  #existing(path: string, who: Credentials, isFollowing: boolean): Place & { readonly node: Node } {
    const place = this.#find(path, who, isFollowing)
    if (!place.node) throw new UnixError('ENOENT', path)
    return place as Place & { readonly node: Node }
  }

  #find(path: string, who: Credentials, isFollowing: boolean): Place {
    const found = this.#seek(path, who, isFollowing)
    if (typeof found === 'string') throw new UnixError(found, path)
    return found
  }

  /** Answers refusals instead of throwing them: many who ask only want to know. */
  #seek(path: string, who: Credentials, isFollowing: boolean): Place | Errno {
    if (path === '') return 'ENOENT'
    const needsDirectory = path.endsWith('/') && path !== '/'
    let place = this.#rootPlace()
    // Below /proc/PID/root stands what that process has mounted, until the walk climbs out or follows a link to an own path.
    let mounted: MountTable = this
    let since = ''
    let links = 0
    // What is still to walk: the path from `at` on; a link puts its target before the rest.
    let rest = path
    let at = 0
    while (at < rest.length) {
      const slash = rest.indexOf('/', at)
      const end = slash < 0 ? rest.length : slash
      const name = rest.slice(at, end)
      at = end + 1
      if (name === '' || name === '.') continue
      if (place.node?.kind !== 'directory') return place.node ? 'ENOTDIR' : 'ENOENT'
      if (!allows(place.node, who, mayEnter)) return 'EACCES'
      if (name === '..') {
        place = place.above ?? place
        if (mounted !== this && place.full.length < since.length) [mounted, since] = [this, '']
        continue
      }
      const isLast = isOnlySlashes(rest, at)
      const next = this.#enter(place, name, mounted, since)
      if (!next.node) {
        return isLast ? next : 'ENOENT'
      }
      if (next.node.kind === 'symlink' && (!isLast || isFollowing || needsDirectory)) {
        if (++links > 40) return 'ELOOP'
        const linked = next.node.follow?.()
        if (linked) {
          place = new Place(next.mount, linked, place, name)
          continue
        }
        const other = next.node.into?.()
        if (other instanceof MountTable && other !== this) {
          const { mount, node } = other.#rootPlace()
          place = new Place(mount, node, place, name)
          ;[mounted, since] = [other, place.full]
          continue
        }
        const target = next.node.target ?? ''
        rest = `${target}/${rest.slice(at)}`
        at = 0
        if (target.startsWith('/')) [place, mounted, since] = [this.#rootPlace(), this, '']
        continue
      }
      place = next
    }
    if (needsDirectory && place.node && place.node.kind !== 'directory') return 'ENOTDIR'
    return place
  }

  #rootPlace(): Place {
    const mount = this.#points.get('/')
    if (!mount) throw new UnixError('ENOENT', '/')
    return new Place(mount, mount.files.lookup(mount.root))
  }

  #enter(place: Place, name: string, mounted: MountTable = this, since = ''): Place {
    const mount = mounted.#pointNames.has(name) ? mounted.#points.get(below(place.full.slice(since.length) || '/', name)) : undefined
    if (mount) return new Place(mount, mount.files.lookup(mount.root), place, name)
    const { files } = place.mount
    const node = files.child && place.node ? files.child(place.node, name) : files.lookup(below(place.inner, name))
    return new Place(place.mount, node, place, name)
  }
}

/** Permission bits for the class the asker falls into; root may everything except execute what nobody may. */
export function allows(node: Node, who: Credentials, wish: number): boolean {
  if (who.uid === 0 && !who.lacks?.has('DAC_OVERRIDE')) return (wish & mayEnter) === 0 || node.kind !== 'file' || (node.mode & 0o111) !== 0
  const shift = who.uid === node.uid ? 6 : who.gid === node.gid || who.groups.includes(node.gid) ? 3 : 0
  return ((node.mode >> shift) & wish) === wish
}

function isOnlySlashes(text: string, from: number): boolean {
  for (let at = from; at < text.length; at++) if (text[at] !== '/') return false
  return true
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/'
}

/** Refusals of file systems carry the path inside them; programs print the one they were given. */
function naming<T>(path: string, act: () => T): T {
  try {
    return act()
  } catch (error) {
    throw error instanceof UnixError ? new UnixError(error.errno, path) : error
  }
}

function named(file: OpenFile, path: string): OpenFile {
  return file.name === '' ? { ...file, name: path } : file
}

function directory(path: string): OpenFile {
  return {
    kind: 'directory',
    name: path,
    readable: always,
    writable: always,
    read() {
      throw new UnixError('EISDIR', path)
    },
    write() {
      throw new UnixError('EBADF', path)
    },
    close() {},
  }
}

/** Bytes of a file from a position on. Appending always writes at the end, wherever it was read. */
function regular({ mount, inner, full }: Place, node: Node, { read, write, append }: OpenOptions): OpenFile {
  const isWriting = write === true || append === true
  const isReading = read === true || !isWriting
  let position = 0
  // Files of /proc are made when they are read: one opening sees one state.
  let content: Uint8Array | undefined
  return {
    kind: 'file',
    name: full,
    get readable() {
      return node.changed ?? always
    },
    writable: always,
    read(max) {
      if (!isReading) throw new UnixError('EBADF')
      const bytes = node.changed ? (node.read?.() ?? noBytes) : (content ??= node.read?.() ?? noBytes)
      const taken = bytes.subarray(position, position + max)
      position += taken.length
      return taken
    },
    write(bytes) {
      if (!isWriting) throw new UnixError('EBADF')
      if (append) position = node.size
      if (node.write) node.write(position, bytes)
      else mount.files.write(inner, position, bytes)
      position += bytes.length
      return bytes.length
    },
    seek(to) {
      position = to
    },
    close() {},
  }
}
