/** ValidatingAdmissionPolicy of admissionregistration.k8s.io v1. */
import { ageColumn, column, name } from './columns.ts'
import { filled, withField } from './defaulting.ts'
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
  columns: [
    name,
    column('Validations', 'integer', 'Validations indicates the number of validation rules defined in this configuration', ({ spec }) => spec.validations?.length ?? 0),
    column('ParamKind', 'string', 'ParamKind specifies the kind of resources used to parameterize this policy', ({ spec }) => (spec.paramKind ? `${spec.paramKind.apiVersion}/${spec.paramKind.kind}` : '<unset>')),
    ageColumn,
  ],
  defaults: (policy) => {
    if (!policy.spec) return policy
    let spec = filled(policy.spec, { failurePolicy: 'Fail' })
    if (spec.matchConstraints) spec = withField(spec, 'matchConstraints', filled(spec.matchConstraints, { namespaceSelector: {}, objectSelector: {}, matchPolicy: 'Equivalent' }))
    return withField(policy, 'spec', spec)
  },
})
