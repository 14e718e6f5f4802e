/** What a system call refuses with: errno by name, with the words `strerror` has for it. Programs print `name: path: words`. */
const words = {
  EPERM: 'Operation not permitted',
  ENOENT: 'No such file or directory',
  ESRCH: 'No such process',
  EINTR: 'Interrupted system call',
  EIO: 'Input/output error',
  ENOEXEC: 'Exec format error',
  ENXIO: 'No such device or address',
  EBADF: 'Bad file descriptor',
  ECHILD: 'No child processes',
  EACCES: 'Permission denied',
  EBUSY: 'Device or resource busy',
  EEXIST: 'File exists',
  EXDEV: 'Invalid cross-device link',
  ENOTDIR: 'Not a directory',
  EISDIR: 'Is a directory',
  EINVAL: 'Invalid argument',
  ENODEV: 'No such device',
  ENOTTY: 'Inappropriate ioctl for device',
  ETXTBSY: 'Text file busy',
  EFBIG: 'File too large',
  ENOSPC: 'No space left on device',
  ESPIPE: 'Illegal seek',
  EROFS: 'Read-only file system',
  EPIPE: 'Broken pipe',
  ENAMETOOLONG: 'File name too long',
  ENOTEMPTY: 'Directory not empty',
  ELOOP: 'Too many levels of symbolic links',
  EADDRINUSE: 'Address already in use',
  EADDRNOTAVAIL: 'Cannot assign requested address',
  ENETUNREACH: 'Network is unreachable',
  ECONNRESET: 'Connection reset by peer',
  ENOTCONN: 'Transport endpoint is not connected',
  ETIMEDOUT: 'Connection timed out',
  ECONNREFUSED: 'Connection refused',
  EHOSTUNREACH: 'No route to host',
  ENOTFOUND: 'Name or service not known',
  EAGAIN: 'Resource temporarily unavailable',
} as const

export type Errno = keyof typeof words

export class UnixError extends Error {
  readonly errno: Errno
  readonly path: string | undefined

  constructor(errno: Errno, path?: string) {
    super(path === undefined ? words[errno] : `${path}: ${words[errno]}`)
    this.errno = errno
    this.path = path
  }

  /** `strerror(errno)`: `No such file or directory`. */
  get words(): string {
    return words[this.errno]
  }
}
