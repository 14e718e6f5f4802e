/**
 * Extensions as people write them (`subjectAltName=DNS:a,IP:10.0.0.1`, `keyUsage = critical, keyCertSign`) turned into bytes.
 */
import { bytesOf } from '../bytes.ts'
import { extensionOids, type Extension, keyIdentifier } from './certificate.ts'
import { bits, der, DerError, integer, octets, oid, sequence, yes } from './der.ts'
import type { PublicKey } from './keys.ts'

const keyUsages = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const
export const keyUsageNames = [
  'Digital Signature',
  'Non Repudiation',
  'Key Encipherment',
  'Data Encipherment',
  'Key Agreement',
  'Certificate Sign',
  'CRL Sign',
  'Encipher Only',
  'Decipher Only',
] as const

export const purposes: readonly { readonly short: string; readonly long: string; readonly oid: string }[] = [
  { short: 'serverAuth', long: 'TLS Web Server Authentication', oid: '1.3.6.1.5.5.7.3.1' },
  { short: 'clientAuth', long: 'TLS Web Client Authentication', oid: '1.3.6.1.5.5.7.3.2' },
  { short: 'codeSigning', long: 'Code Signing', oid: '1.3.6.1.5.5.7.3.3' },
  { short: 'emailProtection', long: 'E-mail Protection', oid: '1.3.6.1.5.5.7.3.4' },
  { short: 'timeStamping', long: 'Time Stamping', oid: '1.3.6.1.5.5.7.3.8' },
  { short: 'OCSPSigning', long: 'OCSP Signing', oid: '1.3.6.1.5.5.7.3.9' },
]

export interface ExtensionFacts {
  readonly key: PublicKey
  readonly issuerKey: PublicKey
  /** Lines of a section of the configuration: `@alt_names`. */
  readonly section: (name: string) => readonly (readonly [string, string])[] | undefined
}

/** Undefined for `none`. Throws `DerError` with the words openssl uses for a name or value it does not know. */
export function extensionFrom(name: string, text: string, facts: ExtensionFacts): Extension | undefined {
  const words = text.split(',').map((word) => word.trim())
  const isCritical = words[0] === 'critical'
  const values = isCritical ? words.slice(1) : words
  const made = (value: Uint8Array): Extension => ({ oid: (extensionOids as Record<string, string>)[name] ?? name, isCritical, value })
  if (text === 'none') return undefined
  switch (name) {
    case 'basicConstraints': {
      const isAuthority = values.some((value) => /^CA:(true|yes|y|1)$/i.test(value))
      const depth = values.map((value) => /^pathlen:(\d+)$/.exec(value)?.[1]).find((one) => one !== undefined)
      return made(sequence(...(isAuthority ? [yes()] : []), ...(depth === undefined ? [] : [integer(BigInt(depth))])))
    }
    case 'keyUsage': {
      let mask = 0
      for (const value of values) {
        const index = keyUsages.findIndex((one) => one.toLowerCase() === value.toLowerCase())
        if (index < 0) throw new DerError(`unknown bit string argument: ${value}`)
        mask |= 0x8000 >> index
      }
      const bytes = mask & 0xff ? [mask >> 8, mask & 0xff] : [mask >> 8]
      const last = bytes[bytes.length - 1]
      return made(bits(Uint8Array.from(bytes), last === 0 ? 0 : Math.log2(last & -last)))
    }
    case 'extendedKeyUsage':
      return made(sequence(...values.map((value) => oid(purposes.find(({ short }) => short === value)?.oid ?? dotted(value)))))
    case 'subjectKeyIdentifier':
      return made(octets(keyIdentifier(facts.key)))
    case 'authorityKeyIdentifier':
      return made(sequence(der(0x80, keyIdentifier(facts.issuerKey))))
    case 'subjectAltName':
    case 'issuerAltName':
      return made(
        sequence(
          ...values.flatMap((value) =>
            value.startsWith('@')
              ? (facts.section(value.slice(1)) ?? unknownSection(value)).map(([type, one]) => generalName(type.replace(/\.\d+$/, ''), one))
              : [generalName(value.slice(0, value.indexOf(':')), value.slice(value.indexOf(':') + 1))],
          ),
        ),
      )
    default:
      throw new DerError(`unknown extension name: ${name}`)
  }
}

function unknownSection(value: string): never {
  throw new DerError(`section not found: ${value.slice(1)}`)
}

function dotted(value: string): string {
  if (/^\d+(\.\d+)+$/.test(value)) return value
  throw new DerError(`invalid object identifier: ${value}`)
}

function generalName(type: string, value: string): Uint8Array {
  switch (type.trim()) {
    case 'DNS':
      return der(0x82, bytesOf(value))
    case 'email':
      return der(0x81, bytesOf(value))
    case 'URI':
      return der(0x86, bytesOf(value))
    case 'IP':
      return der(0x87, addressBytes(value))
    case 'RID':
      return der(0x88, oid(value).subarray(2))
    default:
      throw new DerError(`unsupported option: ${type}`)
  }
}

function addressBytes(text: string): Uint8Array {
  if (/^\d+(\.\d+){3}$/.test(text)) return Uint8Array.from(text.split('.').map(Number))
  if (!text.includes(':')) throw new DerError(`bad ip address: ${text}`)
  const [head, tail = ''] = text.split('::')
  const groups = (part: string): number[] => (part === '' ? [] : part.split(':').map((one) => Number.parseInt(one, 16)))
  const [front, back] = [groups(head), groups(tail)]
  const all = text.includes('::') ? [...front, ...Array.from({ length: 8 - front.length - back.length }, () => 0), ...back] : front
  return Uint8Array.from(all.flatMap((group) => [group >> 8, group & 255]))
}
