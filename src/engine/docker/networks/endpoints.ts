/**
 * Containers on networks: which they asked for, the address each gets when it starts, and the interface in its namespace. What is asked
 * for stays with the container while it is stopped; addresses are given back.
 */
import type { NetNamespace, Segment } from '../../../unix/network/network.ts'
import type { Daemon } from '../daemon.ts'
import { DockerError, badRequest, failure } from '../docker-error.ts'
import { type Container, type EndpointSettings, type Network, noEndpoint } from '../shapes.ts'
import { contains, freeAddress, parseSubnet } from './subnets.ts'
import { endpointsOn, findNetwork, isPredefined } from './network-lookup.ts'
import { segmentOf } from './networks.ts'
import { sorted } from '../images/image-store.ts'

export type EndpointRequest = Partial<EndpointSettings>

/** What inspect shows before the first start: each network with what was wished, and no addresses. */
export function endpointsAskedFor(
  daemon: Daemon,
  mode: string,
  requests: Readonly<Record<string, EndpointRequest>>,
): Readonly<Record<string, EndpointSettings>> {
  if (mode.startsWith('container:')) return {}
  const asked: Record<string, EndpointSettings> = {}
  const entries = Object.entries(requests)
  // The network of `--network` is there even when nothing was said about it.
  if (!entries.some(([name]) => sameNetwork(daemon, name, mode))) entries.unshift([mode, {}])
  for (const [name, request] of entries) {
    const key = name === 'default' ? 'bridge' : (findNetwork(daemon, name)?.Name ?? name)
    asked[key] = {
      ...noEndpoint,
      IPAMConfig: request.IPAMConfig && Object.keys(request.IPAMConfig).length > 0 ? request.IPAMConfig : (request.IPAMConfig ?? null),
      Links: request.Links ?? null,
      Aliases: request.Aliases ?? null,
      MacAddress: request.MacAddress ?? '',
      DriverOpts: request.DriverOpts ?? null,
      GwPriority: request.GwPriority ?? 0,
      NetworkID: findNetwork(daemon, key)?.Id ?? '',
    }
  }
  return sorted(asked)
}

function sameNetwork(daemon: Daemon, a: string, b: string): boolean {
  const plain = (name: string) => (name === 'default' ? 'bridge' : name)
  return plain(a) === plain(b) || (findNetwork(daemon, plain(a))?.Id ?? 'a') === (findNetwork(daemon, plain(b))?.Id ?? 'b')
}

/** Joins a namespace to a network; answers the endpoint with its address. */
export function joinNetwork(
  daemon: Daemon,
  {
    container,
    network,
    wished,
    net,
    index,
  }: { container: Container; network: Network; wished: EndpointSettings; net: NetNamespace; index: number },
): EndpointSettings {
  if (network.Scope === 'swarm') daemon.swarm?.checkAttachment(network, container)
  if (network.Driver === 'host' || network.Driver === 'null') return { ...wished, NetworkID: network.Id, EndpointID: daemon.random.hex(64) }
  const config = network.IPAM.Config?.find((pool) => parseSubnet(pool.Subnet ?? ''))
  const subnet = parseSubnet(config?.Subnet ?? '')
  if (!subnet) throw failure(`no address pool for network ${network.Name}`)
  const range = parseSubnet(config?.IPRange ?? '') ?? subnet
  const taken = addressesTaken(daemon, network)
  const wanted = wished.IPAMConfig?.IPv4Address
  if (wanted && !contains(subnet, wanted))
    throw badRequest('invalid endpoint settings:\nno configured subnet or ip-range contain the IP address ' + wanted)
  if (wanted && taken.has(wanted)) throw new DockerError(403, 'Address already in use')
  const isOverlay = network.Scope === 'swarm'
  if (isOverlay && !wanted) for (const address of daemon.swarm?.addressesTaken(network) ?? []) taken.add(address)
  const ip = wanted ?? freeAddress(range, taken)
  if (ip === undefined) throw failure(`no available IPv4 addresses on this network's address pools: ${network.Name} (${network.Id})`)
  const mac = wished.MacAddress || randomMac(daemon)
  net.attach(segmentOf(daemon, network) as Segment, { name: `eth${index}`, ip, prefix: subnet.prefix, mac })
  const isUserDefined = !isPredefined(network)
  const names = isUserDefined
    ? [
        ...new Set([
          container.Name.slice(1),
          ...(wished.Aliases ?? []),
          container.Id.slice(0, 12),
          ...(container.Config.Hostname === container.Id.slice(0, 12) ? [] : [container.Config.Hostname]),
        ]),
      ]
    : null
  return {
    ...wished,
    MacAddress: mac,
    NetworkID: network.Id,
    EndpointID: daemon.random.hex(64),
    Gateway: network.Internal || isOverlay ? '' : (config?.Gateway ?? ''),
    IPAddress: ip,
    IPPrefixLen: subnet.prefix,
    DNSNames: names,
  }
}

/** The same wishes without an address. */
export function released(endpoint: EndpointSettings, { keepMac }: { keepMac?: string } = {}): EndpointSettings {
  return { ...endpoint, MacAddress: keepMac ?? '', EndpointID: '', Gateway: '', IPAddress: '', IPPrefixLen: 0 }
}

function addressesTaken(daemon: Daemon, network: Network): Set<string> {
  const taken = new Set<string>()
  for (const pool of network.IPAM.Config ?? []) {
    if (pool.Gateway) taken.add(pool.Gateway)
    for (const address of Object.values(pool.AuxiliaryAddresses ?? {})) taken.add(address)
  }
  for (const { address } of endpointsOn(daemon, network)) taken.add(address)
  return taken
}

function randomMac(daemon: Daemon): string {
  const bytes = Array.from({ length: 6 }, () => daemon.random.below(256))
  // Locally administered, not multicast.
  bytes[0] = (bytes[0] & 0xfe) | 0x02
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(':')
}
