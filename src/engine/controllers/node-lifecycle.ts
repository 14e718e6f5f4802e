/**
 * Watches over nodes: one that has not spoken for the grace period becomes Unknown and is tainted, its pods are marked not ready, and
 * those that do not tolerate the taint are evicted when their time is up. Also what the cloud-less node controllers do besides: a
 * network for each node's pods, the TTL annotation, a word when a node is new.
 */
import type { Clock } from '../../base/clock.ts'
import { ApiError, type Client } from '../api/client.ts'
import type { V1Lease, V1Node, V1NodeCondition, V1Pod, V1Taint } from '../kinds/generated/types.ts'
import { pace } from '../pace.ts'
import { Recorder } from './events.ts'
import { isOver, isSame, itself, podCondition, timestamp } from './objects.ts'
import type { PatientController } from './run.ts'
import { isTolerated } from './taints.ts'

const unreachable = 'node.kubernetes.io/unreachable'
const notReady = 'node.kubernetes.io/not-ready'
const unschedulable = 'node.kubernetes.io/unschedulable'
const unknownText = 'Kubelet stopped posting node status.'
const pressures: Readonly<Record<string, string>> = {
  MemoryPressure: 'node.kubernetes.io/memory-pressure',
  DiskPressure: 'node.kubernetes.io/disk-pressure',
  PIDPressure: 'node.kubernetes.io/pid-pressure',
  NetworkUnavailable: 'node.kubernetes.io/network-unavailable',
}
const managed = new Set([unreachable, notReady, unschedulable, ...Object.values(pressures)])

export function nodeLifecycleController({ clock, isQuiet = false }: { clock: Clock; isQuiet?: boolean }): PatientController {
  const recorder = new Recorder({ clock, component: 'node-controller' })
  /** When a node was last heard of, in our own time: clocks of nodes may differ. */
  const heard = new Map<string, { renewTime: string | undefined; ready: string; atMs: number }>()
  const known = new Set<string>()
  const startedAt = clock.now()
  /** When the rounds that look for new and missing nodes come by next. */
  const untilRound = (): number => pace.nodeMonitor - ((clock.now() - startedAt) % pace.nodeMonitor)
  /** Nodes that were there before the learner came are known from the start. */
  const isBirth = (): boolean => isQuiet && clock.now() - startedAt < pace.nodeMonitor
  const met = new Map<string, number>()

  const reconcile = (name: string, client: Client): number | void => {
    let node = client.get<V1Node>('nodes', '', name)
    if (!node) {
      heard.delete(name)
      met.delete(name)
      if (known.delete(name))
        recorder.eventAbout(
          client,
          { kind: 'Node', name, uid: name, apiVersion: 'v1' },
          'Normal',
          'RemovingNode',
          `Node ${name} event: Removing Node ${name} from Controller`,
        )
      return
    }
    if (isBirth()) known.add(name)
    if (!known.has(name)) {
      const roundAt = met.get(name) ?? clock.now() + untilRound()
      met.set(name, roundAt)
      if (clock.now() >= roundAt) {
        known.add(name)
        recorder.eventAbout(
          client,
          { kind: 'Node', name, uid: node.metadata.uid, apiVersion: 'v1' },
          'Normal',
          'RegisteredNode',
          `Node ${name} event: Registered Node ${name} in Controller`,
        )
      }
    }
    const now = clock.now()
    const ready = node.status.conditions?.find(({ type }) => type === 'Ready')
    const lease = client.get<V1Lease>('leases.coordination.k8s.io', 'kube-node-lease', name)
    const sign = heard.get(name)
    const readySign = `${ready?.status}${ready?.lastHeartbeatTime ?? ''}`
    if (!sign || sign.renewTime !== lease?.spec.renewTime || (sign.ready !== readySign && ready?.status !== 'Unknown'))
      heard.set(name, { renewTime: lease?.spec.renewTime, ready: readySign, atMs: now })
    const silentMs = now - (heard.get(name)?.atMs ?? now)
    if (silentMs > pace.nodeGrace && ready?.status !== 'Unknown') node = markUnknown(node, client, now)
    syncTaints(node, client, now)
    return known.has(name) ? pace.nodeMonitor : untilRound()
  }

  const markUnknown = (node: V1Node, client: Client, now: number): V1Node => {
    const before = node.status.conditions ?? []
    const of = (type: string): V1NodeCondition => {
      const old = before.find((condition) => condition.type === type)
      if (!old)
        return {
          type,
          status: 'Unknown',
          reason: 'NodeStatusNeverUpdated',
          message: 'Kubelet never posted node status.',
          lastHeartbeatTime: node.metadata.creationTimestamp,
          lastTransitionTime: timestamp(now),
        }
      return {
        ...old,
        status: 'Unknown',
        reason: 'NodeStatusUnknown',
        message: unknownText,
        lastTransitionTime: old.status === 'Unknown' ? old.lastTransitionTime : timestamp(now),
      }
    }
    const types = ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'Ready']
    const conditions = [...before.filter(({ type }) => !types.includes(type)), ...types.map(of)]
    const marked = client.updateStatus<V1Node>('nodes', { ...node, status: { ...node.status, conditions } })
    recorder.eventAbout(
      client,
      { kind: 'Node', name: node.metadata.name, uid: node.metadata.uid, apiVersion: 'v1' },
      'Normal',
      'NodeNotReady',
      `Node ${node.metadata.name} status is now: NodeNotReady`,
    )
    for (const pod of client.indexed<V1Pod>('pods', 'node', node.metadata.name)) markPod(pod, client, now)
    return marked
  }

  const markPod = (pod: V1Pod, client: Client, now: number): void => {
    if (isOver(pod) || podCondition(pod, 'Ready')?.status !== 'True') return
    const conditions = pod.status.conditions?.map((condition) =>
      condition.type === 'Ready' ? { ...condition, status: 'False', lastTransitionTime: timestamp(now) } : condition,
    )
    client.updateStatus<V1Pod>('pods', { ...pod, status: { ...pod.status, conditions } })
    recorder.event(client, pod, 'Warning', 'NodeNotReady', 'Node is not ready')
  }

  /** NoSchedule at once, NoExecute with the next round, as two controllers of upstream do it. */
  const syncTaints = (node: V1Node, client: Client, now: number): void => {
    const ready = node.status.conditions?.find(({ type }) => type === 'Ready')?.status
    const wanted: V1Taint[] = []
    const key = ready === 'Unknown' ? unreachable : ready === 'True' ? undefined : notReady
    const before = node.spec.taints ?? []
    if (key) wanted.push({ key, effect: 'NoSchedule' })
    for (const { type, status } of node.status.conditions ?? [])
      if (status === 'True' && pressures[type]) wanted.push({ key: pressures[type], effect: 'NoSchedule' })
    if (node.spec.unschedulable) wanted.push({ key: unschedulable, effect: 'NoSchedule' })
    const hadNoSchedule = before.find((taint) => taint.key === key && taint.effect === 'NoSchedule')
    const hadNoExecute = before.some((taint) => taint.key === key && taint.effect === 'NoExecute')
    const isNextRound =
      hadNoSchedule !== undefined && now - Date.parse(hadNoSchedule.timeAdded ?? node.metadata.creationTimestamp) >= pace.nodeMonitor
    if (key && (hadNoExecute || isNextRound)) wanted.push({ key, effect: 'NoExecute' })
    const kept = before.filter(
      (taint) => !managed.has(taint.key) || wanted.some((each) => each.key === taint.key && each.effect === taint.effect),
    )
    const fresh = wanted
      .filter((each) => !kept.some((taint) => taint.key === each.key && taint.effect === each.effect))
      .map((taint) => ({ ...taint, timeAdded: timestamp(now) }))
    const taints = [...kept, ...fresh]
    if (isSame(taints, before)) return
    const { taints: _, ...spec } = node.spec
    client.update<V1Node>('nodes', { ...node, spec: taints.length > 0 ? { ...spec, taints } : spec })
  }

  return {
    name: 'node-controller',
    watches: {
      nodes: itself,
      'leases.coordination.k8s.io': ({ key }) => (key.startsWith('kube-node-lease/') && !heard.has(key.slice(16)) ? [key.slice(16)] : []),
    },
    reconcile,
  }
}

/** Gives each node its part of the pod network. */
export function nodeIpamController({ podCidr = '10.244.0.0/16' }: { podCidr?: string } = {}): PatientController {
  const prefix = podCidr.split('.').slice(0, 2).join('.')
  return {
    name: 'node-ipam-controller',
    watches: { nodes: ({ key, previous }) => (previous ? [] : [key]) },
    reconcile(name, client) {
      const node = client.get<V1Node>('nodes', '', name)
      if (!node || (node.spec.podCIDR && node.metadata.annotations?.['node.alpha.kubernetes.io/ttl'] !== undefined)) return
      const used = new Set(client.list<V1Node>('nodes').map(({ spec }) => spec.podCIDR))
      let number = 0
      while (used.has(`${prefix}.${number}.0/24`)) number++
      const cidr = node.spec.podCIDR ?? `${prefix}.${number}.0/24`
      client.update<V1Node>('nodes', {
        ...node,
        metadata: { ...node.metadata, annotations: { ...node.metadata.annotations, 'node.alpha.kubernetes.io/ttl': '0' } },
        spec: { ...node.spec, podCIDR: cidr, podCIDRs: [cidr] },
      })
    },
  }
}

/** Evicts from nodes with NoExecute taints what does not tolerate them, or not for so long. */
export function taintEvictionController({ clock }: { clock: Clock }): PatientController {
  const recorder = new Recorder({ clock, component: 'taint-eviction-controller' })
  /** Since when a pod has been under an eviction's clock. */
  const due = new Map<string, { taints: string; atMs: number }>()

  const reconcile = (key: string, client: Client): number | void => {
    const slash = key.indexOf('/')
    const [namespace, name] = [key.slice(0, slash), key.slice(slash + 1)]
    const pod = client.get<V1Pod>('pods', namespace, name)
    const node = pod?.spec.nodeName ? client.get<V1Node>('nodes', '', pod.spec.nodeName) : undefined
    const taints = node?.spec.taints?.filter(({ effect }) => effect === 'NoExecute') ?? []
    if (!pod || taints.length === 0 || pod.metadata.deletionTimestamp !== undefined || isOver(pod)) {
      if (due.delete(key) && pod && pod.metadata.deletionTimestamp === undefined)
        recorder.event(client, pod, 'Normal', 'TaintManagerEviction', `Cancelling deletion of Pod ${namespace}/${name}`)
      return
    }
    const waitMs = toleratedMs(pod, taints)
    if (waitMs === Number.POSITIVE_INFINITY) {
      due.delete(key)
      return
    }
    const sign = taints.map((taint) => taint.key).join()
    let plan = due.get(key)
    if (!plan || plan.taints !== sign) due.set(key, (plan = { taints: sign, atMs: clock.now() + waitMs }))
    const left = plan.atMs - clock.now()
    if (left > 0) return left
    due.delete(key)
    recorder.event(client, pod, 'Normal', 'TaintManagerEviction', `Marking for deletion Pod ${namespace}/${name}`)
    const condition = {
      type: 'DisruptionTarget',
      status: 'True',
      lastProbeTime: null,
      lastTransitionTime: timestamp(clock.now()),
      reason: 'DeletionByTaintManager',
      message: 'Taint manager: deleting due to NoExecute taint',
    }
    const conditions = [
      ...(pod.status.conditions ?? []).filter(({ type }) => type !== 'DisruptionTarget'),
      condition,
    ] as unknown as V1Pod['status']['conditions']
    try {
      client.updateStatus<V1Pod>('pods', { ...pod, status: { ...pod.status, conditions } })
      client.delete('pods', namespace, name)
    } catch (error) {
      if (!(error instanceof ApiError && error.reason === 'NotFound')) throw error
    }
  }

  let reader: Client | undefined
  return {
    name: 'taint-eviction-controller',
    start(_enqueue, client) {
      reader = client
    },
    watches: {
      nodes: ({ key, object, previous }) => {
        const taints = (object as V1Node | undefined)?.spec.taints
        const before = (previous as V1Node | undefined)?.spec.taints
        if (taints === before || !reader || (!taints?.some(isNoExecute) && !before?.some(isNoExecute))) return []
        return reader.indexed<V1Pod>('pods', 'node', key).map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)
      },
      pods: ({ key, object, previous }) => {
        const node = (object as V1Pod | undefined)?.spec.nodeName
        if (!object) return due.has(key) ? [key] : []
        if (!node || (previous as V1Pod | undefined)?.spec.nodeName === node) return []
        return reader?.get<V1Node>('nodes', '', node)?.spec.taints?.some(isNoExecute) ? [key] : []
      },
    },
    reconcile,
  }
}

function isNoExecute({ effect }: V1Taint): boolean {
  return effect === 'NoExecute'
}

/** The shortest time that the pod puts up with all these taints; 0 when one is not tolerated at all. */
function toleratedMs(pod: V1Pod, taints: readonly V1Taint[]): number {
  let least = Number.POSITIVE_INFINITY
  for (const taint of taints) {
    if (!isTolerated(taint, pod.spec.tolerations)) return 0
    for (const toleration of pod.spec.tolerations ?? []) {
      if (toleration.tolerationSeconds !== undefined && isTolerated(taint, [toleration]))
        least = Math.min(least, Math.max(0, toleration.tolerationSeconds) * 1000)
    }
  }
  return least
}
