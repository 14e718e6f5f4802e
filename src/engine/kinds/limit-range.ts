/** LimitRange of the core group v1. */
import { mapped, withField } from './defaulting.ts'
import type { FieldErrors } from './field-errors.ts'
import type { V1LimitRange, V1LimitRangeItem } from './generated/types.ts'
import { goQuantity } from './go-print.ts'
import { allVerbs, defineKind } from './kind.ts'
import { qualifiedName } from './names.ts'
import { compareQuantities, milliValue } from './quantity.ts'
import { isOvercommitable, validateContainerResourceName, validateResourceName } from './validation/resources.ts'

export const limitRange = defineKind<V1LimitRange>({
  group: '',
  version: 'v1',
  kind: 'LimitRange',
  resource: 'limitranges',
  singular: 'limitrange',
  namespaced: true,
  isCreatedByUpdate: true,
  shortNames: ['limits'],
  verbs: allVerbs,
  schema: 'V1LimitRange',
  defaults: (range) => {
    if (!range.spec) return range
    // What a limit leaves out follows from the next wider bound.
    const limits = mapped(range.spec.limits, (item) => {
      if (item.type !== 'Container') return item
      const { max = {}, min = {} } = item
      const fallback = sorted({ ...max, ...item.default })
      const request = sorted({ ...min, ...fallback, ...item.defaultRequest })
      const isComplete =
        Object.keys(fallback).length === Object.keys(item.default ?? {}).length &&
        Object.keys(request).length === Object.keys(item.defaultRequest ?? {}).length
      return isComplete
        ? item
        : {
            ...item,
            ...(Object.keys(fallback).length > 0 ? { default: fallback } : {}),
            ...(Object.keys(request).length > 0 ? { defaultRequest: request } : {}),
          }
    })
    return withField(range, 'spec', withField(range.spec, 'limits', limits ?? []))
  },
  validate: ({ spec }, errors) => {
    const types = new Set<string>()
    spec?.limits?.forEach((item, index) => {
      const path = `spec.limits[${index}]`
      validateType(item.type, `${path}.type`, errors)
      if (types.has(item.type)) errors.duplicate(`${path}.type`, item.type)
      types.add(item.type)
      validateNames(item, path, errors)
      const fields = ['max', 'min', ...(item.type === 'Pod' ? [] : ['default', 'defaultRequest']), 'maxLimitRequestRatio'] as const
      const names = new Set(fields.flatMap((field) => Object.keys(item[field as keyof Bounds] ?? {})))
      for (const resource of names) validateBounds(item, resource, path, errors)
    })
  },
})

function sorted(amounts: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(amounts).sort(([a], [b]) => (a < b ? -1 : 1)))
}

type Bounds = Pick<V1LimitRangeItem, 'max' | 'min' | 'default' | 'defaultRequest' | 'maxLimitRequestRatio'>

function validateType(type: string, path: string, errors: FieldErrors): void {
  const problems = qualifiedName(type)
  for (const problem of problems) errors.invalid(path, type, problem)
  if (problems.length === 0 && !type.includes('/') && !['Pod', 'Container', 'PersistentVolumeClaim'].includes(type))
    errors.invalid(path, type, 'must be a standard limit type or fully qualified')
}

function validateNames(item: V1LimitRangeItem, path: string, errors: FieldErrors): void {
  const validate = item.type === 'Pod' || item.type === 'Container' ? validateContainerResourceName : validateResourceName
  const each = (field: keyof Bounds) => {
    for (const name of Object.keys(item[field] ?? {})) validate(name, `${path}.${field}[${name}]`, errors)
  }
  each('max')
  each('min')
  for (const field of ['default', 'defaultRequest'] as const) {
    if (item.type !== 'Pod') each(field)
    else if (item[field]) errors.forbidden(`${path}.${field}`, "may not be specified when `type` is 'Pod'")
  }
  if (item.type === 'PersistentVolumeClaim' && item.min?.storage === undefined && item.max?.storage === undefined)
    errors.required(`${path}.limits`, 'either minimum or maximum storage value is required, but neither was provided')
  each('maxLimitRequestRatio')
}

function validateBounds(item: V1LimitRangeItem, name: string, path: string, errors: FieldErrors): void {
  const [max, min, ratio] = [item.max?.[name], item.min?.[name], item.maxLimitRequestRatio?.[name]]
  const isPod = item.type === 'Pod'
  const fallback = isPod ? undefined : item.default?.[name]
  const request = isPod ? undefined : item.defaultRequest?.[name]
  const isAbove = (amount: string | undefined, bound: string | undefined) =>
    amount !== undefined && bound !== undefined && compareQuantities(amount, bound) > 0
  const refuse = (field: keyof Bounds, shown: string | undefined, words: string) =>
    errors.invalid(`${path}.${field}[${name}]`, goQuantity(shown ?? '', shown), words)
  if (isAbove(min, max)) refuse('min', min, `min value ${min} is greater than max value ${max}`)
  if (isAbove(min, request)) refuse('defaultRequest', request, `min value ${min} is greater than default request value ${request}`)
  if (isAbove(request, max)) refuse('defaultRequest', request, `default request value ${request} is greater than max value ${max}`)
  if (isAbove(request, fallback))
    refuse('defaultRequest', request, `default request value ${request} is greater than default limit value ${fallback}`)
  // Of a default that is out of bounds upstream shows the bound.
  if (isAbove(min, fallback)) refuse('default', min, `min value ${min} is greater than default value ${fallback}`)
  if (isAbove(fallback, max)) refuse('default', max, `default value ${fallback} is greater than max value ${max}`)
  if (ratio !== undefined) {
    if (compareQuantities(ratio, '1') < 0) refuse('maxLimitRequestRatio', ratio, `ratio ${ratio} is less than 1`)
    const limit = max === undefined || min === undefined ? undefined : milliValue(max) / milliValue(min)
    if (limit !== undefined && milliValue(ratio) / 1000 > limit)
      refuse(
        'maxLimitRequestRatio',
        ratio,
        `ratio ${ratio} is greater than max/min = ${Number.isFinite(limit) ? limit.toFixed(6) : '+Inf'}`,
      )
  }
  if (!isOvercommitable(name) && fallback !== undefined && request !== undefined && compareQuantities(fallback, request) !== 0)
    refuse('defaultRequest', request, `default value ${fallback} must equal to defaultRequest value ${request} in ${name}`)
}
