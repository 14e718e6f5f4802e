/** EndpointSlice of discovery.k8s.io v1. */
import { allVerbs, defineKind } from './kind.ts'
import type { V1EndpointSlice } from './generated/types.ts'

export const endpointSlice = defineKind<V1EndpointSlice>({
  group: 'discovery.k8s.io',
  version: 'v1',
  kind: 'EndpointSlice',
  resource: 'endpointslices',
  singular: 'endpointslice',
  namespaced: true,
  verbs: allVerbs,
  schema: 'V1EndpointSlice',
  hasGeneration: true,
})
