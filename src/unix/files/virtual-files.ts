/**
 * A file system whose content is made when it is looked at: /proc and /sys. A node exists as long as the lookup; what a program reads
 * is made once per opening.
 */
import { bytesOf, noBytes } from '../../base/bytes.ts'
import { UnixError } from '../errors.ts'
import type { Files } from './files.ts'
import type { FileSystem, NewNode, Node } from './node.ts'

export type Virtual =
  | {
      readonly names: () => readonly string[]
      readonly get: (name: string) => Virtual | undefined
      readonly mode?: number
      readonly uid?: number
      readonly gid?: number
    }
  | {
      readonly text: () => string | Uint8Array
      readonly write?: (text: string) => void
      readonly mode?: number
      readonly uid?: number
      readonly gid?: number
    }
  | { readonly target: () => string; readonly follow?: () => Node; readonly into?: () => Files }

/** A directory of fixed names. */
export function folder(entries: Readonly<Record<string, Virtual>>, mode = 0o555): Virtual {
  return { names: () => Object.keys(entries), get: (name) => (Object.hasOwn(entries, name) ? entries[name] : undefined), mode }
}

/** A read-only file. */
export function text(make: () => string): Virtual {
  return { text: make }
}

export class VirtualFiles implements FileSystem {
  readonly type: string
  readonly isReadOnly = false
  /** Made when somebody looks: a container has three of these, and most never do. */
  #root: Virtual | (() => Virtual)
  readonly #now: () => number

  constructor({ type, root, now }: { readonly type: string; readonly root: () => Virtual; readonly now: () => number }) {
    this.type = type
    this.#root = root
    this.#now = now
  }

  lookup(path: string): Node | undefined {
    const found = this.find(path)
    return found && this.#node(path, found)
  }

  list(path: string): readonly string[] {
    const found = this.find(path)
    if (!found) throw new UnixError('ENOENT', path)
    if (!('names' in found)) throw new UnixError('ENOTDIR', path)
    return found.names()
  }

  protected find(path: string): Virtual | undefined {
    if (typeof this.#root === 'function') this.#root = this.#root()
    let at: Virtual | undefined = this.#root
    for (const name of path.split('/')) {
      if (name === '') continue
      at = at && 'names' in at ? at.get(name) : undefined
    }
    return at
  }

  create(path: string, _node: NewNode): Node {
    throw new UnixError('EACCES', path)
  }

  link(path: string): void {
    throw new UnixError('EPERM', path)
  }

  remove(path: string): void {
    throw new UnixError('EPERM', path)
  }

  rename(from: string): void {
    throw new UnixError('EPERM', from)
  }

  writable(path: string): Node {
    const node = this.lookup(path)
    if (!node) throw new UnixError('ENOENT', path)
    return node
  }

  write(path: string, _at: number, bytes: Uint8Array): void {
    const found = this.find(path)
    if (!found || !('text' in found) || !found.write) throw new UnixError('EACCES', path)
    found.write(new TextDecoder().decode(bytes))
  }

  truncate(): void {}

  #node(path: string, found: Virtual): Node {
    const now = this.#now()
    const base = { inode: inodeOf(path), uid: 0, gid: 0, accessedMs: now, modifiedMs: now, changedMs: now, links: 1, size: 0 }
    if ('target' in found) return { ...base, kind: 'symlink', mode: 0o777, target: found.target(), follow: found.follow, into: found.into }
    const { uid = 0, gid = 0 } = found
    if ('names' in found) return { ...base, uid, gid, kind: 'directory', mode: found.mode ?? 0o555, links: 2 }
    const read = (): Uint8Array => {
      const content = found.text()
      return typeof content === 'string' ? (content === '' ? noBytes : bytesOf(content)) : content
    }
    return { ...base, uid, gid, kind: 'file', mode: found.mode ?? (found.write ? 0o644 : 0o444), read }
  }
}

function inodeOf(path: string): number {
  let hash = 2166136261
  for (let at = 0; at < path.length; at++) hash = Math.imul(hash ^ path.charCodeAt(at), 16777619)
  return (hash >>> 0) + 1
}
