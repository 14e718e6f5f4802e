/** Certificates, requests and keys as `openssl … -text` prints them (3.0: names with blanks around the equals sign). */
import { textOf } from '../../../base/bytes.ts'
import { type Certificate, type CertificateRequest, type Extension, extensionOids, type NamePart } from '../../../base/pki/certificate.ts'
import { bigOf, bytesOfBig, hexOf, oidOf, parseDer, parts, tags } from '../../../base/pki/der.ts'
import { keyUsageNames, purposes } from '../../../base/pki/extensions.ts'
import { bitsOf, curves, type PrivateKey, type PublicKey } from '../../../base/pki/keys.ts'
import { inverse } from '../../../base/pki/rsa.ts'

const quotedIfNeeded = (value: string): string => (/^[#\s]|\s$|[,+"\\<>;]/.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}"` : value)

export function nameText(name: readonly NamePart[]): string {
  return name.map(({ type, value }) => `${type} = ${quotedIfNeeded(value)}`).join(', ')
}

/** RFC 2253, as `-nameopt RFC2253` writes it: last part first. */
export function nameText2253(name: readonly NamePart[]): string {
  return [...name]
    .reverse()
    .map(({ type, value }) => `${type}=${value.replace(/[,+"\\<>;]/g, '\\$&')}`)
    .join(',')
}

export function nameTextSlashes(name: readonly NamePart[]): string {
  return name.map(({ type, value }) => `/${type}=${value}`).join('')
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

export function dateText(ms: number): string {
  const date = new Date(ms)
  const two = (number: number): string => String(number).padStart(2, '0')
  return `${months[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2)} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} ${date.getUTCFullYear()} GMT`
}

export const colons = (bytes: Uint8Array): string => (hexOf(bytes).match(/../g) ?? []).join(':')

function hexLines(bytes: Uint8Array, perLine: number, indent: number): string {
  const pairs = hexOf(bytes).match(/../g) ?? []
  const lines: string[] = []
  for (let at = 0; at < pairs.length; at += perLine)
    lines.push(`${' '.repeat(indent)}${pairs.slice(at, at + perLine).join(':')}${at + perLine < pairs.length ? ':' : ''}\n`)
  return lines.join('')
}

/** Of a number: a zero in front where the first bit is set, as in DER. */
function numberLines(value: bigint, indent: number): string {
  const bytes = bytesOfBig(value)
  return hexLines(bytes[0] >= 128 ? Uint8Array.of(0, ...bytes) : bytes, 15, indent)
}

const exponent = (e: bigint): string => `${e} (0x${e.toString(16)})`

function publicLines(key: PublicKey, indent: number): string {
  const pad = ' '.repeat(indent)
  if (key.kind === 'rsa')
    return `${pad}Public-Key: (${bitsOf(key)} bit)\n${pad}Modulus:\n${numberLines(key.n, indent + 4)}${pad}Exponent: ${exponent(key.e)}\n`
  if (key.kind === 'ec')
    return `${pad}Public-Key: (${bitsOf(key)} bit)\n${pad}pub:\n${hexLines(key.point, 15, indent + 4)}${pad}ASN1 OID: ${key.curve}\n${pad}NIST CURVE: ${curves[key.curve].nist}\n`
  return `${pad}ED25519 Public-Key:\n${pad}pub:\n${hexLines(key.point, 15, indent + 4)}`
}

export const publicText = (key: PublicKey): string => publicLines(key, 0)

export function privateText(key: PrivateKey): string {
  if (key.kind === 'ed25519') return `ED25519 Private-Key:\npriv:\n${hexLines(key.secret, 15, 4)}pub:\n${hexLines(key.point, 15, 4)}`
  if (key.kind === 'ec')
    return `Private-Key: (${bitsOf(key)} bit)\npriv:\n${hexLines(key.secret, 15, 4)}pub:\n${hexLines(key.point, 15, 4)}ASN1 OID: ${key.curve}\nNIST CURVE: ${curves[key.curve].nist}\n`
  const { n, e, d, p, q } = key
  const numbers: [string, bigint][] = [
    ['privateExponent', d],
    ['prime1', p],
    ['prime2', q],
    ['exponent1', d % (p - 1n)],
    ['exponent2', d % (q - 1n)],
    ['coefficient', inverse(q, p)],
  ]
  return `Private-Key: (${bitsOf(key)} bit, 2 primes)\nmodulus:\n${numberLines(n, 4)}publicExponent: ${exponent(e)}\n${numbers.map(([name, value]) => `${name}:\n${numberLines(value, 4)}`).join('')}`
}

const keyNames = { rsa: 'rsaEncryption', ec: 'id-ecPublicKey', ed25519: 'ED25519' } as const

function keyInfo(key: PublicKey): string {
  return `        Subject Public Key Info:\n            Public Key Algorithm: ${keyNames[key.kind]}\n${publicLines(key, 16)}`
}

const extensionTitles: Readonly<Record<string, string>> = {
  [extensionOids.subjectKeyIdentifier]: 'X509v3 Subject Key Identifier',
  [extensionOids.keyUsage]: 'X509v3 Key Usage',
  [extensionOids.subjectAltName]: 'X509v3 Subject Alternative Name',
  [extensionOids.issuerAltName]: 'X509v3 Issuer Alternative Name',
  [extensionOids.basicConstraints]: 'X509v3 Basic Constraints',
  [extensionOids.nameConstraints]: 'X509v3 Name Constraints',
  [extensionOids.certificatePolicies]: 'X509v3 Certificate Policies',
  [extensionOids.authorityKeyIdentifier]: 'X509v3 Authority Key Identifier',
  [extensionOids.extendedKeyUsage]: 'X509v3 Extended Key Usage',
  [extensionOids.authorityInfoAccess]: 'Authority Information Access',
}

/** `subjectAltName` as `-ext` names it. */
export function extensionNamed(name: string): string | undefined {
  return (extensionOids as Readonly<Record<string, string>>)[name]
}

function ipText(bytes: Uint8Array): string {
  if (bytes.length === 4) return [...bytes].join('.')
  return Array.from({ length: bytes.length / 2 }, (_, index) =>
    ((bytes[index * 2] << 8) | bytes[index * 2 + 1]).toString(16).toUpperCase(),
  ).join(':')
}

export function alternativeNames(value: Uint8Array): string[] {
  return parts(parseDer(value)).map(({ tag, content }) => {
    switch (tag) {
      case 0x81:
        return `email:${textOf(content)}`
      case 0x82:
        return `DNS:${textOf(content)}`
      case 0x86:
        return `URI:${textOf(content)}`
      case 0x87:
        return `IP Address:${ipText(content)}`
      default:
        return 'othername:<unsupported>'
    }
  })
}

function extensionValue({ oid, value }: Extension, indent: number): string {
  const pad = ' '.repeat(indent)
  const node = parseDer(value)
  const upper = (bytes: Uint8Array): string => colons(bytes).toUpperCase()
  switch (oid) {
    case extensionOids.subjectKeyIdentifier:
      return pad + upper(node.content)
    case extensionOids.authorityKeyIdentifier:
      return parts(node)
        .map(({ tag, content }) => (tag === 0x80 ? pad + upper(content) : tag === 0x82 ? `${pad}serial:${upper(content)}` : ''))
        .filter(Boolean)
        .join('\n')
    case extensionOids.basicConstraints: {
      const [first, second] = parts(node)
      const isAuthority = first?.tag === tags.boolean && first.content[0] !== 0
      const depth = [first, second].find((one) => one?.tag === tags.integer)
      return `${pad}CA:${isAuthority ? 'TRUE' : 'FALSE'}${depth ? `, pathlen:${bigOf(depth.content)}` : ''}`
    }
    case extensionOids.keyUsage: {
      const [, ...bytes] = node.content
      return pad + keyUsageNames.filter((_, index) => ((bytes[index >> 3] ?? 0) >> (7 - (index & 7))) & 1).join(', ')
    }
    case extensionOids.extendedKeyUsage:
      return (
        pad +
        parts(node)
          .map((one) => purposes.find((purpose) => purpose.oid === oidOf(one))?.long ?? oidOf(one))
          .join(', ')
      )
    case extensionOids.subjectAltName:
    case extensionOids.issuerAltName:
      return pad + alternativeNames(value).join(', ')
    default:
      return pad + String.fromCharCode(...value).replace(/[^\x20-\x7e]/g, '.')
  }
}

export function extensionLines(extensions: readonly Extension[], indent: number): string {
  const pad = ' '.repeat(indent)
  return extensions
    .map((one) => `${pad}${extensionTitles[one.oid] ?? one.oid}: ${one.isCritical ? 'critical' : ''}\n${extensionValue(one, indent + 4)}\n`)
    .join('')
}

function signatureText({ name }: { name: string }, signature: Uint8Array): string {
  return `    Signature Algorithm: ${name}\n    Signature Value:\n${hexLines(signature, 18, 8)}`
}

export function certificateText(certificate: Certificate): string {
  const { version, serial, serialBytes, algorithm, issuer, subject, notBefore, notAfter, key, extensions, signature } = certificate
  const shownSerial =
    serialBytes.length <= 8
      ? ` ${serial} (0x${serial.toString(16)})`
      : `\n            ${colons(serialBytes[0] === 0 ? serialBytes.subarray(1) : serialBytes)}`
  return `Certificate:
    Data:
        Version: ${version} (0x${(version - 1).toString(16)})
        Serial Number:${shownSerial}
        Signature Algorithm: ${algorithm.name}
        Issuer: ${nameText(issuer)}
        Validity
            Not Before: ${dateText(notBefore)}
            Not After : ${dateText(notAfter)}
        Subject: ${nameText(subject)}
${keyInfo(key)}${extensions.length > 0 ? `        X509v3 extensions:\n${extensionLines(extensions, 12)}` : ''}${signatureText(algorithm, signature)}`
}

export function requestText({ version, subject, key, extensions, hasExtensions, algorithm, signature }: CertificateRequest): string {
  return `Certificate Request:
    Data:
        Version: ${version} (0x${(version - 1).toString(16)})
        Subject: ${nameText(subject)}
${keyInfo(key)}        Attributes:${hasExtensions ? `\n            Requested Extensions:\n${extensionLines(extensions, 16)}` : '\n            (none)\n            Requested Extensions:\n'}${signatureText(algorithm, signature)}`
}
