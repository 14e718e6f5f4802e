/**
 * Cluster addresses and node ports. A Service may name its own; otherwise one is drawn that nobody has. What is taken is read from the
 * Services themselves, so there is no second book to keep.
 */
import type { Random } from '../../../base/random.ts'
import { FieldErrors } from '../../kinds/field-errors.ts'
import type { V1Service, V1ServicePort, V1ServiceSpec } from '../../kinds/generated/types.ts'
import { goList } from '../../kinds/go-print.ts'
import { isIpv6 } from '../../kinds/validation/addresses.ts'
import { needsHealthPort, validateClusterAddresses } from '../../kinds/validation/service.ts'
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
  return withHealthPort(withNodePorts(fresh, old, addresses), addresses)
}

function withClusterAddress(service: V1Service, old: V1Service | undefined, { services, random }: Addresses): V1ServiceSpec {
  if (service.spec.type === 'ExternalName') return service.spec
  const spec = withFamilies(service, old)
  const asked = spec.clusterIP
  if (asked === 'None' || (asked && asked === old?.spec.clusterIP)) return spec
  const taken = new Set(services.map((other) => other.spec.clusterIP))
  if (asked) {
    const errors = new FieldErrors()
    const offset = toNumber(asked) - subnet.first
    const refuse = (why: string) =>
      errors.invalid('spec.clusterIPs', goList('string', spec.clusterIPs), `failed to allocate IP ${asked}: ${why}`)
    if (offset <= 0 || offset >= subnet.size - 1)
      refuse(`the provided IP (${asked}) is not in the valid range. The range of valid IPs is ${subnet.text}`)
    else if (taken.has(asked)) refuse('provided IP is already allocated')
    refused(service, errors)
    return spec
  }
  let address: string
  do address = toAddress(subnet.first + reservedAddresses + random.below(subnet.size - reservedAddresses - 1))
  while (taken.has(address))
  return complete(spec, { clusterIP: address, clusterIPs: [address] })
}

/** The cluster has addresses of one family only. */
function withFamilies(service: V1Service, old: V1Service | undefined): V1ServiceSpec {
  const { spec } = service
  const { clusterIPs = [] } = spec
  const errors = new FieldErrors()
  validateClusterAddresses(spec, errors)
  refused(service, errors)
  const isForOthers = spec.clusterIP === 'None' && !spec.selector
  const ipFamilyPolicy = spec.ipFamilyPolicy ?? old?.spec.ipFamilyPolicy ?? (isForOthers ? 'RequireDualStack' : 'SingleStack')
  const path = 'spec.ipFamilyPolicy'
  if (ipFamilyPolicy === 'SingleStack') {
    const many = (what: string) =>
      errors.invalid(path, ipFamilyPolicy, `must be 'RequireDualStack' or 'PreferDualStack' when multiple ${what} are specified`)
    if (clusterIPs.length === 2) many('cluster IPs')
    if (spec.ipFamilies?.length === 2) many('IP families')
  }
  clusterIPs.forEach((address, index) => {
    if (spec.ipFamilies?.[index] === undefined && isIpv6(address))
      errors.invalid(`spec.clusterIPs[${index}]`, goList('string', clusterIPs), 'IPv6 is not configured on this cluster')
  })
  refused(service, errors)
  const [first = 'IPv4', ...others] = spec.ipFamilies ?? []
  // Whoever keeps the endpoints of such a Service may give them any address.
  if (isForOthers) {
    const isSingle = ipFamilyPolicy === 'SingleStack' || others.length > 0
    return complete(spec, { ipFamilies: isSingle ? [first, ...others] : [first, first === 'IPv4' ? 'IPv6' : 'IPv4'], ipFamilyPolicy })
  }
  if (ipFamilyPolicy === 'RequireDualStack') errors.invalid(path, ipFamilyPolicy, 'this cluster is not configured for dual-stack services')
  spec.ipFamilies?.forEach((family, index) => {
    if (family !== 'IPv4') errors.invalid(`spec.ipFamilies[${index}]`, family, 'not configured on this cluster')
  })
  refused(service, errors)
  return complete(spec, { ipFamilies: [first, ...others], ipFamilyPolicy })
}

function refused({ metadata }: V1Service, errors: FieldErrors): void {
  if (errors.list.length > 0) throw invalid({ group: '', kind: 'Service' }, metadata.name, errors.list)
}

function complete(spec: V1ServiceSpec, addition: Partial<V1ServiceSpec>): V1ServiceSpec {
  return { ...spec, ...addition }
}

function withNodePorts(service: V1Service, old: V1Service | undefined, { services, random, isDryRun }: Addresses): V1Service {
  const { spec, metadata } = service
  const wants = spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false)
  if (!wants) return service
  const isSelf = (other: V1Service) =>
    old !== undefined && other.metadata.name === metadata.name && other.metadata.namespace === metadata.namespace
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
    const drawn = freePort(random, numbers)
    numbers.add(drawn)
    return { ...port, nodePort: drawn }
  })
  refused(service, errors)
  return { ...service, spec: { ...spec, ports } }
}

/** Where a cloud's load balancer asks a node whether it has a pod of the Service; only needed when nodes do not pass requests on. */
function withHealthPort(service: V1Service, { services, random }: Addresses): V1Service {
  const { spec } = service
  if (!needsHealthPort(spec) || spec.healthCheckNodePort) return service
  const taken = new Set(
    [service, ...services].flatMap(({ spec: other }) => [
      other.healthCheckNodePort,
      ...(other.ports ?? []).map(({ nodePort }) => nodePort),
    ]),
  )
  return { ...service, spec: { ...spec, healthCheckNodePort: freePort(random, taken) } }
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
