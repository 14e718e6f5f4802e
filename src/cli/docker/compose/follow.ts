/** What follows a project while it runs: `docker compose events`, and `watch`, which looks after the files that `develop.watch` names and carries changes into the containers. */
import { ignoring } from '../../../base/dockerignore.ts'
import { tarOf, type TarEntry } from '../../../base/tar.ts'
import { type Blocking, out, type Process, sleep } from '../../../unix/kernel/process.ts'
import { DockerError } from '../command.ts'
import { eachLine, query } from '../engine.ts'
import { seconds } from '../logs.ts'
import { buildImages } from './build.ts'
import { type ComposeCommand, type ComposeContext, members, selected } from './context.ts'
import type { Project, Service } from './project.ts'
import { type Fields, fieldsOf, isFields, textsOf } from './tree.ts'
import { upInBackground } from './up.ts'

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
  const response = yield* engine.open('GET', `/events${query({ since: moment('since'), until: moment('until'), filters: JSON.stringify({ type: { container: true }, label: { [`com.docker.compose.project=${project.name}`]: true } }) })}`)
  yield* eachLine<EngineEvent>(response, function* ({ Action, Actor, timeNano }) {
    const service = Actor.Attributes['com.docker.compose.service']
    if (service === undefined || (args.length > 0 && !args.includes(service))) return
    const attributes = Object.fromEntries(Object.entries(Actor.Attributes).filter(([name]) => !name.startsWith('com.docker.compose.')))
    const iso = new Date(Math.floor(timeNano / 1e6)).toISOString()
    const micros = String(Math.floor(timeNano / 1000) % 1_000_000).padStart(6, '0')
    if (flags.is('json')) yield* out(process, `${JSON.stringify({ action: Action, attributes, id: Actor.ID, service, time: `${iso.slice(0, 19)}.${micros}Z`, type: 'container' })}\n`)
    else yield* out(process, `${iso.slice(0, 19).replace('T', ' ')}.${micros} container ${Action} ${Actor.ID} (${Object.entries(attributes).map(([name, value]) => `${name}=${value}`).join(', ')})\n\n`)
  })
  return 0
}

interface Rule {
  readonly service: Service
  readonly path: string
  readonly action: string
  readonly target: string
  readonly fields: Fields
}

export function rulesOf(services: readonly Service[]): Rule[] {
  return services.flatMap((service) => {
    const { watch: rules } = fieldsOf(service.fields.develop)
    return (Array.isArray(rules) ? (rules as unknown[]) : []).filter(isFields).map((fields) => ({ service, path: String(fields.path), action: String(fields.action), target: String(fields.target ?? ''), fields }))
  })
}

export const watch: ComposeCommand = function* (context) {
  const { flags, args } = context
  const project = yield* context.project()
  const services = selected(project, args)
  if (!flags.is('no-up')) {
    yield* buildImages(context, project, services.filter(({ build, fields }) => build && fields.develop !== undefined), { isQuiet: flags.is('quiet') })
    yield* upInBackground(context, project, services)
  }
  const rules = rulesOf(services)
  if (rules.length === 0) throw new DockerError("none of the selected services is configured for watch, consider setting a 'develop' section")
  yield* say(context, 'Watch enabled')
  yield* watching(context, project, rules)
  return 0
}

function* say({ process }: ComposeContext, words: string): Blocking<void> {
  const prefix = '        ⦿ '
  yield* out(process, `${process.terminal ? `\x1b[92m${prefix}\x1b[0m` : prefix}${words}\n`)
}

const lookEveryMs = 500

/** Never ends by itself. */
function* watching(context: ComposeContext, project: Project, rules: readonly Rule[]): Blocking<never> {
  let before = rules.map((rule) => filesOf(context.process, rule))
  for (;;) {
    yield* sleep(context.process, lookEveryMs)
    const now = rules.map((rule) => filesOf(context.process, rule))
    for (const [index, rule] of rules.entries()) {
      const changed = [...now[index]].filter(([path, stamp]) => before[index].get(path) !== stamp).map(([path]) => path)
      const gone = [...before[index].keys()].filter((path) => !now[index].has(path))
      if (changed.length + gone.length > 0) yield* carryOut(context, project, rule, changed, gone)
    }
    before = now
  }
}

/** Files under a rule's path with what tells that they changed. */
function filesOf(process: Process, { path, fields }: Rule): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  const isIgnored = ignoring(textsOf(fields.ignore).join('\n'))
  const look = (at: string): void => {
    if (!process.files.exists(at)) return
    const inner = at.slice(path.length + 1)
    if (inner !== '' && (isIgnored(inner) || /(^|\/)(\.git|\.idea|\.DS_Store|.*~|.*\.sw[px])$/.test(inner))) return
    const node = process.files.stat(at, process.credentials)
    if (node.kind === 'directory') for (const name of process.files.list(at, process.credentials)) look(`${at}/${name}`)
    else if (node.kind === 'file') found.set(at, `${node.modifiedMs} ${node.size}`)
  }
  look(path)
  return found
}

function* carryOut(context: ComposeContext, project: Project, rule: Rule, changed: readonly string[], gone: readonly string[]): Blocking<void> {
  const { service, action } = rule
  const name = JSON.stringify(service.name)
  if (action === 'rebuild') {
    yield* say(context, `Rebuilding service(s) [${name}] after changes were detected...`)
    yield* buildImages(context, project, [service], {})
    yield* upInBackground(context, project, [service])
    yield* say(context, `service(s) [${name}] successfully built`)
    return
  }
  const all = (yield* members(context, project.name, [service.name])).filter(({ state }) => state === 'running')
  if (action.startsWith('sync')) {
    yield* say(context, `Syncing service ${name} after ${changed.length + gone.length} changes were detected`)
    for (const { id } of all) yield* synced(context, id, rule, changed, gone)
  }
  if (action === 'restart' || action === 'sync+restart') {
    for (const { id } of all) yield* context.engine.open('POST', `/containers/${id}/restart`)
    yield* say(context, `service(s) [${name}] restarted`)
  }
  const { command } = fieldsOf(rule.fields.exec)
  if (action === 'sync+exec' && command !== undefined) for (const { id } of all) yield* context.docker(['exec', id, ...(Array.isArray(command) ? command.map(String) : ['sh', '-c', String(command)])])
}

function* synced({ process, engine, docker }: ComposeContext, id: string, { path, target }: Rule, changed: readonly string[], gone: readonly string[]): Blocking<void> {
  const inside = (file: string) => `${target}${file.slice(path.length)}`.replace(/^\//, '')
  const entries = changed.map((file): TarEntry => ({ path: inside(file), kind: 'file', mode: process.files.stat(file).mode, uid: 0, gid: 0, modifiedMs: process.now(), content: process.files.readFile(file, process.credentials), target: '' }))
  if (entries.length > 0) yield* engine.open('PUT', `/containers/${id}/archive${query({ path: '/' })}`, tarOf(entries), { 'content-type': 'application/x-tar' })
  if (gone.length > 0) yield* docker(['exec', id, 'rm', '-rf', ...gone.map((file) => `/${inside(file)}`)])
}

/** `attach`, `export` and `commit`: docker's own commands, pointed at a service's container. */
function pointed(words: (context: ComposeContext) => readonly string[], rest: (args: readonly string[]) => readonly string[] = () => []): ComposeCommand {
  return function* (context) {
    const { flags, args } = context
    const project = yield* context.project()
    selected(project, [args[0]])
    const index = flags.isSet('index') ? flags.number('index') : undefined
    const member = (yield* members(context, project.name, [args[0]])).find(({ isOneOff, number }) => !isOneOff && (index === undefined || number === index))
    if (!member) throw new DockerError(index === undefined ? `service ${JSON.stringify(args[0])} is not running` : `service ${JSON.stringify(args[0])} is not running container #${index}`)
    return yield* context.docker([...words(context), member.id, ...rest(args.slice(1))])
  }
}

export const attach = pointed(({ flags }) => ['attach', ...(flags.is('no-stdin') ? ['--no-stdin'] : []), ...(flags.text('detach-keys') !== '' ? ['--detach-keys', flags.text('detach-keys')] : [])])
export const exportService = pointed(({ flags }) => ['export', ...(flags.text('output') !== '' ? ['-o', flags.text('output')] : [])])
export const commitService = pointed(({ flags }) => ['commit', ...(flags.text('message') !== '' ? ['-m', flags.text('message')] : []), ...(flags.text('author') !== '' ? ['-a', flags.text('author')] : []), ...flags.list('change').flatMap((change) => ['-c', change])], (args) => args)

