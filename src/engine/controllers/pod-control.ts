/** Making, adopting and ranking the pods of a controller: what ReplicaSets, ReplicationControllers, DaemonSets and Jobs share. */
import { ApiError, type Client, type Draft, type KubernetesObject } from '../api/client.ts'
import type { V1LabelSelector, V1Pod, V1PodTemplateSpec } from '../kinds/generated/types.ts'
import { isReady, matchesSelector, ownerReference, podCondition } from './objects.ts'

/** A pod after a template, owned by `owner`. The server gives it a name. */
export function podFrom(template: V1PodTemplateSpec, owner: KubernetesObject): Draft<V1Pod> {
  const { labels, annotations, finalizers } = template.metadata ?? {}
  return {
    metadata: {
      generateName: `${owner.metadata.name}-`,
      namespace: owner.metadata.namespace,
      ...(labels ? { labels } : {}),
      ...(annotations ? { annotations } : {}),
      ...(finalizers?.length ? { finalizers } : {}),
      ownerReferences: [ownerReference(owner)],
    },
    spec: template.spec,
  } as unknown as Draft<V1Pod>
}

/** The pods of an owner after matching orphans were adopted and those that no longer match let go. */
export function claimedPods(client: Client, owner: KubernetesObject, selector: V1LabelSelector | undefined): V1Pod[] {
  const mine: V1Pod[] = []
  for (const pod of client.indexed<V1Pod>('pods', 'owner', owner.metadata.uid)) {
    if (matchesSelector(selector, pod.metadata.labels)) mine.push(pod)
    else if (owner.metadata.deletionTimestamp === undefined) release(client, pod, owner)
  }
  if (owner.metadata.deletionTimestamp !== undefined) return mine
  for (const pod of client.indexed<V1Pod>('pods', 'orphan', owner.metadata.namespace ?? '')) {
    if (pod.metadata.deletionTimestamp !== undefined || !matchesSelector(selector, pod.metadata.labels)) continue
    mine.push(adopt(client, pod, owner))
  }
  return mine
}

function release(client: Client, pod: V1Pod, owner: KubernetesObject): void {
  const ownerReferences = pod.metadata.ownerReferences?.filter((reference) => reference.uid !== owner.metadata.uid)
  client.update<V1Pod>('pods', { ...pod, metadata: { ...pod.metadata, ownerReferences } })
}

function adopt(client: Client, pod: V1Pod, owner: KubernetesObject): V1Pod {
  return client.update<V1Pod>('pods', {
    ...pod,
    metadata: { ...pod.metadata, ownerReferences: [...(pod.metadata.ownerReferences ?? []), ownerReference(owner)] },
  })
}

/** Whether the live object still says what was read: a deleted owner must not make pods. */
export function deleteGently(client: Client, pod: V1Pod): boolean {
  try {
    client.delete('pods', pod.metadata.namespace ?? '', pod.metadata.name, { uid: pod.metadata.uid })
    return true
  } catch (error) {
    if (error instanceof ApiError && error.reason === 'NotFound') return false
    throw error
  }
}

const phaseRank: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 }

/**
 * Which pods go first when there are too many, as upstream ranks them: unassigned, pending, not ready, cheap to delete, on a crowded
 * node, lately ready, often restarted, young.
 */
export function inOrderOfDeletion(pods: readonly V1Pod[], related: readonly V1Pod[], nowMs: number): V1Pod[] {
  const onNode = new Map<string, number>()
  for (const pod of related) if (pod.spec.nodeName) onNode.set(pod.spec.nodeName, (onNode.get(pod.spec.nodeName) ?? 0) + 1)
  const ranked = pods.map((pod) => ({ pod, rank: rankOf(pod, onNode, nowMs) }))
  ranked.sort((a, b) => {
    for (let index = 0; index < a.rank.length; index++) if (a.rank[index] !== b.rank[index]) return a.rank[index] - b.rank[index]
    return 0
  })
  return ranked.map(({ pod }) => pod)
}

function rankOf(pod: V1Pod, onNode: ReadonlyMap<string, number>, nowMs: number): readonly number[] {
  const ready = podCondition(pod, 'Ready')
  const cost = Number(pod.metadata.annotations?.['controller.kubernetes.io/pod-deletion-cost'] ?? 0)
  let restarts = 0
  for (const { restartCount } of pod.status.containerStatuses ?? []) restarts = Math.max(restarts, restartCount)
  return [
    pod.spec.nodeName ? 1 : 0,
    phaseRank[pod.status.phase ?? ''] ?? 0,
    isReady(pod) ? 1 : 0,
    cost,
    -(onNode.get(pod.spec.nodeName ?? '') ?? 0),
    // Ages are compared by magnitude, so that pods made together count as equal and the choice is not always the youngest.
    isReady(pod) ? magnitude(nowMs - Date.parse(ready?.lastTransitionTime ?? '')) : 0,
    -restarts,
    magnitude(nowMs - Date.parse(pod.metadata.creationTimestamp)),
  ]
}

function magnitude(ageMs: number): number {
  return Math.floor(Math.log2(Math.max(1, ageMs / 1000)))
}
