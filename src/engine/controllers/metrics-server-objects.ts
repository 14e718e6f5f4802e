/** metrics-server as its own `components.yaml` has it, and as minikube's addon installs it: trusting every kubelet. */
import { kinds } from '../kinds/index.ts'
import { apiVersionOf, resourceName } from '../kinds/kind.ts'

const namespace = 'kube-system'
const labels = { 'k8s-app': 'metrics-server' }
const roles = 'rbac.authorization.k8s.io'

type Placed = readonly [resource: string, object: object]

function objects({ isTrusting }: { isTrusting: boolean }): readonly Placed[] {
  const subjects = [{ kind: 'ServiceAccount', name: 'metrics-server', namespace }]
  const roleRef = (kind: string, name: string) => ({ apiGroup: roles, kind, name })
  const probe = (path: string) => ({ failureThreshold: 3, httpGet: { path, port: 'https', scheme: 'HTTPS' }, periodSeconds: 10 })
  const args = [
    '--cert-dir=/tmp',
    '--secure-port=10250',
    '--kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname',
    '--kubelet-use-node-status-port',
    '--metric-resolution=15s',
    ...(isTrusting ? ['--kubelet-insecure-tls'] : []),
  ]
  return [
    ['serviceaccounts', { metadata: { name: 'metrics-server', namespace, labels } }],
    [
      `clusterroles.${roles}`,
      {
        metadata: {
          name: 'system:aggregated-metrics-reader',
          labels: {
            ...labels,
            'rbac.authorization.k8s.io/aggregate-to-admin': 'true',
            'rbac.authorization.k8s.io/aggregate-to-edit': 'true',
            'rbac.authorization.k8s.io/aggregate-to-view': 'true',
          },
        },
        rules: [{ apiGroups: ['metrics.k8s.io'], resources: ['pods', 'nodes'], verbs: ['get', 'list', 'watch'] }],
      },
    ],
    [
      `clusterroles.${roles}`,
      {
        metadata: { name: 'system:metrics-server', labels },
        rules: [
          { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] },
          { apiGroups: [''], resources: ['pods', 'nodes'], verbs: ['get', 'list', 'watch'] },
        ],
      },
    ],
    [
      `rolebindings.${roles}`,
      {
        metadata: { name: 'metrics-server-auth-reader', namespace, labels },
        roleRef: roleRef('Role', 'extension-apiserver-authentication-reader'),
        subjects,
      },
    ],
    [
      `clusterrolebindings.${roles}`,
      {
        metadata: { name: 'metrics-server:system:auth-delegator', labels },
        roleRef: roleRef('ClusterRole', 'system:auth-delegator'),
        subjects,
      },
    ],
    [
      `clusterrolebindings.${roles}`,
      { metadata: { name: 'system:metrics-server', labels }, roleRef: roleRef('ClusterRole', 'system:metrics-server'), subjects },
    ],
    [
      'services',
      {
        metadata: { name: 'metrics-server', namespace, labels },
        spec: { ports: [{ appProtocol: 'https', name: 'https', port: 443, protocol: 'TCP', targetPort: 'https' }], selector: labels },
      },
    ],
    [
      'deployments.apps',
      {
        metadata: { name: 'metrics-server', namespace, labels },
        spec: {
          selector: { matchLabels: labels },
          strategy: { rollingUpdate: { maxUnavailable: 0 } },
          template: {
            metadata: { labels },
            spec: {
              containers: [
                {
                  name: 'metrics-server',
                  image: 'registry.k8s.io/metrics-server/metrics-server:v0.8.0',
                  imagePullPolicy: 'IfNotPresent',
                  args,
                  ports: [{ containerPort: 10250, name: 'https', protocol: 'TCP' }],
                  livenessProbe: probe('/livez'),
                  readinessProbe: { ...probe('/readyz'), initialDelaySeconds: 20 },
                  resources: { requests: { cpu: '100m', memory: '200Mi' } },
                  securityContext: {
                    allowPrivilegeEscalation: false,
                    capabilities: { drop: ['ALL'] },
                    readOnlyRootFilesystem: true,
                    runAsNonRoot: true,
                    runAsUser: 1000,
                    seccompProfile: { type: 'RuntimeDefault' },
                  },
                  volumeMounts: [{ mountPath: '/tmp', name: 'tmp-dir' }],
                },
              ],
              nodeSelector: { 'kubernetes.io/os': 'linux' },
              priorityClassName: 'system-cluster-critical',
              serviceAccountName: 'metrics-server',
              volumes: [{ emptyDir: {}, name: 'tmp-dir' }],
            },
          },
        },
      },
    ],
    [
      'apiservices.apiregistration.k8s.io',
      {
        metadata: { name: 'v1beta1.metrics.k8s.io', labels },
        spec: {
          group: 'metrics.k8s.io',
          groupPriorityMinimum: 100,
          insecureSkipTLSVerify: true,
          service: { name: 'metrics-server', namespace },
          version: 'v1beta1',
          versionPriority: 100,
        },
      },
    ],
  ]
}

/** The documents of `components.yaml`. */
export function metricsServerComponents(): readonly object[] {
  return objects({ isTrusting: false }).map(([resource, object]) => {
    const kind = kinds.find((each) => resourceName(each) === resource)
    if (!kind) throw new Error(`bug: no resource ${resource}`)
    return { apiVersion: apiVersionOf(kind), kind: kind.kind, ...object }
  })
}

/** What minikube's addon installs. */
export function metricsServerObjects(): ReturnType<typeof objects> {
  return objects({ isTrusting: true })
}
