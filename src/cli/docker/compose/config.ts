/**
 * `docker compose config`: the project as compose itself would write it, every short form in its long one, in the order in which its types list their
 * fields.
 */
import { type Blocking, out, type Process } from '../../../unix/kernel/process.ts'
import { goJson } from '../../go-json.ts'
import { parseGoDuration, goDuration } from '../../go-values.ts'
import { goYaml, yamlThree } from '../../go-yaml.ts'
import { bytesOfSize } from '../../../base/go-units.ts'
import { type ComposeCommand, selected, withDependencies } from './context.ts'
import { variablesIn } from './interpolation.ts'
import { table } from './list.ts'
import type { Project, Service } from './project.ts'
import { configHash, environmentOf, networkName, shellWords, volumeName } from './service-config.ts'
import { type Fields, fieldsOf, isFields, isTrue, pairsOf, textsOf } from './tree.ts'

export const config: ComposeCommand = function* (context) {
  const { process, flags, args } = context
  const whole = yield* context.project()
  const services = args.length > 0 ? withDependencies(whole, selected(whole, args)) : whole.services
  const project = { ...whole, services }
  const lines = (texts: Iterable<string>): Blocking<void> => out(process, [...texts].map((text) => `${text}\n`).join(''))
  if (flags.is('quiet')) return 0
  if (flags.is('variables')) {
    yield* out(process, variablesTable(project))
    return 0
  }
  if (flags.is('services')) yield* lines(services.map(({ name }) => name))
  else if (flags.is('images')) yield* lines(services.map(({ image }) => image).sort())
  else if (flags.is('volumes')) yield* lines(Object.keys(project.volumes).sort())
  else if (flags.is('networks')) yield* lines(Object.keys(project.networks).sort())
  else if (flags.is('profiles'))
    yield* lines([...new Set([...project.services, ...project.disabled].flatMap(({ fields }) => textsOf(fields.profiles)))].sort())
  else if (flags.is('environment'))
    yield* lines(
      Object.entries(project.environment)
        .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]))
        .sort(),
    )
  else if (flags.text('hash') !== '')
    yield* lines(
      services
        .filter(({ name }) => flags.text('hash') === '*' || flags.text('hash').split(',').includes(name))
        .map((service) => `${service.name} ${configHash(project, service)}`),
    )
  else {
    const model = canonical(process, project)
    // A dollar would be filled in again when this is read.
    const text = (flags.text('format') === 'json' ? `${goJson(model, { indent: '  ' })}\n` : goYaml(model, yamlThree)).replaceAll(
      '$',
      '$$$$',
    )
    const file = flags.isSet('output') ? flags.text('output') : ''
    if (file === '') yield* out(process, text)
    else process.files.writeFile(process.path(file), text, {}, process.credentials)
  }
  return 0
}

/** Every variable the file asks for, by name. */
function variablesTable({ services, networks, volumes, secrets, configs }: Project): string {
  const found = variablesIn([services.map(({ fields }) => fields), networks, volumes, secrets, configs])
  const rows = [
    ['NAME', 'REQUIRED', 'DEFAULT VALUE', 'ALTERNATE VALUE'],
    ...found.map(({ name, isRequired, fallback, other }) => [name, String(isRequired), fallback, other]),
  ]
  return table(rows)
}

function canonical(process: Process, project: Project): object {
  const named = (entries: Readonly<Record<string, Fields>>, nameOf: (key: string) => string, order: readonly string[]) =>
    Object.fromEntries(
      Object.entries(entries)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, fields]) => [
          key,
          ordered({ ...fields, name: nameOf(key), ...(fields.labels !== undefined && { labels: sortedPairs(fields.labels) }) }, order),
        ]),
    )
  const own =
    (kind: 'secrets' | 'configs') =>
    (key: string): string => {
      const { name, external } = project[kind][key]
      return typeof name === 'string' ? name : isTrue(external) ? key : `${project.name}_${key}`
    }
  const section = (name: string, value: object) => (Object.keys(value).length > 0 ? { [name]: value } : {})
  return {
    name: project.name,
    services: Object.fromEntries(project.services.map((service) => [service.name, canonicalService(process, project, service)])),
    ...section(
      'networks',
      named(project.networks, (key) => networkName(project, key), [
        'name',
        'driver',
        'driver_opts',
        'ipam',
        'external',
        'internal',
        'attachable',
        'labels',
        'enable_ipv4',
        'enable_ipv6',
      ]),
    ),
    ...section(
      'volumes',
      named(project.volumes, (key) => volumeName(project, key), ['name', 'driver', 'driver_opts', 'external', 'labels']),
    ),
    ...section('secrets', named(project.secrets, own('secrets'), ['name', 'file', 'environment', 'content', 'external', 'labels'])),
    ...section('configs', named(project.configs, own('configs'), ['name', 'file', 'environment', 'content', 'external', 'labels'])),
    ...project.extensions,
  }
}

/** The fields in this order; what is not listed comes behind, by name. */
function ordered(fields: Fields, order: readonly string[]): Record<string, unknown> {
  const rest = Object.keys(fields)
    .filter((key) => !order.includes(key))
    .sort()
  return Object.fromEntries([...order, ...rest].flatMap((key) => (fields[key] === undefined ? [] : [[key, fields[key]]])))
}

const sortedPairs = (value: unknown): Record<string, string | null> =>
  Object.fromEntries(Object.entries(pairsOf(value)).sort(([a], [b]) => (a < b ? -1 : 1)))

/** Where the real type's order is not that of the alphabet. */
const serviceOrder =
  'profiles annotations attach build develop blkio_config cap_add cap_drop cgroup_parent cgroup cpu_count cpu_percent cpu_period cpu_quota cpu_rt_period cpu_rt_runtime cpus cpuset cpu_shares command configs container_name credential_spec depends_on deploy device_cgroup_rules devices dns dns_opt dns_search domainname entrypoint environment expose external_links extra_hosts group_add gpus hostname healthcheck image init ipc isolation labels links logging mem_limit mem_reservation memswap_limit mem_swappiness mac_address network_mode networks oom_kill_disable oom_score_adj pid pids_limit platform ports post_start pre_stop privileged pull_policy read_only restart runtime scale secrets security_opt shm_size stdin_open stop_grace_period stop_signal storage_opt sysctls tmpfs tty ulimits user userns_mode uts volumes volumes_from working_dir'.split(
    ' ',
  )

const bytes = (value: unknown): string | undefined =>
  value === undefined ? undefined : String(typeof value === 'number' ? value : (bytesOfSize(String(value)) ?? value))
const duration = (value: unknown): string | undefined => {
  if (value === undefined) return undefined
  const ms = parseGoDuration(String(value))
  return ms === undefined ? String(value) : goDuration(ms)
}

function canonicalService(process: Process, project: Project, service: Service): Record<string, unknown> {
  const { fields } = service
  const { env_file: _, extends: __, depends_on: ___, ...rest } = fields
  const environment = environmentOf(process, project, service)
  const each = (name: string, change: (one: unknown) => unknown): object =>
    Array.isArray(fields[name]) && fields[name].length > 0 ? { [name]: (fields[name] as unknown[]).flatMap(change) } : {}
  const aList = (name: string): object => (fields[name] === undefined || fields[name] === null ? {} : { [name]: textsOf(fields[name]) })
  const handed = (kind: 'secrets' | 'configs'): object =>
    each(kind, (one) => {
      const long = isFields(one) ? one : { source: String(one) }
      return ordered({ ...long, target: long.target ?? (kind === 'secrets' ? `/run/secrets/${String(long.source)}` : undefined) }, [
        'source',
        'target',
        'uid',
        'gid',
        'mode',
      ])
    })
  const all: Fields = {
    ...rest,
    ...(service.build && { build: canonicalBuild(fields.build, service.build) }),
    command: shellWords(fields.command),
    entrypoint: shellWords(fields.entrypoint),
    environment:
      Object.keys(environment).length > 0
        ? Object.fromEntries(Object.entries(environment).sort(([a], [b]) => (a < b ? -1 : 1)))
        : undefined,
    ...(service.dependsOn.length > 0 && {
      depends_on: Object.fromEntries(
        [...service.dependsOn]
          .sort((a, b) => (a.service < b.service ? -1 : 1))
          .map(({ service: name, condition, restart, isRequired }) => [
            name,
            { condition, ...(restart && { restart }), required: isRequired },
          ]),
      ),
    }),
    ...(service.networks.length > 0 && {
      networks: Object.fromEntries(
        [...service.networks]
          .sort((a, b) => (a.name < b.name ? -1 : 1))
          .map(({ name }) => [name, isFields(fields.networks) ? (fields.networks[name] ?? null) : null]),
      ),
    }),
    ...each('ports', canonicalPort),
    ...each('expose', String),
    ...(service.volumes.length > 0 && { volumes: service.volumes.map(canonicalVolume) }),
    ...handed('secrets'),
    ...handed('configs'),
    ...Object.fromEntries(
      ['labels', 'annotations', 'sysctls'].flatMap((name) => (fields[name] === undefined ? [] : [[name, sortedPairs(fields[name])]])),
    ),
    ...(fields.extra_hosts !== undefined && {
      extra_hosts: Array.isArray(fields.extra_hosts)
        ? fields.extra_hosts.map((one) => String(one).replace(/[:=]/, '='))
        : Object.entries(fieldsOf(fields.extra_hosts)).map(([host, ip]) => `${host}=${String(ip)}`),
    }),
    ...aList('dns'),
    ...aList('dns_search'),
    ...aList('tmpfs'),
    ...aList('group_add'),
    ...(isFields(fields.healthcheck) && { healthcheck: canonicalHealth(fields.healthcheck) }),
    ...(isFields(fields.deploy) && { deploy: canonicalDeploy(fields.deploy) }),
    mem_limit: bytes(fields.mem_limit),
    mem_reservation: bytes(fields.mem_reservation),
    memswap_limit: bytes(fields.memswap_limit),
    shm_size: bytes(fields.shm_size),
    stop_grace_period: duration(fields.stop_grace_period),
  }
  return ordered(all, serviceOrder)
}

function canonicalBuild(given: unknown, { context, dockerfile, args }: NonNullable<Service['build']>): Record<string, unknown> {
  const fields = fieldsOf(given)
  return ordered(
    {
      ...fields,
      context,
      dockerfile: fields.dockerfile_inline === undefined ? dockerfile : undefined,
      args: Object.keys(args).length > 0 ? args : undefined,
      labels: fields.labels === undefined ? undefined : sortedPairs(fields.labels),
    },
    [
      'context',
      'dockerfile',
      'dockerfile_inline',
      'entitlements',
      'args',
      'ssh',
      'labels',
      'cache_from',
      'cache_to',
      'no_cache',
      'additional_contexts',
      'pull',
      'extra_hosts',
      'isolation',
      'network',
      'target',
    ],
  )
}

function canonicalHealth(fields: Fields): Record<string, unknown> {
  const test = typeof fields.test === 'string' ? ['CMD-SHELL', fields.test] : fields.test
  return ordered(
    {
      ...fields,
      test,
      ...Object.fromEntries(['timeout', 'interval', 'start_period', 'start_interval'].map((name) => [name, duration(fields[name])])),
    },
    ['test', 'timeout', 'interval', 'retries', 'start_period', 'start_interval', 'disable'],
  )
}

function canonicalDeploy(fields: Fields): Record<string, unknown> {
  const sized = (one: unknown): unknown =>
    isFields(one)
      ? ordered({ ...one, ...(one.cpus !== undefined && { cpus: Number(one.cpus) }), memory: bytes(one.memory) }, [
          'cpus',
          'memory',
          'pids',
        ])
      : undefined
  const resources = isFields(fields.resources)
    ? ordered({ limits: sized(fields.resources.limits), reservations: sized(fields.resources.reservations) }, ['limits', 'reservations'])
    : undefined
  return ordered(
    {
      ...fields,
      resources,
      labels: fields.labels === undefined ? undefined : sortedPairs(fields.labels),
      placement: fields.placement ?? {},
    },
    ['mode', 'replicas', 'labels', 'update_config', 'rollback_config', 'resources', 'restart_policy', 'placement', 'endpoint_mode'],
  )
}

/** A range becomes a port each. */
function canonicalPort(port: unknown): unknown[] {
  if (isFields(port))
    return [
      ordered({ mode: 'ingress', protocol: 'tcp', ...port, ...(port.published !== undefined && { published: String(port.published) }) }, [
        'name',
        'mode',
        'host_ip',
        'target',
        'published',
        'protocol',
        'app_protocol',
      ]),
    ]
  const [, ip, published = '', targets, protocol = 'tcp'] = /^(?:(?:(.*):)?([\d-]*):)?([\d-]+)(?:\/(\w+))?$/.exec(String(port)) ?? []
  if (targets === undefined) return [port]
  const range = (text: string): number[] => {
    const [from, to = from] = text.split('-').map(Number)
    return Array.from({ length: to - from + 1 }, (_, index) => from + index)
  }
  const inside = range(targets)
  const outside = published === '' ? [] : range(published)
  return inside.map((target, index) => ({
    mode: 'ingress',
    ...(ip && { host_ip: ip }),
    target,
    ...(outside.length > 0 && { published: outside.length === inside.length ? String(outside[index]) : published }),
    protocol,
  }))
}

function canonicalVolume({ type, source, target, isReadOnly, fields }: Service['volumes'][number]): unknown {
  const long = fields ?? {}
  const options =
    type === 'volume'
      ? { volume: long.volume ?? {} }
      : type === 'bind'
        ? { bind: long.bind ?? (fields ? undefined : { create_host_path: true }) }
        : type === 'tmpfs' && long.tmpfs !== undefined
          ? { tmpfs: long.tmpfs }
          : {}
  return ordered({ ...long, type, source: source === '' ? undefined : source, target, read_only: isReadOnly || undefined, ...options }, [
    'type',
    'source',
    'target',
    'read_only',
    'consistency',
    'bind',
    'volume',
    'tmpfs',
  ])
}
