/**
 * What happens to containers: start, exit, stop, kill, pause, restart, remove. State is written once per happening, in the order in
 * which events tell it. A container that ends by itself comes back as its restart policy says.
 */
import { findNetwork } from '../networks/network-lookup.ts'
import type { Mount } from '../../../unix/files/files.ts'
import { MemoryFiles } from '../../../unix/files/memory-files.ts'
import { MountTable } from '../../../unix/files/mount-table.ts'
import type { Cgroup, Namespaces, Process } from '../../../unix/kernel/process.ts'
import { type Signal, signalNumbers, signalOf } from '../../../unix/kernel/signals.ts'
import { pace } from '../../pace.ts'
import { setSysctl } from '../../../unix/files/sysctl-files.ts'
import { containerLimits } from '../../../unix/kernel/limits.ts'
import { clear } from '../../runtime/layer-files.ts'
import { launch, LaunchError } from '../../runtime/launch.ts'
import { Stdio } from '../../runtime/stdio.ts'
import { perform, type Work } from '../../runtime/task.ts'
import { UnknownUser, type User } from '../../runtime/users.ts'
import { containerUser } from './container-user.ts'
import { mountAll, mountDaemonFiles, mountTaskFiles, rootOf } from './container-files.ts'
import { codeBehind } from '../containerd.ts'
import type { Daemon, Live } from '../daemon.ts'
import { configOf } from '../daemon-config.ts'
import { badRequest, conflict, DockerError, failure, notFound } from '../docker-error.ts'
import { joinNetwork, released } from '../networks/endpoints.ts'
import { environmentOf } from './environment.ts'
import { startLogging } from './log-options.ts'
import { mountOnHost } from './root-mount.ts'
import { adopt, startShim } from './attendants.ts'
import { copyUpVolumes, mountVolumes } from './volume-mounts.ts'
import { startHealthChecks } from './health.ts'
import { hasHealthcheck } from './health-state.ts'
import { publishPorts } from '../networks/ports.ts'
import { nameServerFor } from '../networks/name-service.ts'
import { type Container, defaultHostConfig, type EndpointSettings } from '../shapes.ts'
import { removeVolume, findVolume } from '../volumes.ts'

const runcPrefix =
  'failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: '

/** Answers whether it was started; false when it ran already. */
export function* start(daemon: Daemon, id: string, { isRestart = false } = {}): Work<boolean> {
  const { State } = daemon.container(id)
  if (State.Paused) throw conflict('cannot start a paused container, try unpause instead')
  if (State.Running && !State.Restarting) return false
  const live = daemon.liveOf(id)
  live.cancelRestart?.()
  live.cancelRestart = undefined
  live.isStopRequested = false
  const cause = daemon.cause
  yield { until: daemon.clock.now() + pace.containerStart }
  if (live.isRemoved) throw notFound(`No such container: ${id}`)
  const before = daemon.cause
  daemon.cause = cause
  try {
    run(daemon, id, live, isRestart)
  } finally {
    daemon.cause = before
  }
  return true
}

/** The start itself, once its time has passed. What fails leaves its words in State.Error. */
function run(daemon: Daemon, id: string, live: Live, isRestart: boolean): void {
  if (!isRestart) live.restartDelayMs = 0
  try {
    spawn(daemon, id, live)
  } catch (error) {
    if (!(error instanceof DockerError)) throw error
    const exitCode = error instanceof StartRefusal ? error.exitCode : 128
    releaseNetwork(daemon, id, live)
    daemon.updateState(id, {
      Status: isRestart ? 'exited' : 'created',
      Running: false,
      Restarting: false,
      Pid: 0,
      ExitCode: exitCode,
      Error: error.message,
    })
    // It never ran: nobody who waits for its exit is told.
    live.lastExitCode = exitCode
    if (daemon.container(id).HostConfig.AutoRemove) remove(daemon, id, { removeVolumes: true })
    throw error
  }
}

class StartRefusal extends DockerError {
  readonly exitCode: number

  constructor(status: number, exitCode: number, message: string) {
    super(status, message)
    this.exitCode = exitCode
  }
}

function spawn(daemon: Daemon, id: string, live: Live): void {
  let container = daemon.container(id)
  const { host } = daemon
  const { HostConfig: hostConfig, Config: config } = container
  for (const { PathOnHost } of hostConfig.Devices ?? []) {
    if (!host.files.exists(PathOnHost))
      throw new StartRefusal(
        500,
        127,
        `error gathering device information while adding custom device "${PathOnHost}": no such file or directory`,
      )
  }
  const gpu = hostConfig.DeviceRequests?.[0]
  if (gpu)
    throw new StartRefusal(
      500,
      128,
      `could not select device driver "${gpu.Driver}" with capabilities: [${gpu.Capabilities.map((list) => `[${list.join(' ')}]`).join(' ')}]`,
    )
  startLogging(hostConfig.LogConfig)
  const shared = sharedMemoryOf(daemon, hostConfig.IpcMode)
  const uts = hostConfig.UTSMode === 'host' ? host.namespaces.uts : { hostname: config.Hostname, domainname: config.Domainname }
  const net = networkNamespace(daemon, container)
  const pids = pidNamespace(daemon, container)
  const endpoints = net.isOwn ? connectAll(daemon, container, net.net) : {}
  if (net.isOwn && Object.values(endpoints).some(({ NetworkID }) => findNetwork(daemon, NetworkID)?.Scope === 'swarm'))
    daemon.swarm?.attachGateway(net.net)
  container = daemon.container(id)
  live.cancels.push(mountVolumes(daemon, container), mountOnHost(daemon, container, live))
  const table = rootOf(daemon, container, live)
  copyUpVolumes(daemon, container, live)
  const cgroup: Cgroup = {
    path: cgroupPath(daemon, hostConfig, id),
    ...(hostConfig.Memory > 0 ? { memoryLimitBytes: hostConfig.Memory } : {}),
    ...cpuLimit(hostConfig),
    ...(hostConfig.PidsLimit ? { pidsLimit: hostConfig.PidsLimit } : {}),
    ...(hostConfig.CpuShares > 0 ? { cpuWeight: weightOf(hostConfig.CpuShares), cpuShares: hostConfig.CpuShares } : {}),
    ...(hostConfig.CpusetCpus !== '' ? { cpuSet: hostConfig.CpusetCpus } : {}),
    ...(hostConfig.Memory > 0 && hostConfig.MemorySwap >= hostConfig.Memory
      ? { swapLimitBytes: hostConfig.MemorySwap - hostConfig.Memory }
      : {}),
    ...(hostConfig.MemoryReservation > 0 ? { memoryLowBytes: hostConfig.MemoryReservation } : {}),
  }
  const namespaces: Namespaces = { pids, net: net.net, mounts: table, uts: net.isOwn || hostConfig.UTSMode === 'host' ? uts : net.uts }
  // From here on what was attached to networks is to be released, also when the start fails.
  live.namespaces = namespaces
  for (const [name, value] of Object.entries(hostConfig.Sysctls ?? {})) setSysctl(net.net, name, value)
  const system = host.systemMounts({ pids, net: net.net, uts: namespaces.uts, cgroup, terminals: live.terminals })
  mountAll(table, system)
  addDevices(daemon, container, system, table)
  if (shared) {
    table.unmount('/dev/shm')
    table.mount({ ...shared, at: '/dev/shm' })
  }
  mountDaemonFiles(daemon, container, table, Object.values(endpoints))
  mountTaskFiles(daemon, container, live, table)
  if (net.isOwn) {
    if (Object.values(endpoints).some(({ DNSNames }) => DNSNames !== null))
      net.net.listen(53, { dns: nameServerFor(daemon, id) }, { ip: '127.0.0.11', protocol: 'udp' })
  }
  const unpublish = net.isOwn ? publishPorts(daemon, container, Object.values(endpoints)) : { cancel: () => {}, ports: {} }
  live.cancels.push(unpublish.cancel)
  const user = userFor(table, container)
  const env = environmentOf(daemon, container, user.home)
  const cwd = config.WorkingDir || '/'
  if (!table.exists(cwd))
    new MountTable([{ at: '/', files: live.overlay, root: '/', isReadOnly: false, source: 'overlay' }]).mkdir(cwd, { parents: true })
  const shim = startShim(host, id)
  live.cancels.push(() => host.kernel.kill(shim, 'KILL'))
  let process: Process
  try {
    process = launch(host.kernel, {
      argv: [container.Path, ...container.Args],
      env,
      cwd,
      credentials: user,
      limits: containerLimits(daemon.host.kernel.openFiles, [
        ...configOf(daemon).ulimits.filter(({ Name }) => !hostConfig.Ulimits?.some((own) => own.Name === Name)),
        ...(hostConfig.Ulimits ?? []),
      ]),
      namespaces,
      cgroup,
      descriptors: live.stdio.descriptors,
      terminal: live.stdio.terminal,
      withInit: hostConfig.Init,
    })
  } catch (error) {
    if (!(error instanceof LaunchError)) throw error
    throw new StartRefusal(
      400,
      error.exitCode,
      `${runcPrefix}${error.message}${codeBehind(daemon.containerd)}${error.message.endsWith('is a directory') ? ': permission denied' : ''}`,
    )
  }
  adopt(shim, process)
  live.process = process
  live.cgroup = cgroup
  for (const mount of container.Mounts) {
    if (mount.Type === 'volume' && mount.Name)
      daemon.event('volume', 'mount', mount.Name, {
        container: id,
        destination: mount.Destination,
        driver: mount.Driver ?? 'local',
        propagation: mount.Propagation,
        'read/write': String(mount.RW),
      })
  }
  for (const [name, endpoint] of Object.entries(endpoints))
    daemon.event('network', 'connect', endpoint.NetworkID, {
      container: id,
      name,
      type: findNetwork(daemon, endpoint.NetworkID)?.Driver ?? 'bridge',
    })
  const sandbox = daemon.random.hex(64)
  const first = Object.values(endpoints)[0]
  const isOnDefault = endpoints.bridge
  daemon.update(id, {
    State: {
      Status: 'running',
      Running: true,
      Paused: false,
      Restarting: false,
      OOMKilled: false,
      Dead: false,
      Pid: process.hostPid,
      ExitCode: 0,
      Error: '',
      StartedAt: daemon.nano(),
      FinishedAt: container.State.FinishedAt,
      ...(hasHealthcheck(container) ? { Health: { Status: 'starting' as const, FailingStreak: 0, Log: [] } } : {}),
    },
    NetworkSettings: {
      ...container.NetworkSettings,
      SandboxID: net.isOwn || hostConfig.NetworkMode === 'host' ? sandbox : '',
      SandboxKey:
        hostConfig.NetworkMode === 'host' ? '/run/docker/netns/default' : net.isOwn ? `/run/docker/netns/${sandbox.slice(0, 12)}` : '',
      Ports: unpublish.ports,
      EndpointID: isOnDefault?.EndpointID ?? '',
      Gateway: isOnDefault?.Gateway ?? '',
      IPAddress: isOnDefault?.IPAddress ?? '',
      IPPrefixLen: isOnDefault?.IPPrefixLen ?? 0,
      MacAddress: isOnDefault?.MacAddress ?? '',
      Networks: first ? { ...container.NetworkSettings.Networks, ...endpoints } : container.NetworkSettings.Networks,
    },
  })
  daemon.containerEvent(container, 'start')
  const startedAt = daemon.clock.now()
  host.kernel.endOf(process).once(() => ended(daemon, id, live, process, startedAt))
  live.cancels.push(startHealthChecks(daemon, id))
}

/** `--ipc container:NAME` and `--ipc host`: the other one's /dev/shm. */
function sharedMemoryOf(daemon: Daemon, mode: string): Mount | undefined {
  if (mode === 'host') return daemon.host.files.mounts.find(({ at }) => at === '/dev/shm')
  if (!mode.startsWith('container:')) return undefined
  const name = mode.slice('container:'.length)
  const other = daemon.find(name)
  if (!other) throw failure(`joining IPC namespace of container: No such container: ${name}`)
  if (other.HostConfig.IpcMode !== 'shareable')
    throw failure(
      `joining IPC namespace of container: can't join IPC of container ${other.Id}: non-shareable IPC (hint: use IpcMode:shareable for the donor container)`,
    )
  const mounts = daemon.live.get(other.Id)?.namespaces?.mounts
  if (!mounts) throw conflict(`cannot join IPC namespace of a non running container: ${other.Id}`)
  return mounts.mounts.find(({ at }) => at === '/dev/shm')
}

/** `--device`, `--privileged` and `--shm-size`: additions to the /dev that every container has. */
function addDevices(daemon: Daemon, { HostConfig: hostConfig }: Container, system: readonly Mount[], table: MountTable): void {
  const dev = system.find(({ at }) => at === '/dev')
  const ofMachine = hostConfig.Privileged ? devicesOf(daemon.host.files).map((path) => ({ PathOnHost: path, PathInContainer: path })) : []
  for (const { PathOnHost, PathInContainer } of [...(hostConfig.Devices ?? []), ...ofMachine]) {
    const node = daemon.host.files.stat(PathOnHost)
    const path = PathInContainer.replace(/^\/dev(?=\/)/, '')
    if (dev && PathInContainer.startsWith('/dev/') && !dev.files.lookup(path))
      dev.files.create(path, { kind: node.kind, mode: node.mode, uid: node.uid, gid: node.gid, open: node.open, device: node.device })
  }
  if (hostConfig.ShmSize === defaultHostConfig.ShmSize) return
  table.unmount('/dev/shm')
  table.mount({
    at: '/dev/shm',
    files: new MemoryFiles({ now: () => daemon.clock.now(), mode: 0o1777, quotaBytes: hostConfig.ShmSize }),
    root: '/',
    isReadOnly: false,
    source: 'shm',
    options: `size=${Math.floor(hostConfig.ShmSize / 1024)}k`,
  })
}

function devicesOf(files: MountTable): string[] {
  return files
    .list('/dev')
    .map((name) => `/dev/${name}`)
    .filter((path) => ['character', 'block'].includes(files.lstat(path).kind))
}

/** systemd's name for a container's group, or that of the engine's own driver, unless `--cgroup-parent` puts it elsewhere. */
function cgroupPath({ host: { kernel } }: Daemon, { CgroupParent }: Container['HostConfig'], id: string): string {
  if (kernel.cgroupVersion === 1) return `/${CgroupParent.replace(/^\//, '') || 'docker'}/${id}`
  if (CgroupParent === '') return `/system.slice/docker-${id}.scope`
  return CgroupParent.endsWith('.slice') ? `/${CgroupParent}/docker-${id}.scope` : `/${CgroupParent.replace(/^\//, '')}/${id}`
}

/** `--cpu-shares` of 2 to 262144 as the weight of 1 to 10000 that has taken their place. */
function weightOf(shares: number): number {
  return Math.floor(1 + ((shares - 2) * 9999) / 262142)
}

function cpuLimit({ NanoCpus, CpuQuota, CpuPeriod }: Container['HostConfig']): { cpuLimit?: number } {
  if (NanoCpus > 0) return { cpuLimit: NanoCpus / 1e9 }
  return CpuQuota > 0 ? { cpuLimit: CpuQuota / (CpuPeriod || 100_000) } : {}
}

function networkNamespace(daemon: Daemon, container: Container): { net: Namespaces['net']; isOwn: boolean; uts: Namespaces['uts'] } {
  const mode = container.HostConfig.NetworkMode
  const { host } = daemon
  if (mode === 'host') return { net: host.net, isOwn: false, uts: { hostname: container.Config.Hostname, domainname: '' } }
  if (!mode.startsWith('container:'))
    return { net: host.netNamespace(), isOwn: true, uts: { hostname: container.Config.Hostname, domainname: '' } }
  const name = mode.slice('container:'.length)
  const other = daemon.find(name)
  if (!other) throw failure(`joining network namespace of container: No such container: ${name}`)
  const namespaces = daemon.live.get(other.Id)?.namespaces
  if (!namespaces) throw conflict(`cannot join network namespace of a non running container: ${other.Id}`)
  return { net: namespaces.net, isOwn: false, uts: { hostname: container.Config.Hostname, domainname: '' } }
}

function pidNamespace(daemon: Daemon, container: Container): Namespaces['pids'] {
  const mode = container.HostConfig.PidMode
  if (mode === 'host') return daemon.host.kernel.rootPids
  if (!mode.startsWith('container:')) return daemon.host.kernel.pidNamespace()
  const name = mode.slice('container:'.length)
  const other = daemon.find(name)
  if (!other) throw failure(`joining PID namespace of container: No such container: ${name}`)
  const namespaces = daemon.live.get(other.Id)?.namespaces
  if (!namespaces) throw conflict(`cannot join PID namespace of a non running container: ${other.Id}`)
  return namespaces.pids
}

function connectAll(daemon: Daemon, container: Container, net: Namespaces['net']): Record<string, EndpointSettings> {
  const connected: Record<string, EndpointSettings> = {}
  let index = 0
  try {
    // The network of `--network` that was named first is eth0.
    const isMain = (name: string) => name === container.HostConfig.NetworkMode
    for (const [name, wished] of Object.entries(container.NetworkSettings.Networks).sort(
      ([a], [b]) => Number(isMain(b)) - Number(isMain(a)),
    )) {
      const network = findNetwork(daemon, wished.NetworkID || name) ?? daemon.swarm?.attachable(name)
      if (!network) throw notFound(`network ${name} not found`)
      connected[name] = joinNetwork(daemon, { container, network, wished, net, index: index++ })
      net.gateway ??= connected[name].Gateway || undefined
      // The next one must not get the same address.
      daemon.update(container.Id, {
        NetworkSettings: {
          ...daemon.container(container.Id).NetworkSettings,
          Networks: { ...daemon.container(container.Id).NetworkSettings.Networks, [name]: connected[name] },
        },
      })
    }
  } catch (error) {
    if (error instanceof DockerError) throw new DockerError(error.status, `failed to set up container networking: ${error.message}`)
    throw error
  }
  return connected
}

function userFor(table: MountTable, container: Container): User {
  try {
    return containerUser(table, container, container.Config.User)
  } catch (error) {
    if (error instanceof UnknownUser) throw new StartRefusal(500, 128, error.message)
    throw error
  }
}

/** The process has ended: what it leaves is written down, and what the restart policy says is done. */
function ended(daemon: Daemon, id: string, live: Live, process: Process, startedAt: number): void {
  if (live.process !== process) return
  live.process = undefined
  live.stdio.finish()
  live.log.finish()
  const container = daemon.container(id)
  const exitCode = process.exitCode ?? 0
  const lifetimeMs = daemon.clock.now() - startedAt
  live.exits++
  live.lastExitCode = exitCode
  const isComingBack = shouldRestart(container, live, exitCode)
  if (live.cgroup?.isFrozen) daemon.host.kernel.freeze(live.cgroup, false)
  if ((live.cgroup?.oomKills ?? 0) > 0) daemon.containerEvent(container, 'oom')
  releaseNetwork(daemon, id, live, { quiet: false })
  if (live.isStopping) daemon.containerEvent(container, 'stop')
  live.isStopping = false
  daemon.containerEvent(container, 'die', { execDuration: String(Math.floor(lifetimeMs / 1000)), exitCode: String(exitCode) })
  for (const exec of live.execs.values()) exec.changed.wake()
  const { Health } = container.State
  daemon.updateState(id, {
    Status: isComingBack ? 'restarting' : 'exited',
    Running: isComingBack,
    Paused: false,
    Restarting: isComingBack,
    OOMKilled: (live.cgroup?.oomKills ?? 0) > 0,
    Pid: 0,
    ExitCode: exitCode,
    FinishedAt: daemon.nano(),
    ...(Health ? { Health: { ...Health, Status: 'unhealthy' as const } } : {}),
  })
  live.stdio = makeStdio(daemon, daemon.container(id), live)
  live.changed.wake()
  if (isComingBack) {
    live.restartDelayMs =
      lifetimeMs >= pace.dockerRestartReset
        ? pace.dockerRestartFirst
        : Math.min(pace.dockerRestartMost, live.restartDelayMs === 0 ? pace.dockerRestartFirst : live.restartDelayMs * 2)
    live.cancelRestart = daemon.clock.after(live.restartDelayMs, () => {
      live.cancelRestart = undefined
      if (live.isRemoved || live.isStopRequested) return
      daemon.update(id, { RestartCount: daemon.container(id).RestartCount + 1 })
      perform(daemon.clock, quietly(start(daemon, id, { isRestart: true })))
    })
    return
  }
  if (container.HostConfig.AutoRemove) remove(daemon, id, { removeVolumes: true })
}

/** For work nobody waits for: its refusal stands in the container's state already. */
export function* quietly(work: Work<unknown>): Work<void> {
  try {
    yield* work
  } catch (error) {
    if (!(error instanceof DockerError)) throw error
  }
}

function shouldRestart(container: Container, live: Live, exitCode: number): boolean {
  if (live.isStopRequested || container.HostConfig.AutoRemove) return false
  const { Name, MaximumRetryCount } = container.HostConfig.RestartPolicy
  if (Name === 'always' || Name === 'unless-stopped') return true
  return Name === 'on-failure' && exitCode !== 0 && (MaximumRetryCount === 0 || container.RestartCount < MaximumRetryCount)
}

/** A container's streams: the log listens always. */
export function makeStdio(daemon: Daemon, container: Container, live: Live): Stdio {
  const [rows, cols] = container.HostConfig.ConsoleSize
  const stdio = new Stdio(daemon.host.kernel, {
    hasInput: container.Config.OpenStdin,
    terminal: container.Config.Tty ? live.terminals.make({ cols: cols || 80, rows: rows || 24 }) : undefined,
  })
  if (container.HostConfig.LogConfig.Type !== 'none') stdio.listen({ write: (stream, bytes) => live.log.write(stream, bytes) })
  return stdio
}

function releaseNetwork(daemon: Daemon, id: string, live: Live, { quiet = true } = {}): void {
  for (const cancel of live.cancels.splice(0)) cancel()
  const container = daemon.container(id)
  const { NetworkMode } = container.HostConfig
  // Its addresses are free for the next container; a namespace that is shared is not ours to take down.
  if (live.namespaces && NetworkMode !== 'host' && !NetworkMode.startsWith('container:')) {
    const { net } = live.namespaces
    for (const { name } of [...net.interfaces]) net.detach(name)
  }
  live.namespaces = undefined
  const networks: Record<string, EndpointSettings> = {}
  for (const [name, endpoint] of Object.entries(container.NetworkSettings.Networks)) {
    if (!quiet && endpoint.EndpointID !== '')
      daemon.event('network', 'disconnect', endpoint.NetworkID, {
        container: id,
        name,
        type: findNetwork(daemon, endpoint.NetworkID)?.Driver ?? 'bridge',
      })
    networks[name] = released(endpoint)
  }
  if (!quiet)
    for (const mount of container.Mounts)
      if (mount.Type === 'volume' && mount.Name)
        daemon.event('volume', 'unmount', mount.Name, { container: id, driver: mount.Driver ?? 'local' })
  daemon.update(id, {
    NetworkSettings: {
      ...container.NetworkSettings,
      SandboxID: '',
      SandboxKey: '',
      Ports: {},
      EndpointID: '',
      Gateway: '',
      IPAddress: '',
      IPPrefixLen: 0,
      MacAddress: '',
      Networks: networks,
    },
  })
}

/** Waits until the process is gone; answers false when `until` came first. */
function* gone(daemon: Daemon, live: Live, until: number): Work<boolean> {
  const { process } = live
  while (live.process !== undefined && live.process === process) {
    if (daemon.clock.now() >= until) return false
    yield Number.isFinite(until) ? { on: [live.changed], until } : { on: [live.changed] }
  }
  return true
}

function send(daemon: Daemon, live: Live, signal: Signal): void {
  if (live.process) daemon.host.kernel.kill(live.process, signal)
}

/** Answers whether there was anything to stop. */
export function* stop(
  daemon: Daemon,
  id: string,
  { graceSeconds, signal }: { graceSeconds?: number; signal?: string } = {},
): Work<boolean> {
  const container = daemon.container(id)
  const live = daemon.liveOf(id)
  if (!container.State.Running) return false
  const name = signal || container.Config.StopSignal || 'SIGTERM'
  const stopSignal = signalOf(name)
  if (!stopSignal) throw badRequest(`invalid signal: ${name}`)
  live.isStopRequested = true
  if (container.State.Restarting && !live.process) {
    live.cancelRestart?.()
    live.cancelRestart = undefined
    daemon.updateState(id, { Status: 'exited', Running: false, Restarting: false })
    live.changed.wake()
    return true
  }
  if (container.State.Paused) unfreeze(daemon, id, live)
  const grace = graceSeconds ?? container.Config.StopTimeout ?? 10
  live.isStopping = true
  daemon.containerEvent(container, 'kill', { signal: String(signalNumbers[stopSignal]) })
  send(daemon, live, stopSignal)
  const until = grace < 0 ? Number.POSITIVE_INFINITY : daemon.clock.now() + grace * 1000
  if (!(yield* gone(daemon, live, until))) {
    daemon.containerEvent(container, 'kill', { signal: '9' })
    send(daemon, live, 'KILL')
    yield* gone(daemon, live, Number.POSITIVE_INFINITY)
  }
  return true
}

export function* restart(daemon: Daemon, id: string, options: { graceSeconds?: number; signal?: string }): Work<void> {
  yield* stop(daemon, id, options)
  yield* start(daemon, id)
  daemon.containerEvent(daemon.container(id), 'restart')
}

export function kill(daemon: Daemon, name: string, signalText: string): void {
  const container = daemon.find(name)
  if (!container) throw notFound(`cannot kill container: ${name}: No such container: ${name}`)
  const signal = signalOf(signalText)
  if (!signal) {
    const isNumber = /^\d+$/.test(signalText)
    throw badRequest(
      `cannot kill container: ${name}: ${isNumber ? `the linux daemon does not support signal ${signalText}` : `invalid signal: ${signalText}`}`,
    )
  }
  if (!container.State.Running || container.State.Restarting)
    throw conflict(`cannot kill container: ${name}: container ${container.Id} is not running`)
  const live = daemon.liveOf(container.Id)
  if (container.State.Paused && signal !== 'KILL')
    throw conflict(`cannot kill container: ${name}: container ${container.Id} is paused. Unpause the container before stopping or killing`)
  // Whatever ends it now, somebody wanted it to end: KILL and the stop signal hold back the restart policy.
  const stopSignal = signalOf(container.Config.StopSignal || 'SIGTERM')
  if (signal === 'KILL' || signal === stopSignal) live.isStopRequested = true
  daemon.containerEvent(container, 'kill', { signal: String(signalNumbers[signal]) })
  if (container.State.Paused) unfreeze(daemon, container.Id, live)
  send(daemon, live, signal)
}

export function pause(daemon: Daemon, name: string): void {
  const container = daemon.require(name)
  if (!container.State.Running) throw conflict(`container ${container.Id} is not running`)
  if (container.State.Paused) throw conflict(`Container ${container.Id} is already paused`)
  if (container.State.Restarting) throw conflict(`Container ${container.Id} is restarting, wait until the container is running`)
  const live = daemon.liveOf(container.Id)
  if (live.cgroup) daemon.host.kernel.freeze(live.cgroup, true)
  daemon.updateState(container.Id, { Status: 'paused', Paused: true })
  daemon.containerEvent(container, 'pause')
}

export function unpause(daemon: Daemon, name: string): void {
  const container = daemon.require(name)
  if (!container.State.Paused) throw failure(`Container ${container.Id} is not paused`)
  unfreeze(daemon, container.Id, daemon.liveOf(container.Id))
  daemon.containerEvent(container, 'unpause')
}

function unfreeze(daemon: Daemon, id: string, live: Live): void {
  if (live.cgroup) daemon.host.kernel.freeze(live.cgroup, false)
  daemon.updateState(id, { Status: 'running', Paused: false })
}

/** Takes a container away with its files; running ones only by force. */
export function* removeByForce(
  daemon: Daemon,
  name: string,
  { force, removeVolumes, removeLink }: { force: boolean; removeVolumes: boolean; removeLink: boolean },
): Work<void> {
  const container = daemon.require(name)
  const bare = container.Name.slice(1)
  if (removeLink) throw conflict(`Conflict, cannot remove the default link name of the container`)
  if (container.State.Running && !force) {
    if (container.State.Paused) throw conflict(`cannot remove container "${bare}": container is paused and must be unpaused first`)
    throw conflict(
      `cannot remove container "${bare}": container is ${container.State.Restarting ? 'restarting' : 'running'}: stop the container before removing or force remove`,
    )
  }
  const live = daemon.liveOf(container.Id)
  if (container.State.Running) {
    live.isStopRequested = true
    live.cancelRestart?.()
    if (live.process) {
      daemon.containerEvent(container, 'kill', { signal: '9' })
      send(daemon, live, 'KILL')
      yield* gone(daemon, live, Number.POSITIVE_INFINITY)
    }
  }
  if (!live.isRemoved) remove(daemon, container.Id, { removeVolumes })
}

export function remove(daemon: Daemon, id: string, { removeVolumes }: { removeVolumes: boolean }): void {
  const live = daemon.liveOf(id)
  const container = daemon.container(id)
  live.isRemoved = true
  for (const cancel of live.cancels.splice(0)) cancel()
  for (const exec of live.execs.keys()) daemon.execs.delete(exec)
  clear(daemon.host.disk, `/var/lib/docker/overlay2/${id}`)
  clear(daemon.host.disk, `/var/lib/docker/containers/${id}`)
  daemon.forget(container)
  if (daemon.store.get('swarm-files', id)) daemon.store.delete('swarm-files', id, daemon.cause)
  if (removeVolumes) {
    for (const mount of container.Mounts) {
      const volume = mount.Name ? findVolume(daemon, mount.Name) : undefined
      if (volume?.Labels?.['com.docker.volume.anonymous'] === undefined) continue
      try {
        removeVolume(daemon, volume.Name, { force: true })
      } catch (error) {
        // Another container uses it still.
        if (!(error instanceof DockerError)) throw error
      }
    }
  }
  daemon.containerEvent(container, 'destroy')
  live.changed.wake()
}
