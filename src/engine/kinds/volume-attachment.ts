/** VolumeAttachment of storage.k8s.io v1. */
import { ageColumn, column, name } from './columns.ts'
import { isSame } from '../api/objects.ts'
import { goSyntax } from './go-syntax.ts'
import { goStruct } from './go-value.ts'
import { dns1123Subdomain } from './names.ts'
import { schemaNamed } from './schema.ts'
import { validateCsiDriverName } from './validation/domain-names.ts'
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
  validate: ({ spec }, errors) => {
    const { attacher = '', source = {}, nodeName = '' } = spec ?? {}
    if (attacher === '') errors.required('spec.attacher')
    const { inlineVolumeSpec, persistentVolumeName } = source
    const words = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName'
    if (!inlineVolumeSpec && persistentVolumeName === undefined) errors.required('spec.source', words)
    else if (inlineVolumeSpec && persistentVolumeName !== undefined) errors.forbidden('spec.source', words)
    else if (persistentVolumeName === '') errors.required('spec.source.persistentVolumeName', 'must specify non empty persistentVolumeName')
    for (const problem of dns1123Subdomain(nodeName)) errors.invalid('spec.nodeName', nodeName, problem)
    validateCsiDriverName(attacher, 'spec.attacher', errors)
    for (const problem of persistentVolumeName === undefined ? [] : dns1123Subdomain(persistentVolumeName))
      errors.invalid('spec.source.persistentVolumeName', persistentVolumeName, problem)
  },
  validateUpdate: ({ old, fresh }, errors) => {
    if (!isSame(old.spec, fresh.spec))
      errors.invalid('spec', goSyntax(goStruct(schemaNamed('V1VolumeAttachmentSpec')), fresh.spec), 'field is immutable')
  },
})
