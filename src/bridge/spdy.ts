/**
 * SPDY/3.1, as far as kubectl speaks it: streams with headers, data, half-close, ping. kubectl up to 1.29 runs exec and attach over
 * it, and every version runs port-forward over it, on a socket or inside a WebSocket.
 *
 * Exec streams become the frames of `v4.channel.k8s.io`; each forwarded connection becomes one engine upgrade of its own
 * (`…/portforward?ports=80`, plain bytes), so the engine knows nothing of this protocol.
 * Source: the SPDY/3.1 draft; the handshakes are those kubectl was observed to use.
 */
import type { Readable } from 'node:stream'
import { constants, createDeflate, createInflate, type Deflate, type Inflate } from 'node:zlib'
import type { Upgraded } from '../base/http.ts'
import { headerDictionary } from './spdy-dictionary.ts'
import { pump, refuseUpgrade, requestOf, type UpgradeContext } from './upgrade.ts'

export interface ByteLine {
  readonly received: Readable
  send(bytes: Buffer): void
  close(): void
}

const channels: Record<string, number> = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4 }

export function overSpdy(context: UpgradeContext): void {
  const { incoming, socket, head } = context
  const offered = [incoming.headers['x-stream-protocol-version'] ?? []]
    .flat()
    .join(',')
    .split(',')
    .map((name) => name.trim())
  const isForward = /\/portforward(\?|$)/i.test(incoming.url ?? '')
  if (!isForward) {
    const upgraded = upgrade(context, requestOf(incoming, new Uint8Array(), 'GET'), 'v4.channel.k8s.io')
    if ('status' in upgraded) return refuseUpgrade(socket, upgraded)
    context.socket.write(switching(offered.includes('v4.channel.k8s.io') ? 'v4.channel.k8s.io' : offered[0]))
    return speakSpdy(socketLine(context, head), context, upgraded)
  }
  socket.write(switching('portforward.k8s.io'))
  speakSpdy(socketLine(context, head), context)
}

function switching(protocol: string): string {
  return `HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: SPDY/3.1\r\nx-stream-protocol-version: ${protocol}\r\n\r\n`
}

function socketLine({ socket }: UpgradeContext, head: Buffer): ByteLine {
  if (head.length > 0) socket.unshift(head)
  return { received: socket, send: (bytes) => socket.write(bytes), close: () => socket.end() }
}

function upgrade(
  { handler, peer, kick }: UpgradeContext,
  request: ReturnType<typeof requestOf>,
  protocol: string,
): Upgraded | import('../base/http.ts').HttpResponse {
  const headers = { ...request.headers, connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-protocol': protocol }
  const upgraded = handler.connect?.({ ...request, headers }, peer) ?? { status: 400, headers: {}, body: 'upgrade not supported' }
  kick()
  return upgraded
}

/** Speaks SPDY on a line: for an exec that is `upgraded` already, or for forwarded ports, each upgraded as it is opened. */
export function speakSpdy(line: ByteLine, context: UpgradeContext, upgraded?: Upgraded): void {
  const session = new Session(line)
  if (upgraded) execOver(session, upgraded, context)
  else forwardOver(session, context)
}

function execOver(session: Session, upgraded: Upgraded, { kick }: UpgradeContext): void {
  const byChannel = new Map<number, number>()
  const early: Uint8Array[] = []
  const send = (frame: Uint8Array) => {
    const stream = byChannel.get(frame[0])
    if (stream === undefined) early.push(frame)
    else session.data(stream, frame.subarray(1))
  }
  session.onStream = (stream, headers) => {
    byChannel.set(channels[headers.streamtype ?? ''] ?? 3, stream)
    for (const frame of early.splice(0)) send(frame)
  }
  session.onData = (stream, bytes, isLast) => {
    const channel = [...byChannel].find(([, id]) => id === stream)?.[0]
    if (channel === undefined) return
    if (bytes.length > 0) upgraded.incoming.write(Buffer.concat([Buffer.of(channel), bytes]))
    if (isLast && channel === 0) upgraded.incoming.write(Buffer.of(255, 0))
    kick()
  }
  session.onClose = () => {
    upgraded.incoming.end()
    upgraded.outgoing.cancel()
    kick()
  }
  pump(upgraded.outgoing, send, () => {
    for (const stream of byChannel.values()) session.data(stream, new Uint8Array(), true)
  })
}

function forwardOver(session: Session, context: UpgradeContext): void {
  interface Forward {
    error?: number
    data?: number
    upgraded?: Upgraded
  }
  const forwards = new Map<string, Forward>()
  const byStream = new Map<number, Forward>()
  session.onStream = (stream, headers) => {
    const id = headers.requestid ?? ''
    const forward = forwards.get(id) ?? {}
    forwards.set(id, forward)
    byStream.set(stream, forward)
    if (headers.streamtype === 'error') forward.error = stream
    else forward.data = stream
    if (forward.error === undefined || forward.data === undefined) return
    const url = `${(context.incoming.url ?? '').split('?')[0]}?ports=${headers.port}`
    const upgraded = upgrade(context, { ...requestOf(context.incoming, new Uint8Array(), 'GET'), url }, 'portforward.k8s.io')
    const { error, data } = forward
    if ('status' in upgraded) {
      session.data(error, Buffer.from(String(upgraded.body)), true)
      session.data(data, new Uint8Array(), true)
      return
    }
    forward.upgraded = upgraded
    pump(
      upgraded.outgoing,
      (bytes) => session.data(data, bytes),
      () => {
        session.data(data, new Uint8Array(), true)
        session.data(error, new Uint8Array(), true)
      },
    )
  }
  session.onData = (stream, bytes, isLast) => {
    const forward = byStream.get(stream)
    if (!forward?.upgraded || stream !== forward.data) return
    if (bytes.length > 0) forward.upgraded.incoming.write(new Uint8Array(bytes))
    if (isLast) forward.upgraded.incoming.end()
    context.kick()
  }
  session.onClose = () => {
    for (const { upgraded } of forwards.values()) {
      upgraded?.incoming.end()
      upgraded?.outgoing.cancel()
    }
    context.kick()
  }
}

/** Frames of one connection. Header blocks share one compression state in each direction, so they are handled strictly in order. */
class Session {
  onStream: (stream: number, headers: Record<string, string>) => void = () => {}
  onData: (stream: number, bytes: Uint8Array, isLast: boolean) => void = () => {}
  onClose: () => void = () => {}
  readonly #line: ByteLine
  readonly #inflate: Inflate = createInflate({ dictionary: headerDictionary })
  readonly #deflate: Deflate = createDeflate({ dictionary: headerDictionary })
  readonly #finished = new Set<number>()

  constructor(line: ByteLine) {
    this.#line = line
    void this.#read()
    line.received.on('close', () => this.onClose())
  }

  data(stream: number, bytes: Uint8Array, isLast = false): void {
    if (this.#finished.has(stream)) return
    if (isLast) this.#finished.add(stream)
    const head = Buffer.alloc(8)
    head.writeUInt32BE(stream, 0)
    head.writeUInt32BE(((isLast ? 1 : 0) << 24) | bytes.length, 4)
    this.#line.send(Buffer.concat([head, bytes]))
  }

  async #read(): Promise<void> {
    let have = Buffer.alloc(0)
    try {
      for await (const chunk of this.#line.received) {
        have = Buffer.concat([have, chunk as Buffer])
        while (have.length >= 8) {
          const length = have.readUIntBE(5, 3)
          if (have.length < 8 + length) break
          await this.#frame(have.subarray(0, 8), have.subarray(8, 8 + length))
          have = have.subarray(8 + length)
        }
      }
    } catch {
      // The client went away in the middle of a frame: that is the end of the line like any other.
    }
    this.onClose()
  }

  async #frame(head: Buffer, body: Buffer): Promise<void> {
    const flags = head[4]
    if ((head[0] & 0x80) === 0) return this.onData(head.readUInt32BE(0), new Uint8Array(body), (flags & 1) !== 0)
    switch (head.readUInt16BE(2)) {
      case 1: {
        const stream = body.readUInt32BE(0)
        const headers = headersOf(await transformed(this.#inflate, body.subarray(10)))
        await this.#reply(stream)
        this.onStream(stream, headers)
        if ((flags & 1) !== 0) this.onData(stream, new Uint8Array(), true)
        return
      }
      case 3: // RST_STREAM
        return this.onData(body.readUInt32BE(0), new Uint8Array(), true)
      case 6: // PING is answered with itself
        return this.#line.send(Buffer.concat([head, body]))
      case 7: // GOAWAY
        return this.#line.close()
      default: // SETTINGS and WINDOW_UPDATE ask for nothing
    }
  }

  async #reply(stream: number): Promise<void> {
    const block = await transformed(this.#deflate, Buffer.alloc(4))
    const frame = Buffer.alloc(12)
    frame.writeUInt32BE(0x80030002, 0)
    frame.writeUInt32BE(block.length + 4, 4)
    frame.writeUInt32BE(stream, 8)
    this.#line.send(Buffer.concat([frame, block]))
  }
}

/** One block through a zlib stream that stays open: its state carries over to the next. */
function transformed(zlib: Inflate | Deflate, bytes: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = []
    const take = (part: Buffer) => parts.push(part)
    zlib.on('data', take)
    zlib.once('error', reject)
    zlib.write(bytes, () => {
      zlib.flush(constants.Z_SYNC_FLUSH, () => {
        zlib.off('data', take)
        zlib.off('error', reject)
        resolve(Buffer.concat(parts))
      })
    })
  })
}

function headersOf(block: Buffer): Record<string, string> {
  const headers: Record<string, string> = {}
  let at = 4
  const next = () => {
    const length = block.readUInt32BE(at)
    const text = block.toString('latin1', at + 4, at + 4 + length)
    at += 4 + length
    return text
  }
  for (let left = block.readUInt32BE(0); left > 0; left--) {
    const name = next()
    headers[name.toLowerCase()] = next()
  }
  return headers
}
