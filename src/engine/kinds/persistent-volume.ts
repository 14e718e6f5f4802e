/** PersistentVolume of the core group v1. */
import { isSame } from '../api/objects.ts'
import { Verbatim } from './field-errors.ts'
import { supported } from './validation/values.ts'
import { validateHostPath } from './validation/volumes.ts'
import { ageColumn, column, name, wide } from './columns.ts'
import { accessModesText, storageClassWarnings } from './persistent-volume-claim.ts'
import { filled, withField } from './defaulting.ts'
import { goDiff } from './go-diff.ts'
import { goEmbedded } from './go-value.ts'
import { allVerbs, defineKind } from './kind.ts'
import { volumeWarnings } from './pod-warnings.ts'
import { schemaNamed } from './schema.ts'
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
  columns: [
    name,
    column(
      'Capacity',
      'string',
      "capacity is the description of the persistent volume's resources and capacity. More info: https://kubernetes.io/docs/concepts/storage/persistent-volumes#capacity",
      ({ spec }) => spec.capacity?.storage ?? '',
    ),
    column(
      'Access Modes',
      'string',
      'accessModes contains all ways the volume can be mounted. More info: https://kubernetes.io/docs/concepts/storage/persistent-volumes#access-modes',
      ({ spec }) => accessModesText(spec.accessModes),
    ),
    column(
      'Reclaim Policy',
      'string',
      'persistentVolumeReclaimPolicy defines what happens to a persistent volume when released from its claim. Valid options are Retain (default for manually created PersistentVolumes), Delete (default for dynamically provisioned PersistentVolumes), and Recycle (deprecated). Recycle must be supported by the volume plugin underlying this PersistentVolume. More info: https://kubernetes.io/docs/concepts/storage/persistent-volumes#reclaiming',
      ({ spec }) => spec.persistentVolumeReclaimPolicy ?? '',
    ),
    column(
      'Status',
      'string',
      'phase indicates if a volume is available, bound to a claim, or released by a claim. More info: https://kubernetes.io/docs/concepts/storage/persistent-volumes#phase',
      ({ metadata, status }) => (metadata.deletionTimestamp === undefined ? (status.phase ?? '') : 'Terminating'),
    ),
    column(
      'Claim',
      'string',
      'claimRef is part of a bi-directional binding between PersistentVolume and PersistentVolumeClaim. Expected to be non-nil when bound. claim.VolumeName is the authoritative bind between PV and PVC. More info: https://kubernetes.io/docs/concepts/storage/persistent-volumes#binding',
      ({ spec }) => (spec.claimRef ? `${spec.claimRef.namespace}/${spec.claimRef.name}` : ''),
    ),
    column(
      'StorageClass',
      'string',
      'StorageClass of the pv',
      ({ metadata, spec }) => metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec.storageClassName ?? '',
    ),
    column('VolumeAttributesClass', 'string', 'VolumeAttributesClass of the pv', ({ spec }) => spec.volumeAttributesClassName ?? '<unset>'),
    column(
      'Reason',
      'string',
      'reason is a brief CamelCase string that describes any failure and is meant for machine parsing and tidy display in the CLI.',
      ({ status }) => status.reason ?? '',
    ),
    ageColumn,
    wide(
      'VolumeMode',
      'string',
      'volumeMode defines if a volume is intended to be used with a formatted filesystem or to remain in raw block state. Value of Filesystem is implied when not included in spec.',
      ({ spec }) => spec.volumeMode ?? '<unset>',
    ),
  ],
  defaults: (volume) => {
    if (!volume.spec) return volume
    let spec = filled(volume.spec, { persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem' })
    if (spec.hostPath) spec = withField(spec, 'hostPath', filled(spec.hostPath, { type: '' }))
    return withField(volume, 'spec', spec)
  },
  onCreate: (volume) => ({ ...volume, metadata: withProtection(volume.metadata), status: { phase: 'Pending' } }),
  validate: ({ spec }, errors) => {
    if (!spec.accessModes?.length) errors.required('spec.accessModes')
    spec.accessModes?.forEach((mode) =>
      supported('spec.accessModes', mode, ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'], errors),
    )
    if (Object.keys(spec.capacity ?? {}).length === 0) errors.required('spec.capacity')
    if (spec.capacity?.storage === undefined || Object.keys(spec.capacity).length > 1)
      errors.notSupported('spec.capacity', new Verbatim('core.ResourceList{}'), ['storage'])
    supported('spec.persistentVolumeReclaimPolicy', spec.persistentVolumeReclaimPolicy ?? '', ['Delete', 'Recycle', 'Retain'], errors)
    const used = volumeSources.filter((source) => spec[source] !== undefined)
    if (used.length === 0) errors.required('spec', 'must specify a volume type')
    for (const extra of used.slice(1)) errors.forbidden(`spec.${extra}`, 'may not specify more than 1 volume type')
    if (used[0] === 'hostPath' && spec.hostPath) validateHostPath(spec.hostPath, 'spec.hostPath', errors)
    if (spec.local && !spec.nodeAffinity) errors.required('spec.nodeAffinity', 'Local volume requires node affinity')
    if (spec.volumeMode !== undefined) supported('spec.volumeMode', spec.volumeMode, ['Block', 'Filesystem'], errors)
  },
  warnings: ({ metadata, spec }, old) => [
    ...storageClassWarnings(metadata.annotations),
    ...(old?.spec.persistentVolumeReclaimPolicy !== 'Recycle' && spec.persistentVolumeReclaimPolicy === 'Recycle'
      ? [
          'spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.',
        ]
      : []),
    ...(old ? [] : volumeWarnings(spec, 'spec')),
  ],
  validateUpdate: ({ old, fresh }, errors) => {
    if (volumeSources.some((source) => !isSame(old.spec[source], fresh.spec[source]))) {
      const type = goEmbedded(schemaNamed('V1PersistentVolumeSpec'), 'PersistentVolumeSource')
      errors.forbidden(
        'spec.persistentvolumesource',
        `spec.persistentvolumesource is immutable after creation\n${goDiff(type, old.spec, fresh.spec)}`,
      )
    }
    if (old.spec.volumeMode !== fresh.spec.volumeMode) errors.invalid('spec.volumeMode', fresh.spec.volumeMode, 'field is immutable')
  },
})

/** A volume in use outlives its deletion. */
function withProtection(metadata: V1PersistentVolume['metadata']): V1PersistentVolume['metadata'] {
  const finalizers = metadata.finalizers ?? []
  return finalizers.includes('kubernetes.io/pv-protection')
    ? metadata
    : { ...metadata, finalizers: [...finalizers, 'kubernetes.io/pv-protection'] }
}

const volumeSources = [
  'hostPath',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'glusterfs',
  'flocker',
  'nfs',
  'rbd',
  'quobyte',
  'cephfs',
  'iscsi',
  'cinder',
  'fc',
  'flexVolume',
  'azureFile',
  'vsphereVolume',
  'photonPersistentDisk',
  'portworxVolume',
  'azureDisk',
  'scaleIO',
  'local',
  'storageos',
  'csi',
] as const
