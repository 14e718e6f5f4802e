/**
 * The certificates and kubeconfigs that kubeadm leaves on a machine, made with the cluster's own authority: what is signed with the `ca.key` that
 * lies here is believed by the API server. Loaded with the first cluster that has such files.
 */
import { base64Of, bytesOf, bytesOfBase64, textOf } from '../base/bytes.ts'
import { type Certificate, certificateOf } from '../base/pki/certificate.ts'
import { pemBlocks } from '../base/pki/der.ts'
import { type PrivateKey, publicDer, publicPem, traditionalPem } from '../base/pki/keys.ts'
import { readyRsaKey } from '../base/pki/ready-keys.ts'
import type { Random } from '../base/random.ts'
import { sha256Hex } from '../base/sha256.ts'
import { authorityCertificate, type AuthorityName, issuedCertificate, keyFor } from '../engine/api/access/authority.ts'
import { kubeconfigText } from '../engine/api/access/credentials.ts'

export interface PkiOptions {
  /** The cluster's identity: the uid of its kube-system namespace. */
  readonly cluster: string
  readonly node: string
  readonly ip: string
  readonly endpoint: string
  readonly names?: readonly string[]
  readonly serviceIp?: string
  readonly now: number
  /** When the cluster was made: its authorities count from then. */
  readonly born: number
  readonly random: Random
}

const folder = '/etc/kubernetes/pki'

interface Leaf {
  readonly name: string
  readonly organization?: string
  readonly uses: readonly ('serverAuth' | 'clientAuth')[]
  readonly alternatives?: readonly string[]
  readonly by?: AuthorityName
}

/** Everything on a control plane, by path. */
export function controlPlanePki(options: PkiOptions): ReadonlyMap<string, string> {
  const { cluster } = options
  const files = new Map<string, string>()
  for (const [path, name] of [
    ['ca', 'ca'],
    ['front-proxy-ca', 'front-proxy-ca'],
    ['etcd/ca', 'etcd-ca'],
  ] as const) {
    files.set(`${folder}/${path}.crt`, authorityCertificate(cluster, name, options.born))
    files.set(`${folder}/${path}.key`, traditionalPem(keyFor(cluster, name)))
  }
  const accounts = keyFor(cluster, 'sa')
  files.set(`${folder}/sa.key`, traditionalPem(accounts))
  files.set(`${folder}/sa.pub`, publicPem(accounts))
  for (const name of leafNames) for (const [path, text] of renewed(name, options)) files.set(path, text)
  for (const name of kubeconfigNames) for (const [path, text] of renewed(name, options)) files.set(path, text)
  for (const [path, text] of kubeletFiles(options)) files.set(path, text)
  return files
}

/** In the order in which `kubeadm certs` tells of them. */
export const kubeconfigNames = ['admin.conf', 'controller-manager.conf', 'scheduler.conf', 'super-admin.conf'] as const
export const leafNames = [
  'apiserver',
  'apiserver-etcd-client',
  'apiserver-kubelet-client',
  'etcd-healthcheck-client',
  'etcd-peer',
  'etcd-server',
  'front-proxy-client',
] as const

export type Renewable = (typeof kubeconfigNames)[number] | (typeof leafNames)[number]

const paths: Readonly<Record<string, string>> = {
  'etcd-healthcheck-client': 'etcd/healthcheck-client',
  'etcd-peer': 'etcd/peer',
  'etcd-server': 'etcd/server',
}

const users: Readonly<Record<string, { readonly name: string; readonly organization?: string }>> = {
  'admin.conf': { name: 'kubernetes-admin', organization: 'kubeadm:cluster-admins' },
  'super-admin.conf': { name: 'kubernetes-super-admin', organization: 'system:masters' },
  'controller-manager.conf': { name: 'system:kube-controller-manager' },
  'scheduler.conf': { name: 'system:kube-scheduler' },
}

/** The files of one certificate, made anew. */
export function renewed(name: Renewable, options: PkiOptions): readonly (readonly [string, string])[] {
  const user = users[name]
  if (user) return [[`/etc/kubernetes/${name}`, userKubeconfig(user, options)]]
  const { node, ip, serviceIp = '10.96.0.1', names = [] } = options
  const both = ['serverAuth', 'clientAuth'] as const
  const local = [`DNS:${node}`, 'DNS:localhost', `IP:${ip}`, 'IP:127.0.0.1', 'IP:::1']
  const extra = names.map((one) => (/^\d+(\.\d+){3}$/.test(one) ? `IP:${one}` : `DNS:${one}`))
  const own = [node, 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'kubernetes.default.svc.cluster.local'].map(
    (one) => `DNS:${one}`,
  )
  const leaf: Leaf = {
    apiserver: { name: 'kube-apiserver', uses: ['serverAuth'], alternatives: [...own, `IP:${serviceIp}`, `IP:${ip}`, ...extra] },
    'apiserver-etcd-client': { by: 'etcd-ca', name: 'kube-apiserver-etcd-client', uses: ['clientAuth'] },
    'apiserver-kubelet-client': { name: 'kube-apiserver-kubelet-client', organization: 'kubeadm:cluster-admins', uses: ['clientAuth'] },
    'etcd-healthcheck-client': { by: 'etcd-ca', name: 'kube-etcd-healthcheck-client', uses: ['clientAuth'] },
    'etcd-peer': { by: 'etcd-ca', name: node, uses: both, alternatives: local },
    'etcd-server': { by: 'etcd-ca', name: node, uses: both, alternatives: local },
    'front-proxy-client': { by: 'front-proxy-ca', name: 'front-proxy-client', uses: ['clientAuth'] },
  }[name as (typeof leafNames)[number]] as Leaf
  const { pem, key } = signed(leaf, options)
  const path = `${folder}/${paths[name] ?? name}`
  return [
    [`${path}.crt`, pem],
    [`${path}.key`, traditionalPem(key)],
  ]
}

/** What a joined machine has. */
export function kubeletFiles(options: PkiOptions): readonly (readonly [string, string])[] {
  const ca = authorityCertificate(options.cluster, 'ca', options.born)
  const { pem, key } = signed({ name: `system:node:${options.node}`, organization: 'system:nodes', uses: ['clientAuth'] }, options)
  return [
    [`${folder}/ca.crt`, ca],
    ['/var/lib/kubelet/pki/kubelet-client-current.pem', pem + traditionalPem(key)],
    [
      '/etc/kubernetes/kubelet.conf',
      `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: ${base64Of(bytesOf(ca))}
    server: ${options.endpoint}
  name: kubernetes
contexts:
- context:
    cluster: kubernetes
    user: system:node:${options.node}
  name: system:node:${options.node}@kubernetes
current-context: system:node:${options.node}@kubernetes
kind: Config
preferences: {}
users:
- name: system:node:${options.node}
  user:
    client-certificate: /var/lib/kubelet/pki/kubelet-client-current.pem
    client-key: /var/lib/kubelet/pki/kubelet-client-current.pem
`,
    ],
  ]
}

/** A kubeconfig for somebody: `kubeadm kubeconfig user`. */
export function userKubeconfig(
  { name, organization }: { readonly name: string; readonly organization?: string },
  options: PkiOptions,
): string {
  const { pem, key } = signed({ name, organization, uses: ['clientAuth'] }, options)
  const encoded = (text: string) => base64Of(bytesOf(text))
  return kubeconfigText(
    { cluster: 'kubernetes', user: name, context: `${name}@kubernetes`, server: options.endpoint },
    {
      authority: encoded(authorityCertificate(options.cluster, 'ca', options.born)),
      certificate: encoded(pem),
      key: encoded(traditionalPem(key)),
    },
  )
}

function signed(
  { name, organization, uses, alternatives, by }: Leaf,
  { cluster, now, random }: PkiOptions,
): { readonly pem: string; readonly key: PrivateKey } {
  const key = readyRsaKey(random)
  return {
    key,
    pem: issuedCertificate(cluster, {
      commonName: name,
      organization,
      key,
      uses,
      names: alternatives,
      madeAtMs: now,
      serial: BigInt(`0x${random.hex(15)}`),
      issuer: by,
    }),
  }
}

/** `sha256:…` over the authority's public key, as `--discovery-token-ca-cert-hash` wants it. */
export function caCertHash(cluster: string): string {
  return `sha256:${sha256Hex(publicDer(keyFor(cluster, 'ca')))}`
}

/** The certificate in a file of the above, be it PEM or a kubeconfig. */
export function certificateIn(text: string): Certificate | undefined {
  const inside = /client-certificate-data: (\S+)/.exec(text)?.[1]
  const block = pemBlocks(inside === undefined ? text : textOf(bytesOfBase64(inside))).find(({ label }) => label === 'CERTIFICATE')
  return block && certificateOf(block.bytes)
}
