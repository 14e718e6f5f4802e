/** A command that was started from outside: its process, what it says, and ways to end it. */
import { ByteStream } from '../base/http.ts'
import { WaitQueue } from '../base/wait-queue.ts'
import { always, Descriptor, type OpenFile } from '../unix/kernel/open-file.ts'
import type { Process } from '../unix/kernel/process.ts'
import type { Terminal } from '../unix/kernel/terminal.ts'

export interface Job {
  readonly process: Process
  /** With a terminal everything comes here, as the terminal shows it. */
  readonly stdout: ByteStream
  readonly stderr: ByteStream
  /** Ctrl-C. */
  interrupt(): void
  kill(): void
}

/** Standard input, output and error of a command without a terminal. */
export function pipes(input: Uint8Array | undefined, stdout: ByteStream, stderr: ByteStream): Map<number, Descriptor> {
  return new Map([
    [0, new Descriptor(source(input))],
    [1, new Descriptor(sink(stdout))],
    [2, new Descriptor(sink(stderr))],
  ])
}

/** Everything the terminal shows, as a stream. */
export function shownOn(terminal: Terminal): ByteStream {
  const stream = new ByteStream()
  const flow = () => stream.write(terminal.takeOutput())
  terminal.hasOutput.each(flow)
  flow()
  return stream
}

export function interruptGroup(process: Process): void {
  process.kernel.killGroup(process.group, 'INT')
}

function sink(stream: ByteStream): OpenFile {
  return {
    kind: 'pipe',
    name: 'pipe:[1]',
    readable: new WaitQueue(),
    writable: always,
    read: () => new Uint8Array(),
    write(bytes) {
      stream.write(bytes.slice())
      return bytes.length
    },
    close: () => stream.end(),
  }
}

function source(input: Uint8Array | undefined): OpenFile {
  let rest = input ?? new Uint8Array()
  return {
    // Without input it is /dev/null, with input a pipe that ends.
    kind: input ? 'pipe' : 'device',
    name: input ? 'pipe:[0]' : '/dev/null',
    readable: always,
    writable: always,
    read(max) {
      const taken = rest.subarray(0, max)
      rest = rest.subarray(taken.length)
      return taken
    },
    write: (bytes) => bytes.length,
    close() {},
  }
}
