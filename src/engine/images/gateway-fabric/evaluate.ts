/**
 * From what was seen to what is served and what is told: pure. NGINX Gateway Fabric 1.x has one class and serves one Gateway, the oldest; the words
 * of all conditions are its own.
 */
import { selectorMatches } from '../../api/selectors.ts'
import {
  type BackendRef,
  type Condition,
  type Gateway,
  type HttpRoute,
  isGranted,
  type Listener,
  type Meta,
  type ParentRef,
  type Rule,
  type Seen,
} from './resources.ts'

export const controllerName = 'gateway.nginx.org/nginx-gateway-controller'
const className = 'nginx'
const recommended = 'v1.2.1'

type Words = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>

/** A status that the API server is to hold. */
export interface Told {
  readonly path: string
  readonly metadata: Meta
  readonly before: object | undefined
  readonly status: object
}

export interface Backend {
  readonly ip: string
  readonly port: number
  readonly weight: number
  readonly ref: BackendRef
}

export interface ServedRule {
  readonly rule: Rule
  readonly backends: readonly Backend[]
  readonly route: Meta
}

/** A host name of a listener, and the rules of the routes that hold for it. */
export interface ServedHost {
  readonly port: number
  readonly hostname: string
  readonly rules: readonly ServedRule[]
}

const words = (type: string, isTrue: boolean, reason: string, message: string): Words => ({
  type,
  status: isTrue ? 'True' : 'False',
  reason,
  message,
})

export function evaluate(
  seen: Seen,
  { address, now }: { readonly address: string; readonly now: string },
): { readonly hosts: readonly ServedHost[]; readonly told: readonly Told[] } {
  const told: Told[] = []
  const gatewaysOfClass = seen.gateways
    .filter(
      ({ spec }) =>
        spec.gatewayClassName === className &&
        seen.classes.some(({ metadata, spec: { controllerName: by } }) => metadata.name === className && by === controllerName),
    )
    .sort(byAge)
  for (const gatewayClass of seen.classes) {
    if (gatewayClass.spec.controllerName !== controllerName) continue
    const isOurs = gatewayClass.metadata.name === className
    const version =
      seen.release === recommended
        ? words('SupportedVersion', true, 'SupportedVersion', 'Gateway API CRD versions are supported')
        : words(
            'SupportedVersion',
            false,
            'UnsupportedVersion',
            `Gateway API CRD versions are not recommended. Recommended version is ${recommended}`,
          )
    const conditions = isOurs
      ? [words('Accepted', true, 'Accepted', 'GatewayClass is accepted'), version]
      : [words('Accepted', false, 'GatewayClassConflict', 'The resource is ignored due to a conflicting GatewayClass resource')]
    told.push({
      path: `/apis/gateway.networking.k8s.io/v1/gatewayclasses/${gatewayClass.metadata.name}`,
      metadata: gatewayClass.metadata,
      before: gatewayClass.status,
      status: { conditions: stamped(conditions, gatewayClass.metadata, gatewayClass.status?.conditions, now) },
    })
  }
  const [gateway, ...others] = gatewaysOfClass
  for (const other of others)
    told.push(
      gatewayTold(
        other,
        {
          conditions: ['Accepted', 'Programmed'].map((type) =>
            words(type, false, 'GatewayConflict', 'The resource is ignored due to a conflicting Gateway resource'),
          ),
          listeners: [],
          addresses: [],
        },
        now,
      ),
    )
  if (!gateway) return { hosts: [], told }
  const listeners = gateway.spec.listeners.map((listener) => ({ listener, conditions: listenerConditions(listener, gateway, seen) }))
  const valid = listeners
    .filter(({ conditions }) => conditions.some(({ type, status }) => type === 'Programmed' && status === 'True'))
    .map(({ listener }) => listener)
  const attached = new Map<string, number>()
  const hosts = new Map<string, ServedRule[]>()
  for (const { port, hostname = '' } of valid) hosts.set(`${port} ${hostname}`, [])
  for (const route of [...seen.routes].sort(byAge)) {
    const parents = (route.spec.parentRefs ?? []).filter(
      (ref) =>
        (ref.kind ?? 'Gateway') === 'Gateway' &&
        ref.name === gateway.metadata.name &&
        (ref.namespace ?? route.metadata.namespace) === gateway.metadata.namespace,
    )
    if (parents.length === 0) continue
    const { rules, resolved, accepted } = resolvedRules(route, seen)
    const entries = parents.map((parentRef) => {
      const { fitting, refusal } = attachment(route, parentRef, { gateway, listeners: gateway.spec.listeners, valid, seen })
      if (!refusal && accepted[0].status === 'True') {
        for (const { listener, hostnames } of fitting) {
          attached.set(listener.name, (attached.get(listener.name) ?? 0) + 1)
          for (const hostname of hostnames) {
            const key = `${listener.port} ${hostname}`
            hosts.set(key, [...(hosts.get(key) ?? []), ...rules])
          }
        }
      }
      const before = (
        route.status as { parents?: readonly { parentRef: ParentRef; conditions: readonly Condition[] }[] } | undefined
      )?.parents?.find((each) => each.parentRef.sectionName === parentRef.sectionName)?.conditions
      const { group = 'gateway.networking.k8s.io', kind = 'Gateway', name, sectionName } = parentRef
      return {
        parentRef: { group, kind, name, namespace: gateway.metadata.namespace, ...(sectionName && { sectionName }) },
        controllerName,
        conditions: stamped([...(refusal ? [refusal] : accepted), resolved], route.metadata, before, now),
      }
    })
    const foreign = ((route.status as { parents?: readonly { controllerName: string }[] } | undefined)?.parents ?? []).filter(
      (each) => each.controllerName !== controllerName,
    )
    told.push({
      path: pathOf('httproutes', route.metadata),
      metadata: route.metadata,
      before: route.status,
      status: { parents: [...foreign, ...entries] },
    })
  }
  const conditions =
    valid.length === 0
      ? [
          words('Accepted', false, 'ListenersNotValid', 'Gateway has no valid listeners'),
          words('Programmed', false, 'Invalid', 'Gateway has no valid listeners'),
        ]
      : [
          valid.length < listeners.length
            ? words('Accepted', true, 'ListenersNotValid', 'Gateway has at least one valid listener')
            : words('Accepted', true, 'Accepted', 'Gateway is accepted'),
          words('Programmed', true, 'Programmed', 'Gateway is programmed'),
        ]
  const shown = listeners.map(({ listener, conditions: own }) => ({
    name: listener.name,
    supportedKinds: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute' }],
    attachedRoutes: attached.get(listener.name) ?? 0,
    conditions: own,
  }))
  told.push(gatewayTold(gateway, { conditions, listeners: shown, addresses: [{ type: 'IPAddress', value: address }] }, now))
  return { hosts: [...hosts].map(([key, rules]) => ({ port: Number(key.split(' ')[0]), hostname: key.split(' ')[1], rules })), told }
}

function byAge({ metadata: a }: { readonly metadata: Meta }, { metadata: b }: { readonly metadata: Meta }): number {
  const [left, right] = [`${a.creationTimestamp} ${a.namespace}/${a.name}`, `${b.creationTimestamp} ${b.namespace}/${b.name}`]
  return left < right ? -1 : left > right ? 1 : 0
}

function pathOf(resource: string, { namespace, name }: Meta): string {
  return `/apis/gateway.networking.k8s.io/v1/namespaces/${namespace}/${resource}/${name}`
}

/** Conditions that say the same as before keep their time. */
function stamped(conditions: readonly Words[], { generation }: Meta, before: readonly Condition[] = [], now: string): readonly Condition[] {
  return conditions.map((each) => {
    const old = before.find(({ type }) => type === each.type)
    return { ...each, observedGeneration: generation, lastTransitionTime: old?.status === each.status ? old.lastTransitionTime : now }
  })
}

interface GatewayWords {
  readonly conditions: readonly Words[]
  readonly listeners: readonly {
    readonly name: string
    readonly supportedKinds: readonly object[]
    readonly attachedRoutes: number
    readonly conditions: readonly Words[]
  }[]
  readonly addresses: readonly object[]
}

function gatewayTold(gateway: Gateway, { conditions, listeners, addresses }: GatewayWords, now: string): Told {
  const before = gateway.status as
    | { conditions?: readonly Condition[]; listeners?: readonly { name: string; conditions: readonly Condition[] }[] }
    | undefined
  const status = {
    addresses,
    conditions: stamped(conditions, gateway.metadata, before?.conditions, now),
    listeners: listeners.map((each) => ({
      ...each,
      conditions: stamped(each.conditions, gateway.metadata, before?.listeners?.find(({ name }) => name === each.name)?.conditions, now),
    })),
  }
  return { path: pathOf('gateways', gateway.metadata), metadata: gateway.metadata, before: gateway.status, status }
}

function listenerConditions(listener: Listener, gateway: Gateway, { grants, secrets }: Seen): readonly Words[] {
  const refused = (reason: string, message: string, resolved?: Words): readonly Words[] => [
    resolved ? words('Accepted', true, 'Accepted', 'Listener is accepted') : words('Accepted', false, reason, message),
    words('Programmed', false, 'Invalid', message),
    resolved ?? words('ResolvedRefs', true, 'ResolvedRefs', 'All references are resolved'),
    words('Conflicted', false, 'NoConflicts', 'No conflicts'),
  ]
  const { protocol, tls } = listener
  if (protocol !== 'HTTP' && protocol !== 'HTTPS')
    return refused('UnsupportedProtocol', `protocol: Unsupported value: "${protocol}": supported values: "HTTP", "HTTPS"`)
  for (const { name, namespace = gateway.metadata.namespace ?? '' } of protocol === 'HTTPS' ? (tls?.certificateRefs ?? []) : []) {
    const text = `Certificate ref to secret ${namespace}/${name} not permitted by any ReferenceGrant`
    if (!isGranted(grants, { kind: 'Gateway', namespace: gateway.metadata.namespace ?? '' }, { kind: 'Secret', namespace, name }))
      return refused('RefNotPermitted', text, words('ResolvedRefs', false, 'RefNotPermitted', text))
    const missing = `tls.certificateRefs[0]: Invalid value: {"namespace":"${namespace}","name":"${name}"}: secret does not exist`
    if (!secrets.some(({ metadata }) => metadata.name === name && metadata.namespace === namespace))
      return refused('InvalidCertificateRef', missing, words('ResolvedRefs', false, 'InvalidCertificateRef', missing))
  }
  return [
    words('Accepted', true, 'Accepted', 'Listener is accepted'),
    words('Programmed', true, 'Programmed', 'Listener is programmed'),
    words('ResolvedRefs', true, 'ResolvedRefs', 'All references are resolved'),
    words('Conflicted', false, 'NoConflicts', 'No conflicts'),
  ]
}

interface Place {
  readonly gateway: Gateway
  readonly listeners: readonly Listener[]
  readonly valid: readonly Listener[]
  readonly seen: Seen
}

/** The listeners that take a route, each with the host names that both agree on. */
function attachment(
  route: HttpRoute,
  { sectionName, port }: ParentRef,
  { gateway, listeners, valid, seen }: Place,
): { readonly fitting: readonly { readonly listener: Listener; readonly hostnames: readonly string[] }[]; readonly refusal?: Words } {
  const refusal = (reason: string, message: string) => ({ fitting: [], refusal: words('Accepted', false, reason, message) })
  if (port !== undefined) return refusal('UnsupportedValue', `spec.parentRefs[0].port: Forbidden: cannot be set`)
  const named = listeners.filter(({ name }) => sectionName === undefined || name === sectionName)
  if (named.length === 0) return refusal('NoMatchingParent', 'The listener is not found for this parentRef')
  const usable = named.filter((listener) => valid.includes(listener))
  if (usable.length === 0) return refusal('InvalidListener', 'The listener is invalid for this parentRef')
  const open = usable.filter((listener) => isAllowed(route, listener, gateway, seen))
  if (open.length === 0) return refusal('NotAllowedByListeners', 'The route is not allowed by any listener')
  const fitting = open
    .map((listener) => ({ listener, hostnames: commonHosts(listener.hostname ?? '', route.spec.hostnames ?? []) }))
    .filter(({ hostnames }) => hostnames.length > 0)
  return fitting.length === 0
    ? refusal('NoMatchingListenerHostname', 'The listener hostname does not match the route hostnames')
    : { fitting }
}

function isAllowed(route: HttpRoute, { allowedRoutes }: Listener, gateway: Gateway, { namespaces }: Seen): boolean {
  if (allowedRoutes?.kinds?.length && !allowedRoutes.kinds.some(({ kind }) => kind === 'HTTPRoute')) return false
  const { from = 'Same', selector } = allowedRoutes?.namespaces ?? {}
  if (from === 'All') return true
  if (from === 'Same') return route.metadata.namespace === gateway.metadata.namespace
  return selectorMatches(selector ?? {}, namespaces.find(({ metadata }) => metadata.name === route.metadata.namespace)?.metadata.labels)
}

/** The narrower of each pair; `''` is every host. */
function commonHosts(listens: string, wanted: readonly string[]): readonly string[] {
  if (wanted.length === 0) return [listens]
  return wanted.flatMap((each) => (isWithin(each, listens) ? [each] : isWithin(listens, each) ? [listens] : []))
}

/** Whether a host name is one of those that another, perhaps with a `*.`, stands for. */
export function isWithin(host: string, pattern: string): boolean {
  return pattern === '' || host === pattern || (pattern.startsWith('*.') && host.endsWith(pattern.slice(1)))
}

const filterTypes = ['RequestRedirect', 'URLRewrite', 'RequestHeaderModifier', 'ResponseHeaderModifier']

function resolvedRules(
  route: HttpRoute,
  { grants, services }: Seen,
): { readonly rules: readonly ServedRule[]; readonly resolved: Words; readonly accepted: readonly Words[] } {
  let resolved = words('ResolvedRefs', true, 'ResolvedRefs', 'All references are resolved')
  const { namespace: home = '' } = route.metadata
  const wrong: string[] = []
  const rules = (route.spec.rules ?? []).flatMap((rule, index): readonly ServedRule[] => {
    const unknown = (rule.filters ?? []).findIndex(({ type }) => !filterTypes.includes(type))
    if (unknown >= 0) {
      wrong.push(
        `spec.rules[${index}].filters[${unknown}].type: Unsupported value: "${rule.filters?.[unknown].type}": supported values: ${[
          ...filterTypes,
        ]
          .sort()
          .map((type) => `"${type}"`)
          .join(', ')}`,
      )
      return []
    }
    const backends = (rule.backendRefs ?? []).map((ref, at): Backend => {
      const { name, namespace = home, port = 0, weight = 1, kind = 'Service' } = ref
      const place = `spec.rules[${index}].backendRefs[${at}]`
      const service = services.find(({ metadata }) => metadata.name === name && metadata.namespace === namespace)
      const problem = (reason: string, message: string): Backend => {
        resolved = words('ResolvedRefs', false, reason, message)
        return { ip: '', port, weight, ref }
      }
      if (kind !== 'Service') return problem('InvalidKind', `${place}.kind: Unsupported value: "${kind}": supported values: "Service"`)
      if (!isGranted(grants, { kind: 'HTTPRoute', namespace: home }, { kind: 'Service', namespace, name }))
        return problem(
          'RefNotPermitted',
          `${place}.namespace: Forbidden: Backend ref to Service ${namespace}/${name} not permitted by any ReferenceGrant`,
        )
      if (ref.filters?.length)
        return problem('UnsupportedValue', `${place}.filters: Too many: ${ref.filters.length}: must have at most 0 items`)
      if (!service) return problem('BackendNotFound', `${place}.name: Not found: "${name}"`)
      if (!service.spec.ports?.some((each) => each.port === port)) return problem('BackendNotFound', `${place}.port: Not found: ${port}`)
      return { ip: service.spec.clusterIP ?? '', port, weight, ref }
    })
    return [{ rule, backends, route: route.metadata }]
  })
  const isPartly = wrong.length > 0 && rules.length > 0
  const accepted =
    wrong.length > 0 && !isPartly
      ? [words('Accepted', false, 'UnsupportedValue', `All rules are invalid: ${wrong.join(', ')}`)]
      : [
          words('Accepted', true, 'Accepted', 'The route is accepted'),
          ...(isPartly ? [words('PartiallyInvalid', true, 'UnsupportedValue', `Some rules are invalid: ${wrong.join(', ')}`)] : []),
        ]
  return { rules, resolved, accepted }
}
