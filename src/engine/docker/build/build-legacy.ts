/**
 * The legacy builder (`DOCKER_BUILDKIT=0`): every instruction becomes an image, RUNs are containers that `docker ps` shows, and the
 * answer is the stream of text that the real CLI prints.
 */
import { textOf } from '../../../base/bytes.ts'
import { containerConfig } from '../../images/config-text.ts'
import { type Image, imageOf, type Layer } from '../../images/image.ts'
import type { HistoryEntry } from '../../images/image-config.ts'
import type { Work } from '../../runtime/task.ts'
import { filesOfImage, planCopy } from './build-context.ts'
import { fetchedFile } from './build-fetch.ts'
import { runContainer } from './build-run.ts'
import {
  argEnvironment,
  baseImage,
  copySources,
  type Current,
  declare,
  fromImage,
  globalArgs,
  imageFrom,
  newFolder,
  type Options,
  predefinedArgs,
  runArgv,
  scratch,
  stageIndex,
  variableOf,
} from './build-stage.ts'
import { configChange, defaultShell } from '../containers/changes.ts'
import { createContainer } from '../containers/create.ts'
import type { Daemon } from '../daemon.ts'
import { badRequest, DockerError, failure } from '../docker-error.ts'
import { engineVersion } from '../engine-version.ts'
import { type Dockerfile, expanded, type Instruction, parseInstruction, type Stage, wordsOf } from './dockerfile.ts'
import { committed } from '../images/image-archive.ts'
import { remove } from '../containers/lifecycle.ts'
import { cleanPath } from '../containers/mounts.ts'
import type { Progress } from '../images/pull.ts'

/** A RUN that did not end with 0: the CLI ends with its code. */
export class StepFailure extends DockerError {
  readonly code: number

  constructor(code: number, message: string) {
    super(500, message)
    this.code = code
  }
}
export function* legacyBuild(daemon: Daemon, dockerfile: Dockerfile, options: Options, sayAll: (progress: Progress) => void): Work<void> {
  const say = options.isQuiet ? () => {} : (text: string) => sayAll({ stream: text })
  const globals = globalArgs(dockerfile, options)
  const last = options.target === '' ? dockerfile.stages.length - 1 : (stageIndex(dockerfile, options.target) as number)
  const stages = dockerfile.stages.slice(0, last + 1)
  const labels = Object.entries(options.labels)
  const total =
    dockerfile.globals.length + stages.reduce((sum, stage) => sum + 1 + stage.instructions.length, 0) + (labels.length > 0 ? 1 : 0)
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
      for (const trigger of triggers)
        yield* legacyStep(daemon, current, parseInstruction(trigger), { options, globals, stages, images, say, used })
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
  const unused = Object.keys(options.buildArgs)
    .filter((name) => !used.has(name) && !predefinedArgs.includes(name))
    .sort()
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

function* legacyBase(
  daemon: Daemon,
  stage: Stage,
  { options, globals, stages, images, say, sayAll }: LegacyContext & { sayAll: (progress: Progress) => void },
): Work<Current> {
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

function* legacyStep(
  daemon: Daemon,
  current: Current,
  instruction: Instruction,
  context: LegacyContext & { readonly used: Set<string> },
): Work<void> {
  const { options, globals, stages, images, say, used } = context
  const variable = variableOf(current)
  const shell = (current.run.Shell ?? defaultShell).join(' ')
  if (instruction.documents.length > 0)
    throw failure(
      'the heredoc form requires BuildKit. Refer to https://docs.docker.com/go/buildkit/ to learn how to build images with BuildKit enabled',
    )
  switch (instruction.name) {
    case 'RUN': {
      if (instruction.flags.mount)
        throw badRequest(
          'the --mount option requires BuildKit. Refer to https://docs.docker.com/go/buildkit/ to learn how to build images with BuildKit enabled',
        )
      const argv = runArgv(instruction, current.run)
      const args = argEnvironment(current, options)
      const createdBy = `${args.length > 0 ? `|${args.length} ${args.join(' ')} ` : ''}${argv.join(' ')}`
      if (useCached(daemon, current, createdBy, options, say)) return
      const outcome = yield* runContainer(daemon, {
        image: current.imageId,
        argv,
        env: args,
        network: options.network,
        memory: options.memory,
        extraHosts: options.extraHosts,
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
      return keep(daemon, current, image, createdBy, say, options.removes ? removed : undefined)
    }
    case 'COPY':
    case 'ADD': {
      const { sources: written, target, inline } = copySources(instruction, variable)
      const fromName = instruction.flags.from?.[0]
      const from =
        fromName === undefined ? options.context.files : yield* stageFiles(daemon, expanded(fromName, variable), { stages, images })
      const isUrl = (source: string) => instruction.name === 'ADD' && /^https?:\/\//.test(source)
      const sources = written.filter((source) => !isUrl(source))
      for (const source of written.filter(isUrl)) {
        try {
          inline.push(yield* fetchedFile(daemon, source))
        } catch (error) {
          if (error instanceof DockerError)
            throw failure(
              `ADD failed: ${error.message.replace(/^invalid response status (\d+)$/, `failed to GET ${source} with status $1`)}`,
            )
          throw error
        }
      }
      const base = imageFrom(current)
      if (isForeign(options) && current.imageId !== '') {
        throw failure(
          `failed to get destination image "${current.imageId}": image with reference ${current.imageId} was found but its platform (linux/amd64) does not match the specified platform (${options.platform})`,
        )
      }
      const plan = planCopy({
        name: instruction.name,
        sources,
        target,
        workingDir: current.run.WorkingDir ?? '',
        from,
        isContext: fromName === undefined,
        inline,
        chown: instruction.flags.chown && expanded(instruction.flags.chown[0], variable),
        chmod: instruction.flags.chmod?.[0],
        image: base,
        now: daemon.clock.now(),
      })
      const createdBy = `${shell} #(nop) ${instruction.name} ${instruction.flags.chown ? `--chown=${instruction.flags.chown[0]} ` : ''}${instruction.flags.chmod ? `--chmod=${instruction.flags.chmod[0]} ` : ''}${plan.source} in ${targetText(target, current.run.WorkingDir)} `
      if (useCached(daemon, current, createdBy, options, say)) return
      return commitLayer(daemon, current, plan.carryOut(), createdBy, say)
    }
    case 'ARG': {
      declare(current.args, instruction.rest, options, variable, globals)
      for (const word of wordsOf(instruction.rest)) used.add(word.split('=', 1)[0])
      return yield* configStep(
        daemon,
        current,
        `${shell} #(nop)  ARG ${wordsOf(instruction.rest)
          .map((word) => expanded(word, variable))
          .join(' ')}`,
        options,
        say,
      )
    }
    default: {
      const before = current.run
      const change = configChange(current.run, instruction, variable, { isCmdInherited: !current.hasOwnCmd })
      if (instruction.name === 'CMD') current.hasOwnCmd = true
      if (!change) throw badRequest(`unknown instruction: ${instruction.name}`)
      if (instruction.name === 'HEALTHCHECK' && before.Healthcheck?.Test)
        say(`Note: overriding previous HEALTHCHECK: [${before.Healthcheck.Test.join(' ')}]\n`)
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

/** The files of `--from`: an earlier stage, or an image. */
function* stageFiles(
  daemon: Daemon,
  name: string,
  { stages, images }: { stages: readonly Stage[]; images: readonly string[] },
): Work<ReturnType<typeof filesOfImage>> {
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

function* configStep(
  daemon: Daemon,
  current: Current,
  createdBy: string,
  options: Options,
  say: (text: string) => void,
  layer?: Layer,
): Work<void> {
  if (useCached(daemon, current, createdBy, options, say)) return
  // A container is made only to be committed, as the real builder does; it never runs.
  const { Id } = createContainer(daemon, {
    config: { Image: current.imageId, Entrypoint: [''], Cmd: ['/bin/sh', '-c', `#(nop) ${createdBy.replace(/^.*#\(nop\) /s, '')}`] },
    hostConfig: {},
    endpoints: {},
  })
  say(` ---> Running in ${Id.slice(0, 12)}\n`)
  const removed = () => {
    remove(daemon, Id, { removeVolumes: true })
    say(` ---> Removed intermediate container ${Id.slice(0, 12)}\n`)
  }
  commitLayer(daemon, current, layer, createdBy, say, { container: Id, afterwards: options.removes ? removed : undefined })
}

function commitLayer(
  daemon: Daemon,
  current: Current,
  layer: Layer | undefined,
  createdBy: string,
  say: (text: string) => void,
  { container, afterwards }: { container?: string; afterwards?: () => void } = {},
): void {
  const created = daemon.nano()
  const entry: HistoryEntry = {
    created,
    ...(current.author ? { author: current.author } : {}),
    created_by: createdBy,
    ...(layer ? {} : { empty_layer: true }),
  }
  const { config, layers } = imageFrom({
    ...current,
    created,
    layers: layer ? [...current.layers, layer] : current.layers,
    history: [...current.history, entry],
  })
  keep(
    daemon,
    current,
    imageOf({
      layers,
      config: {
        ...config,
        docker_version: engineVersion,
        container,
        container_config: containerConfig(config.config, { container, command: commandOf(createdBy), parent: current.imageId }),
      },
    }),
    createdBy,
    say,
    afterwards,
  )
}

/** `/bin/sh -c #(nop)  CMD ["x"]` as the words of a command; the words of COPY and ADD are one with the comment sign. */
function commandOf(createdBy: string): string[] {
  const at = createdBy.indexOf('#(nop)')
  const comment = createdBy.slice(at)
  return [...createdBy.slice(0, at).trim().split(' '), ...(comment.startsWith('#(nop)  ') ? ['#(nop) ', comment.slice(8)] : [comment])]
}

/** `afterwards` is done once the image is there: the container it was made from goes only then. */
function keep(
  daemon: Daemon,
  current: Current,
  image: Image,
  createdBy: string,
  say: (text: string) => void,
  afterwards: () => void = () => {},
): void {
  const parent = current.imageId
  daemon.images.add(image, { parent })
  daemon.store.put('build-steps', image.id, { parent, createdBy } satisfies StepRecord, daemon.cause)
  daemon.event('image', 'create', image.id, { name: image.id })
  afterwards()
  say(` ---> ${image.id.slice(7, 19)}\n`)
  Object.assign(current, fromImage(daemon, image.id, current.args))
}
