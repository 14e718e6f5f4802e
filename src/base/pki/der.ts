/**
 * DER, the bytes inside certificates and keys, and PEM, the text around them. Only what X.509 needs; what is read is kept as slices of
 * the input, so a signature is checked over exactly the bytes that were signed.
 */
import { base64Of, bytesOf, joined } from '../bytes.ts'

export interface DerNode {
  readonly tag: number
  readonly content: Uint8Array
  /** Head and content. */
  readonly whole: Uint8Array
}

export class DerError extends Error {}

export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8: 0x0c,
  printable: 0x13,
  ia5: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const

export function der(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = joined(parts)
  const { length } = content
  if (length < 128) return joined([Uint8Array.of(tag, length), content])
  const size: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) size.unshift(rest & 255)
  return joined([Uint8Array.of(tag, 0x80 | size.length, ...size), content])
}

export const sequence = (...parts: readonly Uint8Array[]): Uint8Array => der(tags.sequence, ...parts)
export const setOf = (...parts: readonly Uint8Array[]): Uint8Array => der(tags.set, ...parts)
export const octets = (bytes: Uint8Array): Uint8Array => der(tags.octetString, bytes)
export const bits = (bytes: Uint8Array, unused = 0): Uint8Array => der(tags.bitString, Uint8Array.of(unused), bytes)
export const none = (): Uint8Array => der(tags.null)
export const yes = (): Uint8Array => der(tags.boolean, Uint8Array.of(255))
/** A tag that only the place gives a meaning: `[0]`. */
export const tagged = (number: number, ...parts: readonly Uint8Array[]): Uint8Array => der(0xa0 | number, ...parts)

export function integer(value: bigint): Uint8Array {
  const bytes = bytesOfBig(value)
  return der(tags.integer, bytes[0] >= 128 ? joined([Uint8Array.of(0), bytes]) : bytes)
}

export function oid(dotted: string): Uint8Array {
  const [first, second, ...rest] = dotted.split('.').map(Number)
  const bytes: number[] = []
  for (const number of [first * 40 + second, ...rest]) {
    const groups = [number & 127]
    for (let left = Math.floor(number / 128); left > 0; left = Math.floor(left / 128)) groups.unshift((left & 127) | 128)
    bytes.push(...groups)
  }
  return der(tags.oid, Uint8Array.from(bytes))
}

export function moment(ms: number): Uint8Array {
  const text = new Date(ms).toISOString().replace(/[-:T]|\.\d+/g, '')
  return Number(text.slice(0, 4)) < 2050 ? der(tags.utcTime, bytesOf(text.slice(2))) : der(tags.generalizedTime, bytesOf(text))
}

export function parseDer(bytes: Uint8Array): DerNode {
  const [node] = parts(bytes)
  if (!node) throw new DerError('no data')
  return node
}

/** The nodes that stand one after the other; of a node, those inside it. */
export function parts(of: Uint8Array | DerNode): DerNode[] {
  const bytes = of instanceof Uint8Array ? of : of.content
  const nodes: DerNode[] = []
  for (let at = 0; at < bytes.length; ) {
    const start = at
    const tag = bytes[at++]
    let length = bytes[at++]
    if (length === undefined) throw new DerError('too short')
    if (length & 0x80) {
      const count = length & 0x7f
      if (count === 0 || count > 4) throw new DerError('bad length')
      length = 0
      for (let index = 0; index < count; index++) length = length * 256 + (bytes[at++] ?? 0)
    }
    if (at + length > bytes.length) throw new DerError('too long')
    nodes.push({ tag, content: bytes.subarray(at, at + length), whole: bytes.subarray(start, at + length) })
    at += length
  }
  return nodes
}

export function oidOf({ content }: DerNode): string {
  const numbers: number[] = []
  let number = 0
  for (const byte of content) {
    number = number * 128 + (byte & 127)
    if (byte & 128) continue
    if (numbers.length === 0) numbers.push(Math.min(2, Math.floor(number / 40)), number - 40 * Math.min(2, Math.floor(number / 40)))
    else numbers.push(number)
    number = 0
  }
  return numbers.join('.')
}

export function momentOf({ tag, content }: DerNode): number {
  const text = String.fromCharCode(...content)
  const full = tag === tags.utcTime ? `${Number(text.slice(0, 2)) < 50 ? '20' : '19'}${text}` : text
  const [year, month, day, hour, minute, second] = [
    full.slice(0, 4),
    ...Array.from({ length: 5 }, (_, index) => full.slice(4 + index * 2, 6 + index * 2)),
  ].map(Number)
  return Date.UTC(year, month - 1, day, hour, minute, second)
}

export function bigOf(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${hexOf(bytes)}`)
}

/** Big-endian; `length` pads in front. */
export function bytesOfBig(value: bigint, length = 1): Uint8Array {
  const hex = value.toString(16)
  const even = hex.length % 2 === 0 ? hex : `0${hex}`
  const digits = even.padStart(length * 2, '0')
  return Uint8Array.from({ length: digits.length / 2 }, (_, index) => Number.parseInt(digits.slice(index * 2, index * 2 + 2), 16))
}

export function hexOf(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0')
  return text
}

export function pem(label: string, bytes: Uint8Array): string {
  return `-----BEGIN ${label}-----\n${base64Of(bytes).replace(/.{1,64}/g, '$&\n')}-----END ${label}-----\n`
}

export interface PemBlock {
  readonly label: string
  readonly bytes: Uint8Array
  /** Lines such as `Proc-Type: 4,ENCRYPTED`. */
  readonly isEncrypted: boolean
}

export function pemBlocks(text: string): PemBlock[] {
  const found: PemBlock[] = []
  for (const [, label, inside] of text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----\r?\n([\s\S]*?)-----END \1-----/g)) {
    const body = inside.replace(/^[\w-]+: .*$/gm, '').replace(/\s+/g, '')
    if (!/^[A-Za-z0-9+/]*={0,2}$/.test(body)) continue
    found.push({
      label,
      bytes: Uint8Array.from(atob(body), (letter) => letter.charCodeAt(0)),
      isEncrypted: /ENCRYPTED/.test(label + inside.slice(0, 40)),
    })
  }
  return found
}
