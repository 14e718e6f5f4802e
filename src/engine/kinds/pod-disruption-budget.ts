/** PodDisruptionBudget of policy v1. */
import { pathSegment } from './names.ts'
import { notNegative, supported } from './validation/values.ts'
import { validateSelector } from './validation/selectors.ts'
import { validateAtMostAll, validateShare } from './workload-validation.ts'
import { ageColumn, column, name } from './columns.ts'
import { goSyntax } from './go-syntax.ts'
import { goStruct } from './go-value.ts'
import { allVerbs, defineKind } from './kind.ts'
import { schemaNamed } from './schema.ts'
import type { V1PodDisruptionBudget } from './generated/types.ts'

export const podDisruptionBudget = defineKind<V1PodDisruptionBudget>({
  group: 'policy',
  version: 'v1',
  kind: 'PodDisruptionBudget',
  resource: 'poddisruptionbudgets',
  singular: 'poddisruptionbudget',
  namespaced: true,
  needsVersion: true,
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
    column(
      'Allowed Disruptions',
      'integer',
      'Calculated number of pods that may be disrupted at this time.',
      ({ status }) => status.disruptionsAllowed,
    ),
    ageColumn,
  ],
  // Upstream's rules for budgets leave out the name.
  nameRule: pathSegment,
  validate: ({ spec }, errors) => {
    if (spec.minAvailable !== undefined && spec.maxUnavailable !== undefined)
      errors.invalid(
        'spec',
        goSyntax(goStruct(schemaNamed('V1PodDisruptionBudgetSpec')), spec),
        'minAvailable and maxUnavailable cannot be both set',
      )
    for (const field of ['minAvailable', 'maxUnavailable'] as const) {
      const value = spec[field]
      validateShare(value, `spec.${field}`, errors)
      validateAtMostAll(value, `spec.${field}`, errors)
    }
    if (spec.selector) validateSelector(spec.selector, 'spec.selector', errors)
    if (spec.unhealthyPodEvictionPolicy !== undefined)
      supported('spec.unhealthyPodEvictionPolicy', spec.unhealthyPodEvictionPolicy, ['AlwaysAllow', 'IfHealthyBudget'], errors)
  },
  validateStatus: ({ fresh: { status } }, errors) => {
    for (const field of ['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods'] as const)
      notNegative(`status.${field}`, status?.[field], errors)
  },
})
