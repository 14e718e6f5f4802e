/** Ingress of networking.k8s.io v1. */
import { ageColumn, column, name } from './columns.ts'
import { allVerbs, defineKind } from './kind.ts'
import type { V1Ingress, V1IngressSpec } from './generated/types.ts'

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
    column('Class', 'string', 'The name of the IngressClass resource that should be used for additional configuration', ({ metadata, spec }) => spec.ingressClassName ?? metadata.annotations?.['kubernetes.io/ingress.class'] ?? '<none>'),
    column('Hosts', 'string', 'Hosts that incoming requests are matched against before the ingress rule', ({ spec }) => hosts(spec)),
    column('Address', 'string', 'Address is a list containing ingress points for the load-balancer', ({ status }) => (status.loadBalancer?.ingress ?? []).map((each) => each.ip || each.hostname || '').join(',')),
    column('Ports', 'string', 'Ports of TLS configurations that open', ({ spec }) => (spec.tls?.length ? '80, 443' : '80')),
    ageColumn,
  ],
  onCreate: (ingress) => ({ ...ingress, status: { loadBalancer: {} } }),
})

function hosts({ rules = [] }: V1IngressSpec): string {
  const all = rules.map((rule) => rule.host || '*')
  if (all.length === 0) return '*'
  return all.length > 3 ? `${all.slice(0, 3).join(',')} + ${all.length - 3} more...` : all.join(',')
}
