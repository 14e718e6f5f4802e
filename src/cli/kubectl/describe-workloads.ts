/** Descriptions of the kinds that run pods: Deployments, ReplicaSets, StatefulSets, DaemonSets, Jobs, CronJobs. */
import { humanDuration } from '../../base/human-duration.ts'
import { podTemplate } from './describe-pods.ts'
import { controllerOf, longTime, mapText, selectorText, type Writer } from './describe-writer.ts'
import { equal, type Json } from './json.ts'

export function describeDeployment(writer: Writer, deployment: Json, replicaSets: readonly Json[], events: readonly Json[]): void {
  const { metadata, spec, status = {} } = deployment
  writer.line(0, `Name:\t${metadata.name}`)
  writer.line(0, `Namespace:\t${metadata.namespace}`)
  writer.line(0, `CreationTimestamp:\t${longTime(metadata.creationTimestamp)}`)
  writer.labels('Labels', metadata.labels)
  writer.annotations('Annotations', metadata.annotations)
  writer.line(0, `Selector:\t${selectorText(spec.selector)}`)
  writer.line(
    0,
    `Replicas:\t${spec.replicas} desired | ${status.updatedReplicas ?? 0} updated | ${status.replicas ?? 0} total | ${status.availableReplicas ?? 0} available | ${status.unavailableReplicas ?? 0} unavailable`,
  )
  writer.line(0, `StrategyType:\t${spec.strategy?.type ?? ''}`)
  writer.line(0, `MinReadySeconds:\t${spec.minReadySeconds ?? 0}`)
  if (spec.strategy?.rollingUpdate)
    writer.line(
      0,
      `RollingUpdateStrategy:\t${spec.strategy.rollingUpdate.maxUnavailable} max unavailable, ${spec.strategy.rollingUpdate.maxSurge} max surge`,
    )
  podTemplate(writer, spec.template)
  conditions(writer, status.conditions)
  const { current, old } = ownReplicaSets(deployment, replicaSets)
  const shown = (list: readonly Json[]): string =>
    list.map((set) => `${set.metadata.name} (${set.status?.replicas ?? 0}/${set.spec.replicas} replicas created)`).join(', ') || '<none>'
  if (current || old.length > 0) {
    writer.line(0, `OldReplicaSets:\t${shown(old)}`)
    writer.line(0, `NewReplicaSet:\t${shown(current ? [current] : [])}`)
  }
  writer.events(events)
}

/** The ReplicaSet of the present template, and the others, as the deployment controller tells them apart. */
export function ownReplicaSets(deployment: Json, replicaSets: readonly Json[]): { current: Json; old: Json[] } {
  const own = replicaSets.filter(({ metadata }) =>
    (metadata.ownerReferences ?? []).some((owner: Json) => owner.controller && owner.uid === deployment.metadata.uid),
  )
  const sorted = [...own].sort((a, b) => Date.parse(a.metadata.creationTimestamp) - Date.parse(b.metadata.creationTimestamp))
  const wanted = withoutHash(deployment.spec.template)
  const current = sorted.find(({ spec }) => equal(withoutHash(spec.template), wanted))
  return { current, old: own.filter((set) => set !== current) }
}

export function withoutHash(template: Json): Json {
  const { creationTimestamp: _, ...metadata } = template.metadata ?? {}
  const { 'pod-template-hash': __, ...labels } = metadata.labels ?? {}
  return { ...template, metadata: { ...metadata, labels } }
}

export function conditions(writer: Writer, list: readonly Json[] | undefined): void {
  if (!list || list.length === 0) return
  writer.raw('Conditions:\n  Type\tStatus\tReason\n')
  writer.line(1, '----\t------\t------')
  for (const { type, status, reason } of list) writer.line(1, `${type} \t${status}\t${reason ?? ''}`)
}

interface PodCounts {
  running: number
  waiting: number
  succeeded: number
  failed: number
}

function countPods(pods: readonly Json[]): PodCounts {
  const count = (phase: string): number => pods.filter(({ status }) => status?.phase === phase).length
  return { running: count('Running'), waiting: count('Pending'), succeeded: count('Succeeded'), failed: count('Failed') }
}

export function podsOf(owner: Json, pods: readonly Json[]): Json[] {
  return pods.filter(({ metadata }) =>
    (metadata.ownerReferences ?? []).some((reference: Json) => reference.controller && reference.uid === owner.metadata.uid),
  )
}

function countsText({ running, waiting, succeeded, failed }: PodCounts): string {
  return `${running} Running / ${waiting} Waiting / ${succeeded} Succeeded / ${failed} Failed`
}

export function describeReplicaSet(writer: Writer, set: Json, pods: readonly Json[], events: readonly Json[]): void {
  const { metadata, spec, status = {} } = set
  writer.line(0, `Name:\t${metadata.name}`)
  writer.line(0, `Namespace:\t${metadata.namespace}`)
  writer.line(0, `Selector:\t${set.kind === 'ReplicationController' ? mapText(spec.selector) : selectorText(spec.selector)}`)
  writer.labels('Labels', metadata.labels)
  writer.annotations('Annotations', metadata.annotations)
  const controller = controllerOf(metadata)
  if (controller) writer.line(0, `Controlled By:\t${controller}`)
  writer.line(0, `Replicas:\t${status.replicas ?? 0} current / ${spec.replicas} desired`)
  writer.line(0, `Pods Status:\t${countsText(countPods(podsOf(set, pods)))}`)
  podTemplate(writer, spec.template)
  if (status.conditions?.length > 0) conditions(writer, status.conditions)
  writer.events(events)
}

export function describeStatefulSet(writer: Writer, set: Json, pods: readonly Json[], events: readonly Json[]): void {
  const { metadata, spec } = set
  writer.line(0, `Name:\t${metadata.name}`)
  writer.line(0, `Namespace:\t${metadata.namespace}`)
  writer.line(0, `CreationTimestamp:\t${longTime(metadata.creationTimestamp)}`)
  writer.line(0, `Selector:\t${selectorText(spec.selector)}`)
  writer.labels('Labels', metadata.labels)
  writer.annotations('Annotations', metadata.annotations)
  writer.line(0, `Replicas:\t${spec.replicas} desired | ${set.status?.replicas ?? 0} total`)
  writer.line(0, `Update Strategy:\t${spec.updateStrategy?.type ?? ''}`)
  if (spec.updateStrategy?.rollingUpdate) {
    const { partition, maxUnavailable } = spec.updateStrategy.rollingUpdate
    if (partition !== undefined) writer.line(1, `Partition:\t${partition}`)
    if (maxUnavailable !== undefined) writer.line(1, `MaxUnavailable:\t${maxUnavailable}`)
  }
  writer.line(0, `Pods Status:\t${countsText(countPods(podsOf(set, pods)))}`)
  podTemplate(writer, spec.template)
  const claims: Json[] = spec.volumeClaimTemplates ?? []
  writer.line(0, claims.length === 0 ? 'Volume Claims:\t<none>' : 'Volume Claims:')
  for (const claim of claims) {
    writer.line(1, `Name:\t${claim.metadata.name}`)
    writer.line(1, `StorageClass:\t${claim.spec.storageClassName ?? ''}`)
    writer.labels('  Labels', claim.metadata.labels)
    writer.annotations('  Annotations', claim.metadata.annotations)
    writer.line(1, `Capacity:\t${claim.spec.resources?.requests?.storage ?? '<default>'}`)
    writer.line(1, `Access Modes:\t[${(claim.spec.accessModes ?? []).join(' ')}]`)
  }
  writer.events(events)
}

export function describeDaemonSet(writer: Writer, set: Json, pods: readonly Json[], events: readonly Json[]): void {
  const { metadata, spec, status = {} } = set
  writer.line(0, `Name:\t${metadata.name}`)
  writer.line(0, `Namespace:\t${metadata.namespace}`)
  writer.line(0, `Selector:\t${selectorText(spec.selector)}`)
  writer.line(0, `Node-Selector:\t${mapText(spec.template?.spec?.nodeSelector)}`)
  writer.labels('Labels', metadata.labels)
  writer.annotations('Annotations', metadata.annotations)
  writer.line(0, `Desired Number of Nodes Scheduled: ${status.desiredNumberScheduled ?? 0}`)
  writer.line(0, `Current Number of Nodes Scheduled: ${status.currentNumberScheduled ?? 0}`)
  writer.line(0, `Number of Nodes Scheduled with Up-to-date Pods: ${status.updatedNumberScheduled ?? 0}`)
  writer.line(0, `Number of Nodes Scheduled with Available Pods: ${status.numberAvailable ?? 0}`)
  writer.line(0, `Number of Nodes Misscheduled: ${status.numberMisscheduled ?? 0}`)
  writer.line(0, `Pods Status:\t${countsText(countPods(podsOf(set, pods)))}`)
  podTemplate(writer, spec.template)
  writer.events(events)
}

export function describeJob(writer: Writer, job: Json, events: readonly Json[]): void {
  const { metadata, spec, status = {} } = job
  writer.line(0, `Name:\t${metadata.name}`)
  writer.line(0, `Namespace:\t${metadata.namespace}`)
  if (spec.selector) writer.line(0, `Selector:\t${selectorText(spec.selector)}`)
  writer.labels('Labels', metadata.labels)
  writer.annotations('Annotations', metadata.annotations)
  const controller = controllerOf(metadata)
  if (controller) writer.line(0, `Controlled By:\t${controller}`)
  if (spec.parallelism !== undefined) writer.line(0, `Parallelism:\t${spec.parallelism}`)
  writer.line(0, spec.completions === undefined ? 'Completions:\t<unset>' : `Completions:\t${spec.completions}`)
  if (spec.completionMode) writer.line(0, `Completion Mode:\t${spec.completionMode}`)
  if (spec.suspend !== undefined) writer.line(0, `Suspend:\t${spec.suspend}`)
  if (spec.backoffLimit !== undefined) writer.line(0, `Backoff Limit:\t${spec.backoffLimit}`)
  if (spec.ttlSecondsAfterFinished !== undefined) writer.line(0, `TTL Seconds After Finished:\t${spec.ttlSecondsAfterFinished}`)
  if (status.startTime) writer.line(0, `Start Time:\t${longTime(status.startTime)}`)
  if (status.completionTime) writer.line(0, `Completed At:\t${longTime(status.completionTime)}`)
  if (status.startTime && status.completionTime)
    writer.line(0, `Duration:\t${humanDuration(Date.parse(status.completionTime) - Date.parse(status.startTime))}`)
  if (spec.activeDeadlineSeconds !== undefined) writer.line(0, `Active Deadline Seconds:\t${spec.activeDeadlineSeconds}s`)
  const ready = status.ready === undefined ? '' : ` (${status.ready} Ready)`
  writer.line(0, `Pods Statuses:\t${status.active ?? 0} Active${ready} / ${status.succeeded ?? 0} Succeeded / ${status.failed ?? 0} Failed`)
  if (spec.completionMode === 'Indexed') writer.line(0, `Completed Indexes:\t${status.completedIndexes || '<none>'}`)
  podTemplate(writer, spec.template)
  writer.events(events)
}

export function describeCronJob(writer: Writer, cron: Json, events: readonly Json[]): void {
  const { metadata, spec, status = {} } = cron
  writer.line(0, `Name:\t${metadata.name}`)
  writer.line(0, `Namespace:\t${metadata.namespace}`)
  writer.labels('Labels', metadata.labels)
  writer.annotations('Annotations', metadata.annotations)
  writer.line(0, `Schedule:\t${spec.schedule}`)
  writer.line(0, `Concurrency Policy:\t${spec.concurrencyPolicy}`)
  writer.line(0, `Suspend:\t${spec.suspend === true ? 'True' : 'False'}`)
  writer.line(0, `Successful Job History Limit:\t${spec.successfulJobsHistoryLimit ?? '<unset>'}`)
  writer.line(0, `Failed Job History Limit:\t${spec.failedJobsHistoryLimit ?? '<unset>'}`)
  writer.line(
    0,
    `Starting Deadline Seconds:\t${spec.startingDeadlineSeconds === undefined ? '<unset>' : `${spec.startingDeadlineSeconds}s`}`,
  )
  const job = spec.jobTemplate.spec
  writer.line(0, job.selector ? `Selector:\t${selectorText(job.selector)}` : 'Selector:\t<unset>')
  writer.line(0, `Parallelism:\t${job.parallelism ?? '<unset>'}`)
  writer.line(0, `Completions:\t${job.completions ?? '<unset>'}`)
  if (job.activeDeadlineSeconds !== undefined) writer.line(0, `Active Deadline Seconds:\t${job.activeDeadlineSeconds}s`)
  podTemplate(writer, job.template)
  writer.line(0, `Last Schedule Time:\t${status.lastScheduleTime ? longTime(status.lastScheduleTime) : '<unset>'}`)
  writer.line(0, `Active Jobs:\t${(status.active ?? []).map(({ name }: Json) => name).join(', ') || '<none>'}`)
  writer.events(events)
}
