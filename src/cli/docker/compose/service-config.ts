/** A service as the body of POST /containers/create, with the labels by which compose knows its own again. */
import { bytesOf } from '../../../base/bytes.ts'
import { sha256Hex } from '../../../base/sha256.ts'
import type { Process } from '../../../unix/kernel/process.ts'
import { parseGoDuration } from '../../go-values.ts'
import { DockerError } from '../command.ts'
import { restartPolicy } from '../container-config.ts'
import { publishedPorts } from '../ports.ts'
import { bytesOfSize } from '../sizes.ts'
import { absolute, dotEnv, fieldsOf, isFields, pairsOf, type Project, type Service, textsOf } from './project.ts'

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
function words(value: unknown): string[] | null {
  if (value === undefined || value === null) return null
  if (Array.isArray(value)) return value.map(String)
  const parts: string[] = []
  for (const match of String(value).matchAll(/(?:[^\s"']+|"(?:[^"\\]|\\.)*"|'[^']*')+/g)) parts.push(match[0].replace(/"((?:[^"\\]|\\.)*)"|'([^']*)'/g, (_, double: string | undefined, single: string | undefined) => (double === undefined ? (single ?? '') : double.replace(/\\(["\\$`])/g, '$1'))))
  return parts
}

const nanos = (value: unknown): number | undefined => (value === undefined ? undefined : Math.round((parseGoDuration(String(value)) ?? 0) * 1e6))

function healthcheck(value: unknown): object | undefined {
  if (!isFields(value)) return undefined
  if (value.disable === true) return { Test: ['NONE'] }
  const test = typeof value.test === 'string' ? ['CMD-SHELL', value.test] : textsOf(value.test)
  return { ...(test.length > 0 && { Test: test }), Interval: nanos(value.interval), Timeout: nanos(value.timeout), StartPeriod: nanos(value.start_period), StartInterval: nanos(value.start_interval), Retries: value.retries === undefined ? undefined : Number(value.retries) }
}

function portText(port: unknown): string {
  if (!isFields(port)) return String(port)
  const host = port.published === undefined ? '' : `${port.host_ip === undefined ? '' : `${String(port.host_ip)}:`}${String(port.published)}:`
  return `${host}${String(port.target)}/${String(port.protocol ?? 'tcp')}`
}

const bytes = (value: unknown): number => (value === undefined ? 0 : typeof value === 'number' ? value : (bytesOfSize(String(value)) ?? 0))

export function serviceConfig(process: Process, project: Project, service: Service, options: ContainerOptions): Record<string, unknown> {
  const { fields } = service
  const { exposed, bindings } = publishedPorts(options.publishes === false ? [] : (Array.isArray(fields.ports) ? fields.ports : []).map(portText), textsOf(fields.expose))
  const environment = { ...environmentOfFiles(process, project, fields.env_file), ...pairsOf(fields.environment) }
  for (const [name, value] of Object.entries(environment)) if (value === null && process.env[name] !== undefined) environment[name] = process.env[name] ?? null
  const limits = fieldsOf(fieldsOf(fieldsOf(fields.deploy).resources).limits)
  const mode = typeof fields.network_mode === 'string' ? fields.network_mode.replace(/^service:(.*)$/, (_, other: string) => `container:${project.name}-${other}-1`) : service.networks.length > 0 ? networkName(project, service.networks[0].name) : 'none'
  return {
    Hostname: fields.hostname ?? '',
    Domainname: fields.domainname ?? '',
    User: fields.user ?? '',
    AttachStdin: false,
    AttachStdout: true,
    AttachStderr: true,
    Tty: options.tty ?? fields.tty === true,
    OpenStdin: options.stdin ?? fields.stdin_open === true,
    StdinOnce: options.stdin === true,
    Env: [...Object.entries(environment).filter(([, value]) => value !== null).map(([name, value]) => `${name}=${value}`), ...(options.env ?? [])],
    Cmd: options.command ?? words(fields.command),
    Entrypoint: words(fields.entrypoint),
    Image: service.image,
    WorkingDir: fields.working_dir ?? '',
    ExposedPorts: exposed,
    ...(healthcheck(fields.healthcheck) && { Healthcheck: healthcheck(fields.healthcheck) }),
    ...(typeof fields.stop_signal === 'string' && { StopSignal: fields.stop_signal }),
    ...(fields.stop_grace_period !== undefined && { StopTimeout: Math.round((parseGoDuration(String(fields.stop_grace_period)) ?? 10_000) / 1000) }),
    Labels: { ...pairsOf(fields.labels), ...labels(project, service, options) },
    HostConfig: {
      NetworkMode: mode,
      PortBindings: bindings,
      RestartPolicy: options.isOneOff ? { Name: 'no', MaximumRetryCount: 0 } : restartPolicy(typeof fields.restart === 'string' ? fields.restart : 'no'),
      Binds: service.volumes.filter(({ type, source }) => type !== 'tmpfs' && source !== '').map(({ type, source, target, isReadOnly }) => `${type === 'volume' ? volumeName(project, source) : source}:${target}:${isReadOnly ? 'ro' : 'rw'}`),
      Tmpfs: Object.fromEntries([...textsOf(fields.tmpfs).map((one): [string, string] => [one.split(':')[0], one.includes(':') ? one.slice(one.indexOf(':') + 1) : '']), ...service.volumes.filter(({ type }) => type === 'tmpfs').map(({ target }): [string, string] => [target, ''])]),
      CapAdd: textsOf(fields.cap_add),
      CapDrop: textsOf(fields.cap_drop),
      Privileged: fields.privileged === true,
      ReadonlyRootfs: fields.read_only === true,
      ExtraHosts: Array.isArray(fields.extra_hosts) ? fields.extra_hosts.map((one) => String(one).replace('=', ':')) : Object.entries(pairsOf(fields.extra_hosts)).map(([host, ip]) => `${host}:${ip}`),
      Dns: textsOf(fields.dns),
      DnsSearch: textsOf(fields.dns_search),
      ...(fields.init !== undefined && { Init: fields.init === true }),
      PidMode: fields.pid ?? '',
      IpcMode: fields.ipc ?? '',
      SecurityOpt: textsOf(fields.security_opt),
      Sysctls: pairsOf(fields.sysctls),
      ShmSize: bytes(fields.shm_size),
      Memory: bytes(fields.mem_limit ?? limits.memory),
      NanoCpus: Math.round(Number(fields.cpus ?? limits.cpus ?? 0) * 1e9),
      PidsLimit: Number(fields.pids_limit ?? limits.pids ?? 0),
      LogConfig: { Type: String(fieldsOf(fields.logging).driver ?? ''), Config: pairsOf(fieldsOf(fields.logging).options) },
    },
    Volumes: Object.fromEntries(service.volumes.filter(({ type, source }) => type === 'volume' && source === '').map(({ target }) => [target, {}])),
    NetworkingConfig: { EndpointsConfig: Object.fromEntries(service.networks.map((network) => [networkName(project, network.name), { Aliases: [...(options.isOneOff ? [] : [containerName(project, service, options.number), service.name]), ...network.aliases], ...(network.ip !== '' && { IPAMConfig: { IPv4Address: network.ip } }) }])) },
  }
}

function environmentOfFiles(process: Process, project: Project, value: unknown): Record<string, string | null> {
  const entries = Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]
  const all: Record<string, string | null> = {}
  for (const entry of entries) {
    const path = absolute(project.folder, isFields(entry) ? String(entry.path) : String(entry))
    if (!process.files.exists(path)) {
      if (isFields(entry) && entry.required === false) continue
      throw new DockerError(`env file ${path} not found: stat ${path}: no such file or directory`)
    }
    Object.assign(all, dotEnv(process, [path], true))
  }
  return all
}

function labels(project: Project, service: Service, { number, imageId, isOneOff = false }: ContainerOptions): Record<string, string> {
  return {
    'com.docker.compose.config-hash': configHash(project, service),
    'com.docker.compose.container-number': String(number),
    'com.docker.compose.depends_on': service.dependsOn.map(({ service: other, condition, restart }) => `${other}:${condition}:${restart}`).join(','),
    'com.docker.compose.image': imageId,
    'com.docker.compose.oneoff': isOneOff ? 'True' : 'False',
    'com.docker.compose.project': project.name,
    'com.docker.compose.project.config_files': project.files.join(','),
    'com.docker.compose.project.working_dir': project.folder,
    'com.docker.compose.service': service.name,
    'com.docker.compose.version': composeVersion,
  }
}
