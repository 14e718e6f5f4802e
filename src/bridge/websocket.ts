/**
 * WebSocket upgrades: `v5.channel.k8s.io` and its elders carry the engine's frames one to one; `SPDY/3.1+portforward.k8s.io` carries
 * raw SPDY bytes, which go to the SPDY adaptor as if they came from a socket; a port-forward over channels has a file of its own.
 */
import { isChannelForward, overChannels } from './channel-forward.ts'
import { WebSocketServer, type WebSocket } from 'ws'
import { PassThrough } from 'node:stream'
import { speakSpdy, type ByteLine } from './spdy.ts'
import { pump, refuseUpgrade, requestOf, type UpgradeContext } from './upgrade.ts'

const tunnel = 'SPDY/3.1+portforward.k8s.io'

export function overWebSocket(context: UpgradeContext): void {
  const { handler, incoming, socket, head, peer, kick } = context
  const offered = String(incoming.headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean)
  if (offered.includes(tunnel)) return accept(context, tunnel, (line) => speakSpdy(lineOf(line), context))

  if (isChannelForward(incoming.url ?? '', offered)) return overChannels(context)
  const upgraded = handler.connect?.(requestOf(incoming, new Uint8Array()), peer) ?? {
    status: 400,
    headers: {},
    body: 'upgrade not supported',
  }
  kick()
  if ('status' in upgraded) return refuseUpgrade(socket, upgraded)
  const server = new WebSocketServer({ noServer: true, handleProtocols: () => upgraded.protocol })
  server.handleUpgrade(incoming, socket, head, (line) => {
    line.on('message', (data: Buffer, isBinary) => {
      const bytes = new Uint8Array(Buffer.isBuffer(data) ? data : Buffer.concat(data as unknown as Buffer[]))
      upgraded.incoming.write(isBinary ? bytes : bytes)
      kick()
    })
    line.on('close', () => {
      upgraded.incoming.end()
      upgraded.outgoing.cancel()
      kick()
    })
    pump(
      upgraded.outgoing,
      (frame) => line.send(frame),
      () => line.close(1000),
    )
  })
}

function accept({ incoming, socket, head }: UpgradeContext, protocol: string, go: (line: WebSocket) => void): void {
  new WebSocketServer({ noServer: true, handleProtocols: () => protocol }).handleUpgrade(incoming, socket, head, go)
}

/** A WebSocket as a line of bytes. */
function lineOf(webSocket: WebSocket): ByteLine {
  const received = new PassThrough()
  webSocket.on('message', (data: Buffer) => received.write(data))
  webSocket.on('close', () => received.end())
  return { received, send: (bytes) => webSocket.send(bytes), close: () => webSocket.close(1000) }
}
