/**
 * docker compose: a plugin of its own, with its own flags before the command. Its refusals are bare (no `Run '… --help'`) and end with 1.
 * `docker-compose` is the same under its old name.
 */
import { textOf } from '../../../base/bytes.ts'
import { type Blocking, err, out, type Process, readAll } from '../../../unix/kernel/process.ts'
import { FlagError, type Flags, HelpWanted, parseFlags } from '../../flags.ts'
import { withoutEffect } from '../command.ts'
import { DockerError } from '../docker-error.ts'
import { createEngine } from '../engine.ts'
import { helpText } from '../help.ts'
import { Activity } from './activity.ts'
import { logs } from './attach.ts'
import { build } from './build.ts'
import { type ComposeCommand, type ComposeContext, members, selected, withDependencies } from './context.ts'
import { down, kill, pause, remove, restart, stop, unpause } from './down.ts'
import { dryRun } from './dry-run.ts'
import { cp, exec, run } from './exec.ts'
import { attach, commitService, events, exportService, watch } from './follow.ts'
import { config } from './config.ts'
import { images, ls, port, ps, top, version, volumes } from './list.ts'
import { loadProject, type Project } from './project.ts'
import { create, pullImages, scale, start, up } from './up.ts'
import { sayUnused } from '../../unused-flags.ts'

const pull: ComposeCommand = function* (context) {
  const { flags } = context
  const project = yield* context.project()
  const named = selected(project, context.args)
  const services = (flags.is('include-deps') ? withDependencies(project, named) : named).filter(
    (service) => !service.build || (service.fields.image !== undefined && !flags.is('ignore-buildable')),
  )
  // One pull for an image that several services share.
  const once = services.filter((service, index) => services.findIndex(({ image }) => image === service.image) === index)
  yield* pullImages(context, once, context.activity('Pulling', { isQuiet: flags.is('quiet') }), flags.is('ignore-pull-failures'))
  return 0
}

const push: ComposeCommand = function* (context) {
  const project = yield* context.project()
  const told = context.activity('Pushing', { isQuiet: context.flags.is('quiet') })
  for (const service of [...selected(project, context.args)].reverse()) {
    if (!service.build || service.fields.image === undefined) {
      yield* told.tell(service.name, '', 'done', 'Skipped')
      continue
    }
    yield* told.tell(service.name, '', 'working', 'Pushing')
    yield* context.docker(['push', '-q', service.image])
    yield* told.tell(service.name, '', 'done', 'Pushed')
  }
  return 0
}

const stats: ComposeCommand = function* (context) {
  const project = yield* context.project()
  const running = (yield* members(context, project.name, context.args)).filter(({ state }) => state === 'running')
  return yield* context.docker([
    'stats',
    ...(context.flags.is('no-stream') ? ['--no-stream'] : []),
    ...running.map(({ id }) => id.slice(0, 12)),
  ])
}

const wait: ComposeCommand = function* (context) {
  const project = yield* context.project()
  const all = yield* members(context, project.name, context.args)
  if (all.length === 0) throw new DockerError(`no containers for project "${project.name}"`)
  return yield* context.docker(['wait', ...all.map(({ id }) => id)])
}

const commands: Readonly<Record<string, ComposeCommand>> = {
  attach,
  build,
  commit: commitService,
  config,
  cp,
  create,
  down,
  events,
  exec,
  export: exportService,
  images,
  kill,
  logs,
  ls,
  pause,
  port,
  ps,
  pull,
  push,
  restart,
  rm: remove,
  run,
  scale,
  start,
  stats,
  stop,
  top,
  unpause,
  up,
  version,
  volumes,
  wait,
  watch,
}

/** Flags that nothing asks for where there is nothing to pull, to remove or to list. */
const idle: ReadonlySet<string> = new Set([...withoutEffect, 'all', 'quiet-pull', 'remove-orphans'])

export interface ComposeSettings {
  readonly host: string
  /** A flag list of the plugin by the command's path, and how docker itself runs a line. */
  readonly flagsOf: (path: string) => Parameters<typeof parseFlags>[1]
  readonly docker: (words: readonly string[]) => Blocking<number>
}

export function* compose(process: Process, words: readonly string[], { host, flagsOf, docker }: ComposeSettings): Blocking<number> {
  const globals = yield* parsed(process, 'compose', words, flagsOf('compose'), true)
  if (globals === 'help') return 0
  const [typed, ...rest] = globals.args
  const name = typed === 'convert' ? 'config' : typed
  if (name === undefined || name === 'help') {
    yield* out(process, yield* helpText(process, 'compose'))
    return 0
  }
  const act = commands[name]
  // Help is there for what is not simulated too.
  if (!act && rest.includes('--help') && flagsOf(`compose ${name}`).length > 0) {
    yield* out(process, yield* helpText(process, `compose ${name}`))
    return 0
  }
  if (!act) {
    if (/^(alpha|bridge|publish)$/.test(name)) throw new DockerError(`docker compose ${name} is not simulated in this sandbox`)
    yield* out(process, yield* helpText(process, 'compose'))
    throw new DockerError(`unknown docker command: "compose ${name}"`)
  }
  const flags = yield* parsed(process, `compose ${name}`, rest, flagsOf(`compose ${name}`), name === 'exec' || name === 'run')
  if (flags === 'help') return 0
  if ((name === 'exec' && flags.args.length < 2) || (name === 'run' && flags.args.length < 1))
    throw new DockerError(`requires at least ${name === 'exec' ? 2 : 1} arg(s), only received ${flags.args.length}`)
  if (/^(attach|export|commit)$/.test(name) && flags.args.length < 1)
    throw new DockerError(`requires at least 1 arg(s), only received ${flags.args.length}`)
  if ((name === 'port' || name === 'cp') && flags.args.length !== 2)
    throw new DockerError(`accepts 2 arg(s), received ${flags.args.length}`)
  let loaded: Project | undefined
  const progress = globals.text('progress') || process.env.COMPOSE_PROGRESS || 'auto'
  if (!['auto', 'tty', 'plain', 'json', 'quiet'].includes(progress)) throw new DockerError(`unsupported --progress value "${progress}"`)
  const isDryRun = globals.is('dry-run') || (flags.knows('dry-run') && flags.is('dry-run'))
  const activities: Activity[] = []
  const context: ComposeContext = {
    process,
    engine: isDryRun ? dryRun(createEngine(process, host)) : createEngine(process, host),
    flags,
    args: flags.args,
    globals,
    *project() {
      if (loaded) return loaded
      const input = globals.list('file').includes('-') ? textOf(yield* readAll(process, 0)) : undefined
      loaded = loadProject(process, {
        input,
        files: globals.list('file'),
        name: globals.text('project-name'),
        folder: globals.text('project-directory'),
        profiles: globals.list('profile'),
        envFiles: globals.list('env-file'),
        hasAllResources: globals.is('all-resources'),
        isInterpolated: !(
          name === 'config' &&
          ((flags.knows('no-interpolate') && flags.is('no-interpolate')) || (flags.knows('variables') && flags.is('variables')))
        ),
      })
      for (const words of loaded.warnings) yield* err(process, warning(process, words))
      return loaded
    },
    docker,
    warn: (words) => err(process, warning(process, words)),
    activity: (title, options = {}) => {
      const activity = new Activity(process, title, {
        isQuiet: options.isQuiet === true || progress === 'quiet',
        isPlain: progress === 'plain',
        isDryRun,
        line: options.line,
      })
      activities.push(activity)
      return activity
    },
  }
  const code = yield* animated(process, act(context), activities)
  yield* sayUnused(process, flags, idle)
  return code
}

/** Runs a command and draws its lists anew while it waits. */
function* animated(process: Process, running: Blocking<number>, activities: readonly Activity[]): Blocking<number> {
  try {
    let step = running.next()
    while (!step.done) {
      const times = activities.flatMap(({ nextAt }) => (nextAt === undefined ? [] : [nextAt]))
      const { value } = step
      // What only gives way goes on at once, whatever the pictures.
      const isWaiting = value !== undefined && !value.promise && (value.on !== undefined || value.until !== undefined)
      yield times.length === 0 || !isWaiting ? value : { ...value, until: Math.min(...times, value.until ?? Number.POSITIVE_INFINITY) }
      for (const activity of activities) if (activity.nextAt !== undefined && process.now() >= activity.nextAt) yield* activity.tick()
      step = running.next()
    }
    return step.value
  } finally {
    for (const activity of activities) yield* activity.finish()
  }
}

function* parsed(
  process: Process,
  path: string,
  words: readonly string[],
  flags: Parameters<typeof parseFlags>[1],
  stopsAtArgument: boolean,
): Blocking<Flags | 'help'> {
  try {
    return parseFlags(words, flags, { stopsAtArgument })
  } catch (error) {
    if (error instanceof HelpWanted) {
      yield* out(process, yield* helpText(process, path))
      return 'help'
    }
    if (error instanceof FlagError) throw new DockerError(error.message)
    throw error
  }
}

/** As the log library prints: coloured with the seconds since the start on a terminal, `key=value` elsewhere. */
function warning(process: Process, words: string): string {
  if (process.descriptors.get(2)?.file.kind === 'terminal') return `\x1b[33mWARN\x1b[0m[0000] ${words} \n`
  return `time="${new Date(process.now()).toISOString().slice(0, 19)}Z" level=warning msg=${JSON.stringify(words)}\n`
}
