/**
 * Compose files as `docker stack` reads them: the older format 3, with its own complaints, several files laid over each other, short
 * forms made long. What swarm cannot do is named and left out.
 */
import { stringify } from 'yaml'
import type { Process } from '../../../unix/kernel/process.ts'
import { UnixError } from '../../../unix/errors.ts'
import { textOf } from '../../../base/bytes.ts'
import { fromYaml, YamlError } from '../../yaml-input.ts'
import { DockerError } from '../docker-error.ts'
import { envFiles } from '../compose/env-file.ts'
import { interpolated } from '../compose/interpolation.ts'
import { absolute, type Fields, fieldsOf, isFields, pairsOf, textsOf } from '../compose/tree.ts'
import { publishedPorts } from '../ports.ts'

export interface StackFile {
  readonly version: string
  readonly folder: string
  readonly services: Readonly<Record<string, Fields>>
  readonly networks: Readonly<Record<string, Fields>>
  readonly volumes: Readonly<Record<string, Fields>>
  readonly secrets: Readonly<Record<string, Fields>>
  readonly configs: Readonly<Record<string, Fields>>
  /** Said before anything is done. */
  readonly notices: readonly string[]
}

const serviceKeys =
  'build cap_add cap_drop cgroupns_mode cgroup_parent command configs container_name credential_spec depends_on deploy devices dns dns_search domainname entrypoint environment env_file expose external_links extra_hosts hostname healthcheck image init ipc isolation labels links logging mac_address network_mode networks pid ports privileged read_only restart secrets security_opt shm_size stdin_open stop_grace_period stop_signal sysctls tmpfs tty ulimits user userns_mode volumes working_dir'.split(
    ' ',
  )
const unsupported = new Set(
  'build cgroupns_mode cgroup_parent devices domainname external_links ipc links mac_address network_mode pid privileged restart security_opt shm_size userns_mode'.split(
    ' ',
  ),
)
const deprecated: Readonly<Record<string, string>> = {
  container_name: 'Setting the container name is not supported.',
  expose: "Exposing ports is unnecessary - services on the same network can access each other's containers on any port.",
}
const topKeys = ['version', 'services', 'networks', 'volumes', 'secrets', 'configs']
const lists = [
  'cap_add',
  'cap_drop',
  'depends_on',
  'devices',
  'expose',
  'external_links',
  'links',
  'ports',
  'secrets',
  'configs',
  'security_opt',
  'volumes',
]

export function loadStackFiles(
  process: Process,
  paths: readonly string[],
  input: Uint8Array | undefined,
  { interpolates = true } = {},
): StackFile {
  const first = paths[0] === '-' ? process.cwd : process.path(paths[0]).replace(/\/[^/]*$/, '') || '/'
  let merged: Fields = {}
  for (const path of paths) merged = overlaid(merged, checked(parsed(process, path, input, interpolates))) as Fields
  const services = Object.fromEntries(
    Object.entries(fieldsOf(merged.services)).map(([name, fields]) => [name, longForm(process, first, fieldsOf(fields))]),
  )
  const section = (name: string) =>
    Object.fromEntries(Object.entries(fieldsOf(merged[name])).map(([key, fields]) => [key, fieldsOf(fields)]))
  const used = new Set(Object.values(fieldsOf(merged.services)).flatMap((fields) => Object.keys(fieldsOf(fields))))
  const notices: string[] = []
  const ignored = [...used].filter((key) => unsupported.has(key)).sort()
  if (ignored.length > 0) notices.push(`Ignoring unsupported options: ${ignored.join(', ')}\n\n`)
  const old = [...used].filter((key) => key in deprecated).sort()
  if (old.length > 0) notices.push(`Ignoring deprecated options:\n\n${old.map((key) => `${key}: ${deprecated[key]}`).join('\n\n')}\n\n`)
  const file: StackFile = {
    version: String(merged.version ?? '3.13'),
    folder: first,
    services,
    networks: section('networks'),
    volumes: section('volumes'),
    secrets: section('secrets'),
    configs: section('configs'),
    notices,
  }
  checkReferences(file)
  return file
}

function parsed(process: Process, path: string, input: Uint8Array | undefined, interpolates: boolean): unknown {
  try {
    const content = fromYaml(
      path === '-' ? textOf(input ?? new Uint8Array()) : process.files.readText(process.path(path), process.credentials),
      {},
      { plainWords: true },
    )
    // Unlike compose, stacks know the caller's variables only: no .env file.
    return interpolates ? interpolated(content, process.env, () => {}) : content
  } catch (error) {
    if (error instanceof YamlError) throw new DockerError(error.message)
    if (error instanceof UnixError) throw new DockerError(`open ${path}: ${error.words.toLowerCase()}`)
    throw error
  }
}

function checked(content: unknown): Fields {
  if (!isFields(content)) throw new DockerError('top-level object must be a mapping')
  const version = content.version === undefined ? '3.13' : String(content.version)
  if (content.version !== undefined && typeof content.version !== 'string') throw new DockerError('version must be a string')
  if (!/^3(\.\d+)?$/.test(version)) throw new DockerError(`unsupported Compose file version: ${version}`)
  for (const key of Object.keys(content))
    if (!topKeys.includes(key) && !key.startsWith('x-')) throw new DockerError(`(root) Additional property ${key} is not allowed`)
  for (const [name, service] of Object.entries(fieldsOf(content.services))) {
    if (!isFields(service)) throw new DockerError(`services.${name} must be a mapping`)
    const unknown = Object.keys(service).find((key) => !serviceKeys.includes(key) && !key.startsWith('x-'))
    if (unknown !== undefined) throw new DockerError(`services.${name} Additional property ${unknown} is not allowed`)
    for (const list of lists)
      if (service[list] !== undefined && service[list] !== null && !Array.isArray(service[list]))
        throw new DockerError(`services.${name}.${list} must be a list`)
    for (const text of ['image', 'hostname', 'user', 'working_dir', 'restart'])
      if (service[text] !== undefined && typeof service[text] !== 'string')
        throw new DockerError(`services.${name}.${text} must be a string`)
    const { replicas } = fieldsOf(service.deploy)
    if (replicas !== undefined && !Number.isInteger(replicas)) throw new DockerError(`services.${name}.deploy.replicas must be a integer`)
  }
  return content
}

function overlaid(base: unknown, over: unknown, key = ''): unknown {
  if (key === 'environment' || key === 'labels') return { ...pairsOf(base), ...pairsOf(over) }
  if (isFields(base) && isFields(over)) {
    const result: Record<string, unknown> = { ...base }
    for (const [name, value] of Object.entries(over)) result[name] = name in base ? overlaid(base[name], value, name) : value
    return result
  }
  if (Array.isArray(base) && Array.isArray(over) && !['command', 'entrypoint', 'test'].includes(key))
    return [...base, ...over.filter((one) => !base.includes(one))]
  return over
}

const shellWords = (text: string): string[] =>
  (text.match(/(?:"(?:\\.|[^"])*"|'[^']*'|[^\s"'])+/g) ?? []).map((word) =>
    word.replace(
      /"((?:\\.|[^"])*)"|'([^']*)'/g,
      (_, double: string | undefined, single: string | undefined) => single ?? (double ?? '').replace(/\\(.)/g, '$1'),
    ),
  )

function longForm(process: Process, folder: string, fields: Fields): Fields {
  const result: Record<string, unknown> = {}
  const environment: Record<string, string | null> = {}
  for (const path of textsOf(fields.env_file)) {
    const whole = absolute(folder, path)
    if (!process.files.exists(whole)) throw new DockerError(`open ${whole}: no such file or directory`)
    Object.assign(environment, envFiles(process, [whole], { areNeeded: true, isRaw: true }))
  }
  for (const [name, value] of Object.entries(pairsOf(fields.environment))) environment[name] = value ?? process.env[name] ?? null
  for (const key of serviceKeys) {
    const value = key === 'environment' ? (Object.keys(environment).length > 0 ? environment : undefined) : fields[key]
    if (value === undefined || value === null || key === 'env_file') continue
    if ((key === 'command' || key === 'entrypoint') && typeof value === 'string') result[key] = shellWords(value)
    else if (key === 'ports') result[key] = (value as unknown[]).flatMap(portForms)
    else if (key === 'volumes') result[key] = (value as unknown[]).map((one) => volumeForm(folder, process.env.HOME ?? '/root', one))
    else if (key === 'secrets' || key === 'configs')
      result[key] = (value as unknown[]).map((one) => (isFields(one) ? one : { source: String(one) }))
    else if (key === 'labels') result[key] = pairsOf(value)
    else if (key === 'networks' && Array.isArray(value)) result[key] = Object.fromEntries(value.map((one) => [String(one), null]))
    else if (['dns', 'dns_search', 'tmpfs'].includes(key)) result[key] = textsOf(value)
    else if (key === 'extra_hosts')
      result[key] = Array.isArray(value) ? value.map(String) : Object.entries(pairsOf(value)).map(([host, ip]) => `${host}:${ip}`)
    else result[key] = value
  }
  return result
}

function portForms(port: unknown): Fields[] {
  if (isFields(port))
    return [
      {
        ...(port.mode === undefined ? { mode: 'ingress' } : { mode: port.mode }),
        target: Number(port.target),
        ...(port.published === undefined ? {} : { published: Number(port.published) }),
        protocol: port.protocol ?? 'tcp',
      },
    ]
  const { bindings } = publishedPorts([String(port)], [])
  return Object.entries(bindings).flatMap(([key, list]) => {
    const [target, protocol] = key.split('/')
    return list.map(({ HostPort }) => ({
      mode: 'ingress',
      target: Number(target),
      ...(HostPort ? { published: Number(HostPort) } : {}),
      protocol,
    }))
  })
}

function volumeForm(folder: string, home: string, volume: unknown): Fields {
  if (isFields(volume))
    return {
      type: volume.type,
      ...(volume.source === undefined ? {} : { source: volume.type === 'bind' ? absolute(folder, String(volume.source)) : volume.source }),
      target: volume.target,
      ...(volume.read_only === undefined ? {} : { read_only: volume.read_only }),
      ...Object.fromEntries(['bind', 'volume', 'tmpfs'].flatMap((key) => (volume[key] === undefined ? [] : [[key, volume[key]]]))),
    }
  const [first, second, mode = ''] = String(volume).split(':')
  if (second === undefined) return { type: 'volume', target: first }
  const isPath = /^[./~]/.test(first)
  return {
    type: isPath ? 'bind' : 'volume',
    source: isPath ? absolute(folder, first.replace(/^~/, home)) : first,
    target: second,
    ...(mode.split(',').includes('ro') ? { read_only: true } : {}),
  }
}

function checkReferences({ services, networks, volumes, secrets, configs }: StackFile): void {
  for (const fields of Object.values(services)) {
    for (const name of Object.keys(fieldsOf(fields.networks)))
      if (name !== 'default' && !(name in networks)) throw new DockerError(`undefined network ${JSON.stringify(name)}`)
    for (const volume of (fields.volumes ?? []) as Fields[])
      if (volume.type === 'volume' && volume.source !== undefined && !(String(volume.source) in volumes))
        throw new DockerError(`undefined volume ${JSON.stringify(volume.source)}`)
    for (const [kind, known] of [
      ['secrets', secrets],
      ['configs', configs],
    ] as const)
      for (const one of (fields[kind] ?? []) as Fields[])
        if (!(String(one.source) in known)) throw new DockerError(`undefined ${kind.slice(0, -1)} ${JSON.stringify(one.source)}`)
  }
}

/** `docker stack config`: the files as they were understood. */
export function configText({ version, services, networks, volumes, secrets, configs }: StackFile): string {
  const sections = { networks, volumes, secrets, configs }
  const sorted = (fields: Fields) => Object.fromEntries(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1)))
  const whole = {
    version,
    services: Object.fromEntries(Object.entries(sorted(services)).map(([name, fields]) => [name, sorted(fields as Fields)])),
    ...Object.fromEntries(
      Object.entries(sections).flatMap(([name, section]) => (Object.keys(section).length > 0 ? [[name, sorted(section)]] : [])),
    ),
  }
  return stringify(whole, { indentSeq: false, lineWidth: 0, nullStr: 'null' })
}
