/** CronJob of batch v1. */
import { allVerbs, defineKind } from './kind.ts'
import type { V1CronJob } from './generated/types.ts'

export const cronJob = defineKind<V1CronJob>({
  group: 'batch',
  version: 'v1',
  kind: 'CronJob',
  resource: 'cronjobs',
  singular: 'cronjob',
  namespaced: true,
  shortNames: ['cj'],
  categories: ['all'],
  verbs: allVerbs,
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
  schema: 'V1CronJob',
  hasGeneration: true,
})
