/** What all descriptions share: a writer of tabbed lines with levels, labels and annotations over several lines, times, events. */
import { humanDuration } from '../../base/human-duration.ts'
import { aligned, describeStyle } from '../table.ts'
import type { Json } from './json.ts'
import { lastApplied } from './names.ts'

export class Writer {
  readonly now: number
  #done = ''
  #text = ''

  constructor(now: number) {
    this.now = now
  }

  /** A line, `level` steps of two blanks deep. */
  line(level: number, text: string): void {
    this.#text += `${'  '.repeat(level)}${text}\n`
  }

  raw(text: string): void {
    this.#text += text
  }

  /** What follows is aligned by itself. */
  flush(): void {
    this.#done += aligned(this.#text, describeStyle)
    this.#text = ''
  }

  /** With its tabs, for who prints it into no table. */
  unaligned(): string {
    return this.#done + this.#text
  }

  text(): string {
    this.flush()
    return this.#done
  }

  labels(title: string, labels: Record<string, string> | undefined | null, skip: readonly string[] = []): void {
    const keys = Object.keys(labels ?? {})
      .filter((key) => !skip.includes(key))
      .sort()
    if (keys.length === 0) return this.line(0, `${title}:\t<none>`)
    keys.forEach((key, index) => this.line(0, `${index === 0 ? `${title}:` : ''}\t${key}=${labels?.[key]}`))
  }

  annotations(title: string, annotations: Record<string, string> | undefined): void {
    const keys = Object.keys(annotations ?? {})
      .filter((key) => key !== lastApplied)
      .sort()
    if (keys.length === 0) return this.line(0, `${title}:\t<none>`)
    keys.forEach((key, index) => {
      const value = (annotations?.[key] ?? '').replace(/\n$/, '')
      const head = index === 0 ? `${title}:` : ''
      if (value.length + key.length + 2 > 140 || value.includes('\n')) {
        this.line(0, `${head}\t${key}:`)
        for (const part of value.split('\n')) this.line(0, `\t  ${part.length > 138 ? `${part.slice(0, 138)}...` : part}`)
      } else this.line(0, `${head}\t${key}: ${value}`)
    })
  }

  age(timestamp: string | undefined | null): string {
    return timestamp ? humanDuration(this.now - Date.parse(timestamp)) : '<unknown>'
  }

  events(list: readonly Json[] | undefined): void {
    if (!list || list.length === 0) return this.line(0, 'Events:\t<none>')
    this.flush()
    const time = (event: Json): number => (event.lastTimestamp ? Date.parse(event.lastTimestamp) : 0)
    this.raw('Events:\n  Type\tReason\tAge\tFrom\tMessage\n')
    this.line(1, '----\t------\t----\t----\t-------')
    for (const event of [...list].sort((a, b) => time(a) - time(b))) {
      this.line(
        1,
        [
          event.type,
          event.reason,
          eventInterval(this, event),
          event.source?.component || event.reportingComponent || '',
          String(event.message ?? '').trim(),
        ].join('\t'),
      )
    }
  }
}

export function eventInterval(writer: { age(timestamp: string | undefined | null): string }, event: Json): string {
  const first = writer.age(event.eventTime ?? event.firstTimestamp)
  if (event.series) return `${writer.age(event.series.lastObservedTime)} (x${event.series.count} over ${first})`
  if (event.count > 1) return `${writer.age(event.lastTimestamp)} (x${event.count} over ${first})`
  return first
}

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** RFC 1123 with a numeric zone: `Fri, 20 Nov 2026 21:38:09 +0000`. */
export function longTime(timestamp: string | undefined | null): string {
  if (!timestamp) return 'Mon, 01 Jan 0001 00:00:00 +0000'
  const date = new Date(Date.parse(timestamp))
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${days[date.getUTCDay()]}, ${two(date.getUTCDate())} ${months[date.getUTCMonth()]} ${date.getUTCFullYear()} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} +0000`
}

export function controllerOf(metadata: Json): string | undefined {
  const owner = (metadata.ownerReferences ?? []).find((reference: Json) => reference.controller)
  return owner && `${owner.kind}/${owner.name}`
}

/** `a=b,c in (d)`, `<none>`, `<error>`. */
export function selectorText(selector: Json): string {
  if (!selector) return '<none>'
  const terms = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => [key, `${key}=${value}`] as const)
  for (const { key, operator, values = [] } of selector.matchExpressions ?? []) {
    const list = [...values].sort().join(',')
    terms.push([
      key,
      operator === 'In' ? `${key} in (${list})` : operator === 'NotIn' ? `${key} notin (${list})` : operator === 'Exists' ? key : `!${key}`,
    ])
  }
  const text = terms
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, term]) => term)
    .join(',')
  return text === '' ? '<none>' : text
}

/** `a=b,c=d` of plain labels. */
export function mapText(labels: Record<string, string> | undefined | null): string {
  const keys = Object.keys(labels ?? {}).sort()
  return keys.length === 0 ? '<none>' : keys.map((key) => `${key}=${labels?.[key]}`).join(',')
}

export function bool(value: unknown): string {
  return value ? 'True' : 'False'
}

/** None when nobody asked for them. */
export type Events = readonly Json[] | undefined

export function head(writer: Writer, { metadata }: Json, isNamespaced = true): void {
  writer.line(0, `Name:\t${metadata.name}`)
  if (isNamespaced) writer.line(0, `Namespace:\t${metadata.namespace ?? ''}`)
}

export function tags(writer: Writer, { metadata }: Json): void {
  writer.labels('Labels', metadata.labels)
  writer.annotations('Annotations', metadata.annotations)
}
