/** Namespaces that a cluster has for itself: lessons do not count what is in them, and the picture draws it only when asked. */
const systemNamespaces: ReadonlySet<string> = new Set([
  'kube-system',
  'kube-public',
  'kube-node-lease',
  'local-path-storage',
  'ingress-nginx',
  'kube-flannel',
  'calico-system',
])

export function isSystem(namespace: string | undefined): boolean {
  return namespace !== undefined && systemNamespaces.has(namespace)
}
