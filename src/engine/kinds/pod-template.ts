/** PodTemplate of the core group v1. */
import { allVerbs, defineKind } from './kind.ts'
import type { V1PodTemplate } from './generated/types.ts'

export const podTemplate = defineKind<V1PodTemplate>({
  group: '',
  version: 'v1',
  kind: 'PodTemplate',
  resource: 'podtemplates',
  singular: 'podtemplate',
  namespaced: true,
  verbs: allVerbs,
  schema: 'V1PodTemplate',
  hasGeneration: true,
})
