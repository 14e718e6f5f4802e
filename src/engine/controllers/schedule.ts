/** Cron schedules: five fields, names, steps, ranges, `@hourly` and its like, `@every 1h30m`, `TZ=` in front. */

const aliases: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
}
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

/** The first time after `from` (ms) that a schedule names; undefined when it cannot be read or never comes. */
export function nextAfter(schedule: string, from: number, zone?: string): number | undefined {
  const zoned = /^(?:CRON_)?TZ=(\S+)\s+(.*)$/.exec(schedule)
  if (zoned) return nextAfter(zoned[2], from, zoned[1])
  const every = /^@every\s+((?:\d+h)?(?:\d+m)?(?:\d+s)?)$/.exec(schedule)
  if (every?.[1]) return from + Math.max(1000, durationMs(every[1]))
  const fields = (aliases[schedule] ?? schedule).trim().split(/\s+/)
  if (fields.length !== 5) return undefined
  const [minutes, hours, dates, monthSet, weekdays] = [
    values(fields[0], 0, 59),
    values(fields[1], 0, 23),
    values(fields[2], 1, 31),
    values(fields[3], 1, 12, months),
    values(fields[4], 0, 7, days),
  ]
  if (!minutes || !hours || !dates || !monthSet || !weekdays) return undefined
  if (weekdays.has(7)) weekdays.add(0)
  // With both days given, either will do; that is cron's oldest surprise.
  const isEither = !/^[*?]/.test(fields[2]) && !/^[*?]/.test(fields[4])
  const shift = offsetMs(zone, from)
  let time = Math.floor((from + shift) / 60_000) * 60_000 + 60_000
  const last = time + 5 * 366 * 86_400_000
  while (time < last) {
    const date = new Date(time)
    const isDay = isEither
      ? dates.has(date.getUTCDate()) || weekdays.has(date.getUTCDay())
      : dates.has(date.getUTCDate()) && weekdays.has(date.getUTCDay())
    if (!monthSet.has(date.getUTCMonth() + 1) || !isDay) time = Math.floor(time / 86_400_000) * 86_400_000 + 86_400_000
    else if (!hours.has(date.getUTCHours())) time = Math.floor(time / 3_600_000) * 3_600_000 + 3_600_000
    else if (!minutes.has(date.getUTCMinutes())) time += 60_000
    else return time - shift
  }
  return undefined
}

function durationMs(text: string): number {
  const part = (unit: string): number => Number(new RegExp(`(\\d+)${unit}`).exec(text)?.[1] ?? 0)
  return ((part('h') * 60 + part('m')) * 60 + part('s')) * 1000
}

function values(field: string, least: number, most: number, names?: readonly string[]): Set<number> | undefined {
  const set = new Set<number>()
  for (const part of field.toLowerCase().split(',')) {
    const match = /^(\*|\?|[a-z0-9]+)(?:-([a-z0-9]+))?(?:\/(\d+))?$/.exec(part)
    if (!match) return undefined
    const numberOf = (text: string): number => {
      const index = names?.indexOf(text) ?? -1
      return index >= 0 ? index + (names === months ? 1 : 0) : /^\d+$/.test(text) ? Number(text) : Number.NaN
    }
    const isAny = match[1] === '*' || match[1] === '?'
    const start = isAny ? least : numberOf(match[1])
    const end = isAny ? most : match[2] ? numberOf(match[2]) : match[3] ? most : start
    const step = Number(match[3] ?? 1)
    if (!(start >= least) || !(end <= most) || start > end || step < 1) return undefined
    for (let value = start; value <= end; value += step) set.add(value)
  }
  return set
}

/** How far a zone is ahead of UTC at a moment. */
function offsetMs(zone: string | undefined, at: number): number {
  if (!zone || zone === 'UTC' || zone === 'Etc/UTC') return 0
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(new Date(at))
  const of = (type: string): number => Number(parts.find((part) => part.type === type)?.value)
  return Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second')) - Math.floor(at / 1000) * 1000
}
