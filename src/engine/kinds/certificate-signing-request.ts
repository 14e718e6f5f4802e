/** CertificateSigningRequest of certificates.k8s.io v1. */
import { allVerbs, defineKind } from './kind.ts'
import type { V1CertificateSigningRequest } from './generated/types.ts'

export const certificateSigningRequest = defineKind<V1CertificateSigningRequest>({
  group: 'certificates.k8s.io',
  version: 'v1',
  kind: 'CertificateSigningRequest',
  resource: 'certificatesigningrequests',
  singular: 'certificatesigningrequest',
  namespaced: false,
  shortNames: ['csr'],
  verbs: allVerbs,
  subresources: {
    approval: { verbs: ['get', 'patch', 'update'] },
    status: { verbs: ['get', 'patch', 'update'] },
  },
  schema: 'V1CertificateSigningRequest',
})
