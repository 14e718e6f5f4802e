/** What the subresources do that are more than a part of their object: binding, eviction, scale. */
import { assert } from '../../base/assert.ts'
import { FieldErrors } from '../kinds/field-errors.ts'
import type { V1Pod, V1PodDisruptionBudget } from '../kinds/generated/types.ts'
import type { Kind, ScalePaths, StoredObject } from '../kinds/kind.ts'
import { mustNotBeNegative } from '../kinds/names.ts'
import { serviceAccountIssuer, tokenFor } from './access/authentication.ts'
import { ApiError } from './client.ts'
import { badRequest, conflict, invalid, notFound } from './errors.ts'
import { isRecord, timestamp } from './objects.ts'
import { selectorMatches, selectorText } from './selectors.ts'
import type { Registry, WriteOptions, Writer } from './registry.ts'

export interface Binding {
  readonly namespace: string
  readonly name: string
  readonly node: string
  readonly annotations?: Readonly<Record<string, string>>
  readonly uid?: string
}

/** `pods/binding`: a pod's node is set once. */
export function bindPod(
  registry: Registry,
  { namespace, name, node, annotations }: Binding,
  writer: Writer,
  options: WriteOptions = {},
): void {
  const kind = registry.kind('pods')
  assert(kind, 'pods are served')
  const change = (old: StoredObject): StoredObject => {
    const pod = old as unknown as V1Pod
    if (pod.metadata.deletionTimestamp !== undefined)
      throw conflict({ group: '', resource: 'pods/binding' }, name, `pod ${name} is being deleted, cannot be assigned to a host`)
    if (pod.spec.nodeName)
      throw conflict({ group: '', resource: 'pods/binding' }, name, `pod ${name} is already assigned to node "${pod.spec.nodeName}"`)
    const scheduled = { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: timestamp(registry.clock.now()) }
    const conditions = [...(pod.status.conditions ?? []).filter((condition) => condition.type !== 'PodScheduled'), scheduled]
    const bound = {
      ...pod,
      metadata: annotations ? { ...pod.metadata, annotations: { ...pod.metadata.annotations, ...annotations } } : pod.metadata,
      spec: { ...pod.spec, nodeName: node },
      status: { ...pod.status, conditions },
    }
    return bound as unknown as StoredObject
  }
  registry.update(kind, namespace, name, change, writer, { ...options, subresource: 'binding' })
}

/** The kind of `…/scale`, so that it is patched by its own schema. */
export const scaleKind: Kind = {
  group: 'autoscaling',
  version: 'v1',
  kind: 'Scale',
  resource: 'scales',
  singular: 'scale',
  namespaced: true,
  verbs: [],
  schema: 'V1Scale',
}

const usualPaths: ScalePaths = { specReplicas: '.spec.replicas', statusReplicas: '.status.replicas', selector: '.spec.selector' }

function valueAt(object: object, path: string): unknown {
  return path
    .split('.')
    .slice(1)
    .reduce<unknown>((value, key) => (isRecord(value) ? value[key] : undefined), object)
}

export function scaleOf(kind: Kind, object: StoredObject): object {
  const { specReplicas, statusReplicas, selector } = kind.scale ?? usualPaths
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata
  const chosen = selector === undefined ? undefined : valueAt(object, selector)
  const text =
    typeof chosen === 'string'
      ? chosen
      : isRecord(chosen)
        ? selectorText(kind.resource === 'replicationcontrollers' ? { matchLabels: chosen as Record<string, string> } : chosen)
        : ''
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, ...(namespace ? { namespace } : {}), uid, resourceVersion, creationTimestamp },
    spec: { ...(valueAt(object, specReplicas) ? { replicas: valueAt(object, specReplicas) } : {}) },
    status: { replicas: valueAt(object, statusReplicas) ?? 0, ...(text === '' || text === '<none>' ? {} : { selector: text }) },
  }
}

/** The object with the replicas that a Scale asks for. */
export function scaled(kind: Kind, old: StoredObject, scale: unknown): StoredObject {
  const { specReplicas } = kind.scale ?? usualPaths
  const spec = isRecord(scale) && isRecord(scale.spec) ? scale.spec : {}
  const metadata = isRecord(scale) && isRecord(scale.metadata) ? scale.metadata : {}
  const replicas = spec.replicas ?? 0
  if (typeof replicas !== 'number')
    throw badRequest(
      'Scale in version "v1" cannot be handled as a Scale: json: cannot unmarshal string into Go struct field ScaleSpec.spec.replicas of type int32',
    )
  if (replicas < 0) {
    const errors = new FieldErrors()
    errors.invalid('spec.replicas', replicas, mustNotBeNegative)
    throw invalid({ group: 'autoscaling', kind: 'Scale' }, old.metadata.name, errors.list)
  }
  const [, ...path] = specReplicas.split('.')
  const version =
    typeof metadata.resourceVersion === 'string' && metadata.resourceVersion !== '' ? { resourceVersion: metadata.resourceVersion } : {}
  return { ...(withValue(old, path, replicas) as StoredObject), metadata: { ...old.metadata, ...version } }
}

/** An applied Scale as the part of its object that it speaks of. */
export function scaledPart(kind: Kind, scale: unknown): Readonly<Record<string, unknown>> {
  const replicas = isRecord(scale) && isRecord(scale.spec) ? scale.spec.replicas : undefined
  if (replicas === undefined) return {}
  return withValue({}, (kind.scale ?? usualPaths).specReplicas.split('.').slice(1), replicas) as Readonly<Record<string, unknown>>
}

function withValue(object: unknown, [key, ...rest]: readonly string[], value: unknown): object {
  const record = isRecord(object) ? object : {}
  return { ...record, [key]: rest.length === 0 ? value : withValue(record[key], rest, value) }
}

/** `pods/eviction`: a deletion that disruption budgets may forbid. */
export function evictPod(
  registry: Registry,
  { namespace, name }: { namespace: string; name: string },
  eviction: unknown,
  writer: Writer,
  options: WriteOptions,
): void {
  const kind = registry.kind('pods')
  assert(kind, 'pods are served')
  const pod = registry.get(kind, namespace, name) as unknown as V1Pod | undefined
  const named = isRecord(eviction) && isRecord(eviction.metadata) ? eviction.metadata.name : undefined
  if (named !== name) throw badRequest('name in URL does not match name in Eviction object')
  if (!pod) throw notFound(kind, name)
  const { phase } = pod.status
  const isOver = phase === 'Succeeded' || phase === 'Failed' || phase === 'Pending' || pod.metadata.deletionTimestamp !== undefined
  if (!isOver && !mayGoUnhealthy(registry, pod)) spendBudget(registry, pod, writer, options)
  const asked = isRecord(eviction) && isRecord(eviction.deleteOptions) ? eviction.deleteOptions : {}
  const grace = typeof asked.gracePeriodSeconds === 'number' ? { gracePeriodSeconds: asked.gracePeriodSeconds } : {}
  registry.remove(kind, namespace, name, writer, { ...grace, dryRun: options.dryRun })
}

/** A pod that is not ready costs its budget nothing, if the budget says so or is met without it. */
function mayGoUnhealthy(registry: Registry, pod: V1Pod): boolean {
  if (pod.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True')) return false
  const budgets = budgetsOf(registry, pod)
  if (budgets.length !== 1) return false
  const [{ spec, status }] = budgets
  return spec.unhealthyPodEvictionPolicy === 'AlwaysAllow' || (status.currentHealthy >= status.desiredHealthy && status.desiredHealthy > 0)
}

function budgetsOf(registry: Registry, pod: V1Pod): readonly V1PodDisruptionBudget[] {
  const kind = registry.kind('poddisruptionbudgets.policy')
  if (!kind) return []
  return (registry.list(kind, pod.metadata.namespace) as unknown as readonly V1PodDisruptionBudget[]).filter(
    ({ spec }) => spec.selector !== undefined && selectorMatches(spec.selector, pod.metadata.labels),
  )
}

function spendBudget(registry: Registry, pod: V1Pod, writer: Writer, options: WriteOptions): void {
  const kind = registry.kind('poddisruptionbudgets.policy')
  if (!kind) return
  const budgets = budgetsOf(registry, pod)
  if (budgets.length > 1)
    throw new ApiError(
      500,
      'InternalError',
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    )
  const [budget] = budgets
  if (!budget) return
  const { status, metadata } = budget
  if ((status.observedGeneration ?? 0) < (metadata.generation ?? 0) || status.disruptionsAllowed <= 0) {
    const isBehind = (status.observedGeneration ?? 0) < (metadata.generation ?? 0)
    const message = isBehind
      ? `The disruption budget ${metadata.name} is still being processed by the server.`
      : `The disruption budget ${metadata.name} needs ${status.desiredHealthy} healthy pods and has ${status.currentHealthy} currently`
    throw new ApiError(429, 'TooManyRequests', isBehind ? message : "Cannot evict pod as it would violate the pod's disruption budget.", {
      causes: [{ reason: 'DisruptionBudget', message }],
    })
  }
  const spent = {
    ...status,
    disruptionsAllowed: status.disruptionsAllowed - 1,
    disruptedPods: { ...status.disruptedPods, [pod.metadata.name]: timestamp(registry.clock.now()) },
  }
  registry.update(kind, metadata.namespace ?? '', metadata.name, (old) => ({ ...old, status: spent }), writer, {
    subresource: 'status',
    dryRun: options.dryRun,
  })
}

/** `serviceaccounts/token`: a token that names its account and when it ends. */
export function tokenRequest(registry: Registry, { namespace, name }: { namespace: string; name: string }, request: unknown): object {
  const kind = registry.kind('serviceaccounts')
  assert(kind, 'service accounts are served')
  const account = registry.get(kind, namespace, name)
  if (!account) throw notFound(kind, name)
  const spec = isRecord(request) && isRecord(request.spec) ? request.spec : {}
  const seconds = typeof spec.expirationSeconds === 'number' ? spec.expirationSeconds : 3600
  if (seconds < 600 || seconds > 2 ** 32) {
    const errors = new FieldErrors()
    const why = seconds < 600 ? 'less than 10 minutes' : 'larger than 2^32 seconds'
    errors.invalid('spec.expirationSeconds', seconds, `may not specify a duration ${why}`)
    throw invalid({ group: 'authentication.k8s.io', kind: 'TokenRequest' }, '', errors.list)
  }
  const audiences =
    Array.isArray(spec.audiences) && spec.audiences.length > 0 ? (spec.audiences as readonly string[]) : [serviceAccountIssuer]
  const reference = isRecord(spec.boundObjectRef) ? spec.boundObjectRef : undefined
  const bound = reference && { kind: String(reference.kind), name: String(reference.name) }
  if (bound) {
    const resource = `${bound.kind.toLowerCase()}s`
    const key = bound.kind === 'Node' ? bound.name : `${namespace}/${bound.name}`
    const object = registry.store.get(resource, key) as { readonly metadata: { readonly uid: string } } | undefined
    if (!object) throw notFound({ group: '', resource }, bound.name)
    const uid = typeof reference.uid === 'string' ? reference.uid : ''
    if (uid !== '' && uid !== object.metadata.uid)
      throw conflict(
        { group: '', resource: bound.kind },
        bound.name,
        `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`,
      )
  }
  const { token, expiresAt } = tokenFor(registry, { namespace, account: name, audiences, seconds, ...(bound ? { bound } : {}) })
  return {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { name, namespace, creationTimestamp: timestamp(registry.clock.now()) },
    spec: { audiences, expirationSeconds: seconds, boundObjectRef: spec.boundObjectRef ?? null },
    status: { token: token(), expirationTimestamp: timestamp(expiresAt) },
  }
}
