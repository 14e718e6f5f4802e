/** APIService of apiregistration.k8s.io v1. */
import { allVerbs, defineKind } from './kind.ts'
import type { V1APIService } from './generated/types.ts'

export const apiService = defineKind<V1APIService>({
  group: 'apiregistration.k8s.io',
  version: 'v1',
  kind: 'APIService',
  resource: 'apiservices',
  singular: 'apiservice',
  namespaced: false,
  categories: ['api-extensions'],
  verbs: allVerbs,
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
  schema: 'V1APIService',
})
