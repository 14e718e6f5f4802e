/** Files that kubeadm's packages and kubeadm itself leave on every machine of a cluster, apart from keys. */
import type { Machine } from '../unix/machine.ts'
import { cameWith, sourcesPath, sourcesText, statusText } from '../unix/programs/packages/kubernetes.ts'

export function putFiles({ files }: Machine, wanted: ReadonlyMap<string, string>): void {
  for (const [path, text] of wanted) {
    files.mkdir(path.slice(0, path.lastIndexOf('/')), { parents: true })
    files.writeFile(path, text, {
      mode: /\.(key|conf|pem)$/.test(path) && !path.includes('/cni/') && !path.startsWith('/lib/') ? 0o600 : 0o644,
    })
  }
}

/** What `kubeadm` itself writes. */
export function kubeletSettings(node: string): ReadonlyMap<string, string> {
  return new Map([
    ['/var/lib/kubelet/config.yaml', kubeletConfiguration],
    [
      '/var/lib/kubelet/kubeadm-flags.env',
      `KUBELET_KUBEADM_ARGS="--container-runtime-endpoint=unix:///var/run/containerd/containerd.sock --hostname-override=${node} --pod-infra-container-image=registry.k8s.io/pause:3.10"\n`,
    ],
  ])
}

export const kubeletConfiguration = `apiVersion: kubelet.config.k8s.io/v1beta1
authentication:
  anonymous:
    enabled: false
  webhook:
    cacheTTL: 0s
    enabled: true
  x509:
    clientCAFile: /etc/kubernetes/pki/ca.crt
authorization:
  mode: Webhook
  webhook:
    cacheAuthorizedTTL: 0s
    cacheUnauthorizedTTL: 0s
cgroupDriver: systemd
clusterDNS:
- 10.96.0.10
clusterDomain: cluster.local
containerRuntimeEndpoint: ""
cpuManagerReconcilePeriod: 0s
crashLoopBackOff: {}
evictionPressureTransitionPeriod: 0s
fileCheckFrequency: 0s
healthzBindAddress: 127.0.0.1
healthzPort: 10248
httpCheckFrequency: 0s
imageMaximumGCAge: 0s
imageMinimumGCAge: 0s
kind: KubeletConfiguration
logging:
  flushFrequency: 0
  options:
    json:
      infoBufferSize: "0"
    text:
      infoBufferSize: "0"
  verbosity: 0
memorySwap: {}
nodeStatusReportFrequency: 0s
nodeStatusUpdateFrequency: 0s
rotateCertificates: true
runtimeRequestTimeout: 0s
shutdownGracePeriod: 0s
shutdownGracePeriodCriticalPods: 0s
staticPodPath: /etc/kubernetes/manifests
streamingConnectionIdleTimeout: 0s
syncFrequency: 0s
volumeStatsAggPeriod: 0s
`

/** From the packages kubelet, cri-tools and containerd. */
export const packageFiles: ReadonlyMap<string, string> = new Map([
  ['/var/lib/dpkg/status', statusText(cameWith)],
  [sourcesPath, sourcesText],
  [
    '/lib/systemd/system/kubelet.service.d/10-kubeadm.conf',
    `# Note: This dropin only works with kubeadm and kubelet v1.11+
[Service]
Environment="KUBELET_KUBECONFIG_ARGS=--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf"
Environment="KUBELET_CONFIG_ARGS=--config=/var/lib/kubelet/config.yaml"
# This is a file that "kubeadm init" and "kubeadm join" generates at runtime, populating the KUBELET_KUBEADM_ARGS variable dynamically
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
# This is a file that the user can use for overrides of the kubelet args as a last resort. Preferably, the user should use
# the .NodeRegistration.KubeletExtraArgs object in the configuration files instead. KUBELET_EXTRA_ARGS should be sourced from this file.
EnvironmentFile=-/etc/default/kubelet
ExecStart=
ExecStart=/usr/bin/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS $KUBELET_EXTRA_ARGS
`,
  ],
  [
    '/etc/crictl.yaml',
    'runtime-endpoint: unix:///run/containerd/containerd.sock\nimage-endpoint: unix:///run/containerd/containerd.sock\ntimeout: 2\ndebug: false\n',
  ],
])
