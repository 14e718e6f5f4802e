/**
 * What the components of a cluster listen on beside their work, each for its own machine only: where kubelets and people ask whether they are well. The API
 * server's port and etcd's are the engine's own.
 */
import { type HttpHandler, type HttpResponse, textResponse } from '../../base/http.ts'
import type { Process } from '../../unix/kernel/process.ts'

interface Port {
  readonly ip?: string
  readonly port: number
  readonly http: HttpHandler
}

export function portsOf(program: string, process: Process): readonly Port[] {
  const { argv } = process
  const flag = (name: string): string | undefined => argv.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3)
  switch (program) {
    case 'kube-controller-manager':
    case 'kube-scheduler': {
      const ip = flag('bind-address') ?? '0.0.0.0'
      const port = Number(flag('secure-port') ?? (program === 'kube-scheduler' ? 10259 : 10257))
      return port === 0 ? [] : [{ ip, port, http: handler(wellOr(onlyKnown)) }]
    }
    case 'etcd':
      return [
        ...addresses(flag('listen-peer-urls')).map((at) => ({ ...at, http: handler(notFound) })),
        ...addresses(flag('listen-metrics-urls')).map((at) => ({
          ...at,
          http: handler((path) =>
            path === '/health'
              ? textResponse(200, '{"health":"true","reason":""}')
              : wellOr(notFound)(path.replace(/^\/livez$/, '/healthz')),
          ),
        })),
      ]
    case 'coredns':
      return [
        { port: 8080, http: handler((path) => (path === '/health' ? textResponse(200, 'OK') : notFound())) },
        { port: 8181, http: handler((path) => (path === '/ready' ? textResponse(200, 'OK') : notFound())) },
      ]
    case 'kube-proxy':
      return [
        {
          ip: '127.0.0.1',
          port: 10249,
          http: handler((path) => (path === '/proxyMode' ? textResponse(200, 'iptables') : wellOr(notFound)(path))),
        },
        {
          port: 10256,
          http: handler((path) => (['/healthz', '/livez'].includes(path) ? textResponse(200, proxyHealth(process.now())) : notFound())),
        },
      ]
    default:
      return []
  }
}

/** `https://127.0.0.1:2379,https://192.168.49.2:2379` */
function addresses(urls = ''): readonly { readonly ip: string; readonly port: number }[] {
  return [...urls.matchAll(/https?:\/\/([\d.]+):(\d+)/g)].map(([, ip, port]) => ({ ip, port: Number(port) }))
}

function handler(answer: (path: string) => HttpResponse): HttpHandler {
  return { handle: ({ url }) => answer(url.replace(/\?.*$/s, '')) }
}

const wellOr =
  (other: (path: string) => HttpResponse) =>
  (path: string): HttpResponse =>
    ['/healthz', '/livez', '/readyz'].includes(path) ? textResponse(200, 'ok') : other(path)

const notFound = (): HttpResponse => textResponse(404, '404 page not found\n')

/** Whoever shows nothing is nobody. */
function onlyKnown(path: string): HttpResponse {
  const message = `forbidden: User "system:anonymous" cannot get path ${JSON.stringify(path)}`
  const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason: 'Forbidden', details: {}, code: 403 }
  return { status: 403, headers: { 'content-type': 'application/json' }, body: `${JSON.stringify(status, null, 2)}\n` }
}

function proxyHealth(nowMs: number): string {
  const time = `${new Date(nowMs).toISOString().slice(0, 19).replace('T', ' ')} +0000 UTC`
  return JSON.stringify({ lastUpdated: time, currentTime: time, nodeEligible: true })
}
