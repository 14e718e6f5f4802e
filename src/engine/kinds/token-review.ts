/** TokenReview of authentication.k8s.io v1. */
import { defineKind } from './kind.ts'
import type { V1TokenReview } from './generated/types.ts'

export const tokenReview = defineKind<V1TokenReview>({
  group: 'authentication.k8s.io',
  version: 'v1',
  kind: 'TokenReview',
  resource: 'tokenreviews',
  singular: 'tokenreview',
  namespaced: false,
  verbs: ['create'],
  schema: 'V1TokenReview',
})
