/** ReplicaSet of apps v1. */
import { allVerbs, defineKind } from './kind.ts'
import type { V1ReplicaSet } from './generated/types.ts'

export const replicaSet = defineKind<V1ReplicaSet>({
  group: 'apps',
  version: 'v1',
  kind: 'ReplicaSet',
  resource: 'replicasets',
  singular: 'replicaset',
  namespaced: true,
  shortNames: ['rs'],
  categories: ['all'],
  verbs: allVerbs,
  subresources: {
    scale: { verbs: ['get', 'patch', 'update'], kind: 'Scale', group: 'autoscaling', version: 'v1' },
    status: { verbs: ['get', 'patch', 'update'] },
  },
  schema: 'V1ReplicaSet',
  hasGeneration: true,
})
