/** ClusterRole of rbac.authorization.k8s.io v1. */
import { validateRule } from './rbac-rules.ts'
import { pathSegment } from './names.ts'
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
  validate: ({ rules }, errors) => rules?.forEach((rule, index) => validateRule(rule, `rules[${index}]`, 'cluster', errors)),
})
