/** ValidatingAdmissionPolicyBinding of admissionregistration.k8s.io v1. */
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
})
