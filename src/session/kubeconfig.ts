/** The kubeconfig that tools leave behind, as YAML. */
export interface KubeconfigOptions {
  readonly cluster: string
  readonly user: string
  readonly context: string
  readonly server: string
}

/** Credentials are readable stand-ins: the sandbox's network has no TLS, and nothing in it leaves the tab. */
export function kubeconfig({ cluster, user, context, server }: KubeconfigOptions): string {
  const certificate = btoa(`-----BEGIN CERTIFICATE-----\nCN=${user},O=system:masters\n-----END CERTIFICATE-----\n`)
  const authority = btoa(`-----BEGIN CERTIFICATE-----\nCN=${cluster}CA\n-----END CERTIFICATE-----\n`)
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
    client-key-data: ${btoa('sandbox')}
`
}
