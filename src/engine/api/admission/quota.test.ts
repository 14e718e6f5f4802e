import { expect, test } from 'vitest'
import { ManualClock } from '../../../base/clock.ts'
import { Random } from '../../../base/random.ts'
import type { V1ConfigMap, V1LimitRange, V1PersistentVolumeClaim, V1Pod, V1ResourceQuota } from '../../kinds/generated/types.ts'
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
  expect(() => client.create<V1ConfigMap>('configmaps', { metadata: { name: 'b', namespace: 'default' } })).toThrow(
    'configmaps "b" is forbidden: exceeded quota: q, requested: configmaps=1, used: configmaps=1, limited: configmaps=1',
  )
  expect(client.get<V1ResourceQuota>('resourcequotas', 'default', 'q')?.status).toEqual({
    hard: { configmaps: '1' },
    used: { configmaps: '1' },
  })
})

test('a claim may not ask for more storage than the quota has', () => {
  const client = clientWithQuota({ 'requests.storage': '1Gi', persistentvolumeclaims: '1' })
  const claim = {
    metadata: { name: 'c', namespace: 'default' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '100Gi' } } },
  }
  expect(() => client.create<V1PersistentVolumeClaim>('persistentvolumeclaims', claim)).toThrow(
    'exceeded quota: q, requested: requests.storage=100Gi, used: requests.storage=0, limited: requests.storage=1Gi',
  )
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

test('a limit may not be more than so many times its request, which is said before the quota', () => {
  const client = clientWithQuota({ 'limits.cpu': '600m' })
  client.create<V1LimitRange>('limitranges', {
    metadata: { name: 'l', namespace: 'default' },
    spec: { limits: [{ type: 'Container', maxLimitRequestRatio: { cpu: '4' } }] },
  })
  const pod = (requests: Record<string, string>) => ({
    metadata: { name: 'p', namespace: 'default' },
    spec: { containers: [{ name: 'main', image: 'nginx', resources: { requests, limits: { cpu: '900m' } } }] },
  })
  expect(() => client.create<V1Pod>('pods', pod({ cpu: '50m' }))).toThrow(
    'pods "p" is forbidden: cpu max limit to request ratio per Container is 4, but provided ratio is 18.000000',
  )
  expect(() => client.create<V1Pod>('pods', pod({ cpu: '0' }))).toThrow(
    'pods "p" is forbidden: cpu max limit to request ratio per Container is 4, but no request is specified or request is 0',
  )
  expect(() => client.create<V1Pod>('pods', pod({ cpu: '300m' }))).toThrow('exceeded quota: q')
})
