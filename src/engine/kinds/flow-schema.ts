/** FlowSchema of flowcontrol.apiserver.k8s.io v1. */
import { ageColumn, column, name } from './columns.ts'
import { withField } from './defaulting.ts'
import { validateConditions, validateFixed, validateFlowSchema } from './validation/flow-control.ts'
import { allVerbs, defineKind } from './kind.ts'
import type { V1FlowSchema } from './generated/types.ts'

export const flowSchema = defineKind<V1FlowSchema>({
  group: 'flowcontrol.apiserver.k8s.io',
  version: 'v1',
  kind: 'FlowSchema',
  resource: 'flowschemas',
  singular: 'flowschema',
  namespaced: false,
  verbs: allVerbs,
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
  schema: 'V1FlowSchema',
  hasGeneration: true,
  printOrder: (a, b) => (a.spec?.matchingPrecedence ?? 0) - (b.spec?.matchingPrecedence ?? 0),
  columns: [
    name,
    column(
      'PriorityLevel',
      'string',
      '`name` is the name of the priority level configuration being referenced Required.',
      ({ spec }) => spec.priorityLevelConfiguration.name || '<none>',
    ),
    column(
      'MatchingPrecedence',
      'string',
      '`matchingPrecedence` is used to choose among the FlowSchemas that match a given request. The chosen FlowSchema is among those with the numerically lowest (which we take to be logically highest) MatchingPrecedence.  Each MatchingPrecedence value must be ranged in [1,10000]. Note that if the precedence is not specified, it will be set to 1000 as default.',
      ({ spec }) => spec.matchingPrecedence ?? 0,
    ),
    column(
      'DistinguisherMethod',
      'string',
      '`distinguisherMethod` defines how to compute the flow distinguisher for requests that match this schema. `nil` specifies that the distinguisher is disabled and thus will always be the empty string.',
      ({ spec }) => spec.distinguisherMethod?.type ?? '<none>',
    ),
    ageColumn,
    column(
      'MissingPL',
      'string',
      'references a broken or non-existent PriorityLevelConfiguration',
      ({ status }) => status.conditions?.find((condition) => condition.type === 'Dangling')?.status ?? '?',
    ),
  ],
  defaults: (schema) =>
    schema.spec ? withField(schema, 'spec', withField(schema.spec, 'matchingPrecedence', schema.spec.matchingPrecedence || 1000)) : schema,
  validate: ({ metadata, spec }, errors) => {
    validateFlowSchema(metadata.name, spec, errors)
    validateFixed(metadata.name, 'V1FlowSchemaSpec', spec, errors)
  },
  validateUpdate: ({ old, fresh }, errors) => validateConditions(old.status, fresh.status, errors),
})
