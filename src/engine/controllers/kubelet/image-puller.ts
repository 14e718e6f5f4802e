/**
 * Images for a pod's containers: what the pull policy asks for, and the back-off after a pull that failed.
 */
import { pace } from '../../pace.ts'
import type { PullResult, RuntimeImage } from '../../runtime/runtime.ts'
import type { Pause } from '../work.ts'
import type { ContainerRecord } from './container-record.ts'
import { goDuration } from './go-duration.ts'
import type { WorkerContext } from './host.ts'

type Pulled = { readonly image: RuntimeImage } | { readonly waiting: { readonly reason: string; readonly message: string } }

export class ImagePuller {
  readonly #worker: WorkerContext
  readonly #backoff = new Map<string, { readonly ms: number; readonly at: number; readonly error: string }>()

  constructor(worker: WorkerContext) {
    this.#worker = worker
  }

  /** The image of a container, pulled where its policy says so, or why the container has to wait. */
  *pulled(each: ContainerRecord): Generator<Pause, Pulled, void> {
    const { clock, runtime } = this.#worker.host
    const image = each.spec.image ?? ''
    const policy = each.spec.imagePullPolicy ?? (/:(?!latest$)[^/]+$/.test(image) ? 'IfNotPresent' : 'Always')
    const present = runtime.images.find(image)
    if (policy === 'Never' || (policy === 'IfNotPresent' && present)) {
      if (present) {
        this.#worker.event('Normal', 'Pulled', `Container image "${image}" already present on machine`, each)
        return { image: present }
      }
      this.#worker.event('Warning', 'ErrImageNeverPull', `Container image "${image}" is not present with pull policy of Never`, each)
      this.#worker.event('Warning', 'Failed', 'Error: ErrImageNeverPull', each)
      return { waiting: { reason: 'ErrImageNeverPull', message: `Container image "${image}" is not present with pull policy of Never` } }
    }
    const backoff = this.#backoff.get(image)
    if (backoff && clock.now() - backoff.at < backoff.ms) {
      this.#worker.event('Normal', 'BackOff', `Back-off pulling image "${image}"`, each)
      this.#worker.event('Warning', 'Failed', 'Error: ImagePullBackOff', each)
      return { waiting: { reason: 'ImagePullBackOff', message: `Back-off pulling image "${image}": ${backoff.error}` } }
    }
    this.#worker.event('Normal', 'Pulling', `Pulling image "${image}"`, each)
    const began = clock.now()
    let result: PullResult | undefined
    yield (resume) =>
      runtime.images.pull(image, (answer) => {
        result = answer
        resume()
      })
    if (result && 'image' in result) {
      const took = goDuration(Math.max(1, clock.now() - began))
      this.#worker.event(
        'Normal',
        'Pulled',
        `Successfully pulled image "${image}" in ${took} (${took} including waiting). Image size: ${result.image.sizeBytes} bytes.`,
        each,
      )
      this.#backoff.delete(image)
      return { image: result.image }
    }
    const error = result?.error ?? 'the pull was cancelled'
    const reason = result?.reason ?? 'ErrImagePull'
    if (reason === 'InvalidImageName') {
      this.#worker.event('Warning', 'InspectFailed', `Failed to apply default image tag "${image}": ${error}`, each)
      this.#worker.event('Warning', 'Failed', 'Error: InvalidImageName', each)
      return { waiting: { reason, message: `Failed to apply default image tag "${image}": ${error}` } }
    }
    this.#worker.event('Warning', 'Failed', `Failed to pull image "${image}": ${error}`, each)
    this.#worker.event('Warning', 'Failed', `Error: ${reason}`, each)
    const ms = Math.min(backoff ? backoff.ms * 2 : pace.imageBackoffFirst, pace.imageBackoffMost)
    // The sync after a failed pull always finds the back-off, so that both words are seen.
    this.#backoff.set(image, { ms: Math.max(ms, pace.podRetry + 1), at: clock.now(), error: `${reason}: ${error}` })
    return { waiting: { reason, message: error } }
  }
}
