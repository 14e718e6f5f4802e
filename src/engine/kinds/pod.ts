/** Pod of the core group v1. Its columns compute what the learner reads most: one word for the state of all its containers. */
import { age, ageColumn, column, name, wide } from './columns.ts'
import { withField, mapped } from './defaulting.ts'
import type { V1Container, V1ContainerState, V1ContainerStatus, V1Pod, V1PodAffinityTerm, V1PodSpec } from './generated/types.ts'
import { allVerbs, defineKind, type Change } from './kind.ts'
import { nameWarnings, podWarnings } from './pod-warnings.ts'
import { defaultedPodSpec, qosClass, withPortsOfHost, withRequestsFromLimits } from './pod-spec.ts'
import { validateNewPod, validatePod } from './validation/pod.ts'
import { withProfilesBothWays } from './validation/pod-annotations.ts'
import { validatePodStatus, validatePodUpdate } from './validation/pod-update.ts'

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
  onCreate: (given) => {
    const pod = withProfilesBothWays(given)
    return {
      ...pod,
      spec: withLabelKeys(pod.spec, pod.metadata.labels ?? {}),
      status: { phase: 'Pending', qosClass: qosClass(pod.spec), ...gated(pod) },
    }
  },
  onUpdate: throughItsDoor,
  validate: validatePod,
  validateCreate: validateNewPod,
  validateUpdate: validatePodUpdate,
  validateStatus: validatePodStatus,
  // People hardly change pods themselves: upstream looks at new ones only.
  warnings: (pod, old) => (old ? [] : [...nameWarnings(pod.metadata.name, "the Pod's hostname"), ...podWarnings(pod, '')]),
})

function defaulted(pod: V1Pod): V1Pod {
  if (!pod.spec) return pod
  let spec = defaultedPodSpec(pod.spec)
  if (spec.enableServiceLinks === undefined) spec = { ...spec, enableServiceLinks: true }
  const complete = spec.hostNetwork ? (each: V1Container) => withPortsOfHost(withRequestsFromLimits(each)) : withRequestsFromLimits
  spec = withField(spec, 'containers', mapped(spec.containers, complete) ?? [])
  if (spec.initContainers) spec = withField(spec, 'initContainers', mapped(spec.initContainers, complete))
  return withField(pod, 'spec', spec)
}

/** Keys of labels that shall be as the pod's own become rules of the selector, once and for all. */
function withLabelKeys(spec: V1PodSpec, labels: Readonly<Record<string, string>>): V1PodSpec {
  const { affinity } = spec
  if (!affinity?.podAffinity && !affinity?.podAntiAffinity) return spec
  const rules = (keys: readonly string[] = [], operator: string) =>
    keys.flatMap((key) => (labels[key] === undefined ? [] : [{ key, operator, values: [labels[key]] }]))
  const term = (given: V1PodAffinityTerm): V1PodAffinityTerm => {
    const { labelSelector, matchLabelKeys, mismatchLabelKeys } = given
    const added = [...rules(matchLabelKeys, 'In'), ...rules(mismatchLabelKeys, 'NotIn')]
    if (!labelSelector || added.length === 0) return given
    return { ...given, labelSelector: { ...labelSelector, matchExpressions: [...(labelSelector.matchExpressions ?? []), ...added] } }
  }
  let fresh = affinity
  for (const side of ['podAffinity', 'podAntiAffinity'] as const) {
    const given = affinity[side]
    if (!given) continue
    const required = mapped(given.requiredDuringSchedulingIgnoredDuringExecution, term)
    const preferred = mapped(given.preferredDuringSchedulingIgnoredDuringExecution, (each) =>
      withField(each, 'podAffinityTerm', term(each.podAffinityTerm)),
    )
    fresh = withField(
      fresh,
      side,
      withField(
        withField(given, 'requiredDuringSchedulingIgnoredDuringExecution', required),
        'preferredDuringSchedulingIgnoredDuringExecution',
        preferred,
      ),
    )
  }
  return withField(spec, 'affinity', fresh)
}

/** A subresource takes over its own part of what is sent, silently. */
function throughItsDoor({ old, fresh, subresource }: Change<V1Pod>): V1Pod {
  switch (subresource) {
    case 'status':
      return fresh.status.qosClass === undefined && old.status.qosClass !== undefined
        ? { ...fresh, status: { ...fresh.status, qosClass: old.status.qosClass } }
        : fresh
    case 'ephemeralcontainers': {
      const { ephemeralContainers } = fresh.spec
      return { ...old, metadata: onlyBookOf(fresh, old), spec: { ...old.spec, ephemeralContainers } }
    }
    case 'resize': {
      const containers = onlyAmounts(old.spec.containers, fresh.spec.containers)
      const initContainers = onlyAmounts(old.spec.initContainers ?? [], fresh.spec.initContainers ?? [])
      // Judged as it stands where containers come or go.
      if (!containers || !initContainers) return fresh
      return {
        ...old,
        metadata: onlyBookOf(fresh, old),
        spec: { ...old.spec, containers, ...(old.spec.initContainers ? { initContainers } : {}) },
      }
    }
    default:
      return fresh
  }
}

function onlyBookOf(fresh: V1Pod, { metadata }: V1Pod): V1Pod['metadata'] {
  return withField(metadata, 'managedFields', fresh.metadata.managedFields)
}

function onlyAmounts(old: readonly V1Container[], fresh: readonly V1Container[]): readonly V1Container[] | undefined {
  if (old.length !== fresh.length || old.some(({ name }, index) => name !== fresh[index].name)) return undefined
  return old.map((container, index) => {
    const { resources, resizePolicy } = fresh[index]
    return { ...container, resources, resizePolicy }
  })
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
