/** IngressClass of networking.k8s.io v1. */
import { ageColumn, column, name } from './columns.ts'
import { filled, withField } from './defaulting.ts'
import { validateLocalReference } from './ingress.ts'
import { dns1123Label } from './names.ts'
import { domainPrefixedPath } from './validation/domain-names.ts'
import { supported } from './validation/values.ts'
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
  defaults: (ingressClass) => {
    const { spec } = ingressClass
    return spec?.parameters
      ? withField(ingressClass, 'spec', withField(spec, 'parameters', filled(spec.parameters, { scope: 'Cluster' })))
      : ingressClass
  },
  validate: ({ spec }, errors) => {
    const controller = spec?.controller ?? ''
    if (controller.length > 250) errors.tooLong('spec.controller', 250)
    domainPrefixedPath(controller, 'spec.controller', errors)
    if (!spec?.parameters) return
    const { scope = '', namespace, ...reference } = spec.parameters
    const path = 'spec.parameters'
    validateLocalReference(reference, path, errors)
    supported(`${path}.scope`, scope, ['Cluster', 'Namespace'], errors)
    if (scope === 'Namespace' && namespace === undefined) errors.required(`${path}.namespace`, "`parameters.scope` is set to 'Namespace'")
    else if (scope === 'Namespace')
      for (const problem of dns1123Label(namespace ?? '')) errors.invalid(`${path}.namespace`, namespace, problem)
    if (scope === 'Cluster' && namespace !== undefined) errors.forbidden(`${path}.namespace`, "`parameters.scope` is set to 'Cluster'")
  },
  validateUpdate: ({ old, fresh }, errors) => {
    const controller = fresh.spec?.controller
    if (old.spec?.controller !== controller) errors.invalid('spec.controller', controller ?? '', 'field is immutable')
  },
})
