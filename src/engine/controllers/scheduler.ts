/**
 * Gives each pod a node: filters that say why a node will not do, scores that choose among those that will. What runs where is kept
 * up to date from the log, so that one pod costs one pass over the nodes. Equal scores go to the node with fewer pods, then by name
 * (upstream draws lots; a lesson should repeat).
 */
import type { Clock } from '../../base/clock.ts'
import { ApiError, type Client } from '../api/client.ts'
import type {
  V1LabelSelector,
  V1Namespace,
  V1Node,
  V1Pod,
  V1PodAffinityTerm,
  V1TopologySpreadConstraint,
} from '../kinds/generated/types.ts'
import { pace } from '../pace.ts'
import type { Entry } from '../store/store.ts'
import { SeriesRecorder } from './events.ts'
import { matchesNode, preference } from './node-affinity.ts'
import {
  controllerOf,
  isOver,
  isSame,
  keyOfObject,
  matchesSelector,
  namespaceAndName,
  podCondition,
  selectedPods,
  timestamp,
} from './objects.ts'
import { allocatableOf, requestsOf } from './resources.ts'
import type { PatientController } from './run.ts'
import { untolerated } from './taints.ts'
import { claimVolumes, unboundClaims, volumeConflict } from './volumes.ts'

/** A node as the scheduler sees it. */
interface Seat {
  node: V1Node | undefined
  readonly requested: Map<string, number>
  /** As requested, but with a guess for pods that ask for nothing, so that they spread, too. */
  guessedCpu: number
  guessedMemory: number
  readonly pods: Map<string, V1Pod>
  /** How many of the pods each controller owns, by its uid. */
  readonly owned: Map<string, number>
}

interface Refusal {
  readonly reasons: readonly string[]
  /** Taking other pods away could help. */
  readonly isResolvable: boolean
}

/** What a pod that leaves its node may mend, and what one that takes a place. */
const freesUp = /^Insufficient|^Too many pods|free ports|anti-affinity|topology spread|node has pod using|volume/
const bringsCompany = /pod affinity rules|topology spread/

const guess = { cpu: 100, memory: 200 * 2 ** 20 }

export function scheduler({ clock, instance = 'default-scheduler-controlplane' }: { clock: Clock; instance?: string }): PatientController {
  const recorder = new SeriesRecorder({ clock, component: 'default-scheduler', instance })
  const seats = new Map<string, Seat>()
  const seatOfPod = new Map<string, string>()
  /** Pods that found no node: how often they tried, when they may again, and what each node had against them. */
  const waiting = new Map<string, { attempts: number; untilMs: number; reasons: readonly string[] }>()
  const picky = new Map<string, V1Pod>()
  /** Pods for which others were sent away, by key: their place is kept from everybody less important. */
  const nominated = new Map<string, V1Pod>()

  const seatOf = (name: string): Seat => {
    let seat = seats.get(name)
    if (!seat)
      seats.set(
        name,
        (seat = { node: undefined, requested: new Map(), guessedCpu: 0, guessedMemory: 0, pods: new Map(), owned: new Map() }),
      )
    return seat
  }

  const leave = (key: string): void => {
    const name = seatOfPod.get(key)
    const seat = name === undefined ? undefined : seats.get(name)
    const pod = seat?.pods.get(key)
    if (!seat || !pod) return
    seat.pods.delete(key)
    seatOfPod.delete(key)
    picky.delete(key)
    countOwned(seat, pod, -1)
    count(seat, pod, -1)
  }

  const sit = (key: string, pod: V1Pod): void => {
    const name = pod.spec.nodeName
    if (!name) return
    const seat = seatOf(name)
    const before = seat.pods.get(key)
    seat.pods.set(key, pod)
    if (before) countOwned(seat, before, -1)
    countOwned(seat, pod, 1)
    if (pod.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution) picky.set(key, pod)
    // Status changes do not move what is reserved.
    if (before && (before.spec === pod.spec || requestsOf(before) === requestsOf(pod))) return
    if (before) count(seat, before, -1)
    seatOfPod.set(key, name)
    count(seat, pod, 1)
  }

  const onPod = ({ key, object, previous }: Entry): readonly string[] => {
    const pod = object as V1Pod | undefined
    const before = previous as V1Pod | undefined
    nominated.delete(key)
    if (!pod || isOver(pod)) {
      const freed = seatOfPod.has(key)
      leave(key)
      waiting.delete(key)
      return freed ? hopeful(freesUp) : []
    }
    if (pod.spec.nodeName) {
      sit(key, pod)
      waiting.delete(key)
      return before && !before.spec.nodeName ? hopeful(bringsCompany) : []
    }
    if (pod.status.nominatedNodeName && pod.metadata.deletionTimestamp === undefined) nominated.set(key, pod)
    if (before && waiting.has(key) && before.spec === pod.spec && isSame(before.metadata.labels, pod.metadata.labels)) return []
    return [key]
  }

  /** Those whom such news may help: nobody is tried again for what cannot change his mind. */
  const hopeful = (helps: RegExp): readonly string[] =>
    [...waiting].filter(([, { reasons }]) => reasons.some((reason) => helps.test(reason))).map(([key]) => key)

  const onNode = ({ key, object, previous }: Entry): readonly string[] => {
    const node = object as V1Node | undefined
    seatOf(key).node = node
    const before = previous as V1Node | undefined
    if (!node) return []
    const isNews =
      !before ||
      !isSame(before.spec, node.spec) ||
      !isSame(before.metadata.labels, node.metadata.labels) ||
      !isSame(before.status?.allocatable, node.status?.allocatable)
    return isNews ? [...waiting.keys()] : []
  }

  const reconcile = (key: string, client: Client): number | void => {
    const [namespace, name] = namespaceAndName(key)
    const pod = client.get<V1Pod>('pods', namespace, name)
    if (!pod || pod.spec.nodeName || pod.metadata.deletionTimestamp !== undefined || isOver(pod)) {
      waiting.delete(key)
      return
    }
    if ((pod.spec.schedulerName ?? 'default-scheduler') !== 'default-scheduler' || (pod.spec.schedulingGates?.length ?? 0) > 0) return
    const now = clock.now()
    const held = waiting.get(key)
    if (held && held.untilMs > now) return held.untilMs - now
    const all = Array.from(seats.values()).filter((seat): seat is Seat & { node: V1Node } => seat.node !== undefined)
    const volumes = unboundClaims(client, pod)
    if (volumes)
      return fail(
        key,
        pod,
        all.length === 0
          ? 'no nodes available to schedule pods'
          : `0/${all.length} nodes are available: ${volumes}.${preemptionText(pod, new Map([['Preemption is not helpful for scheduling', all.length]]), all.length)}`,
        client,
      )
    if (all.length === 0) return fail(key, pod, 'no nodes available to schedule pods', client)
    const world = worldFor(pod, all, client)
    const refusals = new Map<Seat & { node: V1Node }, Refusal>()
    const fitting: (Seat & { node: V1Node })[] = []
    for (const seat of all) {
      const refusal = refusalOf(pod, withNominated(seat, key, pod), world, client)
      if (refusal) refusals.set(seat, refusal)
      else fitting.push(seat)
    }
    if (fitting.length === 0) return refuse(key, pod, refusals, all, world, client)
    const nominated = pod.status.nominatedNodeName
    const chosen = fitting.find(({ node }) => node.metadata.name === nominated) ?? best(pod, fitting, world, client)
    const node = chosen.node.metadata.name
    if (claimVolumes(client, pod, chosen.node)) {
      // The claims' own entries bring the pod back when a volume was made.
      waiting.set(key, { attempts: 0, untilMs: now, reasons: [] })
      return pace.schedulerBackoffMost
    }
    client.bind(namespace, name, node)
    waiting.delete(key)
    const bound = client.get<V1Pod>('pods', namespace, name)
    if (bound) sit(key, bound)
    recorder.event(client, pod, {
      type: 'Normal',
      reason: 'Scheduled',
      action: 'Binding',
      message: `Successfully assigned ${namespace}/${name} to ${node}`,
    })
  }

  const refuse = (
    key: string,
    pod: V1Pod,
    refusals: ReadonlyMap<Seat & { node: V1Node }, Refusal>,
    all: readonly (Seat & { node: V1Node })[],
    world: Surroundings,
    client: Client,
  ): number => {
    const held = [...refusals.values()].flatMap(({ reasons }) => reasons)
    const text = `0/${all.length} nodes are available: ${histogram(held)}.`
    if (pod.spec.preemptionPolicy === 'Never')
      return fail(key, pod, `${text} preemption: not eligible due to preemptionPolicy=Never.`, client, { reasons: held })
    const victims = preempt(pod, refusals, world, client)
    if (victims) {
      for (const victim of victims.pods) evict(victim, pod, victims.node, client)
      return fail(key, pod, text, client, { reasons: held, nominated: victims.node })
    }
    const reasons = new Map<string, number>()
    for (const { isResolvable } of refusals.values()) {
      const reason = isResolvable ? 'No preemption victims found for incoming pod' : 'Preemption is not helpful for scheduling'
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
    }
    return fail(key, pod, `${text}${preemptionText(pod, reasons, all.length)}`, client, { reasons: held })
  }

  const fail = (
    key: string,
    pod: V1Pod,
    message: string,
    client: Client,
    { reasons = [], nominated }: { reasons?: readonly string[]; nominated?: string } = {},
  ): number => {
    const now = clock.now()
    const attempts = (waiting.get(key)?.attempts ?? 0) + 1
    const backoff = Math.min(pace.schedulerBackoffFirst * 2 ** (attempts - 1), pace.schedulerBackoffMost)
    waiting.set(key, { attempts, untilMs: now + backoff, reasons })
    recorder.event(client, pod, { type: 'Warning', reason: 'FailedScheduling', action: 'Scheduling', message })
    const before = podCondition(pod, 'PodScheduled')
    if (before?.message !== message || before.status !== 'False' || (nominated && pod.status.nominatedNodeName !== nominated)) {
      const condition = {
        type: 'PodScheduled',
        status: 'False',
        lastProbeTime: null,
        lastTransitionTime: before?.status === 'False' ? before.lastTransitionTime : timestamp(now),
        reason: 'Unschedulable',
        message,
      }
      const conditions = [
        ...(pod.status.conditions ?? []).filter(({ type }) => type !== 'PodScheduled'),
        condition,
      ] as V1Pod['status']['conditions']
      client.updateStatus<V1Pod>('pods', {
        ...pod,
        status: { ...pod.status, conditions, ...(nominated ? { nominatedNodeName: nominated } : {}) },
      })
    }
    return pace.schedulerUnschedulableFlush
  }

  /** The node as it will be when those who were promised a place on it have come. */
  const withNominated = (seat: Seat & { node: V1Node }, key: string, pod: V1Pod): Seat & { node: V1Node } => {
    if (nominated.size === 0) return seat
    const expected = [...nominated].filter(
      ([other, { spec, status }]) =>
        other !== key && status.nominatedNodeName === seat.node.metadata.name && (spec.priority ?? 0) >= (pod.spec.priority ?? 0),
    )
    if (expected.length === 0) return seat
    const trial = { ...seat, requested: new Map(seat.requested), pods: new Map(seat.pods) }
    for (const [other, promised] of expected) {
      trial.pods.set(other, promised)
      count(trial, promised, 1)
    }
    return trial
  }

  const refusalOf = (pod: V1Pod, seat: Seat & { node: V1Node }, world: Surroundings, client: Client): Refusal | undefined => {
    const { node } = seat
    const no = (reason: string, isResolvable = false): Refusal => ({ reasons: [reason], isResolvable })
    if (node.spec.unschedulable && untolerated(pod, [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }], ['NoSchedule']))
      return no('node(s) were unschedulable')
    const taint = untolerated(pod, node.spec.taints, ['NoSchedule', 'NoExecute'])
    if (taint) return no(`node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`)
    if (!matchesNode(pod, node)) return no("node(s) didn't match Pod's node affinity/selector")
    if (world.ports.length > 0 && portsClash(world.ports, seat))
      return no("node(s) didn't have free ports for the requested pod ports", true)
    const lacking = lackingResources(pod, seat)
    if (lacking.length > 0) return { reasons: lacking, isResolvable: true }
    const volumes = volumeConflict(client, pod, node)
    if (volumes) return no(volumes)
    for (const spread of world.spreads) {
      const domain = node.metadata.labels?.[spread.constraint.topologyKey]
      if (domain === undefined) return no("node(s) didn't match pod topology spread constraints (missing required label)")
      if ((spread.counts.get(domain) ?? 0) + (spread.countsItself ? 1 : 0) - spread.least > spread.constraint.maxSkew)
        return no("node(s) didn't match pod topology spread constraints", true)
    }
    for (const { term, domains, isFirst } of world.affinity) {
      const domain = node.metadata.labels?.[term.topologyKey]
      if (domain === undefined || (!domains.has(domain) && !isFirst)) return no("node(s) didn't match pod affinity rules")
    }
    for (const { term, domains } of world.antiAffinity) {
      const domain = node.metadata.labels?.[term.topologyKey]
      if (domain !== undefined && domains.has(domain)) return no("node(s) didn't match pod anti-affinity rules", true)
    }
    for (const { key, domain } of world.avoided)
      if (node.metadata.labels?.[key] === domain) return no("node(s) didn't satisfy existing pods anti-affinity rules", true)
    return undefined
  }

  /** What of the other pods matters for this one; for most pods, nothing. */
  const worldFor = (pod: V1Pod, all: readonly (Seat & { node: V1Node })[], client: Client): Surroundings => {
    const { affinity, topologySpreadConstraints = [] } = pod.spec
    const labelOf = (other: V1Pod, key: string): string | undefined => seats.get(other.spec.nodeName ?? '')?.node?.metadata.labels?.[key]
    const placed = (term: V1PodAffinityTerm): V1Pod[] => {
      return namespacesOf(term, pod, client)
        .flatMap((namespace) => selectedPods(client, namespace, selectorOf(term, pod)))
        .filter((other) => other.spec.nodeName && !isOver(other))
    }
    const domainsOf = (term: V1PodAffinityTerm): Set<string> =>
      new Set(placed(term).flatMap((other) => labelOf(other, term.topologyKey) ?? []))
    const matchesItself = (term: V1PodAffinityTerm): boolean =>
      namespacesOf(term, pod, client).includes(pod.metadata.namespace ?? '') && matchesSelector(selectorOf(term, pod), pod.metadata.labels)
    const avoided: { key: string; domain: string }[] = []
    for (const other of picky.values()) {
      for (const term of other.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []) {
        const domain = labelOf(other, term.topologyKey)
        if (
          domain !== undefined &&
          namespacesOf(term, other, client).includes(pod.metadata.namespace ?? '') &&
          matchesSelector(selectorOf(term, other), pod.metadata.labels)
        )
          avoided.push({ key: term.topologyKey, domain })
      }
    }
    const required = affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []
    return {
      ports: hostPortsOf(pod),
      spreads: topologySpreadConstraints
        .filter(({ whenUnsatisfiable }) => whenUnsatisfiable !== 'ScheduleAnyway')
        .map((constraint) => spreadOf(pod, constraint, all, client)),
      softSpreads: topologySpreadConstraints
        .filter(({ whenUnsatisfiable }) => whenUnsatisfiable === 'ScheduleAnyway')
        .map((constraint) => spreadOf(pod, constraint, all, client)),
      affinity: required.map((term) => {
        const domains = domainsOf(term)
        // The first of a group that wants to be together may go anywhere.
        return { term, domains, isFirst: domains.size === 0 && matchesItself(term) }
      }),
      antiAffinity: (affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).map((term) => ({
        term,
        domains: domainsOf(term),
      })),
      preferred: [
        ...(affinity?.podAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ weight, podAffinityTerm }) => ({
          term: podAffinityTerm,
          domains: domainsOf(podAffinityTerm),
          weight,
        })),
        ...(affinity?.podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ weight, podAffinityTerm }) => ({
          term: podAffinityTerm,
          domains: domainsOf(podAffinityTerm),
          weight: -weight,
        })),
      ],
      avoided,
    }
  }

  const spreadOf = (
    pod: V1Pod,
    constraint: V1TopologySpreadConstraint,
    all: readonly (Seat & { node: V1Node })[],
    client: Client,
  ): Spread => {
    const counts = new Map<string, number>()
    for (const { node } of all) {
      const domain = node.metadata.labels?.[constraint.topologyKey]
      if (domain === undefined || (constraint.nodeAffinityPolicy !== 'Ignore' && !matchesNode(pod, node))) continue
      if (constraint.nodeTaintsPolicy === 'Honor' && untolerated(pod, node.spec.taints, ['NoSchedule', 'NoExecute'])) continue
      counts.set(domain, 0)
    }
    const keys = Object.fromEntries(
      (constraint.matchLabelKeys ?? []).flatMap((key) =>
        pod.metadata.labels?.[key] === undefined ? [] : [[key, pod.metadata.labels[key]]],
      ),
    )
    const selector = { ...constraint.labelSelector, matchLabels: { ...constraint.labelSelector?.matchLabels, ...keys } }
    for (const other of selectedPods(client, pod.metadata.namespace ?? '', selector)) {
      if (!other.spec.nodeName || other.metadata.deletionTimestamp !== undefined || isOver(other)) continue
      const domain = seats.get(other.spec.nodeName)?.node?.metadata.labels?.[constraint.topologyKey]
      if (domain !== undefined && counts.has(domain)) counts.set(domain, (counts.get(domain) ?? 0) + 1)
    }
    const least = counts.size < (constraint.minDomains ?? 1) ? 0 : Math.min(...counts.values())
    return { constraint, counts, least: Number.isFinite(least) ? least : 0, countsItself: matchesSelector(selector, pod.metadata.labels) }
  }

  const best = (
    pod: V1Pod,
    fitting: readonly (Seat & { node: V1Node })[],
    world: Surroundings,
    _client: Client,
  ): Seat & { node: V1Node } => {
    if (fitting.length === 1) return fitting[0]
    const owner = controllerOf(pod.metadata)?.uid
    const siblingsOn = (seat: Seat): number => (owner === undefined ? 0 : (seat.owned.get(owner) ?? 0))
    let mostSiblings = 1
    for (const seat of fitting) mostSiblings = Math.max(mostSiblings, siblingsOn(seat))
    let top = fitting[0]
    let topScore = Number.NEGATIVE_INFINITY
    for (const seat of fitting) {
      const score = scoreOf(pod, seat, world) + 2 * (100 - (100 * siblingsOn(seat)) / mostSiblings)
      const isBetter = score > topScore + 1e-9
      const isEqual = !isBetter && Math.abs(score - topScore) <= 1e-9
      if (
        isBetter ||
        (isEqual &&
          (seat.pods.size < top.pods.size || (seat.pods.size === top.pods.size && seat.node.metadata.name < top.node.metadata.name)))
      ) {
        top = seat
        topScore = score
      }
    }
    return top
  }

  const preempt = (
    pod: V1Pod,
    refusals: ReadonlyMap<Seat & { node: V1Node }, Refusal>,
    world: Surroundings,
    client: Client,
  ): { node: string; pods: V1Pod[] } | undefined => {
    const priority = pod.spec.priority ?? 0
    const candidates: { node: string; pods: V1Pod[]; highest: number; sum: number }[] = []
    for (const [seat, { isResolvable }] of refusals) {
      if (!isResolvable) continue
      const lower = [...seat.pods.values()].filter(
        (other) => (other.spec.priority ?? 0) < priority && other.metadata.deletionTimestamp === undefined,
      )
      if (lower.length === 0) continue
      const trial: Seat & { node: V1Node } = { ...seat, requested: new Map(seat.requested), pods: new Map(seat.pods) }
      const move = (other: V1Pod, sign: 1 | -1): void => {
        if (sign === 1) trial.pods.set(keyOfObject(other), other)
        else trial.pods.delete(keyOfObject(other))
        count(trial, other, sign)
      }
      for (const other of lower) move(other, -1)
      if (refusalOf(pod, trial, world, client)) continue
      // Put back whom it does not need, the most important first.
      const pods: V1Pod[] = []
      for (const other of lower.sort((a, b) => (b.spec.priority ?? 0) - (a.spec.priority ?? 0))) {
        move(other, 1)
        if (!refusalOf(pod, trial, world, client)) continue
        move(other, -1)
        pods.push(other)
      }
      if (pods.length === 0) continue
      const priorities = pods.map((other) => other.spec.priority ?? 0)
      candidates.push({ node: seat.node.metadata.name, pods, highest: Math.max(...priorities), sum: priorities.reduce((a, b) => a + b, 0) })
    }
    candidates.sort((a, b) => a.highest - b.highest || a.sum - b.sum || a.pods.length - b.pods.length || (a.node < b.node ? -1 : 1))
    return candidates[0]
  }

  const evict = (victim: V1Pod, by: V1Pod, node: string, client: Client): void => {
    const now = clock.now()
    const condition = {
      type: 'DisruptionTarget',
      status: 'True',
      lastProbeTime: null,
      lastTransitionTime: timestamp(now),
      reason: 'PreemptionByScheduler',
      message: 'default-scheduler: preempting to accommodate a higher priority pod',
    }
    try {
      const conditions = [...(victim.status.conditions ?? []), condition] as unknown as V1Pod['status']['conditions']
      client.updateStatus<V1Pod>('pods', {
        ...victim,
        metadata: { ...victim.metadata, resourceVersion: '' },
        status: { ...victim.status, conditions },
      })
      client.delete('pods', victim.metadata.namespace ?? '', victim.metadata.name)
    } catch (error) {
      if (!(error instanceof ApiError && error.reason === 'NotFound')) throw error
      return
    }
    recorder.event(client, victim, {
      type: 'Normal',
      reason: 'Preempted',
      action: 'Preempting',
      message: `Preempted by pod ${by.metadata.uid} on node ${node}`,
    })
  }

  const onVolume = (): readonly string[] => [...waiting.keys()]

  return {
    name: 'default-scheduler',
    watches: { pods: onPod, nodes: onNode, persistentvolumeclaims: onVolume, persistentvolumes: onVolume },
    reconcile,
  }
}

interface Spread {
  readonly constraint: V1TopologySpreadConstraint
  readonly counts: ReadonlyMap<string, number>
  readonly least: number
  readonly countsItself: boolean
}

interface Surroundings {
  readonly ports: readonly string[]
  readonly spreads: readonly Spread[]
  readonly softSpreads: readonly Spread[]
  readonly affinity: readonly { readonly term: V1PodAffinityTerm; readonly domains: ReadonlySet<string>; readonly isFirst: boolean }[]
  readonly antiAffinity: readonly { readonly term: V1PodAffinityTerm; readonly domains: ReadonlySet<string> }[]
  readonly preferred: readonly { readonly term: V1PodAffinityTerm; readonly domains: ReadonlySet<string>; readonly weight: number }[]
  readonly avoided: readonly { readonly key: string; readonly domain: string }[]
}

function count(seat: Seat, pod: V1Pod, sign: 1 | -1): void {
  const requests = requestsOf(pod)
  for (const [resource, value] of requests) seat.requested.set(resource, (seat.requested.get(resource) ?? 0) + sign * value)
  seat.guessedCpu += sign * (requests.get('cpu') || guess.cpu)
  seat.guessedMemory += sign * (requests.get('memory') || guess.memory)
}

function countOwned(seat: Seat, pod: V1Pod, sign: 1 | -1): void {
  const owner = controllerOf(pod.metadata)?.uid
  if (owner !== undefined) seat.owned.set(owner, (seat.owned.get(owner) ?? 0) + sign)
}

function lackingResources(pod: V1Pod, seat: Seat & { node: V1Node }): string[] {
  const lacking: string[] = []
  const allocatable = allocatableOf(seat.node)
  if (seat.pods.size + 1 > (allocatable.get('pods') ?? 110)) lacking.push('Too many pods')
  for (const [resource, value] of requestsOf(pod)) {
    if (value > 0 && value > (allocatable.get(resource) ?? 0) - (seat.requested.get(resource) ?? 0))
      lacking.push(`Insufficient ${resource}`)
  }
  return lacking
}

function hostPortsOf({ spec }: V1Pod): readonly string[] {
  const ports: string[] = []
  for (const container of spec.containers)
    for (const { hostPort, protocol } of container.ports ?? []) if (hostPort) ports.push(`${protocol ?? 'TCP'}/${hostPort}`)
  return ports
}

function portsClash(ports: readonly string[], seat: Seat): boolean {
  for (const other of seat.pods.values()) for (const port of hostPortsOf(other)) if (ports.includes(port)) return true
  return false
}

function scoreOf(pod: V1Pod, seat: Seat & { node: V1Node }, world: Surroundings): number {
  const { node } = seat
  const allocatable = allocatableOf(node)
  const requests = requestsOf(pod)
  const cpu = (seat.guessedCpu + (requests.get('cpu') || guess.cpu)) / (allocatable.get('cpu') || 1)
  const memory = (seat.guessedMemory + (requests.get('memory') || guess.memory)) / (allocatable.get('memory') || 1)
  const free = (100 * (Math.max(0, 1 - cpu) + Math.max(0, 1 - memory))) / 2
  const balance = 100 - 100 * (Math.abs(Math.min(1, cpu) - Math.min(1, memory)) / 2)
  let score = free + balance + 2 * preference(pod, node)
  for (const taint of node.spec.taints ?? [])
    if (taint.effect === 'PreferNoSchedule' && untolerated(pod, [taint], ['PreferNoSchedule'])) score -= 300
  for (const { term, domains, weight } of world.preferred)
    if (domains.has(node.metadata.labels?.[term.topologyKey] ?? '')) score += 2 * weight
  for (const { constraint, counts } of world.softSpreads) {
    const most = Math.max(1, ...counts.values())
    score -= (200 * (counts.get(node.metadata.labels?.[constraint.topologyKey] ?? '') ?? 0)) / most
  }
  return score
}

/** Where the pods live that a term of `owner` is about: those it names and those it selects, or its own namespace. */
function namespacesOf({ namespaces = [], namespaceSelector }: V1PodAffinityTerm, owner: V1Pod, client: Client): readonly string[] {
  if (namespaces.length === 0 && !namespaceSelector) return [owner.metadata.namespace ?? '']
  const selected = client.list<V1Namespace>('namespaces').filter(({ metadata }) => matchesSelector(namespaceSelector, metadata.labels))
  return [...new Set([...namespaces, ...selected.map(({ metadata }) => metadata.name)])]
}

/** Of `matchLabelKeys` the other pod has the owner's value, of `mismatchLabelKeys` another one. */
function selectorOf(
  { labelSelector, matchLabelKeys = [], mismatchLabelKeys = [] }: V1PodAffinityTerm,
  { metadata }: V1Pod,
): V1LabelSelector | undefined {
  if (matchLabelKeys.length + mismatchLabelKeys.length === 0) return labelSelector
  const rule = (key: string, operator: 'In' | 'NotIn') => {
    const value = metadata.labels?.[key]
    return value === undefined ? [] : [{ key, operator, values: [value] }]
  }
  const rules = [...matchLabelKeys.flatMap((key) => rule(key, 'In')), ...mismatchLabelKeys.flatMap((key) => rule(key, 'NotIn'))]
  return { ...labelSelector, matchExpressions: [...(labelSelector?.matchExpressions ?? []), ...rules] }
}

/** `1 node(s) had …, 3 Insufficient cpu`: counted, and in the order of the texts. */
function histogram(reasons: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  return Array.from(counts, ([reason, times]) => `${times} ${reason}`)
    .sort()
    .join(', ')
}

function preemptionText(pod: V1Pod, reasons: ReadonlyMap<string, number>, nodes: number): string {
  if (pod.spec.preemptionPolicy === 'Never') return ' preemption: not eligible due to preemptionPolicy=Never.'
  return ` preemption: 0/${nodes} nodes are available: ${Array.from(reasons, ([reason, times]) => `${times} ${reason}`)
    .sort()
    .join(', ')}.`
}
