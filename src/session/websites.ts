/**
 * The few files of the outside world that courses fetch: manifests of network plugins, of the ingress controller and of metrics-server, the index of a chart
 * repository. They are the sandbox's own short forms, and say so in their first line; everything else at these hosts is not found.
 */
import type { Clock } from '../base/clock.ts'
import { header, type HttpHandler, type HttpResponse, Pending } from '../base/http.ts'

type Page = { readonly type: string; readonly body: string | Uint8Array }
type Site = (path: string) => Page | undefined

interface Address {
  readonly host: string
  readonly path: RegExp
  readonly load: () => Promise<Site>
}

const networkPlugins = async (): Promise<Site> => (await import('./sites/network-plugins.ts')).site
const ingressNginx = async (): Promise<Site> => (await import('./sites/ingress-nginx.ts')).site
const metricsServer = async (): Promise<Site> => (await import('./sites/metrics-server.ts')).site
const chartRepository = async (): Promise<Site> => (await import('./sites/charts.ts')).site

const addresses: readonly Address[] = [
  { host: 'raw.githubusercontent.com', path: /^\/(flannel-io|coreos)\/flannel\/|^\/projectcalico\/calico\//, load: networkPlugins },
  { host: 'github.com', path: /^\/flannel-io\/flannel\/releases\//, load: networkPlugins },
  { host: 'github.com', path: /^\/kubernetes-sigs\/metrics-server\/releases\//, load: metricsServer },
  { host: 'docs.projectcalico.org', path: /\.yaml$/, load: networkPlugins },
  { host: 'docs.tigera.io', path: /\.yaml$/, load: networkPlugins },
  { host: 'raw.githubusercontent.com', path: /^\/kubernetes\/ingress-nginx\//, load: ingressNginx },
  { host: 'charts.bitnami.com', path: /^\/bitnami\//, load: chartRepository },
]

export const hosts: ReadonlySet<string> = new Set(addresses.map(({ host }) => host))

export function websites(clock: Clock): HttpHandler {
  return {
    handle({ url, headers }) {
      const host = (header(headers, 'host') ?? '').replace(/:\d+$/, '').toLowerCase()
      const path = url.split('?')[0]
      const found = addresses.find((address) => address.host === host && address.path.test(path))
      if (!found) return notFound()
      const pending = new Pending<HttpResponse>()
      const release = clock.hold()
      found
        .load()
        .then((site) => {
          const page = site(path)
          pending.resolve(page ? { status: 200, headers: { 'content-type': page.type }, body: page.body } : notFound())
        }, () => pending.resolve({ status: 503, headers: { 'content-type': 'text/plain' }, body: 'this page was never whole while it was online\n' }))
        .finally(release)
      return pending
    },
  }
}

function notFound(): HttpResponse {
  return { status: 404, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: '404: Not Found' }
}
