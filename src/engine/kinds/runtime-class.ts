/** RuntimeClass of node.k8s.io v1. */
import { ageColumn, column, name } from './columns.ts'
import { goSyntax } from './go-syntax.ts'
import { goStruct } from './go-value.ts'
import { validateLabels } from './metadata.ts'
import { dns1123Label } from './names.ts'
import { labelWarning } from './pod-warnings.ts'
import { schemaNamed } from './schema.ts'
import { validateResources } from './validation/resources.ts'
import { validateToleration } from './validation/scheduling.ts'
import { allVerbs, defineKind } from './kind.ts'
import type { V1RuntimeClass, V1Toleration } from './generated/types.ts'

export const runtimeClass = defineKind<V1RuntimeClass>({
  group: 'node.k8s.io',
  version: 'v1',
  kind: 'RuntimeClass',
  resource: 'runtimeclasses',
  singular: 'runtimeclass',
  namespaced: false,
  needsVersion: true,
  verbs: allVerbs,
  schema: 'V1RuntimeClass',
  columns: [name, column('Handler', 'string', '', ({ handler }) => handler), ageColumn],
  validate: ({ handler = '', overhead, scheduling }, errors) => {
    for (const problem of dns1123Label(handler)) errors.invalid('handler', handler, problem)
    if (overhead) validateResources({ limits: overhead.podFixed }, 'overhead', errors)
    if (!scheduling) return
    const { nodeSelector, tolerations = [] } = scheduling
    validateLabels(nodeSelector, 'scheduling.nodeSelector', errors)
    tolerations.forEach((toleration, index) => validateToleration(toleration, `scheduling.tolerations[${index}]`, errors))
    const keyOf = ({ key, operator, value, effect }: V1Toleration) => JSON.stringify([key, operator, value, effect])
    tolerations.forEach((toleration, index) => {
      if (tolerations.findIndex((each) => keyOf(each) === keyOf(toleration)) < index)
        errors.duplicate(`scheduling.tolerations[${index}]`, goSyntax(goStruct(schemaNamed('V1Toleration')), toleration))
    })
  },
  warnings: ({ scheduling }) => Object.keys(scheduling?.nodeSelector ?? {}).flatMap((key) => labelWarning(key, 'scheduling.nodeSelector')),
  validateUpdate: ({ old, fresh }, errors) => {
    if (old.handler !== fresh.handler) errors.invalid('handler', fresh.handler, 'field is immutable')
  },
})
