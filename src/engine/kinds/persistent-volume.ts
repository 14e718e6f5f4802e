/** PersistentVolume of the core group v1. */
import { allVerbs, defineKind } from './kind.ts'
import type { V1PersistentVolume } from './generated/types.ts'

export const persistentVolume = defineKind<V1PersistentVolume>({
  group: '',
  version: 'v1',
  kind: 'PersistentVolume',
  resource: 'persistentvolumes',
  singular: 'persistentvolume',
  namespaced: false,
  shortNames: ['pv'],
  verbs: allVerbs,
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
  schema: 'V1PersistentVolume',
})
