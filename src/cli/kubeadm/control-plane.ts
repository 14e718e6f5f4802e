/** What kubeadm says on a machine that becomes one more control plane. */
import type { JoinFacts } from '../machines.ts'

/** The certificates of a control plane, as `init` and `join` tell of them. */
export function certificateLines(name: string, ip: string, endpoint: string): readonly string[] {
  const local = `DNS names [${name} localhost] and IPs [${ip} 127.0.0.1 ::1]`
  const own = [name, 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'kubernetes.default.svc.cluster.local']
  const host = endpoint.replace(/:\d+$/, '')
  const names = [...own, ...(host === '' || /^[\d.]+$/.test(host) ? [] : [host])].sort()
  const made = (file: string): string => `[certs] Generating "${file}" certificate and key`
  return [
    made('apiserver'),
    `[certs] apiserver serving cert is signed for DNS names [${names.join(' ')}] and IPs [10.96.0.1 ${ip}]`,
    made('apiserver-kubelet-client'),
    made('front-proxy-client'),
    made('etcd/server'),
    `[certs] etcd/server serving cert is signed for ${local}`,
    made('etcd/peer'),
    `[certs] etcd/peer serving cert is signed for ${local}`,
    made('etcd/healthcheck-client'),
    made('apiserver-etcd-client'),
  ]
}

export function joinLines(
  step: string,
  { name, ip, endpoint }: { readonly name: string; readonly ip: string; readonly endpoint: string },
): readonly string[] {
  switch (step) {
    case 'preflight':
      return [
        '[preflight] Reading configuration from the "kubeadm-config" ConfigMap in namespace "kube-system"...',
        "[preflight] Use 'kubeadm init phase upload-config --config your-config-file' to re-upload it.",
        '[preflight] Running pre-flight checks before initializing the new control plane instance',
      ]
    case 'pull':
      return [
        '[preflight] Pulling images required for setting up a Kubernetes cluster',
        '[preflight] This might take a minute or two, depending on the speed of your internet connection',
        "[preflight] You can also perform this action beforehand using 'kubeadm config images pull'",
      ]
    case 'download-certs':
      return [
        '[download-certs] Downloading the certificates in Secret "kubeadm-certs" in the "kube-system" Namespace',
        '[download-certs] Saving the certificates to the folder: "/etc/kubernetes/pki"',
      ]
    case 'certificates':
      return [
        '[certs] Using certificateDir folder "/etc/kubernetes/pki"',
        ...certificateLines(name, ip, endpoint),
        '[certs] Valid certificates and keys now exist in "/etc/kubernetes/pki"',
        '[certs] Using the existing "sa" key',
        '[kubeconfig] Generating kubeconfig files',
        '[kubeconfig] Using kubeconfig folder "/etc/kubernetes"',
        ...['admin.conf', 'controller-manager.conf', 'scheduler.conf'].map((file) => `[kubeconfig] Writing "${file}" kubeconfig file`),
      ]
    case 'control-plane':
      return [
        '[control-plane] Using manifest folder "/etc/kubernetes/manifests"',
        ...['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'].map(
          (part) => `[control-plane] Creating static Pod manifest for "${part}"`,
        ),
        '[check-etcd] Checking that the etcd cluster is healthy',
        '[kubelet-start] Writing kubelet configuration to file "/var/lib/kubelet/config.yaml"',
        '[kubelet-start] Writing kubelet environment file with flags to file "/var/lib/kubelet/kubeadm-flags.env"',
        '[kubelet-start] Starting the kubelet',
        '[kubelet-check] Waiting for a healthy kubelet at http://127.0.0.1:10248/healthz. This can take up to 4m0s',
        '[kubelet-check] The kubelet is healthy after 501.493921ms',
      ]
    case 'kubelet':
      return ['[kubelet-start] Waiting for the kubelet to perform the TLS Bootstrap']
    case 'etcd':
      return [
        '[etcd] Announced new etcd member joining to the existing etcd cluster',
        '[etcd] Creating static Pod manifest for "etcd"',
        '[etcd] Waiting for the new etcd member to join the cluster. This can take up to 40s',
      ]
    case 'mark':
      return markLines(name)
    case 'healthy':
      return healthLines(ip)
    default:
      return []
  }
}

export function markLines(name: string): readonly string[] {
  return [
    `[mark-control-plane] Marking the node ${name} as control-plane by adding the labels: [node-role.kubernetes.io/control-plane node.kubernetes.io/exclude-from-external-load-balancers]`,
    `[mark-control-plane] Marking the node ${name} as control-plane by adding the taints [node-role.kubernetes.io/control-plane:NoSchedule]`,
  ]
}

export function healthLines(ip: string): readonly string[] {
  return [
    '[control-plane-check] Waiting for healthy control plane components. This can take up to 4m0s',
    `[control-plane-check] Checking kube-apiserver at https://${ip}:6443/livez`,
    '[control-plane-check] Checking kube-controller-manager at https://127.0.0.1:10257/healthz',
    '[control-plane-check] Checking kube-scheduler at https://127.0.0.1:10259/livez',
    '[control-plane-check] kube-controller-manager is healthy after 2.010421351s',
    '[control-plane-check] kube-scheduler is healthy after 2.830214605s',
    '[control-plane-check] kube-apiserver is healthy after 4.501682717s',
  ]
}

export const joinedText = `
This node has joined the cluster and a new control plane instance was created:

* Certificate signing request was sent to apiserver and approval was received.
* The Kubelet was informed of the new secure connection details.
* Control plane label and taint were applied to the new node.
* The Kubernetes control plane instances scaled up.
* A new etcd member was added to the local/stacked etcd cluster.

To start administering your cluster from this node, you need to run the following as a regular user:

	mkdir -p $HOME/.kube
	sudo cp -i /etc/kubernetes/admin.conf $HOME/.kube/config
	sudo chown $(id -u):$(id -g) $HOME/.kube/config

Run 'kubectl get nodes' to see this node join the cluster.
`

/** What `init` says of further control planes where the cluster has a name for all of them. */
export function moreControlPlanes({ endpoint, token, caCertHash }: JoinFacts, certificateKey: string): string {
  const command = `  kubeadm join ${endpoint} --token ${token} \\\n\t--discovery-token-ca-cert-hash ${caCertHash} \\\n\t--control-plane`
  return certificateKey === ''
    ? `You can now join any number of control-plane nodes by copying certificate authorities
and service account keys on each node and then running the following as root:

${command} \n`
    : `You can now join any number of control-plane nodes running the following command on each as root:

${command} --certificate-key ${certificateKey}

Please note that the certificate-key gives access to cluster sensitive data, keep it secret!
As a safeguard, uploaded-certs will be deleted in two hours; If necessary, you can use
"kubeadm init phase upload-certs --upload-certs" to reload certs afterward.\n`
}

export const uploadLines = (key: string): readonly string[] => [
  '[upload-certs] Storing the certificates in Secret "kubeadm-certs" in the "kube-system" Namespace',
  '[upload-certs] Using certificate key:',
  key,
]
