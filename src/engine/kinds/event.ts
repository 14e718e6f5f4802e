/** Event of the core group v1. */
import { allVerbs, defineKind } from './kind.ts'
import type { CoreV1Event } from './generated/types.ts'

export const event = defineKind<CoreV1Event>({
  group: '',
  version: 'v1',
  kind: 'Event',
  resource: 'events',
  singular: 'event',
  namespaced: true,
  shortNames: ['ev'],
  verbs: allVerbs,
  schema: 'CoreV1Event',
})
