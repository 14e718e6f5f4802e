/**
 * `POST /containers/create`: what was asked for, joined with the image's defaults and checked, becomes a container that has its files
 * but no process yet. The checks are in the daemon's order: which of two mistakes is reported first is visible.
 */
import { DockerError, badRequest, conflict, failure, notFound } from '../docker-error.ts'
import type { Daemon } from '../daemon.ts'
import { randomName } from './names.ts'
import { overlayFolder } from '../images/layer-folders.ts'
import { layerFolders } from '../images/layer-folders.ts'
import { mountPointsOf } from './mounts.ts'
import { endpointsAskedFor, type EndpointRequest } from '../networks/endpoints.ts'
import { findNetwork } from '../networks/network-lookup.ts'
import { familiarWhole, parseReference } from '../images/reference.ts'
import { signalOf } from '../../../unix/kernel/signals.ts'
import { configOf } from '../daemon-config.ts'
import { makeLive } from './live.ts'
import { checkLogConfig } from './log-options.ts'
import {
  type Container,
  type ContainerConfig,
  type ContainerState,
  defaultHostConfig,
  type HostConfig,
  type ImageInspect,
  zeroTime,
} from '../shapes.ts'
import type { Healthcheck } from '../../images/image-config.ts'
import { sorted } from '../images/image-store.ts'

export interface CreateRequest {
  readonly config: Partial<ContainerConfig>
  readonly hostConfig: Partial<HostConfig>
  readonly endpoints: Readonly<Record<string, EndpointRequest>>
}

export function createContainer(
  daemon: Daemon,
  { config, hostConfig, endpoints }: CreateRequest,
  { name = '', platform = '' }: { name?: string; platform?: string } = {},
): { Id: string; Warnings: string[] } {
  if (config.Image === undefined && config.Cmd === undefined && Object.keys(config).length === 0)
    throw badRequest('config cannot be empty in order to create a container')
  checkConfig(config)
  const host = withHostDefaults(daemon, hostConfig)
  checkHostConfig(daemon, host)
  const image = config.Image ? imageFor(daemon, config.Image, platform) : undefined
  const id = daemon.random.hex(64)
  const whole = withImageDefaults(config, image, id)
  const argv = [...(whole.Entrypoint ?? []), ...(whole.Cmd ?? [])]
  if (argv.length === 0 || (argv.length === 1 && argv[0] === '')) throw badRequest('no command specified')
  const fullName = nameFor(daemon, name, id)
  checkNetworks(daemon, config, host, endpoints)
  const linked: HostConfig = {
    ...host,
    BlkioWeight: 0,
    Links: host.Links ? host.Links.map((link) => wholeLink(daemon, link, fullName)) : null,
  }
  const folder = `/var/lib/docker/containers/${id}`
  const layerFolder = `${overlayFolder}/${id}`
  const lowers = image ? daemon.images.image(image.Id).layers : []
  const mounts = mountPointsOf(daemon, { id, config: whole, hostConfig: host })
  const isShareNet = host.NetworkMode.startsWith('container:')
  const container: Container = {
    Id: id,
    Created: daemon.nano(),
    Path: argv[0],
    Args: argv.slice(1),
    State: createdState,
    Image: image?.Id ?? '',
    ResolvConfPath: '',
    HostnamePath: '',
    HostsPath: '',
    LogPath: '',
    Name: fullName,
    RestartCount: 0,
    Driver: 'overlay2',
    Platform: 'linux',
    MountLabel: '',
    ProcessLabel: '',
    AppArmorProfile: '',
    ExecIDs: null,
    HostConfig: linked,
    GraphDriver: {
      Data: {
        ID: id,
        LowerDir: [
          `${layerFolder}-init/diff`,
          ...layerFolders(lowers.map(({ diffId }) => diffId))
            .map((lower) => `${overlayFolder}/${lower}/diff`)
            .reverse(),
        ].join(':'),
        MergedDir: `${layerFolder}/merged`,
        UpperDir: `${layerFolder}/diff`,
        WorkDir: `${layerFolder}/work`,
      },
      Name: 'overlay2',
    },
    Mounts: mounts,
    Config:
      isShareNet || host.NetworkMode === 'host'
        ? { ...whole, Hostname: config.Hostname || (isShareNet ? hostnameOf(daemon, host) : daemon.host.namespaces.uts.hostname) }
        : whole,
    NetworkSettings: {
      Bridge: '',
      SandboxID: '',
      SandboxKey: '',
      Ports: {},
      HairpinMode: false,
      LinkLocalIPv6Address: '',
      LinkLocalIPv6PrefixLen: 0,
      SecondaryIPAddresses: null,
      SecondaryIPv6Addresses: null,
      EndpointID: '',
      Gateway: '',
      GlobalIPv6Address: '',
      GlobalIPv6PrefixLen: 0,
      IPAddress: '',
      IPPrefixLen: 0,
      IPv6Gateway: '',
      MacAddress: '',
      Networks: endpointsAskedFor(daemon, host.NetworkMode, endpoints),
    },
  }
  daemon.live.set(id, makeLive(daemon, id, lowers, host.LogConfig))
  daemon.put({
    ...container,
    ResolvConfPath: `${folder}/resolv.conf`,
    HostnamePath: `${folder}/hostname`,
    HostsPath: `${folder}/hosts`,
    LogPath: host.LogConfig.Type === 'json-file' ? `${folder}/${id}-json.log` : '',
  })
  daemon.containerEvent(daemon.container(id), 'create')
  return { Id: id, Warnings: [...warningsFor(host), ...notSimulated(daemon, Object.keys(container.NetworkSettings.Networks))] }
}

/** `db:alias` is kept as `/db:/own/alias`. */
function wholeLink(daemon: Daemon, link: string, own: string): string {
  const [name, alias = name] = link.split(':')
  const target = daemon.find(name)
  if (!target) throw badRequest(`could not get container for ${name}: No such container: ${name}`)
  return `${target.Name}:${own}/${alias.replace(/^.*\//, '')}`
}

const createdState: ContainerState = {
  Status: 'created',
  Running: false,
  Paused: false,
  Restarting: false,
  OOMKilled: false,
  Dead: false,
  Pid: 0,
  ExitCode: 0,
  Error: '',
  StartedAt: zeroTime,
  FinishedAt: zeroTime,
}

function hostnameOf(daemon: Daemon, host: HostConfig): string {
  return daemon.find(host.NetworkMode.slice('container:'.length))?.Config.Hostname ?? ''
}

function imageFor(daemon: Daemon, name: string, platform: string): ImageInspect {
  const image = daemon.images.find(name)
  if (!image) throw notFound(`No such image: ${/^(sha256:)?[a-f0-9]{64}$/.test(name) ? name : familiarWhole(parseReference(name))}`)
  const [os, architecture] = platform.split('/')
  if (platform && (os !== image.Os || (architecture && architecture !== image.Architecture))) {
    throw notFound(
      `image with reference ${name} was found but its platform (${image.Os}/${image.Architecture}) does not match the specified platform (${platform})`,
    )
  }
  return image
}

/** Names are kept with a slash in front, from the time when containers could be linked by path. */
export function nameFor(daemon: Daemon, name: string, id: string): string {
  if (name === '') return `/${randomName(daemon.random, (candidate) => daemon.idOfName(candidate) !== undefined)}`
  const bare = name.replace(/^\//, '')
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(bare))
    throw badRequest(`Invalid container name (${name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`)
  const holder = daemon.idOfName(bare)
  if (holder && holder !== id)
    throw conflict(
      `Conflict. The container name "/${bare}" is already in use by container "${holder}". You have to remove (or rename) that container to be able to reuse that name.`,
    )
  return `/${bare}`
}

function withImageDefaults(asked: Partial<ContainerConfig>, image: ImageInspect | undefined, id: string): ContainerConfig {
  const base = (image?.Config ?? {}) as Partial<ContainerConfig>
  const isCleared = asked.Entrypoint?.length === 1 && asked.Entrypoint[0] === ''
  const hasEntrypoint = (asked.Entrypoint?.length ?? 0) > 0
  const Entrypoint = isCleared ? null : hasEntrypoint ? asked.Entrypoint : base.Entrypoint
  const Cmd = asked.Cmd?.length ? asked.Cmd : hasEntrypoint ? null : base.Cmd
  const ports = { ...base.ExposedPorts, ...asked.ExposedPorts }
  const volumes = { ...base.Volumes, ...asked.Volumes }
  const Healthcheck = healthcheckOf(asked.Healthcheck, base.Healthcheck)
  const StopSignal = asked.StopSignal || base.StopSignal
  return {
    Hostname: asked.Hostname || id.slice(0, 12),
    Domainname: asked.Domainname ?? '',
    User: asked.User || base.User || '',
    AttachStdin: asked.AttachStdin ?? false,
    AttachStdout: asked.AttachStdout ?? false,
    AttachStderr: asked.AttachStderr ?? false,
    ...(Object.keys(ports).length > 0 ? { ExposedPorts: sorted(ports) } : {}),
    Tty: asked.Tty ?? false,
    OpenStdin: asked.OpenStdin ?? false,
    StdinOnce: asked.StdinOnce ?? false,
    Env: asked.Env?.length || base.Env ? mergedEnv(asked.Env ?? [], base.Env ?? []) : null,
    Cmd: Cmd ?? null,
    ...(Healthcheck ? { Healthcheck } : {}),
    ...(base.ArgsEscaped && !asked.Cmd?.length ? { ArgsEscaped: true } : {}),
    Image: asked.Image ?? '',
    Volumes: Object.keys(volumes).length > 0 ? sorted(volumes) : null,
    WorkingDir: asked.WorkingDir || base.WorkingDir || '',
    Entrypoint: Entrypoint ?? null,
    OnBuild: base.OnBuild ?? null,
    Labels: sorted({ ...base.Labels, ...asked.Labels }),
    ...(StopSignal ? { StopSignal } : {}),
    ...(asked.StopTimeout !== undefined ? { StopTimeout: asked.StopTimeout } : {}),
    ...(base.Shell ? { Shell: base.Shell } : {}),
  }
}

/** A user's variables first, then those of the image that they do not replace. */
function mergedEnv(asked: readonly string[], base: readonly string[]): readonly string[] {
  const names = new Set(asked.map((entry) => entry.split('=', 1)[0]))
  return [...asked, ...base.filter((entry) => !names.has(entry.split('=', 1)[0]))]
}

function healthcheckOf(asked: Healthcheck | undefined, base: Healthcheck | undefined): Healthcheck | undefined {
  if (!asked) return base
  if (!base) return asked
  return {
    ...(asked.Test?.length ? { Test: asked.Test } : base.Test ? { Test: base.Test } : {}),
    ...pick('Interval'),
    ...pick('Timeout'),
    ...pick('StartPeriod'),
    ...pick('StartInterval'),
    ...pick('Retries'),
  }
  function pick(field: 'Interval' | 'Timeout' | 'StartPeriod' | 'StartInterval' | 'Retries'): Partial<Healthcheck> {
    const value = asked?.[field] || base?.[field]
    return value ? { [field]: value } : {}
  }
}

/** Maps and lists that the API leaves out when they are empty. */
const leftOutEmpty: ReadonlySet<string> = new Set(['Annotations', 'Mounts', 'StorageOpt', 'Sysctls', 'Tmpfs'])

function withHostDefaults(daemon: Daemon, asked: Partial<HostConfig>): HostConfig {
  const { kernel } = daemon.host
  const config = configOf(daemon)
  const given = Object.fromEntries(
    Object.entries(asked).filter(
      ([name, value]) => value !== undefined && value !== null && !(leftOutEmpty.has(name) && Object.keys(value).length === 0),
    ),
  )
  const host: HostConfig = { ...defaultHostConfig, ...given, PortBindings: sorted(asked.PortBindings ?? {}) }
  return {
    ...host,
    NetworkMode: host.NetworkMode === '' || host.NetworkMode === 'default' ? 'bridge' : host.NetworkMode,
    IpcMode: host.IpcMode || 'private',
    CgroupnsMode: asked.CgroupnsMode || (kernel.cgroupVersion === 1 ? 'host' : 'private'),
    Runtime: host.Runtime || 'runc',
    ShmSize: host.ShmSize || defaultHostConfig.ShmSize,
    // The daemon's own options are for its own driver.
    LogConfig: {
      Type: host.LogConfig.Type || config.logDriver,
      Config: { ...((host.LogConfig.Type || config.logDriver) === config.logDriver ? config.logOptions : {}), ...host.LogConfig.Config },
    },
    RestartPolicy: { Name: host.RestartPolicy.Name || 'no', MaximumRetryCount: host.RestartPolicy.MaximumRetryCount ?? 0 },
    PidsLimit: host.PidsLimit && host.PidsLimit > 0 ? host.PidsLimit : null,
    MemorySwap: host.Memory > 0 && host.MemorySwap === 0 ? host.Memory * 2 : host.MemorySwap,
    // Memory swap accounting keeps -1 for "as much as there is"; swappiness -1 is unset.
    MemorySwappiness: host.MemorySwappiness === -1 ? null : host.MemorySwappiness,
    ...(host.Privileged ? { MaskedPaths: null, ReadonlyPaths: null } : {}),
  }
}

function checkConfig({ WorkingDir = '', StopSignal, Healthcheck, Env }: Partial<ContainerConfig>): void {
  if (WorkingDir !== '' && !WorkingDir.startsWith('/'))
    throw badRequest(`the working directory '${WorkingDir}' is invalid, it needs to be an absolute path`)
  if (StopSignal && !signalOf(StopSignal)) throw badRequest(`invalid signal: ${StopSignal}`)
  for (const entry of Env ?? []) if (entry === '' || entry.startsWith('=')) throw badRequest(`invalid environment variable: ${entry}`)
  for (const [field, words] of [
    ['Interval', 'Interval'],
    ['Timeout', 'Timeout'],
    ['StartPeriod', 'StartPeriod'],
    ['StartInterval', 'StartInterval'],
  ] as const) {
    const value = Healthcheck?.[field] ?? 0
    if (value !== 0 && value < 1_000_000) throw badRequest(`${words} in Healthcheck cannot be less than 1ms`)
  }
  if ((Healthcheck?.Retries ?? 0) < 0) throw badRequest('Retries in Healthcheck cannot be negative')
}

const capabilities = new Set(
  (
    'ALL AUDIT_CONTROL AUDIT_READ AUDIT_WRITE BLOCK_SUSPEND BPF CHECKPOINT_RESTORE CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID IPC_LOCK IPC_OWNER KILL LEASE ' +
    'LINUX_IMMUTABLE MAC_ADMIN MAC_OVERRIDE MKNOD NET_ADMIN NET_BIND_SERVICE NET_BROADCAST NET_RAW PERFMON SETFCAP SETGID SETPCAP SETUID SYSLOG SYS_ADMIN SYS_BOOT ' +
    'SYS_CHROOT SYS_MODULE SYS_NICE SYS_PACCT SYS_PTRACE SYS_RAWIO SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG WAKE_ALARM'
  ).split(' '),
)

const logDrivers = ['json-file', 'local', 'none', 'journald', 'syslog', 'awslogs', 'fluentd', 'gelf', 'splunk', 'gcplogs', 'etwlogs']

export function checkResources(daemon: Daemon, host: HostConfig): void {
  const { cpus } = daemon.host.kernel
  if (host.Memory > 0 && host.Memory < 6 * 2 ** 20) throw badRequest('Minimum memory limit allowed is 6MB')
  if (host.Memory > 0 && host.MemorySwap > 0 && host.MemorySwap < host.Memory)
    throw badRequest('Minimum memoryswap limit should be larger than memory limit, see usage')
  if (host.Memory === 0 && host.MemorySwap > 0)
    throw badRequest('You should always set the Memory limit when using Memoryswap limit, see usage')
  if (host.MemorySwappiness !== null && (host.MemorySwappiness < -1 || host.MemorySwappiness > 100))
    throw badRequest(`Invalid value: ${host.MemorySwappiness}, valid memory swappiness range is 0-100`)
  if (host.MemoryReservation > 0 && host.MemoryReservation < 6 * 2 ** 20) throw badRequest('Minimum memory reservation allowed is 6MB')
  if (host.Memory > 0 && host.MemoryReservation > 0 && host.Memory < host.MemoryReservation)
    throw badRequest('Minimum memory limit can not be less than memory reservation limit, see usage')
  if (host.OomScoreAdj < -1000 || host.OomScoreAdj > 1000)
    throw badRequest(`Invalid value ${host.OomScoreAdj}, range for oom score adj is [-1000, 1000]`)
  if (host.NanoCpus > 0 && host.CpuPeriod > 0) throw badRequest('Conflicting options: Nano CPUs and CPU Period cannot both be set')
  if (host.NanoCpus > 0 && host.CpuQuota > 0) throw badRequest('Conflicting options: Nano CPUs and CPU Quota cannot both be set')
  if (host.NanoCpus < 0 || host.NanoCpus > cpus * 1e9)
    throw badRequest(`range of CPUs is from 0.01 to ${cpus}.00, as there are only ${cpus} CPUs available`)
  if (host.CpusetCpus !== '') {
    const asked = host.CpusetCpus.split(',').flatMap((part) => part.split('-').map(Number))
    if (asked.some((cpu) => Number.isNaN(cpu))) throw badRequest(`Invalid value ${host.CpusetCpus} for cpuset cpus`)
    if (asked.some((cpu) => cpu >= cpus))
      throw badRequest(`Requested CPUs are not available - requested ${host.CpusetCpus}, available: 0-${cpus - 1}`)
  }
}

export function checkRestartPolicy({ Name, MaximumRetryCount }: HostConfig['RestartPolicy']): void {
  if (!['no', 'always', 'on-failure', 'unless-stopped', ''].includes(Name))
    throw badRequest(`invalid restart policy: unknown policy '${Name}'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'`)
  if (Name !== 'on-failure' && MaximumRetryCount !== 0)
    throw badRequest(
      `invalid restart policy: maximum retry count can only be used with 'on-failure'${MaximumRetryCount < 0 ? ' and cannot be negative' : ''}`,
    )
  if (MaximumRetryCount < 0) throw badRequest('invalid restart policy: maximum retry count cannot be negative')
}

function checkHostConfig(daemon: Daemon, host: HostConfig): void {
  for (const [field, list] of [
    ['CapAdd', host.CapAdd],
    ['CapDrop', host.CapDrop],
  ] as const) {
    for (const name of list ?? []) {
      const bare = name.toUpperCase().replace(/^CAP_/, '')
      if (!capabilities.has(bare)) throw badRequest(`invalid ${field}: unknown capability: "CAP_${bare}"`)
    }
  }
  if (host.RestartPolicy.Name !== 'no' && host.AutoRemove) throw badRequest("can't create 'AutoRemove' container with restart policy")
  checkRestartPolicy(host.RestartPolicy)
  if (!['', 'default'].includes(host.Isolation)) throw badRequest(`invalid isolation (${host.Isolation}): linux only supports 'default'`)
  if (!/^(none|private|host|shareable|container:.+)$/.test(host.IpcMode)) throw badRequest(`invalid IPC mode: ${host.IpcMode}`)
  if (host.PidMode !== '' && host.PidMode !== 'host' && !/^container:.+$/.test(host.PidMode))
    throw badRequest(`invalid PID mode: ${host.PidMode}`)
  if (host.UTSMode !== '' && host.UTSMode !== 'host') throw badRequest(`invalid UTS mode: ${host.UTSMode}`)
  checkResources(daemon, host)
  if (!['runc', 'io.containerd.runc.v2'].includes(host.Runtime)) throw badRequest(`unknown or invalid runtime name: ${host.Runtime}`)
  if (!logDrivers.includes(host.LogConfig.Type))
    throw badRequest(`error looking up logging plugin ${host.LogConfig.Type}: plugin "${host.LogConfig.Type}" not found`)
  checkLogConfig(host.LogConfig)
  if (host.StorageOpt && Object.keys(host.StorageOpt).length > 0)
    throw failure("--storage-opt is supported only for overlay over xfs with 'pquota' mount option")
  for (const extra of host.ExtraHosts ?? []) if (!/^[^:]+[:=].+$/.test(extra)) throw badRequest(`bad format for add-host: "${extra}"`)
}

/** What belongs to a network namespace cannot be chosen for a container that joins another's. */
function checkShared(config: { readonly Hostname?: string }, host: HostConfig): void {
  if (config.Hostname) throw badRequest('conflicting options: hostname and the network mode')
  if (host.Links?.length)
    throw badRequest("conflicting options: container type network can't be used with links. This would result in undefined behavior")
  if (host.Dns?.length) throw badRequest('conflicting options: dns and the network mode')
  if (host.ExtraHosts?.length) throw badRequest('conflicting options: custom host-to-IP mapping and the network mode')
}

function checkNetworks(
  daemon: Daemon,
  config: { readonly Hostname?: string },
  host: HostConfig,
  endpoints: Readonly<Record<string, EndpointRequest>>,
): void {
  const mode = host.NetworkMode
  const publishes = Object.keys(host.PortBindings).length > 0
  if (mode.startsWith('container:')) checkShared(config, host)
  if (mode.startsWith('container:') && publishes)
    throw badRequest('conflicting options: port publishing and the container type network mode')
  for (const [name, endpoint] of Object.entries(endpoints)) {
    const target = name === 'default' ? 'bridge' : name
    const address = endpoint.IPAMConfig?.IPv4Address
    if (!address) continue
    const network = daemon.networks().find((candidate) => candidate.Name === target || candidate.Id === target)
    if (!network) continue
    const causes: string[] = []
    if (['bridge', 'host', 'none'].includes(network.Name))
      causes.push('user specified IP address is supported on user defined networks only')
    if (!hasOwnSubnet(network.Id, daemon))
      causes.push('user specified IP address is supported only when connecting to networks with user configured subnets')
    if (causes.length > 0)
      throw badRequest(
        `invalid config for network ${target}: invalid endpoint settings:\n${causes.length === 1 ? causes[0] : causes.map((cause) => `* ${cause}`).join('\n')}`,
      )
  }
}

/** Whether the subnet was chosen by whoever made the network; the store remembers which were not. */
export function hasOwnSubnet(id: string, daemon: Daemon): boolean {
  return (daemon.store.get('network-pools', id) as { isAutomatic: boolean } | undefined)?.isAutomatic === false
}

function warningsFor(host: HostConfig): string[] {
  const warnings: string[] = []
  if (host.OomKillDisable && host.Memory === 0)
    warnings.push(
      'OOM killer is disabled for the container, but no memory limit is set, this can result in the system running out of resources.',
    )
  if (host.NetworkMode === 'host' && Object.keys(host.PortBindings).length > 0)
    warnings.push('Published ports are discarded when using host network mode')
  if (host.BlkioWeight > 0) warnings.push('Your kernel does not support Block I/O weight or the cgroup is not mounted. Weight discarded.')
  return warnings
}

/** What the container's networks do on a real machine and not here. */
function notSimulated(daemon: Daemon, networks: readonly string[]): string[] {
  return networks.flatMap((name) => {
    const network = findNetwork(daemon, name)
    if (!network) return []
    const parent = network.Options?.parent ?? 'the parent interface'
    return [
      ...(network.EnableIPv6 ? [`IPv6 is not simulated in this sandbox: on network ${name} the container has an IPv4 address only`] : []),
      ...(/^(macvlan|ipvlan)$/.test(network.Driver)
        ? [
            `${network.Driver} is simulated as a network of its own: the container is not reached from the network of ${parent}, and does not reach it`,
          ]
        : []),
    ]
  })
}

/** Parses the body; what is missing is taken as Go's zero value. */
export function createRequestOf(body: unknown): CreateRequest {
  if (typeof body !== 'object' || body === null) throw new DockerError(400, 'config cannot be empty in order to create a container')
  const {
    HostConfig: hostConfig,
    NetworkingConfig: networking,
    ...config
  } = body as Partial<ContainerConfig> & {
    HostConfig?: Partial<HostConfig> | null
    NetworkingConfig?: { EndpointsConfig?: Readonly<Record<string, EndpointRequest>> | null } | null
  }
  return { config, hostConfig: hostConfig ?? {}, endpoints: networking?.EndpointsConfig ?? {} }
}
