/**
 * Which node a task goes to. Filters first, in the order in which their refusals are told; then the nodes with the fewest tasks of
 * the same service, and among those the fewest tasks at all. Placement preferences spread over the values of a label before that.
 */
import type { Member } from './member.ts'
import type { PortConfig, Service, SwarmNode, Task } from './shapes.ts'
import { isOver } from './shapes.ts'

interface Verdict {
  readonly node?: SwarmNode
  /** `no suitable node (…)`. */
  readonly refusal: string
}

type Filter = { readonly passes: (node: SwarmNode) => boolean; readonly words: (count: number) => string }

const nodes = (count: number): string => `${count} node${count === 1 ? '' : 's'}`

export function pickNode(leader: Member, task: Task, service: Service | undefined): Verdict {
  const all = leader.list('nodes')
  const tasks = leader.list('tasks').filter((one) => one.NodeID && !isOver(one.Status.State) && !isOver(one.DesiredState))
  const on = (node: SwarmNode) => tasks.filter(({ NodeID }) => NodeID === node.ID)
  const same = (node: SwarmNode) => on(node).filter(({ ServiceID }) => ServiceID === task.ServiceID)
  const { Reservations } = task.Spec.Resources ?? {}
  const { Constraints = [], Platforms = [], MaxReplicas = 0, Preferences = [] } = task.Spec.Placement ?? {}
  const hostPorts = (service?.Spec.EndpointSpec?.Ports ?? []).filter((port) => port.PublishMode === 'host' && port.PublishedPort)
  const filters: Filter[] = [
    {
      passes: ({ Status, Spec }) => Status.State === 'ready' && Spec.Availability === 'active',
      words: (count) => `${nodes(count)} not available for new tasks`,
    },
    {
      passes: (node) => {
        const used = (field: 'NanoCPUs' | 'MemoryBytes') =>
          on(node).reduce((sum, { Spec }) => sum + (Spec.Resources?.Reservations?.[field] ?? 0), 0)
        const { Resources } = node.Description
        return (
          (Reservations?.NanoCPUs ?? 0) + used('NanoCPUs') <= Resources.NanoCPUs &&
          (Reservations?.MemoryBytes ?? 0) + used('MemoryBytes') <= Resources.MemoryBytes
        )
      },
      words: (count) => `insufficient resources on ${nodes(count)}`,
    },
    {
      passes: (node) => Constraints.every((constraint) => satisfies(node, constraint)),
      words: (count) => `scheduling constraints not satisfied on ${nodes(count)}`,
    },
    {
      passes: ({ Description }) =>
        Platforms.length === 0 ||
        Platforms.some(
          ({ OS, Architecture }) =>
            (!OS || OS === Description.Platform.OS) && (!Architecture || plain(Architecture) === plain(Description.Platform.Architecture)),
        ),
      words: (count) => `unsupported platform on ${nodes(count)}`,
    },
    {
      passes: (node) => !hostPorts.some((port) => on(node).some((one) => one.ID !== task.ID && hasHostPort(leader, one, port))),
      words: (count) => `host-mode port already in use on ${nodes(count)}`,
    },
    { passes: (node) => MaxReplicas === 0 || same(node).length < MaxReplicas, words: () => 'max replicas per node limit exceed' },
  ]
  const refused = filters.map(() => 0)
  const fitting = all.filter((node) => {
    if (task.NodeID && node.ID !== task.NodeID) return false
    const index = filters.findIndex(({ passes }) => !passes(node))
    if (index >= 0) refused[index]++
    return index < 0
  })
  if (fitting.length === 0) {
    const words = filters.flatMap((filter, index) => (refused[index] > 0 ? [filter.words(refused[index])] : []))
    return { refusal: words.length > 0 ? `no suitable node (${words.join('; ')})` : 'no suitable node' }
  }
  let candidates = fitting
  for (const { Spread } of Preferences) {
    const valueOf = (node: SwarmNode) => labelOf(node, Spread?.SpreadDescriptor ?? '') ?? ''
    const count = (value: string) => fitting.filter((node) => valueOf(node) === value).reduce((sum, node) => sum + same(node).length, 0)
    const least = Math.min(...candidates.map((node) => count(valueOf(node))))
    const value = candidates.map(valueOf).find((one) => count(one) === least)
    candidates = candidates.filter((node) => valueOf(node) === value)
  }
  const [node] = [...candidates].sort(
    (a, b) => same(a).length - same(b).length || on(a).length - on(b).length || (a.CreatedAt < b.CreatedAt ? -1 : 1),
  )
  return { node, refusal: '' }
}

function hasHostPort(leader: Member, task: Task, port: PortConfig): boolean {
  const ports = leader.get('services', task.ServiceID)?.Spec.EndpointSpec?.Ports ?? []
  return ports.some((one) => one.PublishMode === 'host' && one.PublishedPort === port.PublishedPort && one.Protocol === port.Protocol)
}

const plain = (architecture: string): string => ({ x86_64: 'amd64', aarch64: 'arm64' })[architecture] ?? architecture

function labelOf(node: SwarmNode, key: string): string | undefined {
  if (key.startsWith('node.labels.')) return node.Spec.Labels[key.slice('node.labels.'.length)]
  if (key.startsWith('engine.labels.')) return node.Description.Engine.Labels?.[key.slice('engine.labels.'.length)]
  switch (key.toLowerCase()) {
    case 'node.id':
      return node.ID
    case 'node.hostname':
      return node.Description.Hostname
    case 'node.ip':
      return node.Status.Addr
    case 'node.role':
      return node.Spec.Role
    case 'node.platform.os':
      return node.Description.Platform.OS
    case 'node.platform.arch':
      return node.Description.Platform.Architecture
    default:
      return undefined
  }
}

const constraintForm = /^\s*([a-zA-Z0-9_.-]+)\s*(==|!=)\s*(.*?)\s*$/

/** What is wrong with a constraint, in the words of the control API. */
export function constraintProblem(text: string): string | undefined {
  const found = /^(.*?)(==|!=)(.*)$/.exec(text)
  if (!found) return `constraint expected one operator from ==, !=`
  if (!/^[a-z_][a-z0-9\-_.]+$/i.test(found[1].trim())) return `key '${found[1].trim()}' is invalid`
  if (!/^[a-z0-9:\-_\s.*()?+[\]\\^$|/]+$/i.test(found[3].trim())) return `value '${found[3].trim()}' is invalid`
  return undefined
}

export function satisfies(node: SwarmNode, constraint: string): boolean {
  const [, key, operator, value] = constraintForm.exec(constraint) ?? []
  if (key === undefined) return false
  const known = /^(node\.(id|hostname|ip|role|platform\.(os|arch))|(node|engine)\.labels\..+)$/i.test(key)
  if (!known) return false
  const actual = labelOf(node, key) ?? ''
  return (actual.toLowerCase() === value.toLowerCase()) === (operator === '==')
}
