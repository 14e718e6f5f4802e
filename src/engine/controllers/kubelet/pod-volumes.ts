/**
 * A pod's volumes on its node: all are set up before its first container starts, those with a source in the API are written again when it changes.
 */
import type { V1Volume } from '../../kinds/generated/types.ts'
import { pace } from '../../pace.ts'
import { ConfigError } from './environment.ts'
import type { WorkerContext } from './host.ts'
import { isLive, MountError, setUp, sourcesOf } from './volumes.ts'

export class PodVolumes {
  readonly #worker: WorkerContext
  readonly #sources = new Map<string, readonly unknown[]>()
  #hostPaths: ReadonlyMap<string, string> | undefined
  #backoffMs = 0

  constructor(worker: WorkerContext) {
    this.#worker = worker
  }

  /** Where the volumes are, by name; undefined until all are mounted. */
  get hostPaths(): ReadonlyMap<string, string> | undefined {
    return this.#hostPaths
  }

  /** How long to wait before trying again; 0: all is mounted. */
  mountAll(): number {
    const hostPaths = new Map<string, string>()
    const { containers, initContainers = [], volumes = [] } = this.#worker.pod.spec
    // What no container asks for is never mounted.
    const used = new Set([...containers, ...initContainers].flatMap(({ volumeMounts = [] }) => volumeMounts.map(({ name }) => name)))
    for (const volume of volumes) {
      if (!used.has(volume.name)) continue
      try {
        hostPaths.set(volume.name, setUp(volume, this.#place()))
        if (isLive(volume)) this.#sources.set(volume.name, this.#sourcesOf(volume))
      } catch (error) {
        if (!(error instanceof MountError) && !(error instanceof ConfigError)) throw error
        this.#worker.event('Warning', 'FailedMount', `MountVolume.SetUp failed for volume "${volume.name}" : ${error.message}`)
        this.#backoffMs = this.#backoffMs === 0 ? pace.mountBackoffFirst : Math.min(this.#backoffMs * 2, pace.mountBackoffMost)
        return this.#backoffMs
      }
    }
    this.#hostPaths = hostPaths
    return 0
  }

  /** What ConfigMaps, Secrets and tokens say meanwhile. */
  refresh(): void {
    for (const volume of this.#worker.pod.spec.volumes ?? []) {
      if (!isLive(volume)) continue
      const sources = this.#sourcesOf(volume)
      const before = this.#sources.get(volume.name)
      if (before?.length === sources.length && before.every((source, index) => source === sources[index])) continue
      this.#sources.set(volume.name, sources)
      try {
        setUp(volume, this.#place())
      } catch (error) {
        // What was there stays there; a source that vanished is told only when a pod starts.
        if (!(error instanceof MountError) && !(error instanceof ConfigError)) throw error
      }
    }
  }

  #sourcesOf(volume: V1Volume): readonly unknown[] {
    const { host, pod } = this.#worker
    return sourcesOf(volume, { client: host.client, pod })
  }

  #place(): Parameters<typeof setUp>[1] {
    const { host, pod } = this.#worker
    return {
      ...this.#worker.place(),
      files: host.runtime.files,
      token: (account, wish) => host.token(pod.metadata.namespace ?? '', account, { ...wish, pod: pod.metadata.name }),
    }
  }
}
