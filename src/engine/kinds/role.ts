/** Role of rbac.authorization.k8s.io v1. */
import { validateRule } from './rbac-rules.ts'
import { pathSegment } from './names.ts'
import { allVerbs, defineKind } from './kind.ts'
import type { V1Role } from './generated/types.ts'

export const role = defineKind<V1Role>({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'Role',
  resource: 'roles',
  singular: 'role',
  namespaced: true,
  isCreatedByUpdate: true,
  verbs: allVerbs,
  schema: 'V1Role',
  nameRule: pathSegment,
  validate: ({ rules }, errors) => rules?.forEach((rule, index) => validateRule(rule, `rules[${index}]`, 'namespace', errors)),
})
