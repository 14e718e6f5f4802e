/** The kubeconfig that tools leave behind, as YAML. */
export interface KubeconfigOptions {
  readonly cluster: string
  readonly user: string
  readonly context: string
  readonly server: string
}

/** Credentials are readable stand-ins: the sandbox's network has no TLS, and nothing in it leaves the tab. */
export function kubeconfig({ cluster, user, context, server }: KubeconfigOptions): string {
  const { authority, certificate, key } = credentials(cluster, user)
  return `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: ${authority}
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
    client-certificate-data: ${certificate}
    client-key-data: ${key}
`
}

/** In base64, as kubeconfigs have them. kubeadm's admin is one by a binding, other tools' are masters by their certificate. */
export function credentials(cluster: string, user: string): { readonly authority: string; readonly certificate: string; readonly key: string } {
  const pem = (subject: string) => btoa(`-----BEGIN CERTIFICATE-----\n${subject}\n-----END CERTIFICATE-----\n`)
  return { authority: pem(`CN=${cluster}CA`), certificate: pem(`CN=${user},O=${user === 'kubernetes-admin' ? 'kubeadm:cluster-admins' : 'system:masters'}`), key: btoa('sandbox') }
}
