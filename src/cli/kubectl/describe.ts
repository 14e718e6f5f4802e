/** `kubectl describe`: finds the objects, gathers what belongs to each (events, pods, endpoints …) and lays it out. */
import type { Blocking } from '../../unix/kernel/process.ts'
import type { Call } from './call.ts'
import { accept } from './connection.ts'
import {
  describeAddress,
  describeEndpoints,
  describeEndpointSlice,
  describeIngress,
  describeIngressClass,
  describeNetworkPolicy,
  describeService,
  describeServiceRange,
  endpointsText,
} from './describe-network.ts'
import { describeBinding, describeRole, describeSigningRequest } from './describe-access.ts'
import { describeAny } from './describe-any.ts'
import { describeConfigMap, describeSecret, describeServiceAccount } from './describe-config.ts'
import { describeLimitRange, describeNamespace, describeQuota } from './describe-namespaces.ts'
import { describeNode } from './describe-nodes.ts'
import { describeAutoscaler, describeDisruptionBudget, describePriorityClass } from './describe-scaling.ts'
import { describeClaim, describeStorageClass, describeVolume } from './describe-storage.ts'
import { describePod } from './describe-pods.ts'
import {
  describeCronJob,
  describeDaemonSet,
  describeDeployment,
  describeJob,
  describeReplicaSet,
  describeStatefulSet,
} from './describe-workloads.ts'
import { Writer } from './describe-writer.ts'
import { labelSelector } from './attach.ts'
import { pathOf, type Resource } from './discovery.ts'
import type { Json } from './json.ts'
import { hasFiles } from './manifests.ts'
import { isNotFound, Refusal, StatusError, throwAll } from './refusal.ts'
import { fetched, type Info, listed, namespaceFor, select, targets } from './select.ts'

export function* describe(call: Call): Blocking<void> {
  const { flags } = call
  if (call.args.length === 0 && !hasFiles(call)) {
    throw new Refusal(
      'You must specify the type of resource to describe. Use "kubectl api-resources" for a complete list of supported resources.',
    )
  }
  const errors: Error[] = []
  const infos = yield* found(call, errors)
  let isFirst = true
  for (const info of infos) {
    try {
      const text = yield* described(call, info)
      // What was found by the beginning of its name is printed with a line break after each instead of two between them.
      yield* call.out(info.isSimilar ? `${text}\n` : isFirst ? text : `\n\n${text}`)
      isFirst = false
    } catch (error) {
      if (!(error instanceof StatusError)) throw error
      errors.push(error)
    }
  }
  if (infos.length === 0 && errors.length === 0) {
    const isNamespaced = !flags.is('all-namespaces')
    yield* call.err(isNamespaced ? `No resources found in ${call.namespace} namespace.\n` : 'No resources found\n')
  }
  throwAll(errors)
}

type Found = Info & { readonly isSimilar?: boolean }

function* found(call: Call, errors: Error[]): Blocking<Found[]> {
  const { flags } = call
  if (hasFiles(call)) return yield* select(call, errors, { isLatest: true })
  const goals = yield* targets(call, call.args)
  const selector = flags.text('selector')
  if (goals.some(({ name }) => name !== undefined) && selector !== '')
    throw new Refusal('name cannot be provided when a selector is specified')
  const infos: Found[] = []
  for (const { resource, name } of goals) {
    const namespace = flags.is('all-namespaces') ? undefined : namespaceFor(call, resource)
    try {
      if (name === undefined) infos.push(...(yield* listed(call, resource, namespace, { selector })))
      else {
        try {
          infos.push(yield* fetched(call, resource, name, namespace))
        } catch (error) {
          // A name that is none may be the beginning of several.
          if (!isNotFound(error)) throw error
          const similar = (yield* listed(call, resource, namespace, {})).filter((info) => info.name.startsWith(name))
          if (similar.length === 0) throw error
          infos.push(...similar.map((info) => ({ ...info, isSimilar: true })))
        }
      }
    } catch (error) {
      if (!(error instanceof StatusError)) throw error
      errors.push(error)
    }
  }
  return infos
}

function* described(call: Call, { resource, namespace, name }: Info): Blocking<string> {
  const object = yield* call.api.get(pathOf(resource, namespace, name), {}, accept.protobuf)
  object.kind ??= resource.kind
  object.apiVersion ??= resource.group === '' ? resource.version : `${resource.group}/${resource.version}`
  const writer = new Writer(call.process.now())
  const key = resource.group === '' ? resource.kind : `${resource.group}/${resource.kind}`
  const describer = describers[key]
  if (describer) yield* describer(call, writer, object)
  else describeAny(writer, object, yield* eventsOf(call, object))
  return writer.text()
}

function* eventsOf(
  call: Call,
  { metadata, kind, apiVersion }: Json,
  options: { withKind?: boolean } = {},
): Blocking<readonly Json[] | undefined> {
  if (!call.flags.is('show-events')) return undefined
  const selector = [
    `involvedObject.name=${metadata.name}`,
    `involvedObject.namespace=${metadata.namespace ?? ''}`,
    ...(options.withKind === false ? [] : [`involvedObject.kind=${kind}`]),
    `involvedObject.uid=${metadata.uid ?? ''}`,
  ].join(',')
  void apiVersion
  return yield* eventList(call, metadata.namespace, selector)
}

function* eventList(call: Call, namespace: string | undefined, fieldSelector: string): Blocking<readonly Json[]> {
  const list = yield* call.api.get(
    namespace ? `/api/v1/namespaces/${namespace}/events` : '/api/v1/events',
    { fieldSelector, limit: 500 },
    accept.protobuf,
  )
  return list.items ?? []
}

function* itemsAt(call: Call, path: string, query: Record<string, string | number> = {}): Blocking<Json[]> {
  const list = yield* call.api.get(path, { ...query, limit: 500 }, accept.protobuf)
  return list.items ?? []
}

type Describer = (call: Call, writer: Writer, object: Json) => Blocking<void>

/** Events are only printed when they were asked for; `--show-events=false` leaves them out. */
function withEvents(print: (writer: Writer, object: Json, events: readonly Json[] | undefined) => void): Describer {
  return function* (call, writer, object) {
    const events = yield* eventsOf(call, object)
    if (events === undefined) writer.events = () => {}
    print(writer, object, events)
  }
}

const withoutEvents = (print: (writer: Writer, object: Json) => void): Describer =>
  function* (_, writer, object) {
    yield* []
    print(writer, object)
  }

function withPods(print: (writer: Writer, object: Json, pods: readonly Json[], events: readonly Json[]) => void): Describer {
  return function* (call, writer, object) {
    const selector = labelSelector(object.kind === 'ReplicationController' ? { matchLabels: object.spec.selector } : object.spec.selector)
    const pods = yield* itemsAt(call, `/api/v1/namespaces/${object.metadata.namespace}/pods`, { labelSelector: selector })
    const events = yield* eventsOf(call, object)
    if (events === undefined) writer.events = () => {}
    print(writer, object, pods, events ?? [])
  }
}

const describers: Readonly<Record<string, Describer>> = {
  Pod: function* (call, writer, pod) {
    const events = yield* eventsOf(call, pod, { withKind: false })
    if (events === undefined) writer.events = () => {}
    describePod(writer, pod, events)
  },
  'apps/Deployment': function* (call, writer, deployment) {
    const events = yield* eventsOf(call, deployment)
    const sets = yield* itemsAt(call, `/apis/apps/v1/namespaces/${deployment.metadata.namespace}/replicasets`, {
      labelSelector: labelSelector(deployment.spec.selector),
    })
    if (events === undefined) writer.events = () => {}
    describeDeployment(writer, deployment, sets, events ?? [])
  },
  'apps/ReplicaSet': withPods(describeReplicaSet),
  ReplicationController: withPods(describeReplicaSet),
  'apps/StatefulSet': withPods(describeStatefulSet),
  'apps/DaemonSet': withPods(describeDaemonSet),
  'batch/Job': withEvents((writer, job, events) => describeJob(writer, job, events ?? [])),
  'batch/CronJob': withEvents((writer, cron, events) => describeCronJob(writer, cron, events ?? [])),
  Service: function* (call, writer, service) {
    const slices = yield* itemsAt(call, `/apis/discovery.k8s.io/v1/namespaces/${service.metadata.namespace}/endpointslices`, {
      labelSelector: `kubernetes.io/service-name=${service.metadata.name}`,
    })
    const events = yield* eventsOf(call, service)
    if (events === undefined) writer.events = () => {}
    describeService(writer, service, slices, events)
  },
  Endpoints: withEvents(describeEndpoints),
  'discovery.k8s.io/EndpointSlice': withEvents(describeEndpointSlice),
  'networking.k8s.io/Ingress': function* (call, writer, ingress) {
    const events = yield* eventsOf(call, ingress)
    const { namespace } = ingress.metadata
    const texts = new Map<string, string>()
    for (const backend of [
      ingress.spec.defaultBackend,
      ...(ingress.spec.rules ?? []).flatMap(({ http }: Json) => (http?.paths ?? []).map((path: Json) => path.backend)),
    ]) {
      if (backend) texts.set(JSON.stringify(backend), yield* backendText(call, namespace, backend))
    }
    if (events === undefined) writer.events = () => {}
    describeIngress(writer, ingress, (backend) => texts.get(JSON.stringify(backend)) ?? '', events)
  },
  'networking.k8s.io/IngressClass': withEvents(describeIngressClass),
  'networking.k8s.io/NetworkPolicy': withoutEvents(describeNetworkPolicy),
  Node: function* (call, writer, node) {
    const name = node.metadata.name
    const pods = yield* itemsAt(call, '/api/v1/pods', {
      fieldSelector: `spec.nodeName=${name},status.phase!=Succeeded,status.phase!=Failed`,
    })
    const events: Json[] = []
    // The kubelet puts the node's name where the uid belongs; both are asked for.
    if (call.flags.is('show-events')) {
      for (const uid of [node.metadata.uid, name])
        events.push(
          ...(yield* eventList(
            call,
            undefined,
            `involvedObject.name=${name},involvedObject.namespace=,involvedObject.kind=Node,involvedObject.uid=${uid}`,
          )),
        )
    } else writer.events = () => {}
    let lease: Json
    let leaseFailure: string | undefined
    try {
      lease = yield* call.api.get(`/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${name}`, {}, accept.protobuf)
    } catch (error) {
      if (!(error instanceof StatusError)) throw error
      leaseFailure = error.message
    }
    describeNode(writer, node, { pods, lease, leaseFailure }, events)
  },
  Namespace: function* (call, writer, namespace) {
    const quotas = yield* itemsAt(call, `/api/v1/namespaces/${namespace.metadata.name}/resourcequotas`)
    const limits = yield* itemsAt(call, `/api/v1/namespaces/${namespace.metadata.name}/limitranges`)
    describeNamespace(writer, namespace, quotas, limits)
  },
  ConfigMap: withEvents(describeConfigMap),
  Secret: withoutEvents(describeSecret),
  ServiceAccount: function* (call, writer, account) {
    const secrets = yield* itemsAt(call, `/api/v1/namespaces/${account.metadata.namespace}/secrets`)
    const tokens = secrets.filter(
      ({ type, metadata }) =>
        type === 'kubernetes.io/service-account-token' &&
        metadata.annotations?.['kubernetes.io/service-account.name'] === account.metadata.name,
    )
    const names = new Set(secrets.map(({ metadata }) => metadata.name))
    const missing = new Set(
      [...(account.secrets ?? []), ...(account.imagePullSecrets ?? [])]
        .map(({ name }: Json) => name)
        .filter((name: string) => !names.has(name)),
    )
    const events = yield* eventsOf(call, account)
    if (events === undefined) writer.events = () => {}
    describeServiceAccount(writer, account, tokens, missing, events)
  },
  ResourceQuota: withoutEvents(describeQuota),
  LimitRange: withoutEvents(describeLimitRange),
  PersistentVolumeClaim: function* (call, writer, claim) {
    const pods = yield* itemsAt(call, `/api/v1/namespaces/${claim.metadata.namespace}/pods`)
    const users = pods.filter(({ spec }) =>
      (spec.volumes ?? []).some((volume: Json) => volume.persistentVolumeClaim?.claimName === claim.metadata.name),
    )
    const events = yield* eventsOf(call, claim)
    if (events === undefined) writer.events = () => {}
    describeClaim(writer, claim, users, events)
  },
  PersistentVolume: withEvents(describeVolume),
  'networking.k8s.io/ServiceCIDR': withEvents(describeServiceRange),
  'networking.k8s.io/IPAddress': withEvents(describeAddress),
  'storage.k8s.io/StorageClass': withEvents(describeStorageClass),
  'autoscaling/HorizontalPodAutoscaler': withEvents(describeAutoscaler),
  'policy/PodDisruptionBudget': withEvents(describeDisruptionBudget),
  'scheduling.k8s.io/PriorityClass': withEvents(describePriorityClass),
  'rbac.authorization.k8s.io/Role': withoutEvents(describeRole),
  'rbac.authorization.k8s.io/ClusterRole': withoutEvents(describeRole),
  'rbac.authorization.k8s.io/RoleBinding': withoutEvents(describeBinding),
  'rbac.authorization.k8s.io/ClusterRoleBinding': withoutEvents(describeBinding),
  'certificates.k8s.io/CertificateSigningRequest': withEvents(describeSigningRequest),
}

function* backendText(call: Call, namespace: string, { service, resource }: Json): Blocking<string> {
  if (resource) return `APIGroup: ${resource.apiGroup ?? '<none>'}, Kind: ${resource.kind}, Name: ${resource.name}`
  const port = service.port?.name ?? service.port?.number
  let endpoints: string
  try {
    const found = yield* call.api.get(`/api/v1/namespaces/${namespace}/services/${service.name}`, {}, accept.protobuf)
    const servicePort = (found.spec.ports ?? []).find((candidate: Json) => candidate.name === port || candidate.port === port)
    const slices = yield* itemsAt(call, `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`, {
      labelSelector: `kubernetes.io/service-name=${service.name}`,
    })
    endpoints = endpointsText(slices, servicePort?.name ?? '')
  } catch (error) {
    if (!(error instanceof StatusError)) throw error
    endpoints = `<error: ${error.message}>`
  }
  return `${service.name}:${port} (${endpoints})`
}

export type { Resource }
