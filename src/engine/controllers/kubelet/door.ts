/**
 * Port 10250 of a node as anybody on the network finds it: who asks shows a token, and the API server is asked whether its owner may. (The
 * API server itself comes with its own certificate and is let in by another way.)
 */
import { bytesOf } from '../../../base/bytes.ts'
import { header, type HttpHandler, type HttpRequest, type HttpResponse, Pending, textResponse } from '../../../base/http.ts'

const subresources = ['stats', 'metrics', 'pods', 'healthz', 'configz', 'checkpoint']

export function kubeletDoor(api: HttpHandler, node: string, inside: () => HttpHandler | undefined): HttpHandler {
  return {
    handle(request, peer) {
      const first = request.url.split(/[/?]/)[1]
      const authorization = header(request.headers, 'authorization')
      if (!authorization?.startsWith('Bearer ')) return textResponse(401, 'Unauthorized')
      const subresource = subresources.includes(first) ? first : 'proxy'
      const verb = { GET: 'get', POST: 'create', PUT: 'update', DELETE: 'delete', PATCH: 'patch' }[request.method] ?? 'get'
      const spec = { resourceAttributes: { verb, resource: 'nodes', subresource, name: node } }
      const review: HttpRequest = {
        method: 'POST',
        url: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
        headers: { authorization, 'content-type': 'application/json', accept: 'application/json' },
        body: bytesOf(JSON.stringify({ apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec })),
      }
      return after(api.handle(review, peer), (answer) => {
        if (answer.status === 401) return textResponse(401, 'Unauthorized')
        if (!isAllowed(answer)) return textResponse(403, `Forbidden (verb=${verb}, resource=nodes, subresource(s)=[${subresource}])\n`)
        return inside()?.handle(request, peer) ?? textResponse(503, 'the kubelet is not running\n')
      })
    },
  }
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
