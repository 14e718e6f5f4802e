/**
 * The head of the daemon's answers, as Go's server writes it: what a handler set in the order of the alphabet, then the date and the length.
 * An answer that outgrows the server's buffer goes in chunks, for its length is not known when the head is sent.
 */
import { bytesOf } from '../../base/bytes.ts'
import { ByteStream, type HttpHeaders, type HttpResponse } from '../../base/http.ts'
import { sorted } from './images/image-store.ts'
import { engineVersion } from './engine-version.ts'
import { apiVersion } from './system.ts'

const bufferBytes = 2048
const common = { 'api-version': apiVersion, 'docker-experimental': 'false', ostype: 'linux', server: `Docker/${engineVersion} (linux)` }

export function withHeaders(response: HttpResponse, nowMs: number): HttpResponse {
  return { ...response, headers: { ...sorted({ ...common, ...response.headers }), ...trailing(response, nowMs) } }
}

/** For what is refused before a handler is asked. */
export function withoutExperimental(response: HttpResponse, nowMs: number): HttpResponse {
  const { 'docker-experimental': _, ...rest } = common
  return { ...response, headers: { ...sorted({ ...rest, ...response.headers }), ...trailing(response, nowMs) } }
}

function trailing({ status, headers, body }: HttpResponse, nowMs: number): HttpHeaders {
  const date = new Date(nowMs).toUTCString()
  if (status === 204 || status === 304 || status === 101) return { date }
  if (body instanceof ByteStream) return { date, 'transfer-encoding': 'chunked' }
  if (headers['content-length'] !== undefined) return { date }
  const length = typeof body === 'string' ? bytesOf(body).length : body.length
  if (length > bufferBytes) return { date, 'transfer-encoding': 'chunked' }
  // What no handler called anything is looked at last.
  return {
    date,
    'content-length': String(length),
    ...(length > 0 && headers['content-type'] === undefined && { 'content-type': 'text/plain; charset=utf-8' }),
  }
}
