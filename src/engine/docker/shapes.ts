/**
 * The Engine API's objects as the store keeps them: containers, images, networks and volumes in the very shapes that `docker inspect`
 * shows, so that the page draws what a learner can read. Field order is upstream's.
 */
import type { Healthcheck } from '../images/image-config.ts'

/** What a daemon's store holds for itself alone: contents of layers, the builder's cache. Saved with the rest, of no use to the page. */
export const inwardResources: ReadonlySet<string> = new Set([
  'layers',
  'image-configs',
  'build-cache',
  'build-steps',
  'network-pools',
  'engine',
  'registry-images',
  'registry-accounts',
  'swarm',
  'swarm-files',
])

export const zeroTime = '0001-01-01T00:00:00Z'

export interface PortBinding {
  readonly HostIp: string
  readonly HostPort: string
}

export interface ContainerConfig {
  readonly Hostname: string
  readonly Domainname: string
  readonly User: string
  readonly AttachStdin: boolean
  readonly AttachStdout: boolean
  readonly AttachStderr: boolean
  readonly ExposedPorts?: Readonly<Record<string, object>>
  readonly Tty: boolean
  readonly OpenStdin: boolean
  readonly StdinOnce: boolean
  readonly Env: readonly string[] | null
  readonly Cmd: readonly string[] | null
  readonly Healthcheck?: Healthcheck
  readonly ArgsEscaped?: boolean
  readonly Image: string
  readonly Volumes: Readonly<Record<string, object>> | null
  readonly WorkingDir: string
  readonly Entrypoint: readonly string[] | null
  readonly NetworkDisabled?: boolean
  readonly OnBuild: readonly string[] | null
  readonly Labels: Readonly<Record<string, string>>
  readonly StopSignal?: string
  readonly StopTimeout?: number
  readonly Shell?: readonly string[]
}

export interface MountRequest {
  readonly Type: string
  readonly Source?: string
  readonly Target: string
  readonly ReadOnly?: boolean
  readonly Consistency?: string
  readonly BindOptions?: { readonly Propagation?: string; readonly CreateMountpoint?: boolean; readonly NonRecursive?: boolean }
  readonly VolumeOptions?: {
    readonly NoCopy?: boolean
    readonly Labels?: Readonly<Record<string, string>>
    readonly Subpath?: string
    readonly DriverConfig?: { readonly Name?: string; readonly Options?: Readonly<Record<string, string>> }
  }
  readonly TmpfsOptions?: { readonly SizeBytes?: number; readonly Mode?: number }
}

export interface HostConfig {
  readonly Binds: readonly string[] | null
  readonly ContainerIDFile: string
  readonly LogConfig: { readonly Type: string; readonly Config: Readonly<Record<string, string>> }
  readonly NetworkMode: string
  readonly PortBindings: Readonly<Record<string, readonly PortBinding[] | null>>
  readonly RestartPolicy: { readonly Name: string; readonly MaximumRetryCount: number }
  readonly AutoRemove: boolean
  readonly VolumeDriver: string
  readonly VolumesFrom: readonly string[] | null
  readonly ConsoleSize: readonly [number, number]
  readonly Annotations?: Readonly<Record<string, string>>
  readonly CapAdd: readonly string[] | null
  readonly CapDrop: readonly string[] | null
  readonly CgroupnsMode: string
  readonly Dns: readonly string[] | null
  readonly DnsOptions: readonly string[] | null
  readonly DnsSearch: readonly string[] | null
  readonly ExtraHosts: readonly string[] | null
  readonly GroupAdd: readonly string[] | null
  readonly IpcMode: string
  readonly Cgroup: string
  readonly Links: readonly string[] | null
  readonly OomScoreAdj: number
  readonly PidMode: string
  readonly Privileged: boolean
  readonly PublishAllPorts: boolean
  readonly ReadonlyRootfs: boolean
  readonly SecurityOpt: readonly string[] | null
  readonly StorageOpt?: Readonly<Record<string, string>>
  readonly Tmpfs?: Readonly<Record<string, string>>
  readonly UTSMode: string
  readonly UsernsMode: string
  readonly ShmSize: number
  readonly Sysctls?: Readonly<Record<string, string>>
  readonly Runtime: string
  readonly Isolation: string
  readonly CpuShares: number
  readonly Memory: number
  readonly NanoCpus: number
  readonly CgroupParent: string
  readonly BlkioWeight: number
  readonly BlkioWeightDevice: readonly object[] | null
  readonly BlkioDeviceReadBps: readonly object[] | null
  readonly BlkioDeviceWriteBps: readonly object[] | null
  readonly BlkioDeviceReadIOps: readonly object[] | null
  readonly BlkioDeviceWriteIOps: readonly object[] | null
  readonly CpuPeriod: number
  readonly CpuQuota: number
  readonly CpuRealtimePeriod: number
  readonly CpuRealtimeRuntime: number
  readonly CpusetCpus: string
  readonly CpusetMems: string
  readonly Devices: readonly { readonly PathOnHost: string; readonly PathInContainer: string; readonly CgroupPermissions: string }[] | null
  readonly DeviceCgroupRules: readonly string[] | null
  readonly DeviceRequests: readonly { readonly Driver: string; readonly Capabilities: readonly (readonly string[])[] }[] | null
  readonly MemoryReservation: number
  readonly MemorySwap: number
  readonly MemorySwappiness: number | null
  readonly OomKillDisable: boolean | null
  readonly PidsLimit: number | null
  readonly Ulimits: readonly { readonly Name: string; readonly Soft: number; readonly Hard: number }[] | null
  readonly CpuCount: number
  readonly CpuPercent: number
  readonly IOMaximumIOps: number
  readonly IOMaximumBandwidth: number
  readonly Mounts?: readonly MountRequest[]
  readonly MaskedPaths: readonly string[] | null
  readonly ReadonlyPaths: readonly string[] | null
  readonly Init?: boolean
}

export const defaultHostConfig: HostConfig = {
  Binds: null,
  ContainerIDFile: '',
  LogConfig: { Type: 'json-file', Config: {} },
  NetworkMode: 'bridge',
  PortBindings: {},
  RestartPolicy: { Name: 'no', MaximumRetryCount: 0 },
  AutoRemove: false,
  VolumeDriver: '',
  VolumesFrom: null,
  ConsoleSize: [0, 0],
  CapAdd: null,
  CapDrop: null,
  CgroupnsMode: 'host',
  Dns: null,
  DnsOptions: null,
  DnsSearch: null,
  ExtraHosts: null,
  GroupAdd: null,
  IpcMode: 'private',
  Cgroup: '',
  Links: null,
  OomScoreAdj: 0,
  PidMode: '',
  Privileged: false,
  PublishAllPorts: false,
  ReadonlyRootfs: false,
  SecurityOpt: null,
  UTSMode: '',
  UsernsMode: '',
  ShmSize: 67108864,
  Runtime: 'runc',
  Isolation: '',
  CpuShares: 0,
  Memory: 0,
  NanoCpus: 0,
  CgroupParent: '',
  BlkioWeight: 0,
  BlkioWeightDevice: null,
  BlkioDeviceReadBps: null,
  BlkioDeviceWriteBps: null,
  BlkioDeviceReadIOps: null,
  BlkioDeviceWriteIOps: null,
  CpuPeriod: 0,
  CpuQuota: 0,
  CpuRealtimePeriod: 0,
  CpuRealtimeRuntime: 0,
  CpusetCpus: '',
  CpusetMems: '',
  Devices: null,
  DeviceCgroupRules: null,
  DeviceRequests: null,
  MemoryReservation: 0,
  MemorySwap: 0,
  MemorySwappiness: null,
  OomKillDisable: false,
  PidsLimit: null,
  Ulimits: null,
  CpuCount: 0,
  CpuPercent: 0,
  IOMaximumIOps: 0,
  IOMaximumBandwidth: 0,
  MaskedPaths: [
    '/proc/asound',
    '/proc/acpi',
    '/proc/interrupts',
    '/proc/kcore',
    '/proc/keys',
    '/proc/latency_stats',
    '/proc/timer_list',
    '/proc/timer_stats',
    '/proc/sched_debug',
    '/proc/scsi',
    '/sys/firmware',
    '/sys/devices/virtual/powercap',
  ],
  ReadonlyPaths: ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'],
}

export interface HealthState {
  readonly Status: 'starting' | 'healthy' | 'unhealthy'
  readonly FailingStreak: number
  readonly Log: readonly { readonly Start: string; readonly End: string; readonly ExitCode: number; readonly Output: string }[]
}

export interface ContainerState {
  readonly Status: 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead'
  readonly Running: boolean
  readonly Paused: boolean
  readonly Restarting: boolean
  readonly OOMKilled: boolean
  readonly Dead: boolean
  readonly Pid: number
  readonly ExitCode: number
  readonly Error: string
  readonly StartedAt: string
  readonly FinishedAt: string
  readonly Health?: HealthState
}

export interface EndpointSettings {
  readonly IPAMConfig: { readonly IPv4Address?: string; readonly IPv6Address?: string } | null
  readonly Links: readonly string[] | null
  readonly Aliases: readonly string[] | null
  readonly MacAddress: string
  readonly DriverOpts: Readonly<Record<string, string>> | null
  readonly GwPriority: number
  readonly NetworkID: string
  readonly EndpointID: string
  readonly Gateway: string
  readonly IPAddress: string
  readonly IPPrefixLen: number
  readonly IPv6Gateway: string
  readonly GlobalIPv6Address: string
  readonly GlobalIPv6PrefixLen: number
  readonly DNSNames: readonly string[] | null
}

export const noEndpoint: EndpointSettings = {
  IPAMConfig: null,
  Links: null,
  Aliases: null,
  MacAddress: '',
  DriverOpts: null,
  GwPriority: 0,
  NetworkID: '',
  EndpointID: '',
  Gateway: '',
  IPAddress: '',
  IPPrefixLen: 0,
  IPv6Gateway: '',
  GlobalIPv6Address: '',
  GlobalIPv6PrefixLen: 0,
  DNSNames: null,
}

export interface NetworkSettings {
  readonly Bridge: string
  readonly SandboxID: string
  readonly SandboxKey: string
  readonly Ports: Readonly<Record<string, readonly PortBinding[] | null>>
  readonly HairpinMode: boolean
  readonly LinkLocalIPv6Address: string
  readonly LinkLocalIPv6PrefixLen: number
  readonly SecondaryIPAddresses: null
  readonly SecondaryIPv6Addresses: null
  readonly EndpointID: string
  readonly Gateway: string
  readonly GlobalIPv6Address: string
  readonly GlobalIPv6PrefixLen: number
  readonly IPAddress: string
  readonly IPPrefixLen: number
  readonly IPv6Gateway: string
  readonly MacAddress: string
  readonly Networks: Readonly<Record<string, EndpointSettings>>
}

export interface MountPoint {
  readonly Type: 'bind' | 'volume' | 'tmpfs'
  readonly Name?: string
  readonly Source: string
  readonly Destination: string
  readonly Driver?: string
  readonly Mode: string
  readonly RW: boolean
  readonly Propagation: string
}

export interface Container {
  readonly Id: string
  readonly Created: string
  readonly Path: string
  readonly Args: readonly string[]
  readonly State: ContainerState
  readonly Image: string
  readonly ResolvConfPath: string
  readonly HostnamePath: string
  readonly HostsPath: string
  readonly LogPath: string
  readonly Name: string
  readonly RestartCount: number
  readonly Driver: string
  readonly Platform: string
  readonly MountLabel: string
  readonly ProcessLabel: string
  readonly AppArmorProfile: string
  readonly ExecIDs: readonly string[] | null
  readonly HostConfig: HostConfig
  readonly GraphDriver: { readonly Data: Readonly<Record<string, string>>; readonly Name: string }
  readonly Mounts: readonly MountPoint[]
  readonly Config: ContainerConfig
  readonly NetworkSettings: NetworkSettings
}

export interface Network {
  readonly Name: string
  readonly Id: string
  readonly Created: string
  readonly Scope: string
  readonly Driver: string
  readonly EnableIPv4: boolean
  readonly EnableIPv6: boolean
  readonly IPAM: {
    readonly Driver: string
    readonly Options: Readonly<Record<string, string>> | null
    readonly Config:
      | readonly {
          readonly Subnet?: string
          readonly IPRange?: string
          readonly Gateway?: string
          readonly AuxiliaryAddresses?: Readonly<Record<string, string>>
        }[]
      | null
  }
  readonly Internal: boolean
  readonly Attachable: boolean
  readonly Ingress: boolean
  readonly ConfigFrom: { readonly Network: string }
  readonly ConfigOnly: boolean
  readonly Containers: Readonly<Record<string, object>>
  readonly Options: Readonly<Record<string, string>> | null
  readonly Labels: Readonly<Record<string, string>> | null
}

export interface Volume {
  readonly CreatedAt: string
  readonly Driver: string
  readonly Labels: Readonly<Record<string, string>> | null
  readonly Mountpoint: string
  readonly Name: string
  readonly Options: Readonly<Record<string, string>> | null
  readonly Scope: string
}

export interface ImageInspect {
  readonly Id: string
  readonly RepoTags: readonly string[]
  readonly RepoDigests: readonly string[]
  readonly Parent: string
  readonly Comment: string
  readonly Created: string
  readonly DockerVersion: string
  readonly Author: string
  readonly Architecture: string
  readonly Os: string
  readonly Size: number
  readonly GraphDriver: { readonly Data: Readonly<Record<string, string>>; readonly Name: string }
  readonly RootFS: { readonly Type: string; readonly Layers?: readonly string[] }
  readonly Metadata: { readonly LastTagTime: string }
  readonly Config: Readonly<Record<string, unknown>>
}

/** The body of `POST /networks/create`. */
export interface NetworkRequest {
  readonly Name: string
  readonly Driver?: string
  readonly Internal?: boolean
  readonly Attachable?: boolean
  readonly Ingress?: boolean
  readonly EnableIPv6?: boolean
  readonly EnableIPv4?: boolean
  readonly Scope?: string
  readonly IPAM?: {
    readonly Driver?: string
    readonly Options?: Readonly<Record<string, string>> | null
    readonly Config?: Network['IPAM']['Config']
  } | null
  readonly Options?: Readonly<Record<string, string>> | null
  readonly Labels?: Readonly<Record<string, string>> | null
}
