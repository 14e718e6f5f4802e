/** The manifests that `kubeadm init` writes: the control plane's components as static pods of its first machine. */

interface Component {
  readonly name: string
  readonly image: string
  readonly cpu: string
  readonly memory?: string
  readonly flags: readonly string[]
  readonly volumes: readonly Volume[]
  /** Who is asked whether the component is alive, ready and up; not every component is asked whether it is ready. */
  readonly probes: {
    readonly host: string
    readonly port: number
    readonly scheme: string
    readonly liveness: string
    readonly readiness?: string
    readonly startup: string
  }
}

interface Volume {
  readonly name: string
  readonly path: string
  readonly isReadOnly?: boolean
  readonly isFile?: boolean
}

export interface ManifestOptions {
  readonly node: string
  readonly ip: string
  readonly version: string
  readonly podCidr: string
  /** Where the API server listens: minikube's is not kubeadm's 6443. */
  readonly apiPort?: number
  /** etcd's other members, for a machine that joins them. */
  readonly members?: readonly { readonly name: string; readonly ip: string }[]
}

/** File name to text. */
export function controlPlaneManifests(options: ManifestOptions): ReadonlyMap<string, string> {
  return new Map(componentsOf(options).map((component) => [`${component.name}.yaml`, manifest(component, options)]))
}

const pki = '/etc/kubernetes/pki'

const readOnly = (name: string, path: string): Volume => ({ name, path, isReadOnly: true })

const kubeconfigOf = (name: string): Volume => ({ ...readOnly('kubeconfig', `/etc/kubernetes/${name}.conf`), isFile: true })

/** Authorities of the machine itself. */
const authorities = [
  readOnly('ca-certs', '/etc/ssl/certs'),
  readOnly('etc-ca-certificates', '/etc/ca-certificates'),
  readOnly('k8s-certs', pki),
  readOnly('usr-local-share-ca-certificates', '/usr/local/share/ca-certificates'),
  readOnly('usr-share-ca-certificates', '/usr/share/ca-certificates'),
]

const own = (name: string): readonly string[] => [
  `--authentication-kubeconfig=/etc/kubernetes/${name}.conf`,
  `--authorization-kubeconfig=/etc/kubernetes/${name}.conf`,
  '--bind-address=127.0.0.1',
  `--kubeconfig=/etc/kubernetes/${name}.conf`,
  '--leader-elect=true',
]

/** kubeadm writes the flags of each in their order. */
function componentsOf({ node, ip, version, podCidr, apiPort = 6443, members = [] }: ManifestOptions): readonly Component[] {
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
        '--experimental-initial-corrupt-check=true',
        '--experimental-watch-progress-notify-interval=5s',
        `--initial-advertise-peer-urls=https://${ip}:2380`,
        `--initial-cluster=${[...members, { name: node, ip }].map((member) => `${member.name}=https://${member.ip}:2380`).join(',')}`,
        ...(members.length > 0 ? ['--initial-cluster-state=existing'] : []),
        `--key-file=${pki}/etcd/server.key`,
        `--listen-client-urls=https://127.0.0.1:2379,https://${ip}:2379`,
        '--listen-metrics-urls=http://127.0.0.1:2381',
        `--listen-peer-urls=https://${ip}:2380`,
        `--name=${node}`,
        `--peer-cert-file=${pki}/etcd/peer.crt`,
        '--peer-client-cert-auth=true',
        `--peer-key-file=${pki}/etcd/peer.key`,
        `--peer-trusted-ca-file=${pki}/etcd/ca.crt`,
        '--snapshot-count=10000',
        `--trusted-ca-file=${pki}/etcd/ca.crt`,
      ],
      volumes: [
        { name: 'etcd-data', path: '/var/lib/etcd' },
        { name: 'etcd-certs', path: `${pki}/etcd` },
      ],
      probes: { host: '127.0.0.1', port: 2381, scheme: 'HTTP', liveness: '/livez', readiness: '/readyz', startup: '/readyz' },
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
        `--etcd-cafile=${pki}/etcd/ca.crt`,
        `--etcd-certfile=${pki}/apiserver-etcd-client.crt`,
        `--etcd-keyfile=${pki}/apiserver-etcd-client.key`,
        '--etcd-servers=https://127.0.0.1:2379',
        `--kubelet-client-certificate=${pki}/apiserver-kubelet-client.crt`,
        `--kubelet-client-key=${pki}/apiserver-kubelet-client.key`,
        '--kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname',
        `--proxy-client-cert-file=${pki}/front-proxy-client.crt`,
        `--proxy-client-key-file=${pki}/front-proxy-client.key`,
        '--requestheader-allowed-names=front-proxy-client',
        `--requestheader-client-ca-file=${pki}/front-proxy-ca.crt`,
        '--requestheader-extra-headers-prefix=X-Remote-Extra-',
        '--requestheader-group-headers=X-Remote-Group',
        '--requestheader-username-headers=X-Remote-User',
        `--secure-port=${apiPort}`,
        '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
        `--service-account-key-file=${pki}/sa.pub`,
        `--service-account-signing-key-file=${pki}/sa.key`,
        '--service-cluster-ip-range=10.96.0.0/12',
        `--tls-cert-file=${pki}/apiserver.crt`,
        `--tls-private-key-file=${pki}/apiserver.key`,
      ],
      volumes: authorities,
      probes: { host: ip, port: apiPort, scheme: 'HTTPS', liveness: '/livez', readiness: '/readyz', startup: '/livez' },
    },
    {
      name: 'kube-controller-manager',
      image: `registry.k8s.io/kube-controller-manager:${version}`,
      cpu: '200m',
      flags: [
        '--allocate-node-cidrs=true',
        ...own('controller-manager'),
        `--client-ca-file=${pki}/ca.crt`,
        `--cluster-cidr=${podCidr}`,
        '--cluster-name=kubernetes',
        `--cluster-signing-cert-file=${pki}/ca.crt`,
        `--cluster-signing-key-file=${pki}/ca.key`,
        '--controllers=*,bootstrapsigner,tokencleaner',
        `--requestheader-client-ca-file=${pki}/front-proxy-ca.crt`,
        `--root-ca-file=${pki}/ca.crt`,
        `--service-account-private-key-file=${pki}/sa.key`,
        '--service-cluster-ip-range=10.96.0.0/12',
        '--use-service-account-credentials=true',
      ].sort(),
      volumes: [
        ...authorities,
        kubeconfigOf('controller-manager'),
        { name: 'flexvolume-dir', path: '/usr/libexec/kubernetes/kubelet-plugins/volume/exec' },
      ].sort((a, b) => (a.name < b.name ? -1 : 1)),
      probes: { host: '127.0.0.1', port: 10257, scheme: 'HTTPS', liveness: '/healthz', startup: '/healthz' },
    },
    {
      name: 'kube-scheduler',
      image: `registry.k8s.io/kube-scheduler:${version}`,
      cpu: '100m',
      flags: own('scheduler'),
      volumes: [kubeconfigOf('scheduler')],
      probes: { host: '127.0.0.1', port: 10259, scheme: 'HTTPS', liveness: '/livez', readiness: '/readyz', startup: '/livez' },
    },
  ]
}

/** All begin after ten seconds but the one for readiness, which asks every second. */
function probe(kind: 'liveness' | 'readiness' | 'startup', { probes }: Pick<Component, 'probes'>): string {
  const path = probes[kind]
  if (path === undefined) return ''
  const isReadiness = kind === 'readiness'
  return `    ${kind}Probe:
      failureThreshold: ${{ liveness: 8, readiness: 3, startup: 24 }[kind]}
      httpGet:
        host: ${probes.host}
        path: ${path}
        port: ${probes.port}
        scheme: ${probes.scheme}
${isReadiness ? '' : '      initialDelaySeconds: 10\n'}      periodSeconds: ${isReadiness ? 1 : 10}
      timeoutSeconds: 15
`
}

function manifest({ name, image, cpu, memory, flags, volumes, probes }: Component, { ip, apiPort = 6443 }: ManifestOptions): string {
  const note =
    name === 'etcd'
      ? `  annotations:\n    kubeadm.kubernetes.io/etcd.advertise-client-urls: https://${ip}:2379\n`
      : name === 'kube-apiserver'
        ? `  annotations:\n    kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint: ${ip}:${apiPort}\n`
        : ''
  const mounts = volumes.map(
    (volume) => `    - mountPath: ${volume.path}\n      name: ${volume.name}\n${volume.isReadOnly ? '      readOnly: true\n' : ''}`,
  )
  const paths = [...volumes]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(
      (volume) =>
        `  - hostPath:\n      path: ${volume.path}\n      type: ${volume.isFile ? 'FileOrCreate' : 'DirectoryOrCreate'}\n    name: ${volume.name}\n`,
    )
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
${probe('liveness', { probes })}    name: ${name}
${probe('readiness', { probes })}    resources:
      requests:
        cpu: ${cpu}
${memory ? `        memory: ${memory}\n` : ''}${probe('startup', { probes })}    volumeMounts:
${mounts.join('')}  hostNetwork: true
  priority: 2000001000
  priorityClassName: system-node-critical
  securityContext:
    seccompProfile:
      type: RuntimeDefault
  volumes:
${paths.join('')}status: {}
`
}
