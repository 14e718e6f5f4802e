/**
 * What a file descriptor stands for: a pipe end, a terminal, an open file, a socket. Reading and writing never block; they say
 * "nothing now" and the caller waits on the queue. Descriptors that were inherited or duplicated share one `OpenFile`; it is closed
 * when the last one is.
 */
import { WaitQueue } from '../../base/wait-queue.ts'

export interface OpenFile {
  readonly kind: 'file' | 'directory' | 'pipe' | 'terminal' | 'device' | 'socket'
  /** What `ls -l /proc/<pid>/fd` shows: `/tmp/x`, `pipe:[4711]`, `/dev/pts/0`. */
  readonly name: string
  /** At most `max` bytes; an empty array is the end of the file; undefined: nothing now, wait for `readable`. */
  read(max: number): Uint8Array | undefined
  /** How many bytes were taken; 0 when it is full: wait for `writable`. Throws EPIPE when nobody can ever read. */
  write(bytes: Uint8Array): number
  readonly readable: WaitQueue
  readonly writable: WaitQueue
  /** Called once, when the last descriptor is gone. */
  close(): void
  /** Position of files that have one. */
  seek?(position: number): void
}

/** A descriptor table entry; counts how many descriptors share the open file. */
export class Descriptor {
  #count = 0
  readonly file: OpenFile

  constructor(file: OpenFile) {
    this.file = file
  }

  retain(): this {
    this.#count++
    return this
  }

  release(): void {
    if (--this.#count === 0) this.file.close()
  }
}

/** A queue nobody ever waits on for long: what is always ready. */
export const always = new WaitQueue()
