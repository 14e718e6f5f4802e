/** PriorityClass of scheduling.k8s.io v1. */
import { ageColumn, column, name } from './columns.ts'
import { filled } from './defaulting.ts'
import { supported } from './validation/values.ts'
import { allVerbs, defineKind } from './kind.ts'
import type { V1PriorityClass } from './generated/types.ts'

export const priorityClass = defineKind<V1PriorityClass>({
  group: 'scheduling.k8s.io',
  version: 'v1',
  kind: 'PriorityClass',
  resource: 'priorityclasses',
  singular: 'priorityclass',
  namespaced: false,
  shortNames: ['pc'],
  verbs: allVerbs,
  schema: 'V1PriorityClass',
  hasGeneration: true,
  columns: [
    name,
    column(
      'Value',
      'integer',
      'value represents the integer value of this priority class. This is the actual priority that pods receive when they have the name of this class in their pod spec.',
      ({ value }) => value,
    ),
    column(
      'Global-Default',
      'boolean',
      'globalDefault specifies whether this PriorityClass should be considered as the default priority for pods that do not have any priority class. Only one PriorityClass can be marked as `globalDefault`. However, if more than one PriorityClasses exists with their `globalDefault` field set to true, the smallest value of such global default PriorityClasses will be used as the default priority.',
      ({ globalDefault }) => globalDefault ?? false,
    ),
    ageColumn,
    column(
      'PreemptionPolicy',
      'string',
      'preemptionPolicy is the Policy for preempting pods with lower priority. One of Never, PreemptLowerPriority. Defaults to PreemptLowerPriority if unset.',
      ({ preemptionPolicy }) => preemptionPolicy ?? '',
    ),
  ],
  defaults: (priorityClass) => filled(priorityClass, { preemptionPolicy: 'PreemptLowerPriority' }),
  validateCreate: ({ metadata: { name: title }, value = 0, globalDefault = false, preemptionPolicy }, errors) => {
    if (title.startsWith('system-')) {
      const expected = systemClasses[title]
      const problem =
        expected === undefined
          ? `${title} is not a known system priority class`
          : value !== expected
            ? `value of ${title} PriorityClass must be ${expected}`
            : globalDefault
              ? `globalDefault of ${title} PriorityClass must be false`
              : undefined
      if (problem !== undefined)
        errors.forbidden('metadata.name', `priority class names with 'system-' prefix are reserved for system use only. error: ${problem}`)
    } else if (value > 1000000000) errors.forbidden('value', 'maximum allowed value of a user defined priority is 1000000000')
    if (preemptionPolicy === '') errors.required('preemptionPolicy')
    else if (preemptionPolicy !== undefined) supported('preemptionPolicy', preemptionPolicy, ['PreemptLowerPriority', 'Never'], errors)
  },
  validateUpdate: ({ old, fresh }, errors) => {
    if (old.value !== fresh.value) errors.forbidden('value', 'may not be changed in an update.')
    if (old.preemptionPolicy !== fresh.preemptionPolicy) errors.invalid('preemptionPolicy', fresh.preemptionPolicy, 'field is immutable')
  },
})

const systemClasses: Readonly<Record<string, number>> = { 'system-cluster-critical': 2000000000, 'system-node-critical': 2000001000 }
