/** Binding of the core group v1. */
import { defineKind } from './kind.ts'
import type { V1Binding } from './generated/types.ts'

export const binding = defineKind<V1Binding>({
  group: '',
  version: 'v1',
  kind: 'Binding',
  resource: 'bindings',
  singular: 'binding',
  namespaced: true,
  verbs: ['create'],
  schema: 'V1Binding',
})
