/** Docker's multiplexed stream: stdout and stderr of a container without a terminal share one connection, in frames of 8 bytes and a payload. */
import type { ByteStream } from '../../../base/http.ts'
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

/** Writes output as the client expects it: framed, or as it is when there is a terminal. */
export function outputTo(to: ByteStream, isTerminal: boolean, wanted: { stdout: boolean; stderr: boolean }): (stream: OutputStream, bytes: Uint8Array) => void {
  return (stream, bytes) => {
    if (wanted[stream]) to.write(isTerminal ? bytes : frame(stream, bytes))
  }
}
