/** Lease of coordination.k8s.io v1. */
import { allVerbs, defineKind } from './kind.ts'
import type { V1Lease } from './generated/types.ts'

export const lease = defineKind<V1Lease>({
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  resource: 'leases',
  singular: 'lease',
  namespaced: true,
  verbs: allVerbs,
  schema: 'V1Lease',
})
