/** SelfSubjectReview of authentication.k8s.io v1. */
import { defineKind } from './kind.ts'
import type { V1SelfSubjectReview } from './generated/types.ts'

export const selfSubjectReview = defineKind<V1SelfSubjectReview>({
  group: 'authentication.k8s.io',
  version: 'v1',
  kind: 'SelfSubjectReview',
  resource: 'selfsubjectreviews',
  singular: 'selfsubjectreview',
  namespaced: false,
  verbs: ['create'],
  schema: 'V1SelfSubjectReview',
})
