/**
 * `docker build`: one interpreter of Dockerfiles with two faces.
 *
 * `POST /build` (version 1) is the legacy builder: every instruction becomes an image, RUNs are containers that `docker ps` shows, and
 * the answer is the stream of text that the real CLI prints.
 *
 * `POST /build?version=2` is our own door for BuildKit's face, as its gRPC session is not simulated. Same query and body; the answer is
 * JSON lines, each with `at` (session ms):
 *   {vertex, name}                       a vertex appears: `[internal] load metadata for …`, `[2/3] RUN echo hi`
 *   {vertex, started} {vertex, cached} {vertex, done} {vertex, error: words}
 *   {vertex, status, current?, total?}   a line under it: `transferring context: 43B`, a layer being fetched
 *   {vertex, log, stream}                what a RUN wrote, stream 1 or 2
 *   {warning: {rule, text, line}}        lint
 *   {result: {id, names}}                the image
 *   {failed: {message, vertex?, file?, line?, lastLine?}}   after `failed to solve: `
 */
import { bytesOf, textOf } from '../../base/bytes.ts'
import { ByteStream, type HttpResponse } from '../../base/http.ts'
import { sha256Hex } from '../../base/sha256.ts'
import { type HistoryEntry, type Image, imageOf, type ImageRunConfig, type Layer } from '../images/image.ts'
import { perform, type Work } from '../runtime/task.ts'
import { contextOf, filesOfImage, planCopy } from './build-context.ts'
import { runContainer, runHidden } from './build-run.ts'
import { configChange, defaultShell } from './changes.ts'
import { createContainer } from './create.ts'
import type { Daemon } from './daemon.ts'
import { badRequest, DockerError, failure } from './docker-error.ts'
import { type Dockerfile, expanded, type Instruction, parseDockerfile, parseInstruction, type Stage, wordsOf } from './dockerfile.ts'
import { committed } from './image-archive.ts'
import { remove } from './lifecycle.ts'
import { line, type Progress, pulled, sizeText } from './pull.ts'
import { familiarTag, parseReference, repositoryOf } from './reference.ts'
import { remoteImage } from './remote.ts'
import { isTrue } from './router.ts'
import { cleanPath } from './mounts.ts'

interface Options {
  readonly fileName: string
  readonly file: string
  readonly tags: readonly string[]
  /** Those of the tags that were written with one. */
  readonly taggedNames: readonly string[]
  readonly target: string
  readonly buildArgs: Readonly<Record<string, string | null>>
  readonly labels: Readonly<Record<string, string>>
  readonly isQuiet: boolean
  readonly usesCache: boolean
  readonly pulls: boolean
  /** Only the checks, nothing is built. */
  readonly isCheck: boolean
  readonly removes: boolean
  readonly forcesRemove: boolean
  readonly platform: string
  readonly network: string
  readonly memory: number
  readonly context: ReturnType<typeof contextOf>
  readonly contextBytes: number
}

/** Where a stage has got to. */
interface Current {
  layers: readonly Layer[]
  run: ImageRunConfig
  /** This stage has set a CMD itself. */
  hasOwnCmd?: boolean
  history: readonly HistoryEntry[]
  author: string
  architecture: string
  /** The image it stands on (legacy), and what the cache knows it by (BuildKit). */
  imageId: string
  key: string
  created: string
  readonly args: Map<string, string>
}

export function buildResponse(daemon: Daemon, query: URLSearchParams, body: Uint8Array): HttpResponse {
  if (query.get('remote')) throw badRequest(`error fetching: the sandbox has no way to ${query.get('remote')}`)
  const out = new ByteStream()
  const isBuildKit = query.get('version') === '2'
  const answer: HttpResponse = { status: 200, headers: { 'content-type': 'application/json' }, body: out }
  if (isBuildKit) {
    const say = (value: object) => out.write(`${JSON.stringify({ ...value, at: daemon.clock.now() })}\n`)
    const solve = function* (): Work<void> {
      yield* buildKit(daemon, query, body, say)
      out.end()
    }
    perform(daemon.clock, solve())
    return answer
  }
  const options = optionsOf(query, body)
  const dockerfile = parseDockerfile(options.file, options.fileName)
  if (options.target !== '' && stageIndex(dockerfile, options.target) === undefined) throw badRequest(`target stage ${JSON.stringify(options.target)} could not be found`)
  const build = function* (): Work<void> {
    const say = (progress: Progress) => out.write(line(progress))
    try {
      yield* legacy(daemon, dockerfile, options, say)
    } catch (error) {
      if (!(error instanceof DockerError)) throw error
      const code = error instanceof StepFailure ? error.code : undefined
      say({ errorDetail: { ...(code === undefined ? {} : { code }), message: error.message }, error: error.message })
    }
    out.end()
  }
  perform(daemon.clock, build())
  return answer
}

/** A RUN that did not end with 0: the CLI ends with its code. */
class StepFailure extends DockerError {
  readonly code: number

  constructor(code: number, message: string) {
    super(500, message)
    this.code = code
  }
}

function optionsOf(query: URLSearchParams, body: Uint8Array): Options {
  const fileName = query.get('dockerfile') || 'Dockerfile'
  const context = contextOf(body, fileName)
  const file = context.text(fileName)
  if (file === undefined) throw badRequest(`Cannot locate specified Dockerfile: ${fileName}`)
  const tags = query.getAll('t').flatMap((text) => (text.startsWith('[') ? (JSON.parse(text) as string[]) : [text]))
  return {
    fileName,
    file,
    tags: tags.filter((tag) => tag !== '').map((tag) => familiarTag(parseReference(tag))),
    taggedNames: tags.filter((tag) => /:[^/]+$/.test(tag)).map((tag) => familiarTag(parseReference(tag))),
    target: query.get('target') ?? '',
    buildArgs: JSON.parse(query.get('buildargs') || '{}') as Record<string, string | null>,
    labels: JSON.parse(query.get('labels') || '{}') as Record<string, string>,
    isQuiet: isTrue(query.get('q')),
    // Naming images to take the cache from leaves out all others; none of ours were built with one inside.
    usesCache: !isTrue(query.get('nocache')) && !((JSON.parse(query.get('cachefrom') || '[]') as string[] | null)?.length ?? 0),
    pulls: isTrue(query.get('pull')),
    isCheck: isTrue(query.get('check')),
    removes: query.get('rm') === null || isTrue(query.get('rm')),
    forcesRemove: isTrue(query.get('forcerm')),
    platform: query.get('platform') ?? '',
    network: query.get('networkmode') ?? 'default',
    memory: Number(query.get('memory') ?? 0),
    context,
    contextBytes: body.length,
  }
}

function stageIndex(dockerfile: Dockerfile, name: string): number | undefined {
  const byName = dockerfile.stages.findIndex((stage) => stage.name === name.toLowerCase())
  if (byName >= 0) return byName
  return /^\d+$/.test(name) && Number(name) < dockerfile.stages.length ? Number(name) : undefined
}

const predefinedArgs = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'FTP_PROXY', 'ftp_proxy', 'NO_PROXY', 'no_proxy', 'ALL_PROXY', 'all_proxy']

/** ARGs before the first FROM, with what the command line gave. */
function globalArgs(dockerfile: Dockerfile, options: Options): Map<string, string> {
  const args = new Map<string, string>()
  for (const { rest } of dockerfile.globals) declare(args, rest, options, (name) => args.get(name), new Map())
  return args
}

/** `ARG NAME=default OTHER`: the command line wins over the default, an earlier global over nothing. */
function declare(args: Map<string, string>, rest: string, { buildArgs }: Options, variable: (name: string) => string | undefined, globals: ReadonlyMap<string, string>): void {
  for (const word of wordsOf(rest)) {
    const equals = word.indexOf('=')
    const name = expanded(equals < 0 ? word : word.slice(0, equals), variable)
    const given = Object.hasOwn(buildArgs, name) ? buildArgs[name] : undefined
    const value = given ?? (equals < 0 ? globals.get(name) : expanded(word.slice(equals + 1), variable))
    if (value !== undefined && value !== null) args.set(name, value)
    else if (!args.has(name)) args.delete(name)
  }
}

function variableOf(current: Current): (name: string) => string | undefined {
  return (name) => current.run.Env?.find((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1) ?? current.args.get(name)
}

/** The command of a RUN: shell or JSON form, here-documents included. */
function runArgv({ rest, json, documents }: Instruction, run: ImageRunConfig): readonly string[] {
  if (json) return json
  const shell = run.Shell ?? defaultShell
  if (documents.length === 0) return [...shell, rest]
  // `RUN <<EOF` is the document itself as a script; otherwise the documents follow as the shell's own.
  if (documents.length === 1 && /^<<-?["']?\w+["']?$/.test(rest.trim())) return [...shell, documents[0].text]
  return [...shell, `${rest}\n${documents.map(({ name, text }) => `${text}${name}\n`).join('')}`]
}

/** The variables a RUN sees beside the image's: ARGs that ENV does not hide. */
function argEnvironment(current: Current, options: Options): string[] {
  const known = new Set((current.run.Env ?? []).map((entry) => entry.split('=', 1)[0]))
  const entries = [...current.args].filter(([name]) => !known.has(name)).map(([name, value]) => `${name}=${value}`)
  for (const name of predefinedArgs) if (options.buildArgs[name]) entries.push(`${name}=${options.buildArgs[name]}`)
  return entries.sort()
}

function copySources(instruction: Instruction, variable: (name: string) => string | undefined): { sources: string[]; target: string; inline: { name: string; content: Uint8Array }[] } {
  const words = (instruction.json ?? wordsOf(instruction.rest)).map((word) => (instruction.json ? word : word.startsWith('<<') ? word : expanded(word, variable)))
  const target = words[words.length - 1]
  const sources = words.slice(0, -1)
  const inline = sources
    .filter((source) => source.startsWith('<<'))
    .map((source) => {
      const document = instruction.documents.find(({ name }) => name === source.replace(/^<<-?["']?|["']$/g, ''))
      const text = document ? (document.expands ? expandKeepingQuotes(document.text, variable) : document.text) : ''
      return { name: document?.name ?? 'heredoc', content: bytesOf(text) }
    })
  return { sources: sources.filter((source) => !source.startsWith('<<')), target, inline }
}

function expandKeepingQuotes(text: string, variable: (name: string) => string | undefined): string {
  return text.replace(/\$(?:(\w+)|\{(\w+)\})/g, (_, plain: string | undefined, braced: string | undefined) => variable(plain ?? braced ?? '') ?? '')
}

function imageFrom(current: Current): Image {
  return imageOf({ layers: current.layers, config: { created: current.created, ...(current.author ? { author: current.author } : {}), architecture: current.architecture, os: 'linux', config: current.run, rootfs: { type: 'layers', diff_ids: current.layers.map(({ diffId }) => diffId) }, history: current.history } })
}

function fromImage(daemon: Daemon, id: string, args: Map<string, string>): Current {
  const image = daemon.images.image(id)
  return { layers: image.layers, run: image.config.config, history: image.config.history, author: image.config.author ?? '', architecture: image.config.architecture, imageId: id, key: id, created: image.config.created, args }
}

const scratch = (daemon: Daemon, args: Map<string, string>): Current => ({ layers: [], run: { Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'] }, history: [], author: '', architecture: 'amd64', imageId: '', key: 'scratch', created: daemon.nano(), args })

function* legacy(daemon: Daemon, dockerfile: Dockerfile, options: Options, sayAll: (progress: Progress) => void): Work<void> {
  const say = options.isQuiet ? () => {} : (text: string) => sayAll({ stream: text })
  const globals = globalArgs(dockerfile, options)
  const last = options.target === '' ? dockerfile.stages.length - 1 : (stageIndex(dockerfile, options.target) as number)
  const stages = dockerfile.stages.slice(0, last + 1)
  const labels = Object.entries(options.labels)
  const total = dockerfile.globals.length + stages.reduce((sum, stage) => sum + 1 + stage.instructions.length, 0) + (labels.length > 0 ? 1 : 0)
  const used = new Set<string>()
  const images: string[] = []
  let step = 0
  const announce = (original: string) => say(`Step ${++step}/${total} : ${original}\n`)
  for (const { original } of dockerfile.globals) announce(original)
  for (const name of globals.keys()) used.add(name)
  let current: Current | undefined
  for (const stage of stages) {
    announce(stage.from.original)
    current = yield* legacyBase(daemon, stage, { options, globals, stages, images, sayAll, say })
    const triggers = current.run.OnBuild ?? []
    if (triggers.length > 0) {
      say(`# Executing ${triggers.length} build trigger${triggers.length === 1 ? '' : 's'}\n`)
      current = { ...current, run: { ...current.run, OnBuild: undefined } }
      for (const trigger of triggers) yield* legacyStep(daemon, current, parseInstruction(trigger), { options, globals, stages, images, say, used })
    }
    for (const instruction of stage.instructions) {
      announce(instruction.original)
      yield* legacyStep(daemon, current, instruction, { options, globals, stages, images, say, used })
    }
    images.push(current.imageId)
  }
  if (!current) throw failure('No image was generated. Is your Dockerfile empty?')
  if (labels.length > 0) {
    const rest = labels.map(([name, value]) => `${JSON.stringify(name)}=${JSON.stringify(value)}`).join(' ')
    announce(`LABEL ${labels.map(([name, value]) => `${name}=${value}`).join(' ')}`)
    yield* legacyStep(daemon, current, parseInstruction(`LABEL ${rest}`), { options, globals, stages, images, say, used })
  }
  if (current.imageId === '') throw failure('No image was generated. Is your Dockerfile empty?')
  const unused = Object.keys(options.buildArgs).filter((name) => !used.has(name) && !predefinedArgs.includes(name)).sort()
  if (unused.length > 0) say(`[Warning] One or more build-args ${`[${unused.join(' ')}]`} were not consumed\n`)
  sayAll({ aux: { ID: current.imageId } })
  if (options.isQuiet) sayAll({ stream: `${current.imageId}\n` })
  say(`Successfully built ${current.imageId.slice(7, 19)}\n`)
  for (const tag of options.tags) {
    daemon.images.tag(current.imageId, tag)
    daemon.event('image', 'tag', current.imageId, { name: tag })
    say(`Successfully tagged ${tag}\n`)
  }
}

interface LegacyContext {
  readonly options: Options
  readonly globals: ReadonlyMap<string, string>
  readonly stages: readonly Stage[]
  readonly images: readonly string[]
  readonly say: (text: string) => void
}

function* legacyBase(daemon: Daemon, stage: Stage, { options, globals, stages, images, say, sayAll }: LegacyContext & { sayAll: (progress: Progress) => void }): Work<Current> {
  const name = expanded(stage.base, (variable) => globals.get(variable))
  if (name === '') throw failure(`base name (${stage.base}) should not be blank`)
  const args = new Map<string, string>()
  const earlier = stages.findIndex((other, index) => index < images.length && other.name === name.toLowerCase())
  if (earlier >= 0) {
    say(` ---> ${images[earlier].slice(7, 19)}\n`)
    return fromImage(daemon, images[earlier], args)
  }
  if (name === 'scratch') {
    say(' ---> \n')
    return scratch(daemon, args)
  }
  const id = yield* baseImage(daemon, name, options.pulls, options.isQuiet ? () => {} : sayAll)
  // With triggers to run first, the image's own line is left out.
  if (!daemon.images.image(id).config.config.OnBuild?.length) say(` ---> ${id.slice(7, 19)}\n`)
  return fromImage(daemon, id, args)
}

/** An image by name, pulled when it is not there. */
function* baseImage(daemon: Daemon, name: string, pulls: boolean, say: (progress: Progress) => void): Work<string> {
  const known = daemon.images.find(name)
  if (known && (!pulls || /^(sha256:)?[a-f0-9]{12,64}$/.test(name))) return known.Id
  const reference = parseReference(name)
  const remote = yield* remoteImage(daemon, reference, undefined)
  yield* pulled(daemon, reference, remote, say)
  return remote.id
}

function* legacyStep(daemon: Daemon, current: Current, instruction: Instruction, context: LegacyContext & { readonly used: Set<string> }): Work<void> {
  const { options, globals, stages, images, say, used } = context
  const variable = variableOf(current)
  const shell = (current.run.Shell ?? defaultShell).join(' ')
  if (instruction.documents.length > 0) throw failure('the heredoc form requires BuildKit. Refer to https://docs.docker.com/go/buildkit/ to learn how to build images with BuildKit enabled')
  switch (instruction.name) {
    case 'RUN': {
      if (instruction.flags.mount) throw badRequest('the --mount option requires BuildKit. Refer to https://docs.docker.com/go/buildkit/ to learn how to build images with BuildKit enabled')
      const argv = runArgv(instruction, current.run)
      const args = argEnvironment(current, options)
      const createdBy = `${args.length > 0 ? `|${args.length} ${args.join(' ')} ` : ''}${argv.join(' ')}`
      if (useCached(daemon, current, createdBy, options, say)) return
      const outcome = yield* runContainer(daemon, {
        image: current.imageId, argv, env: args, network: options.network, memory: options.memory,
        started: (id) => say(` ---> Running in ${id.slice(0, 12)}\n`),
        write: (stream, bytes) => say(stream === 'stderr' ? `\x1b[91m${textOf(bytes)}\x1b[0m` : textOf(bytes)),
      })
      const removed = () => {
        remove(daemon, outcome.id, { removeVolumes: true })
        say(` ---> Removed intermediate container ${outcome.id.slice(0, 12)}\n`)
      }
      if (outcome.exitCode !== 0) {
        if (options.forcesRemove) removed()
        throw new StepFailure(outcome.exitCode, `The command '${argv.join(' ')}' returned a non-zero code: ${outcome.exitCode}`)
      }
      const image = committed(daemon, outcome.id, { run: current.run, author: current.author, comment: '', createdBy })
      if (options.removes) removed()
      return keep(daemon, current, image, createdBy, say)
    }
    case 'COPY':
    case 'ADD': {
      const { sources, target, inline } = copySources(instruction, variable)
      const fromName = instruction.flags.from?.[0]
      const from = fromName === undefined ? options.context.files : yield* stageFiles(daemon, expanded(fromName, variable), { stages, images })
      for (const source of sources) if (instruction.name === 'ADD' && /^https?:\/\//.test(source)) throw failure(`ADD failed: ${refusedFetch(daemon, source)}`)
      const base = imageFrom(current)
      if (isForeign(options) && current.imageId !== '') {
        throw failure(`failed to get destination image "${current.imageId}": image with reference ${current.imageId} was found but its platform (linux/amd64) does not match the specified platform (${options.platform})`)
      }
      const plan = planCopy({ name: instruction.name, sources, target, workingDir: current.run.WorkingDir ?? '', from, isContext: fromName === undefined, inline, chown: instruction.flags.chown && expanded(instruction.flags.chown[0], variable), chmod: instruction.flags.chmod?.[0], image: base, now: daemon.clock.now() })
      const createdBy = `${shell} #(nop) ${instruction.name} ${instruction.flags.chown ? `--chown=${instruction.flags.chown[0]} ` : ''}${instruction.flags.chmod ? `--chmod=${instruction.flags.chmod[0]} ` : ''}${plan.source} in ${targetText(target, current.run.WorkingDir)} `
      if (useCached(daemon, current, createdBy, options, say)) return
      return commitLayer(daemon, current, plan.carryOut(), createdBy, say)
    }
    case 'ARG': {
      declare(current.args, instruction.rest, options, variable, globals)
      for (const word of wordsOf(instruction.rest)) used.add(word.split('=', 1)[0])
      return yield* configStep(daemon, current, `${shell} #(nop)  ARG ${wordsOf(instruction.rest).map((word) => expanded(word, variable)).join(' ')}`, options, say)
    }
    default: {
      const before = current.run
      const change = configChange(current.run, instruction, variable, { isCmdInherited: !current.hasOwnCmd })
      if (instruction.name === 'CMD') current.hasOwnCmd = true
      if (!change) throw badRequest(`unknown instruction: ${instruction.name}`)
      if (instruction.name === 'HEALTHCHECK' && before.Healthcheck?.Test) say(`Note: overriding previous HEALTHCHECK: [${before.Healthcheck.Test.join(' ')}]\n`)
      current.run = change.run
      if (change.author) current.author = change.author
      const prefix = (change.run.Shell ?? defaultShell).join(' ')
      const createdBy = `${prefix} #(nop) ${change.words}`
      // A new working directory is made in the image as well.
      const folder = instruction.name === 'WORKDIR' ? newFolder(current) : undefined
      if (useCached(daemon, current, createdBy, options, say)) return
      return yield* configStep(daemon, current, createdBy, options, say, folder)
    }
  }
}

/** Everything here is linux/amd64. */
function isForeign({ platform }: Options): boolean {
  return platform !== '' && platform !== 'linux' && !/^(linux\/)?(amd64|x86_64)$/.test(platform)
}

function targetText(target: string, workingDir = ''): string {
  const path = cleanPath(target.startsWith('/') ? target : `${workingDir || '/'}/${target}`)
  return (target.endsWith('/') || target === '.') && path !== '/' ? `${path}/` : path
}

function refusedFetch(daemon: Daemon, url: string): string {
  const { host, hostname } = new URL(url)
  if (/^\d+\.\d+\.\d+\.\d+$/.test(hostname)) return `Get "${url}": dial tcp ${host.includes(':') ? host : `${host}:80`}: connect: connection refused`
  const dns = /^nameserver\s+(\S+)/m.exec(daemon.host.files.exists('/etc/resolv.conf') ? daemon.host.files.readText('/etc/resolv.conf') : '')?.[1] ?? '192.168.1.10'
  return `Get "${url}": dial tcp: lookup ${hostname} on ${dns}:53: no such host`
}

function newFolder(current: Current): Layer | undefined {
  const path = current.run.WorkingDir ?? '/'
  const files = filesOfImage(imageFrom(current))
  if (files.exists(path)) return undefined
  return planCopy({ name: 'COPY', sources: ['/'], target: path, workingDir: '/', from: filesOfImage(imageOf({ layers: [], config: { created: '', architecture: '', os: '', config: {}, rootfs: { type: 'layers', diff_ids: [] }, history: [] } })), isContext: false, inline: [], chown: undefined, chmod: undefined, image: imageFrom(current), now: 0 }).carryOut()
}

/** The files of `--from`: an earlier stage, or an image. */
function* stageFiles(daemon: Daemon, name: string, { stages, images }: { stages: readonly Stage[]; images: readonly string[] }): Work<ReturnType<typeof filesOfImage>> {
  const index = stages.findIndex((stage, at) => at < images.length && (stage.name === name.toLowerCase() || String(at) === name))
  if (index >= 0) return filesOfImage(daemon.images.image(images[index]))
  try {
    return filesOfImage(daemon.images.image(yield* baseImage(daemon, name, false, () => {})))
  } catch (error) {
    if (error instanceof DockerError) throw new DockerError(error.status, `invalid from flag value ${name}: ${error.message}`)
    throw error
  }
}

interface StepRecord {
  readonly parent: string
  readonly createdBy: string
}

/** Goes on from the image that this very step made of this very parent before. */
function useCached(daemon: Daemon, current: Current, createdBy: string, options: Options, say: (text: string) => void): boolean {
  if (!options.usesCache || isForeign(options)) return false
  const found = daemon.images
    .childrenOf(current.imageId)
    .filter(({ Id }) => {
      const record = daemon.store.get('build-steps', Id) as StepRecord | undefined
      return record?.createdBy === createdBy && record.parent === current.imageId
    })
    .sort((a, b) => (a.Created < b.Created ? 1 : -1))[0]
  if (!found) return false
  say(' ---> Using cache\n')
  say(` ---> ${found.Id.slice(7, 19)}\n`)
  Object.assign(current, fromImage(daemon, found.Id, current.args))
  return true
}

function* configStep(daemon: Daemon, current: Current, createdBy: string, options: Options, say: (text: string) => void, layer?: Layer): Work<void> {
  if (useCached(daemon, current, createdBy, options, say)) return
  // A container is made only to be committed, as the real builder does; it never runs.
  const { Id } = createContainer(daemon, { config: { Image: current.imageId, Entrypoint: [''], Cmd: ['/bin/sh', '-c', `#(nop) ${createdBy.replace(/^.*#\(nop\) /s, '')}`] }, hostConfig: {}, endpoints: {} })
  say(` ---> Running in ${Id.slice(0, 12)}\n`)
  if (options.removes) {
    remove(daemon, Id, { removeVolumes: true })
    say(` ---> Removed intermediate container ${Id.slice(0, 12)}\n`)
  }
  commitLayer(daemon, current, layer, createdBy, say)
}

function commitLayer(daemon: Daemon, current: Current, layer: Layer | undefined, createdBy: string, say: (text: string) => void): void {
  const created = daemon.nano()
  const entry: HistoryEntry = { created, ...(current.author ? { author: current.author } : {}), created_by: createdBy, ...(layer ? {} : { empty_layer: true }) }
  keep(daemon, current, imageFrom({ ...current, created, layers: layer ? [...current.layers, layer] : current.layers, history: [...current.history, entry] }), createdBy, say)
}

function keep(daemon: Daemon, current: Current, image: Image, createdBy: string, say: (text: string) => void): void {
  const parent = current.imageId
  daemon.images.add(image, { parent, isLocal: true })
  daemon.store.put('build-steps', image.id, { parent, createdBy } satisfies StepRecord, daemon.cause)
  daemon.event('image', 'create', image.id, { name: image.id })
  say(` ---> ${image.id.slice(7, 19)}\n`)
  Object.assign(current, fromImage(daemon, image.id, current.args))
}

interface CacheRecord {
  readonly id: string
  readonly description: string
  readonly layer: Layer | undefined
  readonly created: string
  readonly usedAt: string
  readonly size: number
  readonly uses: number
}

class SolveFailure extends Error {
  readonly instruction: Instruction | undefined
  readonly vertex: number | undefined

  constructor(message: string, { instruction, vertex }: { instruction?: Instruction; vertex?: number } = {}) {
    super(message)
    this.instruction = instruction
    this.vertex = vertex
  }
}

type Say = (value: object) => void

function* buildKit(daemon: Daemon, query: URLSearchParams, body: Uint8Array, tell: Say): Work<void> {
  // Whether a base counts as cached shows only when the first step on it is looked up; what comes between is held back so long.
  let held: object[] | undefined
  const say: Say = (message) => {
    if (held) held.push(message)
    else tell(message)
  }
  const hold = () => {
    held = []
  }
  const release = (message: object) => {
    const messages = held ?? []
    held = undefined
    tell(message)
    for (const one of messages) tell(one)
  }
  let nextVertex = 1
  const open = (name: string): number => {
    const vertex = nextVertex++
    say({ vertex, name })
    say({ vertex, started: true })
    return vertex
  }
  const fileName = query.get('dockerfile') || 'Dockerfile'
  const context = contextOf(body, fileName)
  const definition = open(`[internal] load build definition from ${fileName}`)
  const file = context.text(fileName)
  say({ vertex: definition, status: `transferring dockerfile: ${file === undefined ? '2B' : sizeText(bytesOf(file).length + 31)} done` })
  say({ vertex: definition, done: true })
  try {
    if (file === undefined) throw new SolveFailure(`failed to read dockerfile: open ${fileName}: no such file or directory`)
    let dockerfile: Dockerfile
    try {
      dockerfile = parseDockerfile(file, fileName)
    } catch (error) {
      if (!(error instanceof DockerError)) throw error
      throw parseFailure(error.message, file)
    }
    const options = optionsOf(query, body)
    for (const warning of lint(dockerfile)) say({ warning })
    yield* solve(daemon, dockerfile, options, { say, open, hold, release, file })
  } catch (error) {
    if (error instanceof SolveFailure) {
      const { instruction, vertex, message } = error
      say({ failed: { message, ...(vertex === undefined ? {} : { vertex }), ...(instruction ? { file: fileName, text: file, line: instruction.line, lastLine: instruction.lastLine } : {}) } })
    } else if (error instanceof DockerError) say({ failed: { message: error.message } })
    else throw error
  }
}

function parseFailure(message: string, file: string): SolveFailure {
  if (/cannot be empty$/.test(message)) return new SolveFailure('the Dockerfile cannot be empty')
  const lineNumber = Number(/on line (\d+)/.exec(message)?.[1] ?? 0) || firstInstruction(file)
  const instruction = { line: lineNumber, lastLine: lineNumber } as Instruction
  return new SolveFailure(message === 'failed to parse Dockerfile: file with no instructions' ? 'file with no instructions' : message, message.startsWith('failed to parse') ? {} : { instruction })
}

function firstInstruction(file: string): number {
  return file.split('\n').findIndex((text) => text.trim() !== '' && !text.trim().startsWith('#')) + 1
}

/** The lint rules that learners meet. */
function lint(dockerfile: Dockerfile): { rule: string; text: string; line: number }[] {
  const found: { rule: string; text: string; line: number }[] = []
  const all = dockerfile.stages.flatMap((stage) => [stage.from, ...stage.instructions])
  const upper = all.filter(({ original }) => /^[A-Z]+\b/.test(original)).length
  for (const { original, line: at } of all) {
    const [word] = original.split(/\s/)
    const wanted = upper >= all.length / 2 ? word.toUpperCase() : word.toLowerCase()
    if (word !== wanted) found.push({ rule: 'ConsistentInstructionCasing', text: `Command '${word}' should match the case of the command majority (${upper >= all.length / 2 ? 'uppercase' : 'lowercase'})`, line: at })
  }
  for (const { from } of dockerfile.stages) {
    const keyword = /\s(as)\s/i.exec(from.original)?.[1]
    if (keyword && (keyword === keyword.toUpperCase()) !== /^FROM/.test(from.original)) found.push({ rule: 'FromAsCasing', text: `'${keyword}' and 'FROM' keywords' casing do not match`, line: from.line })
  }
  for (const stage of dockerfile.stages) {
    for (const [name, rule] of [['CMD', 'MultipleInstructionsDisallowed'], ['ENTRYPOINT', 'MultipleInstructionsDisallowed']] as const) {
      const own = stage.instructions.filter((instruction) => instruction.name === name)
      for (const { line: at } of own.slice(0, -1)) found.push({ rule, text: `Multiple ${name} instructions should not be used in the same stage because only the last one will be used`, line: at })
    }
    for (const { name, json, rest, line: at } of stage.instructions) {
      if ((name === 'CMD' || name === 'ENTRYPOINT') && !json && rest !== '' && !stage.instructions.some((other) => other.name === 'SHELL')) found.push({ rule: 'JSONArgsRecommended', text: `JSON arguments recommended for ${name} to prevent unintended behavior related to OS signals`, line: at })
      if (name === 'MAINTAINER') found.push({ rule: 'MaintainerDeprecated', text: 'Maintainer instruction is deprecated in favor of using label', line: at })
      if ((name === 'ENV' || name === 'LABEL') && !wordsOf(rest)[0]?.includes('=')) found.push({ rule: 'LegacyKeyValueFormat', text: `"${name} key=value" should be used instead of legacy "${name} key value" format`, line: at })
      if (name === 'WORKDIR' && !/^[/$"]/.test(rest) && !stage.instructions.some((other) => other.name === 'WORKDIR' && other.line < at && other.rest.startsWith('/'))) found.push({ rule: 'WorkdirRelativePath', text: `Relative workdir ${JSON.stringify(rest)} can have unexpected results if the base image changes`, line: at })
    }
  }
  return found
}

const buildsFiles = (name: string): boolean => name === 'RUN' || name === 'COPY' || name === 'ADD' || name === 'WORKDIR'

interface Solve {
  readonly say: Say
  readonly open: (name: string) => number
  readonly hold: () => void
  readonly release: (message: object) => void
  readonly file: string
}

function* solve(daemon: Daemon, dockerfile: Dockerfile, options: Options, { say, open, hold, release }: Solve): Work<void> {
  const globals = globalArgs(dockerfile, options)
  const wanted = options.target === '' ? dockerfile.stages.length - 1 : stageIndex(dockerfile, options.target)
  if (wanted === undefined) throw new SolveFailure(`target stage ${JSON.stringify(options.target)} could not be found`)
  const needed = neededStages(dockerfile, wanted, globals)
  const bases = new Map<string, { id: string; vertexName: string }>()
  const metadata: { name: string; stage: Stage }[] = []
  for (const index of needed) {
    const stage = dockerfile.stages[index]
    const name = expanded(stage.base, (variable) => globals.get(variable))
    if (name === '') throw new SolveFailure(`base name (${stage.base}) should not be blank`, { instruction: stage.from })
    if (name !== 'scratch' && !isEarlierStage(dockerfile, index, name) && !metadata.some((other) => other.name === name)) metadata.push({ name, stage })
  }
  for (const { name, stage } of metadata) {
    let full: string
    try {
      const reference = parseReference(name)
      full = `${repositoryOf(reference)}${reference.digest ? `@${reference.digest}` : `:${reference.tag ?? 'latest'}`}`
    } catch (error) {
      if (!(error instanceof DockerError)) throw error
      throw new SolveFailure(`failed to parse stage name ${JSON.stringify(name)}: ${error.message}`, { instruction: stage.from })
    }
    const vertex = open(`[internal] load metadata for ${full}`)
    try {
      const known = daemon.images.find(name)
      if (known && !options.pulls) bases.set(name, { id: known.Id, vertexName: full })
      else {
        const remote = yield* remoteImage(daemon, parseReference(name), undefined)
        bases.set(name, { id: remote.id, vertexName: `${full}@${remote.digest}` })
      }
      say({ vertex, done: true })
    } catch (error) {
      if (!(error instanceof DockerError)) throw error
      const words = /^pull access denied/.test(error.message) ? 'pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed' : /manifest unknown/.test(error.message) ? `${full}: not found` : error.message
      say({ vertex, error: words })
      throw new SolveFailure(`${name}: failed to resolve source metadata for ${full}: ${words}`, { instruction: stage.from, vertex })
    }
  }
  const ignore = open('[internal] load .dockerignore')
  const ignoreText = options.context.text('.dockerignore')
  say({ vertex: ignore, status: `transferring context: ${ignoreText === undefined ? '2B' : sizeText(bytesOf(ignoreText).length + 33)} done` })
  say({ vertex: ignore, done: true })
  if (options.isCheck) return
  const results = new Map<number, Current>()
  let hasContext = false
  const isMulti = dockerfile.stages.length > 1 || dockerfile.stages.some((stage) => stage.instructions.some(({ flags }) => flags.mount))
  const takesContext = needed.some((index) => dockerfile.stages[index].instructions.some(({ name, flags }) => (name === 'COPY' || name === 'ADD') && !flags.from))
  for (const index of needed) {
    const stage = dockerfile.stages[index]
    const steps = 1 + stage.instructions.filter(({ name }) => buildsFiles(name)).length
    const label = isMulti ? `${stage.name ?? `stage-${index}`} ` : ''
    const args = new Map<string, string>()
    const name = expanded(stage.base, (variable) => globals.get(variable))
    const earlier = dockerfile.stages.findIndex((other, at) => at < index && other.name === name.toLowerCase())
    let current: Current
    let settle: (isStepCached: boolean) => void = () => {}
    let position = 1
    if (earlier >= 0) {
      current = { ...(results.get(earlier) as Current), args }
      position = 0
    } else if (name === 'scratch') {
      current = scratch(daemon, args)
      position = 0
    } else {
      const base = bases.get(name) as { id: string; vertexName: string }
      const vertex = open(`[${label}1/${steps}] FROM ${base.vertexName}`)
      if (!daemon.images.get(base.id)) {
        const reference = parseReference(name)
        const remote = yield* remoteImage(daemon, reference, undefined)
        yield* pulled(daemon, reference, remote, ({ status, id, progressDetail }) => {
          if (id && progressDetail?.total) say({ vertex, status: `${status?.toLowerCase()} ${id}`, current: progressDetail.current, total: progressDetail.total })
        })
        say({ vertex, done: true })
      } else {
        const wasUsed = daemon.builtFrom.has(base.id)
        hold()
        settle = (isStepCached) => {
          settle = () => {}
          release({ vertex, ...(wasUsed && !isStepCached ? { cached: true } : { done: true }) })
        }
      }
      daemon.builtFrom.add(base.id)
      current = fromImage(daemon, base.id, args)
    }
    if (!hasContext && takesContext) {
      hasContext = true
      const vertex = open('[internal] load build context')
      say({ vertex, status: `transferring context: ${sizeText(Math.max(2, Math.round(options.contextBytes / 70)))} done` })
      say({ vertex, done: true })
    }
    const total = position === 0 ? steps - 1 : steps
    const instructions = [...(current.run.OnBuild ?? []).map((trigger) => parseInstruction(trigger)), ...stage.instructions]
    if (current.run.OnBuild) current = { ...current, run: { ...current.run, OnBuild: undefined } }
    for (const instruction of instructions) {
      if (!buildsFiles(instruction.name)) {
        yield* metaStep(current, instruction, options, globals)
        continue
      }
      const vertex = open(`[${label}${++position}/${total}] ${vertexName(instruction, variableOf(current))}`)
      yield* fileStep(daemon, current, instruction, { options, dockerfile, results, vertex, say, settle: (isCached) => settle(isCached) })
    }
    settle(false)
    results.set(index, current)
  }
  const current = results.get(wanted) as Current
  const labels = Object.entries(options.labels)
  if (labels.length > 0) current.run = { ...current.run, Labels: { ...current.run.Labels, ...options.labels } }
  const vertex = open('exporting to image')
  say({ vertex, status: 'exporting layers done' })
  const image = imageFrom(current)
  daemon.images.add(image, { isLocal: true })
  say({ vertex, status: `writing image ${image.id} done` })
  const asked = new Set(options.taggedNames)
  for (const tag of options.tags) {
    daemon.images.tag(image.id, tag)
    daemon.event('image', 'tag', image.id, { name: tag })
    say({ vertex, status: `naming to ${repositoryOf(parseReference(tag))}${asked.has(tag) ? `:${parseReference(tag).tag ?? 'latest'}` : ''} done` })
  }
  say({ vertex, done: true })
  say({ result: { id: image.id, names: options.tags } })
}

/** Variables are shown with their values; of a here-document its first line. */
function vertexName({ original, documents }: Instruction, variable: (name: string) => string | undefined): string {
  const text = original.split('\n', 1)[0].replace(/\$(?:(\w+)|\{(\w+)\})/g, (all, plain: string | undefined, braced: string | undefined) => variable(plain ?? braced ?? '') ?? all)
  return documents.length > 0 && /^RUN\b/i.test(text) ? `${text} (${documents[0].text.split('\n', 1)[0]}${documents[0].text.trimEnd().includes('\n') ? '...' : ''})` : text
}

function isEarlierStage(dockerfile: Dockerfile, index: number, name: string): boolean {
  return dockerfile.stages.some((other, at) => at < index && other.name === name.toLowerCase())
}

/** The stages that the wanted one stands on, in order; the others are not built. */
function neededStages(dockerfile: Dockerfile, wanted: number, globals: ReadonlyMap<string, string>): number[] {
  const needed = new Set<number>()
  const visit = (index: number) => {
    if (needed.has(index)) return
    const stage = dockerfile.stages[index]
    const names = [expanded(stage.base, (variable) => globals.get(variable)), ...stage.instructions.flatMap(({ flags }) => [...(flags.from ?? []), ...(flags.mount ?? []).flatMap((mount) => /(?:^|,)from=([^,]+)/.exec(mount)?.[1] ?? [])])]
    for (const name of names) {
      const at = dockerfile.stages.findIndex((other, position) => position < index && (other.name === name.toLowerCase() || String(position) === name))
      if (at >= 0) visit(at)
    }
    needed.add(index)
  }
  visit(wanted)
  return [...needed].sort((a, b) => a - b)
}

/** Instructions that change only the config: no vertex, a line of history. */
function* metaStep(current: Current, instruction: Instruction, options: Options, globals: ReadonlyMap<string, string>): Work<void> {
  const variable = variableOf(current)
  if (instruction.name === 'ARG') {
    declare(current.args, instruction.rest, options, variable, globals)
    note(current, `ARG ${instruction.rest}`, undefined)
    return
  }
  try {
    const change = configChange(current.run, instruction, variable, { isCmdInherited: !current.hasOwnCmd })
    if (!change) return
    if (instruction.name === 'CMD') current.hasOwnCmd = true
    current.run = change.run
    if (change.author) current.author = change.author
    note(current, instruction.name === 'EXPOSE' ? `EXPOSE map[${Object.keys(change.run.ExposedPorts ?? {}).map((port) => `${port}:{}`).join(' ')}]` : change.words.trim(), undefined)
  } catch (error) {
    if (error instanceof DockerError) throw new SolveFailure(error.message, { instruction })
    throw error
  }
}

function note(current: Current, words: string, layer: Layer | undefined, created = current.created): void {
  const entry: HistoryEntry = { created, created_by: layer === undefined ? words : `${words} # buildkit`, comment: 'buildkit.dockerfile.v0', ...(layer ? {} : { empty_layer: true }) }
  current.history = [...current.history, entry]
}

function* fileStep(daemon: Daemon, current: Current, instruction: Instruction, { options, dockerfile, results, vertex, say, settle }: { options: Options; dockerfile: Dockerfile; results: ReadonlyMap<number, Current>; vertex: number; say: Say; settle: (isCached: boolean) => void }): Work<void> {
  const variable = variableOf(current)
  const fail = (message: string, atVertex = message) => {
    settle(false)
    say({ vertex, error: atVertex })
    return new SolveFailure(message, { instruction, vertex })
  }
  let words: string
  let make: () => Work<Layer | undefined>
  switch (instruction.name) {
    case 'RUN': {
      const argv = runArgv(instruction, current.run)
      const env = argEnvironment(current, options)
      words = `${env.length > 0 ? `RUN |${env.length} ${env.join(' ')} ` : 'RUN '}${argv.join(' ')}`
      make = function* () {
        const outcome = yield* runHidden(daemon, {
          image: imageFrom(current), argv, env, mounts: instruction.flags.mount ?? [], network: instruction.flags.network?.[0] ?? options.network, context: options.context.files,
          files: (name) => stageImage(dockerfile, results, name),
          write: (stream, bytes) => say({ vertex, log: textOf(bytes), stream: stream === 'stdout' ? 1 : 2 }),
        })
        if ('refused' in outcome) throw fail(`process ${JSON.stringify(argv.join(' '))} did not complete successfully: ${outcome.refused}`)
        if (outcome.exitCode !== 0) throw fail(`process ${JSON.stringify(argv.join(' '))} did not complete successfully: exit code: ${outcome.exitCode}`)
        return outcome.layer
      }
      break
    }
    case 'WORKDIR': {
      const change = configChange(current.run, instruction, variable)
      if (change) current.run = change.run
      words = change?.words.trim() ?? instruction.original
      make = function* () {
        return newFolder(current)
      }
      break
    }
    default: {
      const { sources, target, inline } = copySources(instruction, variable)
      const fromName = instruction.flags.from && expanded(instruction.flags.from[0], variable)
      let from = options.context.files
      if (fromName !== undefined) {
        const stage = stageImage(dockerfile, results, fromName)
        if (stage) from = filesOfImage(stage)
        else {
          try {
            from = filesOfImage(daemon.images.image(yield* baseImage(daemon, fromName, false, () => {})))
          } catch (error) {
            if (!(error instanceof DockerError)) throw error
            const reference = parseReference(fromName)
            const full = `${repositoryOf(reference)}:${reference.tag ?? 'latest'}`
            throw fail(`${fromName}: failed to resolve source metadata for ${full}: pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed`)
          }
        }
      }
      for (const source of sources) if (instruction.name === 'ADD' && /^https?:\/\//.test(source)) throw fail(refusedFetch(daemon, source))
      words = `${instruction.name} ${[...sources, ...inline.map(({ name }) => name), target].join(' ')}`
      try {
        const plan = planCopy({ name: instruction.name as 'COPY' | 'ADD', sources, target, workingDir: current.run.WorkingDir ?? '', from, isContext: fromName === undefined, inline, chown: instruction.flags.chown && expanded(instruction.flags.chown[0], variable), chmod: instruction.flags.chmod?.[0], image: imageFrom(current), now: daemon.clock.now() })
        words = `${words} ${plan.source}`
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
  const key = sha256Hex(bytesOf(`${current.key}\n${words}`))
  const known = options.usesCache ? (daemon.store.get('build-cache', key) as CacheRecord | undefined) : undefined
  const shown = words.replace(/ (file|dir|multi):[0-9a-f]{64}$/, '')
  settle(known !== undefined)
  if (known) {
    say({ vertex, cached: true })
    daemon.store.put('build-cache', key, { ...known, usedAt: daemon.nano(), uses: known.uses + 1 }, daemon.cause)
    advance(current, known.layer, key, known.created, shown)
    return
  }
  let layer: Layer | undefined
  try {
    layer = yield* make()
  } catch (error) {
    if (error instanceof DockerError) throw fail(error.message)
    throw error
  }
  const created = daemon.nano()
  const record: CacheRecord = { id: daemon.random.letters(25, 'abcdefghijklmnopqrstuvwxyz0123456789'), description: shown, layer, created, usedAt: created, size: layer?.size ?? 0, uses: 1 }
  daemon.store.put('build-cache', key, record, daemon.cause)
  say({ vertex, done: true })
  advance(current, layer, key, created, shown)
}

function advance(current: Current, layer: Layer | undefined, key: string, created: string, words: string): void {
  current.created = created
  current.key = key
  note(current, words, layer, created)
  if (layer) current.layers = [...current.layers, layer]
}

function reference(daemon: Daemon): string {
  const id = () => daemon.random.letters(25, 'abcdefghijklmnopqrstuvwxyz0123456789')
  return `${id()}::${id()}`
}

function stageImage(dockerfile: Dockerfile, results: ReadonlyMap<number, Current>, name: string): Image | undefined {
  const index = dockerfile.stages.findIndex((stage, at) => results.has(at) && (stage.name === name.toLowerCase() || String(at) === name))
  const current = results.get(index)
  return current && imageFrom(current)
}

/** As `docker system df` sees them. */
export function buildCacheRows(daemon: Daemon): readonly object[] {
  return (daemon.store.list('build-cache') as readonly CacheRecord[]).map(({ id, description, size, created, usedAt, uses }) => ({
    ID: id, Type: 'regular', Description: `mount / from exec ${description}`, InUse: false, Shared: false, Size: size, CreatedAt: created, LastUsedAt: usedAt, UsageCount: uses,
  }))
}

export function pruneBuildCache(daemon: Daemon, query: URLSearchParams): { CachesDeleted: string[] | null; SpaceReclaimed: number } {
  const until = /"until":\{"([^"]+)"|"until":\["([^"]+)"/.exec(query.get('filters') ?? '')
  const deleted: string[] = []
  let reclaimed = 0
  if (!until) {
    for (const { key, object } of [...daemon.store.all()].filter(({ resource }) => resource === 'build-cache')) {
      const record = object as CacheRecord
      deleted.push(record.id)
      reclaimed += record.size
      daemon.store.delete('build-cache', key, daemon.cause)
    }
  }
  daemon.event('builder', 'prune', '', { reclaimed: String(reclaimed) })
  return { CachesDeleted: deleted.length > 0 ? deleted : null, SpaceReclaimed: reclaimed }
}
