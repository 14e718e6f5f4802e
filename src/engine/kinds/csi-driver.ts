/** CSIDriver of storage.k8s.io v1. */
import { allVerbs, defineKind } from './kind.ts'
import type { V1CSIDriver } from './generated/types.ts'

export const csiDriver = defineKind<V1CSIDriver>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSIDriver',
  resource: 'csidrivers',
  singular: 'csidriver',
  namespaced: false,
  verbs: allVerbs,
  schema: 'V1CSIDriver',
})
