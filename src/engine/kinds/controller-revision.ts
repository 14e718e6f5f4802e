/** ControllerRevision of apps v1. */
import { allVerbs, defineKind } from './kind.ts'
import type { V1ControllerRevision } from './generated/types.ts'

export const controllerRevision = defineKind<V1ControllerRevision>({
  group: 'apps',
  version: 'v1',
  kind: 'ControllerRevision',
  resource: 'controllerrevisions',
  singular: 'controllerrevision',
  namespaced: true,
  verbs: allVerbs,
  schema: 'V1ControllerRevision',
})
