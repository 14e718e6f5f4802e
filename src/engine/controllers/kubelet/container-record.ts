/**
 * What the kubelet remembers of one container of a pod, from one of its runs to the next.
 */
import type { V1Container, V1ContainerStateTerminated, V1ResourceRequirements } from '../../kinds/generated/types.ts'
import { pace } from '../../pace.ts'
import type { RuntimeContainer, RuntimeImage } from '../../runtime/runtime.ts'

export type Role = 'init' | 'sidecar' | 'main' | 'ephemeral'

export interface ContainerRecord {
  readonly name: string
  readonly role: Role
  /** With the resources that were allocated to it, which may be others than the pod asks for. */
  spec: V1Container
  /** What its control group says, where that is not yet what was allocated. */
  actual: V1ResourceRequirements | undefined
  id: string | undefined
  info: RuntimeContainer | undefined
  image: RuntimeImage | undefined
  restartCount: number
  /** It was stopped to be started anew, whatever the pod's policy says of ends. */
  mustRestart: boolean
  /** The end of the one before. */
  previous: { readonly id: string; readonly info: RuntimeContainer } | undefined
  /** Why it does not run: shown in place of its last end. */
  waiting: { readonly reason: string; readonly message?: string } | undefined
  /** When it is tried again, where it could not be made. */
  retryAt?: number
  /** The readiness probe's word; true where there is none. */
  isReady: boolean
  isStarted: boolean
  crashBackoffMs: number
  lastBackoffAt: number
}

export function record(spec: V1Container, role: Role): ContainerRecord {
  return {
    name: spec.name,
    role,
    spec,
    actual: undefined,
    mustRestart: false,
    id: undefined,
    info: undefined,
    image: undefined,
    restartCount: 0,
    previous: undefined,
    waiting: undefined,
    isReady: !spec.readinessProbe,
    isStarted: !spec.startupProbe,
    crashBackoffMs: 0,
    lastBackoffAt: 0,
  }
}

export function isRunning({ id, info, waiting }: ContainerRecord): boolean {
  return id !== undefined && info?.state === 'running' && waiting === undefined
}

export function bareId(containerId = ''): string {
  return containerId.replace(/^containerd:\/\//, '')
}

/** An end as the API remembers it, for a container that the runtime no longer knows. */
export function infoOf({ containerID, startedAt, finishedAt, exitCode, reason, message }: V1ContainerStateTerminated): RuntimeContainer {
  return {
    id: bareId(containerID),
    state: 'exited',
    startedAt: Date.parse(startedAt ?? ''),
    finishedAt: Date.parse(finishedAt ?? ''),
    exitCode,
    reason,
    message,
  }
}

/** How long a container that ended has yet to wait; 0: it may start, and the wait after its next end is longer. */
export function crashBackoffLeft(each: ContainerRecord, now: number): number {
  const finishedAt = each.info?.finishedAt ?? now
  const left = each.crashBackoffMs - (now - finishedAt)
  const isRecent = finishedAt - each.lastBackoffAt <= pace.crashBackoffReset
  if (each.crashBackoffMs > 0 && left > 0 && isRecent) return left
  each.crashBackoffMs =
    each.crashBackoffMs === 0 || !isRecent ? pace.crashBackoffFirst : Math.min(each.crashBackoffMs * 2, pace.crashBackoffMost)
  each.lastBackoffAt = now
  return 0
}
