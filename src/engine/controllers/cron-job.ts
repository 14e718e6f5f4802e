/** Makes a Job whenever a schedule says so. The name of a Job holds the minute it was due, so none is made twice. */
import type { Clock } from '../../base/clock.ts'
import { ApiError, type Client, type Draft } from '../api/client.ts'
import type { V1CronJob, V1Job } from '../kinds/generated/types.ts'
import { Recorder } from './events.ts'
import { isFinished } from './job.ts'
import { isSame, itself, namespaceAndName, ownerReference, ownersOfKind, timestamp } from './objects.ts'
import type { PatientController } from './run.ts'
import { nextAfter } from './schedule.ts'

const resource = 'cronjobs.batch'

export function cronJobController({ clock }: { clock: Clock }): PatientController {
  const recorder = new Recorder({ clock, component: 'cronjob-controller' })

  const reconcile = (key: string, client: Client): number | void => {
    const [namespace, name] = namespaceAndName(key)
    const cron = client.get<V1CronJob>(resource, namespace, name)
    if (!cron || cron.metadata.deletionTimestamp !== undefined) return
    const now = clock.now()
    const jobs = client.indexed<V1Job>('jobs.batch', 'owner', cron.metadata.uid)
    trim(cron, jobs, client)
    let active = cron.status?.active ?? []
    let { lastSuccessfulTime, lastScheduleTime } = cron.status ?? {}
    for (const job of jobs) {
      const isKnown = active.some(({ uid }) => uid === job.metadata.uid)
      if (!isKnown && !isFinished(job))
        recorder.event(
          client,
          cron,
          'Warning',
          'UnexpectedJob',
          `Saw a job that the controller did not create or forgot: ${job.metadata.name}`,
        )
      else if (isKnown && isFinished(job)) {
        const condition = job.status?.conditions?.find(
          ({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True',
        )?.type
        active = active.filter(({ uid }) => uid !== job.metadata.uid)
        recorder.event(client, cron, 'Normal', 'SawCompletedJob', `Saw completed job: ${job.metadata.name}, condition: ${condition}`)
      }
      const { completionTime } = job.status ?? {}
      if (completionTime && (!lastSuccessfulTime || completionTime > lastSuccessfulTime)) lastSuccessfulTime = completionTime
    }
    for (const { name: gone, uid } of active) {
      if (jobs.some(({ metadata }) => metadata.uid === uid)) continue
      active = active.filter((each) => each.uid !== uid)
      recorder.event(client, cron, 'Normal', 'MissingJob', `Active job went missing: ${gone}`)
    }
    const write = (): void => {
      const status = {
        ...(active.length > 0 ? { active } : {}),
        ...(lastScheduleTime ? { lastScheduleTime } : {}),
        ...(lastSuccessfulTime ? { lastSuccessfulTime } : {}),
      }
      const latest = client.get<V1CronJob>(resource, namespace, name)
      if (latest && !isSame(status, latest.status ?? {})) client.updateStatus<V1CronJob>(resource, { ...latest, status })
    }
    const zone = cron.spec.timeZone
    const since = Date.parse(lastScheduleTime ?? cron.metadata.creationTimestamp)
    const next = (from: number): number | undefined => nextAfter(cron.spec.schedule, from, zone)
    if (next(now) === undefined) {
      recorder.event(client, cron, 'Warning', 'UnparseableSchedule', `unparseable schedule: ${JSON.stringify(cron.spec.schedule)}`)
      write()
      return
    }
    const waitMs = Math.max(1, (next(now) ?? now) - now)
    if (cron.spec.suspend) {
      write()
      return
    }
    const earliest =
      cron.spec.startingDeadlineSeconds === undefined ? since : Math.max(since, now - cron.spec.startingDeadlineSeconds * 1000)
    const due = latestDue(next, earliest, now)
    if (due === undefined) {
      write()
      return waitMs
    }
    if (cron.spec.concurrencyPolicy === 'Forbid' && active.length > 0) {
      recorder.event(
        client,
        cron,
        'Normal',
        'JobAlreadyActive',
        'Not starting job because prior execution is running and concurrency policy is Forbid',
      )
      write()
      return waitMs
    }
    if (cron.spec.concurrencyPolicy === 'Replace') {
      for (const { name: old } of active) {
        client.delete('jobs.batch', namespace, old ?? '', { propagationPolicy: 'Background' })
        recorder.event(client, cron, 'Normal', 'SuccessfulDelete', `Deleted job ${old}`)
      }
      active = []
    }
    const { metadata, spec } = cron.spec.jobTemplate
    try {
      const job = client.create<V1Job>('jobs.batch', {
        metadata: {
          name: `${name}-${Math.floor(due / 60_000)}`,
          namespace,
          ...(metadata?.labels ? { labels: metadata.labels } : {}),
          annotations: { ...metadata?.annotations, 'batch.kubernetes.io/cronjob-scheduled-timestamp': timestamp(due) },
          ownerReferences: [ownerReference(cron)],
        },
        spec,
      } as Draft<V1Job>)
      recorder.event(client, cron, 'Normal', 'SuccessfulCreate', `Created job ${job.metadata.name}`)
      active = [
        ...active,
        {
          kind: 'Job',
          namespace,
          name: job.metadata.name,
          uid: job.metadata.uid,
          apiVersion: 'batch/v1',
          resourceVersion: job.metadata.resourceVersion,
        },
      ]
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      if (error.reason !== 'AlreadyExists') {
        recorder.event(client, cron, 'Warning', 'FailedCreate', `Error creating job: ${error.message}`)
        throw error
      }
    }
    lastScheduleTime = timestamp(due)
    write()
    return waitMs
  }

  const trim = (cron: V1CronJob, jobs: readonly V1Job[], client: Client): void => {
    const ended = (type: string): V1Job[] =>
      jobs
        .filter(({ status }) => status?.conditions?.some((condition) => condition.type === type && condition.status === 'True'))
        .sort((a, b) => ((a.status?.startTime ?? '') < (b.status?.startTime ?? '') ? -1 : 1))
    const drop = (list: readonly V1Job[], keep: number): void => {
      for (const { metadata } of list.slice(0, Math.max(0, list.length - keep))) {
        client.delete('jobs.batch', metadata.namespace ?? '', metadata.name, { propagationPolicy: 'Background' })
        recorder.event(client, cron, 'Normal', 'SuccessfulDelete', `Deleted job ${metadata.name}`)
      }
    }
    drop(ended('Complete'), cron.spec.successfulJobsHistoryLimit ?? 3)
    drop(ended('Failed'), cron.spec.failedJobsHistoryLimit ?? 1)
  }

  return { name: 'cronjob-controller', watches: { [resource]: itself, 'jobs.batch': ownersOfKind('CronJob') }, reconcile }
}

/** The last time that was due in (since, now]; a long sleep makes one Job, not a hundred. */
function latestDue(next: (from: number) => number | undefined, since: number, now: number): number | undefined {
  let due: number | undefined
  let from = Math.max(since, now - 8 * 24 * 3_600_000)
  for (let guard = 0; guard < 12_000; guard++) {
    const time = next(from)
    if (time === undefined || time > now) break
    due = time
    from = time
  }
  return due
}
