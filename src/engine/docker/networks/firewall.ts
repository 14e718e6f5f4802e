/** The rules that dockerd keeps in iptables, made from what there is: its bridges, and the ports it publishes. */
import type { Firewall, FirewallRule } from '../../../unix/network/firewall.ts'
import type { Daemon } from '../daemon.ts'
import { bridgeName } from './networks.ts'

const local = ['-m addrtype --dst-type LOCAL', 'ADDRTYPE match dst-type LOCAL'] as const
const established = ['-m conntrack --ctstate RELATED,ESTABLISHED', 'ctstate RELATED,ESTABLISHED'] as const

export function firewallOf(daemon: Daemon): Firewall {
  // The latest network comes first.
  const bridges = daemon
    .networks()
    .filter(({ Driver }) => Driver === 'bridge')
    .map((network) => ({ name: bridgeName(network), subnet: network.IPAM.Config?.[0]?.Subnet ?? '', isInternal: network.Internal }))
    .reverse()
  const published = daemon.containers().flatMap((container) =>
    Object.entries(container.NetworkSettings.Ports).flatMap(([port, bindings]) => {
      const endpoint = Object.values(container.NetworkSettings.Networks).find(({ IPAddress }) => IPAddress !== '')
      const network = daemon.networks().find(({ Id }) => Id === endpoint?.NetworkID)
      if (!endpoint || !network) return []
      const [number, protocol] = port.split('/') as [string, 'tcp' | 'udp']
      return (bindings ?? [])
        .filter(({ HostIp }) => !HostIp.includes(':'))
        .map(({ HostIp, HostPort }) => ({
          bridge: bridgeName(network),
          ip: endpoint.IPAddress,
          port: Number(number),
          protocol,
          hostIp: HostIp,
          hostPort: Number(HostPort),
        }))
    }),
  )
  const each = (rule: (bridge: (typeof bridges)[number]) => FirewallRule | undefined): FirewallRule[] =>
    bridges.flatMap((bridge) => rule(bridge) ?? [])
  return {
    filter: [
      { name: 'INPUT', policy: 'ACCEPT', rules: [] },
      { name: 'FORWARD', policy: 'DROP', rules: [{ target: 'DOCKER-USER' }, { target: 'DOCKER-FORWARD' }] },
      { name: 'OUTPUT', policy: 'ACCEPT', rules: [] },
      {
        name: 'DOCKER',
        rules: [
          ...published.map(({ bridge, ip, port, protocol }) => ({
            target: 'ACCEPT',
            protocol,
            destination: `${ip}/32`,
            from: `!${bridge}`,
            out: bridge,
            port,
          })),
          ...each(({ name, isInternal }) => (isInternal ? undefined : { target: 'DROP', from: `!${name}`, out: name })),
        ],
      },
      { name: 'DOCKER-BRIDGE', rules: each(({ name, isInternal }) => (isInternal ? undefined : { target: 'DOCKER', out: name })) },
      {
        name: 'DOCKER-CT',
        rules: each(({ name, isInternal }) => (isInternal ? undefined : { target: 'ACCEPT', out: name, match: established })),
      },
      {
        name: 'DOCKER-FORWARD',
        rules: [
          { target: 'DOCKER-CT' },
          { target: 'DOCKER-ISOLATION-STAGE-1' },
          { target: 'DOCKER-BRIDGE' },
          ...each(({ name }) => ({ target: 'ACCEPT', from: name })),
        ],
      },
      {
        name: 'DOCKER-ISOLATION-STAGE-1',
        rules: [
          ...bridges
            .filter(({ isInternal }) => isInternal)
            .flatMap(({ name, subnet }) => [
              { target: 'DROP', destination: `!${subnet}`, from: name },
              { target: 'DROP', source: `!${subnet}`, out: name },
            ]),
          ...each(({ name, isInternal }) => (isInternal ? undefined : { target: 'DOCKER-ISOLATION-STAGE-2', from: name, out: `!${name}` })),
        ],
      },
      { name: 'DOCKER-ISOLATION-STAGE-2', rules: each(({ name, isInternal }) => (isInternal ? undefined : { target: 'DROP', out: name })) },
      { name: 'DOCKER-USER', rules: [] },
    ],
    nat: [
      { name: 'PREROUTING', policy: 'ACCEPT', rules: [{ target: 'DOCKER', match: local }] },
      { name: 'INPUT', policy: 'ACCEPT', rules: [] },
      { name: 'OUTPUT', policy: 'ACCEPT', rules: [{ target: 'DOCKER', destination: '!127.0.0.0/8', match: local }] },
      {
        name: 'POSTROUTING',
        policy: 'ACCEPT',
        rules: each(({ name, subnet, isInternal }) => (isInternal ? undefined : { target: 'MASQUERADE', source: subnet, out: `!${name}` })),
      },
      {
        name: 'DOCKER',
        rules: published.map(({ bridge, ip, port, protocol, hostIp, hostPort }) => ({
          target: 'DNAT',
          protocol,
          ...(hostIp !== '' && hostIp !== '0.0.0.0' && { destination: `${hostIp}/32` }),
          from: `!${bridge}`,
          port: hostPort,
          to: `${ip}:${port}`,
        })),
      },
    ],
  }
}
