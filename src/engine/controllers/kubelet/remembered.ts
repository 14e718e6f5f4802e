/**
 * What the API says of containers that ran before this kubelet started. After a power cut they count as ended, nobody knows how; when the page
 * was only left and opened again, they go on as if the machine had been asleep; when only the kubelet was away, they are found running.
 */
import type { V1ContainerStatus, V1Pod } from '../../kinds/generated/types.ts'
import { bareId, type ContainerRecord, infoOf } from './container-record.ts'
import type { Host } from './host.ts'

/** Answers the id that the container goes on under; undefined when it does not run. */
export function remember(each: ContainerRecord, pod: V1Pod, { host, isOver }: { host: Host; isOver: boolean }): string | undefined {
  const before = statusBefore(each, pod)
  const id = before && bareId(before.containerID)
  if (!before || !id) return undefined
  const there = host.runtime.status(id)
  if (there) {
    if (there.state === 'exited') Object.assign(each, { id, info: there, restartCount: before.restartCount })
    return undefined
  }
  if (host.isResumed || isOver) return resume(each, before, host)
  if (each.role === 'init') return undefined
  each.restartCount = before.restartCount + 1
  const { running } = before.state ?? {}
  if (!running) return undefined
  each.previous = {
    id,
    info: {
      id,
      state: 'exited',
      startedAt: Date.parse(running.startedAt ?? ''),
      finishedAt: host.clock.now(),
      exitCode: 255,
      reason: 'Unknown',
      message: undefined,
    },
  }
  return undefined
}

/** The runtime still has it. */
export function recognise(
  each: ContainerRecord,
  pod: V1Pod,
  found: { readonly id: string; readonly attempt: number },
  { runtime }: Host,
): void {
  const before = statusBefore(each, pod)
  const last = before?.lastState?.terminated
  each.id = found.id
  each.info = runtime.status(found.id)
  each.image = runtime.images.find(each.spec.image ?? '')
  each.restartCount = found.attempt
  each.isReady = before?.ready ?? false
  each.isStarted = before?.started ?? !each.spec.startupProbe
  if (last && bareId(last.containerID) !== found.id) each.previous = { id: bareId(last.containerID), info: infoOf(last) }
}

function statusBefore(each: ContainerRecord, { status }: V1Pod): V1ContainerStatus | undefined {
  const { containerStatuses = [], initContainerStatuses = [], ephemeralContainerStatuses = [] } = status
  return [...containerStatuses, ...initContainerStatuses, ...ephemeralContainerStatuses].find(({ name }) => name === each.name)
}

function resume(
  each: ContainerRecord,
  { state, lastState, restartCount, ready, started, containerID }: V1ContainerStatus,
  { runtime }: Host,
): string | undefined {
  const last = lastState?.terminated
  const end = state?.terminated ?? (state?.waiting ? last : undefined)
  each.restartCount = restartCount
  each.image = runtime.images.find(each.spec.image ?? '')
  if (last && end !== last) each.previous = { id: bareId(last.containerID), info: infoOf(last) }
  if (end) {
    each.id = bareId(end.containerID)
    each.info = infoOf(end)
    if (state?.waiting?.reason) each.waiting = { ...state.waiting, reason: state.waiting.reason }
    return undefined
  }
  if (!state?.running || !each.image) return undefined
  each.isReady = ready
  each.isStarted = started ?? true
  return bareId(containerID)
}
