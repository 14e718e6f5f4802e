/** ReplicationController of the core group v1. */
import { allVerbs, defineKind } from './kind.ts'
import type { V1ReplicationController } from './generated/types.ts'

export const replicationController = defineKind<V1ReplicationController>({
  group: '',
  version: 'v1',
  kind: 'ReplicationController',
  resource: 'replicationcontrollers',
  singular: 'replicationcontroller',
  namespaced: true,
  shortNames: ['rc'],
  categories: ['all'],
  verbs: allVerbs,
  subresources: {
    scale: { verbs: ['get', 'patch', 'update'], kind: 'Scale', group: 'autoscaling', version: 'v1' },
    status: { verbs: ['get', 'patch', 'update'] },
  },
  schema: 'V1ReplicationController',
  hasGeneration: true,
})
