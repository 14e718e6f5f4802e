/** ValidatingAdmissionPolicyBinding of admissionregistration.k8s.io v1. */
import { ageColumn, column, name } from './columns.ts'
import { allVerbs, defineKind } from './kind.ts'
import type { V1ValidatingAdmissionPolicyBinding } from './generated/types.ts'

export const validatingAdmissionPolicyBinding = defineKind<V1ValidatingAdmissionPolicyBinding>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingAdmissionPolicyBinding',
  resource: 'validatingadmissionpolicybindings',
  singular: 'validatingadmissionpolicybinding',
  namespaced: false,
  categories: ['api-extensions'],
  verbs: allVerbs,
  schema: 'V1ValidatingAdmissionPolicyBinding',
  hasGeneration: true,
  columns: [
    name,
    column('PolicyName', 'string', 'PolicyName indicates the policy definition which the policy binding binded to', ({ spec }) => spec?.policyName ?? ''),
    column('ParamRef', 'string', 'ParamRef indicates the param resource which sets the configration param', ({ spec }) => {
      const reference = spec?.paramRef
      if (!reference) return '<unset>'
      return reference.namespace ? `${reference.namespace}/${reference.name ?? '*'}` : `*/${reference.name ?? '*'}`
    }),
    ageColumn,
  ],
})
