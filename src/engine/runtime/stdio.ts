/**
 * The daemon's end of a process's descriptors 0, 1 and 2: whatever the process writes goes to everybody who listens (the log, attached
 * clients) at once, without a process in between. A writer is slowed to 64 KiB a turn, so that `yes` cannot flood anybody.
 */
import type { ByteStream } from '../../base/http.ts'
import type { Cancel, Clock } from '../../base/clock.ts'
import { noBytes } from '../../base/bytes.ts'
import { WaitQueue } from '../../base/wait-queue.ts'
import { UnixError } from '../../unix/errors.ts'
import type { Kernel } from '../../unix/kernel/kernel.ts'
import { always, Descriptor, type OpenFile } from '../../unix/kernel/open-file.ts'
import { pipe } from '../../unix/kernel/pipe.ts'
import type { Terminal } from '../../unix/kernel/terminal.ts'
import type { OutputStream } from './log-file.ts'
import { perform } from './task.ts'

export interface Listener {
  write(stream: OutputStream, bytes: Uint8Array): void
  /** A client that does not read: the process waits, as it does when nobody empties its pipe. */
  readonly full?: () => WaitQueue | undefined
}

const bytesPerTurn = 65_536
const turnMs = 2

export class Stdio {
  readonly descriptors: ReadonlyMap<number, Descriptor>
  readonly terminal: Terminal | undefined
  readonly #clock: Clock
  readonly #listeners = new Set<Listener>()
  #input: OpenFile | undefined
  #stopTerminal: Cancel | undefined

  constructor(kernel: Kernel, { terminal, hasInput }: { terminal?: Terminal; hasInput: boolean }) {
    this.#clock = kernel.clock
    this.terminal = terminal
    if (terminal) {
      const descriptor = new Descriptor(terminal.file)
      this.descriptors = new Map([0, 1, 2].map((number) => [number, descriptor]))
      this.#stopTerminal = terminal.hasOutput.each(() => this.#drainTerminal())
      return
    }
    let input: OpenFile = devNull
    if (hasInput) {
      const { reader, writer } = pipe(kernel.nextInode())
      this.#input = writer
      input = reader
    }
    const sink = (stream: OutputStream): Descriptor =>
      new Descriptor(new Sink(stream, { clock: kernel.clock, listeners: this.#listeners, inode: kernel.nextInode() }))
    this.descriptors = new Map([
      [0, new Descriptor(input)],
      [1, sink('stdout')],
      [2, sink('stderr')],
    ])
  }

  listen(listener: Listener): Cancel {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Feeds a client's bytes to the process until they end; then, if asked, the process reads the end of its input. */
  feed(incoming: ByteStream, { closeAtEnd }: { closeAtEnd: boolean }): Cancel {
    const stdio = this
    return perform(
      this.#clock,
      (function* () {
        for (;;) {
          let chunk = incoming.read()
          if (chunk === undefined) {
            if (incoming.isOver) break
            yield { on: [incoming.readable] }
            continue
          }
          if (stdio.terminal) {
            stdio.terminal.type(chunk)
            continue
          }
          while (stdio.#input && chunk.length > 0) {
            let taken: number
            try {
              taken = stdio.#input.write(chunk)
            } catch (error) {
              if (error instanceof UnixError) return
              throw error
            }
            if (taken === 0) yield { on: [stdio.#input.writable] }
            else chunk = chunk.subarray(taken)
          }
        }
        if (closeAtEnd) stdio.closeInput()
      })(),
    )
  }

  closeInput(): void {
    this.#input?.close()
    this.#input = undefined
  }

  /** The process has ended: passes on what a terminal still holds. */
  finish(): void {
    if (!this.terminal) return
    this.#drainTerminal()
    this.#stopTerminal?.()
    this.#stopTerminal = undefined
  }

  #drainTerminal(): void {
    const bytes = this.terminal?.takeOutput() ?? noBytes
    if (bytes.length > 0) for (const listener of this.#listeners) listener.write('stdout', bytes)
  }
}

/** What a process writes goes to whoever listens. Two for each process of a container: an object, not a handful of closures. */
class Sink implements OpenFile {
  readonly kind = 'pipe'
  readonly readable = always
  readonly writable = new WaitQueue()
  readonly #clock: Clock
  readonly #listeners: ReadonlySet<Listener>
  readonly #stream: OutputStream
  readonly #inode: number
  #room = bytesPerTurn
  #isRefillDue = false

  constructor(stream: OutputStream, { clock, listeners, inode }: { clock: Clock; listeners: ReadonlySet<Listener>; inode: number }) {
    this.#stream = stream
    this.#clock = clock
    this.#listeners = listeners
    this.#inode = inode
  }

  get name(): string {
    return `pipe:[${this.#inode}]`
  }

  read(): never {
    throw new UnixError('EBADF')
  }

  write(bytes: Uint8Array): number {
    for (const listener of this.#listeners) {
      const drained = listener.full?.()
      if (!drained) continue
      drained.once(() => this.writable.wake())
      return 0
    }
    if (!this.#isRefillDue) {
      this.#isRefillDue = true
      this.#clock.after(turnMs, () => this.#refill())
    }
    if (this.#room <= 0) return 0
    const taken = bytes.length > this.#room ? bytes.slice(0, this.#room) : bytes
    this.#room -= taken.length
    for (const listener of this.#listeners) listener.write(this.#stream, taken)
    return taken.length
  }

  #refill(): void {
    this.#isRefillDue = false
    const wasEmpty = this.#room <= 0
    this.#room = bytesPerTurn
    if (wasEmpty) this.writable.wake()
  }

  close(): void {}
}

export const devNull: OpenFile = {
  kind: 'device',
  name: '/dev/null',
  readable: always,
  writable: always,
  read: () => noBytes,
  write: (bytes) => bytes.length,
  close() {},
}
