/**
 * docker: the program. Finds the command, reads its flags, counts its arguments and lets it run, with the complaints of the real tool
 * (its "SRun" included). Unknown flags end with 125 whatever the command.
 */
import { err, type Program, type Blocking, out, type Process } from '../../unix/kernel/process.ts'
import { type Flag, FlagError, Flags, type FlagType, HelpWanted, parseFlags } from '../flags.ts'
import { type Command, withoutEffect } from './command.ts'
import { DockerError } from './docker-error.ts'
import { currentContext, hostOfContext } from './context.ts'
import { createEngine } from './engine.ts'
import interfaces from './generated/commands.json'
import pluginInterfaces from './generated/plugin-commands.json'
import { answerCompletion } from '../shell-completion.ts'
import { buildxBuild } from './buildx-build.ts'
import { commands } from './commands.ts'
import { completeDocker } from './completion.ts'
import { helpText, knownTopic } from './help.ts'
import { hasPlugin, ownMetadata, runPlugin } from './plugins.ts'
import { parseReference } from './reference.ts'
import { unlistedInterfaces } from './unlisted.ts'
import { UnixError } from '../../unix/errors.ts'
import { sayUnused } from '../unused-flags.ts'

interface Interface {
  readonly usage: string
  readonly aliases?: readonly string[]
  readonly flags: readonly { readonly name: string; readonly letter?: string; readonly type?: string; readonly value?: string }[]
  readonly children?: readonly string[]
  readonly args?: { readonly min?: number; readonly max?: number; readonly range?: boolean; readonly cobra?: boolean }
}

const known: Readonly<Record<string, Interface>> = {
  ...(interfaces as Readonly<Record<string, Interface>>),
  ...pluginInterfaces,
  ...unlistedInterfaces,
  build: interfaces.build as Interface,
}
const throughBuildx: Interface = pluginInterfaces['buildx build']
/** Every spelling of a command → the one its interface stands under. */
const spellings = new Map<string, string>()
for (const [path, { aliases = [] }] of Object.entries(known)) {
  spellings.set(path, path)
  for (const alias of aliases) if (!spellings.has(alias.replace('docker ', ''))) spellings.set(alias.replace('docker ', ''), path)
}

/** Everything behind their first argument belongs to the program they start. */
const stopsAtArgument = /^(run|create|exec|top|container (run|create|exec|top)|service create)$/

export const docker: Program = (process) => refusing(process, run(process, process.argv.slice(1)))

function* run(process: Process, words: readonly string[]): Blocking<number> {
  const root = known['']
  const globals = yield* flagsOrUsage(process, '', root, words, true)
  if (globals === 'help') return 0
  const { host, rest } = yield* globalSettings(process, globals)
  if (globals.is('version')) {
    yield* out(process, 'Docker version 28.2.2, build e6534b4\n')
    return 0
  }
  if (rest.length === 0) {
    yield* err(process, yield* helpText(process, ''))
    return 0
  }
  if (rest[0] === 'help') {
    const topic = knownTopic(rest.slice(1), (words) => spellings.get(words))
    if (topic === undefined) throw new DockerError(`unknown help topic: ${rest.slice(1).join(' ')}`)
    yield* out(process, yield* helpText(process, topic))
    return 0
  }
  if (rest[0] === '__complete' || rest[0] === '__completeNoDesc') {
    yield* answerCompletion(process, 'docker', completeDocker, rest.slice(1))
    return 0
  }
  if (rest[0] === 'bake' && hasPlugin(process, 'buildx')) return yield* run(process, ['--host', host, 'buildx', ...rest])
  if (rest[0] === 'compose' && hasPlugin(process, 'compose')) return yield* composed(process, rest.slice(1), host)
  if (!spellings.has(rest[0]) || isPlugin(rest[0])) {
    if (rest[0] !== 'buildx' || !hasPlugin(process, 'buildx')) {
      const code = yield* runPlugin(process, rest)
      if (code !== undefined) return code
      throw unknownCommand(rest[0])
    }
  }
  const forwarded = yield* forwardedToBuildx(process, rest)
  const { path, shown, args } = yield* commandOf(process, forwarded ?? rest)
  if (path === undefined) return 1
  if (path === 'buildx build') return yield* build(process, rest[0] === 'build' ? 'build' : path, args, host)
  const command = known[path]
  if (command.children) {
    const isWanted = args.includes('--help') || args.includes('-h')
    if (args.includes('-h')) yield* out(process, shortHelp)
    const help = yield* helpText(process, path)
    // `docker manifest` alone is run, not asked for help, and begins with an empty line.
    yield* (isWanted || path === 'completion' ? out : err)(process, path === 'manifest' && !isWanted ? `\n${help}` : help)
    return 0
  }
  const flags = yield* flagsOrUsage(process, shown, command, args, stopsAtArgument.test(path))
  if (flags === 'help') return 0
  const complaint = argumentComplaint(shown, command, flags.args.length)
  if (complaint) throw new DockerError(path.startsWith('buildx ') ? `ERROR: ${complaint}` : complaint)
  const act = ofSwarm.test(path) ? (yield* swarmCommands())[path] : implementation(path, command)
  if (!act) throw new DockerError(`docker ${shown} is not simulated in this sandbox.`)
  const code = yield* act({ process, path: shown, flags, args: flags.args, engine: createEngine(process, host) })
  yield* sayUnused(process, flags, withoutEffect)
  return code
}

/** Compose is large and not always wanted, so it is fetched when first used. */
let loadedCompose: typeof import('./compose/compose.ts').compose | undefined

function* composed(process: Process, words: readonly string[], host: string): Blocking<number> {
  const loading = import('./compose/compose.ts').then(({ compose }) => {
    loadedCompose = compose
  })
  while (loadedCompose === undefined) yield { promise: loading }
  return yield* loadedCompose(process, words, {
    host,
    flagsOf: (path) => (known[path]?.flags ?? []).map(flagOf),
    docker: (line) => run(process, line),
  })
}

const ofSwarm = /^(swarm|node|service|stack|secret|config) /
let loadedSwarm: typeof import('./swarm/commands.ts').swarmCommands | undefined

/** So are the commands of swarm mode. */
function* swarmCommands(): Blocking<Readonly<Record<string, Command>>> {
  const loading = loadedSwarm
    ? undefined
    : import('./swarm/commands.ts').then((module) => {
        loadedSwarm = module.swarmCommands
      })
  while (loadedSwarm === undefined) yield { promise: loading }
  return loadedSwarm
}

/** The plugin's file, and `docker-compose` as it was called when it stood alone. As a plugin it hears its own name first. */
export const dockerCompose: Program = function* (process) {
  const [, first, ...more] = process.argv
  if (first === 'docker-cli-plugin-metadata') {
    yield* out(process, ownMetadata('docker-compose'))
    return 0
  }
  return yield* refusing(
    process,
    composed(process, first === 'compose' ? more : process.argv.slice(1), hostOfContext(process, currentContext(process))),
  )
}

/** The plugin's file, which can be run by itself too. */
export const dockerBuildx: Program = function* (process) {
  const [, first, ...more] = process.argv
  if (first === 'docker-cli-plugin-metadata') {
    yield* out(process, ownMetadata('plugin:docker-buildx'))
    return 0
  }
  return yield* refusing(process, run(process, ['buildx', ...(first === 'buildx' ? more : process.argv.slice(1))]))
}

function* refusing(process: Process, work: Blocking<number>): Blocking<number> {
  try {
    return yield* work
  } catch (error) {
    if (error instanceof UnixError && error.path !== undefined) {
      // A file of the caller's, in the words of Go's os package.
      yield* err(process, `open ${error.path.replace(/\/\.(?=\/)/g, '')}: ${error.words.toLowerCase()}\n`)
      return 1
    }
    if (!(error instanceof DockerError)) throw error
    if (error.message !== '') yield* err(process, `${error.message}\n`)
    return error.code
  }
}

const isPlugin = (word: string) => word === 'buildx' || word === 'compose'

const unknownCommand = (word: string) =>
  new DockerError(`docker: unknown command: docker ${word}\n\nRun 'docker --help' for more information`)

const legacyNote = 'DEPRECATED: The legacy builder is deprecated and will be removed in a future release.\n'
const installBuildx = 'Install the buildx component to build images with BuildKit:\n'
const buildxHome = 'https://docs.docker.com/go/buildx/\n'

/**
 * The words for buildx when a command is the builder's (`build`, `image build`, `builder …`). Undefined when it is not, or when the legacy
 * builder takes it, which is said first: without the plugin, or with DOCKER_BUILDKIT=0.
 */
function* forwardedToBuildx(process: Process, words: readonly string[]): Blocking<readonly string[] | undefined> {
  const inner =
    words[0] === 'builder'
      ? words.slice(1)
      : words[0] === 'build'
        ? words
        : words[0] === 'image' && words[1] === 'build'
          ? words.slice(1)
          : undefined
  if (!inner) return undefined
  const setting = process.env.DOCKER_BUILDKIT ?? ''
  if (!/^(|1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)$/.test(setting))
    throw new DockerError(
      `DOCKER_BUILDKIT environment variable expects boolean value: strconv.ParseBool: parsing ${JSON.stringify(setting)}: invalid syntax`,
    )
  if (/^[0fF]/.test(setting)) {
    yield* err(
      process,
      `${legacyNote}            BuildKit is currently disabled; enable it by removing the DOCKER_BUILDKIT=0\n            environment-variable.\n\n`,
    )
    return undefined
  }
  if (hasPlugin(process, 'buildx')) return ['buildx', ...inner]
  if (setting !== '')
    throw new DockerError(
      `ERROR: BuildKit is enabled but the buildx component is missing or broken.\n       ${installBuildx}       ${buildxHome}`.trimEnd(),
    )
  yield* err(process, `${legacyNote}            ${installBuildx}            ${buildxHome}\n`)
  return undefined
}

/** Its refusals begin with `ERROR: ` as a plugin's do. */
function* build(process: Process, path: string, words: readonly string[], host: string): Blocking<number> {
  const flags = yield* flagsOrUsage(process, path, throughBuildx, words, false)
  if (flags === 'help') return 0
  const complaint = argumentComplaint('buildx build', throughBuildx, flags.args.length)
  if (complaint) throw new DockerError(`ERROR: ${complaint}`)
  return yield* buildxBuild({ process, path: 'buildx build', flags, args: flags.args, engine: createEngine(process, host) })
}

function implementation(path: string, { aliases = [] }: Interface): Command | undefined {
  return commands[path] ?? aliases.map((alias) => commands[alias.replace('docker ', '')]).find(Boolean)
}

/** Walks down the tree of commands as far as words name children. */
function* commandOf(
  process: Process,
  words: readonly string[],
): Blocking<{ path: string | undefined; shown: string; args: readonly string[] }> {
  let at = 0
  let typed = ''
  while (at < words.length) {
    const candidate = typed === '' ? words[at] : `${typed} ${words[at]}`
    const path = spellings.get(candidate)
    if (path === undefined) break
    typed = candidate
    at++
    if (!known[path].children) return { path, shown: typed, args: words.slice(at) }
  }
  const word = words[at]
  if (typed === 'completion') return { path: typed, shown: typed, args: [] }
  if (at === 0) throw unknownCommand(word)
  const path = spellings.get(typed)
  if (path === undefined || word === undefined || word.startsWith('-')) {
    if (word !== undefined && word !== '--help' && word !== '-h')
      throw new DockerError(
        `unknown ${word.startsWith('--') ? `flag: ${word}` : `shorthand flag: '${word[1]}' in ${word}`}\n\nUsage:  ${known[typed].usage}\n\nRun 'docker ${typed} --help' for more information`,
        125,
      )
    return { path, shown: typed, args: words.slice(at) }
  }
  const usage = typed === 'volume' ? known[typed].usage : `docker ${typed}`
  throw new DockerError(
    `docker: unknown command: docker ${typed} ${word}\n\nUsage:  ${usage}\n\nRun 'docker ${typed} --help' for more information`,
  )
}

function* flagsOrUsage(
  process: Process,
  path: string,
  command: Interface,
  words: readonly string[],
  stops: boolean,
): Blocking<Flags | 'help'> {
  const flags = [
    ...command.flags.filter(({ name }) => name !== 'help').map(flagOf),
    ...(hiddenFlags[path.replace(/^container /, '')] ?? []),
  ]
  try {
    const parsed = parseFlags(words, flags, { stopsAtArgument: stops })
    for (const words of parsed.deprecations) yield* out(process, `${words}\n`)
    refuseBadFilters(command, parsed)
    if (command === known.build) refuseBadTags(parsed)
    return parsed
  } catch (error) {
    if (error instanceof HelpWanted) {
      if (error.message === '-h') yield* (path === '' ? err : out)(process, shortHelp)
      yield* out(process, yield* helpText(process, path))
      return 'help'
    }
    if (!(error instanceof FlagError)) throw error
    throw new DockerError(
      `${error.message}\n\nUsage:  ${command.usage}${path === '' ? ' [ARG...]' : ''}\n\nRun '${command === throughBuildx ? 'docker buildx build' : `docker${path === '' ? '' : ` ${path}`}`} --help' for more information`,
      125,
    )
  }
}

const shortHelp = 'Flag shorthand -h has been deprecated, use --help\n'

/** From when networks were new, and what most tutorials still type. */
const runFlags: readonly Flag[] = [
  { name: 'net', type: 'array' },
  { name: 'net-alias', type: 'array' },
  { name: 'dns-opt', type: 'array' },
]

/** Flags that work and stand in no help. */
const hiddenFlags: Readonly<Record<string, readonly Flag[]>> = {
  stop: [{ name: 'time', type: 'int', deprecated: 'use --timeout instead' }],
  restart: [{ name: 'time', type: 'int', deprecated: 'use --timeout instead' }],
  run: runFlags,
  create: runFlags,
  'volume create': [{ name: 'name', type: 'string' }],
}

/** The legacy builder's `-t` is read as a reference at once. */
function refuseBadTags(flags: Flags): void {
  for (const tag of flags.list('tag')) {
    try {
      parseReference(tag)
    } catch (error) {
      if (!(error instanceof DockerError)) throw error
      throw new FlagError(`invalid argument ${JSON.stringify(tag)} for "-t, --tag" flag: ${error.message}`)
    }
  }
}

function refuseBadFilters(command: Interface, flags: Flags): void {
  for (const { name, letter, type } of command.flags) {
    if (type !== 'filter') continue
    const bad = flags.list(name).find((value) => !value.includes('='))
    if (bad !== undefined)
      throw new FlagError(
        `invalid argument "${bad}" for "${letter ? `-${letter}, ` : ''}--${name}" flag: bad format of filter (expected name=value)`,
      )
  }
}

const types: Readonly<Record<string, FlagType>> = {
  bool: 'bool',
  int: 'int',
  uint: 'int',
  uint16: 'int',
  uint32: 'int',
  float: 'float',
  duration: 'duration',
  list: 'array',
  filter: 'array',
  strings: 'strings',
  map: 'array',
  mount: 'array',
  port: 'array',
  network: 'array',
  ulimit: 'array',
  secret: 'array',
  config: 'array',
  'gpu-request': 'array',
  'external-ca': 'array',
  ipNetSlice: 'strings',
  stringToString: 'array',
  pref: 'array',
}

function flagOf({ name, letter, type = 'bool', value }: Interface['flags'][number]): Flag {
  // Defaults like `map[]` and `[]` are how pflag shows an empty list; some booleans explain theirs in words.
  const isPlain = value !== undefined && !/^(map)?\[\]$/.test(value) && (type !== 'bool' || value === 'true')
  return { name, shorthand: letter, type: types[type] ?? 'string', value: isPlain ? value : undefined }
}

function argumentComplaint(path: string, { args, usage }: Interface, count: number): string | undefined {
  const { min, max, range, cobra } = args ?? {}
  if ((min === undefined || count >= min) && (max === undefined || count <= max)) return undefined
  if (cobra) return `accepts ${max} arg(s), received ${count}`
  const plural = (number: number) => `argument${number === 1 ? '' : 's'}`
  const complain = (wants: string, advice: string) =>
    `docker: 'docker ${path}' ${wants}\n\nUsage:  ${usage}\n\n${advice} 'docker ${path} --help' for more information`
  if (max === 0) return complain('accepts no arguments', 'Run')
  if (range) return complain(`requires at least ${min} and at most ${max} ${plural(max ?? 0)}`, 'Run')
  if (min === max) return complain(`requires ${min} ${plural(min ?? 0)}`, 'Run')
  // The real tool's message for "at most" begins with a stray S.
  if (max !== undefined && count > max) return complain(`requires at most ${max} ${plural(max)}`, 'SRun')
  return complain(`requires at least ${min} ${plural(min ?? 0)}`, 'See')
}

function* globalSettings(process: Process, flags: Flags): Blocking<{ host: string; rest: readonly string[] }> {
  const level = flags.text('log-level')
  if (!['debug', 'info', 'warn', 'error', 'fatal', 'panic', 'trace'].includes(level))
    throw new DockerError(`Unable to parse logging level: ${level}`)
  const host = flags.list('host').at(-1) ?? hostOfContext(process, flags.text('context') || currentContext(process))
  // Asking for TLS is refused where its files are missing; nobody here speaks it where they are there.
  if (flags.is('tls') || flags.is('tlsverify') || (process.env.DOCKER_TLS_VERIFY ?? '') !== '') {
    const folder = process.env.DOCKER_CERT_PATH || `${process.env.HOME ?? '/root'}/.docker`
    const missing = [
      flags.isSet('tlscacert') ? flags.text('tlscacert') : `${folder}/ca.pem`,
      flags.isSet('tlscert') ? flags.text('tlscert') : `${folder}/cert.pem`,
      flags.isSet('tlskey') ? flags.text('tlskey') : `${folder}/key.pem`,
    ].find((path) => !process.files.exists(process.path(path)))
    // Only where a daemon's TLS ends by custom, as minikube's machines have it: there the certificate is taken as shown.
    if (missing === undefined && fullHost(host).endsWith(':2376')) return { host: fullHost(host), rest: flags.args }
    throw new DockerError(
      missing === undefined
        ? 'docker: TLS between client and daemon is not simulated in this sandbox'
        : `Failed to initialize: unable to resolve docker endpoint: open ${missing}: no such file or directory`,
    )
  }
  return { host: fullHost(host), rest: flags.args }
}

/** With the port that tcp has unless it is named. */
function fullHost(host: string): string {
  if (!/^(unix|tcp|http|https|ssh|fd|npipe):\/\//.test(host)) {
    if (host.includes('://'))
      throw new DockerError(`Failed to initialize: unable to resolve docker endpoint: invalid bind address format: ${host}`)
    return fullHost(`tcp://${host}`)
  }
  if (host.startsWith('ssh://'))
    throw new DockerError('docker: a daemon behind ssh:// is not simulated in this sandbox: use tcp://, or `ssh HOST docker …`')
  const [, name, port = '2375', rest = ''] = /^tcp:\/\/([^:/]*)(?::(\d+))?(\/.*)?$/.exec(host) ?? []
  return name === undefined ? host : `tcp://${name || '127.0.0.1'}:${port}${rest}`
}
