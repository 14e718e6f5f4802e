/** One pod on each node that will have it. The pods go through the scheduler, pinned to their node by an affinity for its name. */
import type { Clock } from '../../base/clock.ts'
import { ApiError, type Client, type Draft, type ObjectMeta } from '../api/client.ts'
import type { V1DaemonSet, V1Node, V1Pod, V1Toleration } from '../kinds/generated/types.ts'
import { Recorder } from './events.ts'
import { matchesNode } from './node-affinity.ts'
import { availableIn, isReady, isSame, itself, namespaceAndName, ownersOfKind } from './objects.ts'
import { claimedPods, deleteGently, podFrom } from './pod-control.ts'
import { ControllerRevisions, revisionLabel } from './revisions.ts'
import { scaledDown, scaledUp } from './rollout.ts'
import type { PatientController } from './run.ts'
import { isTolerated, untolerated } from './taints.ts'

const resource = 'daemonsets.apps'

/** What daemon pods put up with, whatever their template says. */
const always: readonly V1Toleration[] = [
  { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/disk-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/pid-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' },
]

export function daemonSetController({ clock }: { clock: Clock }): PatientController {
  const recorder = new Recorder({ clock, component: 'daemonset-controller' })
  const revisions = new ControllerRevisions()
  let reader: Client | undefined

  const reconcile = (key: string, client: Client): number | void => {
    const [namespace, name] = namespaceAndName(key)
    const set = client.get<V1DaemonSet>(resource, namespace, name)
    if (!set || set.metadata.deletionTimestamp !== undefined) return
    const hash = revisions.sync(client, set, { template: set.spec.template, limit: set.spec.revisionHistoryLimit ?? 10 }).hash
    const nodes = client.list<V1Node>('nodes')
    const pods = claimedPods(client, set, set.spec.selector)
    const byNode = new Map<string, V1Pod[]>()
    for (const pod of pods) {
      const node = nodeOf(pod)
      if (node) byNode.set(node, [...(byNode.get(node) ?? []), pod])
    }
    let isHeld = false
    for (const node of nodes) {
      const mine = byNode.get(node.metadata.name) ?? []
      const { runs, stays } = verdict(set, node)
      const living = mine.filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      for (const pod of living) {
        if (pod.status.phase !== 'Failed') continue
        recorder.event(
          client,
          set,
          'Warning',
          'FailedDaemonPod',
          `Found failed daemon pod ${namespace}/${pod.metadata.name} on node ${node.metadata.name}, will try to kill it`,
        )
        remove(client, set, pod)
      }
      const good = living.filter(({ status }) => status.phase !== 'Failed')
      if (runs && mine.length === 0) isHeld = !create(client, set, node, hash) || isHeld
      if (!stays) for (const pod of good) remove(client, set, pod)
      else for (const pod of good.slice(1)) remove(client, set, pod)
    }
    for (const [node, mine] of byNode)
      if (!nodes.some(({ metadata }) => metadata.name === node))
        for (const pod of mine) if (pod.metadata.deletionTimestamp === undefined) remove(client, set, pod)
    if (set.spec.updateStrategy?.type !== 'OnDelete') roll(client, set, nodes, hash)
    const again = writeStatus(client, set, nodes, hash)
    if (isHeld) throw new ApiError(403, 'Forbidden', 'some pods could not be created')
    return again
  }

  const create = (client: Client, set: V1DaemonSet, node: V1Node, hash: string): boolean => {
    const draft = podFrom(set.spec.template, set) as Draft<V1Pod> & { metadata: Partial<ObjectMeta> }
    const { affinity } = set.spec.template.spec ?? {}
    const term = { matchFields: [{ key: 'metadata.name', operator: 'In', values: [node.metadata.name] }] }
    const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
    const terms = required ? required.nodeSelectorTerms.map((each) => ({ ...each, ...term })) : [term]
    const own = set.spec.template.spec?.tolerations ?? []
    const tolerations = [...own, ...always.filter((toleration) => !own.some((each) => isSame(each, toleration)))]
    if (set.spec.template.spec?.hostNetwork)
      tolerations.push({ key: 'node.kubernetes.io/network-unavailable', operator: 'Exists', effect: 'NoSchedule' })
    try {
      const pod = client.create<V1Pod>('pods', {
        ...draft,
        metadata: {
          ...draft.metadata,
          labels: {
            ...draft.metadata.labels,
            [revisionLabel]: hash,
            'pod-template-generation':
              set.metadata.annotations?.['deprecated.daemonset.template.generation'] ?? String(set.metadata.generation ?? 1),
          },
        },
        spec: {
          ...set.spec.template.spec,
          affinity: {
            ...affinity,
            nodeAffinity: { ...affinity?.nodeAffinity, requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } },
          },
          tolerations,
        },
      } as unknown as Draft<V1Pod>)
      recorder.event(client, set, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`)
      return true
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      recorder.event(client, set, 'Warning', 'FailedCreate', `Error creating: ${error.message}`)
      return false
    }
  }

  const remove = (client: Client, set: V1DaemonSet, pod: V1Pod): void => {
    if (deleteGently(client, pod)) recorder.event(client, set, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`)
  }

  /** Takes old pods away, a few nodes at a time; the next look makes new ones. */
  const roll = (client: Client, set: V1DaemonSet, nodes: readonly V1Node[], hash: string): void => {
    const wanted = nodes.filter((node) => verdict(set, node).runs)
    const limit = set.spec.updateStrategy?.rollingUpdate?.maxUnavailable ?? 1
    const most = typeof limit === 'number' ? limit : Math.max(1, scaledUp(limit, wanted.length))
    let unavailable = 0
    const old: V1Pod[] = []
    for (const node of wanted) {
      const pod = podsOn(client, set, node.metadata.name).find(({ metadata }) => metadata.deletionTimestamp === undefined)
      const isGood = pod && availableIn(pod, set.spec.minReadySeconds ?? 0, clock.now()) === 0
      if (!isGood) unavailable++
      if (!pod || pod.metadata.labels?.[revisionLabel] === hash) continue
      if (isGood) old.push(pod)
      else {
        // What does not work is replaced without counting.
        remove(client, set, pod)
      }
    }
    for (const pod of old.slice(0, Math.max(0, most - unavailable))) remove(client, set, pod)
    void scaledDown
  }

  const podsOn = (client: Client, set: V1DaemonSet, node: string): V1Pod[] =>
    client.indexed<V1Pod>('pods', 'owner', set.metadata.uid).filter((pod) => nodeOf(pod) === node)

  const writeStatus = (client: Client, set: V1DaemonSet, nodes: readonly V1Node[], hash: string): number | void => {
    let desired = 0
    let current = 0
    let misscheduled = 0
    let ready = 0
    let available = 0
    let updated = 0
    let again: number | undefined
    for (const node of nodes) {
      const { runs } = verdict(set, node)
      const mine = podsOn(client, set, node.metadata.name)
      if (runs) desired++
      if (mine.length === 0) continue
      if (!runs) {
        misscheduled++
        continue
      }
      current++
      const pod = mine.toSorted((a, b) => (a.metadata.creationTimestamp < b.metadata.creationTimestamp ? -1 : 1))[0]
      if (pod.metadata.labels?.[revisionLabel] === hash) updated++
      if (!isReady(pod)) continue
      ready++
      const inMs = availableIn(pod, set.spec.minReadySeconds ?? 0, clock.now())
      if (inMs === 0) available++
      else if (inMs !== undefined) again = Math.min(again ?? Number.POSITIVE_INFINITY, inMs)
    }
    const status = {
      currentNumberScheduled: current,
      numberMisscheduled: misscheduled,
      desiredNumberScheduled: desired,
      numberReady: ready,
      observedGeneration: set.metadata.generation,
      ...(updated ? { updatedNumberScheduled: updated } : {}),
      ...(available ? { numberAvailable: available } : {}),
      ...(desired - available > 0 ? { numberUnavailable: desired - available } : {}),
      ...(set.status?.collisionCount === undefined ? {} : { collisionCount: set.status.collisionCount }),
    }
    const latest = client.get<V1DaemonSet>(resource, set.metadata.namespace ?? '', set.metadata.name)
    if (latest && !isSame(status, latest.status)) client.updateStatus<V1DaemonSet>(resource, { ...latest, status })
    return again
  }

  return {
    name: 'daemonset-controller',
    start(_enqueue, client) {
      reader = client
    },
    watches: {
      [resource]: itself,
      pods: ownersOfKind('DaemonSet'),
      nodes: ({ object, previous }) => {
        const now = object as V1Node | undefined
        const before = previous as V1Node | undefined
        if (now && before && isSame(now.metadata.labels, before.metadata.labels) && isSame(now.spec, before.spec)) return []
        return reader?.list<V1DaemonSet>(resource).map(({ metadata }) => `${metadata.namespace}/${metadata.name}`) ?? []
      },
    },
    reconcile,
  }
}

/** The node a daemon pod is meant for, bound to it already or not. */
function nodeOf({ spec }: V1Pod): string | undefined {
  if (spec.nodeName) return spec.nodeName
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms
  return terms?.[0]?.matchFields?.find(({ key }) => key === 'metadata.name')?.values?.[0]
}

function verdict(set: V1DaemonSet, node: V1Node): { runs: boolean; stays: boolean } {
  const spec = set.spec.template.spec
  const pod = { metadata: set.metadata, spec: { ...spec, tolerations: [...(spec?.tolerations ?? []), ...always] } } as unknown as V1Pod
  if (!matchesNode(pod, node)) return { runs: false, stays: false }
  const taints = node.spec.taints?.filter((taint) => !isTolerated(taint, pod.spec.tolerations))
  if (untolerated(pod, taints, ['NoExecute'])) return { runs: false, stays: false }
  return { runs: !untolerated(pod, taints, ['NoSchedule']), stays: true }
}
