/** A whole cluster on a manual clock: from nothing to Ready nodes, from a Deployment to running pods, and through faults. */
import { expect, test } from 'vitest'
import { ManualClock } from '../base/clock.ts'
import { Random } from '../base/random.ts'
import type { Draft } from './api/client.ts'
import { createCluster, type Cluster, type ClusterMachine } from './cluster.ts'
import { TestRuntime, type Behaviour } from './controllers/test-runtime.ts'
import type { ContainerSpec } from './runtime/runtime.ts'
import type { CoreV1Event, V1DaemonSet, V1Deployment, V1Node, V1Pod, V1ReplicaSet } from './kinds/generated/types.ts'

interface World {
  readonly clock: ManualClock
  readonly random: Random
  readonly cluster: Cluster
  readonly runtimes: Map<string, TestRuntime>
}

function world({
  workers = 3,
  seed = 1,
  behave,
  maxPods,
}: {
  workers?: number
  seed?: number
  behave?: (spec: ContainerSpec) => Behaviour
  maxPods?: number
} = {}): World {
  const clock = new ManualClock()
  const random = new Random(seed)
  const runtimes = new Map<string, TestRuntime>()
  const machine = (name: string, index: number): ClusterMachine => {
    const runtime = new TestRuntime({
      clock,
      random,
      subnet: `10.244.${index}`,
      nodeIp: `172.31.0.${index + 2}`,
      unknownImages: /doesnotexist/,
      ...(behave ? { behave } : {}),
    })
    runtimes.set(name, runtime)
    return {
      name,
      ip: `172.31.0.${index + 2}`,
      role: index === 0 ? 'control-plane' : 'worker',
      runtime,
      cpus: maxPods ? 2000 : 2,
      memoryBytes: maxPods ? 2 ** 44 : 24684092 * 1024,
      ...(maxPods ? { maxPods: () => maxPods } : {}),
    }
  }
  const names = ['controlplane', ...Array.from({ length: workers }, (_, index) => `node${index + 1}`)]
  const cluster = createCluster({ name: 'kubernetes', clock, random, machines: names.map(machine), isQuiet: true })
  return { clock, random, cluster, runtimes }
}

function deployment(name: string, replicas: number, image = 'nginx:1.25', spec: object = {}): Draft<V1Deployment> {
  return {
    metadata: { name, namespace: 'default' },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'c', image }] } },
      ...spec,
    },
  } as unknown as Draft<V1Deployment>
}

function pods({ cluster }: World): readonly V1Pod[] {
  return cluster.client('test').list<V1Pod>('pods', 'default')
}

function readyCount(world: World): number {
  return pods(world).filter((pod) => pod.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True')).length
}

test('three nodes and a control plane become Ready', () => {
  const { clock, cluster } = world()
  clock.advance(3_000)
  const nodes = cluster.client('test').list<V1Node>('nodes')
  expect(
    nodes.map(({ metadata, spec, status }) => [
      metadata.name,
      spec.podCIDR,
      status.conditions?.find(({ type }) => type === 'Ready')?.status,
      spec.taints?.map(({ key }) => key),
    ]),
  ).toEqual([
    ['controlplane', '10.244.0.0/24', 'True', ['node-role.kubernetes.io/control-plane']],
    ['node1', '10.244.1.0/24', 'True', undefined],
    ['node2', '10.244.2.0/24', 'True', undefined],
    ['node3', '10.244.3.0/24', 'True', undefined],
  ])
})

test('a Deployment becomes pods that run, spread over the workers', () => {
  const it = world()
  it.clock.advance(3_000)
  it.cluster.client('kubectl').create('deployments.apps', deployment('web', 6))
  it.clock.advance(5_000)
  expect(
    pods(it)
      .map(({ spec, status }) => [spec.nodeName, status.phase])
      .sort(),
  ).toEqual([
    ['node1', 'Running'],
    ['node1', 'Running'],
    ['node2', 'Running'],
    ['node2', 'Running'],
    ['node3', 'Running'],
    ['node3', 'Running'],
  ])
  const web = it.cluster.client('test').get<V1Deployment>('deployments.apps', 'default', 'web')
  expect(web?.status).toMatchObject({ replicas: 6, readyReplicas: 6, availableReplicas: 6, updatedReplicas: 6, observedGeneration: 1 })
  expect(web?.status.conditions?.map(({ type, status, reason, message }) => [type, status, reason, message])).toEqual(
    [
      ['Available', 'True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.'],
      ['Progressing', 'True', 'NewReplicaSetAvailable', 'ReplicaSet "web-7b84c5f95f" has successfully progressed.'],
    ].map((row) =>
      row.map((cell) =>
        cell.startsWith('ReplicaSet') ? expect.stringMatching(/^ReplicaSet "web-[a-z0-9]+" has successfully progressed\.$/) : cell,
      ),
    ),
  )
})

test('one pod goes through the states that a watch of the real one shows', () => {
  const it = world()
  it.clock.advance(3_000)
  const before = it.cluster.store.revision
  it.cluster.client('kubectl').create<V1Pod>('pods', {
    metadata: { name: 'one', namespace: 'default' },
    spec: { containers: [{ name: 'one', image: 'nginx' }] },
  } as unknown as Draft<V1Pod>)
  it.clock.advance(5_000)
  it.cluster.client('kubectl').delete('pods', 'default', 'one')
  it.clock.advance(5_000)
  const rows = it.cluster.store.since(before, 'pods')?.map(({ object, previous }) => {
    const pod = (object ?? previous) as V1Pod
    const { conditions } = pod.status
    return [
      object ? (previous ? 'MODIFIED' : 'ADDED') : 'DELETED',
      pod.status.phase,
      Boolean(pod.spec.nodeName),
      conditions?.map(({ type }) => type).join() ?? '',
      conditions?.map(({ status }) => status[0]).join('') ?? '',
      pod.metadata.deletionGracePeriodSeconds ?? '',
    ]
  })
  const all = 'PodReadyToStartContainers,Initialized,Ready,ContainersReady,PodScheduled'
  expect(rows?.slice(0, 6)).toEqual([
    ['ADDED', 'Pending', false, '', '', ''],
    ['MODIFIED', 'Pending', true, 'PodScheduled', 'T', ''],
    ['MODIFIED', 'Pending', true, all, 'FTFFT', ''],
    ['MODIFIED', 'Running', true, all, 'TTTTT', ''],
    ['MODIFIED', 'Running', true, all, 'TTTTT', 30],
    ['MODIFIED', 'Succeeded', true, all, 'FTFFT', 30],
  ])
  expect(rows?.at(-1)?.slice(0, 2)).toEqual(['DELETED', 'Succeeded'])
  const events = it.cluster
    .client('test')
    .list<CoreV1Event>('events', 'default')
    .filter(({ involvedObject }) => involvedObject.name === 'one')
  expect(events.map(({ reason, message, source }) => [reason, source?.component, message])).toEqual([
    ['Scheduled', undefined, 'Successfully assigned default/one to node1'],
    ['Pulling', 'kubelet', 'Pulling image "nginx"'],
    ['Pulled', 'kubelet', 'Successfully pulled image "nginx" in 100ms (100ms including waiting). Image size: 11951022 bytes.'],
    ['Created', 'kubelet', 'Created container: one'],
    ['Started', 'kubelet', 'Started container one'],
    ['Killing', 'kubelet', 'Stopping container one'],
  ])
})

function rollout(strategy: object, replicas: number): string[] {
  const it = world()
  it.clock.advance(3_000)
  const client = it.cluster.client('kubectl')
  client.create('deployments.apps', deployment('d', replicas, 'nginx:1.25', { strategy }))
  it.clock.advance(10_000)
  const from = it.clock.now()
  const web = client.get<V1Deployment>('deployments.apps', 'default', 'd') as V1Deployment
  const template = web.spec.template as V1Deployment['spec']['template'] & { spec: V1Pod['spec'] }
  client.update('deployments.apps', {
    ...web,
    spec: {
      ...web.spec,
      template: {
        ...template,
        spec: { ...template.spec, containers: template.spec.containers.map((each) => ({ ...each, image: 'nginx:1.26' })) },
      },
    },
  })
  it.clock.advance(60_000)
  const [old] = client.list<V1ReplicaSet>('replicasets.apps', 'default').filter(({ spec }) => spec.replicas === 0)
  const events = client
    .list<CoreV1Event>('events', 'default')
    .filter(({ involvedObject, firstTimestamp }) => involvedObject.kind === 'Deployment' && Date.parse(firstTimestamp ?? '') >= from - 1000)
  expect(client.get<V1Deployment>('deployments.apps', 'default', 'd')?.status).toMatchObject({
    replicas,
    updatedReplicas: replicas,
    availableReplicas: replicas,
  })
  return events.map(({ message }) =>
    (message ?? '')
      .replace('Scaled ', '')
      .replace(/replica set (\S+) from/, (_, name: string) => (name === old.metadata.name ? 'old' : 'new')),
  )
}

test('rolling updates take the steps of the recordings', () => {
  expect(rollout({ type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }, 4).slice(0, 3)).toEqual([
    'up new 0 to 1',
    'down old 4 to 3',
    'up new 1 to 2',
  ])
  expect(rollout({ type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } }, 4).slice(0, 2)).toEqual([
    'down old 4 to 3',
    'up new 0 to 1',
  ])
  expect(rollout({ type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: '100%' } }, 3)).toEqual([
    'down old 3 to 0',
    'up new 0 to 3',
  ])
  expect(rollout({ type: 'Recreate' }, 3)).toEqual(['down old 3 to 0', 'up new 0 to 3'])
})

test('a node that falls silent is Unknown after its grace time, and its pods come back elsewhere', () => {
  const it = world()
  it.clock.advance(3_000)
  const soon = [{ key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 5 }]
  const draft = deployment('web', 6)
  it.cluster.client('kubectl').create('deployments.apps', {
    ...draft,
    spec: { ...draft.spec, template: { ...draft.spec.template, spec: { ...draft.spec.template.spec, tolerations: soon } } },
  } as typeof draft)
  it.clock.advance(5_000)
  it.cluster.powerOff('node3')
  it.clock.advance(39_000)
  const node = (): V1Node => it.cluster.client('test').get<V1Node>('nodes', '', 'node3') as V1Node
  expect(node().status.conditions?.at(-1)?.status).toBe('True')
  it.clock.advance(20_000)
  expect(node().status.conditions?.map(({ status, reason, message }) => [status, reason, message])).toEqual(
    Array(4).fill(['Unknown', 'NodeStatusUnknown', 'Kubelet stopped posting node status.']),
  )
  it.clock.advance(15_000)
  expect(node().spec.taints?.map(({ key, effect }) => `${key}:${effect}`)).toEqual([
    'node.kubernetes.io/unreachable:NoSchedule',
    'node.kubernetes.io/unreachable:NoExecute',
  ])
  expect(
    pods(it)
      .filter(({ metadata }) => metadata.deletionTimestamp)
      .map(({ spec }) => spec.nodeName),
  ).toEqual(['node3', 'node3'])
  expect(readyCount(it)).toBe(6)
  it.cluster.powerOn('node3')
  it.clock.advance(15_000)
  expect(pods(it).length).toBe(6)
  expect(node().spec.taints).toBeUndefined()
})

test('a container that fails is restarted at once, then when the kubelet next looks after 10, 20, 40 seconds', () => {
  const it = world({ behave: () => ({ endsAfterMs: 100, exitCode: 1 }) })
  it.clock.advance(3_000)
  const before = it.cluster.store.revision
  it.cluster.client('kubectl').create<V1Pod>('pods', {
    metadata: { name: 'crash', namespace: 'default' },
    spec: { containers: [{ name: 'c', image: 'nginx' }] },
  } as unknown as Draft<V1Pod>)
  it.clock.advance(106_000)
  const starts: number[] = []
  let last = -1
  for (const { object, at } of it.cluster.store.since(before, 'pods') ?? []) {
    const count = (object as V1Pod).status.containerStatuses?.[0].restartCount ?? 0
    if (count > last && (object as V1Pod).status.containerStatuses) starts.push(at)
    last = Math.max(last, count)
  }
  const gaps = starts.slice(1).map((at, index) => Math.round((at - starts[index]) / 1000))
  expect(gaps.slice(0, 3)).toEqual([14, 28, 42])
  const [pod] = pods(it)
  expect(pod.status.containerStatuses?.[0]).toMatchObject({
    ready: false,
    started: false,
    lastState: { terminated: { exitCode: 1, reason: 'Error' } },
    state: {
      waiting: {
        reason: 'CrashLoopBackOff',
        message: `back-off 1m20s restarting failed container=c pod=crash_default(${pod.metadata.uid})`,
      },
    },
  })
})

test('an unknown image alternates between its two words', () => {
  const it = world()
  it.clock.advance(3_000)
  const before = it.cluster.store.revision
  it.cluster.client('kubectl').create<V1Pod>('pods', {
    metadata: { name: 'bad', namespace: 'default' },
    spec: { containers: [{ name: 'bad', image: 'nginx:doesnotexist' }] },
  } as unknown as Draft<V1Pod>)
  it.clock.advance(60_000)
  const words = (it.cluster.store.since(before, 'pods') ?? []).flatMap(
    ({ object }) => (object as V1Pod).status.containerStatuses?.[0].state?.waiting?.reason ?? [],
  )
  expect(words.filter((word, index) => word !== words[index - 1]).slice(0, 4)).toEqual([
    'ContainerCreating',
    'ErrImagePull',
    'ImagePullBackOff',
    'ErrImagePull',
  ])
})

test('deleting a Deployment takes its ReplicaSets and pods with it', () => {
  const it = world()
  it.clock.advance(3_000)
  it.cluster.client('kubectl').create('deployments.apps', deployment('web', 3))
  it.clock.advance(5_000)
  it.cluster.client('kubectl').delete('deployments.apps', 'default', 'web', { propagationPolicy: 'Background' })
  it.clock.advance(10_000)
  expect(pods(it).length).toBe(0)
  expect(it.cluster.client('test').list('replicasets.apps', 'default').length).toBe(0)
})

test('whatever breaks, in whatever order, ends as it was asked for', () => {
  for (let seed = 1; seed <= 8; seed++) {
    const it = world({ seed })
    const chance = new Random(seed * 7919)
    it.clock.advance(3_000)
    const client = it.cluster.client('kubectl')
    client.create('deployments.apps', deployment('web', 9))
    const off = new Set<string>()
    for (let fault = 0; fault < 25; fault++) {
      it.clock.advance(chance.below(20_000))
      const node = `node${1 + chance.below(3)}`
      switch (chance.below(5)) {
        case 0:
          it.cluster.powerOff(node)
          off.add(node)
          break
        case 1:
          it.cluster.powerOn(node)
          off.delete(node)
          break
        case 2: {
          const running = it.runtimes.get(node)?.running() ?? []
          if (running.length > 0 && !off.has(node)) it.runtimes.get(node)?.kill(chance.pick(running))
          break
        }
        case 3: {
          const all = pods(it)
          if (all.length > 0)
            client.delete('pods', 'default', chance.pick(all).metadata.name, chance.below(2) === 0 ? { gracePeriodSeconds: 0 } : {})
          break
        }
        default: {
          const web = client.get<V1Deployment>('deployments.apps', 'default', 'web') as V1Deployment
          client.update('deployments.apps', { ...web, spec: { ...web.spec, replicas: 3 + chance.below(9) } })
        }
      }
    }
    for (const node of off) it.cluster.powerOn(node)
    it.clock.advance(900_000)
    const web = client.get<V1Deployment>('deployments.apps', 'default', 'web') as V1Deployment
    expect([seed, web.status.availableReplicas, pods(it).length, readyCount(it)]).toEqual([
      seed,
      web.spec.replicas,
      web.spec.replicas,
      web.spec.replicas,
    ])
  }
})

test('a cluster as kubeadm leaves it runs CoreDNS twice and kube-proxy on every node', () => {
  const clock = new ManualClock()
  const random = new Random(3)
  const machine = (name: string, index: number): ClusterMachine => ({
    name,
    ip: `172.31.0.${index + 2}`,
    role: index === 0 ? 'control-plane' : 'worker',
    cpus: 2,
    memoryBytes: 4 * 2 ** 30,
    runtime: new TestRuntime({ clock, random, subnet: `10.244.${index}`, nodeIp: `172.31.0.${index + 2}` }),
  })
  const cluster = createCluster({
    name: 'kubernetes',
    clock,
    random,
    machines: ['controlplane', 'node1', 'node2'].map(machine),
    isQuiet: true,
    hasSystemObjects: true,
  })
  clock.advance(8_000)
  const rows = cluster
    .client('test')
    .list<V1Pod>('pods', 'kube-system')
    .map(({ metadata, spec, status }) => [metadata.name.replace(/-.*/, ''), spec.nodeName, status.phase])
  expect(rows.filter(([name]) => name === 'coredns').map(([, , phase]) => phase)).toEqual(['Running', 'Running'])
  expect(rows.filter(([, node]) => node !== undefined).length).toBe(9)
  const proxies = cluster.client('test').list<V1DaemonSet>('daemonsets.apps', 'kube-system')[0]
  expect(proxies.status).toEqual({
    currentNumberScheduled: 3,
    desiredNumberScheduled: 3,
    numberAvailable: 3,
    numberMisscheduled: 0,
    numberReady: 3,
    observedGeneration: 1,
    updatedNumberScheduled: 3,
  })
})

test('a cluster that was set up by hand has no static pods, and CoreDNS has the hash of the template that its maker wrote', () => {
  const clock = new ManualClock()
  const random = new Random(3)
  const runtime = new TestRuntime({ clock, random, subnet: '10.244.0', nodeIp: '172.31.0.2' })
  const machine = { name: 'controlplane', ip: '172.31.0.2', role: 'control-plane', cpus: 2, memoryBytes: 4 * 2 ** 30, runtime } as const
  const names = (isHandmade: boolean) => {
    const cluster = createCluster({ name: 'kubernetes', clock, random, machines: [machine], hasSystemObjects: true, isHandmade })
    clock.advance(5_000)
    const pods = cluster.client('test').list<V1Pod>('pods', 'kube-system')
    cluster.stop()
    return [...new Set(pods.map(({ metadata }) => metadata.name.replace(/-[a-z0-9]{5}$/, '')))]
  }
  expect(names(true)).toEqual(['coredns-597c86b75c', 'kube-proxy'])
  expect(names(false)).toEqual([
    'coredns-674b8bbfcf',
    'etcd-controlplane',
    'kube-apiserver-controlplane',
    'kube-controller-manager-controlplane',
    'kube-proxy',
    'kube-scheduler-controlplane',
  ])
})
