/** Event of the core group v1. */
import { age, column, name, wide } from './columns.ts'
import { filled } from './defaulting.ts'
import type { FieldErrors } from './field-errors.ts'
import { pathSegment, qualifiedName } from './names.ts'
import { allVerbs, defineKind } from './kind.ts'
import type { CoreV1Event } from './generated/types.ts'

export const event = defineKind<CoreV1Event>({
  group: '',
  version: 'v1',
  kind: 'Event',
  resource: 'events',
  singular: 'event',
  namespaced: true,
  isCreatedByUpdate: true,
  shortNames: ['ev'],
  verbs: allVerbs,
  schema: 'CoreV1Event',
  columns: [
    column(
      'Last Seen',
      'string',
      'The time at which the most recent occurrence of this event was recorded.',
      ({ lastTimestamp, eventTime, series }, nowMs) => seen(series?.lastObservedTime ?? lastTimestamp ?? eventTime, nowMs),
    ),
    column('Type', 'string', 'Type of this event (Normal, Warning), new types could be added in the future', ({ type }) => type ?? ''),
    column(
      'Reason',
      'string',
      "This should be a short, machine understandable string that gives the reason for the transition into the object's current status.",
      ({ reason }) => reason ?? '',
    ),
    column(
      'Object',
      'string',
      'The object that this event is about.',
      ({ involvedObject }) => `${(involvedObject.kind ?? '').toLowerCase()}/${involvedObject.name ?? ''}`,
    ),
    wide(
      'Subobject',
      'string',
      'If referring to a piece of an object instead of an entire object, this string should contain a valid JSON/Go field access statement, such as desiredState.manifest.containers[2]. For example, if the object reference is to a container within a pod, this would take on a value like: "spec.containers{name}" (where "name" refers to the name of the container that triggered the event) or if no container name is specified "spec.containers[2]" (container with index 2 in this pod). This syntax is chosen only to have some well-defined way of referencing a part of an object.',
      ({ involvedObject }) => involvedObject.fieldPath ?? '',
    ),
    wide('Source', 'string', 'The component reporting this event. Should be a short machine understandable string.', sourceText),
    column('Message', 'string', 'A human-readable description of the status of this operation.', ({ message }) => (message ?? '').trim()),
    wide(
      'First Seen',
      'string',
      'The time at which the event was first recorded. (Time of server receipt is in TypeMeta.)',
      ({ firstTimestamp, eventTime }, nowMs) => seen(firstTimestamp ?? eventTime, nowMs),
    ),
    wide('Count', 'string', 'The number of times this event has occurred.', ({ count, series }) => series?.count ?? (count || 1)),
    { ...name, priority: 1 },
  ],

  selectableFields: {
    'involvedObject.kind': ({ involvedObject }) => involvedObject.kind ?? '',
    'involvedObject.namespace': ({ involvedObject }) => involvedObject.namespace ?? '',
    'involvedObject.name': ({ involvedObject }) => involvedObject.name ?? '',
    'involvedObject.uid': ({ involvedObject }) => involvedObject.uid ?? '',
    'involvedObject.apiVersion': ({ involvedObject }) => involvedObject.apiVersion ?? '',
    'involvedObject.resourceVersion': ({ involvedObject }) => involvedObject.resourceVersion ?? '',
    'involvedObject.fieldPath': ({ involvedObject }) => involvedObject.fieldPath ?? '',
    reason: ({ reason }) => reason ?? '',
    reportingComponent: ({ reportingComponent }) => reportingComponent ?? '',
    source: ({ source, reportingComponent }) => source?.component || (reportingComponent ?? ''),
    type: ({ type }) => type ?? '',
  },
  defaults: (event) =>
    filled(event, {
      reportingComponent: '',
      reportingInstance: '',
      source: {},
      eventTime: null,
      firstTimestamp: null,
      lastTimestamp: null,
    } as unknown as Partial<CoreV1Event>),
  // An event's own name is judged by no rule of its own.
  nameRule: pathSegment,
  validate: (event, errors) => validateEvent(event, errors),
})

function validateEvent({ metadata, involvedObject, eventTime, ...event }: CoreV1Event, errors: FieldErrors): void {
  const home = involvedObject?.namespace ?? ''
  const { namespace = '' } = metadata
  const isElsewhere = (homes: readonly string[]) => (home === '' ? !homes.includes(namespace) : !eventTime && home !== namespace)
  if (isElsewhere(eventTime ? ['default', 'kube-system'] : ['default']))
    errors.invalid('involvedObject.namespace', home, 'does not match event.namespace')
  if (!eventTime) return
  const { reportingComponent = '', reportingInstance = '', action = '', reason = '', message = '' } = event
  if (reportingComponent === '') errors.required('reportingComponent')
  for (const problem of qualifiedName(reportingComponent)) errors.invalid('reportingComponent', reportingComponent, problem)
  for (const [field, value] of Object.entries({ reportingInstance, action, reason })) {
    if (value === '') errors.required(field)
    if (value.length > 128) errors.invalid(field, '', 'can have at most 128 characters')
  }
  if (message.length > 1024) errors.invalid('message', '', 'can have at most 1024 characters')
}

function seen(timestamp: string | null | undefined, nowMs: number): string {
  return timestamp ? age(timestamp, nowMs) : '<unknown>'
}

function sourceText({ source, reportingComponent, reportingInstance }: CoreV1Event): string {
  const component = source?.component || (reportingComponent ?? '')
  const instance = source?.host || (reportingInstance ?? '')
  return instance ? `${component}, ${instance}` : component
}
