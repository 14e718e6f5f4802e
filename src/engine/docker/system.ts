/** What the engine says about itself: version, info, disk usage. */
import type { Daemon } from './daemon.ts'
import { runcFeatures } from './runc-features.ts'
import { configOf } from './daemon-config.ts'
import { engineVersion } from './engine-version.ts'
import { summaryOf as imageSummary } from './images/images.ts'
import { summaryOf as containerSummary } from './containers/list-containers.ts'
import { sizeOf as volumeSize, usersOf } from './volumes.ts'

export const apiVersion = '1.51'
export const minimumApiVersion = '1.24'
const gitCommit = '3ef3c07c883be49a2e8097bcf6d2952fce1d70eb'
const goVersion = 'go1.27.1'
const buildTime = '2026-09-15T11:02:57.000000000+00:00'

export function version(daemon: Daemon): object {
  const KernelVersion = daemon.host.kernel.release
  return {
    Platform: { Name: '' },
    Components: [
      {
        Name: 'Engine',
        Version: engineVersion,
        Details: {
          ApiVersion: apiVersion,
          Arch: 'amd64',
          BuildTime: buildTime,
          Experimental: 'false',
          GitCommit: gitCommit,
          GoVersion: goVersion,
          KernelVersion,
          MinAPIVersion: minimumApiVersion,
          Os: 'linux',
        },
      },
      { Name: 'containerd', Version: daemon.containerd.version, Details: { GitCommit: daemon.containerd.commit } },
      { Name: 'runc', Version: '1.3.6+ds1', Details: { GitCommit: '1.3.6+ds1-1' } },
      { Name: 'docker-init', Version: '0.19.0', Details: { GitCommit: '' } },
    ],
    Version: engineVersion,
    ApiVersion: apiVersion,
    MinAPIVersion: minimumApiVersion,
    GitCommit: gitCommit,
    GoVersion: goVersion,
    Os: 'linux',
    Arch: 'amd64',
    KernelVersion,
    BuildTime: buildTime,
  }
}

export function info(daemon: Daemon): object {
  const containers = daemon.containers()
  const count = (status: string) => containers.filter(({ State }) => State.Status === status).length
  const running = containers.filter(({ State }) => State.Running && !State.Paused).length
  const { kernel } = daemon.host
  const isOne = kernel.cgroupVersion === 1
  const config = configOf(daemon)
  const features = { 'org.opencontainers.runtime-spec.features': runcFeatures }
  return {
    ID: daemon.engineId,
    Containers: containers.length,
    ContainersRunning: running,
    ContainersPaused: count('paused'),
    ContainersStopped: containers.length - running - count('paused'),
    Images: daemon.images.list().length,
    Driver: 'overlay2',
    DriverStatus: [
      ['Backing Filesystem', 'extfs'],
      ['Supports d_type', 'true'],
      ['Using metacopy', 'false'],
      ['Native Overlay Diff', 'true'],
      ['userxattr', 'false'],
    ],
    Plugins: {
      Volume: ['local'],
      Network: ['bridge', 'host', 'ipvlan', 'macvlan', 'null', 'overlay'],
      Authorization: null,
      Log: ['awslogs', 'fluentd', 'gelf', 'journald', 'json-file', 'local', 'splunk', 'syslog'],
    },
    MemoryLimit: true,
    SwapLimit: true,
    ...(isOne ? { KernelMemoryTCP: true } : {}),
    CpuCfsPeriod: true,
    CpuCfsQuota: true,
    CPUShares: true,
    CPUSet: true,
    PidsLimit: true,
    IPv4Forwarding: true,
    Debug: config.isDebug,
    NFd: 22 + running * 6,
    OomKillDisable: isOne,
    NGoroutines: 40 + running * 8,
    SystemTime: daemon.nano(),
    LoggingDriver: config.logDriver,
    CgroupDriver: isOne ? 'cgroupfs' : 'systemd',
    CgroupVersion: String(kernel.cgroupVersion),
    NEventsListener: daemon.eventListeners,
    KernelVersion: kernel.release,
    OperatingSystem: `${osRelease(daemon, 'PRETTY_NAME') ?? 'Linux'}${isContainerised(daemon) ? ' (containerized)' : ''}`,
    OSVersion: osRelease(daemon, 'VERSION_ID') ?? '',
    OSType: 'linux',
    Architecture: 'x86_64',
    IndexServerAddress: 'https://index.docker.io/v1/',
    RegistryConfig: {
      IndexConfigs: {
        'docker.io': { Mirrors: config.mirrors, Name: 'docker.io', Official: true, Secure: true },
        ...Object.fromEntries(
          config.insecureRegistries
            .filter((one) => !one.includes('/'))
            .map((Name) => [Name, { Mirrors: [], Name, Official: false, Secure: false }]),
        ),
      },
      InsecureRegistryCIDRs: [...config.insecureRegistries.filter((one) => one.includes('/')), '::1/128', '127.0.0.0/8'],
      Mirrors: config.mirrors.length > 0 ? config.mirrors : null,
    },
    NCPU: kernel.cpus,
    MemTotal: kernel.memoryBytes,
    ...(config.pools.length > 0 ? { DefaultAddressPools: config.pools.map(({ base, size }) => ({ Base: base, Size: size })) } : {}),
    GenericResources: null,
    DockerRootDir: '/var/lib/docker',
    HttpProxy: '',
    HttpsProxy: '',
    NoProxy: '',
    Name: daemon.host.namespaces.uts.hostname,
    Labels: config.labels,
    ExperimentalBuild: false,
    ServerVersion: engineVersion,
    Runtimes: { 'io.containerd.runc.v2': { path: 'runc', status: features }, runc: { path: 'runc', status: features } },
    DefaultRuntime: 'runc',
    Swarm: daemon.swarm?.info() ?? {
      NodeID: '',
      NodeAddr: '',
      LocalNodeState: 'inactive',
      ControlAvailable: false,
      Error: '',
      RemoteManagers: null,
    },
    LiveRestoreEnabled: false,
    Isolation: '',
    InitBinary: 'docker-init',
    ContainerdCommit: { ID: daemon.containerd.commit },
    RuncCommit: { ID: '1.3.6+ds1-1' },
    InitCommit: { ID: '' },
    SecurityOptions: ['name=seccomp,profile=builtin', ...(isOne ? [] : ['name=cgroupns'])],
    FirewallBackend: { Driver: 'iptables' },
    CDISpecDirs: ['/etc/cdi', '/var/run/cdi'],
    Containerd: { Address: '/run/docker/containerd/containerd.sock', Namespaces: { Containers: 'moby', Plugins: 'plugins.moby' } },
    Warnings: null,
  }
}

function osRelease({ host: { files } }: Daemon, name: string): string | undefined {
  if (!files.exists('/etc/os-release')) return undefined
  return new RegExp(`^${name}="?([^"\n]*)`, 'm').exec(files.readText('/etc/os-release'))?.[1]
}

/** dockerd looks at the control group of process 1, as that of a machine is the root or init's own. */
function isContainerised({ host: { kernel } }: Daemon): boolean {
  const first = kernel.rootPids.processes.get(1)
  return first !== undefined && !['/', '/init.scope', '/system.slice'].includes(first.cgroup.path)
}

export function diskUsage(daemon: Daemon, types: readonly string[]): object {
  const wants = (type: string) => types.length === 0 || types.includes(type)
  return {
    ...(wants('image') ? { LayersSize: daemon.images.layersSize() } : {}),
    ...(wants('image')
      ? {
          Images: daemon.images
            .list()
            .filter((image) => image.RepoTags.length > 0 || daemon.images.childrenOf(image.Id).length === 0)
            .sort((a, b) => (a.Created === b.Created ? (a.Id < b.Id ? -1 : 1) : a.Created < b.Created ? 1 : -1))
            .map((image) =>
              imageSummary(daemon, image, {
                sharedSize: true,
                containers: daemon.containers().filter((container) => container.Image === image.Id).length,
              }),
            ),
        }
      : { Images: [] }),
    Containers: wants('container')
      ? [...daemon.containers()]
          .sort((a, b) => (a.Created < b.Created ? 1 : -1))
          .map((container) => containerSummary(daemon, container, { size: true }))
      : [],
    Volumes: wants('volume')
      ? daemon
          .volumes()
          .map((volume) => ({ ...volume, UsageData: { RefCount: usersOf(daemon, volume.Name).length, Size: volumeSize(daemon, volume) } }))
      : [],
    BuildCache: wants('build-cache') ? daemon.buildCache() : [],
  }
}
