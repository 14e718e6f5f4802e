/**
 * IP addresses and ranges of them, as Go's library reads them for a field that was never strict: a zero may lead (`010.1.1.1`), and an IPv4
 * address may be wrapped in IPv6.
 */
import { addressOf, bitsOf, textOfAddress } from '../../api/expressions/addresses.ts'
import type { FieldErrors } from '../field-errors.ts'

export const notAnIp = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'
export const notACidr = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'

/** The 16 bytes of either family, an IPv4 address at their end; nothing where the text is no address. */
function bytesOf(text: string): readonly number[] | undefined {
  if (!text.includes(':')) {
    const parts = text.split('.')
    if (parts.length !== 4 || !parts.every((part) => /^\d+$/.test(part) && Number(part) <= 255)) return undefined
    return [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, ...parts.map(Number)]
  }
  const [head, tail, ...rest] = text.split('::')
  if (rest.length > 0) return undefined
  const first = groupsOf(head)
  const last = tail === undefined ? [] : groupsOf(tail)
  if (!first || !last) return undefined
  const missing = 16 - first.length - last.length
  if (tail === undefined ? missing !== 0 : missing < 2) return undefined
  return [...first, ...new Array<number>(missing).fill(0), ...last]
}

function groupsOf(text: string): readonly number[] | undefined {
  if (text === '') return []
  const bytes: number[] = []
  const groups = text.split(':')
  for (const [index, group] of groups.entries()) {
    if (group.includes('.')) {
      const wrapped = index === groups.length - 1 ? bytesOf(group) : undefined
      if (!wrapped) return undefined
      bytes.push(...wrapped.slice(12))
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return undefined
      const value = Number.parseInt(group, 16)
      bytes.push(value >> 8, value & 255)
    }
  }
  return bytes
}

export function isIp(text: string): boolean {
  return bytesOf(text) !== undefined
}

/** Not whether it was written as one: an IPv4 address inside IPv6 is IPv4. */
export function isIpv6(text: string): boolean {
  const bytes = bytesOf(text)
  return bytes !== undefined && !isWrapped(bytes)
}

function isWrapped(bytes: readonly number[]): boolean {
  return bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255
}

export function isCidr(text: string): boolean {
  const [address, bits, ...rest] = text.split('/')
  return rest.length === 0 && isIp(address) && /^\d{1,3}$/.test(bits ?? '') && Number(bits) <= (address.includes(':') ? 128 : 32)
}

/** As strict readers have it: nothing that could be read two ways. */
export function isStandardIp(text: string): boolean {
  return isIp(text) && !isAmbiguous(text)
}

function isAmbiguous(text: string): boolean {
  return (text.includes(':') && !isIpv6(text)) || (!text.includes(':') && /(^|\.)0\d/.test(text))
}

export function isStandardCidr(text: string): boolean {
  return isCidr(text) && isStandardIp(text.split('/')[0])
}

export function validateIp(text: string, path: string, errors: FieldErrors): boolean {
  if (isIp(text)) return true
  errors.invalid(path, text, notAnIp)
  return false
}

export function validateCidr(text: string, path: string, errors: FieldErrors): void {
  if (!isCidr(text)) errors.invalid(path, text, notACidr)
}

/** One of each family at most. */
export function isDualStack(addresses: readonly string[]): boolean {
  return addresses.length === 2 && isIpv6(addresses[0].split('/')[0]) !== isIpv6(addresses[1].split('/')[0])
}

/** Addresses that mean "this machine" or "this wire" are no endpoint for others. */
export function validateNonSpecialIp(text: string, path: string, errors: FieldErrors): void {
  const bytes = bytesOf(text)
  if (!bytes) return errors.invalid(path, text, 'must be a valid IP address')
  const isV4 = isWrapped(bytes)
  const [a, b, c] = isV4 ? bytes.slice(12) : bytes
  const isAllZero = (isV4 ? bytes.slice(12) : bytes).every((byte) => byte === 0)
  const isLoopback = isV4 ? a === 127 : bytes.slice(0, 15).every((byte) => byte === 0) && bytes[15] === 1
  if (isAllZero) errors.invalid(path, text, `may not be unspecified (${text})`)
  if (isLoopback) errors.invalid(path, text, 'may not be in the loopback range (127.0.0.0/8, ::1/128)')
  if (isV4 ? a === 169 && b === 254 : a === 0xfe && (b & 0xc0) === 0x80)
    errors.invalid(path, text, 'may not be in the link-local range (169.254.0.0/16, fe80::/10)')
  if (isV4 ? a === 224 && b === 0 && c === 0 : a === 0xff && (b & 0x0f) === 0x02)
    errors.invalid(path, text, 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)')
}

/** What a later release will not read any more is said today. */
export function ipWarnings(text: string, path: string): readonly string[] {
  const bytes = bytesOf(text)
  if (!bytes) return []
  if (isAmbiguous(text))
    return [
      `${path}: non-standard IP address ${JSON.stringify(text)} will be considered invalid in a future Kubernetes release: use ${JSON.stringify(bytes.slice(12).join('.'))}`,
    ]
  const canonical = canonicalIpv6(bytes)
  return text.includes(':') && canonical !== text
    ? [`${path}: IPv6 address ${JSON.stringify(text)} should be in RFC 5952 canonical format (${JSON.stringify(canonical)})`]
    : []
}

export function cidrWarnings(text: string, path: string): readonly string[] {
  if (!isCidr(text)) return []
  const [address, bits] = text.split('/')
  const bytes = bytesOf(address) ?? []
  const isV4 = isWrapped(bytes)
  const own = isV4 ? bytes.slice(12) : bytes
  const isLoose = isAmbiguous(address) || bits !== String(Number(bits))
  const masked = own.map((byte, index) => byte & ((0xff00 >> Math.min(8, Math.max(0, Number(bits) - index * 8))) & 0xff))
  const written = (parts: readonly number[]) => `${isV4 ? parts.join('.') : canonicalIpv6(parts)}/${Number(bits)}`
  if (masked.some((byte, index) => byte !== own[index]))
    return [
      `${path}: CIDR value ${JSON.stringify(text)} is ambiguous in this context (should be ${JSON.stringify(written(masked))} or ${JSON.stringify(written(own).replace(/\d+$/, isV4 ? '32' : '128'))}?)`,
    ]
  if (isLoose)
    return [
      `${path}: non-standard CIDR value ${JSON.stringify(text)} will be considered invalid in a future Kubernetes release: use ${JSON.stringify(written(own))}`,
    ]
  return !isV4 && written(own) !== text
    ? [`${path}: IPv6 CIDR value ${JSON.stringify(text)} should be in RFC 5952 canonical format (${JSON.stringify(written(own))})`]
    : []
}

/** Of a range: it lies in the other one and is smaller. */
export function isStrictlyWithin(inner: string, outer: string): boolean {
  const [innerAddress, innerLength] = inner.split('/')
  const [outerAddress, outerLength] = outer.split('/')
  const bits = bitsOf(outerAddress)
  if (bitsOf(innerAddress) !== bits || Number(outerLength) >= Number(innerLength)) return false
  const shift = BigInt(bits - Number(outerLength))
  return addressOf(innerAddress) >> shift === addressOf(outerAddress) >> shift
}

function strictProblem(text: string): string | undefined {
  if (!isAmbiguous(text)) return undefined
  return text.includes(':') ? 'must not be an IPv4-mapped IPv6 address' : 'must not have leading 0s'
}

/** A new object's address must be written as it is printed. */
export function problemsOfIp(text: string): readonly string[] {
  if (!isIp(text)) return [notAnIp]
  const problem = strictProblem(text)
  if (problem) return [problem]
  const canonical = textOfAddress(addressOf(text), bitsOf(text))
  return canonical === text ? [] : [`must be in canonical form (${JSON.stringify(canonical)})`]
}

export function problemsOfCidr(text: string): readonly string[] {
  if (!isCidr(text)) return [notACidr]
  const [address, length] = text.split('/')
  const problem = strictProblem(address)
  if (problem) return [problem]
  const bits = bitsOf(address)
  const shift = BigInt(bits - Number(length))
  const network = (addressOf(address) >> shift) << shift
  if (network !== addressOf(address)) return ['must not have bits set beyond the prefix length']
  const canonical = `${textOfAddress(network, bits)}/${length}`
  return canonical === text ? [] : [`must be in canonical form (${JSON.stringify(canonical)})`]
}

function canonicalIpv6(bytes: readonly number[]): string {
  return textOfAddress(
    bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n),
    128,
  )
}
