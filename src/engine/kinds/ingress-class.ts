/** IngressClass of networking.k8s.io v1. */
import { allVerbs, defineKind } from './kind.ts'
import type { V1IngressClass } from './generated/types.ts'

export const ingressClass = defineKind<V1IngressClass>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'IngressClass',
  resource: 'ingressclasses',
  singular: 'ingressclass',
  namespaced: false,
  verbs: allVerbs,
  schema: 'V1IngressClass',
  hasGeneration: true,
})
