/**
 * What stands in a file system: inodes, and the face that every kind of file system shows (memory, overlay, proc). A file system
 * knows paths inside itself only; mounts, `..`, symbolic links and permissions are the business of `Files` (files.ts).
 */
import type { Files } from './files.ts'
import type { WaitQueue } from '../../base/wait-queue.ts'
import type { OpenFile } from '../kernel/open-file.ts'

export type NodeKind = 'file' | 'directory' | 'symlink' | 'fifo' | 'character' | 'block' | 'socket'

export interface Node {
  readonly inode: number
  readonly kind: NodeKind
  /** Permission bits with setuid, setgid and sticky: 0o755. */
  mode: number
  uid: number
  gid: number
  /** Session time, ms. */
  accessedMs: number
  modifiedMs: number
  changedMs: number
  links: number
  /** Bytes of a file, length of a link's target, 4096 for a directory. */
  readonly size: number
  /** Where a symbolic link points. */
  readonly target?: string
  /** Content of a file. Shared: not to be changed. Made on demand in /proc. */
  read?(): Uint8Array
  /** What `open` gives for devices, fifos, and files that are more than bytes; plain files are opened by `Files`. */
  open?(): OpenFile
  /** Replaces bytes from `at` on, and sets the length: how an open file writes, even after its last name is gone. */
  write?(at: number, bytes: Uint8Array): void
  truncate?(size: number): void
  /** Woken when the content changes. */
  readonly changed?: WaitQueue
  /** Where a link of /proc leads that is no path: the pipe behind `/proc/self/fd/1`. */
  follow?(): Node
  /** The mount namespace whose root a link of /proc leads to: `/proc/1/root`. */
  into?(): Files
  /** Marks of an overlay's layer: this name hides what is below; this directory does not show what is below. */
  overlay?: 'whiteout' | 'opaque'
  /** Major and minor number of a device. */
  readonly device?: readonly [number, number]
}

export interface FileSystem {
  /** As `mount` and `df -T` name it: `overlay`, `ext4`, `tmpfs`, `proc`. */
  readonly type: string
  readonly isReadOnly: boolean
  /** What it may hold, and holds, where that is counted. */
  readonly quotaBytes?: number
  readonly usedBytes?: number
  /** The node at a path of this file system (`/`, `/etc/hosts`), links not followed. */
  lookup(path: string): Node | undefined
  /** The node under a name of a directory of this file system, where that is quicker than walking the path again. */
  child?(folder: Node, name: string): Node | undefined
  /** Names in a directory, in the order of creation. */
  list(path: string): readonly string[]
  /** Adds a new node; answers it. The parent exists. Throws EROFS, ENOSPC, EPERM. */
  create(path: string, node: NewNode): Node
  /** A second name for the same node. */
  link(path: string, node: Node): void
  /** Takes a name away; directories must be empty. */
  remove(path: string): void
  rename(from: string, to: string): void
  /** The node ready to be changed: an overlay copies it up first. */
  writable(path: string): Node
  /** Replaces a file's bytes from `at` on; `truncate` to set its length. */
  write(path: string, at: number, bytes: Uint8Array): void
  truncate(path: string, size: number): void
}

export interface NewNode {
  readonly kind: NodeKind
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly target?: string
  readonly content?: Uint8Array
  readonly open?: () => OpenFile
  readonly overlay?: 'whiteout' | 'opaque'
  readonly device?: readonly [number, number]
}
