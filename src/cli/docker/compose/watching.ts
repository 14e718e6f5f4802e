/**
 * `develop.watch`: looks after the files that the rules name and carries changes into the containers, for `docker compose watch` and for `up`
 * while it stays. What a rebuild takes is the caller's, as it brings up what was built.
 */
import { ignoring } from '../../../base/dockerignore.ts'
import { tarOf, type TarEntry } from '../../../base/tar.ts'
import { type Blocking, out, type Process, sleep } from '../../../unix/kernel/process.ts'
import { query } from '../engine.ts'
import { type ComposeContext, members } from './context.ts'
import type { Project, Service } from './project.ts'
import { type Fields, fieldsOf, isFields, textsOf } from './tree.ts'

export interface Rule {
  readonly service: Service
  readonly path: string
  readonly action: string
  readonly target: string
  readonly fields: Fields
}

export function rulesOf(services: readonly Service[]): Rule[] {
  return services.flatMap((service) => {
    const { watch: rules } = fieldsOf(service.fields.develop)
    return (Array.isArray(rules) ? (rules as unknown[]) : [])
      .filter(isFields)
      .map((fields) => ({ service, path: String(fields.path), action: String(fields.action), target: String(fields.target ?? ''), fields }))
  })
}

export interface Watching {
  /** Builds a service's image and puts its containers anew. */
  rebuild(service: Service): Blocking<void>
  /** What `say` prints, as `up` frames it. */
  framed?(line: string): string
  isOn?(): boolean
}

function* say({ process }: ComposeContext, { framed = (line) => line }: Watching, words: string): Blocking<void> {
  const prefix = '        ⦿ '
  yield* out(process, framed(`${process.terminal ? `\x1b[92m${prefix}\x1b[0m` : prefix}${words}\n`))
}

const lookEveryMs = 500

/** Never ends by itself; while it is off nothing is looked at, and what changed then is not carried over. */
export function* watching(context: ComposeContext, project: Project, rules: readonly Rule[], how: Watching): Blocking<never> {
  const { isOn = () => true } = how
  let before: readonly ReadonlyMap<string, string>[] | undefined
  for (;;) {
    if (isOn() !== (before !== undefined)) {
      before = before ? undefined : rules.map((rule) => filesOf(context.process, rule))
      yield* say(context, how, before ? 'Watch enabled' : 'Watch disabled')
    }
    yield* sleep(context.process, lookEveryMs)
    if (!before || !isOn()) continue
    const now = rules.map((rule) => filesOf(context.process, rule))
    for (const [index, rule] of rules.entries()) {
      const old = before[index]
      const changed = [...now[index]].filter(([path, stamp]) => old.get(path) !== stamp).map(([path]) => path)
      const gone = [...old.keys()].filter((path) => !now[index].has(path))
      if (changed.length + gone.length > 0) yield* carryOut(context, project, rule, changed, gone, how)
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

function* carryOut(
  context: ComposeContext,
  project: Project,
  rule: Rule,
  changed: readonly string[],
  gone: readonly string[],
  how: Watching,
): Blocking<void> {
  const { service, action } = rule
  const name = JSON.stringify(service.name)
  if (action === 'rebuild') {
    yield* say(context, how, `Rebuilding service(s) [${name}] after changes were detected...`)
    yield* how.rebuild(service)
    yield* say(context, how, `service(s) [${name}] successfully built`)
    return
  }
  const all = (yield* members(context, project.name, [service.name])).filter(({ state }) => state === 'running')
  if (action.startsWith('sync')) {
    yield* say(context, how, `Syncing service ${name} after ${changed.length + gone.length} changes were detected`)
    for (const { id } of all) yield* synced(context, id, rule, changed, gone)
  }
  if (action === 'restart' || action === 'sync+restart') {
    for (const { id } of all) yield* context.engine.open('POST', `/containers/${id}/restart`)
    yield* say(context, how, `service(s) [${name}] restarted`)
  }
  const { command } = fieldsOf(rule.fields.exec)
  if (action === 'sync+exec' && command !== undefined)
    for (const { id } of all)
      yield* context.docker(['exec', id, ...(Array.isArray(command) ? command.map(String) : ['sh', '-c', String(command)])])
}

function* synced(
  { process, engine, docker }: ComposeContext,
  id: string,
  { path, target }: Rule,
  changed: readonly string[],
  gone: readonly string[],
): Blocking<void> {
  const inside = (file: string) => `${target}${file.slice(path.length)}`.replace(/^\//, '')
  const entries = changed.map(
    (file): TarEntry => ({
      path: inside(file),
      kind: 'file',
      mode: process.files.stat(file).mode,
      uid: 0,
      gid: 0,
      modifiedMs: process.now(),
      content: process.files.readFile(file, process.credentials),
      target: '',
    }),
  )
  if (entries.length > 0)
    yield* engine.open('PUT', `/containers/${id}/archive${query({ path: '/' })}`, tarOf(entries), { 'content-type': 'application/x-tar' })
  if (gone.length > 0) yield* docker(['exec', id, 'rm', '-rf', ...gone.map((file) => `/${inside(file)}`)])
}
