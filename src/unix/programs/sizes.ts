/** Sizes as people read them (`4.0K`, `1.5G`) and as they write them (`10M`, `1MB`). */

/** `ls -h`, `du -h`, `df -h`: rounded up; one decimal below ten. */
export function humanSize(bytes: number, { base = 1024, unit = 1 }: { base?: number; unit?: number } = {}): string {
  const letters = base === 1000 ? ['', 'k', 'M', 'G', 'T', 'P', 'E'] : ['', 'K', 'M', 'G', 'T', 'P', 'E']
  let size = bytes * unit
  let power = 0
  while (size >= base && power < letters.length - 1) {
    size /= base
    power++
  }
  if (power === 0) return String(Math.ceil(size))
  const tenths = Math.ceil(size * 10 - 1e-9) / 10
  if (tenths < 10) return `${tenths.toFixed(1)}${letters[power]}`
  const whole = Math.ceil(size - 1e-9)
  if (whole >= base && power < letters.length - 1) return `1.0${letters[power + 1]}`
  return `${whole}${letters[power]}`
}

const powers: Readonly<Record<string, number>> = { K: 1, M: 2, G: 3, T: 4, P: 5, E: 6 }

/** `10`, `5k`, `1M`, `2KiB`, `1MB`, `b` (512); undefined when it is none of these. */
export function sizeOf(text: string): number | undefined {
  const match = /^(\d+)(?:([bcwkKmMgGtTpPeE])(iB|B)?)?$/.exec(text)
  if (!match) return undefined
  const [, digits, letter, suffix] = match
  const number = Number(digits)
  if (letter === undefined) return number
  if (letter === 'b') return number * 512
  if (letter === 'c') return number
  if (letter === 'w') return number * 2
  return number * (suffix === 'B' ? 1000 : 1024) ** powers[letter.toUpperCase()]
}
