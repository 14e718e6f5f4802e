/**
 * Tab completion of docker: commands and flags from their interface, and live names (containers, images, networks, volumes, contexts) where a
 * command wants one. Without a daemon only the fixed words are offered.
 */
import type { Complete } from '../../unix/shell/completion.ts'
import type { Blocking, Process } from '../../unix/kernel/process.ts'
import { DockerError } from './docker-error.ts'
import { currentContext, hostOfContext } from './context.ts'
import { createEngine, type Engine } from './engine.ts'
import interfaces from './generated/commands.json'
import plugins from './generated/plugin-commands.json'
import type { ContainerSummary } from './ps.ts'

interface Interface {
  readonly aliases?: readonly string[]
  readonly flags: readonly { readonly name: string; readonly letter?: string; readonly type?: string }[]
  readonly children?: readonly string[]
}

const known: Readonly<Record<string, Interface>> = { ...(interfaces as Readonly<Record<string, Interface>>), ...plugins }

type Names = (engine: Engine, process: Process) => Blocking<readonly string[]>

const containersIn = (isWanted: (state: string) => boolean): Names =>
  function* (engine) {
    const all = yield* engine.json<readonly ContainerSummary[]>('GET', '/containers/json?all=1')
    return all.filter(({ State }) => isWanted(State)).flatMap(({ Names }) => Names.map((name) => name.replace(/^\//, '')))
  }
const anyContainer = containersIn(() => true)
const runningContainer = containersIn((state) => state === 'running' || state === 'paused')
const imageNames: Names = function* (engine) {
  const all = yield* engine.json<readonly { RepoTags?: readonly string[] | null }[]>('GET', '/images/json')
  return all
    .flatMap(({ RepoTags }) => RepoTags ?? [])
    .flatMap((tag) => (tag.endsWith(':latest') ? [tag, tag.slice(0, -':latest'.length)] : [tag]))
}
const networkNames: Names = function* (engine) {
  return (yield* engine.json<readonly { Name: string }[]>('GET', '/networks')).map(({ Name }) => Name)
}
const volumeNames: Names = function* (engine) {
  return ((yield* engine.json<{ Volumes?: readonly { Name: string }[] | null }>('GET', '/volumes')).Volumes ?? []).map(({ Name }) => Name)
}
const serviceNames: Names = function* (engine) {
  const all = yield* engine.json<readonly ContainerSummary[]>('GET', '/containers/json?all=1')
  return all.flatMap(({ Labels = {} }) => Labels['com.docker.compose.service'] ?? [])
}

/** What the arguments of a command are, by one of its spellings without the group's name. */
const argumentsOf: readonly (readonly [RegExp, Names])[] = [
  [
    /^(image )?(run|create|history|push|save|tag|rmi|images|ls)$|^image (rm|inspect|history|push|save|tag)$|^container (run|create)$/,
    imageNames,
  ],
  [/^(container )?(exec|attach|kill|pause|port|stats|stop|top|unpause)$/, runningContainer],
  [/^(container )?start$/, containersIn((state) => state !== 'running')],
  [/^(container )?(commit|cp|diff|export|logs|rename|restart|rm|update|wait)$|^container inspect$/, anyContainer],
  [/^network (rm|inspect|connect|disconnect)$/, networkNames],
  [/^volume (rm|inspect)$/, volumeNames],
  [/^compose (build|exec|kill|logs|port|ps|pull|push|restart|rm|run|start|stop|top|up)$/, serviceNames],
  [
    /^inspect$/,
    function* (engine, process) {
      return [
        ...(yield* anyContainer(engine, process)),
        ...(yield* imageNames(engine, process)),
        ...(yield* networkNames(engine, process)),
        ...(yield* volumeNames(engine, process)),
      ]
    },
  ],
]

/** Values of flags that name something. */
const flagValues: Readonly<Record<string, Names>> = {
  network: networkNames,
  volume: volumeNames,
  'volumes-from': anyContainer,
  link: anyContainer,
}
const fixedValues: Readonly<Record<string, readonly string[]>> = {
  restart: ['no', 'always', 'on-failure', 'unless-stopped'],
  pull: ['always', 'missing', 'never'],
  'log-level': ['debug', 'info', 'warn', 'error', 'fatal'],
  progress: ['auto', 'plain', 'tty', 'quiet'],
  signal: ['SIGHUP', 'SIGINT', 'SIGKILL', 'SIGTERM', 'SIGUSR1', 'SIGUSR2'],
  platform: ['linux/amd64', 'linux/arm64'],
}

export const completeDocker: Complete = function* (words, index, process) {
  const { path, at } = pathOf(words.slice(1, index))
  const command = known[path]
  const current = words[index] ?? ''
  const previous = words[index - 1] ?? ''
  const flag = flagOf(command, previous)
  const engine = createEngine(process, hostOfContext(process, currentContext(process)))
  if (flag && flag.type !== undefined && flag.type !== 'bool')
    return fixedValues[flag.name] ?? (flagValues[flag.name] ? yield* live(flagValues[flag.name], engine, process) : [])
  if (current.startsWith('-')) return [...command.flags.map(({ name }) => `--${name}`), '--help']
  if (command.children) return path === '' ? [...new Set([...command.children, 'buildx', 'compose'])] : command.children
  const given = words.slice(1 + at, index).filter((word) => !word.startsWith('-'))
  // Behind the image of `run` and the container of `exec` stands the learner's own command.
  if (given.length > 0 && /^(container )?(run|create|exec|top)$/.test(path)) return []
  const names = argumentsOf.find(([pattern]) => pattern.test(path))?.[1]
  if (!names) return []
  return (yield* live(names, engine, process)).filter((name) => !given.includes(name))
}

/** The command that the words before the cursor name, and how many of them did. */
function pathOf(words: readonly string[]): { path: string; at: number } {
  let path = ''
  let at = 0
  for (const [index, word] of words.entries()) {
    if (word.startsWith('-')) continue
    const next = path === '' ? word : `${path} ${word}`
    if (!(next in known)) break
    path = next
    at = index + 1
    if (!known[next].children) break
  }
  return { path, at }
}

function flagOf({ flags }: Interface, word: string): Interface['flags'][number] | undefined {
  if (word.startsWith('--')) return flags.find(({ name }) => `--${name}` === word)
  return /^-\w+$/.test(word) ? flags.find(({ letter }) => letter === word.at(-1)) : undefined
}

function* live(names: Names, engine: Engine, process: Process): Blocking<readonly string[]> {
  try {
    return yield* names(engine, process)
  } catch (error) {
    if (!(error instanceof DockerError)) throw error
    return []
  }
}
