/** ServiceCIDR of networking.k8s.io v1. */
import { ageColumn, column, name } from './columns.ts'
import { bitsOf } from '../api/expressions/addresses.ts'
import { isSame } from '../api/objects.ts'
import { Verbatim } from './field-errors.ts'
import { isCidr, problemsOfCidr } from './validation/addresses.ts'
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
  validate: ({ spec }, errors) => {
    const cidrs = spec?.cidrs ?? []
    const whole = new Verbatim(`networking.ServiceCIDRSpec{CIDRs:[]string{${cidrs.map((cidr) => JSON.stringify(cidr)).join(', ')}}}`)
    const families = new Set(cidrs.map((cidr) => (isCidr(cidr) ? bitsOf(cidr) : undefined)))
    if (cidrs.length === 0) errors.required('spec.cidrs', 'at least one CIDR required')
    else if (cidrs.length > 2) errors.invalid('spec.cidrs', whole, 'may only hold up to 2 values')
    else if (cidrs.length === 2 && (families.size !== 2 || families.has(undefined))) {
      const words = 'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64'
      errors.invalid('spec.cidrs', whole, words)
    } else
      cidrs.forEach((cidr, index) => {
        for (const problem of problemsOfCidr(cidr)) errors.invalid(`spec.cidrs[${index}]`, cidr, problem)
      })
  },
  validateUpdate: ({ old, fresh }, errors) => {
    if (!isSame(old.spec?.cidrs, fresh.spec?.cidrs)) errors.invalid('spec.cidrs', fresh.spec?.cidrs ?? [], 'field is immutable')
  },
})
