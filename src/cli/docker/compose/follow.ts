/** What follows a project while it runs: `docker compose events` and `watch`; and docker's own commands pointed at a service. */
import { out } from '../../../unix/kernel/process.ts'
import { DockerError } from '../docker-error.ts'
import { eachLine, query } from '../engine.ts'
import { seconds } from '../logs.ts'
import { buildImages } from './build.ts'
import { type ComposeCommand, type ComposeContext, members, selected } from './context.ts'
import { upInBackground } from './up.ts'
import { rulesOf, watching } from './watching.ts'

interface EngineEvent {
  readonly Type: string
  readonly Action: string
  readonly Actor: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> }
  readonly timeNano: number
}

export const events: ComposeCommand = function* (context) {
  const { process, flags, args, engine } = context
  const project = yield* context.project()
  selected(project, args)
  const moment = (name: string) => (flags.text(name) === '' ? undefined : seconds(flags.text(name), process.now()))
  const response = yield* engine.open(
    'GET',
    `/events${query({ since: moment('since'), until: moment('until'), filters: JSON.stringify({ type: { container: true }, label: { [`com.docker.compose.project=${project.name}`]: true } }) })}`,
  )
  yield* eachLine<EngineEvent>(response, function* ({ Action, Actor, timeNano }) {
    const service = Actor.Attributes['com.docker.compose.service']
    if (service === undefined || (args.length > 0 && !args.includes(service))) return
    const attributes = Object.fromEntries(Object.entries(Actor.Attributes).filter(([name]) => !name.startsWith('com.docker.compose.')))
    const iso = new Date(Math.floor(timeNano / 1e6)).toISOString()
    const micros = String(Math.floor(timeNano / 1000) % 1_000_000).padStart(6, '0')
    if (flags.is('json'))
      yield* out(
        process,
        `${JSON.stringify({ action: Action, attributes, id: Actor.ID, service, time: `${iso.slice(0, 19)}.${micros}Z`, type: 'container' })}\n`,
      )
    else
      yield* out(
        process,
        `${iso.slice(0, 19).replace('T', ' ')}.${micros} container ${Action} ${Actor.ID} (${Object.entries(attributes)
          .map(([name, value]) => `${name}=${value}`)
          .join(', ')})\n\n`,
      )
  })
  return 0
}

export const watch: ComposeCommand = function* (context) {
  const { flags, args } = context
  const project = yield* context.project()
  const services = selected(project, args)
  if (!flags.is('no-up')) {
    yield* buildImages(
      context,
      project,
      services.filter(({ build, fields }) => build && fields.develop !== undefined),
      { isQuiet: flags.is('quiet') },
    )
    yield* upInBackground(context, project, services)
  }
  const rules = rulesOf(services)
  if (rules.length === 0)
    throw new DockerError("none of the selected services is configured for watch, consider setting a 'develop' section")
  return yield* watching(context, project, rules, {
    *rebuild(service) {
      yield* buildImages(context, project, [service], {})
      yield* upInBackground(context, project, [service])
    },
  })
}

/** `attach`, `export` and `commit`: docker's own commands, pointed at a service's container. */
function pointed(
  words: (context: ComposeContext) => readonly string[],
  rest: (args: readonly string[]) => readonly string[] = () => [],
): ComposeCommand {
  return function* (context) {
    const { flags, args } = context
    const project = yield* context.project()
    selected(project, [args[0]])
    const index = flags.isSet('index') ? flags.number('index') : undefined
    const member = (yield* members(context, project.name, [args[0]])).find(
      ({ isOneOff, number }) => !isOneOff && (index === undefined || number === index),
    )
    if (!member)
      throw new DockerError(
        index === undefined
          ? `service ${JSON.stringify(args[0])} is not running`
          : `service ${JSON.stringify(args[0])} is not running container #${index}`,
      )
    return yield* context.docker([...words(context), member.id, ...rest(args.slice(1))])
  }
}

export const attach = pointed(({ flags }) => [
  'attach',
  ...(flags.is('no-stdin') ? ['--no-stdin'] : []),
  ...(flags.text('detach-keys') !== '' ? ['--detach-keys', flags.text('detach-keys')] : []),
])
export const exportService = pointed(({ flags }) => ['export', ...(flags.text('output') !== '' ? ['-o', flags.text('output')] : [])])
export const commitService = pointed(
  ({ flags }) => [
    'commit',
    ...(flags.text('message') !== '' ? ['-m', flags.text('message')] : []),
    ...(flags.text('author') !== '' ? ['-a', flags.text('author')] : []),
    ...flags.list('change').flatMap((change) => ['-c', change]),
  ],
  (args) => args,
)
