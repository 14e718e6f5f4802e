/** RuntimeClass of node.k8s.io v1. */
import { ageColumn, column, name } from './columns.ts'
import { allVerbs, defineKind } from './kind.ts'
import type { V1RuntimeClass } from './generated/types.ts'

export const runtimeClass = defineKind<V1RuntimeClass>({
  group: 'node.k8s.io',
  version: 'v1',
  kind: 'RuntimeClass',
  resource: 'runtimeclasses',
  singular: 'runtimeclass',
  namespaced: false,
  needsVersion: true,
  verbs: allVerbs,
  schema: 'V1RuntimeClass',
  columns: [name, column('Handler', 'string', '', ({ handler }) => handler), ageColumn],
})
