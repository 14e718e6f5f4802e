/** ServiceCIDR of networking.k8s.io v1. */
import { allVerbs, defineKind } from './kind.ts'
import type { V1ServiceCIDR } from './generated/types.ts'

export const serviceCIDR = defineKind<V1ServiceCIDR>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'ServiceCIDR',
  resource: 'servicecidrs',
  singular: 'servicecidr',
  namespaced: false,
  verbs: allVerbs,
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
  schema: 'V1ServiceCIDR',
})
