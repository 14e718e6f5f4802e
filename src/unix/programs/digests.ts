/** md5, sha1, sha2 sums: one tool under many names. Written out here because a program may not wait for the browser's asynchronous one. */
import { sha256Hex } from '../../base/sha256.ts'
import type { Program } from '../kernel/process.ts'
import { eachFile, eachLines } from './each-file.ts'
import { flag } from './options.ts'
import { closeInput, openInput, print, wholeInput } from './text.ts'
import { complain, tool, wordsOf } from './tool.ts'

const hexOf = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

function padded(data: Uint8Array, block: number, isBig: boolean): DataView {
  const lengthBytes = block / 8
  const size = Math.ceil((data.length + 1 + lengthBytes) / block) * block
  const bytes = new Uint8Array(size)
  bytes.set(data)
  bytes[data.length] = 0x80
  const view = new DataView(bytes.buffer)
  const bits = BigInt(data.length) * 8n
  view.setBigUint64(size - 8, bits, !isBig)
  return view
}

const rotl = (x: number, n: number): number => (x << n) | (x >>> (32 - n))

const md5Constants = Array.from({ length: 64 }, (_, index) => Math.floor(Math.abs(Math.sin(index + 1)) * 2 ** 32) >>> 0)
const md5Shifts = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21]

export function md5(data: Uint8Array): string {
  const view = padded(data, 64, false)
  let [a0, b0, c0, d0] = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476]
  for (let at = 0; at < view.byteLength; at += 64) {
    let [a, b, c, d] = [a0, b0, c0, d0]
    for (let i = 0; i < 64; i++) {
      const round = i >> 4
      const f = round === 0 ? (b & c) | (~b & d) : round === 1 ? (d & b) | (~d & c) : round === 2 ? b ^ c ^ d : c ^ (b | ~d)
      const g = round === 0 ? i : round === 1 ? (5 * i + 1) % 16 : round === 2 ? (3 * i + 5) % 16 : (7 * i) % 16
      const sum = (a + f + md5Constants[i] + view.getUint32(at + g * 4, true)) | 0
      ;[a, d, c, b] = [d, c, b, (b + rotl(sum, md5Shifts[round * 4 + (i % 4)])) | 0]
    }
    a0 = (a0 + a) | 0
    b0 = (b0 + b) | 0
    c0 = (c0 + c) | 0
    d0 = (d0 + d) | 0
  }
  const out = new DataView(new ArrayBuffer(16))
  for (const [index, word] of [a0, b0, c0, d0].entries()) out.setUint32(index * 4, word >>> 0, true)
  return hexOf(new Uint8Array(out.buffer))
}

export function sha1(data: Uint8Array): string {
  const view = padded(data, 64, true)
  const h = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0]
  const w = new Int32Array(80)
  for (let at = 0; at < view.byteLength; at += 64) {
    for (let i = 0; i < 16; i++) w[i] = view.getInt32(at + i * 4)
    for (let i = 16; i < 80; i++) w[i] = rotl(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1)
    let [a, b, c, d, e] = h
    for (let i = 0; i < 80; i++) {
      const [f, k] =
        i < 20
          ? [(b & c) | (~b & d), 0x5a827999]
          : i < 40
            ? [b ^ c ^ d, 0x6ed9eba1]
            : i < 60
              ? [(b & c) | (b & d) | (c & d), 0x8f1bbcdc]
              : [b ^ c ^ d, 0xca62c1d6]
      const next = (rotl(a, 5) + f + e + k + w[i]) | 0
      ;[e, d, c, b, a] = [d, c, rotl(b, 30), a, next]
    }
    for (const [index, word] of [a, b, c, d, e].entries()) h[index] = (h[index] + word) | 0
  }
  return h.map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('')
}

function primes(count: number): number[] {
  const found: number[] = []
  for (let number = 2; found.length < count; number++) if (found.every((prime) => number % prime !== 0)) found.push(number)
  return found
}

/** The first `bits` bits of the fraction of a root, exactly. */
function rootFraction(prime: number, degree: 2 | 3, bits: number): bigint {
  const target = BigInt(prime) << BigInt(bits * degree)
  let low = 0n
  let high = 1n << BigInt(bits + 5)
  while (low < high) {
    const middle = (low + high + 1n) >> 1n
    if (middle ** BigInt(degree) <= target) low = middle
    else high = middle - 1n
  }
  return low & ((1n << BigInt(bits)) - 1n)
}

let sha512Tables: { readonly constants: readonly bigint[]; readonly start: readonly bigint[] } | undefined

export function sha512(data: Uint8Array): string {
  sha512Tables ??= {
    constants: primes(80).map((prime) => rootFraction(prime, 3, 64)),
    start: primes(8).map((prime) => rootFraction(prime, 2, 64)),
  }
  const { constants, start } = sha512Tables
  const view = padded(data, 128, true)
  const mask = (1n << 64n) - 1n
  const turn = (x: bigint, n: bigint): bigint => ((x >> n) | (x << (64n - n))) & mask
  const h = [...start]
  const w: bigint[] = []
  for (let at = 0; at < view.byteLength; at += 128) {
    for (let i = 0; i < 16; i++) w[i] = view.getBigUint64(at + i * 8)
    for (let i = 16; i < 80; i++) {
      const s0 = turn(w[i - 15], 1n) ^ turn(w[i - 15], 8n) ^ (w[i - 15] >> 7n)
      const s1 = turn(w[i - 2], 19n) ^ turn(w[i - 2], 61n) ^ (w[i - 2] >> 6n)
      w[i] = (w[i - 16] + s0 + w[i - 7] + s1) & mask
    }
    let [a, b, c, d, e, f, g, k] = h
    for (let i = 0; i < 80; i++) {
      const t1 = (k + (turn(e, 14n) ^ turn(e, 18n) ^ turn(e, 41n)) + ((e & f) ^ (~e & mask & g)) + constants[i] + w[i]) & mask
      const t2 = ((turn(a, 28n) ^ turn(a, 34n) ^ turn(a, 39n)) + ((a & b) ^ (a & c) ^ (b & c))) & mask
      ;[k, g, f, e, d, c, b, a] = [g, f, e, (d + t1) & mask, c, b, a, (t1 + t2) & mask]
    }
    for (const [index, word] of [a, b, c, d, e, f, g, k].entries()) h[index] = (h[index] + word) & mask
  }
  return h.map((word) => word.toString(16).padStart(16, '0')).join('')
}

const sum = (name: string, digest: (data: Uint8Array) => string): Program =>
  tool({
    name,
    usage: '[OPTION]... [FILE]...',
    summary: `Print or check ${name.replace('sum', '').toUpperCase()} checksums.`,
    flags: {
      binary: flag('b|binary', 'read in binary mode'),
      check: flag('c|check', 'read checksums from the FILEs and check them'),
      tag: flag('tag', 'create a BSD-style checksum'),
      text: flag('t|text', 'read in text mode (default)'),
      zero: flag('z|zero'),
      quiet: flag('quiet', "don't print OK for each successfully verified file"),
      status: flag('status', "don't output anything, status code shows success"),
      short: flag('s'),
      strict: flag('strict'),
      warn: flag('w|warn'),
    },
    *run(call) {
      const { process, flags } = call
      if (!flags.check) {
        return yield* eachFile(call, function* (descriptor, path) {
          const text = digest(yield* wholeInput(process, descriptor))
          yield* print(
            process,
            flags.tag ? `${name.replace('sum', '').toUpperCase()} (${path}) = ${text}\n` : `${text} ${flags.binary ? '*' : ' '}${path}\n`,
          )
        })
      }
      let failed = 0
      let missing = 0
      const code = yield* eachLines(call, function* (lines) {
        for (const line of lines) {
          const match = /^([0-9a-f]+) [ *](.+)$/i.exec(line)
          if (!match) continue
          try {
            const descriptor = openInput(process, match[2])
            const isRight = digest(yield* wholeInput(process, descriptor)) === match[1].toLowerCase()
            closeInput(process, descriptor)
            if (!isRight) failed++
            if (!flags.status && !(flags.quiet && isRight)) yield* print(process, `${match[2]}: ${isRight ? 'OK' : 'FAILED'}\n`)
          } catch (error) {
            yield* complain(call, `${match[2]}: ${wordsOf(error)}`)
            yield* print(process, `${match[2]}: FAILED open or read\n`)
            missing++
          }
        }
      })
      if (missing > 0) yield* complain(call, `WARNING: ${missing} listed file${missing === 1 ? '' : 's'} could not be read`)
      if (failed > 0) yield* complain(call, `WARNING: ${failed} computed checksum${failed === 1 ? ' did' : 's did'} NOT match`)
      return failed + missing > 0 ? 1 : code
    },
  })

export const md5sum: Program = sum('md5sum', md5)
export const sha1sum: Program = sum('sha1sum', sha1)
export const sha256sum: Program = sum('sha256sum', sha256Hex)
export const sha512sum: Program = sum('sha512sum', sha512)
