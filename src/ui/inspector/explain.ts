/**
 * What a thing is and how it is, in plain words: derived from the object and its neighbours, the same for everybody who looks.
 * Commands are those that a person would type next.
 */
import type { Subject } from '../app/state.ts'
import { containerName, imageName, shortId } from '../causes.ts'
import { imageOf, dockerView } from '../diagram/docker-view.ts'
import { selects } from '../diagram/cluster-view.ts'
import { humanSize } from '../../base/go-units.ts'
import {
  shelf,
  type ApiObject,
  type Claim,
  type DockerContainer,
  type DockerImage,
  type DockerNetwork,
  type DockerVolume,
  type Ingress,
  type Node,
  type Owner,
  type Pod,
  type Replicated,
  type Service,
} from '../objects.ts'
import { containerStatus, isReady, nodeStatus, podStatus, readyContainers, restartsOf, type Status } from '../status.ts'
import { objectAt, type World } from '../world.ts'

export interface Link {
  readonly text: string
  readonly subject: Subject | undefined
}

export interface Explained {
  readonly kind: string
  readonly name: string
  readonly status: Status | undefined
  /** Sentence with `code` and **names**. */
  readonly why: string
  /** From the outermost owner to the thing itself. */
  readonly owners: readonly Link[]
  readonly facts: readonly (readonly [string, string])[]
  /** Steps of its life, with the one it is in. */
  readonly life?: { readonly all: readonly string[]; readonly now: string }
  /** Where it can be seen in a browser. */
  readonly pages?: readonly string[]
  readonly commands: readonly string[]
  readonly logs: readonly string[]
}

export function explained(world: World, subject: Subject): Explained | undefined {
  const object = objectAt(world, subject.store, subject.resource, subject.key)
  if (!object) return undefined
  if (subject.store.startsWith('docker/')) return dockerExplained(world, subject, object)
  switch (subject.resource) {
    case 'pods':
      return podExplained(world, subject, object as Pod)
    case 'nodes':
      return nodeExplained(world, subject, object as Node)
    case 'services':
      return serviceExplained(world, subject, object as Service)
    case 'deployments.apps':
    case 'replicasets.apps':
    case 'statefulsets.apps':
      return replicatedExplained(world, subject, object as Replicated)
    case 'persistentvolumeclaims':
      return claimExplained(object as Claim)
    case 'ingresses.networking.k8s.io':
      return ingressExplained(object as Ingress)
    default:
      return anyExplained(world, subject, object as ApiObject)
  }
}

function inNamespace({ metadata }: ApiObject): string {
  return metadata.namespace && metadata.namespace !== 'default' ? ` -n ${metadata.namespace}` : ''
}

/** Kinds whose owners the page can look up. */
const resourceOfKind: Readonly<Record<string, string>> = {
  ReplicaSet: 'replicasets.apps',
  Deployment: 'deployments.apps',
  StatefulSet: 'statefulsets.apps',
  DaemonSet: 'daemonsets.apps',
  Job: 'jobs.batch',
  CronJob: 'cronjobs.batch',
  Node: 'nodes',
}

function ownersOf(world: World, store: string, object: ApiObject): Link[] {
  const chain: Link[] = []
  let owner: Owner | undefined = object.metadata.ownerReferences?.find(({ controller }) => controller)
  const { namespace } = object.metadata
  while (owner && chain.length < 6) {
    const resource = resourceOfKind[owner.kind]
    const key = owner.kind === 'Node' ? owner.name : `${namespace}/${owner.name}`
    const above = resource ? (objectAt(world, store, resource, key) as ApiObject | undefined) : undefined
    chain.unshift({ text: `${owner.kind} ${owner.name}`, subject: above && resource ? { store, resource, key } : undefined })
    owner = above?.metadata.ownerReferences?.find(({ controller }) => controller)
  }
  return chain.length > 0 ? [...chain, { text: object.kind, subject: undefined }] : []
}

function podExplained(world: World, { store }: Subject, pod: Pod): Explained {
  const { name } = pod.metadata
  const status = podStatus(pod)
  const containers = pod.spec.containers
  const requests = ['cpu', 'memory']
    .map((what) =>
      containers
        .map(({ resources }) => resources?.requests?.[what])
        .filter(Boolean)
        .join(' + '),
    )
    .filter(Boolean)
  const flag = inNamespace(pod)
  return {
    kind: 'Pod',
    name,
    status,
    why: podWhy(pod, status),
    owners: ownersOf(world, store, pod),
    facts: [
      ['Node', pod.spec.nodeName ?? 'none yet'],
      ['Ready', `${readyContainers(pod.status?.containerStatuses)} of ${containers.length} container${containers.length === 1 ? '' : 's'}`],
      ['Restarts', String(restartsOf(pod))],
      ['Pod IP', pod.status?.podIP ?? 'none yet'],
      ...containers.map(({ name, image }) => [name, image ?? ''] as const),
      ...(requests.length > 0 ? [['Asks for', requests.join(', ')] as const] : []),
    ],
    commands: [`kubectl describe pod ${name}${flag}`, `kubectl exec -it ${name}${flag} -- sh`, `kubectl delete pod ${name}${flag}`],
    logs: containers.flatMap((container) => {
      const which = containers.length > 1 ? ` -c ${container.name}` : ''
      return [
        `kubectl logs ${name}${flag}${which}`,
        `kubectl logs -f ${name}${flag}${which}`,
        ...(restartsOf(pod) > 0 ? [`kubectl logs --previous ${name}${flag}${which}`] : []),
      ]
    }),
  }
}

function podWhy(pod: Pod, status: Status): string {
  const node = pod.spec.nodeName
  const bad = pod.status?.containerStatuses?.find(({ state }) => state?.waiting?.message)?.state?.waiting?.message
  const image = pod.spec.containers[0]?.image ?? 'its image'
  const ended = pod.status?.containerStatuses?.find(({ lastState }) => lastState?.terminated)?.lastState?.terminated
  if (!node) {
    const reason = pod.status?.conditions?.find(({ type, status }) => type === 'PodScheduled' && status === 'False')?.message
    return reason ? `No node has taken it: ${reason}` : 'Waiting for the scheduler to choose a node.'
  }
  switch (true) {
    case status.word === 'Terminating':
      return 'It was asked to go. Its processes got SIGTERM; after the grace period they get SIGKILL.'
    case status.word.startsWith('Crash loop'):
      return `Its process ends again and again${ended ? ` with exit code ${ended.exitCode}` : ''}; the kubelet waits longer before each new start. The logs tell why it ends.`
    case status.word === 'ErrImagePull' || status.word === 'ImagePullBackOff':
      return `The kubelet cannot get \`${image}\`. ${bad ? `It says: ${bad.replaceAll('`', "'")}` : 'Is the name right?'}`
    case status.shape === 'failing':
      return `Something is wrong: ${status.word}. ${bad ? bad.replaceAll('`', "'") : ''}`
    case status.shape === 'completed':
      return 'Its work is done, and its process ended well.'
    case isReady(pod):
      return `Runs on **${node}** and is ready: Services that select it send it traffic.`
    case status.word === 'Creating' || status.word === 'Starting':
      return `Placed on **${node}**. The kubelet is asking containerd for \`${image}\` and a container.${pod.spec.containers[0]?.readinessProbe ? ' It will be ready once its probe answers.' : ''}`
    default:
      return `On **${node}**, not ready yet: no Service sends it traffic.`
  }
}

function nodeExplained(world: World, { store }: Subject, node: Node): Explained {
  const { name } = node.metadata
  const status = nodeStatus(node)
  const pods = [...shelf<Pod>(world, store, 'pods').values()].filter(({ spec }) => spec.nodeName === name)
  const info = node.status?.nodeInfo
  return {
    kind: 'Node',
    name,
    status,
    why:
      status.shape === 'failing'
        ? 'Its kubelet has not been heard from. Pods that stay away too long are started elsewhere.'
        : node.spec.unschedulable
          ? 'Works, but takes no new Pods.'
          : `A machine that runs Pods. Its kubelet starts what the API server has put here.`,
    owners: [],
    facts: [
      ['Pods', String(pods.length)],
      ['Address', node.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? ''],
      ['CPU', node.status?.allocatable?.cpu ?? ''],
      ['Memory', node.status?.allocatable?.memory ?? ''],
      ...(info ? [['kubelet', info.kubeletVersion ?? ''] as const, ['Runtime', info.containerRuntimeVersion ?? ''] as const] : []),
      ...(node.spec.taints ?? []).map(({ key, effect }) => ['Taint', `${key}:${effect}`] as const),
    ],
    commands: [
      `kubectl describe node ${name}`,
      node.spec.unschedulable ? `kubectl uncordon ${name}` : `kubectl cordon ${name}`,
      `kubectl drain ${name} --ignore-daemonsets`,
    ],
    logs: [],
  }
}

function serviceExplained(world: World, { store }: Subject, service: Service): Explained {
  const { name, namespace } = service.metadata
  const { spec } = service
  const pods = [...shelf<Pod>(world, store, 'pods').values()].filter(
    (pod) => pod.metadata.namespace === namespace && selects(spec.selector, pod.metadata.labels),
  )
  const ready = pods.filter(isReady).length
  const selector = Object.entries(spec.selector ?? {})
    .map(([label, value]) => `${label}=${value}`)
    .join(',')
  const flag = inNamespace(service)
  const why = !spec.selector
    ? 'An address without a selector: its endpoints are written by somebody else.'
    : pods.length === 0
      ? `No Pod has the labels \`${selector}\`, so nobody answers.`
      : `One address for all Pods with \`${selector}\`: ${ready} of ${pods.length} are ready and get its traffic.`
  return {
    kind: 'Service',
    name,
    why,
    owners: [],
    status: !spec.selector
      ? undefined
      : ready > 0
        ? { shape: 'running', word: `${ready} ready` }
        : { shape: 'waiting', word: 'nobody ready' },
    facts: [
      ['Type', spec.type ?? 'ClusterIP'],
      ['Cluster IP', spec.clusterIP ?? ''],
      ...(spec.ports ?? []).map(
        ({ port, targetPort, nodePort, name }) =>
          [`Port${name ? ` ${name}` : ''}`, `${port} → ${targetPort ?? port}${nodePort ? `, node port ${nodePort}` : ''}`] as const,
      ),
    ],
    pages: pagesOf(world, store, service),
    commands: [`kubectl describe service ${name}${flag}`, `kubectl get endpoints ${name}${flag}`],
    logs: [],
  }
}

function pagesOf(world: World, store: string, { spec, status }: Service): string[] {
  const [node] = shelf<Node>(world, store, 'nodes').values()
  const address = node?.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address
  const ports = (spec.ports ?? []).filter(({ protocol = 'TCP' }) => protocol === 'TCP')
  const balanced = status?.loadBalancer?.ingress?.[0]?.ip
  return [
    ...ports.flatMap(({ nodePort }) => (nodePort && address ? [`${address}:${nodePort}`] : [])),
    ...ports.flatMap(({ port }) => (balanced ? [`${balanced}:${port}`] : [])),
  ]
}

function replicatedExplained(world: World, { store }: Subject, object: Replicated): Explained {
  const wanted = object.spec.replicas ?? 1
  const ready = object.status?.readyReplicas ?? 0
  const kind = object.kind.toLowerCase()
  const { name } = object.metadata
  const flag = inNamespace(object)
  return {
    kind: object.kind,
    name,
    owners: ownersOf(world, store, object),
    status:
      ready >= wanted
        ? { shape: wanted === 0 ? 'waiting' : 'running', word: `${ready} of ${wanted} ready` }
        : { shape: 'starting', word: `${ready} of ${wanted} ready` },
    why:
      ready >= wanted
        ? `${wanted} wanted, ${ready} ready: nothing to do.`
        : `${wanted} wanted, ${ready} ready: its controller keeps closing the gap.`,
    facts: [
      ['Wanted', String(wanted)],
      ['There', String(object.status?.replicas ?? 0)],
      ['Up to date', String(object.status?.updatedReplicas ?? object.status?.replicas ?? 0)],
      ['Ready', String(ready)],
    ],
    commands: [
      `kubectl describe ${kind} ${name}${flag}`,
      `kubectl scale ${kind} ${name}${flag} --replicas=${wanted + 1}`,
      ...(kind === 'deployment'
        ? [`kubectl rollout status deployment ${name}${flag}`, `kubectl rollout history deployment ${name}${flag}`]
        : []),
    ],
    logs: [`kubectl logs ${kind}/${name}${flag}`],
  }
}

function claimExplained(claim: Claim): Explained {
  const bound = claim.status?.phase === 'Bound'
  return {
    kind: 'PersistentVolumeClaim',
    name: claim.metadata.name,
    owners: [],
    status: bound ? { shape: 'running', word: 'Bound' } : { shape: 'waiting', word: claim.status?.phase ?? 'Pending' },
    why: bound ? 'A piece of storage that outlives the Pods that mount it.' : 'Asks for storage; no volume has been found for it yet.',
    facts: [['Asks for', claim.spec.resources?.requests?.storage ?? '']],
    commands: [`kubectl describe pvc ${claim.metadata.name}${inNamespace(claim)}`],
    logs: [],
  }
}

function ingressExplained(ingress: Ingress): Explained {
  const rules = (ingress.spec.rules ?? []).flatMap(({ host, http }) =>
    (http?.paths ?? []).map(({ path, backend }) => [`${host ?? '*'}${path ?? ''}`, backend?.service?.name ?? ''] as const),
  )
  return {
    kind: 'Ingress',
    name: ingress.metadata.name,
    owners: [],
    status: undefined,
    why: 'Sends HTTP requests from outside to Services, by host name and path.',
    facts: rules,
    commands: [`kubectl describe ingress ${ingress.metadata.name}${inNamespace(ingress)}`],
    logs: [],
  }
}

function anyExplained(world: World, { store }: Subject, object: ApiObject): Explained {
  const labels = Object.entries(object.metadata.labels ?? {}).map(([name, value]) => [name, value] as const)
  return {
    kind: object.kind,
    name: object.metadata.name,
    status: undefined,
    why: `A ${object.kind}${object.metadata.namespace ? ` in namespace **${object.metadata.namespace}**` : ''}.`,
    owners: ownersOf(world, store, object),
    facts: labels,
    commands: [`kubectl describe ${object.kind.toLowerCase()} ${object.metadata.name}${inNamespace(object)}`],
    logs: [],
  }
}

function dockerExplained(world: World, { store, resource }: Subject, object: object): Explained | undefined {
  switch (resource) {
    case 'containers':
      return containerExplained(world, store, object as DockerContainer)
    case 'images':
      return imageExplained(world, store, object as DockerImage)
    case 'networks':
      return networkExplained(world, store, object as DockerNetwork)
    case 'volumes':
      return volumeExplained(world, store, object as DockerVolume)
    default:
      return undefined
  }
}

const lifeOfContainer = ['created', 'running', 'paused', 'restarting', 'exited', 'dead']

function containerExplained(world: World, store: string, container: DockerContainer): Explained {
  const name = containerName(container)
  const status = containerStatus(container)
  const state = container.State.Status
  const isRunning = state === 'running'
  const image = imageOf(dockerView(world, store), container)
  const doors = dockerView(world, store).doors.filter((door) => door.container === container.Id)
  const machine = store === 'docker/laptop' ? 'localhost' : store.slice('docker/'.length)
  const addresses = Object.entries(container.NetworkSettings?.Networks ?? {}).filter(([, { IPAddress }]) => IPAddress)
  return {
    kind: 'Container',
    name,
    status,
    why: containerWhy(container),
    life: { all: lifeOfContainer, now: state },
    owners: [
      { text: `Image ${container.Config.Image}`, subject: image ? { store, resource: 'images', key: image } : undefined },
      { text: 'Container', subject: undefined },
    ],
    facts: [
      ['Id', shortId(container.Id)],
      ['Command', [container.Path ?? '', ...(container.Args ?? [])].join(' ').trim()],
      ...addresses.map(([network, { IPAddress }]) => [`On ${network}`, IPAddress ?? ''] as const),
      ...doors.map(({ hostPort, containerPort }) => ['Port', `${hostPort} → ${containerPort}`] as const),
      ...(container.Mounts ?? []).map(
        ({ Name, Source, Destination }) => ['Mount', `${Name ? shortId(Name) : Source} → ${Destination}`] as const,
      ),
      ...(container.HostConfig?.Memory ? [['Memory limit', humanSize(container.HostConfig.Memory)] as const] : []),
      ...(container.SizeRw === undefined ? [] : [['Own layer', humanSize(container.SizeRw)] as const]),
    ],
    pages: isRunning
      ? doors.filter(({ containerPort }) => containerPort.endsWith('/tcp')).map(({ hostPort }) => `${machine}:${hostPort}`)
      : [],
    commands: isRunning
      ? [`docker exec -it ${name} sh`, `docker top ${name}`, `docker stop ${name}`]
      : [`docker start ${name}`, `docker inspect ${name}`, `docker rm ${name}`],
    logs: [`docker logs ${name}`, `docker logs -f ${name}`],
  }
}

function containerWhy(container: DockerContainer): string {
  const { Status, ExitCode = 0, OOMKilled, Error: error } = container.State
  if (error) return `It could not start: ${error.replaceAll('`', "'")}`
  switch (Status) {
    case 'running':
      return 'A process of this machine that sees only its own files, processes and network. It lives as long as its process 1.'
    case 'created':
      return 'Made but never started: a writable layer on top of its image, and no process yet.'
    case 'paused':
      return 'Its processes are frozen where they stand; they keep their memory.'
    case 'exited':
      if (OOMKilled) return 'It wanted more memory than its limit, so the kernel killed it (137).'
      if (ExitCode === 0) return 'Its process 1 ended well. The writable layer stays until the container is removed.'
      if (ExitCode > 128)
        return `Its process 1 was ended by signal ${ExitCode - 128}. The writable layer stays until the container is removed.`
      return `Its process 1 ended with exit code ${ExitCode}. The logs tell why.`
    case 'restarting':
      return 'Its process ended, and its restart policy starts it again after a pause.'
    default:
      return `It is ${Status}.`
  }
}

function imageExplained(world: World, store: string, image: DockerImage): Explained {
  const view = dockerView(world, store)
  const users = view.containers.filter(({ container }) => container.Image === image.Id).length
  const layers = image.RootFS?.Layers ?? []
  const shared = layers.filter((layer) => view.images.some((other) => other.image.Id !== image.Id && other.layers.includes(layer))).length
  const name = imageName(image)
  return {
    kind: 'Image',
    name,
    status: undefined,
    owners: [],
    why: `${layers.length} layer${layers.length === 1 ? '' : 's'} of files that never change${shared > 0 ? `; ${shared} of them ${shared === 1 ? 'is' : 'are'} shared with other images and kept once` : ''}. ${users === 0 ? 'No container stands on it.' : `${users} container${users === 1 ? ' stands' : 's stand'} on it.`}`,
    facts: [
      ['Id', shortId(image.Id)],
      ...(image.RepoTags ?? []).map((tag) => ['Name', tag] as const),
      ['Size', humanSize(image.Size)],
      ['Runs', [...(image.Config?.Entrypoint ?? []), ...(image.Config?.Cmd ?? [])].join(' ')],
    ],
    commands: [`docker run -it ${name}`, `docker history ${name}`, `docker rmi ${name}`],
    logs: [],
  }
}

function networkExplained(world: World, store: string, network: DockerNetwork): Explained {
  const members = dockerView(world, store)
    .containers.filter(({ networks }) => networks.includes(network.Name))
    .map(({ container }) => containerName(container))
  const why =
    network.Name === 'bridge'
      ? 'The network that containers get when nothing is said. They reach each other by address, not by name.'
      : network.Driver === 'host'
        ? 'Containers here use the network of the machine itself.'
        : network.Driver === 'null' || network.Name === 'none'
          ? 'Containers here have no network but their own loopback.'
          : 'A network of its own: containers on it find each other by name, and those on other networks do not reach them.'
  return {
    kind: 'Network',
    name: network.Name,
    status: undefined,
    why,
    owners: [],
    facts: [
      ['Driver', network.Driver],
      ...(network.IPAM?.Config ?? []).map(({ Subnet = '' }) => ['Subnet', Subnet] as const),
      ['Containers', members.join(', ') || 'none'],
    ],
    commands: [`docker network inspect ${network.Name}`],
    logs: [],
  }
}

function volumeExplained(world: World, store: string, volume: DockerVolume): Explained {
  const users = dockerView(world, store).volumes.find((each) => each.volume.Name === volume.Name)?.mountedBy ?? []
  return {
    kind: 'Volume',
    name: shortId(volume.Name),
    status: undefined,
    owners: [],
    why: 'Files that outlive the containers that mount them.',
    facts: [
      ['Driver', volume.Driver],
      ['Kept at', volume.Mountpoint],
      ['Mounted by', users.join(', ') || 'nobody'],
    ],
    commands: [`docker volume inspect ${volume.Name}`],
    logs: [],
  }
}
