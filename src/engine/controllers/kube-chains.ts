/** kube-proxy's rules in the form in which iptables shows them: a chain for each port of a Service, and one for each of its endpoints. */
import { sha256Hex } from '../../base/sha256.ts'
import type { Firewall, FirewallChain, FirewallRule } from '../../unix/network/firewall.ts'
import type { TranslationRule } from '../../unix/network/network.ts'

const kinds = / (cluster IP|external IP|loadbalancer IP|nodePort)$/

/** `podCidr`: what comes from elsewhere to a cluster address is masqueraded. */
export function kubeFirewall(rules: readonly TranslationRule[], podCidr: string): Firewall {
  const services: FirewallRule[] = []
  const nodePorts: FirewallRule[] = []
  const rejects: FirewallRule[] = []
  const chains = new Map<string, FirewallRule[]>()
  for (const { ip, port, protocol, targets, comment } of rules) {
    const [, kind] = kinds.exec(comment) ?? []
    if (kind === undefined) continue
    const name = comment.replace(kinds, '')
    const all = targets('')
    const where = { protocol, port, ...(ip && { destination: `${ip}/32` }) }
    if (all.length === 0) {
      if (ip) rejects.push({ ...where, target: 'REJECT', match: remark(`${name} has no endpoints`) })
      continue
    }
    const service = `KUBE-SVC-${hash(name + protocol)}`
    if (ip) services.push({ ...where, target: service, match: remark(comment) })
    else {
      const external = `KUBE-EXT-${hash(name + protocol)}`
      nodePorts.push({ ...where, target: external, match: remark(name) })
      chains.set(external, [
        { target: 'KUBE-MARK-MASQ', match: remark(`masquerade traffic for ${name} external destinations`) },
        { target: service },
      ])
    }
    const chain = chains.get(service) ?? balanced(name, protocol, all, chains)
    chains.set(
      service,
      kind === 'cluster IP' ? [{ ...where, source: `!${podCidr}`, target: 'KUBE-MARK-MASQ', match: remark(comment) }, ...chain] : chain,
    )
  }
  const portals = remark('kubernetes service portals')
  const named = (name: string, own: readonly FirewallRule[]): FirewallChain => ({ name, rules: own })
  return {
    filter: [named('KUBE-SERVICES', rejects)],
    nat: [
      { name: 'PREROUTING', policy: 'ACCEPT', rules: [{ target: 'KUBE-SERVICES', match: portals }] },
      { name: 'OUTPUT', policy: 'ACCEPT', rules: [{ target: 'KUBE-SERVICES', match: portals }] },
      { name: 'POSTROUTING', policy: 'ACCEPT', rules: [{ target: 'KUBE-POSTROUTING', match: remark('kubernetes postrouting rules') }] },
      named('KUBE-MARK-MASQ', [{ target: 'MARK --set-xmark 0x4000/0x4000' }]),
      named('KUBE-NODEPORTS', nodePorts),
      named('KUBE-POSTROUTING', [
        { target: 'RETURN', match: ['-m mark ! --mark 0x4000/0x4000', 'mark match ! 0x4000/0x4000'] },
        { target: 'MARK --set-xmark 0x4000/0x0' },
        { target: 'MASQUERADE --random-fully', match: remark('kubernetes service traffic requiring SNAT') },
      ]),
      named('KUBE-SERVICES', [
        ...services,
        {
          target: 'KUBE-NODEPORTS',
          match: [
            '-m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this chain" -m addrtype --dst-type LOCAL',
            '/* kubernetes service nodeports; NOTE: this must be the last rule in this chain */ ADDRTYPE match dst-type LOCAL',
          ],
        },
      ]),
      ...[...chains].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, own]) => named(name, own)),
    ],
  }
}

/** Each endpoint gets what is left divided by how many are left. */
function balanced(
  name: string,
  protocol: 'tcp' | 'udp',
  all: ReturnType<TranslationRule['targets']>,
  chains: Map<string, FirewallRule[]>,
): FirewallRule[] {
  return all.map(({ ip, port }, index) => {
    const endpoint = `KUBE-SEP-${hash(`${name}${protocol}${ip}:${port}`)}`
    chains.set(endpoint, [
      { source: `${ip}/32`, target: 'KUBE-MARK-MASQ', match: remark(name) },
      {
        protocol,
        target: 'DNAT',
        match: [`-m comment --comment "${name}" -m ${protocol}`, `/* ${name} */ ${protocol}`],
        to: `${ip}:${port}`,
      },
    ])
    const [option, words] = remark(`${name} -> ${ip}:${port}`)
    const share = (1 / (all.length - index)).toFixed(11)
    return index === all.length - 1
      ? { target: endpoint, match: [option, words] }
      : {
          target: endpoint,
          match: [`${option} -m statistic --mode random --probability ${share}`, `${words} statistic mode random probability ${share}`],
        }
  })
}

function remark(text: string): readonly [string, string] {
  return [`-m comment --comment "${text}"`, `/* ${text} */`]
}

/** Sixteen letters of base 32, as kube-proxy shortens names. */
function hash(text: string): string {
  const bits = BigInt(`0x${sha256Hex(new TextEncoder().encode(text)).slice(0, 20)}`)
  return Array.from({ length: 16 }, (_, at) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number((bits >> BigInt(75 - 5 * at)) & 31n)]).join('')
}
