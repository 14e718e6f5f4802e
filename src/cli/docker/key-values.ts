/** `key=value` arguments as a map; a key alone is empty. */
export function keyValues(list: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    list.map((one) => (one.includes('=') ? [one.slice(0, one.indexOf('=')), one.slice(one.indexOf('=') + 1)] : [one, ''])),
  )
}
