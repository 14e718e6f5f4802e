/** Job of batch v1. */
import { allVerbs, defineKind } from './kind.ts'
import type { V1Job } from './generated/types.ts'

export const job = defineKind<V1Job>({
  group: 'batch',
  version: 'v1',
  kind: 'Job',
  resource: 'jobs',
  singular: 'job',
  namespaced: true,
  categories: ['all'],
  verbs: allVerbs,
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
  schema: 'V1Job',
  hasGeneration: true,
})
