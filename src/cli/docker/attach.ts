/**
 * Joins this process's terminal or pipes to a container's: keystrokes one way, output the other. Without a terminal in the container
 * its two streams come in frames of eight bytes head (stream, length), with one they come as they are.
 */
import type { Upgraded } from '../../base/http.ts'
import { type Blocking, type Process, writeTo } from '../../unix/kernel/process.ts'
import type { Flags } from '../flags.ts'
import { DockerError } from './docker-error.ts'
import { readConfig } from './login.ts'
import type { Engine } from './engine.ts'

export interface AttachOptions {
  /** The container has a terminal: no frames. */
  readonly isRaw: boolean
  /** Hand on standard input. */
  readonly stdin: boolean
  /** Tells the engine about the terminal's size. */
  readonly resize?: (cols: number, rows: number) => Blocking<void>
  /** What is typed to leave the container alone: Ctrl-p Ctrl-q, or `--detach-keys`. */
  readonly detachKeys?: Uint8Array
  /** The size is told once more than needed, so that whoever draws there draws anew. */
  readonly redraws?: boolean
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
  const keys = terminal ? createDetachKeys(options.detachKeys) : undefined
  if (terminal && options.redraws && options.resize) yield* options.resize(terminal.cols + 1, terminal.rows + 1)
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
        const typed = keys ? keys(input) : { rest: input, isDetached: false }
        if (typed.rest.length > 0) connection.incoming.write(typed.rest)
        if (typed.isDetached) return true
        continue
      }
      yield { on: hasInput ? [connection.outgoing.readable, process.file(0).readable] : [connection.outgoing.readable] }
    }
  } finally {
    process.handlers.delete('WINCH')
    if (terminal && before) Object.assign(terminal, before)
  }
}

/** Holds back the beginning of the sequence until it is clear whether it goes on. */
function createDetachKeys(
  sequence: Uint8Array = Uint8Array.of(16, 17),
): (input: Uint8Array) => { readonly rest: Uint8Array; readonly isDetached: boolean } {
  let matched = 0
  return (input) => {
    const rest: number[] = []
    for (const key of input) {
      if (key === sequence[matched]) {
        if (++matched === sequence.length) return { rest: Uint8Array.from(rest), isDetached: true }
        continue
      }
      rest.push(...sequence.subarray(0, matched), key)
      matched = 0
    }
    return { rest: Uint8Array.from(rest), isDetached: false }
  }
}

/** `ctrl-a,b`; undefined where a key has no such name, which the daemon refuses. */
export function detachKeysOf(process: Process, flags: Flags): { readonly text: string; readonly keys: Uint8Array | undefined } {
  const text = flags.text('detach-keys') || String(readConfig(process).detachKeys ?? '')
  const codes = text.split(',').map((key) => {
    const control = /^ctrl-([a-z@[\\\]^_])$/i.exec(key)?.[1]
    if (control !== undefined) return control.toUpperCase().charCodeAt(0) & 31
    return key.length === 1 ? key.charCodeAt(0) : Number.NaN
  })
  return { text, keys: text === '' || codes.some(Number.isNaN) ? undefined : Uint8Array.from(codes) }
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
