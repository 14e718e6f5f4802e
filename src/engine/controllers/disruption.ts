/** How many pods of a budget may be taken away on purpose just now; evictions ask this status. */
import type { Clock } from '../../base/clock.ts'
import type { Client } from '../api/client.ts'
import type { V1Deployment, V1Pod, V1PodDisruptionBudget, V1ReplicaSet } from '../kinds/generated/types.ts'
import { Recorder } from './events.ts'
import { controllerOf, isOver, isReady, isSame, itself, matchesSelector, namespaceAndName, selectedPods, timestamp } from './objects.ts'
import { scaledUp } from './rollout.ts'
import type { PatientController } from './run.ts'

const resource = 'poddisruptionbudgets.policy'

export function disruptionController({ clock }: { clock: Clock }): PatientController {
  const recorder = new Recorder({ clock, component: 'controllermanager' })
  let reader: Client | undefined

  const reconcile = (key: string, client: Client): void => {
    const [namespace, name] = namespaceAndName(key)
    const budget = client.get<V1PodDisruptionBudget>(resource, namespace, name)
    if (!budget) return
    const pods = selectedPods(client, namespace, budget.spec.selector).filter((pod) => !isOver(pod))
    if (pods.length === 0) recorder.event(client, budget, 'Normal', 'NoPods', 'No matching pods found')
    const { minAvailable, maxUnavailable } = budget.spec
    // A percentage, or a number that may be missing, is of what the owners want; a plain minimum is of what is there.
    const expected = typeof minAvailable === 'number' ? pods.length : wantedBy(client, pods)
    const desired =
      maxUnavailable === undefined ? scaledUp(minAvailable ?? 1, expected) : Math.max(0, expected - scaledUp(maxUnavailable, expected))
    const healthy = pods.filter((pod) => isReady(pod) && pod.metadata.deletionTimestamp === undefined).length
    const allowed = expected <= 0 ? 0 : Math.max(0, healthy - desired)
    const before = budget.status?.conditions?.find(({ type }) => type === 'DisruptionAllowed')
    const word = allowed > 0 ? 'True' : 'False'
    const condition = {
      type: 'DisruptionAllowed',
      status: word,
      observedGeneration: budget.metadata.generation,
      lastTransitionTime: before?.status === word ? before.lastTransitionTime : timestamp(clock.now()),
      reason: allowed > 0 ? 'SufficientPods' : 'InsufficientPods',
      message: '',
    }
    const status = {
      observedGeneration: budget.metadata.generation,
      disruptionsAllowed: allowed,
      currentHealthy: healthy,
      desiredHealthy: desired,
      expectedPods: expected,
      conditions: [condition],
    }
    if (!isSame(status, budget.status)) client.updateStatus<V1PodDisruptionBudget>(resource, { ...budget, status } as V1PodDisruptionBudget)
  }

  return {
    name: 'disruption-controller',
    start(_enqueue, client) {
      reader = client
    },
    watches: {
      [resource]: itself,
      pods: ({ object, previous }) => {
        const { metadata } = (object ?? previous) as V1Pod
        if (
          !reader ||
          (object &&
            previous &&
            isReady(object as V1Pod) === isReady(previous as V1Pod) &&
            metadata.deletionTimestamp === (previous as V1Pod).metadata.deletionTimestamp &&
            metadata.labels === (previous as V1Pod).metadata.labels)
        )
          return []
        return reader
          .list<V1PodDisruptionBudget>(resource, metadata.namespace)
          .filter(({ spec }) => matchesSelector(spec.selector, metadata.labels))
          .map((budget) => `${budget.metadata.namespace}/${budget.metadata.name}`)
      },
    },
    reconcile,
  }
}

function wantedBy(client: Client, pods: readonly V1Pod[]): number {
  const owners = new Map<string, number>()
  for (const { metadata } of pods) {
    const owner = controllerOf(metadata)
    if (!owner) continue
    const namespace = metadata.namespace ?? ''
    const plural = { ReplicaSet: 'replicasets.apps', StatefulSet: 'statefulsets.apps', ReplicationController: 'replicationcontrollers' }[
      owner.kind
    ]
    const set = plural ? client.get<V1ReplicaSet>(plural, namespace, owner.name) : undefined
    if (!set) continue
    const above = owner.kind === 'ReplicaSet' ? controllerOf(set.metadata) : undefined
    const deployment = above ? client.get<V1Deployment>('deployments.apps', namespace, above.name) : undefined
    const top = deployment ?? set
    owners.set(top.metadata.uid, top.spec.replicas ?? 1)
  }
  return Array.from(owners.values()).reduce((sum, each) => sum + each, 0)
}
