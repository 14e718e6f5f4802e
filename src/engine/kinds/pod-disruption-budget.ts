/** PodDisruptionBudget of policy v1. */
import { ageColumn, column, name } from './columns.ts'
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
  columns: [
    name,
    column('Min Available', 'string', 'The minimum number of pods that must be available.', ({ spec }) => spec.minAvailable ?? 'N/A'),
    column('Max Unavailable', 'string', 'The maximum number of pods that may be unavailable.', ({ spec }) => spec.maxUnavailable ?? 'N/A'),
    column('Allowed Disruptions', 'integer', 'Calculated number of pods that may be disrupted at this time.', ({ status }) => status.disruptionsAllowed),
    ageColumn,
  ],
})
