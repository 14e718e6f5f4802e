/** Functions of MySQL that SQLite lacks or means otherwise. Times are text, as MySQL shows them; the session's time zone is UTC. */
import type { SqliteDatabase, SqlValue } from '../sqlite/library.ts'

export interface Surroundings {
  readonly now: () => number
  readonly random: () => number
  readonly sleep: (seconds: number) => void
}

const text = (value: SqlValue): string => (value instanceof Uint8Array ? String.fromCharCode(...value) : String(value))
const two = (number: number): string => String(number).padStart(2, '0')

function dateOf(value: SqlValue): Date | undefined {
  if (value === null) return undefined
  const [, year, month, day, hour = '0', minute = '0', second = '0'] =
    /^(\d{4})-?(\d\d?)-?(\d\d?)(?:[ T](\d\d?):(\d\d)(?::(\d\d))?)?/.exec(text(value)) ?? []
  if (year === undefined) return undefined
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)))
  return Number.isNaN(date.getTime()) || date.getUTCMonth() !== Number(month) - 1 ? undefined : date
}

const dateTime = (date: Date): string => date.toISOString().slice(0, 19).replace('T', ' ')
const dateOnly = (date: Date): string => date.toISOString().slice(0, 10)
const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']
const ordinal = (day: number): string =>
  `${day}${day % 10 === 1 && day !== 11 ? 'st' : day % 10 === 2 && day !== 12 ? 'nd' : day % 10 === 3 && day !== 13 ? 'rd' : 'th'}`
const unitMs: Readonly<Record<string, number>> = {
  MICROSECOND: 0.001,
  SECOND: 1_000,
  MINUTE: 60_000,
  HOUR: 3_600_000,
  DAY: 86_400_000,
  WEEK: 604_800_000,
}

function moved(value: SqlValue, span: SqlValue, sign: number): SqlValue {
  const date = dateOf(value)
  if (!date || span === null) return null
  const [count = 0, unit = 'DAY'] = text(span).split(' ')
  const amount = Number(count) * sign
  const ms = unitMs[unit]
  const months = unit === 'MONTH' ? amount : unit === 'QUARTER' ? 3 * amount : unit === 'YEAR' ? 12 * amount : 0
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months + 1, 0)).getUTCDate()
  const next =
    ms === undefined
      ? new Date(
          Date.UTC(
            date.getUTCFullYear(),
            date.getUTCMonth() + months,
            Math.min(last, date.getUTCDate()),
            date.getUTCHours(),
            date.getUTCMinutes(),
            date.getUTCSeconds(),
          ),
        )
      : new Date(date.getTime() + amount * ms)
  const isDate = /^\d{4}-\d\d?-\d\d?$/.test(text(value)) && !['SECOND', 'MINUTE', 'HOUR', 'MICROSECOND'].includes(unit)
  return isDate ? dateOnly(next) : dateTime(next)
}

function formatted(value: SqlValue, format: SqlValue): SqlValue {
  const date = dateOf(value)
  if (!date || format === null) return null
  const hour = date.getUTCHours()
  const marks: Readonly<Record<string, string>> = {
    Y: String(date.getUTCFullYear()),
    y: String(date.getUTCFullYear()).slice(2),
    m: two(date.getUTCMonth() + 1),
    c: String(date.getUTCMonth() + 1),
    d: two(date.getUTCDate()),
    e: String(date.getUTCDate()),
    H: two(hour),
    k: String(hour),
    h: two(hour % 12 || 12),
    I: two(hour % 12 || 12),
    l: String(hour % 12 || 12),
    i: two(date.getUTCMinutes()),
    s: two(date.getUTCSeconds()),
    S: two(date.getUTCSeconds()),
    f: '000000',
    p: hour < 12 ? 'AM' : 'PM',
    M: months[date.getUTCMonth()],
    b: months[date.getUTCMonth()].slice(0, 3),
    W: days[date.getUTCDay()],
    a: days[date.getUTCDay()].slice(0, 3),
    D: ordinal(date.getUTCDate()),
    w: String(date.getUTCDay()),
    T: `${two(hour)}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`,
    r: `${two(hour % 12 || 12)}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} ${hour < 12 ? 'AM' : 'PM'}`,
    j: String(Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000) + 1).padStart(3, '0'),
    '%': '%',
  }
  return text(format).replace(/%(.)/g, (_, letter: string) => marks[letter] ?? letter)
}

function difference(unit: SqlValue, from: SqlValue, to: SqlValue): SqlValue {
  const [a, b] = [dateOf(from), dateOf(to)]
  if (!a || !b) return null
  const ms = unitMs[text(unit)]
  if (ms !== undefined) return Math.trunc((b.getTime() - a.getTime()) / ms)
  const later = b >= a ? 1 : -1
  const [first, last] = later > 0 ? [a, b] : [b, a]
  let months = (last.getUTCFullYear() - first.getUTCFullYear()) * 12 + last.getUTCMonth() - first.getUTCMonth()
  if (last.getUTCDate() < first.getUTCDate()) months--
  return later * Math.trunc(months / (text(unit) === 'YEAR' ? 12 : text(unit) === 'QUARTER' ? 3 : 1))
}

function rounded(value: number, digits: number): number {
  const scaled = Number(`${Math.abs(value)}e${digits}`)
  return Math.sign(value) * Number(`${Math.round(scaled)}e${-digits}`)
}

const part =
  (of: (date: Date) => SqlValue) =>
  (value: SqlValue): SqlValue => {
    const date = dateOf(value)
    return date ? of(date) : null
  }

const numeric =
  (of: (number: number) => number | null) =>
  (value: SqlValue): SqlValue =>
    value === null ? null : of(Number(value))

/** Any number of arguments. */
function variadic(answer: (...values: SqlValue[]) => SqlValue): (...values: SqlValue[]) => SqlValue {
  return Object.defineProperty((...values: SqlValue[]) => answer(...values), 'length', { value: -1 })
}

export function addFunctions(database: SqliteDatabase, { now, random, sleep }: Surroundings): void {
  const current = (): Date => new Date(now())
  const extract = (unit: SqlValue, value: SqlValue): SqlValue =>
    part(
      (date) =>
        ({
          YEAR: date.getUTCFullYear(),
          QUARTER: Math.floor(date.getUTCMonth() / 3) + 1,
          MONTH: date.getUTCMonth() + 1,
          DAY: date.getUTCDate(),
          HOUR: date.getUTCHours(),
          MINUTE: date.getUTCMinutes(),
          SECOND: date.getUTCSeconds(),
        })[text(unit)] ?? null,
    )(value)
  const functions: Readonly<Record<string, (...values: SqlValue[]) => SqlValue>> = {
    my_now: () => dateTime(current()),
    my_curdate: () => dateOnly(current()),
    my_curtime: () => dateTime(current()).slice(11),
    my_rand: variadic(() => random()),
    my_uuid: () => 'xxxxxxxx-xxxx-11f0-8xxx-0242ac110002'.replace(/x/g, () => Math.floor(random() * 16).toString(16)),
    my_left: (value, count) => (value === null ? null : text(value).slice(0, Number(count))),
    my_right: (value, count) => (value === null ? null : Number(count) > 0 ? text(value).slice(-Number(count)) : ''),
    my_concat: variadic((...values) => (values.includes(null) ? null : values.map(text).join(''))),
    my_replace: (value, from, to) => (value === null || from === null || to === null ? null : text(value).replaceAll(text(from), text(to))),
    my_insert: (value, at, count, fresh) =>
      value === null ? null : text(value).slice(0, Number(at) - 1) + text(fresh) + text(value).slice(Number(at) - 1 + Number(count)),
    my_mod: (a, b) => (a === null || b === null || Number(b) === 0 ? null : Number(a) % Number(b)),
    my_round: variadic((value, digits = 0) => (value === null ? null : rounded(Number(value), Number(digits)))),
    my_truncate: (value, digits) => (value === null ? null : Math.trunc(Number(value) * 10 ** Number(digits)) / 10 ** Number(digits)),
    my_ceil: numeric(Math.ceil),
    my_floor: numeric(Math.floor),
    my_sign: numeric(Math.sign),
    my_sqrt: numeric((number) => (number < 0 ? null : Math.sqrt(number))),
    my_format: (value, digits) =>
      value === null
        ? null
        : Number(value)
            .toFixed(Number(digits))
            .replace(/\B(?=(\d{3})+(?!\d))/g, ','),
    my_interval: (count, unit) => `${text(count)} ${text(unit)}`,
    date_add: (value, span) => moved(value, span, 1),
    date_sub: (value, span) => moved(value, span, -1),
    adddate: (value, span) => moved(value, typeof span === 'number' ? `${span} DAY` : span, 1),
    subdate: (value, span) => moved(value, typeof span === 'number' ? `${span} DAY` : span, -1),
    timestampadd: (unit, count, value) => moved(value, `${text(count)} ${text(unit)}`, 1),
    timestampdiff: difference,
    datediff: (to, from) => difference('DAY', to === null ? null : text(from).slice(0, 10), text(to).slice(0, 10)),
    date_format: formatted,
    my_date: part(dateOnly),
    my_timestamp: part(dateTime),
    my_time: part((date) => dateTime(date).slice(11)),
    my_year: part((date) => date.getUTCFullYear()),
    my_month: part((date) => date.getUTCMonth() + 1),
    my_day: part((date) => date.getUTCDate()),
    my_extract: extract,
    dayofmonth: part((date) => date.getUTCDate()),
    dayofweek: part((date) => date.getUTCDay() + 1),
    weekday: part((date) => (date.getUTCDay() + 6) % 7),
    dayname: part((date) => days[date.getUTCDay()]),
    monthname: part((date) => months[date.getUTCMonth()]),
    quarter: part((date) => Math.floor(date.getUTCMonth() / 3) + 1),
    hour: part((date) => date.getUTCHours()),
    minute: part((date) => date.getUTCMinutes()),
    second: part((date) => date.getUTCSeconds()),
    last_day: part((date) => dateOnly(new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)))),
    unix_timestamp: variadic((value) => (value === undefined ? Math.floor(now() / 1000) : part((date) => date.getTime() / 1000)(value))),
    from_unixtime: (value) => (value === null ? null : dateTime(new Date(Number(value) * 1000))),
    str_to_date: (value) => part((date) => (/\d:\d/.test(text(value)) ? dateTime(date) : dateOnly(date)))(value),
    regexp: (pattern, value) => (pattern === null || value === null ? null : new RegExp(text(pattern), 'i').test(text(value)) ? 1 : 0),
    lpad: (value, width, pad) => (value === null ? null : text(value).padStart(Number(width), text(pad)).slice(0, Number(width))),
    rpad: (value, width, pad) => (value === null ? null : text(value).padEnd(Number(width), text(pad)).slice(0, Number(width))),
    reverse: (value) => (value === null ? null : Array.from(text(value)).toReversed().join('')),
    repeat: (value, count) => (value === null ? null : text(value).repeat(Math.max(0, Math.min(100_000, Number(count))))),
    space: (count) => ' '.repeat(Math.max(0, Math.min(100_000, Number(count)))),
    locate: variadic((part, value, from) =>
      part === null || value === null
        ? null
        : text(value)
            .toLowerCase()
            .indexOf(text(part).toLowerCase(), Number(from ?? 1) - 1) + 1,
    ),
    field: variadic((value, ...all) => all.findIndex((one) => text(one) === text(value)) + 1),
    elt: variadic((at, ...all) => all[Number(at) - 1] ?? null),
    find_in_set: (value, list) => (value === null || list === null ? null : text(list).split(',').indexOf(text(value)) + 1),
    substring_index: (value, mark, count) => {
      if (value === null) return null
      const all = text(value).split(text(mark))
      return (Number(count) >= 0 ? all.slice(0, Number(count)) : all.slice(Number(count))).join(text(mark))
    },
    greatest: variadic((...values) =>
      values.includes(null)
        ? null
        : values.reduce((a, b) =>
            Number(b) > Number(a) || (typeof b === 'string' && Number.isNaN(Number(b)) && text(b) > text(a)) ? b : a,
          ),
    ),
    least: variadic((...values) => (values.includes(null) ? null : values.reduce((a, b) => (Number(b) < Number(a) ? b : a)))),
    isnull: (value) => (value === null ? 1 : 0),
    strcmp: (a, b) => (text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : 0),
    json_unquote: (value) => (value === null ? null : text(value).replace(/^"(.*)"$/s, '$1')),
    sleep: (seconds) => {
      sleep(Number(seconds))
      return 0
    },
  }
  for (const [called, answer] of Object.entries(functions)) database.create_function(called, answer)
}
