/** Where a pod may run: affinity, spreading, tolerations of taints. */
import type { FieldErrors } from '../field-errors.ts'
import type { V1Affinity, V1NodeSelectorTerm, V1PodAffinityTerm, V1Toleration, V1TopologySpreadConstraint } from '../generated/types.ts'
import { dns1123Label, qualifiedName, validLabelValue } from '../names.ts'
import { validateOperator, validateSelector } from './selectors.ts'
import { supported } from './values.ts'

export function validateAffinity({ nodeAffinity, podAffinity, podAntiAffinity }: V1Affinity, path: string, errors: FieldErrors): void {
  if (nodeAffinity) {
    const required = nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution
    if (required)
      validateNodeSelector(required.nodeSelectorTerms, `${path}.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution`, errors)
    nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution?.forEach(({ weight, preference }, index) => {
      const place = `${path}.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[${index}]`
      if (weight < 1 || weight > 100) errors.invalid(`${place}.weight`, weight, 'must be in the range 1-100')
      validateNodeTerm(preference, `${place}.preference`, errors)
    })
  }
  for (const [field, affinity] of Object.entries({ podAffinity, podAntiAffinity })) {
    affinity?.requiredDuringSchedulingIgnoredDuringExecution?.forEach((term, index) =>
      validatePodTerm(term, `${path}.${field}.requiredDuringSchedulingIgnoredDuringExecution[${index}]`, errors),
    )
    affinity?.preferredDuringSchedulingIgnoredDuringExecution?.forEach(({ weight, podAffinityTerm }, index) => {
      const place = `${path}.${field}.preferredDuringSchedulingIgnoredDuringExecution[${index}]`
      if (weight < 1 || weight > 100) errors.invalid(`${place}.weight`, weight, 'must be in the range 1-100')
      validatePodTerm(podAffinityTerm, `${place}.podAffinityTerm`, errors)
    })
  }
}

function validateNodeSelector(terms: readonly V1NodeSelectorTerm[] | undefined, path: string, errors: FieldErrors): void {
  if (!terms?.length) errors.required(`${path}.nodeSelectorTerms`, 'must have at least one node selector term')
  terms?.forEach((term, index) => validateNodeTerm(term, `${path}.nodeSelectorTerms[${index}]`, errors))
}

function validateNodeTerm(term: V1NodeSelectorTerm, path: string, errors: FieldErrors): void {
  for (const field of ['matchExpressions', 'matchFields'] as const) {
    term[field]?.forEach(({ key, operator, values = [] }, index) => {
      const place = `${path}.${field}[${index}]`
      validateOperator({ operator, values, numeric: true }, place, errors)
      if (field === 'matchExpressions') for (const problem of qualifiedName(key)) errors.invalid(`${place}.key`, key, problem)
    })
  }
}

function validatePodTerm({ topologyKey, labelSelector, namespaces }: V1PodAffinityTerm, path: string, errors: FieldErrors): void {
  if (labelSelector) validateSelector(labelSelector, `${path}.labelSelector`, errors)
  namespaces?.forEach((name) => {
    for (const problem of dns1123Label(name)) errors.invalid(`${path}.namespace`, name, problem)
  })
  if (!topologyKey) errors.required(`${path}.topologyKey`, 'can not be empty')
  for (const problem of qualifiedName(topologyKey ?? '')) errors.invalid(`${path}.topologyKey`, topologyKey ?? '', problem)
}

export function validateSpread(
  { maxSkew, topologyKey, whenUnsatisfiable, labelSelector, minDomains }: V1TopologySpreadConstraint,
  path: string,
  errors: FieldErrors,
): void {
  if (maxSkew <= 0) errors.invalid(`${path}.maxSkew`, maxSkew, 'must be greater than zero')
  if (!topologyKey) errors.required(`${path}.topologyKey`, 'can not be empty')
  supported(`${path}.whenUnsatisfiable`, whenUnsatisfiable, ['DoNotSchedule', 'ScheduleAnyway'], errors)
  if (minDomains !== undefined && minDomains <= 0) errors.invalid(`${path}.minDomains`, minDomains, 'must be greater than zero')
  if (labelSelector) validateSelector(labelSelector, `${path}.labelSelector`, errors)
}

export const taintEffects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']

export function validateToleration(
  { key = '', operator = '', value = '', effect = '', tolerationSeconds }: V1Toleration,
  path: string,
  errors: FieldErrors,
): void {
  if (key !== '') for (const problem of qualifiedName(key)) errors.invalid(`${path}.key`, key, problem)
  if (key === '' && operator !== 'Exists')
    errors.invalid(`${path}.operator`, operator, 'operator must be Exists when `key` is empty, which means "match all values and all keys"')
  if (tolerationSeconds !== undefined && effect !== 'NoExecute')
    errors.invalid(`${path}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set")
  if (operator === '' || operator === 'Equal') {
    for (const problem of validLabelValue(value)) errors.invalid(`${path}.operator`, value, problem)
  } else if (operator === 'Exists') {
    if (value !== '') errors.invalid(`${path}.operator`, value, "value must be empty when `operator` is 'Exists'")
  } else errors.notSupported(`${path}.operator`, operator, ['Equal', 'Exists'])
  if (effect !== '') supported(`${path}.effect`, effect, taintEffects, errors)
}
