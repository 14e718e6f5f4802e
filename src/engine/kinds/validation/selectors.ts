/** Label selectors, and the operators that node selectors share with them. */
import type { FieldErrors } from '../field-errors.ts'
import type { V1LabelSelector } from '../generated/types.ts'
import { qualifiedName, validLabelValue } from '../names.ts'

export const unknownOperator = 'not a valid selector operator'

/** Answers whether the operator is one of those that labels and nodes have in common. */
export function validateOperator(operator: string, values: readonly string[], place: string, errors: FieldErrors): boolean {
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (values.length === 0) errors.required(`${place}.values`, "must be specified when `operator` is 'In' or 'NotIn'")
      return true
    case 'Exists':
    case 'DoesNotExist':
      if (values.length > 0) errors.forbidden(`${place}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
      return true
    default:
      return false
  }
}

export function validateValues(values: readonly string[], place: string, errors: FieldErrors): void {
  values.forEach((value, at) => {
    for (const problem of validLabelValue(value)) errors.invalid(`${place}.values[${at}]`, value, problem)
  })
}

/** Answers whether the selector can be used at all. */
export function validateSelector(selector: V1LabelSelector, path: string, errors: FieldErrors): boolean {
  const before = errors.list.length
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) {
    for (const problem of qualifiedName(key)) errors.invalid(`${path}.matchLabels`, key, problem)
    for (const problem of validLabelValue(value)) errors.invalid(`${path}.matchLabels`, value, problem)
  }
  selector.matchExpressions?.forEach(({ key, operator, values = [] }, index) => {
    const place = `${path}.matchExpressions[${index}]`
    if (!validateOperator(operator, values, place, errors)) errors.invalid(`${place}.operator`, operator, unknownOperator)
    for (const problem of qualifiedName(key)) errors.invalid(`${place}.key`, key, problem)
    validateValues(values, place, errors)
  })
  return errors.list.length === before
}
