/** IngressClass of networking.k8s.io v1. */
import { ageColumn, column, name } from './columns.ts'
import { allVerbs, defineKind } from './kind.ts'
import type { V1IngressClass } from './generated/types.ts'

export const ingressClass = defineKind<V1IngressClass>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'IngressClass',
  resource: 'ingressclasses',
  singular: 'ingressclass',
  namespaced: false,
  verbs: allVerbs,
  schema: 'V1IngressClass',
  hasGeneration: true,
  columns: [
    name,
    column('Controller', 'string', 'Controller that is responsible for handling this class', ({ spec }) => spec?.controller ?? ''),
    column('Parameters', 'string', 'A reference to a resource with additional parameters', ({ spec }) => {
      const parameters = spec?.parameters
      return parameters ? `${parameters.kind}${parameters.apiGroup ? `.${parameters.apiGroup}` : ''}/${parameters.name}` : '<none>'
    }),
    ageColumn,
  ],
  validate: ({ spec }, errors) => {
    const controller = spec?.controller ?? ''
    if (controller === '') errors.required('spec.controller')
    else if (!/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?\/.+$/.test(controller))
      errors.invalid('spec.controller', controller, 'must be a domain-prefixed path (such as "acme.io/foo")')
  },
})
