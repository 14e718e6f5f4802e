/**
 * What kubeadm does to machines and clusters, asked over the machines API. The tool tells; this acts: it writes files, starts kubelets, keeps the
 * bootstrap tokens as the Secrets they are.
 */
import { base64Of, bytesOf, bytesOfBase64, textOf } from '../base/bytes.ts'
import type { Clock } from '../base/clock.ts'
import { ByteStream, type HttpResponse, jsonResponse } from '../base/http.ts'
import type { Random } from '../base/random.ts'
import type { InitWish, JoinFacts, JoinWish, Progress } from '../cli/machines.ts'
import type { V1Node, V1Secret } from '../engine/kinds/generated/types.ts'
import { hostsEntry } from '../unix/network/names.ts'
import type { Clusters } from './clusters.ts'
import type { ClusterSpec } from './cluster-spec.ts'
import { downloadCerts, sharedPaths, uploadCerts } from './kubeadm-certs.ts'
import { type Client, put, uploadConfig } from './kubeadm-objects.ts'
import { kubeletSettings, putFiles } from './node-files.ts'
import type { Renewable } from './pki.ts'

export interface KubeadmOptions {
  readonly clusters: Clusters
  readonly clock: Clock
  readonly random: Random
}

const newest = 'v1.33.13'
const leftovers = [
  '/etc/kubernetes/manifests',
  '/etc/kubernetes/pki',
  '/etc/kubernetes/admin.conf',
  '/etc/kubernetes/super-admin.conf',
  '/etc/kubernetes/kubelet.conf',
  '/etc/kubernetes/bootstrap-kubelet.conf',
  '/etc/kubernetes/controller-manager.conf',
  '/etc/kubernetes/scheduler.conf',
  '/var/lib/etcd',
  '/var/lib/kubelet',
]

/** Undefined: no such call. */
export function kubeadmCall(options: KubeadmOptions, machine: string, call: string, body: string): HttpResponse | undefined {
  const wish: unknown = body === '' ? {} : JSON.parse(body)
  if (!options.clusters.pki && !['init', 'join', 'reset', 'state'].includes(call)) {
    void options.clusters.loadPki()
    return jsonResponse(425, { message: 'the arithmetic of keys is being loaded' })
  }
  switch (call) {
    case 'init':
      return init(options, machine, wish as InitWish)
    case 'join':
      return join(options, machine, wish as JoinWish)
    case 'reset':
      return reset(options, machine)
    case 'token':
      return createToken(options, machine, wish as TokenWish)
    case 'tokens':
      return jsonResponse(200, { tokens: tokensOf(options, machine) })
    case 'delete-token':
      return deleteToken(options, machine, (wish as { token: string }).token)
    case 'certificates':
      return certificates(options, machine)
    case 'renew':
      return renew(options, machine, (wish as { names: readonly string[] }).names)
    case 'user':
      return user(options, machine, wish as { name: string; organization?: string })
    case 'upgrade':
      options.clusters.upgrade(options.clusters.clusterOf(machine)?.name ?? '', (wish as { version: string }).version)
      return jsonResponse(200, {})
    case 'upload-certs':
      return upload(options, machine, wish as { certificateKey: string })
    case 'manifests':
      return manifests(options, machine, wish as { names: readonly string[] })
    case 'state':
      return jsonResponse(200, state(options, machine))
    default:
      return undefined
  }
}

/** Steps in session time; each act may be followed by waiting until something holds. */
interface Stage {
  readonly progress: Progress
  readonly ms?: number
  readonly act?: () => Progress | undefined | void
  readonly until?: () => boolean
}

function staged({ clock }: KubeadmOptions, stages: readonly Stage[]): HttpResponse {
  const body = new ByteStream()
  const tell = (line: Progress): void => body.write(`${JSON.stringify(line)}\n`)
  const run = (index: number): void => {
    if (index === stages.length) {
      tell({ done: true })
      return body.end()
    }
    const { progress, ms = 0, act, until } = stages[index]
    clock.after(ms, () => {
      const more = act?.()
      tell({ ...progress, ...(more ?? {}) })
      if (more?.error) return body.end()
      const deadline = clock.now() + 240_000
      const wait = (): void => {
        if (!until || until() || clock.now() > deadline) return run(index + 1)
        clock.after(250, wait)
      }
      wait()
    })
  }
  run(0)
  return { status: 200, headers: { 'content-type': 'application/json' }, body }
}

function state({ clusters }: KubeadmOptions, machine: string): object {
  const spec = clusters.clusterOf(machine)
  const index = spec?.nodes.findIndex(({ name }) => name === machine) ?? -1
  const node = spec?.nodes[index] ?? clusters.bare.find(({ name }) => name === machine)
  const nodes = ((spec && clusters.get(spec.name)?.store.list('nodes')) ?? []) as readonly V1Node[]
  return {
    role: spec && isControlPlane(spec, machine) ? 'control-plane' : index > 0 ? 'worker' : 'none',
    version: spec?.version ?? newest,
    newest,
    ip: node?.ip ?? '',
    cpus: node?.cpus ?? 0,
    nodes: spec?.nodes.map(({ name }) => name) ?? [],
    kubelets: Object.fromEntries(nodes.map(({ metadata, status }) => [metadata.name, status?.nodeInfo?.kubeletVersion ?? ''])),
    known: node !== undefined,
    endpoint: spec ? endpointOf(spec) : '',
    ...(spec?.endpoint && { controlPlaneEndpoint: spec.endpoint }),
  }
}

/** Where joining machines are sent. */
const endpointOf = ({ nodes, apiPort, endpoint }: ClusterSpec): string => endpoint ?? `${nodes[0].ip}:${apiPort}`

const isControlPlane = ({ nodes }: ClusterSpec, machine: string): boolean =>
  nodes.some(({ name, isControlPlane: isOne }, index) => name === machine && (index === 0 || isOne === true))

/** The control plane's machine among those of a cluster. */
function planeOf({ clusters }: KubeadmOptions, machine: string): ClusterSpec | undefined {
  const spec = clusters.clusterOf(machine)
  return spec && isControlPlane(spec, machine) ? spec : undefined
}

function upload(options: KubeadmOptions, machine: string, { certificateKey }: { readonly certificateKey: string }): HttpResponse {
  const target = options.clusters.machine(machine)
  const client = clientOf(options, machine)
  if (!planeOf(options, machine) || !target || !client) return noConfig()
  uploadCerts(client, target, certificateKey)
  return jsonResponse(200, {})
}

function manifests(options: KubeadmOptions, machine: string, { names }: { readonly names: readonly string[] }): HttpResponse {
  const spec = planeOf(options, machine)
  if (!spec) return noConfig()
  for (const [path, text] of options.clusters.manifestsOf(machine)) {
    const target = options.clusters.machine(machine)
    if (target && names.includes(path.replace(/^.*\/|\.yaml$/g, ''))) putFiles(target, new Map([[path, text]]))
  }
  return jsonResponse(200, {})
}

function init(options: KubeadmOptions, machine: string, wish: InitWish): HttpResponse {
  const { clusters } = options
  // Kubernetes and its keys are fetched while the preflight checks run; time stands still until they are there.
  void clusters.load()
  void clusters.loadPki()
  const version = wish.kubernetesVersion ? `v${wish.kubernetesVersion.replace(/^v/, '')}` : newest
  const apiPods = (): boolean => clusters.get('kubernetes')?.store.get('nodes', machine) !== undefined
  const name = 'kubernetes'
  let join: JoinFacts | undefined
  return staged(options, [
    { progress: { step: 'preflight' }, ms: 300 },
    { progress: { step: 'pulled' }, ms: 12_000 },
    {
      progress: { step: 'certificates' },
      ms: 900,
      act: () => {
        const endpoint = wish.controlPlaneEndpoint
        clusters.init(machine, {
          ...(wish.podNetworkCidr && { podCidr: wish.podNetworkCidr }),
          ...(endpoint && { endpoint: /:\d+$/.test(endpoint) ? endpoint : `${endpoint}:6443` }),
          version,
        })
        const { pki } = clusters
        const target = clusters.machine(machine)
        const own = { ...clusters.pkiOptions(name), names: [...namesOf(endpoint), ...wish.extraNames] }
        if (target && pki) {
          putFiles(target, pki.controlPlanePki(own))
          putFiles(target, kubeletSettings(machine))
        }
      },
    },
    { progress: { step: 'kubeconfig' }, ms: 300 },
    { progress: { step: 'control-plane' }, ms: 200 },
    { progress: { step: 'kubelet' }, ms: 400, until: apiPods },
    { progress: { step: 'healthy' }, ms: 6_000 },
    {
      progress: { step: 'upload-config' },
      ms: 200,
      act: () => {
        const client = clusters.get(name)?.client('kubeadm')
        if (client)
          uploadConfig(
            client,
            { ...wish, kubernetesVersion: version },
            clusters.machine(machine)?.files.readText('/etc/kubernetes/admin.conf') ?? '',
          )
      },
    },
    {
      progress: { step: 'upload-certs' },
      act: () => {
        const client = clusters.get(name)?.client('kubeadm')
        const target = clusters.machine(machine)
        if (client && target && wish.certificateKey !== '') uploadCerts(client, target, wish.certificateKey)
      },
    },
    { progress: { step: 'mark' }, ms: 100 },
    {
      progress: { step: 'bootstrap-token' },
      ms: 100,
      act: () => {
        join = {
          ...newToken(options, machine, {
            ttlSeconds: 86_400,
            description: "The default bootstrap token generated by 'kubeadm init'.",
            ...(wish.token && { token: wish.token }),
          }),
          caCertHash: clusters.pki?.caCertHash(clusters.pkiOptions(name).cluster) ?? '',
        }
        return { join }
      },
    },
    { progress: { step: 'addons' }, ms: 500 },
  ])
}

interface TokenWish {
  readonly ttlSeconds: number
  readonly token?: string
  readonly description?: string
}

export interface TokenRow {
  readonly token: string
  readonly expires: string | undefined
  readonly description: string
}

function clientOf({ clusters }: KubeadmOptions, machine: string): Client | undefined {
  const spec = clusters.clusterOf(machine)
  return spec && clusters.get(spec.name)?.client('kubeadm')
}

function newToken(options: KubeadmOptions, machine: string, { ttlSeconds, token, description }: TokenWish): Omit<JoinFacts, 'caCertHash'> {
  const { clock, random, clusters } = options
  const letters = 'abcdefghijklmnopqrstuvwxyz0123456789'
  const [id, secret] = (token ?? `${random.letters(6, letters)}.${random.letters(16, letters)}`).split('.')
  const spec = clusters.clusterOf(machine)
  const data = {
    'auth-extra-groups': 'system:bootstrappers:kubeadm:default-node-token',
    description: description ?? '',
    ...(ttlSeconds > 0 && {
      expiration: new Date(Math.floor(clock.now() / 1000) * 1000 + ttlSeconds * 1000).toISOString().replace('.000Z', 'Z'),
    }),
    'token-id': id,
    'token-secret': secret,
    'usage-bootstrap-authentication': 'true',
    'usage-bootstrap-signing': 'true',
  }
  const client = clientOf(options, machine)
  if (client)
    put(client, 'secrets', {
      metadata: { name: `bootstrap-token-${id}`, namespace: 'kube-system' },
      type: 'bootstrap.kubernetes.io/token',
      data: Object.fromEntries(
        Object.entries(data)
          .filter(([, value]) => value !== '')
          .map(([key, value]) => [key, base64Of(bytesOf(value))]),
      ),
    })
  return { endpoint: spec ? endpointOf(spec) : '', token: `${id}.${secret}` }
}

function createToken(options: KubeadmOptions, machine: string, wish: TokenWish): HttpResponse {
  if (!planeOf(options, machine)) return noConfig()
  const join = newToken(options, machine, wish)
  return jsonResponse(200, { ...join, caCertHash: hashOnDisk(options, machine) })
}

/** The hash is over what lies on the disk, as kubeadm works it out. */
function hashOnDisk({ clusters }: KubeadmOptions, machine: string): string {
  const { cluster } = clusters.pkiOptions(clusters.clusterOf(machine)?.name ?? '')
  return clusters.pki?.caCertHash(cluster) ?? ''
}

function noConfig(): HttpResponse {
  return jsonResponse(409, { message: 'failed to load admin kubeconfig: open /root/.kube/config: no such file or directory' })
}

function tokensOf(options: KubeadmOptions, machine: string): readonly TokenRow[] {
  const text = (secret: V1Secret, key: string): string => {
    const value = secret.data?.[key]
    return value === undefined ? '' : textOf(bytesOfBase64(value))
  }
  return (clientOf(options, machine)?.list<V1Secret>('secrets', 'kube-system') ?? [])
    .filter(({ type }) => type === 'bootstrap.kubernetes.io/token')
    .map((secret) => ({
      token: `${text(secret, 'token-id')}.${text(secret, 'token-secret')}`,
      expires: text(secret, 'expiration') || undefined,
      description: text(secret, 'description'),
    }))
}

function deleteToken(options: KubeadmOptions, machine: string, token: string): HttpResponse {
  const id = token.split('.')[0]
  const client = clientOf(options, machine)
  if (!client?.get('secrets', 'kube-system', `bootstrap-token-${id}`))
    return jsonResponse(404, { message: `failed to delete bootstrap token "${id}": secrets "bootstrap-token-${id}" not found` })
  client.delete('secrets', 'kube-system', `bootstrap-token-${id}`)
  return jsonResponse(200, {})
}

function join(options: KubeadmOptions, machine: string, wish: JoinWish): HttpResponse {
  const { clusters, clock } = options
  const [host, port = '6443'] = wish.endpoint.split(':')
  const files = clusters.machine(machine)?.files
  const addresses = [host, ...(files ? hostsEntry(files, host) : [])]
  const target = clusters.names
    .map((name) => clusters.spec(name))
    .find(
      (spec) => spec?.apiPort === Number(port) && spec.nodes.some(({ name, ip }) => isControlPlane(spec, name) && addresses.includes(ip)),
    )
  void clusters.loadPki()
  const known = (): string | undefined => {
    if (!target)
      return `couldn't validate the identity of the API Server: failed to request the cluster-info ConfigMap: Get "https://${wish.endpoint}/api/v1/namespaces/kube-public/configmaps/cluster-info?timeout=10s": dial tcp${addresses.length === 1 && !/^[\d.]+$/.test(host) ? `: lookup ${host}: no such host` : ` ${wish.endpoint}: connect: connection refused`}`
    const row = tokensOf(options, target.nodes[0].name).find(({ token }) => token === wish.token)
    if (!row || (row.expires !== undefined && Date.parse(row.expires) <= clock.now()))
      return `couldn't validate the identity of the API Server: could not find a JWS signature in the cluster-info ConfigMap for token ID "${wish.token.split('.')[0]}"`
    if (wish.caCertHash !== '' && wish.caCertHash !== hashOnDisk(options, target.nodes[0].name))
      return `couldn't validate the identity of the API Server: cluster CA found in cluster-info ConfigMap is invalid: none of the public keys "${hashOnDisk(options, target.nodes[0].name)}" are pinned`
    return undefined
  }
  let problem: string | undefined
  const checked: Stage = {
    progress: {},
    ms: 1_500,
    act: () => ((problem = known()) === undefined ? undefined : { error: { reason: 'preflight', message: problem, exitCode: 1 } }),
  }
  if (wish.controlPlane) return staged(options, [checked, ...controlPlaneStages(options, machine, wish, target)])
  return staged(options, [
    checked,
    { progress: { step: 'preflight' }, ms: 300 },
    {
      progress: { step: 'kubelet' },
      ms: 400,
      act: () => {
        if (!target) return undefined
        clusters.join(machine, target.name, { isControlPlane: false })
        const node = clusters.machine(machine)
        const spec = clusters.spec(target.name)?.nodes.find(({ name }) => name === machine)
        if (node && spec && clusters.pki) {
          putFiles(node, new Map(clusters.pki.kubeletFiles({ ...clusters.pkiOptions(target.name), node: machine, ip: spec.ip })))
          putFiles(node, kubeletSettings(machine))
        }
        return undefined
      },
    },
    {
      progress: { step: 'bootstrap' },
      ms: 1_500,
      until: () => target !== undefined && clusters.get(target.name)?.store.get('nodes', machine) !== undefined,
    },
  ])
}

/** The host of the name for all control planes, as certificates hold it. */
const namesOf = (endpoint: string | undefined): readonly string[] => (endpoint ? [endpoint.replace(/:\d+$/, '')] : [])

/** One more control plane: it has the authorities, its own certificates, an etcd that joins the others, and the components. */
function controlPlaneStages(options: KubeadmOptions, machine: string, wish: JoinWish, target: ClusterSpec | undefined): readonly Stage[] {
  const { clusters } = options
  const node = clusters.machine(machine)
  const unfit = (why: string): Progress => ({
    error: {
      reason: 'preflight',
      message: `\nOne or more conditions for hosting a new control plane instance is not satisfied.\n\n${why}\n\nPlease ensure that:\n* The cluster has a stable controlPlaneEndpoint address.\n* The certificates that must be shared among control plane instances are provided.\n\n`,
      exitCode: 1,
    },
  })
  const missing = (): string | undefined => {
    const lacks = [
      ['certificate for CA', 'certificate', 'ca.crt'],
      ['key for service account', 'private key', 'sa.key'],
      ['certificate for front-proxy CA', 'certificate', 'front-proxy-ca.crt'],
      ['certificate for etcd CA', 'certificate', 'etcd/ca.crt'],
    ].flatMap(([what, kind, name]) => {
      const path = `/etc/kubernetes/pki/${name}`
      return node?.files.exists(path)
        ? []
        : [`failure loading ${what}: couldn't load the ${kind} file ${path}: open ${path}: no such file or directory`]
    })
    return lacks.length === 0 ? undefined : `[${lacks.join(', ')}]`
  }
  return [
    {
      progress: { step: 'preflight' },
      ms: 300,
      act: () => {
        if (!target?.endpoint)
          return unfit("unable to add a new control plane instance to a cluster that doesn't have a stable controlPlaneEndpoint address")
        const why = wish.certificateKey === '' ? missing() : undefined
        return why === undefined ? undefined : unfit(why)
      },
    },
    { progress: { step: 'pull' }, ms: 8_000 },
    {
      progress: { step: wish.certificateKey === '' ? '' : 'download-certs' },
      ms: 300,
      act: () => {
        const client = target && clusters.get(target.name)?.client('kubeadm')
        if (wish.certificateKey === '' || !client || !node) return undefined
        const found = downloadCerts(client, wish.certificateKey)
        if (typeof found === 'string') return { error: { reason: 'control-plane-prepare/download-certs', message: found, exitCode: 1 } }
        putFiles(node, found)
        return undefined
      },
    },
    {
      progress: { step: 'certificates' },
      ms: 900,
      act: () => {
        const { pki } = clusters
        if (!target || !node || !pki) return
        clusters.join(machine, target.name, { isControlPlane: true })
        const ip = clusters.spec(target.name)?.nodes.find(({ name }) => name === machine)?.ip ?? ''
        const own = { ...clusters.pkiOptions(target.name), node: machine, ip, names: namesOf(target.endpoint) }
        // The shared ones are those that lie there already.
        putFiles(
          node,
          new Map([...pki.controlPlanePki(own)].filter(([path]) => !sharedPaths.includes(path) && !path.endsWith('super-admin.conf'))),
        )
        putFiles(node, kubeletSettings(machine))
        putFiles(node, clusters.manifestsOf(machine))
      },
    },
    { progress: { step: 'control-plane' }, ms: 300 },
    {
      progress: { step: 'kubelet' },
      ms: 1_500,
      until: () => target !== undefined && clusters.get(target.name)?.store.get('nodes', machine) !== undefined,
    },
    { progress: { step: 'etcd' }, ms: 4_000 },
    { progress: { step: 'mark' }, ms: 300 },
    { progress: { step: 'healthy' }, ms: 2_000 },
  ]
}

function reset(options: KubeadmOptions, machine: string): HttpResponse {
  const { clusters } = options
  const spec = planeOf(options, machine)
  const others = spec?.nodes.filter(({ name }) => name !== machine && isControlPlane(spec, name)) ?? []
  if (spec?.nodes[0].name === machine && others.length > 0)
    return jsonResponse(409, {
      message: `taking the first control plane out of a cluster that has others is not simulated in this sandbox: reset ${others.map(({ name }) => name).join(' and ')} before it`,
    })
  return staged(options, [
    ...(spec ? [{ progress: { step: 'etcd' }, ms: 300 }] : []),
    { progress: { step: 'kubelet' }, ms: 700, act: () => clusters.leave(machine) },
    {
      progress: { step: 'files' },
      ms: 200,
      act: () => {
        const files = clusters.machine(machine)?.files
        if (files) for (const path of leftovers) if (files.exists(path)) removeTree(files, path)
        files?.mkdir('/etc/kubernetes/manifests', { parents: true })
      },
    },
  ])
}

function removeTree(files: NonNullable<ReturnType<Clusters['machine']>>['files'], path: string): void {
  if (files.lstat(path).kind !== 'directory') return files.unlink(path)
  for (const name of files.list(path)) removeTree(files, `${path}/${name}`)
  files.rmdir(path)
}

function certificates(options: KubeadmOptions, machine: string): HttpResponse {
  const { clusters, clock } = options
  const { pki } = clusters
  const files = clusters.machine(machine)?.files
  if (!pki || !files || !planeOf(options, machine)) return noConfig()
  const read = (path: string): number | undefined => (files.exists(path) ? pki.certificateIn(files.readText(path))?.notAfter : undefined)
  const leafPath = (name: string): string => `/etc/kubernetes/pki/${name.startsWith('etcd-') ? name.replace('etcd-', 'etcd/') : name}.crt`
  const rows = [
    ...pki.kubeconfigNames.map((name) => ({ name, path: `/etc/kubernetes/${name}`, authority: 'ca' })),
    ...pki.leafNames.map((name) => ({
      name,
      path: leafPath(name),
      authority:
        name.startsWith('etcd') || name === 'apiserver-etcd-client' ? 'etcd-ca' : name.startsWith('front') ? 'front-proxy-ca' : 'ca',
    })),
  ]
  const sorted = rows.sort((a, b) => (a.name < b.name ? -1 : 1))
  return jsonResponse(200, {
    now: clock.now(),
    certificates: sorted.map(({ name, path, authority }) => ({ name, authority, expires: read(path) })),
    authorities: [
      ['ca', 'ca'],
      ['etcd-ca', 'etcd/ca'],
      ['front-proxy-ca', 'front-proxy-ca'],
    ].map(([name, path]) => ({ name, expires: read(`/etc/kubernetes/pki/${path}.crt`) })),
  })
}

function renew(options: KubeadmOptions, machine: string, names: readonly string[]): HttpResponse {
  const { clusters } = options
  const spec = planeOf(options, machine)
  const target = clusters.machine(machine)
  const node = spec?.nodes.find(({ name }) => name === machine)
  if (!spec || !node || !target || !clusters.pki) return noConfig()
  const own = { ...clusters.pkiOptions(spec.name), node: machine, ip: node.ip, names: namesOf(spec.endpoint) }
  for (const name of names) putFiles(target, new Map(clusters.pki.renewed(name as Renewable, own)))
  return jsonResponse(200, {})
}

function user(
  { clusters }: KubeadmOptions,
  machine: string,
  wish: { readonly name: string; readonly organization?: string },
): HttpResponse {
  const spec = clusters.clusterOf(machine)
  if (!spec || !clusters.pki) return noConfig()
  return jsonResponse(200, { kubeconfig: clusters.pki.userKubeconfig(wish, clusters.pkiOptions(spec.name)) })
}
