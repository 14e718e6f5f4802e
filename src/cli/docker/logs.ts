/** `docker logs`: asks whether the container has a terminal, because without one its streams come in frames. */
import { type Blocking, writeTo } from '../../unix/kernel/process.ts'
import { createDemux } from './attach.ts'
import type { Command } from './command.ts'
import { DockerError } from './docker-error.ts'
import { nextOf } from '../../unix/network/fetch.ts'
import { query } from './engine.ts'
import { parseGoDuration } from '../go-values.ts'

export const logs: Command = function* ({ process, flags, args, engine }) {
  const name = encodeURIComponent(args[0])
  const { Config } = yield* engine.json<{ Config: { Tty: boolean } }>('GET', `/containers/${name}/json`)
  const moment = (option: string) => (flags.text(option) === '' ? undefined : seconds(flags.text(option), process.now(), option))
  const response = yield* engine.open(
    'GET',
    `/containers/${name}/logs${query({ follow: flags.is('follow'), stdout: true, stderr: true, since: moment('since'), until: moment('until'), tail: flags.text('tail'), timestamps: flags.is('timestamps'), details: flags.is('details') })}`,
  )
  const demux = Config.Tty ? undefined : createDemux()
  const show = function* (chunk: Uint8Array): Blocking<void> {
    if (!demux) return yield* writeTo(process, 1, chunk)
    for (const { stream, bytes } of demux(chunk)) yield* writeTo(process, stream, bytes)
  }
  const { body } = response
  if (typeof body === 'string' || body instanceof Uint8Array) {
    yield* show(typeof body === 'string' ? new TextEncoder().encode(body) : body)
    return 0
  }
  for (let chunk = yield* nextOf(body); chunk; chunk = yield* nextOf(body)) yield* show(chunk)
  return 0
}

/** `10m` ago, a Unix time, or a date; as seconds. */
export function seconds(text: string, now: number, option = ''): string {
  const ago = parseGoDuration(text)
  // A span of time counts in whole seconds: `--until 0s` leaves out what happens in the second that runs.
  if (ago !== undefined) return String(Math.floor((now - ago) / 1000))
  if (/^\d+(\.\d+)?$/.test(text)) return text
  const date = Date.parse(/[zZ]|[+-]\d\d:\d\d$/.test(text) ? text : `${text.includes('T') ? text : `${text}T00:00:00`}Z`)
  if (Number.isNaN(date))
    throw new DockerError(`${option === '' ? '' : `invalid value for "${option}": `}failed to parse value as time or duration: "${text}"`)
  return (date / 1000).toFixed(9)
}
