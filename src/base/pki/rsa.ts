/**
 * RSA in whole numbers: making keys, signing (PKCS #1 v1.5) and checking. Synchronous, because programs of the sandbox are, and fed by its
 * own seeded chance, so a session can be replayed: such keys protect nothing outside of it.
 */
import type { Random } from '../random.ts'
import { bigOf, bytesOfBig, hexOf } from './der.ts'

export interface RsaPublic {
  readonly n: bigint
  readonly e: bigint
}

export interface RsaPrivate extends RsaPublic {
  readonly d: bigint
  readonly p: bigint
  readonly q: bigint
}

export function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  // Four bits at a time: sixteen powers are worked out once.
  const table: bigint[] = [1n, base % modulus]
  for (let index = 2; index < 16; index++) table.push((table[index - 1] * table[1]) % modulus)
  let result = 1n
  for (const digit of exponent.toString(16)) {
    result = (result * result) % modulus
    result = (result * result) % modulus
    result = (result * result) % modulus
    result = (result * result) % modulus
    const index = Number.parseInt(digit, 16)
    if (index > 0) result = (result * table[index]) % modulus
  }
  return result
}

export function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [((value % modulus) + modulus) % modulus, modulus, 1n, 0n]
  while (a > 1n) {
    const quotient = a / b
    ;[a, b, x, y] = [b, a % b, y, x - quotient * y]
    if (b === 0n) break
  }
  return ((x % modulus) + modulus) % modulus
}

const smallPrimes: readonly number[] = sieve(2_000)

function sieve(below: number): number[] {
  const isComposite = new Uint8Array(below)
  const found: number[] = []
  for (let number = 2; number < below; number++) {
    if (isComposite[number]) continue
    found.push(number)
    for (let multiple = number * number; multiple < below; multiple += number) isComposite[multiple] = 1
  }
  return found
}

export function drawn(random: Random, bitCount: number): bigint {
  const value = BigInt(`0x${random.hex(bitCount / 4)}`)
  return value | (3n << BigInt(bitCount - 2)) | 1n
}

/** Yields after each candidate, so that whoever runs it can let others go on. */
function* prime(random: Random, bitCount: number, e: bigint): Generator<undefined, bigint> {
  let start = drawn(random, bitCount)
  let remainders = smallPrimes.map((small) => Number(start % BigInt(small)))
  for (let offset = 0; ; offset += 2) {
    if (offset > 20_000) {
      start = drawn(random, bitCount)
      remainders = smallPrimes.map((small) => Number(start % BigInt(small)))
      offset = 0
    }
    if (remainders.some((rest, index) => (rest + offset) % smallPrimes[index] === 0)) continue
    const candidate = start + BigInt(offset)
    if ((candidate - 1n) % e === 0n) continue
    yield
    if (power(2n, candidate - 1n, candidate) === 1n && isPrime(candidate, random)) return candidate
  }
}

/** Miller and Rabin's test, with few witnesses: the candidate has passed Fermat's already. */
function isPrime(candidate: bigint, random: Random): boolean {
  let odd = candidate - 1n
  let twos = 0
  while ((odd & 1n) === 0n) {
    odd >>= 1n
    twos++
  }
  for (let round = 0; round < 3; round++) {
    let x = power(BigInt(random.below(1 << 30) + 2), odd, candidate)
    if (x === 1n || x === candidate - 1n) continue
    let isComposite = true
    for (let turn = 1; turn < twos && isComposite; turn++) {
      x = (x * x) % candidate
      if (x === candidate - 1n) isComposite = false
    }
    if (isComposite) return false
  }
  return true
}

export function* makeRsa(bitCount: number, random: Random): Generator<undefined, RsaPrivate> {
  const e = 65_537n
  for (;;) {
    const first = yield* prime(random, bitCount / 2, e)
    const second = yield* prime(random, bitCount / 2, e)
    if (first === second) continue
    const [p, q] = first > second ? [first, second] : [second, first]
    return { n: p * q, e, d: inverse(e, (p - 1n) * (q - 1n)), p, q }
  }
}

/** The heads that say which digest was signed. */
const digestHeads: Readonly<Record<string, string>> = {
  md5: '3020300c06082a864886f70d020505000410',
  sha1: '3021300906052b0e03021a05000414',
  sha224: '302d300d06096086480165030402040500041c',
  sha256: '3031300d060960864801650304020105000420',
  sha384: '3041300d060960864801650304020205000430',
  sha512: '3051300d060960864801650304020305000440',
}

const sizeOf = (n: bigint): number => Math.ceil(n.toString(16).length / 2)

function padded(digestName: string, digest: Uint8Array, size: number): bigint {
  const tail = `00${digestHeads[digestName] ?? ''}${hexOf(digest)}`
  return BigInt(`0x0001${'ff'.repeat(size - 2 - tail.length / 2)}${tail}`)
}

export function signRsa({ n, d, p, q }: RsaPrivate, digestName: string, digest: Uint8Array): Uint8Array {
  const size = sizeOf(n)
  const message = padded(digestName, digest, size)
  // Twice half the size is four times as fast as once the whole.
  const [a, b] = [power(message % p, d % (p - 1n), p), power(message % q, d % (q - 1n), q)]
  const lifted = ((((a - b) * inverse(q, p)) % p) + p) % p
  return bytesOfBig(b + lifted * q, size)
}

export function verifyRsa({ n, e }: RsaPublic, digestName: string, digest: Uint8Array, signature: Uint8Array): boolean {
  return power(bigOf(signature), e, n) === padded(digestName, digest, sizeOf(n))
}
