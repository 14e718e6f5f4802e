/** Ingress of networking.k8s.io v1. */
import { allVerbs, defineKind } from './kind.ts'
import type { V1Ingress } from './generated/types.ts'

export const ingress = defineKind<V1Ingress>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'Ingress',
  resource: 'ingresses',
  singular: 'ingress',
  namespaced: true,
  shortNames: ['ing'],
  verbs: allVerbs,
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
  schema: 'V1Ingress',
  hasGeneration: true,
})
