/** Event of events.k8s.io v1: the same stored events as the core group's, with some fields under newer names. */
import { isSame } from '../api/objects.ts'
import { event } from './event.ts'
import { Verbatim, type FieldErrors } from './field-errors.ts'
import type { CoreV1Event, EventsV1Event } from './generated/types.ts'
import { goSyntax } from './go-syntax.ts'
import { goStruct } from './go-value.ts'
import { schemaNamed } from './schema.ts'
import { defineKind, type Kind, type StoredObject } from './kind.ts'

const { columns, selectableFields: _, defaults: __, ...names } = event

export const eventsEvent: Kind = defineKind<EventsV1Event>({
  ...(names as unknown as Kind<EventsV1Event>),
  group: 'events.k8s.io',
  schema: 'EventsV1Event',
  columns: columns?.map((column) => ({ ...column, value: (object, nowMs) => column.value(toStored(object), nowMs) })),
  selectableFields: {
    'regarding.kind': ({ regarding }) => regarding?.kind ?? '',
    'regarding.namespace': ({ regarding }) => regarding?.namespace ?? '',
    'regarding.name': ({ regarding }) => regarding?.name ?? '',
    'regarding.uid': ({ regarding }) => regarding?.uid ?? '',
    reason: ({ reason }) => reason ?? '',
    reportingController: ({ reportingController }) => reportingController ?? '',
    type: ({ type }) => type ?? '',
  },
  storedAs: { resource: 'events', toStored, fromStored, alsoValidate: validateNewer },
})

/** Who asks through this version writes nothing that only the older one means, and changes nothing but the series. */
function validateNewer(object: StoredObject, old: StoredObject | undefined, errors: FieldErrors): void {
  const fresh = object as unknown as CoreV1Event
  const before = old as unknown as CoreV1Event | undefined
  const { series, eventTime, type = '', firstTimestamp, lastTimestamp, count, source } = fresh
  if (series && !isSame(series, before?.series)) {
    if ((series.count ?? 0) < 2) errors.invalid('series.count', '', 'should be at least 2')
    if (!series.lastObservedTime) errors.required('series.lastObservedTime')
  }
  if (before) return validateUnchanged(fresh, before, errors)
  if (!eventTime) errors.required('eventTime')
  if (type !== 'Normal' && type !== 'Warning') errors.invalid('type', '', `has invalid value: ${type}`)
  const unset = { firstTimestamp, lastTimestamp, count, source: source?.component || source?.host }
  for (const [field, value] of Object.entries(unset)) if (value) errors.invalid(field, '', 'needs to be unset')
}

const fixedFields = [
  ['involvedObject', 'V1ObjectReference'],
  ['reason'],
  ['message'],
  ['source', 'V1EventSource'],
  ['firstTimestamp'],
  ['lastTimestamp'],
  ['count'],
  ['type'],
  ['eventTime'],
  ['action'],
  ['related', 'V1ObjectReference'],
  ['reportingComponent'],
  ['reportingInstance'],
] as const

function validateUnchanged(fresh: CoreV1Event, old: CoreV1Event, errors: FieldErrors): void {
  for (const [field, schema] of fixedFields) {
    const value = fresh[field]
    if (isSame(value ?? null, old[field] ?? null)) continue
    const shown = schema
      ? goSyntax(goStruct(schemaNamed(schema)), value)
      : field.endsWith('Time')
        ? new Verbatim(String(value))
        : (value ?? '')
    errors.invalid(field === 'reportingComponent' ? 'reportingController' : field, shown, 'field is immutable')
  }
}

function toStored({
  regarding,
  note,
  reportingController,
  deprecatedCount,
  deprecatedFirstTimestamp,
  deprecatedLastTimestamp,
  deprecatedSource,
  ...rest
}: EventsV1Event): StoredObject {
  const stored = {
    ...rest,
    apiVersion: 'v1',
    involvedObject: regarding ?? {},
    ...(note === undefined ? {} : { message: note }),
    reportingComponent: reportingController ?? '',
    ...(deprecatedCount === undefined ? {} : { count: deprecatedCount }),
    firstTimestamp: deprecatedFirstTimestamp ?? null,
    lastTimestamp: deprecatedLastTimestamp ?? null,
    source: deprecatedSource ?? {},
  }
  return stored as unknown as StoredObject
}

function fromStored(object: StoredObject): EventsV1Event {
  const { involvedObject, message, reportingComponent, count, firstTimestamp, lastTimestamp, source, ...rest } =
    object as unknown as CoreV1Event
  const fresh = {
    ...rest,
    apiVersion: 'events.k8s.io/v1',
    regarding: involvedObject,
    ...(message === undefined ? {} : { note: message }),
    ...(reportingComponent ? { reportingController: reportingComponent } : {}),
    deprecatedSource: source ?? {},
    deprecatedFirstTimestamp: firstTimestamp ?? null,
    deprecatedLastTimestamp: lastTimestamp ?? null,
    ...(count === undefined ? {} : { deprecatedCount: count }),
  }
  return fresh as unknown as EventsV1Event
}
