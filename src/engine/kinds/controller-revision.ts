/** ControllerRevision of apps v1. */
import { isSame } from '../api/objects.ts'
import { ageColumn, column, name } from './columns.ts'
import { allVerbs, defineKind } from './kind.ts'
import type { V1ControllerRevision } from './generated/types.ts'

export const controllerRevision = defineKind<V1ControllerRevision>({
  group: 'apps',
  version: 'v1',
  kind: 'ControllerRevision',
  resource: 'controllerrevisions',
  singular: 'controllerrevision',
  namespaced: true,
  verbs: allVerbs,
  schema: 'V1ControllerRevision',
  columns: [
    name,
    column('Controller', 'string', 'Controller of the object', ({ metadata }) => {
      const owner = metadata.ownerReferences?.find((reference) => reference.controller)
      if (!owner) return '<none>'
      const [group, version] = owner.apiVersion.includes('/') ? owner.apiVersion.split('/') : ['', owner.apiVersion]
      return `${owner.kind.toLowerCase()}${group === '' || version === '' ? '' : `.${group}`}/${owner.name}`
    }),
    column('Revision', 'string', 'revision indicates the revision of the state represented by Data.', ({ revision }) => revision),
    ageColumn,
  ],
  validate: ({ data, revision }, errors) => {
    if (data === undefined || data === null) errors.required('data', 'data is mandatory')
    if (revision < 0) errors.invalid('revision', revision, 'must be greater than or equal to 0')
  },
  validateUpdate: ({ old, fresh }, errors) => {
    if (!isSame(old.data, fresh.data)) errors.invalid('data', fresh.data, 'field is immutable')
  },
})
