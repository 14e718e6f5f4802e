/**
 * `kubectl describe` of kinds it has no words for: the object's own fields, their names taken apart.
 */
import { type Events, Writer, tags } from './describe-writer.ts'
import { type Json, isMap } from './json.ts'

export function describeAny(writer: Writer, object: Json, events: Events): void {
  const { metadata } = object
  writer.line(0, `Name:\t${metadata.name}`)
  writer.line(0, `Namespace:\t${metadata.namespace ?? ''}`)
  tags(writer, object)
  content(writer, 0, object, '', [
    '.metadata.managedFields',
    '.metadata.name',
    '.metadata.namespace',
    '.metadata.labels',
    '.metadata.annotations',
  ])
  writer.events(events)
}

function content(writer: Writer, level: number, value: Json, path: string, skipped: readonly string[]): void {
  for (const key of Object.keys(value).sort()) {
    const item = value[key]
    const here = `${path}.${key}`
    if (skipped.includes(here)) continue
    const title = labelFor(key)
    if (isMap(item)) {
      writer.line(level, `${title}:`)
      content(writer, level + 1, item, here, skipped)
    } else if (Array.isArray(item)) {
      writer.line(level, `${title}:`)
      for (const entry of item) {
        if (isMap(entry)) content(writer, level + 1, entry, here, skipped)
        else writer.line(level + 1, String(entry))
      }
    } else writer.line(level, `${title}:\t${item === null || item === undefined ? '<nil>' : String(item)}`)
  }
}

const whole = ['API', 'URL', 'UID', 'OSB', 'GUID']

/** `creationTimestamp` → `Creation Timestamp`, `apiVersion` → `API Version`. */
function labelFor(field: string): string {
  // What has a digit or another sign in it is left alone, `openAPIV3Schema` too.
  if (/[^a-zA-Z-]/.test(field)) return field
  const parts = field.match(/[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|-+/g) ?? [field]
  return parts.map((part) => (whole.includes(part.toUpperCase()) ? part.toUpperCase() : part[0].toUpperCase() + part.slice(1))).join(' ')
}
