/**
 * From Compose files to one tree: found, read, variables filled in, judged, `include` and `extends` followed, laid over each other. Relative paths
 * become absolute while it is still known which file they stand in.
 */
import type { Process } from '../../../unix/kernel/process.ts'
import { UnixError } from '../../../unix/errors.ts'
import { booleansRead } from './booleans.ts'
import { fromYaml, YamlError } from '../../yaml-input.ts'
import { DockerError } from '../docker-error.ts'
import { envFiles } from './env-file.ts'
import { interpolated } from './interpolation.ts'
import { clean, overlaid, overrideMark, resetMark } from './merge.ts'
import { complaintAbout } from './schema.ts'
import { absolute, type Fields, fieldsOf, isFields, normal, textsOf } from './tree.ts'

export interface LoadOptions {
  readonly files: readonly string[]
  readonly folder: string
  readonly envFiles: readonly string[]
  readonly isInterpolated?: boolean
  /** What `-f -` stands for. */
  readonly input?: string
}

export interface Loaded {
  readonly tree: Fields
  readonly files: readonly string[]
  readonly folder: string
  readonly warnings: readonly string[]
  readonly environment: Readonly<Record<string, string | undefined>>
}

const fileNames = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml']
const overrideNames = ['compose.override.yml', 'compose.override.yaml', 'docker-compose.override.yml', 'docker-compose.override.yaml']

interface Reading {
  readonly process: Process
  readonly environment: Loaded['environment']
  readonly warn: (words: string) => void
  readonly isInterpolated: boolean
  readonly input: string | undefined
}

export function loadFiles(process: Process, options: LoadOptions): Loaded {
  const warnings: string[] = []
  const warn = (words: string): void => {
    if (!warnings.includes(words)) warnings.push(words)
  }
  const given =
    options.files.length > 0
      ? options.files
      : (process.env.COMPOSE_FILE ?? '').split(process.env.COMPOSE_PATH_SEPARATOR ?? ':').filter(Boolean)
  const startFolder = options.folder !== '' ? normal(process.path(options.folder)) : undefined
  const early = given.length > 0 ? given.map((file) => (file === '-' ? file : normal(process.path(file)))) : undefined
  const files = early ?? found(process, startFolder ?? normal(process.cwd), warn)
  const folder = startFolder ?? (files[0] === '-' ? normal(process.cwd) : files[0].replace(/\/[^/]*$/, '') || '/')
  const environment = {
    ...envFiles(process, options.envFiles.length > 0 ? options.envFiles.map((file) => process.path(file)) : [`${folder}/.env`], {
      areNeeded: options.envFiles.length > 0,
    }),
    ...process.env,
  }
  const reading: Reading = { process, environment, warn, isInterpolated: options.isInterpolated ?? true, input: options.input }
  const tree = merged(reading, files, folder, [])
  return { tree, files, folder, warnings, environment }
}

function found(process: Process, start: string, warn: (words: string) => void): string[] {
  for (let folder = start; ; folder = folder.replace(/\/[^/]*$/, '')) {
    const bases = fileNames.map((file) => `${folder}/${file}`).filter((path) => process.files.exists(path))
    if (bases.length > 1) {
      warn(`Found multiple config files with supported names: ${bases.join(', ')}`)
      warn(`Using ${bases[0]}`)
    }
    if (bases.length > 0)
      return [
        bases[0],
        ...overrideNames
          .map((file) => `${folder}/${file}`)
          .filter((path) => process.files.exists(path))
          .slice(0, 1),
      ]
    if (folder === '' || folder === '/') throw new DockerError('no configuration file provided: not found')
  }
}

function merged(reading: Reading, files: readonly string[], folder: string, above: readonly string[]): Fields {
  let tree: Fields = {}
  for (const path of files) {
    if (above.includes(path)) throw new DockerError(`include cycle detected:\n${path}\n${above.map((one) => ` include ${one}`).join('\n')}`)
    const content = read(reading, path)
    const fields = withExtends(reading, judged(path, content), path, folder)
    if ('version' in fields)
      reading.warn(`${path}: the attribute \`version\` is obsolete, it will be ignored, please remove it to avoid potential confusion`)
    const { include, ...own } = fields
    tree = overlaid(tree, pathsResolved(own, folder)) as Fields
    for (const one of Array.isArray(include) ? (include as unknown[]) : []) tree = withInclude(reading, tree, one, folder, [...above, path])
  }
  const result = clean(tree) as Fields
  if (above.length === 0 && Object.keys(fieldsOf(result.services)).length === 0 && files.length > 0 && Object.keys(result).length === 0)
    throw new DockerError('empty compose file')
  return result
}

function read({ process, environment, warn, isInterpolated, input }: Reading, path: string): unknown {
  let content: unknown
  try {
    content = fromYaml(
      path === '-' ? (input ?? '') : process.files.readText(path, process.credentials),
      { '!reset': () => resetMark, '!override': (value) => ({ [overrideMark]: value }) },
      { plainWords: true },
    )
  } catch (error) {
    if (error instanceof YamlError) throw new DockerError(error.message)
    if (error instanceof UnixError) throw new DockerError(`open ${path}: ${error.words.toLowerCase()}`)
    throw error
  }
  return isInterpolated
    ? booleansRead(
        interpolated(content, environment, (name) => warn(`The "${name}" variable is not set. Defaulting to a blank string.`)),
        warn,
      )
    : content
}

/** The content as a mapping; what no schema is needed for is said first. */
function judged(path: string, content: unknown): Fields {
  if (content === null || content === undefined) throw new DockerError('empty compose file')
  if (!isFields(content)) throw new DockerError('top-level object must be a mapping')
  for (const [section, value] of Object.entries(content)) {
    if (!['services', 'networks', 'volumes', 'secrets', 'configs'].includes(section) || value === null || value === resetMark) continue
    if (!isFields(value)) throw new DockerError(`${section} must be a mapping`)
    if (section === 'services')
      for (const [name, service] of Object.entries(value))
        if (!isFields(service) && service !== resetMark) throw new DockerError(`services.${name} must be a mapping`)
  }
  const complaint = complaintAbout(clean(content))
  if (complaint !== undefined) throw new DockerError(`validating ${path}: ${complaint}`)
  return content
}

function withExtends(reading: Reading, tree: Fields, path: string, folder: string): Fields {
  const services = fieldsOf(tree.services)
  if (!Object.values(services).some((service) => fieldsOf(service).extends !== undefined)) return tree
  return {
    ...tree,
    services: Object.fromEntries(
      Object.entries(services).map(([name, service]) => [name, extended(reading, { name, service, services, path, folder }, [])]),
    ),
  }
}

interface Extending {
  readonly name: string
  readonly service: unknown
  /** Those of the file it stands in. */
  readonly services: Fields
  readonly path: string
  readonly folder: string
}

function extended(reading: Reading, { name, service, services, path, folder }: Extending, above: readonly string[]): unknown {
  if (!isFields(service) || service.extends === undefined) return service
  const { extends: wanted, ...own } = service
  const base = isFields(wanted) ? String(wanted.service) : String(wanted)
  const where = `${name} in ${path}`
  if (above.includes(where)) throw new DockerError(`Circular reference:\n  ${above.join('\n  extends ')}\n  extends ${where}`)
  const file = isFields(wanted) && typeof wanted.file === 'string' ? wanted.file : undefined
  if (file === undefined) {
    if (!(base in services))
      throw new DockerError(`cannot extend service ${JSON.stringify(name)} in ${path}: service ${JSON.stringify(base)} not found`)
    return overService(extended(reading, { name: base, service: services[base], services, path, folder }, [...above, where]), own)
  }
  const other = absolute(folder, file)
  const content = fieldsOf(read(reading, other))
  const others = fieldsOf(content.services)
  if (!(base in others))
    throw new DockerError(`cannot extend service ${JSON.stringify(name)} in ${path}: service ${JSON.stringify(base)} not found in ${file}`)
  const otherFolder = other.replace(/\/[^/]*$/, '') || '/'
  const inherited = extended(reading, { name: base, service: others[base], services: others, path: other, folder: otherFolder }, [
    ...above,
    where,
  ])
  return overService(serviceResolved(fieldsOf(inherited), otherFolder), serviceResolved(own, folder))
}

function overService(base: unknown, own: Fields): unknown {
  return fieldsOf(fieldsOf((overlaid({ services: { one: base } }, { services: { one: own } }) as Fields).services)).one
}

function withInclude(reading: Reading, tree: Fields, one: unknown, folder: string, above: readonly string[]): Fields {
  const fields = isFields(one) ? one : { path: one }
  const files = textsOf(fields.path).map((path) => absolute(folder, path))
  const own =
    typeof fields.project_directory === 'string' ? absolute(folder, fields.project_directory) : files[0].replace(/\/[^/]*$/, '') || '/'
  const envPaths = fields.env_file === undefined ? [`${own}/.env`] : textsOf(fields.env_file).map((path) => absolute(folder, path))
  const environment = { ...envFiles(reading.process, envPaths, { areNeeded: fields.env_file !== undefined }), ...reading.environment }
  const included = merged({ ...reading, environment }, files, own, above)
  const result: Record<string, unknown> = { ...tree }
  for (const section of ['services', 'networks', 'volumes', 'secrets', 'configs', 'models']) {
    const ours = fieldsOf(result[section])
    for (const [name, value] of Object.entries(fieldsOf(included[section]))) {
      if (name in ours && JSON.stringify(ours[name]) !== JSON.stringify(value))
        throw new DockerError(`${section}.${name} conflicts with imported resource`)
    }
    if (section in included) result[section] = { ...fieldsOf(included[section]), ...ours }
  }
  return result
}

function pathsResolved(tree: Fields, folder: string): Fields {
  const files = (section: unknown): unknown =>
    isFields(section)
      ? Object.fromEntries(
          Object.entries(section).map(([name, one]) => [
            name,
            isFields(one) && typeof one.file === 'string' ? { ...one, file: absolute(folder, one.file) } : one,
          ]),
        )
      : section
  return {
    ...tree,
    ...(isFields(tree.services) && {
      services: Object.fromEntries(
        Object.entries(tree.services).map(([name, service]) => [name, isFields(service) ? serviceResolved(service, folder) : service]),
      ),
    }),
    ...(tree.secrets !== undefined && { secrets: files(tree.secrets) }),
    ...(tree.configs !== undefined && { configs: files(tree.configs) }),
  }
}

function serviceResolved(service: Fields, folder: string): Fields {
  const isRemote = (context: string) => /^(https?|git|ssh):\/\/|^git@|^github\.com\/|^service:|^docker-image:/.test(context)
  const context = (one: unknown): unknown => (typeof one === 'string' && !isRemote(one) ? absolute(folder, one) : one)
  const envFile = (one: unknown): unknown =>
    isFields(one) ? { ...one, path: absolute(folder, String(one.path)) } : typeof one === 'string' ? absolute(folder, one) : one
  const volume = (one: unknown): unknown => {
    if (isFields(one))
      return one.type === 'bind' && typeof one.source === 'string' && !one.source.startsWith('~')
        ? { ...one, source: absolute(folder, one.source) }
        : one
    return typeof one === 'string' && /^\.{1,2}(\/|:|$)/.test(one) && one.includes(':')
      ? absolute(folder, one.slice(0, one.indexOf(':'))) + one.slice(one.indexOf(':'))
      : one
  }
  const each = (value: unknown, change: (one: unknown) => unknown): unknown =>
    Array.isArray(value) ? (value as unknown[]).map(change) : change(value)
  const { build, env_file: env, volumes, develop } = service
  return {
    ...service,
    ...(build !== undefined && {
      build: isFields(build) ? { ...build, ...(build.context !== undefined && { context: context(build.context) }) } : context(build),
    }),
    ...(env !== undefined && { env_file: each(env, envFile) }),
    ...(Array.isArray(volumes) && { volumes: (volumes as unknown[]).map(volume) }),
    ...(isFields(develop) &&
      Array.isArray(develop.watch) && {
        develop: {
          ...develop,
          watch: (develop.watch as unknown[]).map((one) =>
            isFields(one) && typeof one.path === 'string' ? { ...one, path: absolute(folder, one.path) } : one,
          ),
        },
      }),
  }
}
