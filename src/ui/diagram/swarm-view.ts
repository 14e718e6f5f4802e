/** What the picture of a swarm shows, derived from what a manager holds: who is in it, which tasks run where, what is published. */
import { shelf } from '../objects.ts'
import type { Status } from '../status.ts'
import type { World } from '../world.ts'

interface SwarmNode {
  readonly ID: string
  readonly Spec: { readonly Role: string; readonly Availability: string }
  readonly Description: { readonly Hostname: string }
  readonly Status: { readonly State: string }
  readonly ManagerStatus?: { readonly Leader?: boolean; readonly Reachability: string }
}

interface SwarmService {
  readonly ID: string
  readonly Spec: { readonly Name: string; readonly Mode?: { readonly Replicated?: { readonly Replicas?: number } } }
  readonly Endpoint?: { readonly Ports?: readonly { readonly PublishedPort?: number }[] }
}

interface SwarmTask {
  readonly ID: string
  readonly ServiceID: string
  readonly Slot?: number
  readonly NodeID?: string
  readonly DesiredState: string
  readonly Spec: { readonly ContainerSpec?: { readonly Image: string } }
  readonly Status: { readonly State: string }
}

export interface TaskView {
  readonly id: string
  readonly name: string
  readonly image: string
  readonly status: Status
}

export interface SwarmNodeView {
  readonly name: string
  /** Leader, Reachable or Unreachable; empty for a worker. */
  readonly manager: string
  readonly state: string
  readonly availability: string
  readonly tasks: readonly TaskView[]
}

export interface SwarmView {
  readonly nodes: readonly SwarmNodeView[]
  readonly services: readonly {
    readonly name: string
    readonly running: number
    readonly wanted: number
    readonly ports: readonly number[]
  }[]
  /** The routing mesh opens these on every node. */
  readonly ports: readonly number[]
  readonly waiting: readonly TaskView[]
}

/** Undefined on a machine that holds no swarm's state. */
export function swarmView(world: World, store: string): SwarmView | undefined {
  const nodes = [...shelf<SwarmNode>(world, store, 'swarm-nodes').values()]
  if (nodes.length === 0) return undefined
  const services = [...shelf<SwarmService>(world, store, 'swarm-services').values()].sort((a, b) => compared(a.Spec.Name, b.Spec.Name))
  const managers = nodes.filter(({ ManagerStatus }) => ManagerStatus).length
  const names = new Map(services.map(({ ID, Spec }) => [ID, Spec.Name]))
  const tasks = [...shelf<SwarmTask>(world, store, 'swarm-tasks').values()]
    .filter(isWanted)
    .sort((a, b) => compared(names.get(a.ServiceID) ?? '', names.get(b.ServiceID) ?? '') || (a.Slot ?? 0) - (b.Slot ?? 0))
  const taskView = ({ ID, ServiceID, Slot, Spec, Status }: SwarmTask): TaskView => ({
    id: ID,
    name: `${names.get(ServiceID) ?? ServiceID}${Slot === undefined ? '' : `.${Slot}`}`,
    image: (Spec.ContainerSpec?.Image ?? '').replace(/@sha256:.*/, ''),
    status: taskStatus(Status.State),
  })
  const portsOf = ({ Endpoint }: SwarmService) => (Endpoint?.Ports ?? []).flatMap(({ PublishedPort }) => PublishedPort ?? [])
  return {
    nodes: nodes
      .sort((a, b) => compared(a.Description.Hostname, b.Description.Hostname))
      .map(({ ID, Description, Spec, Status, ManagerStatus }) => ({
        name: Description.Hostname,
        manager: managerWord(ManagerStatus, managers),
        state: Status.State,
        availability: Spec.Availability,
        tasks: tasks.filter(({ NodeID }) => NodeID === ID).map(taskView),
      })),
    services: services.map((service) => {
      const own = tasks.filter(({ ServiceID }) => ServiceID === service.ID)
      return {
        name: service.Spec.Name,
        running: own.filter(({ Status }) => Status.State === 'running').length,
        wanted: service.Spec.Mode?.Replicated?.Replicas ?? own.length,
        ports: portsOf(service),
      }
    }),
    ports: [...new Set(services.flatMap(portsOf))],
    waiting: tasks.filter(({ NodeID }) => !NodeID).map(taskView),
  }
}

/** Tasks that were replaced stay in the list of `docker service ps`, and out of the picture. */
function isWanted({ DesiredState, Status }: SwarmTask): boolean {
  return DesiredState === 'running' || DesiredState === 'ready' || Status.State === 'running'
}

function compared(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Who leads is agreed on between managers and not written down; a single one leads. */
function managerWord(manager: SwarmNode['ManagerStatus'], managers: number): string {
  if (!manager) return ''
  return manager.Leader || managers === 1 ? 'Leader' : manager.Reachability === 'reachable' ? 'Reachable' : 'Unreachable'
}

function taskStatus(state: string): Status {
  switch (state) {
    case 'running':
      return { shape: 'running', word: state }
    case 'complete':
      return { shape: 'completed', word: state }
    case 'failed':
    case 'rejected':
    case 'orphaned':
      return { shape: 'failing', word: state }
    case 'shutdown':
    case 'remove':
      return { shape: 'ending', word: state }
    case 'new':
    case 'pending':
      return { shape: 'waiting', word: state }
    default:
      return { shape: 'starting', word: state }
  }
}
