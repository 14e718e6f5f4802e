/**
 * The Docker Engine API, version 1.51, as dockerd 28 serves it: a function from requests to answers. Every endpoint stands in the table
 * of `routes`, in a line each; what it does stands in the file of its subject.
 *
 * Beside the real API there is one door of our own, for our `docker build` (builder.ts tells its lines): `POST /build?version=2`.
 */
import { isPredefined, requireNetwork } from './networks/network-lookup.ts'
import { bytesOf, textOf, base64Of, bytesOfBase64 } from '../../base/bytes.ts'
import type { Clock } from '../../base/clock.ts'
import { ByteStream, header, type HttpHandler, type HttpRequest, type HttpResponse, jsonResponse, type Peer, Pending, type Upgraded } from '../../base/http.ts'
import type { Random } from '../../base/random.ts'
import type { Host } from '../runtime/host.ts'
import { answered, perform, type Work } from '../runtime/task.ts'
import type { Store } from '../store/store.ts'
import { archiveStat, changes, exportFiles, getArchive, putArchive } from './containers/archive.ts'
import { buildResponse } from './build/build.ts'
import { buildCacheRows, buildRecords, forgetBuild, pruneBuildCache } from './build/build-cache.ts'
import { checkResources, checkRestartPolicy, createContainer, createRequestOf, nameFor } from './containers/create.ts'
import { Daemon, type ExecConfig } from './daemon.ts'
import { badRequest, conflict, DockerError, failure, notFound } from './docker-error.ts'
import { connectContainer, disconnectContainer } from './networks/connect.ts'
import { eventsResponse } from './events.ts'
import { createExec, inspectExec, requireExec, startExec } from './containers/exec.ts'
import { parseFilters, passesLabels, untilOf } from './filters.ts'
import { frame } from './containers/frames.ts'
import { commitContainer, importImage, loadImages, saveImages } from './images/image-archive.ts'
import { withHeaders, withoutExperimental } from './headers.ts'
import { history, inspectedImage, imageFilters, listImages, pruneImages, removeImage, searchImages, tagImage } from './images/images.ts'
import { LayerStoreFiles, overlayFolder } from './images/layer-store.ts'
import { kill, makeStdio, pause, quietly, remove, removeByForce, restart, start, stop, unpause } from './containers/lifecycle.ts'
import { containerFilters, listContainers, sizesOf } from './containers/list-containers.ts'
import { configOf, forgetConfig } from './daemon-config.ts'
import { makeLive } from './containers/live.ts'
import { createNetwork, ensurePredefined, inspectNetwork, listNetworks, networkFilters, pruneNetworks, removeNetwork, segmentOf } from './networks/networks.ts'
import { isolateBridges } from './networks/name-service.ts'
import { pullAllResponse, pullResponse } from './images/pull.ts'
import { distributionOf, login, manifestText, pushResponse } from './images/push.ts'
import { parseReference } from './images/reference.ts'
import type { Registry } from './images/registry.ts'
import type { RemoteCredentials } from './images/registry-host.ts'
import { type Call, isTrue, matched, type Route, route } from './router.ts'
import type { Container, HostConfig } from './shapes.ts'
import { statsResponse, topOf } from './containers/stats.ts'
import { attach, attachExec, attachUpgraded, logs, streamHeaders } from './containers/streams.ts'
import { SwarmPeers } from './swarm/peers.ts'
import { restoreSwarm, swarmRoute } from './swarm/door.ts'
import { type Containerd, packagedContainerd } from './containerd.ts'
import { engineVersion } from './engine-version.ts'
import { apiVersion, diskUsage, info, minimumApiVersion, version } from './system.ts'
import { createVolume, listVolumes, pruneVolumes, removeVolume, requireVolume, volumeFilters } from './volumes.ts'

type Serve = (daemon: Daemon, call: Call) => HttpResponse | Work<HttpResponse>

const empty = (status: number): HttpResponse => ({ status, headers: {}, body: '' })
const json = (status: number, value: unknown): HttpResponse => ({ ...jsonResponse(status, value), body: `${JSON.stringify(value) ?? 'null'}\n` })

const routes: readonly Route<Serve>[] = [
  route('GET /_ping', (daemon, { request }) => ({
    status: 200,
    headers: { ...(request.method === 'HEAD' && { 'content-type': 'text/plain; charset=utf-8', 'content-length': '0' }), 'builder-version': '2', 'cache-control': 'no-cache, no-store, must-revalidate', pragma: 'no-cache', swarm: daemon.swarmState },
    body: 'OK',
  })),
  route('GET /version', (daemon) => json(200, version(daemon))),
  route('GET /info', (daemon) => json(200, info(daemon))),
  route('GET /system/df', (daemon, { query }) => json(200, diskUsage(daemon, query.getAll('type')))),
  route('GET /events', (daemon, { query }) => eventsResponse(daemon, query)),
  route('POST /auth', (daemon, { request }) => login(daemon, bodyOf(request) as RemoteCredentials)),

  route('GET /containers/json', (daemon, { query }) =>
    json(200, listContainers(daemon, { all: isTrue(query.get('all')), limit: Number(query.get('limit') ?? 0), size: isTrue(query.get('size')), filters: parseFilters(query.get('filters'), containerFilters) })),
  ),
  route('POST /containers/create', (daemon, { request, query }) => {
    const created = createContainer(daemon, createRequestOf(bodyOf(request)), { name: query.get('name') ?? '', platform: query.get('platform') ?? '' })
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
  route('POST /containers/{id}/update', (daemon, { params, request }) => json(200, updateContainer(daemon, params.id, bodyOf(request) as Partial<HostConfig>))),
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
  route('POST /containers/{id}/wait', (daemon, { params, query }) => waitResponse(daemon, params.id, query.get('condition') ?? 'not-running')),
  route('DELETE /containers/{id}', function* (daemon, { params, query }) {
    yield* removeByForce(daemon, params.id, { force: isTrue(query.get('force')), removeVolumes: isTrue(query.get('v')), removeLink: isTrue(query.get('link')) })
    return empty(204)
  }),
  route('GET /containers/{id}/archive', (daemon, { params, query, request }) =>
    request.method === 'HEAD' ? { status: 200, headers: { 'x-docker-container-path-stat': statHeader(archiveStat(daemon, params.id, query.get('path') ?? '')) }, body: '' } : getArchive(daemon, params.id, query.get('path') ?? '', statHeader),
  ),
  route('PUT /containers/{id}/archive', (daemon, { params, query, request }) => {
    putArchive(daemon, params.id, query.get('path') ?? '', request.body, { asOwner: isTrue(query.get('copyUIDGID')), noOverwrite: isTrue(query.get('noOverwriteDirNonDir')) })
    return empty(200)
  }),

  route('POST /containers/{id}/exec', (daemon, { params, request }) => json(201, createExec(daemon, params.id, bodyOf(request) as Partial<ExecConfig>))),
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

  route('GET /images/json', (daemon, { query }) => json(200, listImages(daemon, { all: isTrue(query.get('all')), filters: parseFilters(query.get('filters'), imageFilters), sharedSize: isTrue(query.get('shared-size')) }))),
  route('POST /images/create', function* (daemon, { request, query }) {
    if (query.get('fromSrc')) return importImage(daemon, query, request.body)
    const name = query.get('fromImage') ?? ''
    const tag = query.get('tag') ?? ''
    const reference = parseReference(tag === '' ? name : tag.startsWith('sha256:') ? `${name}@${tag}` : `${name}:${tag}`)
    // A name without anything behind it means all its tags.
    if (reference.tag === undefined && reference.digest === undefined) return yield* pullAllResponse(daemon, reference, credentialsOf(request))
    return yield* pullResponse(daemon, reference, { platform: query.get('platform') ?? '', credentials: credentialsOf(request) })
  }),
  route('GET /images/search', (daemon, { query }) => json(200, searchImages(daemon, query.get('term') ?? '', query.get('limit'), parseFilters(query.get('filters'), ['is-automated', 'is-official', 'stars'])))),
  route('GET /images/get', (daemon, { query }) => saveImages(daemon, query.getAll('names'))),
  route('POST /images/load', (daemon, { request, query }) => loadImages(daemon, request.body, isTrue(query.get('quiet')))),
  route('POST /images/prune', (daemon, { query }) => json(200, pruneImages(daemon, parseFilters(query.get('filters'), ['dangling', 'label', 'label!', 'until'])))),
  route('GET /images/{name:path}/json', (daemon, { params, minor }) => ({ ...jsonResponse(200, null), body: `${goJson(inspectedImage(daemon.images.require(params.name), minor))}\n` })),
  route('GET /images/{name:path}/history', (daemon, { params }) => json(200, history(daemon, params.name))),
  route('GET /images/{name:path}/get', (daemon, { params }) => saveImages(daemon, [params.name])),
  route('POST /images/{name:path}/tag', (daemon, { params, query }) => {
    tagImage(daemon, params.name, query.get('repo') ?? '', query.get('tag') ?? '')
    return empty(201)
  }),
  route('POST /images/{name:path}/push', (daemon, { params, query, request }) => pushResponse(daemon, params.name, query.get('tag') ?? '', credentialsOf(request))),
  route('DELETE /images/{name:path}', (daemon, { params, query }) => json(200, removeImage(daemon, params.name, { force: isTrue(query.get('force')), prune: !isTrue(query.get('noprune')) }))),
  route('GET /distribution/{name:path}/manifest', (daemon, { params, request }) => manifestText(daemon, params.name, credentialsOf(request))),
  route('GET /distribution/{name:path}/json', (daemon, { params, request }) => distributionOf(daemon, params.name, credentialsOf(request))),
  route('POST /commit', (daemon, { query, request }) => json(201, commitContainer(daemon, query, request.body.length > 0 ? (bodyOf(request) as Record<string, unknown>) : {}))),
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
  route('POST /build', (daemon, { query, request }) => buildResponse(daemon, query, request)),

  route('GET /networks', (daemon, { query }) => json(200, listNetworks(daemon, parseFilters(query.get('filters'), networkFilters)))),
  route('POST /networks/create', function* (daemon, { request }) {
    const body = bodyOf(request) as Parameters<typeof createNetwork>[1]
    const isOverlay = body.Driver === 'overlay' || body.Scope === 'swarm'
    return json(201, isOverlay && daemon.swarm ? yield* daemon.swarm.createNetwork(body) : createNetwork(daemon, body))
  }),
  route('POST /networks/prune', (daemon, { query }) => json(200, pruneNetworks(daemon, parseFilters(query.get('filters'), ['label', 'label!', 'until'])))),
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

  route('GET /volumes', (daemon, { query }) => json(200, { Volumes: listVolumes(daemon, parseFilters(query.get('filters'), volumeFilters)), Warnings: null })),
  route('POST /volumes/create', (daemon, { request }) => json(201, createVolume(daemon, bodyOf(request) as Parameters<typeof createVolume>[1]))),
  route('POST /volumes/prune', (daemon, { query }) => json(200, pruneVolumes(daemon, parseFilters(query.get('filters'), ['all', 'label', 'label!'])))),
  route('GET /volumes/{name}', (daemon, { params }) => json(200, requireVolume(daemon, params.name))),
  route('DELETE /volumes/{name}', (daemon, { params, query }) => {
    removeVolume(daemon, params.name, { force: isTrue(query.get('force')) })
    return empty(204)
  }),

  route('GET /plugins', () => json(200, [])),
  route('GET /plugins/privileges', () => json(200, null)),
  route('POST /plugins/pull', () => {
    throw failure('error resolving plugin reference: pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed')
  }),
  ...['POST /plugins/{name:path}/enable', 'POST /plugins/{name:path}/disable', 'POST /plugins/{name:path}/push', 'POST /plugins/{name:path}/set', 'DELETE /plugins/{name:path}'].map((line) =>
    route(line, (_: Daemon, { params }: Call) => {
      throw notFound(`plugin ${JSON.stringify(params.name)} not found`)
    }),
  ),
  route('GET /plugins/{name:path}/json', (_, { params }) => {
    throw notFound(`plugin ${JSON.stringify(params.name)} not found`)
  }),
]

const noGrpc = 'BuildKit over gRPC is not simulated by this engine: set DOCKER_BUILDKIT=0 to build with the legacy builder'

export interface DockerEngineOptions {
  readonly machine: Host
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  readonly registry: Registry
  /** Engines that could be in one swarm. */
  readonly peers?: SwarmPeers
  readonly containerd?: Containerd
}

export class DockerEngine implements HttpHandler {
  readonly daemon: Daemon
  readonly #clock: Clock

  constructor({ machine, store, clock, random, registry, peers = new SwarmPeers(), containerd = packagedContainerd }: DockerEngineOptions) {
    this.#clock = clock
    this.daemon = new Daemon({ host: machine, store, clock, random, registry, peers, containerd })
    this.daemon.buildCache = () => buildCacheRows(this.daemon)
    machine.files.graft({ at: overlayFolder, files: new LayerStoreFiles(this.daemon), root: '/', isReadOnly: false, source: '/dev/vda1' })
    ensurePredefined(this.daemon)
    isolateBridges(this.daemon)
    for (const network of this.daemon.networks()) if (!isPredefined(network) || network.Name === 'bridge') segmentOf(this.daemon, network)
    configOf(this.daemon)
  }

  /** `systemctl reload docker`: daemon.json is read again. */
  reload(): void {
    forgetConfig(this.daemon)
    configOf(this.daemon)
  }

  /** The machine is switched off: nothing of the daemon goes on by itself. Its objects stay for the next one's `restore`. */
  stop(): void {
    this.daemon.isStopped = true
    this.daemon.swarm?.stop()
    forgetConfig(this.daemon)
    for (const live of this.daemon.live.values()) {
      for (const cancel of live.cancels.splice(0)) cancel()
      live.cancelRestart?.()
      live.log.flush()
      live.isStopRequested = true
    }
    this.daemon.live.clear()
  }

  /**
   * After a power cut: containers are there again, and those whose policy says so start. With `resumes` every one that ran does: the
   * learner only closed the tab, and finds everything as it was.
   */
  restore({ resumes = false }: { resumes?: boolean } = {}): void {
    const { daemon } = this
    configOf(daemon)
    for (const container of daemon.containers()) {
      const image = container.Image && daemon.images.get(container.Image) ? daemon.images.image(container.Image).layers : []
      const live = makeLive(daemon, container.Id, image, container.HostConfig.LogConfig)
      daemon.live.set(container.Id, live)
      live.stdio = makeStdio(daemon, container, live)
      const wasRunning = container.State.Running
      if (wasRunning) {
        const Networks = Object.fromEntries(Object.entries(container.NetworkSettings.Networks).map(([name, endpoint]) => [name, { ...endpoint, MacAddress: '', EndpointID: '', Gateway: '', IPAddress: '', IPPrefixLen: 0 }]))
        daemon.put({
          ...container,
          State: { ...container.State, Status: 'exited', Running: false, Paused: false, Restarting: false, Pid: 0, ExitCode: 255, FinishedAt: daemon.nano() },
          NetworkSettings: { ...container.NetworkSettings, SandboxID: '', SandboxKey: '', Ports: {}, EndpointID: '', Gateway: '', IPAddress: '', IPPrefixLen: 0, MacAddress: '', Networks },
        })
      }
      if (container.HostConfig.AutoRemove && wasRunning && !resumes) {
        remove(daemon, container.Id, { removeVolumes: true })
        continue
      }
      const policy = container.HostConfig.RestartPolicy.Name
      const comesBack = (resumes && wasRunning) || policy === 'always' || (policy === 'unless-stopped' && wasRunning) || (policy === 'on-failure' && wasRunning)
      if (comesBack && container.State.Status !== 'created') perform(this.#clock, quietly(start(daemon, container.Id)))
    }
    restoreSwarm(daemon, { resumes })
  }

  handle(request: HttpRequest, peer: Peer): HttpResponse | Pending<HttpResponse> {
    const found = this.#find(request)
    if ('status' in found) return found
    const { serve, call } = found
    const isHead = request.method === 'HEAD'
    const finish = (response: HttpResponse) => withHeaders(isHead ? { ...response, body: '' } : response, this.#clock.now())
    return this.#as(peer, () => {
      try {
        const answer = serve(this.daemon, call)
        if ('status' in answer) return finish(answer)
        const pending = answered(this.#clock, this.#under(answer), (error) => refusal(error))
        if (!(pending instanceof Pending)) return finish(pending)
        const whole = new Pending<HttpResponse>()
        pending.ready.once(() => whole.resolve(finish(pending.value as HttpResponse)))
        return whole
      } catch (error) {
        return finish(refusal(error))
      }
    })
  }

  connect(request: HttpRequest, peer: Peer): Upgraded | HttpResponse {
    const [path, query] = pathOf(request.url)
    const attachTo = /^\/containers\/([^/]+)\/attach$/.exec(path)
    const execStart = /^\/exec\/([^/]+)\/start$/.exec(path)
    return this.#as(peer, () => {
      try {
        if (attachTo) return attachUpgraded(this.daemon, decodeURIComponent(attachTo[1]), query)
        if (execStart) return this.#execUpgraded(execStart[1])
      } catch (error) {
        return withHeaders(refusal(error), this.#clock.now())
      }
      const answer = this.handle(request, peer)
      return answer instanceof Pending ? withHeaders(refusal(notFound('page not found')), this.#clock.now()) : answer
    })
  }

  #execUpgraded(id: string): Upgraded {
    const exec = requireExec(this.daemon, id)
    const incoming = new ByteStream()
    const outgoing = attachExec(exec.stdio, { incoming, wantsInput: exec.config.AttachStdin, ended: (note) => exec.changed.once(note) })
    beginExec(this.daemon, id, outgoing)
    return { protocol: 'tcp', headers: streamHeaders(exec.config.Tty), incoming, outgoing }
  }

  /** What is done while `run` runs was caused by this caller. */
  #as<T>(peer: Peer, run: () => T): T {
    const before = this.daemon.cause
    this.daemon.cause = { by: 'docker', because: peer.because ?? 0 }
    try {
      return run()
    } finally {
      this.daemon.cause = before
    }
  }

  /** Keeps the caller as the cause through the waits of its work. */
  *#under<T>(work: Work<T>): Work<T> {
    const cause = this.daemon.cause
    for (;;) {
      const before = this.daemon.cause
      this.daemon.cause = cause
      let step: IteratorResult<Parameters<typeof work.next>[0] extends never ? never : unknown, T>
      try {
        step = work.next()
      } finally {
        this.daemon.cause = before
      }
      if (step.done) return step.value as T
      yield step.value as never
    }
  }

  #find(request: HttpRequest): { serve: Serve; call: Call } | HttpResponse {
    const versioned = /^\/v(\d+)\.(\d+)(\/.*)$/.exec(request.url)
    const [path, query] = pathOf(request.url)
    const found = matched(routes, request.method, path) ?? this.#inSwarm(request.method, path)
    if (!found) return { status: 404, headers: { 'content-type': 'application/json' }, body: `${JSON.stringify({ message: 'page not found' })}\n` }
    if (versioned) {
      const minor = Number(versioned[2])
      if (Number(versioned[1]) > 1 || minor > 51) return withoutExperimental(json(400, { message: `client version ${versioned[1]}.${versioned[2]} is too new. Maximum supported API version is ${apiVersion}` }), this.#clock.now())
      if (minor < 24) return withoutExperimental({ status: 400, headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' }, body: `client version ${versioned[1]}.${versioned[2]} is too old. Minimum supported API version is ${minimumApiVersion}, please upgrade your client to a newer version\n` }, this.#clock.now())
    }
    return { serve: found.serve, call: { request, params: found.params, query, minor: versioned ? Number(versioned[2]) : 51 } }
  }

  #inSwarm(method: string, path: string): { serve: Serve; params: Record<string, string> } | undefined {
    const serve = swarmRoute(this.daemon, method, path)
    return serve && { params: {}, serve: (_, call) => serve(call) }
  }
}

/** Path and query, without the version in front. */
function pathOf(url: string): [string, URLSearchParams] {
  const bare = url.replace(/^\/v\d+\.\d+(?=\/)/, '')
  const mark = bare.indexOf('?')
  return mark < 0 ? [bare, new URLSearchParams()] : [bare.slice(0, mark), new URLSearchParams(bare.slice(mark + 1))]
}

function refusal(error: unknown): HttpResponse {
  if (!(error instanceof DockerError)) throw error
  return json(error.status, { message: error.message })
}

/** As Go writes JSON unless told otherwise, which only the inspection of images is not: `<`, `>` and `&` escaped. */
export function goJson(value: unknown): string {
  return (JSON.stringify(value) ?? 'null').replace(/[<>&\u2028\u2029]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function bodyOf(request: HttpRequest): unknown {
  const text = textOf(request.body).trim()
  if (text === '') throw badRequest('invalid JSON: got EOF while reading request body')
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value
  } catch {
    throw badRequest(`invalid JSON: invalid character '${text[0] === '{' ? text.at(-1) : text[1] ?? text[0]}' ${text[0] === '{' ? 'after object key:value pair' : `in literal ${text.startsWith('n') ? "null (expecting 'u')" : 'value'}`}`)
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
  return { ...(seconds === null || seconds === '' ? {} : { graceSeconds: Number(seconds) }), ...(query.get('signal') ? { signal: query.get('signal') as string } : {}) }
}

function statHeader(stat: object): string {
  return base64Of(bytesOf(JSON.stringify(stat)))
}

function inspectContainer(daemon: Daemon, container: Container, withSize: boolean): object {
  const { Mounts, Config, NetworkSettings, ...before } = container
  const running = [...(daemon.live.get(container.Id)?.execs.values() ?? [])].filter((exec) => exec.running).map((exec) => exec.id)
  return { ...before, ExecIDs: running.length > 0 ? running : null, ...(withSize ? { SizeRw: 0, ...sizesOf(daemon, container) } : {}), Mounts, Config, NetworkSettings }
}

/** An exec begins when its client is there; what runc refuses is written where the output would be. */
function beginExec(daemon: Daemon, id: string, outgoing: ByteStream): void {
  const exec = requireExec(daemon, id)
  try {
    startExec(daemon, exec)
  } catch (error) {
    if (!(error instanceof DockerError)) throw error
    if (error.status !== 400) throw error
    const text = bytesOf(`${error.message}\r\n`)
    outgoing.write(exec.config.Tty ? text : frame('stdout', text))
    exec.changed.wake()
  }
}

/** The headers go out at once, the code when the container has ended. */
function waitResponse(daemon: Daemon, name: string, condition: string): HttpResponse {
  const container = daemon.require(name)
  if (!['not-running', 'next-exit', 'removed', ''].includes(condition)) throw badRequest(`invalid condition: ${JSON.stringify(condition)}`)
  const live = daemon.liveOf(container.Id)
  const body = new ByteStream()
  const exits = live.exits
  const say = (code: number) => {
    const error = daemon.find(container.Id)?.State.Error
    body.write(`${JSON.stringify({ StatusCode: code, ...(error && condition !== 'removed' ? { Error: { Message: error } } : {}) })}\n`)
    body.end()
  }
  const isOver = () => {
    if (live.isRemoved) return true
    if (condition === 'removed') return false
    if (condition === 'next-exit') return live.exits > exits
    return !(daemon.find(container.Id)?.State.Running ?? false) || live.exits > exits
  }
  const codeNow = () => (live.exits > 0 || live.isRemoved ? live.lastExitCode : container.State.ExitCode)
  if (isOver()) say(codeNow())
  else {
    const stop = live.changed.each(() => {
      if (!isOver()) return
      stop()
      say(codeNow())
    })
  }
  return { status: 200, headers: { 'content-type': 'application/json' }, body }
}

function updateContainer(daemon: Daemon, name: string, asked: Partial<HostConfig>): { Warnings: string[] } {
  const container = daemon.require(name)
  const given = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== 0 && value !== '' && value !== null && value !== undefined))
  const { RestartPolicy, ...resources } = given as Partial<HostConfig>
  const host: HostConfig = { ...container.HostConfig, ...resources, ...(RestartPolicy?.Name ? { RestartPolicy } : {}) }
  try {
    if (RestartPolicy?.Name) checkRestartPolicy(host.RestartPolicy)
    checkResources(daemon, host)
    const { Memory, MemorySwap } = host
    if (asked.Memory && !asked.MemorySwap && MemorySwap > 0 && Memory > MemorySwap) throw conflict('Memory limit should be smaller than already set memoryswap limit, update the memoryswap at the same time')
  } catch (error) {
    if (error instanceof DockerError && error.status === 409) throw failure(`Cannot update container ${container.Id}: ${error.message}`)
    throw error
  }
  daemon.update(container.Id, { HostConfig: host })
  const live = daemon.liveOf(container.Id)
  if (live.cgroup) {
    live.cgroup.memoryLimitBytes = host.Memory || undefined
    live.cgroup.cpuLimit = host.NanoCpus > 0 ? host.NanoCpus / 1e9 : host.CpuQuota > 0 ? host.CpuQuota / (host.CpuPeriod || 100_000) : undefined
    live.cgroup.pidsLimit = host.PidsLimit ?? undefined
  }
  daemon.containerEvent(container, 'update')
  return { Warnings: [] }
}

function renameContainer(daemon: Daemon, name: string, newName: string): void {
  const container = daemon.require(name)
  if (newName === '') throw failure('Neither old nor new names may be empty')
  if (`/${newName.replace(/^\//, '')}` === container.Name) throw badRequest('Renaming a container with the same name as its current name')
  let whole: string
  try {
    whole = nameFor(daemon, `/${newName.replace(/^\//, '')}`, container.Id)
  } catch (error) {
    if (error instanceof DockerError) throw new DockerError(error.status, `Error when allocating new name: ${error.message}`)
    throw error
  }
  const oldName = container.Name
  daemon.update(container.Id, { Name: whole })
  daemon.containerEvent(daemon.container(container.Id), 'rename', { oldName })
}

function pruneContainers(daemon: Daemon, query: URLSearchParams): { ContainersDeleted: string[] | null; SpaceReclaimed: number } {
  const filters = parseFilters(query.get('filters'), ['label', 'label!', 'until'])
  const until = untilOf(filters, daemon.clock.now())
  const deleted: string[] = []
  let reclaimed = 0
  for (const container of [...daemon.containers()].sort((a, b) => (a.Created < b.Created ? 1 : -1))) {
    if (container.State.Running || !passesLabels(container.Config.Labels, filters)) continue
    if (until !== undefined && Date.parse(container.Created) > until) continue
    reclaimed += sizesOf(daemon, container).SizeRw ?? 0
    remove(daemon, container.Id, { removeVolumes: false })
    deleted.push(container.Id)
  }
  daemon.event('container', 'prune', '', { reclaimed: String(reclaimed) })
  return { ContainersDeleted: deleted.length > 0 ? deleted : null, SpaceReclaimed: reclaimed }
}

