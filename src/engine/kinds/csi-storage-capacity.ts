/** CSIStorageCapacity of storage.k8s.io v1. */
import { allVerbs, defineKind } from './kind.ts'
import type { V1CSIStorageCapacity } from './generated/types.ts'

export const csiStorageCapacity = defineKind<V1CSIStorageCapacity>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSIStorageCapacity',
  resource: 'csistoragecapacities',
  singular: 'csistoragecapacity',
  namespaced: true,
  needsVersion: true,
  verbs: allVerbs,
  schema: 'V1CSIStorageCapacity',
})
