/**
 * The agent on a node: it registers the node, says every ten seconds that it lives, and gives each pod that is bound to it a worker.
 * It is a controller like the others, but for its containers, whose changes come from the runtime.
 */
import type { Cancel } from '../../../base/clock.ts'
import type { HttpHandler } from '../../../base/http.ts'
import { ApiError, type KubernetesObject, type Draft } from '../../api/client.ts'
import type { V1Lease, V1Node, V1NodeCondition, V1Pod, V1Taint } from '../../kinds/generated/types.ts'
import { canonicalQuantity } from '../../kinds/quantity.ts'
import { pace } from '../../pace.ts'
import type { ContainerRuntime } from '../../runtime/runtime.ts'
import type { Entry } from '../../store/store.ts'
import { Recorder } from '../events.ts'
import { matchesNode } from '../node-affinity.ts'
import { isOver, microTimestamp, timestamp } from '../objects.ts'
import { allocatableOf, requestsOf } from '../resources.ts'
import { runController, type Surroundings } from '../run.ts'
import { kubeletServer } from './http.ts'
import type { Host } from './host.ts'
import { PodWorker } from './pod-worker.ts'
import { obstacle } from './resize.ts'
import { isStatic, manifestFolder, mirror } from './static-pods.ts'

export interface NodeFacts {
  readonly name: string
  readonly ip: string
  readonly cpus: number
  readonly memoryBytes: number
  readonly diskBytes: number
  readonly diskReserve: number
  readonly importedImages: readonly { readonly names: readonly string[]; readonly sizeBytes: number }[]
  readonly maxPods: number
  readonly labels: Readonly<Record<string, string>>
  readonly taints: readonly V1Taint[]
  readonly machineId: string
  readonly bootId: string
  readonly kernelRelease: string
  readonly osImage: string
  readonly kubeletVersion: string
  readonly providerId?: string
}

export interface KubeletOptions {
  readonly facts: NodeFacts
  readonly runtime: ContainerRuntime
  readonly surroundings: Surroundings
  readonly clusterDns: string
  readonly clusterDomain: string
  readonly token: Host['token']
  /** Whether the network plugin is ready; undefined is always. */
  readonly isNetworkReady?: () => boolean
  readonly isRuntimeDown?: () => boolean
  readonly journal?: (severity: 'I' | 'W' | 'E', text: string) => void
  /** A cluster that was there before the learner came has no events of its own birth. */
  readonly isQuiet?: boolean
  /** The page was loaded again: pods that ran go on, nobody heard of it. */
  readonly isResumed?: boolean
  /** Where manifests of static pods lie; undefined: where kubeadm puts them. */
  readonly staticPodFolder?: string
  /** Which static pods the machine's manifests ask for and are at work, told at each look. */
  readonly onStaticPods?: (names: ReadonlySet<string>) => void
}

export interface Kubelet {
  readonly workers: ReadonlyMap<string, PodWorker>
  /** Port 10250. */
  readonly http: HttpHandler
  /** Reports anew whether the node is ready: the network plugin came or went. */
  report(): void
  stop: Cancel
}

export function startKubelet({
  facts,
  runtime,
  surroundings,
  clusterDns,
  clusterDomain,
  token,
  isNetworkReady = () => true,
  isRuntimeDown = () => false,
  journal = () => {},
  isQuiet = false,
  isResumed = false,
  staticPodFolder = manifestFolder,
  onStaticPods = () => {},
}: KubeletOptions): Kubelet {
  const { clock } = surroundings
  const by = `kubelet on ${facts.name}`
  const client = surroundings.client(by)
  const recorder = new Recorder({ clock, component: 'kubelet', host: facts.name })
  const workers = new Map<string, PodWorker>()
  const owners = new Map<string, PodWorker>()
  const cancels: Cancel[] = []
  let isStopped = false
  let reportedImages = ''
  let reportedAt = Number.NEGATIVE_INFINITY
  let isReady = false
  let isUnschedulable = false
  // Of its birth, and of a page that was loaded again, nobody hears.
  const startedAt = clock.now()
  let isBorn = !isQuiet && !isResumed

  const node = (): V1Node | undefined => client.get<V1Node>('nodes', '', facts.name)

  const nodeEvent = (type: 'Normal' | 'Warning', reason: string, message: string): void => {
    if (isBorn) recorder.eventAbout(client, { kind: 'Node', name: facts.name, uid: facts.name, apiVersion: 'v1' }, type, reason, message)
  }

  const host: Host = {
    clock,
    runtime,
    recorder,
    nodeName: facts.name,
    hostIp: facts.ip,
    clusterDns,
    clusterDomain,
    client,
    node,
    token,
    isResumed,
    isBirth: () => isQuiet && clock.now() - startedAt < pace.nodeReady + pace.containerStart * 10,
    journal,
    refusal(pod) {
      const here = node()
      if (!here) return undefined
      if (!matchesNode(pod, here))
        return {
          reason: 'NodeAffinity',
          message: "Pod was rejected: Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
        }
      const allocatable = allocatableOf(here)
      const requests = requestsOf(pod)
      const room = allocatable.get('pods') ?? 110
      // Counting is for nodes that may be full; most are not.
      if (workers.size <= room && requests.size === 0) return undefined
      const others = Array.from(workers.values(), (worker) => worker.allocatedPod).filter(
        (other) => other.metadata.uid !== pod.metadata.uid && !isOver(other),
      )
      if (others.length + 1 > room)
        return {
          reason: 'OutOfpods',
          message: `Pod was rejected: Node didn't have enough resource: pods, requested: 1, used: ${others.length}, capacity: ${room}`,
        }
      for (const [resource, value] of requests) {
        if (value === 0) continue
        const used = others.reduce((sum, other) => sum + (requestsOf(other).get(resource) ?? 0), 0)
        const capacity = allocatable.get(resource) ?? 0
        if (value > capacity - used)
          return {
            reason: `OutOf${resource}`,
            message: `Pod was rejected: Node didn't have enough resource: ${resource}, requested: ${value}, used: ${used}, capacity: ${capacity}`,
          }
      }
      return undefined
    },
    resizeObstacle: (pod) =>
      obstacle(pod, {
        node: node(),
        others: Array.from(workers.values())
          .filter(({ uid }) => uid !== pod.metadata.uid)
          .map(({ allocatedPod }) => allocatedPod),
      }),
    owns: (id, worker) => owners.set(id, worker),
    forget: (worker) => {
      for (const { id } of worker.records) if (id) owners.delete(id)
      if (workers.get(worker.key) === worker) workers.delete(worker.key)
      // A mirror that somebody deleted is back at once.
      if (isStatic(worker.pod)) cancels.push(clock.after(0, () => lookForManifests()))
      const next = client.get<V1Pod>('pods', worker.pod.metadata.namespace ?? '', worker.pod.metadata.name)
      // Its name may have been taken by a new pod meanwhile.
      if (next && next.metadata.uid !== worker.uid && next.spec.nodeName === facts.name) running.enqueue(worker.key)
    },
  }

  const reconcile = (key: string): void => {
    const slash = key.indexOf('/')
    const pod = client.get<V1Pod>('pods', key.slice(0, slash), key.slice(slash + 1))
    const because = pod ? Number(pod.metadata.resourceVersion) : 0
    const worker = workers.get(key)
    if (worker) {
      worker.poke(pod?.metadata.uid === worker.uid ? pod : undefined, because)
      return
    }
    if (!pod || pod.spec.nodeName !== facts.name) return
    const fresh = new PodWorker(host, key, pod)
    workers.set(key, fresh)
    fresh.poke(pod, because)
    fresh.sync()
  }

  const running = runController(
    {
      name: by,
      watches: {
        pods: ({ key, object, previous }: Entry) => {
          const pod = (object ?? previous) as V1Pod
          return pod.spec.nodeName === facts.name ? [key] : []
        },
      },
      reconcile,
    },
    surroundings,
  )
  cancels.push(
    running.stop,
    runtime.watch((id) => {
      const worker = owners.get(id)
      worker?.noteContainer()
      if (worker && isStatic(worker.pod)) cancels.push(clock.after(2 * pace.relist, lookForManifests))
    }),
  )

  const every = (ms: number, run: () => void): void => {
    let cancel: Cancel = () => {}
    const again = (): void => {
      cancel = clock.after(ms, () => {
        try {
          run()
        } finally {
          again()
        }
      })
    }
    again()
    cancels.push(() => cancel())
  }

  const renew = (): void => {
    const now = microTimestamp(clock.now())
    try {
      const lease = client.get<V1Lease>('leases.coordination.k8s.io', 'kube-node-lease', facts.name)
      if (lease) {
        client.update<V1Lease>('leases.coordination.k8s.io', { ...lease, spec: { ...lease.spec, renewTime: now } })
        return
      }
      const owner = node()
      client.create<V1Lease>('leases.coordination.k8s.io', {
        metadata: {
          name: facts.name,
          namespace: 'kube-node-lease',
          ...(owner ? { ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: facts.name, uid: owner.metadata.uid }] } : {}),
        },
        spec: { holderIdentity: facts.name, leaseDurationSeconds: 40, renewTime: now },
      })
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
    }
  }

  let downSince: number | undefined
  /** Heard of after half a minute without an answer. */
  const downNow = (): string | undefined => {
    downSince = isRuntimeDown() ? (downSince ?? clock.now()) : undefined
    return downSince !== undefined && clock.now() - downSince >= pace.runtimePatience ? 'container runtime is down' : undefined
  }

  const report = (): void => {
    const old = node()
    if (!old) {
      register()
      return
    }
    if ((old.spec?.unschedulable ?? false) !== isUnschedulable) {
      isUnschedulable = !isUnschedulable
      const reason = isUnschedulable ? 'NodeNotSchedulable' : 'NodeSchedulable'
      nodeEvent('Normal', reason, `Node ${facts.name} status is now: ${reason}`)
    }
    const now = clock.now()
    const pulled = runtime.images.all().map(({ name, id, sizeBytes }) => ({ names: [id, name], sizeBytes }))
    const isPulled = (names: readonly string[]) => pulled.some(({ names: [, name] }) => names.includes(name))
    const images = [
      ...pulled,
      ...facts.importedImages.filter(({ names }) => !isPulled(names)).map(({ names, sizeBytes }) => ({ names: [...names], sizeBytes })),
    ]
    const obstacle = downNow() ?? (isNetworkReady() ? undefined : noNetwork)
    const nowReady = obstacle === undefined
    const wasUnknown = old.status.conditions?.some(({ status }) => status === 'Unknown') ?? false
    const key = JSON.stringify(images)
    const isNews = key !== reportedImages || nowReady !== isReady || wasUnknown || !old.status.nodeInfo
    if (!isNews && now - reportedAt < pace.nodeStatusReport) return
    const status = {
      ...statusOf(facts, runtime),
      conditions: conditionsOf(old, obstacle, now),
      ...(images.length > 0 ? { images: images.sort((a, b) => b.sizeBytes - a.sizeBytes) } : {}),
    }
    reportedImages = key
    reportedAt = now
    try {
      client.updateStatus<V1Node>('nodes', { ...old, status: { ...old.status, ...status } })
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      return
    }
    if (nowReady && !isReady) nodeEvent('Normal', 'NodeReady', `Node ${facts.name} status is now: NodeReady`)
    if (!nowReady && isReady) nodeEvent('Normal', 'NodeNotReady', `Node ${facts.name} status is now: NodeNotReady`)
    isReady = nowReady
    isBorn = true
  }

  const register = (): void => {
    const draft: Draft<V1Node> = {
      metadata: {
        name: facts.name,
        labels: {
          'beta.kubernetes.io/arch': 'amd64',
          'beta.kubernetes.io/os': 'linux',
          'kubernetes.io/arch': 'amd64',
          'kubernetes.io/hostname': facts.name,
          'kubernetes.io/os': 'linux',
          ...facts.labels,
        },
        annotations: { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' },
      },
      spec: { ...(facts.providerId ? { providerID: facts.providerId } : {}), ...(facts.taints.length > 0 ? { taints: facts.taints } : {}) },
      status: { ...statusOf(facts, runtime), conditions: conditionsOf(undefined, noNetwork, clock.now()) },
    } as unknown as Draft<V1Node>
    try {
      const { uid } = client.create<V1Node>('nodes', draft).metadata
      client.create('csinodes.storage.k8s.io', {
        metadata: { name: facts.name, ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: facts.name, uid }] },
        spec: { drivers: null },
      } as Draft<KubernetesObject>)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
    }
  }

  const known = node()
  isReady = known?.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false
  nodeEvent('Normal', 'Starting', 'Starting kubelet.')
  journal('I', `server.go:530] "Kubelet version" kubeletVersion="${facts.kubeletVersion}"`)
  journal('I', `kubelet.go:480] "Attempting to sync node with API server"`)
  journal('I', `kubelet.go:381] "Adding static pod path" path="${staticPodFolder}"`)
  journal('I', `kubelet_node_status.go:75] "Attempting to register node" node="${facts.name}"`)
  journal(
    'I',
    `kubelet_node_status.go:${known ? '124] "Node was previously registered"' : '78] "Successfully registered node"'} node="${facts.name}"`,
  )
  if (!known) register()
  // Every kubelet says them when it starts, whatever the node object said before.
  for (const reason of ['NodeHasSufficientMemory', 'NodeHasNoDiskPressure', 'NodeHasSufficientPID'])
    nodeEvent('Normal', reason, `Node ${facts.name} status is now: ${reason}`)
  nodeEvent('Normal', 'NodeAllocatableEnforced', 'Updated Node Allocatable limit across pods')
  renew()
  cancels.push(clock.after(known || isQuiet ? 0 : pace.nodeReady, report))
  const refusedManifests = new Map<string, string>()
  const lookForManifests = (): void =>
    onStaticPods(
      mirror({
        files: runtime.files,
        folder: staticPodFolder,
        refused: (path, why) => {
          if (refusedManifests.get(path) !== why)
            journal('E', `file.go:187] "Could not process manifest file" err="${path}: ${why}" path="${path}"`)
          refusedManifests.set(path, why)
        },
        client,
        nodeName: facts.name,
        now: () => clock.now(),
        workers: [...workers.values()],
      }),
    )
  cancels.push(clock.after(0, lookForManifests))
  every(pace.manifestCheck, lookForManifests)
  every(pace.leaseRenewal, () => {
    renew()
    report()
  })
  return {
    workers,
    http: kubeletServer({ clock, runtime, nodeName: facts.name, workers }),
    report,
    stop() {
      if (isStopped) return
      isStopped = true
      for (const cancel of cancels) cancel()
      for (const worker of workers.values()) worker.drop()
      workers.clear()
      owners.clear()
    },
  }
}

function statusOf(facts: NodeFacts, runtime: ContainerRuntime): Partial<V1Node['status']> {
  const memoryKi = Math.floor(facts.memoryBytes / 1024)
  const diskKi = Math.floor(facts.diskBytes / 1024)
  const shared = { cpu: String(facts.cpus), 'hugepages-1Gi': '0', 'hugepages-2Mi': '0', pods: String(facts.maxPods) }
  return {
    addresses: [
      { type: 'InternalIP', address: facts.ip },
      { type: 'Hostname', address: facts.name },
    ],
    // What the thresholds of hard eviction keep back: 100 Mi, and a part of the disk, which Go holds in 32 bits.
    allocatable: {
      ...shared,
      'ephemeral-storage': String(diskKi * 1024 - Math.trunc(diskKi * 1024 * Math.fround(facts.diskReserve))),
      memory: canonicalQuantity(`${memoryKi - 102_400}Ki`),
    },
    capacity: { ...shared, 'ephemeral-storage': canonicalQuantity(`${diskKi}Ki`), memory: canonicalQuantity(`${memoryKi}Ki`) },
    daemonEndpoints: { kubeletEndpoint: { Port: 10250 } } as V1Node['status']['daemonEndpoints'],
    nodeInfo: {
      architecture: 'amd64',
      bootID: facts.bootId,
      containerRuntimeVersion: runtime.version,
      kernelVersion: facts.kernelRelease,
      kubeProxyVersion: '',
      kubeletVersion: facts.kubeletVersion,
      machineID: facts.machineId,
      operatingSystem: 'linux',
      osImage: facts.osImage,
      systemUUID: facts.machineId,
    },
  }
}

const noNetwork =
  'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized'

/** `obstacle`: why the node is not ready. */
function conditionsOf(old: V1Node | undefined, obstacle: string | undefined, now: number): readonly V1NodeCondition[] {
  const word = (type: string, status: string, reason: string, message: string): V1NodeCondition => {
    const before = old?.status.conditions?.find((condition) => condition.type === type)
    return {
      type,
      status,
      lastHeartbeatTime: timestamp(now),
      lastTransitionTime: before?.status === status ? before.lastTransitionTime : timestamp(now),
      reason,
      message,
    }
  }
  const foreign = (old?.status.conditions ?? []).filter(
    ({ type }) => !['MemoryPressure', 'DiskPressure', 'PIDPressure', 'Ready'].includes(type),
  )
  return [
    ...foreign,
    word('MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
    word('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
    word('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
    obstacle === undefined
      ? word('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status')
      : word('Ready', 'False', 'KubeletNotReady', obstacle),
  ]
}
