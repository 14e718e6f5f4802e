/** ConfigMap of the core group v1. */
import { allVerbs, defineKind } from './kind.ts'
import type { V1ConfigMap } from './generated/types.ts'

export const configMap = defineKind<V1ConfigMap>({
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  resource: 'configmaps',
  singular: 'configmap',
  namespaced: true,
  shortNames: ['cm'],
  verbs: allVerbs,
  schema: 'V1ConfigMap',
})
