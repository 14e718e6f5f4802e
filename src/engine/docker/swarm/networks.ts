/**
 * Overlay networks: one wire through all machines for each, addresses handed out by the leader, virtual addresses of services on a balancer
 * that stands on the wire itself, and the routing mesh, which leads a published port of any machine to a task wherever it runs.
 *
 * Who is on a network is read off the engines that can be reached, as gossip would tell it, so containers find each other without a leader.
 */
import type { Cancel } from '../../../base/clock.ts'
import { Namespace, segment } from '../../../unix/network/namespace.ts'
import type { NetNamespace, Segment } from '../../../unix/network/network.ts'
import type { Daemon } from '../daemon.ts'
import { DockerError } from '../docker-error.ts'
import { endpointsOn, findNetwork } from '../networks/network-lookup.ts'
import { createNetwork as createLocal, segmentOf } from '../networks/networks.ts'
import type { NetworkRequest } from '../shapes.ts'
import type { Container, Network } from '../shapes.ts'
import { addressOf, freeAddress, overlaps, parseSubnet, textOf } from '../networks/subnets.ts'
import type { Member } from './member.ts'
import { type Overlay, peersOf, reaches, type SwarmPeers } from './peers.ts'
import type { PortConfig, Service, Task } from './shapes.ts'
import { isOver } from './shapes.ts'
import { rpc, swarmId } from './words.ts'

const gatewayBridge = 'docker_gwbridge'
const serviceLabel = 'com.docker.swarm.service.id'
const firstVxlan = 4096

export function overlayOf(member: Member, id: string): Overlay {
  const { overlays } = peersOf(member.daemon)
  let overlay = overlays.get(id)
  if (!overlay) {
    const wire = segment(`overlay ${id.slice(0, 10)}`)
    const balancer = new Namespace({ id: 4_026_540_000 + overlays.size, random: member.daemon.random, isRouter: true })
    overlay = { segment: wire, balancer, addresses: new Map(), names: new Map() }
    overlays.set(id, overlay)
  }
  return overlay
}

/** Containers on a network on every machine that `from` reaches, running and not found ill. */
function running(
  peers: SwarmPeers,
  from: Member,
  networkId: string,
): { container: Container; address: string; names: readonly string[] }[] {
  const found: { container: Container; address: string; names: readonly string[] }[] = []
  for (const member of peers.members.values()) {
    if (!reaches(from, member)) continue
    const network = findNetwork(member.daemon, networkId)
    for (const { container, address, endpoint } of network ? endpointsOn(member.daemon, network) : []) {
      const { Health, Running } = container.State
      if (Running && (!Health || Health.Status === 'healthy')) found.push({ container, address, names: endpoint.DNSNames ?? [] })
    }
  }
  return found
}

function tasksAt(peers: SwarmPeers, from: Member, networkId: string, serviceId: string): string[] {
  return running(peers, from, networkId)
    .filter(({ container }) => container.Config.Labels[serviceLabel] === serviceId)
    .map(({ address }) => address)
}

/** One after the other, as IPVS' round robin goes. */
function inTurn(list: () => readonly string[], port: number): () => { ip: string; port: number }[] {
  let next = 0
  return () => {
    const addresses = list()
    return addresses.length === 0 ? [] : [{ ip: addresses[next++ % addresses.length], port }]
  }
}

/** Brings virtual addresses and service names of all networks to what the services say. */
export function balance(leader: Member): void {
  const peers = peersOf(leader.daemon)
  const wanted = new Map<string, Map<string, Service>>()
  for (const overlay of peers.overlays.values()) overlay.names.clear()
  for (const service of leader.list('services')) {
    for (const { NetworkID, Addr } of service.Endpoint.VirtualIPs ?? []) {
      const ip = Addr.split('/')[0]
      wanted.set(NetworkID, (wanted.get(NetworkID) ?? new Map<string, Service>()).set(ip, service))
    }
    for (const { Target, Aliases = [] } of networksOf(service)) {
      const vip = service.Endpoint.VirtualIPs?.find(({ NetworkID }) => NetworkID === Target)?.Addr.split('/')[0]
      const { names } = overlayOf(leader, Target)
      const { ID } = service
      for (const name of [service.Spec.Name, ...Aliases]) {
        const before = names.get(name.toLowerCase())
        const own = (from: Member) => (vip ? [vip] : tasksAt(peers, from, Target, ID))
        names.set(name.toLowerCase(), before ? (from) => [...before(from), ...own(from)] : own)
      }
      names.set(`tasks.${service.Spec.Name.toLowerCase()}`, (from) => tasksAt(peers, from, Target, ID))
    }
  }
  for (const [networkId, overlay] of peers.overlays) {
    const addresses = wanted.get(networkId) ?? new Map<string, Service>()
    for (const [ip, cancel] of [...overlay.addresses]) if (!addresses.has(ip)) cancel()
    for (const [ip, { ID }] of addresses)
      if (!overlay.addresses.has(ip))
        overlay.addresses.set(ip, answerFor(overlay, { ip, list: () => tasksAt(peers, livingMember(peers, leader), networkId, ID) }))
  }
}

/** Somebody whose machine is on: what is balanced outlives the leader who set it up. */
function livingMember(peers: SwarmPeers, leader: Member): Member {
  return leader.isStopped ? ([...peers.members.values()].find(({ isStopped }) => !isStopped) ?? leader) : leader
}

function answerFor(overlay: Overlay, { ip, list }: { ip: string; list: () => readonly string[] }): Cancel {
  const name = `vip ${ip}`
  const { balancer } = overlay
  balancer.attach(overlay.segment, { name, ip, prefix: 24 })
  const rules = (['tcp', 'udp'] as const).map((protocol) => ({ ip, port: 0, protocol, targets: inTurn(list, 0), comment: 'ipvs' }))
  balancer.rules.push(...rules)
  return () => {
    balancer.detach(name)
    for (const rule of rules) balancer.rules.splice(balancer.rules.indexOf(rule), 1)
    overlay.addresses.delete(ip)
  }
}

/** Networks a service's tasks stand on, the ingress network aside. */
export function networksOf({ Spec }: Pick<Service, 'Spec'>): NonNullable<Service['Spec']['Networks']> {
  return Spec.TaskTemplate.Networks ?? Spec.Networks ?? []
}

export function ingressPorts({ Spec }: Pick<Service, 'Spec'>): PortConfig[] {
  return (Spec.EndpointSpec?.Ports ?? []).filter(({ PublishMode }) => PublishMode !== 'host')
}

export function ingressNetwork(member: Member): Network | undefined {
  return member.list('networks').find(({ network }) => network.Ingress)?.network
}

/** Addresses of a network that somebody has or was promised. */
export function addressesTaken(member: Member, network: Network): string[] {
  const taken: string[] = [network.IPAM.Config?.[0]?.Gateway ?? '']
  const { segment: wire } = overlayOf(member, network.Id)
  for (const { interfaces } of wire.members) for (const own of interfaces) if (own.segment === wire) taken.push(own.ip)
  const leader = member.leaderSeen() ?? member
  for (const { Status, NetworksAttachments } of leader.list('tasks')) {
    if (isOver(Status.State)) continue
    for (const { Network: on, Addresses } of NetworksAttachments ?? [])
      if ((on as { ID: string }).ID === network.Id) taken.push(Addresses[0].split('/')[0])
  }
  for (const { Endpoint } of leader.list('services'))
    for (const { NetworkID, Addr } of Endpoint.VirtualIPs ?? []) if (NetworkID === network.Id) taken.push(Addr.split('/')[0])
  return taken
}

function nextAddress(member: Member, network: Network): string {
  const pool = network.IPAM.Config?.[0]
  const subnet = parseSubnet(pool?.Subnet ?? '')
  const ip = subnet && freeAddress(parseSubnet(pool?.IPRange ?? '') ?? subnet, new Set(addressesTaken(member, network)))
  if (!ip) throw rpc('Internal', `could not find an available IP on network ${network.Name}`)
  return `${ip}/${subnet.prefix}`
}

/** What a new task of a service gets of each of its networks. */
export function allocate(leader: Member, service: Service): NonNullable<Task['NetworksAttachments']> | undefined {
  const targets = networksOf(service).map(({ Target }) => Target)
  const ingress = ingressNetwork(leader)
  if (ingress && ingressPorts(service).length > 0) targets.unshift(ingress.Id)
  const attachments = targets.flatMap((id) => {
    const entry = leader.get('networks', id)
    if (!entry || entry.network.Driver !== 'overlay') return []
    return [{ Network: networkObject(entry), Addresses: [nextAddress(leader, entry.network)] }]
  })
  return attachments.length > 0 ? attachments : undefined
}

function networkObject({ ID, Version, CreatedAt, UpdatedAt, network }: Meta & { network: Network }): object {
  const Configs = network.IPAM.Config
  return {
    ID,
    Version,
    CreatedAt,
    UpdatedAt,
    Spec: {
      Name: network.Name,
      Labels: network.Labels ?? {},
      DriverConfiguration: {},
      ...(network.Ingress ? { Ingress: true } : {}),
      ...(network.Attachable ? { Attachable: true } : {}),
      IPAMOptions: { Driver: {}, ...(network.Ingress ? { Configs } : {}) },
      Scope: 'swarm',
    },
    DriverState: { Name: 'overlay', Options: network.Options },
    IPAMOptions: { Driver: { Name: 'default' }, Configs },
  }
}

type Meta = { readonly ID: string; readonly Version: { readonly Index: number }; readonly CreatedAt: string; readonly UpdatedAt: string }

/** The service's endpoint: a virtual address on each network, those it has already kept. */
export function endpointOf(leader: Member, spec: Service['Spec'], before: Service['Endpoint'] | undefined): Service['Endpoint'] {
  const ports = withPublished(leader, spec, before)
  const targets = networksOf({ Spec: spec }).map(({ Target }) => Target)
  const ingress = ingressNetwork(leader)
  if (ingress && ingressPorts({ Spec: spec }).length > 0) targets.unshift(ingress.Id)
  if (targets.length === 0 && ports.length === 0) return { Spec: {} }
  const mode = spec.EndpointSpec?.Mode ?? 'vip'
  const VirtualIPs =
    mode === 'dnsrr'
      ? []
      : targets.flatMap((NetworkID) => {
          const network = leader.get('networks', NetworkID)?.network
          if (!network || network.Driver !== 'overlay') return []
          return [{ NetworkID, Addr: before?.VirtualIPs?.find((one) => one.NetworkID === NetworkID)?.Addr ?? nextAddress(leader, network) }]
        })
  return {
    Spec: { Mode: mode, ...(spec.EndpointSpec?.Ports?.length ? { Ports: spec.EndpointSpec.Ports } : {}) },
    ...(ports.length > 0 ? { Ports: ports } : {}),
    ...(VirtualIPs.length > 0 ? { VirtualIPs } : {}),
  }
}

const firstIngressPort = 30_000

/** Ingress ports without a number get one from 30000 on, and keep it. */
function withPublished(leader: Member, spec: Service['Spec'], before: Service['Endpoint'] | undefined): PortConfig[] {
  const taken = new Set(leader.list('services').flatMap(({ Endpoint }) => (Endpoint.Ports ?? []).map(({ PublishedPort }) => PublishedPort)))
  return (spec.EndpointSpec?.Ports ?? []).map((port) => {
    if (port.PublishedPort || port.PublishMode === 'host') return port
    const kept = before?.Ports?.find(
      (one) => one.TargetPort === port.TargetPort && one.Protocol === port.Protocol && one.PublishMode === port.PublishMode,
    )?.PublishedPort
    let number = kept ?? firstIngressPort
    while (!kept && taken.has(number)) number++
    taken.add(number)
    const { Name, Protocol, TargetPort, PublishMode } = port
    return { ...(Name ? { Name } : {}), Protocol, TargetPort, PublishedPort: number, PublishMode }
  })
}

export function createOverlay(leader: Member, request: NetworkRequest): string {
  const { Name } = request
  if (leader.list('networks').some(({ network }) => network.Name === Name))
    throw new DockerError(409, `network with name ${Name} already exists`)
  if (request.Ingress && ingressNetwork(leader))
    throw rpc('AlreadyExists', `ingress network (${ingressNetwork(leader)?.Id}) is already present`)
  const others = leader.list('networks').flatMap(({ network }) => parseSubnet(network.IPAM.Config?.[0]?.Subnet ?? '') ?? [])
  const [asked] = request.IPAM?.Config ?? []
  const cluster = leader.list('cluster')[0]
  const subnet = asked?.Subnet
    ? parseSubnet(asked.Subnet)
    : freePool(cluster?.DefaultAddrPool ?? ['10.0.0.0/8'], cluster?.SubnetSize ?? 24, others)
  if (!subnet) throw new DockerError(400, `invalid network config:\ninvalid subnet ${asked?.Subnet}: invalid CIDR block notation`)
  if (asked?.Subnet && others.some((other) => overlaps(other, subnet)))
    throw rpc(
      'InvalidArgument',
      `failed during network allocation: invalid pool request: Pool overlaps with other one on this address space`,
    )
  const ID = swarmId(leader.daemon.random)
  const vxlan = firstVxlan + leader.list('networks').length
  const network: Network = {
    Name,
    Id: ID,
    Created: leader.daemon.nano(),
    Scope: 'swarm',
    Driver: 'overlay',
    EnableIPv4: true,
    EnableIPv6: false,
    IPAM: {
      Driver: 'default',
      Options: null,
      Config: [
        {
          Subnet: textOf(subnet),
          ...(asked?.IPRange ? { IPRange: asked.IPRange } : {}),
          Gateway: asked?.Gateway ?? addressOf(subnet.base + 1),
        },
      ],
    },
    Internal: request.Internal ?? false,
    Attachable: request.Attachable ?? false,
    Ingress: request.Ingress ?? false,
    ConfigFrom: { Network: '' },
    ConfigOnly: false,
    Containers: {},
    Options: { 'com.docker.network.driver.overlay.vxlanid_list': String(vxlan), ...request.Options },
    Labels: request.Labels && Object.keys(request.Labels).length > 0 ? request.Labels : null,
  }
  leader.put('networks', { ID, network })
  return ID
}

function freePool(
  pools: readonly string[],
  size: number,
  others: readonly { base: number; prefix: number }[],
): { base: number; prefix: number } | undefined {
  for (const pool of pools) {
    const whole = parseSubnet(pool)
    if (!whole) continue
    for (let base = whole.base; base < whole.base + 2 ** (32 - whole.prefix); base += 2 ** (32 - size)) {
      const subnet = { base, prefix: size }
      if (!others.some((other) => overlaps(other, subnet))) return subnet
    }
  }
  return undefined
}

export function removeOverlay(leader: Member, network: Network): void {
  const user = leader.list('services').find((service) => networksOf(service).some(({ Target }) => Target === network.Id))
  const task = leader
    .list('tasks')
    .find(
      ({ Status, DesiredState, ServiceID, NetworksAttachments }) =>
        !isOver(Status.State) &&
        !isOver(DesiredState) &&
        leader.get('services', ServiceID) !== undefined &&
        NetworksAttachments?.some(({ Network: on }) => (on as { ID: string }).ID === network.Id),
    )
  if (user) throw rpc('FailedPrecondition', `network ${network.Id} is in use by service ${user.ID}`)
  if (task) throw rpc('FailedPrecondition', `network ${network.Id} is in use by task ${task.ID}`)
  leader.delete('networks', network.Id)
}

// Networks as one engine has them

/** A manager's engine lists every network of the swarm. */
export function materialise(member: Member): void {
  const known = member.list('networks')
  for (const { network } of known) have(member, network)
  for (const network of [...member.daemon.networks()])
    if (network.Scope === 'swarm' && !known.some(({ ID }) => ID === network.Id)) drop(member.daemon, network)
}

/** Makes a network known to an engine; a worker has only those that its tasks use. */
export function have(member: Member, network: Network): void {
  const { daemon } = member
  if (daemon.store.get('networks', network.Id) === undefined) {
    daemon.store.put('networks', network.Id, network, { by: 'swarm', because: 0 })
    daemon.store.put('network-pools', network.Id, { isAutomatic: false }, { by: 'swarm', because: 0 })
  }
  daemon.segments.set(network.Id, overlayOf(member, network.Id).segment)
}

function drop(daemon: Daemon, network: Network): void {
  daemon.store.delete('networks', network.Id, { by: 'swarm', because: 0 })
  daemon.store.delete('network-pools', network.Id, { by: 'swarm', because: 0 })
  daemon.segments.delete(network.Id)
}

export function forgetNetworks({ daemon }: Member, { keepUsed }: { keepUsed: boolean }): void {
  for (const network of [...daemon.networks()])
    if (network.Scope === 'swarm' && !(keepUsed && endpointsOn(daemon, network).length > 0)) drop(daemon, network)
}

/** The bridge through which containers on overlays reach the machine and the world. */
export function bridgeOf(daemon: Daemon): Network {
  const known = findNetwork(daemon, gatewayBridge)
  if (known) return known
  createLocal(daemon, {
    Name: gatewayBridge,
    Driver: 'bridge',
    Options: {
      'com.docker.network.bridge.enable_icc': 'false',
      'com.docker.network.bridge.enable_ip_masquerade': 'true',
      'com.docker.network.bridge.name': gatewayBridge,
    },
  })
  return findNetwork(daemon, gatewayBridge) as Network
}

/** Puts a namespace on docker_gwbridge; answers its address there. */
export function joinBridge(daemon: Daemon, net: NetNamespace, name: string): string {
  const network = bridgeOf(daemon)
  const wire = segmentOf(daemon, network)
  const ip = freeOn(wire, network)
  net.attach(wire, { name, ip, prefix: 16 })
  net.gateway = network.IPAM.Config?.[0]?.Gateway
  return ip
}

function freeOn(wire: Segment, network: Network): string {
  const taken = new Set<string>([network.IPAM.Config?.[0]?.Gateway ?? ''])
  for (const { interfaces } of wire.members) for (const own of interfaces) if (own.segment === wire) taken.add(own.ip)
  const subnet = parseSubnet(network.IPAM.Config?.[0]?.Subnet ?? '')
  const ip = subnet && freeAddress(subnet, taken)
  if (!ip) throw new DockerError(500, `no available IPv4 addresses on this network's address pools: ${network.Name} (${network.Id})`)
  return ip
}

/** Names that are looked up on one network, as seen from one engine. */
export function resolve(member: Member, network: Network, name: string): string[] {
  const peers = peersOf(member.daemon)
  const plain = name.endsWith(`.${network.Name.toLowerCase()}`) ? name.slice(0, -network.Name.length - 1) : name
  const ofService = peers.overlays.get(network.Id)?.names.get(plain)?.(member)
  if (ofService) return ofService
  return running(peers, member, network.Id)
    .filter(({ names }) => names.some((own) => own.toLowerCase() === plain))
    .map(({ address }) => address)
}

export function serviceTasks(member: Member, networkId: string, serviceId: string): string[] {
  return tasksAt(peersOf(member.daemon), member, networkId, serviceId)
}

export { inTurn }
