/** What `date -d` understands: absolute dates, `@seconds`, and relative phrases (`2 days ago`, `next month`, `tomorrow 10:00`). */
import { zoneOffset } from './time-text.ts'

const monthNames = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const dayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const unitMs: Readonly<Record<string, number>> = {
  sec: 1000,
  second: 1000,
  min: 60_000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
  fortnight: 1_209_600_000,
}

/** Session time in ms, or undefined for what is no date. */
export function dateOf(text: string, nowMs: number, zone: string): number | undefined {
  let rest = text.trim().toLowerCase()
  const epoch = /^@(-?\d+(?:\.\d+)?)$/.exec(rest)
  if (epoch) return Number(epoch[1]) * 1000
  let offset: number | undefined
  const local = new Date(nowMs + zoneOffset(nowMs, zone) * 60_000)
  let [year, month, day] = [local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate()]
  let [hour, minute, second, fraction] = [local.getUTCHours(), local.getUTCMinutes(), local.getUTCSeconds(), local.getUTCMilliseconds()]
  let hasTime = false
  let addMs = 0
  let addMonths = 0
  let weekday: { day: number; weeks: number } | undefined
  const midnight = (): void => {
    if (!hasTime) [hour, minute, second, fraction] = [0, 0, 0, 0]
  }
  const take = (pattern: RegExp, use: (match: RegExpExecArray) => void): boolean => {
    const match = pattern.exec(rest)
    if (!match) return false
    use(match)
    rest = rest.slice(match[0].length).replace(/^[\s,]+/, '')
    return true
  }
  const setTime = (h: string, m: string, s: string | undefined, f: string | undefined, half: string | undefined): void => {
    hour = half ? (Number(h) % 12) + (half.startsWith('p') ? 12 : 0) : Number(h)
    minute = Number(m)
    second = Number(s ?? 0)
    fraction = f ? Number(`0.${f}`) * 1000 : 0
    hasTime = true
  }
  let hasDate = false
  const setDate = (y: number, m: number, d: number): void => {
    hasDate = true
    year = y
    month = m - 1
    day = d
    midnight()
  }
  while (rest !== '') {
    const known =
      take(/^(\d{4})-(\d{1,2})-(\d{1,2})(?:t(?=\d))?/, ([, y, m, d]) => setDate(Number(y), Number(m), Number(d))) ||
      take(/^(\d{4})\/(\d{1,2})\/(\d{1,2})/, ([, y, m, d]) => setDate(Number(y), Number(m), Number(d))) ||
      take(/^(\d{1,2})\/(\d{1,2})\/(\d{4})/, ([, m, d, y]) => setDate(Number(y), Number(m), Number(d))) ||
      take(/^(\d{4})(\d{2})(\d{2})(?!\d)/, ([, y, m, d]) => setDate(Number(y), Number(m), Number(d))) ||
      take(/^(\d{1,2})[ -](jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*(?:[ -](\d{4}))?/, ([, d, m, y]) =>
        setDate(y ? Number(y) : year, monthNames.indexOf(m) + 1, Number(d)),
      ) ||
      take(/^(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* (\d{1,2})(?!\d|:)(?:,? (\d{4}))?/, ([, m, d, y]) =>
        setDate(y ? Number(y) : year, monthNames.indexOf(m) + 1, Number(d)),
      ) ||
      take(/^(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?\s*([ap]m)?/, ([, h, m, s, f, half]) => setTime(h, m, s, f, half)) ||
      take(/^(\d{1,2})\s*([ap]m)/, ([, h, half]) => setTime(h, '0', '0', undefined, half)) ||
      take(/^(?:utc|gmt|z)(?![a-z])/, () => (offset = 0)) ||
      take(/^([-+])(\d{2}):?(\d{2})(?!\d)/, ([, sign, h, m]) => (offset = (sign === '-' ? -1 : 1) * (Number(h) * 60 + Number(m)))) ||
      take(/^(?:now|today)/, () => {}) ||
      take(/^tomorrow/, () => (addMs += unitMs.day)) ||
      take(/^yesterday/, () => (addMs -= unitMs.day)) ||
      take(/^midnight/, () => setTime('0', '0', '0', undefined, undefined)) ||
      take(/^noon/, () => setTime('12', '0', '0', undefined, undefined)) ||
      take(
        /^([-+]?\s*\d+|next|last|this|a|an)?\s*(secs?|seconds?|mins?|minutes?|hours?|days?|weeks?|fortnights?|months?|years?)(\s+ago)?(?![a-z])/,
        ([, amount = '1', unit, ago]) => {
          const number =
            amount === 'next' || amount === 'a' || amount === 'an'
              ? 1
              : amount === 'last'
                ? -1
                : amount === 'this'
                  ? 0
                  : Number(amount.replace(/\s/g, ''))
          const signed = ago ? -number : number
          const singular = unit.replace(/s$/, '')
          if (singular === 'month') addMonths += signed
          else if (singular === 'year') addMonths += 12 * signed
          else addMs += signed * unitMs[singular]
        },
      ) ||
      take(/^(next |last |this )?(sun|mon|tue|wed|thu|fri|sat)[a-z]*/, ([, which = '', name]) => {
        weekday = { day: dayNames.indexOf(name), weeks: which === 'next ' ? 1 : which === 'last ' ? -1 : 0 }
        midnight()
      })
    if (!known) return undefined
  }
  if (month < 0 || month > 11 || day < 1 || day > 31 || hour > 24 || minute > 59 || second > 60) return undefined
  // A day's name beside a date says nothing new.
  if (weekday && !hasDate) {
    const present = new Date(Date.UTC(year, month, day)).getUTCDay()
    const ahead = (weekday.day - present + 7) % 7
    day += ahead + 7 * (weekday.weeks > 0 ? (ahead === 0 ? 1 : 0) : weekday.weeks)
  }
  const base = Date.UTC(year, month + addMonths, day, hour, minute, second) + fraction
  return base - (offset ?? zoneOffset(base, zone)) * 60_000 + addMs
}
