/** Endpoints of the core group v1. */
import { allVerbs, defineKind } from './kind.ts'
import type { V1Endpoints } from './generated/types.ts'

export const endpoints = defineKind<V1Endpoints>({
  group: '',
  version: 'v1',
  kind: 'Endpoints',
  resource: 'endpoints',
  singular: 'endpoints',
  namespaced: true,
  shortNames: ['ep'],
  verbs: allVerbs,
  schema: 'V1Endpoints',
})
