/** The rules that workloads share: a selector that can be used, a template it matches, counts that are not negative. */
import { isSame } from '../api/objects.ts'
import { selectorMatches } from '../api/selectors.ts'
import type { FieldErrors } from './field-errors.ts'
import type { V1LabelSelector, V1PodTemplateSpec } from './generated/types.ts'
import { goMap, goSelector } from './go-print.ts'
import { validateAnnotations, validateLabels } from './metadata.ts'
import { validateTemplate } from './validation/pod.ts'
import { validateSelector } from './validation/selectors.ts'
import { notNegative } from './validation/values.ts'

export function validateWorkloadSelector(selector: V1LabelSelector | undefined, word: string, errors: FieldErrors): boolean {
  const path = 'spec.selector'
  if (!selector) {
    errors.required(path)
    return true
  }
  const isUsable = validateSelector(selector, path, errors)
  if (isEmpty(selector)) errors.invalid(path, goSelector(selector), `empty selector is invalid for ${word}`)
  if (!isUsable) errors.invalid(path, goSelector(selector), 'invalid label selector')
  return isUsable
}

function isEmpty({ matchLabels, matchExpressions }: V1LabelSelector): boolean {
  return Object.keys(matchLabels ?? {}).length + (matchExpressions?.length ?? 0) === 0
}

/** A template whose pods run for as long as they are wanted. */
export function validateServingTemplate(
  template: V1PodTemplateSpec | undefined,
  selector: V1LabelSelector | undefined,
  word: string,
  errors: FieldErrors,
): void {
  const path = 'spec.template'
  if (!template) {
    errors.required(path)
    return
  }
  const labels = template.metadata?.labels
  if (!selector || (!isEmpty(selector) && !selectorMatches(selector, labels)))
    errors.invalid(`${path}.metadata.labels`, goMap(labels), '`selector` does not match template `labels`')
  // Upstream leaves a StatefulSet's pods to be refused one by one: their volumes come from claims that the template does not name.
  if (word === 'StatefulSet') {
    validateLabels(template.metadata?.labels, `${path}.labels`, errors)
    validateAnnotations(template.metadata?.annotations, `${path}.annotations`, errors)
  } else validateTemplate(template, path, errors)
  const { restartPolicy, activeDeadlineSeconds } = template.spec ?? {}
  if (restartPolicy && restartPolicy !== 'Always') errors.notSupported(`${path}.spec.restartPolicy`, restartPolicy, ['Always'])
  if (activeDeadlineSeconds !== undefined)
    errors.forbidden(`${path}.spec.activeDeadlineSeconds`, `activeDeadlineSeconds in ${word} is not Supported`)
}

export function validateImmutableSelector(fresh: V1LabelSelector | undefined, old: V1LabelSelector | undefined, errors: FieldErrors): void {
  if (!isSame(fresh, old)) errors.invalid('spec.selector', goSelector(fresh ?? {}), 'field is immutable')
}

export function validateCounts(spec: object, names: readonly string[], errors: FieldErrors): void {
  const values = spec as Readonly<Record<string, number | undefined>>
  for (const name of names) notNegative(`spec.${name}`, values[name], errors)
}

/** `25%` or a number; answers the number it is for comparing with zero. */
export function validateShare(value: number | string | undefined, path: string, errors: FieldErrors): number {
  if (value === undefined) return 0
  if (typeof value === 'number') {
    notNegative(path, value, errors)
    return value
  }
  if (!/^[0-9]+%$/.test(value)) {
    errors.invalid(
      path,
      value,
      "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
    )
    return 1
  }
  return Number(value.slice(0, -1))
}
