/**
 * What makes a Service invalid, and what of it may change. Addresses and ports are handed out before anyone judges, so these rules see them
 * filled in.
 */
import { type FieldErrors, Verbatim } from '../field-errors.ts'
import type { V1Service, V1ServicePort, V1ServiceSpec } from '../generated/types.ts'
import { goList } from '../go-print.ts'
import { validateLabels } from '../metadata.ts'
import { dns1123Label, dns1123Subdomain, portNumber, qualifiedName } from '../names.ts'
import { isDualStack, isIp, isIpv6, validateCidr, validateIp, validateNonSpecialIp } from './addresses.ts'
import { required, supported, validatePortReference } from './values.ts'

const onlyBalanced = "may only be used when `type` is 'LoadBalancer'"

export function isHeadless({ clusterIPs }: V1ServiceSpec): boolean {
  return clusterIPs?.length === 1 && clusterIPs[0] === 'None'
}

/** Reached from outside the cluster. */
export function isExposed({ type, externalIPs = [] }: V1ServiceSpec): boolean {
  return type === 'LoadBalancer' || type === 'NodePort' || (type === 'ClusterIP' && externalIPs.length > 0)
}

export function needsHealthPort({ type, externalTrafficPolicy }: V1ServiceSpec): boolean {
  return type === 'LoadBalancer' && externalTrafficPolicy === 'Local'
}

export function validateService({ metadata, spec }: V1Service, errors: FieldErrors): void {
  const { annotations = {} } = metadata
  const { type = '', ports = [], sessionAffinity, sessionAffinityConfig } = spec
  const hints = annotations['service.kubernetes.io/topology-aware-hints']
  const mode = annotations['service.kubernetes.io/topology-mode']
  if (hints !== undefined && mode !== undefined && hints !== mode)
    errors.invalid(
      'metadata.annotations[service.kubernetes.io/topology-mode]',
      mode,
      'must match annotations[service.kubernetes.io/topology-aware-hints] when both are specified',
    )
  if (ports.length === 0 && !isHeadless(spec) && type !== 'ExternalName') errors.required('spec.ports')
  if ((type === 'LoadBalancer' || type === 'NodePort') && isHeadless(spec))
    errors.invalid('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${type} services`)
  if (type === 'ExternalName') validateExternalName(spec, errors)
  const names = new Set<string>()
  ports.forEach((port, index) => validatePort(port, `spec.ports[${index}]`, { names, isNameNeeded: ports.length > 1 }, errors))
  if (spec.selector) validateLabels(spec.selector, 'spec.selector', errors)
  required('spec.sessionAffinity', sessionAffinity, ['ClientIP', 'None'], errors)
  if (sessionAffinity === 'ClientIP') validateAffinitySeconds(spec, errors)
  else if (sessionAffinity === 'None' && sessionAffinityConfig)
    errors.forbidden('spec.sessionAffinityConfig', 'must not be set when session affinity is None')
  validateClusterAddresses(spec, errors)
  spec.externalIPs?.forEach((ip, index) => {
    if (validateIp(ip, `spec.externalIPs[${index}]`, errors)) validateNonSpecialIp(ip, `spec.externalIPs[${index}]`, errors)
  })
  required('spec.type', type, ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'], errors)
  validatePortsTogether(type, ports, errors)
  validateSourceRanges(spec, annotations, errors)
  if (spec.allocateLoadBalancerNodePorts !== undefined && type !== 'LoadBalancer')
    errors.forbidden('spec.allocateLoadBalancerNodePorts', onlyBalanced)
  validateBalancerClass(spec, errors)
  validateTrafficPolicies(spec, errors)
}

function validateExternalName(spec: V1ServiceSpec, errors: FieldErrors): void {
  const notForNames = 'may not be set for ExternalName services'
  if (spec.clusterIPs?.length) errors.forbidden('spec.clusterIPs', notForNames)
  if (spec.ipFamilies?.length) errors.forbidden('spec.ipFamilies', notForNames)
  if (spec.ipFamilyPolicy !== undefined) errors.forbidden('spec.ipFamilyPolicy', notForNames)
  const name = (spec.externalName ?? '').replace(/\.$/, '')
  if (name === '') errors.required('spec.externalName')
  else for (const problem of dns1123Subdomain(name)) errors.invalid('spec.externalName', name, problem)
}

function validatePort(
  { name, port = 0, protocol, targetPort, appProtocol }: V1ServicePort,
  path: string,
  { names, isNameNeeded }: { readonly names: Set<string>; readonly isNameNeeded: boolean },
  errors: FieldErrors,
): void {
  if (isNameNeeded && !name) errors.required(`${path}.name`)
  else if (name) {
    for (const problem of dns1123Label(name)) errors.invalid(`${path}.name`, name, problem)
    if (names.has(name)) errors.duplicate(`${path}.name`, name)
    names.add(name)
  }
  for (const problem of portNumber(port)) errors.invalid(`${path}.port`, port, problem)
  required(`${path}.protocol`, protocol, ['SCTP', 'TCP', 'UDP'], errors)
  validatePortReference(targetPort ?? port, `${path}.targetPort`, errors)
  if (appProtocol !== undefined)
    for (const problem of qualifiedName(appProtocol)) errors.invalid(`${path}.appProtocol`, appProtocol, problem)
}

function validateAffinitySeconds({ sessionAffinityConfig: config }: V1ServiceSpec, errors: FieldErrors): void {
  const seconds = config?.clientIP?.timeoutSeconds ?? 0
  if (seconds <= 0 || seconds > 86400)
    errors.invalid('spec.sessionAffinityConfig.clientIP.timeoutSeconds', seconds, 'must be greater than 0 and less than 86400')
}

function shown(addresses: readonly string[] | undefined): Verbatim {
  return goList('string', addresses)
}

/** Also asked while addresses are handed out, where nothing else is judged yet. */
export function validateClusterAddresses(spec: V1ServiceSpec, errors: FieldErrors): void {
  const { type, clusterIP, clusterIPs = [], ipFamilies = [], ipFamilyPolicy } = spec
  if (type === 'ExternalName') return
  const path = 'spec.clusterIPs'
  if (clusterIP) {
    if (clusterIPs.length === 0) errors.required(path)
    else if (clusterIPs[0] !== clusterIP) errors.invalid(path, shown(clusterIPs), 'first value must match `clusterIP`')
  } else if (clusterIPs.length > 0) errors.invalid(path, shown(clusterIPs), 'must be empty when `clusterIP` is not specified')
  ipFamilies.forEach((family, index) => {
    supported(`spec.ipFamilies[${index}]`, family, ['IPv4', 'IPv6'], errors)
    if (ipFamilies.indexOf(family) < index) errors.duplicate(`spec.ipFamilies[${index}]`, family)
  })
  if (ipFamilyPolicy !== undefined)
    supported('spec.ipFamilyPolicy', ipFamilyPolicy, ['PreferDualStack', 'RequireDualStack', 'SingleStack'], errors)
  const isNoneOfMany = clusterIPs[0] === 'None' && clusterIPs.length > 1
  if (isNoneOfMany) errors.invalid(path, shown(clusterIPs), "'None' must be the first and only value")
  const addresses = clusterIPs.map((address, index) => ({ address, index })).filter(({ address, index }) => index > 0 || address !== 'None')
  for (const { address, index } of addresses) validateIp(address, `${path}[${index}]`, errors)
  if (clusterIPs.length > 2) errors.invalid(path, shown(clusterIPs), 'may only hold up to 2 values')
  // What is no address has no family.
  if (isNoneOfMany || addresses.some(({ address }) => !isIp(address))) return
  if (clusterIPs.length > 1 && !isDualStack(clusterIPs.slice(0, 2)))
    errors.invalid(path, shown(clusterIPs), 'may specify no more than one IP for each IP family')
  for (const { address, index } of addresses) {
    const family = ipFamilies[index]
    if (family !== undefined && family !== (isIpv6(address) ? 'IPv6' : 'IPv4'))
      errors.invalid(`${path}[${index}]`, address, `expected an ${family} value as indicated by \`ipFamilies[${index}]\``)
  }
}

/** No two may be the same to who asks for them. */
function validatePortsTogether(type: string, ports: readonly V1ServicePort[], errors: FieldErrors): void {
  if (type === 'ClusterIP')
    ports.forEach(({ nodePort }, index) => {
      if (nodePort) errors.forbidden(`spec.ports[${index}].nodePort`, "may not be used when `type` is 'ClusterIP'")
    })
  const nodePorts = new Set<string>()
  ports.forEach(({ protocol, nodePort }, index) => {
    if (!nodePort) return
    const key = `${protocol}/${nodePort}`
    if (nodePorts.has(key)) errors.duplicate(`spec.ports[${index}].nodePort`, nodePort)
    nodePorts.add(key)
  })
  const seen = new Set<string>()
  ports.forEach(({ port, protocol }, index) => {
    const key = `${protocol}/${port}`
    if (seen.has(key))
      errors.duplicate(
        `spec.ports[${index}]`,
        new Verbatim(
          `core.ServicePort{Name:"", Protocol:${JSON.stringify(protocol)}, AppProtocol:(*string)(nil), Port:${port}, TargetPort:intstr.IntOrString{Type:0, IntVal:0, StrVal:""}, NodePort:0}`,
        ),
      )
    seen.add(key)
  })
}

function validateSourceRanges(
  { type, loadBalancerSourceRanges: ranges = [] }: V1ServiceSpec,
  annotations: Readonly<Record<string, string>>,
  errors: FieldErrors,
): void {
  const key = 'service.beta.kubernetes.io/load-balancer-source-ranges'
  // Upstream's own spelling.
  const path = ranges.length > 0 ? 'spec.LoadBalancerSourceRanges' : `metadata.annotations[${key}]`
  const annotated = annotations[key]
  if (ranges.length === 0 && annotated === undefined) return
  if (type !== 'LoadBalancer') errors.forbidden(path, onlyBalanced)
  ranges.forEach((range, index) => validateCidr(range.trim(), `${path}[${index}]`, errors))
  if (ranges.length === 0 && annotated?.trim()) for (const range of annotated.trim().split(',')) validateCidr(range.trim(), path, errors)
}

function validateBalancerClass({ type, loadBalancerClass }: V1ServiceSpec, errors: FieldErrors): void {
  if (loadBalancerClass === undefined) return
  if (type !== 'LoadBalancer') return errors.forbidden('spec.loadBalancerClass', onlyBalanced)
  for (const problem of qualifiedName(loadBalancerClass)) errors.invalid('spec.loadBalancerClass', loadBalancerClass, problem)
}

function validateTrafficPolicies(spec: V1ServiceSpec, errors: FieldErrors): void {
  const { externalTrafficPolicy: external, internalTrafficPolicy: internal, healthCheckNodePort = 0, trafficDistribution } = spec
  if (!isExposed(spec)) {
    if (external) errors.invalid('spec.externalTrafficPolicy', external, 'may only be set for externally-accessible services')
  } else required('spec.externalTrafficPolicy', external, ['Cluster', 'Local'], errors)
  const path = 'spec.healthCheckNodePort'
  if (!needsHealthPort(spec)) {
    if (healthCheckNodePort !== 0)
      errors.invalid(path, healthCheckNodePort, "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'")
  } else if (healthCheckNodePort === 0) errors.required(path)
  else for (const problem of portNumber(healthCheckNodePort)) errors.invalid(path, healthCheckNodePort, problem)
  if (internal !== undefined) supported('spec.internalTrafficPolicy', internal, ['Cluster', 'Local'], errors)
  if (trafficDistribution !== undefined) supported('spec.trafficDistribution', trafficDistribution, ['PreferClose'], errors)
}

const onceSet = 'may not change once set'

export function validateServiceUpdate({ spec: old }: V1Service, { spec: fresh }: V1Service, errors: FieldErrors): void {
  if (fresh.type !== 'ExternalName' && old.type !== 'ExternalName') {
    if (!isHeadless(old) || !isHeadless(fresh)) validateAddressChange(old, fresh, errors)
    if (!isHeadless(old) && !isHeadless(fresh)) validateFamilyChange(old, fresh, errors)
  }
  if (old.type === 'LoadBalancer' && fresh.type === 'LoadBalancer' && old.loadBalancerClass !== fresh.loadBalancerClass)
    errors.invalid('spec.loadBalancerClass', fresh.loadBalancerClass, onceSet)
  validateBalancerClass(fresh, errors)
  if (needsHealthPort(old) && needsHealthPort(fresh) && old.healthCheckNodePort !== fresh.healthCheckNodePort)
    errors.forbidden('spec.healthCheckNodePort', 'field is immutable')
}

function validateAddressChange(old: V1ServiceSpec, fresh: V1ServiceSpec, errors: FieldErrors): void {
  const before = old.clusterIPs ?? []
  const after = fresh.clusterIPs ?? []
  if (before.length === after.length)
    before.forEach((address, index) => {
      if (address !== after[index]) errors.invalid(`spec.clusterIPs[${index}]`, shown(after), onceSet)
    })
  else if (before.length > 0 && after.length === 0) errors.invalid('spec.clusterIPs[0]', shown(after), 'primary clusterIP can not be unset')
  else {
    if (before.length > 0 && before[0] !== after[0]) errors.invalid('spec.clusterIPs[0]', shown(after), onceSet)
    if (before.length > after.length && fresh.ipFamilyPolicy !== 'SingleStack')
      errors.invalid('spec.ipFamilyPolicy', fresh.ipFamilyPolicy, "must be set to 'SingleStack' when releasing the secondary clusterIP")
  }
}

function validateFamilyChange(old: V1ServiceSpec, fresh: V1ServiceSpec, errors: FieldErrors): void {
  const before = old.ipFamilies ?? []
  const after = fresh.ipFamilies ?? []
  const families = goList('core.IPFamily', after)
  if (before.length === after.length)
    before.forEach((family, index) => {
      if (family !== after[index]) errors.invalid('spec.ipFamilies[0]', families, onceSet)
    })
  else {
    if (before.length > 0 && after.length > 0 && before[0] !== after[0])
      errors.invalid('spec.ipFamilies[0]', shown(fresh.clusterIPs), onceSet)
    if (before.length > after.length && after.length === 1 && fresh.ipFamilyPolicy !== 'SingleStack')
      errors.invalid('spec.ipFamilyPolicy', fresh.ipFamilyPolicy, "must be set to 'SingleStack' when releasing the secondary ipFamily")
  }
}

/** What a load balancer says of itself; an Ingress is answered by one as well. */
export function validateServiceStatus({ spec, status }: V1Service, errors: FieldErrors): void {
  const ingress = status.loadBalancer?.ingress ?? []
  const path = 'status.loadBalancer.ingress'
  if (spec.type !== 'LoadBalancer') {
    if (ingress.length > 0) errors.forbidden(path, "may only be used when `spec.type` is 'LoadBalancer'")
    return
  }
  ingress.forEach(({ ip = '', ipMode, hostname }, index) => {
    const place = `${path}[${index}]`
    if (ip) validateIp(ip, `${place}.ip`, errors)
    if (ipMode === undefined) {
      if (ip) errors.required(`${place}.ipMode`, 'must be specified when `ip` is set')
    } else if (!ip) errors.forbidden(`${place}.ipMode`, 'may not be specified when `ip` is not set')
    else supported(`${place}.ipMode`, ipMode, ['Proxy', 'VIP'], errors)
    if (!hostname) return
    for (const problem of dns1123Subdomain(hostname)) errors.invalid(`${place}.hostname`, hostname, problem)
    if (isIp(hostname)) errors.invalid(`${place}.hostname`, hostname, 'must be a DNS name, not an IP address')
  })
}
