/** ClusterRole of rbac.authorization.k8s.io v1. */
import { validateRule } from './rbac-rules.ts'
import { pathSegment } from './names.ts'
import { validateSelector } from './validation/selectors.ts'
import { allVerbs, defineKind } from './kind.ts'
import type { V1ClusterRole } from './generated/types.ts'

export const clusterRole = defineKind<V1ClusterRole>({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'ClusterRole',
  resource: 'clusterroles',
  singular: 'clusterrole',
  namespaced: false,
  isCreatedByUpdate: true,
  verbs: allVerbs,
  schema: 'V1ClusterRole',
  nameRule: pathSegment,
  validate: ({ rules, aggregationRule }, errors) => {
    rules?.forEach((rule, index) => validateRule(rule, `rules[${index}]`, 'cluster', errors))
    if (!aggregationRule) return
    const path = 'aggregationRule.clusterRoleSelectors'
    const selectors = aggregationRule.clusterRoleSelectors ?? []
    if (selectors.length === 0) errors.required(path, 'at least one clusterRoleSelector required if aggregationRule is non-nil')
    selectors.forEach((selector, index) => {
      // What could not be made of it is null.
      if (!validateSelector(selector, `${path}[${index}]`, errors)) errors.invalid(`${path}[${index}]`, null, 'invalid label selector.')
    })
  },
})
