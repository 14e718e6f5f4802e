/** Runs pods to their end: so many at a time, so many in all, so many failures allowed. */
import type { Clock } from '../../base/clock.ts'
import { ApiError, type Client, type Draft } from '../api/client.ts'
import type { V1Job, V1JobCondition, V1JobStatus, V1Pod } from '../kinds/generated/types.ts'
import { pace } from '../pace.ts'
import { Recorder } from './events.ts'
import { failedIndexes, failureOf, metSuccessRule } from './job-failures.ts'
import { isReady, isSame, itself, namespaceAndName, ownersOfKind, timestamp } from './objects.ts'
import { claimedPods, deleteGently, podFrom } from './pod-control.ts'
import type { PatientController } from './run.ts'

const resource = 'jobs.batch'
const indexKey = 'batch.kubernetes.io/job-completion-index'
const atOnce = 40

interface Verdict {
  readonly type: 'Complete' | 'Failed'
  readonly reason: string
  readonly message: string
}

export function jobController({ clock }: { clock: Clock }): PatientController {
  const recorder = new Recorder({ clock, component: 'job-controller' })

  const reconcile = (key: string, client: Client): number | void => {
    const [namespace, name] = namespaceAndName(key)
    const job = client.get<V1Job>(resource, namespace, name)
    if (!job || job.metadata.deletionTimestamp !== undefined) return
    if (job.spec.managedBy !== undefined && job.spec.managedBy !== 'kubernetes.io/job-controller') return
    if (isFinished(job)) return expire(job, client)
    const now = clock.now()
    const pods = claimedPods(client, job, job.spec.selector)
    const active = pods.filter(
      ({ metadata, status }) => status.phase !== 'Succeeded' && status.phase !== 'Failed' && metadata.deletionTimestamp === undefined,
    )
    const going = pods.filter(
      ({ metadata, status }) => status.phase !== 'Succeeded' && status.phase !== 'Failed' && metadata.deletionTimestamp !== undefined,
    )
    const ended = pods.filter(({ status }) => status.phase === 'Failed')
    const failed = ended.filter((pod) => failureOf(job, pod).action !== 'Ignore')
    const done = pods.filter(({ status }) => status.phase === 'Succeeded')
    const isIndexed = job.spec.completionMode === 'Indexed'
    const indexes = isIndexed ? new Set(done.map(indexOf)) : undefined
    const lost = failedIndexes(job, ended, indexOf)
    const succeeded = indexes ? indexes.size : done.length
    const startTime = job.spec.suspend ? undefined : (job.status?.startTime ?? timestamp(now))
    const counts = {
      active: active.length,
      succeeded,
      failed: failed.length,
      ready: active.filter(isReady).length,
      terminating: going.length,
    }
    const verdict = endOf(job, { ended, indexes, lost }) ?? judge(job, counts, active, startTime, now)
    if (verdict) {
      for (const pod of active)
        if (deleteGently(client, pod)) recorder.event(client, job, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`)
      finish(
        job,
        client,
        verdict,
        {
          ...counts,
          active: 0,
          ready: 0,
          terminating: verdict.type === 'Complete' ? 0 : going.length,
          failed: counts.failed + (verdict.type === 'Failed' ? active.length : 0),
        },
        startTime,
        indexes,
        lost,
      )
      return job.spec.ttlSecondsAfterFinished === undefined ? undefined : job.spec.ttlSecondsAfterFinished * 1000
    }
    let again: number | undefined
    if (job.spec.suspend) {
      for (const pod of active)
        if (deleteGently(client, pod)) recorder.event(client, job, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`)
    } else again = manage(job, client, { active, failed, succeeded, going, indexes, lost, now })
    writeStatus(job, client, { ...counts }, { startTime, indexes, lost, conditions: suspension(job, now) })
    const deadline =
      job.spec.activeDeadlineSeconds !== undefined && startTime
        ? Date.parse(startTime) + job.spec.activeDeadlineSeconds * 1000 - now
        : undefined
    const times = [again, deadline].filter((time) => time !== undefined)
    return times.length > 0 ? Math.max(0, Math.min(...times)) : undefined
  }

  /** What ends a Job before all is counted: a rule for failures, indexes that are lost, a rule for success. */
  const endOf = (
    job: V1Job,
    { ended, indexes, lost }: { ended: readonly V1Pod[]; indexes: ReadonlySet<number> | undefined; lost: ReadonlySet<number> },
  ): Verdict | undefined => {
    for (const pod of ended) {
      const { action, message } = failureOf(job, pod)
      if (action === 'FailJob') return { type: 'Failed', reason: 'PodFailurePolicy', message }
    }
    const { maxFailedIndexes, completions } = job.spec
    if (maxFailedIndexes !== undefined && lost.size > maxFailedIndexes)
      return {
        type: 'Failed',
        reason: 'MaxFailedIndexesExceeded',
        message: 'Job has exceeded the specified maximal number of failed indexes',
      }
    const rule = indexes && metSuccessRule(job, indexes)
    if (rule !== undefined) return { type: 'Complete', reason: 'SuccessPolicy', message: `Matched rules at index ${rule}` }
    if (lost.size > 0 && indexes && completions !== undefined && lost.size + indexes.size >= completions)
      return { type: 'Failed', reason: 'FailedIndexes', message: 'Job has failed indexes' }
    return undefined
  }

  const judge = (
    job: V1Job,
    { succeeded, failed }: { succeeded: number; failed: number },
    active: readonly V1Pod[],
    startTime: string | undefined,
    now: number,
  ): Verdict | undefined => {
    const {
      completions,
      parallelism = 1,
      backoffLimit = job.spec.backoffLimitPerIndex === undefined ? 6 : 2 ** 31 - 1,
      activeDeadlineSeconds,
      template,
      suspend,
    } = job.spec
    const restarts =
      template.spec?.restartPolicy === 'OnFailure'
        ? active.reduce(
            (sum, { status }) => sum + (status.containerStatuses ?? []).reduce((inner, { restartCount }) => inner + restartCount, 0),
            0,
          )
        : 0
    if (failed > backoffLimit || (restarts > 0 && restarts >= Math.max(1, backoffLimit)))
      return { type: 'Failed', reason: 'BackoffLimitExceeded', message: 'Job has reached the specified backoff limit' }
    if (!suspend && activeDeadlineSeconds !== undefined && startTime && now - Date.parse(startTime) >= activeDeadlineSeconds * 1000)
      return { type: 'Failed', reason: 'DeadlineExceeded', message: 'Job was active longer than specified deadline' }
    const isEnough =
      completions === undefined || completions === null ? succeeded > 0 && active.length === 0 && parallelism > 0 : succeeded >= completions
    return isEnough ? { type: 'Complete', reason: 'CompletionsReached', message: 'Reached expected number of succeeded pods' } : undefined
  }

  interface Work {
    readonly active: readonly V1Pod[]
    readonly failed: readonly V1Pod[]
    readonly going: readonly V1Pod[]
    readonly succeeded: number
    readonly indexes: ReadonlySet<number> | undefined
    readonly lost: ReadonlySet<number>
    readonly now: number
  }

  const manage = (job: V1Job, client: Client, { active, failed, going, succeeded, indexes, lost, now }: Work): number | undefined => {
    const { parallelism = 1, completions } = job.spec
    const wanted =
      completions === undefined || completions === null
        ? succeeded > 0
          ? active.length
          : parallelism
        : Math.min(parallelism, completions - succeeded - lost.size)
    for (const pod of active.slice(Math.max(0, wanted)))
      if (deleteGently(client, pod)) recorder.event(client, job, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`)
    const replaced = job.spec.podReplacementPolicy === 'Failed' ? going.length : 0
    let missing = wanted - active.length - replaced
    if (missing <= 0) return undefined
    // After a failure the next try waits: 10 s, 20 s, 40 s …
    if (failed.length > 0 && job.spec.backoffLimitPerIndex === undefined) {
      const wait = waitOf(failed, now)
      if (wait > 0 && active.length === 0) return wait
    }
    const used = new Set(active.map(indexOf))
    const free: number[] = []
    let soonest: number | undefined
    if (indexes) {
      for (let index = 0; index < (completions ?? 0) && free.length < missing; index++) {
        if (indexes.has(index) || lost.has(index) || used.has(index)) continue
        const wait =
          job.spec.backoffLimitPerIndex === undefined
            ? 0
            : waitOf(
                failed.filter((pod) => indexOf(pod) === index),
                now,
              )
        if (wait > 0) soonest = Math.min(soonest ?? wait, wait)
        else free.push(index)
      }
      missing = free.length
    }
    for (let made = 0; made < Math.min(missing, atOnce); made++) {
      try {
        const pod = client.create<V1Pod>('pods', indexes ? indexed(job, free[made]) : podFrom(job.spec.template, job))
        recorder.event(client, job, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`)
      } catch (error) {
        if (!(error instanceof ApiError)) throw error
        recorder.event(client, job, 'Warning', 'FailedCreate', `Error creating: ${error.message}`)
        throw error
      }
    }
    return missing > atOnce ? 0 : soonest
  }

  const finish = (
    job: V1Job,
    client: Client,
    { type, reason, message }: Verdict,
    counts: Counts,
    startTime: string | undefined,
    indexes: ReadonlySet<number> | undefined,
    lost: ReadonlySet<number>,
  ): void => {
    const now = timestamp(clock.now())
    const word = (of: string): V1JobCondition => ({
      type: of,
      status: 'True',
      lastProbeTime: now,
      lastTransitionTime: now,
      reason,
      message,
    })
    const conditions = [...(job.status?.conditions ?? []), word(type === 'Complete' ? 'SuccessCriteriaMet' : 'FailureTarget'), word(type)]
    writeStatus(job, client, counts, { startTime, indexes, lost, conditions, completionTime: type === 'Complete' ? now : undefined })
    if (type === 'Complete') recorder.event(client, job, 'Normal', 'Completed', 'Job completed')
    else recorder.event(client, job, 'Warning', reason, message)
  }

  const suspension = (job: V1Job, now: number): readonly V1JobCondition[] => {
    const before = job.status?.conditions ?? []
    const old = before.find(({ type }) => type === 'Suspended')
    const status = job.spec.suspend ? 'True' : 'False'
    if ((!old && !job.spec.suspend) || old?.status === status) return before
    const word = job.spec.suspend ? { reason: 'JobSuspended', message: 'Job suspended' } : { reason: 'JobResumed', message: 'Job resumed' }
    return [
      ...before.filter((condition) => condition !== old),
      { type: 'Suspended', status, lastProbeTime: timestamp(now), lastTransitionTime: timestamp(now), ...word },
    ]
  }

  const writeStatus = (
    job: V1Job,
    client: Client,
    counts: Counts,
    { startTime, indexes, lost, conditions, completionTime }: Told,
  ): void => {
    const status: V1JobStatus = {
      ...(conditions.length > 0 ? { conditions } : {}),
      ...(startTime ? { startTime } : {}),
      ...(completionTime ? { completionTime } : {}),
      ...(counts.active ? { active: counts.active } : {}),
      ...(counts.succeeded ? { succeeded: counts.succeeded } : {}),
      ...(counts.failed ? { failed: counts.failed } : {}),
      terminating: counts.terminating,
      ...(indexes && indexes.size > 0 ? { completedIndexes: ranges([...indexes].sort((a, b) => a - b)) } : {}),
      ...(job.spec.backoffLimitPerIndex === undefined ? {} : { failedIndexes: ranges([...lost].sort((a, b) => a - b)) }),
      uncountedTerminatedPods: {},
      ready: counts.ready,
    }
    const latest = client.get<V1Job>(resource, job.metadata.namespace ?? '', job.metadata.name)
    if (latest && !isSame(status, latest.status)) client.updateStatus<V1Job>(resource, { ...latest, status })
  }

  /** A finished Job with a time to live goes when it is over. */
  const expire = (job: V1Job, client: Client): number | void => {
    const seconds = job.spec.ttlSecondsAfterFinished
    if (seconds === undefined) return
    const finished =
      job.status?.conditions?.find(({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True')
        ?.lastTransitionTime ?? ''
    const left = Date.parse(finished) + seconds * 1000 - clock.now()
    if (left > 0) return left
    client.delete(resource, job.metadata.namespace ?? '', job.metadata.name, { propagationPolicy: 'Foreground', uid: job.metadata.uid })
  }

  return { name: 'job-controller', watches: { [resource]: itself, pods: ownersOfKind('Job') }, reconcile }
}

interface Counts {
  readonly active: number
  readonly succeeded: number
  readonly failed: number
  readonly ready: number
  readonly terminating: number
}

/** What a status says besides its counts. */
interface Told {
  readonly startTime: string | undefined
  readonly indexes: ReadonlySet<number> | undefined
  readonly lost: ReadonlySet<number>
  readonly conditions: readonly V1JobCondition[]
  readonly completionTime?: string
}

/** How long the next try waits after these failures. */
function waitOf(failed: readonly V1Pod[], now: number): number {
  if (failed.length === 0) return 0
  return Math.max(...failed.map(finishedAt)) + Math.min(pace.jobBackoffFirst * 2 ** (failed.length - 1), pace.jobBackoffMost) - now
}

export function isFinished(job: V1Job): boolean {
  return job.status?.conditions?.some(({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True') ?? false
}

function indexOf({ metadata }: V1Pod): number {
  return Number(metadata.annotations?.[indexKey] ?? -1)
}

function indexed(job: V1Job, index: number): Draft<V1Pod> {
  const draft = podFrom(job.spec.template, job)
  const env = { name: 'JOB_COMPLETION_INDEX', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: `metadata.labels['${indexKey}']` } } }
  const spec = job.spec.template.spec as V1Pod['spec']
  return {
    ...draft,
    metadata: {
      ...draft.metadata,
      generateName: `${job.metadata.name}-${index}-`,
      labels: { ...draft.metadata.labels, [indexKey]: String(index) },
      annotations: { ...draft.metadata.annotations, [indexKey]: String(index) },
    },
    spec: {
      ...spec,
      hostname: `${job.metadata.name}-${index}`,
      containers: spec.containers.map((container) => ({ ...container, env: [...(container.env ?? []), env] })),
    },
  } as Draft<V1Pod>
}

function finishedAt({ status }: V1Pod): number {
  return Math.max(0, ...(status.containerStatuses ?? []).map(({ state }) => Date.parse(state?.terminated?.finishedAt ?? '') || 0))
}

/** `0-2,5`. */
function ranges(numbers: readonly number[]): string {
  const parts: string[] = []
  for (let at = 0; at < numbers.length; at++) {
    const start = numbers[at]
    while (numbers[at + 1] === numbers[at] + 1) at++
    const end = numbers[at]
    parts.push(start === end ? String(start) : end === start + 1 ? `${start},${end}` : `${start}-${end}`)
  }
  return parts.join(',')
}
