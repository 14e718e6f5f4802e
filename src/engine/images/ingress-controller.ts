/**
 * The ingress-nginx controller: reads Ingresses, Services and endpoints from the API server with its own token, and passes requests on by host and
 * path. It looks every second instead of watching. Annotations other than `rewrite-target` do nothing, and TLS is not ended here.
 */
import { textOf } from '../../base/bytes.ts'
import { header, type HttpRequest, type HttpResponse, Pending, request as requestOf } from '../../base/http.ts'
import { UnixError } from '../../unix/errors.ts'
import { type Blocking, err, out, type Process, type Program } from '../../unix/kernel/process.ts'
import { fetch, wholeText } from '../../unix/network/fetch.ts'
import { requestQueue } from '../../unix/network/serve.ts'

interface Rule {
  readonly host: string
  readonly path: string
  readonly isExact: boolean
  readonly rewrite: string | undefined
  readonly service: string
  readonly ip: string
  readonly port: number
}

interface Backend { readonly service?: { readonly name: string; readonly port?: { readonly number?: number; readonly name?: string } } }

interface Ingress {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly annotations?: Readonly<Record<string, string>> }
  readonly spec: { readonly ingressClassName?: string; readonly defaultBackend?: Backend; readonly rules?: readonly { readonly host?: string; readonly http?: { readonly paths: readonly { readonly path?: string; readonly pathType: string; readonly backend: Backend }[] } }[] }
}

interface Service {
  readonly metadata: { readonly name: string; readonly namespace: string }
  readonly spec: { readonly clusterIP?: string; readonly ports?: readonly { readonly name?: string; readonly port: number }[] }
}

const lookMs = 1_000
const className = 'nginx'

function* listed<T>(process: Process, path: string): Blocking<readonly T[]> {
  const token = textOf(process.files.readFile('/var/run/secrets/kubernetes.io/serviceaccount/token'))
  const server = `https://${process.env.KUBERNETES_SERVICE_HOST ?? '10.96.0.1'}:${process.env.KUBERNETES_SERVICE_PORT ?? '443'}`
  const answer = yield* fetch(process, `${server}${path}`, requestOf('GET', '', undefined, { authorization: `Bearer ${token}` }))
  const text = yield* wholeText(answer)
  return answer.status === 200 ? ((JSON.parse(text) as { readonly items: readonly T[] }).items) : []
}

function* rulesNow(process: Process): Blocking<readonly Rule[]> {
  const services = yield* listed<Service>(process, '/api/v1/services')
  const ingresses = yield* listed<Ingress>(process, '/apis/networking.k8s.io/v1/ingresses')
  return ingresses.filter(({ spec, metadata }) => (spec.ingressClassName ?? metadata.annotations?.['kubernetes.io/ingress.class']) === className).flatMap(({ metadata, spec }) => {
    const rewrite = metadata.annotations?.['nginx.ingress.kubernetes.io/rewrite-target']
    const ruleOf = (host: string, path: string, isExact: boolean, { service }: Backend): Rule[] => {
      const found = services.find((one) => one.metadata.namespace === metadata.namespace && one.metadata.name === service?.name)
      const port = service?.port?.number ?? found?.spec.ports?.find(({ name }) => name === service?.port?.name)?.port ?? 80
      return [{ host, path, isExact, rewrite, service: `${metadata.namespace}-${service?.name ?? ''}-${port}`, ip: found?.spec.clusterIP ?? '', port }]
    }
    return [...(spec.rules ?? []).flatMap(({ host = '', http }) => (http?.paths ?? []).flatMap(({ path = '/', pathType, backend }) => ruleOf(host, path, pathType === 'Exact', backend))), ...(spec.defaultBackend ? ruleOf('', '/', false, spec.defaultBackend) : [])]
  })
}

function isFitting({ host, path, isExact, rewrite }: Rule, wantedHost: string, wanted: string): boolean {
  if (host !== '' && host !== wantedHost && !(host.startsWith('*.') && wantedHost.endsWith(host.slice(1)))) return false
  if (rewrite !== undefined && /[()|*]/.test(path)) return new RegExp(`^${path}`).test(wanted)
  return isExact ? wanted === path : wanted === path || wanted.startsWith(path.endsWith('/') ? path : `${path}/`) || path === '/'
}

function page(status: number, words: string): HttpResponse {
  const body = `<html>\r\n<head><title>${status} ${words}</title></head>\r\n<body>\r\n<center><h1>${status} ${words}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`
  return { status, headers: { 'content-type': 'text/html', 'content-length': String(body.length) }, body }
}

function passed(process: Process, rules: readonly Rule[], request: HttpRequest): HttpResponse | Pending<HttpResponse> {
  const host = (header(request.headers, 'host') ?? '').replace(/:\d+$/, '')
  const [path, query] = request.url.split(/\?(.*)/s)
  const fitting = rules.filter((rule) => isFitting(rule, host, path)).sort((a, b) => Number(b.host !== '') - Number(a.host !== '') || Number(b.isExact) - Number(a.isExact) || b.path.length - a.path.length)
  const [rule] = fitting
  if (!rule) return page(404, 'Not Found')
  const target = rule.rewrite === undefined ? path : /\$\d/.test(rule.rewrite) ? path.replace(new RegExp(`^${rule.path}`), rule.rewrite) : rule.rewrite
  try {
    return process.net.request({ ip: rule.ip, port: rule.port }, { ...request, url: `${target || '/'}${query === undefined ? '' : `?${query}`}`, headers: { ...request.headers, 'x-forwarded-for': '127.0.0.1', 'x-forwarded-host': host, 'x-forwarded-proto': 'http', 'x-scheme': 'http' } })
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    return page(503, 'Service Temporarily Unavailable')
  }
}

export const ingressController: Program = function* (process) {
  let isAsked = false
  for (const signal of ['TERM', 'INT'] as const) process.handlers.set(signal, () => (isAsked = true))
  process.memoryBytes = 90 * 2 ** 20
  yield* out(process, '-------------------------------------------------------------------------------\nNGINX Ingress controller\n  Release:       v1.13.2\n  Repository:    https://github.com/kubernetes/ingress-nginx\n  nginx version: nginx/1.27.1\n\n-------------------------------------------------------------------------------\n\n')
  const queue = requestQueue(process)
  let rules: readonly Rule[] = []
  let lookedAt = Number.NEGATIVE_INFINITY
  try {
    for (const port of [80, 443, 10254]) queue.listen(port)
    while (!isAsked) {
      if (process.now() - lookedAt >= lookMs) {
        lookedAt = process.now()
        try {
          rules = yield* rulesNow(process)
        } catch (error) {
          if (!(error instanceof UnixError)) throw error
          yield* err(process, `Unexpected error when starting NGINX: ${error.words}\n`)
        }
      }
      const asked = queue.next()
      if (!asked) {
        yield { on: [queue.arrived], until: lookedAt + lookMs }
        continue
      }
      const answer = asked.port === 10254 ? page(200, 'OK') : passed(process, rules, asked.request)
      if (!(answer instanceof Pending)) asked.answer(answer)
      else if (answer.value) asked.answer(answer.value)
      else answer.ready.once(() => answer.value && asked.answer(answer.value))
    }
    return 0
  } finally {
    queue.close()
  }
}
