/** What the rest of the engine asks of its part in a swarm. The part itself is loaded only when a swarm is begun or joined, so this file has types alone. */
import type { HttpResponse } from '../../../base/http.ts'
import type { NetNamespace, Segment } from '../../../unix/network/network.ts'
import type { Work } from '../../runtime/task.ts'
import type { NetworkRequest } from '../shapes.ts'
import type { Call } from '../router.ts'
import type { Container, Network } from '../shapes.ts'

export interface SwarmPart {
  /** The Swarm section of `GET /info`. */
  info(): object
  /** As the ping tells it: `active/manager`. */
  readonly state: string
  /** Serves `/swarm`, `/nodes`, `/services` and the like; undefined for a path it does not know. */
  route(method: string, path: string): ((call: Call) => HttpResponse | Work<HttpResponse>) | undefined
  /** The segment of an overlay network, the same on every machine. */
  segmentOf(network: Network): Segment
  /** Addresses of a network that are in use on any machine, or promised. */
  addressesTaken(network: Network): readonly string[]
  /** Names of services, tasks and other machines' containers on a network. */
  resolve(network: Network, name: string): readonly string[]
  /** A worker hears of an attachable network when a container of its own wants to join it. */
  attachable(name: string): Network | undefined
  /** Throws when a container that is no task may not join. */
  checkAttachment(network: Network, container: Container): void
  /** Beside its overlays a container stands on docker_gwbridge, its way out. */
  attachGateway(net: NetNamespace): void
  createNetwork(request: NetworkRequest): Work<{ Id: string; Warning: string }>
  removeNetwork(network: Network): Work<void>
  /** Fields of `network inspect` that only overlays have. */
  networkDetails(network: Network): object
  /** The machine is switched off, or the daemon goes. */
  stop(): void
}
