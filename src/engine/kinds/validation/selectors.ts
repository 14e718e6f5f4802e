/** Label selectors, and the operators that node selectors share with them. */
import type { FieldErrors } from '../field-errors.ts'
import type { V1LabelSelector } from '../generated/types.ts'
import { qualifiedName, validLabelValue } from '../names.ts'

export function validateOperator(
  { operator, values, numeric }: { operator: string; values: readonly string[]; numeric: boolean },
  place: string,
  errors: FieldErrors,
): void {
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (values.length === 0) errors.required(`${place}.values`, "must be specified when `operator` is 'In' or 'NotIn'")
      break
    case 'Exists':
    case 'DoesNotExist':
      if (values.length > 0) errors.forbidden(`${place}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
      break
    case 'Gt':
    case 'Lt':
      if (numeric) {
        if (values.length !== 1) errors.required(`${place}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'")
        break
      }
      errors.invalid(`${place}.operator`, operator, 'not a valid selector operator')
      break
    default:
      errors.invalid(`${place}.operator`, operator, 'not a valid selector operator')
  }
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
    validateOperator({ operator, values, numeric: false }, place, errors)
    for (const problem of qualifiedName(key)) errors.invalid(`${place}.key`, key, problem)
    values.forEach((value, at) => {
      for (const problem of validLabelValue(value)) errors.invalid(`${place}.values[${at}]`, value, problem)
    })
  })
  return errors.list.length === before
}
