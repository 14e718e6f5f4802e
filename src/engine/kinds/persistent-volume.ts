/** PersistentVolume of the core group v1. */
import { isSame } from '../api/objects.ts'
import { ageColumn, column, name, wide } from './columns.ts'
import { filled, withField } from './defaulting.ts'
import { type FieldErrors, Verbatim } from './field-errors.ts'
import type { V1CSIPersistentVolumeSource, V1PersistentVolume, V1PersistentVolumeSpec, V1VolumeNodeAffinity } from './generated/types.ts'
import { goDiff } from './go-diff.ts'
import { goQuantity } from './go-print.ts'
import { goSyntax } from './go-syntax.ts'
import { goEmbedded, goStruct } from './go-value.ts'
import { allVerbs, type Change, defineKind } from './kind.ts'
import { dns1123Label, dns1123Subdomain } from './names.ts'
import { accessModesText, storageClassWarnings } from './persistent-volume-claim.ts'
import { nodeTermWarnings, stableLabels, volumeWarnings } from './pod-warnings.ts'
import { compareQuantities, wholeValue } from './quantity.ts'
import { schemaNamed } from './schema.ts'
import { validateAccessModes } from './validation/claims.ts'
import { validateNodeSelector } from './validation/scheduling.ts'
import { supported } from './validation/values.ts'
import { refuseExtraSource, validateDriverName, validateSource } from './validation/volume-sources.ts'

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
    const { hostPath, iscsi, rbd, azureDisk, scaleIO } = spec
    if (hostPath) spec = withField(spec, 'hostPath', filled(hostPath, { type: '' }))
    if (iscsi) spec = withField(spec, 'iscsi', filled(iscsi, { iscsiInterface: 'default' }))
    if (rbd) spec = withField(spec, 'rbd', filled(rbd, { pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' }))
    if (azureDisk)
      spec = withField(spec, 'azureDisk', filled(azureDisk, { cachingMode: 'ReadWrite', fsType: 'ext4', readOnly: false, kind: 'Shared' }))
    if (scaleIO) spec = withField(spec, 'scaleIO', filled(scaleIO, { storageMode: 'ThinProvisioned', fsType: 'xfs' }))
    return withField(volume, 'spec', spec)
  },
  onCreate: (volume) => ({
    ...volume,
    metadata: withProtection(volume.metadata),
    spec: withoutSwitchedOff(volume.spec),
    status: { phase: 'Pending' },
  }),
  validate: ({ metadata, spec }, errors) => validateVolumeSpec(spec, metadata.name, errors),
  warnings: ({ metadata, spec }, old) => [
    ...storageClassWarnings(metadata.annotations),
    ...(old?.spec.persistentVolumeReclaimPolicy !== 'Recycle' && spec.persistentVolumeReclaimPolicy === 'Recycle'
      ? [
          'spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.',
        ]
      : []),
    ...(spec.nodeAffinity?.required?.nodeSelectorTerms ?? []).flatMap((term, index) =>
      nodeTermWarnings(term, `spec.nodeAffinity.required.nodeSelectorTerms[${index}]`),
    ),
    ...(old ? [] : volumeWarnings(spec, 'spec')),
  ],
  validateUpdate: (change, errors) => {
    if (change.subresource !== 'status') validateChange(change, errors)
  },
})

/** Classes of attributes are a feature that 1.33 has switched off. */
function withoutSwitchedOff(spec: V1PersistentVolumeSpec): V1PersistentVolumeSpec {
  if (spec.volumeAttributesClassName === undefined) return spec
  const { volumeAttributesClassName: _, ...rest } = spec
  return rest
}

function validateVolumeSpec(spec: V1PersistentVolumeSpec, volume: string, errors: FieldErrors): void {
  if (!spec.accessModes?.length) errors.required('spec.accessModes')
  validateAccessModes(spec.accessModes, 'spec.accessModes', errors)
  const capacity = Object.entries(spec.capacity ?? {})
  if (capacity.length === 0) errors.required('spec.capacity')
  if (spec.capacity?.storage === undefined || capacity.length > 1)
    errors.notSupported(
      'spec.capacity',
      new Verbatim(`core.ResourceList{${capacity.map(([key, amount]) => `${JSON.stringify(key)}:${goQuantity(amount).text}`).join(', ')}}`),
      ['storage'],
    )
  for (const [key, amount] of capacity) {
    const path = `spec.capacity[${key}]`
    if (wholeValue(amount) < 0) errors.invalid(path, wholeValue(amount), 'must be a valid resource quantity')
    if (compareQuantities(amount, '0') <= 0) errors.invalid(path, amount, 'must be greater than zero')
  }
  if (spec.persistentVolumeReclaimPolicy)
    supported('spec.persistentVolumeReclaimPolicy', spec.persistentVolumeReclaimPolicy, ['Delete', 'Recycle', 'Retain'], errors)
  const { nodeAffinity } = spec
  if (nodeAffinity?.required) validateNodeSelector(nodeAffinity.required, 'spec.nodeAffinity.required', errors)
  else if (nodeAffinity) errors.required('spec.nodeAffinity.required', 'must specify required node constraints')
  validateSources(spec, volume, errors)
  if (/^\/[./]*$/.test(spec.hostPath?.path ?? '') && spec.persistentVolumeReclaimPolicy === 'Recycle')
    errors.forbidden('spec.persistentVolumeReclaimPolicy', "may not be 'recycle' for a hostPath mount of '/'")
  if (spec.storageClassName)
    for (const problem of dns1123Subdomain(spec.storageClassName)) errors.invalid('spec.storageClassName', spec.storageClassName, problem)
  if (spec.volumeMode !== undefined) supported('spec.volumeMode', spec.volumeMode, ['Block', 'Filesystem'], errors)
}

function validateSources(spec: V1PersistentVolumeSpec, volume: string, errors: FieldErrors): void {
  let isFirst = true
  for (const source of volumeSources) {
    if (spec[source] === undefined) continue
    // Upstream looks into this one even where it is too many.
    if (!isFirst && source !== 'flexVolume') {
      refuseExtraSource(source, 'spec', errors)
      continue
    }
    isFirst = false
    validateSource(source, spec, 'spec', { isPersistent: true, name: volume }, errors)
    if (source === 'local' && !spec.nodeAffinity) errors.required('spec.nodeAffinity', 'Local volume requires node affinity')
    if (source === 'csi' && spec.csi) validateDriver(spec.csi, errors)
  }
  if (isFirst) errors.required('spec', 'must specify a volume type')
}

const driverSecrets = ['controllerPublishSecretRef', 'controllerExpandSecretRef', 'nodePublishSecretRef', 'nodeExpandSecretRef'] as const

function validateDriver(csi: V1CSIPersistentVolumeSource, errors: FieldErrors): void {
  validateDriverName(csi.driver ?? '', 'spec.csi.driver', errors)
  if (!csi.volumeHandle) errors.required('spec.csi.volumeHandle')
  for (const field of driverSecrets) {
    const reference = csi[field]
    if (!reference) continue
    const path = `spec.csi.${field}`
    const { name: secret, namespace } = reference
    if (!secret) errors.required(`${path}.name`)
    else for (const problem of dns1123Subdomain(secret)) errors.invalid(`${path}.name`, secret, problem)
    if (!namespace) errors.required(`${path}.namespace`)
    else for (const problem of dns1123Label(namespace)) errors.invalid(`${path}.namespace`, namespace, problem)
  }
}

function validateChange({ old, fresh }: Change<V1PersistentVolume>, errors: FieldErrors): void {
  if (old.spec === fresh.spec) return
  const mayExpand = old.spec.csi && !old.spec.csi.controllerExpandSecretRef && fresh.spec.csi?.controllerExpandSecretRef
  const spec = mayExpand && fresh.spec.csi ? { ...fresh.spec, csi: withoutExpandSecret(fresh.spec.csi) } : fresh.spec
  if (volumeSources.some((source) => !isSame(old.spec[source], spec[source]))) {
    const type = goEmbedded(schemaNamed('V1PersistentVolumeSpec'), 'PersistentVolumeSource')
    errors.forbidden(
      'spec.persistentvolumesource',
      `spec.persistentvolumesource is immutable after creation\n${goDiff(type, old.spec, spec)}`,
    )
  }
  if (old.spec.volumeMode !== spec.volumeMode) errors.invalid('volumeMode', spec.volumeMode, 'field is immutable')
  if (old.spec.nodeAffinity && !isSame(withStableLabels(old.spec.nodeAffinity, spec.nodeAffinity), spec.nodeAffinity))
    errors.invalid(
      'nodeAffinity',
      spec.nodeAffinity && goSyntax(goStruct(schemaNamed('V1VolumeNodeAffinity')), spec.nodeAffinity),
      'field is immutable, except for updating from beta label to GA',
    )
}

function withoutExpandSecret({ controllerExpandSecretRef: _, ...csi }: V1CSIPersistentVolumeSource): V1CSIPersistentVolumeSource {
  return csi
}

/** The old affinity with the names that its labels have now, where the new one uses them. */
function withStableLabels(old: V1VolumeNodeAffinity, fresh: V1VolumeNodeAffinity | undefined): V1VolumeNodeAffinity {
  const terms = fresh?.required?.nodeSelectorTerms
  if (!old.required || !terms) return old
  const nodeSelectorTerms = old.required.nodeSelectorTerms.map((term, at) => ({
    ...term,
    ...(term.matchExpressions
      ? {
          matchExpressions: term.matchExpressions.map((rule, index) => {
            const key = terms[at]?.matchExpressions?.[index]?.key
            return key !== undefined && stableLabels.get(rule.key) === key ? { ...rule, key } : rule
          }),
        }
      : {}),
  }))
  return { ...old, required: { ...old.required, nodeSelectorTerms } }
}

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
