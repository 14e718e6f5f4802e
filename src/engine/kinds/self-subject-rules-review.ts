/** SelfSubjectRulesReview of authorization.k8s.io v1. */
import { defineKind } from './kind.ts'
import type { V1SelfSubjectRulesReview } from './generated/types.ts'

export const selfSubjectRulesReview = defineKind<V1SelfSubjectRulesReview>({
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SelfSubjectRulesReview',
  resource: 'selfsubjectrulesreviews',
  singular: 'selfsubjectrulesreview',
  namespaced: false,
  verbs: ['create'],
  schema: 'V1SelfSubjectRulesReview',
})
