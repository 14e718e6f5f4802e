/** Flags of `service create` and `service update`, as the specification that the API wants. */
import { type Blocking, err, type Process } from '../../../unix/kernel/process.ts'
import { commaSeparated, type Flags } from '../../flags.ts'
import { parseGoDuration } from '../../go-values.ts'
import { DockerError } from '../docker-error.ts'
import { keyValues } from '../key-values.ts'
import { type Engine, filters, query } from '../engine.ts'
import { publishedPorts } from '../ports.ts'
import { bytesOfSize, whyNoSize } from '../../../base/go-units.ts'
import type { ServiceSpec } from './service-shape.ts'

export type Fields = Readonly<Record<string, unknown>>
type Mutable = Record<string, unknown>

const badFlag = (value: string, flag: string, why: string): DockerError =>
  new DockerError(`invalid argument ${JSON.stringify(value)} for "${flag}" flag: ${why}`, 125)

const nanos = (flags: Flags, name: string): number => Math.round(flags.duration(name) * 1e6)

/** `key=value,flag` as one CSV line. */
function pairs(text: string): Map<string, string> {
  return new Map(
    commaSeparated(text).map((one) =>
      one.includes('=') ? [one.slice(0, one.indexOf('=')).toLowerCase(), one.slice(one.indexOf('=') + 1)] : [one.toLowerCase(), 'true'],
    ),
  )
}

export function portOf(text: string): Fields[] {
  if (!text.includes('=')) {
    const { bindings } = publishedPorts([text], [])
    return Object.entries(bindings).flatMap(([port, list]) => {
      const [target, protocol] = port.split('/')
      return list.map(({ HostPort, HostIp }) => {
        if (HostIp !== '') throw badFlag(text, '-p, --publish', 'hostip is not supported')
        return {
          Protocol: protocol,
          TargetPort: Number(target),
          ...(HostPort ? { PublishedPort: Number(HostPort) } : {}),
          PublishMode: 'ingress',
        }
      })
    })
  }
  const values = pairs(text)
  for (const key of values.keys())
    if (!['target', 'published', 'mode', 'protocol'].includes(key)) throw badFlag(text, '-p, --publish', `invalid field key ${key}`)
  const mode = values.get('mode') ?? 'ingress'
  if (mode !== 'ingress' && mode !== 'host')
    throw badFlag(text, '-p, --publish', `invalid publish mode value (${mode}): must be either 'ingress' or 'host'`)
  const target = Number(values.get('target'))
  if (!values.has('target')) throw badFlag(text, '-p, --publish', `missing mandatory field "target"`)
  if (!Number.isInteger(target))
    throw badFlag(
      text,
      '-p, --publish',
      `invalid target port (${values.get('target')}): value must be an integer: strconv.ParseUint: parsing ${JSON.stringify(values.get('target'))}: invalid syntax`,
    )
  return [
    {
      Protocol: values.get('protocol') ?? 'tcp',
      TargetPort: target,
      ...(values.has('published') ? { PublishedPort: Number(values.get('published')) } : {}),
      PublishMode: mode,
    },
  ]
}

export function mountOf(text: string): Fields {
  const values = pairs(text)
  const type = values.get('type') ?? 'volume'
  const target = values.get('target') ?? values.get('dst') ?? values.get('destination')
  if (target === undefined) throw badFlag(text, '--mount', 'target is required')
  const source = values.get('source') ?? values.get('src')
  if (type === 'bind' && source === undefined) throw badFlag(text, '--mount', 'source is required')
  const isReadOnly = ['readonly', 'ro'].some((name) => ['true', '1'].includes(values.get(name) ?? ''))
  const options = [...values.keys()].filter((key) => key.startsWith('tmpfs-'))
  const volumeLabels = commaSeparated(text)
    .filter((one) => one.startsWith('volume-label='))
    .map((one) => one.slice('volume-label='.length))
  const driverOptions = commaSeparated(text)
    .filter((one) => one.startsWith('volume-opt='))
    .map((one) => one.slice('volume-opt='.length))
  const driver = values.get('volume-driver')
  return {
    Type: type,
    ...(source !== undefined ? { Source: source } : {}),
    Target: target,
    ...(isReadOnly ? { ReadOnly: true } : {}),
    ...(values.has('bind-propagation') ? { BindOptions: { Propagation: values.get('bind-propagation') } } : {}),
    ...(volumeLabels.length > 0 || driver !== undefined || driverOptions.length > 0 || values.has('volume-nocopy')
      ? {
          VolumeOptions: {
            ...(values.has('volume-nocopy') ? { NoCopy: true } : {}),
            ...(volumeLabels.length > 0 ? { Labels: keyValues(volumeLabels) } : {}),
            ...(driver !== undefined || driverOptions.length > 0
              ? {
                  DriverConfig: {
                    ...(driver !== undefined ? { Name: driver } : {}),
                    ...(driverOptions.length > 0 ? { Options: keyValues(driverOptions) } : {}),
                  },
                }
              : {}),
          },
        }
      : {}),
    ...(type === 'tmpfs' && options.length > 0
      ? {
          TmpfsOptions: {
            ...(values.has('tmpfs-size') ? { SizeBytes: bytesOfSize(values.get('tmpfs-size') ?? '') } : {}),
            ...(values.has('tmpfs-mode') ? { Mode: Number.parseInt(values.get('tmpfs-mode') ?? '', 8) } : {}),
          },
        }
      : {}),
  }
}

/** `site.html`, or `source=site.html,target=/x,uid=…,mode=0400`, found by name. */
function* fileReferences(engine: Engine, kind: 'secret' | 'config', list: readonly string[]): Blocking<Fields[]> {
  const wanted = list.map((text) => {
    const values = text.includes('=') ? pairs(text) : new Map([['source', text]])
    const source = values.get('source') ?? values.get('src') ?? ''
    if (source === '') throw badFlag(text, `--${kind}`, 'source is required')
    const target = values.get('target') ?? (kind === 'config' ? `/${source}` : source)
    return {
      source,
      File: {
        Name: kind === 'config' && !target.startsWith('/') ? `/${target}` : target,
        UID: values.get('uid') ?? '0',
        GID: values.get('gid') ?? '0',
        Mode: values.has('mode') ? Number.parseInt(values.get('mode') ?? '', 8) : 0o444,
      },
    }
  })
  if (wanted.length === 0) return []
  const found = yield* engine.json<readonly { ID: string; Spec: { Name: string } }[]>(
    'GET',
    `/${kind}s${query({ filters: filters(wanted.map(({ source }) => `name=${source}`)) })}`,
  )
  const [id, name] = kind === 'secret' ? ['SecretID', 'SecretName'] : ['ConfigID', 'ConfigName']
  return wanted.map(({ source, File }) => {
    const one = found.find(({ Spec }) => Spec.Name === source) ?? found.find(({ ID }) => ID === source)
    if (!one) throw new DockerError(`${kind} not found: ${source}`)
    return { File, [id]: one.ID, [name]: one.Spec.Name }
  })
}

export function* networksOf(engine: Engine, list: readonly string[]): Blocking<Fields[]> {
  const found: Fields[] = []
  for (const text of list) {
    const values = text.includes('=') ? pairs(text) : new Map([['name', text]])
    const name = values.get('name') ?? ''
    const scope = ['host', 'none'].includes(name) ? '' : '?scope=swarm'
    const { Id } = yield* engine.json<{ Id: string }>('GET', `/networks/${encodeURIComponent(name)}${scope}`)
    const aliases = commaSeparated(text)
      .filter((one) => one.startsWith('alias='))
      .map((one) => one.slice('alias='.length))
    found.push({ Target: Id, ...(aliases.length > 0 ? { Aliases: aliases } : {}) })
  }
  return found.sort((a, b) => (String(a.Target) < String(b.Target) ? -1 : 1))
}

/** Pins the image to the digest that the registry has now, so that every node runs the same. */
export function* pinned(
  process: Process,
  engine: Engine,
  image: string,
  wait: { readonly isUnresolved?: boolean } = {},
): Blocking<{ image: string; platforms: readonly Fields[] | undefined }> {
  if (wait.isUnresolved || image.includes('@') || image === '') return { image, platforms: undefined }
  const tagged = image.slice(image.lastIndexOf('/') + 1).includes(':') ? image : `${image}:latest`
  try {
    const { Descriptor, Platforms } = yield* engine.json<{
      Descriptor: { digest: string }
      Platforms?: readonly { architecture: string; os: string }[]
    }>('GET', `/distribution/${tagged}/json`)
    return {
      image: `${tagged}@${Descriptor.digest}`,
      platforms: Platforms?.map(({ architecture, os }) => ({ Architecture: architecture, OS: os })),
    }
  } catch (error) {
    if (!(error instanceof DockerError)) throw error
    return { image: tagged, platforms: undefined }
  }
}

/** Said after the service was accepted. */
export function* warnUnpinned(process: Process, image: string): Blocking<void> {
  if (image.includes('@') || image === '') return
  yield* err(
    process,
    `image ${image} could not be accessed on a registry to record\nits digest. Each node will access ${image} independently,\npossibly leading to different nodes running different\nversions of the image.\n\n`,
  )
}

function amounts(flags: Flags, prefix: 'limit' | 'reserve', before: Fields = {}): Fields {
  const result: Mutable = { ...before }
  if (flags.isSet(`${prefix}-cpu`)) {
    const text = flags.text(`${prefix}-cpu`)
    if (!/^\d*\.?\d+$/.test(text)) throw badFlag(text, `--${prefix}-cpu`, `failed to parse ${text} as a rational number`)
    result.NanoCPUs = Math.round(Number(text) * 1e9)
  }
  if (flags.isSet(`${prefix}-memory`)) {
    const text = flags.text(`${prefix}-memory`)
    const bytes = bytesOfSize(text)
    if (bytes === undefined) throw badFlag(text, `--${prefix}-memory`, whyNoSize(text))
    result.MemoryBytes = bytes
  }
  if (prefix === 'limit' && flags.isSet('limit-pids') && flags.number('limit-pids') > 0) result.Pids = flags.number('limit-pids')
  return result
}

function restartPolicy(flags: Flags, before: Fields | undefined): Fields | undefined {
  if (!['condition', 'delay', 'max-attempts', 'window'].some((name) => flags.isSet(`restart-${name}`))) return before
  const condition = flags.isSet('restart-condition') ? flags.text('restart-condition').replace('_', '-') : undefined
  if (condition !== undefined && !['none', 'on-failure', 'any'].includes(condition))
    throw new DockerError(`invalid restart condition: ${condition}`)
  return {
    ...before,
    ...(condition !== undefined ? { Condition: condition } : before?.Condition ? {} : { Condition: 'any' }),
    ...(flags.isSet('restart-delay') ? { Delay: nanos(flags, 'restart-delay') } : {}),
    ...(flags.isSet('restart-max-attempts') ? { MaxAttempts: flags.number('restart-max-attempts') } : {}),
    ...(flags.isSet('restart-window') ? { Window: nanos(flags, 'restart-window') } : {}),
  }
}

function updateConfig(flags: Flags, prefix: 'update' | 'rollback', before: Fields | undefined): Fields | undefined {
  const names = ['parallelism', 'delay', 'monitor', 'failure-action', 'max-failure-ratio', 'order']
  if (!names.some((name) => flags.isSet(`${prefix}-${name}`))) return before
  const of = (name: string) => `${prefix}-${name}`
  const has = (name: string) => flags.isSet(of(name))
  return {
    Parallelism: has('parallelism') ? flags.number(of('parallelism')) : (before?.Parallelism ?? 1),
    ...(has('delay') ? { Delay: nanos(flags, of('delay')) } : before?.Delay ? { Delay: before.Delay } : {}),
    FailureAction: has('failure-action') ? flags.text(of('failure-action')) : (before?.FailureAction ?? 'pause'),
    Monitor: has('monitor') ? nanos(flags, of('monitor')) : (before?.Monitor ?? 5e9),
    MaxFailureRatio: has('max-failure-ratio') ? flags.number(of('max-failure-ratio')) : (before?.MaxFailureRatio ?? 0),
    Order: has('order') ? flags.text(of('order')) : (before?.Order ?? 'stop-first'),
  }
}

function healthcheck(flags: Flags, before: Fields | undefined): Fields | undefined {
  const names = ['health-cmd', 'health-interval', 'health-timeout', 'health-start-period', 'health-start-interval', 'health-retries']
  if (flags.is('no-healthcheck')) {
    if (names.some((name) => flags.isSet(name))) throw new DockerError('--no-healthcheck conflicts with --health-* options')
    return { Test: ['NONE'] }
  }
  if (!names.some((name) => flags.isSet(name))) return before
  const set = (name: string, field: string) =>
    flags.isSet(name) ? { [field]: Math.round((parseGoDuration(flags.text(name)) ?? 0) * 1e6) } : {}
  return {
    ...before,
    ...(flags.isSet('health-cmd') ? { Test: flags.text('health-cmd') === '' ? [] : ['CMD-SHELL', flags.text('health-cmd')] } : {}),
    ...set('health-interval', 'Interval'),
    ...set('health-timeout', 'Timeout'),
    ...set('health-start-period', 'StartPeriod'),
    ...set('health-start-interval', 'StartInterval'),
    ...(flags.isSet('health-retries') ? { Retries: flags.number('health-retries') } : {}),
  }
}

const preferences = (list: readonly string[]): Fields[] =>
  list.map((text) => {
    const [strategy, value = ''] = [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)]
    if (strategy !== 'spread')
      throw badFlag(text, '--placement-pref', `unsupported placement preference ${strategy} (only spread is supported)`)
    return { Spread: { SpreadDescriptor: value } }
  })

/** `A` alone is taken from the caller's environment. */
const variables = (process: Process, list: readonly string[]): string[] =>
  list.flatMap((one) => (one.includes('=') ? [one] : process.env[one] === undefined ? [] : [`${one}=${process.env[one]}`]))

const words = (text: string): string[] => (text.match(/"[^"]*"|'[^']*'|\S+/g) ?? []).map((word) => word.replace(/^(["'])(.*)\1$/, '$2'))

function fileVariables(process: Process, paths: readonly string[]): string[] {
  return paths.flatMap((path) =>
    process.files
      .readText(process.path(path), process.credentials)
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#')),
  )
}

const put = (key: string, value: unknown): Mutable =>
  value === undefined || value === '' || (Array.isArray(value) && value.length === 0) ? {} : { [key]: value }
const textOf = (flags: Flags, name: string): string | undefined => (flags.isSet(name) ? flags.text(name) : undefined)

export function* createdSpec(process: Process, engine: Engine, flags: Flags, [image, ...args]: readonly string[]): Blocking<ServiceSpec> {
  const mode = flags.text('mode')
  const replicas = flags.isSet('replicas') ? flags.number('replicas') : undefined
  const isReplicated = mode === 'replicated' || mode === 'replicated-job'
  if (!['replicated', 'global', 'replicated-job', 'global-job'].includes(mode))
    throw new DockerError(`Unknown mode: ${mode}, only replicated and global supported`)
  if (!isReplicated && replicas !== undefined) throw new DockerError(`replicas can only be used with replicated or replicated-job mode`)
  if (!isReplicated && flags.isSet('replicas-max-per-node'))
    throw new DockerError('replicas-max-per-node can only be used with replicated or replicated-job mode')
  const { image: reference, platforms } = yield* pinned(process, engine, image, { isUnresolved: flags.is('no-resolve-image') })
  const restart = restartPolicy(flags, undefined)
  const log = flags.text('log-driver')
  const dns = {
    ...put('Nameservers', flags.list('dns')),
    ...put('Search', flags.list('dns-search')),
    ...put('Options', flags.list('dns-option')),
  }
  const containerLabels = keyValues(flags.list('container-label'))
  const health = healthcheck(flags, undefined)
  const ContainerSpec = {
    Image: reference,
    ...(Object.keys(containerLabels).length > 0 ? { Labels: containerLabels } : {}),
    ...put('Command', flags.isSet('entrypoint') ? words(flags.text('entrypoint')) : undefined),
    ...put('Args', args),
    ...put('Hostname', textOf(flags, 'hostname')),
    ...put('Env', [...fileVariables(process, flags.list('env-file')), ...variables(process, flags.list('env'))]),
    ...put('Dir', textOf(flags, 'workdir')),
    ...put('User', textOf(flags, 'user')),
    ...put('Groups', flags.list('group')),
    Init: flags.is('init'),
    ...put('StopSignal', textOf(flags, 'stop-signal')),
    ...(flags.is('tty') ? { TTY: true } : {}),
    ...(flags.is('read-only') ? { ReadOnly: true } : {}),
    ...put('Mounts', flags.list('mount').map(mountOf)),
    ...(flags.isSet('stop-grace-period') ? { StopGracePeriod: nanos(flags, 'stop-grace-period') } : {}),
    ...(health ? { Healthcheck: health } : {}),
    ...put(
      'Hosts',
      flags
        .list('host')
        .map((one) => one.split(':'))
        .map(([name, ...ip]) => `${ip.join(':')} ${name}`),
    ),
    DNSConfig: dns,
    ...put('Secrets', yield* fileReferences(engine, 'secret', flags.list('secret'))),
    ...put('Configs', yield* fileReferences(engine, 'config', flags.list('config'))),
    ...put('Isolation', textOf(flags, 'isolation')),
    ...(flags.list('sysctl').length > 0 ? { Sysctls: keyValues(flags.list('sysctl')) } : {}),
    ...put('CapabilityAdd', flags.list('cap-add')),
    ...put('CapabilityDrop', flags.list('cap-drop')),
  }
  const networks = yield* networksOf(engine, flags.list('network'))
  const count = replicas === undefined ? {} : { Replicas: replicas }
  const Mode =
    mode === 'replicated'
      ? { Replicated: count }
      : mode === 'global'
        ? { Global: {} }
        : mode === 'global-job'
          ? { GlobalJob: {} }
          : {
              ReplicatedJob: {
                MaxConcurrent: flags.isSet('max-concurrent') ? flags.number('max-concurrent') : (replicas ?? 1),
                TotalCompletions: replicas ?? 1,
              },
            }
  const update = updateConfig(flags, 'update', undefined)
  const rollback = updateConfig(flags, 'rollback', undefined)
  if (update && mode.endsWith('-job')) throw new DockerError('update and rollback configuration is not supported for jobs')
  return {
    Name: flags.text('name'),
    Labels: keyValues(flags.list('label')),
    TaskTemplate: {
      ContainerSpec,
      Resources: { Limits: amounts(flags, 'limit'), Reservations: amounts(flags, 'reserve') },
      ...(restart ? { RestartPolicy: restart } : {}),
      Placement: {
        ...put('Constraints', flags.list('constraint')),
        ...put('Preferences', preferences(flags.list('placement-pref'))),
        ...(flags.number('replicas-max-per-node') > 0 ? { MaxReplicas: flags.number('replicas-max-per-node') } : {}),
        ...put('Platforms', platforms),
      },
      ...put('Networks', networks),
      ...(log !== ''
        ? { LogDriver: { Name: log, ...(flags.list('log-opt').length > 0 ? { Options: keyValues(flags.list('log-opt')) } : {}) } }
        : {}),
      ForceUpdate: 0,
    },
    Mode,
    ...(update ? { UpdateConfig: update } : {}),
    ...(rollback ? { RollbackConfig: rollback } : {}),
    EndpointSpec: { Mode: flags.text('endpoint-mode') || 'vip', ...put('Ports', flags.list('publish').flatMap(portOf)) },
  } as unknown as ServiceSpec
}

/** A list with some entries taken out and others put in. */
function edited(before: unknown, add: readonly unknown[], isRemoved: (one: never) => boolean): unknown[] {
  return [...((before as never[] | undefined) ?? []).filter((one) => !isRemoved(one)), ...add]
}

const keyOf = (entry: unknown): string => String(entry).split('=')[0]

export function* updatedSpec(process: Process, engine: Engine, flags: Flags, before: ServiceSpec): Blocking<ServiceSpec> {
  const template = before.TaskTemplate as unknown as Mutable
  const container: Mutable = { ...(template.ContainerSpec as Fields) }
  const placement: Mutable = { ...(template.Placement as Fields | undefined) }
  const text = (flag: string, field: string) => {
    if (flags.isSet(flag)) container[field] = flags.text(flag)
  }
  const set = (target: Mutable, field: string, value: unknown) => {
    if (value === undefined || (Array.isArray(value) && value.length === 0)) delete target[field]
    else target[field] = value
  }
  const labelled = (values: Fields | undefined, name: string) => {
    const labels: Mutable = { ...values, ...keyValues(flags.list(`${name}-add`)) }
    for (const key of flags.list(`${name}-rm`)) delete labels[key]
    return labels
  }
  const touches = (...names: string[]) => names.some((name) => flags.isSet(name))
  if (flags.isSet('image')) {
    const { image, platforms } = yield* pinned(process, engine, flags.text('image'))
    container.Image = image
    set(placement, 'Platforms', platforms)
  }
  text('hostname', 'Hostname')
  text('user', 'User')
  text('workdir', 'Dir')
  text('stop-signal', 'StopSignal')
  text('isolation', 'Isolation')
  if (flags.isSet('args')) set(container, 'Args', words(flags.text('args')))
  if (flags.isSet('entrypoint')) set(container, 'Command', words(flags.text('entrypoint')))
  if (flags.isSet('init')) container.Init = flags.is('init')
  if (flags.isSet('tty')) container.TTY = flags.is('tty')
  if (flags.isSet('read-only')) container.ReadOnly = flags.is('read-only')
  if (flags.isSet('stop-grace-period')) container.StopGracePeriod = nanos(flags, 'stop-grace-period')
  if (touches('env-add', 'env-rm')) {
    const added = variables(process, flags.list('env-add'))
    const gone = new Set([...flags.list('env-rm'), ...added.map(keyOf)])
    set(
      container,
      'Env',
      edited(container.Env, added, (one) => gone.has(keyOf(one))),
    )
  }
  if (touches('container-label-add', 'container-label-rm'))
    container.Labels = labelled(container.Labels as Fields | undefined, 'container-label')
  if (touches('mount-add', 'mount-rm')) {
    const added = flags.list('mount-add').map(mountOf)
    const gone = new Set([...flags.list('mount-rm'), ...added.map(({ Target }) => String(Target))])
    set(
      container,
      'Mounts',
      edited(container.Mounts, added, ({ Target }: { Target: string }) => gone.has(Target)),
    )
  }
  for (const [kind, field, name] of [
    ['secret', 'Secrets', 'SecretName'],
    ['config', 'Configs', 'ConfigName'],
  ] as const) {
    if (!touches(`${kind}-add`, `${kind}-rm`)) continue
    const added = yield* fileReferences(engine, kind, flags.list(`${kind}-add`))
    const gone = new Set([...flags.list(`${kind}-rm`)])
    set(
      container,
      field,
      edited(container[field], added, (one: Fields) => gone.has(String(one[name]))),
    )
  }
  for (const [flag, field] of [
    ['group', 'Groups'],
    ['cap', ''],
  ] as const) {
    if (field === '') {
      if (flags.isSet('cap-add'))
        set(
          container,
          'CapabilityAdd',
          edited(container.CapabilityAdd, flags.list('cap-add'), () => false),
        )
      if (flags.isSet('cap-drop'))
        set(
          container,
          'CapabilityDrop',
          edited(container.CapabilityDrop, flags.list('cap-drop'), () => false),
        )
    } else if (touches(`${flag}-add`, `${flag}-rm`))
      set(
        container,
        field,
        edited(container[field], flags.list(`${flag}-add`), (one) => flags.list(`${flag}-rm`).includes(one)),
      )
  }
  if (touches('host-add', 'host-rm'))
    set(
      container,
      'Hosts',
      edited(
        container.Hosts,
        flags.list('host-add').map((one) => `${one.slice(one.indexOf(':') + 1)} ${one.slice(0, one.indexOf(':'))}`),
        (line: string) => flags.list('host-rm').some((one) => line.split(' ').includes(one.split(':')[0])),
      ),
    )
  if (touches('sysctl-add', 'sysctl-rm')) container.Sysctls = labelled(container.Sysctls as Fields | undefined, 'sysctl')
  const dns: Mutable = { ...(container.DNSConfig as Fields | undefined) }
  for (const [flag, field] of [
    ['dns', 'Nameservers'],
    ['dns-search', 'Search'],
    ['dns-option', 'Options'],
  ] as const)
    if (touches(`${flag}-add`, `${flag}-rm`))
      set(
        dns,
        field,
        edited(dns[field], flags.list(`${flag}-add`), (one) => flags.list(`${flag}-rm`).includes(one)),
      )
  container.DNSConfig = dns
  const health = healthcheck(flags, container.Healthcheck as Fields | undefined)
  set(container, 'Healthcheck', health)
  if (touches('constraint-add', 'constraint-rm'))
    set(
      placement,
      'Constraints',
      edited(placement.Constraints, flags.list('constraint-add'), (one) => flags.list('constraint-rm').includes(one)),
    )
  if (touches('placement-pref-add', 'placement-pref-rm')) {
    const gone = flags.list('placement-pref-rm').map((one) => one.replace(/^spread=/, ''))
    set(
      placement,
      'Preferences',
      edited(
        placement.Preferences,
        preferences(flags.list('placement-pref-add')),
        ({ Spread }: { Spread?: { SpreadDescriptor: string } }) => gone.includes(Spread?.SpreadDescriptor ?? ''),
      ),
    )
  }
  if (flags.isSet('replicas-max-per-node')) set(placement, 'MaxReplicas', flags.number('replicas-max-per-node') || undefined)
  const resources = template.Resources as { Limits?: Fields; Reservations?: Fields } | undefined
  const restart = restartPolicy(flags, template.RestartPolicy as Fields | undefined)
  const networks = touches('network-add', 'network-rm')
    ? edited(
        template.Networks,
        yield* networksOf(engine, flags.list('network-add')),
        (
          (gone: string[]) =>
          ({ Target }: { Target: string }) =>
            gone.includes(Target)
        )((yield* networksOf(engine, flags.list('network-rm'))).map(({ Target }) => String(Target))) as (one: never) => boolean,
      )
    : (template.Networks as unknown[] | undefined)
  const Mode: Mutable = { ...before.Mode }
  if (flags.isSet('replicas')) {
    if (!before.Mode.Replicated && !before.Mode.ReplicatedJob)
      throw new DockerError('replicas can only be used with replicated or replicated-job mode')
    if (before.Mode.Replicated) Mode.Replicated = { Replicas: flags.number('replicas') }
    else Mode.ReplicatedJob = { ...before.Mode.ReplicatedJob, TotalCompletions: flags.number('replicas') }
  }
  const endpoint: Mutable = { ...before.EndpointSpec }
  if (flags.isSet('endpoint-mode')) endpoint.Mode = flags.text('endpoint-mode')
  if (touches('publish-add', 'publish-rm')) {
    const added = flags.list('publish-add').flatMap(portOf)
    const gone = flags.list('publish-rm')
    const same = (one: Fields) =>
      gone.some(
        (port) => port.split('/')[0].split(':').at(-1) === String(one.TargetPort) && (port.split('/')[1] ?? 'tcp') === one.Protocol,
      ) ||
      added.some((port) => port.TargetPort === one.TargetPort && port.Protocol === one.Protocol && port.PublishedPort === one.PublishedPort)
    set(endpoint, 'Ports', edited(endpoint.Ports, added, same))
  }
  const update = updateConfig(flags, 'update', before.UpdateConfig as Fields | undefined)
  const rollback = updateConfig(flags, 'rollback', before.RollbackConfig as Fields | undefined)
  const log = flags.isSet('log-driver')
    ? { Name: flags.text('log-driver'), ...(flags.list('log-opt').length > 0 ? { Options: keyValues(flags.list('log-opt')) } : {}) }
    : template.LogDriver
  return {
    Name: before.Name,
    Labels: touches('label-add', 'label-rm') ? labelled(before.Labels, 'label') : before.Labels,
    TaskTemplate: {
      ContainerSpec: container,
      Resources: { Limits: amounts(flags, 'limit', resources?.Limits), Reservations: amounts(flags, 'reserve', resources?.Reservations) },
      ...(restart ? { RestartPolicy: restart } : {}),
      Placement: placement,
      ...(networks?.length ? { Networks: networks } : {}),
      ...(log ? { LogDriver: log } : {}),
      ForceUpdate: Number(template.ForceUpdate ?? 0) + (flags.is('force') ? 1 : 0),
      ...(template.Runtime ? { Runtime: template.Runtime } : {}),
    },
    Mode,
    ...(update ? { UpdateConfig: update } : {}),
    ...(rollback ? { RollbackConfig: rollback } : {}),
    EndpointSpec: endpoint,
  } as unknown as ServiceSpec
}
