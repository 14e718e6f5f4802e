/**
 * One pod on one node, from its first sight to its last file. A worker does one thing at a time: `sync` brings the containers one
 * step nearer to what the pod asks for, and the status that the API shows is the one a sync found when it began (or a probe changed),
 * which is why a pod is "ContainerCreating" as long as any of its containers is still being pulled.
 */
import type { Cancel } from '../../../base/clock.ts'
import { WaitQueue } from '../../../base/wait-queue.ts'
import { ApiError, type Client } from '../../api/client.ts'
import type { V1Container, V1Pod } from '../../kinds/generated/types.ts'
import { pace } from '../../pace.ts'
import { type PodThere, RuntimeError, type Sandbox } from '../../runtime/runtime.ts'
import type { EventType } from '../events.ts'
import { isOver, isSame, timestamp } from '../objects.ts'
import { perform, type Pause, type Work } from '../work.ts'
import { type ContainerRecord, isRunning, record } from './container-record.ts'
import { ContainerStarter } from './container-starter.ts'
import type { Place } from './environment.ts'
import type { Host, WorkerContext } from './host.ts'
import { PodProbes } from './pod-probes.ts'
import { PodResources } from './pod-resources.ts'
import { PodVolumes } from './pod-volumes.ts'
import { recognise, remember } from './remembered.ts'
import { rememberedSpec } from './resize.ts'
import { logFolder, sandboxSpec } from './specs.ts'
import { statusOf } from './status.ts'
import { stopAll } from './stop.ts'
import { podFolder } from './volumes.ts'

export class PodWorker implements WorkerContext {
  readonly key: string
  readonly uid: string
  readonly host: Host
  readonly #records: ContainerRecord[]
  readonly #startTime: string
  readonly #probes: PodProbes
  readonly #volumes: PodVolumes
  readonly #resources: PodResources
  readonly #starter: ContainerStarter
  #pod: V1Pod
  #because = 0
  #sandbox: Sandbox | undefined
  #sandboxes = 0
  #working: Cancel | undefined
  #isDirty = false
  #wake: { at: number; cancel: Cancel } | undefined
  readonly #exits = new WaitQueue()
  #mode: 'running' | 'stopping' | 'over' | 'gone' = 'running'
  #failure: { reason: string; message: string } | undefined
  #isAdmitted = false
  /** Containers that ran when the page was left, by record: the ids they go on under. No status is told before all of them run. */
  readonly #asleep = new Map<ContainerRecord, string>()
  #deadline: Cancel | undefined

  constructor(host: Host, key: string, pod: V1Pod) {
    this.host = host
    this.key = key
    this.uid = pod.metadata.uid
    this.#pod = pod
    this.#startTime = timestamp(host.clock.now())
    this.#volumes = new PodVolumes(this)
    this.#probes = new PodProbes(this, {
      readinessChanged: () => this.#writeStatus(false),
      started: () => {
        this.#writeStatus(false)
        this.#syncAfter(0)
      },
      failed: (each, { terminationGracePeriodSeconds: seconds }) =>
        this.#kill(each, seconds === undefined ? this.#graceMs() : seconds * 1000),
    })
    this.#records = [
      ...(pod.spec.initContainers ?? []).map((spec) =>
        record(rememberedSpec(spec, pod), spec.restartPolicy === 'Always' ? 'sidecar' : 'init'),
      ),
      ...pod.spec.containers.map((spec) => record(rememberedSpec(spec, pod), 'main')),
    ]
    this.#resources = new PodResources(this, this.#records, (each) => this.#kill(each, this.#graceMs()))
    this.#starter = new ContainerStarter(this, {
      probes: this.#probes,
      volumes: this.#volumes,
      asleep: this.#asleep,
      news: {
        created: (id) => host.owns(id, this),
        started: () => {
          this.#isDirty = true
        },
        waits: (ms) => {
          this.#writeStatus(false)
          this.#syncAfter(ms)
        },
        backsOff: (ms) => {
          this.#isDirty = false
          this.#syncAfter(ms)
        },
        kill: (each) => this.#kill(each, this.#graceMs()),
      },
    })
    // What ended before this kubelet started is left alone until somebody deletes it; its logs can be read.
    if (isOver(pod) && pod.metadata.deletionTimestamp === undefined) this.#mode = 'over'
    for (const each of this.#records) {
      const id = remember(each, pod, { host, isOver: this.#mode === 'over' })
      if (id !== undefined) this.#asleep.set(each, id)
      if (each.id !== undefined) host.owns(each.id, this)
    }
    this.#isAdmitted = this.#asleep.size > 0
    const there = host.runtime.podOf(this.uid)
    if (there) this.#takeOver(there)
    if (this.#isAdmitted) this.#watchDeadline()
  }

  /** The kubelet alone was away: the pod's containers have gone on, and do under it. */
  #takeOver({ sandbox, attempt, containers }: PodThere): void {
    this.#sandbox = sandbox
    this.#sandboxes = attempt + 1
    this.#isAdmitted = true
    for (const spec of this.#pod.spec.ephemeralContainers ?? [])
      if (containers.has(spec.name)) this.#records.push(record(spec as unknown as V1Container, 'ephemeral'))
    for (const each of this.#records) {
      const found = containers.get(each.name)
      if (!found) continue
      recognise(each, this.#pod, found, this.host)
      this.host.owns(found.id, this)
      if (!isRunning(each)) continue
      if (each.isStarted) this.#probes.startLater(each)
      else this.#probes.start(each)
    }
  }

  get pod(): V1Pod {
    return this.#pod
  }

  /** The pod with what was allocated to it. */
  get allocatedPod(): V1Pod {
    return this.#resources.allocatedPod
  }

  place(): Place {
    const { client, hostIp, nodeName } = this.host
    return {
      client,
      pod: this.#pod,
      podIp: this.#sandbox?.ip ?? '',
      hostIp,
      nodeName,
      allocatable: this.host.node()?.status.allocatable ?? {},
    }
  }

  /** One of its containers ended, or cannot be started. */
  get isFailing(): boolean {
    return this.#records.some(({ role, info, waiting }) => role === 'main' && (info?.state === 'exited' || waiting !== undefined))
  }

  get sandbox(): Sandbox | undefined {
    return this.#sandbox
  }

  get records(): readonly ContainerRecord[] {
    return this.#records
  }

  /** The API has a new version of the pod, or wants none any more. */
  poke(pod: V1Pod | undefined, because: number): void {
    this.#because = because
    if (!pod) {
      this.#vanish()
      return
    }
    const before = this.#pod
    this.#pod = pod
    if (pod.metadata.deletionTimestamp !== undefined) {
      this.#terminate()
      return
    }
    this.#noteSpec(before)
    // What only this kubelet wrote itself is no news to it.
    if (
      this.#isAdmitted &&
      before.spec === pod.spec &&
      before.metadata.labels === pod.metadata.labels &&
      before.metadata.annotations === pod.metadata.annotations &&
      !hasGateNews(before, pod)
    )
      return
    this.sync()
  }

  /** A container of this pod changed by itself. */
  noteContainer(): void {
    this.#exits.wake()
    this.#syncAfter(pace.relist)
  }

  sync(): void {
    if (this.#mode !== 'running') return
    if (this.#working) {
      this.#isDirty = true
      return
    }
    this.#wake?.cancel()
    this.#wake = undefined
    this.#isDirty = false
    let isDone = false
    const cancel = perform(this.host.clock, this.#sync(), () => {
      isDone = true
      this.#working = undefined
      if (this.#isDirty) this.#syncAfter(pace.relist)
    })
    if (!isDone) this.#working = cancel
  }

  /** Ends a pod against its will: the node is short of something, or time is up. */
  evict(reason: string, message: string): void {
    if (this.#mode !== 'running') return
    this.#failure = { reason, message }
    this.#end()
  }

  /** The machine loses power: nothing is written, nothing is waited for. */
  drop(): void {
    this.#mode = 'gone'
    this.#working?.()
    this.#wake?.cancel()
    this.#deadline?.()
    this.#probes.stopAll()
  }

  event(type: EventType, reason: string, message: string, container?: ContainerRecord): void {
    const field = container?.role === 'main' ? 'containers' : container?.role === 'ephemeral' ? 'ephemeralContainers' : 'initContainers'
    this.host.recorder.event(this.#client(), this.#pod, type, reason, message, container && `spec.${field}{${container.name}}`)
  }

  #client(): Client {
    return this.host.client.because(this.#because)
  }

  #syncAfter(ms: number): void {
    if (this.#mode !== 'running') return
    const at = this.host.clock.now() + ms
    if (this.#wake && this.#wake.at <= at) return
    this.#wake?.cancel()
    this.#wake = {
      at,
      cancel: this.host.clock.after(ms, () => {
        this.#wake = undefined
        this.sync()
      }),
    }
  }

  /** Ephemeral containers come later, and images of running pods may be changed. */
  #noteSpec(before: V1Pod): void {
    if (before.spec === this.#pod.spec) return
    for (const spec of this.#pod.spec.ephemeralContainers ?? []) {
      if (!this.#records.some(({ name }) => name === spec.name)) this.#records.push(record(spec as unknown as V1Container, 'ephemeral'))
    }
    for (const spec of [...(this.#pod.spec.initContainers ?? []), ...this.#pod.spec.containers]) {
      const known = this.#records.find(({ name }) => name === spec.name)
      if (!known) continue
      const isOther = known.spec.image !== spec.image
      // Resources are judged for the pod as a whole, when it is synced.
      known.spec = { ...spec, resources: known.spec.resources }
      if (isOther && known.role === 'main' && known.id && known.info?.state === 'running') {
        this.event('Normal', 'Killing', `Container ${known.name} definition changed, will be restarted`, known)
        this.#kill(known, this.#graceMs())
      }
    }
  }

  #admit(): boolean {
    const refusal = this.host.refusal(this.#pod)
    if (refusal) {
      const { reason, message } = refusal
      this.#mode = 'over'
      this.#failure = { reason, message }
      this.event('Warning', reason, message.replace(/^Pod was rejected: /, ''))
      this.#writeStatus(true)
      return false
    }
    this.#isAdmitted = true
    this.#watchDeadline()
    return true
  }

  *#sync(): Work {
    const { clock, runtime } = this.host
    if (!this.#isAdmitted && !this.#admit()) return
    this.#look()
    if (this.#isFinished()) {
      this.#end()
      return
    }
    const isResuming = this.#asleep.size > 0
    this.#resources.allocate()
    if (!isResuming) this.#writeStatus(false)
    if (this.#resources.resize?.type === 'PodResizeInProgress') {
      yield pace.relist
      this.#resources.actuate()
      this.#writeStatus(false)
    }
    if (!this.#volumes.hostPaths) {
      if (!isResuming) yield pace.volumeSetup
      const retryMs = this.#volumes.mountAll()
      if (retryMs > 0) {
        this.#syncAfter(retryMs)
        return
      }
    } else this.#volumes.refresh()
    if (!this.#sandbox) {
      if (!isResuming) yield pace.sandboxStart + unevenness(this.uid)
      try {
        this.#sandbox = runtime.runSandbox({
          ...sandboxSpec(this.#pod, this.#sandboxes++, this.host),
          ...(isResuming && { ip: this.#pod.status.podIP }),
        })
      } catch (error) {
        if (!(error instanceof RuntimeError)) throw error
        this.event('Warning', 'FailedCreatePodSandBox', `Failed to create pod sandbox: ${error.message}`)
        this.#syncAfter(pace.podRetry)
        return
      }
    }
    const now = clock.now()
    yield* this.#startContainers()
    if (clock.now() !== now) this.#isDirty = true
    this.#syncAfter(pace.podResync)
  }

  /** Init containers one after the other, sidecars in their place among them; then all the others. */
  *#startContainers(): Work {
    const isInitialized = yield* this.#initialize()
    for (const each of this.#records) {
      if (each.role === 'ephemeral' && each.id === undefined) yield* this.#starter.start(each)
      if (each.role !== 'main' || !isInitialized || isRunning(each)) continue
      if (each.info?.state === 'exited' && !this.#restarts(each)) continue
      yield* this.#starter.start(each)
    }
  }

  /** Whether the main containers may start; if not, one that stands before them has been started, or is being waited for. */
  *#initialize(): Generator<Pause, boolean, void> {
    for (const each of this.#records) {
      if (each.role === 'sidecar') {
        if (!isRunning(each)) yield* this.#starter.start(each)
        if (!isRunning(each) || !each.isStarted) return false
      }
      if (each.role !== 'init' || (each.info?.state === 'exited' && each.info.exitCode === 0)) continue
      const hasFailed = each.info?.state === 'exited' && this.#policy() === 'Never'
      if (!isRunning(each) && !hasFailed) yield* this.#starter.start(each)
      return false
    }
    return true
  }

  #kill(each: ContainerRecord, graceMs: number): void {
    this.#probes.stop(each)
    if (each.id && isRunning(each)) this.host.runtime.stopContainer(each.id, graceMs)
  }

  /** Asks the runtime how the containers are. */
  #look(): void {
    const now = this.host.clock.now()
    for (const each of this.#records) {
      if (!each.id) continue
      const info = this.host.runtime.status(each.id)
      if (info) each.info = info
      // The machine was off meanwhile: what ran there is gone.
      else if (each.info?.state === 'running') each.info = { ...each.info, state: 'exited', exitCode: 137, finishedAt: now }
      if (each.info?.state !== 'exited') continue
      this.#probes.stop(each)
      each.isReady = false
    }
  }

  #policy(): string {
    return this.#pod.spec.restartPolicy ?? 'Always'
  }

  #restarts(each: ContainerRecord): boolean {
    if (each.mustRestart) return true
    const policy = this.#policy()
    return policy === 'Always' || (policy === 'OnFailure' && each.info?.exitCode !== 0)
  }

  #isFinished(): boolean {
    if (this.#policy() === 'Always') return false
    const main = this.#records.filter(({ role }) => role === 'main')
    const failedInit =
      this.#policy() === 'Never' &&
      this.#records.some(({ role, info }) => role === 'init' && info?.state === 'exited' && info.exitCode !== 0)
    return failedInit || main.every((each) => each.info?.state === 'exited' && !this.#restarts(each))
  }

  #graceMs(): number {
    return (this.#pod.metadata.deletionGracePeriodSeconds ?? this.#pod.spec.terminationGracePeriodSeconds ?? 30) * 1000
  }

  #terminate(): void {
    if (this.#mode === 'gone') return
    if (this.#mode === 'over') {
      this.#cleanUp()
      this.#deleteFromApi()
      return
    }
    if (this.#mode === 'stopping') {
      // A second deletion may leave less time.
      for (const each of this.#records) if (isRunning(each) && each.id) this.host.runtime.stopContainer(each.id, this.#graceMs())
      return
    }
    this.#mode = 'stopping'
    this.#working?.()
    this.#wake?.cancel()
    this.#working = perform(this.host.clock, this.#tearDown(), () => {
      if (this.#mode === 'gone') return
      this.#cleanUp()
      this.#deleteFromApi()
    })
  }

  /** How it ended is told at once; the pod leaves the API when its volumes and its network are gone. */
  *#tearDown(): Work {
    yield* this.#stopAll()
    if (this.#mode === 'gone') return
    this.#writeStatus(true)
    yield pace.podTeardown
  }

  /** The pod is over by itself (or was evicted): it stays in the API until somebody deletes it. */
  #end(): void {
    this.#mode = 'stopping'
    this.#wake?.cancel()
    // `#end` may be called by the very sync that is running: it returns right after.
    const before = this.#working
    if (this.#failure) before?.()
    this.#working = perform(this.host.clock, this.#stopAll(), () => {
      if (this.#mode === 'gone') return
      this.#mode = 'over'
      this.#deadline?.()
      if (this.#sandbox) this.host.runtime.removeSandbox(this.#sandbox.id)
      this.#writeStatus(true)
      if (this.#pod.metadata.deletionTimestamp !== undefined) this.#terminate()
    })
  }

  #stopAll(): Work {
    return stopAll(this, {
      records: this.#records,
      probes: this.#probes,
      look: () => this.#look(),
      graceMs: () => this.#graceMs(),
      exits: this.#exits,
    })
  }

  /** Deleted with force: the API knows it no more, so nothing is told. */
  #vanish(): void {
    if (this.#mode === 'gone') return
    this.#working?.()
    this.#wake?.cancel()
    this.#mode = 'gone'
    this.#working = perform(this.host.clock, this.#stopAll(), () => {
      this.#cleanUp()
      this.host.forget(this)
    })
  }

  #cleanUp(): void {
    const { runtime } = this.host
    this.#deadline?.()
    this.#probes.stopAll()
    for (const { id, previous } of this.#records) {
      if (previous && runtime.status(previous.id)) runtime.removeContainer(previous.id)
      if (id) runtime.removeContainer(id)
    }
    if (this.#sandbox) runtime.removeSandbox(this.#sandbox.id)
    if (!this.#sandbox) runtime.files.remove(logFolder(this.#pod))
    runtime.files.remove(podFolder(this.#pod))
  }

  #deleteFromApi(): void {
    this.#mode = 'gone'
    const { namespace = '', name } = this.#pod.metadata
    try {
      this.#client().delete('pods', namespace, name, { gracePeriodSeconds: 0, uid: this.uid })
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
    }
    this.host.forget(this)
  }

  #watchDeadline(): void {
    const seconds = this.#pod.spec.activeDeadlineSeconds
    if (seconds === undefined) return
    const ranMs = this.host.clock.now() - Date.parse(this.#pod.status.startTime ?? this.#startTime)
    this.#deadline = this.host.clock.after(Math.max(0, seconds * 1000 - ranMs), () => {
      this.event('Normal', 'DeadlineExceeded', 'Pod was active on the node longer than the specified deadline')
      this.evict('DeadlineExceeded', 'Pod was active on the node longer than the specified deadline')
    })
  }

  #writeStatus(isTerminal: boolean): void {
    const client = this.#client()
    const latest = client.get<V1Pod>('pods', this.#pod.metadata.namespace ?? '', this.#pod.metadata.name)
    if (!latest || latest.metadata.uid !== this.uid) return
    const status = statusOf({
      pod: latest,
      records: this.#records,
      hostIp: this.host.hostIp,
      podIp: this.#sandbox?.ip,
      startTime: latest.status.startTime ?? this.#startTime,
      hasSandbox: this.#sandbox !== undefined,
      isTerminal,
      failure: this.#failure,
      resize: this.#resources.resize,
      now: this.host.clock.now(),
    })
    if (isSame(status, latest.status)) return
    try {
      this.#pod = client.updateStatus<V1Pod>('pods', { ...latest, status })
    } catch (error) {
      // The API server may be away; the next sync says it again.
      if (!(error instanceof ApiError)) throw error
      this.#syncAfter(pace.leaseRenewal)
    }
  }
}

function hasGateNews(before: V1Pod, after: V1Pod): boolean {
  if (!after.spec.readinessGates?.length) return false
  const foreign = (pod: V1Pod): unknown =>
    pod.spec.readinessGates?.map(({ conditionType }) => pod.status.conditions?.find(({ type }) => type === conditionType)?.status)
  return !isSame(foreign(before), foreign(after))
}

/** Pods that are made together do not start together: a fraction of a second, the same for the same uid. */
function unevenness(uid: string): number {
  return (Number.parseInt(uid.slice(0, 2), 16) || 0) * pace.sandboxUnevenness
}
