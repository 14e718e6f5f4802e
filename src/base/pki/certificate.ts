/** X.509 certificates and the requests for them: taking apart, making, signing, checking. Printing them is openssl's business. */
import { bytesOf, textOf } from '../bytes.ts'
import {
  bigOf,
  bits,
  type DerNode,
  DerError,
  der,
  hexOf,
  integer,
  moment,
  momentOf,
  octets,
  oid,
  oidOf,
  parseDer,
  parts,
  pem,
  sequence,
  setOf,
  tagged,
  tags,
  yes,
} from './der.ts'
import {
  algorithmDer,
  algorithmFor,
  digests,
  type PrivateKey,
  type PublicKey,
  publicDer,
  publicOf,
  sign,
  type SignatureAlgorithm,
  signatureAlgorithms,
  verify,
} from './keys.ts'

/** One `CN=jane`; the short name, or dotted numbers for what has none. */
export interface NamePart {
  readonly type: string
  readonly value: string
}

export interface Extension {
  readonly oid: string
  readonly isCritical: boolean
  readonly value: Uint8Array
}

interface Signed {
  /** What was signed. */
  readonly body: Uint8Array
  readonly whole: Uint8Array
  readonly algorithm: SignatureAlgorithm
  readonly signature: Uint8Array
  readonly subject: readonly NamePart[]
  readonly subjectDer: Uint8Array
  readonly key: PublicKey
  readonly extensions: readonly Extension[]
}

export interface CertificateRequest extends Signed {
  readonly version: number
  readonly hasExtensions: boolean
}

export interface Certificate extends Signed {
  readonly version: number
  readonly serial: bigint
  readonly serialBytes: Uint8Array
  readonly issuer: readonly NamePart[]
  readonly issuerDer: Uint8Array
  readonly notBefore: number
  readonly notAfter: number
}

export const nameTypes: Readonly<Record<string, string>> = {
  CN: '2.5.4.3',
  SN: '2.5.4.4',
  serialNumber: '2.5.4.5',
  C: '2.5.4.6',
  L: '2.5.4.7',
  ST: '2.5.4.8',
  street: '2.5.4.9',
  O: '2.5.4.10',
  OU: '2.5.4.11',
  title: '2.5.4.12',
  GN: '2.5.4.42',
  DC: '0.9.2342.19200300.100.1.25',
  UID: '0.9.2342.19200300.100.1.1',
  emailAddress: '1.2.840.113549.1.9.1',
}

export const extensionOids = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  issuerAltName: '2.5.29.18',
  basicConstraints: '2.5.29.19',
  nameConstraints: '2.5.29.30',
  certificatePolicies: '2.5.29.32',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  authorityInfoAccess: '1.3.6.1.5.5.7.1.1',
} as const

const extensionRequest = '1.2.840.113549.1.9.14'

export function nameDer(name: readonly NamePart[]): Uint8Array {
  return sequence(
    ...name.map(({ type, value }) =>
      setOf(
        sequence(
          oid(nameTypes[type] ?? type),
          der(
            type === 'C' || type === 'serialNumber' ? tags.printable : type === 'emailAddress' || type === 'DC' ? tags.ia5 : tags.utf8,
            bytesOf(value),
          ),
        ),
      ),
    ),
  )
}

function nameOf(node: DerNode): NamePart[] {
  return parts(node).flatMap((set) =>
    parts(set).map((pair) => {
      const [type, value] = parts(pair)
      const dotted = oidOf(type)
      return { type: Object.entries(nameTypes).find(([, one]) => one === dotted)?.[0] ?? dotted, value: textOf(value.content) }
    }),
  )
}

const extensionDer = ({ oid: name, isCritical, value }: Extension): Uint8Array =>
  sequence(oid(name), ...(isCritical ? [yes()] : []), octets(value))

function extensionsOf(list: DerNode): Extension[] {
  return parts(list).map((one) => {
    const [name, ...rest] = parts(one)
    return { oid: oidOf(name), isCritical: rest.length > 1 && rest[0].content[0] !== 0, value: rest[rest.length - 1].content }
  })
}

function signedOf(bytes: Uint8Array): { whole: DerNode; body: DerNode; algorithm: SignatureAlgorithm; signature: Uint8Array } {
  const whole = parseDer(bytes)
  const [body, algorithm, signature] = parts(whole)
  if (signature?.tag !== tags.bitString) throw new DerError('not signed')
  const name = oidOf(parts(algorithm)[0])
  return {
    whole,
    body,
    algorithm: signatureAlgorithms.find((one) => one.oid === name) ?? { oid: name, name, digest: 'sha256' },
    signature: signature.content.subarray(1),
  }
}

/** Throws `DerError` for other bytes. */
export function certificateOf(bytes: Uint8Array): Certificate {
  const { whole, body, algorithm, signature } = signedOf(bytes)
  const fields = parts(body)
  const version = fields[0].tag === 0xa0 ? Number(bigOf(parseDer(fields[0].content).content)) + 1 : 1
  const [serial, , issuer, validity, subject, key, ...rest] = fields[0].tag === 0xa0 ? fields.slice(1) : fields
  if (key === undefined) throw new DerError('no certificate')
  const [notBefore, notAfter] = parts(validity).map(momentOf)
  const extensions = rest.find(({ tag }) => tag === 0xa3)
  return {
    whole: whole.whole,
    body: body.whole,
    algorithm,
    signature,
    version,
    serial: bigOf(serial.content),
    serialBytes: serial.content,
    issuer: nameOf(issuer),
    issuerDer: issuer.whole,
    subject: nameOf(subject),
    subjectDer: subject.whole,
    notBefore,
    notAfter,
    key: publicOf(key),
    extensions: extensions ? extensionsOf(parseDer(extensions.content)) : [],
  }
}

export function requestOf(bytes: Uint8Array): CertificateRequest {
  const { whole, body, algorithm, signature } = signedOf(bytes)
  const [version, subject, key, attributes] = parts(body)
  if (key === undefined || subject.tag !== tags.sequence || version.tag !== tags.integer) throw new DerError('no request')
  const wanted =
    attributes &&
    parts(attributes)
      .map((one) => parts(one))
      .find(([name]) => oidOf(name) === extensionRequest)
  return {
    whole: whole.whole,
    body: body.whole,
    algorithm,
    signature,
    version: Number(bigOf(version.content)) + 1,
    subject: nameOf(subject),
    subjectDer: subject.whole,
    key: publicOf(key),
    extensions: wanted ? extensionsOf(parts(wanted[1])[0]) : [],
    hasExtensions: wanted !== undefined,
  }
}

export interface RequestWish {
  readonly subject: readonly NamePart[]
  readonly key: PrivateKey
  readonly digest?: string
  readonly extensions?: readonly Extension[]
}

export function makeRequest({ subject, key, digest = 'sha256', extensions = [] }: RequestWish): Uint8Array {
  const attributes =
    extensions.length === 0 ? tagged(0) : tagged(0, sequence(oid(extensionRequest), setOf(sequence(...extensions.map(extensionDer)))))
  return sealed(sequence(integer(0n), nameDer(subject), publicDer(key), attributes), key, digest)
}

export interface CertificateWish {
  readonly subject: Uint8Array
  readonly key: PublicKey
  readonly issuer: Uint8Array
  readonly issuerKey: PrivateKey
  readonly serial: bigint
  readonly notBefore: number
  readonly notAfter: number
  readonly digest?: string
  readonly extensions?: readonly Extension[]
  /** 3 unless there are no extensions and openssl would have said 1. */
  readonly version?: number
}

export function makeCertificate({
  subject,
  key,
  issuer,
  issuerKey,
  serial,
  notBefore,
  notAfter,
  digest = 'sha256',
  extensions = [],
  version = 3,
}: CertificateWish): Uint8Array {
  const body = sequence(
    ...(version > 1 ? [tagged(0, integer(BigInt(version - 1)))] : []),
    integer(serial),
    algorithmDer(algorithmFor(issuerKey, digest)),
    issuer,
    sequence(moment(notBefore), moment(notAfter)),
    subject,
    publicDer(key),
    ...(extensions.length > 0 ? [tagged(3, sequence(...extensions.map(extensionDer)))] : []),
  )
  return sealed(body, issuerKey, digest)
}

function sealed(body: Uint8Array, key: PrivateKey, digest: string): Uint8Array {
  const algorithm = algorithmFor(key, digest)
  return sequence(body, algorithmDer(algorithm), bits(sign(key, algorithm.digest, body)))
}

export function isSignedBy({ body, algorithm, signature }: Certificate | CertificateRequest, key: PublicKey): boolean {
  const isFitting =
    key.kind === 'ed25519'
      ? algorithm.digest === ''
      : algorithm.name.startsWith('ecdsa') === (key.kind === 'ec') && algorithm.digest in digests
  return isFitting && verify(key, algorithm.digest, body, signature)
}

export const certificatePem = (bytes: Uint8Array): string => pem('CERTIFICATE', bytes)
export const requestPem = (bytes: Uint8Array): string => pem('CERTIFICATE REQUEST', bytes)

export function isSameName(a: Uint8Array, b: Uint8Array): boolean {
  return hexOf(a) === hexOf(b)
}

/** The 20 bytes that name a key: SHA-1 over its bits. */
export function keyIdentifier(key: PublicKey): Uint8Array {
  return digests.sha1(parts(parseDer(publicDer(key)))[1].content.subarray(1))
}

/** `CA:TRUE` in its extensions; certificates of version 1 may sign too, as openssl allows for self-signed ones. */
export function isAuthority({ extensions, version }: Certificate): boolean {
  const basic = extensions.find(({ oid: name }) => name === extensionOids.basicConstraints)
  if (!basic) return version === 1
  const [first] = parts(parseDer(basic.value))
  return first?.tag === tags.boolean && first.content[0] !== 0
}
