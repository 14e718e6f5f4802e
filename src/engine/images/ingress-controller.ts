/**
 * The ingress-nginx controller: reads Ingresses, Services and endpoints from the API server with its own token, and passes requests on by host and
 * path. It looks every second instead of watching, and writes into each Ingress where it is to be reached. Of annotations, `rewrite-target` and those
 * about redirects to TLS count; TLS itself is not ended here.
 */
import { textOf } from '../../base/bytes.ts'
import { header, type HttpResponse, Pending, request as requestOf } from '../../base/http.ts'
import { UnixError } from '../../unix/errors.ts'
import { type Blocking, err, out, type Process, type Program } from '../../unix/kernel/process.ts'
import { fetch, wholeText } from '../../unix/network/fetch.ts'
import { type Asked, requestQueue } from '../../unix/network/serve.ts'

interface Rule {
  readonly host: string
  readonly path: string
  readonly isExact: boolean
  readonly rewrite: string | undefined
  /** Who comes without TLS is sent to come with it. */
  readonly isSentToTls: boolean
  readonly service: string
  readonly ip: string
  readonly port: number
}

interface Backend {
  readonly service?: { readonly name: string; readonly port?: { readonly number?: number; readonly name?: string } }
}

interface Address {
  readonly ip?: string
  readonly hostname?: string
}

interface Ingress {
  readonly metadata: {
    readonly name: string
    readonly namespace: string
    readonly uid: string
    readonly resourceVersion: string
    readonly annotations?: Readonly<Record<string, string>>
  }
  readonly spec: {
    readonly ingressClassName?: string
    readonly defaultBackend?: Backend
    readonly tls?: readonly { readonly hosts?: readonly string[]; readonly secretName?: string }[]
    readonly rules?: readonly {
      readonly host?: string
      readonly http?: { readonly paths: readonly { readonly path?: string; readonly pathType: string; readonly backend: Backend }[] }
    }[]
  }
  readonly status?: { readonly loadBalancer?: { readonly ingress?: readonly Address[] } }
}

interface Service {
  readonly metadata: { readonly name: string; readonly namespace: string }
  readonly spec: { readonly clusterIP?: string; readonly ports?: readonly { readonly name?: string; readonly port: number }[] }
  readonly status?: { readonly loadBalancer?: { readonly ingress?: readonly Address[] } }
}

const lookMs = 1_000
/** A real one writes addresses once a minute. */
const publishMs = 60_000
const className = 'nginx'

function* asked(process: Process, method: string, path: string, body?: object): Blocking<unknown> {
  const token = textOf(process.files.readFile('/var/run/secrets/kubernetes.io/serviceaccount/token'))
  const server = `https://${process.env.KUBERNETES_SERVICE_HOST ?? '10.96.0.1'}:${process.env.KUBERNETES_SERVICE_PORT ?? '443'}`
  const answer = yield* fetch(
    process,
    `${server}${path}`,
    requestOf(method, '', body && JSON.stringify(body), {
      authorization: `Bearer ${token}`,
      ...(body && { 'content-type': 'application/json' }),
    }),
  )
  const text = yield* wholeText(answer)
  return answer.status < 300 ? JSON.parse(text) : undefined
}

function* listed<T>(process: Process, path: string): Blocking<readonly T[]> {
  const list = (yield* asked(process, 'GET', path)) as { readonly items: readonly T[] } | undefined
  return list?.items ?? []
}

const isOurs =
  ({ argv }: Process) =>
  ({ spec, metadata }: Ingress): boolean => {
    const wanted = spec.ingressClassName ?? metadata.annotations?.['kubernetes.io/ingress.class']
    return wanted === undefined ? argv.includes('--watch-ingress-without-class=true') : wanted === className
  }

/** Where requests come in: the address of the published Service, or else of the node that the pod runs on. */
function* addressesNow(process: Process): Blocking<readonly Address[]> {
  const published = process.argv.find((word) => word.startsWith('--publish-service='))?.slice('--publish-service='.length)
  if (published !== undefined) {
    const [namespace, name] = published.split('/')
    const service = (yield* asked(process, 'GET', `/api/v1/namespaces/${namespace}/services/${name}`)) as Service | undefined
    return service?.status?.loadBalancer?.ingress ?? []
  }
  const pod = (yield* asked(process, 'GET', `/api/v1/namespaces/${process.env.POD_NAMESPACE}/pods/${process.env.POD_NAME}`)) as
    | { readonly status?: { readonly hostIP?: string } }
    | undefined
  return pod?.status?.hostIP ? [{ ip: pod.status.hostIP }] : []
}

/** Ingresses that were seen for the first time get an event, and once a minute all get their address. */
function* publish(process: Process, known: Set<string>, isTime: boolean): Blocking<void> {
  const ours = (yield* listed<Ingress>(process, '/apis/networking.k8s.io/v1/ingresses')).filter(isOurs(process))
  const addresses = isTime ? yield* addressesNow(process) : []
  for (const ingress of ours) {
    const { name, namespace, uid, resourceVersion } = ingress.metadata
    if (!known.has(`${uid}/${JSON.stringify(ingress.spec)}`)) {
      known.add(`${uid}/${JSON.stringify(ingress.spec)}`)
      const now = new Date(process.now()).toISOString().replace(/\.\d+/, '')
      yield* asked(process, 'POST', `/api/v1/namespaces/${namespace}/events`, {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { generateName: `${name}.`, namespace },
        type: 'Normal',
        reason: 'Sync',
        message: 'Scheduled for sync',
        source: { component: 'nginx-ingress-controller' },
        involvedObject: { kind: 'Ingress', apiVersion: 'networking.k8s.io/v1', namespace, name, uid, resourceVersion },
        firstTimestamp: now,
        lastTimestamp: now,
        count: 1,
      })
    }
    if (!isTime || JSON.stringify(ingress.status?.loadBalancer?.ingress ?? []) === JSON.stringify(addresses)) continue
    yield* asked(process, 'PUT', `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses/${name}/status`, {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      ...ingress,
      status: { loadBalancer: { ingress: addresses } },
    })
  }
}

function* rulesNow(process: Process): Blocking<readonly Rule[]> {
  const services = yield* listed<Service>(process, '/api/v1/services')
  const ingresses = (yield* listed<Ingress>(process, '/apis/networking.k8s.io/v1/ingresses')).filter(isOurs(process))
  const secured = yield* securedHosts(process, ingresses)
  return ingresses.flatMap(({ metadata, spec }) => {
    const annotation = (name: string): string | undefined => metadata.annotations?.[`nginx.ingress.kubernetes.io/${name}`]
    const rewrite = annotation('rewrite-target')
    const ruleOf = (host: string, path: string, isExact: boolean, { service }: Backend): Rule[] => {
      const found = services.find((one) => one.metadata.namespace === metadata.namespace && one.metadata.name === service?.name)
      const port = service?.port?.number ?? found?.spec.ports?.find(({ name }) => name === service?.port?.name)?.port ?? 80
      return [
        {
          host,
          path,
          isExact,
          rewrite,
          isSentToTls:
            annotation('force-ssl-redirect') === 'true' ||
            (secured.has(`${metadata.namespace}/${host}`) && annotation('ssl-redirect') !== 'false'),
          service: `${metadata.namespace}-${service?.name ?? ''}-${port}`,
          ip: found?.spec.clusterIP ?? '',
          port,
        },
      ]
    }
    return [
      ...(spec.rules ?? []).flatMap(({ host = '', http }) =>
        (http?.paths ?? []).flatMap(({ path = '/', pathType, backend }) => ruleOf(host, path, pathType === 'Exact', backend)),
      ),
      ...(spec.defaultBackend ? ruleOf('', '/', false, spec.defaultBackend) : []),
    ]
  })
}

/** Hosts that have a certificate, by namespace: one whose Secret is not there is answered with the controller's own, and not redirected to. */
function* securedHosts(process: Process, ingresses: readonly Ingress[]): Blocking<ReadonlySet<string>> {
  const secured = new Set<string>()
  for (const { metadata, spec } of ingresses) {
    for (const { hosts = [], secretName } of spec.tls ?? []) {
      if (secretName === undefined) continue
      if (!(yield* asked(process, 'GET', `/api/v1/namespaces/${metadata.namespace}/secrets/${secretName}`))) continue
      for (const host of hosts) secured.add(`${metadata.namespace}/${host}`)
    }
  }
  return secured
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

function passed(
  process: Process,
  rules: readonly Rule[],
  { request, port }: Pick<Asked, 'request' | 'port'>,
): HttpResponse | Pending<HttpResponse> {
  const host = (header(request.headers, 'host') ?? '').replace(/:\d+$/, '')
  const [path, query] = request.url.split(/\?(.*)/s)
  const fitting = rules
    .filter((rule) => isFitting(rule, host, path))
    .sort((a, b) => Number(b.host !== '') - Number(a.host !== '') || Number(b.isExact) - Number(a.isExact) || b.path.length - a.path.length)
  const [rule] = fitting
  if (!rule) return page(404, 'Not Found')
  if (rule.isSentToTls && port === 80) {
    const redirect = page(308, 'Permanent Redirect')
    return { ...redirect, headers: { ...redirect.headers, location: `https://${host}${request.url}` } }
  }
  const target =
    rule.rewrite === undefined ? path : /\$\d/.test(rule.rewrite) ? path.replace(new RegExp(`^${rule.path}`), rule.rewrite) : rule.rewrite
  try {
    return process.net.request(
      { ip: rule.ip, port: rule.port },
      {
        ...request,
        url: `${target || '/'}${query === undefined ? '' : `?${query}`}`,
        headers: {
          ...request.headers,
          'x-forwarded-for': '127.0.0.1',
          'x-forwarded-host': host,
          'x-forwarded-proto': port === 443 ? 'https' : 'http',
          'x-scheme': port === 443 ? 'https' : 'http',
        },
      },
    )
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    return page(503, 'Service Temporarily Unavailable')
  }
}

export const ingressController: Program = function* (process) {
  let isAsked = false
  for (const signal of ['TERM', 'INT'] as const) process.handlers.set(signal, () => (isAsked = true))
  process.memoryBytes = 90 * 2 ** 20
  yield* out(
    process,
    '-------------------------------------------------------------------------------\nNGINX Ingress controller\n  Release:       v1.13.2\n  Repository:    https://github.com/kubernetes/ingress-nginx\n  nginx version: nginx/1.27.1\n\n-------------------------------------------------------------------------------\n\n',
  )
  const queue = requestQueue(process)
  let rules: readonly Rule[] = []
  let lookedAt = Number.NEGATIVE_INFINITY
  let publishedAt = process.now() - publishMs / 2
  const known = new Set<string>()
  try {
    for (const port of [80, 443, 10254]) queue.listen(port)
    while (!isAsked) {
      if (process.now() - lookedAt >= lookMs) {
        lookedAt = process.now()
        try {
          rules = yield* rulesNow(process)
          const isTime = process.now() - publishedAt >= publishMs
          if (isTime) publishedAt = process.now()
          yield* publish(process, known, isTime)
        } catch (error) {
          if (!(error instanceof UnixError)) throw error
          yield* err(process, `Unexpected error when starting NGINX: ${error.words}\n`)
        }
      }
      const next = queue.next()
      if (!next) {
        yield { on: [queue.arrived], until: lookedAt + lookMs }
        continue
      }
      const answer = next.port === 10254 ? page(200, 'OK') : passed(process, rules, next)
      if (!(answer instanceof Pending)) next.answer(answer)
      else if (answer.value) next.answer(answer.value)
      else answer.ready.once(() => answer.value && next.answer(answer.value))
    }
    return 0
  } finally {
    queue.close()
  }
}
