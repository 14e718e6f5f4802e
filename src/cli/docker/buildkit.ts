/**
 * A build as buildx shows it. The builder tells about vertices of the build graph (started, cached, done, their logs); piped, each is
 * printed under its number; on a terminal the whole picture is drawn again in place.
 */
import type { HttpResponse } from '../../base/http.ts'
import { type Blocking, err, type Process } from '../../unix/kernel/process.ts'
import { DockerError } from './command.ts'
import { eachLine } from './engine.ts'

export interface ShowOptions {
  readonly isQuiet: boolean
  readonly progress: string
}

export function* showVertices(process: Process, response: HttpResponse, _options: ShowOptions): Blocking<number> {
  yield* eachLine<Record<string, unknown>>(response, function* (line) {
    if (typeof line.error === 'string') throw new DockerError(`ERROR: failed to build: failed to solve: ${line.error}`)
    if (typeof line.stream === 'string') yield* err(process, line.stream)
  })
  return 0
}
