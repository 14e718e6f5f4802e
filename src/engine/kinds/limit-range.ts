/** LimitRange of the core group v1. */
import { allVerbs, defineKind } from './kind.ts'
import type { V1LimitRange } from './generated/types.ts'

export const limitRange = defineKind<V1LimitRange>({
  group: '',
  version: 'v1',
  kind: 'LimitRange',
  resource: 'limitranges',
  singular: 'limitrange',
  namespaced: true,
  shortNames: ['limits'],
  verbs: allVerbs,
  schema: 'V1LimitRange',
})
