/** The kubelet's own server on port 10250: what the API server passes `logs`, `exec`, `attach`, `port-forward` and `top` on to. */
import type { HttpHandler, HttpRequest, HttpResponse, Peer, Upgraded } from '../../../base/http.ts'
import { header, jsonResponse, textResponse } from '../../../base/http.ts'
import type { Clock } from '../../../base/clock.ts'
import { RuntimeError, type ContainerRuntime } from '../../runtime/runtime.ts'
import { timestamp } from '../objects.ts'
import { refusalOf } from './probes.ts'
import type { PodWorker } from './pod-worker.ts'
import { logPath } from './specs.ts'
import type { ContainerRecord } from './container-record.ts'

/** What a node's own programs take: kubelet, containerd, systemd. */
const system = { cores: 0.035, memoryBytes: 410 * 2 ** 20 }

export interface KubeletServerOptions {
  readonly clock: Clock
  readonly runtime: ContainerRuntime
  readonly nodeName: string
  readonly workers: ReadonlyMap<string, PodWorker>
}

export function kubeletServer({ clock, runtime, nodeName, workers }: KubeletServerOptions): HttpHandler {
  const startedMs = clock.now()
  const find = (namespace: string, pod: string, container: string): ContainerRecord | undefined =>
    workers.get(`${namespace}/${pod}`)?.records.find(({ name }) => name === container)

  const logs = ([namespace, pod, container]: readonly string[], query: URLSearchParams): HttpResponse => {
    const record = find(namespace, pod, container)
    if (!record) return textResponse(404, `pod "${pod}" not found\n`)
    const isPrevious = query.get('previous') === 'true'
    const id = isPrevious ? (record.waiting && record.info?.state === 'exited' ? record.id : record.previous?.id) : record.id
    if (isPrevious && !id) return textResponse(400, `previous terminated container "${container}" in pod "${pod}" not found`)
    if (!id || record.info?.state === 'created')
      return textResponse(
        400,
        waitingText(
          record,
          pod,
          workers.get(`${namespace}/${pod}`)?.pod.spec.initContainers?.length ? 'PodInitializing' : 'ContainerCreating',
        ),
      )
    const number = (name: string): number | undefined => (query.get(name) === null ? undefined : Number(query.get(name)))
    const sinceSeconds = number('sinceSeconds')
    const sinceTime = query.get('sinceTime')
    const attempt = record.restartCount - (isPrevious && id === record.previous?.id ? 1 : 0)
    const log = () =>
      runtime.logs(id, {
        follow: query.get('follow') === 'true',
        tailLines: number('tailLines'),
        sinceMs: sinceSeconds === undefined ? (sinceTime ? Date.parse(sinceTime) : undefined) : clock.now() - sinceSeconds * 1000,
        limitBytes: number('limitBytes'),
        timestamps: query.get('timestamps') === 'true',
        path: logPath((workers.get(`${namespace}/${pod}`) as PodWorker).pod, container, attempt),
        ...(query.get('stream') === 'Stdout'
          ? { stream: 'stdout' as const }
          : query.get('stream') === 'Stderr'
            ? { stream: 'stderr' as const }
            : {}),
      })
    try {
      return { status: 200, headers: { 'content-type': 'text/plain' }, body: log() }
    } catch (error) {
      if (!(error instanceof RuntimeError)) throw error
      return textResponse(200, `unable to retrieve container logs for containerd://${id}`)
    }
  }

  const summary = (): HttpResponse => {
    const time = timestamp(clock.now())
    const pods = Array.from(workers.values(), ({ pod, records }) => ({
      podRef: { name: pod.metadata.name, namespace: pod.metadata.namespace, uid: pod.metadata.uid },
      startTime: pod.status.startTime,
      containers: records.flatMap(({ name, id, info }) => {
        if (!id || info?.state !== 'running') return []
        const { cpuNanos, memoryBytes } = runtime.usage(id)
        return [
          {
            name,
            startTime: timestamp(info.startedAt ?? 0),
            cpu: { time, usageCoreNanoSeconds: cpuNanos },
            memory: { time, workingSetBytes: memoryBytes },
          },
        ]
      }),
    }))
    const { cpuNanos, memoryBytes } = nodeUsage()
    return jsonResponse(200, {
      node: { nodeName, cpu: { time, usageCoreNanoSeconds: cpuNanos }, memory: { time, workingSetBytes: memoryBytes } },
      pods,
    })
  }

  const running = () =>
    Array.from(workers.values()).flatMap(({ pod, records }) =>
      records.flatMap(({ name, id, info }) =>
        id && info?.state === 'running' ? [{ pod: pod.metadata, name, startedAt: info.startedAt ?? 0, ...runtime.usage(id) }] : [],
      ),
    )

  /** The containers and, beneath them, the kubelet, containerd and the system, which have no processes of their own here. */
  const nodeUsage = (): { cpuNanos: number; memoryBytes: number } => {
    let cpuNanos = system.cores * (clock.now() - startedMs) * 1e6
    let memoryBytes = system.memoryBytes
    for (const each of running()) {
      cpuNanos += each.cpuNanos
      memoryBytes += each.memoryBytes
    }
    return { cpuNanos: Math.round(cpuNanos), memoryBytes }
  }

  /** The few numbers that autoscaling needs, as Prometheus reads them. */
  const resourceMetrics = (): HttpResponse => {
    const now = Math.floor(clock.now())
    const node = nodeUsage()
    const all = running().map(({ pod, name, startedAt, cpuNanos, memoryBytes }) => ({
      labels: `{container="${name}",namespace="${pod.namespace}",pod="${pod.name}"}`,
      startedAt,
      cpuNanos,
      memoryBytes,
    }))
    const family = (name: string, type: string, help: string, lines: readonly string[]): string =>
      [`# HELP ${name} [STABLE] ${help}`, `# TYPE ${name} ${type}`, ...lines.map((line) => `${name}${line}`), ''].join('\n')
    const text = [
      family(
        'container_cpu_usage_seconds_total',
        'counter',
        'Cumulative cpu time consumed by the container in core-seconds',
        all.map(({ labels, cpuNanos }) => `${labels} ${cpuNanos / 1e9} ${now}`),
      ),
      family(
        'container_memory_working_set_bytes',
        'gauge',
        'Current working set of the container in bytes',
        all.map(({ labels, memoryBytes }) => `${labels} ${memoryBytes} ${now}`),
      ),
      family(
        'container_start_time_seconds',
        'gauge',
        'Start time of the container since unix epoch in seconds',
        all.map(({ labels, startedAt }) => `${labels} ${startedAt / 1000}`),
      ),
      family('node_cpu_usage_seconds_total', 'counter', 'Cumulative cpu time consumed by the node in core-seconds', [
        ` ${node.cpuNanos / 1e9} ${now}`,
      ]),
      family('node_memory_working_set_bytes', 'gauge', 'Current working set of the node in bytes', [` ${node.memoryBytes} ${now}`]),
    ]
    return {
      status: 200,
      headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores' },
      body: `${text.join('')}# HELP resource_scrape_error [STABLE] 1 if there was an error while getting container metrics, 0 otherwise\n# TYPE resource_scrape_error gauge\nresource_scrape_error 0\n`,
    }
  }

  return {
    handle(request) {
      const [, verb, ...rest] = pathOf(request).split('/')
      if (verb === 'containerLogs') return logs(rest, queryOf(request))
      if (verb === 'healthz') return textResponse(200, 'ok')
      if (verb === 'pods')
        return jsonResponse(200, { kind: 'PodList', apiVersion: 'v1', metadata: {}, items: Array.from(workers.values(), ({ pod }) => pod) })
      if (verb === 'metrics' && rest[0] === 'resource') return resourceMetrics()
      if (verb === 'stats' && rest[0] === 'summary') return summary()
      if (verb === 'exec' || verb === 'attach' || verb === 'portForward') return textResponse(400, 'Upgrade request required')
      return textResponse(404, '404 page not found\n')
    },

    connect(request: HttpRequest, _peer: Peer): Upgraded | HttpResponse {
      const [, verb, namespace, pod, container] = pathOf(request).split('/')
      const query = queryOf(request)
      const protocol =
        header(request.headers, 'sec-websocket-protocol')?.split(',')[0].trim() ??
        header(request.headers, 'x-stream-protocol-version') ??
        'v5.channel.k8s.io'
      if (verb === 'portForward') {
        const worker = workers.get(`${namespace}/${pod}`)
        const sandbox = worker?.sandbox
        if (!sandbox) return textResponse(404, `pod not found ("${pod}_${namespace}")`)
        const port = Number(query.get('ports') ?? query.get('port') ?? 0)
        try {
          return runtime.portForward(sandbox.id, port)
        } catch (error) {
          const where = `failed to connect to localhost:${port} inside namespace "${sandbox.id}"`
          const tried = `IPv4: dial tcp4 127.0.0.1:${port}: ${refusalOf(error)} IPv6 dial tcp6: address localhost: no suitable address`
          return textResponse(
            500,
            `error forwarding port ${port} to pod ${sandbox.id}, uid : failed to execute portforward in network namespace "/var/run/netns/cni-${worker.pod.metadata.uid}": ${where}, ${tried} `,
          )
        }
      }
      const record = find(namespace, pod, container)
      if (!record?.id || record.info?.state !== 'running')
        return textResponse(500, `Internal error occurred: unable to upgrade connection: container not found ("${container}")`)
      const isOn = (...names: readonly string[]): boolean => names.some((name) => query.get(name) === 'true' || query.get(name) === '1')
      const options = { tty: isOn('tty'), stdin: isOn('stdin', 'input'), protocol }
      try {
        return verb === 'exec' ? runtime.exec(record.id, query.getAll('command'), options) : runtime.attach(record.id, options)
      } catch (error) {
        if (!(error instanceof RuntimeError)) throw error
        return textResponse(500, error.message)
      }
    },
  }
}

/** Why there is no log yet, in the kubelet's words. */
function waitingText({ name, waiting }: ContainerRecord, pod: string, fallback: string): string {
  const reason = waiting?.reason ?? fallback
  const words = reason === 'ErrImagePull' || reason === 'ImagePullBackOff' ? 'trying and failing to pull image' : reason
  return `container "${name}" in pod "${pod}" is waiting to start: ${words}`
}

function pathOf({ url }: HttpRequest): string {
  return decodeURIComponent(url.split('?', 1)[0])
}

function queryOf({ url }: HttpRequest): URLSearchParams {
  return new URLSearchParams(url.includes('?') ? url.slice(url.indexOf('?') + 1) : '')
}
