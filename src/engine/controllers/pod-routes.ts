/** The pod network between machines: on each one a route to every other node's pods. What a network plugin (flannel's host-gw) does. */
import type { V1Node } from '../kinds/generated/types.ts'
import type { NetNamespace } from '../../unix/network/network.ts'
import { itself } from './objects.ts'
import type { PatientController } from './run.ts'

interface Route {
  readonly network: string
  readonly prefix: number
  readonly via: string
}

export function podRoutes({ node, net }: { node: string; net: NetNamespace & { readonly routes?: Route[] } }): PatientController {
  const mine = new Map<string, Route>()
  return {
    name: `network plugin on ${node}`,
    watches: { nodes: itself },
    reconcile(name, client) {
      const { routes } = net
      if (name === node || !routes) return
      const other = client.get<V1Node>('nodes', '', name)
      const cidr = other?.spec.podCIDR
      const via = other?.status.addresses?.find(({ type }) => type === 'InternalIP')?.address
      const before = mine.get(name)
      const [network, prefix] = cidr?.split('/') ?? []
      if (before && before.network === network && before.via === via) return
      if (before) routes.splice(routes.indexOf(before), 1)
      mine.delete(name)
      if (!network || !via) return
      const route = { network, prefix: Number(prefix), via }
      routes.push(route)
      mine.set(name, route)
    },
  }
}
