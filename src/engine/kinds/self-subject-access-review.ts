/** SelfSubjectAccessReview of authorization.k8s.io v1. */
import { defineKind } from './kind.ts'
import type { V1SelfSubjectAccessReview } from './generated/types.ts'

export const selfSubjectAccessReview = defineKind<V1SelfSubjectAccessReview>({
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SelfSubjectAccessReview',
  resource: 'selfsubjectaccessreviews',
  singular: 'selfsubjectaccessreview',
  namespaced: false,
  verbs: ['create'],
  schema: 'V1SelfSubjectAccessReview',
})
