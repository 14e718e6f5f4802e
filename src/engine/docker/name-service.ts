/**
 * Docker's own DNS at 127.0.0.11, and the wall between bridges. On user-defined networks containers find each other by name, alias and
 * short id; the default bridge knows no names. Names of the outside are asked of the machine.
 */
import type { Address, Answer, NameServer } from '../../unix/network/network.ts'
import type { Daemon } from './daemon.ts'
import { endpointsOn } from './endpoints.ts'
import { findNetwork } from './networks.ts'
import { contains, parseSubnet } from './subnets.ts'

export function nameServerFor(daemon: Daemon, id: string): NameServer {
  return {
    query({ name, type }) {
      const own = addressesFor(daemon, id, name)
      const answer = (addresses: readonly string[]): Answer => ({
        code: 'NOERROR',
        isAuthoritative: own.length > 0,
        records: type === 'A' ? addresses.map((data) => ({ name, type: 'A', ttl: 600, data })) : [],
      })
      if (type === 'PTR') return reverse(daemon, id, name)
      if (own.length > 0) return answer(own)
      const outside = daemon.host.net.resolver?.(name)
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
    for (const { container: other, endpoint: theirs } of endpointsOn(daemon, network)) {
      const isNamed = theirs.DNSNames?.some((own) => own.toLowerCase() === plain || `${own.toLowerCase()}.${network.Name.toLowerCase()}` === plain)
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
    if (there) return { code: 'NOERROR', records: [{ name, type: 'PTR', ttl: 600, data: `${there.container.Name.slice(1)}.${network.Name}.` }] }
  }
  return { code: 'NXDOMAIN', records: [] }
}

/** Refuses what comes from another bridge of this engine, as its isolation chains do. */
export function isolationFor(daemon: Daemon, id: string): (from: Address, to: Address) => boolean {
  return (from) => {
    const container = daemon.find(id)
    if (!container) return false
    const own = new Set(Object.values(container.NetworkSettings.Networks).map(({ NetworkID }) => NetworkID))
    for (const network of daemon.networks()) {
      const pool = network.IPAM.Config?.[0]
      const subnet = parseSubnet(pool?.Subnet ?? '')
      if (!subnet || !contains(subnet, from.ip) || from.ip === pool?.Gateway) continue
      return own.has(network.Id)
    }
    return true
  }
}
