/** What both builders know of a stage under construction: its layers, config and variables, and what an instruction's words mean there. */
import { bytesOf } from '../../../base/bytes.ts'
import { type Image, imageOf, type Layer } from '../../images/image.ts'
import type { HistoryEntry, ImageRunConfig } from '../../images/image-config.ts'
import type { Work } from '../../runtime/task.ts'
import { type BuildContext, filesOfImage, planCopy } from './build-context.ts'
import { defaultShell } from '../containers/changes.ts'
import type { Daemon } from '../daemon.ts'
import { type Dockerfile, expanded, type Instruction, wordsOf } from './dockerfile.ts'
import { type Progress, pulled } from '../images/pull.ts'
import { familiarTag, parseReference } from '../images/reference.ts'
import { isTrue } from '../router.ts'
import { remoteImage } from '../images/remote.ts'

export interface Options {
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
  /** `--add-host name:ip`. */
  readonly extraHosts: readonly string[]
  readonly context: BuildContext
}

/** Where a stage has got to. */
export interface Current {
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
export function optionsOf(query: URLSearchParams, context: BuildContext, fileName: string, file: string): Options {
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
    extraHosts: (query.get('extrahosts') ?? '').split(',').filter(Boolean),
    context,
  }
}

export function stageIndex(dockerfile: Dockerfile, name: string): number | undefined {
  const byName = dockerfile.stages.findIndex((stage) => stage.name === name.toLowerCase())
  if (byName >= 0) return byName
  return /^\d+$/.test(name) && Number(name) < dockerfile.stages.length ? Number(name) : undefined
}

export const predefinedArgs = [
  'HTTP_PROXY',
  'http_proxy',
  'HTTPS_PROXY',
  'https_proxy',
  'FTP_PROXY',
  'ftp_proxy',
  'NO_PROXY',
  'no_proxy',
  'ALL_PROXY',
  'all_proxy',
]

/** ARGs before the first FROM, with what the command line gave. */
export function globalArgs(dockerfile: Dockerfile, options: Options): Map<string, string> {
  const args = new Map<string, string>()
  for (const { rest } of dockerfile.globals) declare(args, rest, options, (name) => args.get(name), new Map())
  return args
}

/** `ARG NAME=default OTHER`: the command line wins over the default, an earlier global over nothing. */
export function declare(
  args: Map<string, string>,
  rest: string,
  { buildArgs }: Options,
  variable: (name: string) => string | undefined,
  globals: ReadonlyMap<string, string>,
): void {
  for (const word of wordsOf(rest)) {
    const equals = word.indexOf('=')
    const name = expanded(equals < 0 ? word : word.slice(0, equals), variable)
    const given = Object.hasOwn(buildArgs, name) ? buildArgs[name] : undefined
    const value = given ?? (equals < 0 ? globals.get(name) : expanded(word.slice(equals + 1), variable))
    if (value !== undefined && value !== null) args.set(name, value)
    else if (!args.has(name)) args.delete(name)
  }
}

export function variableOf(current: Current): (name: string) => string | undefined {
  return (name) => current.run.Env?.find((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1) ?? current.args.get(name)
}

/** The command of a RUN: shell or JSON form, here-documents included. */
export function runArgv({ rest, json, documents }: Instruction, run: ImageRunConfig): readonly string[] {
  if (json) return json
  const shell = run.Shell ?? defaultShell
  if (documents.length === 0) return [...shell, rest]
  // `RUN <<EOF` is the document itself as a script; otherwise the documents follow as the shell's own.
  if (documents.length === 1 && /^<<-?["']?\w+["']?$/.test(rest.trim())) return [...shell, documents[0].text]
  return [...shell, `${rest}\n${documents.map(({ name, text }) => `${text}${name}\n`).join('')}`]
}

/** The variables a RUN sees beside the image's: ARGs that ENV does not hide. */
export function argEnvironment(current: Current, options: Options): string[] {
  const known = new Set((current.run.Env ?? []).map((entry) => entry.split('=', 1)[0]))
  const entries = [...current.args].filter(([name]) => !known.has(name)).map(([name, value]) => `${name}=${value}`)
  for (const name of predefinedArgs) if (options.buildArgs[name]) entries.push(`${name}=${options.buildArgs[name]}`)
  return entries.sort()
}

export function copySources(
  instruction: Instruction,
  variable: (name: string) => string | undefined,
): { sources: string[]; target: string; inline: { name: string; content: Uint8Array }[] } {
  const words = (instruction.json ?? wordsOf(instruction.rest)).map((word) =>
    instruction.json ? word : word.startsWith('<<') ? word : expanded(word, variable),
  )
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
  return text.replace(
    /\$(?:(\w+)|\{(\w+)\})/g,
    (_, plain: string | undefined, braced: string | undefined) => variable(plain ?? braced ?? '') ?? '',
  )
}

export function imageFrom(current: Current): Image {
  return imageOf({
    layers: current.layers,
    config: {
      created: current.created,
      ...(current.author ? { author: current.author } : {}),
      architecture: current.architecture,
      os: 'linux',
      config: current.run,
      rootfs: { type: 'layers', diff_ids: current.layers.map(({ diffId }) => diffId) },
      history: current.history,
    },
  })
}

export function fromImage(daemon: Daemon, id: string, args: Map<string, string>): Current {
  const image = daemon.images.image(id)
  return {
    layers: image.layers,
    run: { ...image.config.config, Env: withPath(image.config.config.Env ?? []) },
    history: image.config.history,
    author: image.config.author ?? '',
    architecture: image.config.architecture,
    imageId: id,
    key: id,
    created: image.config.created,
    args,
  }
}

/** Builders see to it that whatever they make has a PATH. */
function withPath(env: readonly string[]): readonly string[] {
  return env.some((entry) => entry.startsWith('PATH='))
    ? env
    : [...env, 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin']
}

export const scratch = (daemon: Daemon, args: Map<string, string>): Current => ({
  layers: [],
  run: { Env: withPath([]) },
  history: [],
  author: '',
  architecture: 'amd64',
  imageId: '',
  key: 'scratch',
  created: daemon.nano(),
  args,
})

/** An image by name, pulled when it is not there. */
export function* baseImage(daemon: Daemon, name: string, pulls: boolean, say: (progress: Progress) => void): Work<string> {
  const known = daemon.images.find(name)
  if (known && (!pulls || /^(sha256:)?[a-f0-9]{12,64}$/.test(name))) return known.Id
  const reference = parseReference(name)
  const remote = yield* remoteImage(daemon, reference, undefined)
  yield* pulled(daemon, reference, remote, say)
  return remote.id
}

export function newFolder(current: Current): Layer | undefined {
  const path = current.run.WorkingDir ?? '/'
  const files = filesOfImage(imageFrom(current))
  if (files.exists(path)) return undefined
  return planCopy({
    name: 'COPY',
    sources: ['/'],
    target: path,
    workingDir: '/',
    from: filesOfImage(
      imageOf({
        layers: [],
        config: { created: '', architecture: '', os: '', config: {}, rootfs: { type: 'layers', diff_ids: [] }, history: [] },
      }),
    ),
    isContext: false,
    inline: [],
    chown: undefined,
    chmod: undefined,
    image: imageFrom(current),
    now: 0,
  }).carryOut()
}
