/**
 * One HTTP request to the API server through the network as this process sees it, with the transport's errors in the words of Go's net
 * package. There is no TLS in the sandbox's network: over an https address the client's certificate travels in a header, whole, so that
 * whoever stands in front of the API server can check it as a handshake would.
 */
import { base64Of, bytesOf, noBytes, textOf } from '../../base/bytes.ts'
import type { HttpRequest, HttpResponse, Upgraded } from '../../base/http.ts'
import { UnixError } from '../../unix/errors.ts'
import { type Blocking, type Process, sleep } from '../../unix/kernel/process.ts'
import { fetch, upgrade as upgradeAt, urlOf } from '../../unix/network/fetch.ts'
import type { Access } from './kubeconfig.ts'
import { ConnectionError, Refusal } from './refusal.ts'

/** The sandbox's network takes no time; a handshake of TLS takes about this long, and who waits for less never gets an answer. */
const handshakeMs = 5

/** Carries the client's certificate (PEM, in base64). */
export const certificateHeader = 'x-client-certificate'

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
    const token = user.token || (user.tokenFile ? fileText(process, user.tokenFile).trim() : '')
    if (token) headers.authorization = `Bearer ${token}`
    else if (user.username) headers.authorization = `Basic ${base64Of(bytesOf(`${user.username}:${user.password ?? ''}`))}`
    if (user['client-certificate-data']) headers[certificateHeader] = user['client-certificate-data']
    else if (user['client-certificate'])
      headers[certificateHeader] = base64Of(bytesOf(clientFile(process, user['client-certificate'], user['client-key'] ?? '', 'cert')))
  }
  if (user.as) headers['impersonate-user'] = user.as
  if (user['as-uid']) headers['impersonate-uid'] = user['as-uid']
  if (user['as-groups']?.length > 0) headers['impersonate-group'] = user['as-groups']
  return { headers }
}

function fileText(process: Process, path: string): string {
  return textOf(process.files.readFile(process.path(path), process.credentials))
}

function clientFile(process: Process, path: string, key: string, which: 'cert'): string {
  try {
    if (key !== '') fileText(process, key)
    return fileText(process, path)
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    throw new Refusal(`unable to read client-${which} ${path} for ${path} due to open ${path}: ${error.words.toLowerCase()}`)
  }
}

export function* send(process: Process, credentials: Credentials, request: Outgoing, timeoutMs: number): Blocking<HttpResponse> {
  const startedAt = process.now()
  if (timeoutMs > 0 && timeoutMs < handshakeMs && request.url.startsWith('https:')) {
    yield* sleep(process, timeoutMs)
    throw new ConnectionError(
      'other',
      hostOf(request.url),
      'net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)',
    )
  }
  try {
    return yield* fetch(process, request.url, message(credentials, request), timeoutMs > 0 ? { timeoutMs } : {})
  } catch (error) {
    if (timeoutMs > 0 && error instanceof UnixError && error.errno === 'ETIMEDOUT' && process.now() - startedAt >= timeoutMs) {
      throw new ConnectionError('other', hostOf(request.url), 'net/http: request canceled (Client.Timeout exceeded while awaiting headers)')
    }
    throw explained(process, error, request)
  }
}

export function* upgrade(process: Process, credentials: Credentials, request: Outgoing): Blocking<Upgraded | HttpResponse> {
  try {
    return yield* upgradeAt(process, request.url, message(credentials, request))
  } catch (error) {
    throw explained(process, error, request)
  }
}

function message(credentials: Credentials, { method, headers, body }: Outgoing): HttpRequest {
  return { method, url: '', headers: { ...headers, ...credentials.headers }, body: body ?? noBytes }
}

export function hostOf(url: string): string {
  return /^https?:\/\/([^/?]+)/.exec(url)?.[1] ?? ''
}

function explained(process: Process, error: unknown, { method, url }: Outgoing): unknown {
  if (!(error instanceof UnixError)) return error
  const target = urlOf(url)
  const host = target?.host === 'localhost' ? '127.0.0.1' : (target?.host ?? '')
  const verb = `${method[0]}${method.slice(1).toLowerCase()} "${url}"`
  const dial = `dial tcp ${host}:${target?.port ?? 80}: `
  switch (error.errno) {
    case 'ECONNREFUSED':
      return new ConnectionError('refused', hostOf(url), `${verb}: ${dial}connect: connection refused`)
    case 'EHOSTUNREACH':
      return new ConnectionError('other', hostOf(url), `${dial}connect: no route to host`)
    case 'ENETUNREACH':
      return new ConnectionError('other', hostOf(url), `${dial}connect: network is unreachable`)
    case 'ETIMEDOUT':
      return new ConnectionError('other', hostOf(url), `${dial}i/o timeout`)
    case 'ECONNRESET':
      return new ConnectionError('other', hostOf(url), 'EOF')
    case 'ENOTFOUND':
      return new ConnectionError('other', hostOf(url), `dial tcp: lookup ${target?.host}${nameserver(process)}: no such host`)
    case 'EAGAIN':
      return new ConnectionError('other', hostOf(url), `dial tcp: lookup ${target?.host}: Temporary failure in name resolution`)
    default:
      return error
  }
}

function nameserver(process: Process): string {
  const file = '/etc/resolv.conf'
  const address = process.files.exists(file) ? /^nameserver\s+(\S+)/m.exec(fileText(process, file))?.[1] : undefined
  return address === undefined ? '' : ` on ${address}:53`
}
