/** HorizontalPodAutoscaler of autoscaling v2. */
import { allVerbs, defineKind } from './kind.ts'
import type { V2HorizontalPodAutoscaler } from './generated/types.ts'

export const horizontalPodAutoscaler = defineKind<V2HorizontalPodAutoscaler>({
  group: 'autoscaling',
  version: 'v2',
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
  schema: 'V2HorizontalPodAutoscaler',
})
