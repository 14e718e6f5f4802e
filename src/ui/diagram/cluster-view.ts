/**
 * What the picture of a cluster shows, derived from its objects: pods by node, who waits, who serves whom.
 *
 * A node's part stays the same object as long as nothing in it changed, so that of a thousand pods only those redraw that must.
 */
import { isSystem } from '../../lesson/system-namespaces.ts'
import { shelf, type Claim, type Ingress, type Node, type Pod, type Replicated, type Service } from '../objects.ts'
import { isReady } from '../status.ts'
import type { StoreWorld, World } from '../world.ts'

/** How a node draws its pods: tiles with names, squares with a shape, or a canvas of dots. */
export type Detail = 'tiles' | 'squares' | 'dots'

/** More pods than these in the whole picture are painted: what a thousand elements cost is painting. */
const podsAsElements = 300

/** One node has the whole width for its names. */
export function detailFor({ onNode, inAll, nodes }: { readonly onNode: number; readonly inAll: number; readonly nodes: number }): Detail {
  if (inAll > podsAsElements || onNode > 60) return 'dots'
  return onNode <= (nodes === 1 ? 24 : 12) ? 'tiles' : 'squares'
}

export interface NodeView {
  readonly name: string
  readonly node: Node
  readonly pods: readonly Pod[]
  /** Those of the cluster itself, when they are not among `pods`. */
  readonly system: readonly Pod[]
  /** Shares of what the node has that its pods asked for, 0 to 1. */
  readonly cpu: number
  readonly memory: number
  /** Pods that still fit by number. */
  readonly room: number
  readonly detail: Detail
}

export interface ServiceView {
  readonly key: string
  readonly service: Service
  /** By node name: pods behind it that are ready, and that are not. */
  readonly ready: ReadonlyMap<string, { readonly ready: number; readonly notReady: number }>
}

export interface ClusterView {
  readonly nodes: readonly NodeView[]
  readonly waiting: readonly Pod[]
  readonly services: readonly ServiceView[]
  readonly ingresses: readonly { readonly key: string; readonly ingress: Ingress; readonly services: readonly string[] }[]
  readonly claims: readonly { readonly key: string; readonly claim: Claim; readonly nodes: readonly string[] }[]
  readonly revision: number
  readonly wanted: number
  readonly seen: number
  readonly placed: number
}

export interface ClusterViewOptions {
  readonly withSystem: boolean
}

interface Remembered {
  readonly at: StoreWorld | undefined
  readonly view: ClusterView
}

const remembered = new Map<string, Remembered>()

/** Answers the same object for the same state of the store. */
export function clusterView(world: World, store: string, { withSystem }: ClusterViewOptions): ClusterView {
  const at = world.stores.get(store)
  const id = `${store} ${withSystem}`
  const last = remembered.get(id)
  if (last && last.at === at) return last.view
  const view = derived(world, store, { withSystem, last: last?.view })
  remembered.set(id, { at, view })
  return view
}

function derived(world: World, store: string, { withSystem, last }: { withSystem: boolean; last: ClusterView | undefined }): ClusterView {
  const shows = (namespace: string | undefined) => withSystem || !isSystem(namespace)
  const pods = [...shelf<Pod>(world, store, 'pods').values()]
  const shown = pods.filter((pod) => shows(pod.metadata.namespace))
  const byNode = new Map<string, Pod[]>()
  const systemByNode = new Map<string, Pod[]>()
  for (const pod of pods) if (!shows(pod.metadata.namespace) && pod.spec.nodeName) push(systemByNode, pod.spec.nodeName, pod)
  const load = new Map<string, { cpu: number; memory: number; count: number }>()
  const waiting: Pod[] = []
  for (const pod of shown) {
    const name = pod.spec.nodeName
    if (name) push(byNode, name, pod)
    else if (!pod.metadata.deletionTimestamp) waiting.push(pod)
  }
  for (const pod of pods) {
    const name = pod.spec.nodeName
    if (!name || isOver(pod)) continue
    const sum = load.get(name) ?? { cpu: 0, memory: 0, count: 0 }
    const { cpu, memory } = requestsOf(pod)
    sum.cpu += cpu
    sum.memory += memory
    sum.count++
    load.set(name, sum)
  }
  const lastNodes = new Map(last?.nodes.map((view) => [view.name, view]))
  const allNodes = [...shelf<Node>(world, store, 'nodes').values()].sort(byAge)
  const nodes = allNodes.map((node) => {
    const name = node.metadata.name
    const has = node.status?.allocatable
    const sum = load.get(name) ?? { cpu: 0, memory: 0, count: 0 }
    const view: NodeView = {
      name,
      node,
      pods: (byNode.get(name) ?? []).sort(byAge),
      system: (systemByNode.get(name) ?? []).sort(byAge),
      cpu: share(sum.cpu, quantity(has?.cpu)),
      memory: share(sum.memory, quantity(has?.memory)),
      room: Math.max(0, quantity(has?.pods) - sum.count),
      detail: detailFor({ onNode: byNode.get(name)?.length ?? 0, inAll: shown.length, nodes: allNodes.length }),
    }
    const before = lastNodes.get(name)
    return before && isSameNode(before, view) ? before : view
  })
  const services = [...shelf<Service>(world, store, 'services')]
    .filter(([, service]) => shows(service.metadata.namespace) && (withSystem || !isOwn(service)))
    .sort(([, a], [, b]) => byAge(a, b))
    .map(([key, service]) => ({ key, service, ready: readyByNode(service, shown) }))
  const sets = [...shelf<Replicated>(world, store, 'replicasets.apps').values()].filter((set) => shows(set.metadata.namespace))
  return {
    nodes,
    waiting,
    services,
    ingresses: [...shelf<Ingress>(world, store, 'ingresses.networking.k8s.io')].map(([key, ingress]) => ({
      key,
      ingress,
      services: backendsOf(ingress),
    })),
    claims: [...shelf<Claim>(world, store, 'persistentvolumeclaims')].map(([key, claim]) => ({
      key,
      claim,
      nodes: nodesMounting(claim, shown),
    })),
    revision: world.stores.get(store)?.revision ?? 0,
    wanted: sets.reduce((sum, { spec }) => sum + (spec.replicas ?? 0), 0),
    seen: sets.reduce((sum, { status }) => sum + (status?.replicas ?? 0), 0),
    placed: shown.length - waiting.length,
  }
}

interface Requests {
  readonly cpu: number
  readonly memory: number
}

const requests = new WeakMap<Pod['spec'], Requests>()

/** Read once for each pod: most of a thousand are the same in the next frame. */
function requestsOf({ spec }: Pod): Requests {
  const known = requests.get(spec)
  if (known) return known
  const sum = { cpu: 0, memory: 0 }
  for (const { resources } of spec.containers) {
    sum.cpu += quantity(resources?.requests?.cpu)
    sum.memory += quantity(resources?.requests?.memory)
  }
  requests.set(spec, sum)
  return sum
}

function push(map: Map<string, Pod[]>, key: string, pod: Pod): void {
  const list = map.get(key)
  if (list) list.push(pod)
  else map.set(key, [pod])
}

function isSameNode(a: NodeView, b: NodeView): boolean {
  return (
    a.node === b.node &&
    a.cpu === b.cpu &&
    a.memory === b.memory &&
    a.room === b.room &&
    a.detail === b.detail &&
    isSame(a.pods, b.pods) &&
    isSame(a.system, b.system)
  )
}

function isSame(a: readonly Pod[], b: readonly Pod[]): boolean {
  return a.length === b.length && a.every((pod, index) => pod === b[index])
}

/** The Service through which pods reach the API server; it has no pods behind it. */
function isOwn({ metadata }: Service): boolean {
  return metadata.name === 'kubernetes' && metadata.namespace === 'default'
}

function isOver(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'
}

interface Aged {
  readonly metadata: { readonly creationTimestamp: string; readonly name: string }
}

function byAge(a: Aged, b: Aged): number {
  if (a.metadata.creationTimestamp !== b.metadata.creationTimestamp)
    return a.metadata.creationTimestamp < b.metadata.creationTimestamp ? -1 : 1
  return a.metadata.name < b.metadata.name ? -1 : a.metadata.name > b.metadata.name ? 1 : 0
}

export function selects(
  selector: Readonly<Record<string, string>> | undefined,
  labels: Readonly<Record<string, string>> | undefined,
): boolean {
  if (!selector) return false
  const wanted = Object.entries(selector)
  return wanted.length > 0 && wanted.every(([name, value]) => labels?.[name] === value)
}

function readyByNode({ spec, metadata }: Service, pods: readonly Pod[]): ServiceView['ready'] {
  const counts = new Map<string, { ready: number; notReady: number }>()
  if (!spec.selector) return counts
  for (const pod of pods) {
    const name = pod.spec.nodeName
    if (!name || pod.metadata.namespace !== metadata.namespace || isOver(pod) || !selects(spec.selector, pod.metadata.labels)) continue
    const count = counts.get(name) ?? { ready: 0, notReady: 0 }
    if (isReady(pod) && !pod.metadata.deletionTimestamp) count.ready++
    else count.notReady++
    counts.set(name, count)
  }
  return counts
}

function backendsOf({ spec, metadata }: Ingress): string[] {
  const names = [
    spec.defaultBackend?.service?.name,
    ...(spec.rules ?? []).flatMap(({ http }) => (http?.paths ?? []).map(({ backend }) => backend?.service?.name)),
  ]
  return [...new Set(names.filter((name) => name !== undefined))].map((name) => `${metadata.namespace}/${name}`)
}

function nodesMounting({ metadata }: Claim, pods: readonly Pod[]): string[] {
  const mounting = pods.filter(
    (pod) =>
      pod.metadata.namespace === metadata.namespace &&
      pod.spec.volumes?.some(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName === metadata.name),
  )
  return [...new Set(mounting.map(({ spec }) => spec.nodeName).filter((name) => name !== undefined))]
}

function share(part: number, whole: number): number {
  return whole > 0 ? Math.min(1, part / whole) : 0
}

const factors: Readonly<Record<string, number>> = {
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
}

/** `100m` is 0.1, `64Mi` is 67108864. */
export function quantity(text: string | undefined): number {
  const match = /^([0-9.]+)([a-zA-Z]*)$/.exec(text ?? '')
  return match ? Number(match[1]) * (factors[match[2]] ?? 1) : 0
}
