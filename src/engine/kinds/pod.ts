/** Pod of the core group v1. Its columns compute what the learner reads most: one word for the state of all its containers. */
import { isSame } from '../api/objects.ts'
import { validatePodSpec } from './validation/pod.ts'
import { age, ageColumn, column, name, wide } from './columns.ts'
import { withField, mapped } from './defaulting.ts'
import type { FieldErrors } from './field-errors.ts'
import type { V1Container, V1PodSpec, V1Toleration, V1ContainerState, V1ContainerStatus, V1Pod } from './generated/types.ts'
import { goDiff } from './go-diff.ts'
import { goStruct } from './go-value.ts'
import { allVerbs, defineKind, type Change } from './kind.ts'
import { nameWarnings, podWarnings } from './pod-warnings.ts'
import { defaultedPodSpec, qosClass, withRequestsFromLimits } from './pod-spec.ts'
import { wholeValue } from './quantity.ts'
import { schemaNamed } from './schema.ts'

export const pod = defineKind<V1Pod>({
  group: '',
  version: 'v1',
  kind: 'Pod',
  resource: 'pods',
  singular: 'pod',
  namespaced: true,
  shortNames: ['po'],
  categories: ['all'],
  verbs: allVerbs,
  subresources: {
    attach: { verbs: ['create', 'get'], kind: 'PodAttachOptions' },
    binding: { verbs: ['create'], kind: 'Binding' },
    ephemeralcontainers: { verbs: ['get', 'patch', 'update'] },
    eviction: { verbs: ['create'], kind: 'Eviction', group: 'policy', version: 'v1' },
    exec: { verbs: ['create', 'get'], kind: 'PodExecOptions' },
    log: { verbs: ['get'] },
    portforward: { verbs: ['create', 'get'], kind: 'PodPortForwardOptions' },
    proxy: { verbs: ['create', 'delete', 'get', 'patch', 'update'], kind: 'PodProxyOptions' },
    resize: { verbs: ['get', 'patch', 'update'] },
    status: { verbs: ['get', 'patch', 'update'] },
  },
  schema: 'V1Pod',
  hasGeneration: true,
  columns: [
    name,
    column('Ready', 'string', 'The aggregate readiness state of this pod for accepting traffic.', (pod) => summary(pod).ready),
    column('Status', 'string', 'The aggregate status of the containers in this pod.', (pod) => summary(pod).reason),
    column(
      'Restarts',
      'string',
      'The number of times the containers in this pod have been restarted and when the last container in this pod has restarted.',
      (pod, nowMs) => restartsText(summary(pod), nowMs),
    ),
    ageColumn,
    wide(
      'IP',
      'string',
      'podIP address allocated to the pod. Routable at least within the cluster. Empty if not yet allocated.',
      ({ status }) => status.podIPs?.[0]?.ip ?? (status.podIP || '<none>'),
    ),
    wide(
      'Node',
      'string',
      'NodeName indicates in which node this pod is scheduled. If empty, this pod is a candidate for scheduling by the scheduler defined in schedulerName. Once this field is set, the kubelet for this node becomes responsible for the lifecycle of this pod. This field should not be used to express a desire for the pod to be scheduled on a specific node. https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#nodename',
      ({ spec }) => spec.nodeName || '<none>',
    ),
    wide(
      'Nominated Node',
      'string',
      'nominatedNodeName is set only when this pod preempts other pods on the node, but it cannot be scheduled right away as preemption victims receive their graceful termination periods. This field does not guarantee that the pod will be scheduled on this node. Scheduler may decide to place the pod elsewhere if other nodes become available sooner. Scheduler may also decide to give the resources on this node to a higher priority pod that is created after preemption. As a result, this field may be different than PodSpec.nodeName when the pod is scheduled.',
      ({ status }) => status.nominatedNodeName || '<none>',
    ),
    wide(
      'Readiness Gates',
      'string',
      'If specified, all readiness gates will be evaluated for pod readiness. A pod is ready when all its containers are ready AND all conditions specified in the readiness gates have status equal to "True" More info: https://git.k8s.io/enhancements/keps/sig-network/580-pod-readiness-gates',
      readinessGates,
    ),
  ],
  selectableFields: {
    'spec.nodeName': ({ spec }) => spec.nodeName ?? '',
    'spec.restartPolicy': ({ spec }) => spec.restartPolicy ?? '',
    'spec.schedulerName': ({ spec }) => spec.schedulerName ?? '',
    'spec.serviceAccountName': ({ spec }) => spec.serviceAccountName ?? '',
    'spec.hostNetwork': ({ spec }) => String(spec.hostNetwork ?? false),
    'status.phase': ({ status }) => status.phase ?? '',
    'status.podIP': ({ status }) => status.podIP ?? '',
    'status.podIPs': ({ status }) => status.podIPs?.[0]?.ip ?? '',
    'status.nominatedNodeName': ({ status }) => status.nominatedNodeName ?? '',
  },
  defaults: defaulted,
  onCreate: (pod) => ({ ...pod, status: { phase: 'Pending', qosClass: qosClass(pod.spec), ...gated(pod) } }),
  validate: (pod, errors) => {
    validatePodSpec(pod.spec, 'spec', errors)
    // Only a pod that nobody has stored yet has no revision.
    if (pod.metadata.resourceVersion === '' && pod.spec.ephemeralContainers?.length)
      errors.forbidden('spec.ephemeralContainers', 'cannot be set on create')
  },
  validateUpdate: validatePodUpdate,
  warnings: (pod, old) =>
    old
      ? old.spec === pod.spec
        ? []
        : podWarnings(pod, '')
      : [...nameWarnings(pod.metadata.name, "the Pod's hostname"), ...podWarnings(pod, '')],
})

function defaulted(pod: V1Pod): V1Pod {
  if (!pod.spec) return pod
  let spec = defaultedPodSpec(pod.spec)
  if (spec.enableServiceLinks === undefined) spec = { ...spec, enableServiceLinks: true }
  spec = withField(spec, 'containers', mapped(spec.containers, withRequestsFromLimits) ?? [])
  if (spec.initContainers) spec = withField(spec, 'initContainers', mapped(spec.initContainers, withRequestsFromLimits))
  return withField(pod, 'spec', spec)
}

/** A pod with scheduling gates says so from the start. */
function gated({ metadata, spec }: V1Pod): Partial<V1Pod['status']> {
  if (!spec.schedulingGates?.length) return {}
  return {
    conditions: [
      {
        type: 'PodScheduled',
        status: 'False',
        lastProbeTime: null,
        lastTransitionTime: metadata.creationTimestamp,
        reason: 'SchedulingGated',
        message: 'Scheduling is blocked due to non-empty scheduling gates',
      },
    ] as unknown as V1Pod['status']['conditions'],
  }
}

interface Summary {
  readonly ready: string
  readonly reason: string
  readonly restarts: number
  readonly lastRestart: string | undefined
}

const summaries = new WeakMap<V1Pod, Summary>()

function summary(pod: V1Pod): Summary {
  let known = summaries.get(pod)
  if (!known) summaries.set(pod, (known = summarise(pod)))
  return known
}

function summarise({ metadata, spec, status }: V1Pod): Summary {
  const phase = status.phase ?? ''
  const conditions = status.conditions ?? []
  const isTrue = (type: string) => conditions.some((condition) => condition.type === type && condition.status === 'True')
  const sidecars = new Set((spec.initContainers ?? []).filter((each) => each.restartPolicy === 'Always').map((each) => each.name))
  let reason = status.reason || phase
  if (conditions.some((each) => each.type === 'PodScheduled' && each.reason === 'SchedulingGated')) reason = 'SchedulingGated'
  let ready = 0
  let restarts = 0
  let sidecarRestarts = 0
  const ends: string[] = []
  const sidecarEnds: string[] = []
  let initialState: string | undefined
  for (const [index, container] of (status.initContainerStatuses ?? []).entries()) {
    restarts += container.restartCount
    noteEnd(ends, container)
    if (sidecars.has(container.name)) {
      sidecarRestarts += container.restartCount
      noteEnd(sidecarEnds, container)
    }
    if (container.state?.terminated?.exitCode === 0) continue
    if (sidecars.has(container.name) && container.started) {
      if (container.ready) ready++
      continue
    }
    initialState = initReason(container.state, `${index}/${spec.initContainers?.length ?? 0}`)
    break
  }
  if (initialState !== undefined) reason = initialState
  if (initialState === undefined || isTrue('Initialized')) {
    restarts = sidecarRestarts
    ends.splice(0, ends.length, ...sidecarEnds)
    let isAnyRunning = false
    for (const container of [...(status.containerStatuses ?? [])].reverse()) {
      restarts += container.restartCount
      noteEnd(ends, container)
      const { waiting, terminated, running } = container.state ?? {}
      if (waiting?.reason) reason = waiting.reason
      else if (terminated) reason = terminated.reason || endReason(terminated)
      else if (container.ready && running) {
        isAnyRunning = true
        ready++
      }
    }
    if (reason === 'Completed' && isAnyRunning) reason = isTrue('Ready') ? 'Running' : 'NotReady'
  }
  if (metadata.deletionTimestamp !== undefined) {
    if (status.reason === 'NodeLost') reason = 'Unknown'
    else if (phase !== 'Succeeded' && phase !== 'Failed') reason = 'Terminating'
  }
  return { ready: `${ready}/${spec.containers.length + sidecars.size}`, reason, restarts, lastRestart: ends.sort().at(-1) }
}

function noteEnd(ends: string[], { lastState }: V1ContainerStatus): void {
  if (lastState?.terminated?.finishedAt) ends.push(lastState.terminated.finishedAt)
}

function initReason(state: V1ContainerState | undefined, progress: string): string {
  const { terminated, waiting } = state ?? {}
  if (terminated) return `Init:${terminated.reason || endReason(terminated)}`
  if (waiting?.reason && waiting.reason !== 'PodInitializing') return `Init:${waiting.reason}`
  return `Init:${progress}`
}

function endReason({ signal, exitCode }: { readonly signal?: number; readonly exitCode: number }): string {
  return signal ? `Signal:${signal}` : `ExitCode:${exitCode}`
}

function restartsText({ restarts, lastRestart }: Summary, nowMs: number): string {
  return restarts > 0 && lastRestart ? `${restarts} (${age(lastRestart, nowMs)} ago)` : String(restarts)
}

function readinessGates({ spec, status }: V1Pod): string {
  const gates = spec.readinessGates ?? []
  if (gates.length === 0) return '<none>'
  const met = gates.filter((gate) =>
    status.conditions?.some((condition) => condition.type === gate.conditionType && condition.status === 'True'),
  )
  return `${met.length}/${gates.length}`
}

const mayChange =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)'

function validatePodUpdate({ old, fresh, subresource }: Change<V1Pod>, errors: FieldErrors): void {
  if (old.spec === fresh.spec || (subresource !== undefined && subresource !== 'resize')) return
  const count = (spec: V1PodSpec, list: 'containers' | 'initContainers') => spec[list]?.length ?? 0
  for (const list of ['containers', 'initContainers'] as const) {
    if (count(old.spec, list) === count(fresh.spec, list)) continue
    // Nothing else is worth comparing then.
    errors.forbidden(`spec.${list}`, 'pod updates may not add or remove containers')
    return
  }
  const path = 'spec.activeDeadlineSeconds'
  const before = old.spec.activeDeadlineSeconds
  const after = fresh.spec.activeDeadlineSeconds
  if (after !== undefined && before !== undefined && after > before)
    errors.invalid(path, after, 'must be less than or equal to previous value')
  else if (after === undefined && before !== undefined) errors.invalid(path, null, 'must not update from a positive integer to nil value')
  const tolerations = fresh.spec.tolerations ?? []
  const isKept = (toleration: V1Toleration) =>
    tolerations.some((other) => isSame({ ...other, tolerationSeconds: undefined }, { ...toleration, tolerationSeconds: undefined }))
  if (!(old.spec.tolerations ?? []).every(isKept))
    errors.forbidden('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds')
  if (errors.list.length > 0) return
  if (subresource === 'resize') return validateResize(old, fresh, errors)
  const rest = withoutAllowedChanges(old.spec, fresh.spec)
  if (!isSame(old.spec, rest)) errors.forbidden('spec', `${mayChange}\n${goDiff(goStruct(schemaNamed('V1PodSpec')), old.spec, rest)}`)
}

/** What a resize may change: amounts of CPU and memory, as long as the pod's class stays. */
function validateResize(old: V1Pod, fresh: V1Pod, errors: FieldErrors): void {
  if (old.metadata.annotations?.['kubernetes.io/config.mirror']) return errors.forbidden('', 'static pods cannot be resized')
  const others = (amounts: Readonly<Record<string, string>> = {}) =>
    Object.entries(amounts).filter(([name]) => name !== 'cpu' && name !== 'memory')
  for (const list of ['containers', 'initContainers'] as const) {
    fresh.spec[list]?.forEach((container, index) => {
      const before = old.spec[list]?.[index]?.resources ?? {}
      const after = container.resources ?? {}
      for (const side of ['limits', 'requests'] as const) {
        const path = `spec.${list}[${index}].resources.${side}`
        const { memory } = after.limits ?? {}
        const isRestarted = container.resizePolicy?.some(
          ({ resourceName, restartPolicy }) => resourceName === 'memory' && restartPolicy === 'RestartContainer',
        )
        if (side === 'limits' && memory && before.limits?.memory && wholeValue(memory) < wholeValue(before.limits.memory) && !isRestarted)
          errors.forbidden(`${path}[memory]`, 'memory limits cannot be decreased unless resizePolicy is RestartContainer')
        if (!isSame(others(before[side]), others(after[side]))) errors.forbidden(path, 'only cpu and memory resources are mutable')
        for (const name of ['cpu', 'memory'])
          if (before[side]?.[name] !== undefined && after[side]?.[name] === undefined)
            errors.forbidden(path, `resource ${side} cannot be removed`)
      }
    })
  }
  const withResources = (containers: readonly V1Container[] | undefined, before: readonly V1Container[] | undefined) =>
    containers?.map((container, index) => ({ ...container, resources: before?.[index]?.resources }))
  const rest = {
    ...fresh.spec,
    containers: withResources(fresh.spec.containers, old.spec.containers) ?? [],
    initContainers: withResources(fresh.spec.initContainers, old.spec.initContainers),
  }
  if (!isSame(old.spec, rest))
    errors.forbidden(
      'spec',
      `only cpu and memory resources for containers are mutable\n${goDiff(goStruct(schemaNamed('V1PodSpec')), old.spec, rest)}`,
    )
  if (qosClass(old.spec) !== qosClass(fresh.spec))
    errors.invalid('spec', qosClass(old.spec), 'Pod QOS Class may not change as a result of resizing')
}

/** The new spec with everything as it was that may change. */
function withoutAllowedChanges(old: V1PodSpec, fresh: V1PodSpec): V1PodSpec {
  const withImages = (containers: readonly V1Container[] | undefined, before: readonly V1Container[] | undefined) =>
    containers?.map((container, index) => ({ ...container, image: before?.[index]?.image }))
  const { activeDeadlineSeconds, tolerations, schedulingGates, initContainers, terminationGracePeriodSeconds = 0 } = old
  const isOneInsteadOfNegative = terminationGracePeriodSeconds < 0 && fresh.terminationGracePeriodSeconds === 1
  return {
    ...fresh,
    ...(isOneInsteadOfNegative ? { terminationGracePeriodSeconds } : {}),
    activeDeadlineSeconds,
    tolerations,
    schedulingGates,
    containers: withImages(fresh.containers, old.containers) ?? [],
    initContainers: withImages(fresh.initContainers, initContainers),
  }
}
