/**
 * The Docker Engine API, version 1.51, as dockerd 28 serves it: a function from requests to answers. The engine finds the endpoint
 * (routes.ts), gives the answer dockerd's headers, and brings containers back after a power cut.
 */
import type { Clock } from '../../base/clock.ts'
import { ByteStream, type HttpHandler, type HttpRequest, type HttpResponse, type Peer, Pending, type Upgraded } from '../../base/http.ts'
import type { Random } from '../../base/random.ts'
import type { Host } from '../runtime/host.ts'
import { answered, perform, type Work } from '../runtime/task.ts'
import type { Store } from '../store/store.ts'
import { buildCacheRows } from './build/build-cache.ts'
import { type Containerd, packagedContainerd } from './containerd.ts'
import { beginExec, requireExec } from './containers/exec.ts'
import { makeStdio, quietly, remove, start } from './containers/lifecycle.ts'
import { makeLive } from './containers/live.ts'
import { attachExec, attachUpgraded, streamHeaders } from './containers/streams.ts'
import { configOf, forgetConfig } from './daemon-config.ts'
import { Daemon } from './daemon.ts'
import { DockerError, notFound } from './docker-error.ts'
import { withHeaders, withoutExperimental } from './headers.ts'
import { LayerStoreFiles } from './images/layer-store.ts'
import { overlayFolder } from './images/layer-folders.ts'
import type { Registry } from './images/registry.ts'
import { isolateBridges } from './networks/name-service.ts'
import { isPredefined } from './networks/network-lookup.ts'
import { ensurePredefined, segmentOf } from './networks/networks.ts'
import { type Call, matched } from './router.ts'
import { json, routes, type Serve } from './routes.ts'
import { restoreSwarm, swarmRoute } from './swarm/door.ts'
import { introduce, SwarmPeers } from './swarm/peers.ts'
import { apiVersion, minimumApiVersion } from './system.ts'

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
    this.daemon = new Daemon({ host: machine, store, clock, random, registry, containerd })
    introduce(this.daemon, peers)
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
        const Networks = Object.fromEntries(
          Object.entries(container.NetworkSettings.Networks).map(([name, endpoint]) => [
            name,
            { ...endpoint, MacAddress: '', EndpointID: '', Gateway: '', IPAddress: '', IPPrefixLen: 0 },
          ]),
        )
        daemon.put({
          ...container,
          State: {
            ...container.State,
            Status: 'exited',
            Running: false,
            Paused: false,
            Restarting: false,
            Pid: 0,
            ExitCode: 255,
            FinishedAt: daemon.nano(),
          },
          NetworkSettings: {
            ...container.NetworkSettings,
            SandboxID: '',
            SandboxKey: '',
            Ports: {},
            EndpointID: '',
            Gateway: '',
            IPAddress: '',
            IPPrefixLen: 0,
            MacAddress: '',
            Networks,
          },
        })
      }
      if (container.HostConfig.AutoRemove && wasRunning && !resumes) {
        remove(daemon, container.Id, { removeVolumes: true })
        continue
      }
      const policy = container.HostConfig.RestartPolicy.Name
      const comesBack =
        (resumes && wasRunning) ||
        policy === 'always' ||
        (policy === 'unless-stopped' && wasRunning) ||
        (policy === 'on-failure' && wasRunning)
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
        const pending = answered(this.#clock, this.#under(answer), (error) => this.#refusal(error))
        if (!(pending instanceof Pending)) return finish(pending)
        const whole = new Pending<HttpResponse>()
        pending.ready.once(() => whole.resolve(finish(pending.value as HttpResponse)))
        return whole
      } catch (error) {
        return finish(this.#refusal(error))
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
        return withHeaders(this.#refusal(error), this.#clock.now())
      }
      const answer = this.handle(request, peer)
      return answer instanceof Pending ? withHeaders(this.#refusal(notFound('page not found')), this.#clock.now()) : answer
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
    if (!found)
      return { status: 404, headers: { 'content-type': 'application/json' }, body: `${JSON.stringify({ message: 'page not found' })}\n` }
    if (versioned) {
      const minor = Number(versioned[2])
      if (Number(versioned[1]) > 1 || minor > 51)
        return withoutExperimental(
          json(400, {
            message: `client version ${versioned[1]}.${versioned[2]} is too new. Maximum supported API version is ${apiVersion}`,
          }),
          this.#clock.now(),
        )
      if (minor < 24)
        return withoutExperimental(
          {
            status: 400,
            headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
            body: `client version ${versioned[1]}.${versioned[2]} is too old. Minimum supported API version is ${minimumApiVersion}, please upgrade your client to a newer version\n`,
          },
          this.#clock.now(),
        )
    }
    return { serve: found.serve, call: { request, params: found.params, query, minor: versioned ? Number(versioned[2]) : 51 } }
  }

  #refusal(error: unknown): HttpResponse {
    if (error instanceof DockerError) return json(error.status, { message: error.message })
    this.#clock.fault('dockerd', error)
    return json(500, { message: `a bug of Drydock: ${error instanceof Error ? error.message : String(error)}` })
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
