/** `kubectl rollout`: what a Deployment, DaemonSet or StatefulSet went through, and how far it is. */
import type { Blocking } from '../../unix/kernel/process.ts'
import { goJson } from '../go-json.ts'
import { aligned, getStyle } from '../table.ts'
import { labelSelector } from './attach.ts'
import { type Call, dryRunNote } from './call.ts'
import { accept } from './connection.ts'
import { podTemplate } from './describe-pods.ts'
import { ownReplicaSets, withoutHash } from './describe-workloads.ts'
import { Writer } from './describe-writer.ts'
import { nameWithGroup, pathOf } from './discovery.ts'
import { copied, equal, type Json } from './json.ts'
import { hasFiles } from './manifests.ts'
import { changeCauseAnnotation, revisionAnnotation } from './names.ts'
import { printer, resourceName } from './printer.ts'
import { Quit, Refusal, StatusError, throwAll } from './refusal.ts'
import { type Info, nothingSelected, select } from './select.ts'
import { patched, twoWayPatch } from './strategic.ts'

function* chosen(call: Call, errors: Error[]): Blocking<Info[]> {
  if (call.args.length === 0 && !hasFiles(call)) throw new Refusal('required resource not specified')
  return yield* select(call, errors, { isLatest: true, isAllByDefault: true, accept: accept.any })
}

function unsupported({ resource }: Info, what: string): Refusal {
  const kind = `${resource.kind}${resource.group === '' ? '' : `.${resource.group}`}`
  return new Refusal(`no ${what} has been implemented for ${what === 'status viewer' ? kind : JSON.stringify(kind)}`)
}

// Status

export function* status(call: Call): Blocking<void> {
  const { flags } = call
  if (call.args.length === 0 && !hasFiles(call)) throw new Refusal('required resource not specified')
  const errors: Error[] = []
  const infos = yield* select(call, errors, { isLatest: true, isAllByDefault: true, accept: accept.any })
  throwAll(errors)
  if (infos.length === 0) {
    yield* call.err(`No resources found in ${call.namespace} namespace.\n`)
    return
  }
  const revision = flags.number('revision')
  if (revision < 0) throw new Refusal(`revision must be a positive integer: ${revision}`)
  for (const info of infos) yield* statusOf(call, info, revision)
}

function* statusOf(call: Call, info: Info, revision: number): Blocking<void> {
  const { resource, namespace, name } = info
  const report = reporters[resource.kind]
  if (!report) throw unsupported(info, 'status viewer')
  const until = call.flags.duration('timeout') > 0 ? call.process.now() + call.flags.duration('timeout') : Number.POSITIVE_INFINITY
  const path = pathOf(resource, namespace)
  const query = { fieldSelector: `metadata.name=${name}` }
  for (;;) {
    const list = yield* call.api.get(path, { ...query, limit: 500, resourceVersion: '0' })
    const [item] = list.items ?? []
    if (item) {
      const { text, isDone } = report(item, revision)
      yield* call.out(text)
      if (isDone || !call.flags.is('watch')) return
    }
    const stream = yield* call.api.watch(path, {
      ...query,
      resourceVersion: list.metadata?.resourceVersion ?? '0',
      allowWatchBookmarks: true,
      timeoutSeconds: 480,
    })
    for (;;) {
      const event = yield* stream.next(call.process, Number.isFinite(until) ? until : undefined)
      if (!event) break
      if (event.type === 'BOOKMARK') continue
      if (event.type === 'DELETED') {
        stream.stop()
        throw new Refusal('object has been deleted')
      }
      if (event.type === 'ERROR') break
      const { text, isDone } = report(event.object, revision)
      yield* call.out(text)
      if (isDone) {
        stream.stop()
        return
      }
    }
    stream.stop()
    if (call.process.now() >= until) throw new Refusal('timed out waiting for the condition')
    yield { until: call.process.now() + 50 }
  }
}

interface Report {
  readonly text: string
  readonly isDone: boolean
}

const reporters: Readonly<Record<string, (object: Json, revision: number) => Report>> = {
  Deployment({ metadata, spec, status = {} }, revision) {
    const { name } = metadata
    if (revision > 0 && Number(metadata.annotations?.[revisionAnnotation]) !== revision)
      throw new Refusal(
        `desired revision (${revision}) is different from the running revision (${metadata.annotations?.[revisionAnnotation]})`,
      )
    if (metadata.generation > (status.observedGeneration ?? 0))
      return { text: 'Waiting for deployment spec update to be observed...\n', isDone: false }
    const progressing = (status.conditions ?? []).find(({ type }: Json) => type === 'Progressing')
    if (progressing?.reason === 'ProgressDeadlineExceeded')
      throw new Refusal(`deployment ${JSON.stringify(name)} exceeded its progress deadline`)
    const { updatedReplicas: updated = 0, replicas: all = 0, availableReplicas: available = 0 } = status
    if (spec.replicas !== undefined && updated < spec.replicas)
      return {
        text: `Waiting for deployment ${JSON.stringify(name)} rollout to finish: ${updated} out of ${spec.replicas} new replicas have been updated...\n`,
        isDone: false,
      }
    if (all > updated)
      return {
        text: `Waiting for deployment ${JSON.stringify(name)} rollout to finish: ${all - updated} old replicas are pending termination...\n`,
        isDone: false,
      }
    if (available < updated)
      return {
        text: `Waiting for deployment ${JSON.stringify(name)} rollout to finish: ${available} of ${updated} updated replicas are available...\n`,
        isDone: false,
      }
    return { text: `deployment ${JSON.stringify(name)} successfully rolled out\n`, isDone: true }
  },
  DaemonSet({ metadata, spec, status = {} }) {
    const { name } = metadata
    if (spec.updateStrategy?.type !== 'RollingUpdate') throw new Refusal(`rollout status is only available for RollingUpdate strategy type`)
    if (metadata.generation > (status.observedGeneration ?? 0))
      return { text: 'Waiting for daemon set spec update to be observed...\n', isDone: false }
    const { updatedNumberScheduled: updated = 0, desiredNumberScheduled: desired = 0, numberAvailable: available = 0 } = status
    if (updated < desired)
      return {
        text: `Waiting for daemon set ${JSON.stringify(name)} rollout to finish: ${updated} out of ${desired} new pods have been updated...\n`,
        isDone: false,
      }
    if (available < desired)
      return {
        text: `Waiting for daemon set ${JSON.stringify(name)} rollout to finish: ${available} of ${desired} updated pods are available...\n`,
        isDone: false,
      }
    return { text: `daemon set ${JSON.stringify(name)} successfully rolled out\n`, isDone: true }
  },
  StatefulSet({ metadata, spec, status = {} }) {
    if (spec.updateStrategy?.type !== 'RollingUpdate') throw new Refusal('rollout status is only available for RollingUpdate strategy type')
    if (!status.observedGeneration || metadata.generation > status.observedGeneration)
      return { text: 'Waiting for statefulset spec update to be observed...\n', isDone: false }
    const replicas = spec.replicas ?? 1
    const { readyReplicas: ready = 0, updatedReplicas: updated = 0 } = status
    if (ready < replicas) return { text: `Waiting for ${replicas - ready} pods to be ready...\n`, isDone: false }
    // The server defaults the partition to 0, so nearly every rolling update is a partitioned one to kubectl.
    const partition = spec.updateStrategy.rollingUpdate?.partition
    if (partition !== undefined) {
      if (updated < replicas - partition)
        return {
          text: `Waiting for partitioned roll out to finish: ${updated} out of ${replicas - partition} new pods have been updated...\n`,
          isDone: false,
        }
      return { text: `partitioned roll out complete: ${updated} new pods have been updated...\n`, isDone: true }
    }
    if (status.updateRevision !== status.currentRevision)
      return {
        text: `waiting for statefulset rolling update to complete ${updated} pods at revision ${status.updateRevision}...\n`,
        isDone: false,
      }
    return {
      text: `statefulset rolling update complete ${status.currentReplicas ?? 0} pods at revision ${status.currentRevision}...\n`,
      isDone: true,
    }
  },
}

// History

interface Revision {
  readonly number: number
  readonly cause: string
  readonly template: Json
  readonly name: string
}

function* revisionsOf(call: Call, { resource, namespace, object }: Info): Blocking<Revision[]> {
  const selector = labelSelector(object.spec.selector ?? {})
  if (resource.kind === 'Deployment') {
    const list = yield* call.api.get(`/apis/apps/v1/namespaces/${namespace}/replicasets`, { labelSelector: selector }, accept.protobuf)
    const { current, old } = ownReplicaSets(object, list.items ?? [])
    return [...old, ...(current ? [current] : [])]
      .map((set) => ({
        number: Number(set.metadata.annotations?.[revisionAnnotation] ?? 0),
        cause: set.metadata.annotations?.[changeCauseAnnotation] ?? '',
        template: withChangeCause(set),
        name: set.metadata.name,
      }))
      .sort((a, b) => a.number - b.number)
  }
  const list = yield* call.api.get(
    `/apis/apps/v1/namespaces/${namespace}/controllerrevisions`,
    { labelSelector: selector },
    accept.protobuf,
  )
  const own: Json[] = (list.items ?? []).filter(({ metadata }: Json) =>
    (metadata.ownerReferences ?? []).some(({ uid }: Json) => uid === object.metadata.uid),
  )
  return own
    .map((found) => ({
      number: found.revision,
      cause: found.metadata.annotations?.[changeCauseAnnotation] ?? '',
      template: patched(resource.kind, object, found.data).spec.template,
      name: found.metadata.name,
    }))
    .sort((a, b) => a.number - b.number)
}

function withChangeCause(set: Json): Json {
  const cause = set.metadata.annotations?.[changeCauseAnnotation]
  const template = copied(set.spec.template)
  if (cause)
    template.metadata = { ...template.metadata, annotations: { ...template.metadata?.annotations, [changeCauseAnnotation]: cause } }
  return template
}

export function* history(call: Call): Blocking<void> {
  const { flags } = call
  const revision = flags.number('revision')
  if (revision < 0) throw new Refusal(`revision must be a positive integer: ${revision}`)
  const errors: Error[] = []
  const infos = yield* chosen(call, errors)
  throwAll(errors)
  for (const info of infos) {
    if (!reporters[info.resource.kind]) throw unsupported(info, 'history viewer')
    const revisions = yield* revisionsOf(call, info)
    if (flags.text('output') !== '') {
      const found = revision > 0 ? revisions.find(({ number }) => number === revision) : revisions.at(-1)
      if (!found) throw new Refusal(`unable to find the specified revision`)
      const sets = yield* call.api.get(
        pathOf(
          { ...info.resource, plural: info.resource.kind === 'Deployment' ? 'replicasets' : 'controllerrevisions' },
          info.namespace,
          found.name,
        ),
      )
      yield* call.out(
        printer(
          call,
          {},
        )({ apiVersion: 'apps/v1', kind: info.resource.kind === 'Deployment' ? 'ReplicaSet' : 'ControllerRevision', ...sets }),
      )
      continue
    }
    const title = resourceName(info.object)
    if (revision > 0) {
      if (revisions.length === 0) {
        yield* call.out(`${title} with revision #${revision}\nNo rollout history found.\n`)
        continue
      }
      const found = revisions.find(({ number }) => number === revision)
      if (!found) throw new Refusal(`unable to find the specified revision`)
      const writer = new Writer(call.process.now())
      podTemplate(writer, found.template)
      yield* call.out(`${title} with revision #${revision}\n${writer.unaligned()}\n`)
      continue
    }
    if (revisions.length === 0) {
      yield* call.out(`${title} \nNo rollout history found.\n`)
      continue
    }
    const rows = revisions.map(({ number, cause }) => `${number}\t${cause || '<none>'}\n`).join('')
    yield* call.out(`${title} \n${aligned(`REVISION\tCHANGE-CAUSE\n${rows}`, { minimum: 0, padding: 2 })}\n`)
  }
}

export function* undo(call: Call): Blocking<void> {
  const { flags } = call
  const to = flags.number('to-revision')
  const errors: Error[] = []
  const infos = yield* chosen(call, errors)
  throwAll(errors)
  for (const info of infos) {
    const { resource, namespace, name, object } = info
    if (!reporters[resource.kind]) throw unsupported(info, 'rollbacker')
    if (to < 0) throw new Refusal(`unable to find specified revision ${to} in history`)
    const revisions = yield* revisionsOf(call, info)
    const target = to > 0 ? revisions.find(({ number }) => number === to) : revisions.at(-2)
    if (!target)
      throw new Refusal(
        to > 0
          ? `unable to find specified revision ${to} in history`
          : `no rollout history found for ${resource.kind.toLowerCase()} ${JSON.stringify(name)}`,
      )
    if (call.dryRun === 'client') {
      const writer = new Writer(call.process.now())
      podTemplate(writer, target.template)
      yield* call.out(`${resourceName(object)} ${writer.unaligned()}`)
      continue
    }
    if (object.spec.paused)
      throw new Refusal("you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again")
    if (
      equal(withoutHash(target.template), withoutHash(object.spec.template)) ||
      (resource.kind !== 'Deployment' && target === revisions.at(-1))
    ) {
      yield* call.out(`${resourceName(object)} skipped rollback (current template already matches revision ${target.number})\n`)
      continue
    }
    try {
      if (resource.kind === 'Deployment') yield* rolledBack(call, info, target)
      else {
        const controllerRevision = yield* call.api.get(`/apis/apps/v1/namespaces/${namespace}/controllerrevisions/${target.name}`)
        yield* call.api.json('PATCH', pathOf(resource, namespace, name), {
          body: goJson(controllerRevision.data),
          contentType: 'application/strategic-merge-patch+json',
          query: { dryRun: call.dryRun === 'server' ? 'All' : undefined },
        })
      }
    } catch (error) {
      if (error instanceof StatusError && error.reason !== 'Invalid')
        throw new Refusal(`failed restoring revision ${target.number}: ${error.message}`)
      throw error
    }
    yield* call.out(`${resourceName(object)} rolled back${dryRunNote(call)}\n`)
  }
}

const keptAnnotations = [
  revisionAnnotation,
  'deployment.kubernetes.io/revision-history',
  'deployment.kubernetes.io/desired-replicas',
  'deployment.kubernetes.io/max-replicas',
  'deprecated.deployment.rollback.to',
  'kubectl.kubernetes.io/last-applied-configuration',
]

/** The template and the annotations of the old ReplicaSet, those that belong to the Deployment itself kept. */
function* rolledBack(call: Call, { resource, namespace, name, object }: Info, target: Revision): Blocking<void> {
  const set = yield* call.api.get(`/apis/apps/v1/namespaces/${namespace}/replicasets/${target.name}`)
  const annotations: Record<string, string> = {}
  for (const key of keptAnnotations)
    if (object.metadata.annotations?.[key] !== undefined) annotations[key] = object.metadata.annotations[key]
  for (const [key, value] of Object.entries(set.metadata.annotations ?? {}))
    if (!keptAnnotations.includes(key)) annotations[key] = String(value)
  yield* call.api.json('PATCH', pathOf(resource, namespace, name), {
    body: [
      { op: 'replace', path: '/spec/template', value: withoutHash(set.spec.template) },
      { op: 'replace', path: '/metadata/annotations', value: annotations },
    ],
    contentType: 'application/json-patch+json',
    query: { dryRun: call.dryRun === 'server' ? 'All' : undefined },
  })
}

// Restart, pause, resume

function* changeEach(call: Call, operation: string, what: string, change: (object: Json, info: Info) => void): Blocking<void> {
  const errors: Error[] = []
  const infos = yield* chosen(call, errors)
  throwAll(errors)
  for (const info of infos) {
    const { resource, namespace, name, object } = info
    const modified = copied(object)
    try {
      change(modified, info)
      const difference = twoWayPatch(resource.kind, object, modified)
      if (Object.keys(difference).length === 0)
        throw new Refusal(
          `failed to create patch for ${name}: if restart has already been triggered within the past second, please wait before attempting to trigger another`,
        )
      const result = yield* call.api.json('PATCH', pathOf(resource, namespace, name), {
        body: goJson(difference, { sorted: true }),
        contentType: 'application/strategic-merge-patch+json',
        query: call.writing(),
      })
      yield* call.out(printer(call, { operation })(result))
    } catch (error) {
      if (error instanceof StatusError) errors.push(new Refusal(`failed to patch: ${error.message}`))
      else if (error instanceof Refusal) errors.push(error)
      else throw error
    }
  }
  void what
  throwAll(errors)
}

export function restart(call: Call): Blocking<void> {
  return changeEach(call, 'restarted', 'restart', (object, { resource, name }) => {
    if (!reporters[resource.kind])
      throw new Refusal(
        `${nameWithGroup(resource)} ${JSON.stringify(name)} restarting is not supported`.replace(/^(\S+) "/, (_, plural) => `${plural} "`),
      )
    if (object.spec.paused)
      throw new Refusal(`${nameWithGroup(resource)} ${JSON.stringify(name)} can't restart paused deployment (run rollout resume first)`)
    object.spec.template.metadata ??= {}
    object.spec.template.metadata.annotations = {
      ...object.spec.template.metadata.annotations,
      'kubectl.kubernetes.io/restartedAt': new Date(call.process.now()).toISOString().replace(/\.\d+Z$/, 'Z'),
    }
  })
}

export function pause(call: Call): Blocking<void> {
  return changeEach(call, 'paused', 'pause', (object, { resource, name }) => {
    if (resource.kind !== 'Deployment') throw new Refusal(`${nameWithGroup(resource)} ${JSON.stringify(name)} pausing is not supported`)
    if (object.spec.paused) throw new Refusal(`${nameWithGroup(resource)} ${JSON.stringify(name)} is already paused`)
    object.spec.paused = true
  })
}

export function resume(call: Call): Blocking<void> {
  return changeEach(call, 'resumed', 'resume', (object, { resource, name }) => {
    if (resource.kind !== 'Deployment') throw new Refusal(`${nameWithGroup(resource)} ${JSON.stringify(name)} resuming is not supported`)
    if (!object.spec.paused) throw new Refusal(`${nameWithGroup(resource)} ${JSON.stringify(name)} is not paused`)
    delete object.spec.paused
  })
}

export { getStyle, nothingSelected, Quit }
