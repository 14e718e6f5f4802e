/**
 * Port 10250 of a node as anybody on the network finds it: who asks shows a token or a certificate, and the API server is asked whether its owner may,
 * unless the kubelet's configuration lets in everybody. (The API server itself is let in by another way.)
 */
import { bytesOf } from '../../../base/bytes.ts'
import { header, type HttpHandler, type HttpRequest, type HttpResponse, type Peer, Pending, textResponse } from '../../../base/http.ts'

/** What a kubelet's configuration says of who may come in. */
export interface KubeletAccess {
  /** Who shows nothing is `system:anonymous`. */
  readonly allowsAnonymous: boolean
  /** Tokens are shown to the API server. */
  readonly acceptsTokens: boolean
  readonly authorization: 'AlwaysAllow' | 'Webhook'
  /** Where anybody may look, without TLS; 0: nowhere. */
  readonly readOnlyPort: number
}

export const usualAccess: KubeletAccess = { allowsAnonymous: false, acceptsTokens: true, authorization: 'Webhook', readOnlyPort: 0 }

/** What a path is for RBAC, the finer name first. */
const subresourcesOf: Readonly<Record<string, readonly string[]>> = {
  stats: ['stats'],
  metrics: ['metrics'],
  logs: ['log'],
  checkpoint: ['checkpoint'],
  healthz: ['healthz', 'proxy'],
  configz: ['configz', 'proxy'],
  pods: ['pods', 'proxy'],
  runningpods: ['pods', 'proxy'],
}

const certificate = 'x-client-certificate'

export interface DoorOptions {
  readonly api: HttpHandler
  readonly node: string
  readonly access: KubeletAccess
  readonly inside: () => HttpHandler | undefined
}

export function kubeletDoor({ api, node, access, inside }: DoorOptions): HttpHandler {
  const enter = (request: HttpRequest, peer: Peer): HttpResponse | Pending<HttpResponse> =>
    inside()?.handle(request, peer) ?? textResponse(503, 'the kubelet is not running\n')
  return {
    handle(request, peer) {
      const authorization = header(request.headers, 'authorization')
      const shown = header(request.headers, certificate)
      const credentials = {
        ...(access.acceptsTokens && authorization?.startsWith('Bearer ') && { authorization }),
        ...(shown !== undefined && { [certificate]: shown }),
      }
      const isKnown = Object.keys(credentials).length > 0
      if (!isKnown && (!access.allowsAnonymous || authorization !== undefined)) return textResponse(401, 'Unauthorized')
      if (!isKnown && access.authorization === 'AlwaysAllow') return enter(request, peer)
      const verb = { GET: 'get', POST: 'create', PUT: 'update', DELETE: 'delete', PATCH: 'patch' }[request.method] ?? 'get'
      const subresources = subresourcesOf[request.url.split(/[/?]/)[1]] ?? ['proxy']
      const ask = (path: string, document: object): HttpResponse | Pending<HttpResponse> =>
        api.handle(
          {
            method: 'POST',
            url: path,
            headers: { ...credentials, 'content-type': 'application/json', accept: 'application/json' },
            body: bytesOf(JSON.stringify(document)),
          },
          peer,
        )
      const review = (subresource: string): HttpResponse | Pending<HttpResponse> =>
        ask('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
          apiVersion: 'authorization.k8s.io/v1',
          kind: 'SelfSubjectAccessReview',
          spec: { resourceAttributes: { verb, resource: 'nodes', subresource, name: node } },
        })
      const refused = (user: string): HttpResponse =>
        textResponse(403, `Forbidden (user=${user}, verb=${verb}, resource=nodes, subresource(s)=[${subresources.join(' ')}])\n`)
      if (!isKnown) return refused('system:anonymous')
      return after(ask('/apis/authentication.k8s.io/v1/selfsubjectreviews', selfReview), (who) => {
        if (who.status === 401) return textResponse(401, 'Unauthorized')
        if (access.authorization === 'AlwaysAllow') return enter(request, peer)
        const tried = ([first, ...others]: readonly string[]): HttpResponse | Pending<HttpResponse> =>
          first === undefined
            ? refused(nameIn(who))
            : after(review(first), (answer) => (isAllowed(answer) ? enter(request, peer) : tried(others)))
        return tried(subresources)
      })
    },
  }
}

/** Port 10248, for the machine itself. */
export const kubeletHealth: HttpHandler = {
  handle: ({ url }) => (url === '/healthz' ? textResponse(200, 'ok') : textResponse(404, '404 page not found\n')),
}

/** The port without TLS and without questions, where one may only look. */
export function readOnlyDoor(inside: () => HttpHandler | undefined): HttpHandler {
  return {
    handle(request, peer) {
      const first = request.url.split(/[/?]/)[1]
      const isShown = ['pods', 'metrics', 'stats', 'healthz'].includes(first)
      if (!isShown || request.method !== 'GET') return textResponse(404, '404 page not found\n')
      return inside()?.handle(request, peer) ?? textResponse(503, 'the kubelet is not running\n')
    },
  }
}

const selfReview = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' }

function nameIn({ body }: HttpResponse): string {
  const { status } = JSON.parse(typeof body === 'string' ? body : '{}') as { status?: { userInfo?: { username?: string } } }
  return status?.userInfo?.username ?? ''
}

function isAllowed({ status, body }: HttpResponse): boolean {
  return status === 201 && typeof body === 'string' && (JSON.parse(body) as { status?: { allowed?: boolean } }).status?.allowed === true
}

/** What follows an answer that may still be on its way. */
function after(
  answer: HttpResponse | Pending<HttpResponse>,
  go: (response: HttpResponse) => HttpResponse | Pending<HttpResponse>,
): HttpResponse | Pending<HttpResponse> {
  if (!(answer instanceof Pending)) return go(answer)
  if (answer.value !== undefined) return go(answer.value)
  const pending = new Pending<HttpResponse>()
  answer.ready.once(() => {
    const next = answer.value && go(answer.value)
    if (!next) return
    if (!(next instanceof Pending)) pending.resolve(next)
    else if (next.value !== undefined) pending.resolve(next.value)
    else next.ready.once(() => next.value && pending.resolve(next.value))
  })
  return pending
}
