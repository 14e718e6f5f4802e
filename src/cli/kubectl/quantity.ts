/** Kubernetes quantities: `500m`, `1Gi`, `2e3`. Kept as numbers; good to 15 digits, which is more than any lesson needs. */

const factors: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
}

/** The value; undefined when it is no quantity. */
export function quantity(text: unknown): number | undefined {
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d+)|([numkMGTPE]|[KMGTPE]i)?)$/.exec(String(text))
  if (!match) return undefined
  return match[2] ? Number(match[1] + match[2]) : Number((Number(match[1]) * factors[match[3] ?? '']).toPrecision(15))
}

type Format = 'decimal' | 'binary'

function formatOf(text: string): Format {
  return /[KMGTPE]i$/.test(text) ? 'binary' : 'decimal'
}

/** A number in the shortest form of its format: 1500m, 2, 128Mi. */
function quantityText(value: number, format: Format): string {
  if (value === 0) return '0'
  if (format === 'binary' && Math.abs(value) >= 1024 && Number.isInteger(value)) {
    let rest = value
    for (const unit of ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi']) {
      if (rest % 1024 !== 0) return `${rest}${unit}`
      rest /= 1024
    }
    return `${rest}Ei`
  }
  const units: readonly [string, number][] = [
    ['E', 1e18],
    ['P', 1e15],
    ['T', 1e12],
    ['G', 1e9],
    ['M', 1e6],
    ['k', 1e3],
    ['', 1],
    ['m', 1e-3],
    ['u', 1e-6],
    ['n', 1e-9],
  ]
  for (const [unit, size] of units) {
    const count = Number((value / size).toPrecision(15))
    if (Number.isInteger(count) && count !== 0) return `${count}${unit}`
  }
  return String(value)
}

/** The canonical text of a quantity as the API server stores it. */
export function canonical(text: unknown): string {
  const value = quantity(text)
  return value === undefined ? String(text) : quantityText(value, formatOf(String(text)))
}

/** A sum that keeps the format of its first part. */
export function added(a: string, b: string): string {
  const value = Number(((quantity(a) ?? 0) + (quantity(b) ?? 0)).toPrecision(15))
  return quantityText(value, (quantity(a) ?? 0) === 0 ? formatOf(b) : formatOf(a))
}
