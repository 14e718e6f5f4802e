/** Service of the core group v1. */
import { isIp, notAnIp } from './validation/addresses.ts'
import { notNegative, supported } from './validation/values.ts'
import type { FieldErrors } from './field-errors.ts'
import { Verbatim } from './field-errors.ts'
import { dns1035Label, dns1123Label, dns1123Subdomain, portName, portNumber } from './names.ts'
import { validateLabels } from './metadata.ts'
import { ageColumn, column, labelsText, name, wide } from './columns.ts'
import { filled, mapped, withField } from './defaulting.ts'
import { allVerbs, defineKind } from './kind.ts'
import type { V1Service, V1ServiceSpec } from './generated/types.ts'

export const service = defineKind<V1Service>({
  group: '',
  version: 'v1',
  kind: 'Service',
  resource: 'services',
  singular: 'service',
  namespaced: true,
  isCreatedByUpdate: true,
  shortNames: ['svc'],
  categories: ['all'],
  verbs: allVerbs,
  subresources: {
    proxy: { verbs: ['create', 'delete', 'get', 'patch', 'update'], kind: 'ServiceProxyOptions' },
    status: { verbs: ['get', 'patch', 'update'] },
  },
  schema: 'V1Service',
  nameRule: dns1035Label,
  columns: [
    name,
    column(
      'Type',
      'string',
      'type determines how the Service is exposed. Defaults to ClusterIP. Valid options are ExternalName, ClusterIP, NodePort, and LoadBalancer. "ClusterIP" allocates a cluster-internal IP address for load-balancing to endpoints. Endpoints are determined by the selector or if that is not specified, by manual construction of an Endpoints object or EndpointSlice objects. If clusterIP is "None", no virtual IP is allocated and the endpoints are published as a set of endpoints rather than a virtual IP. "NodePort" builds on ClusterIP and allocates a port on every node which routes to the same endpoints as the clusterIP. "LoadBalancer" builds on NodePort and creates an external load-balancer (if supported in the current cloud) which routes to the same endpoints as the clusterIP. "ExternalName" aliases this service to the specified externalName. Several other fields do not apply to ExternalName services. More info: https://kubernetes.io/docs/concepts/services-networking/service/#publishing-services-service-types',
      ({ spec }) => spec.type ?? '',
    ),
    column(
      'Cluster-IP',
      'string',
      'clusterIP is the IP address of the service and is usually assigned randomly. If an address is specified manually, is in-range (as per system configuration), and is not in use, it will be allocated to the service; otherwise creation of the service will fail. This field may not be changed through updates unless the type field is also being changed to ExternalName (which requires this field to be blank) or the type field is being changed from ExternalName (in which case this field may optionally be specified, as describe above).  Valid values are "None", empty string (""), or a valid IP address. Setting this to "None" makes a "headless service" (no virtual IP), which is useful when direct endpoint connections are preferred and proxying is not required.  Only applies to types ClusterIP, NodePort, and LoadBalancer. If this field is specified when creating a Service of type ExternalName, creation will fail. This field will be wiped when updating a Service to type ExternalName. More info: https://kubernetes.io/docs/concepts/services-networking/service/#virtual-ips-and-service-proxies',
      ({ spec }) => spec.clusterIPs?.[0] ?? (spec.clusterIP || '<none>'),
    ),
    column(
      'External-IP',
      'string',
      'externalIPs is a list of IP addresses for which nodes in the cluster will also accept traffic for this service.  These IPs are not managed by Kubernetes.  The user is responsible for ensuring that traffic arrives at a node with this IP.  A common example is external load-balancers that are not part of the Kubernetes system.',
      externalAddress,
    ),
    column(
      'Port(s)',
      'string',
      'The list of ports that are exposed by this service. More info: https://kubernetes.io/docs/concepts/services-networking/service/#virtual-ips-and-service-proxies',
      portsText,
    ),
    ageColumn,
    wide(
      'Selector',
      'string',
      'Route service traffic to pods with label keys and values matching this selector. If empty or not present, the service is assumed to have an external process managing its endpoints, which Kubernetes will not modify. Only applies to types ClusterIP, NodePort, and LoadBalancer. Ignored if type is ExternalName. More info: https://kubernetes.io/docs/concepts/services-networking/service/',
      ({ spec }) => labelsText(spec.selector),
    ),
  ],
  selectableFields: { 'spec.clusterIP': ({ spec }) => spec.clusterIP ?? '', 'spec.type': ({ spec }) => spec.type ?? '' },
  defaults: (service) => (service.spec ? withField(service, 'spec', defaulted(service.spec)) : service),
  onCreate: (service) => ({ ...service, status: { loadBalancer: {} } }),
  validate: ({ spec }, errors) => validateService(spec, errors),
  validateUpdate: ({ old, fresh }, errors) => {
    const before = old.spec.clusterIP
    const after = fresh.spec.clusterIP
    const hasAddress = (type: string | undefined) => type !== 'ExternalName'
    if (before && after !== undefined && after !== before && hasAddress(old.spec.type) && hasAddress(fresh.spec.type)) {
      errors.invalid('spec.clusterIPs[0]', new Verbatim(`[]string{${JSON.stringify(after)}}`), 'may not change once set')
    }
  },
  onUpdate: ({ old, fresh, subresource }) => {
    if (subresource === 'status') return withAddressModes(fresh)
    // An address given once stays unless the writer names another; both fields say the same.
    const typed = withoutFormerType(old.spec, fresh.spec)
    if (typed !== fresh.spec) return { ...fresh, spec: typed }
    const { clusterIP, clusterIPs } = fresh.spec
    if (fresh.spec.type === 'ExternalName') return fresh
    if (clusterIP === undefined && old.spec.clusterIP && old.spec.type !== 'ExternalName')
      return { ...fresh, spec: { ...fresh.spec, clusterIP: old.spec.clusterIP, clusterIPs: old.spec.clusterIPs } }
    if (clusterIP && clusterIPs?.[0] !== clusterIP) return { ...fresh, spec: { ...fresh.spec, clusterIPs: [clusterIP] } }
    return fresh
  },
  warnings: ({ metadata, spec }) => {
    const list: string[] = []
    if (metadata.annotations?.['service.kubernetes.io/topology-aware-hints'] !== undefined)
      list.push(
        'annotation service.kubernetes.io/topology-aware-hints is deprecated, please use service.kubernetes.io/topology-mode instead',
      )
    if (spec.externalName && spec.type !== 'ExternalName') list.push('spec.externalName is ignored when spec.type is not "ExternalName"')
    if (spec.type === 'ExternalName' && spec.externalIPs?.length) list.push('spec.externalIPs is ignored when spec.type is "ExternalName"')
    return list
  },
})

/** How a balancer's address is reached is said for every address of it. */
function withAddressModes(service: V1Service): V1Service {
  const { ingress } = service.status?.loadBalancer ?? {}
  if (service.spec.type !== 'LoadBalancer' || !ingress?.some(({ ip, ipMode }) => ip && ipMode === undefined)) return service
  return {
    ...service,
    status: {
      ...service.status,
      loadBalancer: { ...service.status?.loadBalancer, ingress: ingress.map((entry) => (entry.ip ? { ipMode: 'VIP', ...entry } : entry)) },
    },
  }
}

function defaulted(given: V1ServiceSpec): V1ServiceSpec {
  let spec = filled(given, { sessionAffinity: 'None', type: 'ClusterIP' })
  if (spec.sessionAffinity === 'ClientIP')
    spec = withField(
      spec,
      'sessionAffinityConfig',
      spec.sessionAffinityConfig?.clientIP?.timeoutSeconds === undefined
        ? { clientIP: { timeoutSeconds: 10800 } }
        : spec.sessionAffinityConfig,
    )
  const isExposed = spec.type === 'NodePort' || spec.type === 'LoadBalancer'
  if (isExposed || spec.externalIPs?.length) spec = filled(spec, { externalTrafficPolicy: 'Cluster' })
  if (spec.type !== 'ExternalName') spec = filled(spec, { internalTrafficPolicy: 'Cluster' })
  if (spec.type === 'LoadBalancer') spec = filled(spec, { allocateLoadBalancerNodePorts: true })
  const ports = mapped(spec.ports, (port) => {
    const fresh = filled(port, { protocol: 'TCP' })
    return fresh.targetPort === undefined || fresh.targetPort === 0 || fresh.targetPort === ''
      ? { ...fresh, targetPort: fresh.port }
      : fresh
  })
  return withField(spec, 'ports', ports)
}

function externalAddress({ spec, status }: V1Service): string {
  const listed = spec.externalIPs ?? []
  switch (spec.type) {
    case 'LoadBalancer': {
      const given = (status.loadBalancer?.ingress ?? []).map((ingress) => ingress.ip || ingress.hostname || '')
      const all = [...new Set([...given, ...listed])]
      return all.length > 0 ? all.join(',') : '<pending>'
    }
    case 'ExternalName':
      return spec.externalName ?? ''
    default:
      return listed.length > 0 ? listed.join(',') : '<none>'
  }
}

function portsText({ spec }: V1Service): string {
  const ports = (spec.ports ?? []).map(({ port, nodePort, protocol }) => `${port}${nodePort ? `:${nodePort}` : ''}/${protocol}`)
  return ports.length > 0 ? ports.join(',') : '<none>'
}

/** What only the former type had goes with it, unless the writer changed it on purpose. */
function withoutFormerType(old: V1ServiceSpec, fresh: V1ServiceSpec): V1ServiceSpec {
  const isExposed = (type: string | undefined) => type === 'NodePort' || type === 'LoadBalancer'
  if (old.type === fresh.type) return fresh
  let spec = fresh
  if (isExposed(old.type) && !isExposed(fresh.type)) {
    if (spec.externalTrafficPolicy === old.externalTrafficPolicy && !spec.externalIPs?.length) {
      const { externalTrafficPolicy: _, ...rest } = spec
      spec = rest
    }
    const isSamePort = spec.ports?.every((port, index) => port.nodePort === old.ports?.[index]?.nodePort)
    if (isSamePort) spec = { ...spec, ports: spec.ports?.map(({ nodePort: _, ...port }) => port) }
  }
  if (old.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts === old.allocateLoadBalancerNodePorts) {
    const { allocateLoadBalancerNodePorts: _, ...rest } = spec
    spec = rest
  }
  if (fresh.type === 'ExternalName' && spec.clusterIP === old.clusterIP) {
    const { clusterIP: _, clusterIPs: __, ...rest } = spec
    spec = rest
  }
  return spec
}

function validateService(spec: V1ServiceSpec, errors: FieldErrors): void {
  const { type = '', ports = [] } = spec
  const isHeadless = spec.clusterIP === 'None'
  // The cluster's addresses are of one family.
  if (spec.ipFamilyPolicy === 'RequireDualStack')
    errors.invalid('spec.ipFamilyPolicy', 'RequireDualStack', 'this cluster is not configured for dual-stack services')
  spec.ipFamilies?.forEach((family, index) => {
    if (family === 'IPv6' && type !== 'ExternalName') errors.invalid(`spec.ipFamilies[${index}]`, family, 'not configured on this cluster')
  })
  if (ports.length === 0 && !isHeadless && type !== 'ExternalName') errors.required('spec.ports')
  const address = spec.clusterIPs?.[0] ?? spec.clusterIP
  if (type === 'LoadBalancer' || type === 'NodePort') {
    if (isHeadless) errors.invalid('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${type} services`)
  }
  if (type === 'ExternalName') {
    if (address) errors.forbidden('spec.clusterIPs', `may not be set when \`type\` is 'ExternalName'`)
    const name = (spec.externalName ?? '').replace(/\.$/, '')
    if (name === '') errors.required('spec.externalName')
    else for (const problem of dns1123Subdomain(name)) errors.invalid('spec.externalName', name, problem)
  }
  const names = new Set<string>()
  ports.forEach((port, index) => {
    const path = `spec.ports[${index}]`
    if (ports.length > 1 && !port.name) errors.required(`${path}.name`)
    else if (port.name) {
      for (const problem of dns1123Label(port.name)) errors.invalid(`${path}.name`, port.name, problem)
      if (names.has(port.name)) errors.duplicate(`${path}.name`, port.name)
      names.add(port.name)
    }
    for (const problem of portNumber(port.port ?? 0)) errors.invalid(`${path}.port`, port.port ?? 0, problem)
    supported(`${path}.protocol`, port.protocol ?? '', ['SCTP', 'TCP', 'UDP'], errors)
    const target = port.targetPort ?? port.port
    for (const problem of typeof target === 'number' ? portNumber(target) : portName(target))
      errors.invalid(`${path}.targetPort`, target, problem)
  })
  if (spec.selector) validateLabels(spec.selector, 'spec.selector', errors)
  if (!spec.sessionAffinity) errors.required('spec.sessionAffinity')
  else supported('spec.sessionAffinity', spec.sessionAffinity, ['ClientIP', 'None'], errors)
  if (address && address !== 'None' && type !== 'ExternalName' && !isIp(address)) errors.invalid('spec.clusterIPs[0]', address, notAnIp)
  spec.externalIPs?.forEach((ip, index) => {
    if (!isIp(ip)) errors.invalid(`spec.externalIPs[${index}]`, ip, notAnIp)
  })
  if (!type) errors.required('spec.type')
  else supported('spec.type', type, ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'], errors)
  const seen = new Set<string>()
  const nodePorts = new Set<string>()
  ports.forEach(({ port, protocol, nodePort }, index) => {
    const key = `${protocol}/${port}`
    if (seen.has(key))
      errors.duplicate(
        `spec.ports[${index}]`,
        new Verbatim(
          `core.ServicePort{Name:"", Protocol:${JSON.stringify(protocol)}, AppProtocol:(*string)(nil), Port:${port}, TargetPort:intstr.IntOrString{Type:0, IntVal:0, StrVal:""}, NodePort:0}`,
        ),
      )
    seen.add(key)
    if (type === 'ClusterIP' && nodePort) errors.forbidden(`spec.ports[${index}].nodePort`, "may not be used when `type` is 'ClusterIP'")
    const nodeKey = `${protocol}/${nodePort}`
    if (nodePort && nodePorts.has(nodeKey)) errors.duplicate(`spec.ports[${index}].nodePort`, nodePort)
    nodePorts.add(nodeKey)
  })
  notNegative('spec.healthCheckNodePort', spec.healthCheckNodePort, errors)
  const policy = spec.externalTrafficPolicy
  if (policy !== undefined) {
    if (type !== 'LoadBalancer' && type !== 'NodePort' && !spec.externalIPs?.length)
      errors.invalid('spec.externalTrafficPolicy', policy, 'may only be set for externally-accessible services')
    else supported('spec.externalTrafficPolicy', policy, ['Cluster', 'Local'], errors)
  }
  if (spec.internalTrafficPolicy !== undefined)
    supported('spec.internalTrafficPolicy', spec.internalTrafficPolicy, ['Cluster', 'Local'], errors)
}
