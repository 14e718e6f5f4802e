/**
 * `kubectl proxy`: a local door to the API server. Who comes through it asks as whoever started it, whatever he says of himself; so the
 * door opens to this machine's own names only, unless `--accept-hosts` says otherwise.
 */
import { header, Pending, type HttpResponse } from '../../base/http.ts'
import { WaitQueue } from '../../base/wait-queue.ts'
import { UnixError } from '../../unix/errors.ts'
import { type Blocking, err } from '../../unix/kernel/process.ts'
import type { Call } from './call.ts'
import { klog } from './connection.ts'
import { ConnectionError, Refusal } from './refusal.ts'
import { credentialsOf, type Outgoing, send } from './transport.ts'

export function* proxy(call: Call): Blocking<void> {
  const { flags, process } = call
  const port = flags.number('port')
  const address = flags.text('address')
  const prefix = flags.text('api-prefix').replace(/\/$/, '')
  const asked: { readonly host: string; readonly request: Outgoing; readonly answer: Pending<HttpResponse> }[] = []
  const news = new WaitQueue()
  const patterns = (flag: string) =>
    flags
      .text(flag)
      .split(',')
      .map((pattern) => new RegExp(pattern))
  const [acceptedHosts, acceptedPaths, rejectedPaths, rejectedMethods] = [
    'accept-hosts',
    'accept-paths',
    'reject-paths',
    'reject-methods',
  ].map(patterns)
  const isLetIn = (host: string, path: string, method: string): boolean =>
    flags.is('disable-filter') ||
    (acceptedHosts.some((pattern) => pattern.test(host)) &&
      acceptedPaths.some((pattern) => pattern.test(path)) &&
      !rejectedPaths.some((pattern) => pattern.test(path)) &&
      !rejectedMethods.some((pattern) => pattern.test(method)))
  try {
    const cancel = process.net.listen(
      port,
      {
        http: {
          handle: ({ method, url, headers, body }) => {
            const answer = new Pending<HttpResponse>()
            const { host: _, authorization: __, ...kept } = headers as Record<string, string>
            asked.push({
              host: (header(headers, 'host') ?? 'localhost').replace(/:\d+$/, ''),
              request: { method, url, body: body.length > 0 ? body : undefined, headers: kept },
              answer,
            })
            news.wake()
            return answer
          },
        },
      },
      { ip: address, owner: process.hostPid },
    )
    try {
      yield* call.out(`Starting to serve on ${address}:${port}\n`)
      for (;;) {
        for (const { host, request, answer } of asked.splice(0)) {
          const path = request.url.startsWith(prefix) ? request.url.slice(prefix.length) : request.url
          const isRefused = !isLetIn(host, request.url.split('?')[0], request.method)
          answer.resolve(
            isRefused
              ? { status: 403, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: 'Forbidden\n' }
              : yield* passedOn(call, { ...request, url: `${call.access.server}${path.startsWith('/') ? path : `/${path}`}` }),
          )
        }
        yield { on: [news] }
      }
    } finally {
      cancel()
    }
  } catch (error) {
    if (error instanceof UnixError) throw new Refusal(`listen tcp ${address}:${port}: bind: ${error.words.toLowerCase()}`)
    throw error
  }
}

function* passedOn(call: Call, request: Outgoing): Blocking<HttpResponse> {
  try {
    return yield* send(call.process, credentialsOf(call.process, call.access), request, 0)
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error
    yield* err(
      call.process,
      klog(call.process, 'E', 'proxy_server.go:147', `"Unhandled Error" err="Error while proxying request: ${error.message}"`),
    )
    return { status: 502, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: `Error: ${error.message}` }
  }
}
