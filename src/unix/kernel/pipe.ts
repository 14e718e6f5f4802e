/** A pipe: 64 KiB between one side and the other, as Linux has it. */
import { joined, noBytes } from '../../base/bytes.ts'
import { WaitQueue } from '../../base/wait-queue.ts'
import { UnixError } from '../errors.ts'
import { always, type OpenFile } from './open-file.ts'

const capacityBytes = 65_536

export function pipe(inode: number): { readonly reader: OpenFile; readonly writer: OpenFile } {
  const readable = new WaitQueue()
  const writable = new WaitQueue()
  const name = `pipe:[${inode}]`
  let chunks: Uint8Array[] = []
  let size = 0
  let hasReader = true
  let hasWriter = true

  const reader: OpenFile = {
    kind: 'pipe',
    name,
    readable,
    writable: always,
    read(max) {
      if (size === 0) return hasWriter ? undefined : noBytes
      const all = joined(chunks)
      const taken = all.length > max ? all.subarray(0, max) : all
      chunks = all.length > max ? [all.subarray(max)] : []
      size -= taken.length
      writable.wake()
      return taken
    },
    write() {
      throw new UnixError('EBADF')
    },
    close() {
      hasReader = false
      writable.wake()
    },
  }
  const writer: OpenFile = {
    kind: 'pipe',
    name,
    readable: always,
    writable,
    read() {
      throw new UnixError('EBADF')
    },
    write(bytes) {
      if (!hasReader) throw new UnixError('EPIPE')
      const room = capacityBytes - size
      if (room <= 0) return 0
      const taken = bytes.length > room ? bytes.subarray(0, room) : bytes
      chunks.push(taken)
      size += taken.length
      readable.wake()
      return taken.length
    },
    close() {
      hasWriter = false
      readable.wake()
    },
  }
  return { reader, writer }
}
