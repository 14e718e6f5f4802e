/** LocalSubjectAccessReview of authorization.k8s.io v1. */
import { defineKind } from './kind.ts'
import type { V1LocalSubjectAccessReview } from './generated/types.ts'

export const localSubjectAccessReview = defineKind<V1LocalSubjectAccessReview>({
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'LocalSubjectAccessReview',
  resource: 'localsubjectaccessreviews',
  singular: 'localsubjectaccessreview',
  namespaced: true,
  verbs: ['create'],
  schema: 'V1LocalSubjectAccessReview',
})
