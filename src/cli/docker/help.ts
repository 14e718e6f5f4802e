/** Help texts of the real tool, their flags wrapped for the terminal as pflag does it. */
import type { Blocking, Process } from '../../unix/kernel/process.ts'
import { DockerError } from './docker-error.ts'
import { currentContext, hostOfContext } from './context.ts'
import { createEngine } from './engine.ts'
import { hasPlugin, type Plugin, plugins } from './plugins.ts'
import { unlistedHelp } from './unlisted.ts'

let texts: { readonly core: Readonly<Record<string, string>>; readonly plugins: Readonly<Record<string, string>> } | undefined

/** The texts are large and seldom read, so they are fetched when first wanted. */
function* loaded(): Blocking<NonNullable<typeof texts>> {
  if (texts) return texts
  const loading = Promise.all([import('./generated/help.json'), import('./generated/plugin-help.json')]).then(
    ([{ default: core }, { default: plugins }]) => {
      texts = { core: { ...core, ...unlistedHelp }, plugins }
    },
  )
  while (texts === undefined) yield { promise: loading }
  return texts
}

/** The binary's own list of commands with the plugins among them, starred. */
function withPlugins(text: string, installed: readonly Plugin[]): string {
  const [before, list, after] = text.split(/(?<=^Management Commands:\n)([\s\S]*?)(?=\n\n)/m)
  const lines = [
    ...list.split('\n'),
    ...installed.map(({ Name, ShortDescription = '' }) => `  ${`${Name}*`.padEnd(12)}${ShortDescription}`),
  ]
  // Through buildx there is one more way to build.
  const common = installed.some(({ Name }) => Name === 'buildx')
    ? before.replace(/^ {2}build .*\n/m, (line) => `${line}  bake        Build from a file\n`)
    : before
  return common + lines.sort((a, b) => (a.trim().replace('*', '') < b.trim().replace('*', '') ? -1 : 1)).join('\n') + after
}

function* textOf(process: Process, path: string): Blocking<{ readonly raw: string; readonly isOfPlugin: boolean }> {
  const { core, plugins: ofPlugins } = yield* loaded()
  if (path === '') return { raw: withPlugins(core[''], yield* plugins(process)), isOfPlugin: false }
  const isBuildx =
    /^buildx\b/.test(path) || (path === 'build' && hasPlugin(process, 'buildx') && !/^[0fF]/.test(process.env.DOCKER_BUILDKIT ?? ''))
  const isOfPlugin = isBuildx || /^compose\b/.test(path)
  return { raw: (isOfPlugin ? ofPlugins[path] : core[path]) ?? '', isOfPlugin }
}

/** Commands that only a swarm's manager serves. */
const ofSwarm = /^(config|node|secret|service|stack|swarm (ca|join-token|leave|unlock|unlock-key|update)|volume update)$/
const experimental = /^checkpoint\b/

/** Once a daemon answers, what it cannot do is left out; without one everything is shown. */
export function* helpText(process: Process, path: string): Blocking<string> {
  const { raw, isOfPlugin } = yield* textOf(process, path)
  const text = raw.replaceAll('$HOME', process.env.HOME ?? '/root')
  const cols = process.terminal?.cols ?? 80
  const daemon = yield* pinged(process)
  if (daemon && experimental.test(path) && daemon['docker-experimental'] !== 'true')
    return `docker ${path} is only supported on a Docker daemon with experimental features enabled\n`
  const isHidden = (name: string) => {
    const full = path === '' ? name : `${path} ${name}`
    return (
      daemon !== undefined &&
      ((daemon.swarm === 'inactive' && ofSwarm.test(full)) || (daemon['docker-experimental'] !== 'true' && experimental.test(full)))
    )
  }
  const commands = text.replace(/^ {2}([\w-]+)\*? {2,}\S.*\n/gm, (line, name: string) => (isHidden(name) ? '' : line))
  const hidden = daemon && hiddenFlags(path, daemon)
  if (!isOfPlugin) return laidOut(commands, cols, hidden, false)
  return cols === 80 ? commands : laidOut(commands, cols, hidden, true)
}

/** Flags that this daemon has no use for: a Windows daemon's, an experimental one's, a swarm manager's. */
function hiddenFlags(path: string, daemon: Readonly<Record<string, string>>): RegExp | undefined {
  if (/^(container )?(run|create)$/.test(path) && daemon.ostype === 'linux') return /^(cpu-count|cpu-percent|io-maxbandwidth|io-maxiops)$/
  if (/^(container )?start$/.test(path) && daemon['docker-experimental'] !== 'true') return /^checkpoint/
  if (/^((image|builder) )?build$/.test(path) && daemon['docker-experimental'] !== 'true') return /^squash$/
  if (path === 'volume update' && daemon.swarm === 'inactive') return /^availability$/
  return undefined
}

/** The command that `docker help WORDS` is about; cobra knows no topic that is not a command. */
export function knownTopic(words: readonly string[], pathOf: (words: string) => string | undefined): string | undefined {
  if (words.length === 0) return ''
  const at = words.findIndex((word) => word.startsWith('-'))
  return pathOf((at < 0 ? words : words.slice(0, at)).join(' '))
}

function* pinged(process: Process): Blocking<Readonly<Record<string, string>> | undefined> {
  try {
    return yield* createEngine(process, hostOfContext(process, currentContext(process))).ping()
  } catch (error) {
    if (!(error instanceof DockerError)) throw error
    return undefined
  }
}

interface FlagRow {
  readonly left: string
  readonly words: string
}

/**
 * Lays the flags out for a width. Texts of the core were taken from an endless line, so their line breaks are meant; those of plugins were
 * taken at 80 columns, and lines that are not indented further are joined again.
 */
function laidOut(text: string, cols: number, hidden: RegExp | undefined, isJoined: boolean): string {
  const lines = text.split('\n')
  const rows: (FlagRow | string)[] = []
  for (let at = 0; at < lines.length; at++) {
    const found = /^( {2,6}(?:-\w, )?--([\w-]+)(?: [\w.-]+)?)( {2,})(\S.*)$/.exec(lines[at])
    if (!found) {
      rows.push(lines[at])
      continue
    }
    const column = found[1].length + found[3].length
    let words = found[4]
    while (lines[at + 1]?.startsWith(' '.repeat(column)) && lines[at + 1].length > column) {
      const more = lines[++at].slice(column)
      words += isJoined && !more.startsWith(' ') && !words.includes('\n') ? ` ${more}` : `\n${more}`
    }
    if (!hidden?.test(found[2])) rows.push({ left: found[1], words })
  }
  const column = Math.max(0, ...rows.map((row) => (typeof row === 'string' ? 0 : row.left.length))) + 3
  const whole = rows
    .map((row) => (typeof row === 'string' ? row : row.left.padEnd(column) + wrapped(row.words, column, cols - 1)))
    .join('\n')
  return whole.replace(/\nOptions:\n(?=\n|$)/, '')
}

/** pflag's wrapping: lines leave five columns free, so that no single short word stands on the last one. */
function wrapped(words: string, indent: number, width: number): string {
  const [margin, before] = width - indent < 24 ? [16, `\n${' '.repeat(16)}`] : [indent, '']
  if (width - margin < 24) return words.replaceAll('\n', before)
  const pad = `\n${' '.repeat(margin)}`
  const lines: string[] = []
  for (let rest = words; rest !== ''; ) {
    const [line, more] = cut(rest, width - margin - slop)
    lines.push(line.replaceAll('\n', pad))
    rest = more
  }
  return before + lines.join(pad)
}

const slop = 5

function cut(text: string, width: number): readonly [string, string] {
  if (width + slop > text.length) return [text, '']
  const head = text.slice(0, width)
  const blank = Math.max(head.lastIndexOf(' '), head.lastIndexOf('\t'), head.lastIndexOf('\n'))
  if (blank <= 0) return [text, '']
  const breaking = head.lastIndexOf('\n')
  const at = breaking > 0 && breaking < blank ? breaking : blank
  return [text.slice(0, at), text.slice(at + 1)]
}
