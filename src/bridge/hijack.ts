/**
 * Docker's hijacked connections: after `101 UPGRADED` the socket carries plain bytes both ways. The client may close its sending side
 * at once (it has no standard input) and still expects everything the server has to say.
 */
import { bytesOf } from '../base/bytes.ts'
import { headerLines, pump, refuseUpgrade, requestOf, type UpgradeContext } from './upgrade.ts'

export function overHijack({ handler, incoming, socket, head, peer, kick }: UpgradeContext): void {
  const expected = Number(incoming.headers['content-length'] ?? 0)
  withBody(socket, head, expected, (body, rest) => {
    const upgraded = handler.connect?.(requestOf(incoming, body), peer) ?? { status: 400, headers: {}, body: 'upgrade not supported' }
    kick()
    if ('status' in upgraded) return refuseUpgrade(socket, upgraded)
    socket.write(
      `HTTP/1.1 101 UPGRADED\r\n${[...headerLines(upgraded.headers), 'connection: Upgrade', `upgrade: ${upgraded.protocol}`].join('\r\n')}\r\n\r\n`,
    )
    if (rest.length > 0) upgraded.incoming.write(new Uint8Array(rest))
    socket.on('data', (chunk: Buffer) => {
      upgraded.incoming.write(new Uint8Array(chunk))
      kick()
    })
    socket.on('end', () => {
      upgraded.incoming.end()
      kick()
    })
    socket.on('close', () => {
      upgraded.incoming.end()
      upgraded.outgoing.cancel()
      kick()
    })
    pump(
      upgraded.outgoing,
      (chunk) => socket.write(chunk),
      () => socket.end(),
    )
  })
}

/** Collects the request's own body, which Node leaves on the socket, and hands on what came behind it. */
function withBody(
  socket: import('node:stream').Duplex,
  head: Buffer,
  expected: number,
  go: (body: Uint8Array, rest: Buffer) => void,
): void {
  let have = head
  const look = (chunk?: Buffer) => {
    if (chunk) have = Buffer.concat([have, chunk])
    if (have.length < expected) return
    socket.off('data', look)
    go(expected === 0 ? bytesOf('') : new Uint8Array(have.subarray(0, expected)), have.subarray(expected))
  }
  if (have.length < expected) socket.on('data', look)
  else look()
}
