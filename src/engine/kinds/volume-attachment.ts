/** VolumeAttachment of storage.k8s.io v1. */
import { allVerbs, defineKind } from './kind.ts'
import type { V1VolumeAttachment } from './generated/types.ts'

export const volumeAttachment = defineKind<V1VolumeAttachment>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'VolumeAttachment',
  resource: 'volumeattachments',
  singular: 'volumeattachment',
  namespaced: false,
  verbs: allVerbs,
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
  schema: 'V1VolumeAttachment',
})
