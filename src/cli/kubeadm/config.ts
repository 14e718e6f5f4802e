/** kubeadm config: default configurations and the images a control plane needs. */
import { ended } from '../../unix/kernel/process.ts'
import { start as startProcess } from '../../unix/kernel/execute.ts'
import type { Kubeadm, Run } from './call.ts'

const components = (wanted: string): readonly string[] => [
  `kube-apiserver:${wanted}`,
  `kube-controller-manager:${wanted}`,
  `kube-scheduler:${wanted}`,
  `kube-proxy:${wanted}`,
  'coredns/coredns:v1.12.0',
  'pause:3.10',
  'etcd:3.5.21-0',
]

function wantedImages({ flags, version }: Kubeadm): readonly string[] {
  const given = flags.text('kubernetes-version')
  const repository = flags.text('image-repository') || 'registry.k8s.io'
  return components(given === '' ? version : `v${given.replace(/^v/, '')}`).map((image) => `${repository}/${image}`)
}

export const imagesList: Run = function* (kubeadm) {
  yield* kubeadm.say(wantedImages(kubeadm).join('\n'))
}

export const imagesPull: Run = function* (kubeadm) {
  for (const image of wantedImages(kubeadm)) {
    const code = yield* ended(startProcess(kubeadm.process, ['sh', '-c', `crictl pull ${image} >/dev/null`]))
    if (code !== 0) return yield* kubeadm.refuse(`failed to pull image ${JSON.stringify(image)}`)
    yield* kubeadm.say(`[config/images] Pulled ${image}`)
  }
}

export const initDefaults: Run = function* (kubeadm) {
  yield* kubeadm.say(`apiVersion: kubeadm.k8s.io/v1beta4
bootstrapTokens:
- groups:
  - system:bootstrappers:kubeadm:default-node-token
  token: abcdef.0123456789abcdef
  ttl: 24h0m0s
  usages:
  - signing
  - authentication
kind: InitConfiguration
localAPIEndpoint:
  advertiseAddress: 1.2.3.4
  bindPort: 6443
nodeRegistration:
  criSocket: unix:///var/run/containerd/containerd.sock
  imagePullPolicy: IfNotPresent
  imagePullSerial: true
  name: node
  taints: null
timeouts:
  controlPlaneComponentHealthCheck: 4m0s
  discovery: 5m0s
  etcdAPICall: 2m0s
  kubeletHealthCheck: 4m0s
  kubernetesAPICall: 1m0s
  tlsBootstrap: 5m0s
  upgradeManifests: 5m0s
---
apiServer: {}
apiVersion: kubeadm.k8s.io/v1beta4
caCertificateValidityPeriod: 87600h0m0s
certificateValidityPeriod: 8760h0m0s
certificatesDir: /etc/kubernetes/pki
clusterName: kubernetes
controllerManager: {}
dns: {}
encryptionAlgorithm: RSA-2048
etcd:
  local:
    dataDir: /var/lib/etcd
imageRepository: registry.k8s.io
kind: ClusterConfiguration
kubernetesVersion: 1.33.0
networking:
  dnsDomain: cluster.local
  serviceSubnet: 10.96.0.0/12
proxy: {}
scheduler: {}`)
}

export const joinDefaults: Run = function* (kubeadm) {
  yield* kubeadm.say(`apiVersion: kubeadm.k8s.io/v1beta4
caCertPath: /etc/kubernetes/pki/ca.crt
discovery:
  bootstrapToken:
    apiServerEndpoint: kube-apiserver:6443
    token: abcdef.0123456789abcdef
    unsafeSkipCAVerification: true
  tlsBootstrapToken: abcdef.0123456789abcdef
kind: JoinConfiguration
nodeRegistration:
  criSocket: unix:///var/run/containerd/containerd.sock
  imagePullPolicy: IfNotPresent
  imagePullSerial: true
  name: ${kubeadm.machine}
  taints: null
timeouts:
  controlPlaneComponentHealthCheck: 4m0s
  discovery: 5m0s
  etcdAPICall: 2m0s
  kubeletHealthCheck: 4m0s
  kubernetesAPICall: 1m0s
  tlsBootstrap: 5m0s
  upgradeManifests: 5m0s`)
}
