/** IP addresses and ranges of them, as far as a field's text tells. */
import { addressOf, bitsOf, textOfAddress } from '../../api/expressions/addresses.ts'

export const notAnIp = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'

export function isIp(text: string): boolean {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(text))
    return text.split('.').every((part) => Number(part) <= 255 && (part === '0' || !part.startsWith('0')))
  return /^[0-9a-fA-F:]*:[0-9a-fA-F:.]*$/.test(text) && text.split('::').length <= 2 && text.split(':').length <= 8 && text.length > 1
}

export const notACidr = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'

export function isCidr(text: string): boolean {
  const [address, bits, ...rest] = text.split('/')
  return rest.length === 0 && isIp(address) && /^\d+$/.test(bits ?? '') && Number(bits) <= (address.includes(':') ? 128 : 32)
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

/** A new object's address must be written as it is printed. */
export function problemsOfIp(text: string): readonly string[] {
  if (!isIp(text)) return [notAnIp]
  const canonical = textOfAddress(addressOf(text), bitsOf(text))
  return canonical === text ? [] : [`must be in canonical form (${JSON.stringify(canonical)})`]
}

export function problemsOfCidr(text: string): readonly string[] {
  if (!isCidr(text)) return [notACidr]
  const [address, length] = text.split('/')
  const bits = bitsOf(address)
  const shift = BigInt(bits - Number(length))
  const network = (addressOf(address) >> shift) << shift
  if (network !== addressOf(address)) return ['must not have bits set beyond the prefix length']
  const canonical = `${textOfAddress(network, bits)}/${length}`
  return canonical === text ? [] : [`must be in canonical form (${JSON.stringify(canonical)})`]
}
