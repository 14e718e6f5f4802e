/**
 * From a container that should run to one that does: its image, the container, its process, the hook after the start. Whatever stands in the
 * way is shown as the reason why it waits, and is tried again later.
 */
import { pace } from '../../pace.ts'
import { RuntimeError } from '../../runtime/runtime.ts'
import type { Work } from '../work.ts'
import { type ContainerRecord, crashBackoffLeft } from './container-record.ts'
import { ConfigError } from './environment.ts'
import { goDuration } from './go-duration.ts'
import { runHook } from './hooks.ts'
import type { WorkerContext } from './host.ts'
import { ImagePuller } from './image-puller.ts'
import type { PodProbes } from './pod-probes.ts'
import type { PodVolumes } from './pod-volumes.ts'
import { containerSpec } from './specs.ts'
import { isStatic } from './static-pods.ts'

export interface StarterNews {
  /** A container of this id is the worker's from now on. */
  created(id: string): void
  /** It runs: to be told by another sync. */
  started(): void
  /** Why it waits is to be told, and it is to be tried again in so many ms. */
  waits(ms: number): void
  /** It ended too often: what it ended with is shown until it is tried again in so many ms. */
  backsOff(ms: number): void
  kill(each: ContainerRecord): void
}

interface Parts {
  readonly probes: PodProbes
  readonly volumes: PodVolumes
  /** Containers that ran when the page was left, by record: the ids they go on under. */
  readonly asleep: Map<ContainerRecord, string>
  readonly news: StarterNews
}

export class ContainerStarter {
  readonly #worker: WorkerContext
  readonly #parts: Parts
  readonly #images: ImagePuller

  constructor(worker: WorkerContext, parts: Parts) {
    this.#worker = worker
    this.#parts = parts
    this.#images = new ImagePuller(worker)
  }

  *start(each: ContainerRecord): Work {
    const { runtime } = this.#worker.host
    if (this.#isBackingOff(each)) return
    const retryMs = (each.retryAt ?? 0) - this.#worker.host.clock.now()
    if (retryMs > 0) return this.#parts.news.backsOff(retryMs)
    const { asleep, probes, news } = this.#parts
    const sleeping = asleep.get(each)
    asleep.delete(each)
    // Another image may be asked for while the first one comes.
    for (let image: string | undefined; sleeping === undefined && image !== each.spec.image; ) {
      image = each.spec.image
      const pulled = yield* this.#images.pulled(each)
      if ('waiting' in pulled) return this.#wait(each, pulled.waiting, pace.podRetry)
      each.image = pulled.image
    }
    const id = this.#create(each, sleeping)
    if (id === undefined) return
    if (sleeping === undefined) {
      const hasLongRun = this.#worker.host.isBirth() && isStatic(this.#worker.pod)
      each.isStarted = hasLongRun || !each.spec.startupProbe
      each.isReady = hasLongRun || !each.spec.readinessProbe
      this.#worker.event('Normal', 'Created', `Created container: ${each.name}`, each)
      yield pace.containerStart
    }
    try {
      runtime.startContainer(id)
    } catch (error) {
      if (!(error instanceof RuntimeError)) throw error
      each.info = runtime.status(id)
      this.#worker.event('Warning', 'Failed', `Error: ${error.message}`, each)
      return this.#wait(each, { reason: error.reason ?? 'RunContainerError', message: error.message }, pace.relist)
    }
    each.info = runtime.status(id)
    news.started()
    if (sleeping !== undefined) {
      if (each.isStarted) probes.startLater(each)
      else probes.start(each)
      return
    }
    this.#worker.event('Normal', 'Started', `Started container ${each.name}`, each)
    const hook = each.spec.lifecycle?.postStart
    if (hook && !(yield* runHook(this.#worker, each, hook))) {
      this.#worker.event('Warning', 'FailedPostStartHook', 'PostStartHook failed', each)
      this.#worker.event('Normal', 'Killing', 'FailedPostStartHook', each)
      news.kill(each)
      return
    }
    if (each.isStarted) probes.startLater(each)
    else probes.start(each)
  }

  #isBackingOff(each: ContainerRecord): boolean {
    if (each.info?.state !== 'exited' || !each.id || crashBackoffLeft(each, this.#worker.host.clock.now()) === 0) return false
    const { metadata } = this.#worker.pod
    const name = `${metadata.name}_${metadata.namespace}(${metadata.uid})`
    this.#worker.event('Warning', 'BackOff', `Back-off restarting failed container ${each.name} in pod ${name}`, each)
    each.waiting = {
      reason: 'CrashLoopBackOff',
      message: `back-off ${goDuration(each.crashBackoffMs)} restarting failed container=${each.name} pod=${name}`,
    }
    this.#complain(each)
    this.#parts.news.backsOff(pace.podRetry)
    return true
  }

  /** The new container's id; undefined when it could not be made. `sleeping` is the id it goes on under. */
  #create(each: ContainerRecord, sleeping: string | undefined): string | undefined {
    const { runtime } = this.#worker.host
    let id: string
    try {
      const spec = {
        ...containerSpec(each, {
          place: this.#worker.place(),
          hostPaths: this.#parts.volumes.hostPaths,
          files: runtime.files,
          isResumed: sleeping !== undefined,
        }),
        id: sleeping,
      }
      id = runtime.createContainer(this.#worker.sandbox?.id ?? '', spec)
    } catch (error) {
      if (!(error instanceof ConfigError) && !(error instanceof RuntimeError)) throw error
      const reason = error instanceof ConfigError ? 'CreateContainerConfigError' : (error.reason ?? 'CreateContainerError')
      this.#worker.event('Warning', 'Failed', `Error: ${error.message}`, each)
      // A pull takes time, after which the pod is looked at again at once.
      each.retryAt = this.#worker.host.clock.now() + pace.containerRetry
      this.#wait(each, { reason, message: error.message }, pace.containerRetry)
      return undefined
    }
    if (each.id && each.info?.state === 'exited') {
      if (each.previous && runtime.status(each.previous.id)) runtime.removeContainer(each.previous.id)
      each.previous = { id: each.id, info: each.info }
      each.restartCount++
    }
    each.id = id
    each.info = runtime.status(id)
    each.waiting = undefined
    each.mustRestart = false
    this.#parts.news.created(id)
    return id
  }

  /** The container does not run yet: why is shown, and it is tried again after a while. */
  #wait(each: ContainerRecord, waiting: ContainerRecord['waiting'], ms: number): void {
    each.waiting = waiting
    this.#complain(each)
    this.#parts.news.waits(ms)
  }

  #complain({ name, waiting }: ContainerRecord): void {
    const { host, pod } = this.#worker
    const { metadata } = pod
    const why = JSON.stringify(
      `failed to "StartContainer" for "${name}" with ${waiting?.reason}: ${JSON.stringify(waiting?.message ?? '')}`,
    )
    host.journal(
      'E',
      `pod_workers.go:1324] "Error syncing pod, skipping" err=${why} pod="${metadata.namespace}/${metadata.name}" podUID="${metadata.uid}"`,
    )
  }
}
