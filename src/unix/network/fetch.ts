/**
 * HTTP as a program does it: look up the name, connect, wait for the answer. What goes wrong is a `UnixError`: ENOTFOUND, EAGAIN
 * (no name server answers), ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, ETIMEDOUT. Following redirects is the caller's business.
 */
import { noBytes, textOf } from '../../base/bytes.ts'
import { ByteStream, type HttpRequest, type HttpResponse, type Pending, type Upgraded } from '../../base/http.ts'
import { UnixError } from '../errors.ts'
import { type Blocking, type Process, sleep } from '../kernel/process.ts'
import { lookup } from './names.ts'
import type { Address } from './network.ts'
import { requestAt, upgradeAt } from './unix-socket.ts'

/** `http://host:port/path?query`, or a socket's path. With a URL the request's own `url` is used if it is not empty. */
export type Target = string | { readonly socketPath: string }

export interface FetchOptions {
  /** For everything up to the head of the response. */
  readonly timeoutMs?: number
  /** For the connection alone. */
  readonly connectTimeoutMs?: number
}

/** What Linux waits until it gives up connecting: the first try and six more. */
const patienceMs = 130_000

export interface Url {
  readonly scheme: string
  readonly host: string
  readonly port: number
  /** Path and query, at least `/`. */
  readonly path: string
  readonly user: string | undefined
}

/** Undefined when it is none. A missing scheme is http, as curl guesses. */
export function urlOf(text: string): Url | undefined {
  const match = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(?:([^@/?#]*)@)?(\[[^\]]*\]|[^:/?#]+)(?::(\d*))?([/?][^#]*)?(?:#.*)?$/i.exec(text)
  if (!match) return undefined
  const [, scheme = 'http', user, host, port, path = '/'] = match
  const standard = { http: 80, https: 443, ws: 80, wss: 443 }[scheme.toLowerCase()] ?? 80
  return {
    scheme: scheme.toLowerCase(),
    host: host.replace(/^\[|\]$/g, ''),
    port: port ? Number(port) : standard,
    path: path.startsWith('/') ? path : `/${path}`,
    user,
  }
}

export function* fetch(process: Process, target: Target, request: HttpRequest, options: FetchOptions = {}): Blocking<HttpResponse> {
  const until = options.timeoutMs === undefined ? undefined : process.now() + options.timeoutMs
  const answer = yield* opened(process, target, options, until, (address) =>
    typeof address === 'string'
      ? requestAt(process.files, address, request, process.credentials)
      : process.net.request(address, sent(target, request)),
  )
  return 'status' in answer ? answer : yield* awaited(process, answer, until)
}

export function* upgrade(
  process: Process,
  target: Target,
  request: HttpRequest,
  options: FetchOptions = {},
): Blocking<Upgraded | HttpResponse> {
  const until = options.timeoutMs === undefined ? undefined : process.now() + options.timeoutMs
  return yield* opened(process, target, options, until, (address) =>
    typeof address === 'string'
      ? upgradeAt(process.files, address, request, process.credentials)
      : process.net.upgrade(address, sent(target, request)),
  )
}

function* opened<T>(
  process: Process,
  target: Target,
  { connectTimeoutMs }: FetchOptions,
  until: number | undefined,
  open: (address: Address | string) => T,
): Blocking<T> {
  // A call through the network is never free: the caller gives way once.
  yield
  if (typeof target !== 'string') return open(process.path(target.socketPath))
  const url = urlOf(target)
  if (!url) throw new UnixError('EINVAL', target)
  const patienceUntil = Math.min(
    until ?? Number.POSITIVE_INFINITY,
    connectTimeoutMs === undefined ? Number.POSITIVE_INFINITY : process.now() + connectTimeoutMs,
  )
  const [ip] = yield* lookup(process, url.host, patienceUntil)
  try {
    return open({ ip, port: url.port })
  } catch (error) {
    if (!(error instanceof UnixError) || error.errno !== 'ETIMEDOUT') throw error
    const patience = Math.min(
      connectTimeoutMs ?? patienceMs,
      until === undefined ? Number.POSITIVE_INFINITY : Math.max(0, until - process.now()),
    )
    yield* sleep(process, patience)
    throw error
  }
}

function sent(target: Target, request: HttpRequest): HttpRequest {
  const url = typeof target === 'string' ? urlOf(target) : undefined
  if (!url) return request
  const isStandard = url.port === (url.scheme === 'https' ? 443 : 80)
  return {
    ...request,
    url: request.url || url.path,
    headers: { host: isStandard ? url.host : `${url.host}:${url.port}`, ...request.headers },
  }
}

function* awaited(process: Process, answer: Pending<HttpResponse>, until: number | undefined): Blocking<HttpResponse> {
  while (answer.value === undefined) {
    if (until !== undefined && process.now() >= until) throw new UnixError('ETIMEDOUT')
    yield { on: [answer.ready], until }
  }
  return answer.value
}

/** The next bytes of a stream; undefined at its end. */
export function* nextOf(stream: ByteStream, process?: Process, until?: number): Blocking<Uint8Array | undefined> {
  for (;;) {
    const chunk = stream.read()
    if (chunk) return chunk
    if (stream.isOver) return undefined
    if (process && until !== undefined && process.now() >= until) throw new UnixError('ETIMEDOUT')
    yield { on: [stream.readable], until }
  }
}

/** The whole body, waited for. */
export function* wholeBody({ body }: HttpResponse): Blocking<Uint8Array> {
  if (body instanceof Uint8Array) return body
  if (typeof body === 'string') return new TextEncoder().encode(body)
  const parts: Uint8Array[] = []
  let size = 0
  for (;;) {
    const chunk = yield* nextOf(body)
    if (!chunk) break
    parts.push(chunk)
    size += chunk.length
  }
  if (parts.length === 0) return noBytes
  const all = new Uint8Array(size)
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

export function* wholeText(response: HttpResponse): Blocking<string> {
  return textOf(yield* wholeBody(response))
}
