/** CSINode of storage.k8s.io v1. */
import { ageColumn, column, name } from './columns.ts'
import { isSame } from '../api/objects.ts'
import { goSyntax } from './go-syntax.ts'
import { goStruct } from './go-value.ts'
import { qualifiedName } from './names.ts'
import { schemaNamed } from './schema.ts'
import { validateCsiDriverName } from './validation/domain-names.ts'
import { notNegative } from './validation/values.ts'
import { allVerbs, defineKind } from './kind.ts'
import type { V1CSINode } from './generated/types.ts'

export const csiNode = defineKind<V1CSINode>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSINode',
  resource: 'csinodes',
  singular: 'csinode',
  namespaced: false,
  needsVersion: true,
  verbs: allVerbs,
  schema: 'V1CSINode',
  columns: [
    name,
    column(
      'Drivers',
      'integer',
      'Drivers indicates the number of CSI drivers registered on the node',
      ({ spec }) => spec.drivers?.length ?? 0,
    ),
    ageColumn,
  ],
  validate: ({ spec }, errors) => {
    const drivers = spec?.drivers ?? []
    drivers.forEach(({ name: driver = '', nodeID = '', allocatable, topologyKeys }, index) => {
      const path = `spec.drivers[${index}]`
      validateCsiDriverName(driver, `${path}.name`, errors)
      if (nodeID === '') errors.required(`${path}.nodeID`)
      if (nodeID.length > 192) errors.invalid(`${path}.nodeID`, nodeID, 'must be 192 characters or less')
      notNegative(`${path}.allocatable.count`, allocatable?.count, errors)
      if (drivers.findIndex((each) => each.name === driver) < index) errors.duplicate(`${path}.name`, driver)
      topologyKeys?.forEach((key, at) => {
        if (key === '') errors.required(path)
        if (topologyKeys.indexOf(key) < at) errors.duplicate(path, key)
        for (const problem of qualifiedName(key)) errors.invalid(path, key, problem)
      })
    })
  },
  validateUpdate: ({ old, fresh }, errors) => {
    for (const before of old.spec?.drivers ?? []) {
      const after = fresh.spec?.drivers?.find((driver) => driver.name === before.name)
      if (after && !isSame(before, after))
        errors.invalid('spec.drivers', goSyntax(goStruct(schemaNamed('V1CSINodeDriver')), after), 'field is immutable')
    }
  },
})
