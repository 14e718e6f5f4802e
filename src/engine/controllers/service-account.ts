/** What every namespace is given: the account `default`, and the certificate that pods trust the API server by. */
import { ApiError, type Client } from '../api/client.ts'
import type { V1ConfigMap, V1Namespace, V1ServiceAccount } from '../kinds/generated/types.ts'
import { itself, namespaceAndName } from './objects.ts'
import type { PatientController } from './run.ts'

export function serviceAccountController(): PatientController {
  return {
    name: 'service-account-controller',
    watches: { namespaces: itself, serviceaccounts: ({ key, object }) => (object ? [] : [namespaceAndName(key)[0]]) },
    reconcile(name, client) {
      if (!isAlive(client, name) || client.get<V1ServiceAccount>('serviceaccounts', name, 'default')) return
      ignoringRaces(() => client.create<V1ServiceAccount>('serviceaccounts', { metadata: { name: 'default', namespace: name } }))
    },
  }
}

export function rootCaPublisher({ certificate }: { certificate: string }): PatientController {
  const description =
    'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.'
  return {
    name: 'root-ca-cert-publisher',
    watches: { namespaces: itself, configmaps: ({ key }) => (key.endsWith('/kube-root-ca.crt') ? [namespaceAndName(key)[0]] : []) },
    reconcile(name, client) {
      if (!isAlive(client, name)) return
      const existing = client.get<V1ConfigMap>('configmaps', name, 'kube-root-ca.crt')
      if (existing?.data?.['ca.crt'] === certificate) return
      const data = { 'ca.crt': certificate }
      if (existing) client.update<V1ConfigMap>('configmaps', { ...existing, data })
      else
        ignoringRaces(() =>
          client.create<V1ConfigMap>('configmaps', {
            metadata: { name: 'kube-root-ca.crt', namespace: name, annotations: { 'kubernetes.io/description': description } },
            data,
          }),
        )
    },
  }
}

function isAlive(client: Client, name: string): boolean {
  const namespace = client.get<V1Namespace>('namespaces', '', name)
  return namespace !== undefined && namespace.metadata.deletionTimestamp === undefined
}

function ignoringRaces(create: () => unknown): void {
  try {
    create()
  } catch (error) {
    if (!(error instanceof ApiError && (error.reason === 'AlreadyExists' || error.reason === 'Forbidden'))) throw error
  }
}
