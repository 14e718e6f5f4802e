/**
 * Manifests bent a little, applied to a cluster that lives: control loops and kubelets run, nodes lose power, the API server and the loops are
 * stopped and started, others write to the same objects. Afterwards everything comes back and must settle: nothing lost, nothing left over, the
 * counts right. `FUZZ_LIVING=5000` makes as many steps; a seed that ever failed stays in `seeds`.
 */
import { expect, test } from 'vitest'
import { bytesOf } from '../../base/bytes.ts'
import { ManualClock } from '../../base/clock.ts'
import { ByteStream, Pending, type HttpResponse } from '../../base/http.ts'
import { Random } from '../../base/random.ts'
import { Dice } from '../api/fuzz-dice.ts'
import { createCluster, type Cluster } from '../cluster.ts'
import { kinds } from '../kinds/index.ts'
import { resourceName, structureOf, type Kind } from '../kinds/kind.ts'
import type {
  V1Deployment,
  V1EndpointSlice,
  V1Job,
  V1Node,
  V1Pod,
  V1ReplicaSet,
  V1ResourceQuota,
  V1Service,
} from '../kinds/generated/types.ts'
import { isOver } from './objects.ts'
import { TestRuntime } from './test-runtime.ts'

const steps = Number(process.env.FUZZ_LIVING ?? 150)
/** `FUZZ_SEED=7`, or `FUZZ_SEED=10-60` for many. */
const [firstSeed, lastSeed = firstSeed] = (process.env.FUZZ_SEED ?? '').split('-').map(Number)
const seeds = firstSeed ? Array.from({ length: lastSeed - firstSeed + 1 }, (_, index) => firstSeed + index) : [1, 5]

const template = {
  metadata: { labels: { app: 'web' } },
  spec: {
    containers: [
      { name: 'c', image: 'nginx:1.25', ports: [{ containerPort: 80 }], resources: { requests: { cpu: '10m', memory: '10Mi' } } },
    ],
  },
}
const onceTemplate = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'once' }] } }
const selector = { matchLabels: { app: 'web' } }

/** What people apply, sound. Names are few, so that objects meet. */
const sound: Readonly<Record<string, object>> = {
  'deployments.apps': { spec: { replicas: 2, selector, template } },
  'replicasets.apps': { spec: { replicas: 2, selector, template } },
  'statefulsets.apps': {
    spec: {
      replicas: 2,
      serviceName: 'web',
      selector,
      template,
      volumeClaimTemplates: [
        { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
      ],
    },
  },
  'daemonsets.apps': { spec: { selector, template } },
  replicationcontrollers: { spec: { replicas: 2, selector: { app: 'web' }, template } },
  'jobs.batch': { spec: { completions: 2, template: onceTemplate } },
  'cronjobs.batch': { spec: { schedule: '*/5 * * * *', jobTemplate: { spec: { template: onceTemplate } } } },
  pods: { metadata: { labels: { app: 'web' } }, spec: template.spec },
  services: { spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } },
  'ingresses.networking.k8s.io': {
    spec: {
      rules: [
        {
          host: 'a.example',
          http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } }] },
        },
      ],
    },
  },
  'networkpolicies.networking.k8s.io': {
    spec: { podSelector: selector, ingress: [{ from: [{ podSelector: {} }], ports: [{ port: 80 }] }] },
  },
  'horizontalpodautoscalers.autoscaling': {
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      minReplicas: 1,
      maxReplicas: 3,
      metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }],
    },
  },
  'poddisruptionbudgets.policy': { spec: { minAvailable: 1, selector } },
  persistentvolumeclaims: { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
  persistentvolumes: { spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/data' } } },
  configmaps: { data: { a: '1' } },
  secrets: { stringData: { a: '1' } },
  serviceaccounts: {},
  namespaces: {},
  resourcequotas: { spec: { hard: { pods: '12', configmaps: '10' } } },
  limitranges: { spec: { limits: [{ type: 'Container', default: { cpu: '100m' } }] } },
  'priorityclasses.scheduling.k8s.io': { value: 10 },
  'storageclasses.storage.k8s.io': { provisioner: 'rancher.io/local-path' },
  'endpointslices.discovery.k8s.io': { addressType: 'IPv4', endpoints: [{ addresses: ['10.1.2.3'] }], ports: [{ port: 80 }] },
  'roles.rbac.authorization.k8s.io': { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] },
}
const applied: readonly Kind[] = Object.keys(sound).map((name) => {
  const kind = kinds.find((each) => resourceName(each) === name && !each.storedAs)
  if (!kind) throw new Error(`no kind ${name}`)
  return kind
})

function world(seed: number) {
  const clock = new ManualClock()
  const random = new Random(seed)
  const machines = ['controlplane', 'node1', 'node2', 'node3'].map((name, index) => ({
    name,
    ip: `172.31.0.${index + 2}`,
    role: index === 0 ? ('control-plane' as const) : ('worker' as const),
    cpus: 4,
    memoryBytes: 16 * 2 ** 30,
    runtime: new TestRuntime({
      clock,
      random,
      subnet: `10.244.${index}`,
      nodeIp: `172.31.0.${index + 2}`,
      behave: ({ image }) => (image === 'once' ? { endsAfterMs: 2_000 } : {}),
    }),
  }))
  const cluster = createCluster({ name: 'kubernetes', clock, random, machines, isQuiet: true, hasSystemObjects: true })
  clock.advance(30_000)
  return { clock, cluster, machines, manifests: machines[0].runtime.files }
}

type World = ReturnType<typeof world>

async function send({ clock, cluster }: World, method: string, url: string, body?: unknown): Promise<HttpResponse> {
  let answer: HttpResponse | Pending<HttpResponse> = cluster.api.handle(
    {
      method,
      url,
      headers: { 'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json', accept: 'application/json' },
      body: bytesOf(body === undefined ? '' : JSON.stringify(body)),
    },
    {},
  )
  for (let turns = 0; answer instanceof Pending; turns++) {
    if (answer.value) answer = answer.value
    else if (turns > 200) throw new Error(`${method} ${url} was never answered`)
    else {
      await new Promise((resolve) => setTimeout(resolve))
      clock.advance(1_000)
    }
  }
  if (answer.body instanceof ByteStream) answer.body.end()
  return answer
}

const home = 'play'

function pathOf(kind: Kind, name = ''): string {
  const root = kind.group === '' ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`
  return `${root}${kind.namespaced ? `/namespaces/${home}` : ''}/${kind.resource}${name && `/${name}`}`
}

const apiManifest = '/etc/kubernetes/manifests/kube-apiserver.yaml'

/** One thing that happens to a cluster. */
async function act(it: World, dice: Dice, apiText: string): Promise<void> {
  const { clock, cluster, manifests } = it
  const kind = dice.one(applied)
  const name = dice.one(['web', 'a', 'b'])
  const draft = {
    apiVersion: kind.group === '' ? kind.version : `${kind.group}/${kind.version}`,
    kind: kind.kind,
    ...sound[resourceName(kind)],
    metadata: { name, ...(sound[resourceName(kind)] as { metadata?: object }).metadata },
  }
  const isUp = manifests.read(apiManifest) !== undefined
  const chosen = dice.random.below(100)
  if (chosen < 40 && isUp) await send(it, 'POST', pathOf(kind), dice.chance(30) ? draft : dice.twisted(draft, structureOf(kind)))
  else if (chosen < 58 && isUp) {
    const old = cluster.client('test').get(resourceName(kind), kind.namespaced ? home : '', name)
    if (old) {
      const twisted = dice.twisted(old, structureOf(kind)) as { metadata: object }
      await send(
        it,
        'PUT',
        `${pathOf(kind, name)}${dice.chance(20) ? '/status' : ''}`,
        dice.chance(70) ? twisted : { ...twisted, metadata: { ...twisted.metadata, resourceVersion: '1' } },
      )
    }
  } else if (chosen < 64 && isUp)
    await send(it, 'PATCH', pathOf(dice.one(applied.slice(0, 3)), name), { spec: { replicas: dice.random.below(5) } })
  else if (chosen < 76 && isUp)
    await send(it, 'DELETE', `${pathOf(kind, name)}?propagationPolicy=${dice.one(['Background', 'Foreground', 'Orphan'])}`)
  else if (chosen < 80 && isUp) {
    const pods = cluster.client('test').list<V1Pod>('pods', home)
    if (pods.length > 0)
      await send(it, 'DELETE', `/api/v1/namespaces/${home}/pods/${dice.one(pods).metadata.name}?gracePeriodSeconds=${dice.one([0, 1, 30])}`)
  } else if (chosen < 85) dice.chance(50) ? cluster.powerOff(dice.one(['node1', 'node2'])) : cluster.powerOn(dice.one(['node1', 'node2']))
  else if (chosen < 88) dice.chance(50) ? cluster.stopKubelet('node3') : cluster.startKubelet('node3')
  else if (chosen < 90 && isUp) await send(it, 'DELETE', `/api/v1/nodes/${dice.one(['node1', 'node2', 'node3'])}`)
  else if (chosen < 92) {
    if (isUp) manifests.remove(apiManifest)
    else manifests.write(apiManifest, apiText)
  }
  clock.advance(dice.one([1, 50, 300, 2_000, 20_000, 70_000]))
}

function comesBack({ clock, cluster, manifests }: World, apiText: string): void {
  manifests.write(apiManifest, apiText)
  // A Job that wants thousands of completions is at work, not restless.
  for (const { metadata, spec } of cluster.client('test').list<V1Job>('jobs.batch'))
    if ((spec?.completions ?? 1) > 20 || (spec?.parallelism ?? 1) > 20)
      cluster.client('test').delete('jobs.batch', metadata.namespace ?? '', metadata.name)
  for (const node of ['node1', 'node2', 'node3']) {
    cluster.powerOff(node)
    cluster.powerOn(node)
  }
  clock.advance(20 * 60_000)
}

/** Everything that is not as it should be once all has come to rest. */
function wrongs({ cluster }: World): string[] {
  const client = cluster.client('test')
  const found: string[] = []
  const pods = client.list<V1Pod>('pods')
  const nodes = new Map(client.list<V1Node>('nodes').map((node) => [node.metadata.name, node]))
  for (const { metadata, status } of nodes.values())
    if (status.conditions?.find(({ type }) => type === 'Ready')?.status !== 'True') found.push(`node ${metadata.name} is not Ready`)
  for (const { metadata, spec, status } of pods) {
    const what = `pod ${metadata.namespace}/${metadata.name}`
    if (spec.nodeName && !nodes.has(spec.nodeName)) found.push(`${what} stands on ${spec.nodeName}, which is gone`)
    if (metadata.deletionTimestamp !== undefined && !metadata.finalizers?.length)
      found.push(`${what} is Terminating for ever (${status.phase}, ${spec.nodeName ?? 'no node'})`)
  }
  const uids = new Set(
    cluster.store
      .resources()
      .flatMap((resource) => cluster.store.list(resource))
      .map((object) => (object as V1Pod).metadata.uid),
  )
  for (const resource of cluster.store.resources()) {
    for (const { metadata } of cluster.store.list(resource) as V1Pod[]) {
      const owners = metadata.ownerReferences ?? []
      if (owners.length > 0 && !metadata.deletionTimestamp && owners.every(({ uid }) => !uids.has(uid)))
        found.push(`${resource} ${metadata.name} has outlived its owners`)
    }
  }
  for (const { metadata, spec, status } of client.list<V1ReplicaSet>('replicasets.apps')) {
    if (metadata.deletionTimestamp) continue
    const own = pods.filter(
      (pod) =>
        pod.metadata.ownerReferences?.some(({ uid, controller }) => controller && uid === metadata.uid) &&
        !isOver(pod) &&
        !pod.metadata.deletionTimestamp,
    )
    const what = `replicaset ${metadata.namespace}/${metadata.name}`
    if (status?.observedGeneration !== metadata.generation)
      found.push(`${what} was not looked at: generation ${metadata.generation}, observed ${status?.observedGeneration}`)
    if ((status?.replicas ?? 0) !== own.length) found.push(`${what} tells ${status?.replicas} pods of ${own.length}`)
    if (own.length > (spec.replicas ?? 1)) found.push(`${what} has ${own.length} pods instead of ${spec.replicas}`)
    if (own.length < (spec.replicas ?? 1) && !status?.conditions?.some(({ type }) => type === 'ReplicaFailure'))
      found.push(`${what} has ${own.length} pods instead of ${spec.replicas} and says nothing`)
  }
  for (const { metadata, spec } of client.list<V1Service>('services')) {
    if (!spec.selector || Object.keys(spec.selector).length === 0 || spec.type === 'ExternalName' || metadata.deletionTimestamp) continue
    const chosen = pods.filter(
      (pod) =>
        pod.metadata.namespace === metadata.namespace &&
        Object.entries(spec.selector ?? {}).every(([key, value]) => pod.metadata.labels?.[key] === value),
    )
    const ready = chosen
      .filter(
        (pod) =>
          pod.status.podIP &&
          !isOver(pod) &&
          (pod.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') || spec.publishNotReadyAddresses),
      )
      .map((pod) => pod.status.podIP)
    const slices = client
      .list<V1EndpointSlice>('endpointslices.discovery.k8s.io', metadata.namespace)
      .filter(
        (slice) =>
          slice.metadata.labels?.['kubernetes.io/service-name'] === metadata.name &&
          slice.metadata.labels['endpointslice.kubernetes.io/managed-by'] === 'endpointslice-controller.k8s.io',
      )
    const told = slices
      .flatMap(({ endpoints }) => endpoints ?? [])
      .filter(({ conditions }) => conditions?.ready)
      .flatMap(({ addresses }) => addresses)
    const [left, right] = [[...new Set(told)].sort().join(), [...new Set(ready)].sort().join()]
    if (left !== right) found.push(`service ${metadata.namespace}/${metadata.name} sends to ${left}, ready are ${right}`)
  }
  for (const { metadata, spec, status } of client.list<V1ResourceQuota>('resourcequotas')) {
    if (spec?.scopes?.length || spec?.scopeSelector || metadata.deletionTimestamp) continue
    const here = pods.filter((pod) => pod.metadata.namespace === metadata.namespace && !isOver(pod)).length
    if (spec?.hard?.pods !== undefined && status?.used?.pods !== String(here))
      found.push(`quota ${metadata.name} counts ${status?.used?.pods} pods of ${here}`)
  }
  return found
}

for (const seed of seeds) {
  test(`after ${steps} bent manifests and faults a living cluster settles with its counts right (seed ${seed})`, {
    timeout: 3_600_000,
  }, async () => {
    const it = world(seed)
    const { clock, cluster } = it
    const apiText = new TextDecoder().decode(it.manifests.read(apiManifest))
    await send(it, 'POST', '/api/v1/namespaces', { metadata: { name: home } })
    await send(it, 'POST', '/api/v1/namespaces/default/configmaps', { metadata: { name: 'keep' }, data: { a: '1' } })
    await send(it, 'POST', '/apis/apps/v1/namespaces/default/deployments', {
      metadata: { name: 'keep' },
      spec: { replicas: 2, selector, template },
    })
    const kept = cluster.store.get('configmaps', 'default/keep')
    const dice = new Dice(seed)
    for (let step = 0; step < steps; step++) await act(it, dice, apiText)
    comesBack(it, apiText)
    const before = cluster.store.revision
    clock.advance(10 * 60_000)
    const written = tally(cluster, before)
    expect(wrongs(it)).toEqual([])
    expect(written).toEqual([])
    expect(cluster.store.get('configmaps', 'default/keep')).toBe(kept)
    expect(cluster.client('test').get<V1Deployment>('deployments.apps', 'default', 'keep')?.status).toMatchObject({
      replicas: 2,
      readyReplicas: 2,
    })
  })
}

/** Objects that were written more often in ten minutes of rest than waiting and trying again explains. */
function tally(cluster: Cluster, before: number): string[] {
  const counts = new Map<string, number>()
  for (const { resource, key, by } of cluster.store.since(before) ?? []) {
    if (resource === 'leases.coordination.k8s.io') continue
    const what = `${resource} ${key} by ${by}`
    counts.set(what, (counts.get(what) ?? 0) + 1)
  }
  return [...counts].filter(([, count]) => count > 60).map(([what, count]) => `${what}: ${count} writes`)
}
