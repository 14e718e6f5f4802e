/** The rules that workloads share: a selector that can be used, a template it matches, counts that are not negative. */
import { isSame } from '../api/objects.ts'
import { selectorMatches } from '../api/selectors.ts'
import type { FieldErrors } from './field-errors.ts'
import type { V1LabelSelector, V1PodTemplateSpec } from './generated/types.ts'
import { goIntOrString, goMap, goSelector } from './go-print.ts'
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
  if (!isUsable) errors.invalid(path, goSelector(selector), word === 'statefulset' ? '' : 'invalid label selector')
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
      goIntOrString(value),
      "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
    )
    return Number(value) || 0
  }
  return Number(value.slice(0, -1))
}

export function validateAtMostAll(value: number | string | undefined, path: string, errors: FieldErrors): void {
  if (typeof value === 'string' && /^[0-9]+%$/.test(value) && Number(value.slice(0, -1)) > 100)
    errors.invalid(path, goIntOrString(value), 'must not be greater than 100%')
}

interface Counted {
  readonly collisionCount?: number
  readonly [field: string]: unknown
}

/** Counts of a status: none is negative, none greater than all of them, and the one of collisions never falls. */
export function validateCountsOfStatus(
  { old, fresh }: { readonly old: Counted | undefined; readonly fresh: Counted | undefined },
  {
    counts,
    parts = [],
    available,
  }: { readonly counts: readonly string[]; readonly parts?: readonly string[]; readonly available?: string },
  errors: FieldErrors,
): void {
  const count = (name: string) => Number(fresh?.[name] ?? 0)
  for (const name of [...counts, 'collisionCount']) notNegative(`status.${name}`, count(name), errors)
  for (const name of parts)
    if (count(name) > count('replicas')) errors.invalid(`status.${name}`, count(name), 'cannot be greater than status.replicas')
  if (available !== undefined && count('availableReplicas') > count('readyReplicas'))
    errors.invalid('status.availableReplicas', count('availableReplicas'), available)
  if (old?.collisionCount !== undefined && (fresh?.collisionCount ?? -1) < old.collisionCount)
    errors.invalid('status.collisionCount', fresh?.collisionCount ?? 0, 'cannot be decremented')
}
