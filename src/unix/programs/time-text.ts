/** Moments as text: strftime, and the time zone a process lives in (`TZ`, else UTC as in nearly every image). */
import type { Process } from '../kernel/process.ts'

export interface Moment {
  readonly ms: number
  readonly year: number
  /** 1–12. */
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  /** 0 is Sunday. */
  readonly weekday: number
  /** 1 is 1 January. */
  readonly yearDay: number
  readonly offsetMinutes: number
  readonly zone: string
}

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']

export function zoneOf(process: Process): string {
  return process.env.TZ?.replace(/^:/, '') || 'UTC'
}

export function momentOf(ms: number, zone: string): Moment {
  const offsetMinutes = zoneOffset(ms, zone)
  const date = new Date(ms + offsetMinutes * 60_000)
  const year = date.getUTCFullYear()
  return {
    ms,
    year,
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    weekday: date.getUTCDay(),
    yearDay: Math.floor((Date.UTC(year, date.getUTCMonth(), date.getUTCDate()) - Date.UTC(year, 0, 1)) / 86_400_000) + 1,
    offsetMinutes,
    zone: zoneName(ms, zone),
  }
}

export function zoneOffset(ms: number, zone: string): number {
  if (zone === 'UTC' || zone === 'UTC0' || zone === 'GMT') return 0
  const posix = /^[A-Za-z]{3,}([-+]?)(\d{1,2})(?::(\d\d))?$/.exec(zone)
  if (posix) return (posix[1] === '-' ? 1 : -1) * (Number(posix[2]) * 60 + Number(posix[3] ?? 0))
  const text = zonePart(ms, zone, 'longOffset')
  const match = /GMT([-+])(\d\d):(\d\d)/.exec(text)
  return match ? (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3])) : 0
}

function zoneName(ms: number, zone: string): string {
  if (zone === 'UTC' || zone === 'UTC0' || zone === 'GMT') return zone.slice(0, 3)
  const posix = /^([A-Za-z]{3,})[-+]?\d{1,2}/.exec(zone)
  if (posix) return posix[1]
  const text = zonePart(ms, zone, 'short')
  const offset = /^GMT([-+])(\d+)$/.exec(text)
  return text === '' ? 'UTC' : offset ? `${offset[1]}${offset[2].padStart(2, '0')}` : text
}

function zonePart(ms: number, zone: string, timeZoneName: 'short' | 'longOffset'): string {
  try {
    return (
      new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName }).formatToParts(ms).find(({ type }) => type === 'timeZoneName')
        ?.value ?? ''
    )
  } catch {
    // An unknown zone is UTC, as for libc.
    return ''
  }
}

const pad = (number: number, width = 2, fill = '0'): string => String(number).padStart(width, fill)

/** `date +FORMAT`; `fraction` is the part of a second below the millisecond, always 0 here. */
export function strftime(format: string, moment: Moment): string {
  return format.replace(
    /%([-_0^#]*)(\d*)(:{0,2})([A-Za-z%+])/g,
    (whole, modifiers: string, width: string, colons: string, letter: string) => {
      let text = field(letter, moment, colons)
      if (text === undefined) return whole
      if (modifiers.includes('-')) text = text.replace(/^[0 ]+(?=.)/, '')
      if (modifiers.includes('_')) text = text.replace(/^0+(?=.)/, (zeros) => ' '.repeat(zeros.length))
      if (modifiers.includes('0')) text = text.replace(/^ +/, (blanks) => '0'.repeat(blanks.length))
      if (modifiers.includes('^')) text = text.toUpperCase()
      if (modifiers.includes('#')) text = letter === 'Z' || letter === 'p' ? text.toLowerCase() : text.toUpperCase()
      if (letter === 'N' && width !== '') return text.slice(0, Number(width))
      return width === '' ? text : text.padStart(Number(width), /^[-+]?\d+$/.test(text) && !modifiers.includes('_') ? '0' : ' ')
    },
  )
}

function field(letter: string, m: Moment, colons: string): string | undefined {
  switch (letter) {
    case '%':
      return '%'
    case 'a':
      return days[m.weekday].slice(0, 3)
    case 'A':
      return days[m.weekday]
    case 'b':
    case 'h':
      return months[m.month - 1].slice(0, 3)
    case 'B':
      return months[m.month - 1]
    case 'c':
      return strftime('%a %b %e %H:%M:%S %Y', m)
    case 'C':
      return pad(Math.floor(m.year / 100))
    case 'd':
      return pad(m.day)
    case 'D':
    case 'x':
      return strftime('%m/%d/%y', m)
    case 'e':
      return pad(m.day, 2, ' ')
    case 'F':
      return strftime('%Y-%m-%d', m)
    case 'g':
      return pad(isoWeek(m).year % 100)
    case 'G':
      return String(isoWeek(m).year)
    case 'H':
      return pad(m.hour)
    case 'I':
      return pad(m.hour % 12 || 12)
    case 'j':
      return pad(m.yearDay, 3)
    case 'k':
      return pad(m.hour, 2, ' ')
    case 'l':
      return pad(m.hour % 12 || 12, 2, ' ')
    case 'm':
      return pad(m.month)
    case 'M':
      return pad(m.minute)
    case 'n':
      return '\n'
    case 'N':
      return `${pad(((m.ms % 1000) + 1000) % 1000, 3)}000000`.replace(/^(\d{3})\.?.*$/, '$1000000').slice(0, 9)
    case 'p':
      return m.hour < 12 ? 'AM' : 'PM'
    case 'P':
      return m.hour < 12 ? 'am' : 'pm'
    case 'q':
      return String(Math.ceil(m.month / 3))
    case 'r':
      return strftime('%I:%M:%S %p', m)
    case 'R':
      return strftime('%H:%M', m)
    case 's':
      return String(Math.floor(m.ms / 1000))
    case 'S':
      return pad(m.second)
    case 't':
      return '\t'
    case 'T':
    case 'X':
      return strftime('%H:%M:%S', m)
    case 'u':
      return String(m.weekday || 7)
    case 'U':
      return pad(Math.floor((m.yearDay + 6 - m.weekday) / 7))
    case 'V':
      return pad(isoWeek(m).week)
    case 'w':
      return String(m.weekday)
    case 'W':
      return pad(Math.floor((m.yearDay + 6 - ((m.weekday + 6) % 7)) / 7))
    case 'y':
      return pad(m.year % 100)
    case 'Y':
      return String(m.year)
    case 'z':
      return offsetText(m.offsetMinutes, colons)
    case 'Z':
      return m.zone
    default:
      return undefined
  }
}

export function offsetText(minutes: number, colons = ''): string {
  const size = Math.abs(minutes)
  const sign = minutes < 0 ? '-' : '+'
  const between = colons === '' ? '' : ':'
  return `${sign}${pad(Math.floor(size / 60))}${between}${pad(size % 60)}${colons === '::' ? ':00' : ''}`
}

function isoWeek(m: Moment): { year: number; week: number } {
  const day = m.weekday || 7
  const thursday = new Date(Date.UTC(m.year, m.month - 1, m.day + 4 - day))
  const year = thursday.getUTCFullYear()
  return { year, week: Math.ceil(((thursday.getTime() - Date.UTC(year, 0, 1)) / 86_400_000 + 1) / 7) }
}

/** `Jan  5 09:00`, or with the year when it is more than six months away, as `ls -l` shows it. */
export function listTime(ms: number, nowMs: number, zone: string): string {
  const moment = momentOf(ms, zone)
  const isRecent = ms <= nowMs && ms > nowMs - 31_556_952_000 / 2
  return strftime(isRecent ? '%b %e %H:%M' : '%b %e  %Y', moment)
}
