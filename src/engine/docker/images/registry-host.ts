/**
 * How the daemon reaches a registry that is no part of the sandbox's internet: by address, plain HTTP only where it trusts it (this machine, and
 * `insecure-registries` of /etc/docker/daemon.json). Nobody here speaks TLS, so everywhere else the real daemon's complaint comes.
 */
import { bytesOf } from '../../../base/bytes.ts'
import { ByteStream, type HttpHeaders, type HttpRequest, type HttpResponse, Pending } from '../../../base/http.ts'
import { UnixError } from '../../../unix/errors.ts'
import { addressesOf } from '../../../unix/network/names.ts'
import type { Work } from '../../runtime/task.ts'
import type { Daemon } from '../daemon.ts'
import { configOf } from '../daemon-config.ts'
import { type DockerError, failure } from '../docker-error.ts'

export interface RemoteCredentials {
  readonly username?: string
  readonly password?: string
  readonly serveraddress?: string
}

interface Place {
  readonly ip: string
  readonly port: number
  readonly isInsecure: boolean
}

function placeOf(daemon: Daemon, domain: string): Place {
  const [, host, port] = /^(.*?)(?::(\d+))?$/.exec(domain) ?? []
  const ip = addressesOf(daemon.host.net, daemon.host.files, host)?.[0]
  if (ip === undefined) throw unresolved(daemon, domain, '/v2/')
  const isInsecure =
    ip.startsWith('127.') ||
    configOf(daemon).insecureRegistries.some(
      (one) => one.replace(/^https?:\/\//, '') === domain || (one.includes('/') && isWithin(ip, one)),
    )
  return { ip, port: Number(port ?? (isInsecure ? 80 : 443)), isInsecure }
}

function isWithin(ip: string, range: string): boolean {
  const number = (text: string) => text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
  const [network, bits] = range.split('/')
  const size = 2 ** (32 - Number(bits))
  return Math.floor(number(ip) / size) === Math.floor(number(network) / size)
}

export interface Answer {
  readonly status: number
  readonly headers: HttpHeaders
  readonly body: Uint8Array
}

export interface AskOptions {
  readonly credentials?: RemoteCredentials
  readonly accept?: string
  readonly body?: Uint8Array
  readonly type?: string
}

/** One request to the registry, whole. */
export function* ask(
  daemon: Daemon,
  domain: string,
  method: string,
  url: string,
  { credentials, accept, body = new Uint8Array(0), type }: AskOptions = {},
): Work<Answer> {
  const { ip, port, isInsecure } = placeOf(daemon, domain)
  const request: HttpRequest = {
    method,
    url,
    body,
    headers: {
      host: domain,
      'user-agent':
        'docker/28.5.2+dfsg4 go/go1.27.1 kernel/6.1.0-37-amd64 os/linux arch/amd64 UpstreamClient(Docker-Client/28.2.2 \\(linux\\))',
      ...(accept ? { accept } : {}),
      ...(type ? { 'content-type': type } : {}),
      ...(credentials?.username ? { authorization: `Basic ${btoa(`${credentials.username}:${credentials.password ?? ''}`)}` } : {}),
    },
  }
  const scheme = isInsecure ? 'http' : 'https'
  let response: HttpResponse
  try {
    if (!isInsecure) {
      // Only whether somebody listens: what answers would be plain HTTP.
      const probe = daemon.host.net.request(
        { ip, port },
        { ...request, method: 'GET', url: '/v2/', headers: { host: domain }, body: new Uint8Array(0) },
      )
      yield* awaited(probe)
      throw failure(`Get "https://${domain}/v2/": http: server gave HTTP response to HTTPS client`)
    }
    const answer = daemon.host.net.request({ ip, port }, request)
    response = yield* awaited(answer)
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    throw failure(`Get "${scheme}://${domain}/v2/": dial tcp ${ip}:${port}: connect: ${error.words.toLowerCase()}`)
  }
  if (response.status === 0) throw failure(`Get "${scheme}://${domain}/v2/": EOF`)
  return { status: response.status, headers: response.headers, body: yield* wholeBody(response.body) }
}

/** An answer that a server may still be making. */
export function* awaited(answer: HttpResponse | Pending<HttpResponse>): Work<HttpResponse> {
  if (!(answer instanceof Pending)) return answer
  while (answer.value === undefined) yield { on: [answer.ready] }
  return answer.value
}

export function* wholeBody(body: HttpResponse['body']): Work<Uint8Array> {
  if (typeof body === 'string') return bytesOf(body)
  if (!(body instanceof ByteStream)) return body
  while (!body.isEnded && !body.isCancelled) yield { on: [body.readable] }
  return body.readAll()
}

/** What is asked of a host whose name nobody knows. */
export function unresolved(daemon: Daemon, host: string, path: string): DockerError {
  const { files } = daemon.host
  const dns = /^nameserver\s+(\S+)/m.exec(files.exists('/etc/resolv.conf') ? files.readText('/etc/resolv.conf') : '')?.[1] ?? '192.168.1.10'
  return failure(`Get "https://${host}${path}": dial tcp: lookup ${host.replace(/:\d+$/, '')} on ${dns}:53: no such host`)
}
