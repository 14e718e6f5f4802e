/** The manifests that `kubeadm init` writes: the control plane's components as static pods of its first machine. */

interface Component {
  readonly name: string
  readonly image: string
  readonly cpu: string
  readonly memory?: string
  readonly flags: readonly string[]
  readonly folders: Readonly<Record<string, string>>
}

export interface ManifestOptions {
  readonly node: string
  readonly ip: string
  readonly version: string
  readonly podCidr: string
}

/** File name to text. */
export function controlPlaneManifests(options: ManifestOptions): ReadonlyMap<string, string> {
  return new Map(componentsOf(options).map((component) => [`${component.name}.yaml`, manifest(component, options)]))
}

function componentsOf({ node, ip, version, podCidr }: ManifestOptions): readonly Component[] {
  const pki = '/etc/kubernetes/pki'
  const own = (name: string): readonly string[] => [
    `--authentication-kubeconfig=/etc/kubernetes/${name}.conf`,
    `--authorization-kubeconfig=/etc/kubernetes/${name}.conf`,
    '--bind-address=127.0.0.1',
    `--kubeconfig=/etc/kubernetes/${name}.conf`,
    '--leader-elect=true',
  ]
  return [
    {
      name: 'etcd',
      image: 'registry.k8s.io/etcd:3.5.21-0',
      cpu: '100m',
      memory: '100Mi',
      flags: [
        `--advertise-client-urls=https://${ip}:2379`,
        `--cert-file=${pki}/etcd/server.crt`,
        '--client-cert-auth=true',
        '--data-dir=/var/lib/etcd',
        `--initial-advertise-peer-urls=https://${ip}:2380`,
        `--initial-cluster=${node}=https://${ip}:2380`,
        `--key-file=${pki}/etcd/server.key`,
        `--listen-client-urls=https://127.0.0.1:2379,https://${ip}:2379`,
        `--name=${node}`,
        `--trusted-ca-file=${pki}/etcd/ca.crt`,
      ],
      folders: { 'etcd-data': '/var/lib/etcd', 'etcd-certs': `${pki}/etcd` },
    },
    {
      name: 'kube-apiserver',
      image: `registry.k8s.io/kube-apiserver:${version}`,
      cpu: '250m',
      flags: [
        `--advertise-address=${ip}`,
        '--allow-privileged=true',
        '--authorization-mode=Node,RBAC',
        `--client-ca-file=${pki}/ca.crt`,
        '--enable-admission-plugins=NodeRestriction',
        '--enable-bootstrap-token-auth=true',
        '--etcd-servers=https://127.0.0.1:2379',
        '--secure-port=6443',
        '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
        '--service-cluster-ip-range=10.96.0.0/12',
        `--tls-cert-file=${pki}/apiserver.crt`,
        `--tls-private-key-file=${pki}/apiserver.key`,
      ],
      folders: { 'k8s-certs': pki },
    },
    {
      name: 'kube-controller-manager',
      image: `registry.k8s.io/kube-controller-manager:${version}`,
      cpu: '200m',
      flags: [
        '--allocate-node-cidrs=true',
        ...own('controller-manager'),
        `--cluster-cidr=${podCidr}`,
        '--cluster-name=kubernetes',
        '--controllers=*,bootstrapsigner,tokencleaner',
        `--root-ca-file=${pki}/ca.crt`,
        '--service-cluster-ip-range=10.96.0.0/12',
        '--use-service-account-credentials=true',
      ],
      folders: { 'k8s-certs': pki },
    },
    { name: 'kube-scheduler', image: `registry.k8s.io/kube-scheduler:${version}`, cpu: '100m', flags: own('scheduler'), folders: {} },
  ]
}

function manifest({ name, image, cpu, memory, flags, folders }: Component, { ip }: ManifestOptions): string {
  const note =
    name === 'etcd'
      ? `  annotations:\n    kubeadm.kubernetes.io/etcd.advertise-client-urls: https://${ip}:2379\n`
      : name === 'kube-apiserver'
        ? `  annotations:\n    kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint: ${ip}:6443\n`
        : ''
  const mounts = Object.entries(folders)
  return `apiVersion: v1
kind: Pod
metadata:
${note}  labels:
    component: ${name}
    tier: control-plane
  name: ${name}
  namespace: kube-system
spec:
  containers:
  - command:
    - ${name}
${flags.map((flag) => `    - ${flag}\n`).join('')}    image: ${image}
    imagePullPolicy: IfNotPresent
    name: ${name}
    resources:
      requests:
        cpu: ${cpu}
${memory ? `        memory: ${memory}\n` : ''}${mounts.length > 0 ? `    volumeMounts:\n${mounts.map(([volume, path]) => `    - mountPath: ${path}\n      name: ${volume}\n`).join('')}` : ''}  hostNetwork: true
  priority: 2000001000
  priorityClassName: system-node-critical
  securityContext:
    seccompProfile:
      type: RuntimeDefault
${mounts.length > 0 ? `  volumes:\n${mounts.map(([volume, path]) => `  - hostPath:\n      path: ${path}\n      type: DirectoryOrCreate\n    name: ${volume}\n`).join('')}` : ''}status: {}
`
}
