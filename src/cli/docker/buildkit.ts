/**
 * A build as buildx shows it. The builder tells about vertices of the build graph (started, cached, done, their logs); piped, each is
 * printed under its number; on a terminal the whole picture is drawn again in place. All of it goes to standard error.
 */
import type { HttpResponse } from '../../base/http.ts'
import { type Blocking, err, out, type Process, writeTo } from '../../unix/kernel/process.ts'
import { type Built, type BuildMessage, type Display, ruleUrl, secondOf, type Vertex, warningLine } from './build-graph.ts'
import { createDrawing } from './buildkit-drawing.ts'
import { createPlain } from './buildkit-plain.ts'
import { DockerError } from './docker-error.ts'

export interface ShowOptions {
  readonly isQuiet: boolean
  readonly progress: string
  /** Only what the Dockerfile's checks find, as the answer on standard output. */
  readonly isCheck: boolean
  /** Told as `docker buildx bake` does for compose: on standard output, between two steps of bake's own. */
  readonly bake?: { readonly definitionBytes: number }
}

export function* showVertices(
  process: Process,
  response: HttpResponse,
  { isQuiet, progress, isCheck, bake }: ShowOptions,
): Blocking<Built> {
  const isTerminal = process.descriptors.get(2)?.file.kind === 'terminal'
  const stream = bake && !isTerminal ? 1 : 2
  const offset = bake ? 1 : 0
  const isDrawn = !isQuiet && (progress === 'tty' || (progress === 'auto' && isTerminal))
  const vertices = new Map<number, Vertex>()
  const display = isQuiet
    ? undefined
    : isDrawn
      ? createDrawing(vertices, process.terminal?.cols ?? 80, bake ? '' : 'docker:default')
      : createPlain({ title: bake ? '' : '#0 building with "default" instance using docker driver\n', firstVertex: 1 + offset })
  const warnings: NonNullable<BuildMessage['warning']>[] = []
  let built: BuildMessage['result']
  let failed: BuildMessage['failed']
  let isInterrupted = false
  process.handlers.set('INT', () => {
    isInterrupted = true
  })
  const own = function* (vertex: number, name: string, status?: string): Blocking<void> {
    const at = process.now()
    for (const message of [
      { at, vertex, name },
      { at, vertex, started: true as const },
      ...(status ? [{ at, vertex, status }] : []),
      { at, vertex, done: true as const },
    ]) {
      const text = display?.noted(message, noted(vertices, message))
      if (text) yield* writeTo(process, stream, text)
    }
  }
  if (bake) yield* own(1, '[internal] load local bake definitions', `reading from stdin ${bake.definitionBytes}B done`)
  const next = messages(
    process,
    response,
    () => display?.nextAt,
    () => isInterrupted,
  )
  for (;;) {
    const told = yield* next()
    if (told === undefined || told === 'interrupted') break
    if (told === 'tick') {
      if (display) yield* writeTo(process, stream, display.tick(process.now()))
      continue
    }
    const message = told.vertex === undefined ? told : { ...told, vertex: told.vertex + offset }
    const vertex = noted(vertices, message)
    if (message.warning) warnings.push(message.warning)
    if (message.warning && isCheck) continue
    if (message.result) built = message.result
    if (message.failed) failed = message.failed
    if (display) yield* writeTo(process, stream, display.noted(message, vertex))
  }
  process.handlers.delete('INT')
  if (isInterrupted) yield* canceled(process, vertices, display)
  if (bake && built) yield* own(vertices.size + 1, 'resolving provenance for metadata file')
  if (display) yield* writeTo(process, stream, display.ended(process.now()))
  if (failed && bake && failed.vertex !== undefined) failed = { ...failed, vertex: failed.vertex + offset }
  if (failed)
    throw new DockerError(`${failureText(failed, vertices)}${bake ? '' : 'ERROR: failed to build: '}failed to solve: ${failed.message}`)
  if (isCheck) yield* out(process, checkText(warnings))
  else if (warnings.length > 0 && !isQuiet) yield* err(process, warningText(warnings))
  return { id: '', names: [], ref: '', materials: [], files: undefined, ...built, warnings: warnings.length }
}

function checkText(warnings: readonly NonNullable<BuildMessage['warning']>[]): string {
  if (warnings.length === 0) return 'Check complete, no warnings found.\n'
  return `Check complete, ${warnings.length} warning${warnings.length === 1 ? ' has' : 's have'} been found!\n${warnings.map(({ rule, text, file, source, line, lastLine }) => `\nWARNING: ${rule} - ${ruleUrl(rule)}\n${text}\n${excerpt(file, source, line, lastLine)}`).join('')}`
}

/** A finished build told again. */
export function replayed(messages: readonly BuildMessage[]): string {
  const vertices = new Map<number, Vertex>()
  const display = createPlain({ title: '', firstVertex: 1 })
  let text = ''
  for (const message of messages) text += display.noted(message, noted(vertices, message))
  return text + display.ended(0)
}

function* canceled(process: Process, vertices: ReadonlyMap<number, Vertex>, display: Display | undefined): Blocking<never> {
  for (const vertex of vertices.values()) {
    if (vertex.startedAt === undefined || vertex.endedAt !== undefined) continue
    vertex.isCanceled = true
    vertex.endedAt = process.now()
    if (display) yield* err(process, display.noted({ at: process.now(), vertex: vertex.number, error: 'context canceled' }, vertex))
  }
  if (display) yield* err(process, display.tick(process.now()) + display.ended(process.now()))
  throw new DockerError('ERROR: failed to build: failed to solve: Canceled: context canceled', 130)
}

/** The stream's messages one by one, with ticks between them where the display wants to be drawn. */
function messages(
  process: Process,
  { body }: HttpResponse,
  nextAt: () => number | undefined,
  isInterrupted: () => boolean,
): () => Blocking<BuildMessage | 'tick' | 'interrupted' | undefined> {
  const decoder = new TextDecoder()
  let text = typeof body === 'string' ? body : body instanceof Uint8Array ? decoder.decode(body) : ''
  return function* () {
    for (;;) {
      if (isInterrupted()) {
        if (typeof body === 'object' && 'cancel' in body) body.cancel()
        return 'interrupted'
      }
      const end = text.indexOf('\n')
      if (end >= 0) {
        const line = text.slice(0, end)
        text = text.slice(end + 1)
        if (line.trim() !== '') return JSON.parse(line) as BuildMessage
        continue
      }
      if (typeof body === 'string' || body instanceof Uint8Array) return undefined
      const until = nextAt()
      if (until !== undefined && process.now() >= until) return 'tick'
      const chunk = body.read()
      if (chunk) text += decoder.decode(chunk, { stream: true })
      else if (body.isOver) return undefined
      else yield { on: [body.readable], until }
    }
  }
}

function noted(vertices: Map<number, Vertex>, message: BuildMessage): Vertex | undefined {
  if (message.vertex === undefined) return undefined
  let vertex = vertices.get(message.vertex)
  if (!vertex) {
    vertex = {
      number: message.vertex,
      name: message.name ?? '',
      startedAt: undefined,
      endedAt: undefined,
      isCached: false,
      isCanceled: false,
      error: undefined,
      statuses: new Map(),
      logs: [],
    }
    vertices.set(message.vertex, vertex)
  }
  if (message.started) vertex.startedAt = message.at
  if (message.cached) vertex.isCached = true
  if (message.error !== undefined) vertex.error = atVertex(message.error)
  if (message.cached || message.done || message.error !== undefined) vertex.endedAt = message.at
  if (message.status !== undefined) noteStatus(vertex, message)
  if (message.log !== undefined)
    for (const text of message.log.replace(/\n$/, '').split('\n')) vertex.logs.push({ at: message.at, text: text.replace(/\r$/, '') })
  return vertex
}

function noteStatus(vertex: Vertex, { at, status = '', current, total }: BuildMessage): void {
  const text = status.replace(/ done$/, '')
  const known = vertex.statuses.get(text) ?? { text, startedAt: at, isDone: false }
  vertex.statuses.set(text, { ...known, current, total, isDone: status.endsWith(' done') || (total !== undefined && current === total) })
}

/** The vertex speaks of what it could not do itself; only the end of the build says what that was for. */
function atVertex(message: string): string {
  return message.replace(/^failed to compute cache key: /, '')
}

/** The failing vertex with its last words, and the lines of the Dockerfile around it. */
function failureText(failed: NonNullable<BuildMessage['failed']>, vertices: ReadonlyMap<number, Vertex>): string {
  const vertex = failed.vertex === undefined ? undefined : vertices.get(failed.vertex)
  const words = vertex
    ? `------\n > ${vertex.name}:\n${vertex.logs.map(({ at, text }) => `${secondOf(vertex, at)} ${text}\n`).join('')}------\n`
    : ''
  return (
    words +
    (failed.file !== undefined && failed.text !== undefined && failed.line !== undefined
      ? excerpt(failed.file, failed.text, failed.line, failed.lastLine ?? failed.line)
      : '')
  )
}

function excerpt(file: string, text: string, first: number, last: number): string {
  const lines = text.split('\n')
  let start = first
  let end = last
  for (let padding = 0; padding < 4; padding++) {
    if (start > 1) {
      start--
      padding++
    }
    if (end < lines.length) {
      end++
      padding++
    }
  }
  const shown = lines
    .slice(start - 1, end)
    .map(
      (line, index) =>
        `${String(start + index).padStart(4)} | ${start + index >= first && start + index <= last ? '>>>' : '   '} ${line}\n`,
    )
  return `${file}:${first}\n--------------------\n${shown.join('')}--------------------\n`
}

function warningText(warnings: readonly NonNullable<BuildMessage['warning']>[]): string {
  const count = `${warnings.length} warning${warnings.length === 1 ? '' : 's'} found (use docker --debug to expand):`
  return `\n \x1b[33m${count}\n\x1b[0m${warnings.map((warning) => ` - ${warningLine(warning)}\n`).join('')}`
}
