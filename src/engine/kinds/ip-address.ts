/** IPAddress of networking.k8s.io v1. */
import { column, name } from './columns.ts'
import { allVerbs, defineKind } from './kind.ts'
import type { V1IPAddress } from './generated/types.ts'

export const ipAddress = defineKind<V1IPAddress>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'IPAddress',
  resource: 'ipaddresses',
  singular: 'ipaddress',
  namespaced: false,
  shortNames: ['ip'],
  verbs: allVerbs,
  schema: 'V1IPAddress',
  columns: [
    name,
    column(
      'ParentRef',
      'string',
      'ParentRef references the resource that an IPAddress is attached to. An IPAddress must reference a parent object.',
      ({ spec }) => {
        const parent = spec?.parentRef
        return parent ? [parent.resource, parent.namespace, parent.name].filter(Boolean).join('/') : '<none>'
      },
    ),
  ],
})
