/**
 * What a pod worker needs of the kubelet it belongs to, and what the worker's parts (image puller, volumes, probes) need of the worker.
 */
import type { Clock } from '../../../base/clock.ts'
import type { Client } from '../../api/client.ts'
import type { V1Node, V1Pod } from '../../kinds/generated/types.ts'
import type { ContainerRuntime, Sandbox } from '../../runtime/runtime.ts'
import type { EventType, Recorder } from '../events.ts'
import type { ContainerRecord } from './container-record.ts'
import type { Place } from './environment.ts'
import type { PodWorker } from './pod-worker.ts'
import type { Resize } from './resize.ts'

/** What a worker needs of the kubelet it belongs to. */
export interface Host {
  readonly clock: Clock
  readonly runtime: ContainerRuntime
  readonly recorder: Recorder
  readonly nodeName: string
  readonly hostIp: string
  readonly clusterDns: string
  readonly clusterDomain: string
  readonly client: Client
  node(): V1Node | undefined
  journal(severity: 'I' | 'W' | 'E', text: string): void
  /** The page was loaded again: what ran when it was left goes on, as if the machine had been asleep. */
  readonly isResumed: boolean
  /** A cluster that was there before its learner: what starts in its first moments has long been up. */
  isBirth(): boolean
  /** Why the node will not take this pod; undefined when it will. */
  refusal(pod: V1Pod): { readonly reason: string; readonly message: string } | undefined
  /** Why other resources for a running pod must wait; undefined when there is room. */
  resizeObstacle(pod: V1Pod): Resize | undefined
  token(
    namespace: string,
    serviceAccount: string,
    wish: { readonly pod: string; readonly audience?: string; readonly seconds?: number },
  ): () => string
  /** A container now belongs to this worker. */
  owns(containerId: string, worker: PodWorker): void
  /** The worker is done with the pod for good. */
  forget(worker: PodWorker): void
}

export interface WorkerContext {
  readonly host: Host
  readonly pod: V1Pod
  readonly sandbox: Sandbox | undefined
  place(): Place
  event(type: EventType, reason: string, message: string, container?: ContainerRecord): void
}
