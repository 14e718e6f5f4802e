/** A service of a stack file as the specification of a swarm service: names get the stack's in front, and labels say whose they are. */
import { parseGoDuration } from '../../go-values.ts'
import { DockerError } from '../docker-error.ts'
import { type Fields, fieldsOf, isFields, pairsOf, textsOf } from '../compose/tree.ts'
import { bytesOfSize } from '../../../base/go-units.ts'
import type { StackFile } from './stack-file.ts'

export const namespaceLabel = 'com.docker.stack.namespace'
export const scoped = (stack: string, name: string): string => `${stack}_${name}`

/** Name and whether it is somebody else's. */
export function namedIn(stack: string, key: string, fields: Fields): { name: string; isExternal: boolean } {
  const external = fields.external
  if (external === true || isFields(external)) return { name: String(fieldsOf(external).name ?? fields.name ?? key), isExternal: true }
  return { name: typeof fields.name === 'string' ? fields.name : scoped(stack, key), isExternal: false }
}

const nanos = (value: unknown): number | undefined =>
  value === undefined ? undefined : Math.round((parseGoDuration(String(value)) ?? 0) * 1e6)
const given = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0)))
const bytes = (value: unknown): number | undefined =>
  value === undefined ? undefined : typeof value === 'number' ? value : bytesOfSize(String(value))

function amounts(value: unknown): Fields {
  const { cpus, memory, pids } = fieldsOf(value)
  return given({ NanoCPUs: cpus === undefined ? undefined : Math.round(Number(cpus) * 1e9), MemoryBytes: bytes(memory), Pids: pids })
}

function updateConfig(value: unknown): Fields | undefined {
  if (!isFields(value)) return undefined
  return given({
    Parallelism: value.parallelism ?? 1,
    Delay: nanos(value.delay),
    FailureAction: value.failure_action ?? 'pause',
    Monitor: nanos(value.monitor),
    MaxFailureRatio: value.max_failure_ratio ?? 0,
    Order: value.order,
  })
}

function healthcheck(value: unknown): Fields | undefined {
  if (!isFields(value)) return undefined
  if (value.disable === true) return { Test: ['NONE'] }
  const test = typeof value.test === 'string' ? ['CMD-SHELL', value.test] : textsOf(value.test)
  return given({
    Test: test,
    Interval: nanos(value.interval),
    Timeout: nanos(value.timeout),
    StartPeriod: nanos(value.start_period),
    StartInterval: nanos(value.start_interval),
    Retries: value.retries,
  })
}

function mountOf(file: StackFile, stack: string, volume: Fields): Fields {
  const base = { Type: volume.type, Target: volume.target, ...(volume.read_only === true ? { ReadOnly: true } : {}) }
  if (volume.type === 'bind')
    return {
      Type: 'bind',
      Source: volume.source,
      Target: volume.target,
      ...(volume.read_only === true ? { ReadOnly: true } : {}),
      ...(isFields(volume.bind) && volume.bind.propagation ? { BindOptions: { Propagation: volume.bind.propagation } } : {}),
    }
  if (volume.type !== 'volume' || volume.source === undefined) return base
  const fields = file.volumes[String(volume.source)] ?? {}
  const { name, isExternal } = namedIn(stack, String(volume.source), fields)
  const driver = given({ Name: fields.driver, Options: fields.driver_opts })
  return {
    Type: 'volume',
    Source: name,
    Target: volume.target,
    ...(volume.read_only === true ? { ReadOnly: true } : {}),
    ...(isExternal
      ? {}
      : {
          VolumeOptions: {
            ...(fieldsOf(volume.volume).nocopy === true ? { NoCopy: true } : {}),
            Labels: { ...pairsOf(fields.labels), [namespaceLabel]: stack },
            ...(Object.keys(driver).length > 0 ? { DriverConfig: driver } : {}),
          },
        }),
  }
}

export interface Resolved {
  /** Network key → id. */
  readonly networks: ReadonlyMap<string, string>
  readonly secrets: ReadonlyMap<string, string>
  readonly configs: ReadonlyMap<string, string>
}

function references(
  file: StackFile,
  stack: string,
  fields: Fields,
  kind: 'secrets' | 'configs',
  ids: ReadonlyMap<string, string>,
): Fields[] {
  return ((fields[kind] ?? []) as Fields[]).map((one) => {
    const source = String(one.source)
    const { name } = namedIn(stack, source, file[kind][source] ?? {})
    const target = String(one.target ?? (kind === 'configs' ? `/${source}` : source))
    const id = ids.get(name)
    if (id === undefined) throw new DockerError(`${kind.slice(0, -1)} not found: ${name}`)
    const File = { Name: target, UID: String(one.uid ?? '0'), GID: String(one.gid ?? '0'), Mode: Number(one.mode ?? 0o444) }
    return kind === 'secrets' ? { File, SecretID: id, SecretName: name } : { File, ConfigID: id, ConfigName: name }
  })
}

export function serviceSpec(file: StackFile, stack: string, key: string, { networks, secrets, configs }: Resolved): Fields {
  const fields = file.services[key]
  const deploy = fieldsOf(fields.deploy)
  const placement = fieldsOf(deploy.placement)
  const resources = fieldsOf(deploy.resources)
  const restart = isFields(deploy.restart_policy) ? deploy.restart_policy : undefined
  const wanted =
    Object.keys(fieldsOf(fields.networks)).length > 0 ? Object.entries(fieldsOf(fields.networks)) : [['default', null] as [string, unknown]]
  const logging = fieldsOf(fields.logging)
  const mode = String(deploy.mode ?? 'replicated')
  const count = deploy.replicas === undefined ? undefined : Number(deploy.replicas)
  if (mode === 'global' && count !== undefined) throw new DockerError('replicas can only be used with replicated or replicated-job mode')
  const environment = Object.entries(pairsOf(fields.environment))
    .map(([name, value]) => (value === null ? name : `${name}=${value}`))
    .sort()
  const container = given({
    Image: fields.image,
    Labels: { ...pairsOf(fields.labels), [namespaceLabel]: stack },
    Command: fields.entrypoint,
    Args: fields.command,
    Hostname: fields.hostname,
    Env: environment,
    Dir: fields.working_dir,
    User: fields.user,
    Privileges: { CredentialSpec: null, SELinuxContext: null, NoNewPrivileges: false },
    Init: fields.init,
    StopSignal: fields.stop_signal,
    TTY: fields.tty,
    OpenStdin: fields.stdin_open,
    ReadOnly: fields.read_only,
    Mounts: [
      ...((fields.volumes ?? []) as Fields[]).map((volume) => mountOf(file, stack, volume)),
      ...textsOf(fields.tmpfs).map((target) => ({ Type: 'tmpfs', Target: target.split(':')[0] })),
    ],
    StopGracePeriod: nanos(fields.stop_grace_period),
    Healthcheck: healthcheck(fields.healthcheck),
    Hosts: textsOf(fields.extra_hosts).map((one) => `${one.slice(one.search(/[:=]/) + 1)} ${one.slice(0, one.search(/[:=]/))}`),
    DNSConfig: given({ Nameservers: textsOf(fields.dns), Search: textsOf(fields.dns_search) }),
    Secrets: references(file, stack, fields, 'secrets', secrets),
    Configs: references(file, stack, fields, 'configs', configs),
    Isolation: fields.isolation,
    Sysctls: fields.sysctls === undefined ? undefined : pairsOf(fields.sysctls),
    CapabilityAdd: textsOf(fields.cap_add),
    CapabilityDrop: textsOf(fields.cap_drop),
  })
  const ports = ((fields.ports ?? []) as Fields[])
    .map(({ protocol, target, published, mode: publish }) => ({
      Protocol: protocol,
      TargetPort: target,
      ...(published === undefined ? {} : { PublishedPort: published }),
      PublishMode: publish,
    }))
    .sort((a, b) => Number(a.PublishedPort ?? 0) - Number(b.PublishedPort ?? 0))
  const update = updateConfig(deploy.update_config)
  const rollback = updateConfig(deploy.rollback_config)
  return given({
    Name: scoped(stack, key),
    Labels: { ...pairsOf(deploy.labels), 'com.docker.stack.image': fields.image, [namespaceLabel]: stack },
    TaskTemplate: given({
      ContainerSpec: container,
      Resources: { Limits: amounts(resources.limits), Reservations: amounts(resources.reservations) },
      RestartPolicy:
        restart &&
        given({
          Condition: restart.condition ?? 'any',
          Delay: nanos(restart.delay),
          MaxAttempts: restart.max_attempts,
          Window: nanos(restart.window),
        }),
      Placement: given({
        Constraints: textsOf(placement.constraints),
        Preferences: ((placement.preferences ?? []) as Fields[]).map(({ spread }) => ({ Spread: { SpreadDescriptor: spread } })),
        MaxReplicas: placement.max_replicas_per_node,
      }),
      Networks: wanted
        .map(([name, one]) => ({ Target: networks.get(name), Aliases: [...textsOf(fieldsOf(one).aliases), key] }))
        .sort((a, b) => (String(a.Target) < String(b.Target) ? -1 : 1)),
      LogDriver:
        logging.driver === undefined
          ? undefined
          : given({ Name: logging.driver, Options: logging.options === undefined ? undefined : pairsOf(logging.options) }),
      ForceUpdate: 0,
    }),
    Mode:
      mode === 'global'
        ? { Global: {} }
        : mode === 'global-job'
          ? { GlobalJob: {} }
          : mode === 'replicated-job'
            ? { ReplicatedJob: { MaxConcurrent: count ?? 1, TotalCompletions: count ?? 1 } }
            : { Replicated: count === undefined ? {} : { Replicas: count } },
    UpdateConfig: update,
    RollbackConfig: rollback,
    EndpointSpec: given({ Mode: deploy.endpoint_mode, Ports: ports }),
  })
}
