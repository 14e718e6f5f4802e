/** GNU wget's progress: dots into a file or a pipe, a bar on a terminal, and how it writes sizes, speeds and times. */

export function sizeText(bytes: number): string {
  const units = ['', 'K', 'M', 'G']
  let size = bytes
  let power = 0
  while (size >= 1024 && power < 3) {
    size /= 1024
    power++
  }
  return power === 0 ? String(Math.round(size)) : `${size < 10 ? size.toFixed(1) : Math.round(size)}${units[power]}`
}

/** Three digits that matter: `0.04`, `1.2`, `37`. */
export function decimalText(number: number): string {
  if (number >= 9.95) return number.toFixed(0)
  if (number >= 0.95) return number.toFixed(1)
  return number >= 0.00001 ? Number(number.toPrecision(1)).toString() : '0'
}

const placesOf = (rate: number): number => (rate >= 99.95 ? 0 : rate >= 9.995 ? 1 : 2)

function scaled(size: number, ms: number): { readonly rate: number; readonly unit: number } {
  // Below the clock's resolution wget takes half of it.
  let rate = size / (ms > 0 ? ms / 1000 : 0.000_005)
  let unit = 0
  for (; rate >= 1024 && unit < 3; unit++) rate /= 1024
  return { rate, unit }
}

/** `84.9 MB/s`. */
export function rateText(size: number, ms: number): string {
  const { rate, unit } = scaled(size, ms)
  return `${rate.toFixed(placesOf(rate))} ${['B/s', 'KB/s', 'MB/s', 'GB/s'][unit]}`
}

/** A dot for each whole kilobyte, fifty in a row. */
export function dots(size: number, ms: number, isKnown: boolean): string {
  const whole = Math.floor(size / 1024)
  const rows = Math.max(1, Math.ceil(size / 51_200))
  const lines = Array.from({ length: rows }, (_, row) => {
    const here = Math.max(0, Math.min(50, whole - row * 50))
    const groups = Array.from({ length: 5 }, (_, group) => ` ${'.'.repeat(Math.max(0, Math.min(10, here - group * 10))).padEnd(10)}`).join(
      '',
    )
    const done = Math.min(size, (row + 1) * 51_200)
    const { rate, unit } = scaled(done - row * 51_200, ms / rows)
    const speed = `${rate.toFixed(placesOf(rate)).padStart(4)}${[' ', 'K', 'M', 'G'][unit]}`
    const isLast = row === rows - 1
    return `${String(row * 50).padStart(6)}K${groups}${isKnown ? `${String(Math.floor((done * 100) / Math.max(1, size))).padStart(3)}% ` : ''}${isKnown ? '' : ' '}${speed}${isLast ? `=${decimalText(ms / 1000)}s` : isKnown ? ` ${decimalText((ms * (rows - 1 - row)) / rows / 1000)}s` : ''}`
  })
  return `${lines.join('\n')}\n`
}

/** The bar as it stands when all has come. */
export function bar(name: string, size: number, ms: number, isKnown: boolean, cols: number): string {
  const width = cols - 1
  const nameWidth = Math.floor(width / 4)
  const inner = Math.max(5, width - nameWidth - 1 - 4 - 2 - 8 - 10 - 15)
  const { rate, unit } = scaled(size, ms)
  const speed = ms < 1 ? '  --.-KB/s' : `  ${rate.toFixed(placesOf(rate)).padStart(4)}${['B/s', 'KB/s', 'MB/s', 'GB/s'][unit]}`.padEnd(10)
  const drawn = isKnown ? `100%[${'='.repeat(inner - 1)}>]` : `    [ <=>${' '.repeat(Math.max(0, inner - 4))}]`
  return `\r${name.slice(0, nameWidth).padEnd(nameWidth)} ${drawn} ${shortSize(size).padStart(7)}${speed}    in ${`${decimalText(ms / 1000)}s`.padEnd(8)}\n`
}

/** `500`, `1.23K`, `59.06M`. */
function shortSize(bytes: number): string {
  let size = bytes
  let power = 0
  for (; size >= 1024 && power < 3; power++) size /= 1024
  return power === 0 ? String(bytes) : `${size.toFixed(size < 100 ? 2 : size < 1000 ? 1 : 0)}${['', 'K', 'M', 'G'][power]}`
}
