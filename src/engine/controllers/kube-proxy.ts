/**
 * Services on one machine: translation rules from a Service's addresses to the pods behind it. A rule asks at each new connection
 * which endpoints there are, so only a Service's own changes rewrite rules. With session affinity the machine remembers who went where.
 */
import type { Clock } from '../../base/clock.ts'
import type { Random } from '../../base/random.ts'
import type { Client } from '../api/client.ts'
import type { V1EndpointSlice, V1Service } from '../kinds/generated/types.ts'
import type { NetNamespace, TranslationRule } from '../../unix/network/network.ts'
import { itself, namespaceAndName } from './objects.ts'
import type { PatientController } from './run.ts'

interface Target {
  readonly ip: string
  readonly port: number
}

export interface KubeProxyOptions {
  readonly node: string
  readonly net: NetNamespace
  readonly clock: Clock
  readonly random: Random
}

/** Who went where, and when last. */
type Table = Map<string, { target: Target; atMs: number }>

export function kubeProxy({ node, net, clock, random }: KubeProxyOptions): PatientController {
  const tables = new Map<string, Table>()
  const written = new Map<string, readonly TranslationRule[]>()
  let reader: Client | undefined

  const sticky = (rule: TranslationRule, { metadata, spec }: V1Service): TranslationRule => {
    const timeoutMs = (spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10_800) * 1000
    const key = `${metadata.uid}|${rule.comment.replace(/ (cluster IP|external IP|loadbalancer IP|nodePort)$/, '')}`
    const table = tables.get(key) ?? new Map()
    tables.set(key, table)
    const targets = (from: string): readonly Target[] => {
      const all = rule.targets(from)
      // Nobody asks: the rules are only looked at.
      if (all.length === 0 || from === '') return all
      const known = table.get(from)
      const kept =
        known && clock.now() - known.atMs < timeoutMs && all.some(({ ip, port }) => ip === known.target.ip && port === known.target.port)
      const target = kept ? known.target : random.pick(all)
      table.set(from, { target, atMs: clock.now() })
      return [target]
    }
    return { ...rule, targets }
  }

  const forget = (key: string): void => {
    for (const rule of written.get(key) ?? []) {
      const at = net.rules.indexOf(rule)
      if (at >= 0) net.rules.splice(at, 1)
    }
    written.delete(key)
  }

  return {
    name: `kube-proxy on ${node}`,
    start(_enqueue, client) {
      reader = client
    },
    watches: { services: itself },
    reconcile(key, client) {
      forget(key)
      const [namespace, name] = namespaceAndName(key)
      const service = client.get<V1Service>('services', namespace, name)
      if (service?.spec.sessionAffinity !== 'ClientIP')
        for (const known of tables.keys()) if (service && known.startsWith(`${service.metadata.uid}|`)) tables.delete(known)
      if (!service || service.spec.type === 'ExternalName') return
      // What the machine answers itself (names, at the cluster's DNS address) is not sent on, as with NodeLocal DNSCache.
      const isOwn = (ip: string | undefined, protocol: string): boolean => protocol === 'udp' && net.interfaces.some((one) => one.ip === ip)
      const rules = rulesFor(service, node, () => reader ?? client)
        .map((rule) => (service.spec.sessionAffinity === 'ClientIP' ? sticky(rule, service) : rule))
        .filter(({ ip, protocol }) => !isOwn(ip, protocol))
      net.rules.push(...rules)
      written.set(key, rules)
    },
    stop() {
      // As with the real one, rules stay when the process goes.
    },
  }
}

function rulesFor(service: V1Service, node: string, client: () => Client): TranslationRule[] {
  const { spec, metadata, status } = service
  const key = `${metadata.namespace}/${metadata.name}`
  const rules: TranslationRule[] = []
  for (const port of spec.ports ?? []) {
    if (port.protocol === 'SCTP') continue
    const protocol = port.protocol === 'UDP' ? 'udp' : 'tcp'
    const comment = port.name ? `${key}:${port.name}` : key
    const targets = (isLocal: boolean) => (): readonly Target[] => endpointsOf(client(), key, port.name ?? '', isLocal ? node : undefined)
    const inside = targets(spec.internalTrafficPolicy === 'Local')
    const outside = targets(spec.externalTrafficPolicy === 'Local')
    const addresses = spec.clusterIP && spec.clusterIP !== 'None' ? [spec.clusterIP] : []
    for (const ip of addresses) rules.push({ ip, port: port.port, protocol, targets: inside, comment: `${comment} cluster IP` })
    for (const ip of spec.externalIPs ?? [])
      rules.push({ ip, port: port.port, protocol, targets: outside, comment: `${comment} external IP` })
    for (const { ip } of status?.loadBalancer?.ingress ?? [])
      if (ip) rules.push({ ip, port: port.port, protocol, targets: outside, comment: `${comment} loadbalancer IP` })
    if (port.nodePort) rules.push({ ip: undefined, port: port.nodePort, protocol, targets: outside, comment: `${comment} nodePort` })
  }
  return rules
}

/** Ready endpoints of a port; when there are none, those that still serve while they end. */
export function endpointsOf(client: Client, service: string, portName: string, onlyNode?: string): readonly Target[] {
  const ready: Target[] = []
  const leaving: Target[] = []
  for (const slice of client.indexed<V1EndpointSlice>('endpointslices.discovery.k8s.io', 'service', service)) {
    const port = slice.ports?.find(({ name }) => (name ?? '') === portName)?.port
    if (port === undefined) continue
    for (const { addresses, conditions, nodeName } of slice.endpoints ?? []) {
      if (onlyNode !== undefined && nodeName !== onlyNode) continue
      if (conditions?.ready !== false) ready.push({ ip: addresses[0], port })
      else if (conditions.serving && conditions.terminating) leaving.push({ ip: addresses[0], port })
    }
  }
  return ready.length > 0 ? ready : leaving
}
