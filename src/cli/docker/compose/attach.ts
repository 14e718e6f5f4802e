/**
 * Output of many containers as one, each line behind the name of its container: `docker compose logs`, and `up` while it stays. Names are
 * padded to the longest, and coloured in turn on a terminal.
 */
import type { ByteStream } from '../../../base/http.ts'
import { textOf } from '../../../base/bytes.ts'
import { type Blocking, err, out, type Process } from '../../../unix/kernel/process.ts'
import { createDemux } from '../attach.ts'
import { query } from '../engine.ts'
import { seconds } from '../logs.ts'
import { type ComposeCommand, type ComposeContext, type Member, members, selected } from './context.ts'
import { Menu } from './menu.ts'
import type { Project, Service } from './project.ts'
import { alongside } from './together.ts'
import { rulesOf, watching } from './watching.ts'

/** Cyan, yellow, green, magenta, blue, and their bright sisters, as compose takes them in turn. */
const colors = [36, 33, 32, 35, 34, '36;1', '33;1', '32;1', '35;1', '34;1']

interface Source {
  readonly member: Member
  readonly body: ByteStream
  readonly lines: (chunk: Uint8Array) => string[]
  readonly rest: () => string
  isOver: boolean
}

interface LineStyle {
  readonly hasPrefix: boolean
  readonly isColored: boolean
  readonly color?: (member: Member) => number | string
}

function prefixes(
  project: Project,
  all: readonly Member[],
  { hasPrefix, isColored, color = colorsInTurn() }: LineStyle,
): (member: Member) => string {
  const shown = (member: Member) => (member.name.startsWith(`${project.name}-`) ? member.name.slice(project.name.length + 1) : member.name)
  const width = Math.max(0, ...all.map((member) => shown(member).length))
  return (member) => {
    if (!hasPrefix) return ''
    const text = `${shown(member).padEnd(width)}  | `
    return isColored ? `\x1b[${color(member)}m${text}\x1b[0m` : text
  }
}

/** Who says something first is cyan. */
function colorsInTurn(): (member: Member) => number | string {
  const known = new Map<string, number | string>()
  return ({ id }) => {
    const color = known.get(id) ?? colors[known.size % colors.length]
    known.set(id, color)
    return color
  }
}

function* opened(
  { engine }: ComposeContext,
  member: Member,
  values: Readonly<Record<string, string | boolean | undefined>>,
): Blocking<Source | string[]> {
  const { Config } = yield* engine.json<{ Config: { Tty: boolean } }>('GET', `/containers/${member.id}/json`)
  const { body } = yield* engine.open('GET', `/containers/${member.id}/logs${query({ stdout: true, stderr: true, ...values })}`)
  const demux = Config.Tty ? undefined : createDemux()
  let rest = ''
  const lines = (chunk: Uint8Array): string[] => {
    rest += demux
      ? demux(chunk)
          .map(({ bytes }) => textOf(bytes))
          .join('')
      : textOf(chunk)
    const parts = rest.split('\n')
    rest = parts.pop() ?? ''
    return parts.map((line) => line.replace(/\r$/, ''))
  }
  if (typeof body === 'string' || body instanceof Uint8Array)
    return [...lines(typeof body === 'string' ? new TextEncoder().encode(body) : body), ...(rest === '' ? [] : [rest])]
  return { member, body, lines, rest: () => rest, isOver: false }
}

export const logs: ComposeCommand = function* (context) {
  const { process, flags, args } = context
  const project = yield* context.project()
  selected(project, args)
  const all = (yield* members(context, project.name, args))
    .filter(({ isOneOff, number }) => !isOneOff && (!flags.isSet('index') || number === flags.number('index')))
    .sort((a, b) => a.rank - b.rank)
  const prefix = prefixes(project, all, {
    hasPrefix: !flags.is('no-log-prefix'),
    isColored: process.terminal !== undefined && !flags.is('no-color'),
  })
  const moment = (name: string) => (flags.text(name) === '' ? undefined : seconds(flags.text(name), process.now()))
  const values = {
    follow: flags.is('follow'),
    tail: flags.text('tail'),
    timestamps: flags.is('timestamps'),
    since: moment('since'),
    until: moment('until'),
  }
  const sources: Source[] = []
  for (const member of all) {
    const source = yield* opened(context, member, values)
    if (Array.isArray(source)) yield* out(process, source.map((line) => `${prefix(member)}${line}\n`).join(''))
    else sources.push(source)
  }
  if (!flags.is('follow')) {
    // One after the other, so that the lines of a container stay together.
    for (const source of sources) yield* shown(process, [source], prefix)
    return 0
  }
  yield* shown(process, sources, prefix)
  return 0
}

interface Showing {
  readonly ended?: (source: Source) => Blocking<void>
  readonly stopsWhen?: () => boolean
  readonly menu?: Menu
  readonly isWatchable?: boolean
  /** Goes on when all have ended: new ones may come. */
  readonly stays?: () => boolean
}

function* shown(
  process: Process,
  sources: readonly Source[],
  prefix: (member: Member) => string,
  { ended, stopsWhen = () => false, menu, isWatchable = false, stays = () => false }: Showing = {},
): Blocking<void> {
  const framed = (line: string): string => menu?.around(line) ?? line
  while ((sources.some(({ isOver }) => !isOver) || stays()) && !stopsWhen()) {
    let hasRead = false
    for (const source of sources) {
      if (source.isOver) continue
      const chunk = source.body.read()
      if (chunk) {
        hasRead = true
        yield* out(
          process,
          source
            .lines(chunk)
            .map((line) => framed(`${prefix(source.member)}${line}\n`))
            .join(''),
        )
      } else if (source.body.isOver) {
        hasRead = true
        source.isOver = true
        if (source.rest() !== '') yield* out(process, framed(`${prefix(source.member)}${source.rest()}\n`))
        if (ended) yield* ended(source)
      }
    }
    const answer = menu?.keys({ isWatchable }) ?? ''
    if (answer !== '') yield* out(process, answer)
    else if (!hasRead) yield { on: [...sources.filter(({ isOver }) => !isOver).map(({ body }) => body.readable), ...(menu?.typed ?? [])] }
  }
}

export interface Attached {
  readonly isInterrupted: boolean
  readonly firstCode: number | undefined
  readonly codes: ReadonlyMap<string, number>
  readonly menu: Menu
  /** Shows what still comes until all have ended. */
  drain(): Blocking<void>
}

/** Shows all output from the start on; ends when all containers did, at the first with `aborts`, or with ^C. */
export function* attachAll(
  context: ComposeContext,
  project: Project,
  all: readonly Member[],
  {
    aborts,
    start,
    watch,
  }: { aborts: boolean; start: () => Blocking<void>; watch: { readonly isOn: boolean; rebuild(service: Service): Blocking<void> } },
): Blocking<Attached> {
  const { process, engine, flags } = context
  const isColored = process.terminal !== undefined && !flags.is('no-color')
  const color = colorsInTurn()
  const prefix = prefixes(project, all, { hasPrefix: !flags.is('no-log-prefix'), isColored, color })
  const label = (member: Member) => (member.name.startsWith(`${project.name}-`) ? member.name.slice(project.name.length + 1) : member.name)
  yield* out(process, `Attaching to ${all.map(label).join(', ')}\n`)
  const menu = new Menu(process, !(flags.isSet('menu') && !flags.is('menu')), watch.isOn)
  let isInterrupted = false
  let firstCode: number | undefined
  const codes = new Map<string, number>()
  const replaced = new Set<string>()
  process.handlers.set('INT', () => {
    isInterrupted = true
  })
  const since = (process.now() / 1000).toFixed(9)
  yield* start()
  const sources: Source[] = []
  // The last was started first (see together.ts).
  for (const member of [...all].reverse()) {
    const source = yield* opened(context, member, {
      follow: true,
      timestamps: flags.is('timestamps'),
      since: member.state === 'created' ? undefined : since,
    })
    if (!Array.isArray(source)) sources.push(source)
  }
  const ended = function* ({ member }: Source): Blocking<void> {
    // A rebuild has put another in its place.
    if (replaced.has(member.id)) return
    const { State } = yield* engine.json<{ State: { ExitCode: number } }>('GET', `/containers/${member.id}/json`)
    codes.set(member.service, State.ExitCode)
    firstCode ??= State.ExitCode
    const words = `\r\x1b[K${label(member)} exited with code ${State.ExitCode}\n`
    yield* out(process, menu.around(isColored ? `\x1b[${color(member)}m${words}\x1b[0m` : words))
  }
  const rules = rulesOf(project.services)
  const rebuild = function* (service: Service): Blocking<void> {
    for (const { member } of sources) if (member.service === service.name) replaced.add(member.id)
    yield* watch.rebuild(service)
    for (const member of yield* members(context, project.name, [service.name])) {
      if (member.isOneOff) continue
      // What was built was as before: the containers are the old ones.
      if (sources.some((source) => source.member.id === member.id && !source.isOver)) replaced.delete(member.id)
      else {
        const source = yield* opened(context, member, { follow: true, timestamps: flags.is('timestamps') })
        if (!Array.isArray(source)) sources.push(source)
      }
    }
  }
  const output = shown(process, sources, prefix, {
    ended,
    menu,
    isWatchable: rules.length > 0,
    stays: () => menu.isWatching,
    stopsWhen: () =>
      isInterrupted ||
      (aborts && (flags.is('abort-on-container-failure') ? [...codes.values()].some((code) => code !== 0) : firstCode !== undefined)),
  })
  yield* rules.length === 0
    ? output
    : alongside(output, watching(context, project, rules, { rebuild, framed: (line) => menu.around(line), isOn: () => menu.isWatching }))
  process.handlers.delete('INT')
  yield* out(process, menu.stop())
  if (aborts && !isInterrupted) yield* err(process, '\x1b[31m\x1b[1mAborting on container exit...\x1b[0m\n')
  return { isInterrupted, firstCode, codes, menu, drain: () => shown(process, sources, prefix, { ended, menu }) }
}
