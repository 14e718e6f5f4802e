/**
 * A Compose project as its files describe it: found in the working folder or above, variables filled in, several files laid over each other,
 * short forms made long, and refused in compose's words where something is wrong.
 */
import type { Process } from '../../../unix/kernel/process.ts'
import { UnixError } from '../../../unix/errors.ts'
import { fromYaml, YamlError } from '../../yaml-input.ts'
import { DockerError } from '../command.ts'
import { interpolated } from './interpolation.ts'

export type Fields = Readonly<Record<string, unknown>>

export interface Service {
  readonly name: string
  readonly fields: Fields
  readonly image: string
  readonly build: { readonly context: string; readonly dockerfile: string; readonly args: Readonly<Record<string, string | null>>; readonly target: string } | undefined
  readonly dependsOn: readonly { readonly service: string; readonly condition: string; readonly restart: boolean }[]
  readonly networks: readonly { readonly name: string; readonly aliases: readonly string[]; readonly ip: string }[]
  readonly volumes: readonly { readonly type: string; readonly source: string; readonly target: string; readonly isReadOnly: boolean }[]
  readonly scale: number
  /** Only its image, networks and volumes are wanted. */
  readonly isPrepared?: boolean
}

export interface Project {
  readonly name: string
  readonly folder: string
  readonly files: readonly string[]
  readonly services: readonly Service[]
  /** Services of profiles that were not asked for. */
  readonly disabled: readonly Service[]
  readonly networks: Readonly<Record<string, Fields>>
  readonly volumes: Readonly<Record<string, Fields>>
  readonly warnings: readonly string[]
}

export interface ProjectOptions {
  readonly files: readonly string[]
  readonly name: string
  readonly folder: string
  readonly profiles: readonly string[]
  readonly envFiles: readonly string[]
}

const fileNames = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml']
const overrideNames = ['compose.override.yml', 'compose.override.yaml', 'docker-compose.override.yml', 'docker-compose.override.yaml']
const knownServiceKeys = new Set('annotations attach blkio_config build cap_add cap_drop cgroup cgroup_parent command configs container_name cpu_count cpu_percent cpu_period cpu_quota cpu_rt_period cpu_rt_runtime cpu_shares cpus cpuset credential_spec depends_on deploy develop device_cgroup_rules devices dns dns_opt dns_search domainname entrypoint env_file environment expose extends external_links extra_hosts gpus group_add healthcheck hostname image init ipc isolation label_file labels links logging mac_address mem_limit mem_reservation mem_swappiness memswap_limit models network_mode networks oom_kill_disable oom_score_adj pid pids_limit platform ports post_start pre_stop privileged profiles provider pull_policy read_only restart runtime scale secrets security_opt shm_size stdin_open stop_grace_period stop_signal storage_opt sysctls tmpfs tty ulimits use_api_socket user userns_mode uts volumes volumes_from working_dir'.split(' '))
const knownTopKeys = new Set(['version', 'name', 'include', 'services', 'networks', 'volumes', 'secrets', 'configs', 'models'])

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {})
export const textsOf = (value: unknown): string[] => (value === undefined || value === null ? [] : (Array.isArray(value) ? value : [value]).map(String))

/** `[A=1, B]` and `{A: 1, B: null}` alike. */
export function pairsOf(value: unknown): Record<string, string | null> {
  if (Array.isArray(value)) return Object.fromEntries(value.map(String).map((one) => (one.includes('=') ? [one.slice(0, one.indexOf('=')), one.slice(one.indexOf('=') + 1)] : [one, null])))
  return Object.fromEntries(Object.entries(fieldsOf(value)).map(([name, one]) => [name, one === null ? null : String(one)]))
}

export function loadProject(process: Process, options: ProjectOptions): Project {
  const paths = options.files.length > 0 ? options.files.map((file) => process.path(file)) : found(process)
  const folder = options.folder !== '' ? normal(process.path(options.folder)) : paths[0].replace(/\/[^/]*$/, '') || '/'
  const warnings: string[] = []
  const environment = { ...dotEnv(process, options.envFiles.length > 0 ? options.envFiles.map((file) => process.path(file)) : [`${folder}/.env`], options.envFiles.length > 0), ...process.env }
  let merged: Fields = {}
  for (const path of paths) {
    const content = interpolated(parsed(process, path), environment, (name) => {
      const words = `The "${name}" variable is not set. Defaulting to a blank string.`
      if (!warnings.includes(words)) warnings.push(words)
    })
    const fields = validated(path, content)
    if ('version' in fields) warnings.push(`${path}: the attribute \`version\` is obsolete, it will be ignored, please remove it to avoid potential confusion`)
    merged = overlaid(merged, fields) as Fields
  }
  const name = options.name || process.env.COMPOSE_PROJECT_NAME || environment.COMPOSE_PROJECT_NAME || (typeof merged.name === 'string' ? merged.name : '') || projectName(folder)
  const services = Object.entries(fieldsOf(merged.services)).map(([service, fields]) => serviceOf(process, service, fieldsOf(fields), { project: name, folder }))
  const profiles = [...options.profiles, ...(process.env.COMPOSE_PROFILES ?? '').split(',').filter(Boolean)]
  const isEnabled = (service: Service) => {
    const own = textsOf(service.fields.profiles)
    return own.length === 0 || profiles.includes('*') || own.some((profile) => profiles.includes(profile))
  }
  const enabled = services.filter(isEnabled)
  const usesDefault = enabled.some(({ networks }) => networks.some((network) => network.name === 'default'))
  const networks = { ...(usesDefault ? { default: {} } : {}), ...Object.fromEntries(Object.entries(fieldsOf(merged.networks)).map(([network, fields]) => [network, fieldsOf(fields)])) }
  const volumes = Object.fromEntries(Object.entries(fieldsOf(merged.volumes)).map(([volume, fields]) => [volume, fieldsOf(fields)]))
  const project: Project = { name, folder, files: paths, services: enabled.sort(byName), disabled: services.filter((service) => !isEnabled(service)).sort(byName), networks, volumes, warnings }
  checkReferences(project)
  return project
}

const byName = (a: { readonly name: string }, b: { readonly name: string }) => (a.name < b.name ? -1 : 1)

function found(process: Process): string[] {
  if (process.env.COMPOSE_FILE) return process.env.COMPOSE_FILE.split(':').map((file) => process.path(file))
  for (let folder = normal(process.cwd); ; folder = folder.replace(/\/[^/]*$/, '')) {
    const base = fileNames.map((file) => `${folder}/${file}`).find((path) => process.files.exists(path))
    if (base) return [base, ...overrideNames.map((file) => `${folder}/${file}`).filter((path) => process.files.exists(path))]
    if (folder === '' || folder === '/') throw new DockerError('no configuration file provided: not found')
  }
}

function parsed(process: Process, path: string): unknown {
  try {
    return fromYaml(process.files.readText(path, process.credentials))
  } catch (error) {
    if (error instanceof YamlError) throw new DockerError(error.message)
    if (error instanceof UnixError) throw new DockerError(`open ${path}: ${error.words.toLowerCase()}`)
    throw error
  }
}

function validated(path: string, content: unknown): Fields {
  if (content === null || content === undefined) throw new DockerError('empty compose file')
  if (!isFields(content)) throw new DockerError('top-level object must be a mapping')
  const refuse = (why: string) => new DockerError(`validating ${path}: ${why}`)
  for (const [section, value] of Object.entries(content)) {
    if (!knownTopKeys.has(section) && !section.startsWith('x-')) throw refuse(`(root) additional properties '${section}' not allowed`)
    if (['services', 'networks', 'volumes', 'secrets', 'configs'].includes(section) && value !== null && !isFields(value)) throw new DockerError(`${section} must be a mapping`)
  }
  for (const [name, service] of Object.entries(fieldsOf(content.services))) {
    if (!isFields(service)) throw new DockerError(`services.${name} must be a mapping`)
    const unknown = Object.keys(service).find((key) => !knownServiceKeys.has(key) && !key.startsWith('x-'))
    if (unknown !== undefined) throw refuse(`services.${name} additional properties '${unknown}' not allowed`)
    for (const list of ['ports', 'volumes', 'expose', 'cap_add', 'cap_drop', 'devices']) if (service[list] !== undefined && service[list] !== null && !Array.isArray(service[list])) throw refuse(`services.${name}.${list} must be a array`)
    for (const text of ['image', 'container_name', 'hostname', 'user', 'working_dir', 'restart']) if (service[text] !== undefined && typeof service[text] !== 'string') throw refuse(`services.${name}.${text} must be a string`)
  }
  return content
}

/** Later files win; mappings are merged, lists of a service are joined, commands replaced. */
function overlaid(base: unknown, over: unknown, key = ''): unknown {
  if (isFields(base) && isFields(over)) {
    const result: Record<string, unknown> = { ...base }
    for (const [name, value] of Object.entries(over)) result[name] = name in base ? overlaid(base[name], value, name) : value
    return result
  }
  if (key === 'environment' || key === 'labels') return { ...pairsOf(base), ...pairsOf(over) }
  if (Array.isArray(base) && Array.isArray(over) && !['command', 'entrypoint', 'test'].includes(key)) return [...base, ...over.filter((one) => !base.includes(one))]
  return over
}

function serviceOf(process: Process, name: string, fields: Fields, { project, folder }: { project: string; folder: string }): Service {
  const build = typeof fields.build === 'string' ? { context: fields.build } : fields.build
  const own = isFields(build) ? build : undefined
  const args = own ? pairsOf(own.args) : {}
  for (const [arg, value] of Object.entries(args)) if (value === null) args[arg] = process.env[arg] ?? null
  const replicas = fieldsOf(fields.deploy).replicas ?? fields.scale
  return {
    name,
    fields,
    image: typeof fields.image === 'string' ? fields.image : own ? `${project}-${name}` : '',
    build: own && { context: absolute(folder, String(own.context ?? '.')), dockerfile: String(own.dockerfile ?? 'Dockerfile'), args, target: String(own.target ?? '') },
    dependsOn: Array.isArray(fields.depends_on)
      ? fields.depends_on.map((service) => ({ service: String(service), condition: 'service_started', restart: false }))
      : Object.entries(fieldsOf(fields.depends_on)).map(([service, one]) => ({ service, condition: String(fieldsOf(one).condition ?? 'service_started'), restart: fieldsOf(one).restart === true })),
    networks: fields.network_mode !== undefined ? [] : fields.networks === undefined || fields.networks === null ? [{ name: 'default', aliases: [], ip: '' }] : Array.isArray(fields.networks) ? fields.networks.map((network) => ({ name: String(network), aliases: [], ip: '' })) : Object.entries(fieldsOf(fields.networks)).map(([network, one]) => ({ name: network, aliases: textsOf(fieldsOf(one).aliases), ip: String(fieldsOf(one).ipv4_address ?? '') })),
    volumes: (Array.isArray(fields.volumes) ? fields.volumes : []).map((volume) => volumeOf(process, folder, volume)),
    scale: replicas === undefined ? 1 : Number(replicas),
  }
}

function volumeOf(process: Process, folder: string, volume: unknown): Service['volumes'][number] {
  if (isFields(volume)) {
    const type = String(volume.type ?? 'volume')
    const source = String(volume.source ?? '')
    return { type, source: type === 'bind' ? absolute(folder, source) : source, target: String(volume.target ?? ''), isReadOnly: volume.read_only === true }
  }
  const [first, second, mode = ''] = String(volume).split(':')
  if (second === undefined) return { type: 'volume', source: '', target: first, isReadOnly: false }
  const isPath = /^[./~]/.test(first)
  return { type: isPath ? 'bind' : 'volume', source: isPath ? absolute(folder, first.replace(/^~/, process.env.HOME ?? '/root')) : first, target: second, isReadOnly: mode.split(',').includes('ro') }
}

function checkReferences({ services, disabled, networks, volumes }: Project): void {
  const names = new Set([...services, ...disabled].map(({ name }) => name))
  for (const service of services) {
    if (service.image === '') throw new DockerError(`service ${JSON.stringify(service.name)} has neither an image nor a build context specified: invalid compose project`)
    for (const { name } of service.networks) if (!(name in networks)) throw new DockerError(`service ${JSON.stringify(service.name)} refers to undefined network ${name}: invalid compose project`)
    for (const { type, source } of service.volumes) if (type === 'volume' && source !== '' && !(source in volumes)) throw new DockerError(`service ${JSON.stringify(service.name)} refers to undefined volume ${source}: invalid compose project`)
    for (const { service: other } of service.dependsOn) if (!names.has(other)) throw new DockerError(`service ${JSON.stringify(service.name)} depends on undefined service ${JSON.stringify(other)}: invalid compose project`)
  }
  inOrder(services)
}

/** What others depend on comes first; a circle is refused. */
export function inOrder(services: readonly Service[]): Service[] {
  const sorted: Service[] = []
  const visit = (service: Service, path: readonly string[]) => {
    if (sorted.includes(service)) return
    if (path.includes(service.name)) throw new DockerError(`dependency cycle detected: ${[...path.slice(path.indexOf(service.name)), service.name].join(' -> ')}`)
    for (const { service: name } of service.dependsOn) {
      const other = services.find((one) => one.name === name)
      if (other) visit(other, [...path, service.name])
    }
    sorted.push(service)
  }
  for (const service of services) visit(service, [])
  return sorted
}

/** Services that can be handled together: each group needs only those before it. */
export function levels(services: readonly Service[]): Service[][] {
  const depths = new Map<string, number>()
  const groups: Service[][] = []
  for (const service of inOrder(services)) {
    const depth = Math.max(0, ...service.dependsOn.map(({ service: name }) => (depths.get(name) ?? -1) + 1))
    depths.set(service.name, depth)
    ;(groups[depth] ??= []).push(service)
  }
  return groups
}

/** `NAME=value` lines, quotes taken off, comments left out. */
export function dotEnv(process: Process, paths: readonly string[], areNeeded: boolean): Record<string, string> {
  const values: Record<string, string> = {}
  for (const path of paths) {
    if (!process.files.exists(path)) {
      if (areNeeded) throw new DockerError(`couldn't find env file: ${path}`)
      continue
    }
    for (const line of process.files.readText(path, process.credentials).split('\n')) {
      const match = /^\s*(?:export\s+)?([\w.-]+)\s*[=:]\s*(.*?)\s*$/.exec(line)
      if (!match || line.trimStart().startsWith('#')) continue
      const quoted = /^(["'])(.*)\1/.exec(match[2])
      values[match[1]] = quoted ? quoted[2] : match[2].replace(/\s+#.*$/, '')
    }
  }
  return values
}

export function projectName(folder: string): string {
  return folder.replace(/^.*\//, '').toLowerCase().replace(/[^a-z0-9_-]/g, '').replace(/^[_-]+/, '')
}

export function absolute(folder: string, path: string): string {
  return normal(path.startsWith('/') ? path : `${folder}/${path}`)
}

function normal(path: string): string {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}`
}
