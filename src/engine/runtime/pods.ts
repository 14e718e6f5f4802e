/**
 * containerd with a network plugin, as the kubelet sees them: pods' sandboxes and their containers as real processes over the machine's
 * kernel and files. Containers of a pod share its network and host name, each has its own root over the image's layers.
 * Containers do not survive a power cut, as on a real node; images do.
 */
import { joined, textOf } from '../../base/bytes.ts'
import type { Cancel, Clock } from '../../base/clock.ts'
import type { ByteStream, HttpRequest, HttpResponse, Pending, Upgraded } from '../../base/http.ts'
import type { Random } from '../../base/random.ts'
import { UnixError } from '../../unix/errors.ts'
import { OverlayFiles } from '../../unix/files/overlay-files.ts'
import type { Cgroup, Namespaces, Process } from '../../unix/kernel/process.ts'
import { signalOf } from '../../unix/kernel/signals.ts'
import type { Segment } from '../../unix/network/network.ts'
import type { Terminals } from '../../unix/terminals.ts'
import type { NetworkPolicies } from '../controllers/network-policy.ts'
import type { Registry } from '../docker/images/registry.ts'
import type { Image } from '../images/image.ts'
import { daemonMounts, mountsOf } from './container-mounts.ts'
import { launchContainer, withHome } from './container-process.ts'
import { criLog } from './cri-log.ts'
import type { Host } from './host.ts'
import { folderOf, hostFiles } from './host-files.ts'
import { launch, LaunchError } from './launch.ts'
import { filesOfLayer, makeParents, Subtree } from './layer-files.ts'
import { LogFile } from './log-file.ts'
import { logStream } from './log-query.ts'
import { fullName, PodImages } from './pod-images.ts'
import { exitStatus, finish, join, openLine } from './remote-command.ts'
import {
  type ContainerRuntime,
  type ContainerSpec,
  type HostFiles,
  type LogQuery,
  type PodThere,
  type RuntimeContainer,
  RuntimeError,
  type Sandbox,
  type SandboxSpec,
} from './runtime.ts'
import { Stdio } from './stdio.ts'
import { UnknownUser } from './users.ts'

export interface PodRuntimeOptions {
  readonly host: Host
  readonly registry: Registry
  readonly clock: Clock
  readonly random: Random
  /** The machine's own address, for pods in the host's network. */
  readonly nodeIp: string
  /** `10.244.1.0/24`; undefined until the node was given one. */
  readonly podCidr: () => string | undefined
  /** Of containerd. */
  readonly version?: string
  /** Bytes by repository, where they are not the images' own. */
  readonly imageSizes?: Readonly<Record<string, number>>
  /** An image of this name in another engine of the machine. */
  readonly imageBeside?: (name: string) => Image | undefined
  /** An image that was loaded before the power cut, and is in no registry. */
  readonly imageLoadedBefore?: (name: string) => Image | undefined
  /** What the network plugin goes by; undefined as long as every connection may pass. Asked anew for each. */
  readonly policies?: () => NetworkPolicies | undefined
}

interface Pod {
  readonly id: string
  readonly ip: string
  readonly spec: SandboxSpec
  readonly net: Namespaces['net']
  readonly uts: Namespaces['uts']
  readonly sharedPids: Namespaces['pids'] | undefined
  readonly cancels: Cancel[]
  readonly containers: Set<Container>
  readonly createdAt: number
}

interface Container {
  readonly id: string
  readonly pod: Pod
  readonly spec: ContainerSpec
  readonly image: Image
  readonly overlay: OverlayFiles
  readonly log: LogFile
  readonly stdio: Stdio
  readonly createdAt: number
  /** Its own /dev/pts. */
  readonly terminals: Terminals
  namespaces: Namespaces | undefined
  cgroup: Cgroup | undefined
  /** CPU time that its processes took when it was last asked for, and what of it a limit left them, in ns. */
  throttled?: { readonly atMs: number; readonly asked: number; readonly given: number }
  process: Process | undefined
  info: RuntimeContainer
  cancelStop: Cancel | undefined
}

/** Where the kubelet keeps a link to the log, which collectors of logs read. */
function logLink({ pod, spec, id }: Pick<Container, 'pod' | 'spec' | 'id'>): string {
  return `/var/log/containers/${pod.spec.name}_${pod.spec.namespace}_${spec.name}-${id}.log`
}

const sandboxPrefix =
  'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: '

export class PodRuntime implements ContainerRuntime {
  readonly version: string
  readonly files: HostFiles
  readonly images: PodImages
  /** containerd was stopped: what runs goes on, nothing new begins. */
  isDown = false
  readonly #options: PodRuntimeOptions
  readonly #bridge: Segment
  readonly #pods = new Map<string, Pod>()
  readonly #containers = new Map<string, Container>()
  readonly #notes = new Set<(id: string) => void>()
  readonly #addresses = new Set<string>()
  #nextHost = 2
  #nanos = 0

  constructor(options: PodRuntimeOptions) {
    this.#options = options
    this.version = `containerd://${options.version ?? '2.1.4'}`
    this.#bridge = options.host.segment('cni0')
    this.files = hostFiles(options.host)
    this.images = new PodImages(options, this.files)
  }

  #requireUp(): void {
    if (this.isDown)
      throw new RuntimeError(
        'rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial unix /var/run/containerd/containerd.sock: connect: no such file or directory"',
      )
  }

  runSandbox(spec: SandboxSpec): Sandbox {
    this.#requireUp()
    const { host, random, nodeIp } = this.#options
    const id = random.hex(64)
    const uts = spec.hostNetwork ? host.namespaces.uts : { hostname: spec.hostname, domainname: '(none)' }
    const sharedPids = spec.hostPid ? host.kernel.rootPids : spec.sharesProcesses ? host.kernel.pidNamespace() : undefined
    if (spec.hostNetwork) {
      this.#pods.set(id, {
        id,
        ip: nodeIp,
        spec,
        net: host.net,
        uts,
        sharedPids,
        cancels: [],
        containers: new Set(),
        createdAt: this.#options.clock.now(),
      })
      return { id, ip: nodeIp }
    }
    const subnet = this.#options.podCidr()?.replace(/\.\d+\/\d+$/, '')
    if (subnet === undefined)
      throw new RuntimeError(
        'failed to setup network for sandbox: plugin type="bridge" failed (add): no podCIDR was given to this node yet',
      )
    this.#openBridge(subnet)
    const ip = this.#freeAddress(subnet, spec.ip)
    const net = host.netNamespace()
    net.attach(this.#bridge, { name: 'eth0', ip, prefix: 24 })
    net.gateway = `${subnet}.1`
    const key = `${spec.namespace}/${spec.name}`
    const { policies } = this.#options
    if (policies) {
      net.filter = (from, to, packets) => policies()?.mayEnter(key, from.ip, to, packets) ?? true
      net.egress = (to, packets) => policies()?.mayLeave(key, to, packets) ?? true
    }
    const pod: Pod = { id, ip, spec, net, uts, sharedPids, cancels: [], containers: new Set(), createdAt: this.#options.clock.now() }
    for (const { hostPort, containerPort, protocol, hostIp } of spec.hostPorts) {
      const rule = {
        ip: hostIp || undefined,
        port: hostPort,
        protocol,
        targets: () => [{ ip, port: containerPort }],
        comment: `${spec.namespace}/${spec.name} hostport`,
      }
      host.net.rules.push(rule)
      pod.cancels.push(() => host.net.rules.splice(host.net.rules.indexOf(rule), 1))
    }
    this.#pods.set(id, pod)
    return { id, ip }
  }

  removeSandbox(id: string): void {
    const pod = this.#pods.get(id)
    if (!pod) return
    for (const { process } of pod.containers) if (process) process.kernel.kill(process, 'KILL')
    for (const cancel of pod.cancels) cancel()
    if (!pod.spec.hostNetwork) {
      for (const { name } of [...pod.net.interfaces]) pod.net.detach(name)
      this.#addresses.delete(pod.ip)
    }
    this.#pods.delete(id)
  }

  createContainer(sandbox: string, spec: ContainerSpec): string {
    this.#requireUp()
    const { host, random, clock } = this.#options
    const pod = this.#pods.get(sandbox)
    if (!pod) throw new RuntimeError(`failed to find sandbox id ${JSON.stringify(sandbox)}`)
    const name = fullName(spec.image)
    const image = this.images.named(name)
    if (!image) throw new RuntimeError(`failed to get image from containerd ${JSON.stringify(name)}: image not found`)
    const id = spec.id ?? random.hex(64)
    const upper = new Subtree(host.disk, `/var/lib/containerd/snapshots/${id}/fs`)
    const { namespace, name: podName, uid } = pod.spec
    const folder = `/var/log/pods/${namespace}_${podName}_${uid}/${spec.name}`
    makeParents(host.disk, `${folder}/`)
    const log = new LogFile({ disk: host.disk, path: `${folder}/${spec.attempt}.log`, clock, nano: () => this.#nano(), format: criLog })
    const terminals = host.terminals()
    const terminal = spec.tty ? terminals.make({ cols: 80, rows: 24 }) : undefined
    const stdio = new Stdio(host.kernel, { terminal, hasInput: spec.stdin })
    stdio.listen(log)
    const container: Container = {
      id,
      pod,
      spec,
      image,
      overlay: new OverlayFiles(upper, image.layers.map(filesOfLayer).reverse()),
      log,
      stdio,
      createdAt: clock.now(),
      terminals,
      namespaces: undefined,
      cgroup: undefined,
      process: undefined,
      info: { id, state: 'created', startedAt: undefined, finishedAt: undefined, exitCode: 0, reason: undefined, message: undefined },
      cancelStop: undefined,
    }
    this.#containers.set(id, container)
    pod.containers.add(container)
    host.files.mkdir('/var/log/containers', { parents: true })
    if (!host.files.exists(logLink(container))) host.files.symlink(log.path, logLink(container))
    return id
  }

  startContainer(id: string): void {
    const container = this.#required(id)
    const { host, clock } = this.#options
    const { pod, spec, image } = container
    const target = [...pod.containers].find(({ spec: { name } }) => name === spec.processesOf)
    const pids = pod.sharedPids ?? target?.namespaces?.pids ?? host.kernel.pidNamespace()
    const cgroup: Cgroup = {
      path: `/kubepods.slice/kubepods-pod${pod.spec.uid.replaceAll('-', '_')}.slice/cri-containerd-${id}.scope`,
      // Since 1.28, where the node has the second version of control groups.
      isKilledWhole: host.kernel.cgroupVersion === 2,
      ...limitsOf(spec),
    }
    const rootMount = { at: '/', files: container.overlay, root: '/', isReadOnly: false, source: 'overlay' }
    const mounts = mountsOf(host, spec, rootMount)
    const namespaces: Namespaces = { pids, net: pod.net, mounts, uts: pod.uts }
    for (const mount of host.systemMounts({ pids, net: pod.net, uts: pod.uts, cgroup, terminals: container.terminals })) mounts.mount(mount)
    for (const mount of daemonMounts(host, pod, container.overlay)) mounts.mount(mount)
    try {
      container.process = launchContainer(host.kernel, { spec, image, mounts, namespaces, cgroup, stdio: container.stdio, rootMount })
    } catch (error) {
      if (!(error instanceof LaunchError) && !(error instanceof UnknownUser)) throw error
      const message =
        error instanceof LaunchError
          ? `${sandboxPrefix}${error.message}: unknown`
          : `failed to create containerd task: failed to create shim task: ${error.message}`
      container.info = {
        ...container.info,
        state: 'exited',
        startedAt: 0,
        finishedAt: clock.now(),
        exitCode: 128,
        reason: 'StartError',
        message,
      }
      throw new RuntimeError(message, 'RunContainerError')
    }
    container.namespaces = namespaces
    container.cgroup = cgroup
    container.info = { ...container.info, state: 'running', startedAt: clock.now() }
    const { process } = container
    process.kernel.endOf(process).once(() => this.#ended(container, process))
    this.#tell(id)
  }

  resizeContainer(id: string, limits: Parameters<ContainerRuntime['resizeContainer']>[1]): void {
    const { cgroup } = this.#required(id)
    if (cgroup) Object.assign(cgroup, limitsOf(limits))
  }

  stopContainer(id: string, graceMs: number): void {
    const container = this.#containers.get(id)
    const process = container?.process
    if (!container || !process) return
    const { kernel } = process
    if (graceMs <= 0) {
      kernel.kill(process, 'KILL')
      return
    }
    kernel.kill(process, signalOf(container.image.config.config.StopSignal ?? 'TERM') ?? 'TERM')
    container.cancelStop?.()
    container.cancelStop = this.#options.clock.after(graceMs, () => kernel.kill(process, 'KILL'))
  }

  removeContainer(id: string): void {
    const container = this.#containers.get(id)
    if (!container) return
    if (container.process) container.process.kernel.kill(container.process, 'KILL')
    container.log.flush()
    this.#containers.delete(id)
    this.files.remove(`/var/lib/containerd/snapshots/${id}`)
    this.files.remove(logLink(container))
    const { pod, log } = container
    pod.containers.delete(container)
    if (pod.containers.size === 0) this.files.remove(folderOf(folderOf(log.path)))
  }

  podOf(uid: string): PodThere | undefined {
    const pod = [...this.#pods.values()].find(({ spec }) => spec.uid === uid)
    if (!pod) return undefined
    const containers = new Map<string, { readonly id: string; readonly attempt: number }>()
    for (const { id, spec } of pod.containers)
      if (spec.attempt >= (containers.get(spec.name)?.attempt ?? 0)) containers.set(spec.name, { id, attempt: spec.attempt })
    return { sandbox: { id: pod.id, ip: pod.ip }, attempt: pod.spec.attempt, containers }
  }

  /** What containerd knows of sandboxes, for those who ask it on its socket. */
  sandboxes(): readonly { readonly id: string; readonly ip: string; readonly spec: SandboxSpec; readonly createdAt: number }[] {
    return [...this.#pods.values()]
  }

  containers(): readonly {
    readonly sandbox: string
    readonly spec: ContainerSpec
    readonly imageId: string
    readonly info: RuntimeContainer
    readonly createdAt: number
    readonly logPath: string
    readonly pid: number
  }[] {
    return [...this.#containers.values()].map(({ pod, spec, image, info, createdAt, log, process }) => ({
      sandbox: pod.id,
      spec,
      imageId: image.id,
      info,
      createdAt,
      logPath: log.path,
      pid: process?.hostPid ?? 0,
    }))
  }

  status(id: string): RuntimeContainer | undefined {
    return this.#containers.get(id)?.info
  }

  watch(note: (id: string) => void): Cancel {
    this.#notes.add(note)
    return () => this.#notes.delete(note)
  }

  logs(id: string, query: LogQuery): ByteStream {
    const { host, clock } = this.#options
    const known = this.#containers.get(id)
    if (!known && !this.files.read(query.path ?? '')) throw new RuntimeError(`container ${JSON.stringify(id)} not found`)
    const log = known?.log ?? new LogFile({ disk: host.disk, path: query.path ?? '', clock, nano: () => this.#nano(), format: criLog })
    const { stream, show } = logStream(log, query)
    if (!query.follow || !known || known.info.state === 'exited') {
      stream.end()
      return stream
    }
    const stop = log.follow(show)
    const stopWatch = this.watch((changed) => {
      if (changed !== id || this.status(id)?.state === 'running') return
      stop()
      stopWatch()
      stream.end()
    })
    return stream
  }

  execSync(id: string, argv: readonly string[], timeoutMs: number, done: Parameters<ContainerRuntime['execSync']>[3]): Cancel {
    const { clock } = this.#options
    const output: Uint8Array[] = []
    let started: { process: Process; stdio: Stdio }
    try {
      started = this.#launchIn(id, argv, { tty: false, stdin: false })
    } catch (error) {
      if (!(error instanceof LaunchError)) throw error
      return clock.after(0, () =>
        done({
          exitCode: error.exitCode,
          output: `OCI runtime exec failed: exec failed: unable to start container process: ${error.message}`,
        }),
      )
    }
    const { process, stdio } = started
    stdio.listen({ write: (_, bytes) => output.push(bytes) })
    const result = (): string => textOf(joined(output))
    const stopTimer = clock.after(timeoutMs, () => {
      process.kernel.kill(process, 'KILL')
      done({ exitCode: -1, output: result(), timedOut: true })
      stopEnd()
    })
    const stopEnd = process.kernel.endOf(process).once(() => {
      stopTimer()
      done({ exitCode: process.exitCode ?? 0, output: result() })
    })
    return () => {
      stopTimer()
      stopEnd()
      process.kernel.kill(process, 'KILL')
    }
  }

  exec(
    id: string,
    argv: readonly string[],
    options: { readonly tty: boolean; readonly stdin: boolean; readonly protocol: string },
  ): Upgraded {
    const line = openLine(options.protocol)
    let started: { process: Process; stdio: Stdio }
    try {
      started = this.#launchIn(id, argv, options)
    } catch (error) {
      if (!(error instanceof LaunchError)) throw error
      // Over WebSocket the API server hands on what SPDY brought it, as an internal error of its own.
      const words = `OCI runtime exec failed: exec failed: unable to start container process: ${error.message}`
      finish(line, {
        status: 'Failure',
        reason: 'InternalError',
        message: `${options.protocol.startsWith('v5') ? 'Internal error occurred: ' : ''}Internal error occurred: error executing command in container: failed to exec in container: failed to start exec "${this.#options.random.hex(64)}": ${words}: unknown`,
        code: 500,
      })
      return line
    }
    const { process, stdio } = started
    join(line, stdio, options.stdin, { closeAtEnd: true })
    process.kernel.endOf(process).once(() => {
      stdio.finish()
      finish(line, exitStatus(process.exitCode ?? 0))
    })
    return line
  }

  attach(id: string, { stdin, protocol }: { readonly tty: boolean; readonly stdin: boolean; readonly protocol: string }): Upgraded {
    const { stdio, process, spec } = this.#required(id)
    const line = openLine(protocol)
    if (!process) {
      finish(line, { status: 'Failure', reason: 'InternalError', message: 'container is not running', code: 500 })
      return line
    }
    join(line, stdio, stdin, { closeAtEnd: Boolean(spec.isInputOnce) })
    process.kernel.endOf(process).once(() => finish(line, { status: 'Success' }))
    return line
  }

  request(sandbox: string, port: number, request: HttpRequest, host?: string): HttpResponse | Pending<HttpResponse> {
    const pod = this.#pods.get(sandbox)
    if (!pod) throw new UnixError('EHOSTUNREACH')
    return this.#options.host.net.request({ ip: host ?? pod.ip, port }, request)
  }

  dial(sandbox: string, port: number, host?: string): string | undefined {
    const pod = this.#pods.get(sandbox)
    const ip = host ?? pod?.ip ?? ''
    try {
      const { outgoing, incoming } = this.#options.host.net.connect({ ip, port })
      outgoing.end()
      incoming.cancel()
      return undefined
    } catch (error) {
      if (!(error instanceof UnixError)) throw error
      return `dial tcp ${ip}:${port}: ${error.errno === 'ETIMEDOUT' ? 'i/o timeout' : `connect: ${error.words.toLowerCase()}`}`
    }
  }

  portForward(sandbox: string, port: number): Upgraded {
    const pod = this.#pods.get(sandbox)
    if (!pod) throw new UnixError('EHOSTUNREACH')
    const { incoming, outgoing } = pod.net.connect({ ip: '127.0.0.1', port })
    // Seen from the caller: what it sends goes out to the pod, what the pod says comes back.
    return { protocol: 'tcp', headers: {}, incoming: outgoing, outgoing: incoming }
  }

  usage(id: string): { readonly cpuNanos: number; readonly memoryBytes: number } {
    const container = this.#required(id)
    const { cgroup, namespaces, throttled = { atMs: container.info.startedAt ?? 0, asked: 0, given: 0 } } = container
    let asked = 0
    let memoryBytes = 0
    for (const process of namespaces?.pids.processes.values() ?? []) {
      // Those of the pod's other containers are seen too where the pod shares its processes.
      if (process.cgroup !== cgroup) continue
      asked += process.cpuMs * 1e6
      memoryBytes += process.memoryBytes
    }
    // Programs here take what they want; a control group gives no more than its limit, nor than there are CPUs.
    const atMs = this.#options.clock.now()
    const most = Math.min(cgroup?.cpuLimit ?? Infinity, this.#options.host.kernel.cpus) * (atMs - throttled.atMs) * 1e6
    const given = throttled.given + Math.max(0, Math.min(asked - throttled.asked, most))
    container.throttled = { atMs, asked, given }
    return { cpuNanos: Math.round(given), memoryBytes }
  }

  #launchIn(id: string, argv: readonly string[], { tty, stdin }: { tty: boolean; stdin: boolean }): { process: Process; stdio: Stdio } {
    const { namespaces, cgroup, process: first, terminals } = this.#required(id)
    const { host } = this.#options
    if (!namespaces || !cgroup || !first) throw new LaunchError(126, 'cannot exec in a stopped container')
    const terminal = tty ? terminals.make({ cols: 80, rows: 24 }) : undefined
    const stdio = new Stdio(host.kernel, { terminal, hasInput: stdin })
    const process = launch(host.kernel, {
      argv,
      env: withHome({ ...first.env, ...(tty && { TERM: 'xterm' }) }, first.env.HOME),
      cwd: first.cwd,
      credentials: first.credentials,
      limits: first.limits,
      namespaces,
      cgroup,
      descriptors: stdio.descriptors,
      terminal,
    })
    return { process, stdio }
  }

  #ended(container: Container, process: Process): void {
    if (container.process !== process) return
    container.cancelStop?.()
    container.stdio.finish()
    container.log.finish()
    container.process = undefined
    const isOom = (container.cgroup?.oomKills ?? 0) > 0
    const exitCode = process.exitCode ?? 0
    container.info = {
      ...container.info,
      state: 'exited',
      finishedAt: this.#options.clock.now(),
      exitCode,
      reason: isOom ? 'OOMKilled' : undefined,
      message: this.#lastWords(container, exitCode),
    }
    this.#tell(container.id)
  }

  #lastWords({ namespaces, spec, log }: Container, exitCode: number): string | undefined {
    const isThere = namespaces?.mounts.exists(spec.terminationMessagePath)
    const text = isThere ? namespaces?.mounts.readText(spec.terminationMessagePath).slice(0, 4_096) : undefined
    if (text || !spec.fallsBackToLogs || exitCode === 0) return text || undefined
    // As much as the kubelet takes: the last 80 lines, and of those 2 KiB.
    const lines = log.read().slice(-80)
    return (
      lines
        .map((line) => line.text)
        .join('')
        .slice(-2_048) || undefined
    )
  }

  #tell(id: string): void {
    for (const note of this.#notes) note(id)
  }

  #required(id: string): Container {
    const container = this.#containers.get(id)
    if (!container) throw new RuntimeError(`container ${JSON.stringify(id)} not found`)
    return container
  }

  /** The node's end of the pods' bridge, made with the first pod. */
  #openBridge(subnet: string): void {
    const { net } = this.#options.host
    if (!net.interfaces.some(({ name }) => name === 'cni0')) net.attach(this.#bridge, { name: 'cni0', ip: `${subnet}.1`, prefix: 24 })
  }

  #freeAddress(subnet: string, wanted?: string): string {
    if (wanted?.startsWith(`${subnet}.`) && !this.#addresses.has(wanted)) {
      this.#addresses.add(wanted)
      return wanted
    }
    for (let tries = 0; tries < 253; tries++) {
      const ip = `${subnet}.${this.#nextHost}`
      this.#nextHost = this.#nextHost >= 254 ? 2 : this.#nextHost + 1
      if (this.#addresses.has(ip)) continue
      this.#addresses.add(ip)
      return ip
    }
    throw new RuntimeError(
      `failed to setup network for sandbox: plugin type="bridge" failed (add): failed to allocate for range 0: no IP addresses available in range set: ${subnet}.1-${subnet}.254`,
    )
  }

  #nano(): string {
    this.#nanos = (this.#nanos + 1) % 1_000_000
    return `${new Date(this.#options.clock.now()).toISOString().slice(0, 23)}${String(this.#nanos).padStart(6, '0')}Z`
  }
}

function limitsOf({
  memoryLimitBytes,
  cpuLimitMillis,
  cpuWeight,
}: Parameters<ContainerRuntime['resizeContainer']>[1]): Pick<Cgroup, 'memoryLimitBytes' | 'cpuLimit' | 'cpuWeight'> {
  return { memoryLimitBytes, cpuLimit: cpuLimitMillis === undefined ? undefined : cpuLimitMillis / 1000, cpuWeight }
}
