/** LimitRange of the core group v1. */
import { goQuantity } from './go-print.ts'
import { compareQuantities } from './quantity.ts'
import { mapped, withField } from './defaulting.ts'
import { allVerbs, defineKind } from './kind.ts'
import type { V1LimitRange } from './generated/types.ts'

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
      const fallback = { ...max, ...item.default }
      const request = { ...fallback, ...min, ...item.default, ...item.defaultRequest }
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
  validate: ({ spec }, errors) =>
    spec?.limits?.forEach((item, index) => {
      const path = `spec.limits[${index}]`
      if (item.type === 'Pod') {
        if (item.default) errors.forbidden(`${path}.default`, "may not be specified when `type` is 'Pod'")
        if (item.defaultRequest) errors.forbidden(`${path}.defaultRequest`, "may not be specified when `type` is 'Pod'")
      }
      const { max = {}, min = {}, default: fallback = {}, defaultRequest = {} } = item
      // Of a default that is too great upstream shows the bound.
      const above = (field: string, name: string, amount: string | undefined, bound: string | undefined, words: string, shown = amount) => {
        if (amount !== undefined && bound !== undefined && compareQuantities(amount, bound) > 0)
          errors.invalid(`${path}.${field}[${name}]`, goQuantity(shown ?? '', shown), words)
      }
      for (const name of new Set([...Object.keys(max), ...Object.keys(min), ...Object.keys(fallback), ...Object.keys(defaultRequest)])) {
        above('min', name, min[name], max[name], `min value ${min[name]} is greater than max value ${max[name]}`)
        above(
          'defaultRequest',
          name,
          defaultRequest[name],
          max[name],
          `default request value ${defaultRequest[name]} is greater than max value ${max[name]}`,
        )
        above(
          'default',
          name,
          fallback[name],
          max[name],
          `default value ${fallback[name]} is greater than max value ${max[name]}`,
          max[name],
        )
        above(
          'defaultRequest',
          name,
          defaultRequest[name],
          fallback[name],
          `default request value ${defaultRequest[name]} is greater than default limit value ${fallback[name]}`,
        )
      }
    }),
})
