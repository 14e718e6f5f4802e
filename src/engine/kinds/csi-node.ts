/** CSINode of storage.k8s.io v1. */
import { allVerbs, defineKind } from './kind.ts'
import type { V1CSINode } from './generated/types.ts'

export const csiNode = defineKind<V1CSINode>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSINode',
  resource: 'csinodes',
  singular: 'csinode',
  namespaced: false,
  verbs: allVerbs,
  schema: 'V1CSINode',
})
