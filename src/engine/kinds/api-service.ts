/** APIService of apiregistration.k8s.io v1. */
import { ageColumn, column, name } from './columns.ts'
import { filled, withField } from './defaulting.ts'
import { allVerbs, defineKind } from './kind.ts'
import { dns1035Label, dns1123Subdomain, pathSegment, portNumber } from './names.ts'
import type { V1APIService } from './generated/types.ts'

export const apiService = defineKind<V1APIService>({
  group: 'apiregistration.k8s.io',
  version: 'v1',
  kind: 'APIService',
  resource: 'apiservices',
  singular: 'apiservice',
  namespaced: false,
  needsVersion: true,
  categories: ['api-extensions'],
  verbs: allVerbs,
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
  schema: 'V1APIService',
  nameRule: pathSegment,
  validate: ({ metadata, spec }, errors) => {
    const { group = '', version = '', groupPriorityMinimum = 0, versionPriority = 0, service, caBundle, insecureSkipTLSVerify } = spec ?? {}
    const expected = `${version}.${group}`
    if (metadata.name !== expected)
      errors.invalid('metadata.name', metadata.name, `must be \`spec.version+"."+spec.group\`: ${JSON.stringify(expected)}`)
    if (!group && version !== 'v1') errors.required('spec.group', 'only v1 may have an empty group and it better be legacy kube')
    else if (group !== '') for (const problem of dns1123Subdomain(group)) errors.invalid('spec.group', group, problem)
    for (const problem of dns1035Label(version)) errors.invalid('spec.version', version, problem)
    if (groupPriorityMinimum <= 0 || groupPriorityMinimum > 20000)
      errors.invalid('spec.groupPriorityMinimum', groupPriorityMinimum, 'must be positive and less than 20000')
    if (versionPriority <= 0 || versionPriority > 1000)
      errors.invalid('spec.versionPriority', versionPriority, 'must be positive and less than 1000')
    if (!service) {
      if (caBundle) errors.invalid('spec.caBundle', `${String(caBundle).length} bytes`, 'local APIServices may not have a caBundle')
      if (insecureSkipTLSVerify)
        errors.invalid('spec.insecureSkipTLSVerify', insecureSkipTLSVerify, 'local APIServices may not have insecureSkipTLSVerify')
      return
    }
    if (!service.namespace) errors.required('spec.service.namespace')
    if (!service.name) errors.required('spec.service.name')
    const problems = portNumber(service.port ?? 443)
    if (problems.length > 0) errors.invalid('spec.service.port', service.port, `port is not valid: ${problems.join(', ')}`)
    if (insecureSkipTLSVerify && caBundle)
      errors.invalid('spec.insecureSkipTLSVerify', insecureSkipTLSVerify, 'may not be true if caBundle is present')
  },
  defaults: (service) => {
    const { spec } = service
    return spec?.service ? withField(service, 'spec', withField(spec, 'service', filled(spec.service, { port: 443 }))) : service
  },
  columns: [
    name,
    column('Service', 'string', 'The reference to the service that hosts this API endpoint.', ({ spec }) =>
      spec.service ? `${spec.service.namespace}/${spec.service.name}` : 'Local',
    ),
    column('Available', 'string', 'Whether this service is available.', ({ status }) => {
      const available = status?.conditions?.find((condition) => condition.type === 'Available')
      if (!available) return 'Unknown'
      return available.status === 'True' ? 'True' : `${available.status} (${available.reason})`
    }),
    ageColumn,
  ],
})
