/** ResourceQuota of the core group v1. */
import { isSame } from '../api/objects.ts'
import { ageColumn, column, name } from './columns.ts'
import type { FieldErrors } from './field-errors.ts'
import type { V1ResourceQuota, V1ResourceQuotaSpec, V1ResourceQuotaStatus } from './generated/types.ts'
import { goList } from './go-print.ts'
import { goSyntax } from './go-syntax.ts'
import { goStruct } from './go-value.ts'
import { allVerbs, defineKind } from './kind.ts'
import { schemaNamed } from './schema.ts'
import { isQuotaResource, validateAmount, validateQuotaResourceName } from './validation/resources.ts'

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
  onCreate: (quota) => ({ ...quota, status: {} }),
  validate: ({ spec }, errors) => {
    validateHard(spec?.hard, 'spec.hard', errors)
    if (spec?.scopes?.length) validateScopes(spec, errors)
    if (spec?.scopeSelector) validateScopeSelector(spec, errors)
  },
  validateUpdate: ({ old, fresh, subresource }, errors) => {
    const scopes = ({ spec }: V1ResourceQuota) => [...(spec?.scopes ?? [])].sort()
    if (subresource !== 'status' && !isSame(scopes(old), scopes(fresh)))
      errors.invalid('spec.scopes', shownScopes(fresh.spec), 'field is immutable')
  },
  validateStatus: ({ fresh: { status } }, errors) => {
    validateHard(status.hard, 'status.hard', errors)
    validateHard(status.used, 'status.used', errors)
  },
})

function validateHard(hard: Readonly<Record<string, string>> = {}, path: string, errors: FieldErrors): void {
  for (const [resource, amount] of Object.entries(hard)) {
    validateQuotaResourceName(resource, `${path}[${resource}]`, errors)
    validateAmount(resource, amount, `${path}[${resource}]`, errors)
  }
}

const knownScopes = ['BestEffort', 'NotBestEffort', 'Terminating', 'NotTerminating', 'PriorityClass', 'CrossNamespacePodAffinity']
const computeResources = ['cpu', 'memory', 'limits.cpu', 'limits.memory', 'requests.cpu', 'requests.memory']

/** Scopes choose pods; the best-effort ones have nothing to add up but their number. */
function isOfScope(resource: string, scope: string): boolean {
  if (!knownScopes.includes(scope) || resource === 'pods' || !isQuotaResource(resource)) return true
  return scope !== 'BestEffort' && computeResources.includes(resource)
}

function shownScopes(spec: V1ResourceQuotaSpec) {
  return goList('core.ResourceQuotaScope', spec?.scopes)
}

function validateScopes(spec: V1ResourceQuotaSpec, errors: FieldErrors): void {
  const { scopes = [], hard = {} } = spec
  for (const scope of scopes) {
    if (!knownScopes.includes(scope)) errors.invalid('spec.scopes', shownScopes(spec), 'unsupported scope')
    for (const resource of Object.keys(hard))
      if (!isOfScope(resource, scope)) errors.invalid('spec.scopes', shownScopes(spec), 'unsupported scope applied to resource')
  }
  refuseConflicts(scopes, 'spec.scopes', spec, errors)
}

function validateScopeSelector(spec: V1ResourceQuotaSpec, errors: FieldErrors): void {
  const path = 'spec.scopeSelector.matchExpressions'
  const { scopeSelector, hard = {} } = spec
  const rules = scopeSelector?.matchExpressions ?? []
  for (const { scopeName, operator, values = [] } of rules) {
    if (!knownScopes.includes(scopeName)) errors.invalid(`${path}.scopeName`, scopeName, 'unsupported scope')
    for (const resource of Object.keys(hard))
      if (!isOfScope(resource, scopeName))
        errors.invalid(path, goSyntax(goStruct(schemaNamed('V1ScopeSelector')), scopeSelector), 'unsupported scope applied to resource')
    if (knownScopes.includes(scopeName) && scopeName !== 'PriorityClass' && operator !== 'Exists')
      errors.invalid(
        `${path}.operator`,
        operator,
        "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity",
      )
    if (operator === 'In' || operator === 'NotIn') {
      if (values.length === 0)
        errors.required(`${path}.values`, "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector")
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (values.length > 0)
        errors.invalid(
          `${path}.values`,
          goList('string', values),
          "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector",
        )
    } else errors.invalid(`${path}.operator`, operator, 'not a valid selector operator')
  }
  refuseConflicts(
    rules.map(({ scopeName }) => scopeName),
    path,
    spec,
    errors,
  )
}

function refuseConflicts(scopes: readonly string[], path: string, spec: V1ResourceQuotaSpec, errors: FieldErrors): void {
  for (const scope of ['BestEffort', 'Terminating'])
    if (scopes.includes(scope) && scopes.includes(`Not${scope}`)) errors.invalid(path, shownScopes(spec), 'conflicting scopes')
}

function usage({ hard = {}, used = {} }: V1ResourceQuotaStatus, isWanted: (resource: string) => boolean): string {
  return Object.keys(hard)
    .filter(isWanted)
    .sort()
    .map((resource) => `${resource}: ${used[resource] ?? '0'}/${hard[resource]}`)
    .join(', ')
}
