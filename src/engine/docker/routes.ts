/**
 * Every endpoint of the Docker Engine API, in a line each; what it does stands in the file of its subject.
 *
 * Beside the real API there is one door of our own, for our `docker build`: `POST /build?version=2` (build/build.ts tells its lines).
 */
import { base64Of, bytesOf, bytesOfBase64, textOf } from '../../base/bytes.ts'
import { header, type HttpRequest, type HttpResponse, jsonResponse } from '../../base/http.ts'
import { fetchedOnce, type Work } from '../runtime/task.ts'
import { buildRecords, forgetBuild, pruneBuildCache } from './build/build-cache.ts'
import { archiveStat, changes, exportFiles, getArchive, putArchive } from './containers/archive.ts'
import { createContainer, createRequestOf } from './containers/create.ts'
import { beginExec, createExec, inspectExec, requireExec, startExec } from './containers/exec.ts'
import { kill, makeStdio, pause, removeByForce, restart, start, stop, unpause } from './containers/lifecycle.ts'
import { containerFilters, listContainers, sizesOf } from './containers/list-containers.ts'
import { pruneContainers } from './containers/prune.ts'
import { statsResponse, topOf } from './containers/stats.ts'
import { attach, attachExec, logs, streamHeaders } from './containers/streams.ts'
import { renameContainer, updateContainer } from './containers/update.ts'
import { waitResponse } from './containers/wait.ts'
import type { Daemon, ExecConfig } from './daemon.ts'
import { badRequest, conflict, DockerError, failure, notFound } from './docker-error.ts'
import { eventsResponse } from './events.ts'
import { parseFilters } from './filters.ts'
import { commitContainer, importImage, loadImages, saveImages } from './images/image-archive.ts'
import { history, imageFilters, inspectedImage, listImages, pruneImages, removeImage, searchImages, tagImage } from './images/images.ts'
import { pullAllResponse, pullResponse } from './images/pull.ts'
import { distributionOf, login, manifestText, pushResponse } from './images/push.ts'
import { parseReference } from './images/reference.ts'
import type { RemoteCredentials } from './images/registry-host.ts'
import { connectContainer, disconnectContainer } from './networks/connect.ts'
import { requireNetwork } from './networks/network-lookup.ts'
import { createNetwork, inspectNetwork, listNetworks, networkFilters, pruneNetworks, removeNetwork } from './networks/networks.ts'
import { type Call, isTrue, route, type Route } from './router.ts'
import type { Container, HostConfig } from './shapes.ts'
import { diskUsage, info, version } from './system.ts'
import { createVolume, listVolumes, pruneVolumes, removeVolume, requireVolume, volumeFilters } from './volumes.ts'

export type Serve = (daemon: Daemon, call: Call) => HttpResponse | Work<HttpResponse>

const empty = (status: number): HttpResponse => ({ status, headers: {}, body: '' })
export const json = (status: number, value: unknown): HttpResponse => ({
  ...jsonResponse(status, value),
  body: `${JSON.stringify(value) ?? 'null'}\n`,
})

const building = fetchedOnce(() => import('./build/build.ts'))

export const routes: readonly Route<Serve>[] = [
  route('GET /_ping', (daemon, { request }) => ({
    status: 200,
    headers: {
      ...(request.method === 'HEAD' && { 'content-type': 'text/plain; charset=utf-8', 'content-length': '0' }),
      'builder-version': '2',
      'cache-control': 'no-cache, no-store, must-revalidate',
      pragma: 'no-cache',
      swarm: daemon.swarmState,
    },
    body: 'OK',
  })),
  route('GET /version', (daemon) => json(200, version(daemon))),
  route('GET /info', (daemon) => json(200, info(daemon))),
  route('GET /system/df', (daemon, { query }) => json(200, diskUsage(daemon, query.getAll('type')))),
  route('GET /events', (daemon, { query }) => eventsResponse(daemon, query)),
  route('POST /auth', (daemon, { request }) => login(daemon, bodyOf(request) as RemoteCredentials)),

  route('GET /containers/json', (daemon, { query }) =>
    json(
      200,
      listContainers(daemon, {
        all: isTrue(query.get('all')),
        limit: Number(query.get('limit') ?? 0),
        size: isTrue(query.get('size')),
        filters: parseFilters(query.get('filters'), containerFilters),
      }),
    ),
  ),
  route('POST /containers/create', (daemon, { request, query }) => {
    const created = createContainer(daemon, createRequestOf(bodyOf(request)), {
      name: query.get('name') ?? '',
      platform: query.get('platform') ?? '',
    })
    const live = daemon.liveOf(created.Id)
    live.stdio = makeStdio(daemon, daemon.container(created.Id), live)
    return json(201, created)
  }),
  route('POST /containers/prune', (daemon, { query }) => json(200, pruneContainers(daemon, query))),
  route('GET /containers/{id}/json', (daemon, { params, query }) => {
    const container = daemon.require(params.id)
    return json(200, inspectContainer(daemon, container, isTrue(query.get('size'))))
  }),
  route('GET /containers/{id}/top', (daemon, { params, query }) => json(200, topOf(daemon, params.id, query.get('ps_args') ?? ''))),
  route('GET /containers/{id}/logs', (daemon, { params, query }) => logs(daemon, params.id, query)),
  route('GET /containers/{id}/changes', (daemon, { params }) => json(200, changes(daemon, params.id))),
  route('GET /containers/{id}/export', (daemon, { params }) => exportFiles(daemon, params.id)),
  route('GET /containers/{id}/stats', (daemon, { params, query }) => statsResponse(daemon, params.id, query)),
  route('POST /containers/{id}/resize', (daemon, { params, query }) => {
    const container = daemon.require(params.id)
    if (!container.State.Running) throw conflict(`container ${container.Id} is not running`)
    daemon.liveOf(container.Id).stdio.terminal?.resize(Number(query.get('w')), Number(query.get('h')))
    return empty(200)
  }),
  route('POST /containers/{id}/start', function* (daemon, { params }) {
    const container = daemon.require(params.id)
    return empty((yield* start(daemon, container.Id)) ? 204 : 304)
  }),
  route('POST /containers/{id}/stop', function* (daemon, { params, query }) {
    return empty((yield* stop(daemon, daemon.require(params.id).Id, graceOf(query))) ? 204 : 304)
  }),
  route('POST /containers/{id}/restart', function* (daemon, { params, query }) {
    yield* restart(daemon, daemon.require(params.id).Id, graceOf(query))
    return empty(204)
  }),
  route('POST /containers/{id}/kill', (daemon, { params, query }) => {
    kill(daemon, params.id, query.get('signal') || 'SIGKILL')
    return empty(204)
  }),
  route('POST /containers/{id}/update', (daemon, { params, request }) =>
    json(200, updateContainer(daemon, params.id, bodyOf(request) as Partial<HostConfig>)),
  ),
  route('POST /containers/{id}/rename', (daemon, { params, query }) => {
    renameContainer(daemon, params.id, query.get('name') ?? '')
    return empty(204)
  }),
  route('POST /containers/{id}/pause', (daemon, { params }) => {
    pause(daemon, params.id)
    return empty(204)
  }),
  route('POST /containers/{id}/unpause', (daemon, { params }) => {
    unpause(daemon, params.id)
    return empty(204)
  }),
  route('POST /containers/{id}/attach', (daemon, { params, query }) => {
    const { outgoing, isTerminal } = attach(daemon, params.id, query, undefined)
    return { status: 200, headers: streamHeaders(isTerminal), body: outgoing }
  }),
  route('POST /containers/{id}/wait', (daemon, { params, query }) =>
    waitResponse(daemon, params.id, query.get('condition') ?? 'not-running'),
  ),
  route('DELETE /containers/{id}', function* (daemon, { params, query }) {
    yield* removeByForce(daemon, params.id, {
      force: isTrue(query.get('force')),
      removeVolumes: isTrue(query.get('v')),
      removeLink: isTrue(query.get('link')),
    })
    return empty(204)
  }),
  route('GET /containers/{id}/archive', (daemon, { params, query, request }) =>
    request.method === 'HEAD'
      ? {
          status: 200,
          headers: { 'x-docker-container-path-stat': statHeader(archiveStat(daemon, params.id, query.get('path') ?? '')) },
          body: '',
        }
      : getArchive(daemon, params.id, query.get('path') ?? '', statHeader),
  ),
  route('PUT /containers/{id}/archive', (daemon, { params, query, request }) => {
    putArchive(daemon, params.id, query.get('path') ?? '', request.body, {
      asOwner: isTrue(query.get('copyUIDGID')),
      noOverwrite: isTrue(query.get('noOverwriteDirNonDir')),
    })
    return empty(200)
  }),

  route('POST /containers/{id}/exec', (daemon, { params, request }) =>
    json(201, createExec(daemon, params.id, bodyOf(request) as Partial<ExecConfig>)),
  ),
  route('POST /exec/{id}/start', (daemon, { params, request }) => {
    const exec = requireExec(daemon, params.id)
    const options = request.body.length > 0 ? (bodyOf(request) as { Detach?: boolean }) : {}
    if (options.Detach) {
      startExec(daemon, exec)
      return empty(200)
    }
    const outgoing = attachExec(exec.stdio, { incoming: undefined, wantsInput: false, ended: (note) => exec.changed.once(note) })
    beginExec(daemon, exec.id, outgoing)
    return { status: 200, headers: streamHeaders(exec.config.Tty), body: outgoing }
  }),
  route('POST /exec/{id}/resize', (daemon, { params, query }) => {
    requireExec(daemon, params.id).stdio.terminal?.resize(Number(query.get('w')), Number(query.get('h')))
    return empty(200)
  }),
  route('GET /exec/{id}/json', (daemon, { params }) => json(200, inspectExec(daemon, requireExec(daemon, params.id)))),

  route('GET /images/json', (daemon, { query }) =>
    json(
      200,
      listImages(daemon, {
        all: isTrue(query.get('all')),
        filters: parseFilters(query.get('filters'), imageFilters),
        sharedSize: isTrue(query.get('shared-size')),
      }),
    ),
  ),
  route('POST /images/create', function* (daemon, { request, query }) {
    if (query.get('fromSrc')) return importImage(daemon, query, request.body)
    const name = query.get('fromImage') ?? ''
    const tag = query.get('tag') ?? ''
    const reference = parseReference(tag === '' ? name : tag.startsWith('sha256:') ? `${name}@${tag}` : `${name}:${tag}`)
    // A name without anything behind it means all its tags.
    if (reference.tag === undefined && reference.digest === undefined)
      return yield* pullAllResponse(daemon, reference, credentialsOf(request))
    return yield* pullResponse(daemon, reference, { platform: query.get('platform') ?? '', credentials: credentialsOf(request) })
  }),
  route('GET /images/search', (daemon, { query }) =>
    json(
      200,
      searchImages(
        daemon,
        query.get('term') ?? '',
        query.get('limit'),
        parseFilters(query.get('filters'), ['is-automated', 'is-official', 'stars']),
      ),
    ),
  ),
  route('GET /images/get', (daemon, { query }) => saveImages(daemon, query.getAll('names'))),
  route('POST /images/load', (daemon, { request, query }) => loadImages(daemon, request.body, isTrue(query.get('quiet')))),
  route('POST /images/prune', (daemon, { query }) =>
    json(200, pruneImages(daemon, parseFilters(query.get('filters'), ['dangling', 'label', 'label!', 'until']))),
  ),
  route('GET /images/{name:path}/json', (daemon, { params, minor }) => ({
    ...jsonResponse(200, null),
    body: `${goJson(inspectedImage(daemon.images.require(params.name), minor))}\n`,
  })),
  route('GET /images/{name:path}/history', (daemon, { params }) => json(200, history(daemon, params.name))),
  route('GET /images/{name:path}/get', (daemon, { params }) => saveImages(daemon, [params.name])),
  route('POST /images/{name:path}/tag', (daemon, { params, query }) => {
    tagImage(daemon, params.name, query.get('repo') ?? '', query.get('tag') ?? '')
    return empty(201)
  }),
  route('POST /images/{name:path}/push', (daemon, { params, query, request }) =>
    pushResponse(daemon, params.name, query.get('tag') ?? '', credentialsOf(request)),
  ),
  route('DELETE /images/{name:path}', (daemon, { params, query }) =>
    json(200, removeImage(daemon, params.name, { force: isTrue(query.get('force')), prune: !isTrue(query.get('noprune')) })),
  ),
  route('GET /distribution/{name:path}/manifest', (daemon, { params, request }) =>
    manifestText(daemon, params.name, credentialsOf(request)),
  ),
  route('GET /distribution/{name:path}/json', (daemon, { params, request }) => distributionOf(daemon, params.name, credentialsOf(request))),
  route('POST /commit', (daemon, { query, request }) =>
    json(201, commitContainer(daemon, query, request.body.length > 0 ? (bodyOf(request) as Record<string, unknown>) : {})),
  ),
  route('POST /build/prune', (daemon, { query }) => json(200, pruneBuildCache(daemon, query))),
  // Our own door too: what buildx asks of BuildKit's history over gRPC.
  route('POST /session', () => {
    throw new DockerError(501, noGrpc)
  }),
  route('POST /grpc', () => {
    throw new DockerError(501, noGrpc)
  }),
  route('GET /build/records', (daemon) => json(200, buildRecords(daemon))),
  route('DELETE /build/records/{ref}', (daemon, { params }) => json(forgetBuild(daemon, params.ref) ? 200 : 404, {})),
  route('POST /build', function* (daemon, { query, request }) {
    const { buildResponse } = yield* building(daemon.clock)
    return buildResponse(daemon, query, request)
  }),

  route('GET /networks', (daemon, { query }) => json(200, listNetworks(daemon, parseFilters(query.get('filters'), networkFilters)))),
  route('POST /networks/create', function* (daemon, { request }) {
    const body = bodyOf(request) as Parameters<typeof createNetwork>[1]
    const isOverlay = body.Driver === 'overlay' || body.Scope === 'swarm'
    return json(201, isOverlay && daemon.swarm ? yield* daemon.swarm.createNetwork(body) : createNetwork(daemon, body))
  }),
  route('POST /networks/prune', (daemon, { query }) =>
    json(200, pruneNetworks(daemon, parseFilters(query.get('filters'), ['label', 'label!', 'until']))),
  ),
  route('GET /networks/{id}', (daemon, { params, query }) => {
    const network = requireNetwork(daemon, params.id)
    if (query.get('scope') && query.get('scope') !== network.Scope) throw notFound(`network ${params.id} not found`)
    return json(200, inspectNetwork(daemon, network))
  }),
  route('DELETE /networks/{id}', function* (daemon, { params }) {
    const network = requireNetwork(daemon, params.id)
    if (network.Scope === 'swarm' && daemon.swarm) yield* daemon.swarm.removeNetwork(network)
    else removeNetwork(daemon, network)
    return empty(204)
  }),
  route('POST /networks/{id}/connect', (daemon, { params, request }) => {
    connectContainer(daemon, requireNetwork(daemon, params.id), bodyOf(request) as Parameters<typeof connectContainer>[2])
    return empty(200)
  }),
  route('POST /networks/{id}/disconnect', (daemon, { params, request }) => {
    disconnectContainer(daemon, params.id, bodyOf(request) as Parameters<typeof disconnectContainer>[2])
    return empty(200)
  }),

  route('GET /volumes', (daemon, { query }) =>
    json(200, { Volumes: listVolumes(daemon, parseFilters(query.get('filters'), volumeFilters)), Warnings: null }),
  ),
  route('POST /volumes/create', (daemon, { request }) =>
    json(201, createVolume(daemon, bodyOf(request) as Parameters<typeof createVolume>[1])),
  ),
  route('POST /volumes/prune', (daemon, { query }) =>
    json(200, pruneVolumes(daemon, parseFilters(query.get('filters'), ['all', 'label', 'label!']))),
  ),
  route('GET /volumes/{name}', (daemon, { params }) => json(200, requireVolume(daemon, params.name))),
  route('DELETE /volumes/{name}', (daemon, { params, query }) => {
    removeVolume(daemon, params.name, { force: isTrue(query.get('force')) })
    return empty(204)
  }),

  route('GET /plugins', () => json(200, [])),
  route('GET /plugins/privileges', () => json(200, null)),
  route('POST /plugins/pull', () => {
    throw failure(
      'error resolving plugin reference: pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
    )
  }),
  ...[
    'POST /plugins/{name:path}/enable',
    'POST /plugins/{name:path}/disable',
    'POST /plugins/{name:path}/push',
    'POST /plugins/{name:path}/set',
    'DELETE /plugins/{name:path}',
  ].map((line) =>
    route(line, (_: Daemon, { params }: Call) => {
      throw notFound(`plugin ${JSON.stringify(params.name)} not found`)
    }),
  ),
  route('GET /plugins/{name:path}/json', (_, { params }) => {
    throw notFound(`plugin ${JSON.stringify(params.name)} not found`)
  }),
]

const noGrpc = 'BuildKit over gRPC is not simulated by this engine: set DOCKER_BUILDKIT=0 to build with the legacy builder'

/** As Go writes JSON unless told otherwise, which only the inspection of images is not: `<`, `>` and `&` escaped. */
function goJson(value: unknown): string {
  return (JSON.stringify(value) ?? 'null').replace(
    /[<>&\u2028\u2029]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function bodyOf(request: HttpRequest): unknown {
  const text = textOf(request.body).trim()
  if (text === '') throw badRequest('invalid JSON: got EOF while reading request body')
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value
  } catch {
    throw badRequest(
      `invalid JSON: invalid character '${text[0] === '{' ? text.at(-1) : (text[1] ?? text[0])}' ${text[0] === '{' ? 'after object key:value pair' : `in literal ${text.startsWith('n') ? "null (expecting 'u')" : 'value'}`}`,
    )
  }
  throw badRequest('invalid JSON: json: cannot unmarshal into Go value')
}

function credentialsOf(request: HttpRequest): RemoteCredentials | undefined {
  const encoded = header(request.headers, 'x-registry-auth')
  if (!encoded) return undefined
  try {
    const text = encoded.replace(/-/g, '+').replace(/_/g, '/')
    const value = JSON.parse(textOf(bytesOfBase64(text))) as RemoteCredentials
    return value.username ? value : undefined
  } catch {
    return undefined
  }
}

function graceOf(query: URLSearchParams): { graceSeconds?: number; signal?: string } {
  const seconds = query.get('t')
  return {
    ...(seconds === null || seconds === '' ? {} : { graceSeconds: Number(seconds) }),
    ...(query.get('signal') ? { signal: query.get('signal') as string } : {}),
  }
}

function statHeader(stat: object): string {
  return base64Of(bytesOf(JSON.stringify(stat)))
}

function inspectContainer(daemon: Daemon, container: Container, withSize: boolean): object {
  const { Mounts, Config, NetworkSettings, ...before } = container
  const running = [...(daemon.live.get(container.Id)?.execs.values() ?? [])].filter((exec) => exec.running).map((exec) => exec.id)
  return {
    ...before,
    ExecIDs: running.length > 0 ? running : null,
    ...(withSize ? { SizeRw: 0, ...sizesOf(daemon, container) } : {}),
    Mounts,
    Config,
    NetworkSettings,
  }
}
