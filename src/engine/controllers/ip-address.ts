/**
 * An IPAddress for every cluster address of a Service. A real API server writes them while it allocates; here Services themselves are the
 * book of what is taken, and this loop keeps the second one that people can read.
 */
import type { Client, Draft } from '../api/client.ts'
import type { V1IPAddress, V1Service } from '../kinds/generated/types.ts'
import { namespaceAndName } from './objects.ts'
import type { PatientController } from './run.ts'

const resource = 'ipaddresses.networking.k8s.io'

export function ipAddressController(): PatientController {
  /** The addresses that each Service was seen with. */
  const known = new Map<string, readonly string[]>()

  const reconcile = (key: string, client: Client): void => {
    const [namespace, name] = namespaceAndName(key)
    const service = client.get<V1Service>('services', namespace, name)
    const wanted = (service?.spec.clusterIPs ?? []).filter((address) => address !== 'None' && address !== '')
    const before = known.get(key) ?? []
    for (const address of before) {
      const entry = wanted.includes(address) ? undefined : client.get<V1IPAddress>(resource, '', address)
      if (entry?.spec?.parentRef?.name === name && entry.spec.parentRef.namespace === namespace) client.delete(resource, '', address)
    }
    for (const address of wanted)
      if (!client.get(resource, '', address)) client.create<V1IPAddress>(resource, addressOf(address, namespace, name))
    if (wanted.length > 0) known.set(key, wanted)
    else known.delete(key)
  }
  return {
    name: 'kube-apiserver',
    watches: {
      services: ({ key, object, previous }) => (sameAddresses(object, previous) ? [] : [key]),
      [resource]: ({ object, previous }) => (object ? [] : parentOf(previous)),
    },
    reconcile,
  }
}

function addressOf(address: string, namespace: string, name: string): Draft<V1IPAddress> {
  return {
    metadata: {
      name: address,
      labels: {
        'ipaddress.kubernetes.io/ip-family': address.includes(':') ? 'IPv6' : 'IPv4',
        'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io',
      },
    },
    spec: { parentRef: { group: '', name, namespace, resource: 'services' } },
  } as Draft<V1IPAddress>
}

function sameAddresses(object: unknown, previous: unknown): boolean {
  const before = (previous as V1Service | undefined)?.spec.clusterIP
  return before !== undefined && before === (object as V1Service | undefined)?.spec.clusterIP
}

/** One that was deleted by hand comes back. */
function parentOf(address: unknown): readonly string[] {
  const { namespace, name, resource: plural } = (address as V1IPAddress | undefined)?.spec?.parentRef ?? {}
  return plural === 'services' ? [`${namespace}/${name}`] : []
}
