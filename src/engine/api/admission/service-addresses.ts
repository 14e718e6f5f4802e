/**
 * Cluster addresses and node ports. A Service may name its own; otherwise one is drawn that nobody has. What is taken is read from the
 * Services themselves, so there is no second book to keep.
 */
import type { Random } from '../../../base/random.ts'
import { FieldErrors } from '../../kinds/field-errors.ts'
import type { V1Service, V1ServicePort, V1ServiceSpec } from '../../kinds/generated/types.ts'
import { invalid } from '../errors.ts'

export const serviceSubnet = '10.96.0.0/12'
const subnet = { text: serviceSubnet, first: toNumber('10.96.0.0'), size: 1 << 20 }
const nodePorts = { first: 30000, last: 32767 }
/** Low addresses are left to those who choose one. */
const reservedAddresses = 256

export interface Addresses {
  readonly services: readonly V1Service[]
  readonly random: Random
  /** Nothing is handed out, so nothing is checked against what is. */
  readonly isDryRun: boolean
}

export function withAddresses(service: V1Service, old: V1Service | undefined, addresses: Addresses): V1Service {
  const spec = withClusterAddress(service, old, addresses)
  const fresh = spec === service.spec ? service : { ...service, spec }
  return withHealthPort(withNodePorts(fresh, old, addresses), old, addresses)
}

function withClusterAddress({ metadata, spec }: V1Service, old: V1Service | undefined, { services, random }: Addresses): V1ServiceSpec {
  if (spec.type === 'ExternalName') {
    const { clusterIP: _, clusterIPs: __, ipFamilies: ___, ipFamilyPolicy: ____, ...rest } = spec
    return spec.clusterIP === undefined && spec.ipFamilies === undefined ? spec : rest
  }
  const families = { ipFamilies: spec.ipFamilies ?? ['IPv4'], ipFamilyPolicy: spec.ipFamilyPolicy ?? 'SingleStack' }
  const asked = spec.clusterIP || spec.clusterIPs?.[0] || (old && old.spec.type !== 'ExternalName' ? old.spec.clusterIP : undefined)
  if (asked === 'None')
    return complete(spec, {
      clusterIP: 'None',
      clusterIPs: ['None'],
      ...(spec.selector ? families : { ipFamilies: spec.ipFamilies ?? ['IPv4'], ipFamilyPolicy: spec.ipFamilyPolicy ?? 'SingleStack' }),
    })
  if (asked && asked === old?.spec.clusterIP) return complete(spec, { clusterIP: asked, clusterIPs: [asked], ...families })
  const taken = new Set(services.map((service) => service.spec.clusterIP))
  if (asked) {
    const errors = new FieldErrors()
    const offset = toNumber(asked) - subnet.first
    if (offset <= 0 || offset >= subnet.size - 1)
      errors.invalid(
        'spec.clusterIPs',
        [asked],
        `failed to allocate IP ${asked}: the provided IP (${asked}) is not in the valid range. The range of valid IPs is ${subnet.text}`,
      )
    else if (taken.has(asked))
      errors.invalid('spec.clusterIPs', [asked], `failed to allocate IP ${asked}: provided IP is already allocated`)
    if (errors.list.length > 0) throw invalid({ group: '', kind: 'Service' }, metadata.name, errors.list)
    return complete(spec, { clusterIP: asked, clusterIPs: [asked], ...families })
  }
  let address: string
  do address = toAddress(subnet.first + reservedAddresses + random.below(subnet.size - reservedAddresses - 1))
  while (taken.has(address))
  return complete(spec, { clusterIP: address, clusterIPs: [address], ...families })
}

function complete(spec: V1ServiceSpec, addition: Partial<V1ServiceSpec>): V1ServiceSpec {
  return { ...spec, ...addition }
}

function withNodePorts(service: V1Service, old: V1Service | undefined, { services, random, isDryRun }: Addresses): V1Service {
  const { spec, metadata } = service
  const wants = spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false)
  if (!wants) {
    if (!old || spec.type === 'LoadBalancer' || !spec.ports?.some((port) => port.nodePort)) return service
    // Ports that were handed out go back; the type no longer has any.
    return { ...service, spec: { ...spec, ports: spec.ports.map(({ nodePort: _, ...port }) => port) } }
  }
  const isSelf = (other: V1Service) => other.metadata.name === metadata.name && other.metadata.namespace === metadata.namespace
  const taken = new Set(
    services
      .filter((other) => !isSelf(other))
      .flatMap((other) => (other.spec.ports ?? []).map((port) => `${port.nodePort}/${port.protocol}`)),
  )
  const numbers = new Set([...taken].map((text) => Number(text.split('/')[0])))
  const errors = new FieldErrors()
  const ports = (spec.ports ?? []).map((port, index): V1ServicePort => {
    const { nodePort } = port
    if (nodePort) {
      const path = `spec.ports[${index}].nodePort`
      if (isDryRun) return port
      if (nodePort < nodePorts.first || nodePort > nodePorts.last)
        errors.invalid(
          path,
          nodePort,
          `provided port is not in the valid range. The range of valid ports is ${nodePorts.first}-${nodePorts.last}`,
        )
      else if (taken.has(`${nodePort}/${port.protocol}`)) errors.invalid(path, nodePort, 'provided port is already allocated')
      numbers.add(nodePort)
      return port
    }
    const kept = old?.spec.ports?.find(
      (other) => other.port === port.port && other.protocol === port.protocol && (other.name ?? '') === (port.name ?? ''),
    )?.nodePort
    if (kept) return { ...port, nodePort: kept }
    const drawn = freePort(random, numbers)
    numbers.add(drawn)
    return { ...port, nodePort: drawn }
  })
  if (errors.list.length > 0) throw invalid({ group: '', kind: 'Service' }, metadata.name, errors.list)
  return { ...service, spec: { ...spec, ports } }
}

/** Where a cloud's load balancer asks a node whether it has a pod of the Service; only needed when nodes do not pass requests on. */
function withHealthPort(service: V1Service, old: V1Service | undefined, { services, random, isDryRun }: Addresses): V1Service {
  const { spec } = service
  if (!needsHealthPort(service)) {
    if (!old || !needsHealthPort(old) || spec.healthCheckNodePort === undefined) return service
    const { healthCheckNodePort: _, ...rest } = spec
    return { ...service, spec: rest }
  }
  if (spec.healthCheckNodePort || isDryRun) return service
  const kept = old && needsHealthPort(old) ? old.spec.healthCheckNodePort : undefined
  const taken = new Set(
    [service, ...services].flatMap(({ spec: other }) => [
      other.healthCheckNodePort,
      ...(other.ports ?? []).map(({ nodePort }) => nodePort),
    ]),
  )
  return { ...service, spec: { ...spec, healthCheckNodePort: kept ?? freePort(random, taken) } }
}

function needsHealthPort({ spec: { type, externalTrafficPolicy } }: V1Service): boolean {
  return type === 'LoadBalancer' && externalTrafficPolicy === 'Local'
}

function freePort(random: Random, taken: ReadonlySet<number | undefined>): number {
  for (;;) {
    const drawn = nodePorts.first + random.below(nodePorts.last - nodePorts.first + 1)
    if (!taken.has(drawn)) return drawn
  }
}

function toNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
}

function toAddress(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.')
}
