/** Archives may come compressed: gzip is unpacked, plain tar passes through. */
import { gunzipSync } from 'fflate'

export function inflate(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes
}
