/** ResourceQuota of the core group v1. */
import { Verbatim } from './field-errors.ts'
import { goQuantity } from './go-print.ts'
import { qualifiedName } from './names.ts'
import { compareQuantities, parseQuantity } from './quantity.ts'
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
    column('Request', 'string', 'Request represents a minimum amount of cpu/memory that a container may consume.', ({ status }) =>
      usage(status, (resource) => !resource.startsWith('limits.')),
    ),
    column(
      'Limit',
      'string',
      'Limits control the maximum amount of cpu/memory that a container may use independent of contention on the node.',
      ({ status }) => usage(status, (resource) => resource.startsWith('limits.')),
    ),
    ageColumn,
  ],
  validate: ({ spec }, errors) => {
    for (const [resource, amount] of Object.entries(spec?.hard ?? {})) {
      const path = `spec.hard[${resource}]`
      for (const problem of qualifiedName(resource)) errors.invalid(path, new Verbatim(resource), problem)
      if (!resource.includes('/') && !quotaResources.includes(resource) && !/^(requests\.)?hugepages-/.test(resource)) {
        errors.invalid(path, new Verbatim(resource), 'must be a standard resource type or fully qualified')
        errors.invalid(path, new Verbatim(resource), 'must be a standard resource for quota')
      }
      if (compareQuantities(amount, '0') < 0) errors.invalid(path, amount, 'must be greater than or equal to 0')
      else if (countedResources.includes(resource) && parseQuantity(amount).scale < 0)
        errors.invalid(path, goQuantity(amount), 'must be an integer')
    }
    const known = ['BestEffort', 'NotBestEffort', 'Terminating', 'NotTerminating', 'PriorityClass', 'CrossNamespacePodAffinity']
    if (spec?.scopes?.some((scope) => !known.includes(scope)))
      errors.invalid(
        'spec.scopes',
        new Verbatim(`[]core.ResourceQuotaScope{${spec.scopes.map((scope) => JSON.stringify(scope)).join(', ')}}`),
        'unsupported scope',
      )
    else if (spec?.scopes?.length) {
      const { scopes } = spec
      const shown = new Verbatim(`[]core.ResourceQuotaScope{${scopes.map((scope) => JSON.stringify(scope)).join(', ')}}`)
      for (const resource of Object.keys(spec.hard ?? {})) {
        for (const scope of scopes)
          if (!isOfScope(resource, scope)) errors.invalid('spec.scopes', shown, 'unsupported scope applied to resource')
      }
      for (const [one, other] of [
        ['BestEffort', 'NotBestEffort'],
        ['Terminating', 'NotTerminating'],
      ])
        if (scopes.includes(one) && scopes.includes(other)) errors.invalid('spec.scopes', shown, 'conflicting scopes')
    }
  },
})

/** Scopes choose pods; the best-effort ones have nothing to add up but their number. */
function isOfScope(resource: string, scope: string): boolean {
  if (resource === 'pods' || resource === 'count/pods') return true
  return scope !== 'BestEffort' && /^((limits|requests)\.)?(cpu|memory|ephemeral-storage)$/.test(resource)
}

function usage({ hard = {}, used = {} }: V1ResourceQuotaStatus, isWanted: (resource: string) => boolean): string {
  return Object.keys(hard)
    .filter(isWanted)
    .sort()
    .map((resource) => `${resource}: ${used[resource] ?? '0'}/${hard[resource]}`)
    .join(', ')
}

const countedResources = [
  'pods',
  'services',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
]
const quotaResources = [
  ...countedResources,
  ...[
    'cpu',
    'memory',
    'ephemeral-storage',
    'requests.cpu',
    'requests.memory',
    'requests.storage',
    'requests.ephemeral-storage',
    'limits.cpu',
    'limits.memory',
    'limits.ephemeral-storage',
  ],
]
