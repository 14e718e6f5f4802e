/**
 * Keeps as many pods as a ReplicaSet asks for. The ReplicationController of old is the same loop over another shape, so both are made
 * here. Status tells what was counted *before* this look made or deleted anything; the pods' own entries bring the next look.
 */
import type { Clock } from '../../base/clock.ts'
import type { Random } from '../../base/random.ts'
import { ApiError, type Client, type KubernetesObject } from '../api/client.ts'
import type { V1LabelSelector, V1Pod, V1PodTemplateSpec, V1ReplicaSet, V1ReplicationController } from '../kinds/generated/types.ts'
import { Recorder } from './events.ts'
import {
  availableIn,
  controllerOf,
  isActive,
  isReady,
  isSame,
  itself,
  matchesLabels,
  matchesSelector,
  namespaceAndName,
  ownersOfKind,
  timestamp,
} from './objects.ts'
import { claimedPods, deleteGently, inOrderOfDeletion, podFrom } from './pod-control.ts'
import type { PatientController } from './run.ts'

/** Pods made, and pods deleted, in one turn; more would keep the worker too long. */
const madeAtOnce = 10
const deletedAtOnce = 32

interface Condition {
  readonly type: string
  readonly status: string
  readonly lastTransitionTime?: string
  readonly reason?: string
  readonly message?: string
}

/** What both resources have, whatever they call it. */
interface Replicated extends KubernetesObject {
  readonly spec: { readonly replicas?: number; readonly minReadySeconds?: number; readonly template?: V1PodTemplateSpec }
  readonly status: {
    readonly replicas: number
    readonly fullyLabeledReplicas?: number
    readonly readyReplicas?: number
    readonly availableReplicas?: number
    readonly observedGeneration?: number
    readonly conditions?: readonly Condition[]
  }
}

interface Shape {
  readonly name: string
  readonly resource: string
  readonly kind: string
  readonly selector: (object: Replicated) => V1LabelSelector | undefined
}

export function replicaSetController(options: { clock: Clock; random: Random }): PatientController {
  return replicated(options, {
    name: 'replicaset-controller',
    resource: 'replicasets.apps',
    kind: 'ReplicaSet',
    selector: (object) => (object as unknown as V1ReplicaSet).spec.selector,
  })
}

export function replicationController(options: { clock: Clock; random: Random }): PatientController {
  return replicated(options, {
    name: 'replication-controller',
    resource: 'replicationcontrollers',
    kind: 'ReplicationController',
    selector: (object) => ({ matchLabels: (object as unknown as V1ReplicationController).spec.selector ?? {} }),
  })
}

function replicated({ clock }: { clock: Clock; random: Random }, { name, resource, kind, selector }: Shape): PatientController {
  const recorder = new Recorder({ clock, component: name })
  const owners = ownersOfKind(kind)
  /** Sets by namespace whose selector an orphan may match. */
  let reader: Client | undefined
  const sizes = new Map<string, number>()
  /** Pods still to be made since they were last counted; as upstream, one look decides how many. */
  const plans = new Map<string, { readonly spec: Replicated['spec']; left: number }>()

  const adopters = (pod: V1Pod): string[] => {
    if (controllerOf(pod.metadata) || !reader) return []
    const keys: string[] = []
    for (const set of reader.list<Replicated>(resource, pod.metadata.namespace)) {
      if (matchesSelector(selector(set), pod.metadata.labels)) keys.push(`${set.metadata.namespace}/${set.metadata.name}`)
    }
    return keys
  }

  const reconcile = (key: string, client: Client): number | void => {
    const [namespace, setName] = namespaceAndName(key)
    const set = client.get<Replicated>(resource, namespace, setName)
    if (!set) {
      sizes.delete(key)
      plans.delete(key)
      return
    }
    let failure: { reason: string; message: string } | undefined
    const plan = plans.get(key)
    if (plan?.spec === set.spec && set.metadata.deletionTimestamp === undefined) {
      failure = create(set, Math.min(plan.left, madeAtOnce), client)
      plan.left -= madeAtOnce
      if (plan.left <= 0 || failure) plans.delete(key)
      if (!failure) return 0
    } else plans.delete(key)
    const now = clock.now()
    const all = claimedPods(client, set, selector(set))
    const pods = all.filter(isActive)
    sizes.set(key, pods.length)
    const wanted = set.spec.replicas ?? 1
    let isUnfinished = false
    if (set.metadata.deletionTimestamp === undefined && !failure) {
      const missing = wanted - pods.length
      if (missing > 0) failure = create(set, Math.min(missing, madeAtOnce), client)
      if (missing < 0) remove(set, pods, Math.min(-missing, deletedAtOnce), client, now)
      if (missing > madeAtOnce && !failure) plans.set(key, { spec: set.spec, left: missing - madeAtOnce })
      isUnfinished = missing > madeAtOnce || -missing > deletedAtOnce
    }
    // In the middle of many, the first and the last word are enough.
    if (isUnfinished && !failure && set.status?.observedGeneration === set.metadata.generation) return 0
    const again = writeStatus(set, pods, failure, client, now)
    if (failure) throw new ApiError(403, 'Forbidden', failure.message)
    return isUnfinished ? 0 : again
  }

  const create = (set: Replicated, count: number, client: Client): { reason: string; message: string } | undefined => {
    const draft = podFrom(set.spec.template ?? ({} as V1PodTemplateSpec), set)
    for (let made = 0; made < count; made++) {
      try {
        const pod = client.create<V1Pod>('pods', draft)
        recorder.event(client, set, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`)
      } catch (error) {
        if (!(error instanceof ApiError)) throw error
        // A namespace that is going away takes its sets with it.
        if (error.message.includes('because it is being terminated')) return undefined
        recorder.event(client, set, 'Warning', 'FailedCreate', `Error creating: ${error.message}`)
        return { reason: 'FailedCreate', message: error.message }
      }
    }
    return undefined
  }

  const remove = (set: Replicated, pods: readonly V1Pod[], count: number, client: Client, now: number): void => {
    for (const pod of inOrderOfDeletion(pods, relatedPods(client, set), now).slice(0, count)) {
      if (deleteGently(client, pod)) recorder.event(client, set, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`)
    }
  }

  /** Pods of all sets of the same owner: a rollout takes pods away where both versions crowd a node. */
  const relatedPods = (client: Client, set: Replicated): V1Pod[] => {
    const owner = controllerOf(set.metadata)
    if (!owner) return client.indexed<V1Pod>('pods', 'owner', set.metadata.uid).filter(isActive)
    return client
      .indexed<Replicated>(resource, 'owner', owner.uid)
      .flatMap(({ metadata }) => client.indexed<V1Pod>('pods', 'owner', metadata.uid).filter(isActive))
  }

  const writeStatus = (
    set: Replicated,
    pods: readonly V1Pod[],
    failure: { reason: string; message: string } | undefined,
    client: Client,
    now: number,
  ): number | void => {
    const minReady = set.spec.minReadySeconds ?? 0
    const labels = set.spec.template?.metadata?.labels ?? {}
    let labeled = 0
    let ready = 0
    let available = 0
    let again: number | undefined
    for (const pod of pods) {
      if (matchesLabels(labels, pod.metadata.labels)) labeled++
      if (!isReady(pod)) continue
      ready++
      const inMs = availableIn(pod, minReady, now)
      if (inMs === 0) available++
      else if (inMs !== undefined) again = Math.min(again ?? Number.POSITIVE_INFINITY, inMs)
    }
    const conditions = withFailure(set.status?.conditions, failure, now)
    const status = {
      replicas: pods.length,
      ...(labeled ? { fullyLabeledReplicas: labeled } : {}),
      ...(ready ? { readyReplicas: ready } : {}),
      ...(available ? { availableReplicas: available } : {}),
      observedGeneration: set.metadata.generation,
      ...(conditions.length > 0 ? { conditions } : {}),
    }
    if (!isSame(status, set.status)) {
      // Written against what is there now: adopting or a scale in between changed the set's other half only.
      const latest = client.get<Replicated>(resource, set.metadata.namespace ?? '', set.metadata.name)
      if (latest && latest.metadata.uid === set.metadata.uid) client.updateStatus<Replicated>(resource, { ...latest, status })
    }
    return again
  }

  return {
    name,
    watches: {
      [resource]: itself,
      pods: (entry) => {
        const known = owners(entry)
        if (known.length > 0) return known
        return entry.object ? adopters(entry.object as V1Pod) : []
      },
    },
    start(_enqueue, client) {
      reader = client
    },
    patience: (key) => {
      const size = sizes.get(key) ?? 0
      return size < 20 ? 0 : size / 8
    },
    reconcile,
  }
}

function withFailure(
  conditions: readonly Condition[] = [],
  failure: { reason: string; message: string } | undefined,
  now: number,
): readonly Condition[] {
  const before = conditions.find(({ type }) => type === 'ReplicaFailure')
  if (!failure) return before ? conditions.filter((condition) => condition !== before) : conditions
  if (before?.reason === failure.reason) return conditions
  return [
    ...conditions.filter((condition) => condition !== before),
    { type: 'ReplicaFailure', status: 'True', lastTransitionTime: timestamp(now), reason: failure.reason, message: failure.message },
  ]
}
