/** The objects that kubeadm keeps in a cluster: its own configuration, the kubelets', and what a joining machine reads without a token. */
import type { InitWish } from '../cli/machines.ts'
import type { Client, Draft, KubernetesObject } from '../engine/api/client.ts'
import { proxyConfigMap } from '../engine/controllers/kube-proxy-config.ts'
import { kubeletConfiguration } from './node-files.ts'

export type { Client }

export function uploadConfig(client: Client, wish: Partial<InitWish>, adminConf: string): void {
  const configuration = `apiServer: {}\napiVersion: kubeadm.k8s.io/v1beta4\ncaCertificateValidityPeriod: 87600h0m0s\ncertificateValidityPeriod: 8760h0m0s\ncertificatesDir: /etc/kubernetes/pki\nclusterName: kubernetes\n${wish.controlPlaneEndpoint ? `controlPlaneEndpoint: ${wish.controlPlaneEndpoint}\n` : ''}controllerManager: {}\ndns: {}\nencryptionAlgorithm: RSA-2048\netcd:\n  local:\n    dataDir: /var/lib/etcd\nimageRepository: registry.k8s.io\nkind: ClusterConfiguration\nkubernetesVersion: ${wish.kubernetesVersion}\nnetworking:\n  dnsDomain: cluster.local\n${wish.podNetworkCidr ? `  podSubnet: ${wish.podNetworkCidr}\n` : ''}  serviceSubnet: ${wish.serviceCidr || '10.96.0.0/12'}\nproxy: {}\nscheduler: {}\n`
  put(client, 'configmaps', {
    metadata: { name: 'kubeadm-config', namespace: 'kube-system' },
    data: { ClusterConfiguration: configuration },
  })
  put(client, 'configmaps', { metadata: { name: 'kubelet-config', namespace: 'kube-system' }, data: { kubelet: kubeletConfiguration } })
  const server = /server: (\S+)/.exec(adminConf)?.[1] ?? ''
  put(client, 'configmaps', proxyConfigMap({ podCidr: wish.podNetworkCidr ?? '', server }))
  const info = adminConf
    .split('\n')
    .filter((line) => /certificate-authority-data|server:/.test(line))
    .join('\n')
  put(client, 'configmaps', {
    metadata: { name: 'cluster-info', namespace: 'kube-public' },
    data: {
      kubeconfig: `apiVersion: v1\nclusters:\n- cluster:\n${info}\n  name: ""\ncontexts: null\ncurrent-context: ""\nkind: Config\npreferences: {}\nusers: null\n`,
    },
  })
}

/** Creates the object, or brings it to this state. */
export function put(client: Client, resource: string, object: object): void {
  const draft = object as Draft<KubernetesObject>
  const { name = '', namespace = '' } = draft.metadata
  const old = client.get(resource, namespace, name)
  if (old) client.update(resource, { ...old, ...draft, metadata: { ...old.metadata, ...draft.metadata } } as KubernetesObject)
  else client.create(resource, draft)
}
