/** ClusterRoleBinding of rbac.authorization.k8s.io v1. */
import { allVerbs, defineKind } from './kind.ts'
import type { V1ClusterRoleBinding } from './generated/types.ts'

export const clusterRoleBinding = defineKind<V1ClusterRoleBinding>({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'ClusterRoleBinding',
  resource: 'clusterrolebindings',
  singular: 'clusterrolebinding',
  namespaced: false,
  verbs: allVerbs,
  schema: 'V1ClusterRoleBinding',
})
