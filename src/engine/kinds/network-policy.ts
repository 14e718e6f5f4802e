/** NetworkPolicy of networking.k8s.io v1. */
import { allVerbs, defineKind } from './kind.ts'
import type { V1NetworkPolicy } from './generated/types.ts'

export const networkPolicy = defineKind<V1NetworkPolicy>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'NetworkPolicy',
  resource: 'networkpolicies',
  singular: 'networkpolicy',
  namespaced: true,
  shortNames: ['netpol'],
  verbs: allVerbs,
  schema: 'V1NetworkPolicy',
  hasGeneration: true,
})
