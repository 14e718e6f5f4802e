/** Keys of the three kinds people make: RSA, elliptic curves, Ed25519. Read from PEM as any tool wrote it, written as openssl 3 writes. */
import { ed25519 } from '@noble/curves/ed25519'
import { p256, p384, p521 } from '@noble/curves/nist'
import { md5, sha1 } from '@noble/hashes/legacy'
import { sha224, sha256, sha384, sha512 } from '@noble/hashes/sha2'
import type { Random } from '../random.ts'
import {
  bigOf,
  bits,
  bytesOfBig,
  type DerNode,
  DerError,
  integer,
  none,
  octets,
  oid,
  oidOf,
  parseDer,
  parts,
  type PemBlock,
  pem,
  sequence,
  tagged,
  tags,
} from './der.ts'
import { inverse, makeRsa, type RsaPrivate, type RsaPublic, signRsa, verifyRsa } from './rsa.ts'

export type CurveName = 'prime256v1' | 'secp384r1' | 'secp521r1'

export type PublicKey =
  | ({ readonly kind: 'rsa' } & RsaPublic)
  | { readonly kind: 'ec'; readonly curve: CurveName; readonly point: Uint8Array }
  | { readonly kind: 'ed25519'; readonly point: Uint8Array }

export type PrivateKey =
  | ({ readonly kind: 'rsa' } & RsaPrivate)
  | { readonly kind: 'ec'; readonly curve: CurveName; readonly point: Uint8Array; readonly secret: Uint8Array }
  | { readonly kind: 'ed25519'; readonly point: Uint8Array; readonly secret: Uint8Array }

export const curves = {
  prime256v1: { oid: '1.2.840.10045.3.1.7', nist: 'P-256', bitCount: 256, curve: p256 },
  secp384r1: { oid: '1.3.132.0.34', nist: 'P-384', bitCount: 384, curve: p384 },
  secp521r1: { oid: '1.3.132.0.35', nist: 'P-521', bitCount: 521, curve: p521 },
} as const

export const digests: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = { md5, sha1, sha224, sha256, sha384, sha512 }

const oids = { rsa: '1.2.840.113549.1.1.1', ec: '1.2.840.10045.2.1', ed25519: '1.3.101.112' } as const

export interface SignatureAlgorithm {
  readonly oid: string
  /** As openssl prints it. */
  readonly name: string
  readonly digest: string
}

export const signatureAlgorithms: readonly SignatureAlgorithm[] = [
  { oid: '1.2.840.113549.1.1.4', name: 'md5WithRSAEncryption', digest: 'md5' },
  { oid: '1.2.840.113549.1.1.5', name: 'sha1WithRSAEncryption', digest: 'sha1' },
  { oid: '1.2.840.113549.1.1.11', name: 'sha256WithRSAEncryption', digest: 'sha256' },
  { oid: '1.2.840.113549.1.1.12', name: 'sha384WithRSAEncryption', digest: 'sha384' },
  { oid: '1.2.840.113549.1.1.13', name: 'sha512WithRSAEncryption', digest: 'sha512' },
  { oid: '1.2.840.10045.4.1', name: 'ecdsa-with-SHA1', digest: 'sha1' },
  { oid: '1.2.840.10045.4.3.2', name: 'ecdsa-with-SHA256', digest: 'sha256' },
  { oid: '1.2.840.10045.4.3.3', name: 'ecdsa-with-SHA384', digest: 'sha384' },
  { oid: '1.2.840.10045.4.3.4', name: 'ecdsa-with-SHA512', digest: 'sha512' },
  { oid: '1.3.101.112', name: 'ED25519', digest: '' },
]

export function algorithmFor(key: PrivateKey, digest: string): SignatureAlgorithm {
  const found = signatureAlgorithms.find((one) =>
    key.kind === 'ed25519' ? one.digest === '' : one.digest === digest && one.name.startsWith('ecdsa') === (key.kind === 'ec'),
  )
  if (!found) throw new DerError(`no signature algorithm for ${digest}`)
  return found
}

export function algorithmDer(algorithm: SignatureAlgorithm): Uint8Array {
  return algorithm.name.endsWith('RSAEncryption') ? sequence(oid(algorithm.oid), none()) : sequence(oid(algorithm.oid))
}

export function* makeRsaKey(bitCount: number, random: Random): Generator<undefined, PrivateKey> {
  return { kind: 'rsa', ...(yield* makeRsa(bitCount, random)) }
}

export function makeEcKey(curve: CurveName, random: Random): PrivateKey {
  const { bitCount, curve: on } = curves[curve]
  const size = Math.ceil(bitCount / 8)
  const secret = bytesOfBig((BigInt(`0x${random.hex(size * 2)}`) % (on.CURVE.n - 1n)) + 1n, size)
  return { kind: 'ec', curve, secret, point: on.getPublicKey(secret, false) }
}

export function makeEd25519Key(random: Random): PrivateKey {
  const secret = bytesOfBig(BigInt(`0x${random.hex(64)}`), 32)
  return { kind: 'ed25519', secret, point: ed25519.getPublicKey(secret) }
}

export function sign(key: PrivateKey, digest: string, data: Uint8Array): Uint8Array {
  if (key.kind === 'ed25519') return ed25519.sign(data, key.secret)
  const hash = digests[digest](data)
  if (key.kind === 'rsa') return signRsa(key, digest, hash)
  return curves[key.curve].curve.sign(hash, key.secret, { prehash: false, lowS: false }).toDERRawBytes()
}

export function verify(key: PublicKey, digest: string, data: Uint8Array, signature: Uint8Array): boolean {
  if (key.kind === 'ed25519') return ed25519.verify(signature, data, key.point)
  const hash = digests[digest](data)
  if (key.kind === 'rsa') return verifyRsa(key, digest, hash, signature)
  return curves[key.curve].curve.verify(signature, hash, key.point, { prehash: false, lowS: false, format: 'der' })
}

/** SubjectPublicKeyInfo. */
export function publicDer(key: PublicKey): Uint8Array {
  if (key.kind === 'rsa') return sequence(sequence(oid(oids.rsa), none()), bits(sequence(integer(key.n), integer(key.e))))
  if (key.kind === 'ec') return sequence(sequence(oid(oids.ec), oid(curves[key.curve].oid)), bits(key.point))
  return sequence(sequence(oid(oids.ed25519)), bits(key.point))
}

export function publicOf(node: DerNode): PublicKey {
  const [algorithm, key] = parts(node)
  const [name, curve] = parts(algorithm)
  const content = key.content.subarray(1)
  switch (oidOf(name)) {
    case oids.rsa: {
      const [n, e] = parts(parseDer(content))
      return { kind: 'rsa', n: bigOf(n.content), e: bigOf(e.content) }
    }
    case oids.ec:
      return { kind: 'ec', curve: curveOf(curve), point: content }
    case oids.ed25519:
      return { kind: 'ed25519', point: content }
    default:
      throw new DerError('unsupported key')
  }
}

function curveOf(node: DerNode | undefined): CurveName {
  const wanted = node && oidOf(node)
  for (const name of ['prime256v1', 'secp384r1', 'secp521r1'] as const) if (curves[name].oid === wanted) return name
  throw new DerError('unsupported curve')
}

/** `BEGIN PRIVATE KEY`: PKCS #8. */
export function privatePem(key: PrivateKey): string {
  if (key.kind === 'rsa') return pem('PRIVATE KEY', sequence(integer(0n), sequence(oid(oids.rsa), none()), octets(rsaDer(key))))
  if (key.kind === 'ec')
    return pem('PRIVATE KEY', sequence(integer(0n), sequence(oid(oids.ec), oid(curves[key.curve].oid)), octets(ecDer(key, false))))
  return pem('PRIVATE KEY', sequence(integer(0n), sequence(oid(oids.ed25519)), octets(octets(key.secret))))
}

/** `BEGIN RSA PRIVATE KEY`, `BEGIN EC PRIVATE KEY`. */
export function traditionalPem(key: PrivateKey): string {
  if (key.kind === 'rsa') return pem('RSA PRIVATE KEY', rsaDer(key))
  if (key.kind === 'ec') return pem('EC PRIVATE KEY', ecDer(key, true))
  return privatePem(key)
}

export const publicPem = (key: PublicKey): string => pem('PUBLIC KEY', publicDer(key))

function rsaDer({ n, e, d, p, q }: RsaPrivate): Uint8Array {
  return sequence(
    integer(0n),
    integer(n),
    integer(e),
    integer(d),
    integer(p),
    integer(q),
    integer(d % (p - 1n)),
    integer(d % (q - 1n)),
    integer(inverse(q, p)),
  )
}

function ecDer({ secret, point, curve }: Extract<PrivateKey, { kind: 'ec' }>, hasCurve: boolean): Uint8Array {
  return sequence(integer(1n), octets(secret), ...(hasCurve ? [tagged(0, oid(curves[curve].oid))] : []), tagged(1, bits(point)))
}

/** Throws `DerError` for what is no key of ours. */
export function privateOf({ label, bytes }: PemBlock): PrivateKey {
  if (label === 'RSA PRIVATE KEY') return rsaOf(bytes)
  if (label === 'EC PRIVATE KEY') return ecOf(bytes, undefined)
  if (label !== 'PRIVATE KEY') throw new DerError('no private key')
  const [, algorithm, content] = parts(parseDer(bytes))
  const [name, curve] = parts(algorithm)
  switch (oidOf(name)) {
    case oids.rsa:
      return rsaOf(content.content)
    case oids.ec:
      return ecOf(content.content, curve)
    case oids.ed25519: {
      const secret = parseDer(content.content).content
      return { kind: 'ed25519', secret, point: ed25519.getPublicKey(secret) }
    }
    default:
      throw new DerError('unsupported key')
  }
}

function rsaOf(bytes: Uint8Array): PrivateKey {
  const [, n, e, d, p, q] = parts(parseDer(bytes)).map(({ content }) => bigOf(content))
  if (q === undefined) throw new DerError('no RSA key')
  return { kind: 'rsa', n, e, d, p, q }
}

function ecOf(bytes: Uint8Array, outer: DerNode | undefined): PrivateKey {
  const [, secret, ...rest] = parts(parseDer(bytes))
  const named = rest.find(({ tag }) => tag === 0xa0)
  const curve = curveOf(named ? parts(named).find(({ tag }) => tag === tags.oid) : outer)
  return { kind: 'ec', curve, secret: secret.content, point: curves[curve].curve.getPublicKey(secret.content, false) }
}

export function isSameKey(a: PublicKey, b: PublicKey): boolean {
  const [one, other] = [publicDer(a), publicDer(b)]
  return one.length === other.length && one.every((byte, index) => byte === other[index])
}

/** How many bits people call it: 2048, 256. */
export function bitsOf(key: PublicKey): number {
  return key.kind === 'rsa' ? key.n.toString(2).length : key.kind === 'ec' ? curves[key.curve].bitCount : 253
}
