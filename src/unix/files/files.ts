/**
 * The tree of files as one mount namespace sees it: mounts, links, permissions, and the calls that programs make. Paths are
 * absolute (`Process.path` makes them so). Refusals are `UnixError`s that carry the path as it was given.
 */
import type { OpenFile } from '../kernel/open-file.ts'
import type { Credentials } from '../kernel/process.ts'
import type { FileSystem, Node } from './node.ts'

export interface Mount {
  /** Where it stands: `/`, `/proc`, `/data`. */
  readonly at: string
  readonly files: FileSystem
  /** Directory (or file) of `files` that is seen at `at`. */
  readonly root: string
  readonly isReadOnly: boolean
  /** First column of `mount`: `overlay`, `/dev/vda1`, `tmpfs`. */
  readonly source: string
  /** Beyond read-only or not: `size=1024k,mode=700`. */
  readonly options?: string
}

export interface OpenOptions {
  readonly read?: boolean
  readonly write?: boolean
  readonly append?: boolean
  readonly create?: boolean
  readonly exclusive?: boolean
  readonly truncate?: boolean
  readonly mode?: number
}

/** All calls take who asks, for ownership and permissions; root (uid 0) may everything. */
export interface Files {
  readonly mounts: readonly Mount[]
  mount(mount: Mount): void
  unmount(at: string): void
  stat(path: string, who?: Credentials): Node
  /** Links themselves, not where they point. */
  lstat(path: string, who?: Credentials): Node
  exists(path: string): boolean
  readFile(path: string, who?: Credentials): Uint8Array
  readText(path: string, who?: Credentials): string
  writeFile(path: string, content: Uint8Array | string, options?: { mode?: number; append?: boolean }, who?: Credentials): void
  /** Sorted names. */
  list(path: string, who?: Credentials): readonly string[]
  open(path: string, options: OpenOptions, who?: Credentials): OpenFile
  mkdir(path: string, options?: { mode?: number; parents?: boolean }, who?: Credentials): void
  rmdir(path: string, who?: Credentials): void
  unlink(path: string, who?: Credentials): void
  /** `rm -r`. */
  removeAll(path: string, who?: Credentials): void
  rename(from: string, to: string, who?: Credentials): void
  symlink(target: string, path: string, who?: Credentials): void
  link(existing: string, path: string, who?: Credentials): void
  readlink(path: string, who?: Credentials): string
  chmod(path: string, mode: number, who?: Credentials): void
  chown(path: string, owner: { uid?: number; gid?: number }, who?: Credentials): void
  utimes(path: string, accessedMs: number, modifiedMs: number, who?: Credentials): void
  /** The path with every link resolved. */
  realpath(path: string, who?: Credentials): string
  /** Whether a process may do it: 4 read, 2 write, 1 execute, added up; `test -w`, `access(2)`. */
  access(path: string, wish: number, who?: Credentials): boolean
}
