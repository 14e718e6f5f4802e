/**
 * Signals to a client that stands for a container in the foreground: they are handed on to it. With `--sig-proxy=false` they are not, and
 * the first INT or TERM does not end the client either: it waits for the container all the same.
 */
import type { ByteStream } from '../../base/http.ts'
import type { Blocking, Process } from '../../unix/kernel/process.ts'
import type { Flags } from '../flags.ts'
import { joined } from './attach.ts'

/** Fills with the names of signals that came and are to be handed on. */
export function caughtSignals(process: Process, flags: Flags): string[] {
  const caught: string[] = []
  if (flags.is('sig-proxy'))
    for (const signal of ['INT', 'TERM', 'HUP', 'QUIT', 'USR1', 'USR2'] as const)
      process.handlers.set(signal, () => void caught.push(signal))
  else for (const signal of ['INT', 'TERM'] as const) process.handlers.set(signal, 'ignore')
  return caught
}

/** Joins, and hands signals on to the container while it lasts. */
export function* joinedWithSignals(
  process: Process,
  connection: Parameters<typeof joined>[1],
  options: Parameters<typeof joined>[2],
  signals: string[],
  send: (signal: string) => Blocking<void>,
): Blocking<boolean> {
  const join = joined(process, connection, options)
  let result = join.next()
  while (!result.done) {
    for (const signal of signals.splice(0)) yield* send(signal)
    yield result.value
    result = join.next()
  }
  return result.value
}

export function* endOf(stream: ByteStream, signals: string[], send: (signal: string) => Blocking<void>): Blocking<string> {
  let text = ''
  for (;;) {
    for (const signal of signals.splice(0)) yield* send(signal)
    const chunk = stream.read()
    if (chunk) text += new TextDecoder().decode(chunk)
    else if (stream.isOver) return text
    else yield { on: [stream.readable] }
  }
}
