/** What the three kinds of upgrade share: the request as data, refusing, and carrying a stream's chunks on. */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ByteStream, HttpHandler, HttpHeaders, HttpRequest, HttpResponse, Peer } from '../base/http.ts'

export interface UpgradeContext {
  readonly handler: HttpHandler
  readonly incoming: IncomingMessage
  readonly socket: Duplex
  /** Bytes that came with the request's head. */
  readonly head: Buffer
  readonly peer: Peer
  readonly kick: () => void
}

export function requestOf(incoming: IncomingMessage, body: Uint8Array, method = incoming.method ?? 'GET'): HttpRequest {
  const headers: Record<string, string | readonly string[]> = {}
  for (const [name, value] of Object.entries(incoming.headers)) if (value !== undefined) headers[name] = value
  return { method, url: incoming.url ?? '/', headers, body }
}

/** Answers over a raw socket that was to be upgraded and is not. */
export function refuseUpgrade(socket: Duplex, { status, headers, body }: HttpResponse): void {
  const text = body instanceof Uint8Array ? Buffer.from(body) : typeof body === 'string' ? Buffer.from(body) : Buffer.from(body.readAll())
  const lines = [
    `HTTP/1.1 ${status} ${status < 400 ? 'OK' : 'Refused'}`,
    ...headerLines(headers),
    `content-length: ${text.length}`,
    'connection: close',
  ]
  socket.end(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), text]))
}

export function headerLines(headers: HttpHeaders): string[] {
  return Object.entries(headers).flatMap(([name, value]) => (typeof value === 'string' ? [value] : value).map((one) => `${name}: ${one}`))
}

/** Calls `take` with each chunk as it comes, and `over` once after the last. */
export function pump(stream: ByteStream, take: (chunk: Uint8Array) => void, over: () => void): () => void {
  let isOver = false
  const flow = () => {
    for (let chunk = stream.read(); chunk; chunk = stream.read()) take(chunk)
    if (!stream.isOver || isOver) return
    isOver = true
    cancel()
    over()
  }
  const cancel = stream.readable.each(flow)
  flow()
  return cancel
}
