/** ResourceQuota of the core group v1. */
import { allVerbs, defineKind } from './kind.ts'
import type { V1ResourceQuota } from './generated/types.ts'

export const resourceQuota = defineKind<V1ResourceQuota>({
  group: '',
  version: 'v1',
  kind: 'ResourceQuota',
  resource: 'resourcequotas',
  singular: 'resourcequota',
  namespaced: true,
  shortNames: ['quota'],
  verbs: allVerbs,
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
  schema: 'V1ResourceQuota',
})
