/**
 * `docker build`: one reader of Dockerfiles with two faces.
 *
 * `POST /build` (version 1) is the legacy builder (build-legacy.ts). `POST /build?version=2` is our own door for BuildKit's face
 * (build-kit.ts), as its gRPC session is not simulated. Same query and body, and what else the client's session offers as JSON in the
 * header `x-build-session`; the answer is JSON lines, each with `at` (session ms):
 *   {vertex, name}                       a vertex appears: `[internal] load metadata for …`, `[2/3] RUN echo hi`
 *   {vertex, started} {vertex, cached} {vertex, done} {vertex, error: words}
 *   {vertex, status, current?, total?}   a line under it: `transferring context: 43B`, a layer being fetched
 *   {vertex, log, stream}                what a RUN wrote, stream 1 or 2
 *   {warning: {rule, text, line, …}}     lint
 *   {result: {id, names, ref, files?}}   the image, or a tar of the files as base64
 *   {failed: {message, vertex?, file?, line?, lastLine?}}   after `failed to solve: `
 */
import { ByteStream, header, type HttpRequest, type HttpResponse } from '../../../base/http.ts'
import { perform, type Work } from '../../runtime/task.ts'
import { contextFromTar } from './build-context.ts'
import { type BuildSession, buildKit } from './build-kit.ts'
import { legacyBuild, StepFailure } from './build-legacy.ts'
import { optionsOf, stageIndex } from './build-stage.ts'
import type { Daemon } from '../daemon.ts'
import { badRequest, DockerError } from '../docker-error.ts'
import { parseDockerfile } from './dockerfile.ts'
import { line, type Progress } from '../images/pull.ts'
import { isTrue } from '../router.ts'

const noSession: BuildSession = { name: '', secrets: {}, contexts: {}, output: 'image' }

export function buildResponse(daemon: Daemon, query: URLSearchParams, { headers, body }: HttpRequest): HttpResponse {
  if (query.get('remote')) throw badRequest(`error fetching: the sandbox has no way to ${query.get('remote')}`)
  const out = new ByteStream()
  const answer: HttpResponse = { status: 200, headers: { 'content-type': 'application/json' }, body: out }
  if (query.get('version') === '2') {
    const say = (value: object) => out.write(`${JSON.stringify({ ...value, at: daemon.clock.now() })}\n`)
    const session = { ...noSession, ...(JSON.parse(header(headers, 'x-build-session') ?? '{}') as Partial<BuildSession>) }
    let isOver = false
    const solve = function* (): Work<void> {
      yield* buildKit(daemon, query, body, session, say)
      isOver = true
      out.end()
    }
    const stop = perform(daemon.clock, solve())
    // A client that goes away takes its build with it.
    const watch = () => {
      if (isOver) return
      if (out.isCancelled) stop()
      else out.drained.once(watch)
    }
    watch()
    return answer
  }
  if (isTrue(query.get('squash'))) throw badRequest('squash is only supported with experimental mode')
  const fileName = query.get('dockerfile') || 'Dockerfile'
  const context = contextFromTar(body, fileName)
  const file = context.text(fileName)
  if (file === undefined) throw badRequest(`Cannot locate specified Dockerfile: ${fileName}`)
  const options = optionsOf(query, context, fileName, file)
  const dockerfile = parseDockerfile(file, fileName)
  if (options.target !== '' && stageIndex(dockerfile, options.target) === undefined)
    throw badRequest(`target stage ${JSON.stringify(options.target)} could not be found`)
  const build = function* (): Work<void> {
    const say = (progress: Progress) => out.write(line(progress))
    try {
      yield* legacyBuild(daemon, dockerfile, options, say)
    } catch (error) {
      if (!(error instanceof DockerError)) throw error
      const code = error instanceof StepFailure ? error.code : undefined
      say({ errorDetail: { ...(code === undefined ? {} : { code }), message: error.message }, error: error.message })
    }
    out.end()
  }
  perform(daemon.clock, build())
  return answer
}
