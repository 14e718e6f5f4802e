/**
 * One Kubernetes cluster: a store, an API server in front of it, the control loops, and a kubelet on each machine. Components can be
 * stopped one by one, as their processes can be killed: the rest goes on with what it knows.
 */
import type { Cancel, Clock } from '../base/clock.ts'
import type { HttpHandler } from '../base/http.ts'
import type { Random } from '../base/random.ts'
import { WaitQueue } from '../base/wait-queue.ts'
import { traditionalPem } from '../base/pki/keys.ts'
import { tellIdentity } from './api/identity.ts'
import { authorityCertificate, issuedCertificate, keyFor, serialOf } from './api/access/authority.ts'
import { credentialsOf, type Credentials } from './api/access/credentials.ts'
import { ApiServer, stampResourceVersion } from './api/server.ts'
import type { Client } from './api/client.ts'
import { Etcd } from './api/etcd/etcd.ts'
import { type ApiServerSettings, apiServerSettings } from './controllers/api-server-settings.ts'
import { etcdData, isTrustedByEtcd } from './controllers/etcd-data.ts'
import { controlPlaneManifests } from './controllers/control-plane-manifests.ts'
import { ControlPlanes } from './controllers/control-planes.ts'
import { manifestFolder } from './controllers/kubelet/static-pods.ts'
import { kubeFirewall } from './controllers/kube-chains.ts'
import { clusterDns as clusterNames } from './controllers/cluster-dns.ts'
import { controllerManager } from './controllers/index.ts'
import { endpointsOf, kubeProxy } from './controllers/kube-proxy.ts'
import { type KubeletAccess, kubeletDoor, kubeletHealth, readOnlyDoor, usualAccess } from './controllers/kubelet/door.ts'
import { startKubelet, type Kubelet, type NodeFacts } from './controllers/kubelet/kubelet.ts'
import { type NetworkPolicies, networkPolicies } from './controllers/network-policy.ts'
import { podRoutes } from './controllers/pod-routes.ts'
import { addonsOf, install, type Addon } from './controllers/addons.ts'
import { corefile } from './controllers/core-dns.ts'
import { handmadeWorkloads } from './controllers/handmade-workloads.ts'
import { kubeadmWorkloads } from './controllers/kubeadm-workloads.ts'
import { installSystemObjects } from './controllers/system-objects.ts'
import { labelValues, orphanValues } from './controllers/objects.ts'
import { runController, type Surroundings } from './controllers/run.ts'
import { scheduler } from './controllers/scheduler.ts'
import type { V1Pod, V1Taint } from './kinds/generated/types.ts'
import type { ContainerRuntime } from './runtime/runtime.ts'
import { Store } from './store/store.ts'
import type { Answer, NetNamespace, Question } from '../unix/network/network.ts'
import { UnixError } from '../unix/errors.ts'

export { kubeconfigText, type Credentials, type KubeconfigNames } from './api/access/credentials.ts'

/** How a node's machine differs from the usual one. */
export interface NodeHardware {
  readonly release: string
  readonly containerd: string
  readonly diskBytes: number
  /** The part of the disk below which the kubelet evicts. */
  readonly diskReserve: number
  readonly machineId: string
  /** What lay there before anything was pulled, as the node lists it. */
  readonly imported: readonly { readonly names: readonly string[]; readonly sizeBytes: number }[]
  /** Bytes by repository, where they are not the catalogue's. */
  readonly imageSizes: Readonly<Record<string, number>>
}

/** A machine that can be a node. */
export interface ClusterMachine {
  readonly name: string
  readonly ip: string
  readonly role: 'control-plane' | 'worker'
  readonly runtime: ContainerRuntime
  readonly cpus: number
  readonly memoryBytes: number
  readonly maxPods?: () => number | undefined
  /** Undefined: as kubeadm configures kubelets. */
  readonly kubeletAccess?: () => KubeletAccess
  readonly staticPodFolder?: () => string | undefined
  /** Of the installed package; a kubelet is never newer than its API server here. Undefined: as the cluster. */
  readonly kubeletVersion?: () => string | undefined
  readonly isRuntimeDown?: () => boolean
  /** What its kubelet logs, in klog's form but for the beginning of the line. */
  readonly journal?: (severity: 'I' | 'W' | 'E', text: string) => void
  readonly osImage?: string
  readonly kernelRelease?: string
  readonly hardware?: NodeHardware
  readonly labels?: Readonly<Record<string, string>>
  /** Undefined: a control plane machine keeps ordinary pods away. */
  readonly taints?: readonly V1Taint[]
  readonly isNetworkReady?: () => boolean
  /** The machine's own network; without one (tests of the loops alone) Services are objects only. */
  readonly net?: NetNamespace
}

export interface ClusterOptions {
  readonly name: string
  readonly clock: Clock
  readonly random: Random
  readonly machines: readonly ClusterMachine[]
  readonly podCidr?: string
  readonly apiPort?: number
  readonly clusterDns?: string
  readonly clusterDomain?: string
  readonly version?: string
  /** A store with what was saved; empty for a new cluster. */
  readonly store?: Store
  /** The cluster was there before the learner came: its birth leaves no events. */
  readonly isQuiet?: boolean
  /** CoreDNS and kube-proxy, as kubeadm installs them. */
  readonly hasSystemObjects?: boolean
  /** The control plane's programs run beside the cluster instead of as its static pods, and who set it up wrote CoreDNS and kube-proxy by hand. */
  readonly isHandmade?: boolean
  /** Pods of CoreDNS; kubeadm's two where nothing is said. */
  readonly dnsReplicas?: number
  /** The servers of a node's resolv.conf: whom CoreDNS asks for names that are not the cluster's. */
  readonly nameservers?: () => readonly string[]
  /** Whether anybody listens on the API's port of a control plane: told whenever a control plane's manifests were looked at. */
  readonly onApi?: (machine: string, isUp: boolean) => void
  /** Said to who writes a NetworkPolicy where nothing acts on it. */
  readonly policyWarning?: () => string | undefined
  readonly reach?: ConstructorParameters<typeof ApiServer>[0]['reach']
}

export type Component = 'kube-controller-manager' | 'kube-scheduler'

export interface Cluster {
  readonly name: string
  readonly store: Store
  readonly api: ApiServer
  client(by: string): Client
  readonly machines: ReadonlyMap<string, ClusterMachine>
  /** A client certificate that the cluster's authority signed, as kubeconfigs hold it. */
  credentials(commonName: string, organization?: string): Credentials
  /** A certificate and its key (PEM) for a server with these names: `DNS:localhost`. */
  serving(names: readonly string[]): { readonly certificate: string; readonly key: string; readonly authority: string }
  kubelet(node: string): Kubelet | undefined
  /** What network plugins that know of NetworkPolicies go by. */
  readonly policies: NetworkPolicies
  addNode(machine: ClusterMachine): void
  /** Takes the machine out; its Node object stays until somebody deletes it. */
  removeNode(name: string): void
  powerOff(node: string): void
  powerOn(node: string): void
  /** The kubelet alone: its containers and the rules of the network stay. */
  stopKubelet(node: string): void
  startKubelet(node: string): void
  /** What the API server says it is; a kubelet becomes that when it is started anew. */
  upgrade(version: string): void
  startComponent(component: Component): void
  stopComponent(component: Component): void
  isRunning(component: Component): boolean
  /** The addons that are objects of the cluster: `metrics-server`. */
  readonly addons: ReadonlyMap<string, Addon>
  /** Makes the objects of a manifest. */
  install(manifest: string): void
  stop: Cancel
}

export function createCluster(options: ClusterOptions): Cluster {
  const {
    name,
    clock,
    random,
    podCidr = '10.244.0.0/16',
    clusterDns = '10.96.0.10',
    clusterDomain = 'cluster.local',
    version = 'v1.33.13',
    isQuiet = false,
    isHandmade = false,
    reach,
  } = options
  const hasStaticPods = options.hasSystemObjects === true && !isHandmade
  let current = version
  const store = options.store ?? newStore(clock)
  const address = options.machines.find(({ role }) => role === 'control-plane')?.ip ?? options.machines[0]?.ip ?? ''
  const kubelets = new Map<string, Kubelet>()
  const machines = new Map<string, ClusterMachine>()
  const reachOnNodes = (host: string, port: number): HttpHandler | undefined => {
    if (port === 10250) for (const machine of machines.values()) if (machine.ip === host) return kubelets.get(machine.name)?.http
    return reach?.(host, port)
  }
  const api = new ApiServer({
    store,
    clock,
    random,
    version: () => current,
    address,
    port: options.apiPort,
    reach: reachOnNodes,
    isRunning: (component) => components.has(component),
  })
  store.index('pods', 'label', labelValues)
  store.index('pods', 'orphan', orphanValues)
  store.index('replicasets.apps', 'orphan', orphanValues)
  const surroundings: Surroundings = { store, clock, client: (by) => api.client(by) }
  // The loops are as blind as kubectl while nobody listens on the API's port. Kubelets go on with what they know.
  let isApiUp = true
  const cameUp = new WaitQueue()
  const apiDoor = { isUp: () => isApiUp, cameUp }
  const components = new Map<Component, Cancel>()
  const proxies = new Map<string, Cancel>()
  const doors = new Map<string, Cancel>()
  const joining = new Map<string, Cancel>()
  const certificate = authorityCertificate(api.facts.cluster, 'ca', api.facts.madeAtMs)

  const joined = new Set<string>()
  const isSaved = store.count('nodes') > 0

  const startComponent = (component: Component): void => {
    if (components.has(component)) return
    const controllers =
      component === 'kube-scheduler'
        ? [scheduler({ clock, instance: `default-scheduler-${options.machines[0]?.name ?? name}` })]
        : controllerManager({
            clock,
            random,
            store,
            podCidr,
            certificate,
            isQuiet,
            aggregated: (...asked) => api.aggregated(...asked),
            kindOf: (apiVersion, kind) => api.kindOf(apiVersion, kind),
          })
    const running = controllers.map((controller) => runController(controller, { ...surroundings, api: apiDoor }))
    components.set(component, () => {
      for (const { stop } of running) stop()
    })
  }

  const stopComponent = (component: Component): void => {
    components.get(component)?.()
    components.delete(component)
  }

  const beginKubelet = (node: string): void => {
    const machine = machines.get(node)
    if (!machine || kubelets.has(node)) return
    kubelets.set(
      node,
      startKubelet({
        facts: factsOf(machine, { random, version: current }),
        runtime: machine.runtime,
        surroundings,
        clusterDns,
        clusterDomain,
        token: (namespace, account, { pod, audience, seconds }) =>
          api.token({
            namespace,
            account,
            bound: { kind: 'Pod', name: pod },
            ...(audience ? { audiences: [audience] } : {}),
            ...(seconds ? { seconds } : {}),
          }),
        isQuiet: isQuiet && !joined.has(node),
        ...(hasStaticPods && machine.role === 'control-plane' && { onStaticPods: (names) => followManifests(machine.name, names) }),
        isResumed: isSaved && !joined.has(node),
        ...(machine.isNetworkReady ? { isNetworkReady: machine.isNetworkReady } : {}),
        staticPodFolder: machine.staticPodFolder?.(),
        isRuntimeDown: machine.isRuntimeDown,
        journal: machine.journal,
      }),
    )
    joined.add(node)
    const access = machine.kubeletAccess?.() ?? usualAccess
    const inside = (): HttpHandler | undefined => kubelets.get(node)?.http
    const closes = [
      machine.net?.listen(10250, { http: kubeletDoor({ api, node, access, inside }) }, { seenAs: 'kubelet' }),
      machine.net?.listen(10248, { http: kubeletHealth }, { ip: '127.0.0.1', seenAs: 'kubelet' }),
      access.readOnlyPort > 0 ? machine.net?.listen(access.readOnlyPort, { http: readOnlyDoor(inside) }, { seenAs: 'kubelet' }) : undefined,
    ]
    doors.set(node, () => closes.forEach((close) => close?.()))
  }

  const endKubelet = (node: string): void => {
    doors.get(node)?.()
    doors.delete(node)
    kubelets.get(node)?.stop()
    kubelets.delete(node)
  }

  const powerOn = (node: string): void => {
    const machine = machines.get(node)
    if (!machine || kubelets.has(node)) return
    beginKubelet(node)
    joinNetwork(machine)
  }

  /** The loops run as long as their static pods are asked for. */
  const settingsOf = hasStaticPods && options.machines[0] ? apiServerSettings(options.machines[0].runtime.files, clock) : undefined
  let settings: ApiServerSettings | undefined
  api.auditLog = () => settings?.auditLog
  if (options.policyWarning) api.policyWarning = options.policyWarning

  const apiServerContainer = (): string => {
    const pod = store.get('pods', `kube-system/kube-apiserver-${options.machines[0]?.name}`) as V1Pod | undefined
    return pod?.status?.containerStatuses?.[0]?.containerID ?? ''
  }

  const controlPlanes = new ControlPlanes()

  const followManifests = (node: string, names: ReadonlySet<string>): void => {
    const isFirst = node === options.machines[0]?.name
    if (isFirst) settings = settingsOf?.(apiServerContainer())
    if (isFirst && settings && !settings.isFaulty) {
      api.encryption.follow(settings.encryption)
      api.settings = settings.server
    }
    if (isFirst) data?.look(names.has('etcd'))
    controlPlanes.follow(node, isFirst && settings?.isFaulty ? new Set([...names].filter((name) => name !== 'kube-apiserver')) : names)
    review()
  }

  const review = (): void => {
    const standing = controlPlanes.standing()
    for (const machine of machines.values()) {
      if (machine.role !== 'control-plane') continue
      serveEtcd(machine, standing.etcd.has(machine.name))
      options.onApi?.(machine.name, standing.api.has(machine.name))
    }
    for (const component of ['kube-controller-manager', 'kube-scheduler'] as const) {
      if (standing.runs(component)) startComponent(component)
      else stopComponent(component)
    }
    const isUp = standing.api.size > 0
    const isBack = isUp && !isApiUp
    isApiUp = isUp
    if (isBack) cameUp.wake()
  }

  const etcdDoors = new Map<string, Cancel>()
  const serveEtcd = ({ name: node, ip, net }: ClusterMachine, isUp: boolean): void => {
    if (!net || isUp === etcdDoors.has(node)) return
    etcdDoors.get(node)?.()
    etcdDoors.delete(node)
    if (!isUp) return
    const etcd = new Etcd({
      store,
      clock,
      member: node,
      ip,
      members: () =>
        [...controlPlanes.members].flatMap((name) => {
          const machine = machines.get(name)
          return machine ? [{ name, ip: machine.ip }] : []
        }),
      leader: () => [...controlPlanes.standing().etcd][0] ?? node,
      encryption: api.encryption,
      trusts: (certificate) => [...machines.values()].some(({ runtime }) => isTrustedByEtcd(runtime.files, certificate)),
    })
    const closes = ['127.0.0.1', ip].map((at) => net.listen(2379, { http: etcd }, { ip: at, seenAs: 'etcd' }))
    etcdDoors.set(node, () => closes.forEach((close) => close()))
  }

  const powerOff = (node: string): void => {
    const machine = machines.get(node)
    if (hasStaticPods && machine?.role === 'control-plane') {
      controlPlanes.silence(node)
      serveEtcd(machine, false)
      review()
    }
    joining.get(node)?.()
    joining.delete(node)
    endKubelet(node)
    proxies.get(node)?.()
    proxies.delete(node)
  }

  /** kube-proxy's rules, the routes of the pod network, and the cluster's names on the way out of every pod. */
  const joinNetwork = ({ name: node, net }: ClusterMachine): void => {
    if (!net) return
    const proxy = runController(kubeProxy({ node, net, clock, random }), surroundings)
    const routes = runController(podRoutes({ node, net }), surroundings)
    const otherRules = net.firewall
    net.firewall ??= () => kubeFirewall(net.rules, podCidr)
    if (!net.interfaces.some((each) => each.name === 'nodelocaldns'))
      net.attach({ name: 'nodelocaldns', members: new Set() }, { name: 'nodelocaldns', ip: clusterDns, prefix: 32 })
    const dns = clusterNames({
      client: api.client('coredns'),
      domain: clusterDomain,
      nameservers: options.nameservers,
      ask: (server, question) => asked(net, server, question),
      isUp: () => !options.hasSystemObjects || endpointsOf(api.client('coredns'), 'kube-system/kube-dns', 'dns').length > 0,
    })
    const closes = [net.listen(53, { dns }, { ip: clusterDns, protocol: 'udp', seenAs: '' })]
    proxies.set(node, () => {
      proxy.stop()
      routes.stop()
      net.firewall = otherRules
      for (const close of closes) close()
    })
  }

  const addNode = (machine: ClusterMachine): void => {
    machines.set(machine.name, machine)
    powerOn(machine.name)
  }

  const [first] = options.machines
  const isNew = store.count('nodes') === 0
  if (
    hasStaticPods &&
    first &&
    (first.runtime.files.kind(manifestFolder) === undefined || (isNew && first.runtime.files.list(manifestFolder).length === 0))
  ) {
    for (const [file, text] of controlPlaneManifests({ node: first.name, ip: first.ip, version, podCidr, apiPort: options.apiPort }))
      first.runtime.files.write(`${manifestFolder}/${file}`, text, 0o600)
  }
  const data = hasStaticPods && first ? etcdData({ files: first.runtime.files, store, onEmpty: () => api.bootstrap() }) : undefined
  if (options.hasSystemObjects) {
    const { dnsReplicas } = options
    const server = `https://${address}:${options.apiPort ?? 6443}`
    const workloads = isHandmade
      ? handmadeWorkloads({ version, node: first?.name ?? '' })
      : kubeadmWorkloads({ version, podCidr, server, dnsReplicas })
    installSystemObjects(api.client(isHandmade ? 'kubectl' : 'kubeadm'), { clusterDns, corefile: corefile(clusterDomain), workloads })
  }
  const silence =
    options.hasSystemObjects && first
      ? tellIdentity({ store, clock, client: api.client('kube-apiserver'), facts: api.facts, host: first.name, isUp: () => isApiUp })
      : undefined
  startComponent('kube-controller-manager')
  startComponent('kube-scheduler')
  // Workers join a cluster that has its control plane already; that is why CoreDNS of a fresh one runs there.
  const isFresh = options.hasSystemObjects === true && store.count('nodes') === 0
  for (const machine of options.machines) {
    machines.set(machine.name, machine)
    if (!isFresh || machine === options.machines[0]) powerOn(machine.name)
    else
      joining.set(
        machine.name,
        clock.after(20, () => joining.delete(machine.name) && powerOn(machine.name)),
      )
  }

  return {
    name,
    store,
    api,
    client: (by) => api.client(by),
    machines,
    credentials: (commonName, organization) => credentialsOf(api.facts, commonName, organization),
    serving(names) {
      const { cluster, madeAtMs } = api.facts
      const key = keyFor(cluster, 'apiserver')
      const issued = issuedCertificate(cluster, {
        commonName: 'kube-apiserver',
        key,
        uses: ['serverAuth'],
        names,
        madeAtMs,
        serial: serialOf(cluster, names.join()),
      })
      return { certificate: issued, key: traditionalPem(key), authority: certificate }
    },
    kubelet: (node) => kubelets.get(node),
    policies: networkPolicies({
      store,
      dnsAddress: clusterDns,
      addressesOf: (node) => machines.get(node)?.net?.interfaces.map(({ ip }) => ip) ?? [],
    }),
    addNode,
    removeNode(node) {
      powerOff(node)
      controlPlanes.remove(node)
      machines.delete(node)
    },
    powerOff,
    powerOn,
    stopKubelet: endKubelet,
    startKubelet: beginKubelet,
    upgrade(to) {
      current = to
    },
    startComponent,
    stopComponent,
    isRunning: (component) => components.has(component),
    addons: addonsOf(api.client('minikube')),
    install: (manifest) => install(api.client('minikube'), manifest),
    stop() {
      silence?.()
      for (const component of [...components.keys()]) stopComponent(component)
      for (const node of machines.keys()) powerOff(node)
    },
  }
}

export function newStore(clock: Clock): Store {
  return new Store({ clock, stamp: stampResourceVersion })
}

function factsOf(machine: ClusterMachine, { random, version }: { random: Random; version: string }): NodeFacts {
  const isControlPlane = machine.role === 'control-plane'
  const { hardware } = machine
  return {
    name: machine.name,
    ip: machine.ip,
    cpus: machine.cpus,
    memoryBytes: machine.memoryBytes,
    diskBytes: hardware?.diskBytes ?? 252 * 2 ** 30,
    diskReserve: hardware?.diskReserve ?? 0.1,
    importedImages: hardware?.imported ?? [],
    maxPods: machine.maxPods?.() ?? 110,
    labels: {
      ...(isControlPlane
        ? { 'node-role.kubernetes.io/control-plane': '', 'node.kubernetes.io/exclude-from-external-load-balancers': '' }
        : {}),
      ...machine.labels,
    },
    taints: machine.taints ?? (isControlPlane ? [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] : []),
    machineId: hardware?.machineId ?? random.hex(32),
    bootId: random.uuid(),
    kernelRelease: machine.kernelRelease ?? '6.1.0-37-amd64',
    osImage: machine.osImage ?? 'Debian GNU/Linux 12 (bookworm)',
    kubeletVersion: lower(machine.kubeletVersion?.() ?? version, version),
  }
}

function lower(a: string, b: string): string {
  const patch = (version: string): number => Number(version.split('.')[2] ?? 0)
  return patch(a) < patch(b) ? a : b
}

/** Undefined: nobody is there. */
function asked(net: NetNamespace, ip: string, question: Question): Answer | undefined {
  try {
    return net.ask({ ip, port: 53 }, question)
  } catch (error) {
    if (error instanceof UnixError) return undefined
    throw error
  }
}
