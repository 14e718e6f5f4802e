/**
 * bcrypt, which is how `htpasswd -B` keeps passwords and the only form a registry accepts. Blowfish's tables are the digits of pi, so they are
 * counted out (some 30 ms, once) instead of being carried along.
 */
import { bytesOf, textOf } from '../../../base/bytes.ts'

const alphabet = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const subkeys = 18
const words = subkeys + 4 * 256

let digits: Int32Array | undefined

/** The first 32-bit words of pi behind the point, by Machin's formula. */
function piWords(): Int32Array {
  if (digits) return digits
  const guard = 64n
  const one = 1n << (BigInt(words * 32) + guard)
  const arctanOfInverse = (x: bigint): bigint => {
    let sum = 0n
    let power = one / x
    for (let divisor = 1n, isAdded = true; power > 0n; divisor += 2n, isAdded = !isAdded, power /= x * x)
      sum += isAdded ? power / divisor : -(power / divisor)
    return sum
  }
  const pi = 4n * (4n * arctanOfInverse(5n) - arctanOfInverse(239n))
  const text = ((pi - 3n * one) >> guard).toString(16).padStart(words * 8, '0')
  digits = Int32Array.from({ length: words }, (_, index) => Number.parseInt(text.slice(index * 8, index * 8 + 8), 16) | 0)
  return digits
}

class Blowfish {
  readonly p: Int32Array
  readonly s: Int32Array
  left = 0
  right = 0

  constructor() {
    this.p = piWords().slice(0, subkeys)
    this.s = piWords().slice(subkeys)
  }

  /** Turns `left` and `right` into their cipher. */
  encrypt(): void {
    const { p, s } = this
    let { left, right } = this
    for (let round = 0; round < 16; round++) {
      left ^= p[round]
      right ^= (((s[left >>> 24] + s[256 + ((left >>> 16) & 255)]) ^ s[512 + ((left >>> 8) & 255)]) + s[768 + (left & 255)]) | 0
      const swapped = left
      left = right
      right = swapped
    }
    this.left = right ^ p[17]
    this.right = left ^ p[16]
  }

  expand(key: Uint8Array, salt: Int32Array): void {
    let at = 0
    const next = (): number => {
      let word = 0
      for (let count = 0; count < 4; count++) word = (word << 8) | key[at++ % key.length]
      return word
    }
    for (let index = 0; index < subkeys; index++) this.p[index] ^= next()
    this.left = 0
    this.right = 0
    let half = 0
    for (const table of [this.p, this.s]) {
      for (let index = 0; index < table.length; index += 2) {
        this.left ^= salt[half]
        this.right ^= salt[half + 1]
        half ^= 2
        this.encrypt()
        table[index] = this.left
        table[index + 1] = this.right
      }
    }
  }
}

const noSalt = new Int32Array(4)

function wordsOf(bytes: Uint8Array): Int32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  return Int32Array.from({ length: bytes.length / 4 }, (_, index) => view.getInt32(index * 4))
}

function digest(password: string, salt: Uint8Array, cost: number): Uint8Array {
  const key = bytesOf(`${password}\0`).subarray(0, 72)
  const cipher = new Blowfish()
  cipher.expand(key, wordsOf(salt))
  for (let round = 0; round < 2 ** cost; round++) {
    cipher.expand(key, noSalt)
    cipher.expand(salt, noSalt)
  }
  const result = wordsOf(bytesOf('OrpheanBeholderScryDoubt'))
  for (let index = 0; index < result.length; index += 2) {
    cipher.left = result[index]
    cipher.right = result[index + 1]
    for (let count = 0; count < 64; count++) cipher.encrypt()
    result[index] = cipher.left
    result[index + 1] = cipher.right
  }
  const bytes = new DataView(new ArrayBuffer(24))
  result.forEach((word, index) => bytes.setInt32(index * 4, word))
  return new Uint8Array(bytes.buffer).subarray(0, 23)
}

function encoded(bytes: Uint8Array): string {
  let bits = ''
  for (const byte of bytes) bits += byte.toString(2).padStart(8, '0')
  return (bits.match(/.{1,6}/g) ?? []).map((six) => alphabet[Number.parseInt(six.padEnd(6, '0'), 2)]).join('')
}

function decoded(text: string, length: number): Uint8Array {
  const bits = [...text].map((letter) => alphabet.indexOf(letter).toString(2).padStart(6, '0')).join('')
  return Uint8Array.from({ length }, (_, index) => Number.parseInt(bits.slice(index * 8, index * 8 + 8), 2))
}

/** `$2y$05$…`, of sixteen bytes of salt. */
export function bcrypt(password: string, salt: Uint8Array, cost: number): string {
  return `$2y$${String(cost).padStart(2, '0')}$${encoded(salt)}${encoded(digest(password, salt, cost))}`
}

/** Whether a password is the one that was hashed; anything that is no bcrypt is refused. */
export function isPassword(password: string, hash: string): boolean {
  const found = /^\$2[aby]\$(\d\d)\$([./A-Za-z0-9]{22})([./A-Za-z0-9]{31})$/.exec(hash)
  return found !== null && encoded(digest(password, decoded(found[2], 16), Number(found[1]))) === found[3]
}

/** `user:hash` lines. */
export function accounts(file: Uint8Array): ReadonlyMap<string, string> {
  return new Map(
    textOf(file)
      .split('\n')
      .filter((line) => line.includes(':') && !line.startsWith('#'))
      .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
  )
}
