/** Lease of coordination.k8s.io v1. */
import { ageColumn, column, name } from './columns.ts'
import { allVerbs, defineKind } from './kind.ts'
import type { V1Lease } from './generated/types.ts'

export const lease = defineKind<V1Lease>({
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  resource: 'leases',
  singular: 'lease',
  namespaced: true,
  needsVersion: true,
  isCreatedByUpdate: true,
  verbs: allVerbs,
  schema: 'V1Lease',
  columns: [
    name,
    column(
      'Holder',
      'string',
      'holderIdentity contains the identity of the holder of a current lease. If Coordinated Leader Election is used, the holder identity must be equal to the elected LeaseCandidate.metadata.name field.',
      ({ spec }) => spec?.holderIdentity ?? '',
    ),
    ageColumn,
  ],
  // Coordinated leader election is a gate that is closed: what belongs to it is dropped.
  onCreate: withoutElection,
  onUpdate: ({ fresh }) => withoutElection(fresh),
  validate: ({ spec }, errors) => {
    const { leaseDurationSeconds, leaseTransitions } = spec ?? {}
    if (leaseDurationSeconds !== undefined && leaseDurationSeconds <= 0)
      errors.invalid('spec.leaseDurationSeconds', leaseDurationSeconds, 'must be greater than 0')
    if (leaseTransitions !== undefined && leaseTransitions < 0)
      errors.invalid('spec.leaseTransitions', leaseTransitions, 'must be greater than or equal to 0')
  },
})

function withoutElection(lease: V1Lease): V1Lease {
  if (lease.spec?.strategy === undefined && lease.spec?.preferredHolder === undefined) return lease
  const { strategy: _, preferredHolder: __, ...spec } = lease.spec
  return { ...lease, spec }
}
