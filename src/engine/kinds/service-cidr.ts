/** ServiceCIDR of networking.k8s.io v1. */
import { ageColumn, column, name } from './columns.ts'
import { allVerbs, defineKind } from './kind.ts'
import type { V1ServiceCIDR } from './generated/types.ts'

export const serviceCIDR = defineKind<V1ServiceCIDR>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'ServiceCIDR',
  resource: 'servicecidrs',
  singular: 'servicecidr',
  namespaced: false,
  verbs: allVerbs,
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
  schema: 'V1ServiceCIDR',
  columns: [
    name,
    column(
      'CIDRs',
      'string',
      'CIDRs defines the IP blocks in CIDR notation (e.g. "192.168.0.0/24" or "2001:db8::/64") from which to assign service cluster IPs. Max of two CIDRs is allowed, one of each IP family. This field is immutable.',
      ({ spec }) => spec.cidrs?.join(',') ?? '',
    ),
    ageColumn,
  ],
})
