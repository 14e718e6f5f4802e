/** PersistentVolumeClaim of the core group v1. */
import { isSame } from '../api/objects.ts'
import { ageColumn, column, name, wide } from './columns.ts'
import { filled, withField } from './defaulting.ts'
import type { FieldErrors } from './field-errors.ts'
import type { V1PersistentVolumeClaim, V1PersistentVolumeClaimSpec } from './generated/types.ts'
import { goDiff } from './go-diff.ts'
import { goStruct } from './go-value.ts'
import { allVerbs, type Change, defineKind } from './kind.ts'
import { qualifiedName } from './names.ts'
import { compareQuantities, wholeValue } from './quantity.ts'
import { schemaNamed } from './schema.ts'
import { claimWarnings, validateClaimSpec } from './validation/claims.ts'

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
      ({ metadata, spec }) => metadata.annotations?.[classAnnotation] ?? spec.storageClassName ?? '',
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
    return { ...claim, metadata, spec: withOneSource(withoutSwitchedOff(claim.spec, undefined)), status: { phase: 'Pending' } }
  },
  onUpdate: ({ old, fresh }) => (fresh.spec === old.spec ? fresh : withField(fresh, 'spec', withoutSwitchedOff(fresh.spec, old.spec))),
  warnings: ({ metadata, spec }) => [...storageClassWarnings(metadata.annotations), ...claimWarnings(spec, 'spec')],
  validate: ({ spec }, errors) => validateClaimSpec(spec, 'spec', errors),
  validateUpdate: (change, errors) => {
    if (change.subresource !== 'status') validateChange(change, errors)
  },
  validateStatus: ({ fresh }, errors) => validateStatus(fresh, errors),
})

/** Sources from other namespaces and classes of attributes are features that 1.33 has switched off. */
function withoutSwitchedOff(spec: V1PersistentVolumeClaimSpec, old: V1PersistentVolumeClaimSpec | undefined): V1PersistentVolumeClaimSpec {
  const { volumeAttributesClassName, dataSource, dataSourceRef, ...rest } = spec
  const keptReference = dataSourceRef?.namespace && !old?.dataSourceRef ? undefined : dataSourceRef
  const isKnown =
    (dataSource?.kind === 'PersistentVolumeClaim' && !dataSource.apiGroup) ||
    (dataSource?.kind === 'VolumeSnapshot' && dataSource.apiGroup === 'snapshot.storage.k8s.io')
  const keptSource = isKnown || keptReference || old?.dataSource || old?.dataSourceRef ? dataSource : undefined
  const keptClass = old?.volumeAttributesClassName === undefined ? undefined : volumeAttributesClassName
  if (keptClass === volumeAttributesClassName && keptSource === dataSource && keptReference === dataSourceRef) return spec
  return {
    ...rest,
    ...(keptSource ? { dataSource: keptSource } : {}),
    ...(keptReference ? { dataSourceRef: keptReference } : {}),
    ...(keptClass === undefined ? {} : { volumeAttributesClassName: keptClass }),
  }
}

/** Two fields for one thing: both are always written. */
function withOneSource(spec: V1PersistentVolumeClaimSpec): V1PersistentVolumeClaimSpec {
  const { dataSource, dataSourceRef } = spec
  if (dataSource && !dataSourceRef) return { ...spec, dataSourceRef: dataSource }
  return dataSourceRef && !dataSource && !dataSourceRef.namespace ? { ...spec, dataSource: dataSourceRef } : spec
}

const classAnnotation = 'volume.beta.kubernetes.io/storage-class'

function validateChange({ old, fresh }: Change<V1PersistentVolumeClaim>, errors: FieldErrors): void {
  const formerClass = old.metadata.annotations?.[classAnnotation]
  const classOf = fresh.metadata.annotations?.[classAnnotation]
  const wasUnset = old.spec.storageClassName === undefined && fresh.spec.storageClassName !== undefined
  // The annotation may be replaced by the field that replaced it.
  const isUpgrade = wasUnset && formerClass === fresh.spec.storageClassName && (classOf === undefined || classOf === formerClass)
  if (!isUpgrade && formerClass !== classOf) errors.invalid(`metadata.annotations.${classAnnotation}`, classOf ?? '', 'field is immutable')
  if (old.spec === fresh.spec) return
  const { storageClassName } = old.spec
  const mayName = isUpgrade || (wasUnset && formerClass === undefined)
  const isBound = fresh.status.phase === 'Bound'
  const before = old.spec.volumeName ? old.spec : withField(old.spec, 'volumeName', fresh.spec.volumeName)
  const storage = old.spec.resources?.requests?.storage
  const isGrowing = isBound && fresh.spec.resources?.requests && storage !== undefined
  const after = {
    ...fresh.spec,
    ...(mayName ? { storageClassName } : {}),
    ...(isGrowing ? { resources: { ...fresh.spec.resources, requests: { ...fresh.spec.resources?.requests, storage } } } : {}),
  }
  if (!isSame(before, after))
    errors.forbidden(
      'spec',
      `spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n${goDiff(goStruct(schemaNamed('V1PersistentVolumeClaimSpec')), before, after)}`,
    )
  const wanted = fresh.spec.resources?.requests?.storage ?? '0'
  // What could not be made larger may be asked for smaller, but never smaller than it is.
  if (compareQuantities(wanted, storage ?? '0') < 0 && compareQuantities(wanted, old.status.capacity?.storage ?? '0') <= 0)
    errors.forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity')
  if (old.spec.volumeMode !== fresh.spec.volumeMode) errors.invalid('volumeMode', fresh.spec.volumeMode, 'field is immutable')
}

const resizeStates = [
  'ControllerResizeInProgress',
  'ControllerResizeInfeasible',
  'NodeResizeInProgress',
  'NodeResizeInfeasible',
  'NodeResizePending',
]

function validateStatus({ status }: V1PersistentVolumeClaim, errors: FieldErrors): void {
  const isStorage = (name: string, path: string) => {
    const problems = qualifiedName(name)
    for (const problem of problems) errors.invalid(path, name, problem)
    const isOther = problems.length === 0 && name !== 'storage' && (!name.includes('/') || name.includes('kubernetes.io/'))
    if (isOther) errors.notSupported(path, name, ['storage'])
    return problems.length === 0 && !isOther
  }
  const isAmount = (amount: string, path: string) => {
    if (wholeValue(amount) < 0) errors.invalid(path, wholeValue(amount), 'must be a valid resource quantity')
  }
  for (const [name, amount] of Object.entries(status.capacity ?? {})) isAmount(amount, `status.capacity[${name}]`)
  for (const [name, state] of Object.entries(status.allocatedResourceStatuses ?? {})) {
    isStorage(name, 'status.allocatedResourceStatus')
    if (!resizeStates.includes(state)) errors.notSupported('status.allocatedResourceStatus', name, resizeStates)
  }
  for (const [name, amount] of Object.entries(status.allocatedResources ?? {}))
    if (isStorage(name, 'status.allocatedResources')) isAmount(amount, `status.allocatedResources[${name}]`)
}

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
  return annotations[classAnnotation] === undefined
    ? []
    : [`metadata.annotations[${classAnnotation}]: deprecated since v1.8; use "storageClassName" attribute instead`]
}
