/** Finding networks, and who is on one now. */
import type { Daemon } from '../daemon.ts'
import { notFound } from '../docker-error.ts'
import type { Container, EndpointSettings, Network } from '../shapes.ts'

export function findNetwork(daemon: Daemon, name: string): Network | undefined {
  const byId = daemon.store.get('networks', name) as Network | undefined
  if (byId) return byId
  const networks = daemon.networks()
  return (
    networks.find((network) => network.Name === name) ??
    (/^[a-z0-9]+$/.test(name) ? networks.find((network) => network.Id.startsWith(name)) : undefined)
  )
}

export function requireNetwork(daemon: Daemon, name: string): Network {
  const network = findNetwork(daemon, name)
  if (!network) throw notFound(`network ${name} not found`)
  return network
}

export function isPredefined({ Name }: Network): boolean {
  return Name === 'bridge' || Name === 'host' || Name === 'none'
}

/** Containers that are on a network now. */
export function endpointsOn(daemon: Daemon, network: Network): { container: Container; endpoint: EndpointSettings; address: string }[] {
  const found: { container: Container; endpoint: EndpointSettings; address: string }[] = []
  for (const container of daemon.store.indexed('containers', 'network', network.Id) as Container[]) {
    for (const endpoint of Object.values(container.NetworkSettings.Networks)) {
      if (endpoint.NetworkID === network.Id && endpoint.EndpointID !== '') found.push({ container, endpoint, address: endpoint.IPAddress })
    }
  }
  return found
}
