/**
 * The few files of the outside world that courses fetch: manifests of network plugins, of the ingress and gateway controllers and of metrics-server, Gateway API's
 * definitions, the examples of kubernetes.io, the index of a chart repository, what installation guides fetch first. They are the sandbox's own short forms, and say so in their first line; everything else at these hosts
 * is not found.
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
const nginxGateway = async (): Promise<Site> => (await import('./sites/nginx-gateway.ts')).site
const metricsServer = async (): Promise<Site> => (await import('./sites/metrics-server.ts')).site
const gatewayApi = async (): Promise<Site> => (await import('./sites/gateway-api.ts')).site
const kubernetesExamples = async (): Promise<Site> => (await import('./sites/kubernetes-examples.ts')).site
const installers = async (): Promise<Site> => (await import('./sites/installers.ts')).site
const chartRepository = async (): Promise<Site> => (await import('./sites/charts.ts')).site

const addresses: readonly Address[] = [
  { host: 'raw.githubusercontent.com', path: /^\/(flannel-io|coreos)\/flannel\/|^\/projectcalico\/calico\//, load: networkPlugins },
  { host: 'github.com', path: /^\/flannel-io\/flannel\/releases\//, load: networkPlugins },
  { host: 'github.com', path: /^\/kubernetes-sigs\/metrics-server\/releases\//, load: metricsServer },
  { host: 'github.com', path: /^\/kubernetes-sigs\/gateway-api\/releases\//, load: gatewayApi },
  { host: 'docs.projectcalico.org', path: /\.yaml$/, load: networkPlugins },
  { host: 'docs.tigera.io', path: /\.yaml$/, load: networkPlugins },
  { host: 'raw.githubusercontent.com', path: /^\/kubernetes\/ingress-nginx\//, load: ingressNginx },
  ...['k8s.io', 'kubernetes.io', 'www.kubernetes.io'].map((host) => ({ host, path: /^\/examples\//, load: kubernetesExamples })),
  { host: 'raw.githubusercontent.com', path: /^\/kubernetes\/website\//, load: kubernetesExamples },
  { host: 'raw.githubusercontent.com', path: /^\/nginx(inc)?\/nginx-gateway-fabric\//, load: nginxGateway },
  { host: 'pkgs.k8s.io', path: /^\/core:\/stable:\/v1\.\d+\/deb\/Release\.key$/, load: installers },
  { host: 'download.docker.com', path: /^\/linux\/(debian|ubuntu)\/gpg$/, load: installers },
  { host: 'dl.k8s.io', path: /./, load: installers },
  { host: 'raw.githubusercontent.com', path: /^\/helm\/helm\/[^/]+\/scripts\/get-helm-3$/, load: installers },
  { host: 'charts.bitnami.com', path: /^\/bitnami\//, load: chartRepository },
]

const standing: Readonly<Record<string, string>> = {
  'raw.githubusercontent.com': '185.199.108.133',
  'github.com': '140.82.121.4',
  'k8s.io': '34.107.204.206',
  'kubernetes.io': '15.197.167.90',
  'www.kubernetes.io': '15.197.167.90',
  'github.io': '185.199.109.153',
}

/** What people ping to see whether there is a way out, and what a first page is fetched from. */
export const wellKnown: ReadonlyMap<string, string> = new Map([
  ['google.com', '142.250.74.46'],
  ['www.google.com', '142.250.74.36'],
  ['docker.com', '23.185.0.4'],
  ['www.docker.com', '23.185.0.4'],
  ['info.cern.ch', '188.184.67.127'],
  ['example.com', '23.192.228.80'],
  ['www.example.com', '23.192.228.80'],
  ['dns.google', '8.8.8.8'],
  ['one.one.one.one', '1.1.1.1'],
])

/** Where the sites stand, for who looks a name up. */
export const hosts: ReadonlyMap<string, string> = new Map(
  [...new Set(addresses.map(({ host }) => host))].map((host) => [host, standing[host] ?? standing['github.io']]),
)

export function websites(clock: Clock): HttpHandler {
  return {
    handle({ url, headers }) {
      const host = (header(headers, 'host') ?? '').replace(/:\d+$/, '').toLowerCase()
      const path = url.split('?')[0]
      const known = firstPages[host.replace(/^www\./, '')]
      if (known) return known(host, path)
      const found = addresses.find((address) => address.host === host && address.path.test(path))
      if (!found) return notFound()
      const pending = new Pending<HttpResponse>()
      const release = clock.hold()
      found
        .load()
        .then(
          (site) => {
            const page = site(path)
            pending.resolve(page ? { status: 200, headers: { 'content-type': page.type }, body: page.body } : notFound())
          },
          () =>
            pending.resolve({
              status: 503,
              headers: { 'content-type': 'text/plain' },
              body: 'this page was never whole while it was online\n',
            }),
        )
        .finally(release)
      return pending
    },
  }
}

/** What they answer to a curl: to go to https or elsewhere, and example.com its page. */
const firstPages: Readonly<Record<string, (host: string, path: string) => HttpResponse>> = {
  'google.com': (host) =>
    host.startsWith('www.')
      ? page('Google')
      : moved(
          'http://www.google.com/',
          '<HTML><HEAD><meta http-equiv="content-type" content="text/html;charset=utf-8">\n<TITLE>301 Moved</TITLE></HEAD><BODY>\n<H1>301 Moved</H1>\nThe document has moved\n<A HREF="http://www.google.com/">here</A>.\r\n</BODY></HTML>\r\n',
        ),
  'docker.com': (host) =>
    host.startsWith('www.') ? page('Docker: Accelerated Container Application Development') : moved('https://www.docker.com/', ''),
  'info.cern.ch': () => ({
    status: 200,
    headers: { 'content-type': 'text/html' },
    body: '<html><head></head><body><header>\n<title>http://info.cern.ch</title>\n</header>\n\n<h1>http://info.cern.ch - home of the first website</h1>\n</body></html>\n',
  }),
  'example.com': (_, path) =>
    path === '/'
      ? {
          status: 200,
          headers: { 'content-type': 'text/html' },
          body: '<!doctype html><html lang="en"><head><title>Example Domain</title></head><body><div><h1>Example Domain</h1><p>This domain is for use in documentation examples without needing permission.</p></div></body></html>\n',
        }
      : notFound(),
}

const page = (title: string): HttpResponse => ({
  status: 200,
  headers: { 'content-type': 'text/html; charset=UTF-8' },
  body: `<!doctype html><html lang="en"><head><title>${title}</title></head><body><p>The sandbox knows this address, and not what is there.</p></body></html>\n`,
})

function moved(location: string, body: string): HttpResponse {
  return { status: 301, headers: { 'content-type': 'text/html; charset=UTF-8', location }, body }
}

function notFound(): HttpResponse {
  return { status: 404, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: '404: Not Found' }
}
