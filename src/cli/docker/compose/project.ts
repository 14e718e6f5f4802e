/**
 * A Compose project: what its files say (load.ts), short forms made long, and refused in compose's words where one thing names another that is not
 * there.
 */
import type { Process } from '../../../unix/kernel/process.ts'
import { DockerError } from '../docker-error.ts'
import { loadFiles, type LoadOptions } from './load.ts'
import { absolute, type Fields, fieldsOf, isFields, isTrue, pairsOf, textsOf } from './tree.ts'

export interface Service {
  readonly name: string
  readonly fields: Fields
  readonly image: string
  readonly build:
    | {
        readonly context: string
        readonly dockerfile: string
        readonly args: Readonly<Record<string, string | null>>
        readonly target: string
      }
    | undefined
  readonly dependsOn: readonly {
    readonly service: string
    readonly condition: string
    readonly restart: boolean
    readonly isRequired: boolean
  }[]
  readonly networks: readonly { readonly name: string; readonly aliases: readonly string[]; readonly ip: string }[]
  readonly volumes: readonly {
    readonly type: string
    readonly source: string
    readonly target: string
    readonly isReadOnly: boolean
    readonly fields?: Fields
  }[]
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
  readonly secrets: Readonly<Record<string, Fields>>
  readonly configs: Readonly<Record<string, Fields>>
  /** `x-…` at the top. */
  readonly extensions: Fields
  /** What variables were filled in from. */
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly warnings: readonly string[]
}

export interface ProjectOptions extends LoadOptions {
  readonly name: string
  readonly profiles: readonly string[]
  /** Also what no service uses. */
  readonly hasAllResources?: boolean
}

export function loadProject(process: Process, options: ProjectOptions): Project {
  const { tree, files, folder, warnings, environment } = loadFiles(process, options)
  const name = nameOf(options.name || environment.COMPOSE_PROJECT_NAME || (typeof tree.name === 'string' ? tree.name : ''), folder)
  const services = Object.entries(fieldsOf(tree.services)).map(([service, fields]) =>
    serviceOf(process, service, fieldsOf(fields), { project: name, folder }),
  )
  const profiles = [...options.profiles, ...(environment.COMPOSE_PROFILES ?? '').split(',').filter(Boolean)]
  const isEnabled = (service: Service) => {
    const own = textsOf(service.fields.profiles)
    return own.length === 0 || profiles.includes('*') || own.some((profile) => profiles.includes(profile))
  }
  const enabled = services.filter(isEnabled)
  const usesDefault = enabled.some(({ networks }) => networks.some((network) => network.name === 'default'))
  const section = (value: unknown) => Object.fromEntries(Object.entries(fieldsOf(value)).map(([key, fields]) => [key, fieldsOf(fields)]))
  const networks = { ...(usesDefault ? { default: {} } : {}), ...section(tree.networks) }
  const project: Project = {
    name,
    folder,
    files,
    services: enabled.sort(byName),
    disabled: services.filter((service) => !isEnabled(service)).sort(byName),
    networks,
    volumes: section(tree.volumes),
    secrets: section(tree.secrets),
    configs: section(tree.configs),
    extensions: Object.fromEntries(Object.entries(tree).filter(([key]) => key.startsWith('x-'))),
    environment,
    warnings,
  }
  checkReferences(project)
  return options.hasAllResources ? project : withoutUnneeded(project)
}

/** Networks, volumes, secrets and configs that no enabled service uses are as if they were not there. */
function withoutUnneeded(project: Project): Project {
  const used = (kind: 'secrets' | 'configs') =>
    new Set(
      project.services.flatMap(({ fields }) =>
        [fields[kind], ...(kind === 'secrets' ? [fieldsOf(fields.build).secrets] : [])]
          .flatMap((list) => (Array.isArray(list) ? (list as unknown[]) : []))
          .map((one) => (isFields(one) ? String(one.source) : String(one))),
      ),
    )
  const only = (all: Readonly<Record<string, Fields>>, wanted: ReadonlySet<string>) =>
    Object.fromEntries(Object.entries(all).filter(([key]) => wanted.has(key)))
  return {
    ...project,
    networks: only(project.networks, new Set(project.services.flatMap(({ networks }) => networks.map(({ name }) => name)))),
    volumes: only(
      project.volumes,
      new Set(project.services.flatMap(({ volumes }) => volumes.flatMap(({ type, source }) => (type === 'volume' ? [source] : [])))),
    ),
    secrets: only(project.secrets, used('secrets')),
    configs: only(project.configs, used('configs')),
  }
}

/** Given names must be right; one made from the folder is put right. */
function nameOf(given: string, folder: string): string {
  if (given === '') {
    const own = projectName(folder)
    if (own === '') throw new DockerError('project name must not be empty')
    return own
  }
  if (projectName(`/${given}`) !== given)
    throw new DockerError(
      `invalid project name ${JSON.stringify(given)}: must consist only of lowercase alphanumeric characters, hyphens, and underscores as well as start with a letter or number`,
    )
  return given
}

const byName = (a: { readonly name: string }, b: { readonly name: string }) => (a.name < b.name ? -1 : 1)

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
    build: own && {
      context: absolute(folder, String(own.context ?? '.')),
      dockerfile: String(own.dockerfile ?? 'Dockerfile'),
      args,
      target: String(own.target ?? ''),
    },
    dependsOn: Array.isArray(fields.depends_on)
      ? fields.depends_on.map((service) => ({ service: String(service), condition: 'service_started', restart: false, isRequired: true }))
      : Object.entries(fieldsOf(fields.depends_on)).map(([service, one]) => ({
          service,
          condition: String(fieldsOf(one).condition ?? 'service_started'),
          restart: isTrue(fieldsOf(one).restart),
          isRequired: fieldsOf(one).required !== false,
        })),
    networks:
      fields.network_mode !== undefined
        ? []
        : fields.networks === undefined || fields.networks === null
          ? [{ name: 'default', aliases: [], ip: '' }]
          : Array.isArray(fields.networks)
            ? fields.networks.map((network) => ({ name: String(network), aliases: [], ip: '' }))
            : Object.entries(fieldsOf(fields.networks)).map(([network, one]) => ({
                name: network,
                aliases: textsOf(fieldsOf(one).aliases),
                ip: String(fieldsOf(one).ipv4_address ?? ''),
              })),
    volumes: (Array.isArray(fields.volumes) ? fields.volumes : []).map((volume) => volumeOf(process, folder, volume)),
    scale: replicas === undefined ? 1 : Number(replicas),
  }
}

function volumeOf(process: Process, folder: string, volume: unknown): Service['volumes'][number] {
  if (isFields(volume)) {
    const type = String(volume.type ?? 'volume')
    const source = String(volume.source ?? '')
    return {
      type,
      source: type === 'bind' ? absolute(folder, source) : source,
      target: String(volume.target ?? ''),
      isReadOnly: isTrue(volume.read_only),
      fields: volume,
    }
  }
  const [first, second, mode = ''] = String(volume).split(':')
  if (second === undefined) return { type: 'volume', source: '', target: first, isReadOnly: false }
  const isPath = /^[./~]/.test(first)
  return {
    type: isPath ? 'bind' : 'volume',
    source: isPath ? absolute(folder, first.replace(/^~/, process.env.HOME ?? '/root')) : first,
    target: second,
    isReadOnly: mode.split(',').includes('ro'),
  }
}

function checkReferences(project: Project): void {
  const { services, disabled, networks, volumes } = project
  const names = new Set([...services, ...disabled].map(({ name }) => name))
  for (const service of services) {
    if (service.image === '' && service.fields.provider === undefined)
      throw new DockerError(
        `service ${JSON.stringify(service.name)} has neither an image nor a build context specified: invalid compose project`,
      )
    for (const { name } of service.networks)
      if (!(name in networks))
        throw new DockerError(`service ${JSON.stringify(service.name)} refers to undefined network ${name}: invalid compose project`)
    for (const { type, source } of service.volumes)
      if (type === 'volume' && source !== '' && !(source in volumes))
        throw new DockerError(`service ${JSON.stringify(service.name)} refers to undefined volume ${source}: invalid compose project`)
    const mode = typeof service.fields.network_mode === 'string' ? /^service:(.*)$/.exec(service.fields.network_mode)?.[1] : undefined
    if (mode !== undefined && !names.has(mode))
      throw new DockerError(`service "${service.name}" not found for network_mode 'service:${mode}'`)
    if (service.fields.network_mode !== undefined && service.fields.networks !== undefined)
      throw new DockerError(
        `service ${service.name} declares mutually exclusive \`network_mode\` and \`networks\`: invalid compose project`,
      )
    if (typeof service.fields.container_name === 'string' && service.scale > 1)
      throw new DockerError(
        `WARNING: The "${service.name}" service is using the custom container name "${service.fields.container_name}". Docker requires each container to have a unique name. Remove the custom name to scale the service`,
      )
    for (const kind of ['secret', 'config'] as const) {
      for (const one of Array.isArray(service.fields[`${kind}s`]) ? (service.fields[`${kind}s`] as unknown[]) : []) {
        const source = isFields(one) ? String(one.source) : String(one)
        if (!(source in project[`${kind}s`]))
          throw new DockerError(`service ${JSON.stringify(service.name)} refers to undefined ${kind} ${source}: invalid compose project`)
      }
    }
    for (const { service: other, isRequired } of service.dependsOn)
      if (isRequired && !names.has(other))
        throw new DockerError(
          `service ${JSON.stringify(service.name)} depends on undefined service ${JSON.stringify(other)}: invalid compose project`,
        )
  }
  for (const [name, { external, file, environment, content, driver }] of Object.entries(project.secrets))
    if (!external && file === undefined && environment === undefined && content === undefined && driver === undefined)
      throw new DockerError(`secret ${JSON.stringify(name)} must declare either \`file\` or \`environment\`: invalid compose project`)
  inOrder(services)
}

/** What others depend on comes first; a circle is refused. */
export function inOrder(services: readonly Service[]): Service[] {
  const sorted: Service[] = []
  const visit = (service: Service, path: readonly string[]) => {
    if (sorted.includes(service)) return
    if (path.includes(service.name))
      throw new DockerError(`dependency cycle detected: ${[...path.slice(path.indexOf(service.name)), service.name].join(' -> ')}`)
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

function projectName(folder: string): string {
  return folder
    .replace(/^.*\//, '')
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '')
    .replace(/^[_-]+/, '')
}
