/** PodDisruptionBudget of policy v1. */
import { allVerbs, defineKind } from './kind.ts'
import type { V1PodDisruptionBudget } from './generated/types.ts'

export const podDisruptionBudget = defineKind<V1PodDisruptionBudget>({
  group: 'policy',
  version: 'v1',
  kind: 'PodDisruptionBudget',
  resource: 'poddisruptionbudgets',
  singular: 'poddisruptionbudget',
  namespaced: true,
  shortNames: ['pdb'],
  verbs: allVerbs,
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
  schema: 'V1PodDisruptionBudget',
  hasGeneration: true,
})
