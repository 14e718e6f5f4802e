/**
 * Values as Go prints and reads them: durations, ages, quoted strings, numbers. One surprise: a duration's text drops zero tails only
 * in part (`5m0s`, but `1.5s`), and ages ("HumanDuration") have steps of their own.
 */

const unitMs: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, µs: 1e-3, μs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** Milliseconds; undefined when Go's `time.ParseDuration` refuses it. */
export function parseGoDuration(text: string): number | undefined {
  const [, sign, rest] = /^([+-]?)(.*)$/s.exec(text) ?? []
  if (rest === '0') return 0
  if (!rest || !/^((\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h))+$/.test(rest)) return undefined
  let ms = 0
  for (const [, number, unit] of rest.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g)) ms += Number(number) * unitMs[unit]
  return sign === '-' ? -ms : ms
}

/** `1h2m3.5s`, `5m0s`, `150ms`, `0s`. */
export function goDuration(ms: number): string {
  if (ms === 0) return '0s'
  if (ms < 0) return `-${goDuration(-ms)}`
  if (ms < 1) return ms < 0.001 ? `${Math.round(ms * 1e6)}ns` : `${trimmed(ms * 1000)}µs`
  if (ms < 1000) return `${trimmed(ms)}ms`
  const hours = Math.floor(ms / 3_600_000)
  const minutes = Math.floor(ms / 60_000) % 60
  const seconds = `${trimmed((ms % 60_000) / 1000)}s`
  if (hours > 0) return `${hours}h${minutes}m${seconds}`
  return minutes > 0 ? `${minutes}m${seconds}` : seconds
}

function trimmed(value: number): string {
  return String(Number(value.toFixed(9)))
}

/** `%q`. */
export function goQuoted(text: string): string {
  let quoted = '"'
  for (const letter of text) {
    const code = letter.codePointAt(0) ?? 0
    if (letter === '"' || letter === '\\') quoted += `\\${letter}`
    else if (letter === '\n') quoted += '\\n'
    else if (letter === '\t') quoted += '\\t'
    else if (letter === '\r') quoted += '\\r'
    else if (code === 7) quoted += '\\a'
    else if (code === 8) quoted += '\\b'
    else if (code === 12) quoted += '\\f'
    else if (code === 11) quoted += '\\v'
    else if (code < 32 || code === 127) quoted += `\\x${code.toString(16).padStart(2, '0')}`
    else if (code >= 0x80 && code < 0xa0) quoted += `\\u${code.toString(16).padStart(4, '0')}`
    else quoted += letter
  }
  return `${quoted}"`
}

/** A float64 under `%v`: shortest digits, with an exponent from 1e+06 on or below 1e-04 (8080 is `8080`, a million `1e+06`). */
export function goFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  if (value === 0) return '0'
  const [digits, exponentText] = value.toExponential().split('e')
  const exponent = Number(exponentText)
  if (exponent >= -4 && exponent < 6) return String(value)
  return `${digits}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
}

/** A Go value under `%v`: maps are `map[a:1 b:2]` in key order, slices `[1 2]`, nil `<nil>`. */
export function goValue(value: unknown): string {
  if (value === null || value === undefined) return '<nil>'
  if (typeof value === 'string') return value
  if (typeof value === 'number') return goFloat(value)
  if (Array.isArray(value)) return `[${value.map((item) => goValue(item)).join(' ')}]`
  if (typeof value === 'object') {
    return `map[${Object.entries(value)
      .sort(([a], [b]) => compareBytes(a, b))
      .map(([key, item]) => `${key}:${goValue(item)}`)
      .join(' ')}]`
  }
  return String(value)
}

/** Go compares strings by their UTF-8 bytes; for code points that is the order of code points. */
export function compareBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let at = 0; at < length; at++) {
    const left = a.charCodeAt(at)
    const right = b.charCodeAt(at)
    if (left !== right) {
      const isLeftHigh = left >= 0xd800 && left < 0xe000
      const isRightHigh = right >= 0xd800 && right < 0xe000
      if (isLeftHigh !== isRightHigh) return isLeftHigh ? 1 : -1
      return left - right
    }
  }
  return a.length - b.length
}
