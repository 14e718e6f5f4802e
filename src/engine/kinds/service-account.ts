/** ServiceAccount of the core group v1. */
import { allVerbs, defineKind } from './kind.ts'
import type { V1ServiceAccount } from './generated/types.ts'

export const serviceAccount = defineKind<V1ServiceAccount>({
  group: '',
  version: 'v1',
  kind: 'ServiceAccount',
  resource: 'serviceaccounts',
  singular: 'serviceaccount',
  namespaced: true,
  shortNames: ['sa'],
  verbs: allVerbs,
  subresources: {
    token: { verbs: ['create'], kind: 'TokenRequest', group: 'authentication.k8s.io', version: 'v1' },
  },
  schema: 'V1ServiceAccount',
})
