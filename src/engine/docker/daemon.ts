/**
 * What all parts of the daemon share: the machine, the store with its objects, who is being served, events, and the live side of
 * each container (its process, streams and files) that a power cut takes away.
 */
import type { Containerd } from './containerd.ts'
import { type Cancel, type Clock } from '../../base/clock.ts'
import type { Random } from '../../base/random.ts'
import { WaitQueue } from '../../base/wait-queue.ts'
import type { MemoryFiles } from '../../unix/files/memory-files.ts'
import type { Terminals } from '../../unix/terminals.ts'
import type { OverlayFiles } from '../../unix/files/overlay-files.ts'
import type { Cgroup, Namespaces, Process } from '../../unix/kernel/process.ts'
import type { Host } from '../runtime/host.ts'
import type { Subtree } from '../runtime/layer-files.ts'
import type { LogFile } from '../runtime/log-file.ts'
import type { Stdio } from '../runtime/stdio.ts'
import type { Cause, Store } from '../store/store.ts'
import { badRequest, notFound } from './docker-error.ts'
import { ImageStore } from './images/image-store.ts'
import type { Segment } from '../../unix/network/network.ts'
import type { Registry } from './images/registry.ts'
import type { SwarmPart } from './swarm/part.ts'
import type { Container, ContainerState, Network, Volume } from './shapes.ts'

/** The part of a container that is not an object: it exists while the daemon runs. */
export interface Live {
  readonly id: string
  readonly log: LogFile
  readonly upper: Subtree
  readonly overlay: OverlayFiles
  /** Woken whenever its state changes, and when it is removed. */
  readonly changed: WaitQueue
  readonly execs: Map<string, Exec>
  /** Its own /dev/pts. */
  readonly terminals: Terminals
  stdio: Stdio
  process: Process | undefined
  namespaces: Namespaces | undefined
  cgroup: Cgroup | undefined
  /** Takes back what runs beside it: health checks, a delayed restart, published ports. */
  cancels: Cancel[]
  /** How often it ended, for `wait?condition=next-exit`. */
  exits: number
  lastExitCode: number
  isRemoved: boolean
  /** Somebody asked it to stop: no restart policy brings it back now. */
  isStopRequested: boolean
  /** `docker stop` or `restart` waits for the end, and says so before the end is told. */
  isStopping: boolean
  cancelRestart: Cancel | undefined
  restartDelayMs: number
}

export interface Exec {
  readonly id: string
  readonly container: string
  readonly config: ExecConfig
  readonly stdio: Stdio
  process: Process | undefined
  running: boolean
  exitCode: number | null
  readonly changed: WaitQueue
}

export interface ExecConfig {
  readonly ConsoleSize?: readonly [rows: number, cols: number] | null
  readonly User: string
  readonly Privileged: boolean
  readonly Tty: boolean
  readonly AttachStdin: boolean
  readonly AttachStderr: boolean
  readonly AttachStdout: boolean
  readonly Detach: boolean
  readonly DetachKeys: string
  readonly Env: readonly string[] | null
  readonly WorkingDir: string
  readonly Cmd: readonly string[] | null
}

export interface DockerEvent {
  readonly status?: string
  readonly id?: string
  readonly from?: string
  readonly Type: string
  readonly Action: string
  readonly Actor: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> }
  readonly scope: string
  readonly time: number
  readonly timeNano: number
}

const eventsKept = 256

export class Daemon {
  readonly host: Host
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  readonly registry: Registry
  readonly containerd: Containerd
  readonly images: ImageStore
  readonly live = new Map<string, Live>()
  readonly execs = new Map<string, Exec>()
  /** By network id. */
  readonly segments = new Map<string, Segment>()
  /** Recent events, oldest first, each with its exact time as text. */
  readonly events: { readonly event: DockerEvent; readonly nano: string }[] = []
  readonly eventCame = new WaitQueue()
  /** Events ever made: where a follower stands. */
  eventCount = 0
  /** As /_ping tells: `inactive`, `active/manager`. */
  swarmState = 'inactive'
  /** Its machine was switched off. */
  isStopped = false
  /** Its part in a swarm, once it is in one. */
  swarm: SwarmPart | undefined
  /** What `docker info` names the engine by. */
  readonly engineId: string
  /** Clients that follow events. */
  eventListeners = 0
  /** Rows of `docker system df` for the builder's cache. */
  buildCache: () => readonly object[] = () => []
  /** What `RUN --mount=type=cache` keeps between builds. */
  readonly buildMounts = new Map<string, MemoryFiles>()
  /** Files of build contexts that the builder has been sent before. */
  readonly sentFiles = new Set<string>()
  /** Base images the builder has used in this life of the daemon: the next build finds them cached. */
  readonly builtFrom = new Set<string>()
  /** The next ephemeral port to publish on. */
  nextPort = 32_768
  /** Who is served now. Work that goes on later (a pull, an exit) is the daemon's own. */
  cause: Cause = { by: 'dockerd', because: 0 }
  readonly #byName = new Map<string, string>()
  readonly #lastEntry = new Map<string, number>()
  #lastNano = 0n

  constructor({
    host,
    store,
    clock,
    random,
    registry,
    containerd,
  }: { host: Host; store: Store; clock: Clock; random: Random; registry: Registry; containerd: Containerd }) {
    this.host = host
    this.store = store
    this.clock = clock
    this.random = random
    this.registry = registry
    this.containerd = containerd
    const known = store.get('engine', 'id') as { readonly ID: string } | undefined
    this.engineId = known?.ID ?? random.uuid()
    if (!known) store.put('engine', 'id', { ID: this.engineId }, this.cause)
    this.images = new ImageStore({ store, clock, registry, cause: () => this.cause })
    store.index('containers', 'network', (object) =>
      Object.values((object as Container).NetworkSettings.Networks).map(({ NetworkID }) => NetworkID),
    )
    for (const container of this.containers()) this.#byName.set(container.Name, container.Id)
  }

  /** Now, as RFC 3339 with nine digits; no two are the same. */
  nano(): string {
    const [seconds, nanos] = this.#nextNano()
    return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}.${String(nanos).padStart(9, '0')}Z`
  }

  /** Newest last. */
  containers(): readonly Container[] {
    return this.store.list('containers') as readonly Container[]
  }

  container(id: string): Container {
    const container = this.store.get('containers', id)
    if (!container) throw notFound(`No such container: ${id}`)
    return container as Container
  }

  find(name: string): Container | undefined {
    const byId = this.store.get('containers', name) as Container | undefined
    if (byId) return byId
    const byName = this.#byName.get(`/${name.replace(/^\//, '')}`)
    if (byName) return this.container(byName)
    if (!/^[a-f0-9]+$/.test(name)) return undefined
    const matches = this.containers().filter(({ Id }) => Id.startsWith(name))
    if (matches.length > 1) throw badRequest(`Multiple IDs found with provided prefix: ${name}`)
    return matches[0]
  }

  require(name: string): Container {
    const container = this.find(name)
    if (!container) throw notFound(`No such container: ${name}`)
    return container
  }

  idOfName(name: string): string | undefined {
    return this.#byName.get(`/${name}`)
  }

  liveOf(id: string): Live {
    const live = this.live.get(id)
    if (!live) throw notFound(`No such container: ${id}`)
    return live
  }

  /** Writes parts of a container; what the daemon does by itself follows from what happened to the container last. */
  update(id: string, parts: Partial<Container>): Container {
    const before = this.container(id)
    if (parts.Name !== undefined && parts.Name !== before.Name) {
      this.#byName.delete(before.Name)
      this.#byName.set(parts.Name, id)
    }
    return this.put({ ...before, ...parts })
  }

  updateState(id: string, parts: Partial<ContainerState>): Container {
    const container = this.container(id)
    return this.update(id, { State: { ...container.State, ...parts } })
  }

  put(container: Container): Container {
    const because = this.cause.because || this.#lastEntry.get(container.Id) || 0
    const stored = this.store.put('containers', container.Id, container, { by: this.cause.by, because })
    this.#lastEntry.set(container.Id, this.store.revision)
    this.#byName.set(container.Name, container.Id)
    this.live.get(container.Id)?.changed.wake()
    return stored
  }

  forget(container: Container): void {
    this.store.delete('containers', container.Id, {
      by: this.cause.by,
      because: this.cause.because || this.#lastEntry.get(container.Id) || 0,
    })
    this.#byName.delete(container.Name)
    this.#lastEntry.delete(container.Id)
    this.live.delete(container.Id)
  }

  networks(): readonly Network[] {
    return this.store.list('networks') as readonly Network[]
  }

  volumes(): readonly Volume[] {
    return this.store.list('volumes') as readonly Volume[]
  }

  event(type: string, action: string, id: string, attributes: Readonly<Record<string, string>>, scope: 'local' | 'swarm' = 'local'): void {
    const [seconds, nanos] = this.#nextNano()
    const Attributes = Object.fromEntries(Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1)))
    const base = {
      Type: type,
      Action: action,
      Actor: { ID: id, Attributes },
      scope,
      time: Number(seconds),
      timeNano: Number(seconds) * 1e9 + nanos,
    }
    // Containers and images keep the fields of the first API beside the new ones.
    const event: DockerEvent =
      type === 'container'
        ? { status: action, id, from: attributes.image, ...base }
        : type === 'image'
          ? { status: action, id, ...base }
          : base
    this.events.push({ event, nano: `${seconds}${String(nanos).padStart(9, '0')}` })
    if (this.events.length > eventsKept) this.events.shift()
    this.eventCount++
    this.eventCame.wake()
  }

  containerEvent(container: Container, action: string, more: Readonly<Record<string, string>> = {}): void {
    this.event('container', action, container.Id, {
      ...container.Config.Labels,
      ...more,
      image: container.Config.Image,
      name: container.Name.slice(1),
    })
  }

  #nextNano(): [seconds: bigint, nanos: number] {
    const now = BigInt(Math.floor(this.clock.now())) * 1_000_000n
    // What happens within one millisecond is some microseconds apart.
    this.#lastNano =
      now > this.#lastNano ? now + BigInt(this.random.below(90_000)) : this.#lastNano + 1_000n + BigInt(this.random.below(9_000))
    return [this.#lastNano / 1_000_000_000n, Number(this.#lastNano % 1_000_000_000n)]
  }
}
