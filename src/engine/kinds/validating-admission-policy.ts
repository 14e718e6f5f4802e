/** ValidatingAdmissionPolicy of admissionregistration.k8s.io v1. */
import { areExpressionsLoaded, expressions, typesOf } from '../api/expressions/expressions.ts'
import { ageColumn, column, name } from './columns.ts'
import { filled, withField } from './defaulting.ts'
import { allVerbs, defineKind } from './kind.ts'
import type { V1ValidatingAdmissionPolicy } from './generated/types.ts'

const reasons = ['Forbidden', 'Invalid', 'RequestEntityTooLarge', 'Unauthorized']

export const validatingAdmissionPolicy = defineKind<V1ValidatingAdmissionPolicy>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingAdmissionPolicy',
  resource: 'validatingadmissionpolicies',
  singular: 'validatingadmissionpolicy',
  namespaced: false,
  needsVersion: true,
  categories: ['api-extensions'],
  verbs: allVerbs,
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
  schema: 'V1ValidatingAdmissionPolicy',
  hasGeneration: true,
  columns: [
    name,
    column(
      'Validations',
      'integer',
      'Validations indicates the number of validation rules defined in this configuration',
      ({ spec }) => spec.validations?.length ?? 0,
    ),
    column('ParamKind', 'string', 'ParamKind specifies the kind of resources used to parameterize this policy', ({ spec }) =>
      spec.paramKind ? `${spec.paramKind.apiVersion}/${spec.paramKind.kind}` : '<unset>',
    ),
    ageColumn,
  ],
  defaults: (policy) => {
    if (!policy.spec) return policy
    let spec = filled(policy.spec, { failurePolicy: 'Fail' })
    if (spec.matchConstraints)
      spec = withField(
        spec,
        'matchConstraints',
        filled(spec.matchConstraints, { namespaceSelector: {}, objectSelector: {}, matchPolicy: 'Equivalent' }),
      )
    return withField(policy, 'spec', spec)
  },
  validate: ({ spec }, errors) => {
    const {
      validations = [],
      auditAnnotations = [],
      variables = [],
      matchConditions = [],
      matchConstraints,
      paramKind,
      failurePolicy,
    } = spec ?? {}
    if (failurePolicy !== undefined && !['Fail', 'Ignore'].includes(failurePolicy))
      errors.notSupported('spec.failurePolicy', failurePolicy, ['Fail', 'Ignore'])
    if (!matchConstraints) errors.required('spec.matchConstraints')
    else if (!matchConstraints.resourceRules?.length) errors.required('spec.matchConstraints.resourceRules')
    const types = typesOf(paramKind !== undefined)
    const check = (path: string, source: string, wanted: readonly string[], words: string) => {
      if (source.trim() === '') return errors.required(path, 'expression is not specified')
      if (!areExpressionsLoaded()) return
      const compiled = expressions().compile(source, types)
      if ('problem' in compiled) errors.invalid(path, source, `compilation failed: ${compiled.problem}`)
      else if (compiled.type !== 'dyn' && wanted.length > 0 && !wanted.includes(compiled.type)) errors.invalid(path, source, words)
    }
    matchConditions.forEach(({ name: title, expression }, index) => {
      if (!title) errors.required(`spec.matchConditions[${index}].name`)
      check(`spec.matchConditions[${index}].expression`, expression, ['bool'], 'must evaluate to bool')
    })
    variables.forEach(({ name: title, expression }, index) => {
      if (!/^[_a-zA-Z][_a-zA-Z0-9]*$/.test(title))
        errors.invalid(`spec.variables[${index}].name`, title, 'name is not a valid CEL identifier')
      check(`spec.variables[${index}].expression`, expression, [], '')
    })
    if (validations.length === 0 && auditAnnotations.length === 0) {
      errors.required('spec.validations', 'validations or auditAnnotations must be non-empty')
      errors.required('spec.auditAnnotations', 'validations or auditAnnotations must be non-empty')
    }
    validations.forEach(({ expression, messageExpression, reason, message }, index) => {
      const path = `spec.validations[${index}]`
      check(`${path}.expression`, expression ?? '', ['bool'], 'must evaluate to bool')
      if (messageExpression) check(`${path}.messageExpression`, messageExpression, ['string'], 'must evaluate to string')
      if (message?.includes('\n')) errors.invalid(`${path}.message`, message, 'message must not contain line breaks')
      if (reason !== undefined && !reasons.includes(reason)) errors.notSupported(`${path}.reason`, reason, reasons)
    })
    auditAnnotations.forEach(({ key, valueExpression }, index) => {
      if (!key) errors.required(`spec.auditAnnotations[${index}].key`)
      check(
        `spec.auditAnnotations[${index}].valueExpression`,
        valueExpression,
        ['string', 'null'],
        'must evaluate to one of [string null_type]',
      )
    })
  },
})
