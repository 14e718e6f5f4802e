/**
 * A Node HTTP(S) server in front of an engine handler, so that real clients reach the sandbox. Only transport lives here: chunked
 * bodies, WebSocket and SPDY framing, Docker's hijacked connections. The handler sees requests as data and cannot tell this from a
 * process of the sandbox calling.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import { gzipSync } from 'node:zlib'
import { type HttpHandler, type HttpResponse, Pending, type Peer } from '../base/http.ts'
import { overHijack } from './hijack.ts'
import { overSpdy } from './spdy.ts'
import { pump, refuseUpgrade, requestOf } from './upgrade.ts'
import { overWebSocket } from './websocket.ts'

export interface ServeOptions {
  readonly port?: number
  /** Called after every request that reached the handler, so that session time moves on at once. */
  readonly kick: () => void
  /** PEM texts; without them plain HTTP. Client certificates signed by `ca` are passed on as the peer. */
  readonly tls?: { readonly key: string; readonly cert: string; readonly ca: string }
  /** Refuses a request before the handler sees it: the bridge's own token. */
  readonly refuse?: (request: IncomingMessage) => HttpResponse | undefined
}

export interface Serving {
  readonly port: number
  close(): Promise<void>
}

/** Listens on 127.0.0.1 only. */
export async function serve(handler: HttpHandler, { port = 0, kick, tls, refuse }: ServeOptions): Promise<Serving> {
  const server = tls
    ? createTlsServer({ key: tls.key, cert: tls.cert, ca: tls.ca, requestCert: true, rejectUnauthorized: false })
    : createServer()
  server.keepAliveTimeout = 60_000
  server.on('request', async (incoming: IncomingMessage, response: ServerResponse) => {
    const refusal = refuse?.(incoming)
    if (refusal) return answer(refusal, incoming, response)
    const body = await collected(incoming)
    if (!body) return
    const request = requestOf(incoming, body)
    const result = handler.handle(request, peerOf(incoming))
    kick()
    answer(result instanceof Pending ? await settled(result, incoming) : result, incoming, response)
  })
  server.on('upgrade', async (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy())
    const refusal = refuse?.(incoming)
    if (refusal) return refuseUpgrade(socket, refusal)
    const context = { handler, incoming, socket, head, peer: peerOf(incoming), kick }
    const protocol = String(incoming.headers.upgrade).toLowerCase()
    if (protocol === 'websocket') return overWebSocket(context)
    if (protocol.startsWith('spdy')) return overSpdy(context)
    return overHijack(context)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function peerOf(incoming: IncomingMessage): Peer {
  const socket = incoming.socket as Socket & Partial<TLSSocket>
  const { subject, fingerprint256 } = (socket.authorized && socket.getPeerCertificate?.()) || {}
  if (!subject) return { address: '127.0.0.1' }
  return {
    address: '127.0.0.1',
    certificate: {
      commonName: String(subject.CN),
      organizations: [subject.O ?? []].flat(),
      fingerprint: fingerprint256?.replaceAll(':', '').toLowerCase(),
    },
  }
}

/** Undefined where the client went away while it was sending. */
async function collected(incoming: IncomingMessage): Promise<Uint8Array | undefined> {
  const parts: Buffer[] = []
  try {
    for await (const part of incoming) parts.push(part as Buffer)
  } catch {
    return undefined
  }
  const all = Buffer.concat(parts)
  return new Uint8Array(all.buffer, all.byteOffset, all.length)
}

/** The answer, once it is there; a client that goes away is not waited for. */
function settled(pending: Pending<HttpResponse>, incoming: IncomingMessage): Promise<HttpResponse> {
  return new Promise((resolve) => {
    const look = () => {
      if (pending.value === undefined) return
      cancel()
      resolve(pending.value)
    }
    const cancel = pending.ready.each(look)
    incoming.socket.once('close', cancel)
    look()
  })
}

/** An API server packs what is long, and known by the id it gives every answer. */
function isPacked(incoming: IncomingMessage, headers: HttpResponse['headers'], body: string | Uint8Array): boolean {
  return headers['audit-id'] !== undefined && body.length > 128 * 1024 && /\bgzip\b/.test(String(incoming.headers['accept-encoding']))
}

function answer({ status, headers, body }: HttpResponse, incoming: IncomingMessage, response: ServerResponse): void {
  const fields: Record<string, string | string[]> = {}
  for (const [name, value] of Object.entries(headers)) fields[name] = typeof value === 'string' ? value : [...value]
  if (typeof body === 'string' || body instanceof Uint8Array) {
    const sent = isPacked(incoming, headers, body) ? gzipSync(body, { level: 1 }) : body
    if (sent !== body) Object.assign(fields, { 'content-encoding': 'gzip', vary: 'Accept-Encoding' })
    if (status !== 204 && status !== 304) fields['content-length'] = String(Buffer.byteLength(sent))
    response.writeHead(status, fields)
    response.end(incoming.method === 'HEAD' ? undefined : sent)
    return
  }
  response.writeHead(status, fields)
  response.flushHeaders()
  pump(
    body,
    (chunk) => response.write(chunk),
    () => response.end(),
  )
  response.on('close', () => body.cancel())
}
