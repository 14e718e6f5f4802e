/** Event of events.k8s.io v1: the same stored events as the core group's, with some fields under newer names. */
import { event } from './event.ts'
import type { CoreV1Event, EventsV1Event } from './generated/types.ts'
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
  storedAs: { resource: 'events', toStored, fromStored },
})

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
