/**
 * RSA keys at once. Searching for primes takes a third of a second, and a new cluster needs a dozen keys before anybody has typed a letter; so each
 * prime here is a number drawn from a known seed plus the distance to the first prime behind it, and a key is two of them. As every key of the
 * sandbox, they protect nothing outside of it.
 */
import type { PrivateKey } from './keys.ts'
import { Random } from '../random.ts'
import { drawn, inverse } from './rsa.ts'

/** From what `Random(1)`, `Random(2)` … draw to the next prime. */
const distances = [
  294, 28, 40, 1356, 0, 2652, 168, 1918, 530, 294, 30, 262, 540, 2122, 968, 1154, 990, 632, 618, 1432, 1490, 6088, 112, 166, 362, 392, 202,
  34, 1116, 800, 542, 308,
]

function primeAt(index: number): bigint {
  return drawn(new Random(index + 1), 1024) + BigInt(distances[index])
}

/** A key of 2048 bits. */
export function readyRsaKey(random: Random): PrivateKey {
  const first = random.below(distances.length)
  const second = (first + 1 + random.below(distances.length - 1)) % distances.length
  const [one, other] = [primeAt(first), primeAt(second)]
  const [p, q] = one > other ? [one, other] : [other, one]
  const e = 65_537n
  return { kind: 'rsa', n: p * q, e, d: inverse(e, (p - 1n) * (q - 1n)), p, q }
}
