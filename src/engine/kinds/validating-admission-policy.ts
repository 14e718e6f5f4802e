/** ValidatingAdmissionPolicy of admissionregistration.k8s.io v1. */
import { allVerbs, defineKind } from './kind.ts'
import type { V1ValidatingAdmissionPolicy } from './generated/types.ts'

export const validatingAdmissionPolicy = defineKind<V1ValidatingAdmissionPolicy>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingAdmissionPolicy',
  resource: 'validatingadmissionpolicies',
  singular: 'validatingadmissionpolicy',
  namespaced: false,
  categories: ['api-extensions'],
  verbs: allVerbs,
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
  schema: 'V1ValidatingAdmissionPolicy',
  hasGeneration: true,
})
