/** Checks a password against what pg_authid keeps: `SCRAM-SHA-256$4096:salt$storedKey:serverKey` (RFC 5802). */
import { base64Of, bytesOf, bytesOfBase64, joined } from '../../../base/bytes.ts'
import { sha256 } from '../../../base/sha256.ts'

export function isPassword(password: string, verifier: string): boolean {
  const [, rounds, salt, stored] = /^SCRAM-SHA-256\$(\d+):([^$]+)\$([^:]+):/.exec(verifier) ?? []
  if (!rounds) return verifier === password
  const salted = stretched(bytesOf(password), bytesOfBase64(salt), Number(rounds))
  return base64Of(sha256(hmac(salted, bytesOf('Client Key')))) === stored
}

function stretched(password: Uint8Array, salt: Uint8Array, rounds: number): Uint8Array {
  let last = hmac(password, joined([salt, new Uint8Array([0, 0, 0, 1])]))
  const result = last.slice()
  for (let left = rounds - 1; left > 0; left--) {
    last = hmac(password, last)
    for (let at = 0; at < result.length; at++) result[at] ^= last[at]
  }
  return result
}

function hmac(key: Uint8Array, text: Uint8Array): Uint8Array {
  const block = new Uint8Array(64)
  block.set(key.length > 64 ? sha256(key) : key)
  return sha256(joined([block.map((byte) => byte ^ 0x5c), sha256(joined([block.map((byte) => byte ^ 0x36), text]))]))
}
