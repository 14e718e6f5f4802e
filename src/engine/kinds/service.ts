/** Service of the core group v1. */
import { isSame } from '../api/objects.ts'
import { ageColumn, column, labelsText, name, wide } from './columns.ts'
import { filled, mapped, withField } from './defaulting.ts'
import type { V1Service, V1ServicePort, V1ServiceSpec } from './generated/types.ts'
import { allVerbs, type Change, defineKind } from './kind.ts'
import { dns1035Label } from './names.ts'
import { cidrWarnings, ipWarnings } from './validation/addresses.ts'
import { isExposed, needsHealthPort, validateService, validateServiceStatus, validateServiceUpdate } from './validation/service.ts'

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
  onCreate: (service) => ({ ...service, spec: withBothAddressFields(service.spec), status: { loadBalancer: {} } }),
  onUpdate: (change) => (change.subresource === 'status' ? withAddressModes(change.fresh) : withWhatStays(change)),
  validate: validateService,
  isChangeJudgedFirst: true,
  validateUpdate: ({ old, fresh, subresource }, errors) => {
    if (subresource !== 'status') validateServiceUpdate(old, fresh, errors)
  },
  validateStatus: ({ fresh }, errors) => validateServiceStatus(fresh, errors),
  warnings: serviceWarnings,
})

function serviceWarnings({ metadata, spec }: V1Service): readonly string[] {
  const list: string[] = []
  const { type, externalIPs = [], loadBalancerIP, loadBalancerSourceRanges = [] } = spec
  if (metadata.annotations?.['service.kubernetes.io/topology-aware-hints'] !== undefined)
    list.push('annotation service.kubernetes.io/topology-aware-hints is deprecated, please use service.kubernetes.io/topology-mode instead')
  spec.clusterIPs?.forEach((address, index) => list.push(...ipWarnings(address, `spec.clusterIPs[${index}]`)))
  if (type === 'ClusterIP' && spec.clusterIP === 'None') {
    if (loadBalancerIP) list.push('spec.loadBalancerIP is ignored for headless services')
    if (externalIPs.length > 0) list.push('spec.externalIPs is ignored for headless services')
    if (spec.sessionAffinity !== 'None') list.push('spec.SessionAffinity is ignored for headless services')
  }
  externalIPs.forEach((address, index) => list.push(...ipWarnings(address, `spec.externalIPs[${index}]`)))
  if (loadBalancerIP) list.push(...ipWarnings(loadBalancerIP, 'spec.loadBalancerIP'))
  loadBalancerSourceRanges.forEach((range, index) => list.push(...cidrWarnings(range, `spec.loadBalancerSourceRanges[${index}]`)))
  if (type === 'ExternalName' && externalIPs.length > 0) list.push('spec.externalIPs is ignored when spec.type is "ExternalName"')
  if (spec.externalName && type !== 'ExternalName') list.push('spec.externalName is ignored when spec.type is not "ExternalName"')
  return list
}

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
  if (isExposed(spec)) spec = filled(spec, { externalTrafficPolicy: 'Cluster' })
  if (['ClusterIP', 'NodePort', 'LoadBalancer'].includes(spec.type ?? '')) spec = filled(spec, { internalTrafficPolicy: 'Cluster' })
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

/** Who writes one address writes the list of one. */
function withBothAddressFields(spec: V1ServiceSpec): V1ServiceSpec {
  return spec.clusterIP && !spec.clusterIPs?.length ? { ...spec, clusterIPs: [spec.clusterIP] } : spec
}

/** What was handed out stays where the writer left it out; what only the former type had goes. */
function withWhatStays({ old: { spec: old }, fresh: service }: Change<V1Service>): V1Service {
  if (service.spec === old) return service
  const given = withHandedOut(old, service.spec)
  return withField(service, 'spec', withoutFormerType(old, withChangedAddress(old, given)))
}

function hasAddress({ type }: V1ServiceSpec): boolean {
  return type !== 'ExternalName'
}

function hasNodePorts({ type }: V1ServiceSpec): boolean {
  return type === 'NodePort' || type === 'LoadBalancer'
}

function withHandedOut(old: V1ServiceSpec, given: V1ServiceSpec): V1ServiceSpec {
  let spec = given
  if (hasAddress(old) && hasAddress(spec)) {
    if (!spec.clusterIP && old.clusterIP) spec = { ...spec, clusterIP: old.clusterIP }
    if (!spec.clusterIPs?.length && old.clusterIPs && spec.clusterIP === old.clusterIP) spec = { ...spec, clusterIPs: old.clusterIPs }
  }
  if (hasNodePorts(old) && hasNodePorts(spec)) spec = withField(spec, 'ports', withNamedNodePorts(old.ports ?? [], spec.ports))
  if (needsHealthPort(old) && needsHealthPort(spec) && !spec.healthCheckNodePort && old.healthCheckNodePort)
    spec = { ...spec, healthCheckNodePort: old.healthCheckNodePort }
  return spec
}

/** A port is known by its name: its number may change, and the node's port stays. */
function withNamedNodePorts(
  old: readonly V1ServicePort[],
  ports: readonly V1ServicePort[] | undefined,
): readonly V1ServicePort[] | undefined {
  const given = new Set(ports?.map(({ nodePort }) => nodePort))
  const used = new Set(old.map(({ nodePort }) => nodePort).filter((port) => given.has(port)))
  const byName = new Map(old.map(({ name = '', nodePort }) => [name, nodePort]))
  return mapped(ports, (port) => {
    const nodePort = port.nodePort ? undefined : byName.get(port.name ?? '')
    if (!nodePort || used.has(nodePort)) return port
    used.add(nodePort)
    return { ...port, nodePort }
  })
}

/** Of two fields that say the same, the one that was changed counts. */
function withChangedAddress(old: V1ServiceSpec, spec: V1ServiceSpec): V1ServiceSpec {
  if (spec.clusterIP === old.clusterIP || !isSame(spec.clusterIPs, old.clusterIPs)) return withBothAddressFields(spec)
  return { ...spec, clusterIPs: spec.clusterIP ? [spec.clusterIP] : undefined }
}

/** Unless the writer changed it on purpose: then it is judged. */
function withoutFormerType(old: V1ServiceSpec, given: V1ServiceSpec): V1ServiceSpec {
  let spec: V1ServiceSpec = given
  const dropUnchanged = (fields: readonly (keyof V1ServiceSpec)[]) => {
    for (const field of fields) if (isSame(spec[field], old[field])) spec = withField(spec, field, undefined as never)
  }
  if (hasAddress(old) && !hasAddress(spec)) {
    if (isSame(old.clusterIPs, spec.clusterIPs)) dropUnchanged(['clusterIP'])
    dropUnchanged(['clusterIPs', 'ipFamilies', 'ipFamilyPolicy'])
  }
  const isSamePorts =
    spec.ports?.length === old.ports?.length && spec.ports?.every((port, index) => port.nodePort === old.ports?.[index]?.nodePort)
  if (hasNodePorts(old) && !hasNodePorts(spec) && isSamePorts)
    spec = withField(
      spec,
      'ports',
      mapped(spec.ports, (port) => (port.nodePort === undefined ? port : withField(port, 'nodePort', undefined))),
    )
  if (needsHealthPort(old) && !needsHealthPort(spec)) dropUnchanged(['healthCheckNodePort'])
  if (old.type === 'LoadBalancer' && spec.type !== 'LoadBalancer') dropUnchanged(['allocateLoadBalancerNodePorts', 'loadBalancerClass'])
  if (isExposed(old) && !isExposed(spec)) dropUnchanged(['externalTrafficPolicy'])
  return spec === given
    ? given
    : (Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== undefined)) as unknown as V1ServiceSpec)
}
