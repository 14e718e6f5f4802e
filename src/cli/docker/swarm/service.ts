/** `docker service …`, its inspection aside. */
import type { Service, ServiceSpec } from './service-shape.ts'
import { type Blocking, err, out, writeTo } from '../../../unix/kernel/process.ts'
import { nextOf } from '../../../unix/network/fetch.ts'
import { bytesOf, textOf } from '../../../base/bytes.ts'
import { createDemux } from '../attach.ts'
import { type Command, forEach } from '../command.ts'
import { DockerError } from '../docker-error.ts'
import { type Engine, filters, query } from '../engine.ts'
import { listed, type Row } from '../listing.ts'
import { seconds } from '../logs.ts'
import { waitFor } from './progress.ts'
import { createdSpec, updatedSpec, warnUnpinned } from './service-spec.ts'
import { createResolver, showTasks, type Task } from './tasks.ts'
import { natural, portWords, withoutDigest } from './words.ts'

const headings = { ID: 'ID', Name: 'NAME', Mode: 'MODE', Replicas: 'REPLICAS', Image: 'IMAGE', Ports: 'PORTS' }

export function modeOf({ Mode }: ServiceSpec): string {
  return Mode.Global ? 'global' : Mode.ReplicatedJob ? 'replicated job' : Mode.GlobalJob ? 'global job' : 'replicated'
}

function replicasOf({ Spec, ServiceStatus }: Service): string {
  const { RunningTasks = 0, DesiredTasks = 0, CompletedTasks = 0 } = ServiceStatus ?? {}
  const base = `${RunningTasks}/${DesiredTasks}`
  if (Spec.Mode.ReplicatedJob) return `${base} (${CompletedTasks}/${Spec.Mode.ReplicatedJob.TotalCompletions ?? 1} completed)`
  if (Spec.Mode.GlobalJob) return `${base} (${CompletedTasks}/${DesiredTasks + CompletedTasks} completed)`
  const most = Spec.TaskTemplate.Placement?.MaxReplicas ?? 0
  return most > 0 ? `${base} (max ${most} per node)` : base
}

function serviceRows(services: readonly Service[]): Row[] {
  return [...services]
    .sort((a, b) => natural(a.Spec.Name, b.Spec.Name))
    .map((service) => ({
      ID: service.ID.slice(0, 12),
      Image: withoutDigest(service.Spec.TaskTemplate.ContainerSpec?.Image ?? ''),
      Mode: modeOf(service.Spec),
      Name: service.Spec.Name,
      Ports: portWords(service.Endpoint.Ports ?? [], 'ingress'),
      Replicas: replicasOf(service),
    }))
}

export function serviceTable(services: readonly Service[], { format, isQuiet }: { format: string; isQuiet: boolean }): string {
  return listed({
    rows: serviceRows(services),
    headings,
    columns: ['ID', 'Name', 'Mode', 'Replicas', 'Image', 'Ports'],
    format,
    quiet: isQuiet ? 'ID' : undefined,
    type: 'serviceContext',
  })
}

export const serviceList: Command = function* ({ process, flags, engine }) {
  const services = yield* engine.json<readonly Service[]>(
    'GET',
    `/services${query({ filters: filters(flags.list('filter')), status: 'true' })}`,
  )
  yield* out(process, serviceTable(services, { format: flags.text('format'), isQuiet: flags.is('quiet') }))
  return 0
}

export const serviceCreate: Command = function* ({ process, flags, args, engine }) {
  const spec = yield* createdSpec(process, engine, flags, args)
  const { ID, Warnings } = yield* engine.json<{ ID: string; Warnings?: readonly string[] | null }>('POST', '/services/create', spec)
  for (const warning of Warnings ?? []) yield* err(process, `${warning}\n`)
  yield* warnUnpinned(process, spec.TaskTemplate.ContainerSpec?.Image ?? '')
  yield* out(process, `${ID}\n`)
  if (!flags.is('detach')) yield* waitFor(process, engine, ID, { isQuiet: flags.is('quiet') })
  return 0
}

function* found(engine: Engine, name: string): Blocking<Service> {
  return yield* engine.json<Service>('GET', `/services/${encodeURIComponent(name)}?insertDefaults=false`)
}

export const serviceUpdate: Command = function* ({ process, flags, args, engine }) {
  const [name] = args
  const service = yield* found(engine, name)
  if (flags.is('rollback')) {
    const others = flags
      .given()
      .map(([flag]) => flag)
      .filter((flag) => !['rollback', 'detach', 'quiet', 'with-registry-auth'].includes(flag))
    if (others.length > 0) throw new DockerError(`other flags may not be combined with --rollback`)
    yield* rollBack(engine, service)
  } else {
    const spec = yield* updatedSpec(process, engine, flags, service.Spec)
    yield* engine.open(
      'POST',
      `/services/${service.ID}/update${query({ registryAuthFrom: 'spec', version: String(service.Version.Index) })}`,
      spec,
    )
    if (flags.isSet('image')) yield* warnUnpinned(process, spec.TaskTemplate.ContainerSpec?.Image ?? '')
  }
  yield* out(process, `${name}\n`)
  if (!flags.is('detach')) yield* waitFor(process, engine, name, { isQuiet: flags.is('quiet') })
  return 0
}

function* rollBack(engine: Engine, service: Service): Blocking<void> {
  yield* engine.open(
    'POST',
    `/services/${service.ID}/update${query({ registryAuthFrom: 'previous-spec', rollback: 'previous', version: String(service.Version.Index) })}`,
    service.Spec,
  )
}

export const serviceRollback: Command = function* ({ process, flags, args, engine }) {
  yield* rollBack(engine, yield* found(engine, args[0]))
  yield* out(process, `${args[0]}\n`)
  if (!flags.is('detach')) yield* waitFor(process, engine, args[0], { isQuiet: flags.knows('quiet') && flags.is('quiet') })
  return 0
}

export const serviceScale: Command = function* ({ process, flags, args, engine }) {
  const wishes = args.map((text) => {
    const equals = text.indexOf('=')
    if (equals <= 0 || equals === text.length - 1)
      throw new DockerError(
        `Invalid scale specifier '${text}'.\nSee 'docker service scale --help'.\n\nUsage:  docker service scale SERVICE=REPLICAS [SERVICE=REPLICAS...]\n\nScale one or multiple replicated services`,
      )
    return [text.slice(0, equals), text.slice(equals + 1)] as const
  })
  const scaled: string[] = []
  const problems: string[] = []
  for (const [name, count] of wishes) {
    if (!/^\d+$/.test(count)) {
      problems.push(`${name}: invalid replicas value ${count}: strconv.ParseUint: parsing ${JSON.stringify(count)}: invalid syntax`)
      continue
    }
    try {
      const service = yield* found(engine, name)
      const { Mode } = service.Spec
      if (!Mode.Replicated && !Mode.ReplicatedJob) throw new DockerError('scale can only be used with replicated or replicated-job mode')
      const scaledMode = Mode.Replicated
        ? { Replicated: { Replicas: Number(count) } }
        : { ReplicatedJob: { ...Mode.ReplicatedJob, TotalCompletions: Number(count) } }
      yield* engine.open('POST', `/services/${service.ID}/update${query({ version: String(service.Version.Index) })}`, {
        ...service.Spec,
        Mode: scaledMode,
      })
      yield* out(process, `${name} scaled to ${count}\n`)
      scaled.push(name)
    } catch (error) {
      if (!(error instanceof DockerError)) throw error
      problems.push(`${name}: ${error.message}`)
    }
  }
  if (!flags.is('detach')) {
    for (const name of scaled) {
      try {
        yield* waitFor(process, engine, name, { isQuiet: false })
      } catch (error) {
        if (!(error instanceof DockerError)) throw error
        problems.push(`${name}: ${error.message}`)
      }
    }
  }
  if (problems.length > 0) throw new DockerError(problems.join('\n'))
  return 0
}

export const serviceRemove: Command = ({ process, args, engine }) =>
  forEach(args, function* (name) {
    yield* engine.open('DELETE', `/services/${encodeURIComponent(name)}`)
    yield* out(process, `${name}\n`)
  })

export const servicePs: Command = function* ({ process, flags, args, engine }) {
  const byId = yield* engine.json<readonly Service[]>('GET', `/services${query({ filters: filters(args.map((name) => `id=${name}`)) })}`)
  const byName = yield* engine.json<readonly Service[]>(
    'GET',
    `/services${query({ filters: filters(args.map((name) => `name=${name}`)) })}`,
  )
  const wanted: string[] = []
  const missing: string[] = []
  for (const name of args) {
    const service =
      byId.find(({ ID }) => ID === name) ?? byName.find(({ Spec }) => Spec.Name === name) ?? byId.find(({ ID }) => ID.startsWith(name))
    if (service) wanted.push(service.ID)
    else missing.push(`no such service: ${name}`)
  }
  if (wanted.length > 0) {
    const nodes: string[] = []
    for (const filter of flags.list('filter').filter((one) => one.startsWith('node='))) nodes.push(filter)
    const tasks = yield* engine.json<readonly Task[]>(
      'GET',
      `/tasks${query({ filters: filters([...flags.list('filter').filter((one) => !one.startsWith('node=')), ...nodes, ...wanted.map((id) => `service=${id}`)]) })}`,
    )
    yield* showTasks({ process, flags, engine, tasks })
  }
  if (missing.length > 0) throw new DockerError(missing.join('\n'))
  return 0
}

/** Takes apart what the API's details say about a line. */
const detailForm =
  /^((?:\S+ )?)com\.docker\.swarm\.node\.id=([^,]*),com\.docker\.swarm\.service\.id=([^,]*),com\.docker\.swarm\.task\.id=(\S*) (.*)$/s

export const serviceLogs: Command = function* ({ process, flags, args, engine }) {
  const [name] = args
  let path = ''
  let width = 1
  let isTerminal = false
  try {
    const service = yield* found(engine, name)
    path = `/services/${service.ID}/logs`
    isTerminal = service.Spec.TaskTemplate.ContainerSpec?.TTY === true
    width = String(service.Spec.Mode.Replicated?.Replicas ?? 1).length
  } catch (error) {
    if (!(error instanceof DockerError) || !/not found/.test(error.message)) throw error
    try {
      const task = yield* engine.json<Task>('GET', `/tasks/${encodeURIComponent(name)}`)
      path = `/tasks/${task.ID}/logs`
      width = String(task.Slot ?? 1).length
    } catch (missing) {
      if (!(missing instanceof DockerError) || !/not found/.test(missing.message)) throw missing
      throw new DockerError(`no such task or service: ${name}`)
    }
  }
  if (isTerminal && !flags.is('raw')) throw new DockerError('tty service logs only supported with --raw')
  const since = flags.text('since') === '' ? undefined : seconds(flags.text('since'), process.now(), 'since')
  const response = yield* engine.open(
    'GET',
    `${path}${query({ details: true, follow: flags.is('follow'), stdout: true, stderr: true, since, tail: flags.text('tail'), timestamps: flags.is('timestamps') })}`,
  )
  const resolver = createResolver(engine, flags.is('no-resolve'))
  const tasks = new Map<string, Task>()
  const worded = function* (text: string): Blocking<string> {
    const [, time = '', node = '', service = '', taskId = '', message = text] = detailForm.exec(text) ?? []
    if (flags.is('raw')) return `${time}${message}`
    let task = tasks.get(taskId)
    if (!task) {
      task = yield* engine.json<Task>('GET', `/tasks/${taskId}`)
      tasks.set(taskId, task)
    }
    const id = flags.is('no-task-ids') ? '' : `.${flags.is('no-trunc') ? taskId : taskId.slice(0, 12)}`
    const where = `${yield* resolver.service(service)}.${task.Slot ?? task.NodeID ?? ''}${id}@${yield* resolver.node(node)}`
    return `${time}${where}${' '.repeat(Math.max(0, width - String(task.Slot ?? 1).length))}    | ${message}`
  }
  const demux = isTerminal ? undefined : createDemux()
  const show = function* (chunk: Uint8Array): Blocking<void> {
    if (!demux) return yield* writeTo(process, 1, bytesOf(textOf(chunk).replace(detailForm, '$1$5')))
    for (const { stream, bytes } of demux(chunk)) yield* writeTo(process, stream, yield* worded(textOf(bytes)))
  }
  const { body } = response
  if (typeof body === 'string' || body instanceof Uint8Array) {
    yield* show(typeof body === 'string' ? bytesOf(body) : body)
    return 0
  }
  for (let chunk = yield* nextOf(body); chunk; chunk = yield* nextOf(body)) yield* show(chunk)
  return 0
}
