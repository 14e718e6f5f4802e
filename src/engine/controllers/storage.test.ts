/** Claims and volumes on a small cluster: who waits for whom, and what stays. */
import { expect, test } from 'vitest'
import { ManualClock } from '../../base/clock.ts'
import { Random } from '../../base/random.ts'
import type { Client, Draft, KubernetesObject } from '../api/client.ts'
import { createCluster } from '../cluster.ts'
import type { V1PersistentVolume, V1PersistentVolumeClaim, V1Pod } from '../kinds/generated/types.ts'
import { TestRuntime } from './test-runtime.ts'

function world(): { clock: ManualClock; client: Client } {
  const clock = new ManualClock()
  const random = new Random(5)
  const machines = ['controlplane', 'node1', 'node2'].map((name, index) => ({
    name,
    ip: `172.31.0.${index + 2}`,
    role: index === 0 ? ('control-plane' as const) : ('worker' as const),
    cpus: 2,
    memoryBytes: 4 * 2 ** 30,
    runtime: new TestRuntime({ clock, random, subnet: `10.244.${index}`, nodeIp: `172.31.0.${index + 2}` }),
  }))
  const cluster = createCluster({ name: 'kubernetes', clock, random, machines, isQuiet: true })
  clock.advance(3_000)
  return { clock, client: cluster.client('kubectl') }
}

const make = (client: Client, resource: string, object: object): KubernetesObject =>
  client.create(resource, object as Draft<KubernetesObject>)
const claim = (name: string, storageClassName: string) => ({
  metadata: { name, namespace: 'default' },
  spec: { storageClassName, accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
})
const pod = (name: string, claimName: string) => ({
  metadata: { name, namespace: 'default' },
  spec: {
    terminationGracePeriodSeconds: 1,
    containers: [{ name: 'c', image: 'nginx', volumeMounts: [{ name: 'd', mountPath: '/d' }] }],
    volumes: [{ name: 'd', persistentVolumeClaim: { claimName } }],
  },
})
const volume = (name: string, spec: object) => ({
  metadata: { name },
  spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], ...spec },
})
const phases = (client: Client): readonly (string | undefined)[] =>
  [...client.list<V1PersistentVolume>('persistentvolumes'), ...client.list<V1PersistentVolumeClaim>('persistentvolumeclaims')].map(
    ({ metadata, status }) => `${metadata.name} ${metadata.deletionTimestamp ? 'Terminating' : status?.phase}`,
  )

test('a claim that was there first finds a new volume at its next look', () => {
  const { clock, client } = world()
  make(client, 'persistentvolumeclaims', claim('data', ''))
  clock.advance(1_000)
  make(client, 'persistentvolumes', volume('pv', { hostPath: { path: '/tmp/x' } }))
  clock.advance(1_000)
  expect(phases(client)).toEqual(['pv Available', 'data Pending'])
  clock.advance(15_000)
  expect(phases(client)).toEqual(['pv Bound', 'data Bound'])
})

test('a claim that a pod uses outlives its deletion; its volume is kept', () => {
  const { clock, client } = world()
  make(client, 'persistentvolumes', volume('pv', { hostPath: { path: '/tmp/x' } }))
  make(client, 'persistentvolumeclaims', claim('data', ''))
  make(client, 'pods', pod('user', 'data'))
  clock.advance(5_000)
  client.delete('persistentvolumeclaims', 'default', 'data')
  clock.advance(5_000)
  expect(phases(client)).toEqual(['pv Bound', 'data Terminating'])
  client.delete('pods', 'default', 'user')
  clock.advance(5_000)
  expect(phases(client)).toEqual(['pv Released'])
})

test('a class that waits for its consumer binds where the volume is', () => {
  const { clock, client } = world()
  make(client, 'storageclasses.storage.k8s.io', {
    metadata: { name: 'local' },
    provisioner: 'kubernetes.io/no-provisioner',
    volumeBindingMode: 'WaitForFirstConsumer',
  })
  make(
    client,
    'persistentvolumes',
    volume('pv', {
      storageClassName: 'local',
      local: { path: '/' },
      nodeAffinity: {
        required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['node2'] }] }] },
      },
    }),
  )
  make(client, 'persistentvolumeclaims', claim('data', 'local'))
  clock.advance(20_000)
  expect(phases(client)).toEqual(['pv Available', 'data Pending'])
  make(client, 'pods', pod('user', 'data'))
  clock.advance(2_000)
  expect(phases(client)).toEqual(['pv Bound', 'data Bound'])
  expect(client.get<V1Pod>('pods', 'default', 'user')?.spec.nodeName).toBe('node2')
})

test('claims of a set go with it, or with the pod that is scaled away, as it asks', () => {
  const { clock, client } = world()
  make(client, 'storageclasses.storage.k8s.io', { metadata: { name: 'fast' }, provisioner: 'rancher.io/local-path' })
  const set = make(client, 'statefulsets.apps', {
    metadata: { name: 'db', namespace: 'default' },
    spec: {
      serviceName: 'db',
      replicas: 2,
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Delete' },
      selector: { matchLabels: { app: 'db' } },
      template: { metadata: { labels: { app: 'db' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } },
      volumeClaimTemplates: [{ ...claim('data', 'fast'), metadata: { name: 'data' } }],
    },
  })
  clock.advance(10_000)
  const latest = client.get<KubernetesObject & { spec: object }>('statefulsets.apps', 'default', 'db')
  client.update('statefulsets.apps', { ...latest, spec: { ...latest?.spec, replicas: 1 } } as KubernetesObject)
  clock.advance(60_000)
  expect(client.list('persistentvolumeclaims').map(({ metadata }) => metadata.name)).toEqual(['data-db-0'])
  client.delete('statefulsets.apps', 'default', set.metadata.name)
  clock.advance(60_000)
  expect(client.list('persistentvolumeclaims')).toEqual([])
})
