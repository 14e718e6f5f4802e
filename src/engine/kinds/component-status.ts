/** ComponentStatus of the core group v1. */
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
})
