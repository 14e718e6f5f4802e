/** What controllers ask of objects again and again: owners, selectors, conditions, times. */
import type { Client, KubernetesObject, ObjectMeta, OwnerReference } from '../api/client.ts'
import type { V1LabelSelector, V1Pod, V1PodCondition } from '../kinds/generated/types.ts'
import type { Entry } from '../store/store.ts'

export { isSame, keyOf, keyOfObject, microTimestamp, timestamp } from '../api/objects.ts'

export type Labels = Readonly<Record<string, string>> | undefined

export function namespaceAndName(key: string): readonly [namespace: string, name: string] {
  const slash = key.indexOf('/')
  return slash < 0 ? ['', key] : [key.slice(0, slash), key.slice(slash + 1)]
}

/** The key of an entry itself: for the resource a controller is about. */
export function itself(entry: Entry): readonly string[] {
  return [entry.key]
}

export function metaOf(object: object | undefined): ObjectMeta | undefined {
  return (object as KubernetesObject | undefined)?.metadata
}

export function controllerOf(metadata: ObjectMeta | undefined): OwnerReference | undefined {
  return metadata?.ownerReferences?.find((reference) => reference.controller)
}

/** Keys of the owners of a kind, before and after the change. */
export function ownersOfKind(kind: string): (entry: Entry) => readonly string[] {
  return ({ object, previous }) => {
    const now = ownerKey(metaOf(object), kind)
    const before = ownerKey(metaOf(previous), kind)
    if (now === undefined) return before === undefined ? [] : [before]
    return before === undefined || before === now ? [now] : [now, before]
  }
}

function ownerKey(metadata: ObjectMeta | undefined, kind: string): string | undefined {
  const owner = controllerOf(metadata)
  return owner?.kind === kind ? (metadata?.namespace ? `${metadata.namespace}/${owner.name}` : owner.name) : undefined
}

export function ownerReference({ apiVersion, kind, metadata }: KubernetesObject): OwnerReference {
  return { apiVersion, kind, name: metadata.name, uid: metadata.uid, controller: true, blockOwnerDeletion: true }
}

/** An empty selector matches everything, none at all matches nothing. */
export function matchesSelector(selector: V1LabelSelector | undefined, labels: Labels): boolean {
  if (!selector) return false
  if (selector.matchLabels && !matchesLabels(selector.matchLabels, labels)) return false
  for (const { key, operator, values = [] } of selector.matchExpressions ?? [])
    if (!matchesExpression(labels?.[key], operator, values)) return false
  return true
}

export function matchesLabels(wanted: Readonly<Record<string, string>>, labels: Labels): boolean {
  for (const key in wanted) if (labels?.[key] !== wanted[key]) return false
  return true
}

export function matchesExpression(value: string | undefined, operator: string, values: readonly string[]): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value)
    case 'NotIn':
      return value === undefined || !values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    case 'Gt':
      return value !== undefined && Number(value) > Number(values[0])
    case 'Lt':
      return value !== undefined && Number(value) < Number(values[0])
    default:
      return false
  }
}

/** A label pair every matching object has, to look objects up by; undefined when the selector names none. */
function firstPair(selector: V1LabelSelector | undefined): readonly [string, string] | undefined {
  for (const key in selector?.matchLabels) return [key, selector.matchLabels[key]]
  for (const { key, operator, values } of selector?.matchExpressions ?? [])
    if (operator === 'In' && values?.length === 1) return [key, values[0]]
  return undefined
}

/** Pods of a namespace that a selector picks, found through the label index where it can be. */
export function selectedPods(client: Client, namespace: string, selector: V1LabelSelector | undefined): V1Pod[] {
  if (!selector) return []
  const pair = firstPair(selector)
  const candidates = pair
    ? client.indexed<V1Pod>('pods', 'label', `${namespace}/${pair[0]}=${pair[1]}`)
    : client.list<V1Pod>('pods', namespace)
  return candidates.filter((pod) => matchesSelector(selector, pod.metadata.labels))
}

/** Values of the index `label` of pods. */
export function labelValues(object: object): readonly string[] {
  const { namespace, labels } = (object as KubernetesObject).metadata
  if (!labels) return []
  const values: string[] = []
  for (const key in labels) values.push(`${namespace}/${key}=${labels[key]}`)
  return values
}

/** Values of the index `orphan`: namespaces of objects that nobody controls. */
export function orphanValues(object: object): readonly string[] {
  const { metadata } = object as KubernetesObject
  return controllerOf(metadata) ? [] : [metadata.namespace ?? '']
}

export function isActive(pod: V1Pod): boolean {
  return pod.metadata.deletionTimestamp === undefined && pod.status.phase !== 'Succeeded' && pod.status.phase !== 'Failed'
}

export function isOver(pod: V1Pod): boolean {
  return pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed'
}

export function podCondition(pod: V1Pod, type: string): V1PodCondition | undefined {
  const { conditions } = pod.status
  if (conditions) for (const condition of conditions) if (condition.type === type) return condition
  return undefined
}

export function isReady(pod: V1Pod): boolean {
  return podCondition(pod, 'Ready')?.status === 'True'
}

export function availableIn(pod: V1Pod, minReadySeconds: number, nowMs: number): number | undefined {
  const ready = podCondition(pod, 'Ready')
  if (ready?.status !== 'True') return undefined
  if (minReadySeconds === 0 || !ready.lastTransitionTime) return 0
  return Math.max(0, Date.parse(ready.lastTransitionTime) + minReadySeconds * 1000 - nowMs)
}
