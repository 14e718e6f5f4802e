/** CertificateSigningRequest of certificates.k8s.io v1. */
import { humanDuration } from '../../base/human-duration.ts'
import { ageColumn, column, name } from './columns.ts'
import { validateConditions, validateRequest } from '../api/access/certificate-requests.ts'
import { pathSegment } from './names.ts'
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
  columns: [
    name,
    ageColumn,
    column(
      'SignerName',
      'string',
      'Requested signer for the request. It is a qualified name in the form: `scope-hostname.io/name`. If empty, it will be defaulted:\n 1. If it\'s a kubelet client certificate, it is assigned\n    "kubernetes.io/kube-apiserver-client-kubelet".\n 2. If it\'s a kubelet serving certificate, it is assigned\n    "kubernetes.io/kubelet-serving".\n 3. Otherwise, it is assigned "kubernetes.io/legacy-unknown".\nDistribution of trust for signers happens out of band. You can select on this field using `spec.signerName`.',
      ({ spec }) => spec.signerName,
    ),
    column('Requestor', 'string', 'Base64-encoded PKCS#10 CSR data', ({ spec }) => spec.username ?? ''),
    column(
      'RequestedDuration',
      'string',
      'expirationSeconds is the requested duration of validity of the issued certificate. The certificate signer may issue a certificate with a different validity duration so a client must check the delta between the notBefore and and notAfter fields in the issued certificate to determine the actual duration.\n\nThe v1.22+ in-tree implementations of the well-known Kubernetes signers will honor this field as long as the requested duration is not greater than the maximum duration they will honor per the --cluster-signing-duration CLI flag to the Kubernetes controller manager.\n\nCertificate signers may not honor this field for various reasons:\n\n  1. Old signer that is unaware of the field (such as the in-tree\n     implementations prior to v1.22)\n  2. Signer whose configured maximum is shorter than the requested duration\n  3. Signer whose configured minimum is longer than the requested duration\n\nThe minimum valid value for expirationSeconds is 600, i.e. 10 minutes.',
      ({ spec }) => (spec.expirationSeconds === undefined ? '<none>' : humanDuration(spec.expirationSeconds * 1000)),
    ),
    column('Condition', 'string', 'Conditions applied to the request, such as approval or denial.', conditionText),
  ],
  selectableFields: { 'spec.signerName': ({ spec }) => spec.signerName },
  onCreate: (request) => ({ ...request, status: {} }),
  // Upstream does not care what a request is called.
  nameRule: pathSegment,
  validate: validateRequest,
  validateUpdate: validateConditions,
  onUpdate: ({ old, fresh, subresource }) =>
    subresource === 'approval'
      ? { ...old, metadata: fresh.metadata, status: { ...old.status, conditions: fresh.status.conditions } }
      : // What was asked for stays; its status has ways of its own.
        subresource === undefined
        ? { ...fresh, spec: old.spec, status: old.status }
        : fresh,
})

function conditionText({ status }: V1CertificateSigningRequest): string {
  const words = ['Approved', 'Denied', 'Failed'].filter((type) => status.conditions?.some((condition) => condition.type === type))
  if (words.length === 0) return 'Pending'
  return [...words, ...(status.certificate ? ['Issued'] : [])].join(',')
}
