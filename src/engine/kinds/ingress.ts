/** Ingress of networking.k8s.io v1. */
import { Verbatim } from './field-errors.ts'
import type { FieldErrors } from './field-errors.ts'
import { dns1123Subdomain, portNumber } from './names.ts'
import { ageColumn, column, name } from './columns.ts'
import { allVerbs, defineKind } from './kind.ts'
import type { V1Ingress, V1IngressBackend, V1IngressSpec } from './generated/types.ts'

export const ingress = defineKind<V1Ingress>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'Ingress',
  resource: 'ingresses',
  singular: 'ingress',
  namespaced: true,
  shortNames: ['ing'],
  verbs: allVerbs,
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
  schema: 'V1Ingress',
  hasGeneration: true,
  columns: [
    name,
    column(
      'Class',
      'string',
      'The name of the IngressClass resource that should be used for additional configuration',
      ({ metadata, spec }) => spec.ingressClassName ?? metadata.annotations?.['kubernetes.io/ingress.class'] ?? '<none>',
    ),
    column('Hosts', 'string', 'Hosts that incoming requests are matched against before the ingress rule', ({ spec }) => hosts(spec)),
    column('Address', 'string', 'Address is a list containing ingress points for the load-balancer', ({ status }) =>
      (status.loadBalancer?.ingress ?? []).map((each) => each.ip || each.hostname || '').join(','),
    ),
    column('Ports', 'string', 'Ports of TLS configurations that open', ({ spec }) => (spec.tls?.length ? '80, 443' : '80')),
    ageColumn,
  ],
  onCreate: (ingress) => ({ ...ingress, status: { loadBalancer: {} } }),
  validate: ({ spec }, errors) => {
    if (!spec.rules?.length && !spec.defaultBackend)
      errors.invalid('spec', new Verbatim('[]networking.IngressRule(nil)'), 'either `defaultBackend` or `rules` must be specified')
    if (spec.defaultBackend) validateBackend(spec.defaultBackend, 'spec.defaultBackend', errors)
    spec.rules?.forEach(({ host, http }, index) => {
      const path = `spec.rules[${index}]`
      if (host) for (const problem of dns1123Subdomain(host.replace(/^\*\./, ''))) errors.invalid(`${path}.host`, host, problem)
      http?.paths?.forEach((each, at) => {
        const place = `${path}.http.paths[${at}]`
        if (!each.pathType) errors.required(`${place}.pathType`, 'pathType must be specified')
        else if (each.pathType === 'Exact' || each.pathType === 'Prefix') {
          if (!each.path?.startsWith('/')) errors.invalid(`${place}.path`, each.path ?? '', 'must be an absolute path')
        } else if (each.pathType === 'ImplementationSpecific') {
          if (each.path && !each.path.startsWith('/')) errors.invalid(`${place}.path`, each.path, 'must be an absolute path')
        } else errors.notSupported(`${place}.pathType`, each.pathType, ['Exact', 'ImplementationSpecific', 'Prefix'])
        validateBackend(each.backend, `${place}.backend`, errors)
      })
    })
    if (spec.ingressClassName)
      for (const problem of dns1123Subdomain(spec.ingressClassName)) errors.invalid('spec.ingressClassName', spec.ingressClassName, problem)
  },
})

function hosts({ rules = [] }: V1IngressSpec): string {
  // A rule for every host is not named beside others.
  const shown: string[] = []
  for (const { host } of rules) if (host && shown.length < 3) shown.push(host)
  if (shown.length === 0) return '*'
  const isCut = shown.length === 3 && rules.length > rules.findIndex(({ host }) => host === shown[2]) + 1
  return isCut ? `${shown.join(',')} + ${rules.length - 3} more...` : shown.join(',')
}

function validateBackend({ service, resource }: V1IngressBackend, path: string, errors: FieldErrors): void {
  if (resource && service) errors.invalid(path, '', 'cannot set both resource and service backends')
  else if (!resource && !service) errors.invalid(path, '', 'resource or service backend is required')
  if (!service) return
  if (!service.name) errors.required(`${path}.service.name`)
  const { name, number } = service.port ?? {}
  if (name && number) errors.invalid(path, '', 'cannot set both port name & port number')
  else if (!name && !number) errors.required(path, 'port name or number is required')
  else if (number) for (const problem of portNumber(number)) errors.invalid(`${path}.service.port.number`, number, problem)
}
