/**
 * What the server adds to a new pod: its service account and that account's token, its priority, the tolerations that give a failing node
 * five minutes, and the limits of its namespace.
 */
import { withField } from '../../kinds/defaulting.ts'
import type {
  V1Container,
  V1LimitRange,
  V1PersistentVolumeClaim,
  V1Pod,
  V1PodSpec,
  V1PriorityClass,
  V1RuntimeClass,
  V1ServiceAccount,
  V1Toleration,
  V1Volume,
} from '../../kinds/generated/types.ts'
import { pod as podKind } from '../../kinds/pod.ts'
import { addQuantities, compareQuantities, milliValue } from '../../kinds/quantity.ts'
import { forbidden } from '../errors.ts'
import type { Registry } from '../registry.ts'

const tokenPath = '/var/run/secrets/kubernetes.io/serviceaccount'

export function admittedPod(registry: Registry, given: V1Pod): V1Pod {
  const { hasPlugin } = registry.settings
  let pod = hasPlugin('LimitRanger') ? withLimits(registry, given) : given
  if (hasPlugin('AlwaysPullImages')) pod = withPulls(pod)
  if (hasPlugin('ServiceAccount')) pod = withServiceAccount(registry, pod)
  pod = withField(pod, 'spec', withTolerations(pod.spec))
  pod = withPriority(registry, pod)
  return withRuntimeClass(registry, pod)
}

function withPulls(pod: V1Pod): V1Pod {
  const pulled = (container: V1Container): V1Container => ({ ...container, imagePullPolicy: 'Always' })
  const { containers, initContainers } = pod.spec
  return withField(pod, 'spec', {
    ...pod.spec,
    containers: containers.map(pulled),
    ...(initContainers && { initContainers: initContainers.map(pulled) }),
  })
}

/** An update gives back what its writer left out, but the server once decided. */
export function admittedPodUpdate(old: V1Pod, fresh: V1Pod): V1Pod {
  if (fresh.spec === old.spec) return fresh
  let spec = withTolerations(fresh.spec)
  const { priority, preemptionPolicy } = old.spec
  if (spec.priority === undefined && priority !== undefined) spec = { ...spec, priority, preemptionPolicy }
  return withField(fresh, 'spec', spec)
}

function refused(pod: V1Pod, why: string): Error {
  return forbidden(podKind, pod.metadata.name || 'Unknown', why)
}

function withServiceAccount(registry: Registry, pod: V1Pod): V1Pod {
  const { namespace = '', annotations } = pod.metadata
  // The API's mirror of a static pod is not the API's to change.
  if (annotations?.['kubernetes.io/config.mirror'] !== undefined) return pod
  const name = pod.spec.serviceAccountName || 'default'
  const account = registry.store.get('serviceaccounts', `${namespace}/${name}`) as V1ServiceAccount | undefined
  // `default` is made by a controller a moment after its namespace; upstream's clients wait for it, ours need not.
  if (!account && name !== 'default')
    throw refused(pod, `error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`)
  let spec: V1PodSpec = pod.spec.serviceAccountName ? pod.spec : { ...pod.spec, serviceAccountName: name, serviceAccount: name }
  if (account?.imagePullSecrets?.length && !spec.imagePullSecrets?.length) spec = { ...spec, imagePullSecrets: account.imagePullSecrets }
  const wantsToken = spec.automountServiceAccountToken ?? account?.automountServiceAccountToken ?? true
  return withField(pod, 'spec', wantsToken ? withToken(spec, registry) : spec)
}

function withToken(spec: V1PodSpec, registry: Registry): V1PodSpec {
  const existing = spec.volumes?.find((volume) => (volume.name ?? '').startsWith('kube-api-access-'))?.name
  const volumeName = existing ?? `kube-api-access-${registry.random.suffix()}`
  let isUsed = false
  const mounted = (container: V1Container): V1Container => {
    if (container.volumeMounts?.some((mount) => mount.mountPath === tokenPath)) return container
    isUsed = true
    return { ...container, volumeMounts: [...(container.volumeMounts ?? []), { name: volumeName, readOnly: true, mountPath: tokenPath }] }
  }
  const initContainers = spec.initContainers?.map(mounted)
  const containers = spec.containers.map(mounted)
  if (!isUsed) return spec
  const volumes = existing ? spec.volumes : [...(spec.volumes ?? []), tokenVolume(volumeName)]
  return { ...spec, volumes, ...(initContainers ? { initContainers } : {}), containers }
}

const tokenSources = Object.freeze({
  sources: [
    { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
    { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
    { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
  ],
  defaultMode: 420,
})

function tokenVolume(name: string): V1Volume {
  return { name, projected: tokenSources }
}

const patience = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'].map(
  (key): V1Toleration => Object.freeze({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }),
)

function withTolerations(spec: V1PodSpec): V1PodSpec {
  const own = spec.tolerations ?? []
  const missing = patience.filter(
    ({ key }) =>
      !own.some((toleration) => (!toleration.key || toleration.key === key) && (!toleration.effect || toleration.effect === 'NoExecute')),
  )
  return missing.length === 0 ? spec : { ...spec, tolerations: own.length === 0 ? missing : [...own, ...missing] }
}

function withPriority(registry: Registry, pod: V1Pod): V1Pod {
  const { spec } = pod
  const resource = 'priorityclasses.scheduling.k8s.io'
  let chosen: V1PriorityClass | undefined
  if (spec.priorityClassName) {
    chosen = registry.store.get(resource, spec.priorityClassName) as V1PriorityClass | undefined
    if (!chosen) throw refused(pod, `no PriorityClass with name ${spec.priorityClassName} was found`)
  } else {
    for (const each of registry.store.list(resource) as readonly V1PriorityClass[])
      if (each.globalDefault && (!chosen || each.value < chosen.value)) chosen = each
  }
  const priority = chosen?.value ?? 0
  const preemptionPolicy = spec.preemptionPolicy ?? chosen?.preemptionPolicy ?? 'PreemptLowerPriority'
  if (spec.priority !== undefined && spec.priority !== priority) {
    throw refused(
      pod,
      `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${priority} from the given PriorityClass name`,
    )
  }
  if (chosen && spec.preemptionPolicy !== undefined && spec.preemptionPolicy !== chosen.preemptionPolicy) {
    throw refused(
      pod,
      `the string value of PreemptionPolicy (${spec.preemptionPolicy}) must not be provided in pod spec; priority admission controller computed ${chosen.preemptionPolicy} from the given PriorityClass name`,
    )
  }
  if (spec.priority === priority && spec.preemptionPolicy === preemptionPolicy) return pod
  return {
    ...pod,
    spec: {
      ...spec,
      priority,
      preemptionPolicy,
      ...(chosen && !spec.priorityClassName ? { priorityClassName: chosen.metadata.name } : {}),
    },
  }
}

function withRuntimeClass(registry: Registry, pod: V1Pod): V1Pod {
  const { runtimeClassName } = pod.spec
  if (!runtimeClassName) return pod
  const chosen = registry.store.get('runtimeclasses.node.k8s.io', runtimeClassName) as V1RuntimeClass | undefined
  if (!chosen) throw refused(pod, `pod rejected: RuntimeClass "${runtimeClassName}" not found`)
  let spec = pod.spec
  if (chosen.overhead?.podFixed) spec = { ...spec, overhead: chosen.overhead.podFixed }
  if (chosen.scheduling?.nodeSelector) spec = { ...spec, nodeSelector: { ...spec.nodeSelector, ...chosen.scheduling.nodeSelector } }
  if (chosen.scheduling?.tolerations) spec = { ...spec, tolerations: [...(spec.tolerations ?? []), ...chosen.scheduling.tolerations] }
  return withField(pod, 'spec', spec)
}

type Amounts = Readonly<Record<string, string>>

/** LimitRanger: defaults for containers that say nothing, then the bounds. */
function withLimits(registry: Registry, pod: V1Pod): V1Pod {
  if (registry.store.count('limitranges') === 0) return pod
  const kind = registry.kind('limitranges')
  const ranges = kind ? (registry.list(kind, pod.metadata.namespace) as unknown as readonly V1LimitRange[]) : []
  if (ranges.length === 0) return pod
  let result = pod
  for (const range of ranges) {
    const item = range.spec.limits.find((each) => each.type === 'Container')
    if (item) result = withContainerDefaults(result, item.defaultRequest ?? {}, item.default ?? {})
  }
  return result
}

/** The bounds themselves are looked at only after the pod was found valid. */
export function refuseOutOfRange(registry: Registry, pod: V1Pod): void {
  const kind = registry.store.count('limitranges') > 0 ? registry.kind('limitranges') : undefined
  if (!kind) return
  const ranges = registry.list(kind, pod.metadata.namespace) as unknown as readonly V1LimitRange[]
  const problems = ranges.flatMap((range) => range.spec.limits.flatMap((item) => outOfRange(pod, item)))
  if (problems.length > 0) throw refused(pod, problems.length === 1 ? problems[0] : `[${problems.join(', ')}]`)
}

/** A claim is bounded by what it asks for. */
export function refuseClaimOutOfRange(registry: Registry, claim: V1PersistentVolumeClaim): void {
  const kind = registry.store.count('limitranges') > 0 ? registry.kind('limitranges') : undefined
  const asked = claim.spec.resources?.requests?.storage
  if (!kind || asked === undefined) return
  const ranges = registry.list(kind, claim.metadata.namespace) as unknown as readonly V1LimitRange[]
  const problems = ranges.flatMap(({ spec }) =>
    spec.limits.flatMap(({ type, min, max }) => {
      if (type !== 'PersistentVolumeClaim') return []
      return [
        ...(min?.storage !== undefined && compareQuantities(asked, min.storage) < 0
          ? [`minimum storage usage per PersistentVolumeClaim is ${min.storage}, but request is ${asked}`]
          : []),
        ...(max?.storage !== undefined && compareQuantities(asked, max.storage) > 0
          ? [`maximum storage usage per PersistentVolumeClaim is ${max.storage}, but request is ${asked}`]
          : []),
      ]
    }),
  )
  if (problems.length > 0)
    throw forbidden(
      { group: '', resource: 'persistentvolumeclaims' },
      claim.metadata.name,
      problems.length === 1 ? problems[0] : `[${problems.join(', ')}]`,
    )
}

interface LimitItem {
  readonly type: string
  readonly min?: Amounts
  readonly max?: Amounts
  readonly maxLimitRequestRatio?: Amounts
}

function withContainerDefaults(pod: V1Pod, requests: Amounts, limits: Amounts): V1Pod {
  const filledIn: string[] = []
  const fill = (container: V1Container, word: string): V1Container => {
    const own = container.resources ?? {}
    const missing = (given: Amounts, defaults: Amounts) => Object.keys(defaults).filter((name) => given[name] === undefined)
    const newLimits = missing(own.limits ?? {}, limits)
    const newRequests = missing(own.requests ?? {}, requests)
    if (newLimits.length === 0 && newRequests.length === 0) return container
    if (newRequests.length > 0) filledIn.push(`${newRequests.sort().join(', ')} request for ${word} ${container.name}`)
    if (newLimits.length > 0) filledIn.push(`${newLimits.sort().join(', ')} limit for ${word} ${container.name}`)
    const pick = (names: readonly string[], from: Amounts) => Object.fromEntries(names.map((name) => [name, from[name]]))
    return {
      ...container,
      resources: {
        ...own,
        ...(own.limits || newLimits.length > 0 ? { limits: { ...own.limits, ...pick(newLimits, limits) } } : {}),
        ...(own.requests || newRequests.length > 0 ? { requests: { ...own.requests, ...pick(newRequests, requests) } } : {}),
      },
    }
  }
  const containers = pod.spec.containers.map((container) => fill(container, 'container'))
  const initContainers = pod.spec.initContainers?.map((container) => fill(container, 'init container'))
  if (filledIn.length === 0) return pod
  const annotations = { ...pod.metadata.annotations, 'kubernetes.io/limit-ranger': `LimitRanger plugin set: ${filledIn.join('; ')}` }
  return {
    ...pod,
    metadata: { ...pod.metadata, annotations },
    spec: { ...pod.spec, containers, ...(initContainers ? { initContainers } : {}) },
  }
}

function outOfRange(pod: V1Pod, item: LimitItem): string[] {
  if (item.type === 'Container')
    return [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].flatMap((container) =>
      problemsOf(item, container.resources?.requests ?? {}, container.resources?.limits ?? {}),
    )
  if (item.type !== 'Pod') return []
  const sum = (pick: (container: V1Container) => Amounts | undefined): Amounts => {
    const total: Record<string, string> = {}
    for (const container of pod.spec.containers)
      for (const [name, amount] of Object.entries(pick(container) ?? {}))
        total[name] = total[name] === undefined ? amount : addQuantities(total[name], amount)
    return total
  }
  return problemsOf(
    item,
    sum((container) => container.resources?.requests),
    sum((container) => container.resources?.limits),
  )
}

function problemsOf({ type, min = {}, max = {}, maxLimitRequestRatio = {} }: LimitItem, requests: Amounts, limits: Amounts): string[] {
  const problems: string[] = []
  for (const name of Object.keys(min).sort()) {
    if (requests[name] === undefined) problems.push(`minimum ${name} usage per ${type} is ${min[name]}.  No request is specified`)
    else if (compareQuantities(requests[name], min[name]) < 0)
      problems.push(`minimum ${name} usage per ${type} is ${min[name]}, but request is ${requests[name]}`)
    if (limits[name] !== undefined && compareQuantities(limits[name], min[name]) < 0)
      problems.push(`minimum ${name} usage per ${type} is ${min[name]}, but limit is ${limits[name]}`)
  }
  for (const name of Object.keys(max).sort()) {
    if (limits[name] === undefined) problems.push(`maximum ${name} usage per ${type} is ${max[name]}.  No limit is specified`)
    else if (compareQuantities(limits[name], max[name]) > 0)
      problems.push(`maximum ${name} usage per ${type} is ${max[name]}, but limit is ${limits[name]}`)
    if (requests[name] !== undefined && compareQuantities(requests[name], max[name]) > 0)
      problems.push(`maximum ${name} usage per ${type} is ${max[name]}, but request is ${requests[name]}`)
  }
  for (const name of Object.keys(maxLimitRequestRatio).sort()) {
    const allowed = maxLimitRequestRatio[name]
    const request = milliValue(requests[name] ?? '0')
    const limit = milliValue(limits[name] ?? '0')
    const ratio = limit / request
    const what = `${name} max limit to request ratio per ${type} is ${allowed}, but`
    if (request === 0 || limit === 0)
      problems.push(`${what} no ${request === 0 ? 'request' : 'limit'} is specified or ${request === 0 ? 'request' : 'limit'} is 0`)
    else if (ratio * 1000 > milliValue(allowed)) problems.push(`${what} provided ratio is ${ratio.toFixed(6)}`)
  }
  return problems
}
