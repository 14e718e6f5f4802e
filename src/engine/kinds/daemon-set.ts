/** DaemonSet of apps v1. */
import { allVerbs, defineKind } from './kind.ts'
import type { V1DaemonSet } from './generated/types.ts'

export const daemonSet = defineKind<V1DaemonSet>({
  group: 'apps',
  version: 'v1',
  kind: 'DaemonSet',
  resource: 'daemonsets',
  singular: 'daemonset',
  namespaced: true,
  shortNames: ['ds'],
  categories: ['all'],
  verbs: allVerbs,
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
  schema: 'V1DaemonSet',
  hasGeneration: true,
})
