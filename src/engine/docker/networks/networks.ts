/**
 * Networks: bridge, host and none, which are always there, and those that learners make. A bridge network is a segment that the machine
 * itself stands on with the gateway's address; containers on different bridges do not reach each other, as Docker's isolation rules
 * have it.
 */
import type { Segment } from '../../../unix/network/network.ts'
import type { Daemon } from '../daemon.ts'
import { badRequest, conflict, DockerError, notFound } from '../docker-error.ts'
import { endpointsOn, findNetwork, isPredefined } from './network-lookup.ts'
import { type Filters, hasLabels, passesLabels, untilOf } from '../filters.ts'
import type { Network, NetworkRequest } from '../shapes.ts'
import { configOf } from '../daemon-config.ts'
import { addressOf, contains, defaultPools, overlaps, poolsOf, parseSubnet, type Subnet, sizeOf, textOf } from './subnets.ts'

const base = {
  Scope: 'local',
  EnableIPv4: true,
  EnableIPv6: false,
  Internal: false,
  Attachable: false,
  Ingress: false,
  ConfigFrom: { Network: '' },
  ConfigOnly: false,
  Containers: {},
  Labels: {},
}

/** The three that every engine has. */
export function ensurePredefined(daemon: Daemon): void {
  if (findNetwork(daemon, 'bridge')) return
  const none = { Driver: 'default', Options: null, Config: null }
  const make = (network: Partial<Network> & Pick<Network, 'Name' | 'Driver' | 'IPAM' | 'Options'>) =>
    put(daemon, { ...base, Created: daemon.nano(), ...network })
  make({ Name: 'none', Driver: 'null', IPAM: none, Options: {} })
  make({ Name: 'host', Driver: 'host', IPAM: none, Options: {} })
  make({
    Name: 'bridge',
    Driver: 'bridge',
    IPAM: { Driver: 'default', Options: null, Config: [{ Subnet: '172.17.0.0/16', Gateway: '172.17.0.1' }] },
    Options: {
      'com.docker.network.bridge.default_bridge': 'true',
      'com.docker.network.bridge.enable_icc': 'true',
      'com.docker.network.bridge.enable_ip_masquerade': 'true',
      'com.docker.network.bridge.host_binding_ipv4': '0.0.0.0',
      'com.docker.network.bridge.name': 'docker0',
      'com.docker.network.driver.mtu': '1500',
    },
  })
}

function put(daemon: Daemon, network: Omit<Network, 'Id'>): Network {
  const {
    Name,
    Created,
    Scope,
    Driver,
    EnableIPv4,
    EnableIPv6,
    IPAM,
    Internal,
    Attachable,
    Ingress,
    ConfigFrom,
    ConfigOnly,
    Containers,
    Options,
    Labels,
  } = network
  // In upstream's order, which inspect shows.
  const whole: Network = {
    Name,
    Id: daemon.random.hex(64),
    Created,
    Scope,
    Driver,
    EnableIPv4,
    EnableIPv6,
    IPAM,
    Internal,
    Attachable,
    Ingress,
    ConfigFrom,
    ConfigOnly,
    Containers,
    Options,
    Labels,
  }
  return daemon.store.put('networks', whole.Id, whole, daemon.cause)
}

/** The bridge's segment; made, with the machine on it, when first needed (after a restart too). */
export function segmentOf(daemon: Daemon, network: Network): Segment {
  let segment = daemon.segments.get(network.Id) ?? (network.Scope === 'swarm' ? daemon.swarm?.segmentOf(network) : undefined)
  if (!segment) {
    const name = bridgeName(network)
    segment = daemon.host.segment(name)
    daemon.segments.set(network.Id, segment)
    const pool = network.IPAM.Config?.[0]
    const subnet = parseSubnet(pool?.Subnet ?? '')
    if (subnet && pool?.Gateway && !daemon.host.net.interfaces.some((found) => found.name === name))
      daemon.host.net.attach(segment, { name, ip: pool.Gateway, prefix: subnet.prefix })
  }
  return segment
}

export function bridgeName(network: Network): string {
  return network.Options?.['com.docker.network.bridge.name'] ?? `br-${network.Id.slice(0, 12)}`
}

export function createNetwork(daemon: Daemon, request: NetworkRequest): { Id: string; Warning: string } {
  const driver = request.Driver || 'bridge'
  const { Name } = request
  if (Name === '' || Name === undefined) throw badRequest('invalid network name: name is empty')
  if (['bridge', 'host', 'none'].includes(Name)) throw new DockerError(403, `operation is not permitted on predefined ${Name} network `)
  if (daemon.networks().some((network) => network.Name === Name)) throw conflict(`network with name ${Name} already exists`)
  if (driver === 'overlay' || request.Scope === 'swarm')
    throw new DockerError(
      403,
      'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.',
    )
  if (driver === 'host') throw new DockerError(403, 'only one instance of "host" network is allowed')
  if (driver === 'null') throw new DockerError(403, 'only one instance of "null" network is allowed')
  if (!['bridge', 'macvlan', 'ipvlan'].includes(driver)) throw notFound(`plugin ${JSON.stringify(driver)} not found`)
  const asked = (request.IPAM?.Config ?? []).filter((pool) => pool.Subnet)
  for (const pool of asked) if (!isVersion6(pool)) checkPool(pool)
  const others = daemon.networks().flatMap((network) => (network.IPAM.Config ?? []).flatMap((pool) => parseSubnet(pool.Subnet ?? '') ?? []))
  const version6 = asked
    .filter(isVersion6)
    .map((pool) => ({ ...pool, Gateway: pool.Gateway || `${(pool.Subnet ?? '').replace(/\/\d+$/, '')}1` }))
  const version4 = asked.filter((pool) => !isVersion6(pool))
  const pools = [
    ...(version4.length > 0 ? version4.map((pool) => withGateway(pool)) : [automaticPool(daemon, others)]),
    ...version6,
    ...(request.EnableIPv6 && version6.length === 0 ? [localPool(daemon)] : []),
  ]
  for (const pool of pools) {
    const subnet = parseSubnet(pool.Subnet ?? '')
    if (subnet && others.some((other) => overlaps(other, subnet)))
      throw new DockerError(403, 'invalid pool request: Pool overlaps with other one on this address space')
  }
  const network = put(daemon, {
    ...base,
    Name,
    Created: daemon.nano(),
    Driver: driver,
    EnableIPv6: request.EnableIPv6 ?? false,
    IPAM: { Driver: request.IPAM?.Driver || 'default', Options: request.IPAM?.Options ?? {}, Config: pools },
    Internal: request.Internal ?? false,
    Attachable: request.Attachable ?? false,
    Options: request.Options ?? {},
    Labels: request.Labels ?? {},
  })
  daemon.store.put('network-pools', network.Id, { isAutomatic: version4.length === 0 }, daemon.cause)
  segmentOf(daemon, network)
  daemon.event('network', 'create', network.Id, { name: Name, type: driver })
  return { Id: network.Id, Warning: '' }
}

/** A unique local /64, as IPv6 networks without a subnet get. Containers have no IPv6 addresses: it is shown, not used. */
function localPool(daemon: Daemon): Pool {
  const prefix = `fd${daemon.random.hex(2)}:${daemon.random.hex(4)}:${daemon.random.hex(4)}:${daemon.random.below(8) + 1}::`
  return { Subnet: `${prefix}/64`, Gateway: `${prefix}1` }
}

const isVersion6 = (pool: Pool): boolean => (pool.Subnet ?? '').includes(':')

type Pool = NonNullable<Network['IPAM']['Config']>[number]

function checkPool(pool: Pool): void {
  const subnet = parseSubnet(pool.Subnet ?? '')
  if (!subnet) throw badRequest(`invalid network config:\ninvalid subnet ${pool.Subnet}: invalid CIDR block notation`)
  const causes: string[] = []
  if (textOf(subnet) !== pool.Subnet) causes.push(`invalid subnet ${pool.Subnet}: it should be ${textOf(subnet)}`)
  if (pool.IPRange) {
    const range = parseSubnet(pool.IPRange)
    if (!range) causes.push(`invalid ip-range ${pool.IPRange}: invalid CIDR block notation`)
    else if (!overlaps(range, subnet) || range.prefix < subnet.prefix)
      causes.push(`invalid ip-range ${pool.IPRange}: parent subnet is ${textOf(subnet)}`)
  }
  if (pool.Gateway && !contains(subnet, pool.Gateway)) causes.push(`invalid gateway ${pool.Gateway}: parent subnet is ${textOf(subnet)}`)
  if (causes.length > 0) throw badRequest(`invalid network config:\n${causes.join('\n')}`)
}

function withGateway(pool: Pool): Pool {
  const subnet = parseSubnet(pool.IPRange ?? '') ?? (parseSubnet(pool.Subnet ?? '') as Subnet)
  return {
    Subnet: pool.Subnet,
    ...(pool.IPRange ? { IPRange: pool.IPRange } : {}),
    Gateway: pool.Gateway || addressOf(subnet.base + 1),
    ...(pool.AuxiliaryAddresses ? { AuxiliaryAddresses: pool.AuxiliaryAddresses } : {}),
  }
}

function automaticPool(daemon: Daemon, others: readonly Subnet[]): Pool {
  const { pools } = configOf(daemon)
  for (const subnet of pools.length > 0 ? poolsOf(pools) : defaultPools()) {
    if (!others.some((other) => overlaps(other, subnet)))
      return { Subnet: textOf(subnet), Gateway: addressOf(subnet.base + (sizeOf(subnet) > 2 ? 1 : 0)) }
  }
  throw new DockerError(400, 'all predefined address pools have been fully subnetted')
}

/** As inspect shows it: with the containers that are on it now. */
export function inspectNetwork(daemon: Daemon, network: Network): Network {
  const containers: Record<string, object> = {}
  // A map of Go's, whose keys JSON sorts.
  for (const { container, endpoint } of [...endpointsOn(daemon, network)].sort((a, b) => (a.container.Id < b.container.Id ? -1 : 1))) {
    containers[container.Id] = {
      Name: container.Name.slice(1),
      EndpointID: endpoint.EndpointID,
      MacAddress: endpoint.MacAddress,
      IPv4Address: endpoint.IPAddress === '' ? '' : `${endpoint.IPAddress}/${endpoint.IPPrefixLen}`,
      IPv6Address: '',
    }
  }
  return { ...network, Containers: containers, ...(network.Scope === 'swarm' ? daemon.swarm?.networkDetails(network) : {}) }
}

export function removeNetwork(daemon: Daemon, network: Network): void {
  if (isPredefined(network)) throw new DockerError(403, `${network.Name} is a pre-defined network and cannot be removed`)
  const active = endpointsOn(daemon, network)
  if (active.length > 0) {
    const list = active
      .map(({ container, endpoint }) => `name:"${container.Name.slice(1)}" id:"${endpoint.EndpointID.slice(0, 12)}"`)
      .join(', ')
    throw new DockerError(403, `error while removing network: network ${network.Name} has active endpoints (${list})`)
  }
  daemon.store.delete('networks', network.Id, daemon.cause)
  daemon.store.delete('network-pools', network.Id, daemon.cause)
  if (daemon.segments.delete(network.Id)) daemon.host.net.detach(bridgeName(network))
  daemon.event('network', 'destroy', network.Id, { name: network.Name, type: network.Driver })
}

export const networkFilters = ['driver', 'type', 'name', 'id', 'label', 'scope', 'dangling'] as const

export function listNetworks(daemon: Daemon, filters: Filters): Network[] {
  const types = filters.get('type')
  for (const type of types ?? [])
    if (type !== 'custom' && type !== 'builtin') throw new DockerError(500, `invalid filter: 'type'='${type}'`)
  const matches = (name: string, test: (value: string) => boolean) =>
    !filters.get(name)?.length || (filters.get(name) as readonly string[]).some(test)
  return daemon
    .networks()
    .filter(
      (network) =>
        matches('driver', (value) => network.Driver === value) &&
        matches('name', (value) => network.Name.includes(value)) &&
        matches('id', (value) => network.Id.includes(value)) &&
        matches('scope', (value) => network.Scope === value) &&
        matches('type', (value) => (value === 'builtin') === isPredefined(network)) &&
        matches(
          'dangling',
          (value) => /^(true|1)$/i.test(value) === (!isPredefined(network) && endpointsOn(daemon, network).length === 0),
        ) &&
        hasLabels(network.Labels, filters.get('label')),
    )
}

export function pruneNetworks(daemon: Daemon, filters: Filters): { NetworksDeleted: string[] | null } {
  const until = untilOf(filters, daemon.clock.now())
  const deleted: string[] = []
  for (const network of [...daemon.networks()]) {
    if (
      isPredefined(network) ||
      network.Scope === 'swarm' ||
      endpointsOn(daemon, network).length > 0 ||
      !passesLabels(network.Labels, filters)
    )
      continue
    if (until !== undefined && Date.parse(network.Created) > until) continue
    removeNetwork(daemon, network)
    deleted.push(network.Name)
  }
  daemon.event('network', 'prune', '', { reclaimed: '0' })
  return { NetworksDeleted: deleted.length > 0 ? deleted : null }
}
