/** Sizes as go-units reads and prints them: `128m` is binary when read, `1.12MB` decimal when shown. */

/** Bytes; undefined when it is no size. */
export function bytesOfSize(text: string): number | undefined {
  const found = /^(\d+(?:\.\d+)?) ?([kKmMgGtTpP])?(i?[bB])?$/.exec(text)
  if (!found) return text === '' ? 0 : undefined
  const power = found[2] ? 'kmgtp'.indexOf(found[2].toLowerCase()) + 1 : 0
  return Math.floor(Number(found[1]) * 1024 ** power)
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
