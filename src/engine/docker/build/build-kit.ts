/**
 * BuildKit's face of the builder, behind our own door (build.ts tells its lines): a graph of vertices, of which only those the wanted
 * stage stands on are built, each step's result kept under a key of its input. Whether a base counts as cached shows only when the
 * first step on it is looked up, so what is said in between is held back.
 */
import { base64Of, bytesOf, bytesOfBase64, textOf } from '../../../base/bytes.ts'
import { ignoring } from '../../../base/dockerignore.ts'
import { sha256Hex } from '../../../base/sha256.ts'
import { tarOf } from '../../../base/tar.ts'
import type { Layer } from '../../images/image.ts'
import type { HistoryEntry } from '../../images/image-config.ts'
import { layerOf } from '../../images/image.ts'
import type { Work } from '../../runtime/task.ts'
import { cacheId, cached, keyOf, noteBuild, remember, rememberLocal } from './build-cache.ts'
import { contextFromTar, filesOfImage, planCopy, treeOf } from './build-context.ts'
import { checkDirective, lint } from './build-lint.ts'
import { type FetchedFile, fetchedFile } from './build-fetch.ts'
import { argsShown, buildKitWords, declaredNames, neededStages, platformArgs, shownStep, sourcesOf } from './build-kit-words.ts'
import { runHidden } from './build-run.ts'
import {
  argEnvironment,
  copySources,
  type Current,
  declare,
  fromImage,
  globalArgs,
  imageFrom,
  newFolder,
  type Options,
  optionsOf,
  predefinedArgs,
  runArgv,
  scratch,
  stageIndex,
  variableOf,
} from './build-stage.ts'
import { createTeller, type Say, SolveFailure, type Teller } from './build-teller.ts'
import { configChange } from '../containers/changes.ts'
import type { Daemon } from '../daemon.ts'
import { DockerError } from '../docker-error.ts'
import { type Dockerfile, expanded, type Instruction, parseDockerfile, parseInstruction, type Stage } from './dockerfile.ts'
import { pulled, sizeText } from '../images/pull.ts'
import { parseReference, repositoryOf } from '../images/reference.ts'
import { remoteImage } from '../images/remote.ts'

/** What the client's session offers beside the context. */
export interface BuildSession {
  /** How history calls this build: the context's folder. */
  readonly name: string
  /** Id → content, base64. */
  readonly secrets: Readonly<Record<string, string>>
  /** `--build-context`: `docker-image://…`, or a tar as base64. */
  readonly contexts: Readonly<Record<string, { readonly image: string } | { readonly tar: string }>>
  /** Where the result goes: into the daemon's images, or back to the client. */
  readonly output: 'image' | 'local' | 'tar' | 'cacheonly'
}

export function* buildKit(daemon: Daemon, query: URLSearchParams, body: Uint8Array, session: BuildSession, tell: Say): Work<void> {
  const teller = createTeller(daemon, tell)
  const { say, open } = teller
  const created = daemon.nano()
  const ref = cacheId(daemon)
  let isRecorded = false
  const record = (status: 'Completed' | 'Error', text: string, error?: string) => {
    isRecorded = true
    noteBuild(daemon, {
      ref,
      name: `${session.name}${query.get('target') ? ` (${query.get('target')})` : ''}`.trim(),
      status,
      created,
      completed: daemon.nano(),
      totalSteps: teller.counts.total,
      cachedSteps: teller.counts.cached,
      completedSteps: teller.counts.completed,
      dockerfile: text,
      target: query.get('target') ?? '',
      platform: query.get('platform') || 'linux/amd64',
      error,
      log: [...teller.log],
    })
  }
  const fileName = query.get('dockerfile') || 'Dockerfile'
  const context = contextFromTar(body, fileName)
  const shownName = session.name === '' && fileName === 'Dockerfile' ? 'Dockerfile' : fileName.replace(/^.*\//, '')
  const definition = open(`[internal] load build definition from ${shownName}`)
  const file = context.text(fileName)
  say({
    vertex: definition,
    status: `transferring dockerfile: ${file === undefined ? '2B' : sizeText(bytesOf(file).length + fileName.length + 27)} done`,
  })
  let warnings: readonly { rule: string; text: string; line: number; lastLine: number }[] = []
  try {
    if (file === undefined) {
      say({ vertex: definition, done: true })
      throw new SolveFailure(`failed to read dockerfile: open ${shownName}: no such file or directory`)
    }
    rememberLocal(daemon, 'dockerfile', session.name, bytesOf(file).length)
    let dockerfile: Dockerfile
    try {
      dockerfile = parseDockerfile(file, fileName)
    } catch (error) {
      say({ vertex: definition, done: true })
      if (!(error instanceof DockerError)) throw error
      throw parseFailure(error.message, file)
    }
    const options = optionsOf(query, context, fileName, file)
    const globals = new Map([...platformArgs(options), ...globalArgs(dockerfile, options)])
    const local = (base: string) => {
      try {
        return daemon.images.find(base)
      } catch (error) {
        if (error instanceof DockerError) return undefined
        throw error
      }
    }
    const isIgnored = ignoring(context.text(`${fileName}.dockerignore`) ?? context.text('.dockerignore') ?? '')
    say({ vertex: definition, done: true })
    warnings = lint({
      dockerfile,
      text: file,
      globals,
      envOf: (base) => local(base)?.Config.Env as readonly string[] | undefined,
      platformOf: (base) => platformOf(local(base)),
      targetPlatform: options.platform || 'linux/amd64',
      isIgnored,
    })
    for (const warning of warnings) say({ warning: { ...warning, file: shownName, source: file } })
    if (checkDirective(file).isError && warnings.length > 0 && !options.isCheck) {
      throw new SolveFailure(`lint violation found for rules: ${[...new Set(warnings.map(({ rule }) => rule))].join(', ')}`, {
        instruction: { line: warnings[0].line, lastLine: warnings[0].lastLine } as Instruction,
      })
    }
    const syntax = /^#\s*syntax\s*=\s*(\S+)/im.exec(file.split(/^(?!#)/m)[0])?.[1]
    if (syntax) frontend(daemon, syntax, teller)
    yield* createSolver(daemon, { dockerfile, options, session, globals, teller, ref }).solve()
    record('Completed', file)
  } catch (error) {
    if (!(error instanceof SolveFailure) && !(error instanceof DockerError)) throw error
    if (error instanceof SolveFailure) {
      const { instruction, vertex, message } = error
      say({
        failed: {
          message,
          ...(vertex === undefined ? {} : { vertex }),
          ...(instruction ? { file: shownName, text: file, line: instruction.line, lastLine: instruction.lastLine } : {}),
        },
      })
    } else say({ failed: { message: error.message } })
    record('Error', file ?? '', error.message)
  } finally {
    // Dropped where it stood: the client went away.
    if (!isRecorded) record('Error', file ?? '', 'Canceled: context canceled')
  }
}

function platformOf(image: { readonly Os: string; readonly Architecture: string } | undefined): string | undefined {
  return image && `${image.Os}/${image.Architecture}`
}

/** `# syntax=docker/dockerfile:1`: the frontend is an image; ours reads all of its versions alike. */
function frontend(daemon: Daemon, name: string, { open, say }: Teller): void {
  const reference = parseReference(name)
  const full = `${repositoryOf(reference)}:${reference.tag ?? 'latest'}`
  const config = open(`resolve image config for docker-image://${full}`)
  if (daemon.registry.isOffline || !/^docker\.io\/(docker\/dockerfile|docker\/dockerfile-upstream)$/.test(repositoryOf(reference))) {
    const words = daemon.registry.isOffline
      ? `failed to do request: Head "https://registry-1.docker.io/v2/${reference.path}/manifests/${reference.tag ?? 'latest'}": dial tcp: lookup registry-1.docker.io: no such host`
      : `pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed`
    say({ vertex: config, error: words })
    throw new SolveFailure(`${name}: failed to resolve source metadata for ${full}: ${words}`, {
      vertex: config,
      instruction: { line: 1, lastLine: 1 } as Instruction,
    })
  }
  say({ vertex: config, done: true })
  const digest = `sha256:${sha256Hex(bytesOf(full))}`
  const image = open(`docker-image://${full}@${digest}`)
  say({ vertex: image, status: `resolve ${full}@${digest} done` })
  say(daemon.builtFrom.has(full) ? { vertex: image, cached: true } : { vertex: image, done: true })
  daemon.builtFrom.add(full)
}

function parseFailure(message: string, file: string): SolveFailure {
  if (/cannot be empty$/.test(message)) return new SolveFailure('the Dockerfile cannot be empty')
  const line =
    Number(/on line (\d+)/.exec(message)?.[1] ?? 0) ||
    file.split('\n').findIndex((text) => text.trim() !== '' && !text.trim().startsWith('#')) + 1
  const instruction = { line, lastLine: line } as Instruction
  return new SolveFailure(
    message === 'failed to parse Dockerfile: file with no instructions' ? 'file with no instructions' : message,
    message.startsWith('failed to parse') ? {} : { instruction },
  )
}

const buildsFiles = (name: string): boolean => name === 'RUN' || name === 'COPY' || name === 'ADD' || name === 'WORKDIR'

interface Base {
  readonly full: string
  readonly vertexName: string
  id: string | undefined
  isOpened: boolean
}

const denied =
  'pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed'

function createSolver(
  daemon: Daemon,
  {
    dockerfile,
    options,
    session,
    globals,
    teller,
    ref,
  }: { dockerfile: Dockerfile; options: Options; session: BuildSession; globals: ReadonlyMap<string, string>; teller: Teller; ref: string },
) {
  const { say, open, hold, release } = teller
  const results = new Map<number, Current>()
  const fetched = new Map<string, FetchedFile | { readonly error: string }>()
  const bases = new Map<string, Base>()
  const isForeign = options.platform !== '' && !/^linux(\/(amd64|x86_64))?$/.test(options.platform)
  const wanted = options.target === '' ? dockerfile.stages.length - 1 : stageIndex(dockerfile, options.target)
  if (wanted === undefined) throw new SolveFailure(`target stage ${JSON.stringify(options.target)} could not be found`)
  const needed = neededStages(dockerfile, wanted, globals)
  const nameOf = (stage: Stage) => expanded(stage.base, (variable) => globals.get(variable))
  const stageNamed = (name: string, before: number) =>
    dockerfile.stages.findIndex((other, at) => at < before && (other.name === name.toLowerCase() || String(at) === name))
  const earlierStage = (name: string, before: number) =>
    dockerfile.stages.findIndex((other, at) => at < before && other.name === name.toLowerCase())
  const externalSources = (stage: Stage, index: number) =>
    stage.instructions
      .flatMap((instruction) =>
        sourcesOf(instruction).map((name) => ({ name: expanded(name, (variable) => globals.get(variable)), instruction })),
      )
      .filter(
        ({ name }) => name !== 'scratch' && stageNamed(name, index) < 0 && !(name in session.contexts && 'tar' in session.contexts[name]),
      )
  // With a source beside the one stage, that is a stage too, and the names of stages are shown.
  const isMulti =
    dockerfile.stages.length > 1 ||
    dockerfile.stages.some((stage) => stage.instructions.some(({ flags }) => flags.mount || (flags.from && flags.from[0] !== '0')))
  let settle: (isStepCached: boolean) => void = () => {}
  let hasSources = false

  /** Looks an image up; unknown ones are asked for at their registry. */
  function* resolve(name: string, instruction: Instruction): Work<void> {
    if (bases.has(name)) return
    const override = session.contexts[name]
    const written = override && 'image' in override ? override.image.replace(/^docker-image:\/\//, '') : name
    let reference
    try {
      reference = parseReference(written)
    } catch (error) {
      if (!(error instanceof DockerError)) throw error
      throw new SolveFailure(`failed to parse stage name ${JSON.stringify(written)}: ${error.message}`, { instruction })
    }
    const full = reference.digest
      ? `${repositoryOf(reference)}@${reference.digest}`
      : `${repositoryOf(reference)}:${reference.tag ?? 'latest'}`
    const vertex = open(override ? `[context ${name}] load metadata for ${full}` : `[internal] load metadata for ${full}`)
    try {
      const known = daemon.images.find(written)
      let digest = ''
      if (!known || options.pulls) {
        const image = yield* remoteImage(daemon, reference, undefined)
        digest = `@${image.digest}`
      } else if (isForeign) digest = known.RepoDigests[0] ? `@${known.RepoDigests[0].split('@')[1]}` : ''
      say({ vertex, done: true })
      bases.set(name, { full, vertexName: `${full}${full.includes('@') ? '' : digest}`, id: known?.Id, isOpened: false })
    } catch (error) {
      if (!(error instanceof DockerError)) throw error
      const words = /^pull access denied/.test(error.message)
        ? denied
        : /manifest unknown/.test(error.message)
          ? `${full}: not found`
          : error.message.replace(
              /^Get "(https:\/\/[^"]*\/v2\/)"/,
              `failed to do request: Head "$1${reference.path}/manifests/${reference.tag ?? 'latest'}"`,
            )
      say({ vertex, error: words })
      throw new SolveFailure(`${name}: failed to resolve source metadata for ${full}: ${words}`, { instruction, vertex })
    }
  }

  function* opened(base: Base, name: string, label: string): Work<void> {
    if (base.isOpened) return
    base.isOpened = true
    settle(false)
    const vertex = open(`${label}FROM ${base.vertexName}`)
    if (base.vertexName.includes('@')) say({ vertex, status: `resolve ${base.vertexName} done` })
    if (base.id !== undefined && daemon.images.get(base.id)) {
      const wasUsed = daemon.builtFrom.has(base.id)
      hold()
      settle = (isStepCached) => {
        settle = () => {}
        release({ vertex, ...(wasUsed && !isStepCached ? { cached: true } : { done: true }) })
      }
    } else {
      const override = session.contexts[name]
      const reference = parseReference(override && 'image' in override ? override.image.replace(/^docker-image:\/\//, '') : name)
      const remote = yield* remoteImage(daemon, reference, undefined)
      const digests = new Map(remote.layers.map((layer) => [layer.digest.slice(7, 19), layer.digest]))
      const extracted = new Set<string>()
      yield* pulled(daemon, reference, remote, ({ status, id = '', progressDetail }) => {
        const digest = digests.get(id) ?? id
        if (status === 'Downloading' && progressDetail?.total)
          say({ vertex, status: digest, current: progressDetail.current, total: progressDetail.total })
        if (status === 'Extracting' && !extracted.has(digest)) {
          extracted.add(digest)
          say({ vertex, status: `extracting ${digest}` })
        }
        if (status === 'Pull complete') say({ vertex, status: `extracting ${digest} done` })
      })
      base.id = remote.id
      say({ vertex, done: true })
    }
    daemon.builtFrom.add(base.id as string)
  }

  /** The context and what stands in the Dockerfile itself are fetched beside the first base image. */
  function loadSources(): void {
    if (hasSources) return
    hasSources = true
    const steps = needed.flatMap((index) => dockerfile.stages[index].instructions)
    const copies = steps.filter(({ name }) => name === 'COPY' || name === 'ADD')
    const takesContext =
      copies.some(
        (instruction) =>
          !instruction.flags.from &&
          copySources(instruction, (name) => globals.get(name)).sources.some((source) => !/^(https?|git):\/\//.test(source)),
      ) ||
      steps.some(({ flags }) => flags.mount?.some((mount) => /(^|,)type=bind(,|$)|^(?!.*type=)/.test(mount) && !/(^|,)from=/.test(mount)))
    if (takesContext) {
      const vertex = open('[internal] load build context')
      const size = transferSize(
        daemon,
        options,
        session.name,
        copies.filter(({ flags }) => !flags.from).flatMap((instruction) => copySources(instruction, (name) => globals.get(name)).sources),
      )
      rememberLocal(daemon, 'context', session.name, size)
      say({ vertex, status: `transferring context: ${sizeText(size)} done` })
      say({ vertex, done: true })
    }
    for (const name of Object.keys(session.contexts)) {
      const context = session.contexts[name]
      if (!('tar' in context)) continue
      const vertex = open(`[context ${name}] load from client`)
      say({ vertex, status: `transferring ${name}: ${sizeText(Math.round(context.tar.length * 0.75))} done` })
      say({ vertex, done: true })
    }
    for (const instruction of copies) {
      const { inline } = copySources(instruction, () => '')
      for (const { name, content } of inline) {
        const vertex = open('[internal] preparing inline document')
        const key = keyOf('inline', name, textOf(content))
        if (options.usesCache && cached(daemon, key)) say({ vertex, cached: true })
        else {
          remember(daemon, key, { type: 'regular', description: 'preparing inline document', size: content.length })
          say({ vertex, done: true })
        }
      }
    }
  }

  function* buildStage(index: number): Work<void> {
    const stage = dockerfile.stages[index]
    const name = nameOf(stage)
    const label = isMulti ? `${stage.name ?? `stage-${index}`} ` : ''
    const args = new Map<string, string>()
    const earlier = earlierStage(name, index)
    const base = earlier < 0 ? bases.get(name) : undefined
    const own = stage.instructions.filter((instruction) => buildsFiles(instruction.name)).length + (base ? 1 : 0)
    const triggersOf = (run: Current['run']) => run.OnBuild ?? []
    let total = own
    let position = 0
    const numbered = () => `[${label}${String(++position).padStart(String(total).length)}/${total}] `
    let current: Current
    if (earlier >= 0) current = { ...(results.get(earlier) as Current), args }
    else if (base) {
      if (base.id !== undefined && daemon.images.get(base.id)) total += triggersOf(daemon.images.image(base.id).config.config).length
      const prefix = numbered()
      yield* opened(base, name, prefix)
      current = fromImage(daemon, base.id as string, args)
      if (isForeign)
        current = { ...current, architecture: options.platform.split('/')[1] ?? 'amd64', key: `${current.key} ${options.platform}` }
    } else current = scratch(daemon, args)
    loadSources()
    for (const { name: source } of externalSources(stage, index)) {
      const other = bases.get(source)
      if (other) yield* opened(other, source, '')
    }
    const triggers = triggersOf(current.run)
    if (triggers.length > 0) current = { ...current, run: { ...current.run, OnBuild: undefined } }
    for (const instruction of [...triggers.map((trigger) => parseInstruction(trigger)), ...stage.instructions]) {
      if (!buildsFiles(instruction.name)) {
        metaStep(current, instruction)
        continue
      }
      yield* fetchSources(instruction, variableOf(current))
      const vertex = open(`${numbered()}${shownStep(instruction, variableOf(current))}`)
      yield* fileStep(current, instruction, vertex, index)
    }
    settle(false)
    results.set(index, current)
  }

  /** What ADD takes from the network is a vertex of its own. */
  function* fetchSources(instruction: Instruction, variable: (name: string) => string | undefined): Work<void> {
    if (instruction.name !== 'ADD') return
    for (const source of copySources(instruction, variable).sources) {
      if (!isAddress(instruction, source) || fetched.has(source)) continue
      const vertex = open(source)
      try {
        fetched.set(source, yield* fetchedFile(daemon, source))
        say({ vertex, done: true })
      } catch (error) {
        if (!(error instanceof DockerError)) throw error
        settle(false)
        say({ vertex, error: error.message })
        throw new SolveFailure(`failed to load cache key: ${error.message}`, { instruction, vertex })
      }
    }
  }

  /** The graph is made before anything is built, and what is wrong with an instruction by itself shows then. */
  function checkStage(index: number): void {
    const stage = dockerfile.stages[index]
    const id = bases.get(nameOf(stage))?.id
    const current = id !== undefined && daemon.images.get(id) ? fromImage(daemon, id, new Map()) : scratch(daemon, new Map())
    for (const instruction of stage.instructions) {
      if (!buildsFiles(instruction.name)) metaStep(current, instruction)
      if (instruction.name !== 'COPY' && instruction.name !== 'ADD') continue
      const { sources, inline, target } = copySources(instruction, variableOf(current))
      if (sources.length + inline.length > 1 && !/(^|\/)\.{0,2}$/.test(target))
        throw new SolveFailure(
          `When using ${instruction.name} with more than one source file, the destination must be a directory and end with a /`,
          { instruction },
        )
    }
  }

  /** Instructions that change only the config: no vertex, a line of history. */
  function metaStep(current: Current, instruction: Instruction): void {
    const variable = variableOf(current)
    if (instruction.name === 'ARG') {
      const before = new Map(current.args)
      declare(current.args, instruction.rest, options, variable, globals)
      const shown = [...declaredNames(instruction)].map((name) => {
        // What came down from before the first FROM is not written again.
        const isInherited = !instruction.rest.includes(`${name}=`) && !Object.hasOwn(options.buildArgs, name) && !before.has(name)
        return current.args.has(name) && !isInherited ? `${name}=${current.args.get(name)}` : name
      })
      note(current, `ARG ${shown.join(' ')}`, { isLayer: false })
      return
    }
    try {
      const change = configChange(current.run, instruction, variable, { isCmdInherited: !current.hasOwnCmd })
      if (!change) return
      current.run = change.run
      if (instruction.name === 'CMD') {
        current.hasOwnCmd = true
        current.run = { ...current.run, ArgsEscaped: true }
      }
      if (change.author) current.author = change.author
      // Triggers leave no line.
      if (instruction.name !== 'ONBUILD') note(current, buildKitWords(instruction, change), { isLayer: false })
    } catch (error) {
      if (error instanceof DockerError) throw new SolveFailure(error.message, { instruction })
      throw error
    }
  }

  function* fileStep(current: Current, instruction: Instruction, vertex: number, index: number): Work<void> {
    const variable = variableOf(current)
    const fail = (message: string, atVertex = message) => {
      settle(false)
      say({ vertex, error: atVertex })
      return new SolveFailure(message, { instruction, vertex })
    }
    let words: string
    let key: string
    let isMarked = true
    let make: () => Work<Layer | undefined>
    switch (instruction.name) {
      case 'RUN': {
        const argv = runArgv(instruction, current.run)
        const env = argEnvironment(current, options)
        const shown = argsShown(current, dockerfile.stages[index])
        const mounts = instruction.flags.mount ?? []
        if (instruction.flags.security?.[0] === 'insecure')
          throw fail('granting entitlement security.insecure is not allowed by build daemon configuration')
        const network = instruction.flags.network?.[0] ?? options.network
        if (!['default', 'none', 'host', ''].includes(network))
          throw fail(
            `network mode ${JSON.stringify(network)} not supported by buildkit - you can define a custom network for your builder using the network driver-opt in buildx create`,
          )
        words = `RUN ${shown.length > 0 ? `|${shown.length} ${shown.join(' ')} ` : ''}${argv.join(' ')}`
        key = keyOf(
          current.key,
          'RUN',
          JSON.stringify([
            argv,
            current.run.Env ?? [],
            env.filter((entry) => !predefinedArgs.includes(entry.split('=')[0])),
            current.run.WorkingDir ?? '/',
            current.run.User ?? '',
            network,
            mounts.map((mount) => (/type=bind/.test(mount) || !/type=/.test(mount) ? `${mount} ${boundSum(mount, index)}` : mount)),
          ]),
        )
        make = function* () {
          const outcome = yield* runHidden(daemon, {
            image: imageFrom(current),
            argv,
            env,
            mounts: mounts.map((mount) => expanded(mount, variable)),
            network,
            extraHosts: options.extraHosts,
            context: options.context.files,
            secrets: session.secrets,
            files: (name) => filesNamed(name, index),
            write: (stream, bytes) => say({ vertex, log: textOf(bytes), stream: stream === 'stdout' ? 1 : 2 }),
          })
          const ended = (how: string) => fail(`process ${JSON.stringify(argv.join(' '))} did not complete successfully: ${how}`)
          if ('missing' in outcome) throw fail(outcome.missing)
          if ('refused' in outcome) throw ended(outcome.refused)
          if (outcome.exitCode !== 0) throw ended(`exit code: ${outcome.exitCode}`)
          return outcome.layer
        }
        break
      }
      case 'WORKDIR': {
        const change = configChange(current.run, instruction, variable)
        if (change) current.run = change.run
        words = change?.words.trim() ?? instruction.original
        isMarked = false
        key = keyOf(current.key, words, current.run.User ?? '')
        make = function* () {
          return newFolder(current) ?? layerOf([])
        }
        break
      }
      default: {
        const { sources: written, target, inline } = copySources(instruction, variable)
        const { flags } = instruction
        const sources = written.filter((source) => !isAddress(instruction, source))
        const fromName = flags.from && expanded(flags.from[0], variable)
        const from = fromName === undefined ? options.context.files : filesNamed(fromName, index)
        if (!from) throw fail(`${fromName}: failed to resolve source metadata for docker.io/library/${fromName}:latest: ${denied}`)
        for (const source of written.filter((one) => isAddress(instruction, one))) {
          const known = fetched.get(source)
          if (known === undefined || 'error' in known) throw fail(known?.error ?? '')
          const sum = `sha256:${sha256Hex(known.content)}`
          if (flags.checksum && flags.checksum[0] !== sum && /^sha256:[0-9a-f]{64}$/.test(flags.checksum[0]))
            throw fail(`digest mismatch ${sum}: ${flags.checksum[0]}`)
          inline.push(known)
        }
        const chown = flags.chown && expanded(flags.chown[0], variable)
        const chmod = flags.chmod && expanded(flags.chmod[0], variable)
        const isLinked = flags.link !== undefined && flags.link[0] !== 'false'
        if (chmod !== undefined && !/^[0-7]{1,4}$/.test(chmod) && !/^([ugoa]*[-+=][rwxX]+,?)+$/.test(chmod))
          throw fail(`invalid chmod parameter: '${chmod}'. it should be octal string and between 0 and 07777`)
        words = [
          instruction.name,
          ...(flags.parents ? ['--parents'] : []),
          ...(chown ? [`--chown=${chown}`] : []),
          ...(chmod ? [`--chmod=${chmod}`] : []),
          ...(isLinked ? ['--link'] : []),
          ...written,
          ...inline.filter((file) => !('mode' in file)).map(({ name }) => `<<${name}`),
          target,
        ].join(' ')
        try {
          const plan = planCopy({
            name: instruction.name as 'COPY' | 'ADD',
            sources,
            target,
            workingDir: current.run.WorkingDir ?? '',
            from,
            isContext: fromName === undefined,
            inline,
            chown,
            chmod,
            image: isLinked
              ? imageFrom({ ...current, layers: chown && !/^[\d:]+$/.test(chown) ? current.layers : [] })
              : imageFrom(current),
            now: daemon.clock.now(),
            parents: flags.parents !== undefined,
            exclude: flags.exclude ?? [],
            isBuildKit: true,
          })
          const checksum = flags.checksum?.[0]
          if (checksum !== undefined && !/^sha256:[0-9a-f]{64}$/.test(checksum))
            throw fail(`unsupported digest algorithm ${JSON.stringify(checksum.split(':')[0])}`)
          const own = `${instruction.name} ${plan.source} ${current.run.WorkingDir ?? '/'} ${target} ${chown ?? ''} ${chmod ?? ''}`
          // A linked copy knows nothing of what it is laid upon.
          key = isLinked ? keyOf('link', own) : keyOf(current.key, own)
          make = function* () {
            return plan.carryOut()
          }
        } catch (error) {
          if (!(error instanceof DockerError)) throw error
          const missing = /stat (.*): file does not exist$/.exec(error.message)?.[1]
          if (missing === undefined) throw fail(error.message)
          if (fromName !== undefined) throw fail(`lstat /${missing.replace(/^\//, '')}: no such file or directory`)
          throw fail(`failed to compute cache key: failed to calculate checksum of ref ${reference(daemon)}: "/${missing}": not found`)
        }
      }
    }
    const known = options.usesCache ? cached(daemon, key) : undefined
    settle(known !== undefined)
    const description =
      instruction.name === 'RUN'
        ? `mount / from exec ${(instruction.json ?? ['/bin/sh', '-c', instruction.rest]).join(' ')}`
        : shownStep(instruction, variable)
    if (known) {
      say({ vertex, cached: true })
      advance(current, known.layer, key, known.created, words, isMarked)
      return
    }
    let layer: Layer | undefined
    try {
      layer = yield* make()
    } catch (error) {
      if (error instanceof DockerError) throw fail(error.message)
      throw error
    }
    const record = remember(daemon, key, { type: 'regular', description, layer })
    say({ vertex, done: true })
    advance(current, layer, key, record.created, words, isMarked)
  }

  function boundSum(mount: string, index: number): string {
    const from = /(?:^|,)from=([^,]+)/.exec(mount)?.[1]
    const source = /(?:^|,)(?:source|src)=([^,]+)/.exec(mount)?.[1] ?? '/'
    const files = from === undefined ? options.context.files : filesNamed(from, index)
    if (!files?.exists(source.startsWith('/') ? source : `/${source}`)) return ''
    return planCopy({
      name: 'COPY',
      sources: [source],
      target: '/x/',
      workingDir: '/',
      from: files,
      isContext: from === undefined,
      inline: [],
      chown: undefined,
      chmod: undefined,
      image: imageFrom(scratch(daemon, new Map())),
      now: 0,
    }).source
  }

  /** The files of `--from`: a stage, a named context or an image. */
  function filesNamed(name: string, before: number): ReturnType<typeof filesOfImage> | undefined {
    const at = stageNamed(name, before)
    const stage = at < 0 ? undefined : results.get(at)
    if (stage) return filesOfImage(imageFrom(stage))
    const context = session.contexts[name]
    if (context && 'tar' in context) return contextFromTar(bytesOfBase64(context.tar), 'Dockerfile').files
    const id = bases.get(name)?.id
    return id === undefined
      ? name === 'scratch'
        ? filesOfImage(imageFrom(scratch(daemon, new Map())))
        : undefined
      : filesOfImage(daemon.images.image(id))
  }

  function* exported(current: Current): Work<void> {
    if (session.output === 'cacheonly') {
      say({ result: { id: '', names: [], ref } })
      return
    }
    if (session.output === 'image') {
      const vertex = open('exporting to image')
      say({ vertex, status: 'exporting layers done' })
      const image = imageFrom(current)
      daemon.images.add(image)
      say({ vertex, status: `writing image ${image.id} done` })
      const asked = new Set(options.taggedNames)
      for (const tag of options.tags) {
        daemon.images.tag(image.id, tag)
        daemon.event('image', 'tag', image.id, { name: tag })
        say({
          vertex,
          status: `naming to ${repositoryOf(parseReference(tag))}${asked.has(tag) ? `:${parseReference(tag).tag ?? 'latest'}` : ''} done`,
        })
      }
      say({ vertex, done: true })
      say({
        result: {
          id: image.id,
          names: options.tags,
          ref,
          materials: [...bases].map(([, base]) => ({
            name: base.full.replace(/^docker\.io\/(library\/)?/, ''),
            digest: daemon.images.get(base.id ?? '')?.RepoDigests[0]?.split('@')[1] ?? base.id ?? '',
          })),
        },
      })
      return
    }
    const entries = treeOf(filesOfImage(imageFrom(current)), '/', '')
      .filter(({ path }) => path !== '')
      .map((entry) => ({ ...entry, path: entry.path.replace(/^\//, '') }))
    const bytes = entries.reduce((sum, { path, content }) => sum + path.length + 19 + content.length, 0)
    const vertex = open(session.output === 'tar' ? 'exporting to client tarball' : 'exporting to client directory')
    say({ vertex, status: session.output === 'tar' ? 'sending tarball done' : `copying files ${sizeText(bytes)} done` })
    say({ vertex, done: true })
    say({ result: { id: '', names: [], ref, files: base64Of(tarOf(entries)) } })
  }

  return {
    *solve(): Work<void> {
      for (const index of needed) {
        const stage = dockerfile.stages[index]
        const name = nameOf(stage)
        if (name === '') throw new SolveFailure(`base name (${stage.base}) should not be blank`, { instruction: stage.from })
        if (name !== 'scratch' && earlierStage(name, index) < 0) yield* resolve(name, stage.from)
      }
      for (const index of needed)
        for (const { name, instruction } of externalSources(dockerfile.stages[index], index)) yield* resolve(name, instruction)
      const ignore = open('[internal] load .dockerignore')
      const ignoreText = options.context.text(`${options.fileName}.dockerignore`) ?? options.context.text('.dockerignore')
      say({
        vertex: ignore,
        status: `transferring context: ${ignoreText === undefined ? '2B' : sizeText(bytesOf(ignoreText).length + 40)} done`,
      })
      say({ vertex: ignore, done: true })
      if (options.isCheck) return
      for (const index of needed) checkStage(index)
      for (const index of needed) yield* buildStage(index)
      const current = results.get(wanted) as Current
      if (Object.keys(options.labels).length > 0) current.run = { ...current.run, Labels: { ...current.run.Labels, ...options.labels } }
      yield* exported(current)
    },
  }
}

/** A client sends what each file that is copied is, and the content of those that it has not sent before. */
function transferSize(daemon: Daemon, { context }: Options, name: string, sources: readonly string[]): number {
  const wanted = sources
    .map((source) => source.replace(/^(\.?\/)+|\/$/g, ''))
    .map((source) => (source === '.' || /[*?[$]/.test(source) ? '' : source))
  let size = 2
  for (const { path, kind, content } of treeOf(context.files, '/', '')) {
    if (
      path === '' ||
      !wanted.some(
        (source) =>
          source === '' || path.slice(1) === source || path.slice(1).startsWith(`${source}/`) || source.startsWith(`${path.slice(1)}/`),
      )
    )
      continue
    size += 18 + path.length
    if (kind !== 'file') continue
    const key = keyOf('sent', name, path, sha256Hex(content))
    if (daemon.sentFiles.has(key)) continue
    daemon.sentFiles.add(key)
    size += content.length + 6
  }
  return size
}

const isAddress = ({ name }: Instruction, source: string): boolean => name === 'ADD' && /^(https?|git|ssh):\/\/|^git@/.test(source)

function note(current: Current, words: string, { isLayer, created = current.created }: { isLayer: boolean; created?: string }): void {
  const entry: HistoryEntry = { created, created_by: words, comment: 'buildkit.dockerfile.v0', ...(isLayer ? {} : { empty_layer: true }) }
  current.history = [...current.history, entry]
}

function advance(current: Current, layer: Layer | undefined, key: string, created: string, words: string, isMarked: boolean): void {
  current.created = created
  current.key = key
  note(current, isMarked ? `${words} # buildkit` : words, { isLayer: layer !== undefined, created })
  if (layer) current.layers = [...current.layers, layer]
}

function reference(daemon: Daemon): string {
  return `${daemon.random.uuid()}::${cacheId(daemon)}`
}
