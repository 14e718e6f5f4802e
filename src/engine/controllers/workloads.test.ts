/** StatefulSets, Jobs and CronJobs on a small cluster, in session time. */
import { expect, test } from 'vitest'
import { ManualClock } from '../../base/clock.ts'
import { Random } from '../../base/random.ts'
import type { Client, Draft, KubernetesObject } from '../api/client.ts'
import { createCluster } from '../cluster.ts'
import type { CoreV1Event, V1Job, V1PersistentVolumeClaim, V1Pod, V1StatefulSet } from '../kinds/generated/types.ts'
import type { ContainerSpec } from '../runtime/runtime.ts'
import { nextAfter } from './schedule.ts'
import { TestRuntime, type Behaviour } from './test-runtime.ts'

function world(behave?: (spec: ContainerSpec) => Behaviour): { clock: ManualClock; client: Client } {
  const clock = new ManualClock()
  const random = new Random(5)
  const machines = ['controlplane', 'node1', 'node2'].map((name, index) => ({
    name,
    ip: `172.31.0.${index + 2}`,
    role: index === 0 ? ('control-plane' as const) : ('worker' as const),
    cpus: 2,
    memoryBytes: 4 * 2 ** 30,
    runtime: new TestRuntime({ clock, random, subnet: `10.244.${index}`, nodeIp: `172.31.0.${index + 2}`, ...(behave ? { behave } : {}) }),
  }))
  const cluster = createCluster({ name: 'kubernetes', clock, random, machines, isQuiet: true })
  clock.advance(3_000)
  return { clock, client: cluster.client('kubectl') }
}

function make(client: Client, resource: string, name: string, spec: object): void {
  client.create(resource, { metadata: { name, namespace: 'default' }, spec } as Draft<KubernetesObject>)
}

function messages(client: Client, kind: string): string[] {
  return client
    .list<CoreV1Event>('events', 'default')
    .filter(({ involvedObject }) => involvedObject.kind === kind)
    .map(({ reason, message }) => `${reason}: ${message}`)
}

const template = (labels: object, spec: object = {}): object => ({
  metadata: { labels },
  spec: { containers: [{ name: 'c', image: 'busybox', command: ['sh'] }], ...spec },
})

test('a StatefulSet makes its pods in order and takes them away from the end', () => {
  const { clock, client } = world()
  make(client, 'statefulsets.apps', 'db', {
    serviceName: 'db',
    replicas: 3,
    selector: { matchLabels: { app: 'db' } },
    template: template({ app: 'db' }),
  })
  clock.advance(10_000)
  expect(messages(client, 'StatefulSet')).toEqual([
    'SuccessfulCreate: create Pod db-0 in StatefulSet db successful',
    'SuccessfulCreate: create Pod db-1 in StatefulSet db successful',
    'SuccessfulCreate: create Pod db-2 in StatefulSet db successful',
  ])
  const set = client.get<V1StatefulSet>('statefulsets.apps', 'default', 'db') as V1StatefulSet
  expect(set.status).toMatchObject({ replicas: 3, readyReplicas: 3, currentReplicas: 3, updatedReplicas: 3, availableReplicas: 3 })
  expect(client.get<V1Pod>('pods', 'default', 'db-1')?.metadata.labels).toMatchObject({
    'apps.kubernetes.io/pod-index': '1',
    'controller-revision-hash': set.status?.updateRevision,
    'statefulset.kubernetes.io/pod-name': 'db-1',
  })
  client.update('statefulsets.apps', { ...set, spec: { ...set.spec, replicas: 1 } })
  clock.advance(10_000)
  expect(messages(client, 'StatefulSet').slice(3)).toEqual([
    'SuccessfulDelete: delete Pod db-2 in StatefulSet db successful',
    'SuccessfulDelete: delete Pod db-1 in StatefulSet db successful',
  ])
})

test('a Job counts its successes and is Complete', () => {
  const { clock, client } = world(() => ({ endsAfterMs: 3_000 }))
  make(client, 'jobs.batch', 'multi', { completions: 5, parallelism: 2, template: template({}, { restartPolicy: 'OnFailure' }) })
  clock.advance(60_000)
  const job = client.get<V1Job>('jobs.batch', 'default', 'multi') as V1Job
  expect(job.status).toMatchObject({ succeeded: 5, ready: 0, terminating: 0, uncountedTerminatedPods: {} })
  expect(job.status?.conditions?.map(({ type, reason, message }) => [type, reason, message])).toEqual([
    ['SuccessCriteriaMet', 'CompletionsReached', 'Reached expected number of succeeded pods'],
    ['Complete', 'CompletionsReached', 'Reached expected number of succeeded pods'],
  ])
  expect(client.list<V1Pod>('pods', 'default').map(({ status }) => status.phase)).toEqual(Array(5).fill('Succeeded'))
})

test('a Job that keeps failing gives up after its back-off limit', () => {
  const { clock, client } = world(() => ({ endsAfterMs: 100, exitCode: 1 }))
  make(client, 'jobs.batch', 'bad', { backoffLimit: 2, template: template({}, { restartPolicy: 'Never' }) })
  clock.advance(120_000)
  const job = client.get<V1Job>('jobs.batch', 'default', 'bad') as V1Job
  expect(job.status?.failed).toBe(3)
  expect(job.status?.conditions?.map(({ type, reason }) => `${type} ${reason}`)).toEqual([
    'FailureTarget BackoffLimitExceeded',
    'Failed BackoffLimitExceeded',
  ])
  expect(messages(client, 'Job').at(-1)).toBe('BackoffLimitExceeded: Job has reached the specified backoff limit')
})

test('a CronJob makes a Job each minute and keeps the last three', () => {
  const { clock, client } = world(() => ({ endsAfterMs: 1_000 }))
  make(client, 'cronjobs.batch', 'hello', {
    schedule: '*/1 * * * *',
    jobTemplate: { spec: { template: template({}, { restartPolicy: 'OnFailure' }) } },
  })
  clock.advance(6 * 60_000)
  const names = client.list<V1Job>('jobs.batch', 'default').map(({ metadata }) => metadata.name)
  expect(names.length).toBe(3)
  expect(names[0]).toMatch(/^hello-\d{8}$/)
  expect(messages(client, 'CronJob')[0]).toMatch(/^SuccessfulCreate: Created job hello-\d{8}$/)
})

test('schedules are read as cron reads them', () => {
  const from = Date.UTC(2026, 0, 5, 9, 0, 30)
  const next = (schedule: string, zone?: string): string | undefined => {
    const time = nextAfter(schedule, from, zone)
    return time === undefined ? undefined : new Date(time).toISOString()
  }
  expect([
    next('*/5 * * * *'),
    next('30 8 * * 1-5'),
    next('0 0 1 jan *'),
    next('@hourly'),
    next('0 12 * * *', 'Europe/Berlin'),
    next('61 * * * *'),
  ]).toEqual([
    '2026-01-05T09:05:00.000Z',
    '2026-01-06T08:30:00.000Z',
    '2027-01-01T00:00:00.000Z',
    '2026-01-05T10:00:00.000Z',
    '2026-01-05T11:00:00.000Z',
    undefined,
  ])
})

test('a claim is bound to a volume that fits, and its pod runs', () => {
  const { clock, client } = world()
  client.create('persistentvolumes', {
    metadata: { name: 'pv-a' },
    spec: {
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteOnce'],
      hostPath: { path: '/tmp/pv-a' },
      persistentVolumeReclaimPolicy: 'Retain',
    },
  } as Draft<KubernetesObject>)
  make(client, 'persistentvolumeclaims', 'data', {
    accessModes: ['ReadWriteOnce'],
    storageClassName: '',
    resources: { requests: { storage: '500Mi' } },
  })
  make(client, 'pods', 'user', {
    volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }],
    containers: [{ name: 'c', image: 'busybox', volumeMounts: [{ name: 'd', mountPath: '/d' }] }],
  })
  clock.advance(20_000)
  expect(client.get<V1PersistentVolumeClaim>('persistentvolumeclaims', 'default', 'data')?.status).toEqual({
    phase: 'Bound',
    accessModes: ['ReadWriteOnce'],
    capacity: { storage: '1Gi' },
  })
  expect(client.get<V1Pod>('pods', 'default', 'user')?.status.phase).toBe('Running')
})
