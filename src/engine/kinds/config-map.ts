/** ConfigMap of the core group v1. */
import { isSame } from '../api/objects.ts'
import { configMapKey } from './names.ts'
import { ageColumn, column, name } from './columns.ts'
import { allVerbs, defineKind } from './kind.ts'
import type { V1ConfigMap } from './generated/types.ts'

export const configMap = defineKind<V1ConfigMap>({
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  resource: 'configmaps',
  singular: 'configmap',
  namespaced: true,
  shortNames: ['cm'],
  verbs: allVerbs,
  schema: 'V1ConfigMap',
  columns: [
    name,
    column(
      'Data',
      'string',
      "Data contains the configuration data. Each key must consist of alphanumeric characters, '-', '_' or '.'. Values with non-UTF-8 byte sequences must use the BinaryData field. The keys stored in Data must not overlap with the keys in the BinaryData field, this is enforced during validation process.",
      ({ data = {}, binaryData = {} }) => Object.keys(data).length + Object.keys(binaryData).length,
    ),
    ageColumn,
  ],
  validate: ({ data = {}, binaryData = {} }, errors) => {
    for (const key of Object.keys(data)) {
      for (const problem of configMapKey(key)) errors.invalid(`data[${key}]`, key, problem)
      if (binaryData[key] !== undefined) errors.invalid(`data[${key}]`, key, 'duplicate of key present in binaryData')
    }
    let size = 0
    for (const key of Object.keys(binaryData)) {
      for (const problem of configMapKey(key)) errors.invalid(`binaryData[${key}]`, key, problem)
      size += binaryData[key].length * 0.75
    }
    for (const value of Object.values(data)) size += value.length
    if (size > 1024 * 1024) errors.tooLong('[]', 1024 * 1024)
  },

  isChangeJudgedFirst: true,
  validateUpdate: ({ old, fresh }, errors) => {
    if (old.immutable) {
      if (!fresh.immutable) errors.forbidden('immutable', 'field is immutable when `immutable` is set')
      if (!isSame(old.data, fresh.data)) errors.forbidden('data', 'field is immutable when `immutable` is set')
      if (!isSame(old.binaryData, fresh.binaryData)) errors.forbidden('binaryData', 'field is immutable when `immutable` is set')
    }
  },
})
