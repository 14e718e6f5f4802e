/** What an API server makes sure of when it starts: its namespaces, the built-in priority classes, its own Service. */
import type {
  V1ClusterRole,
  V1ClusterRoleBinding,
  V1Role,
  V1RoleBinding,
  V1Endpoints,
  V1EndpointSlice,
  V1Namespace,
  V1PriorityClass,
  V1Service,
  V1ServiceCIDR,
} from '../kinds/generated/types.ts'
import { serviceSubnet } from './admission/service-addresses.ts'
import { timestamp } from './objects.ts'
import type { Client, KubernetesObject } from './client.ts'
import { clusterRoleBindings, clusterRoles, roleBindings, roles, type DefaultBinding } from './access/default-roles.ts'
import { bootstrapFlowControl } from './flow-control.ts'
import { ensureLocalServices } from './published/local-api-services.ts'

export function bootstrap(client: Client, address: string, nowMs: number, port = 6443): void {
  for (const name of ['kube-system', 'kube-public', 'kube-node-lease', 'default']) {
    ensure<V1Namespace>(client, 'namespaces', { metadata: { name }, spec: { finalizers: ['kubernetes'] } })
  }
  ensure<V1PriorityClass>(client, 'priorityclasses.scheduling.k8s.io', {
    metadata: { name: 'system-node-critical' },
    value: 2000001000,
    description: 'Used for system critical pods that must not be moved from their current node.',
  })
  ensure<V1PriorityClass>(client, 'priorityclasses.scheduling.k8s.io', {
    metadata: { name: 'system-cluster-critical' },
    value: 2000000000,
    description: 'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  })
  const labels = { 'kubernetes.io/bootstrapping': 'rbac-defaults' }
  const annotations = { 'rbac.authorization.kubernetes.io/autoupdate': 'true' }
  const rbac = 'rbac.authorization.k8s.io'
  const subjectsOf = ({ groups = [], users = [], accounts = [] }: DefaultBinding, home = 'kube-system') => [
    ...groups.map((group) => ({ kind: 'Group', apiGroup: rbac, name: group })),
    ...users.map((user) => ({ kind: 'User', apiGroup: rbac, name: user })),
    ...accounts.map((account) => ({ kind: 'ServiceAccount', name: account, namespace: home })),
  ]
  for (const [name, { rules, labels: own, gathers }] of Object.entries(clusterRoles)) {
    ensure<V1ClusterRole>(client, `clusterroles.${rbac}`, {
      metadata: { name, labels: { ...labels, ...own }, annotations },
      rules,
      ...(gathers ? { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { [gathers]: 'true' } }] } } : {}),
    })
  }
  for (const [name, binding] of Object.entries(clusterRoleBindings)) {
    ensure<V1ClusterRoleBinding>(client, `clusterrolebindings.${rbac}`, {
      metadata: { name, labels, annotations },
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: binding.role },
      subjects: subjectsOf(binding),
    })
  }
  for (const [key, rules] of Object.entries(roles)) {
    const [namespace, name] = key.split('/')
    ensure<V1Role>(client, `roles.${rbac}`, { metadata: { name, namespace, labels, annotations }, rules })
  }
  for (const [key, binding] of Object.entries(roleBindings)) {
    const [namespace, name] = key.split('/')
    ensure<V1RoleBinding>(client, `rolebindings.${rbac}`, {
      metadata: { name, namespace, labels, annotations },
      roleRef: { apiGroup: rbac, kind: 'Role', name: binding.role },
      subjects: subjectsOf(binding),
    })
  }
  bootstrapFlowControl(client, nowMs)
  ensureLocalServices(client, nowMs)
  ensure<KubernetesObject>(client, 'configmaps', {
    metadata: { name: 'kube-apiserver-legacy-service-account-token-tracking', namespace: 'kube-system' },
    data: { since: timestamp(nowMs).slice(0, 10) },
  } as Parameters<Client['create']>[1])
  // kubeadm's admin is no master by certificate: a binding can be taken away.
  ensure<V1ClusterRoleBinding>(client, 'clusterrolebindings.rbac.authorization.k8s.io', {
    metadata: { name: 'kubeadm:cluster-admins' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: 'kubeadm:cluster-admins' }],
  })
  ensureServiceRange(client, nowMs)
  ensure<V1Service>(client, 'services', {
    metadata: { name: 'kubernetes', namespace: 'default', labels: { component: 'apiserver', provider: 'kubernetes' } },
    spec: {
      clusterIP: '10.96.0.1',
      clusterIPs: ['10.96.0.1'],
      type: 'ClusterIP',
      ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: port }],
    },
  })
  if (address === '') return
  ensure<V1Endpoints>(client, 'endpoints', {
    metadata: { name: 'kubernetes', namespace: 'default', labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
    subsets: [{ addresses: [{ ip: address }], ports: [{ name: 'https', port, protocol: 'TCP' }] }],
  })
  ensure<V1EndpointSlice>(client, 'endpointslices.discovery.k8s.io', {
    metadata: { name: 'kubernetes', namespace: 'default', labels: { 'kubernetes.io/service-name': 'kubernetes' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [address], conditions: { ready: true } }],
    ports: [{ name: 'https', port, protocol: 'TCP' }],
  })
}

/** Where Services get their addresses from. */
function ensureServiceRange(client: Client, nowMs: number): void {
  const resource = 'servicecidrs.networking.k8s.io'
  if (client.get(resource, '', 'kubernetes')) return
  const made = client.create<V1ServiceCIDR>(resource, {
    metadata: { name: 'kubernetes', finalizers: ['networking.k8s.io/service-cidr-finalizer'] },
    spec: { cidrs: [serviceSubnet] },
  })
  const ready = {
    type: 'Ready',
    status: 'True',
    reason: '',
    message: 'Kubernetes Service CIDR is ready',
    lastTransitionTime: timestamp(nowMs),
  }
  client.updateStatus<V1ServiceCIDR>(resource, { ...made, status: { conditions: [ready] } })
}

function ensure<T extends KubernetesObject>(client: Client, resource: string, object: Parameters<typeof client.create<T>>[1]): void {
  const { namespace = '', name = '' } = object.metadata
  if (!client.get(resource, namespace, name)) client.create<T>(resource, object)
}
