/**
 * containerd with a network plugin, as the kubelet sees them: pods' sandboxes and their containers as real processes over the machine's
 * kernel and files. Containers of a pod share its network and host name, each has its own root over the image's layers.
 *
 * Containers do not survive a power cut, as on a real node; images do: their names stand in a file on the machine's disk.
 */
import { bytesOf, joined, textOf } from '../../base/bytes.ts'
import type { Cancel, Clock } from '../../base/clock.ts'
import { ByteStream, type HttpRequest, type HttpResponse, type Pending, type Upgraded } from '../../base/http.ts'
import type { Random } from '../../base/random.ts'
import { UnixError } from '../../unix/errors.ts'
import type { Terminals } from '../../unix/terminals.ts'
import type { Mount } from '../../unix/files/files.ts'
import { MountTable } from '../../unix/files/mount-table.ts'
import { OverlayFiles } from '../../unix/files/overlay-files.ts'
import { containerLimits } from '../../unix/kernel/limits.ts'
import type { Cgroup, Namespaces, Process } from '../../unix/kernel/process.ts'
import { signalOf } from '../../unix/kernel/signals.ts'
import type { Segment } from '../../unix/network/network.ts'
import { parseReference, repositoryOf } from '../docker/images/reference.ts'
import type { Registry } from '../docker/images/registry.ts'
import type { Image } from '../images/image.ts'
import type { NetworkPolicies } from '../controllers/network-policy.ts'
import { pace } from '../pace.ts'
import type { Host } from './host.ts'
import { filesOfLayer, makeParents, Subtree } from './layer-files.ts'
import { launch, LaunchError } from './launch.ts'
import { type LogEntry, LogFile } from './log-file.ts'
import {
  type ContainerRuntime,
  type ContainerSpec,
  type HostFiles,
  type LogQuery,
  type RuntimeContainer,
  RuntimeError,
  type RuntimeImage,
  type Sandbox,
  type SandboxSpec,
} from './runtime.ts'
import { Stdio } from './stdio.ts'
import { lackingIn } from '../../unix/kernel/capabilities.ts'
import { UnknownUser, userOf } from './users.ts'

export interface PodRuntimeOptions {
  readonly host: Host
  readonly registry: Registry
  readonly clock: Clock
  readonly random: Random
  /** The machine's own address, for pods in the host's network. */
  readonly nodeIp: string
  /** `10.244.1.0/24`; undefined until the node was given one. */
  readonly podCidr: () => string | undefined
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
  process: Process | undefined
  info: RuntimeContainer
  cancelStop: Cancel | undefined
}

const imageList = '/var/lib/containerd/images'
const sandboxPrefix =
  'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: '

export class PodRuntime implements ContainerRuntime {
  readonly version = 'containerd://2.1.4'
  readonly files: HostFiles
  readonly #options: PodRuntimeOptions
  readonly #bridge: Segment
  readonly #images = new Map<string, Image>()
  readonly #pods = new Map<string, Pod>()
  readonly #containers = new Map<string, Container>()
  readonly #notes = new Set<(id: string) => void>()
  readonly #addresses = new Set<string>()
  #nextHost = 2
  #nanos = 0

  constructor(options: PodRuntimeOptions) {
    this.#options = options
    this.#bridge = options.host.segment('cni0')
    this.files = hostFiles(options.host)
    const known = this.files.read(imageList)
    for (const reference of known ? textOf(known).split('\n').filter(Boolean) : []) this.#remember(reference)
  }

  images(): readonly RuntimeImage[] {
    return [...this.#images].map(([name, image]) => described(name, image))
  }

  image(reference: string): RuntimeImage | undefined {
    const name = fullName(reference)
    const image = this.#image(name)
    return image && described(name, image)
  }

  pullImage(reference: string, done: Parameters<ContainerRuntime['pullImage']>[1]): Cancel {
    const { clock, random, registry } = this.#options
    const name = fullName(reference)
    // No two answers take equally long, so that no two events about pulls are the same words.
    const roundTripMs = pace.nodeRegistryRoundTrip * (0.5 + random.next())
    const { domain, path, tag, digest } = parseReference(reference)
    const repository = repositoryOf({ domain, path, tag, digest })
    const image = registry.find(repository, digest ?? tag ?? 'latest')
    if (!image) {
      const resolving = `failed to pull and unpack image "${name}": failed to resolve reference "${name}": `
      const error = registry.has(repository)
        ? `rpc error: code = NotFound desc = ${resolving}${name}: not found`
        : `${resolving}pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed`
      return clock.after(roundTripMs, () => done({ error }))
    }
    const missing = image.layers.filter(
      (layer) => ![...this.#images.values()].some((other) => other.layers.some(({ diffId }) => diffId === layer.diffId)),
    )
    const bytes = missing.reduce((sum, { compressedSize }) => sum + compressedSize, 0)
    return clock.after(roundTripMs + (bytes / pace.nodePullBytesPerSecond) * 1000, () => {
      this.addImage(name, image)
      done({ image: described(name, image) })
    })
  }

  addImage(reference: string, image: Image): void {
    this.#images.set(fullName(reference), image)
    this.files.write(imageList, `${[...this.#images.keys()].join('\n')}\n`)
  }

  #image(name: string): Image | undefined {
    return this.#images.get(name) ?? this.#options.imageBeside?.(name)
  }

  removeImage(reference: string): void {
    this.#images.delete(fullName(reference))
    this.files.write(imageList, `${[...this.#images.keys()].join('\n')}\n`)
  }

  runSandbox(spec: SandboxSpec): Sandbox {
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
    const { host, random, clock } = this.#options
    const pod = this.#pods.get(sandbox)
    if (!pod) throw new RuntimeError(`failed to find sandbox id ${JSON.stringify(sandbox)}`)
    const name = fullName(spec.image)
    const image = this.#image(name)
    if (!image) throw new RuntimeError(`failed to get image from containerd ${JSON.stringify(name)}: image not found`)
    const id = spec.id ?? random.hex(64)
    const upper = new Subtree(host.disk, `/var/lib/containerd/snapshots/${id}/fs`)
    const { namespace, name: podName, uid } = pod.spec
    const folder = `/var/log/pods/${namespace}_${podName}_${uid}/${spec.name}`
    new Subtree(host.disk, folder)
    const log = new LogFile({ disk: host.disk, path: `${folder}/${spec.attempt}.log`, clock, nano: () => this.#nano() })
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
      ...limitsOf(spec),
    }
    const rootMount = { at: '/', files: container.overlay, root: '/', isReadOnly: false, source: 'overlay' }
    const mounts = this.#mounts(container, rootMount)
    const namespaces: Namespaces = { pids, net: pod.net, mounts, uts: pod.uts }
    for (const mount of host.systemMounts({ pids, net: pod.net, uts: pod.uts, cgroup, terminals: container.terminals })) mounts.mount(mount)
    for (const mount of this.#daemonMounts(container)) mounts.mount(mount)
    const config = image.config.config
    const argv = [...(spec.command ?? config.Entrypoint ?? []), ...(spec.args ?? (spec.command ? [] : (config.Cmd ?? [])))]
    try {
      const lacks = lackingIn({ ...spec.capabilities, isPrivileged: spec.isPrivileged })
      const known = userOf(mounts, spec.user ?? config.User ?? '', spec.groups.map(String))
      const user = {
        ...known,
        ...(spec.hasOnlyGivenGroups && { groups: [...new Set([known.gid, ...spec.groups])] }),
        ...(lacks && { lacks }),
        ...(spec.noNewPrivileges && { noNewPrivileges: true }),
      }
      const cwd = spec.workingDir ?? (config.WorkingDir || '/')
      if (!mounts.exists(cwd)) mounts.mkdir(cwd, { parents: true })
      // Only now: the places of all mounts had to be made in it first.
      rootMount.isReadOnly = spec.isRootReadOnly
      if (argv.length === 0) throw new RuntimeError('failed to generate container spec: no command specified', 'CreateContainerError')
      container.process = launch(host.kernel, {
        argv,
        // In containerd's order, runc's HOME last.
        env: {
          PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
          ...(spec.tty && { TERM: 'xterm' }),
          HOSTNAME: pod.uts.hostname,
          ...withHome(
            { ...fromList(config.Env ?? []), ...Object.fromEntries(spec.env.map(({ name, value }) => [name, value])) },
            user.home,
          ),
        },
        cwd,
        credentials: user,
        limits: containerLimits(host.kernel.openFiles, []),
        namespaces,
        cgroup,
        descriptors: container.stdio.descriptors,
        terminal: container.stdio.terminal,
      })
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
    const { pod, log } = container
    pod.containers.delete(container)
    if (pod.containers.size === 0) this.files.remove(folderOf(folderOf(log.path)))
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

  /** The id of an image's configuration. */
  imageId(reference: string): string {
    return this.#image(reference)?.id ?? ''
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
    const log = known?.log ?? new LogFile({ disk: host.disk, path: query.path ?? '', clock, nano: () => this.#nano() })
    const stream = new ByteStream()
    let left = query.limitBytes ?? Number.POSITIVE_INFINITY
    const show = (entry: LogEntry): void => {
      if (query.stream && entry.stream !== query.stream) return
      const text = query.timestamps ? `${entry.time} ${entry.text}` : entry.text
      const bytes = bytesOf(text).subarray(0, left)
      left -= bytes.length
      stream.write(bytes)
    }
    const entries = log
      .read()
      .filter(
        ({ time, stream: from }) =>
          (query.sinceMs === undefined || Date.parse(time) >= query.sinceMs) && (!query.stream || query.stream === from),
      )
    for (const entry of query.tailLines === undefined ? entries : query.tailLines === 0 ? [] : entries.slice(-query.tailLines)) show(entry)
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
    const { pod, namespaces } = this.#required(id)
    let cpuNanos = 0
    let memoryBytes = 0
    for (const process of (namespaces?.pids ?? pod.sharedPids)?.processes.values() ?? []) {
      cpuNanos += process.cpuMs * 1e6
      memoryBytes += process.memoryBytes
    }
    return { cpuNanos: Math.round(cpuNanos), memoryBytes }
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

  #remember(name: string): void {
    const { domain, path, tag, digest } = parseReference(name)
    const image = this.#options.registry.find(`${domain}/${path}`, digest ?? tag ?? 'latest') ?? this.#options.imageLoadedBefore?.(name)
    if (image) this.#images.set(name, image)
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

  #mounts({ spec }: Container, root: Mount): MountTable {
    const { host } = this.#options
    const table = new MountTable([root])
    for (const { hostPath, containerPath, isReadOnly } of spec.mounts) {
      const isFile = host.files.exists(hostPath) && host.files.stat(hostPath).kind !== 'directory'
      makePlace(table, containerPath, isFile)
      const behind = host.files.mounts
        .filter(({ at }) => hostPath === at || hostPath.startsWith(at === '/' ? '/' : `${at}/`))
        .sort((a, b) => b.at.length - a.at.length)[0]
      const inner = behind.at === '/' ? hostPath : hostPath.slice(behind.at.length) || '/'
      // An image's /var/run is often a link to /run: what is mounted below it is found both ways.
      table.mount({
        at: table.realpath(containerPath),
        files: behind.files,
        root: behind.root === '/' ? inner : `${behind.root}${inner === '/' ? '' : inner}`,
        isReadOnly,
        source: '/dev/vda1',
      })
    }
    return table
  }

  /** The files the kubelet and the runtime write for each pod. */
  #daemonMounts({ pod, overlay }: Container): readonly Mount[] {
    const { host } = this.#options
    if (pod.spec.hostNetwork) return []
    const folder = `/var/lib/kubelet/pods/${pod.spec.uid}/etc`
    const { hostname, dns, hostAliases } = pod.spec
    const aliases =
      hostAliases.length > 0
        ? `\n# Entries added by HostAliases.\n${hostAliases.map(({ ip, hostnames }) => `${ip}\t${hostnames.join('\t')}\n`).join('')}`
        : ''
    const files = {
      hosts: `# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::0\tip6-localnet\nfe00::0\tip6-mcastprefix\nfe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n${pod.ip}\t${hostname}\n${aliases}`,
      hostname: `${hostname}\n`,
      'resolv.conf': `${dns.searches.length > 0 ? `search ${dns.searches.join(' ')}\n` : ''}${dns.servers.map((server) => `nameserver ${server}\n`).join('')}${dns.options.length > 0 ? `options ${dns.options.join(' ')}\n` : ''}`,
    }
    // A mount point is seen without a file below it; only its directory must be there.
    if (!overlay.lookup('/etc')) overlay.create('/etc', { kind: 'directory', mode: 0o755, uid: 0, gid: 0 })
    makeParents(host.disk, `${folder}/`)
    return Object.entries(files).map(([name, content]) => {
      if (!host.disk.lookup(`${folder}/${name}`))
        host.disk.create(`${folder}/${name}`, { kind: 'file', mode: 0o644, uid: 0, gid: 0, content: bytesOf(content) })
      return { at: `/etc/${name}`, files: host.disk, root: `${folder}/${name}`, isReadOnly: false, source: '/dev/vda1' }
    })
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

function makePlace(table: MountTable, path: string, isFile: boolean): void {
  if (table.exists(path)) return
  const parent = path.replace(/\/[^/]*\/?$/, '') || '/'
  table.mkdir(parent, { parents: true })
  if (isFile) table.writeFile(path, '')
  else table.mkdir(path, { parents: true })
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/'
}

function hostFiles({ files, disk }: Host): HostFiles {
  return {
    kind(path) {
      if (!files.exists(path)) return undefined
      const { kind } = files.stat(path)
      return kind === 'symlink' || kind === 'fifo' ? 'file' : kind
    },
    mkdir: (path, mode) => files.mkdir(path, { parents: true, mode }),
    share(path, gid, isWritable) {
      const { kind, mode } = files.lstat(path)
      if (kind === 'symlink') return
      files.chown(path, { gid })
      files.chmod(path, mode | (kind === 'directory' ? 0o2110 : 0) | (isWritable ? 0o660 : 0o440))
      if (kind === 'directory') for (const name of files.list(path)) this.share(`${path}/${name}`, gid, isWritable)
    },
    isShared(path, gid) {
      const found = files.lstat(path)
      return found.gid === gid && (found.mode & 0o2060) === 0o2060
    },
    write(path, content, mode) {
      files.mkdir(folderOf(path), { parents: true })
      files.writeFile(path, content, { mode })
    },
    read: (path) => (files.exists(path) ? files.readFile(path) : undefined),
    list: (path) => (files.exists(path) ? files.list(path) : []),
    remove(path) {
      const isOnDisk = files.mounts.every(
        ({ at }) => at === '/' || !(path === at || path.startsWith(`${at}/`) || at.startsWith(`${path}/`)),
      )
      if (isOnDisk) disk.removeTree(path)
      else if (files.exists(path)) files.removeAll(path)
    },
  }
}

function fullName(reference: string): string {
  const { domain, path, tag, digest } = parseReference(reference)
  return `${domain}/${path}${digest ? `@${digest}` : `:${tag ?? 'latest'}`}`
}

function described(name: string, image: Image): RuntimeImage {
  const user = image.config.config.User ?? ''
  return {
    name,
    id: `${name.replace(/(:[^/:@]*)?(@.*)?$/, '')}@${image.digest}`,
    sizeBytes: image.layers.reduce((sum, { compressedSize }) => sum + compressedSize, 0),
    ...(/^\d+/.test(user) ? { uid: Number.parseInt(user, 10) } : user !== '' && user !== 'root' ? { user } : {}),
  }
}

/** runc adds HOME at the end, where nobody has set it. */
function withHome({ HOME, ...env }: Record<string, string>, home: string): Record<string, string> {
  return { ...env, HOME: HOME ?? home }
}

function fromList(list: readonly string[]): Record<string, string> {
  return Object.fromEntries(list.map((one) => [one.slice(0, one.indexOf('=')), one.slice(one.indexOf('=') + 1)]))
}

/** Frames of `v5.channel.k8s.io`: byte 0 is the channel. */
const channel = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, close: 255 } as const

function openLine(protocol: string): Upgraded {
  return { protocol, headers: {}, incoming: new ByteStream(), outgoing: new ByteStream() }
}

function framed(number: number, bytes: Uint8Array): Uint8Array {
  const frame = new Uint8Array(bytes.length + 1)
  frame[0] = number
  frame.set(bytes, 1)
  return frame
}

/** Output goes out in frames; frames that come in are input, a new size, or the end of the input. */
function join({ incoming, outgoing }: Upgraded, stdio: Stdio, takesInput: boolean, end: { readonly closeAtEnd: boolean }): void {
  const stop = stdio.listen({ write: (stream, bytes) => outgoing.write(framed(channel[stream], bytes)) })
  const input = new ByteStream()
  if (takesInput) stdio.feed(input, end)
  const flow = (): void => {
    for (let frame = incoming.read(); frame; frame = incoming.read()) {
      const payload = frame.subarray(1)
      if (frame[0] === channel.stdin) input.write(payload)
      else if (frame[0] === channel.close && payload[0] === channel.stdin) input.end()
      else if (frame[0] === channel.resize) {
        const { Width, Height } = JSON.parse(textOf(payload)) as { Width: number; Height: number }
        stdio.terminal?.resize(Width, Height)
      }
    }
    if (!incoming.isOver) return
    input.end()
    stop()
    stopFlow()
    // A client that goes away hangs up a terminal; without one the process lives on, as kubectl's users know.
    if (stdio.terminal && !outgoing.isEnded) stdio.terminal.hangUp()
  }
  const stopFlow = incoming.readable.each(flow)
  flow()
}

interface Status {
  readonly status: 'Success' | 'Failure'
  readonly reason?: string
  readonly message?: string
  readonly code?: number
  readonly details?: object
}

function exitStatus(code: number): Status {
  if (code === 0) return { status: 'Success' }
  return {
    status: 'Failure',
    reason: 'NonZeroExitCode',
    message: `command terminated with non-zero exit code: exit status ${code}`,
    details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
  }
}

function finish({ outgoing }: Upgraded, status: Status): void {
  outgoing.write(framed(channel.error, bytesOf(JSON.stringify({ metadata: {}, ...status }))))
  outgoing.end()
}
