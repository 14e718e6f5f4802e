/** IP addresses and ranges of them, as far as a field's text tells. */

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
