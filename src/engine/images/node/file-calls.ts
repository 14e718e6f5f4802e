/** `fs` of the guest: one call each, on the files as its process sees them. Paths are relative to its directory. */
import { UnixError } from '../../../unix/errors.ts'
import type { Process } from '../../../unix/kernel/process.ts'
import type { Node } from '../../../unix/files/node.ts'

export interface FileCall {
  readonly path: string
  readonly dest: string
  readonly target: string
  readonly data: string
  readonly append: boolean
  readonly mode?: number
  readonly recursive: boolean
  readonly force: boolean
  readonly follow: boolean
  readonly uid: number
  readonly gid: number
}

export function fileCall(process: Process, op: string, call: FileCall): unknown {
  const { files, credentials } = process
  const path = process.path(String(call.path))
  switch (op) {
    case 'fs-read':
      return binary(files.readFile(path, credentials))
    case 'fs-write':
      return files.writeFile(
        path,
        Uint8Array.from(call.data, (letter) => letter.charCodeAt(0)),
        { append: call.append, mode: call.mode ?? 0o666 & ~process.umask },
        credentials,
      )
    case 'fs-list':
      return files.list(path, credentials)
    case 'fs-stat':
      return described(call.follow ? files.stat(path, credentials) : files.lstat(path, credentials))
    case 'fs-mkdir':
      if (call.recursive && files.exists(path)) return
      return files.mkdir(path, { parents: call.recursive, mode: 0o777 & ~process.umask }, credentials)
    case 'fs-rmdir':
      return files.rmdir(path, credentials)
    case 'fs-rm':
      if (call.force && !files.exists(path)) return
      if (files.lstat(path, credentials).kind === 'directory' && !call.recursive) throw new UnixError('EISDIR', path)
      return files.removeAll(path, credentials)
    case 'fs-unlink':
      return files.unlink(path, credentials)
    case 'fs-rename':
      return files.rename(path, process.path(call.dest), credentials)
    case 'fs-symlink':
      return files.symlink(call.target, path, credentials)
    case 'fs-readlink':
      return files.readlink(path, credentials)
    case 'fs-realpath':
      return files.realpath(path, credentials)
    case 'fs-chmod':
      return files.chmod(path, call.mode ?? 0o644, credentials)
    case 'fs-chown':
      return files.chown(path, { uid: call.uid, gid: call.gid }, credentials)
    case 'fs-access':
      files.stat(path, credentials)
      return
    default:
      throw new Error(`bug: the guest asked for ${op}`)
  }
}

function described(node: Node): object {
  const types = {
    file: 0o100000,
    directory: 0o040000,
    symlink: 0o120000,
    fifo: 0o010000,
    character: 0o020000,
    block: 0o060000,
    socket: 0o140000,
  }
  return {
    kind: node.kind,
    ino: node.inode,
    mode: node.mode | types[node.kind],
    nlink: node.links,
    uid: node.uid,
    gid: node.gid,
    size: node.size,
    atimeMs: node.accessedMs,
    mtimeMs: node.modifiedMs,
    ctimeMs: node.changedMs,
  }
}

function binary(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192))
  return text
}
