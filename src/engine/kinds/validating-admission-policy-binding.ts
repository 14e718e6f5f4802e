/** ValidatingAdmissionPolicyBinding of admissionregistration.k8s.io v1. */
import { ageColumn, column, name } from './columns.ts'
import { filled, withField } from './defaulting.ts'
import { allVerbs, defineKind } from './kind.ts'
import type { V1ValidatingAdmissionPolicyBinding } from './generated/types.ts'

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
    const actions = spec?.validationActions ?? []
    if (!spec?.policyName) errors.required('spec.policyName')
    if (actions.length === 0) errors.required('spec.validationActions', 'at least one validation action is required')
    actions.forEach((action, index) => {
      if (!['Audit', 'Deny', 'Warn'].includes(action))
        errors.notSupported(`spec.validationActions[${index}]`, action, ['Audit', 'Deny', 'Warn'])
      if (actions.indexOf(action) < index) errors.duplicate(`spec.validationActions[${index}]`, action)
    })
    if (actions.includes('Deny') && actions.includes('Warn'))
      errors.invalid(
        'spec.validationActions',
        actions,
        'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)',
      )
    const reference = spec?.paramRef
    if (!reference) return
    if (reference.name && reference.selector) errors.forbidden('spec.paramRef.name', 'name and selector are mutually exclusive')
    else if (!reference.name && !reference.selector) errors.required('spec.paramRef', 'one of name or selector must be specified')
    if (!reference.parameterNotFoundAction) errors.required('spec.paramRef.parameterNotFoundAction')
    else if (!['Allow', 'Deny'].includes(reference.parameterNotFoundAction))
      errors.notSupported('spec.paramRef.parameterNotFoundAction', reference.parameterNotFoundAction, ['Deny', 'Allow'])
  },
})
