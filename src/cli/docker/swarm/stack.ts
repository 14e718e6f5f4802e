/** `docker stack …`: a stack is nothing but a label on its services, networks, secrets and configs. */
import { base64Of } from '../../../base/bytes.ts'
import { UnixError } from '../../../unix/errors.ts'
import { type Blocking, err, out, type Process, readAll } from '../../../unix/kernel/process.ts'
import type { Command, Context } from '../command.ts'
import { DockerError } from '../docker-error.ts'
import { absolute, type Fields, fieldsOf, pairsOf } from '../compose/tree.ts'
import { type Engine, filters, query } from '../engine.ts'
import { listed } from '../listing.ts'
import { waitFor } from './progress.ts'
import { pinned, warnUnpinned } from './service-spec.ts'
import { serviceTable } from './service.ts'
import type { Service } from './service-shape.ts'
import { configText, loadStackFiles, type StackFile } from './stack-file.ts'
import { namedIn, namespaceLabel, type Resolved, scoped, serviceSpec } from './stack-spec.ts'
import { showTasks, type Task } from './tasks.ts'
import { natural } from './words.ts'

interface Labelled {
  readonly ID: string
  readonly Version: { readonly Index: number }
  readonly Spec: { readonly Name: string; readonly Labels?: Readonly<Record<string, string>> }
}

const ofStack = (stack: string): string[] => [`label=${namespaceLabel}=${stack}`]

function* files({ process, flags }: Context, needs: { interpolates: boolean } = { interpolates: true }): Blocking<StackFile> {
  const paths = flags.list('compose-file')
  if (paths.length === 0) throw new DockerError('Specify a Compose file (with --compose-file)')
  const input = paths.includes('-') ? yield* readAll(process, 0) : undefined
  return loadStackFiles(process, paths, input, needs)
}

export const stackConfig: Command = function* (context) {
  yield* out(context.process, configText(yield* files(context, { interpolates: !context.flags.is('skip-interpolation') })))
  return 0
}

export const stackDeploy: Command = function* (context) {
  const { process, flags, args, engine } = context
  const [stack] = args
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(stack)) throw new DockerError(`invalid stack name: ${JSON.stringify(stack)}`)
  const file = yield* files(context)
  for (const notice of file.notices) yield* err(process, notice)
  const missing = Object.entries(file.services).find(([, { image }]) => image === undefined || image === '')
  if (missing) throw new DockerError(`invalid image reference for service ${missing[0]}: no image specified`)
  const isQuiet = flags.is('quiet')
  if (!flags.isSet('detach'))
    yield* err(
      process,
      'Since --detach=false was not specified, tasks will be created in the background.\nIn a future release, --detach=false will become the default.\n',
    )
  const { Swarm } = yield* engine.json<{ Swarm: { ControlAvailable: boolean } }>('GET', '/info')
  if (!Swarm.ControlAvailable)
    throw new DockerError(
      'this node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again',
    )
  if (flags.is('prune')) yield* prune(context, stack, file)
  const networks = yield* networksFor(process, engine, stack, file)
  const resolved: Resolved = {
    networks,
    secrets: yield* keptFor(process, engine, stack, file, 'secrets'),
    configs: yield* keptFor(process, engine, stack, file, 'configs'),
  }
  const existing = yield* engine.json<readonly Service[]>('GET', `/services${query({ filters: filters(ofStack(stack)) })}`)
  const ids: string[] = []
  for (const key of Object.keys(file.services)) ids.push(yield* deployService(context, serviceSpec(file, stack, key, resolved), existing))
  if (!flags.is('detach')) for (const id of ids) yield* waitFor(process, engine, id, { isQuiet })
  return 0
}

function* deployService({ process, flags, engine }: Context, spec: Fields, existing: readonly Service[]): Blocking<string> {
  const template = fieldsOf(spec.TaskTemplate)
  const container = fieldsOf(template.ContainerSpec)
  const before = existing.find((service) => service.Spec.Name === spec.Name)
  const image = String(container.Image)
  const mode = flags.text('resolve-image')
  const isSame = before?.Spec.Labels['com.docker.stack.image'] === image
  const isUnresolved = mode === 'never' || (mode === 'changed' && isSame)
  const { image: reference, platforms } = yield* pinned(process, engine, image, { isUnresolved })
  const kept = isUnresolved && isSame ? (before?.Spec.TaskTemplate.ContainerSpec?.Image ?? image) : reference
  const whole = {
    ...spec,
    TaskTemplate: {
      ...template,
      ContainerSpec: { ...container, Image: kept },
      Placement: { ...fieldsOf(template.Placement), ...(platforms ? { Platforms: platforms } : {}) },
      ForceUpdate: before ? (before.Spec.TaskTemplate.ForceUpdate ?? 0) : 0,
    },
  }
  if (before) {
    yield* out(process, `Updating service ${String(spec.Name)} (id: ${before.ID})\n`)
    yield* engine.open('POST', `/services/${before.ID}/update${query({ version: String(before.Version.Index) })}`, whole)
    yield* warnUnpinned(process, isUnresolved ? '' : kept)
    return before.ID
  }
  yield* out(process, `Creating service ${String(spec.Name)}\n`)
  const { ID } = yield* engine.json<{ ID: string }>('POST', '/services/create', whole)
  yield* warnUnpinned(process, isUnresolved ? '' : kept)
  return ID
}

function* networksFor(process: Process, engine: Engine, stack: string, file: StackFile): Blocking<Map<string, string>> {
  const used = new Set(
    Object.values(file.services).flatMap(({ networks }) =>
      Object.keys(fieldsOf(networks)).length > 0 ? Object.keys(fieldsOf(networks)) : ['default'],
    ),
  )
  const known = yield* engine.json<readonly { Id: string; Name: string; Scope: string; Driver: string }[]>('GET', '/networks')
  const ids = new Map<string, string>()
  for (const key of [...used].sort()) {
    const fields = file.networks[key] ?? {}
    const { name, isExternal } = namedIn(stack, key, fields)
    const there = known.find((network) => network.Name === name)
    if (isExternal) {
      if (!there)
        throw new DockerError(
          `network ${JSON.stringify(name)} is declared as external, but could not be found. You need to create a swarm-scoped network before the stack is deployed`,
        )
      if (there.Scope !== 'swarm' && there.Driver !== 'host')
        throw new DockerError(
          `network ${JSON.stringify(name)} is declared as external, but it is not in the right scope: ${JSON.stringify(there.Scope)} instead of "swarm"`,
        )
    }
    if (there) {
      ids.set(key, there.Id)
      continue
    }
    yield* out(process, `Creating network ${name}\n`)
    const pools = ((fieldsOf(fields.ipam).config ?? []) as Fields[]).map(({ subnet }) => ({ Subnet: subnet }))
    const { Id } = yield* engine.json<{ Id: string }>('POST', '/networks/create', {
      Name: name,
      Driver: fields.driver ?? 'overlay',
      Scope: 'swarm',
      Internal: fields.internal === true,
      Attachable: fields.attachable === true,
      ...(pools.length > 0 ? { IPAM: { Driver: 'default', Config: pools } } : {}),
      Options: fields.driver_opts ?? {},
      Labels: { ...pairsOf(fields.labels), [namespaceLabel]: stack },
    })
    ids.set(key, Id)
  }
  return ids
}

/** Secrets or configs by name; those that the file brings along are made, or their labels brought up to date. */
function* keptFor(
  process: Process,
  engine: Engine,
  stack: string,
  file: StackFile,
  kind: 'secrets' | 'configs',
): Blocking<Map<string, string>> {
  const entries = Object.entries(file[kind])
  const ids = new Map<string, string>()
  if (entries.length === 0) return ids
  const what = kind.slice(0, -1)
  for (const { ID, Spec } of yield* engine.json<readonly Labelled[]>('GET', `/${kind}`)) ids.set(Spec.Name, ID)
  for (const [key, fields] of entries) {
    const { name, isExternal } = namedIn(stack, key, fields)
    if (isExternal || ids.has(name)) continue
    const path = absolute(file.folder, String(fields.file ?? ''))
    let data: Uint8Array
    try {
      data = process.files.readFile(path, process.credentials)
    } catch (error) {
      if (!(error instanceof UnixError)) throw error
      throw new DockerError(`open ${path}: ${error.words.toLowerCase()}`)
    }
    yield* out(process, `Creating ${what} ${name}\n`)
    const { ID } = yield* engine.json<{ ID: string }>('POST', `/${kind}/create`, {
      Name: name,
      Labels: { ...pairsOf(fields.labels), [namespaceLabel]: stack },
      Data: base64Of(data),
    })
    ids.set(name, ID)
  }
  return ids
}

function* prune({ process, engine }: Context, stack: string, file: StackFile): Blocking<void> {
  for (const { ID, Spec } of yield* engine.json<readonly Service[]>('GET', `/services${query({ filters: filters(ofStack(stack)) })}`)) {
    if (Object.keys(file.services).some((key) => scoped(stack, key) === Spec.Name)) continue
    yield* out(process, `Removing service ${Spec.Name}\n`)
    yield* engine.open('DELETE', `/services/${ID}`)
  }
}

export const stackList: Command = function* ({ process, flags, engine }) {
  const services = yield* engine.json<readonly Service[]>('GET', `/services${query({ filters: filters([`label=${namespaceLabel}`]) })}`)
  const counts = new Map<string, number>()
  for (const { Spec } of services) counts.set(Spec.Labels[namespaceLabel], (counts.get(Spec.Labels[namespaceLabel]) ?? 0) + 1)
  const rows = [...counts].sort(([a], [b]) => natural(a, b)).map(([Name, count]) => ({ Name, Services: String(count) }))
  yield* out(
    process,
    listed({
      rows,
      headings: { Name: 'NAME', Services: 'SERVICES' },
      columns: ['Name', 'Services'],
      format: flags.text('format'),
      type: 'stackContext',
    }),
  )
  return 0
}

export const stackServices: Command = function* ({ process, flags, args, engine }) {
  const services = yield* engine.json<readonly Service[]>(
    'GET',
    `/services${query({ filters: filters([...ofStack(args[0]), ...flags.list('filter')]), status: 'true' })}`,
  )
  if (services.length === 0) yield* err(process, `Nothing found in stack: ${args[0]}\n`)
  else yield* out(process, serviceTable(services, { format: flags.text('format'), isQuiet: flags.is('quiet') }))
  return 0
}

export const stackPs: Command = function* ({ process, flags, args, engine }) {
  const tasks = yield* engine.json<readonly Task[]>(
    'GET',
    `/tasks${query({ filters: filters([...flags.list('filter'), ...ofStack(args[0])]) })}`,
  )
  if (tasks.length === 0) throw new DockerError(`nothing found in stack: ${args[0]}`)
  yield* showTasks({ process, flags, engine, tasks })
  return 0
}

const removalPollMs = 250

export const stackRemove: Command = function* ({ process, flags, args, engine }) {
  const problems: string[] = []
  for (const stack of args) {
    const labelled = query({ filters: filters(ofStack(stack)) })
    const services = yield* engine.json<readonly Labelled[]>('GET', `/services${labelled}`)
    const networks = yield* engine.json<readonly { Id: string; Name: string }[]>('GET', `/networks${labelled}`)
    const secrets = yield* engine.json<readonly Labelled[]>('GET', `/secrets${labelled}`)
    const configs = yield* engine.json<readonly Labelled[]>('GET', `/configs${labelled}`)
    if (services.length + networks.length + secrets.length + configs.length === 0) {
      yield* err(process, `Nothing found in stack: ${stack}\n`)
      continue
    }
    const remove = function* (what: string, path: string, name: string): Blocking<void> {
      yield* out(process, `Removing ${what} ${name}\n`)
      try {
        yield* engine.open('DELETE', path)
      } catch (error) {
        if (!(error instanceof DockerError)) throw error
        yield* err(process, `Failed to remove ${what} ${name}: ${error.message}\n`)
        if (problems.length === 0) problems.push(`Failed to remove some resources from stack: ${stack}`)
      }
    }
    const byName = (a: Labelled, b: Labelled) => (a.Spec.Name < b.Spec.Name ? -1 : 1)
    for (const { ID, Spec } of [...services].sort(byName)) yield* remove('service', `/services/${ID}`, Spec.Name)
    for (const { ID, Spec } of [...secrets].sort(byName)) yield* remove('secret', `/secrets/${ID}`, Spec.Name)
    for (const { ID, Spec } of [...configs].sort(byName)) yield* remove('config', `/configs/${ID}`, Spec.Name)
    for (const { Id, Name } of networks) yield* remove('network', `/networks/${Id}`, Name)
    if (flags.is('detach')) continue
    for (;;) {
      const left = yield* engine.json<readonly Task[]>('GET', '/tasks')
      if (!left.some(({ ServiceID }) => services.some(({ ID }) => ID === ServiceID))) break
      const until = process.now() + removalPollMs
      while (process.now() < until) yield { until }
    }
  }
  if (problems.length > 0) throw new DockerError(problems.join('\n'))
  return 0
}
