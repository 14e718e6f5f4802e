/** Endpoints that a person wrote for a Service without selector become EndpointSlices, as kube-proxy reads nothing else. */
import type { Client, Draft } from '../api/client.ts'
import type { V1Endpoint, V1EndpointAddress, V1Endpoints, V1EndpointSlice, V1EndpointSubset, V1Service } from '../kinds/generated/types.ts'
import { isSame, itself, namespaceAndName, ownerReference } from './objects.ts'
import type { PatientController } from './run.ts'

const slices = 'endpointslices.discovery.k8s.io'
const manager = 'endpointslicemirroring-controller.k8s.io'

export function endpointSliceMirroringController(): PatientController {
  const reconcile = (key: string, client: Client): void => {
    const [namespace, name] = namespaceAndName(key)
    const endpoints = client.get<V1Endpoints>('endpoints', namespace, name)
    const service = client.get<V1Service>('services', namespace, name)
    const existing = client
      .indexed<V1EndpointSlice>(slices, 'service', key)
      .filter(({ metadata }) => metadata.labels?.['endpointslice.kubernetes.io/managed-by'] === manager)
    const wanted =
      endpoints && service && !service.spec.selector && endpoints.metadata.labels?.['endpointslice.kubernetes.io/skip-mirror'] !== 'true'
        ? (endpoints.subsets ?? []).flatMap((subset) => mirrored(endpoints, subset))
        : []
    const spare = [...existing]
    for (const draft of wanted) {
      const at = spare.findIndex(({ addressType, ports }) => addressType === draft.addressType && isSame(ports, draft.ports))
      const slice = at < 0 ? undefined : spare.splice(at, 1)[0]
      if (!slice) client.create<V1EndpointSlice>(slices, draft)
      else if (!isSame(slice.endpoints, draft.endpoints)) client.update<V1EndpointSlice>(slices, { ...slice, endpoints: draft.endpoints })
    }
    for (const { metadata } of spare) client.delete(slices, namespace, metadata.name)
  }
  return { name: 'endpointslicemirroring-controller', watches: { endpoints: itself, services: itself }, reconcile }
}

/** A slice for each family of addresses in a subset. */
function mirrored(owner: V1Endpoints, { addresses = [], notReadyAddresses = [], ports = [] }: V1EndpointSubset): Draft<V1EndpointSlice>[] {
  const all = [...addresses.map((address) => endpointOf(address, true)), ...notReadyAddresses.map((address) => endpointOf(address, false))]
  const { name, namespace, labels, annotations } = owner.metadata
  const copied = Object.entries(annotations ?? {}).filter(([key]) => key !== 'kubectl.kubernetes.io/last-applied-configuration')
  return (['IPv4', 'IPv6'] as const).flatMap((addressType) => {
    const endpoints = all.filter((each) => each.addresses[0].includes(':') === (addressType === 'IPv6'))
    if (endpoints.length === 0) return []
    const metadata = {
      generateName: `${name}-`,
      namespace,
      labels: { ...labels, 'endpointslice.kubernetes.io/managed-by': manager, 'kubernetes.io/service-name': name },
      ...(copied.length > 0 ? { annotations: Object.fromEntries(copied) } : {}),
      ownerReferences: [ownerReference(owner)],
    }
    return [
      {
        metadata,
        addressType,
        endpoints,
        ports: ports.map((port) => ({ name: port.name ?? '', port: port.port, protocol: port.protocol ?? 'TCP' })),
      } as Draft<V1EndpointSlice>,
    ]
  })
}

function endpointOf({ ip, hostname, nodeName, targetRef }: V1EndpointAddress, ready: boolean): V1Endpoint {
  return {
    addresses: [ip],
    conditions: { ready },
    ...(hostname ? { hostname } : {}),
    ...(nodeName ? { nodeName } : {}),
    ...(targetRef ? { targetRef } : {}),
  } as V1Endpoint
}
