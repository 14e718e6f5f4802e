/** ValidatingAdmissionPolicy of admissionregistration.k8s.io v1. */
import { typesOf } from '../api/expressions/expressions.ts'
import { ageColumn, column, name } from './columns.ts'
import { filled, withField } from './defaulting.ts'
import type { FieldErrors } from './field-errors.ts'
import { goSyntax } from './go-syntax.ts'
import { goStruct, type GoType } from './go-value.ts'
import { dns1035Label, dns1123Subdomain, qualifiedName } from './names.ts'
import { schemaNamed } from './schema.ts'
import { type Asked, validateExpression, validateMatchConditions, validateMatchResources } from './validation/admission.ts'
import { required } from './validation/values.ts'
import { allVerbs, defineKind } from './kind.ts'
import type { V1ParamKind, V1ValidatingAdmissionPolicy, V1Validation } from './generated/types.ts'

const reasons = ['Forbidden', 'Invalid', 'RequestEntityTooLarge']

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
  validate: ({ metadata, spec }, errors) => {
    const {
      validations = [],
      auditAnnotations = [],
      variables = [],
      matchConditions = [],
      matchConstraints,
      paramKind,
      failurePolicy,
    } = spec ?? {}
    required('spec.failurePolicy', failurePolicy, ['Fail', 'Ignore'], errors)
    if (paramKind) validateParameterKind(paramKind, 'spec.paramKind', errors)
    if (!matchConstraints) errors.required('spec.matchConstraints')
    else {
      validateMatchResources(matchConstraints, 'spec.matchConstraints', errors)
      if (!matchConstraints.resourceRules?.length) errors.required('spec.matchConstraints.resourceRules')
    }
    const types = typesOf(paramKind !== undefined)
    validateMatchConditions(matchConditions, 'spec.matchConditions', types, errors)
    variables.forEach(({ name: title = '', expression = '' }, index) => {
      const path = `spec.variables[${index}]`
      if (title.trim() === '') errors.required(`${path}.name`, 'name is not specified')
      else if (!/^[_a-zA-Z][_a-zA-Z0-9]*$/.test(title) || reservedWords.includes(title))
        errors.invalid(`${path}.name`, title, 'name is not a valid CEL identifier')
      if (expression.trim() === '') errors.required(`${path}.expression`, 'expression is not specified')
      else {
        const earlier = variables.slice(0, index).map((each) => each.name)
        validateExpression(expression, `${path}.expression`, { types, wanted: [], words: '', variables: earlier }, errors)
      }
    })
    const names = variables.map((each) => each.name)
    if (validations.length === 0 && auditAnnotations.length === 0)
      for (const field of ['validations', 'auditAnnotations'])
        errors.required(`spec.${field}`, 'validations or auditAnnotations must contain at least one item')
    validations.forEach((validation, index) =>
      checkValidation(validation, `spec.validations[${index}]`, { types, variables: names }, errors),
    )
    if (auditAnnotations.length > 20) {
      const list = goSyntax({ kind: 'slice', name: '[]admissionregistration.AuditAnnotation', elem: annotationType() }, auditAnnotations)
      errors.invalid('spec.auditAnnotations', list, 'must not have more than 20 auditAnnotations')
    }
    auditAnnotations.forEach(({ key = '', valueExpression = '' }, index) => {
      const path = `spec.auditAnnotations[${index}]`
      const whole = `${metadata.name}/${key}`
      for (const problem of qualifiedName(whole)) errors.invalid(`${path}.key`, whole, problem)
      const asked = { types, variables: names, wanted: ['string', 'null'], words: 'must evaluate to one of [string null_type]' }
      if (valueExpression.trim() === '') errors.required(`${path}.valueExpression`, 'valueExpression is not specified')
      else if (valueExpression.trim().length > 5 * 1024) errors.required(`${path}.valueExpression`, 'must not exceed 5120 bytes in length')
      else validateExpression(valueExpression, `${path}.valueExpression`, asked, errors)
      if (auditAnnotations.findIndex((each) => each.key === key) < index) errors.duplicate(`${path}.key`, key)
    })
  },
})

function annotationType(): GoType {
  return goStruct(schemaNamed('V1AuditAnnotation'))
}

function checkValidation(
  { expression = '', messageExpression = '', message = '', reason }: V1Validation,
  path: string,
  known: Pick<Asked, 'types' | 'variables'>,
  errors: FieldErrors,
): void {
  if (expression.trim() === '') errors.required(`${path}.expression`, 'expression is not specified')
  else validateExpression(expression, `${path}.expression`, { ...known, wanted: ['bool'], words: 'must evaluate to bool' }, errors)
  if (messageExpression !== '' && messageExpression.trim() === '')
    errors.invalid(`${path}.messageExpression`, messageExpression, 'must be non-empty if specified')
  else if (messageExpression !== '')
    validateExpression(
      messageExpression,
      `${path}.messageExpression`,
      { ...known, wanted: ['string'], words: 'must evaluate to string' },
      errors,
    )
  if (message !== '' && message.trim() === '') errors.invalid(`${path}.message`, message, 'message must be non-empty if specified')
  else if (/[\n\r]/.test(message.trim())) errors.invalid(`${path}.message`, message, 'message must not contain line breaks')
  if (reason !== undefined && !reasons.includes(reason)) errors.notSupported(`${path}.reason`, reason, reasons)
}

function validateParameterKind({ apiVersion = '', kind = '' }: V1ParamKind, path: string, errors: FieldErrors): void {
  const parts = apiVersion.split('/')
  if (apiVersion === '') errors.required(`${path}.apiVersion`)
  else if (parts.length > 2) errors.invalid(`${path}.apiVersion`, apiVersion, `unexpected GroupVersion string: ${apiVersion}`)
  else {
    const [group, version] = parts.length === 2 ? parts : ['', apiVersion]
    const wrong = (value: string, problems: readonly string[]) => {
      if (problems.length > 0) errors.invalid(`${path}.apiVersion`, value, problems.join(','))
    }
    if (group !== '') wrong(group, dns1123Subdomain(group))
    if (version === '') errors.invalid(`${path}.apiVersion`, apiVersion, 'version must be specified')
    else wrong(version, dns1035Label(version))
  }
  if (kind === '') return errors.required(`${path}.kind`)
  const problems = dns1035Label(kind.toLowerCase())
  if (problems.length > 0) errors.invalid(`${path}.kind`, kind, `may have mixed case, but should otherwise match: ${problems.join(',')}`)
}

const reservedWords =
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(' ')
