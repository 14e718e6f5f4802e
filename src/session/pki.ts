/**
 * The certificates and kubeconfigs that kubeadm leaves on a machine, made with the cluster's own authority: what is signed with the `ca.key` that
 * lies here is believed by the API server. The surprising thing is the kind of key: elliptic, where kubeadm's default is RSA, because 2048 bits of
 * it would cost a second. Loaded with the first cluster that has such files.
 */
import { base64Of, bytesOf, bytesOfBase64, textOf } from '../base/bytes.ts'
import { type Certificate, certificateOf, certificatePem, makeCertificate, nameDer } from '../base/pki/certificate.ts'
import { pemBlocks } from '../base/pki/der.ts'
import { extensionFrom } from '../base/pki/extensions.ts'
import { makeEcKey, type PrivateKey, publicDer, publicPem, traditionalPem } from '../base/pki/keys.ts'
import type { Random } from '../base/random.ts'
import { sha256Hex } from '../base/sha256.ts'
import { keyOf } from '../engine/api/authority.ts'

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

const yearMs = 365 * 86_400_000
const folder = '/etc/kubernetes/pki'

interface Authority {
  readonly name: string
  readonly key: PrivateKey
  readonly pem: string
}

interface Leaf {
  readonly name: string
  readonly organization?: string
  readonly uses: string
  readonly alternatives?: string
}

/** Everything on a control plane, by path. */
export function controlPlanePki(options: PkiOptions): ReadonlyMap<string, string> {
  const { cluster } = options
  const files = new Map<string, string>()
  const ca = authorityOf('kubernetes', keyOf(cluster), options)
  const proxyCa = authorityOf('front-proxy-ca', keyOf(`${cluster} front-proxy`), options)
  const etcdCa = authorityOf('etcd-ca', keyOf(`${cluster} etcd`), options)
  for (const [path, authority] of [['ca', ca], ['front-proxy-ca', proxyCa], ['etcd/ca', etcdCa]] as const) {
    files.set(`${folder}/${path}.crt`, authority.pem)
    files.set(`${folder}/${path}.key`, traditionalPem(authority.key))
  }
  const accounts = keyOf(`${cluster} sa`)
  files.set(`${folder}/sa.key`, traditionalPem(accounts))
  files.set(`${folder}/sa.pub`, publicPem(accounts))
  for (const name of leafNames) for (const [path, text] of renewed(name, options)) files.set(path, text)
  for (const name of kubeconfigNames) for (const [path, text] of renewed(name, options)) files.set(path, text)
  for (const [path, text] of kubeletFiles(options)) files.set(path, text)
  return files
}

/** In the order in which `kubeadm certs` tells of them. */
export const kubeconfigNames = ['admin.conf', 'controller-manager.conf', 'scheduler.conf', 'super-admin.conf'] as const
export const leafNames = ['apiserver', 'apiserver-etcd-client', 'apiserver-kubelet-client', 'etcd-healthcheck-client', 'etcd-peer', 'etcd-server', 'front-proxy-client'] as const

export type Renewable = (typeof kubeconfigNames)[number] | (typeof leafNames)[number]

const paths: Readonly<Record<string, string>> = { 'etcd-healthcheck-client': 'etcd/healthcheck-client', 'etcd-peer': 'etcd/peer', 'etcd-server': 'etcd/server' }

const users: Readonly<Record<string, { readonly name: string; readonly organization?: string }>> = {
  'admin.conf': { name: 'kubernetes-admin', organization: 'kubeadm:cluster-admins' },
  'super-admin.conf': { name: 'kubernetes-super-admin', organization: 'system:masters' },
  'controller-manager.conf': { name: 'system:kube-controller-manager' },
  'scheduler.conf': { name: 'system:kube-scheduler' },
}

/** The files of one certificate, made anew. */
export function renewed(name: Renewable, options: PkiOptions): readonly (readonly [string, string])[] {
  const ca = authorityOf('kubernetes', keyOf(options.cluster), options)
  const user = users[name]
  if (user) return [[`/etc/kubernetes/${name}`, kubeconfigOf({ ...user, ca, options })]]
  const etcdCa = authorityOf('etcd-ca', keyOf(`${options.cluster} etcd`), options)
  const proxyCa = authorityOf('front-proxy-ca', keyOf(`${options.cluster} front-proxy`), options)
  const { node, ip, serviceIp = '10.96.0.1', names = [] } = options
  const both = 'serverAuth,clientAuth'
  const local = `DNS:${node},DNS:localhost,IP:${ip},IP:127.0.0.1,IP:::1`
  const extra = names.map((one) => (/^\d+(\.\d+){3}$/.test(one) ? `,IP:${one}` : `,DNS:${one}`)).join('')
  const leaf: Leaf & { readonly by: Authority } = {
    apiserver: { by: ca, name: 'kube-apiserver', uses: 'serverAuth', alternatives: `DNS:${node},DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local,IP:${serviceIp},IP:${ip}${extra}` },
    'apiserver-etcd-client': { by: etcdCa, name: 'kube-apiserver-etcd-client', uses: 'clientAuth' },
    'apiserver-kubelet-client': { by: ca, name: 'kube-apiserver-kubelet-client', organization: 'kubeadm:cluster-admins', uses: 'clientAuth' },
    'etcd-healthcheck-client': { by: etcdCa, name: 'kube-etcd-healthcheck-client', uses: 'clientAuth' },
    'etcd-peer': { by: etcdCa, name: node, uses: both, alternatives: local },
    'etcd-server': { by: etcdCa, name: node, uses: both, alternatives: local },
    'front-proxy-client': { by: proxyCa, name: 'front-proxy-client', uses: 'clientAuth' },
  }[name as (typeof leafNames)[number]]
  const { pem, key } = signed(leaf.by, leaf, options)
  const path = `${folder}/${paths[name] ?? name}`
  return [[`${path}.crt`, pem], [`${path}.key`, traditionalPem(key)]]
}

/** What a joined machine has. */
export function kubeletFiles(options: PkiOptions): readonly (readonly [string, string])[] {
  const ca = authorityOf('kubernetes', keyOf(options.cluster), options)
  const { pem, key } = signed(ca, { name: `system:node:${options.node}`, organization: 'system:nodes', uses: 'clientAuth' }, options)
  return [
    [`${folder}/ca.crt`, ca.pem],
    ['/var/lib/kubelet/pki/kubelet-client-current.pem', pem + traditionalPem(key)],
    ['/etc/kubernetes/kubelet.conf', `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: ${base64Of(bytesOf(ca.pem))}
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
`],
  ]
}

/** A kubeconfig for somebody: `kubeadm kubeconfig user`. */
export function userKubeconfig(user: { readonly name: string; readonly organization?: string }, options: PkiOptions): string {
  return kubeconfigOf({ ...user, ca: authorityOf('kubernetes', keyOf(options.cluster), options), options })
}

function kubeconfigOf({ name, organization, ca, options }: { readonly name: string; readonly organization?: string; readonly ca: Authority; readonly options: PkiOptions }): string {
  const { pem, key } = signed(ca, { name, organization, uses: 'clientAuth' }, options)
  return `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: ${base64Of(bytesOf(ca.pem))}
    server: ${options.endpoint}
  name: kubernetes
contexts:
- context:
    cluster: kubernetes
    user: ${name}
  name: ${name}@kubernetes
current-context: ${name}@kubernetes
kind: Config
preferences: {}
users:
- name: ${name}
  user:
    client-certificate-data: ${base64Of(bytesOf(pem))}
    client-key-data: ${base64Of(bytesOf(traditionalPem(key)))}
`
}

const authorities = new Map<string, Authority>()

function authorityOf(name: string, key: PrivateKey, { cluster, born }: PkiOptions): Authority {
  const id = `${cluster} ${name}`
  const known = authorities.get(id)
  if (known) return known
  const subject = nameDer([{ type: 'CN', value: name }])
  const made = { name, key, pem: certificatePem(makeCertificate({ subject, key, issuer: subject, issuerKey: key, serial: serialOf(id), notBefore: born, notAfter: born + 10 * yearMs, extensions: extensionsOf({ keyUsage: 'critical,digitalSignature,keyEncipherment,keyCertSign', basicConstraints: 'critical,CA:TRUE', subjectKeyIdentifier: 'hash', ...(name !== 'etcd-ca' && name !== 'front-proxy-ca' ? { subjectAltName: 'DNS:kubernetes' } : { subjectAltName: `DNS:${name}` }) }, key, key) })) }
  authorities.set(id, made)
  return made
}

function signed(by: Authority, { name, organization, uses, alternatives }: Leaf, { now, random }: PkiOptions): { readonly pem: string; readonly key: PrivateKey } {
  const key = makeEcKey('prime256v1', random)
  const subject = nameDer([...(organization ? [{ type: 'O', value: organization }] : []), { type: 'CN', value: name }])
  const extensions = extensionsOf({ keyUsage: 'critical,digitalSignature,keyEncipherment', extendedKeyUsage: uses, basicConstraints: 'critical,CA:FALSE', authorityKeyIdentifier: 'keyid', ...(alternatives && { subjectAltName: alternatives }) }, key, by.key)
  return { key, pem: certificatePem(makeCertificate({ subject, key, issuer: nameDer([{ type: 'CN', value: by.name }]), issuerKey: by.key, serial: BigInt(`0x${random.hex(15)}`), notBefore: now, notAfter: now + yearMs, extensions })) }
}

function extensionsOf(wanted: Readonly<Record<string, string>>, key: PrivateKey, issuerKey: PrivateKey) {
  return Object.entries(wanted).flatMap(([name, text]) => extensionFrom(name, text, { key, issuerKey, section: () => undefined }) ?? [])
}

function serialOf(id: string): bigint {
  return BigInt(`0x${sha256Hex(bytesOf(id)).slice(0, 15)}`)
}

/** `sha256:…` over the authority's public key, as `--discovery-token-ca-cert-hash` wants it. */
export function caCertHash(cluster: string): string {
  return `sha256:${sha256Hex(publicDer(keyOf(cluster)))}`
}

/** The certificate in a file of the above, be it PEM or a kubeconfig. */
export function certificateIn(text: string): Certificate | undefined {
  const inside = /client-certificate-data: (\S+)/.exec(text)?.[1]
  const block = pemBlocks(inside === undefined ? text : textOf(bytesOfBase64(inside))).find(({ label }) => label === 'CERTIFICATE')
  return block && certificateOf(block.bytes)
}
