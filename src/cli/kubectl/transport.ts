/**
 * One HTTP request to the API server through the network as this process sees it: the address behind the URL's host, the wait for the
 * answer, and the transport's errors in the words of Go's net package.
 */
import { noBytes, textOf } from '../../base/bytes.ts'
import type { HttpRequest, HttpResponse, Upgraded } from '../../base/http.ts'
import { UnixError } from '../../unix/errors.ts'
import type { Blocking, Process } from '../../unix/kernel/process.ts'
import type { Address } from '../../unix/network/network.ts'
import type { Access } from './kubeconfig.ts'
import { ConnectionError } from './refusal.ts'

export interface Credentials {
  /** Headers that say who asks. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>
}

export interface Outgoing {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array | undefined
}

/** Who asks, after the kubeconfig. As client-go does, secrets are sent over TLS only; impersonation always. */
export function credentialsOf(process: Process, { server, user }: Access): Credentials {
  const headers: Record<string, string | readonly string[]> = {}
  if (server.startsWith('https:')) {
    const token = user.token || (user.tokenFile ? textOf(process.files.readFile(process.path(user.tokenFile), process.credentials)).trim() : '')
    if (token) headers.authorization = `Bearer ${token}`
    else if (user.username) headers.authorization = `Basic ${btoa(`${user.username}:${user.password ?? ''}`)}`
  }
  if (user.as) headers['impersonate-user'] = user.as
  if (user['as-uid']) headers['impersonate-uid'] = user['as-uid']
  if (user['as-groups']?.length > 0) headers['impersonate-group'] = user['as-groups']
  return { headers }
}

export function* send(process: Process, credentials: Credentials, request: Outgoing, timeoutMs: number): Blocking<HttpResponse> {
  const { address, message } = prepared(process, credentials, request)
  const verb = `${request.method[0]}${request.method.slice(1).toLowerCase()} "${request.url}"`
  const until = timeoutMs > 0 ? process.now() + timeoutMs : undefined
  try {
    const answer = process.net.request(address, message)
    if ('status' in answer) return answer
    while (answer.value === undefined) {
      if (until !== undefined && process.now() >= until) throw new ConnectionError('other', hostOf(request.url), 'net/http: request canceled (Client.Timeout exceeded while awaiting headers)')
      yield { on: [answer.ready], until }
    }
    return answer.value
  } catch (error) {
    throw explained(error, verb, request.url, address)
  }
}

export function* upgrade(process: Process, credentials: Credentials, request: Outgoing): Blocking<Upgraded | HttpResponse> {
  const { address, message } = prepared(process, credentials, request)
  yield
  try {
    return process.net.upgrade(address, message)
  } catch (error) {
    throw explained(error, `${request.method[0]}${request.method.slice(1).toLowerCase()} "${request.url}"`, request.url, address)
  }
}

function prepared(process: Process, credentials: Credentials, { method, url, headers, body }: Outgoing): { address: Address; message: HttpRequest } {
  const { hostname, port, path, isSecure } = parts(url)
  return {
    address: { ip: resolved(process, hostname, url, method), port: port ?? (isSecure ? 443 : 80) },
    message: { method, url: path, headers: { host: hostOf(url), ...headers, ...credentials.headers }, body: body ?? noBytes },
  }
}

function parts(url: string): { hostname: string; port: number | undefined; path: string; isSecure: boolean } {
  const [, scheme, host, path] = /^(https?):\/\/([^/?]+)(.*)$/.exec(url) ?? ['', 'http', 'localhost', '/']
  const [, hostname, port] = /^(\[[^\]]+\]|[^:]+)(?::(\d+))?$/.exec(host) ?? ['', host, undefined]
  return { hostname: hostname.replace(/^\[|\]$/g, ''), port: port ? Number(port) : undefined, path: path.startsWith('/') ? path : `/${path}`, isSecure: scheme === 'https' }
}

function hostOf(url: string): string {
  return /^https?:\/\/([^/?]+)/.exec(url)?.[1] ?? ''
}

function resolved(process: Process, hostname: string, url: string, method: string): string {
  if (/^[\d.]+$/.test(hostname) || hostname.includes(':')) return hostname
  if (hostname === 'localhost') return '127.0.0.1'
  const addresses = process.net.resolver?.(hostname)
  if (addresses && addresses.length > 0) return addresses[0]
  throw new ConnectionError('other', hostOf(url), `${method[0]}${method.slice(1).toLowerCase()} "${url}": dial tcp: lookup ${hostname}: no such host`.replace(/^.*?: dial/, 'dial'))
}

function explained(error: unknown, verb: string, url: string, { ip, port }: Address): unknown {
  if (!(error instanceof UnixError)) return error
  const dial = (words: string): string => `${verb}: dial tcp ${ip}:${port}: ${words}`
  switch (error.errno) {
    case 'ECONNREFUSED':
      return new ConnectionError('refused', hostOf(url), dial('connect: connection refused'))
    case 'EHOSTUNREACH':
      return new ConnectionError('other', hostOf(url), `dial tcp ${ip}:${port}: connect: no route to host`)
    case 'ENETUNREACH':
      return new ConnectionError('other', hostOf(url), `dial tcp ${ip}:${port}: connect: network is unreachable`)
    case 'ETIMEDOUT':
      return new ConnectionError('other', hostOf(url), `dial tcp ${ip}:${port}: i/o timeout`)
    case 'ECONNRESET':
      return new ConnectionError('other', hostOf(url), 'EOF')
    default:
      return error
  }
}
