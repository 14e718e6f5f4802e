/** CustomResourceDefinition of apiextensions.k8s.io v1. */
import { allVerbs, defineKind } from './kind.ts'
import type { V1CustomResourceDefinition } from './generated/types.ts'

export const customResourceDefinition = defineKind<V1CustomResourceDefinition>({
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  resource: 'customresourcedefinitions',
  singular: 'customresourcedefinition',
  namespaced: false,
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  verbs: allVerbs,
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
  schema: 'V1CustomResourceDefinition',
  hasGeneration: true,
})
