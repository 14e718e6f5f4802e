/** CoreDNS and kube-proxy as kubeadm 1.33 sets them up. */
import { coreDns, type DnsOptions } from './core-dns.ts'
import { proxyConfigMap } from './kube-proxy-config.ts'
import type { Workload } from './system-objects.ts'

const namespace = 'kube-system'

export interface KubeadmOptions {
  readonly version: string
  readonly podCidr: string
  /** `https://192.168.49.2:6443`. */
  readonly server: string
  readonly dnsReplicas?: number
}

export function kubeadmWorkloads({ version, podCidr, server, dnsReplicas = 2 }: KubeadmOptions): readonly Workload[] {
  return [
    { resource: 'deployments.apps', object: coreDns({ replicas: dnsReplicas, spec: apart, container: probed }) },
    { resource: 'configmaps', object: proxyConfigMap({ podCidr, server }) },
    { resource: 'daemonsets.apps', object: kubeProxy(version) },
  ]
}

const apart: DnsOptions['spec'] = {
  affinity: {
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        {
          weight: 100,
          podAffinityTerm: {
            labelSelector: { matchExpressions: [{ key: 'k8s-app', operator: 'In', values: ['kube-dns'] }] },
            topologyKey: 'kubernetes.io/hostname',
          },
        },
      ],
    },
  },
}

const probed: DnsOptions['container'] = {
  livenessProbe: {
    httpGet: { path: '/health', port: 8080, scheme: 'HTTP' },
    initialDelaySeconds: 60,
    timeoutSeconds: 5,
    successThreshold: 1,
    failureThreshold: 5,
  },
  readinessProbe: { httpGet: { path: '/ready', port: 8181, scheme: 'HTTP' } },
  securityContext: {
    allowPrivilegeEscalation: false,
    capabilities: { add: ['NET_BIND_SERVICE'], drop: ['ALL'] },
    readOnlyRootFilesystem: true,
  },
}

function kubeProxy(version: string): object {
  return {
    metadata: { name: 'kube-proxy', namespace, labels: { 'k8s-app': 'kube-proxy' } },
    spec: {
      selector: { matchLabels: { 'k8s-app': 'kube-proxy' } },
      template: {
        metadata: { labels: { 'k8s-app': 'kube-proxy' } },
        spec: {
          priorityClassName: 'system-node-critical',
          serviceAccountName: 'kube-proxy',
          hostNetwork: true,
          tolerations: [{ operator: 'Exists' }],
          containers: [
            {
              name: 'kube-proxy',
              image: `registry.k8s.io/kube-proxy:${version}`,
              command: ['/usr/local/bin/kube-proxy', '--config=/var/lib/kube-proxy/config.conf', '--hostname-override=$(NODE_NAME)'],
              env: [{ name: 'NODE_NAME', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'spec.nodeName' } } }],
              imagePullPolicy: 'IfNotPresent',
              securityContext: { privileged: true },
              volumeMounts: [
                { mountPath: '/var/lib/kube-proxy', name: 'kube-proxy' },
                { mountPath: '/run/xtables.lock', name: 'xtables-lock' },
                { mountPath: '/lib/modules', name: 'lib-modules', readOnly: true },
              ],
            },
          ],
          nodeSelector: { 'kubernetes.io/os': 'linux' },
          volumes: [
            { name: 'kube-proxy', configMap: { name: 'kube-proxy', defaultMode: 420 } },
            { name: 'xtables-lock', hostPath: { path: '/run/xtables.lock', type: 'FileOrCreate' } },
            { name: 'lib-modules', hostPath: { path: '/lib/modules', type: '' } },
          ],
        },
      },
    },
  }
}
