/** Event of events.k8s.io v1. */
import { allVerbs, defineKind } from './kind.ts'
import type { EventsV1Event } from './generated/types.ts'

export const eventsEvent = defineKind<EventsV1Event>({
  group: 'events.k8s.io',
  version: 'v1',
  kind: 'Event',
  resource: 'events',
  singular: 'event',
  namespaced: true,
  shortNames: ['ev'],
  verbs: allVerbs,
  schema: 'EventsV1Event',
})
