/**
 * A small session as the worker would tell it: for tests only. `Feed` numbers entries as stores do; the two stories are a first
 * container on a laptop, and a Deployment scaled to four on three nodes.
 */
import type { Frame, FrameEntry } from '../worker/messages.ts'

export class Feed {
  readonly entries: FrameEntry[] = []
  readonly #revisions = new Map<string, number>()
  now = Date.UTC(2026, 0, 5, 9)

  put(
    store: string,
    resource: string,
    key: string,
    object: object | null,
    { by = 'kubectl', because = 0 }: { by?: string; because?: number } = {},
  ): number {
    const revision = (this.#revisions.get(store) ?? 0) + 1
    this.#revisions.set(store, revision)
    this.entries.push({ store, revision, resource, key, object, by, because, at: this.now })
    return revision
  }

  type(line: string): void {
    const key = String(this.entries.length)
    this.put('session', 'commands', key, { line, machine: 'laptop', cwd: '/root' })
    this.put('session', 'commands', key, { line, machine: 'laptop', cwd: '/root', exitCode: 0 })
  }

  wait(ms: number): void {
    this.now += ms
  }

  frame(number: number, from = 0): Frame {
    return { type: 'frame', number, now: this.now, speed: 1, entries: this.entries.slice(from), reset: from === 0 && number === 0 }
  }
}

const created = '2026-01-05T09:00:00Z'

export function pod(
  name: string,
  {
    node,
    phase = 'Running',
    ready = true,
    owner,
    waiting,
    restarts = 0,
    labels = { app: 'web' },
    claim,
    at = created,
  }: {
    node?: string
    phase?: string
    ready?: boolean
    owner?: string
    waiting?: string
    restarts?: number
    labels?: Record<string, string>
    claim?: string
    at?: string
  },
): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'default',
      uid: `uid-${name}`,
      creationTimestamp: at,
      labels,
      ...(owner && {
        ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: owner, uid: `uid-${owner}`, controller: true }],
      }),
    },
    spec: {
      ...(node && { nodeName: node }),
      containers: [{ name: 'web', image: 'nginx:1.27', resources: { requests: { cpu: '100m', memory: '64Mi' } } }],
      ...(claim && { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: claim } }] }),
    },
    status: {
      phase,
      ...(node && { podIP: '10.244.2.7' }),
      conditions: [
        { type: 'PodScheduled', status: node ? 'True' : 'False' },
        { type: 'Ready', status: ready ? 'True' : 'False' },
      ],
      containerStatuses: node
        ? [
            {
              name: 'web',
              ready,
              restartCount: restarts,
              image: 'nginx:1.27',
              state: waiting
                ? { waiting: { reason: waiting } }
                : phase === 'Succeeded'
                  ? { terminated: { exitCode: 0, reason: 'Completed' } }
                  : { running: {} },
            },
          ]
        : [],
    },
  }
}

export function node(name: string, ready = 'True'): object {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, uid: `uid-${name}`, creationTimestamp: created },
    spec: {},
    status: {
      conditions: [{ type: 'Ready', status: ready }],
      allocatable: { cpu: '2', memory: '2Gi', pods: '110' },
      addresses: [{ type: 'InternalIP', address: '192.168.49.2' }],
    },
  }
}

export function deployment(name: string, replicas: number): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'default', uid: `uid-${name}`, creationTimestamp: created, labels: { app: name } },
    spec: { replicas, selector: { matchLabels: { app: name } } },
    status: { replicas, readyReplicas: replicas - 1 },
  }
}

export function replicaSet(name: string, owner: string, replicas: number): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name,
      namespace: 'default',
      uid: `uid-${name}`,
      creationTimestamp: created,
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: owner, uid: `uid-${owner}`, controller: true }],
    },
    spec: { replicas },
    status: { replicas },
  }
}

export const cluster = 'cluster/minikube'
export const laptop = 'docker/laptop'

/** Ends where the fourth Pod of the Deployment `web` is being given its image. */
export function clusterFeed(feed = new Feed()): Feed {
  for (const name of ['node-1', 'node-2', 'node-3']) feed.put(cluster, 'nodes', name, node(name), { by: `kubelet on ${name}` })
  feed.put(cluster, 'services', 'default/kubernetes', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'kubernetes', namespace: 'default', uid: 'k', creationTimestamp: created },
    spec: { clusterIP: '10.96.0.1', ports: [{ port: 443 }] },
  })
  feed.put(cluster, 'services', 'default/web', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'default', uid: 's', creationTimestamp: created },
    spec: { clusterIP: '10.96.0.12', type: 'NodePort', selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080, nodePort: 30080 }] },
  })
  feed.put(cluster, 'ingresses.networking.k8s.io', 'default/shop', {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'shop', namespace: 'default', uid: 'i', creationTimestamp: created },
    spec: { rules: [{ host: 'shop.local', http: { paths: [{ path: '/', backend: { service: { name: 'web' } } }] } }] },
  })
  feed.put(cluster, 'persistentvolumeclaims', 'default/data', {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'data', namespace: 'default', uid: 'c', creationTimestamp: created },
    spec: { resources: { requests: { storage: '1Gi' } } },
    status: { phase: 'Bound' },
  })
  const others = [
    ['cache-0', 'node-1', {}],
    ['mailer-0', 'node-2', { waiting: 'CrashLoopBackOff', ready: false, restarts: 4 }],
    ['queue-0', 'node-2', {}],
    ['db-0', 'node-3', { claim: 'data' }],
    ['report-1', 'node-3', { phase: 'Succeeded', ready: false }],
  ] as const
  for (const [name, on, more] of others)
    feed.put(cluster, 'pods', `default/${name}`, pod(name, { node: on, labels: { app: name }, ...more }), { by: `kubelet on ${on}` })
  feed.wait(60_000)
  feed.type('kubectl apply -f web.yaml')
  const first = feed.put(cluster, 'deployments.apps', 'default/web', deployment('web', 3))
  const set = feed.put(cluster, 'replicasets.apps', 'default/web-7d4b9c66d', replicaSet('web-7d4b9c66d', 'web', 3), {
    by: 'deployment-controller',
    because: first,
  })
  for (const [name, on] of [
    ['web-7d4b9c66d-7fq2m', 'node-1'],
    ['web-7d4b9c66d-m4tzk', 'node-1'],
    ['web-7d4b9c66d-tt81x', 'node-3'],
  ])
    starting(feed, name, on, set)
  feed.wait(40_000)
  feed.put(
    cluster,
    'events',
    'default/mailer-0.1',
    {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'mailer-0.1', namespace: 'default', uid: 'e', creationTimestamp: created },
      type: 'Warning',
      reason: 'BackOff',
      message: 'Back-off restarting failed container mailer in pod mailer-0',
      involvedObject: { kind: 'Pod', name: 'mailer-0', namespace: 'default', uid: 'uid-mailer-0' },
    },
    { by: 'kubelet on node-2' },
  )
  feed.wait(60_000)
  feed.type('kubectl get pods')
  feed.wait(30_000)
  feed.type('kubectl apply -f web.yaml')
  const second = feed.put(cluster, 'deployments.apps', 'default/web', deployment('web', 4))
  const scaled = feed.put(cluster, 'replicasets.apps', 'default/web-7d4b9c66d', replicaSet('web-7d4b9c66d', 'web', 4), {
    by: 'deployment-controller',
    because: second,
  })
  feed.wait(1000)
  const name = 'web-7d4b9c66d-x2k9p'
  const at = '2026-01-05T09:10:00Z'
  const made = feed.put(cluster, 'pods', `default/${name}`, pod(name, { phase: 'Pending', ready: false, owner: 'web-7d4b9c66d', at }), {
    by: 'replicaset-controller',
    because: scaled,
  })
  feed.wait(1000)
  const bound = feed.put(
    cluster,
    'pods',
    `default/${name}`,
    pod(name, { node: 'node-2', phase: 'Pending', ready: false, owner: 'web-7d4b9c66d', waiting: 'ContainerCreating', at }),
    { by: 'scheduler', because: made },
  )
  feed.put(
    cluster,
    'events',
    `default/${name}.1`,
    {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${name}.1`, namespace: 'default', uid: 'e2', creationTimestamp: at },
      type: 'Normal',
      reason: 'Scheduled',
      message: `Successfully assigned default/${name} to node-2`,
      involvedObject: { kind: 'Pod', name, namespace: 'default', uid: `uid-${name}` },
    },
    { by: 'scheduler', because: bound },
  )
  feed.wait(500)
  return feed
}

function starting(feed: Feed, name: string, on: string, because: number): void {
  const owner = 'web-7d4b9c66d'
  const made = feed.put(cluster, 'pods', `default/${name}`, pod(name, { phase: 'Pending', ready: false, owner }), {
    by: 'replicaset-controller',
    because,
  })
  const bound = feed.put(cluster, 'pods', `default/${name}`, pod(name, { node: on, phase: 'Pending', ready: false, owner }), {
    by: 'scheduler',
    because: made,
  })
  feed.wait(1200)
  const creating = feed.put(
    cluster,
    'pods',
    `default/${name}`,
    pod(name, { node: on, phase: 'Pending', ready: false, owner, waiting: 'ContainerCreating' }),
    { by: `kubelet on ${on}`, because: bound },
  )
  feed.wait(800)
  feed.put(cluster, 'pods', `default/${name}`, pod(name, { node: on, owner }), { by: `kubelet on ${on}`, because: creating })
}

const id = (letter: string) => letter.repeat(64)

export function image(tag: string, layers: readonly string[], size: number): object {
  return {
    Id: `sha256:${id(tag[0])}`,
    RepoTags: [tag],
    RepoDigests: tag.startsWith('kubia') ? [] : [`${tag.split(':')[0]}@sha256:${id('f')}`],
    Size: size,
    RootFS: { Type: 'layers', Layers: layers.map((layer) => `sha256:${id(layer)}`) },
  }
}

export function container(
  name: string,
  {
    letter,
    imageTag,
    status,
    exitCode = 0,
    port,
    network = 'bridge',
    volume,
    command,
  }: {
    letter: string
    imageTag: string
    status: string
    exitCode?: number
    port?: string
    network?: string
    volume?: string
    command: string
  },
): object {
  return {
    Id: id(letter),
    Name: `/${name}`,
    Created: `2026-01-05T09:0${letter}:00Z`,
    Image: `sha256:${id(imageTag[0])}`,
    Path: command.split(' ')[0],
    Args: command.split(' ').slice(1),
    State: { Status: status, ExitCode: exitCode, Pid: status === 'running' ? 4711 : 0 },
    Config: { Image: imageTag, Hostname: id(letter).slice(0, 12) },
    HostConfig: { NetworkMode: network },
    Mounts: volume ? [{ Type: 'volume', Name: volume, Destination: '/data' }] : [],
    NetworkSettings: {
      Networks: { [network]: { IPAddress: '172.17.0.2' } },
      Ports: port
        ? {
            '8080/tcp': [
              { HostIp: '0.0.0.0', HostPort: port },
              { HostIp: '::', HostPort: port },
            ],
          }
        : {},
    },
  }
}

/** A laptop with a build, a published port, a network of its own, a volume, and one container that failed. */
export function dockerFeed(feed = new Feed()): Feed {
  for (const [letter, name, subnet] of [
    ['1', 'bridge', '172.17.0.0/16'],
    ['2', 'host', ''],
    ['3', 'none', ''],
  ])
    feed.put(
      laptop,
      'networks',
      id(letter),
      { Id: id(letter), Name: name, Driver: name, IPAM: { Config: subnet ? [{ Subnet: subnet }] : [] } },
      { by: 'dockerd' },
    )
  feed.wait(5000)
  feed.type('docker run busybox echo "Hello world"')
  feed.wait(900)
  feed.put(laptop, 'images', 'busybox', image('busybox:latest', ['b'], 4_260_000), { by: 'dockerd' })
  feed.put(
    laptop,
    'containers',
    '1',
    container('eager_hopper', { letter: '1', imageTag: 'busybox:latest', status: 'created', command: 'echo Hello world' }),
    { by: 'dockerd' },
  )
  feed.put(
    laptop,
    'containers',
    '1',
    container('eager_hopper', { letter: '1', imageTag: 'busybox:latest', status: 'running', command: 'echo Hello world' }),
    { by: 'dockerd' },
  )
  feed.put(
    laptop,
    'containers',
    '1',
    container('eager_hopper', { letter: '1', imageTag: 'busybox:latest', status: 'exited', command: 'echo Hello world' }),
    { by: 'dockerd' },
  )
  feed.wait(20_000)
  feed.type('docker build -t kubia .')
  feed.put(laptop, 'images', 'node', image('node:7', ['a', 'c', 'd', 'e'], 660_000_000), { by: 'dockerd' })
  feed.put(laptop, 'images', 'kubia', image('kubia:latest', ['a', 'c', 'd', 'e', '9'], 660_010_000), { by: 'dockerd' })
  feed.wait(20_000)
  feed.type('docker network create shop')
  feed.put(
    laptop,
    'networks',
    id('4'),
    { Id: id('4'), Name: 'shop', Driver: 'bridge', IPAM: { Config: [{ Subnet: '172.18.0.0/16' }] } },
    { by: 'dockerd' },
  )
  feed.put(
    laptop,
    'volumes',
    'data',
    { Name: 'data', Driver: 'local', Mountpoint: '/var/lib/docker/volumes/data/_data' },
    { by: 'dockerd' },
  )
  feed.put(laptop, 'images', 'redis', image('redis:7', ['a', '8', '7'], 117_000_000), { by: 'dockerd' })
  feed.put(
    laptop,
    'containers',
    '3',
    container('cache', { letter: '3', imageTag: 'redis:7', status: 'running', network: 'shop', volume: 'data', command: 'redis-server' }),
    { by: 'dockerd' },
  )
  feed.put(
    laptop,
    'containers',
    '4',
    container('broken', { letter: '4', imageTag: 'kubia:latest', status: 'exited', exitCode: 1, command: 'node app.js' }),
    { by: 'dockerd' },
  )
  feed.wait(20_000)
  feed.type('docker run --name kubia-container -p 8080:8080 -d kubia')
  feed.put(
    laptop,
    'containers',
    '2',
    container('kubia-container', { letter: '2', imageTag: 'kubia:latest', status: 'created', port: '8080', command: 'node app.js' }),
    { by: 'dockerd' },
  )
  feed.wait(300)
  feed.put(
    laptop,
    'containers',
    '2',
    container('kubia-container', { letter: '2', imageTag: 'kubia:latest', status: 'running', port: '8080', command: 'node app.js' }),
    { by: 'dockerd' },
  )
  feed.wait(2000)
  return feed
}
