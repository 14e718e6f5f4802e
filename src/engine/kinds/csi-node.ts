/** CSINode of storage.k8s.io v1. */
import { ageColumn, column, name } from './columns.ts'
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
})
