/**
 * The cluster's certificate authority: one key, the same in `ca.crt`, in every kubeconfig and in `kube-root-ca.crt`. It signs what was approved, and says
 * whose a client certificate is. All keys follow from the cluster's identity, so that a cluster that was saved and restored still knows what it signed.
 */
import { base64Of, bytesOf, bytesOfBase64, textOf } from '../../../base/bytes.ts'
import {
  type Certificate,
  certificateOf,
  certificatePem,
  type Extension,
  extensionOids,
  isSignedBy,
  makeCertificate,
  nameDer,
  requestOf,
} from '../../../base/pki/certificate.ts'
import { DerError, pemBlocks } from '../../../base/pki/der.ts'
import { extensionFrom } from '../../../base/pki/extensions.ts'
import type { PrivateKey, PublicKey } from '../../../base/pki/keys.ts'
import { readyRsaKey } from '../../../base/pki/ready-keys.ts'
import { Random } from '../../../base/random.ts'
import { sha256Hex } from '../../../base/sha256.ts'

export interface Subject {
  readonly commonName: string
  readonly organizations: readonly string[]
  /** SHA-256 of the certificate, in hexadecimal. */
  readonly fingerprint: string
}

const keys = new Map<string, PrivateKey>()

/** The key that a cluster has for a purpose; `ca` is its authority's. */
export function keyFor(cluster: string, purpose: string): PrivateKey {
  const name = `${cluster} ${purpose}`
  let key = keys.get(name)
  if (!key) keys.set(name, (key = readyRsaKey(new Random(numberOf(name)))))
  return key
}

function numberOf(text: string): number {
  return Number.parseInt(sha256Hex(bytesOf(text)).slice(0, 8), 16)
}

const yearMs = 365 * 24 * 3600_000
/** Certificates begin before they are made, for clocks that are behind. */
const backdatedMs = 5 * 60_000

export interface Issued {
  readonly commonName: string
  readonly organization?: string
  readonly key: PrivateKey
  readonly uses: readonly ('serverAuth' | 'clientAuth')[]
  /** `DNS:kubernetes`, `IP:10.96.0.1`. */
  readonly names?: readonly string[]
  readonly madeAtMs: number
  readonly serial: bigint
  /** Whose key signs. */
  readonly issuer?: AuthorityName
}

/** The authorities of a cluster, by the common names of their certificates. */
const authorities = { ca: 'kubernetes', 'front-proxy-ca': 'front-proxy-ca', 'etcd-ca': 'etcd-ca' } as const
export type AuthorityName = keyof typeof authorities

const certificates = new Map<string, string>()

/** The certificate (PEM) of one of the cluster's authorities. */
export function authorityCertificate(cluster: string, name: AuthorityName, madeAtMs: number): string {
  const place = `${cluster} ${name} ${madeAtMs}`
  let certificate = certificates.get(place)
  if (certificate === undefined) certificates.set(place, (certificate = selfSigned(cluster, name, madeAtMs)))
  return certificate
}

function selfSigned(cluster: string, name: AuthorityName, madeAtMs: number): string {
  const key = keyFor(cluster, name)
  const subject = nameDer([{ type: 'CN', value: authorities[name] }])
  const extensions = extensionsOf(
    [
      ['keyUsage', 'critical,digitalSignature,keyEncipherment,keyCertSign'],
      ['basicConstraints', 'critical,CA:TRUE'],
      ['subjectKeyIdentifier', 'hash'],
      ['subjectAltName', `DNS:${authorities[name]}`],
    ],
    key,
    key,
  )
  return certificatePem(
    makeCertificate({
      subject,
      key,
      issuer: subject,
      issuerKey: key,
      serial: serialOf(cluster, name),
      notBefore: madeAtMs - backdatedMs,
      notAfter: madeAtMs + 10 * yearMs,
      extensions,
    }),
  )
}

/** A certificate (PEM) for a year, signed by one of the cluster's authorities. */
export function issuedCertificate(
  cluster: string,
  { commonName, organization, key, uses, names = [], madeAtMs, serial, issuer = 'ca' }: Issued,
): string {
  const issuerKey = keyFor(cluster, issuer)
  const extensions = extensionsOf(
    [
      ['keyUsage', 'critical,digitalSignature,keyEncipherment'],
      ['extendedKeyUsage', uses.join(',')],
      ['basicConstraints', 'critical,CA:FALSE'],
      ['authorityKeyIdentifier', 'keyid'],
      ...(names.length > 0 ? [['subjectAltName', names.join(',')] as const] : []),
    ],
    key,
    issuerKey,
  )
  const subject = nameDer([...(organization === undefined ? [] : [{ type: 'O', value: organization }]), { type: 'CN', value: commonName }])
  return certificatePem(
    makeCertificate({
      subject,
      key,
      issuer: nameDer([{ type: 'CN', value: authorities[issuer] }]),
      issuerKey,
      serial,
      notBefore: madeAtMs - backdatedMs,
      notAfter: madeAtMs + yearMs,
      extensions,
    }),
  )
}

function extensionsOf(wanted: readonly (readonly [name: string, text: string])[], key: PublicKey, issuerKey: PublicKey): Extension[] {
  return wanted.flatMap(([name, text]) => extensionFrom(name, text, { key, issuerKey, section: () => undefined }) ?? [])
}

/** A number that follows from what the certificate is for. */
export function serialOf(cluster: string, purpose: string): bigint {
  return BigInt(`0x${sha256Hex(bytesOf(`${cluster} ${purpose} serial`)).slice(0, 16)}`) >> 1n
}

/** Certificates that clients have shown, by their text: each is read and checked once. */
const shown = new Map<string, { readonly certificate: Certificate; readonly subject: Subject } | undefined>()

/** Whose a certificate is (PEM in base64); undefined when this cluster did not sign it or its time is not now. */
export function subjectOf(cluster: string, encoded: string, nowMs: number): Subject | undefined {
  const name = `${cluster} ${encoded}`
  if (!shown.has(name)) {
    if (shown.size > 1000) shown.clear()
    shown.set(name, checked(cluster, encoded))
  }
  const known = shown.get(name)
  return known && nowMs >= known.certificate.notBefore && nowMs <= known.certificate.notAfter ? known.subject : undefined
}

function checked(cluster: string, encoded: string): { readonly certificate: Certificate; readonly subject: Subject } | undefined {
  try {
    const block = pemBlocks(pemText(encoded)).find(({ label }) => label === 'CERTIFICATE')
    const certificate = block && certificateOf(block.bytes)
    if (!certificate || !isSignedBy(certificate, keyFor(cluster, 'ca'))) return undefined
    const values = (type: string) => certificate.subject.filter((part) => part.type === type).map(({ value }) => value)
    return { certificate, subject: { commonName: values('CN')[0] ?? '', organizations: values('O'), fingerprint: sha256Hex(block.bytes) } }
  } catch (error) {
    if (error instanceof DerError) return undefined
    throw error
  }
}

function pemText(encoded: string): string {
  try {
    return textOf(bytesOfBase64(encoded))
  } catch {
    // Not base64 at all: as good as no certificate.
    return ''
  }
}

/** The certificate for a request, both as base64 of PEM. */
export function signedRequest(
  cluster: string,
  request: string,
  {
    usages,
    notBefore,
    notAfter,
    serial,
  }: { readonly usages: readonly string[]; readonly notBefore: number; readonly notAfter: number; readonly serial: bigint },
): string {
  const asked = requestOf(pemBlocks(textOf(bytesOfBase64(request)))[0].bytes)
  const issuerKey = keyFor(cluster, 'ca')
  const purposes = usages.flatMap(
    (usage) => ({ 'client auth': ['clientAuth'], 'server auth': ['serverAuth'], 'code signing': ['codeSigning'] })[usage] ?? [],
  )
  const uses = usages.flatMap(
    (usage) =>
      ({
        'digital signature': ['digitalSignature'],
        signing: ['digitalSignature'],
        'key encipherment': ['keyEncipherment'],
        'data encipherment': ['dataEncipherment'],
      })[usage] ?? [],
  )
  const wanted: readonly (readonly [string, string])[] = [
    ...(uses.length > 0 ? [['keyUsage', `critical,${uses.join(',')}`] as const] : []),
    ...(purposes.length > 0 ? [['extendedKeyUsage', purposes.join(',')] as const] : []),
    ['basicConstraints', 'critical,CA:FALSE'],
    ['authorityKeyIdentifier', 'keyid'],
  ]
  const alternative = asked.extensions.find(({ oid }) => oid === extensionOids.subjectAltName)
  const extensions = [...extensionsOf(wanted, asked.key, issuerKey), ...(alternative ? [alternative] : [])]
  const issuer = nameDer([{ type: 'CN', value: authorities.ca }])
  return base64Of(
    bytesOf(
      certificatePem(
        makeCertificate({ subject: asked.subjectDer, key: asked.key, issuer, issuerKey, serial, notBefore, notAfter, extensions }),
      ),
    ),
  )
}

/** What is wrong with a request. */
export function problemOfRequest(request: string): string | undefined {
  try {
    const block = pemBlocks(textOf(bytesOfBase64(request)))[0]
    if (!block) return 'PEM block type must be CERTIFICATE REQUEST'
    if (block.label !== 'CERTIFICATE REQUEST' && block.label !== 'NEW CERTIFICATE REQUEST')
      return 'PEM block type must be CERTIFICATE REQUEST'
    requestOf(block.bytes)
    return undefined
  } catch (error) {
    if (error instanceof DerError) return "asn1: structure error: tags don't match"
    throw error
  }
}
