/**
 * Requests the API server only passes on: logs, exec, attach and port-forward to the kubelet of the pod's node, `proxy` to the node, pod or
 * Service itself. It reaches them as its machine does; a node that fell silent is a node that does not answer.
 */
import {
  jsonResponse,
  type HttpHandler,
  type HttpRequest,
  type HttpResponse,
  Pending,
  textResponse,
  type Upgraded,
} from '../../base/http.ts'
import type { V1EndpointSlice, V1Node, V1Pod, V1Service } from '../kinds/generated/types.ts'
import type { Kind } from '../kinds/kind.ts'
import { ApiError } from './client.ts'
import { badRequest, notFound, pathNotFound, statusOf } from './errors.ts'
import type { Query } from './query.ts'
import type { Registry } from './registry.ts'

export interface Connection {
  readonly handler: HttpHandler
  /** Path and query on the other side. */
  readonly url: string
}

interface Wanted {
  readonly kind: Kind
  readonly namespace: string
  readonly name: string
  readonly subresource: string
  readonly rest: string
  readonly query: Query
  readonly queryText: string
}

type Reach = (host: string, port: number) => HttpHandler | undefined

const kubeletPort = 10250

export function connectionTo(registry: Registry, wanted: Wanted, reach: Reach): Connection {
  const { kind, namespace, name, subresource, rest, queryText } = wanted
  const suffix = queryText === '' ? '' : `?${queryText}`
  if (subresource === 'proxy') {
    const { host, port } = proxyTarget(registry, wanted)
    return { handler: reached(reach, host, port, `/${rest}`), url: `/${rest}${suffix}` }
  }
  if (kind.resource !== 'pods' || kind.group !== '') throw pathNotFound
  const pod = registry.get(kind, namespace, name) as unknown as V1Pod | undefined
  if (!pod) throw notFound(kind, name)
  const { nodeName } = pod.spec
  const container = subresource === 'portforward' ? '' : chosenContainer(pod, wanted)
  // Who asks for the log of a pod that waits for a node gets an empty one.
  if (!nodeName && subresource === 'log') return { handler: { handle: () => textResponse(200, '') }, url: '' }
  if (!nodeName) throw badRequest(`pod ${name} does not have a host assigned`)
  const path = {
    log: `/containerLogs/${namespace}/${name}/${container}`,
    exec: `/exec/${namespace}/${name}/${container}`,
    attach: `/attach/${namespace}/${name}/${container}`,
    portforward: `/portForward/${namespace}/${name}`,
  }[subresource]
  if (path === undefined) throw notFound(kind, name)
  const url = `${path}${suffix}`
  return { handler: reached(reach, nodeAddress(registry, nodeName), kubeletPort, url), url }
}

/** The container asked for, or the only one there is. */
function chosenContainer(pod: V1Pod, { query, name }: Wanted): string {
  const { containers, initContainers = [], ephemeralContainers = [] } = pod.spec
  const all = [...containers, ...initContainers, ...ephemeralContainers].map((container) => container.name)
  const asked = query.text('container') ?? ''
  if (asked !== '') {
    if (!all.includes(asked)) throw badRequest(`container ${asked} is not valid for pod ${name}`)
    return asked
  }
  if (containers.length === 1) return containers[0].name
  const names = (list: readonly { readonly name: string }[]) => list.map((container) => container.name).join(' ')
  const initial = initContainers.length > 0 ? ` or one of the init containers: [${names(initContainers)}]` : ''
  throw badRequest(`a container name must be specified for pod ${name}, choose one of: [${names(containers)}]${initial}`)
}

function nodeAddress(registry: Registry, nodeName: string): string {
  const kind = registry.kind('nodes')
  const node = kind && (registry.get(kind, '', nodeName) as unknown as V1Node | undefined)
  if (!node) throw notFound({ group: '', resource: 'nodes' }, nodeName)
  return node.status.addresses?.find((address) => address.type === 'InternalIP')?.address ?? nodeName
}

function reached(reach: Reach, host: string, port: number, url: string): HttpHandler {
  const handler = reach(host, port)
  if (!handler)
    throw new ApiError(500, 'InternalError', `Get "https://${host}:${port}${url}": dial tcp ${host}:${port}: connect: connection refused`)
  return handler
}

/** `web:80`, `https:web:443`: a name with scheme and port around it. */
function proxyTarget(registry: Registry, { kind, namespace, name }: Wanted): { host: string; port: number } {
  const parts = name.split(':')
  const [target, portText] = parts.length === 3 ? [parts[1], parts[2]] : [parts[0], parts[1] ?? '']
  const object = registry.get(kind, namespace, target)
  if (!object) throw notFound(kind, target)
  if (kind.resource === 'nodes') return { host: nodeAddress(registry, target), port: Number(portText) || kubeletPort }
  if (kind.resource === 'pods') {
    const pod = object as unknown as V1Pod
    if (!pod.status.podIP) throw new ApiError(500, 'InternalError', `address not allowed`)
    return { host: pod.status.podIP, port: Number(portText) || (pod.spec.containers[0].ports?.[0]?.containerPort ?? 80) }
  }
  return serviceTarget(registry, object as unknown as V1Service, portText)
}

/** A ready endpoint of a Service's port. */
export function serviceEndpoint(
  registry: Registry,
  { metadata, spec }: V1Service,
  portText: string,
): { host: string; port: number } | undefined {
  const port = servicePort(spec, portText)
  const slices = registry.store.indexed(
    'endpointslices.discovery.k8s.io',
    'service',
    `${metadata.namespace ?? ''}/${metadata.name}`,
  ) as V1EndpointSlice[]
  for (const slice of slices) {
    const target = slice.ports?.find((each) => (each.name ?? '') === (port?.name ?? ''))
    const endpoint = slice.endpoints.find((each) => each.conditions?.ready !== false)
    if (port && target?.port && endpoint) return { host: endpoint.addresses[0], port: target.port }
  }
  return undefined
}

function servicePort(spec: V1Service['spec'], portText: string) {
  return spec.ports?.find((each) => portText === '' || each.name === portText || String(each.port) === portText)
}

function serviceTarget(registry: Registry, service: V1Service, portText: string): { host: string; port: number } {
  const found = serviceEndpoint(registry, service, portText)
  if (found) return found
  const { name } = service.metadata
  const reason = servicePort(service.spec, portText)
    ? `no endpoints available for service ${JSON.stringify(portText === '' ? name : `${name}:${portText}`)}`
    : `no service port ${JSON.stringify(portText)} found for service ${JSON.stringify(name)}`
  throw new ApiError(503, 'ServiceUnavailable', reason)
}

/** What the other side answers is what the client gets; a kubelet's plain refusal becomes a Status. */
export function forwarded({ handler, url }: Connection, request: HttpRequest): HttpResponse | Pending<HttpResponse> {
  const answer = handler.handle({ ...request, url }, {})
  if (!(answer instanceof Pending)) return asStatus(answer)
  if (answer.value !== undefined) return asStatus(answer.value)
  const waiting = new Pending<HttpResponse>()
  answer.ready.once(() => answer.value && waiting.resolve(asStatus(answer.value)))
  return waiting
}

export function upgraded({ handler, url }: Connection, request: HttpRequest): Upgraded | HttpResponse {
  if (handler.connect) {
    const answer = handler.connect({ ...request, url }, {})
    return 'status' in answer ? asStatus(answer) : answer
  }
  return jsonResponse(400, statusOf(badRequest('Upgrade request required')))
}

function asStatus(response: HttpResponse): HttpResponse {
  const type = response.headers['content-type']
  if (response.status < 400 || typeof response.body !== 'string' || (typeof type === 'string' && type.startsWith('application/json')))
    return response
  const reasons: Readonly<Record<number, string>> = { 400: 'BadRequest', 404: 'NotFound', 500: 'InternalError' }
  return jsonResponse(response.status, statusOf(new ApiError(response.status, reasons[response.status] ?? 'Unknown', response.body.trim())))
}
