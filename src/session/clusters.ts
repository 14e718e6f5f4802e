/**
 * The clusters of a session and the machines they stand on. A node is a machine with containerd, a kubelet and kube-proxy; the API server
 * listens on the control plane's address. Powering a machine off takes all of it away at once; its disk stays.
 */
import type { Cancel } from '../base/clock.ts'
import type { HttpHandler } from '../base/http.ts'
import type { Cluster, ClusterMachine, Credentials, KubeconfigNames } from '../engine/cluster.ts'
import { DockerEngine } from '../engine/docker/engine.ts'
import type { Registry } from '../engine/docker/images/registry.ts'
import type { Image } from '../engine/images/image.ts'
import type { CoreV1Event, V1Namespace, V1Node, V1Pod } from '../engine/kinds/generated/types.ts'
import type { PodRuntime } from '../engine/runtime/pods.ts'
import { parseReference, repositoryOf } from '../engine/docker/images/reference.ts'
import { UnixError } from '../unix/errors.ts'
import type { MemoryFiles } from '../unix/files/memory-files.ts'
import type { Program } from '../unix/kernel/process.ts'
import { addressesOf, resolvConf } from '../unix/network/names.ts'
import { listenAt } from '../unix/network/unix-socket.ts'
import { createMachine, type Machine } from '../unix/machine.ts'
import { runAhead } from './drive.ts'
import { loadKubectl } from './programs.ts'
import type { World } from './presets.ts'
import { recordedAgeMs, recordedHardware, recordedMachine } from './recorded-cluster.ts'
import { courseRelease, furnishForCourses } from './course-machine.ts'
import { diskOf } from './disk.ts'
import { dockerService } from './docker-service.ts'
import { containerdUnit, kubeletUnit, sshUnit, systemdOf } from './services.ts'
import { type ClusterSpec, minikubePort, minikubeSpec, type NodeSpec } from './cluster-spec.ts'
import { enforcesPolicies, hasNetworkPlugin, kubeRouterUnit, layPlugin, policyWarning } from './network-plugin.ts'
import type { PkiOptions } from './pki.ts'
import type { Systemd } from '../unix/systemd.ts'
import type { Session } from './session.ts'
import type { Saved } from './storage.ts'

export interface ClustersOptions {
  readonly session: Session
  readonly registry: Registry
  readonly programs: ReadonlyMap<string, Program>
  /** First three parts of the wire's addresses. */
  readonly network: string
  /** The name server of the outside. */
  readonly router: string
  readonly saved: Saved | undefined
}

/** Where minikube's machines answer a docker client that shows its certificate. */
const dockerTlsPort = 2376

interface Node {
  spec: NodeSpec
  machine: Machine
  runtime: PodRuntime
  systemd: Systemd
  docker?: DockerEngine
}

interface Running {
  spec: ClusterSpec
  readonly cluster: Cluster
  readonly nodes: Map<string, Node>
  /** By control plane, while something listens on its API's port. */
  readonly closeApi: Map<string, Cancel>
}

type Pki = typeof import('./pki.ts')
type Kubernetes = typeof import('./kubernetes.ts')

/** Kubernetes could not be fetched: the page is offline and was never whole. */
export class NotLoaded extends Error {
  constructor() {
    super('Kubernetes could not be loaded: this page was never whole while it was online')
  }
}

export class Clusters {
  readonly #options: ClustersOptions
  #kubernetes: Kubernetes | undefined
  #pki: Pki | undefined
  readonly #running = new Map<string, Running>()
  /** Machines with the packages of Kubernetes that belong to no cluster. */
  readonly #bare = new Map<string, Node>()

  constructor(options: ClustersOptions) {
    this.#options = options
  }

  /** Fetches Kubernetes; without it `create` throws `NotLoaded`. Session time stands still meanwhile. */
  async load(): Promise<void> {
    if (this.#kubernetes) return
    const release = this.#options.session.clock.hold()
    try {
      this.#kubernetes = await import('./kubernetes.ts')
    } finally {
      release()
    }
  }

  get kubernetes(): Kubernetes {
    if (!this.#kubernetes) throw new NotLoaded()
    return this.#kubernetes
  }

  get isLoaded(): boolean {
    return this.#kubernetes !== undefined
  }

  /** The clusters a fresh world has from the start, up and Ready. */
  async begin(world: World): Promise<void> {
    if (world.kind === 'kubernetes' || world.hasCluster) await Promise.all([this.load(), loadKubectl()])
    if (world.kind === 'kubernetes') {
      const nodes = world.nodes.map((name, index) => ({
        name,
        ip: `${this.#options.network}.${index + 2}`,
        cpus: 2,
        memoryBytes: 8 * 2 ** 30,
        ...(world.isRecorded && { ...recordedMachine, hardware: recordedHardware }),
      }))
      if (world.isBare) {
        this.makeBare(nodes)
        return this.#introduce(nodes)
      }
      const { isControlPlaneTainted, isCourse, isRecorded } = world
      this.create(
        {
          name: 'kubernetes',
          apiPort: 6443,
          nodes,
          isControlPlaneTainted,
          networkPlugin: 'kube-router',
          addons: isCourse ? ['local-path'] : [],
          ...(isRecorded && { isHandmade: true }),
        },
        { isQuiet: true },
      )
      this.#introduce(nodes)
      await this.ready('kubernetes')
      // Courses begin on a cluster that has long been up: its names are answered, its own pods run.
      if (isCourse) {
        await runAhead(this.#options.session.clock, () => this.#isSettled('kubernetes'), 60_000)
        this.#forgetEvents('kubernetes')
      }
      // Its nodes have told once more what images they hold.
      if (isRecorded) await runAhead(this.#options.session.clock, () => false, recordedAgeMs)
      await this.furnish('kubernetes')
      this.#options.session.useCluster(this.machine(nodes[0].name)?.files.readText('/etc/kubernetes/admin.conf') ?? '')
    } else if (world.hasCluster) {
      const { credentials } = this.create(minikubeSpec({ nodes: 1, network: this.#options.network }), { isQuiet: true })
      await this.ready('minikube')
      this.#useCluster(
        { cluster: 'minikube', user: 'minikube', context: 'minikube', server: `https://${this.#options.network}.2:8443` },
        credentials('minikube-user', 'system:masters'),
      )
    }
  }

  /** Puts the files of kubeadm on the machines of a cluster that was there before its learners. */
  async furnish(name: string): Promise<void> {
    const running = this.#running.get(name)
    const pki = await this.loadPki()
    if (!running) return
    const { kubeletSettings, packageFiles, putFiles, uploadConfig } = this.kubernetes
    const options = this.pkiOptions(name)
    for (const [index, { machine, spec, systemd }] of [...running.nodes.values()].entries()) {
      const own = { ...options, node: spec.name, ip: spec.ip }
      putFiles(machine, index === 0 ? pki.controlPlanePki(own) : new Map(pki.kubeletFiles(own)))
      putFiles(machine, kubeletSettings(spec.name))
      putFiles(machine, packageFiles)
      systemd.reload()
    }
    if (running.spec.isHandmade) return
    const [first] = running.nodes.values()
    uploadConfig(
      running.cluster.client('kubeadm'),
      { kubernetesVersion: running.spec.version ?? 'v1.33.13', podNetworkCidr: running.spec.podCidr ?? '10.244.0.0/16' },
      first.machine.files.readText('/etc/kubernetes/admin.conf'),
    )
  }

  /** What makes a network plugin of a cluster's own, to be installed once it is there; undefined for those that are not simulated. */
  async pluginManifest(plugin: string): Promise<string | undefined> {
    const release = this.#options.session.clock.hold()
    try {
      return (await import('./sites/network-plugins.ts')).manifestOf(plugin)
    } finally {
      release()
    }
  }

  /** The files of kubeadm, fetched when first needed. */
  async loadPki(): Promise<Pki> {
    if (this.#pki) return this.#pki
    const release = this.#options.session.clock.hold()
    try {
      this.#pki = await import('./pki.ts')
      return this.#pki
    } finally {
      release()
    }
  }

  /** What the certificates of a cluster are made from. */
  pkiOptions(name: string): PkiOptions {
    const running = this.#running.get(name)
    if (!running) throw new Error(`there is no cluster "${name}"`)
    const [first] = running.spec.nodes
    const system = running.cluster.store.get('namespaces', 'kube-system') as V1Namespace | undefined
    const { clock, random } = this.#options.session
    return {
      cluster: system?.metadata.uid ?? '',
      node: first.name,
      ip: first.ip,
      endpoint: `https://${running.spec.endpoint ?? `${first.ip}:${running.spec.apiPort}`}`,
      now: clock.now(),
      born: Date.parse(String(system?.metadata.creationTimestamp)),
      random,
    }
  }

  #useCluster(names: KubeconfigNames, credentials: Credentials): void {
    if (this.#kubernetes) this.#options.session.useCluster(this.#kubernetes.kubeconfigText(names, credentials))
  }

  async restore(): Promise<void> {
    const { saved } = this.#options
    const specs = (saved?.world.clusters as readonly ClusterSpec[] | undefined) ?? []
    const bare = (saved?.world.bareMachines as readonly NodeSpec[] | undefined) ?? []
    if (specs.length + bare.length > 0) await this.load()
    for (const spec of specs) this.create(spec, { isQuiet: true, saved })
    this.makeBare(bare, saved)
  }

  /** Undefined until it was loaded. */
  get pki(): Pki | undefined {
    return this.#pki
  }

  get names(): readonly string[] {
    return [...this.#running.keys()]
  }

  get(name: string): Cluster | undefined {
    return this.#running.get(name)?.cluster
  }

  spec(name: string): ClusterSpec | undefined {
    return this.#running.get(name)?.spec
  }

  /** Makes machines and the cluster on them; everything else happens in session time. */
  create(
    spec: ClusterSpec,
    { isQuiet = false, saved, machines }: { isQuiet?: boolean; saved?: Saved; machines?: ReadonlyMap<string, Node> } = {},
  ): Cluster {
    const { session } = this.#options
    const { clock, random } = session
    const { createCluster, newStore } = this.kubernetes
    const store = session.adopt(`cluster/${spec.name}`, newStore(clock), saved)
    const nodes = new Map<string, Node>()
    for (const node of spec.nodes) nodes.set(node.name, machines?.get(node.name) ?? this.#node(node, spec.name, saved))
    const cluster = createCluster({
      name: spec.name,
      apiPort: spec.apiPort,
      clock,
      random,
      store,
      isQuiet,
      ...(spec.podCidr && { podCidr: spec.podCidr }),
      ...(spec.version && { version: spec.version }),
      ...(spec.dnsReplicas && { dnsReplicas: spec.dnsReplicas }),
      machines: spec.nodes.map((node, index) => this.#clusterMachine(node, index, spec, nodes.get(node.name) as Node)),
      hasSystemObjects: true,
      ...(spec.isHandmade && { isHandmade: true }),
      onApi: (machine, isUp) => this.#serveApi(spec.name, machine, isUp),
      policyWarning: () => policyWarning((nodes.get(spec.nodes[0].name) as Node).machine, spec.apiPort === minikubePort),
      nameservers: () => nameserversOf((nodes.get(spec.nodes[0].name) as Node).machine.files),
      reach: (host, port) => reached((nodes.get(spec.nodes[0].name) as Node).machine, host, port),
    })
    const running: Running = { spec, cluster, nodes, closeApi: new Map() }
    this.#running.set(spec.name, running)
    this.#serveApi(spec.name, spec.nodes[0].name, true)
    for (const node of spec.nodes) if (node.isOff) this.powerOff(node.name)
    if (!saved) for (const addon of spec.addons ?? []) cluster.addons.get(addon)?.set(true)
    session.onPlanned()
    return cluster
  }

  remove(name: string): void {
    const running = this.#running.get(name)
    if (!running) return
    running.cluster.stop()
    for (const { machine } of running.nodes.values()) machine.powerOff()
    for (const { name: node, hasDocker } of running.spec.nodes) if (hasDocker) this.#options.session.dropStore(`docker/${node}`)
    this.#running.delete(name)
    this.#options.session.dropStore(`cluster/${name}`)
  }

  /** Lets session time run until every node is Ready. */
  async ready(name: string): Promise<boolean> {
    return runAhead(this.#options.session.clock, () => this.isReady(name), 120_000)
  }

  #isSettled(name: string): boolean {
    const pods = (this.#running.get(name)?.cluster.store.list('pods') ?? []) as readonly V1Pod[]
    return pods.every(({ status }) => status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True'))
  }

  /** An API server keeps events for an hour. */
  #forgetEvents(name: string): void {
    const store = this.#running.get(name)?.cluster.store
    for (const { metadata } of (store?.list('events') ?? []) as readonly CoreV1Event[])
      store?.delete('events', `${metadata.namespace}/${metadata.name}`, { by: 'kube-apiserver', because: 0 })
  }

  isReady(name: string): boolean {
    const running = this.#running.get(name)
    if (!running) return false
    const nodes = running.cluster.store.list('nodes') as readonly V1Node[]
    return (
      nodes.length >= running.spec.nodes.length &&
      nodes.every(({ status }) => status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True'))
    )
  }

  trees(): ReadonlyMap<string, MemoryFiles> {
    const bare = [...this.#bare.values()].map((node) => [`bare/${node.spec.name}`, node.machine.disk] as const)
    return new Map([
      ...bare,
      ...[...this.#running.values()].flatMap(({ spec, nodes }) =>
        [...nodes.values()].map((node) => [`${spec.name}/${node.spec.name}`, node.machine.disk] as const),
      ),
    ])
  }

  saved(): readonly ClusterSpec[] {
    return [...this.#running.values()].map(({ spec }) => spec)
  }

  handlers(): ReadonlyMap<string, HttpHandler> {
    return new Map([...this.#running].map(([name, { cluster }]) => [name, cluster.api]))
  }

  machine(name: string): Machine | undefined {
    return this.#find(name)?.node.machine ?? this.#bare.get(name)?.machine
  }

  /** Nothing is heard of a node's kubelet any more; what it started goes on. */
  silence(name: string): void {
    this.#find(name)?.running.cluster.stopKubelet(name)
  }

  unsilence(name: string): void {
    this.#find(name)?.running.cluster.startKubelet(name)
  }

  powerOff(name: string): void {
    const found = this.#find(name)
    if (!found) throw new Error(`There is no machine "${name}".`)
    const { running, node } = found
    running.cluster.powerOff(name)
    node.docker?.stop()
    node.machine.powerOff()
    this.#mark(running, name, true)
  }

  powerOn(name: string): void {
    const found = this.#find(name)
    if (!found) throw new Error(`There is no machine "${name}".`)
    const { running, node } = found
    if (node.machine.isOn) return
    const fresh = this.#node(node.spec, running.spec.name, undefined, node.machine.disk)
    Object.assign(node, fresh)
    const index = running.spec.nodes.findIndex((one) => one.name === name)
    if (index === 0) {
      running.closeApi.delete(name)
      this.#serveApi(running.spec.name, name, true)
    }
    running.cluster.removeNode(name)
    running.cluster.addNode(this.#clusterMachine(node.spec, index, running.spec, node))
    this.#mark(running, name, false)
  }

  /** One more worker for a cluster. */
  addNode(name: string): void {
    const running = this.#running.get(name)
    if (!running) throw new Error(`there is no cluster "${name}"`)
    const [first] = running.spec.nodes
    const number = running.spec.nodes.length + 1
    const spec: NodeSpec = {
      ...first,
      name: `${name}-m${String(number).padStart(2, '0')}`,
      ip: `${this.#options.network}.${this.freeHost()}`,
      isOff: false,
    }
    running.spec = { ...running.spec, nodes: [...running.spec.nodes, spec] }
    this.#adopt(running, this.#node(spec, running.spec.name, undefined), number - 1)
  }

  #adopt(running: Running, node: Node, index: number): void {
    running.nodes.set(node.spec.name, node)
    running.cluster.addNode(this.#clusterMachine(node.spec, index, running.spec, node))
  }

  /** Takes a machine away, with its Node object. */
  removeNode(name: string): void {
    const found = this.#find(name)
    if (!found) return
    this.#part(found)
    found.node.machine.powerOff()
  }

  #part({ running, node }: { running: Running; node: Node }): void {
    const { name } = node.spec
    running.cluster.removeNode(name)
    running.nodes.delete(name)
    running.spec = { ...running.spec, nodes: running.spec.nodes.filter((one) => one.name !== name) }
  }

  /** Machines without a cluster: their learners make it with kubeadm. */
  makeBare(specs: readonly NodeSpec[], saved?: Saved): void {
    for (const spec of specs) {
      const node = this.#node(spec, 'bare', saved)
      this.#bare.set(spec.name, node)
      node.systemd.stop('kubelet.service')
      this.kubernetes.putFiles(node.machine, this.kubernetes.packageFiles)
      node.systemd.reload()
    }
  }

  get bare(): readonly NodeSpec[] {
    return [...this.#bare.values()].map(({ spec }) => spec)
  }

  /** The cluster that a machine belongs to. */
  clusterOf(machine: string): ClusterSpec | undefined {
    return this.#find(machine)?.running.spec
  }

  /** `kubeadm init` on a bare machine. */
  init(machine: string, wish: Pick<ClusterSpec, 'podCidr' | 'version' | 'endpoint'>): Cluster {
    const node = this.#bare.get(machine)
    if (!node) throw new Error(`there is no bare machine "${machine}"`)
    this.#bare.delete(machine)
    const spec: ClusterSpec = {
      name: 'kubernetes',
      apiPort: 6443,
      nodes: [node.spec],
      isControlPlaneTainted: true,
      needsNetworkPlugin: true,
      ...wish,
    }
    const cluster = this.create(spec, { machines: new Map([[machine, node]]) })
    node.systemd.start('kubelet.service')
    return cluster
  }

  /** By path, what kubeadm writes for the control plane on this machine. */
  manifestsOf(machine: string): ReadonlyMap<string, string> {
    const spec = this.clusterOf(machine)
    const node = spec?.nodes.find(({ name }) => name === machine)
    if (!spec || !node) return new Map()
    const { controlPlaneManifests, manifestFolder } = this.kubernetes
    const index = spec.nodes.indexOf(node)
    const members = spec.nodes.filter((other, at) => at < index && (at === 0 || other.isControlPlane))
    const options = { node: machine, ip: node.ip, version: spec.version ?? 'v1.33.13', podCidr: spec.podCidr ?? '10.244.0.0/16', members }
    return new Map([...controlPlaneManifests(options)].map(([name, text]) => [`${manifestFolder}/${name}`, text]))
  }

  join(machine: string, cluster: string, { isControlPlane }: { readonly isControlPlane: boolean }): void {
    const node = this.#bare.get(machine)
    const running = this.#running.get(cluster)
    if (!node || !running) throw new Error(`${machine} cannot join ${cluster}`)
    this.#bare.delete(machine)
    if (isControlPlane) node.spec = { ...node.spec, isControlPlane }
    running.spec = { ...running.spec, nodes: [...running.spec.nodes, node.spec] }
    this.#adopt(running, node, running.spec.nodes.length - 1)
    node.systemd.start('kubelet.service')
  }

  /** `kubeadm upgrade apply`. */
  upgrade(name: string, version: string): void {
    const running = this.#running.get(name)
    if (!running) return
    running.cluster.upgrade(version)
    running.spec = { ...running.spec, version }
    this.#options.session.onPlanned()
  }

  /** `kubeadm reset`: the machine keeps its disk; with the control plane the cluster is gone. */
  leave(machine: string): void {
    const found = this.#find(machine)
    if (!found) return
    const { running, node } = found
    const isControlPlane = running.spec.nodes[0].name === machine
    this.#part(found)
    node.systemd.stop('kubelet.service')
    running.closeApi.get(machine)?.()
    running.closeApi.delete(machine)
    node.spec = { ...node.spec, isControlPlane: false }
    this.#bare.set(machine, node)
    clear(node)
    if (!isControlPlane) return
    for (const close of running.closeApi.values()) close()
    for (const other of [...running.nodes.values()]) {
      this.#part({ running, node: other })
      this.#bare.set(other.spec.name, other)
    }
    running.cluster.stop()
    this.#running.delete(running.spec.name)
    this.#options.session.dropStore(`cluster/${running.spec.name}`)
  }

  /** Last part of the first address on the wire that no machine has. */
  freeHost(): number {
    const taken = [...this.#running.values()].flatMap(({ spec }) => spec.nodes.map(({ ip }) => Number(ip.split('.')[3])))
    return Math.max(1, ...taken) + 1
  }

  stop(): void {
    for (const name of [...this.#running.keys()]) this.remove(name)
    for (const { machine } of this.#bare.values()) machine.powerOff()
  }

  #find(name: string): { running: Running; node: Node } | undefined {
    for (const running of this.#running.values()) {
      const node = running.nodes.get(name)
      if (node) return { running, node }
    }
    return undefined
  }

  /** The machines of a cluster that was set up for its learners know each other by name, and take each other's host keys without asking. */
  #introduce(nodes: readonly { readonly name: string; readonly ip: string }[]): void {
    const lines = nodes.map(({ name, ip }) => `${ip} ${name}\n`).join('')
    for (const { files } of [this.#options.session.laptop, ...nodes.flatMap(({ name }) => this.machine(name) ?? [])]) {
      files.writeFile('/etc/hosts', `${files.readText('/etc/hosts')}\n${lines}`)
      files.mkdir('/etc/ssh', { parents: true })
      files.writeFile('/etc/ssh/ssh_config', 'Host *\n    StrictHostKeyChecking accept-new\n')
    }
  }

  #mark(running: Running, name: string, isOff: boolean): void {
    running.spec = { ...running.spec, nodes: running.spec.nodes.map((node) => (node.name === name ? { ...node, isOff } : node)) }
  }

  #node(spec: NodeSpec, cluster: string, saved: Saved | undefined, disk?: MemoryFiles): Node {
    const { session, programs, registry, network, router } = this.#options
    const { clock, random } = session
    const { containerdSocket, criServer, klogLine, kubeletNotes, kubeletRefusal, lostKubelet, PodRuntime } = this.kubernetes
    const machine = createMachine({
      name: spec.name,
      clock,
      random,
      programs,
      disk: disk ?? diskOf(saved, `${cluster}/${spec.name}`, clock),
      ...(spec.login && { users: [{ name: spec.login, uid: 1000 }] }),
      cpus: spec.cpus,
      memoryBytes: spec.memoryBytes,
      release: session.world_.isCourse ? courseRelease : spec.hardware?.release,
      interfaces: [{ segment: session.wire, name: 'eth0', ip: spec.ip, prefix: 24 }],
      gateway: `${network}.1`,
      nameservers: [router],
    })
    if (session.world_.isCourse && !saved && !disk) furnishForCourses(machine, { hasKubectl: true })
    session.watchFaults(machine)
    const lost = (): string | undefined => {
      const running = this.#find(spec.name)?.running
      const [first] = running?.spec.nodes ?? []
      // A name for the control plane may lead over machines that are none of the cluster's.
      const addresses = [...session.wire.members].flatMap(({ interfaces }) => interfaces.map(({ ip }) => ip))
      return first && running && lostKubelet(machine.files, spec.name, { port: running.spec.apiPort, addresses })
    }
    const kubelet = {
      start: () => {
        if (lost() === undefined) this.#find(spec.name)?.running.cluster.startKubelet(spec.name)
      },
      stop: () => this.#find(spec.name)?.running.cluster.stopKubelet(spec.name),
      check: (argv: readonly string[]) => {
        const why = lost()
        return {
          refusal: kubeletRefusal(machine.files, clock.now(), argv),
          notes: [...kubeletNotes(machine.files, clock.now()), ...(why === undefined ? [] : [klogLine(clock.now(), 'E', why)])],
        }
      },
    }
    let closeCri: Cancel = () => {}
    const containerd = {
      start: () => {
        closeCri = listenAt(machine.files, containerdSocket, { http: criServer(runtime) }, { mode: 0o660 })
        runtime.isDown = false
      },
      stop: () => {
        closeCri()
        runtime.isDown = true
      },
    }
    const systemd = systemdOf(machine, clock, [containerdUnit(containerd), kubeletUnit(kubelet), sshUnit(machine)])
    session.openMachines(machine)
    const podCidr = () => (this.#find(spec.name)?.running.cluster.store.get('nodes', spec.name) as V1Node | undefined)?.spec?.podCIDR
    const policies = () => {
      const found = this.#find(spec.name)?.running.cluster.policies
      return found?.isAny && enforcesPolicies(machine) ? found : undefined
    }
    const runtime = new PodRuntime({
      policies,
      host: machine,
      registry,
      clock,
      random,
      nodeIp: spec.ip,
      podCidr,
      version: spec.hardware?.containerd,
      imageSizes: spec.hardware?.imageSizes,
      imageBeside: (name) => imageIn(this.#find(spec.name)?.node.docker, name),
      imageLoadedBefore: (name) => imageIn(session.docker, name),
    })
    machine.files.mkdir('/run/containerd', { parents: true })
    containerd.start()
    const node: Node = { spec, machine, runtime, systemd }
    if (spec.hasDocker) this.#startDocker(node, saved)
    return node
  }

  /** The Docker engine of a node, as minikube's machines have one; it begins when it is first asked for. */
  openDocker(name: string): void {
    const found = this.#find(name)
    if (!found || found.node.docker) return
    this.#startDocker(found.node, undefined)
    found.node.spec = { ...found.node.spec, hasDocker: true }
    found.running.spec = {
      ...found.running.spec,
      nodes: found.running.spec.nodes.map((node) => (node.name === name ? { ...node, hasDocker: true } : node)),
    }
    this.#options.session.onPlanned()
  }

  #startDocker(node: Node, saved: Saved | undefined): void {
    const { session, registry } = this.#options
    const { machine, spec } = node
    const store = `docker/${spec.name}`
    const isNew = saved === undefined && !session.stores().has(store)
    node.docker = new DockerEngine({
      machine,
      store: session.stores().get(store) ?? session.store(store, saved),
      clock: session.clock,
      random: session.random,
      registry,
    })
    if (!isNew) node.docker.restore()
    node.systemd.add(dockerService(machine, node.docker, dockerTlsPort).unit)
  }

  /** `minikube tunnel`: the learner's machine reaches the cluster's Services through its control plane. */
  tunnel(cluster: string, isOpen: boolean): void {
    const via = this.#running.get(cluster)?.spec.nodes[0].ip
    const { routes } = this.#options.session.laptop.net
    const at = routes.findIndex((route) => route.via === via)
    if (isOpen && at < 0 && via !== undefined) routes.push({ network: '10.96.0.0', prefix: 12, via })
    if (!isOpen && at >= 0) routes.splice(at, 1)
  }

  /** `minikube image load`: an image of the learner's own engine, or else of a registry, on every node. */
  loadImage(cluster: string, name: string): boolean {
    const running = this.#running.get(cluster)
    const { domain, path, tag, digest } = parseReference(name)
    const image =
      imageIn(this.#options.session.docker, name) ??
      this.#options.registry.find(repositoryOf({ domain, path, tag, digest }), digest ?? tag ?? 'latest')
    if (!running || !image) return false
    for (const { runtime } of running.nodes.values()) runtime.images.add(name, image)
    return true
  }

  #clusterMachine(node: NodeSpec, index: number, spec: ClusterSpec, { runtime, machine, systemd }: Node): ClusterMachine {
    const { needsNetworkPlugin, networkPlugin = 'bridge' } = spec
    if (!needsNetworkPlugin) layPlugin(machine, networkPlugin)
    if (networkPlugin === 'kube-router') systemd.add(kubeRouterUnit())
    return {
      name: node.name,
      ip: node.ip,
      role: index === 0 || node.isControlPlane ? 'control-plane' : 'worker',
      runtime,
      net: machine.net,
      cpus: node.cpus,
      memoryBytes: node.memoryBytes,
      ...(node.hardware && { hardware: node.hardware }),
      kernelRelease: machine.kernel.release,
      osImage: /^PRETTY_NAME="?([^"\n]*)/m.exec(machine.files.readText('/etc/os-release'))?.[1],
      maxPods: () => this.kubernetes.maxPodsIn(machine.files) ?? node.maxPods,
      kubeletAccess: () => this.kubernetes.accessIn(machine.files),
      staticPodFolder: () => this.kubernetes.staticPodPathIn(machine.files),
      kubeletVersion: () => this.kubernetes.kubernetesVersion(machine.files, 'kubelet'),
      isRuntimeDown: () => runtime.isDown,
      journal: (severity, text) =>
        systemd.note('kubelet.service', this.kubernetes.klogLine(this.#options.session.clock.now(), severity, text)),
      ...(needsNetworkPlugin && { isNetworkReady: () => hasNetworkPlugin(machine) }),
      ...(index === 0 && !spec.isControlPlaneTainted && { taints: [] }),
    }
  }

  /** kube-apiserver listens as long as its manifest (and etcd's) lies on its machine, and etcd answers. */
  #serveApi(name: string, machine: string, isUp: boolean): void {
    const running = this.#running.get(name)
    const node = running?.nodes.get(machine)
    if (!running || isUp === running.closeApi.has(machine)) return
    running.closeApi.get(machine)?.()
    running.closeApi.delete(machine)
    if (isUp && node)
      running.closeApi.set(
        machine,
        node.machine.net.listen(running.spec.apiPort, { http: running.cluster.api }, { seenAs: 'kube-apiserver' }),
      )
  }
}

/** kubeadm's reset ends every pod of the machine and takes what is mounted for them away. */
function clear({ runtime, machine }: Node): void {
  for (const { sandbox, info } of runtime.containers()) {
    runtime.removeContainer(info.id)
    runtime.removeSandbox(sandbox)
  }
  const { mounts } = machine.files
  for (const { at } of [...mounts]) if (at.startsWith('/var/lib/kubelet/')) machine.files.unmount(at)
}

function imageIn(engine: DockerEngine | undefined, name: string): Image | undefined {
  const images = engine?.daemon.images
  const id = images?.find(name)?.Id
  return id === undefined ? undefined : images?.image(id)
}

/** A server at an address, as seen from a machine; undefined when nothing is there. */
function reached(machine: Machine, host: string, port: number): HttpHandler | undefined {
  let ip = host
  const toAddress = (): string | undefined => {
    const [found] = addressesOf(machine.net, machine.files, host) ?? []
    ip = found ?? host
    return found ? undefined : `dial tcp: lookup ${host} on ${resolvConf(machine.files).servers[0] ?? '127.0.0.1'}:53: no such host`
  }
  return {
    handle(request) {
      try {
        const unknown = toAddress()
        if (unknown !== undefined) return { status: 502, headers: {}, body: unknown }
        return machine.net.request({ ip, port }, request)
      } catch (error) {
        if (!(error instanceof UnixError)) throw error
        return { status: 502, headers: {}, body: `dial tcp ${ip}:${port}: connect: ${error.words.toLowerCase()}` }
      }
    },
    connect(request) {
      try {
        return machine.net.upgrade({ ip, port }, request)
      } catch (error) {
        if (!(error instanceof UnixError)) throw error
        return { status: 502, headers: {}, body: `dial tcp ${ip}:${port}: connect: ${error.words.toLowerCase()}` }
      }
    },
  }
}

function nameserversOf(files: Machine['files']): string[] {
  const text = files.exists('/etc/resolv.conf') ? files.readText('/etc/resolv.conf') : ''
  return [...text.matchAll(/^\s*nameserver\s+(\S+)/gm)].map(([, server]) => server)
}
