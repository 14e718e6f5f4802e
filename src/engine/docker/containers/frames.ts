/** Docker's multiplexed stream: stdout and stderr of a container without a terminal share one connection, in frames of 8 bytes and a payload. */
import type { OutputStream } from '../../runtime/log-file.ts'

export function frame(stream: OutputStream, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(8 + payload.length)
  bytes[0] = stream === 'stdout' ? 1 : 2
  new DataView(bytes.buffer).setUint32(4, payload.length)
  bytes.set(payload, 8)
  return bytes
}

export const multiplexed = 'application/vnd.docker.multiplexed-stream'
export const raw = 'application/vnd.docker.raw-stream'
