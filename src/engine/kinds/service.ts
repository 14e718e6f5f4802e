/** Service of the core group v1. */
import { allVerbs, defineKind } from './kind.ts'
import type { V1Service } from './generated/types.ts'

export const service = defineKind<V1Service>({
  group: '',
  version: 'v1',
  kind: 'Service',
  resource: 'services',
  singular: 'service',
  namespaced: true,
  shortNames: ['svc'],
  categories: ['all'],
  verbs: allVerbs,
  subresources: {
    proxy: { verbs: ['create', 'delete', 'get', 'patch', 'update'], kind: 'ServiceProxyOptions' },
    status: { verbs: ['get', 'patch', 'update'] },
  },
  schema: 'V1Service',
})
