/**
 * A failed call in libuv's words: the name of the system call, its code, and a text in small letters.
 */
import { UnixError } from '../../../unix/errors.ts'

export function connectError(error: UnixError, host: string, port: number): object {
  if (error.errno === 'ENOTFOUND' || error.errno === 'EAGAIN')
    return { code: error.errno === 'EAGAIN' ? 'EAI_AGAIN' : 'ENOTFOUND', syscall: 'getaddrinfo', hostname: host }
  return { code: error.errno, syscall: 'connect', address: host === 'localhost' ? '127.0.0.1' : host, port, words: wordsOf(error) }
}

export function wordsOf(error: UnixError): string {
  switch (error.errno) {
    case 'EADDRINUSE':
      return 'address already in use'
    case 'ENOTDIR':
      return 'not a directory'
    case 'EISDIR':
      return 'illegal operation on a directory'
    case 'EEXIST':
      return 'file already exists'
    case 'EACCES':
      return 'permission denied'
    case 'EPERM':
      return 'operation not permitted'
    case 'ENOTEMPTY':
      return 'directory not empty'
    case 'EROFS':
      return 'read-only file system'
    case 'ENOSPC':
      return 'no space left on device'
    case 'EADDRNOTAVAIL':
      return 'address not available'
    default:
      return error.words.toLowerCase()
  }
}

export function syscallOf(op: string, errno: string): string {
  const name = op.slice(3)
  if (name === 'read') return errno === 'EISDIR' ? 'read' : 'open'
  if (name === 'write') return 'open'
  return { list: 'scandir', rm: 'rm', realpath: 'lstat', stat: 'stat' }[name] ?? name
}
