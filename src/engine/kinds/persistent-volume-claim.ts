/** PersistentVolumeClaim of the core group v1. */
import { allVerbs, defineKind } from './kind.ts'
import type { V1PersistentVolumeClaim } from './generated/types.ts'

export const persistentVolumeClaim = defineKind<V1PersistentVolumeClaim>({
  group: '',
  version: 'v1',
  kind: 'PersistentVolumeClaim',
  resource: 'persistentvolumeclaims',
  singular: 'persistentvolumeclaim',
  namespaced: true,
  shortNames: ['pvc'],
  verbs: allVerbs,
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
  schema: 'V1PersistentVolumeClaim',
})
