/**
 * What an API server tells of itself inside its cluster: a lease by which several would know each other, and the certificates by which an
 * extension server knows that a request comes from it. Their names and uids follow from the machine and the cluster, so that chance goes
 * on as if they were not there.
 */
import type { Cancel, Clock } from '../../base/clock.ts'
import { bytesOf } from '../../base/bytes.ts'
import { Random } from '../../base/random.ts'
import { sha256 } from '../../base/sha256.ts'
import type { V1Lease } from '../kinds/generated/types.ts'
import type { Store } from '../store/store.ts'
import { authorityCertificate } from './access/authority.ts'
import type { ClusterFacts } from './access/credentials.ts'
import type { Client } from './client.ts'
import { microTimestamp, timestamp } from './objects.ts'

const namespace = 'kube-system'
const renewalMs = 10_000

/** Answers what ends the renewing. */
export function tellIdentity({
  store,
  clock,
  client,
  facts,
  host,
  isUp,
}: {
  store: Store
  clock: Clock
  client: Client
  facts: ClusterFacts
  host: string
  isUp: () => boolean
}): Cancel {
  const chance = new Random(Number.parseInt(facts.cluster.slice(0, 8), 16))
  const metadata = (name: string) => ({
    name,
    namespace,
    uid: chance.uuid(),
    resourceVersion: '',
    creationTimestamp: timestamp(clock.now()),
  })
  const ensure = (
    resource: string,
    name: string,
    { kind, apiVersion, labels, ...rest }: { kind: string; apiVersion: string; labels?: object; [field: string]: unknown },
  ): void => {
    const key = `${namespace}/${name}`
    if (!store.get(resource, key))
      store.put(
        resource,
        key,
        { kind, apiVersion, metadata: { ...metadata(name), ...(labels && { labels }) }, ...rest },
        { by: 'kube-apiserver', because: 0 },
      )
  }
  ensure('configmaps', 'extension-apiserver-authentication', { kind: 'ConfigMap', apiVersion: 'v1', data: trust(facts) })
  const name = `apiserver-${base32(sha256(bytesOf(host)).subarray(0, 16))}`
  const leases = 'leases.coordination.k8s.io'
  ensure(leases, name, {
    kind: 'Lease',
    apiVersion: 'coordination.k8s.io/v1',
    labels: { 'apiserver.kubernetes.io/identity': 'kube-apiserver', 'kubernetes.io/hostname': host },
    spec: { holderIdentity: `${name}_${chance.uuid()}`, leaseDurationSeconds: 3600, renewTime: microTimestamp(clock.now()) },
  })
  let cancel: Cancel = () => {}
  const renew = (): void => {
    cancel = clock.after(renewalMs, () => {
      const lease = isUp() ? client.get<V1Lease>(leases, namespace, name) : undefined
      if (lease) client.update<V1Lease>(leases, { ...lease, spec: { ...lease.spec, renewTime: microTimestamp(clock.now()) } })
      renew()
    })
  }
  renew()
  return () => cancel()
}

function trust({ cluster, madeAtMs }: ClusterFacts): Record<string, string> {
  return {
    'client-ca-file': authorityCertificate(cluster, 'ca', madeAtMs),
    'requestheader-allowed-names': '["front-proxy-client"]',
    'requestheader-client-ca-file': authorityCertificate(cluster, 'front-proxy-ca', madeAtMs),
    'requestheader-extra-headers-prefix': '["X-Remote-Extra-"]',
    'requestheader-group-headers': '["X-Remote-Group"]',
    'requestheader-username-headers': '["X-Remote-User"]',
  }
}

/** RFC 4648, in small letters and without padding. */
function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  return (bits.match(/.{1,5}/g) ?? []).map((five) => 'abcdefghijklmnopqrstuvwxyz234567'[Number.parseInt(five.padEnd(5, '0'), 2)]).join('')
}
