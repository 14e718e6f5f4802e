/** Sizes and ages as the library go-units reads and prints them, for Docker's engine and its command line: `128m` is binary when read, `1.12MB` decimal when shown. */

/** Bytes; undefined when it is no size. */
export function bytesOfSize(text: string): number | undefined {
  const found = /^(\d+\.?\d*|\.\d+) ?([kKmMgGtTpP])?(i?[bB])?$/.exec(text)
  if (!found) return text === '' ? 0 : undefined
  const power = found[2] ? 'kmgtp'.indexOf(found[2].toLowerCase()) + 1 : 0
  return Math.floor(Number(found[1]) * 1024 ** power)
}

/** Why Docker's units library takes a text for no size. */
export function whyNoSize(text: string): string {
  const at = text.search(/[\d. ][^\d. ]*$/)
  if (at < 0) return `invalid size: '${text}'`
  const number = text.slice(0, text[at] === ' ' ? at : at + 1)
  const suffix = text.slice(at + 1)
  if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(number)) return `strconv.ParseFloat: parsing ${JSON.stringify(number)}: invalid syntax`
  if (number.startsWith('-')) return `invalid size: '${text}'`
  return `invalid suffix: '${suffix.length > 3 ? suffix : suffix.toLowerCase()}'`
}

/** Four significant digits: `1.116MB` → `1.12MB` with `digits` 3. */
export function humanSize(bytes: number, digits = 3): string {
  return scaled(bytes, 1000, ['B', 'kB', 'MB', 'GB', 'TB', 'PB'], digits)
}

export function binarySize(bytes: number, digits = 4): string {
  return scaled(bytes, 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'], digits)
}

function scaled(bytes: number, base: number, units: readonly string[], digits: number): string {
  let value = bytes
  let unit = 0
  while (value >= base && unit < units.length - 1) {
    value /= base
    unit++
  }
  // Go's %.4g: significant digits, no trailing zeros.
  return `${Number(value.toPrecision(digits))}${units[unit]}`
}

/** go-units' HumanDuration: `About a minute`, `3 hours`. */
export function humanAge(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  if (seconds < 1) return 'Less than a second'
  if (seconds === 1) return '1 second'
  if (seconds < 60) return `${seconds} seconds`
  const minutes = Math.floor(seconds / 60)
  if (minutes === 1) return 'About a minute'
  if (minutes < 60) return `${minutes} minutes`
  const hours = Math.round(ms / 3_600_000)
  if (hours === 1) return 'About an hour'
  if (hours < 48) return `${hours} hours`
  if (hours < 24 * 7 * 2) return `${Math.floor(hours / 24)} days`
  if (hours < 24 * 30 * 2) return `${Math.floor(hours / 24 / 7)} weeks`
  if (hours < 24 * 365 * 2) return `${Math.floor(hours / 24 / 30)} months`
  return `${Math.floor(hours / 24 / 365)} years`
}
