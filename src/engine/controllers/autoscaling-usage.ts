/**
 * How many replicas one metric asks for. Pods that are not ready yet, or of which no usage is known, are counted so that they never make
 * a change larger: unused when it would grow, fully used when it would shrink.
 */
import type { V1Pod } from '../kinds/generated/types.ts'
import { milliValue } from '../kinds/quantity.ts'
import { podCondition } from './objects.ts'

/** A refusal to judge, in upstream's words. */
export class UsageError extends Error {}

export interface PodUsage {
  /** In thousandths. */
  readonly value: number
  readonly atMs: number
  readonly windowMs: number
}

export interface Proposal {
  readonly replicas: number
  /** Percent of what was requested. */
  readonly utilisation?: number
  /** In thousandths, of one pod. */
  readonly average: number
}

export interface Measure {
  readonly resource: string
  readonly container: string | undefined
  readonly usage: ReadonlyMap<string, PodUsage>
  readonly pods: readonly V1Pod[]
  readonly current: number
  readonly nowMs: number
}

const tolerance = 0.1
const startMs = 300_000
const firstReadyMs = 30_000

interface Groups {
  readonly used: ReadonlyMap<string, number>
  readonly readyCount: number
  readonly unready: readonly V1Pod[]
  readonly missing: readonly V1Pod[]
}

/** Toward a percentage of what the pods request. */
export function byUtilisation(measure: Measure, target: number): Proposal {
  const { used, readyCount, unready, missing } = grouped(measure)
  const requests = new Map(measure.pods.map((pod) => [pod.metadata.name, requestOf(pod, measure)]))
  const first = utilisation(used, requests, target)
  const grows = unready.length > 0 && first.ratio > 1
  const answer = (replicas: number): Proposal => ({ replicas, utilisation: first.percent, average: first.average })
  if (!grows && missing.length === 0) return answer(isNear(first.ratio) ? measure.current : Math.ceil(first.ratio * readyCount))
  const assumed = new Map(used)
  for (const pod of missing) {
    const request = requests.get(pod.metadata.name) ?? 0
    if (first.ratio < 1) assumed.set(pod.metadata.name, (request * Math.max(100, target)) / 100)
    else if (first.ratio > 1) assumed.set(pod.metadata.name, 0)
  }
  if (grows) for (const pod of unready) assumed.set(pod.metadata.name, 0)
  return answer(cautious(measure.current, first.ratio, utilisation(assumed, requests, target).ratio, assumed.size))
}

/** Toward an amount for each pod, in thousandths. */
export function byAverage(measure: Measure, target: number): Proposal {
  const { used, readyCount, unready, missing } = grouped(measure)
  const average = sum(used.values()) / used.size
  const ratio = average / target
  const grows = unready.length > 0 && ratio > 1
  const answer = (replicas: number): Proposal => ({ replicas, average: Math.trunc(average) })
  if (!grows && missing.length === 0) return answer(isNear(ratio) ? measure.current : Math.ceil(ratio * readyCount))
  const assumed = new Map(used)
  for (const pod of missing) if (ratio !== 1) assumed.set(pod.metadata.name, ratio < 1 ? target : 0)
  if (grows) for (const pod of unready) assumed.set(pod.metadata.name, 0)
  return answer(cautious(measure.current, ratio, sum(assumed.values()) / assumed.size / target, assumed.size))
}

function grouped({ pods, usage, resource, nowMs }: Measure): Groups {
  if (pods.length === 0) throw new UsageError('no pods returned by selector while calculating replica count')
  const used = new Map<string, number>()
  const unready: V1Pod[] = []
  const missing: V1Pod[] = []
  for (const pod of pods) {
    const { phase } = pod.status
    if (pod.metadata.deletionTimestamp !== undefined || phase === 'Failed') continue
    const known = usage.get(pod.metadata.name)
    if (phase === 'Pending') unready.push(pod)
    else if (!known) missing.push(pod)
    else if (resource === 'cpu' && isStarting(pod, known, nowMs)) unready.push(pod)
    else used.set(pod.metadata.name, known.value)
  }
  if (used.size === 0) throw new UsageError('did not receive metrics for targeted pods (pods might be unready)')
  return { used, readyCount: used.size, unready, missing }
}

/** What a pod takes to start says nothing of its load. */
function isStarting(pod: V1Pod, { atMs, windowMs }: PodUsage, nowMs: number): boolean {
  const ready = podCondition(pod, 'Ready')
  if (!ready || !pod.status.startTime) return true
  const startedMs = Date.parse(pod.status.startTime)
  const changedMs = Date.parse(ready.lastTransitionTime ?? '')
  if (startedMs + startMs > nowMs) return ready.status === 'False' || atMs < changedMs + windowMs
  return ready.status === 'False' && startedMs + firstReadyMs > changedMs
}

function requestOf(pod: V1Pod, { resource, container }: Measure): number {
  let total = 0
  for (const { name, resources } of pod.spec.containers) {
    if (container !== undefined && name !== container) continue
    const request = resources?.requests?.[resource]
    if (request === undefined) throw new UsageError(`missing request for ${resource} in container ${name} of Pod ${pod.metadata.name}`)
    total += milliValue(request)
  }
  return total
}

function utilisation(
  used: ReadonlyMap<string, number>,
  requests: ReadonlyMap<string, number>,
  target: number,
): { ratio: number; percent: number; average: number } {
  let wanted = 0
  for (const name of used.keys()) wanted += requests.get(name) ?? 0
  if (wanted === 0) throw new UsageError('no metrics returned matched known pods')
  const total = sum(used.values())
  const percent = Math.trunc((total * 100) / wanted)
  return { ratio: percent / target, percent, average: Math.trunc(total / used.size) }
}

/** What assumptions turn round is not done. */
function cautious(current: number, ratio: number, assumed: number, count: number): number {
  if (isNear(assumed) || (ratio < 1 && assumed > 1) || (ratio > 1 && assumed < 1)) return current
  const replicas = Math.ceil(assumed * count)
  return (assumed < 1 && replicas > current) || (assumed > 1 && replicas < current) ? current : replicas
}

function isNear(ratio: number): boolean {
  return Math.abs(1 - ratio) <= tolerance
}

function sum(values: Iterable<number>): number {
  let total = 0
  for (const value of values) total += value
  return total
}
