/** A service as the body of POST /containers/create, with the labels by which compose knows its own again. */
import { bytesOf } from '../../../base/bytes.ts'
import { sha256Hex } from '../../../base/sha256.ts'
import type { Process } from '../../../unix/kernel/process.ts'
import { parseGoDuration } from '../../go-values.ts'
import { DockerError } from '../docker-error.ts'
import { restartPolicy } from '../container-config.ts'
import { publishedPorts } from '../ports.ts'
import { bytesOfSize } from '../../../base/go-units.ts'
import { envFiles } from './env-file.ts'
import type { Project, Service } from './project.ts'
import { absolute, type Fields, fieldsOf, isFields, isTrue, pairsOf, textsOf } from './tree.ts'

export const composeVersion = '2.40.3'

export interface ContainerOptions {
  readonly number: number
  readonly imageId: string
  readonly isOneOff?: boolean
  readonly command?: readonly string[]
  readonly env?: readonly string[]
  readonly tty?: boolean
  readonly stdin?: boolean
  readonly publishes?: boolean
  /** Of the container whose place this one takes. */
  readonly volumes?: readonly AnonymousVolume[]
}

export interface AnonymousVolume {
  readonly Type: 'volume'
  readonly Source: string
  readonly Target: string
}

export function configHash(project: Project, service: Service): string {
  return sha256Hex(bytesOf(JSON.stringify([project.name, service.image, service.fields])))
}

export function networkName(project: Project, name: string): string {
  const { name: own, external } = project.networks[name] ?? {}
  return typeof own === 'string' ? own : external === true ? name : `${project.name}_${name}`
}

export function volumeName(project: Project, name: string): string {
  const { name: own, external } = project.volumes[name] ?? {}
  return typeof own === 'string' ? own : external === true ? name : `${project.name}_${name}`
}

export function containerName(project: Project, service: Service, number: number): string {
  return typeof service.fields.container_name === 'string' ? service.fields.container_name : `${project.name}-${service.name}-${number}`
}

/** A command in one text is split as a shell would. */
export function shellWords(value: unknown): string[] | null {
  if (value === undefined || value === null) return null
  if (Array.isArray(value)) return value.map(String)
  const parts: string[] = []
  for (const match of String(value).matchAll(/(?:[^\s"']+|"(?:[^"\\]|\\.)*"|'[^']*')+/g))
    parts.push(
      match[0].replace(/"((?:[^"\\]|\\.)*)"|'([^']*)'/g, (_, double: string | undefined, single: string | undefined) =>
        double === undefined ? (single ?? '') : double.replace(/\\(["\\$`])/g, '$1'),
      ),
    )
  return parts
}

const nanos = (value: unknown): number | undefined =>
  value === undefined ? undefined : Math.round((parseGoDuration(String(value)) ?? 0) * 1e6)

function healthcheck(value: unknown): object | undefined {
  if (!isFields(value)) return undefined
  if (value.disable === true) return { Test: ['NONE'] }
  const test = typeof value.test === 'string' ? ['CMD-SHELL', value.test] : textsOf(value.test)
  return {
    ...(test.length > 0 && { Test: test }),
    Interval: nanos(value.interval),
    Timeout: nanos(value.timeout),
    StartPeriod: nanos(value.start_period),
    StartInterval: nanos(value.start_interval),
    Retries: value.retries === undefined ? undefined : Number(value.retries),
  }
}

function portText(port: unknown): string {
  if (!isFields(port)) return String(port)
  const host =
    port.published === undefined ? '' : `${port.host_ip === undefined ? '' : `${String(port.host_ip)}:`}${String(port.published)}:`
  return `${host}${String(port.target)}/${String(port.protocol ?? 'tcp')}`
}

const bytes = (value: unknown): number => (value === undefined ? 0 : typeof value === 'number' ? value : (bytesOfSize(String(value)) ?? 0))

export function serviceConfig(process: Process, project: Project, service: Service, options: ContainerOptions): Record<string, unknown> {
  const { fields } = service
  const { exposed, bindings } = publishedPorts(
    options.publishes === false ? [] : (Array.isArray(fields.ports) ? fields.ports : []).map(portText),
    textsOf(fields.expose),
  )
  const environment = environmentOf(process, project, service)
  const limits = fieldsOf(fieldsOf(fieldsOf(fields.deploy).resources).limits)
  const mode =
    typeof fields.network_mode === 'string'
      ? fields.network_mode.replace(/^service:(.*)$/, (_, other: string) => `container:${project.name}-${other}-1`)
      : service.networks.length > 0
        ? networkName(project, service.networks[0].name)
        : 'none'
  return {
    Hostname: fields.hostname ?? '',
    Domainname: fields.domainname ?? '',
    User: fields.user ?? '',
    AttachStdin: false,
    AttachStdout: true,
    AttachStderr: true,
    Tty: options.tty ?? isTrue(fields.tty),
    OpenStdin: options.stdin ?? isTrue(fields.stdin_open),
    StdinOnce: options.stdin === true,
    Env: [
      ...Object.entries(environment)
        .filter(([, value]) => value !== null)
        .map(([name, value]) => `${name}=${value}`),
      ...(options.env ?? []),
    ],
    Cmd: options.command ?? shellWords(fields.command),
    Entrypoint: shellWords(fields.entrypoint),
    Image: service.image,
    WorkingDir: fields.working_dir ?? '',
    ExposedPorts: exposed,
    ...(healthcheck(fields.healthcheck) && { Healthcheck: healthcheck(fields.healthcheck) }),
    ...(typeof fields.stop_signal === 'string' && { StopSignal: fields.stop_signal }),
    ...(fields.stop_grace_period !== undefined && {
      StopTimeout: Math.round((parseGoDuration(String(fields.stop_grace_period)) ?? 10_000) / 1000),
    }),
    Labels: {
      ...envFiles(
        process,
        textsOf(fields.label_file).map((file) => absolute(project.folder, file)),
        { areNeeded: true },
      ),
      ...pairsOf(fields.labels),
      ...labels(project, service, options),
    },
    HostConfig: {
      NetworkMode: mode,
      PortBindings: bindings,
      RestartPolicy: options.isOneOff
        ? { Name: 'no', MaximumRetryCount: 0 }
        : restartPolicy(typeof fields.restart === 'string' ? fields.restart : 'no'),
      Binds: service.volumes
        .filter((volume) => volume.type !== 'tmpfs' && volume.source !== '' && !isMounted(volume))
        .map(
          ({ type, source, target, isReadOnly }) =>
            `${type === 'volume' ? volumeName(project, source) : source}:${target}:${isReadOnly ? 'ro' : 'rw'}`,
        ),
      Tmpfs: Object.fromEntries([
        ...textsOf(fields.tmpfs).map((one): [string, string] => [
          one.split(':')[0],
          one.includes(':') ? one.slice(one.indexOf(':') + 1) : '',
        ]),
        ...service.volumes.filter(({ type }) => type === 'tmpfs').map(({ target }): [string, string] => [target, '']),
      ]),
      CapAdd: textsOf(fields.cap_add),
      CapDrop: textsOf(fields.cap_drop),
      Privileged: isTrue(fields.privileged),
      ReadonlyRootfs: isTrue(fields.read_only),
      ExtraHosts: Array.isArray(fields.extra_hosts)
        ? fields.extra_hosts.map((one) => String(one).replace('=', ':'))
        : Object.entries(pairsOf(fields.extra_hosts)).map(([host, ip]) => `${host}:${ip}`),
      Dns: textsOf(fields.dns),
      DnsSearch: textsOf(fields.dns_search),
      ...(fields.init !== undefined && { Init: isTrue(fields.init) }),
      PidMode: fields.pid ?? '',
      IpcMode: fields.ipc ?? '',
      SecurityOpt: textsOf(fields.security_opt),
      Sysctls: pairsOf(fields.sysctls),
      ShmSize: bytes(fields.shm_size),
      Memory: bytes(fields.mem_limit ?? limits.memory),
      NanoCpus: Math.round(Number(fields.cpus ?? limits.cpus ?? 0) * 1e9),
      PidsLimit: Number(fields.pids_limit ?? limits.pids ?? 0),
      Mounts: [
        ...service.volumes.filter(isMounted).map((volume) => mountOf(project, volume)),
        ...handedTo(project, service).flatMap(({ fields: own, target }) =>
          typeof own.file === 'string' ? [{ Type: 'bind', Source: own.file, Target: target, ReadOnly: true }] : [],
        ),
        ...(options.volumes ?? []),
      ],
      MemoryReservation: bytes(fields.mem_reservation ?? fieldsOf(fieldsOf(fieldsOf(fields.deploy).resources).reservations).memory),
      MemorySwap: fields.memswap_limit === undefined ? 0 : String(fields.memswap_limit) === '-1' ? -1 : bytes(fields.memswap_limit),
      CpuShares: Number(fields.cpu_shares ?? 0),
      CpuQuota: Number(fields.cpu_quota ?? 0),
      CpuPeriod: Number(fields.cpu_period ?? 0),
      CpusetCpus: fields.cpuset ?? '',
      CgroupParent: fields.cgroup_parent ?? '',
      OomScoreAdj: Number(fields.oom_score_adj ?? 0),
      ...(fields.oom_kill_disable !== undefined && { OomKillDisable: isTrue(fields.oom_kill_disable) }),
      ...(fields.annotations !== undefined && { Annotations: pairsOf(fields.annotations) }),
      ...(fields.mem_swappiness !== undefined && { MemorySwappiness: Number(fields.mem_swappiness) }),
      BlkioWeight: Number(fieldsOf(fields.blkio_config).weight ?? 0),
      ...(fields.storage_opt !== undefined && { StorageOpt: pairsOf(fields.storage_opt) }),
      ...(fields.gpus !== undefined && { DeviceRequests: gpuRequests(fields.gpus) }),
      GroupAdd: textsOf(fields.group_add),
      DnsOptions: textsOf(fields.dns_opt),
      UTSMode: fields.uts ?? '',
      UsernsMode: fields.userns_mode ?? '',
      ...(fields.runtime !== undefined && { Runtime: fields.runtime }),
      Devices: (Array.isArray(fields.devices) ? (fields.devices as unknown[]) : []).map(deviceOf),
      Ulimits: Object.entries(fieldsOf(fields.ulimits)).map(([Name, value]) => ({
        Name,
        Soft: Number(isFields(value) ? value.soft : value),
        Hard: Number(isFields(value) ? value.hard : value),
      })),
      VolumesFrom: textsOf(fields.volumes_from).map((from) => volumesFrom(project, from)),
      Links: textsOf(fields.external_links),
      LogConfig: { Type: String(fieldsOf(fields.logging).driver ?? ''), Config: pairsOf(fieldsOf(fields.logging).options) },
    },
    Volumes: Object.fromEntries(
      service.volumes
        .filter(
          ({ type, source, target }) => type === 'volume' && source === '' && !options.volumes?.some(({ Target }) => Target === target),
        )
        .map(({ target }) => [target, {}]),
    ),
    NetworkingConfig: {
      EndpointsConfig: Object.fromEntries(
        service.networks.map((network) => [
          networkName(project, network.name),
          {
            Aliases: [...(options.isOneOff ? [] : [containerName(project, service, options.number), service.name]), ...network.aliases],
            ...(linksOf(project, service).length > 0 && { Links: linksOf(project, service) }),
            ...(network.ip !== '' && { IPAMConfig: { IPv4Address: network.ip } }),
          },
        ]),
      ),
    },
  }
}

/** `links: [db:database]`: another name for a service's containers, on each network. */
function linksOf(project: Project, { fields }: Service): string[] {
  return textsOf(fields.links).flatMap((link) => {
    const [name, alias = name] = link.split(':')
    const service = [...project.services, ...project.disabled].find((one) => one.name === name)
    return service ? [`${containerName(project, service, 1)}:${alias}`] : []
  })
}

/** A long form with more to say than a bind can. */
function isMounted({ fields }: Service['volumes'][number]): boolean {
  return (
    fields !== undefined &&
    (fields.type === 'image' ||
      (fields.type === 'bind' && fieldsOf(fields.bind).create_host_path === false) ||
      fieldsOf(fields.volume).subpath !== undefined ||
      fieldsOf(fields.volume).nocopy !== undefined ||
      (fields.type === 'tmpfs' && fields.tmpfs !== undefined))
  )
}

function mountOf(project: Project, { type, source, target, isReadOnly, fields = {} }: Service['volumes'][number]): object {
  const { volume, tmpfs, bind } = { volume: fieldsOf(fields.volume), tmpfs: fieldsOf(fields.tmpfs), bind: fieldsOf(fields.bind) }
  return {
    Type: type,
    Source: type === 'volume' && source !== '' ? volumeName(project, source) : source,
    Target: target,
    ReadOnly: isReadOnly,
    ...(type === 'volume' && { VolumeOptions: { NoCopy: isTrue(volume.nocopy), Subpath: volume.subpath } }),
    ...(type === 'bind' && { BindOptions: { Propagation: bind.propagation } }),
    ...(type === 'tmpfs' && { TmpfsOptions: { SizeBytes: bytes(tmpfs.size), Mode: tmpfs.mode } }),
  }
}

/** `gpus: all`, or a list of what is wanted of each. */
function gpuRequests(value: unknown): object[] {
  if (!Array.isArray(value))
    return [{ Driver: '', Count: value === 'all' ? -1 : Number(value), DeviceIDs: null, Capabilities: [['gpu']], Options: {} }]
  return value.map(fieldsOf).map((one) => ({
    Driver: one.driver ?? '',
    Count: one.count === 'all' ? -1 : Number(one.count ?? 0),
    DeviceIDs: one.device_ids === undefined ? null : textsOf(one.device_ids),
    Capabilities: [['gpu', ...textsOf(one.capabilities).filter((name) => name !== 'gpu')]],
    Options: pairsOf(one.options),
  }))
}

function deviceOf(device: unknown): object {
  const [source, target = source, permissions = 'rwm'] = isFields(device)
    ? [
        String(device.source),
        device.target === undefined ? undefined : String(device.target),
        device.permissions === undefined ? undefined : String(device.permissions),
      ]
    : String(device).split(':')
  return { PathOnHost: source, PathInContainer: target, CgroupPermissions: permissions }
}

/** `service[:ro]`, or `container:name[:ro]`. */
function volumesFrom(project: Project, from: string): string {
  if (from.startsWith('container:')) return from.slice('container:'.length)
  const [name, mode] = from.split(':')
  const service = [...project.services, ...project.disabled].find((one) => one.name === name)
  return `${service ? containerName(project, service, 1) : name}${mode ? `:${mode}` : ''}`
}

function environmentOfFiles(process: Process, project: Project, value: unknown): Record<string, string | null> {
  const entries = Array.isArray(value) ? (value as unknown[]) : value === undefined || value === null ? [] : [value]
  const all: Record<string, string | null> = {}
  for (const entry of entries) {
    const path = absolute(project.folder, isFields(entry) ? String(entry.path) : String(entry))
    if (!process.files.exists(path)) {
      if (isFields(entry) && !isTrue(entry.required ?? true)) continue
      throw new DockerError(`env file ${path} not found: stat ${path}: no such file or directory`)
    }
    Object.assign(all, envFiles(process, [path], { areNeeded: true, isRaw: isFields(entry) && entry.format === 'raw' }))
  }
  return all
}

/** Everything a service's environment holds in the end; a name without a value is taken from the shell. */
export function environmentOf(process: Process, project: Project, { fields }: Service): Record<string, string | null> {
  const all = { ...environmentOfFiles(process, project, fields.env_file), ...pairsOf(fields.environment) }
  for (const [name, value] of Object.entries(all)) if (value === null) all[name] = project.environment[name] ?? null
  return all
}

interface Handed {
  readonly kind: 'secret' | 'config'
  readonly source: string
  readonly target: string
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly fields: Fields
}

/** Secrets and configs a service is handed, as files. */
export function handedTo(project: Project, { name, fields }: Service): Handed[] {
  return (['secret', 'config'] as const).flatMap((kind) =>
    (Array.isArray(fields[`${kind}s`]) ? (fields[`${kind}s`] as unknown[]) : []).map((one): Handed => {
      const long = isFields(one) ? one : { source: String(one) }
      const source = String(long.source)
      const known = project[`${kind}s`][source]
      if (!known) throw new DockerError(`service ${JSON.stringify(name)} refers to undefined ${kind} ${source}: invalid compose project`)
      const target = String(long.target ?? (kind === 'secret' ? source : `/${source}`))
      return {
        kind,
        source,
        target: kind === 'secret' && !target.startsWith('/') ? `/run/secrets/${target}` : target,
        mode: long.mode === undefined ? 0o444 : typeof long.mode === 'string' ? Number.parseInt(long.mode, 8) : Number(long.mode),
        uid: Number(long.uid ?? 0),
        gid: Number(long.gid ?? 0),
        fields: known,
      }
    }),
  )
}

/** What is no file of the machine is put into the container before it starts. */
export function handedContent({ fields }: Handed, project: Project): string | undefined {
  if (typeof fields.environment === 'string') return project.environment[fields.environment] ?? ''
  return typeof fields.content === 'string' ? fields.content : undefined
}

function labels(project: Project, service: Service, { number, imageId, isOneOff = false }: ContainerOptions): Record<string, string> {
  return {
    'com.docker.compose.config-hash': configHash(project, service),
    'com.docker.compose.container-number': String(number),
    'com.docker.compose.depends_on': service.dependsOn
      .map(({ service: other, condition, restart }) => `${other}:${condition}:${restart}`)
      .join(','),
    'com.docker.compose.image': imageId,
    'com.docker.compose.oneoff': isOneOff ? 'True' : 'False',
    'com.docker.compose.project': project.name,
    'com.docker.compose.project.config_files': project.files.join(','),
    'com.docker.compose.project.working_dir': project.folder,
    'com.docker.compose.service': service.name,
    'com.docker.compose.version': composeVersion,
  }
}
