/** RoleBinding of rbac.authorization.k8s.io v1. */
import { allVerbs, defineKind } from './kind.ts'
import type { V1RoleBinding } from './generated/types.ts'

export const roleBinding = defineKind<V1RoleBinding>({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'RoleBinding',
  resource: 'rolebindings',
  singular: 'rolebinding',
  namespaced: true,
  verbs: allVerbs,
  schema: 'V1RoleBinding',
})
