/** FlowSchema of flowcontrol.apiserver.k8s.io v1. */
import { allVerbs, defineKind } from './kind.ts'
import type { V1FlowSchema } from './generated/types.ts'

export const flowSchema = defineKind<V1FlowSchema>({
  group: 'flowcontrol.apiserver.k8s.io',
  version: 'v1',
  kind: 'FlowSchema',
  resource: 'flowschemas',
  singular: 'flowschema',
  namespaced: false,
  verbs: allVerbs,
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
  schema: 'V1FlowSchema',
  hasGeneration: true,
})
