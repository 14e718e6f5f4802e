/** CSIStorageCapacity of storage.k8s.io v1. */
import { isSame } from '../api/objects.ts'
import { goSelector } from './go-print.ts'
import { dns1123Subdomain, mustNotBeNegative } from './names.ts'
import { deprecatedKey, labelWarning } from './pod-warnings.ts'
import { compareQuantities } from './quantity.ts'
import { validateSelector } from './validation/selectors.ts'
import { allVerbs, defineKind } from './kind.ts'
import type { V1CSIStorageCapacity } from './generated/types.ts'

export const csiStorageCapacity = defineKind<V1CSIStorageCapacity>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSIStorageCapacity',
  resource: 'csistoragecapacities',
  singular: 'csistoragecapacity',
  namespaced: true,
  needsVersion: true,
  verbs: allVerbs,
  schema: 'V1CSIStorageCapacity',
  validate: ({ nodeTopology, storageClassName = '', capacity }, errors) => {
    if (nodeTopology) validateSelector(nodeTopology, 'nodeTopology', errors)
    for (const problem of dns1123Subdomain(storageClassName)) errors.invalid('storageClassName', storageClassName, problem)
    if (capacity !== undefined && compareQuantities(capacity, '0') < 0) errors.invalid('capacity', capacity, mustNotBeNegative)
  },
  warnings: ({ nodeTopology: { matchExpressions = [], matchLabels = {} } = {} }) => [
    ...matchExpressions.flatMap(({ key }, index) => deprecatedKey(key, `nodeTopology.matchExpressions[${index}].key`)),
    ...Object.keys(matchLabels).flatMap((label) => labelWarning(label, `nodeTopology.matchLabels.${label}`)),
  ],
  validateUpdate: ({ old, fresh }, errors) => {
    if (!isSame(old.nodeTopology, fresh.nodeTopology))
      errors.invalid('nodeTopology', fresh.nodeTopology && goSelector(fresh.nodeTopology), 'field is immutable')
    if (old.storageClassName !== fresh.storageClassName)
      errors.invalid('storageClassName', fresh.storageClassName ?? '', 'field is immutable')
  },
})
