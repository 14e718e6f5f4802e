/** HorizontalPodAutoscaler of autoscaling v1. */
import { allVerbs, defineKind } from './kind.ts'
import type { V1HorizontalPodAutoscaler } from './generated/types.ts'

export const horizontalPodAutoscalerV1 = defineKind<V1HorizontalPodAutoscaler>({
  group: 'autoscaling',
  version: 'v1',
  kind: 'HorizontalPodAutoscaler',
  resource: 'horizontalpodautoscalers',
  singular: 'horizontalpodautoscaler',
  namespaced: true,
  shortNames: ['hpa'],
  categories: ['all'],
  verbs: allVerbs,
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
  schema: 'V1HorizontalPodAutoscaler',
})
