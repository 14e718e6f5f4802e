/** Secret of the core group v1. */
import { allVerbs, defineKind } from './kind.ts'
import type { V1Secret } from './generated/types.ts'

export const secret = defineKind<V1Secret>({
  group: '',
  version: 'v1',
  kind: 'Secret',
  resource: 'secrets',
  singular: 'secret',
  namespaced: true,
  verbs: allVerbs,
  schema: 'V1Secret',
})
