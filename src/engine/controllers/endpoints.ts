/**
 * Who stands behind a Service: the same pods twice, as EndpointSlices (what kube-proxy reads) and as the Endpoints of old. Slices hold
 * at most a hundred endpoints and keep those they have; only what changed is written.
 */
import type { Clock } from '../../base/clock.ts'
import type { Client, Draft, ObjectMeta } from '../api/client.ts'
import type {
  DiscoveryV1EndpointPort,
  V1Endpoint,
  V1Endpoints,
  V1EndpointSlice,
  V1EndpointSubset,
  V1Pod,
  V1Service,
  V1ServicePort,
} from '../kinds/generated/types.ts'
import type { Entry } from '../store/store.ts'
import { isOver, isReady, isSame, itself, matchesLabels, metaOf, namespaceAndName, selectedPods, timestamp } from './objects.ts'
import type { PatientController } from './run.ts'

const slices = 'endpointslices.discovery.k8s.io'
const changeTime = 'endpoints.kubernetes.io/last-change-trigger-time'
const mostPerSlice = 100
/** An Endpoints object holds no more; the rest is only in slices. */
const mostInEndpoints = 1000

/** Services whose selector a pod matches, before or after a change that matters to them. */
function servicesOf(reader: () => Client | undefined): (entry: Entry) => readonly string[] {
  return ({ object, previous }) => {
    const client = reader()
    const now = object as V1Pod | undefined
    const before = previous as V1Pod | undefined
    if (!client) return []
    // A pod without an address is in no list yet.
    if (!now?.status.podIP && !before?.status.podIP) return []
    if (now && before && !matters(before, now)) return []
    const namespace = metaOf(object ?? previous)?.namespace ?? ''
    const keys: string[] = []
    for (const { metadata, spec } of client.list<V1Service>('services', namespace)) {
      if (!spec.selector) continue
      if ((now && matchesLabels(spec.selector, now.metadata.labels)) || (before && matchesLabels(spec.selector, before.metadata.labels)))
        keys.push(`${namespace}/${metadata.name}`)
    }
    return keys
  }
}

function matters(before: V1Pod, now: V1Pod): boolean {
  return (
    before.metadata.labels !== now.metadata.labels ||
    before.metadata.deletionTimestamp !== now.metadata.deletionTimestamp ||
    before.status.podIP !== now.status.podIP ||
    isReady(before) !== isReady(now) ||
    isOver(before) !== isOver(now)
  )
}

export function endpointSliceController({ clock }: { clock: Clock }): PatientController {
  let reader: Client | undefined
  const sizes = new Map<string, number>()

  const reconcile = (key: string, client: Client): void => {
    const [namespace, name] = namespaceAndName(key)
    const service = client.get<V1Service>('services', namespace, name)
    const existing = client
      .indexed<V1EndpointSlice>(slices, 'service', key)
      .filter(({ metadata }) => metadata.labels?.['endpointslice.kubernetes.io/managed-by'] === 'endpointslice-controller.k8s.io')
    if (!service || service.metadata.deletionTimestamp !== undefined || !service.spec.selector || service.spec.type === 'ExternalName') {
      sizes.delete(key)
      for (const { metadata } of existing) client.delete(slices, namespace, metadata.name)
      return
    }
    const pods = selectedPods(client, namespace, { matchLabels: service.spec.selector }).filter(
      (pod) => pod.status.podIP && !isOver(pod) && pod.spec.nodeName,
    )
    sizes.set(key, pods.length)
    // Named target ports may differ from pod to pod, and then they need slices of their own.
    const groups = new Map<string, { ports: readonly DiscoveryV1EndpointPort[]; endpoints: Map<string, V1Endpoint> }>()
    for (const pod of pods) {
      const ports = portsFor(service, pod)
      const group = JSON.stringify(ports)
      const known = groups.get(group) ?? { ports, endpoints: new Map<string, V1Endpoint>() }
      groups.set(group, known)
      known.endpoints.set(pod.metadata.uid, endpointOf(pod, service))
    }
    // A Service without pods still has one, empty slice.
    if (groups.size === 0) groups.set('null', { ports: [], endpoints: new Map() })
    const unused = new Set(existing)
    const plans = [...groups].map(([group, { ports, endpoints }]) => {
      const mine = existing.filter(
        (slice) => unused.has(slice) && (JSON.stringify(slice.ports ?? []) === group || (group === 'null' && !slice.ports)),
      )
      for (const slice of mine) unused.delete(slice)
      return { ports, endpoints, mine }
    })
    // A slice of ports that nobody has any more is given to those that need a new one.
    const spare = [...unused]
    for (const { ports, endpoints, mine } of plans)
      place({ service, client, ports, wanted: endpoints, existing: mine, spare, changedAt: changeTimeOf(pods, service) })
    for (const { metadata } of spare) client.delete(slices, namespace, metadata.name)
  }

  const place = ({
    service,
    client,
    ports,
    wanted,
    existing,
    spare,
    changedAt,
  }: {
    service: V1Service
    spare: V1EndpointSlice[]
    client: Client
    ports: readonly DiscoveryV1EndpointPort[]
    wanted: ReadonlyMap<string, V1Endpoint>
    existing: readonly V1EndpointSlice[]
    changedAt: string
  }): void => {
    const left = new Map(wanted)
    const plans = existing.map((slice) => {
      const kept: V1Endpoint[] = []
      for (const endpoint of slice.endpoints ?? []) {
        const uid = endpoint.targetRef?.uid ?? ''
        const fresh = left.get(uid)
        if (!fresh) continue
        left.delete(uid)
        kept.push(isSame(fresh, endpoint) ? endpoint : fresh)
      }
      return { slice, endpoints: kept }
    })
    for (const plan of plans) {
      for (const [uid, endpoint] of left) {
        if (plan.endpoints.length >= mostPerSlice) break
        plan.endpoints.push(endpoint)
        left.delete(uid)
      }
    }
    const metadata = sliceMetadata(service, changedAt)
    let keptOne = false
    for (const { slice, endpoints } of plans) {
      if (endpoints.length === 0 && (wanted.size > 0 || keptOne)) {
        client.delete(slices, slice.metadata.namespace ?? '', slice.metadata.name)
        continue
      }
      keptOne = true
      if (isSame(endpoints, slice.endpoints ?? []) && isSame(metadata.labels, slice.metadata.labels)) continue
      client.update<V1EndpointSlice>(slices, {
        ...slice,
        metadata: { ...slice.metadata, labels: metadata.labels, annotations: { ...slice.metadata.annotations, ...metadata.annotations } },
        endpoints,
      })
    }
    const rest = [...left.values()]
    if (rest.length === 0 && (keptOne || wanted.size > 0)) return
    for (let start = 0; start < Math.max(1, rest.length); start += mostPerSlice) {
      const content = { addressType: 'IPv4', endpoints: rest.slice(start, start + mostPerSlice), ...(ports.length > 0 ? { ports } : {}) }
      const old = spare.shift()
      if (!old) client.create<V1EndpointSlice>(slices, { metadata, ...content } as Draft<V1EndpointSlice>)
      else {
        const { apiVersion, kind } = old
        client.update<V1EndpointSlice>(slices, {
          apiVersion,
          kind,
          metadata: { ...old.metadata, labels: metadata.labels, annotations: { ...old.metadata.annotations, ...metadata.annotations } },
          ...content,
        } as V1EndpointSlice)
      }
    }
  }

  const sliceMetadata = ({ metadata }: V1Service, changedAt: string): Partial<ObjectMeta> => {
    const headless = 'service.kubernetes.io/headless'
    const { [headless]: _, ...labels } = metadata.labels ?? {}
    const service = reader?.get<V1Service>('services', metadata.namespace ?? '', metadata.name)
    return {
      generateName: `${metadata.name}-`,
      namespace: metadata.namespace,
      labels: {
        ...labels,
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
        'kubernetes.io/service-name': metadata.name,
        ...(service?.spec.clusterIP === 'None' ? { [headless]: '' } : {}),
      },
      annotations: changedAt ? { [changeTime]: changedAt } : undefined,
      ownerReferences: [
        { apiVersion: 'v1', kind: 'Service', name: metadata.name, uid: metadata.uid, controller: true, blockOwnerDeletion: true },
      ],
    }
  }

  void clock
  return {
    name: 'endpointslice-controller',
    start(_enqueue, client) {
      reader = client
    },
    watches: {
      services: itself,
      pods: servicesOf(() => reader),
      [slices]: (entry) => (entry.object ? [] : serviceOfSlice(entry)),
    },
    patience: (key) => patienceFor(sizes.get(key) ?? 0),
    reconcile,
  }
}

export function endpointsController({ clock }: { clock: Clock }): PatientController {
  let reader: Client | undefined
  const sizes = new Map<string, number>()

  const reconcile = (key: string, client: Client): void => {
    const [namespace, name] = namespaceAndName(key)
    const service = client.get<V1Service>('services', namespace, name)
    const existing = client.get<V1Endpoints>('endpoints', namespace, name)
    if (!service) {
      sizes.delete(key)
      // Endpoints that somebody made by hand belong to nobody's Service and stay.
      if (existing?.metadata.labels?.['endpoints.kubernetes.io/managed-by'] === 'endpoint-controller')
        client.delete('endpoints', namespace, name)
      return
    }
    if (!service.spec.selector || service.spec.type === 'ExternalName') return
    const pods = selectedPods(client, namespace, { matchLabels: service.spec.selector }).filter(
      (pod) => pod.status.podIP && !isOver(pod) && pod.metadata.deletionTimestamp === undefined,
    )
    sizes.set(key, pods.length)
    const subsets = subsetsOf(service, pods.slice(0, mostInEndpoints))
    const headless = service.spec.clusterIP === 'None' ? { 'service.kubernetes.io/headless': '' } : {}
    const labels = { ...service.metadata.labels, 'endpoints.kubernetes.io/managed-by': 'endpoint-controller', ...headless }
    if (existing && isSame(existing.subsets ?? [], subsets) && isSame(existing.metadata.labels ?? {}, labels)) return
    const changedAt = changeTimeOf(pods, service)
    const annotations = { ...existing?.metadata.annotations, ...(changedAt ? { [changeTime]: changedAt } : {}) }
    const draft = {
      metadata: { ...existing?.metadata, name, namespace, labels, ...(Object.keys(annotations).length > 0 ? { annotations } : {}) },
      ...(subsets.length > 0 ? { subsets } : {}),
    }
    if (existing)
      client.update<V1Endpoints>('endpoints', { ...existing, subsets: undefined, ...draft, metadata: draft.metadata as ObjectMeta })
    else client.create<V1Endpoints>('endpoints', draft as Draft<V1Endpoints>)
  }

  void clock
  return {
    name: 'endpoint-controller',
    start(_enqueue, client) {
      reader = client
    },
    watches: {
      services: itself,
      pods: servicesOf(() => reader),
      endpoints: (entry) => (entry.by === 'endpoint-controller' ? [] : [entry.key]),
    },
    patience: (key) => patienceFor(sizes.get(key) ?? 0),
    reconcile,
  }
}

function patienceFor(size: number): number {
  return size < 50 ? 0 : Math.min(5_000, size)
}

function serviceOfSlice({ previous }: Entry): readonly string[] {
  const metadata = metaOf(previous)
  const name = metadata?.labels?.['kubernetes.io/service-name']
  return name ? [`${metadata?.namespace}/${name}`] : []
}

function changeTimeOf(pods: readonly V1Pod[], service: V1Service): string {
  let latest = timestamp(Date.parse(service.metadata.creationTimestamp))
  for (const { status } of pods)
    for (const { type, lastTransitionTime } of status.conditions ?? [])
      if (type === 'Ready' && lastTransitionTime && lastTransitionTime > latest) latest = lastTransitionTime
  return latest
}

/** The port of the pod that a Service port goes to; undefined when its name is not among the pod's. */
export function targetPort({ targetPort: target, port }: V1ServicePort, pod: V1Pod): number | undefined {
  if (target === undefined) return port
  if (typeof target === 'number') return target === 0 ? port : target
  for (const container of [
    ...pod.spec.containers,
    ...(pod.spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always'),
  ]) {
    const found = container.ports?.find(({ name }) => name === target)
    if (found) return found.containerPort
  }
  return undefined
}

function portsFor(service: V1Service, pod: V1Pod): readonly DiscoveryV1EndpointPort[] {
  return (service.spec.ports ?? []).flatMap((port) => {
    const number = targetPort(port, pod)
    return number === undefined
      ? []
      : [
          {
            name: port.name ?? '',
            port: number,
            protocol: port.protocol ?? 'TCP',
            ...(port.appProtocol ? { appProtocol: port.appProtocol } : {}),
          },
        ]
  })
}

function endpointOf(pod: V1Pod, service: V1Service): V1Endpoint {
  const isGoing = pod.metadata.deletionTimestamp !== undefined
  const serving = isReady(pod)
  const { hostname, subdomain, nodeName } = pod.spec
  return {
    addresses: [pod.status.podIP ?? ''],
    conditions: { ready: service.spec.publishNotReadyAddresses || (serving && !isGoing), serving, terminating: isGoing },
    ...(hostname && subdomain === service.metadata.name ? { hostname } : {}),
    nodeName,
    targetRef: { kind: 'Pod', namespace: pod.metadata.namespace, name: pod.metadata.name, uid: pod.metadata.uid },
  } as V1Endpoint
}

function subsetsOf(service: V1Service, pods: readonly V1Pod[]): readonly V1EndpointSubset[] {
  const groups = new Map<string, { ports: NonNullable<V1EndpointSubset['ports']>; ready: V1Pod[]; waiting: V1Pod[] }>()
  for (const pod of pods) {
    const ports = (service.spec.ports ?? []).flatMap((port) => {
      const number = targetPort(port, pod)
      return number === undefined
        ? []
        : [
            {
              ...(port.name ? { name: port.name } : {}),
              port: number,
              protocol: port.protocol ?? 'TCP',
              ...(port.appProtocol ? { appProtocol: port.appProtocol } : {}),
            },
          ]
    })
    if (ports.length === 0 && (service.spec.ports?.length ?? 0) > 0) continue
    const key = JSON.stringify(ports)
    const group = groups.get(key) ?? { ports: ports.toSorted((a, b) => ((a.name ?? '') < (b.name ?? '') ? 1 : -1)), ready: [], waiting: [] }
    groups.set(key, group)
    if (isReady(pod) || service.spec.publishNotReadyAddresses) group.ready.push(pod)
    else group.waiting.push(pod)
  }
  const address = (pod: V1Pod): NonNullable<V1EndpointSubset['addresses']>[number] => ({
    ip: pod.status.podIP ?? '',
    ...(pod.spec.hostname && pod.spec.subdomain === service.metadata.name ? { hostname: pod.spec.hostname } : {}),
    nodeName: pod.spec.nodeName,
    targetRef: { kind: 'Pod', namespace: pod.metadata.namespace, name: pod.metadata.name, uid: pod.metadata.uid },
  })
  const byIp = (list: V1Pod[]): V1Pod[] => list.sort((a, b) => compareIps(a.status.podIP ?? '', b.status.podIP ?? ''))
  return Array.from(groups.values(), ({ ports, ready, waiting }) => ({
    ...(ready.length > 0 ? { addresses: byIp(ready).map(address) } : {}),
    ...(waiting.length > 0 ? { notReadyAddresses: byIp(waiting).map(address) } : {}),
    ...(ports.length > 0 ? { ports } : {}),
  }))
}

function compareIps(a: string, b: string): number {
  const left = a.split('.')
  const right = b.split('.')
  for (let index = 0; index < 4; index++) {
    const difference = Number(left[index]) - Number(right[index])
    if (difference !== 0) return difference
  }
  return 0
}
