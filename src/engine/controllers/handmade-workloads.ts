/**
 * CoreDNS and kube-proxy as the maker of the recorded cluster wrote them: without probes and settings, and CoreDNS tied to its node. No answer
 * shows that last; the hash of its template does, and that its pods have no `Scheduled` event.
 */
import { coreDns } from './core-dns.ts'
import type { Workload } from './system-objects.ts'

export function handmadeWorkloads({ version, node }: { readonly version: string; readonly node: string }): readonly Workload[] {
  return [
    { resource: 'deployments.apps', object: coreDns({ replicas: 2, spec: { nodeName: node }, container: {} }) },
    { resource: 'daemonsets.apps', object: kubeProxy(version) },
  ]
}

function kubeProxy(version: string): object {
  const labels = { 'k8s-app': 'kube-proxy' }
  return {
    metadata: { name: 'kube-proxy', namespace: 'kube-system', labels },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          priorityClassName: 'system-node-critical',
          serviceAccountName: 'kube-proxy',
          hostNetwork: true,
          tolerations: [{ operator: 'Exists' }],
          containers: [
            {
              name: 'kube-proxy',
              image: `registry.k8s.io/kube-proxy:${version}`,
              command: ['/usr/local/bin/kube-proxy', '--config=/var/lib/kube-proxy/config.conf'],
            },
          ],
        },
      },
    },
  }
}
