/** IPAddress of networking.k8s.io v1. */
import { allVerbs, defineKind } from './kind.ts'
import type { V1IPAddress } from './generated/types.ts'

export const ipAddress = defineKind<V1IPAddress>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'IPAddress',
  resource: 'ipaddresses',
  singular: 'ipaddress',
  namespaced: false,
  shortNames: ['ip'],
  verbs: allVerbs,
  schema: 'V1IPAddress',
})
