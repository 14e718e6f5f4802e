/**
 * Port-forward as clients other than kubectl ask for it: `?ports=80&ports=443` over a WebSocket of `v4.channel.k8s.io`. Each port has two
 * channels, data and error, and the server begins each with the port's number, so that a client knows which is which.
 */
import { WebSocketServer, type WebSocket } from 'ws'
import type { Upgraded } from '../base/http.ts'
import { pump, refuseUpgrade, requestOf, type UpgradeContext } from './upgrade.ts'

const protocols = ['v4.channel.k8s.io', '']

export function isChannelForward(url: string, offered: readonly string[]): boolean {
  return /\/portforward(\?|$)/i.test(url) && (offered.length === 0 || offered.includes(protocols[0]))
}

export function overChannels({ handler, incoming, socket, head, peer, kick }: UpgradeContext): void {
  const [path, query = ''] = (incoming.url ?? '').split('?')
  const ports = new URLSearchParams(query)
    .getAll('ports')
    .flatMap((list) => list.split(','))
    .filter(Boolean)
  if (ports.length === 0) return refuseUpgrade(socket, { status: 400, headers: {}, body: 'query parameter "ports" is required' })
  const forwards: Upgraded[] = []
  for (const port of ports) {
    const request = requestOf(incoming, new Uint8Array())
    const upgraded = handler.connect?.({ ...request, url: `${path}?ports=${port}` }, peer) ?? {
      status: 400,
      headers: {},
      body: 'upgrade not supported',
    }
    if ('status' in upgraded) return refuseUpgrade(socket, upgraded)
    forwards.push(upgraded)
  }
  kick()
  const server = new WebSocketServer({ noServer: true, handleProtocols: () => protocols[0] })
  server.handleUpgrade(incoming, socket, head, (line) => {
    for (const [index, forward] of forwards.entries()) carry(line, forward, { channel: index * 2, port: Number(ports[index]) })
    line.on('message', (data: Buffer) => {
      forwards[data[0] >> 1]?.incoming.write(new Uint8Array(data.subarray(1)))
      kick()
    })
    line.on('close', () => {
      for (const { incoming: upstream, outgoing } of forwards) {
        upstream.end()
        outgoing.cancel()
      }
      kick()
    })
  })
}

function carry(line: WebSocket, { outgoing }: Upgraded, { channel, port }: { channel: number; port: number }): void {
  for (const one of [channel, channel + 1]) line.send(Uint8Array.of(one, port & 0xff, port >> 8))
  pump(
    outgoing,
    (chunk) => line.send(Buffer.concat([Uint8Array.of(channel), chunk])),
    () => line.close(1000),
  )
}
