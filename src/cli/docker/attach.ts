/**
 * Joins this process's terminal or pipes to a container's: keystrokes one way, output the other. Without a terminal in the container
 * its two streams come in frames of eight bytes head (stream, length), with one they come as they are.
 */
import type { Upgraded } from '../../base/http.ts'
import { type Blocking, type Process, writeTo } from '../../unix/kernel/process.ts'
import { DockerError } from './command.ts'
import type { Engine } from './engine.ts'

export interface AttachOptions {
  /** The container has a terminal: no frames. */
  readonly isRaw: boolean
  /** Hand on standard input. */
  readonly stdin: boolean
  /** Tells the engine about the terminal's size. */
  readonly resize?: (cols: number, rows: number) => Blocking<void>
  /** Ctrl-p Ctrl-q leaves the container alone. */
  readonly canDetach?: boolean
}

/** Runs until the other side is done; answers whether the user detached. */
export function* joined(process: Process, connection: Upgraded, options: AttachOptions): Blocking<boolean> {
  const terminal = options.isRaw && options.stdin ? process.terminal : undefined
  const before = terminal && { mode: terminal.mode, echo: terminal.echo, signals: terminal.signals, onlcr: terminal.onlcr }
  if (terminal) {
    terminal.mode = 'raw'
    terminal.echo = false
    terminal.signals = false
    terminal.onlcr = false
  }
  let wasResized = terminal !== undefined
  process.handlers.set('WINCH', () => {
    wasResized = true
  })
  const demux = options.isRaw ? undefined : createDemux()
  let hasInput = options.stdin
  let previous = 0
  if (!hasInput) connection.incoming.end()
  try {
    for (;;) {
      if (wasResized && terminal && options.resize) {
        wasResized = false
        yield* options.resize(terminal.cols, terminal.rows)
      }
      const chunk = connection.outgoing.read()
      if (chunk) {
        if (!demux) yield* writeTo(process, 1, chunk)
        else for (const { stream, bytes } of demux(chunk)) yield* writeTo(process, stream, bytes)
        continue
      }
      if (connection.outgoing.isOver) return false
      const input = hasInput ? process.file(0).read(65_536) : undefined
      if (input?.length === 0) {
        hasInput = false
        connection.incoming.end()
        continue
      }
      if (input) {
        if (options.canDetach && terminal && ((previous === 16 && input[0] === 17) || (input.length >= 2 && input[0] === 16 && input[1] === 17))) return true
        previous = input[input.length - 1]
        connection.incoming.write(input)
        continue
      }
      yield { on: hasInput ? [connection.outgoing.readable, process.file(0).readable] : [connection.outgoing.readable] }
    }
  } finally {
    process.handlers.delete('WINCH')
    if (terminal && before) Object.assign(terminal, before)
  }
}

/** Cuts a multiplexed stream into its parts; a frame may come in pieces. */
export function createDemux(): (chunk: Uint8Array) => { readonly stream: 1 | 2; readonly bytes: Uint8Array }[] {
  let have = new Uint8Array(0)
  return (chunk) => {
    const all = new Uint8Array(have.length + chunk.length)
    all.set(have)
    all.set(chunk, have.length)
    const parts: { stream: 1 | 2; bytes: Uint8Array }[] = []
    let at = 0
    while (all.length - at >= 8) {
      const length = new DataView(all.buffer).getUint32(at + 4)
      if (all.length - at < 8 + length) break
      parts.push({ stream: all[at] === 2 ? 2 : 1, bytes: all.subarray(at + 8, at + 8 + length) })
      at += 8 + length
    }
    have = all.slice(at)
    return parts
  }
}

/** `-t` needs a terminal to hand on. */
export function needTerminal(process: Process): void {
  if (process.descriptors.get(0)?.file.kind !== 'terminal') throw new DockerError('the input device is not a TTY')
}

export function resizer(engine: Engine, path: string): (cols: number, rows: number) => Blocking<void> {
  return function* (cols, rows) {
    yield* engine.ask('POST', `${path}/resize?h=${rows}&w=${cols}`)
  }
}
