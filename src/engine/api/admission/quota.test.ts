import { expect, test } from 'vitest'
import { ManualClock } from '../../../base/clock.ts'
import { Random } from '../../../base/random.ts'
import type { V1ConfigMap, V1PersistentVolumeClaim, V1ResourceQuota } from '../../kinds/generated/types.ts'
import { Store } from '../../store/store.ts'
import { ApiServer, stampResourceVersion } from '../server.ts'

function clientWithQuota(hard: Readonly<Record<string, string>>, clock = new ManualClock()) {
  const client = new ApiServer({ store: new Store({ clock, stamp: stampResourceVersion }), clock, random: new Random(7) }).client('test')
  client.create<V1ResourceQuota>('resourcequotas', { metadata: { name: 'q', namespace: 'default' }, spec: { hard } })
  return client
}

test('one more than the quota allows is refused, and what is there is counted', () => {
  const client = clientWithQuota({ configmaps: '1' })
  client.create<V1ConfigMap>('configmaps', { metadata: { name: 'a', namespace: 'default' } })
  expect(() => client.create<V1ConfigMap>('configmaps', { metadata: { name: 'b', namespace: 'default' } })).toThrow('configmaps "b" is forbidden: exceeded quota: q, requested: configmaps=1, used: configmaps=1, limited: configmaps=1')
  expect(client.get<V1ResourceQuota>('resourcequotas', 'default', 'q')?.status).toEqual({ hard: { configmaps: '1' }, used: { configmaps: '1' } })
})

test('a claim may not ask for more storage than the quota has', () => {
  const client = clientWithQuota({ 'requests.storage': '1Gi', persistentvolumeclaims: '1' })
  const claim = { metadata: { name: 'c', namespace: 'default' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '100Gi' } } } }
  expect(() => client.create<V1PersistentVolumeClaim>('persistentvolumeclaims', claim)).toThrow('exceeded quota: q, requested: requests.storage=100Gi, used: requests.storage=0, limited: requests.storage=1Gi')
})

test('what goes is given back to the quota', () => {
  const clock = new ManualClock()
  const client = clientWithQuota({ configmaps: '2' }, clock)
  const used = () => {
    clock.settle()
    return client.get<V1ResourceQuota>('resourcequotas', 'default', 'q')?.status?.used
  }
  expect(used()).toEqual({ configmaps: '0' })
  client.create<V1ConfigMap>('configmaps', { metadata: { name: 'a', namespace: 'default' } })
  expect(used()).toEqual({ configmaps: '1' })
  client.delete('configmaps', 'default', 'a')
  expect(used()).toEqual({ configmaps: '0' })
})
