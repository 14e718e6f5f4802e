/** What is in every fresh cluster: accounts of the control loops, and kube-proxy and CoreDNS with what belongs to them. */
import type { Client, Draft, KubernetesObject } from '../api/client.ts'

export interface SystemOptions {
  readonly clusterDns: string
  readonly corefile: string
  /** CoreDNS, kube-proxy, and what else they need. */
  readonly workloads: readonly Workload[]
}

export interface Workload {
  readonly resource: string
  readonly object: object
}

const namespace = 'kube-system'

/** Makes what is not there yet. */
export function installSystemObjects(client: Client, { clusterDns, corefile, workloads }: SystemOptions): void {
  const ensure = (resource: string, object: object): void => {
    const draft = object as Draft<KubernetesObject>
    if (!client.get(resource, draft.metadata.namespace ?? '', draft.metadata.name ?? '')) client.create(resource, draft)
  }
  for (const name of ['coredns', 'kube-proxy', ...controllerAccounts]) ensure('serviceaccounts', { metadata: { name, namespace } })
  ensure('configmaps', { metadata: { name: 'coredns', namespace }, data: { Corefile: corefile } })
  ensure('clusterroles.rbac.authorization.k8s.io', {
    metadata: { name: 'system:coredns' },
    rules: [
      { apiGroups: [''], resources: ['endpoints', 'services', 'pods', 'namespaces'], verbs: ['list', 'watch'] },
      { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
    ],
  })
  ensure('clusterrolebindings.rbac.authorization.k8s.io', {
    metadata: { name: 'system:coredns' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:coredns' },
    subjects: [{ kind: 'ServiceAccount', name: 'coredns', namespace }],
  })
  ensure('services', {
    metadata: {
      name: 'kube-dns',
      namespace,
      labels: { 'k8s-app': 'kube-dns', 'kubernetes.io/cluster-service': 'true', 'kubernetes.io/name': 'CoreDNS' },
      annotations: { 'prometheus.io/port': '9153', 'prometheus.io/scrape': 'true' },
    },
    spec: {
      clusterIP: clusterDns,
      clusterIPs: [clusterDns],
      selector: { 'k8s-app': 'kube-dns' },
      ports: [
        { name: 'dns', port: 53, protocol: 'UDP', targetPort: 53 },
        { name: 'dns-tcp', port: 53, protocol: 'TCP', targetPort: 53 },
        { name: 'metrics', port: 9153, protocol: 'TCP', targetPort: 9153 },
      ],
    },
  })
  for (const { resource, object } of workloads) ensure(resource, object)
}

/** The controller manager gives each of its loops an account of its own. */
const controllerAccounts = [
  'attachdetach-controller',
  'certificate-controller',
  'clusterrole-aggregation-controller',
  'cronjob-controller',
  'daemon-set-controller',
  'deployment-controller',
  'disruption-controller',
  'endpoint-controller',
  'endpointslice-controller',
  'endpointslicemirroring-controller',
  'ephemeral-volume-controller',
  'expand-controller',
  'generic-garbage-collector',
  'horizontal-pod-autoscaler',
  'job-controller',
  'legacy-service-account-token-cleaner',
  'namespace-controller',
  'node-controller',
  'persistent-volume-binder',
  'pod-garbage-collector',
  'pv-protection-controller',
  'pvc-protection-controller',
  'replicaset-controller',
  'replication-controller',
  'resourcequota-controller',
  'root-ca-cert-publisher',
  'service-account-controller',
  'service-cidrs-controller',
  'statefulset-controller',
  'ttl-after-finished-controller',
  'ttl-controller',
  'validatingadmissionpolicy-status-controller',
]
