/** StorageClass of storage.k8s.io v1. */
import { isSame } from '../api/objects.ts'
import { supported } from './validation/values.ts'
import { ageColumn, column, name } from './columns.ts'
import { filled } from './defaulting.ts'
import { qualifiedName } from './names.ts'
import type { FieldErrors } from './field-errors.ts'
import { allVerbs, defineKind } from './kind.ts'
import { labelWarning } from './pod-warnings.ts'
import type { V1StorageClass, V1TopologySelectorTerm } from './generated/types.ts'

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
  columns: [
    {
      ...name,
      value: ({ metadata }) =>
        metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true' ? `${metadata.name} (default)` : metadata.name,
    },
    column('Provisioner', 'string', 'provisioner indicates the type of the provisioner.', ({ provisioner }) => provisioner),
    column(
      'ReclaimPolicy',
      'string',
      'reclaimPolicy controls the reclaimPolicy for dynamically provisioned PersistentVolumes of this storage class. Defaults to Delete.',
      ({ reclaimPolicy }) => reclaimPolicy ?? 'Delete',
    ),
    column(
      'VolumeBindingMode',
      'string',
      'volumeBindingMode indicates how PersistentVolumeClaims should be provisioned and bound.  When unset, VolumeBindingImmediate is used. This field is only honored by servers that enable the VolumeScheduling feature.',
      ({ volumeBindingMode }) => volumeBindingMode ?? '<unset>',
    ),
    column(
      'AllowVolumeExpansion',
      'string',
      'allowVolumeExpansion shows whether the storage class allow volume expand.',
      ({ allowVolumeExpansion }) => allowVolumeExpansion ?? false,
    ),
    ageColumn,
  ],
  defaults: (storageClass) => filled(storageClass, { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' }),
  validate: ({ provisioner, parameters = {}, reclaimPolicy = '', volumeBindingMode = '', allowedTopologies = [] }, errors) => {
    if (!provisioner) errors.required('provisioner')
    else for (const problem of qualifiedName(provisioner.toLowerCase())) errors.invalid('provisioner', provisioner.toLowerCase(), problem)
    const entries = Object.entries(parameters)
    const size = entries.reduce((sum, [key, value]) => sum + key.length + value.length, 0)
    if (entries.length > 512) errors.tooLong('parameters', 512)
    else {
      if (Object.hasOwn(parameters, '')) errors.invalid('parameters', '', 'field can not be empty.')
      if (size > 256 * 1024) errors.tooLong('parameters', 256 * 1024)
    }
    if (reclaimPolicy !== '') supported('reclaimPolicy', reclaimPolicy, ['Delete', 'Retain'], errors)
    supported('volumeBindingMode', volumeBindingMode, ['Immediate', 'WaitForFirstConsumer'], errors)
    allowedTopologies.forEach((term, index) => {
      validateTopologyTerm(term, `allowedTopologies[${index}]`, errors)
      if (allowedTopologies.findIndex((each) => isSame(each, term)) < index)
        errors.duplicate(`allowedTopologies[${index}].matchLabelExpressions`, '')
    })
  },
  warnings: ({ allowedTopologies = [] }) =>
    allowedTopologies.flatMap(({ matchLabelExpressions = [] }, index) =>
      matchLabelExpressions.flatMap(({ key }, at) => labelWarning(key, `allowedTopologies[${index}].matchLabelExpressions[${at}].key`)),
    ),
  validateUpdate: ({ old, fresh }, errors) => {
    for (const field of ['parameters', 'provisioner', 'reclaimPolicy'] as const) {
      if (!isSame(old[field], fresh[field])) errors.forbidden(field, `updates to ${field} are forbidden.`)
    }
    if (old.volumeBindingMode !== fresh.volumeBindingMode)
      errors.invalid('volumeBindingMode', fresh.volumeBindingMode, 'field is immutable')
  },
})

function validateTopologyTerm({ matchLabelExpressions = [] }: V1TopologySelectorTerm, path: string, errors: FieldErrors): void {
  matchLabelExpressions.forEach((expression, index) => {
    const { key } = expression
    // A list that must be there is null where it was left out.
    const values = expression.values ?? []
    const place = `${path}.matchLabelExpressions[${index}]`
    if (values.length === 0) errors.required(`${place}.values`)
    values.forEach((value, at) => {
      if (values.indexOf(value) < at) errors.duplicate(`${place}.values[${at}]`, value)
    })
    for (const problem of qualifiedName(key)) errors.invalid(`${place}.key`, key, problem)
    if (matchLabelExpressions.findIndex((each) => each.key === key) < index) errors.duplicate(`${place}.key`, key)
  })
}
