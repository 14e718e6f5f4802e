/** ResourceQuota of the core group v1. */
import { ageColumn, column, name } from './columns.ts'
import { allVerbs, defineKind } from './kind.ts'
import type { V1ResourceQuota, V1ResourceQuotaStatus } from './generated/types.ts'

export const resourceQuota = defineKind<V1ResourceQuota>({
  group: '',
  version: 'v1',
  kind: 'ResourceQuota',
  resource: 'resourcequotas',
  singular: 'resourcequota',
  namespaced: true,
  shortNames: ['quota'],
  verbs: allVerbs,
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
  schema: 'V1ResourceQuota',
  columns: [
    name,
    column('Request', 'string', 'Request represents a minimum amount of cpu/memory that a container may consume.', ({ status }) => usage(status, (resource) => !resource.startsWith('limits.'))),
    column('Limit', 'string', 'Limits control the maximum amount of cpu/memory that a container may use independent of contention on the node.', ({ status }) => usage(status, (resource) => resource.startsWith('limits.'))),
    ageColumn,
  ],
})

function usage({ hard = {}, used = {} }: V1ResourceQuotaStatus, isWanted: (resource: string) => boolean): string {
  return Object.keys(hard)
    .filter(isWanted)
    .sort()
    .map((resource) => `${resource}: ${used[resource] ?? '0'}/${hard[resource]}`)
    .join(', ')
}
