/**
 * NGINX Gateway Fabric 1.6: reads Gateway API's objects with its own token, tells in their status what became of them, and passes requests on. It looks
 * every second instead of watching. HTTPS listeners speak plainly here, because nothing in the sandbox's network is encrypted.
 */
import { textOf } from '../../../base/bytes.ts'
import { type HttpRequest, type HttpResponse, Pending, request as requestOf } from '../../../base/http.ts'
import { UnixError } from '../../../unix/errors.ts'
import { type Blocking, err, type Process, type Program } from '../../../unix/kernel/process.ts'
import { fetch, wholeText } from '../../../unix/network/fetch.ts'
import { requestQueue } from '../../../unix/network/serve.ts'
import { evaluate, type ServedHost, type Told } from './evaluate.ts'
import type { Named, Seen, Service } from './resources.ts'
import { changedHeaders, changedUrl, chosen, drawn, redirect } from './routing.ts'

const lookMs = 1_000
const readyPort = 8081

function* asked(process: Process, method: string, path: string, body?: object): Blocking<string | undefined> {
  const token = textOf(process.files.readFile('/var/run/secrets/kubernetes.io/serviceaccount/token'))
  const server = `https://${process.env.KUBERNETES_SERVICE_HOST ?? '10.96.0.1'}:${process.env.KUBERNETES_SERVICE_PORT ?? '443'}`
  const answer = yield* fetch(
    process,
    `${server}${path}`,
    requestOf(method, '', body, { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/merge-patch+json' }) }),
  )
  const text = yield* wholeText(answer)
  return answer.status === 200 ? text : undefined
}

function* listed<T>(process: Process, path: string): Blocking<readonly T[]> {
  const text = yield* asked(process, 'GET', path)
  return text === undefined ? [] : (JSON.parse(text) as { readonly items: readonly T[] }).items
}

function* look(process: Process): Blocking<Seen> {
  const group = '/apis/gateway.networking.k8s.io'
  const definition = yield* asked(
    process,
    'GET',
    '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/gatewayclasses.gateway.networking.k8s.io',
  )
  return {
    release:
      definition === undefined
        ? ''
        : ((JSON.parse(definition) as Named).metadata.annotations?.['gateway.networking.k8s.io/bundle-version'] ?? ''),
    classes: yield* listed(process, `${group}/v1/gatewayclasses`),
    gateways: yield* listed(process, `${group}/v1/gateways`),
    routes: yield* listed(process, `${group}/v1/httproutes`),
    grants: yield* listed(process, `${group}/v1beta1/referencegrants`),
    services: yield* listed(process, '/api/v1/services'),
    secrets: yield* listed(process, '/api/v1/secrets'),
    namespaces: yield* listed(process, '/api/v1/namespaces'),
  }
}

/** The address that others are told: the Service's own where a load balancer gave it one, the pod's otherwise. */
function addressOf(process: Process, services: readonly Service[]): string {
  const service = services.find(({ metadata }) => metadata.namespace === process.env.POD_NAMESPACE && metadata.name === 'nginx-gateway')
  return service?.status?.loadBalancer?.ingress?.[0]?.ip ?? process.env.POD_IP ?? ''
}

function* tell(process: Process, told: readonly Told[]): Blocking<void> {
  for (const { path, before, status } of told) {
    if (JSON.stringify(sorted(before)) === JSON.stringify(sorted(status))) continue
    yield* asked(process, 'PATCH', `${path}/status`, { status })
  }
}

/** Keys in one order, so that equal statuses have equal texts. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  )
}

function page(status: number, words: string, headers: Readonly<Record<string, string>> = {}): HttpResponse {
  const body = `<html>\r\n<head><title>${status} ${words}</title></head>\r\n<body>\r\n<center><h1>${status} ${words}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`
  return { status, headers: { server: 'nginx', 'content-type': 'text/html', 'content-length': String(body.length), ...headers }, body }
}

const redirectWords: Readonly<Record<number, string>> = {
  301: 'Moved Permanently',
  302: 'Found',
  303: 'See Other',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
}

function passed(process: Process, hosts: readonly ServedHost[], request: HttpRequest, port: number): HttpResponse | Pending<HttpResponse> {
  const choice = chosen(hosts, port, request)
  if (!choice) return page(404, 'Not Found')
  const { served, match } = choice
  const filters = served.rule.filters ?? []
  const away = filters.find(({ type }) => type === 'RequestRedirect')
  if (away) {
    const { status, location } = redirect(away, request, match, port)
    return page(status, redirectWords[status] ?? 'Found', { location })
  }
  const backend = drawn(served.backends, (limit) => process.kernel.random.below(limit))
  if (!backend || backend.ip === '') return page(500, 'Internal Server Error')
  const rewrite = filters.find(({ type }) => type === 'URLRewrite')?.urlRewrite
  const headers = changedHeaders(
    { ...request.headers, ...(rewrite?.hostname && { host: rewrite.hostname }) },
    filters.map(({ requestHeaderModifier }) => requestHeaderModifier),
  )
  const finish = (answer: HttpResponse): HttpResponse => ({
    ...answer,
    headers: changedHeaders(
      { ...answer.headers, server: 'nginx' },
      filters.map(({ responseHeaderModifier }) => responseHeaderModifier),
    ),
  })
  try {
    const answer = process.net.request(
      { ip: backend.ip, port: backend.port },
      { ...request, url: changedUrl(request.url, rewrite?.path, match), headers },
    )
    if (!(answer instanceof Pending)) return finish(answer)
    if (answer.value) return finish(answer.value)
    const later = new Pending<HttpResponse>()
    answer.ready.once(() => answer.value && later.resolve(finish(answer.value)))
    return later
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    return page(502, 'Bad Gateway')
  }
}

export const gatewayFabric: Program = function* (process) {
  let isStopped = false
  for (const signal of ['TERM', 'INT'] as const) process.handlers.set(signal, () => (isStopped = true))
  process.memoryBytes = 80 * 2 ** 20
  const log = (level: string, msg: string) => err(process, `${JSON.stringify({ level, ts: new Date(process.now()).toISOString(), msg })}\n`)
  yield* log('info', 'Starting NGINX Gateway Fabric in static mode')
  const queue = requestQueue(process)
  const open = new Map<number, () => void>()
  let hosts: readonly ServedHost[] = []
  let lookedAt = Number.NEGATIVE_INFINITY
  try {
    queue.listen(readyPort)
    while (!isStopped) {
      if (process.now() - lookedAt >= lookMs) {
        lookedAt = process.now()
        try {
          const seen = yield* look(process)
          const result = evaluate(seen, {
            address: addressOf(process, seen.services),
            now: `${new Date(process.now()).toISOString().slice(0, 19)}Z`,
          })
          hosts = result.hosts
          const ports = new Set(hosts.map(({ port }) => port))
          for (const port of ports) if (!open.has(port)) open.set(port, queue.listen(port))
          for (const [port, close] of open) if (!ports.has(port)) close(), open.delete(port)
          yield* tell(process, result.told)
        } catch (error) {
          if (!(error instanceof UnixError)) throw error
          yield* log('error', `Failed to reach the API server: ${error.words}`)
        }
      }
      const next = queue.next()
      if (!next) {
        yield { on: [queue.arrived], until: lookedAt + lookMs }
        continue
      }
      const answer = next.port === readyPort ? page(200, 'OK') : passed(process, hosts, next.request, next.port)
      if (!(answer instanceof Pending)) next.answer(answer)
      else if (answer.value) next.answer(answer.value)
      else answer.ready.once(() => answer.value && next.answer(answer.value))
    }
    return 0
  } finally {
    queue.close()
  }
}
