/** ComponentStatus of the core group v1. */
import { column, name } from './columns.ts'
import { defineKind } from './kind.ts'
import type { V1ComponentStatus } from './generated/types.ts'

export const componentStatus = defineKind<V1ComponentStatus>({
  group: '',
  version: 'v1',
  kind: 'ComponentStatus',
  resource: 'componentstatuses',
  singular: 'componentstatus',
  namespaced: false,
  shortNames: ['cs'],
  verbs: ['get', 'list'],
  schema: 'V1ComponentStatus',
  deprecation: 'v1 ComponentStatus is deprecated in v1.19+',
  columns: [
    name,
    column('Status', 'string', 'Status of the component conditions', ({ conditions = [] }) =>
      conditions.some((condition) => condition.type === 'Healthy' && condition.status === 'True') ? 'Healthy' : 'Unhealthy',
    ),
    column(
      'Message',
      'string',
      'Message of the component conditions',
      ({ conditions = [] }) => conditions.find((condition) => condition.type === 'Healthy')?.message ?? '',
    ),
    column(
      'Error',
      'string',
      'Error of the component conditions',
      ({ conditions = [] }) => conditions.find((condition) => condition.type === 'Healthy')?.error ?? '',
    ),
  ],
})
