/** Kubeconfigs and the client certificates in them, signed by the cluster's own authority. */
import { base64Of, bytesOf } from '../../../base/bytes.ts'
import { traditionalPem } from '../../../base/pki/keys.ts'
import { authorityCertificate, issuedCertificate, keyFor, serialOf } from './authority.ts'

export interface ClusterFacts {
  /** What makes the cluster itself; its keys follow from it. */
  readonly cluster: string
  readonly madeAtMs: number
}

/** In base64, as kubeconfigs have them. */
export interface Credentials {
  readonly authority: string
  readonly certificate: string
  readonly key: string
}

/** A client's certificate with all that goes with it. */
export function credentialsOf({ cluster, madeAtMs }: ClusterFacts, commonName: string, organization: string | undefined): Credentials {
  const purpose = `client ${commonName}`
  const key = keyFor(cluster, purpose)
  const certificate = issuedCertificate(cluster, {
    commonName,
    organization,
    key,
    uses: ['clientAuth'],
    madeAtMs,
    serial: serialOf(cluster, purpose),
  })
  const encoded = (text: string) => base64Of(bytesOf(text))
  return {
    authority: encoded(authorityCertificate(cluster, 'ca', madeAtMs)),
    certificate: encoded(certificate),
    key: encoded(traditionalPem(key)),
  }
}

export interface KubeconfigNames {
  readonly cluster: string
  readonly user: string
  readonly context: string
  readonly server: string
}

/** A kubeconfig as client-go writes it. */
export function kubeconfigText({ cluster, user, context, server }: KubeconfigNames, credentials: Credentials): string {
  return `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: ${credentials.authority}
    server: ${server}
  name: ${cluster}
contexts:
- context:
    cluster: ${cluster}
    user: ${user}
  name: ${context}
current-context: ${context}
kind: Config
preferences: {}
users:
- name: ${user}
  user:
    client-certificate-data: ${credentials.certificate}
    client-key-data: ${credentials.key}
`
}
