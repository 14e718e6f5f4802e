/**
 * SHA-256, synchronous: image ids, layer digests and `sha256sum` need it inside the engine, where nothing can wait for WebCrypto.
 */
const constants = new Uint32Array(64)
const initial = new Uint32Array(8)
fillConstants()

export function sha256(bytes: Uint8Array): Uint8Array {
  const state = initial.slice()
  const words = new Uint32Array(64)
  const whole = bytes.length - (bytes.length % 64)
  for (let at = 0; at < whole; at += 64) compress(state, words, bytes, at)
  const rest = bytes.length - whole
  const tail = new Uint8Array(rest < 56 ? 64 : 128)
  tail.set(bytes.subarray(whole))
  tail[rest] = 0x80
  const view = new DataView(tail.buffer)
  view.setUint32(tail.length - 8, Math.floor(bytes.length / 0x20000000))
  view.setUint32(tail.length - 4, (bytes.length << 3) >>> 0)
  for (let at = 0; at < tail.length; at += 64) compress(state, words, tail, at)
  const digest = new Uint8Array(32)
  const out = new DataView(digest.buffer)
  state.forEach((word, index) => out.setUint32(index * 4, word))
  return digest
}

export function sha256Hex(bytes: Uint8Array): string {
  let hex = ''
  for (const byte of sha256(bytes)) hex += hexOf[byte]
  return hex
}

const hexOf = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

function compress(state: Uint32Array, words: Uint32Array, bytes: Uint8Array, at: number): void {
  for (let index = 0; index < 16; index++, at += 4)
    words[index] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]
  for (let index = 16; index < 64; index++) {
    const a = words[index - 15]
    const b = words[index - 2]
    const s0 = ((a >>> 7) | (a << 25)) ^ ((a >>> 18) | (a << 14)) ^ (a >>> 3)
    const s1 = ((b >>> 17) | (b << 15)) ^ ((b >>> 19) | (b << 13)) ^ (b >>> 10)
    words[index] = words[index - 16] + s0 + words[index - 7] + s1
  }
  let a = state[0]
  let b = state[1]
  let c = state[2]
  let d = state[3]
  let e = state[4]
  let f = state[5]
  let g = state[6]
  let h = state[7]
  for (let index = 0; index < 64; index++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + constants[index] + words[index]) | 0
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
    h = g
    g = f
    f = e
    e = (d + t1) | 0
    d = c
    c = b
    b = a
    a = (t1 + t2) | 0
  }
  state[0] += a
  state[1] += b
  state[2] += c
  state[3] += d
  state[4] += e
  state[5] += f
  state[6] += g
  state[7] += h
}

/** First 32 bits of the fractional parts of the square and cube roots of the first primes, as the standard defines them. */
function fillConstants(): void {
  let count = 0
  for (let candidate = 2; count < 64; candidate++) {
    let isPrime = true
    for (let divisor = 2; divisor * divisor <= candidate; divisor++) if (candidate % divisor === 0) isPrime = false
    if (!isPrime) continue
    if (count < 8) initial[count] = (Math.sqrt(candidate) % 1) * 0x1_0000_0000
    constants[count++] = (Math.cbrt(candidate) % 1) * 0x1_0000_0000
  }
}
