/** Ingress of networking.k8s.io v1. */
import { Verbatim } from './field-errors.ts'
import type { FieldErrors } from './field-errors.ts'
import { dns1035Label, dns1123Subdomain, pathSegment, portName, portNumber, wildcardSubdomain } from './names.ts'
import { isIp, notAnIp } from './validation/addresses.ts'
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
      ({ metadata, spec }) => spec.ingressClassName ?? metadata.annotations?.[classAnnotation] ?? '<none>',
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
      if (host) validateHost(host, `${path}.host`, errors)
      if (http && !http.paths?.length) errors.required(`${path}.http.paths`)
      http?.paths?.forEach((each, at) => {
        const place = `${path}.http.paths[${at}]`
        if (!each.pathType) return errors.required(`${place}.pathType`, 'pathType must be specified')
        if (!pathTypes.includes(each.pathType)) errors.notSupported(`${place}.pathType`, each.pathType, pathTypes)
        else validatePath(each.path ?? '', each.pathType, `${place}.path`, errors)
        validateBackend(each.backend, `${place}.backend`, errors)
      })
    })
    spec.tls?.forEach(({ hosts: names = [], secretName }, index) => {
      names.forEach((host, at) => {
        const problems = host.includes('*') ? wildcardSubdomain(host) : dns1123Subdomain(host)
        for (const problem of problems) errors.invalid(`spec.tls[${index}].hosts[${at}]`, host, problem)
      })
      for (const problem of secretName ? dns1123Subdomain(secretName) : [])
        errors.invalid(`spec.tls[${index}].secretName`, secretName, problem)
    })
    if (spec.ingressClassName)
      for (const problem of dns1123Subdomain(spec.ingressClassName)) errors.invalid('spec.ingressClassName', spec.ingressClassName, problem)
  },
  warnings: ({ metadata, spec }, old) =>
    old === undefined && metadata.annotations?.[classAnnotation] !== undefined && spec.ingressClassName === undefined
      ? [`annotation "${classAnnotation}" is deprecated, please use 'spec.ingressClassName' instead`]
      : [],
  validateCreate: ({ metadata, spec }, errors) => {
    const annotation = metadata.annotations?.[classAnnotation]
    if (annotation !== undefined && spec.ingressClassName !== undefined && annotation !== spec.ingressClassName)
      errors.invalid(`annotations.${classAnnotation}`, annotation, 'must match `ingressClassName` when both are specified')
  },
  validateStatus: ({ fresh: { status } }, errors) =>
    status?.loadBalancer?.ingress?.forEach(({ ip, hostname }, index) => {
      const path = `status.loadBalancer.ingress[${index}]`
      if (ip && !isIp(ip)) errors.invalid(`${path}.ip`, ip, notAnIp)
      for (const problem of hostname ? dns1123Subdomain(hostname) : []) errors.invalid(`${path}.hostname`, hostname, problem)
      if (hostname && isIp(hostname)) errors.invalid(`${path}.hostname`, hostname, 'must be a DNS name, not an IP address')
    }),
})

const classAnnotation = 'kubernetes.io/ingress.class'
const pathTypes = ['Exact', 'ImplementationSpecific', 'Prefix']

function validateHost(host: string, path: string, errors: FieldErrors): void {
  if (isIp(host)) errors.invalid(path, host, 'must be a DNS name, not an IP address')
  for (const problem of host.includes('*') ? wildcardSubdomain(host) : dns1123Subdomain(host)) errors.invalid(path, host, problem)
}

function validatePath(path: string, type: string, place: string, errors: FieldErrors): void {
  const isFree = type === 'ImplementationSpecific'
  if (!path.startsWith('/') && !(isFree && path === '')) errors.invalid(place, path, 'must be an absolute path')
  if (isFree) return
  for (const part of ['//', '/./', '/../', '%2f', '%2F']) if (path.includes(part)) errors.invalid(place, path, `must not contain '${part}'`)
  for (const end of ['/..', '/.']) if (path.endsWith(end)) errors.invalid(place, path, `cannot end with '${end}'`)
}

function hosts({ rules = [] }: V1IngressSpec): string {
  // A rule for every host is not named beside others.
  const shown: string[] = []
  for (const { host } of rules) if (host && shown.length < 3) shown.push(host)
  if (shown.length === 0) return '*'
  const isCut = shown.length === 3 && rules.length > rules.findIndex(({ host }) => host === shown[2]) + 1
  return isCut ? `${shown.join(',')} + ${rules.length - 3} more...` : shown.join(',')
}

function validateBackend({ service, resource }: V1IngressBackend, path: string, errors: FieldErrors): void {
  if (resource && service) return errors.invalid(path, '', 'cannot set both resource and service backends')
  if (resource) return validateLocalReference(resource, `${path}.resource`, errors)
  if (!service) return errors.invalid(path, '', 'resource or service backend is required')
  if (!service.name) errors.required(`${path}.service.name`)
  else for (const problem of dns1035Label(service.name)) errors.invalid(`${path}.service.name`, service.name, problem)
  const { name, number } = service.port ?? {}
  if (name && number) errors.invalid(path, '', 'cannot set both port name & port number')
  else if (name) for (const problem of portName(name)) errors.invalid(`${path}.service.port.name`, name, problem)
  else if (number) for (const problem of portNumber(number)) errors.invalid(`${path}.service.port.number`, number, problem)
  else errors.required(path, 'port name or number is required')
}

interface LocalReference {
  readonly apiGroup?: string
  readonly kind?: string
  readonly name?: string
}

/** An object of the same namespace, or of none. */
export function validateLocalReference({ apiGroup, kind = '', name = '' }: LocalReference, path: string, errors: FieldErrors): void {
  // Null where it was left out.
  if (typeof apiGroup === 'string') for (const problem of dns1123Subdomain(apiGroup)) errors.invalid(`${path}.apiGroup`, apiGroup, problem)
  for (const [field, value] of Object.entries({ kind, name })) {
    if (value === '') errors.required(`${path}.${field}`, `${field} is required`)
    for (const problem of pathSegment(value)) errors.invalid(`${path}.${field}`, value, problem)
  }
}
