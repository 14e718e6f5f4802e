/**
 * The shape of a Compose file, and what is said of the first thing that does not fit: of all complaints the one deepest in the file, in the words of
 * compose's JSON schema library (`got string, want array`).
 */
type Type = 'string' | 'number' | 'integer' | 'boolean' | 'object' | 'array' | 'null'

type Shape =
  | { readonly types: readonly Type[]; readonly words?: readonly string[] }
  | { readonly list: Shape }
  | {
      readonly fields: Readonly<Record<string, Shape>>
      readonly needs?: readonly string[]
      readonly isOpen?: boolean
      readonly canBeNull?: boolean
    }
  | { readonly map: Shape; readonly name?: RegExp; readonly canBeNull?: boolean }
  | { readonly either: readonly Shape[] }

interface Complaint {
  readonly path: readonly string[]
  readonly words: string
}

const of = (...types: Type[]): Shape => ({ types })
const text = of('string')
const flag = of('boolean', 'string')
const number = of('number', 'string')
const integer = of('integer', 'string')
const list = (item: Shape): Shape => ({ list: item })
const texts = list(text)
const either = (...shapes: Shape[]): Shape => ({ either: shapes })
const fields = (own: Readonly<Record<string, Shape>>, needs?: readonly string[]): Shape => ({ fields: own, needs })
const nullable = (own: Readonly<Record<string, Shape>>): Shape => ({ fields: own, canBeNull: true })
const oneOf = (...words: string[]): Shape => ({ types: ['string'], words })
const any: Shape = { types: ['string', 'number', 'boolean', 'null', 'object', 'array'] }
const named = (shape: Shape): Shape => ({ map: shape, name: /^[a-zA-Z0-9._-]+$/ })

const pairs = either({ map: of('string', 'number', 'boolean', 'null') }, texts)
const textOrTexts = either(text, texts)
const command = either(of('null'), text, texts)
const hosts = either({ map: either(text, texts) }, texts)
const files = either(text, list(either(text, fields({ path: text, format: text, required: flag }, ['path']))))
const sources = list(either(text, fields({ source: text, target: text, uid: text, gid: text, mode: number })))
const ulimits: Shape = { map: either(integer, fields({ hard: integer, soft: integer }, ['soft', 'hard'])) }
const limit = fields({ path: text, rate: integer })
const external = either(flag, fields({ name: text }))
const hook = fields({ command, user: text, privileged: flag, working_dir: text, environment: pairs }, ['command'])
const options: Shape = { map: of('string', 'number') }

const healthcheck = fields({
  disable: flag,
  interval: text,
  retries: number,
  test: either(text, texts),
  timeout: text,
  start_period: text,
  start_interval: text,
})

const resources = fields({
  limits: fields({ cpus: number, memory: text, pids: integer }),
  reservations: fields({ cpus: number, memory: text, generic_resources: any, devices: list({ fields: {}, isOpen: true }) }),
})
const updates = fields({
  parallelism: integer,
  delay: text,
  failure_action: text,
  monitor: text,
  max_failure_ratio: number,
  order: oneOf('start-first', 'stop-first'),
})
const deploy = nullable({
  mode: text,
  endpoint_mode: text,
  replicas: integer,
  labels: pairs,
  rollback_config: updates,
  update_config: updates,
  resources,
  restart_policy: fields({ condition: text, delay: text, max_attempts: integer, window: text }),
  placement: fields({ constraints: texts, preferences: list(fields({ spread: text })), max_replicas_per_node: integer }),
})

const build = either(
  text,
  fields({
    context: text,
    dockerfile: text,
    dockerfile_inline: text,
    entitlements: texts,
    args: pairs,
    ssh: pairs,
    labels: pairs,
    cache_from: texts,
    cache_to: texts,
    no_cache: flag,
    additional_contexts: pairs,
    network: text,
    provenance: flag,
    sbom: flag,
    pull: flag,
    target: text,
    shm_size: integer,
    extra_hosts: hosts,
    isolation: text,
    privileged: flag,
    secrets: sources,
    tags: texts,
    ulimits,
    platforms: texts,
  }),
)

const develop = nullable({
  watch: list(
    fields(
      {
        ignore: textOrTexts,
        include: textOrTexts,
        path: text,
        action: oneOf('rebuild', 'sync', 'restart', 'sync+restart', 'sync+exec'),
        target: text,
        exec: hook,
        initial_sync: flag,
      },
      ['path', 'action'],
    ),
  ),
})

const volume = fields(
  {
    type: oneOf('bind', 'volume', 'tmpfs', 'cluster', 'npipe', 'image'),
    source: text,
    target: text,
    read_only: flag,
    consistency: text,
    bind: fields({
      propagation: text,
      create_host_path: flag,
      recursive: oneOf('enabled', 'disabled', 'writable', 'readonly'),
      selinux: oneOf('z', 'Z'),
    }),
    volume: fields({ labels: pairs, nocopy: flag, subpath: text }),
    tmpfs: fields({ size: integer, mode: number }),
    image: fields({ subpath: text }),
  },
  ['type'],
)

const port = fields({ name: text, mode: text, host_ip: text, target: integer, published: integer, protocol: text, app_protocol: text })

const attachment = nullable({
  aliases: texts,
  interface_name: text,
  ipv4_address: text,
  ipv6_address: text,
  link_local_ips: texts,
  mac_address: text,
  driver_opts: options,
  gw_priority: number,
  priority: number,
})

const service = fields({
  annotations: pairs,
  attach: flag,
  blkio_config: fields({
    device_read_bps: list(limit),
    device_read_iops: list(limit),
    device_write_bps: list(limit),
    device_write_iops: list(limit),
    weight: integer,
    weight_device: list(fields({ path: text, weight: integer })),
  }),
  build,
  cap_add: texts,
  cap_drop: texts,
  cgroup: oneOf('host', 'private'),
  cgroup_parent: text,
  command,
  configs: sources,
  container_name: text,
  cpu_count: integer,
  cpu_percent: integer,
  cpu_period: number,
  cpu_quota: number,
  cpu_rt_period: number,
  cpu_rt_runtime: number,
  cpu_shares: number,
  cpus: number,
  cpuset: text,
  credential_spec: fields({ config: text, file: text, registry: text }),
  depends_on: either(
    texts,
    named(
      fields(
        {
          restart: flag,
          required: of('boolean'),
          condition: oneOf('service_started', 'service_healthy', 'service_completed_successfully'),
        },
        ['condition'],
      ),
    ),
  ),
  deploy,
  develop,
  device_cgroup_rules: texts,
  devices: list(either(text, fields({ source: text, target: text, permissions: text }, ['source']))),
  dns: textOrTexts,
  dns_opt: texts,
  dns_search: textOrTexts,
  domainname: text,
  entrypoint: command,
  env_file: files,
  environment: pairs,
  expose: list(of('string', 'number')),
  extends: either(text, fields({ service: text, file: text }, ['service'])),
  external_links: texts,
  extra_hosts: hosts,
  gpus: any,
  group_add: list(of('string', 'number')),
  healthcheck,
  hostname: text,
  image: text,
  init: flag,
  ipc: text,
  isolation: text,
  label_file: textOrTexts,
  labels: pairs,
  links: texts,
  logging: fields({ driver: text, options: { map: of('string', 'number', 'null') } }),
  mac_address: text,
  mem_limit: number,
  mem_reservation: integer,
  mem_swappiness: integer,
  memswap_limit: number,
  models: any,
  network_mode: text,
  networks: either(texts, named(attachment)),
  oom_kill_disable: flag,
  oom_score_adj: integer,
  pid: of('string', 'null'),
  pids_limit: number,
  platform: text,
  ports: list(either(of('number'), text, port)),
  post_start: list(hook),
  pre_stop: list(hook),
  privileged: flag,
  profiles: texts,
  provider: any,
  pull_policy: text,
  pull_refresh_after: text,
  read_only: flag,
  restart: text,
  runtime: text,
  scale: integer,
  secrets: sources,
  security_opt: texts,
  shm_size: number,
  stdin_open: flag,
  stop_grace_period: text,
  stop_signal: text,
  storage_opt: of('object'),
  sysctls: pairs,
  tmpfs: textOrTexts,
  tty: flag,
  ulimits,
  use_api_socket: of('boolean'),
  user: text,
  userns_mode: text,
  uts: text,
  volumes: list(either(text, volume)),
  volumes_from: texts,
  working_dir: text,
})

const network = nullable({
  name: text,
  driver: text,
  driver_opts: options,
  ipam: fields({
    driver: text,
    config: list(fields({ subnet: text, ip_range: text, gateway: text, aux_addresses: { map: text } })),
    options: { map: text },
  }),
  external,
  internal: flag,
  enable_ipv4: flag,
  enable_ipv6: flag,
  attachable: flag,
  labels: pairs,
})
const namedVolume = nullable({ name: text, driver: text, driver_opts: options, external, labels: pairs })
const secret = fields({
  name: text,
  environment: text,
  file: text,
  content: text,
  external,
  labels: pairs,
  driver: text,
  driver_opts: options,
  template_driver: text,
})

const file = fields({
  version: text,
  name: text,
  include: list(either(text, fields({ path: textOrTexts, env_file: textOrTexts, project_directory: text }))),
  services: named(service),
  models: any,
  networks: named(network),
  volumes: named(namedVolume),
  secrets: named(secret),
  configs: named(secret),
})

/** What is wrong with a file's content; undefined when it has the right shape. */
export function complaintAbout(content: unknown): string | undefined {
  const found = complaints(content, file, [])
  if (found.length === 0) return undefined
  const deepest = found.reduce((best, one) => (one.path.length > best.path.length ? one : best))
  return `${deepest.path.length === 0 ? '(root)' : deepest.path.join('.')} ${deepest.words}`
}

function typeOf(value: unknown): Type {
  if (value === null || value === undefined) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value === 'string' ? 'string' : typeof value === 'boolean' ? 'boolean' : 'object'
}

function complaints(value: unknown, shape: Shape, path: readonly string[]): Complaint[] {
  const type = typeOf(value)
  const shown = type === 'integer' ? 'number' : type
  const wrong = (...wanted: readonly Type[]): Complaint[] => [{ path, words: `got ${shown}, want ${wanted.join(' or ')}` }]
  if ('types' in shape) {
    if (!shape.types.includes(type) && !(type === 'integer' && shape.types.includes('number'))) return wrong(...shape.types)
    return shape.words && !shape.words.includes(String(value))
      ? [{ path, words: `value must be one of ${shape.words.map((word) => `'${word}'`).join(', ')}` }]
      : []
  }
  if ('either' in shape) {
    const all = shape.either.map((one) => complaints(value, one, path))
    return all.some((one) => one.length === 0) ? [] : all.flat()
  }
  if ('list' in shape)
    return Array.isArray(value) ? value.flatMap((one, index) => complaints(one, shape.list, [...path, String(index)])) : wrong('array')
  if (type === 'null' && shape.canBeNull) return []
  if (type !== 'object') return wrong(...(shape.canBeNull ? (['object', 'null'] as const) : (['object'] as const)))
  const entries = Object.entries(value as object)
  if ('map' in shape) return complaintsOfMap(entries, shape, path)
  const missing = (shape.needs ?? []).filter((name) => !entries.some(([key]) => key === name))
  const unknown = shape.isOpen
    ? []
    : entries.map(([key]) => key).filter((key) => !Object.hasOwn(shape.fields, key) && !key.startsWith('x-'))
  return [
    ...(missing.length > 0
      ? [{ path, words: `missing ${missing.length === 1 ? 'property' : 'properties'} ${missing.map((name) => `'${name}'`).join(', ')}` }]
      : []),
    ...(unknown.length > 0 ? [{ path, words: `additional properties ${unknown.map((name) => `'${name}'`).join(', ')} not allowed` }] : []),
    ...entries.flatMap(([key, one]) => (Object.hasOwn(shape.fields, key) ? complaints(one, shape.fields[key], [...path, key]) : [])),
  ]
}

function complaintsOfMap(
  entries: readonly (readonly [string, unknown])[],
  { map, name }: { readonly map: Shape; readonly name?: RegExp },
  path: readonly string[],
): Complaint[] {
  const bad = entries.map(([key]) => key).filter((key) => name && !name.test(key))
  return [
    ...(bad.length > 0 ? [{ path, words: `additional properties ${bad.map((key) => `'${key}'`).join(', ')} not allowed` }] : []),
    ...entries.flatMap(([key, one]) => (bad.includes(key) ? [] : complaints(one, map, [...path, key]))),
  ]
}
