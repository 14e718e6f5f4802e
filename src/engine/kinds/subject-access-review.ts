/** SubjectAccessReview of authorization.k8s.io v1. */
import { defineKind } from './kind.ts'
import type { V1SubjectAccessReview } from './generated/types.ts'

export const subjectAccessReview = defineKind<V1SubjectAccessReview>({
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SubjectAccessReview',
  resource: 'subjectaccessreviews',
  singular: 'subjectaccessreview',
  namespaced: false,
  verbs: ['create'],
  schema: 'V1SubjectAccessReview',
})
