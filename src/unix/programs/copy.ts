/** Copying one file or a whole tree with what belongs to it; shared by cp, mv (across file systems) and install. */
import { UnixError } from '../errors.ts'
import type { Node } from '../files/node.ts'
import { type Blocking, type Process, readFrom, writeTo } from '../kernel/process.ts'
import { openOutput } from './text.ts'

/** Content of one regular file (or device, or fifo) into a new or existing file. */
export function* copyContent(process: Process, from: string, to: string, mode: number): Blocking<void> {
  const input = process.install(process.files.open(process.path(from), { read: true }, process.credentials), undefined, 3)
  let output: number | undefined
  try {
    output = openOutput(process, to, { mode })
    for (;;) {
      const bytes = yield* readFrom(process, input)
      if (bytes.length === 0) return
      yield* writeTo(process, output, bytes)
      if (bytes.length >= 65_536) yield
    }
  } finally {
    if (!process.isEnded) {
      process.close(input)
      if (output !== undefined) process.close(output)
    }
  }
}

export interface Kept {
  readonly mode: boolean
  readonly owner: boolean
  readonly times: boolean
}

export function keep(process: Process, path: string, node: Node, kept: Kept): void {
  const full = process.path(path)
  if (kept.owner) {
    try {
      process.files.chown(full, { uid: node.uid, gid: node.gid }, process.credentials)
    } catch (error) {
      // Only root may give files away; `cp -p` by others goes on without.
      if (!(error instanceof UnixError && error.errno === 'EPERM')) throw error
    }
  }
  if (node.kind === 'symlink') return
  if (kept.mode) process.files.chmod(full, node.mode, process.credentials)
  if (kept.times) process.files.utimes(full, node.accessedMs, node.modifiedMs, process.credentials)
}

export function joinedPath(folder: string, name: string): string {
  return folder.endsWith('/') ? folder + name : `${folder}/${name}`
}

export function lstatOf(process: Process, path: string): Node | undefined {
  try {
    return process.files.lstat(process.path(path), process.credentials)
  } catch (error) {
    if (error instanceof UnixError) return undefined
    throw error
  }
}

export function statOf(process: Process, path: string): Node | undefined {
  try {
    return process.files.stat(process.path(path), process.credentials)
  } catch (error) {
    if (error instanceof UnixError) return undefined
    throw error
  }
}
