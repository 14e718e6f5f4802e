/**
 * The Engine API as the CLI speaks it: pings first to learn the version, then asks `/v1.50/…` over the socket or `DOCKER_HOST`.
 * What the daemon refuses becomes a `DockerError` in the CLI's words.
 */
import { textOf } from '../../base/bytes.ts'
import { header, type HttpRequest, type HttpResponse, request as httpRequest, type Upgraded } from '../../base/http.ts'
import type { Blocking, Process } from '../../unix/kernel/process.ts'
import { UnixError } from '../../unix/errors.ts'
import { fetch, nextOf, upgrade, wholeText } from '../../unix/network/fetch.ts'
import { DaemonError, DockerError } from './docker-error.ts'

const clientVersion = '1.50'

export interface Engine {
  /** `unix:///var/run/docker.sock`. */
  readonly host: string
  /** Headers of the ping; asked once. */
  ping(): Blocking<Readonly<Record<string, string>>>
  /** API version agreed on: `1.50`. */
  version(): Blocking<string>
  /** The answer whatever its status; `path` begins after the version. */
  ask(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Blocking<HttpResponse>
  /** The answer's text as it came; a refusal throws. */
  text(method: string, path: string, body?: unknown): Blocking<string>
  /** The answer's JSON; a refusal throws. */
  json<T>(method: string, path: string, body?: unknown): Blocking<T>
  /** The answer, its body going on; a refusal throws. */
  open(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Blocking<HttpResponse>
  /** A hijacked connection. */
  hijack(path: string, body?: unknown): Blocking<Upgraded>
}

export function createEngine(process: Process, host: string): Engine {
  let pinged: Readonly<Record<string, string>> | undefined
  const target = addressOf(host)

  function* send(request: HttpRequest): Blocking<HttpResponse> {
    try {
      return yield* fetch(process, target, request)
    } catch (error) {
      throw unreachable(error, request)
    }
  }

  function unreachable(error: unknown, { method, url }: Pick<HttpRequest, 'method' | 'url'>): unknown {
    if (!(error instanceof UnixError)) return error
    if (host.startsWith('tcp://') && error.errno !== 'ECONNREFUSED') {
      const place = host.slice('tcp://'.length)
      const name = place.replace(/:\d+$/, '')
      const server = process.files.exists('/etc/resolv.conf')
        ? (/^nameserver\s+(\S+)/m.exec(process.files.readText('/etc/resolv.conf'))?.[1] ?? '127.0.0.1')
        : '127.0.0.1'
      const words =
        error.errno === 'ENOTFOUND'
          ? `lookup ${name} on ${server}:53: no such host`
          : error.errno === 'EAGAIN'
            ? `lookup ${name} on ${server}:53: server misbehaving`
            : `${place}: connect: ${error.words.toLowerCase()}`
      return new DockerError(
        `error during connect: ${method.charAt(0)}${method.slice(1).toLowerCase()} "http://${place}${url}": dial tcp: ${words}`,
      )
    }
    if (error.errno === 'EACCES') {
      return new DockerError(
        `permission denied while trying to connect to the Docker daemon socket at ${host}: Get "http://%2Fvar%2Frun%2Fdocker.sock/v${clientVersion}/": dial unix ${host.replace('unix://', '')}: connect: permission denied`,
      )
    }
    return new DockerError(`Cannot connect to the Docker daemon at ${host}. Is the docker daemon running?`)
  }

  /** A ping that finds no way fails in silence, so that the request itself is what is complained of. */
  function* offeredVersion(): Blocking<string | undefined> {
    try {
      return (yield* engine.ping())['api-version']
    } catch (error) {
      if (error instanceof DockerError && error.message.startsWith('error during connect')) return undefined
      throw error
    }
  }

  const engine: Engine = {
    host,
    *ping() {
      if (pinged) return pinged
      const { headers } = yield* send(
        httpRequest('HEAD', '/_ping', undefined, { host: 'docker', 'user-agent': 'Docker-Client/28.2.2 (linux)' }),
      )
      pinged = Object.fromEntries(Object.keys(headers).map((name) => [name, header(headers, name) ?? '']))
      return pinged
    },
    *version() {
      if (process.env.DOCKER_API_VERSION) return process.env.DOCKER_API_VERSION
      const offered = (yield* offeredVersion()) ?? clientVersion
      return Number(offered.split('.')[1]) < Number(clientVersion.split('.')[1]) ? offered : clientVersion
    },
    *ask(method, path, body, headers) {
      const version = yield* engine.version()
      return yield* send(
        httpRequest(method, `/v${version}${path}`, body, {
          host: 'docker',
          'user-agent': 'Docker-Client/28.2.2 (linux)',
          ...(typeof body === 'object' && !(body instanceof Uint8Array) && { 'content-type': 'application/json' }),
          ...headers,
        }),
      )
    },
    *open(method, path, body, headers) {
      const response = yield* engine.ask(method, path, body, headers)
      if (response.status >= 400) throw yield* refusal(response)
      return response
    },
    *text(method, path, body) {
      return yield* wholeText(yield* engine.open(method, path, body))
    },
    *json<T>(method: string, path: string, body?: unknown) {
      const text = yield* engine.text(method, path, body)
      return (text === '' ? undefined : JSON.parse(text)) as T
    },
    *hijack(path, body) {
      const version = yield* engine.version()
      const headers = {
        host: 'docker',
        connection: 'Upgrade',
        upgrade: 'tcp',
        'content-type': 'application/json',
        'user-agent': 'Docker-Client/28.2.2 (linux)',
      }
      let answer: Upgraded | HttpResponse
      try {
        answer = yield* upgrade(process, target, httpRequest('POST', `/v${version}${path}`, body ?? '', headers))
      } catch (error) {
        throw unreachable(error, { method: 'POST', url: `/v${version}${path}` })
      }
      // Upstream looks at the status only.
      if ('status' in answer) throw new DockerError(`unable to upgrade to tcp, received ${answer.status}`)
      return answer
    },
  }
  return engine
}

/** Where `fetch` finds the daemon: a socket's path, or `http://host:port`. */
function addressOf(host: string): { readonly socketPath: string } | string {
  if (host.startsWith('unix://')) return { socketPath: host.slice('unix://'.length) }
  return host.replace(/^tcp:/, 'http:')
}

function* refusal(response: HttpResponse): Blocking<DockerError> {
  const text = yield* wholeText(response)
  let message = text.trim()
  try {
    const parsed: unknown = JSON.parse(text)
    if (typeof parsed === 'object' && parsed !== null && 'message' in parsed) message = String(parsed.message)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  return new DaemonError(message, response.status)
}

/** The JSON values of a stream, one a line, as they come. */
export function eachLine<T>(response: HttpResponse, take: (value: T) => Blocking<void>): Blocking<void> {
  return eachText(response, (text) => take(JSON.parse(text) as T))
}

/** The lines of a stream that are not empty. */
export function* eachText({ body }: HttpResponse, take: (text: string) => Blocking<void>): Blocking<void> {
  if (typeof body === 'string' || body instanceof Uint8Array) {
    for (const line of (typeof body === 'string' ? body : textOf(body)).split('\n')) if (line.trim() !== '') yield* take(line)
    return
  }
  let rest = ''
  const decoder = new TextDecoder()
  for (;;) {
    const chunk = yield* nextOf(body)
    if (chunk === undefined) break
    rest += decoder.decode(chunk, { stream: true })
    const lines = rest.split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line.trim() !== '') yield* take(line)
  }
  if (rest.trim() !== '') yield* take(rest)
}

/** `?all=1&filters=…`; empty values are left out. */
export function query(values: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const parts = Object.entries(values).flatMap(([name, value]) =>
    value === undefined || value === '' || value === false ? [] : [`${name}=${encodeURIComponent(value === true ? '1' : value)}`],
  )
  return parts.length > 0 ? `?${parts.join('&')}` : ''
}

/** `--filter key=value` several times → the API's JSON. */
export function filters(given: readonly string[]): string | undefined {
  if (given.length === 0) return undefined
  const map: Record<string, Record<string, boolean>> = {}
  for (const one of given) {
    const equals = one.indexOf('=')
    if (equals < 0) throw new DockerError(`invalid argument "${one}" for "-f, --filter" flag: invalid filter '${one}'`, 125)
    const name = one.slice(0, equals).trim().toLowerCase()
    ;(map[name] ??= {})[one.slice(equals + 1).trim()] = true
  }
  return JSON.stringify(map)
}
