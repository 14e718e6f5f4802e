/** StorageClass of storage.k8s.io v1. */
import { allVerbs, defineKind } from './kind.ts'
import type { V1StorageClass } from './generated/types.ts'

export const storageClass = defineKind<V1StorageClass>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'StorageClass',
  resource: 'storageclasses',
  singular: 'storageclass',
  namespaced: false,
  shortNames: ['sc'],
  verbs: allVerbs,
  schema: 'V1StorageClass',
})
