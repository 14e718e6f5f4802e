/** `docker compose down`, stop, rm, kill, restart, pause: what ends or interrupts a project, users before what they use. */
import { textOf } from '../../../base/bytes.ts'
import { type Blocking, err, out, readFrom } from '../../../unix/kernel/process.ts'
import { DockerError } from '../docker-error.ts'
import { query } from '../engine.ts'
import { DaemonError } from '../docker-error.ts'
import type { Activity } from './activity.ts'
import { type ComposeCommand, type ComposeContext, type Member, members, selected } from './context.ts'
import { levels, type Project } from './project.ts'
import { networkName, volumeName } from './service-config.ts'
import { runHooks } from './hooks.ts'
import { together } from './together.ts'

const timeoutOf = ({ flags }: ComposeContext) => (flags.isSet('timeout') ? flags.number('timeout') : undefined)

/** Stops (and removes) containers, those that depend on others first. */
export function* stopAll(
  context: ComposeContext,
  project: Project,
  all: readonly Member[],
  told: Activity,
  { timeout, removes = false, volumes = false }: { timeout?: number; removes?: boolean; volumes?: boolean } = {},
): Blocking<void> {
  const groups = levels([...project.services, ...project.disabled])
    .map((services) => services.map(({ name }) => name))
    .reverse()
  const known = groups.flat()
  groups.unshift(all.map(({ service }) => service).filter((service) => !known.includes(service)))
  for (const group of groups)
    yield* stopGroup(
      context,
      project,
      all.filter(({ service }) => group.includes(service)),
      told,
      { timeout, removes, volumes },
    )
}

function* stopGroup(
  context: ComposeContext,
  project: Project,
  group: readonly Member[],
  told: Activity,
  { timeout, removes, volumes }: { timeout: number | undefined; removes: boolean; volumes: boolean },
): Blocking<void> {
  const one = function* ({ id, name, service: of, state }: Member): Blocking<void> {
    yield* told.tell(`Container ${name}`, 'Stopping', 'working')
    const service = [...project.services, ...project.disabled].find((known) => known.name === of)
    if (service && state === 'running') yield* runHooks(context, service, 'pre_stop', { id, name })
    yield* context.engine.open('POST', `/containers/${id}/stop${query({ t: timeout })}`)
    yield* told.tell(`Container ${name}`, 'Stopped', 'done')
    if (!removes) return
    yield* told.tell(`Container ${name}`, 'Removing', 'working')
    yield* context.engine.open('DELETE', `/containers/${id}${query({ force: true, v: volumes })}`)
    yield* told.tell(`Container ${name}`, 'Removed', 'done')
  }
  yield* together(group.map(one))
}

export const stop: ComposeCommand = function* (context) {
  const project = yield* context.project()
  selected(project, context.args)
  yield* stopAll(
    context,
    project,
    (yield* members(context, project.name, context.args)).filter(({ isOneOff }) => !isOneOff),
    context.activity('Stopping'),
    { timeout: timeoutOf(context) },
  )
  return 0
}

export const down: ComposeCommand = function* (context) {
  const { flags, args } = context
  const project = yield* context.project()
  const told = context.activity('Running')
  const known = new Set([...project.services, ...project.disabled].map(({ name }) => name))
  const all = (yield* members(context, project.name, args)).filter(({ service }) => known.has(service) || flags.is('remove-orphans'))
  yield* stopAll(context, project, all, told, { timeout: timeoutOf(context), removes: true, volumes: flags.is('volumes') })
  if (args.length > 0) return 0
  const things: Thing[] = []
  if (flags.is('volumes'))
    for (const [key, { external }] of Object.entries(project.volumes))
      if (external !== true) things.push({ name: `Volume ${volumeName(project, key)}`, path: `/volumes/${volumeName(project, key)}` })
  if (flags.text('rmi') !== '') {
    const images = project.services
      .filter(({ fields }) => flags.text('rmi') === 'all' || fields.image === undefined)
      .map(({ image }) => (/:[^/]+$/.test(image) ? image : `${image}:latest`))
    for (const image of [...new Set(images)].sort()) things.push({ name: `Image ${image}`, path: `/images/${image}` })
  }
  for (const [key, { external }] of Object.entries(project.networks))
    if (external !== true) things.push({ name: `Network ${networkName(project, key)}`, path: `/networks/${networkName(project, key)}` })
  const hasRemoved = yield* removeThings(context, told, things)
  if (!hasRemoved && all.length === 0) yield* warnNothing(context, project)
  return 0
}

interface Thing {
  readonly name: string
  readonly path: string
}

function* warnNothing({ process }: ComposeContext, project: Project): Blocking<void> {
  yield* err(process, `Warning: No resource found to remove for project "${project.name}".\n`)
}

/** False when there was none of them. */
function* removeThings({ engine }: ComposeContext, told: Activity, things: readonly Thing[]): Blocking<boolean> {
  const present: Thing[] = []
  for (const thing of things)
    if ((yield* engine.ask('GET', thing.path.startsWith('/images/') ? `${thing.path}/json` : thing.path)).status !== 404)
      present.push(thing)
  for (const { name } of present) yield* told.tell(name, 'Removing', 'working')
  for (const { name, path } of present) {
    try {
      yield* engine.open('DELETE', path)
      yield* told.tell(name, 'Removed', 'done')
    } catch (error) {
      if (!(error instanceof DaemonError)) throw error
      yield* told.tell(name, error.status === 409 || error.status === 403 ? 'Resource is still in use' : error.message, 'done')
    }
  }
  return present.length > 0
}

export const remove: ComposeCommand = function* (context) {
  const { flags, args, process, engine } = context
  const project = yield* context.project()
  selected(project, args)
  if (flags.is('stop')) yield* stopAll(context, project, yield* members(context, project.name, args), context.activity('Stopping'))
  const stopped = (yield* members(context, project.name, args)).filter(({ state }) => state !== 'running')
  if (stopped.length === 0) {
    yield* err(process, 'No stopped containers\n')
    return 0
  }
  const question = `Going to remove ${stopped.map(({ name }) => name).join(', ')}`
  if (flags.is('force')) yield* out(process, `${question}\n`)
  else {
    yield* out(process, `? ${question} (y/N) `)
    if (!/^y(es)?$/i.test(textOf(yield* readFrom(process, 0)).trim())) return 0
  }
  const told = context.activity('Removing')
  for (const { id, name } of stopped) {
    yield* told.tell(`Container ${name}`, 'Removing', 'working')
    yield* engine.open('DELETE', `/containers/${id}${query({ force: true, v: flags.is('volumes') })}`)
    yield* told.tell(`Container ${name}`, 'Removed', 'done')
  }
  return 0
}

interface Act {
  readonly action: string
  readonly title: string
  readonly during: string | undefined
  readonly after: string
  readonly states: readonly string[]
}

/** A command that does one thing to each container, to all at once, and tells of it. */
function acting({ action, title, during, after, states }: Act): ComposeCommand {
  return function* (context) {
    const project = yield* context.project()
    const services = selected(project, context.args)
    const told = context.activity(title)
    const { flags } = context
    const values = action === 'kill' ? { signal: flags.text('signal') || undefined } : action === 'restart' ? { t: timeoutOf(context) } : {}
    const all = (yield* members(context, project.name, context.args)).filter(
      ({ state, isOneOff }) => !isOneOff && (states.length === 0 || states.includes(state)),
    )
    if (action === 'kill' && all.length === 0) throw new DockerError(`no container to kill`)
    const one = function* ({ id, name }: Member): Blocking<void> {
      if (during) yield* told.tell(`Container ${name}`, during, 'working')
      yield* context.engine.open('POST', `/containers/${id}/${action}${query(values)}`)
      yield* told.tell(`Container ${name}`, after, 'done')
    }
    // Only `restart: true` of a dependency makes a restart wait for another.
    const groups =
      action === 'restart'
        ? levels(
            services.map((service) => ({
              ...service,
              dependsOn: flags.is('no-deps') ? [] : service.dependsOn.filter((other) => other.restart),
            })),
          )
        : [services]
    for (const group of groups)
      yield* together(
        all
          .filter(({ service }) => group.some(({ name }) => name === service))
          .sort((a, b) => a.rank - b.rank)
          .map(one),
      )
    return 0
  }
}

export const restart = acting({ action: 'restart', title: 'Restarting', during: 'Restarting', after: 'Started', states: [] })
export const kill = acting({ action: 'kill', title: 'Killing', during: 'Killing', after: 'Killed', states: ['running', 'paused'] })
export const pause = acting({ action: 'pause', title: 'Pausing', during: undefined, after: 'Paused', states: ['running'] })
export const unpause = acting({ action: 'unpause', title: 'Unpausing', during: undefined, after: 'Unpaused', states: ['paused'] })
