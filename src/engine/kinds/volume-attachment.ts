/** VolumeAttachment of storage.k8s.io v1. */
import { ageColumn, column, name } from './columns.ts'
import { allVerbs, defineKind } from './kind.ts'
import type { V1VolumeAttachment } from './generated/types.ts'

export const volumeAttachment = defineKind<V1VolumeAttachment>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'VolumeAttachment',
  resource: 'volumeattachments',
  singular: 'volumeattachment',
  namespaced: false,
  needsVersion: true,
  verbs: allVerbs,
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
  schema: 'V1VolumeAttachment',
  columns: [
    name,
    {
      ...column(
        'Attacher',
        'string',
        'attacher indicates the name of the volume driver that MUST handle this request. This is the name returned by GetPluginName().',
        ({ spec }) => spec.attacher,
      ),
      format: 'name',
    },
    column(
      'PV',
      'string',
      'persistentVolumeName represents the name of the persistent volume to attach.',
      ({ spec }) => spec.source.persistentVolumeName ?? '',
    ),
    column('Node', 'string', 'nodeName represents the node that the volume should be attached to.', ({ spec }) => spec.nodeName),
    column(
      'Attached',
      'boolean',
      'attached indicates the volume is successfully attached. This field must only be set by the entity completing the attach operation, i.e. the external-attacher.',
      ({ status }) => status?.attached ?? false,
    ),
    ageColumn,
  ],
})
