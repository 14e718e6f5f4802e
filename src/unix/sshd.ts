/**
 * The ssh server of a machine, and the few frames client and server exchange. Nothing is encrypted: the sandbox's wire carries no secrets. What is
 * kept is what people see: who may log in, a terminal of the other machine, its exit code, and the end of everything when the line goes.
 */
import { bytesOf, joined, noBytes, textOf } from '../base/bytes.ts'
import type { ByteStream } from '../base/http.ts'
import type { Cancel } from '../base/clock.ts'
import { UnixError } from './errors.ts'
import { pipe } from './kernel/pipe.ts'
import { Descriptor } from './kernel/open-file.ts'
import type { Process } from './kernel/process.ts'
import { accountOf, type Machine } from './machine.ts'
import type { Connection } from './network/network.ts'

/** What the client asks for, first of all. */
export interface Hello {
  readonly user: string
  /** Undefined: a login shell. */
  readonly command: string | undefined
  readonly terminal: { readonly cols: number; readonly rows: number; readonly term: string } | undefined
  readonly from: string
}

/** Frames: a letter, four bytes of length, the content. `h` hello, `k` accepted, `n` refused; `i` input, `z` its end, `w` new size; `o` and `e` output, `x` exit code. */
export type FrameKind = 'h' | 'k' | 'n' | 'i' | 'z' | 'w' | 'o' | 'e' | 'x'

export function frame(kind: FrameKind, content: Uint8Array | string = noBytes): Uint8Array {
  const bytes = typeof content === 'string' ? bytesOf(content) : content
  const head = new Uint8Array(5)
  head[0] = kind.charCodeAt(0)
  new DataView(head.buffer).setUint32(1, bytes.length)
  return joined([head, bytes])
}

/** Takes whole frames off a stream as they arrive. */
export class Frames {
  #rest: Uint8Array = noBytes
  readonly stream: ByteStream

  constructor(stream: ByteStream) {
    this.stream = stream
  }

  /** Undefined: not yet, or no more. */
  next(): { readonly kind: FrameKind; readonly content: Uint8Array } | undefined {
    for (;;) {
      if (this.#rest.length >= 5) {
        const length = new DataView(this.#rest.buffer, this.#rest.byteOffset).getUint32(1)
        if (this.#rest.length >= 5 + length) {
          const kind = String.fromCharCode(this.#rest[0]) as FrameKind
          const content = this.#rest.subarray(5, 5 + length)
          this.#rest = this.#rest.subarray(5 + length)
          return { kind, content }
        }
      }
      const chunk = this.stream.read()
      if (!chunk) return undefined
      this.#rest = joined([this.#rest, chunk])
    }
  }
}

/** Answers logins on port 22 until it is cancelled; sessions that are open stay open, as they do when the listener is restarted. */
export function serveSsh(machine: Machine, port = 22): Cancel {
  return machine.net.listen(port, { accept: (connection) => session(machine, connection) }, { seenAs: 'sshd' })
}

function session(machine: Machine, { incoming, outgoing }: Connection): void {
  const frames = new Frames(incoming)
  let process: Process | undefined
  let give: (bytes: Uint8Array) => void = () => {}
  let endInput: () => void = () => {}
  let resize: (cols: number, rows: number) => void = () => {}

  const begin = ({ user, command, terminal: wanted }: Hello): void => {
    try {
      accountOf(machine.files, user)
    } catch (error) {
      if (!(error instanceof UnixError)) throw error
      outgoing.write(frame('n', 'Permission denied (publickey).'))
      return outgoing.end()
    }
    outgoing.write(frame('k'))
    const terminal = wanted ? machine.terminal(wanted) : undefined
    const { shell } = accountOf(machine.files, user)
    const argv = command === undefined ? [shell, '-l'] : [shell, '-c', command]
    const [input, output, errors] = [pipe(machine.kernel.nextInode()), pipe(machine.kernel.nextInode()), pipe(machine.kernel.nextInode())]
    try {
      process = machine.spawn(argv, {
        user,
        env: { SSH_CONNECTION: '192.168.49.1 50022 192.168.49.2 22', ...(wanted && { TERM: wanted.term, SSH_TTY: terminal?.name ?? '' }) },
        ...(terminal
          ? { terminal }
          : {
              descriptors: new Map([
                [0, new Descriptor(input.reader)],
                [1, new Descriptor(output.writer)],
                [2, new Descriptor(errors.writer)],
              ]),
            }),
        cgroup: { path: '/user.slice/user-0.slice/session-1.scope' },
      })
    } catch (error) {
      if (!(error instanceof UnixError)) throw error
      outgoing.write(frame('x', '127'))
      return outgoing.end()
    }
    const running = process
    const finish = (): void => {
      outgoing.write(frame('x', String(running.exitCode ?? 0)))
      outgoing.end()
    }
    if (terminal) {
      const show = (): void => {
        // A client that is slower than the program makes the program wait: its terminal fills.
        if (outgoing.size > 262_144) {
          outgoing.drained.once(show)
          return
        }
        const bytes = terminal.takeOutput()
        if (bytes.length > 0) outgoing.write(frame('o', bytes))
      }
      const watch = (): void => {
        terminal.hasOutput.once(() => {
          show()
          watch()
        })
      }
      watch()
      give = (bytes) => terminal.type(bytes)
      endInput = () => terminal.hangUp()
      resize = (cols, rows) => terminal.resize(cols, rows)
      machine.kernel.endOf(running).once(() => {
        show()
        finish()
      })
      return
    }
    const open = new Set<'o' | 'e'>(['o', 'e'])
    const pass = (kind: 'o' | 'e', reader: typeof output.reader): void => {
      for (let bytes = reader.read(65_536); bytes !== undefined && open.has(kind); bytes = reader.read(65_536)) {
        if (bytes.length === 0) open.delete(kind)
        else outgoing.write(frame(kind, bytes))
      }
    }
    let isFinished = false
    // The session lasts until nobody can write to it any more, jobs in the background included.
    const passAll = (): void => {
      pass('o', output.reader)
      pass('e', errors.reader)
      if (isFinished || open.size > 0 || !running.isEnded) return
      isFinished = true
      finish()
    }
    for (const { readable } of [output.reader, errors.reader]) readable.each(passAll)
    machine.kernel.endOf(running).once(passAll)
    let waiting: Uint8Array = noBytes
    let isOver = false
    const push = (): void => {
      try {
        while (waiting.length > 0) {
          const taken = input.writer.write(waiting)
          if (taken === 0) {
            input.writer.writable.once(push)
            return
          }
          waiting = waiting.subarray(taken)
        }
      } catch (error) {
        if (!(error instanceof UnixError)) throw error
        waiting = noBytes
      }
      if (isOver) input.writer.close()
    }
    give = (bytes) => {
      waiting = joined([waiting, bytes])
      push()
    }
    endInput = () => {
      isOver = true
      push()
    }
  }

  const look = (): void => {
    for (;;) {
      const next = frames.next()
      if (!next) break
      if (next.kind === 'h') begin(JSON.parse(textOf(next.content)) as Hello)
      else if (next.kind === 'i') give(next.content)
      else if (next.kind === 'z') endInput()
      else if (next.kind === 'w') {
        const [cols, rows] = textOf(next.content).split(' ').map(Number)
        resize(cols, rows)
      }
    }
    if (!incoming.isOver) incoming.readable.once(look)
    else if (process && !process.isEnded) {
      endInput()
      machine.kernel.killGroup(process.group, 'HUP')
    }
  }
  look()
}
