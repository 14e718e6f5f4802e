/** Node of the core group v1. */
import { allVerbs, defineKind } from './kind.ts'
import type { V1Node } from './generated/types.ts'

export const node = defineKind<V1Node>({
  group: '',
  version: 'v1',
  kind: 'Node',
  resource: 'nodes',
  singular: 'node',
  namespaced: false,
  shortNames: ['no'],
  verbs: allVerbs,
  subresources: {
    proxy: { verbs: ['create', 'delete', 'get', 'patch', 'update'], kind: 'NodeProxyOptions' },
    status: { verbs: ['get', 'patch', 'update'] },
  },
  schema: 'V1Node',
})
