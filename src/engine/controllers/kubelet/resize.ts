/**
 * Resizing a running pod in place, as the kubelet of 1.33 judges it: what the pod asks for is *desired*, what the kubelet has promised is
 * *allocated*, what the container's control group says is *actual*. Whether a resize may happen is decided for the whole pod at once.
 */
import type { V1Container, V1Node, V1Pod, V1PodCondition, V1ResourceRequirements } from '../../kinds/generated/types.ts'
import { isOver, isSame } from '../objects.ts'
import { allocatableOf, amount, requestsOf, resizeConditions } from '../resources.ts'

/** Why a pod does not have the resources it asks for; `InProgress` while they are being given. */
export interface Resize {
  readonly type: (typeof resizeConditions)[number]
  readonly reason?: 'Infeasible' | 'Deferred'
  readonly message?: string
}

interface Standing {
  readonly node: V1Node | undefined
  /** The other pods of the node, with what was allocated to them. */
  readonly others: readonly V1Pod[]
}

/** What stands against giving a pod what it asks for; undefined: nothing. */
export function obstacle(pod: V1Pod, { node, others }: Standing): Resize | undefined {
  if (!node) return { type: 'PodResizePending', reason: 'Deferred', message: 'node is not known' }
  const requests = requestsOf({ ...pod, status: {} })
  const allocatable = allocatableOf(node)
  for (const resource of ['memory', 'cpu']) {
    const requested = requests.get(resource) ?? 0
    const capacity = allocatable.get(resource) ?? 0
    if (requested > capacity)
      return {
        type: 'PodResizePending',
        reason: 'Infeasible',
        message: `Node didn't have enough capacity: ${resource}, requested: ${requested}, capacity: ${capacity}`,
      }
  }
  for (const resource of ['cpu', 'memory']) {
    const requested = requests.get(resource) ?? 0
    const capacity = allocatable.get(resource) ?? 0
    const used = others.reduce((sum, other) => (isOver(other) ? sum : sum + (requestsOf(other).get(resource) ?? 0)), 0)
    if (requested > capacity - used)
      return {
        type: 'PodResizePending',
        reason: 'Deferred',
        message: `Node didn't have enough resource: ${resource}, requested: ${requested}, used: ${used}, capacity: ${capacity}`,
      }
  }
  return undefined
}

export function hasOtherResources(container: V1Container, allocated: V1Container): boolean {
  return !isSame(container.resources ?? {}, allocated.resources ?? {})
}

/** Whether the container's own policy wants it started anew for this change. */
export function needsRestart({ resizePolicy = [], resources: after }: V1Container, before: V1ResourceRequirements | undefined): boolean {
  const isChanged = (name: string): boolean =>
    after?.requests?.[name] !== before?.requests?.[name] || after?.limits?.[name] !== before?.limits?.[name]
  return resizePolicy.some(({ resourceName, restartPolicy }) => restartPolicy === 'RestartContainer' && isChanged(resourceName))
}

export interface Limits {
  readonly memoryLimitBytes: number | undefined
  readonly cpuLimitMillis: number | undefined
  /** Its share of the processors when all want them. */
  readonly cpuWeight: number
}

export function limitsOf({ resources }: V1Container): Limits {
  const { cpu, memory } = resources?.limits ?? {}
  return {
    memoryLimitBytes: memory ? amount('memory', memory) : undefined,
    cpuLimitMillis: cpu ? amount('cpu', cpu) : undefined,
    cpuWeight: weightOf(amount('cpu', resources?.requests?.cpu ?? '0')),
  }
}

/** From thousandths of a processor to shares of the first control groups, from there to weights of the second, as the kubelet and runc do it. */
function weightOf(millis: number): number {
  const shares = Math.min(262_144, Math.max(2, Math.floor((millis * 1024) / 1000)))
  return 1 + Math.floor(((shares - 2) * 9999) / 262_142)
}

/** What the API was told before this kubelet started: a pod that waited for more still has what it had. */
export function rememberedSpec(spec: V1Container, { status }: V1Pod): V1Container {
  if (!status.conditions?.some(({ type }) => type === 'PodResizePending')) return spec
  const known = [...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? [])].find(
    ({ name }) => name === spec.name,
  )?.resources
  return known ? { ...spec, resources: known } : spec
}

export function conditionOf({ type, reason, message }: Resize, before: V1PodCondition | undefined, now: string): V1PodCondition {
  if (before && before.reason === reason && before.message === message) return before
  return {
    type,
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: before?.lastTransitionTime ?? now,
    ...(reason && { reason }),
    ...(message && { message }),
  } as unknown as V1PodCondition
}
