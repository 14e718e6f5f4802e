/** PriorityClass of scheduling.k8s.io v1. */
import { ageColumn, column, name } from './columns.ts'
import { filled } from './defaulting.ts'
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
  validate: ({ metadata, value }, errors) => {
    if (metadata.name.startsWith('system-') && !systemClasses.includes(metadata.name)) {
      errors.forbidden(
        'metadata.name',
        `priority class names with 'system-' prefix are reserved for system use only. error: ${metadata.name} is not a known system priority class`,
      )
    } else if (!systemClasses.includes(metadata.name) && value > 1000000000)
      errors.forbidden('value', 'maximum allowed value of a user defined priority is 1000000000')
  },
  validateUpdate: ({ old, fresh }, errors) => {
    if (old.value !== fresh.value) errors.forbidden('value', 'may not be changed in an update.')
    if (old.preemptionPolicy !== fresh.preemptionPolicy) errors.invalid('preemptionPolicy', fresh.preemptionPolicy, 'field is immutable')
  },
})

const systemClasses = ['system-cluster-critical', 'system-node-critical']
