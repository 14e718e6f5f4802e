/** PriorityLevelConfiguration of flowcontrol.apiserver.k8s.io v1. */
import { allVerbs, defineKind } from './kind.ts'
import type { V1PriorityLevelConfiguration } from './generated/types.ts'

export const priorityLevelConfiguration = defineKind<V1PriorityLevelConfiguration>({
  group: 'flowcontrol.apiserver.k8s.io',
  version: 'v1',
  kind: 'PriorityLevelConfiguration',
  resource: 'prioritylevelconfigurations',
  singular: 'prioritylevelconfiguration',
  namespaced: false,
  verbs: allVerbs,
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
  schema: 'V1PriorityLevelConfiguration',
  hasGeneration: true,
})
