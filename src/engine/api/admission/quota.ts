/**
 * Resource quotas: what an object uses, and the refusal of one more than is allowed. Usage is counted anew from what is there, so it is
 * right even before the quota controller has looked.
 */
import type { V1PersistentVolumeClaim, V1Pod, V1PodSpec, V1ResourceQuota, V1Service } from '../../kinds/generated/types.ts'
import { resourceName, type Kind, type StoredObject } from '../../kinds/kind.ts'
import { qosClass } from '../../kinds/pod-spec.ts'
import { addQuantities, compareQuantities, negatedQuantity } from '../../kinds/quantity.ts'
import { forbidden } from '../errors.ts'
import { isSame, keyOf } from '../objects.ts'
import type { Registry } from '../registry.ts'

export type Usage = Readonly<Record<string, string>>

const countedByName = ['configmaps', 'persistentvolumeclaims', 'replicationcontrollers', 'resourcequotas', 'secrets', 'services']

/** What one object counts for. */
export function usageOf(resource: string, object: object): Usage {
  const usage: Record<string, string> = { [`count/${resource}`]: '1' }
  if (countedByName.includes(resource)) usage[resource] = '1'
  switch (resource) {
    case 'pods':
      return podUsage(object as V1Pod, usage)
    case 'services': {
      const { type, ports = [] } = (object as V1Service).spec
      if (type === 'LoadBalancer') usage['services.loadbalancers'] = '1'
      if (type === 'LoadBalancer' || type === 'NodePort') usage['services.nodeports'] = String(ports.length)
      return usage
    }
    case 'persistentvolumeclaims': {
      const { resources, storageClassName } = (object as V1PersistentVolumeClaim).spec
      const storage = resources?.requests?.storage
      if (storage !== undefined) {
        usage['requests.storage'] = storage
        if (storageClassName) {
          usage[`${storageClassName}.storageclass.storage.k8s.io/requests.storage`] = storage
          usage[`${storageClassName}.storageclass.storage.k8s.io/persistentvolumeclaims`] = '1'
        }
      }
      return usage
    }
    default:
      return usage
  }
}

function podUsage(pod: V1Pod, usage: Record<string, string>): Usage {
  if (isOver(pod)) return { 'count/pods': '1' }
  usage.pods = '1'
  const { requests, limits } = podAmounts(pod.spec)
  for (const [name, amount] of Object.entries(requests)) {
    usage[`requests.${name}`] = amount
    if (name === 'cpu' || name === 'memory' || name === 'ephemeral-storage') usage[name] = amount
  }
  for (const [name, amount] of Object.entries(limits)) usage[`limits.${name}`] = amount
  return usage
}

function isOver({ status }: V1Pod): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed'
}

/** What a pod asks for as a whole: its containers together, or its most demanding init container. */
function podAmounts(spec: V1PodSpec): { requests: Usage; limits: Usage } {
  const amounts = (pick: 'requests' | 'limits') => {
    const total: Record<string, string> = {}
    for (const container of spec.containers) addInto(total, container.resources?.[pick] ?? {})
    for (const container of spec.initContainers ?? []) {
      for (const [name, amount] of Object.entries(container.resources?.[pick] ?? {})) {
        if (total[name] === undefined || compareQuantities(total[name], amount) < 0) total[name] = amount
      }
    }
    return total
  }
  return { requests: amounts('requests'), limits: amounts('limits') }
}

function addInto(total: Record<string, string>, addition: Usage): void {
  for (const [name, amount] of Object.entries(addition))
    total[name] = total[name] === undefined ? amount : addQuantities(total[name], amount)
}

/** What everything a quota looks at uses now, for each of its hard limits. `list` answers a resource's objects in the quota's namespace. */
function quotaUsage(list: (resource: string) => readonly object[], quota: V1ResourceQuota): Usage {
  const total: Record<string, string> = {}
  for (const resource of resourcesOf(quota)) {
    for (const object of list(resource)) if (isInScope(quota, resource, object)) addInto(total, usageOf(resource, object))
  }
  return Object.fromEntries(Object.keys(quota.spec.hard ?? {}).map((name) => [name, total[name] ?? '0']))
}

function objectsOf(registry: Registry, resource: string, namespace: string): readonly object[] {
  const kind = registry.kind(resource)
  return kind ? registry.list(kind, namespace) : []
}

/** The resources whose objects a quota counts. */
function resourcesOf({ spec }: V1ResourceQuota): ReadonlySet<string> {
  const resources = new Set<string>()
  for (const name of Object.keys(spec.hard ?? {})) {
    if (name.startsWith('count/')) resources.add(name.slice(6))
    else if (name.startsWith('services')) resources.add('services')
    else if (name.endsWith('storage') && name.includes('requests.') && !name.includes('ephemeral')) resources.add('persistentvolumeclaims')
    else if (name.endsWith('persistentvolumeclaims')) resources.add('persistentvolumeclaims')
    else if (countedByName.includes(name)) resources.add(name)
    else resources.add('pods')
  }
  return resources
}

function isInScope({ spec }: V1ResourceQuota, resource: string, object: object): boolean {
  const scopes = (spec.scopes ?? []).map((scopeName) => ({ scopeName, operator: 'Exists', values: [] as readonly string[] }))
  const selected = (spec.scopeSelector?.matchExpressions ?? []).map(({ scopeName, operator, values = [] }) => ({
    scopeName,
    operator,
    values,
  }))
  const all = [...scopes, ...selected]
  if (all.length === 0) return true
  if (resource !== 'pods') return false
  const pod = object as V1Pod
  return all.every(({ scopeName, operator, values }) => {
    switch (scopeName) {
      case 'BestEffort':
        return qosClass(pod.spec) === 'BestEffort'
      case 'NotBestEffort':
        return qosClass(pod.spec) !== 'BestEffort'
      case 'Terminating':
        return pod.spec.activeDeadlineSeconds !== undefined
      case 'NotTerminating':
        return pod.spec.activeDeadlineSeconds === undefined
      case 'PriorityClass': {
        const name = pod.spec.priorityClassName ?? ''
        if (operator === 'In') return values.includes(name)
        if (operator === 'NotIn') return !values.includes(name)
        return operator === 'Exists' ? name !== '' : name === ''
      }
      default:
        return false
    }
  })
}

/** Refuses what would exceed a quota, and books what does not. */
export function chargeQuotas(
  registry: Registry,
  kind: Kind,
  object: StoredObject,
  old: StoredObject | undefined,
  { dryRun }: { readonly dryRun?: boolean },
): void {
  if (!kind.namespaced || registry.store.count('resourcequotas') === 0) return
  const resource = resourceName(kind)
  const { namespace = '', name } = object.metadata
  const quotaKind = registry.kind('resourcequotas')
  if (!quotaKind || resource === 'resourcequotas') return
  for (const quota of registry.list(quotaKind, namespace) as unknown as readonly V1ResourceQuota[]) {
    if (!isInScope(quota, resource, object)) continue
    const hard = quota.spec.hard ?? {}
    const added = usageOf(resource, object)
    if (resource === 'pods' && !old) requireAmounts(kind, name, quota, (object as unknown as V1Pod).spec)
    const before = old ? usageOf(resource, old) : {}
    const more: Record<string, string> = {}
    for (const each of Object.keys(hard)) {
      if (added[each] === undefined) continue
      const difference = before[each] === undefined ? added[each] : addQuantities(added[each], negatedQuantity(before[each]))
      if (compareQuantities(difference, '0') > 0) more[each] = difference
    }
    const names = Object.keys(more).sort()
    if (names.length === 0) continue
    const used = quotaUsage((each) => objectsOf(registry, each, namespace), quota)
    const exceeded = names.filter((each) => compareQuantities(addQuantities(used[each], more[each]), hard[each]) > 0)
    if (exceeded.length > 0) {
      const list = (amounts: Usage) => exceeded.map((each) => `${each}=${amounts[each]}`).join(',')
      throw forbidden(
        kind,
        name,
        `exceeded quota: ${quota.metadata.name}, requested: ${list(more)}, used: ${list(used)}, limited: ${list(hard)}`,
      )
    }
    if (!dryRun) book(registry, quota, used, more)
  }
}

/** What was there before the quota, and what went since, is counted a moment later: upstream's quota controller, kept here with the counting. */
export function keepQuotasCounted(registry: Registry): void {
  const { store, clock } = registry
  let isNoted = false
  store.watch(undefined, () => {
    if (isNoted || store.count('resourcequotas') === 0) return
    isNoted = true
    clock.after(0, () => {
      isNoted = false
      for (const quota of store.list('resourcequotas') as readonly V1ResourceQuota[]) {
        book(
          registry,
          quota,
          quotaUsage((each) => objectsOf(registry, each, quota.metadata.namespace ?? ''), quota),
          {},
        )
      }
    })
  })
}

/** A quota on cpu or memory obliges every container to name an amount. */
function requireAmounts(kind: Kind, podName: string, quota: V1ResourceQuota, spec: V1PodSpec): void {
  const missing: string[] = []
  for (const name of Object.keys(quota.spec.hard ?? {}).sort()) {
    const amount = /^(?:(requests|limits)\.)?(cpu|memory)$/.exec(name)
    if (!amount) continue
    const side = amount[1] === 'limits' ? 'limits' : 'requests'
    const without = spec.containers
      .filter((container) => container.resources?.[side]?.[amount[2]] === undefined)
      .map((container) => container.name)
    if (without.length > 0) missing.push(`${name} for: ${without.join(',')}`)
  }
  if (missing.length > 0) throw forbidden(kind, podName, `failed quota: ${quota.metadata.name}: must specify ${missing.join('; ')}`)
}

function book(registry: Registry, quota: V1ResourceQuota, used: Usage, more: Usage): void {
  const total: Record<string, string> = { ...used }
  addInto(total, more)
  const status = { hard: quota.spec.hard ?? {}, used: total }
  if (isSame(status, quota.status)) return
  const { namespace, name } = quota.metadata
  registry.store.put('resourcequotas', keyOf(namespace, name), { ...quota, status }, { by: 'kube-apiserver', because: 0 })
}
