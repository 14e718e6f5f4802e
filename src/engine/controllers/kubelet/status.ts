/**
 * A pod's status out of what the kubelet knows of its containers: phase, conditions and container states in upstream's order and
 * words. Pure: the same records give the same status, but that conditions which say the same keep their times.
 */
import type { V1ContainerState, V1ContainerStatus, V1Pod, V1PodCondition, V1PodStatus } from '../../kinds/generated/types.ts'
import type { RuntimeContainer } from '../../runtime/runtime.ts'
import { timestamp } from '../objects.ts'
import { qosClass } from '../resources.ts'
import type { ContainerRecord } from './container-record.ts'
import { conditionOf, type Resize } from './resize.ts'

export interface PodFacts {
  readonly pod: V1Pod
  readonly records: readonly ContainerRecord[]
  readonly hostIp: string
  readonly podIp: string | undefined
  readonly startTime: string
  readonly hasSandbox: boolean
  /** Nothing of the pod runs or will run any more. */
  readonly isTerminal: boolean
  /** Rejected, evicted, out of time: the phase is Failed whatever the containers did. */
  readonly failure: { readonly reason: string; readonly message: string } | undefined
  /** What became of a wish for other resources. */
  readonly resize: Resize | undefined
  readonly now: number
}

export function statusOf(facts: PodFacts): V1PodStatus {
  const { pod, records, hostIp, podIp, startTime, failure } = facts
  if (failure && !facts.hasSandbox && records.every(({ id }) => id === undefined)) {
    return {
      phase: 'Failed',
      ...(pod.status.conditions ? { conditions: pod.status.conditions } : {}),
      message: failure.message,
      reason: failure.reason,
      startTime,
      ...(pod.status.qosClass ? { qosClass: pod.status.qosClass } : {}),
    }
  }
  const init = records.filter(({ role }) => role === 'init' || role === 'sidecar')
  const main = records.filter(({ role }) => role === 'main')
  const ephemeral = records.filter(({ role }) => role === 'ephemeral')
  const state = (record: ContainerRecord): V1ContainerStatus =>
    containerStatus(record, { pod, hasInit: init.length > 0, isTerminal: facts.isTerminal })
  const mainStatuses = main.map(state)
  const initStatuses = init.map(state)
  const phase = failure ? 'Failed' : phaseOf(facts, init, main)
  const conditions = conditionsOf(facts, phase, initStatuses, mainStatuses, init)
  // Only after the conditions were drawn does upstream's kubelet close what never ran.
  const closed = facts.isTerminal && init.every(isInitialized) ? mainStatuses.map(closedStatus) : mainStatuses
  return {
    phase: facts.isTerminal && phase !== 'Succeeded' ? 'Failed' : phase,
    conditions,
    ...(failure ? { message: failure.message, reason: failure.reason } : {}),
    hostIP: hostIp,
    hostIPs: [{ ip: hostIp }],
    ...(podIp ? { podIP: podIp, podIPs: [{ ip: podIp }] } : {}),
    startTime,
    ...(init.length > 0 ? { initContainerStatuses: initStatuses } : {}),
    containerStatuses: closed.sort((a, b) => (a.name < b.name ? -1 : 1)),
    qosClass: pod.status.qosClass ?? qosClass(pod.spec),
    ...(ephemeral.length > 0 ? { ephemeralContainerStatuses: ephemeral.map(state) } : {}),
  }
}

/** A container of which no end is known when its pod is over counts as one that failed. */
function closedStatus(status: V1ContainerStatus): V1ContainerStatus {
  if (status.state?.terminated) return status
  const message = 'The container could not be located when the pod was terminated'
  const terminated = { exitCode: 137, finishedAt: null, message, reason: 'ContainerStatusUnknown', startedAt: null }
  return { ...status, state: { terminated: terminated as unknown as V1ContainerState['terminated'] } }
}

function isInitialized({ role, info, isStarted }: ContainerRecord): boolean {
  return role === 'sidecar' ? isStarted && info !== undefined && info.state !== 'created' : info?.state === 'exited' && info.exitCode === 0
}

function phaseOf({ pod, isTerminal }: PodFacts, init: readonly ContainerRecord[], main: readonly ContainerRecord[]): string {
  const policy = pod.spec.restartPolicy ?? 'Always'
  const failedInit = init.some(({ role, info }) => role === 'init' && info?.state === 'exited' && info.exitCode !== 0)
  let running = 0
  let waiting = 0
  let stopped = 0
  let succeeded = 0
  for (const { info, waiting: wait, previous } of main) {
    const why = isTerminal && info?.state === 'exited' ? undefined : wait
    if (why && (info?.state === 'exited' || previous)) stopped++
    else if (why || !info || info.state === 'created') waiting++
    else if (info.state === 'running') running++
    else {
      stopped++
      if (info.exitCode === 0) succeeded++
    }
  }
  if (failedInit && policy === 'Never') return 'Failed'
  if (isTerminal && running === 0 && waiting < main.length) return stopped === succeeded && waiting === 0 ? 'Succeeded' : 'Failed'
  if (
    init.some((record) => !isInitialized(record) && !(record.role === 'sidecar' && record.restartCount > 0)) &&
    running === 0 &&
    stopped === 0
  )
    return 'Pending'
  if (waiting > 0) return 'Pending'
  if (running > 0) return 'Running'
  if (stopped > 0) {
    if (policy === 'Always') return 'Running'
    if (stopped === succeeded) return 'Succeeded'
    return policy === 'Never' ? 'Failed' : 'Running'
  }
  return 'Pending'
}

function containerStatus(
  record: ContainerRecord,
  { pod, hasInit, isTerminal }: { pod: V1Pod; hasInit: boolean; isTerminal: boolean },
): V1ContainerStatus {
  const { name, spec, id, info, image, previous, waiting, restartCount } = record
  // Nothing starts again in a pod that is over: how it ended says more than what it waits for.
  const isClosed = isTerminal && info?.state === 'exited'
  const state = stateOf(isClosed ? { ...record, waiting: undefined } : record, hasInit)
  const isRunning = state.running !== undefined
  const { requests } = spec.resources ?? {}
  const volumeMounts = spec.volumeMounts?.map(({ name: volume, mountPath, readOnly }) => ({
    name: volume,
    mountPath,
    ...(readOnly ? { readOnly, recursiveReadOnly: 'Disabled' } : {}),
  }))
  return {
    name,
    state,
    lastState:
      waiting && !isClosed && info?.state === 'exited' && id
        ? { terminated: terminated(id, info) }
        : previous
          ? { terminated: terminated(previous.id, previous.info) }
          : {},
    ready:
      record.role === 'init'
        ? info?.state === 'exited' && info.exitCode === 0 && !waiting
        : isRunning && record.isReady && record.isStarted && !isTerminal,
    restartCount,
    image: image?.name ?? spec.image ?? '',
    imageID: image?.id ?? '',
    ...(id && info ? { containerID: `containerd://${id}` } : {}),
    started: isRunning && record.isStarted,
    ...(id && requests && Object.keys(requests).length > 0 ? { allocatedResources: requests } : {}),
    ...(id ? { resources: record.actual ?? spec.resources ?? {} } : {}),
    ...(volumeMounts?.length && pod ? { volumeMounts } : {}),
  }
}

function stateOf({ id, info, waiting }: ContainerRecord, hasInit: boolean): V1ContainerState {
  if (waiting) return { waiting: { ...(waiting.message === undefined ? {} : { message: waiting.message }), reason: waiting.reason } }
  if (id && info?.state === 'running') return { running: { startedAt: timestamp(info.startedAt ?? 0) } }
  if (id && info?.state === 'exited') return { terminated: terminated(id, info) }
  // Of a pod with init containers it is said even when those are done.
  return { waiting: { reason: hasInit ? 'PodInitializing' : 'ContainerCreating' } }
}

function terminated(id: string, info: RuntimeContainer): NonNullable<V1ContainerState['terminated']> {
  return {
    exitCode: info.exitCode,
    reason: info.reason ?? (info.exitCode === 0 ? 'Completed' : 'Error'),
    ...(info.message ? { message: info.message } : {}),
    startedAt: timestamp(info.startedAt ?? 0),
    finishedAt: timestamp(info.finishedAt ?? 0),
    containerID: `containerd://${id}`,
  }
}

const own = new Set([
  'PodResizePending',
  'PodResizeInProgress',
  'PodReadyToStartContainers',
  'Initialized',
  'Ready',
  'ContainersReady',
  'PodScheduled',
])

function conditionsOf(
  facts: PodFacts,
  phase: string,
  initStatuses: readonly V1ContainerStatus[],
  mainStatuses: readonly V1ContainerStatus[],
  init: readonly ContainerRecord[],
): readonly V1PodCondition[] {
  const { pod, hasSandbox, now } = facts
  const isOver = phase === 'Succeeded' || phase === 'Failed'
  const before = new Map((pod.status.conditions ?? []).map((condition) => [condition.type, condition]))
  const make = (type: string, isTrue: boolean, reason?: string, message?: string): V1PodCondition => {
    const status = isTrue ? 'True' : 'False'
    const old = before.get(type)
    if (old?.status === status && old.reason === reason && old.message === message) return old
    const lastTransitionTime = old?.status === status ? old.lastTransitionTime : timestamp(now)
    return {
      type,
      status,
      lastProbeTime: null,
      lastTransitionTime,
      ...(reason ? { reason } : {}),
      ...(message ? { message } : {}),
    } as unknown as V1PodCondition
  }
  const unready = [
    ...initStatuses.filter((status, index) => init[index].role === 'sidecar' && !status.ready),
    ...mainStatuses.filter(({ ready }) => !ready),
  ].map(({ name }) => name)
  const incomplete = init.filter((record) => !isInitialized(record) && !isOver).map(({ name }) => name)
  const initialized =
    phase === 'Succeeded'
      ? make('Initialized', true, 'PodCompleted')
      : incomplete.length > 0
        ? make('Initialized', false, 'ContainersNotInitialized', `containers with incomplete status: [${incomplete.join(' ')}]`)
        : make('Initialized', true)
  const containersReady: [type: string, isTrue: boolean, reason?: string, message?: string] =
    phase === 'Succeeded'
      ? ['ContainersReady', false, 'PodCompleted']
      : phase === 'Failed'
        ? ['ContainersReady', false, 'PodFailed']
        : unready.length > 0
          ? ['ContainersReady', false, 'ContainersNotReady', `containers with unready status: [${unready.join(' ')}]`]
          : ['ContainersReady', true]
  const gates = (pod.spec.readinessGates ?? []).flatMap(({ conditionType }) => {
    const condition = before.get(conditionType)
    if (!condition) return [`corresponding condition of pod readiness gate "${conditionType}" does not exist.`]
    return condition.status === 'True' ? [] : [`the status of pod readiness gate "${conditionType}" is not "True", but ${condition.status}`]
  })
  const ready =
    containersReady[1] && gates.length > 0
      ? make('Ready', false, 'ReadinessGatesNotReady', gates.join(', '))
      : make('Ready', containersReady[1], containersReady[2], containersReady[3])
  const foreign = (pod.status.conditions ?? []).filter(({ type }) => !own.has(type))
  const resize = facts.resize && !isOver ? [conditionOf(facts.resize, before.get(facts.resize.type), timestamp(now))] : []
  return [
    ...resize,
    ...foreign,
    make('PodReadyToStartContainers', hasSandbox && !isOver),
    initialized,
    ready,
    make(...containersReady),
    before.get('PodScheduled') ?? make('PodScheduled', true),
  ]
}
