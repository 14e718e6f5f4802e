/** PriorityClass of scheduling.k8s.io v1. */
import { allVerbs, defineKind } from './kind.ts'
import type { V1PriorityClass } from './generated/types.ts'

export const priorityClass = defineKind<V1PriorityClass>({
  group: 'scheduling.k8s.io',
  version: 'v1',
  kind: 'PriorityClass',
  resource: 'priorityclasses',
  singular: 'priorityclass',
  namespaced: false,
  shortNames: ['pc'],
  verbs: allVerbs,
  schema: 'V1PriorityClass',
  hasGeneration: true,
})
