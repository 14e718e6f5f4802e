/** Help texts of the real tool. Wrapped at 80 columns there; wider or narrower terminals get their flags wrapped anew. */
import type { Blocking, Process } from '../../unix/kernel/process.ts'
import { DockerError } from './command.ts'
import { currentContext, hostOfContext } from './context.ts'
import { createEngine } from './engine.ts'
import { hasPlugin, type Plugin, plugins } from './plugins.ts'
import { unlistedHelp } from './unlisted.ts'

let texts: { readonly core: Readonly<Record<string, string>>; readonly plugins: Readonly<Record<string, string>> } | undefined

/** The texts are large and seldom read, so they are fetched when first wanted. */
function* loaded(): Blocking<NonNullable<typeof texts>> {
  if (texts) return texts
  const loading = Promise.all([import('./generated/help.json'), import('./generated/plugin-help.json')]).then(([{ default: core }, { default: plugins }]) => {
    texts = { core: { ...core, ...unlistedHelp }, plugins }
  })
  while (texts === undefined) yield { promise: loading }
  return texts
}

/** The binary's own list of commands with the plugins among them, starred. */
function withPlugins(text: string, installed: readonly Plugin[]): string {
  const [before, list, after] = text.split(/(?<=^Management Commands:\n)([\s\S]*?)(?=\n\n)/m)
  const lines = [...list.split('\n'), ...installed.map(({ Name, ShortDescription = '' }) => `  ${`${Name}*`.padEnd(12)}${ShortDescription}`)]
  // Through buildx there is one more way to build.
  const common = installed.some(({ Name }) => Name === 'buildx') ? before.replace(/^ {2}build .*\n/m, (line) => `${line}  bake        Build from a file\n`) : before
  return common + lines.sort((a, b) => (a.trim().replace('*', '') < b.trim().replace('*', '') ? -1 : 1)).join('\n') + after
}

function* textOf(process: Process, path: string): Blocking<string> {
  const { core, plugins: ofPlugins } = yield* loaded()
  if (path === '') return withPlugins(core[''], yield* plugins(process))
  const isBuildx = /^buildx\b/.test(path) || (path === 'build' && hasPlugin(process, 'buildx') && !/^[0fF]/.test(process.env.DOCKER_BUILDKIT ?? ''))
  return (isBuildx || /^compose\b/.test(path) ? ofPlugins[path] : core[path]) ?? ''
}

/** Commands that only a swarm's manager serves. */
const ofSwarm = /^(config|node|secret|service|stack|swarm (ca|join-token|leave|unlock|unlock-key|update)|volume update)$/
const experimental = /^checkpoint\b/

/** Once a daemon answers, what it cannot do is left out; without one everything is shown. */
export function* helpText(process: Process, path: string): Blocking<string> {
  const text = (yield* textOf(process, path)).replaceAll('$HOME', process.env.HOME ?? '/root')
  const cols = process.terminal?.cols ?? 80
  const daemon = yield* pinged(process)
  if (daemon && experimental.test(path) && daemon['docker-experimental'] !== 'true') return `docker ${path} is only supported on a Docker daemon with experimental features enabled\n`
  const isHidden = (name: string) => {
    const full = path === '' ? name : `${path} ${name}`
    return daemon !== undefined && ((daemon.swarm === 'inactive' && ofSwarm.test(full)) || (daemon['docker-experimental'] !== 'true' && experimental.test(full)))
  }
  const commands = text.replace(/^ {2}([\w-]+)\*? {2,}\S.*\n/gm, (line, name: string) => (isHidden(name) ? '' : line))
  const hidden = daemon && hiddenFlags(path, daemon)
  return cols === 80 && !hidden ? commands : rewrapped(commands, cols, hidden)
}

/** Flags that this daemon has no use for: a Windows daemon's, an experimental one's, a swarm manager's. */
function hiddenFlags(path: string, daemon: Readonly<Record<string, string>>): RegExp | undefined {
  if (/^(container )?(run|create)$/.test(path) && daemon.ostype === 'linux') return /^(cpu-count|cpu-percent|io-maxbandwidth|io-maxiops)$/
  if (/^(container )?start$/.test(path) && daemon['docker-experimental'] !== 'true') return /^checkpoint/
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

/** Flag descriptions are continued under their own column; joined and cut again for another width as pflag does. */
function rewrapped(text: string, cols: number, hidden: RegExp | undefined): string {
  const lines = text.split('\n')
  const rows: ({ left: string; words: string } | string)[] = []
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
      // What is indented further is a list of its own and keeps its lines.
      words += more.startsWith(' ') || words.includes('\n') ? `\n${more}` : ` ${more}`
    }
    if (!hidden?.test(found[2])) rows.push({ left: found[1], words })
  }
  const column = Math.max(0, ...rows.map((row) => (typeof row === 'string' ? 0 : row.left.length))) + 3
  const pad = `\n${' '.repeat(column)}`
  const whole = rows.map((row) => (typeof row === 'string' ? row : row.left.padEnd(column) + row.words.split('\n').flatMap((words) => wrapped(words, cols - column)).join(pad))).join('\n')
  return whole.replace(/\nOptions:\n(?=\n|$)/, '')
}

/** Lines leave five columns free, so that no single short word stands on the last one. */
function wrapped(words: string, columns: number): string[] {
  const width = columns - 5
  if (columns < 24) return [words]
  const lines: string[] = []
  let rest = words
  while (rest.length >= columns) {
    const cut = rest.lastIndexOf(' ', width - 1)
    if (cut <= 0) break
    lines.push(rest.slice(0, cut))
    rest = rest.slice(cut + 1)
  }
  return [...lines, rest]
}
