/** Empties a namespace that is being deleted, tells what is in the way, and lets it go when nothing is left. */
import type { Clock } from '../../base/clock.ts'
import { ApiError, type Client, type KubernetesObject } from '../api/client.ts'
import type { V1Namespace, V1Pod } from '../kinds/generated/types.ts'
import { pace } from '../pace.ts'
import type { Store } from '../store/store.ts'
import { isSame, itself, timestamp } from './objects.ts'
import type { PatientController } from './run.ts'

interface Condition {
  readonly type: string
  readonly status: string
  readonly lastTransitionTime?: string
  readonly reason?: string
  readonly message?: string
}

export function namespaceController({
  clock,
  store,
  resources,
}: {
  clock: Clock
  store: Store
  resources: () => readonly string[]
}): PatientController {
  const contentOf = (namespace: string): { resource: string; object: KubernetesObject }[] => {
    const found: { resource: string; object: KubernetesObject }[] = []
    for (const resource of resources()) {
      for (const object of store.list(resource) as readonly KubernetesObject[])
        if (object.metadata.namespace === namespace) found.push({ resource, object })
    }
    return found
  }

  const reconcile = (name: string, client: Client): number | void => {
    const namespace = client.get<V1Namespace>('namespaces', '', name)
    if (!namespace || namespace.metadata.deletionTimestamp === undefined) return
    for (const { resource, object } of contentOf(name)) {
      if (object.metadata.deletionTimestamp !== undefined) continue
      try {
        client.delete(resource, name, object.metadata.name, { propagationPolicy: 'Background' })
      } catch (error) {
        if (!(error instanceof ApiError)) throw error
      }
    }
    const left = contentOf(name)
    writeConditions(namespace, left, client)
    if (left.length > 0) return Math.min(pace.namespaceContentRetry, longestGraceMs(left) / 2 + 1000)
    const latest = client.get<V1Namespace>('namespaces', '', name)
    if (!latest) return
    client.update<V1Namespace>('namespaces/finalize', {
      ...latest,
      spec: { ...latest.spec, finalizers: latest.spec?.finalizers?.filter((each) => each !== 'kubernetes') },
    })
  }

  const writeConditions = (
    namespace: V1Namespace,
    left: readonly { resource: string; object: KubernetesObject }[],
    client: Client,
  ): void => {
    const now = timestamp(clock.now())
    const before = (namespace.status.conditions ?? []) as readonly Condition[]
    const word = (
      type: string,
      isBad: boolean,
      [badReason, goodReason]: readonly [string, string],
      [bad, good]: readonly [string, string],
    ): Condition => {
      const status = isBad ? 'True' : 'False'
      const old = before.find((condition) => condition.type === type)
      return {
        type,
        status,
        lastTransitionTime: old?.status === status ? old.lastTransitionTime : now,
        reason: isBad ? badReason : goodReason,
        message: isBad ? bad : good,
      }
    }
    const counts = new Map<string, number>()
    const finalizers = new Map<string, number>()
    for (const { resource, object } of left) {
      counts.set(resource, (counts.get(resource) ?? 0) + 1)
      for (const finalizer of object.metadata.finalizers ?? []) finalizers.set(finalizer, (finalizers.get(finalizer) ?? 0) + 1)
    }
    const list = (map: ReadonlyMap<string, number>, text: (name: string, count: number) => string): string =>
      Array.from(map, ([each, count]) => text(each, count))
        .sort()
        .join(', ')
    const conditions = [
      word('NamespaceDeletionDiscoveryFailure', false, ['', 'ResourcesDiscovered'], ['', 'All resources successfully discovered']),
      word(
        'NamespaceDeletionGroupVersionParsingFailure',
        false,
        ['', 'ParsedGroupVersions'],
        ['', 'All legacy kube types successfully parsed'],
      ),
      word(
        'NamespaceDeletionContentFailure',
        false,
        ['', 'ContentDeleted'],
        ['', 'All content successfully deleted, may be waiting on finalization'],
      ),
      word(
        'NamespaceContentRemaining',
        counts.size > 0,
        ['SomeResourcesRemain', 'ContentRemoved'],
        [
          `Some resources are remaining: ${list(counts, (each, count) => `${each.includes('.') ? each : `${each}.`} has ${count} resource instances`)}`,
          'All content successfully removed',
        ],
      ),
      word(
        'NamespaceFinalizersRemaining',
        finalizers.size > 0,
        ['SomeFinalizersRemain', 'ContentHasNoFinalizers'],
        [
          `Some content in the namespace has finalizers remaining: ${list(finalizers, (each, count) => `${each} in ${count} resource instances`)}`,
          'All content-preserving finalizers finished',
        ],
      ),
    ]
    if (isSame(conditions, before)) return
    client.updateStatus<V1Namespace>('namespaces', { ...namespace, status: { ...namespace.status, conditions } } as V1Namespace)
  }

  return {
    name: 'namespace-controller',
    watches: {
      namespaces: itself,
      // When its last pod goes, the namespace need not wait for the next round.
      pods: ({ object, previous }) => {
        if (object) return []
        const home = (previous as V1Pod).metadata.namespace ?? ''
        return (store.get('namespaces', home) as V1Namespace | undefined)?.metadata.deletionTimestamp === undefined ? [] : [home]
      },
    },
    patience: () => 200,
    reconcile,
  }
}

function longestGraceMs(left: readonly { resource: string; object: KubernetesObject }[]): number {
  let longest = 0
  for (const { resource, object } of left)
    if (resource === 'pods') longest = Math.max(longest, (object.metadata.deletionGracePeriodSeconds ?? 0) * 1000)
  return longest
}
