/**
 * Sizes a workload after its pods' usage. Each autoscaler is looked at once in 15 seconds and never sooner, the first time included; usage
 * comes from the group metrics.k8s.io as any client would ask for it, so without a metrics server there is none.
 */
import type { Clock } from '../../base/clock.ts'
import { type HttpResponse, Pending } from '../../base/http.ts'
import { textOf } from '../../base/bytes.ts'
import { ApiError, type Client, type KubernetesObject } from '../api/client.ts'
import { parseLabelSelector } from '../api/selectors.ts'
import { scaled, scaleOf } from '../api/subresources.ts'
import type {
  V1Pod,
  V2HorizontalPodAutoscaler,
  V2HorizontalPodAutoscalerCondition,
  V2MetricSpec,
  V2MetricStatus,
} from '../kinds/generated/types.ts'
import { type Kind, resourceName, type StoredObject } from '../kinds/kind.ts'
import { milliValue } from '../kinds/quantity.ts'
import { pace } from '../pace.ts'
import { bounded, type Scalings, type Timed, type Word } from './autoscaling-limits.ts'
import { byAverage, byUtilisation, type Measure, type PodUsage, type Proposal, UsageError } from './autoscaling-usage.ts'
import { Recorder } from './events.ts'
import { isSame, namespaceAndName, timestamp } from './objects.ts'
import type { PatientController } from './run.ts'

const resource = 'horizontalpodautoscalers.autoscaling'

export interface AutoscalerOptions {
  readonly clock: Clock
  /** What the API answers for a group that another server serves; undefined when nobody does. */
  readonly aggregated: (group: string, version: string, path: string) => HttpResponse | Pending<HttpResponse> | undefined
  readonly kindOf: (apiVersion: string, kind: string) => Kind | undefined
}

/** What an autoscaler remembers. */
interface Memory {
  readonly uid: string
  recommendations: Timed[]
  scalings: Scalings
  nextMs: number
  answer: Pending<HttpResponse> | undefined
}

/** One look at one autoscaler: conditions gather while it is judged. */
interface Look {
  readonly client: Client
  readonly autoscaler: V2HorizontalPodAutoscaler
  conditions: V2HorizontalPodAutoscalerCondition[]
}

interface Metrics {
  readonly items: readonly MeasuredPod[]
}

interface MeasuredPod {
  readonly metadata: { readonly name: string }
  readonly timestamp: string
  readonly window: string
  readonly containers: readonly { readonly name: string; readonly usage: Readonly<Record<string, string>> }[]
}

interface Verdict {
  readonly replicas: number
  readonly name: string
  readonly status: V2MetricStatus
}

/** A metric that could not be judged: the event's reason, and how the sum of all metrics tells of it. */
class MetricError extends Error {
  readonly reason: string
  readonly wrapped: string

  constructor(reason: string, message: string, wrapped: string) {
    super(message)
    this.reason = reason
    this.wrapped = wrapped
  }
}

export function horizontalPodAutoscalerController({ clock, aggregated, kindOf }: AutoscalerOptions): PatientController {
  const recorder = new Recorder({ clock, component: 'horizontal-pod-autoscaler' })
  const memories = new Map<string, Memory>()
  let ask: (key: string) => void = () => {}

  const reconcile = (key: string, client: Client): number | void => {
    const [namespace, name] = namespaceAndName(key)
    const autoscaler = client.get<V2HorizontalPodAutoscaler>(resource, namespace, name)
    if (!autoscaler) {
      memories.delete(key)
      return
    }
    let memory = memories.get(key)
    if (!memory || memory.uid !== autoscaler.metadata.uid)
      memories.set(
        key,
        (memory = {
          uid: autoscaler.metadata.uid,
          recommendations: [],
          scalings: { up: [], down: [] },
          nextMs: clock.now() + pace.hpaSync,
          answer: undefined,
        }),
      )
    if (clock.now() < memory.nextMs) return memory.nextMs - clock.now()
    const answer = memory.answer ?? usageAnswer(autoscaler)
    if (answer instanceof Pending && answer.value === undefined) {
      if (!memory.answer) answer.ready.once(() => ask(key))
      memory.answer = answer
      return
    }
    memory.answer = undefined
    memory.nextMs = clock.now() + pace.hpaSync
    judge(
      { client, autoscaler, conditions: [...(autoscaler.status?.conditions ?? [])] },
      memory,
      answer instanceof Pending ? answer.value : answer,
    )
    return pace.hpaSync
  }

  const usageAnswer = ({ metadata, spec }: V2HorizontalPodAutoscaler): HttpResponse | Pending<HttpResponse> | undefined =>
    spec.metrics?.some(({ type }) => type === 'Resource' || type === 'ContainerResource')
      ? aggregated('metrics.k8s.io', 'v1beta1', `/namespaces/${metadata.namespace}/pods`)
      : undefined

  const say = (look: Look, { type, status, reason, message }: Word): void => {
    const before = look.conditions.find((condition) => condition.type === type)
    const word = {
      lastTransitionTime: before?.status === status ? before.lastTransitionTime : timestamp(clock.now()),
      message,
      reason,
      status,
      type,
    }
    look.conditions = before ? look.conditions.map((condition) => (condition === before ? word : condition)) : [...look.conditions, word]
  }

  const judge = (look: Look, memory: Memory, answer: HttpResponse | undefined): void => {
    const { autoscaler, client } = look
    const { spec, metadata } = autoscaler
    const { apiVersion = '', kind: kindName, name } = spec.scaleTargetRef
    const kind = kindOf(apiVersion, kindName)
    const target = kind && client.get<KubernetesObject>(resourceName(kind), metadata.namespace ?? '', name)
    if (!kind || !target) {
      const why = kind
        ? `${resourceName(kind)} "${name}" not found`
        : `no matches for kind "${kindName}" in group "${apiVersion.includes('/') ? apiVersion.split('/')[0] : ''}"`
      recorder.event(client, autoscaler, 'Warning', 'FailedGetScale', why)
      say(look, {
        type: 'AbleToScale',
        status: 'False',
        reason: 'FailedGetScale',
        message: `the HPA controller was unable to get the target's current scale: ${why}`,
      })
      return write(look, {})
    }
    const scale = scaleOf(kind, target as StoredObject) as { spec: { replicas?: number }; status: { replicas: number; selector?: string } }
    say(look, {
      type: 'AbleToScale',
      status: 'True',
      reason: 'SucceededGetScale',
      message: "the HPA controller was able to get the target's current scale",
    })
    const current = scale.spec.replicas ?? 0
    const now = clock.now()
    if (memory.recommendations.length === 0) memory.recommendations = [{ replicas: current, atMs: now }]
    const least = spec.minReplicas ?? 1
    let desired = 0
    let reason = ''
    let statuses: readonly V2MetricStatus[] | null = null
    if (current === 0 && least !== 0) {
      say(look, {
        type: 'ScalingActive',
        status: 'False',
        reason: 'ScalingDisabled',
        message: 'scaling is disabled since the replica count of the target is zero',
      })
      return write(look, { currentReplicas: undefined, desiredReplicas: 0, currentMetrics: null })
    }
    if (current > spec.maxReplicas) {
      reason = 'Current number of replicas above Spec.MaxReplicas'
      desired = spec.maxReplicas
    } else if (current < least) {
      reason = 'Current number of replicas below Spec.MinReplicas'
      desired = least
    } else {
      const wish = wanted(look, {
        selector: scale.status.selector ?? '',
        statusReplicas: scale.status.replicas,
        specReplicas: current,
        answer,
      })
      statuses = wish.statuses
      if (wish.problem !== undefined) {
        recorder.event(client, autoscaler, 'Warning', 'FailedComputeMetricsReplicas', wish.problem)
        return write(look, { currentReplicas: current, currentMetrics: statuses })
      }
      const all = [...memory.recommendations.filter(({ atMs }) => atMs > now - 3_600_000)]
      const { replicas, words } = bounded({
        spec,
        current,
        wanted: wish.replicas,
        recommendations: all,
        scalings: memory.scalings,
        nowMs: now,
      })
      memory.recommendations = [...all, { replicas: wish.replicas, atMs: now }]
      for (const word of words) say(look, word)
      desired = replicas
      if (wish.replicas > current) reason = `${wish.name} above target`
      else if (wish.replicas < current) reason = 'All metrics below target'
    }
    if (desired === current) return write(look, { currentReplicas: current, desiredReplicas: desired, currentMetrics: statuses })
    try {
      client.update(`${resourceName(kind)}/scale`, scaled(kind, target as StoredObject, { spec: { replicas: desired } }))
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      recorder.event(client, autoscaler, 'Warning', 'FailedRescale', `New size: ${desired}; reason: ${reason}; error: ${error.message}`)
      say(look, {
        type: 'AbleToScale',
        status: 'False',
        reason: 'FailedUpdateScale',
        message: `the HPA controller was unable to update the target scale: ${error.message}`,
      })
      return write(look, { currentReplicas: current, currentMetrics: statuses })
    }
    say(look, {
      type: 'AbleToScale',
      status: 'True',
      reason: 'SucceededRescale',
      message: `the HPA controller was able to update the target scale to ${desired}`,
    })
    recorder.event(client, autoscaler, 'Normal', 'SuccessfulRescale', `New size: ${desired}; reason: ${reason}`)
    const { up, down } = memory.scalings
    memory.scalings =
      desired > current
        ? { up: [...up, { replicas: desired - current, atMs: now }].slice(-50), down }
        : { up, down: [...down, { replicas: current - desired, atMs: now }].slice(-50) }
    write(look, { currentReplicas: current, desiredReplicas: desired, currentMetrics: statuses, lastScaleTime: timestamp(now) })
  }

  interface Scope {
    readonly selector: string
    readonly statusReplicas: number
    readonly specReplicas: number
    readonly answer: HttpResponse | undefined
  }

  /** The most that any metric asks for. A metric that fails is overlooked only where it could not hold a shrinking back. */
  const wanted = (look: Look, scope: Scope): { replicas: number; name: string; statuses: readonly V2MetricStatus[]; problem?: string } => {
    const { autoscaler, client } = look
    const specs = autoscaler.spec.metrics ?? []
    if (scope.selector === '') {
      recorder.event(client, autoscaler, 'Warning', 'SelectorRequired', 'selector is required')
      say(look, {
        type: 'ScalingActive',
        status: 'False',
        reason: 'InvalidSelector',
        message: "the HPA target's scale is missing a selector",
      })
      return { replicas: 0, name: '', statuses: [], problem: 'selector is required' }
    }
    const pods = podsOf(client, autoscaler.metadata.namespace ?? '', scope.selector)
    let best: Verdict | undefined
    const failures: MetricError[] = []
    const statuses = specs.map((metric): V2MetricStatus => {
      try {
        const verdict = judged(metric, { pods, scope, namespace: autoscaler.metadata.namespace ?? '' })
        if (!best || verdict.replicas > best.replicas) best = verdict
        return verdict.status
      } catch (error) {
        if (!(error instanceof MetricError)) throw error
        recorder.event(client, autoscaler, 'Warning', error.reason, error.message)
        failures.push(error)
        return { type: '' }
      }
    })
    const [failure] = failures
    if (!best || (failure && best.replicas < scope.specReplicas)) {
      say(look, {
        type: 'ScalingActive',
        status: 'False',
        reason: failure.reason,
        message: `the HPA was unable to compute the replica count: ${failure.message}`,
      })
      return {
        replicas: 0,
        name: '',
        statuses,
        problem: `invalid metrics (${failures.length} invalid out of ${specs.length}), first error is: ${failure.wrapped}`,
      }
    }
    say(look, {
      type: 'ScalingActive',
      status: 'True',
      reason: 'ValidMetricFound',
      message: `the HPA was able to successfully calculate a replica count from ${best.name}`,
    })
    return { replicas: best.replicas, name: best.name, statuses }
  }

  const judged = (
    metric: V2MetricSpec,
    { pods, scope, namespace }: { pods: readonly V1Pod[]; scope: Scope; namespace: string },
  ): Verdict => {
    const source = metric.resource ?? metric.containerResource
    if (!source) throw unserved(metric, namespace)
    const container = metric.containerResource?.container
    const { name, target } = source
    const reason = container === undefined ? 'FailedGetResourceMetric' : 'FailedGetContainerResourceMetric'
    const head = container === undefined ? `failed to get ${name} resource metric value` : `failed to get ${name} container metric value`
    const task = target.averageValue === undefined ? `failed to get ${name} utilization` : `failed to get ${name} usage`
    try {
      const usage = usageOf(scope.answer, name, container, pods)
      const measure: Measure = { resource: name, container, usage, pods, current: scope.statusReplicas, nowMs: clock.now() }
      const proposal =
        target.averageValue === undefined
          ? byUtilisation(measure, target.averageUtilization ?? 80)
          : byAverage(measure, milliValue(target.averageValue))
      const kind = container === undefined ? 'resource' : 'container resource'
      return {
        replicas: proposal.replicas,
        name: target.averageValue === undefined ? `${name} ${kind} utilization (percentage of request)` : `${name} ${kind}`,
        status: statusOf(metric, name, container, proposal),
      }
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      throw new MetricError(reason, `${task}: ${error.message}`, `${head}: ${task}: ${error.message}`)
    }
  }

  const write = (
    { client, autoscaler, conditions }: Look,
    fields: {
      readonly currentReplicas?: number
      readonly desiredReplicas?: number
      readonly currentMetrics?: readonly V2MetricStatus[] | null
      readonly lastScaleTime?: string
    },
  ): void => {
    const status = {
      ...autoscaler.status,
      desiredReplicas: autoscaler.status?.desiredReplicas ?? 0,
      ...fields,
      conditions,
    } as V2HorizontalPodAutoscaler['status']
    if (!isSame(status, autoscaler.status)) client.updateStatus<V2HorizontalPodAutoscaler>(resource, { ...autoscaler, status })
  }

  return {
    name: 'horizontal-pod-autoscaler',
    start(enqueue) {
      ask = enqueue
    },
    watches: { [resource]: ({ key, object, previous }) => (object && previous ? [] : [key]) },
    reconcile,
  }
}

/** A scale's selector as text: `app=web,tier in (a,b)`. */
function podsOf(client: Client, namespace: string, selector: string): readonly V1Pod[] {
  const matches = parseLabelSelector(selector) ?? (() => false)
  return client.list<V1Pod>('pods', namespace).filter(({ metadata }) => matches(metadata.labels))
}

/** Metrics of other sorts come from adapters; none is simulated, and a cluster without one answers so. */
function unserved(metric: V2MetricSpec, namespace: string): MetricError {
  const none = 'unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered'
  if (metric.pods) {
    const why = `unable to get metric ${metric.pods.metric.name}: ${none}`
    return new MetricError('FailedGetPodsMetric', why, `failed to get pods metric value: ${why}`)
  }
  if (metric.object) {
    const { describedObject, metric: wanted } = metric.object
    const why = `unable to get metric ${wanted.name}: ${describedObject.kind} on ${namespace} ${describedObject.name}/${none}`
    return new MetricError('FailedGetObjectMetric', why, `failed to get object metric value: ${why}`)
  }
  if (metric.external) {
    const { name } = metric.external.metric
    const why = `unable to get external metric ${namespace}/${name}/nil: unable to fetch metrics from external metrics API: the server could not find the requested resource (get ${name}.external.metrics.k8s.io)`
    return new MetricError('FailedGetExternalMetric', why, `failed to get ${name} external metric value: ${why}`)
  }
  return new MetricError(
    'InvalidMetricSourceType',
    `unknown metric source type "${metric.type}"`,
    `unknown metric source type "${metric.type}"`,
  )
}

function usageOf(
  answer: HttpResponse | undefined,
  name: string,
  container: string | undefined,
  pods: readonly V1Pod[],
): ReadonlyMap<string, PodUsage> {
  const fail = (why: string) => new UsageError(`unable to get metrics for resource ${name}: ${why}`)
  const fetching = 'unable to fetch metrics from resource metrics API: '
  if (!answer) throw fail(`${fetching}the server could not find the requested resource (get pods.metrics.k8s.io)`)
  if (answer.status !== 200) throw fail(`${fetching}the server is currently unable to handle the request (get pods.metrics.k8s.io)`)
  const { items } = JSON.parse(typeof answer.body === 'string' ? answer.body : textOf(answer.body as Uint8Array)) as Metrics
  const names = new Set(pods.map(({ metadata }) => metadata.name))
  const usage = new Map<string, PodUsage>()
  for (const { metadata, timestamp: at, window, containers } of items) {
    if (!names.has(metadata.name)) continue
    const chosen = container === undefined ? containers : containers.filter((each) => each.name === container)
    if (container !== undefined && chosen.length === 0)
      throw fail(`failed to get container metrics: container ${container} not present in metrics for pod ${metadata.name}`)
    usage.set(metadata.name, {
      value: chosen.reduce((sum, each) => sum + milliValue(each.usage[name] ?? '0'), 0),
      atMs: Date.parse(at),
      windowMs: Number.parseFloat(window) * 1000,
    })
  }
  if (usage.size === 0) throw fail('no metrics returned from resource metrics API')
  return usage
}

function statusOf({ type }: V2MetricSpec, name: string, container: string | undefined, { utilisation, average }: Proposal): V2MetricStatus {
  const amount = average % 1000 === 0 ? String(average / 1000) : `${average}m`
  const current = { ...(utilisation === undefined ? {} : { averageUtilization: utilisation }), averageValue: amount }
  return container === undefined ? { type, resource: { current, name } } : { type, containerResource: { container, current, name } }
}
