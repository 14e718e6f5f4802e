/**
 * Named pipes: whoever opens the same node meets in the same pipe. The pipe lives as long as somebody has it open. Opening does not
 * wait for the other side as Linux does: a reader finds nothing until a writer came, and sees the end after the last one left.
 */
import { noBytes } from '../../base/bytes.ts'
import { UnixError } from '../errors.ts'
import type { OpenFile } from '../kernel/open-file.ts'
import { pipe } from '../kernel/pipe.ts'
import type { Node } from './node.ts'

interface Fifo {
  readonly reader: OpenFile
  readonly writer: OpenFile
  readers: number
  writers: number
  hadWriter: boolean
  hadReader: boolean
}

const fifos = new WeakMap<Node, Fifo>()

export function openFifo(node: Node, name: string, { isReading, isWriting }: { isReading: boolean; isWriting: boolean }): OpenFile {
  const fifo = fifos.get(node) ?? { ...pipe(node.inode), readers: 0, writers: 0, hadWriter: false, hadReader: false }
  fifos.set(node, fifo)
  if (isReading) {
    fifo.readers++
    fifo.hadReader = true
    fifo.writer.writable.wake()
  }
  if (isWriting) {
    fifo.writers++
    fifo.hadWriter = true
    fifo.reader.readable.wake()
  }
  return {
    kind: 'pipe',
    name,
    readable: fifo.reader.readable,
    writable: fifo.writer.writable,
    read(max) {
      if (!isReading) throw new UnixError('EBADF')
      const bytes = fifo.reader.read(max)
      return bytes === undefined && fifo.writers === 0 && fifo.hadWriter ? noBytes : bytes
    },
    write(bytes) {
      if (!isWriting) throw new UnixError('EBADF')
      // Until the first reader came, writing waits as opening would.
      if (fifo.readers > 0) return fifo.writer.write(bytes)
      if (fifo.hadReader) throw new UnixError('EPIPE')
      return 0
    },
    close() {
      if (isReading) fifo.readers--
      if (isWriting) fifo.writers--
      fifo.reader.readable.wake()
      fifo.writer.writable.wake()
      if (fifo.readers === 0 && fifo.writers === 0) fifos.delete(node)
    },
  }
}
