/**
 * metrics-server: asks every kubelet for its containers' usage each 15 seconds and answers for the group metrics.k8s.io. It keeps two
 * points of each container, so a pod's usage is known only after the second round. Kubelets of a kubeadm cluster have certificates
 * without addresses: without `--kubelet-insecure-tls` it trusts none of them and never becomes ready.
 */
import { textOf } from '../../base/bytes.ts'
import { header, type HttpRequest, type HttpResponse, jsonResponse, textResponse } from '../../base/http.ts'
import { WaitQueue } from '../../base/wait-queue.ts'
import { UnixError } from '../../unix/errors.ts'
import { type Blocking, err, type Process, type Program } from '../../unix/kernel/process.ts'
import { fetch, wholeBody } from '../../unix/network/fetch.ts'
import { requestQueue } from '../../unix/network/serve.ts'

const group = 'metrics.k8s.io'
const version = `${group}/v1beta1`
const tokenPath = '/var/run/secrets/kubernetes.io/serviceaccount/token'

interface Point {
  readonly atMs: number
  readonly startMs: number
  readonly cpuSeconds: number
  readonly memoryBytes: number
}

interface Series {
  readonly before: Point | undefined
  readonly last: Point
}

interface Usage {
  readonly nanoCores: number
  readonly memoryBytes: number
  readonly atMs: number
  readonly windowMs: number
}

interface Listed {
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Readonly<Record<string, string>> }
  readonly spec?: { readonly containers?: readonly { readonly name: string }[] }
  readonly status?: { readonly addresses?: readonly { readonly type: string; readonly address: string }[] }
}

export const metricsServerProgram: Program = function* (process) {
  const flags = flagsOf(process.argv.slice(1))
  const port = Number(flags.get('secure-port') ?? 443)
  const resolutionMs = Number.parseFloat(flags.get('metric-resolution') ?? '60s') * 1000
  const isTrusting = flags.has('kubelet-insecure-tls')
  process.memoryBytes = 21_000_000
  const stopped = new WaitQueue()
  let isStopping = false
  for (const signal of ['TERM', 'INT'] as const) {
    process.handlers.set(signal, () => {
      isStopping = true
      stopped.wake()
    })
  }
  const lines = [
    'serving.go:380] Generated self-signed cert (/tmp/apiserver.crt, /tmp/apiserver.key)',
    'handler.go:288] Adding GroupVersion metrics.k8s.io v1beta1 to ResourceManager',
    `secure_serving.go:211] Serving securely on [::]:${port}`,
  ]
  for (const line of lines) yield* err(process, logLine(process, 'I', line))
  const queue = requestQueue(process)
  const series = new Map<string, Series>()
  let nextMs = process.now()
  try {
    queue.listen(port)
    while (!isStopping) {
      if (process.now() >= nextMs) {
        nextMs += resolutionMs
        yield* scrape(process, series, isTrusting)
        // What a round of a dozen kubelets costs.
        process.cpuMs += 45
      }
      const asked = queue.next()
      if (asked) asked.answer(yield* answered(process, asked.request, series))
      else yield { on: [queue.arrived, stopped], until: nextMs }
    }
    return 0
  } finally {
    queue.close()
  }
}

function flagsOf(args: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    args.map((arg) => /^--?([\w-]+)(?:=(.*))?$/s.exec(arg)).flatMap((match) => (match ? [[match[1], match[2] ?? 'true'] as const] : [])),
  )
}

/** klog's line: `I0105 09:00:12.345678       1 file.go:1] text`. */
function logLine(process: Process, level: 'I' | 'E', text: string): string {
  const time = new Date(process.now()).toISOString()
  return `${level}${time.slice(5, 7)}${time.slice(8, 10)} ${time.slice(11, 23)}000       1 ${text}\n`
}

/** One round: each node's text of counters becomes a point of each of its containers. */
function* scrape(process: Process, series: Map<string, Series>, isTrusting: boolean): Blocking<void> {
  const nodes = (yield* listed(process, '/api/v1/nodes')) ?? []
  const seen = new Set<string>()
  for (const node of nodes) {
    const { name } = node.metadata
    const address = node.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? name
    const url = `https://${address}:10250/metrics/resource`
    const problem = isTrusting
      ? yield* collect(process, { url, node: name, series, seen })
      : `Get "${url}": tls: failed to verify certificate: x509: cannot validate certificate for ${address} because it doesn't contain any IP SANs`
    if (problem)
      yield* err(
        process,
        logLine(process, 'E', `scraper.go:149] "Failed to scrape node" err=${JSON.stringify(problem)} node=${JSON.stringify(name)}`),
      )
  }
  for (const key of series.keys()) if (!seen.has(key)) series.delete(key)
}

function* collect(
  process: Process,
  { url, node, series, seen }: { url: string; node: string; series: Map<string, Series>; seen: Set<string> },
): Blocking<string | undefined> {
  let text: string
  try {
    const response = yield* fetch(process, url, request(process, '/metrics/resource'), { timeoutMs: 10_000 })
    if (response.status !== 200)
      return `request failed, status: "${response.status} ${response.status === 401 ? 'Unauthorized' : 'Forbidden'}"`
    text = textOf(yield* wholeBody(response))
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    return `Get "${url}": dial tcp ${url.slice(8, url.indexOf('/', 8))}: ${error.errno === 'ETIMEDOUT' ? 'i/o timeout' : `connect: ${error.words.toLowerCase()}`}`
  }
  for (const [key, last] of pointsOf(text, node)) {
    seen.add(key)
    const known = series.get(key)
    series.set(key, { before: known && known.last.startMs === last.startMs ? known.last : undefined, last })
  }
  return undefined
}

/** `container_cpu_usage_seconds_total{container="c",namespace="n",pod="p"} 1.5 1700000000000`, line by line. */
function pointsOf(text: string, node: string): ReadonlyMap<string, Point> {
  const found = new Map<string, { atMs: number; startMs: number; cpuSeconds: number; memoryBytes: number }>()
  for (const [, family, what, labels, value, time] of text.matchAll(
    /^(container|node)_(cpu_usage_seconds_total|memory_working_set_bytes|start_time_seconds)(?:\{([^}]*)\})? (\S+)(?: (\d+))?$/gm,
  )) {
    const label = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(labels ?? '')?.[1] ?? ''
    const key = family === 'node' ? `node/${node}` : `pod/${label('namespace')}/${label('pod')}/${label('container')}`
    const point = found.get(key) ?? { atMs: 0, startMs: 0, cpuSeconds: 0, memoryBytes: 0 }
    found.set(key, point)
    if (time) point.atMs = Number(time)
    if (what === 'cpu_usage_seconds_total') point.cpuSeconds = Number(value)
    else if (what === 'memory_working_set_bytes') point.memoryBytes = Number(value)
    else point.startMs = Number(value) * 1000
  }
  return found
}

/** Between the two last points; of what only just began, since its beginning. */
function usageOf({ before, last }: Series): Usage | undefined {
  const isFresh = last.startMs > 0 && last.atMs - last.startMs >= 10_000 && last.atMs - last.startMs < 30_000
  const from = before ?? (isFresh ? { atMs: last.startMs, cpuSeconds: 0 } : undefined)
  if (!from || last.atMs <= from.atMs) return undefined
  const windowMs = last.atMs - from.atMs
  return {
    nanoCores: Math.max(0, Math.round(((last.cpuSeconds - from.cpuSeconds) * 1e12) / windowMs)),
    memoryBytes: last.memoryBytes,
    atMs: last.atMs,
    windowMs,
  }
}

function request(process: Process, url: string): HttpRequest {
  const token = process.files.exists(tokenPath) ? process.files.readText(tokenPath).trim() : ''
  return {
    method: 'GET',
    url,
    headers: { accept: 'application/json', 'user-agent': 'metrics-server/v0.8.0', ...(token ? { authorization: `Bearer ${token}` } : {}) },
    body: new Uint8Array(),
  }
}

/** Objects of the API; undefined when it cannot be asked. */
function* listed(process: Process, path: string): Blocking<readonly Listed[] | undefined> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = '443' } = process.env
  if (!host) return undefined
  try {
    const response = yield* fetch(process, `https://${host}:${port}${path}`, request(process, path), { timeoutMs: 10_000 })
    const document = JSON.parse(textOf(yield* wholeBody(response))) as { items?: readonly Listed[]; kind?: string }
    if (response.status === 200) return document.items ?? [document as unknown as Listed]
    return response.status === 404 ? [] : undefined
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    yield* err(
      process,
      logLine(
        process,
        'E',
        `reflector.go:158] "Unhandled Error" err="failed to list ${path}: dial tcp ${host}:${port}: ${error.words.toLowerCase()}"`,
      ),
    )
    return undefined
  }
}

function* answered(process: Process, asked: HttpRequest, series: ReadonlyMap<string, Series>): Blocking<HttpResponse> {
  const [path, query = ''] = asked.url.split('?', 2)
  if (path === '/livez' || path === '/healthz') return textResponse(200, 'ok')
  if (path === '/readyz')
    return series.size > 0
      ? textResponse(200, 'ok')
      : textResponse(500, '[+]ping ok\n[-]metric-storage-ready failed: reason withheld\nreadyz check failed\n')
  const parts = path.split('/').slice(1)
  if (parts[0] !== 'apis' || parts[1] !== group) return textResponse(404, '404 page not found\n')
  if (parts.length === 3) return jsonResponse(200, resourceList)
  const [namespace, resource, name] = parts[3] === 'namespaces' ? [parts[4], parts[5], parts[6]] : ['', parts[3], parts[4]]
  if (resource !== 'pods' && resource !== 'nodes') return textResponse(404, '404 page not found\n')
  const wanted = new URLSearchParams(query)
  const selectors = new URLSearchParams([...wanted].filter(([key]) => key === 'labelSelector' || key === 'fieldSelector')).toString()
  const at = `/api/v1/${namespace ? `namespaces/${namespace}/` : ''}${resource}${name ? `/${name}` : ''}${selectors && !name ? `?${selectors}` : ''}`
  const objects = yield* listed(process, at)
  if (!objects) return failure(500, 'InternalError', 'failed to list', {})
  if (name && objects.length === 0) return failure(404, 'NotFound', `${resource} "${name}" not found`, { name, kind: resource })
  const items = objects.flatMap((object) => (resource === 'nodes' ? nodeMetrics(object, series) : podMetrics(object, series)))
  const kind = resource === 'nodes' ? 'NodeMetrics' : 'PodMetrics'
  if (name && items.length === 0)
    return failure(404, 'NotFound', `${kind.toLowerCase()}.${group} "${namespace ? `${namespace}/` : ''}${name}" not found`, {
      name,
      group,
      kind: kind.toLowerCase(),
    })
  if ((header(asked.headers, 'accept') ?? '').includes('as=Table')) return jsonResponse(200, tableOf(items))
  return jsonResponse(
    200,
    name ? { kind, apiVersion: version, ...items[0] } : { kind: `${kind}List`, apiVersion: version, metadata: {}, items },
  )
}

interface Measured {
  readonly metadata: object
  readonly timestamp: string
  readonly window: string
  readonly usage?: object
  readonly containers?: readonly { readonly name: string; readonly usage: Readonly<Record<string, string>> }[]
}

function nodeMetrics({ metadata }: Listed, series: ReadonlyMap<string, Series>): readonly Measured[] {
  const known = series.get(`node/${metadata.name}`)
  const usage = known && usageOf(known)
  return usage ? [{ metadata: described(metadata, usage), ...moment(usage), usage: amounts(usage) }] : []
}

/** A pod of which one container is not known yet is left out whole. */
function podMetrics({ metadata, spec }: Listed, series: ReadonlyMap<string, Series>): readonly Measured[] {
  const containers = (spec?.containers ?? []).map(({ name }) => {
    const known = series.get(`pod/${metadata.namespace}/${metadata.name}/${name}`)
    return { name, usage: known && usageOf(known) }
  })
  const known = containers.flatMap(({ name, usage }) => (usage ? [{ name, usage }] : []))
  if (known.length === 0 || known.length < containers.length) return []
  const oldest = known.reduce((least, { usage }) => (usage.atMs < least.atMs ? usage : least), known[0].usage)
  return [
    {
      metadata: described(metadata, oldest),
      ...moment(oldest),
      containers: known.map(({ name, usage }) => ({ name, usage: amounts(usage) })),
    },
  ]
}

function described({ name, namespace, labels }: Listed['metadata'], { atMs }: Usage): object {
  return { name, ...(namespace ? { namespace } : {}), creationTimestamp: seconds(atMs), ...(labels ? { labels } : {}) }
}

function moment({ atMs, windowMs }: Usage): { timestamp: string; window: string } {
  return { timestamp: seconds(atMs), window: `${windowMs / 1000}s` }
}

function seconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}

function amounts({ nanoCores, memoryBytes }: Usage): Readonly<Record<string, string>> {
  return { cpu: nanoCores === 0 ? '0' : `${nanoCores}n`, memory: `${Math.round(memoryBytes / 1024)}Ki` }
}

function failure(code: number, reason: string, message: string, details: object): HttpResponse {
  return jsonResponse(code, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, details, code })
}

const resourceList = {
  kind: 'APIResourceList',
  apiVersion: 'v1',
  groupVersion: version,
  resources: [
    { name: 'nodes', singularName: '', namespaced: false, kind: 'NodeMetrics', verbs: ['get', 'list'] },
    { name: 'pods', singularName: '', namespaced: true, kind: 'PodMetrics', verbs: ['get', 'list'] },
  ],
}

function tableOf(items: readonly Measured[]): object {
  const column = (name: string, format: string) => ({ name, type: 'string', format, description: '', priority: 0 })
  const rows = items.map((item) => {
    const usages = item.containers?.map(({ usage }) => usage) ?? [item.usage as Readonly<Record<string, string>>]
    const sum = (resource: string) => usages.reduce((total, usage) => total + Number.parseInt(usage[resource], 10), 0)
    return {
      cells: [(item.metadata as { name: string }).name, sum('cpu') === 0 ? '0' : `${sum('cpu')}n`, `${sum('memory')}Ki`, item.window],
      object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: item.metadata },
    }
  })
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: {},
    columnDefinitions: [column('Name', 'name'), column('cpu', ''), column('memory', ''), column('Window', 'duration')],
    rows,
  }
}
