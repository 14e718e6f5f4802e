/**
 * Docker's own DNS at 127.0.0.11, and the wall between bridges. On user-defined networks containers find each other by name, alias and
 * short id; the default bridge knows no names. Names of the outside are asked of the machine.
 */
import { firewallOf } from './firewall.ts'
import { endpointsOn, findNetwork } from './network-lookup.ts'
import type { Answer, NameServer } from '../../../unix/network/network.ts'
import type { Daemon } from '../daemon.ts'
import type { Network } from '../shapes.ts'
import { contains, parseSubnet } from './subnets.ts'
import { UnixError } from '../../../unix/errors.ts'

export function nameServerFor(daemon: Daemon, id: string): NameServer {
  return {
    query({ name, type }) {
      const own = addressesFor(daemon, id, name)
      const answer = (addresses: readonly string[]): Answer => ({
        code: 'NOERROR',
        records: type === 'A' ? addresses.map((data) => ({ name, type: 'A', ttl: 600, data })) : [],
      })
      if (type === 'PTR') return reverse(daemon, id, name)
      if (own.length > 0) return answer(own)
      let outside: readonly string[] | undefined
      try {
        outside = daemon.host.net.resolver?.(name)
      } catch (error) {
        if (!(error instanceof UnixError)) throw error
        return { code: 'SERVFAIL', records: [] }
      }
      return outside && outside.length > 0 ? answer(outside) : { code: 'NXDOMAIN', records: [] }
    },
  }
}

function addressesFor(daemon: Daemon, id: string, name: string): string[] {
  const container = daemon.find(id)
  const found: string[] = []
  const plain = name.toLowerCase()
  for (const endpoint of Object.values(container?.NetworkSettings.Networks ?? {})) {
    const network = findNetwork(daemon, endpoint.NetworkID)
    if (!network || endpoint.DNSNames === null) continue
    if (network.Scope === 'swarm') found.push(...(daemon.swarm?.resolve(network, plain) ?? []))
    for (const { container: other, endpoint: theirs } of endpointsOn(daemon, network)) {
      const isNamed = theirs.DNSNames?.some(
        (own) => own.toLowerCase() === plain || `${own.toLowerCase()}.${network.Name.toLowerCase()}` === plain,
      )
      if (isNamed && theirs.IPAddress && other.State.Running) found.push(theirs.IPAddress)
    }
    for (const link of endpoint.Links ?? []) {
      const [target, alias = target] = link.split(':')
      const linked = alias === plain ? daemon.find(target)?.NetworkSettings.Networks[network.Name]?.IPAddress : undefined
      if (linked) found.push(linked)
    }
  }
  return [...new Set(found)]
}

/** `2.0.18.172.in-addr.arpa` → `web.front.` */
function reverse(daemon: Daemon, id: string, name: string): Answer {
  const ip = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\.in-addr\.arpa$/.exec(name)?.slice(1).reverse().join('.')
  for (const { NetworkID } of Object.values(daemon.find(id)?.NetworkSettings.Networks ?? {})) {
    const network = findNetwork(daemon, NetworkID)
    const there = network && endpointsOn(daemon, network).find(({ address }) => address === ip)
    if (there)
      return { code: 'NOERROR', records: [{ name, type: 'PTR', ttl: 600, data: `${there.container.Name.slice(1)}.${network.Name}.` }] }
  }
  return { code: 'NXDOMAIN', records: [] }
}

/** Drops what would go from one bridge of this engine to another, as its isolation chains do; whatever else the machine drops, it still does. */
export function isolateBridges(daemon: Daemon): void {
  const { net } = daemon.host
  net.firewall = () => firewallOf(daemon)
  const others = net.forward
  net.forward = (from, to, out) => {
    if (others && !others(from, to, out)) return false
    const source = networkOf(daemon, from.ip)
    const target = networkOf(daemon, to.ip)
    if (source?.Internal || target?.Internal) return source?.Id === target?.Id
    return !source || !target || source.Id === target.Id
  }
}

function networkOf(daemon: Daemon, ip: string): Network | undefined {
  return daemon.networks().find((network) => {
    const subnet = parseSubnet(network.IPAM.Config?.[0]?.Subnet ?? '')
    return subnet !== undefined && contains(subnet, ip)
  })
}
