/**
 * Quantities: `500m`, `64Mi`, `1.5`, `2e3`. The server keeps a canonical text (no fraction, the largest suffix that fits), so `0.5` is
 * answered as `500m`.
 */

export interface Quantity {
  /** value × 10^scale, as Go's int64Amount holds it. */
  readonly value: bigint
  readonly scale: number
  readonly format: 'DecimalSI' | 'BinarySI' | 'DecimalExponent'
}

const pattern = /^([+-]?)(\d*)(?:\.(\d*))?(?:(Ki|Mi|Gi|Ti|Pi|Ei)|(n|u|m|k|M|G|T|P|E)|[eE]([+-]?\d+))?$/
const decimalScale: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 }
const decimalSuffixes = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E']
const binarySuffixes = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei']

export const quantityPattern = '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'

export function isQuantity(text: string): boolean {
  const match = pattern.exec(text)
  return match !== null && (match[2] !== '' || (match[3] ?? '') !== '')
}

export function parseQuantity(text: string): Quantity {
  const match = pattern.exec(text)
  if (!match) throw new Error(`not a quantity: ${text}`)
  const [, sign, whole, fraction = '', binary, decimal, exponent] = match
  const digits = BigInt((whole + fraction).replace(/^0+(?=\d)/, '') || '0') * (sign === '-' ? -1n : 1n)
  if (binary) {
    const power = BigInt(1024) ** BigInt(binarySuffixes.indexOf(binary))
    const product = digits * power
    const divisor = 10n ** BigInt(fraction.length)
    // What is not whole is kept as a decimal fraction, rounded up to thousandths at the finest.
    if (product % divisor === 0n) return { value: product / divisor, scale: 0, format: 'BinarySI' }
    const thousandths = product * 1000n
    return { value: roundedUp(thousandths, divisor), scale: -3, format: 'BinarySI' }
  }
  const scale = decimal ? decimalScale[decimal] : exponent ? Number(exponent) : 0
  return nanoAtFinest({ value: digits, scale: scale - fraction.length, format: exponent === undefined ? 'DecimalSI' : 'DecimalExponent' })
}

/** Finer than nano is rounded up. */
function nanoAtFinest(quantity: Quantity): Quantity {
  if (quantity.scale >= -9) return quantity
  return { ...quantity, value: roundedUp(quantity.value, 10n ** BigInt(-9 - quantity.scale)), scale: -9 }
}

export function roundedToMilli(quantity: Quantity): Quantity {
  return quantity.scale >= -3 ? quantity : { ...quantity, value: roundedUp(quantity.value, 10n ** BigInt(-3 - quantity.scale)), scale: -3 }
}

function roundedUp(value: bigint, divisor: bigint): bigint {
  const whole = value / divisor
  const rest = value % divisor
  return rest === 0n ? whole : value > 0n ? whole + 1n : whole - 1n
}

/** The text the server answers with. */
export function canonicalQuantity(text: string): string {
  return formatQuantity(parseQuantity(text))
}

export function formatQuantity(quantity: Quantity): string {
  let { value, scale } = quantity
  if (value === 0n) return '0'
  while (value % 10n === 0n) {
    value /= 10n
    scale++
  }
  if (quantity.format === 'BinarySI' && scale >= 0) {
    let number = value * 10n ** BigInt(scale)
    // Below 1024 a binary quantity is written as a plain number, so it is what a decimal one would be.
    if (number > -1024n && number < 1024n) return String(number)
    let step = 0
    while (number % 1024n === 0n && step < binarySuffixes.length - 1) {
      number /= 1024n
      step++
    }
    return `${number}${binarySuffixes[step]}`
  }
  // The exponent is a multiple of three no larger than the scale.
  const exponent = Math.floor(scale / 3) * 3
  const capped = quantity.format === 'DecimalExponent' ? exponent : Math.min(exponent, 18)
  value *= 10n ** BigInt(scale - capped)
  if (quantity.format === 'DecimalExponent') return capped === 0 ? String(value) : `${value}e${capped}`
  return `${value}${decimalSuffixes[capped / 3 + 3]}`
}

/** In units of 10^-3, rounded up: CPU in millicores. */
export function milliValue(text: string): number {
  return scaled(parseQuantity(text), -3)
}

/** In whole units, rounded up: memory in bytes. */
export function wholeValue(text: string): number {
  return scaled(parseQuantity(text), 0)
}

function scaled({ value, scale }: Quantity, target: number): number {
  const shift = scale - target
  if (shift >= 0) return Number(value * 10n ** BigInt(shift))
  return Number(roundedUp(value, 10n ** BigInt(-shift)))
}

/** Negative, zero or positive as `a` is less than, equal to or more than `b`. */
export function compareQuantities(a: string, b: string): number {
  const left = parseQuantity(a)
  const right = parseQuantity(b)
  const scale = Math.min(left.scale, right.scale)
  const difference = left.value * 10n ** BigInt(left.scale - scale) - right.value * 10n ** BigInt(right.scale - scale)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

/** The sum, in the format of the first. */
export function addQuantities(a: string, b: string): string {
  const left = parseQuantity(a)
  const right = parseQuantity(b)
  const scale = Math.min(left.scale, right.scale)
  const value = left.value * 10n ** BigInt(left.scale - scale) + right.value * 10n ** BigInt(right.scale - scale)
  return formatQuantity({ value, scale, format: left.value === 0n ? right.format : left.format })
}

export function negatedQuantity(text: string): string {
  const quantity = parseQuantity(text)
  return formatQuantity({ ...quantity, value: -quantity.value })
}
