/** ValidatingAdmissionPolicyBinding of admissionregistration.k8s.io v1. */
import { ageColumn, column, name } from './columns.ts'
import { filled, withField } from './defaulting.ts'
import { Verbatim, type FieldErrors } from './field-errors.ts'
import { dns1123Subdomain, pathSegment } from './names.ts'
import { validateMatchResources } from './validation/admission.ts'
import { validateSelector } from './validation/selectors.ts'
import { required, supported } from './validation/values.ts'
import { allVerbs, defineKind } from './kind.ts'
import type { V1ParamRef, V1ValidatingAdmissionPolicyBinding } from './generated/types.ts'

export const validatingAdmissionPolicyBinding = defineKind<V1ValidatingAdmissionPolicyBinding>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingAdmissionPolicyBinding',
  resource: 'validatingadmissionpolicybindings',
  singular: 'validatingadmissionpolicybinding',
  namespaced: false,
  needsVersion: true,
  categories: ['api-extensions'],
  verbs: allVerbs,
  schema: 'V1ValidatingAdmissionPolicyBinding',
  hasGeneration: true,
  columns: [
    name,
    column(
      'PolicyName',
      'string',
      'PolicyName indicates the policy definition which the policy binding binded to',
      ({ spec }) => spec?.policyName ?? '',
    ),
    column('ParamRef', 'string', 'ParamRef indicates the param resource which sets the configration param', ({ spec }) => {
      const reference = spec?.paramRef
      if (!reference) return '<unset>'
      return reference.namespace ? `${reference.namespace}/${reference.name ?? '*'}` : `*/${reference.name ?? '*'}`
    }),
    ageColumn,
  ],
  defaults: (binding) => {
    const resources = binding.spec?.matchResources
    return resources && binding.spec
      ? withField(
          binding,
          'spec',
          withField(
            binding.spec,
            'matchResources',
            filled(resources, { namespaceSelector: {}, objectSelector: {}, matchPolicy: 'Equivalent' }),
          ),
        )
      : binding
  },
  validate: ({ spec }, errors) => {
    const policyName = spec?.policyName ?? ''
    if (policyName === '') errors.required('spec.policyName')
    else for (const problem of dns1123Subdomain(policyName)) errors.invalid('spec.policyName', policyName, problem)
    if (spec?.paramRef) validateParameters(spec.paramRef, 'spec.paramRef', errors)
    if (spec?.matchResources) validateMatchResources(spec.matchResources, 'spec.matchResources', errors)
    const actions = spec?.validationActions ?? []
    actions.forEach((action, index) => {
      supported(`spec.validationActions[${index}]`, action, ['Audit', 'Deny', 'Warn'], errors)
      if (actions.indexOf(action) < index) errors.duplicate(`spec.validationActions[${index}]`, action)
    })
    if (actions.includes('Deny') && actions.includes('Warn')) {
      const list = actions.map((action) => JSON.stringify(action)).join(', ')
      errors.invalid(
        'spec.validationActions',
        new Verbatim(`[]admissionregistration.ValidationAction{${list}}`),
        'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)',
      )
    }
    if (actions.length === 0) errors.required('spec.validationActions', 'at least one validation action is required')
  },
})

function validateParameters(
  { name: title = '', selector, parameterNotFoundAction = '' }: V1ParamRef,
  path: string,
  errors: FieldErrors,
): void {
  const isBoth = title !== '' && selector !== undefined
  for (const problem of pathSegment(title)) errors.invalid(`${path}.name`, title, problem)
  if (isBoth) errors.forbidden(`${path}.name`, 'name and selector are mutually exclusive')
  if (selector) validateSelector(selector, `${path}.selector`, errors)
  if (isBoth) errors.forbidden(`${path}.selector`, 'name and selector are mutually exclusive')
  if (title === '' && !selector) errors.required(path, 'one of name or selector must be specified')
  required(`${path}.parameterNotFoundAction`, parameterNotFoundAction, ['Deny', 'Allow'], errors)
}
