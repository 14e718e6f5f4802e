/** Where a pod may run: affinity, spreading, tolerations of taints. */
import type { FieldErrors } from '../field-errors.ts'
import type {
  V1Affinity,
  V1LabelSelector,
  V1NodeAffinity,
  V1NodeSelector,
  V1NodeSelectorTerm,
  V1PodAffinityTerm,
  V1PodSchedulingGate,
  V1Toleration,
  V1TopologySpreadConstraint,
} from '../generated/types.ts'
import { dns1123Label, dns1123Subdomain, qualifiedName, validLabelValue } from '../names.ts'
import { unknownOperator, validateOperator, validateSelector, validateValues } from './selectors.ts'
import { required, supported } from './values.ts'

export function validateAffinity({ nodeAffinity, podAffinity, podAntiAffinity }: V1Affinity, path: string, errors: FieldErrors): void {
  if (nodeAffinity) validateNodeAffinity(nodeAffinity, `${path}.nodeAffinity`, errors)
  for (const [field, affinity] of Object.entries({ podAffinity, podAntiAffinity })) {
    affinity?.requiredDuringSchedulingIgnoredDuringExecution?.forEach((term, index) =>
      validatePodTerm(term, `${path}.${field}.requiredDuringSchedulingIgnoredDuringExecution[${index}]`, errors),
    )
    affinity?.preferredDuringSchedulingIgnoredDuringExecution?.forEach(({ weight, podAffinityTerm }, index) => {
      const place = `${path}.${field}.preferredDuringSchedulingIgnoredDuringExecution[${index}]`
      validateWeight(weight, place, errors)
      validatePodTerm(podAffinityTerm, `${place}.podAffinityTerm`, errors)
    })
  }
}

function validateNodeAffinity(
  {
    requiredDuringSchedulingIgnoredDuringExecution: required,
    preferredDuringSchedulingIgnoredDuringExecution: preferred = [],
  }: V1NodeAffinity,
  path: string,
  errors: FieldErrors,
): void {
  if (required) validateNodeSelector(required, `${path}.requiredDuringSchedulingIgnoredDuringExecution`, errors)
  preferred.forEach(({ weight, preference }, index) => {
    const place = `${path}.preferredDuringSchedulingIgnoredDuringExecution[${index}]`
    validateWeight(weight, place, errors)
    validateNodeTerm(preference, { path: `${place}.preference`, isRequired: false }, errors)
  })
}

function validateWeight(weight: number, place: string, errors: FieldErrors): void {
  if (weight <= 0 || weight > 100) errors.invalid(`${place}.weight`, weight, 'must be in the range 1-100')
}

export function validateNodeSelector({ nodeSelectorTerms }: V1NodeSelector, path: string, errors: FieldErrors): void {
  if (!nodeSelectorTerms?.length) errors.required(`${path}.nodeSelectorTerms`, 'must have at least one node selector term')
  nodeSelectorTerms?.forEach((term, index) =>
    validateNodeTerm(term, { path: `${path}.nodeSelectorTerms[${index}]`, isRequired: true }, errors),
  )
}

/** A value that no label can have makes a required term useless; a preferred one does no harm with it. */
function validateNodeTerm(
  { matchExpressions = [], matchFields = [] }: V1NodeSelectorTerm,
  { path, isRequired }: { readonly path: string; readonly isRequired: boolean },
  errors: FieldErrors,
): void {
  matchExpressions.forEach(({ key, operator, values = [] }, index) => {
    const place = `${path}.matchExpressions[${index}]`
    if (operator === 'Gt' || operator === 'Lt') {
      if (values.length !== 1) errors.required(`${place}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'")
    } else if (!validateOperator(operator, values, place, errors)) errors.invalid(`${place}.operator`, operator, unknownOperator)
    for (const problem of qualifiedName(key)) errors.invalid(`${place}.key`, key, problem)
    if (isRequired) validateValues(values, place, errors)
  })
  matchFields.forEach(({ key, operator, values = [] }, index) => {
    const place = `${path}.matchFields[${index}]`
    if (operator !== 'In' && operator !== 'NotIn') errors.invalid(`${place}.operator`, operator, unknownOperator)
    else if (values.length !== 1)
      errors.required(`${place}.values`, "must be only one value when `operator` is 'In' or 'NotIn' for node field selector")
    if (key !== 'metadata.name') errors.invalid(`${place}.key`, key, 'not a valid field selector key')
    else
      values.forEach((value, at) => {
        for (const problem of dns1123Subdomain(value)) errors.invalid(`${place}.values[${at}]`, value, problem)
      })
  })
}

function validatePodTerm(term: V1PodAffinityTerm, path: string, errors: FieldErrors): void {
  const { topologyKey = '', labelSelector, namespaceSelector, namespaces, matchLabelKeys = [], mismatchLabelKeys = [] } = term
  if (labelSelector) validateSelector(labelSelector, `${path}.labelSelector`, errors)
  if (namespaceSelector) validateSelector(namespaceSelector, `${path}.namespaceSelector`, errors)
  namespaces?.forEach((name) => {
    for (const problem of dns1123Label(name)) errors.invalid(`${path}.namespace`, name, problem)
  })
  validateLabelKeys(matchLabelKeys, labelSelector, `${path}.matchLabelKeys`, errors)
  validateLabelKeys(mismatchLabelKeys, labelSelector, `${path}.mismatchLabelKeys`, errors)
  // Upstream names no field here but an index of the term.
  const selected = new Set(Object.keys(labelSelector?.matchLabels ?? {}))
  for (const { key } of labelSelector?.matchExpressions ?? []) {
    if (matchLabelKeys.includes(key) && selected.has(key))
      errors.invalid(`${path}[${matchLabelKeys.lastIndexOf(key)}]`, key, 'exists in both matchLabelKeys and labelSelector')
    selected.add(key)
  }
  matchLabelKeys.forEach((key, index) => {
    if (mismatchLabelKeys.includes(key))
      errors.invalid(`${path}.matchLabelKeys[${index}]`, key, 'exists in both matchLabelKeys and mismatchLabelKeys')
  })
  if (!topologyKey) errors.required(`${path}.topologyKey`, 'can not be empty')
  for (const problem of qualifiedName(topologyKey)) errors.invalid(`${path}.topologyKey`, topologyKey, problem)
}

const needsSelector = 'must not be specified when labelSelector is not set'

function validateLabelKeys(keys: readonly string[], selector: V1LabelSelector | undefined, path: string, errors: FieldErrors): void {
  if (keys.length === 0) return
  if (!selector) return errors.forbidden(path, needsSelector)
  keys.forEach((key, index) => {
    for (const problem of qualifiedName(key)) errors.invalid(`${path}[${index}]`, key, problem)
  })
}

export function validateSpread(constraints: readonly V1TopologySpreadConstraint[], path: string, errors: FieldErrors): void {
  constraints.forEach((constraint, index) => {
    const place = `${path}[${index}]`
    const { maxSkew, topologyKey, whenUnsatisfiable, labelSelector, minDomains, matchLabelKeys = [] } = constraint
    if (maxSkew <= 0) errors.invalid(`${place}.maxSkew`, maxSkew, 'must be greater than zero')
    if (!topologyKey) errors.required(`${place}.topologyKey`, 'can not be empty')
    supported(`${place}.whenUnsatisfiable`, whenUnsatisfiable, ['DoNotSchedule', 'ScheduleAnyway'], errors)
    const isRepeated = constraints
      .slice(index + 1)
      .some((other) => other.topologyKey === topologyKey && other.whenUnsatisfiable === whenUnsatisfiable)
    if (isRepeated) errors.duplicate(`${place}.{topologyKey, whenUnsatisfiable}`, `{${topologyKey}, ${whenUnsatisfiable}}`)
    if (minDomains !== undefined) {
      if (minDomains <= 0) errors.invalid(`${place}.minDomains`, minDomains, 'must be greater than zero')
      if (whenUnsatisfiable !== 'DoNotSchedule')
        errors.invalid(
          `${place}.minDomains`,
          minDomains,
          `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`,
        )
    }
    for (const field of ['nodeAffinityPolicy', 'nodeTaintsPolicy'] as const) {
      const policy = constraint[field]
      if (policy !== undefined) supported(`${place}.${field}`, policy, ['Honor', 'Ignore'], errors)
    }
    validateSpreadKeys(matchLabelKeys, labelSelector, `${place}.matchLabelKeys`, errors)
    if (labelSelector) validateSelector(labelSelector, `${place}.labelSelector`, errors)
  })
}

function validateSpreadKeys(keys: readonly string[], selector: V1LabelSelector | undefined, path: string, errors: FieldErrors): void {
  if (keys.length === 0) return
  if (!selector) errors.forbidden(path, needsSelector)
  const selected = new Set([...Object.keys(selector?.matchLabels ?? {}), ...(selector?.matchExpressions ?? []).map(({ key }) => key)])
  keys.forEach((key, index) => {
    for (const problem of qualifiedName(key)) errors.invalid(`${path}[${index}]`, key, problem)
    if (selected.has(key)) errors.invalid(`${path}[${index}]`, key, 'exists in both matchLabelKeys and labelSelector')
  })
}

export function validateSchedulingGates(gates: readonly V1PodSchedulingGate[], path: string, errors: FieldErrors): void {
  const seen = new Set<string>()
  gates.forEach(({ name }, index) => {
    for (const problem of qualifiedName(name)) errors.invalid(`${path}[${index}]`, name, problem)
    if (seen.has(name)) errors.duplicate(`${path}[${index}]`, name)
    seen.add(name)
  })
}

const taintEffects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']

export function validateTaintEffect(effect: string | undefined, path: string, errors: FieldErrors): void {
  required(path, effect, taintEffects, errors)
}

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
    const problems = validLabelValue(value)
    if (problems.length > 0) errors.invalid(`${path}.operator`, value, problems.join(';'))
  } else if (operator === 'Exists') {
    if (value !== '') errors.invalid(`${path}.operator`, value, "value must be empty when `operator` is 'Exists'")
  } else errors.notSupported(`${path}.operator`, operator, ['Equal', 'Exists'])
  if (effect !== '') validateTaintEffect(effect, `${path}.effect`, errors)
}
