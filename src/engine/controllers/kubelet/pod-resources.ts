/**
 * What a pod's containers were promised, and whether they have it yet: see resize.ts for the words. Other resources than before are promised to
 * all containers of the pod or to none.
 */
import type { V1Container, V1Pod } from '../../kinds/generated/types.ts'
import { type ContainerRecord, isRunning } from './container-record.ts'
import type { WorkerContext } from './host.ts'
import { hasOtherResources, limitsOf, needsRestart, type Resize } from './resize.ts'

export class PodResources {
  readonly #worker: WorkerContext
  readonly #records: readonly ContainerRecord[]
  readonly #kill: (each: ContainerRecord) => void
  #resize: Resize | undefined

  constructor(worker: WorkerContext, records: readonly ContainerRecord[], kill: (each: ContainerRecord) => void) {
    this.#worker = worker
    this.#records = records
    this.#kill = kill
  }

  /** Why the pod does not have what it asks for; undefined: it has. */
  get resize(): Resize | undefined {
    return this.#resize
  }

  /** The pod with what was allocated to it. */
  get allocatedPod(): V1Pod {
    const { pod } = this.#worker
    if (this.#resize?.type !== 'PodResizePending') return pod
    const allocated = (container: V1Container): V1Container => this.#records.find(({ name }) => name === container.name)?.spec ?? container
    const { spec } = pod
    return {
      ...pod,
      status: {},
      spec: {
        ...spec,
        containers: spec.containers.map(allocated),
        ...(spec.initContainers && { initContainers: spec.initContainers.map(allocated) }),
      },
    }
  }

  allocate(): void {
    const changed = this.#changed()
    if (changed.length === 0) {
      this.#resize = undefined
      return
    }
    this.#resize = this.#worker.host.resizeObstacle(this.#worker.pod)
    if (this.#resize) return
    for (const { known, wanted } of changed) {
      if (isRunning(known)) {
        known.actual = known.spec.resources ?? {}
        this.#resize = { type: 'PodResizeInProgress' }
      }
      known.spec = { ...known.spec, resources: wanted.resources }
    }
  }

  /** What was promised is given: to the running container, or to the one that takes its place. */
  actuate(): void {
    for (const each of this.#records) {
      if (!each.actual) continue
      if (isRunning(each) && each.id) {
        if (needsRestart(each.spec, each.actual)) {
          this.#worker.event('Normal', 'Killing', `Container ${each.name} resize requires restart`, each)
          each.mustRestart = true
          this.#kill(each)
        } else this.#worker.host.runtime.resizeContainer(each.id, limitsOf(each.spec))
      }
      each.actual = undefined
    }
    this.#resize = undefined
  }

  #changed(): readonly { readonly known: ContainerRecord; readonly wanted: V1Container }[] {
    const { containers, initContainers = [] } = this.#worker.pod.spec
    return [...initContainers, ...containers].flatMap((wanted) => {
      const known = this.#records.find(({ name }) => name === wanted.name)
      return known && hasOtherResources(wanted, known.spec) ? [{ known, wanted }] : []
    })
  }
}
