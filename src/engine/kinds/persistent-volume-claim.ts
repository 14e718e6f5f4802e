/** PersistentVolumeClaim of the core group v1. */
import { isSame } from '../api/objects.ts'
import { validateSelector } from './validation/selectors.ts'
import { supported } from './validation/values.ts'
import { compareQuantities } from './quantity.ts'
import { ageColumn, column, name, wide } from './columns.ts'
import { filled, withField } from './defaulting.ts'
import { goDiff } from './go-diff.ts'
import { goStruct } from './go-value.ts'
import { allVerbs, defineKind } from './kind.ts'
import { schemaNamed } from './schema.ts'
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
  columns: [
    name,
    column('Status', 'string', 'phase represents the current phase of PersistentVolumeClaim.', ({ metadata, status }) =>
      metadata.deletionTimestamp === undefined ? (status.phase ?? '') : 'Terminating',
    ),
    column(
      'Volume',
      'string',
      'volumeName is the binding reference to the PersistentVolume backing this claim.',
      ({ spec }) => spec.volumeName ?? '',
    ),
    column('Capacity', 'string', 'capacity represents the actual resources of the underlying volume.', ({ spec, status }) =>
      spec.volumeName ? (status.capacity?.storage ?? '0') : '',
    ),
    column(
      'Access Modes',
      'string',
      'accessModes contains the actual access modes the volume backing the PVC has. More info: https://kubernetes.io/docs/concepts/storage/persistent-volumes#access-modes-1',
      ({ spec, status }) => (spec.volumeName ? accessModesText(status.accessModes) : ''),
    ),
    column(
      'StorageClass',
      'string',
      'StorageClass of the pvc',
      ({ metadata, spec }) => metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec.storageClassName ?? '',
    ),
    column(
      'VolumeAttributesClass',
      'string',
      'VolumeAttributesClass of the pvc',
      ({ spec }) => spec.volumeAttributesClassName ?? '<unset>',
    ),
    ageColumn,
    wide(
      'VolumeMode',
      'string',
      'volumeMode defines what type of volume is required by the claim. Value of Filesystem is implied when not included in claim spec.',
      ({ spec }) => spec.volumeMode ?? '<unset>',
    ),
  ],
  defaults: (claim) => (claim.spec ? withField(claim, 'spec', filled(claim.spec, { volumeMode: 'Filesystem' })) : claim),
  onCreate: (claim) => {
    const finalizers = claim.metadata.finalizers ?? []
    const metadata = finalizers.includes('kubernetes.io/pvc-protection')
      ? claim.metadata
      : { ...claim.metadata, finalizers: [...finalizers, 'kubernetes.io/pvc-protection'] }
    return { ...claim, metadata, status: { phase: 'Pending' } }
  },
  warnings: ({ metadata }) => storageClassWarnings(metadata.annotations),
  validate: ({ spec }, errors) => {
    if (!spec.accessModes?.length) errors.required('spec.accessModes', 'at least 1 access mode is required')
    if (spec.selector) validateSelector(spec.selector, 'spec.selector', errors)
    spec.accessModes?.forEach((mode) =>
      supported('spec.accessModes', mode, ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'], errors),
    )
    const storage = spec.resources?.requests?.storage
    if (storage === undefined) errors.required('spec.resources[storage]')
    else if (compareQuantities(storage, '0') <= 0) errors.invalid('spec.resources[storage]', storage, 'must be greater than zero')
    if (spec.volumeMode !== undefined) supported('spec.volumeMode', spec.volumeMode, ['Block', 'Filesystem'], errors)
  },
  validateUpdate: ({ old, fresh }, errors) => {
    if (old.spec === fresh.spec) return
    const isBound = old.status.phase === 'Bound'
    const { resources: before, volumeName: oldVolume, ...fixedBefore } = old.spec
    const { resources: after, volumeName, ...fixedAfter } = fresh.spec
    const sameName = oldVolume === volumeName || !oldVolume
    if (!sameName || !isSame(fixedBefore, fixedAfter) || (!isBound && !isSame(before, after))) {
      const kept = { ...fresh.spec, ...(isBound ? { resources: before } : {}), ...(sameName ? { volumeName: oldVolume } : {}) }
      errors.forbidden(
        'spec',
        `spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n${goDiff(goStruct(schemaNamed('V1PersistentVolumeClaimSpec')), old.spec, kept)}`,
      )
      return
    }
    const smaller =
      before?.requests?.storage !== undefined &&
      after?.requests?.storage !== undefined &&
      compareQuantities(after.requests.storage, before.requests.storage) < 0
    if (smaller) errors.forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity')
  },
})

const shortModes: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
}

export function accessModesText(modes: readonly string[] = []): string {
  return Object.keys(shortModes)
    .filter((mode) => modes.includes(mode))
    .map((mode) => shortModes[mode])
    .join(',')
}

/** Of claims and volumes alike. */
export function storageClassWarnings(annotations: Readonly<Record<string, string>> = {}): readonly string[] {
  const key = 'volume.beta.kubernetes.io/storage-class'
  return annotations[key] === undefined
    ? []
    : [`metadata.annotations[${key}]: deprecated since v1.8; use "storageClassName" attribute instead`]
}
