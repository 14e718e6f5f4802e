/**
 * `docker build`: sends the folder as an archive, honouring .dockerignore, and shows what the builder says. For the legacy builder that is its own
 * text; for buildx the engine tells about vertices of the build graph and this draws them as buildx does.
 */
import { gunzipSync } from 'fflate'
import { noBytes, textOf } from '../../base/bytes.ts'
import { entriesOfTar, tarOf, type TarEntry } from '../../base/tar.ts'
import { type Blocking, err, out, type Process, readAll } from '../../unix/kernel/process.ts'
import { UnixError } from '../../unix/errors.ts'
import type { Flags } from '../flags.ts'
import { goJson } from '../go-json.ts'
import { type Command, type Context, DockerError } from './command.ts'
import { ignoring } from './dockerignore.ts'
import { query } from './engine.ts'
import { keyValues } from './container-config.ts'
import { showProgress } from './progress.ts'
import { showVertices } from './buildkit.ts'
import { bytesOfSize, humanSize } from './sizes.ts'
import { credentials } from './login.ts'
import { canonicalName, parseReference } from './reference.ts'

export const buildxBuild: Command = function* (context) {
  try {
    return yield* built(context)
  } catch (error) {
    // A plugin's own refusals carry its prefix; what the build itself failed with has it already.
    if (!(error instanceof DockerError) || /^(ERROR: |[^\n]*:\d+\n|------)/.test(error.message)) throw error
    throw new DockerError(`ERROR: failed to build: ${error.message}`, error.code)
  }
}

export const legacyBuild: Command = function* ({ process, flags, args, engine }) {
  const isQuiet = flags.is('quiet')
  const { entries, name, wasFound } = yield* contextOf(process, args[0], flags.text('file') || 'Dockerfile')
  if (!wasFound) throw new DockerError(`unable to prepare context: unable to evaluate symlinks in Dockerfile path: lstat ${process.path(args[0]).replace(/\/\.?$/, '')}/${flags.text('file') || 'Dockerfile'}: no such file or directory`)
  const archive = tarOf(entries)
  if (!isQuiet) yield* out(process, `Sending build context to Docker daemon  ${humanSize(archive.length, 4)}\r\r\n`)
  const response = yield* engine.open('POST', target(process, flags, name, '1'), archive, { 'content-type': 'application/x-tar' })
  let id = ''
  yield* showProgress(process, response, 1, ({ ID }) => {
    id = String(ID)
  })
  if (flags.text('iidfile') !== '') writeFile(process, flags.text('iidfile'), id)
  return 0
}

function* built({ process, flags, args, engine }: Context): Blocking<number> {
  const progress = flags.text('progress')
  const isQuiet = flags.is('quiet') || progress === 'quiet' || progress === 'none'
  if (!['auto', 'none', 'plain', 'quiet', 'rawjson', 'tty'].includes(progress)) throw new DockerError(`ERROR: invalid progress mode ${progress}`)
  const tags = flags.list('tag')
  for (const tag of tags) {
    try {
      parseReference(tag)
    } catch (error) {
      if (!(error instanceof DockerError)) throw error
      throw new DockerError(`invalid tag "${tag}": ${error.message.replace(/^invalid reference format: /, '').replace(/ \(.*\) must/, ' must')}`)
    }
  }
  if (flags.is('push') && tags.length === 0) throw new DockerError('tag is needed when pushing to registry')
  const { entries, name } = yield* contextOf(process, args[0], flags.text('file') || 'Dockerfile')
  const isCheck = flags.is('check') || flags.text('call') === 'check'
  for (const unsupported of ['output', 'secret', 'ssh', 'build-context', 'cache-to']) if (flags.list(unsupported).length > 0) throw new DockerError(`--${unsupported} is not simulated in this sandbox`)
  const response = yield* engine.open('POST', target(process, flags, name, '2'), tarOf(entries), { 'content-type': 'application/x-tar' })
  const { id } = yield* showVertices(process, response, { isQuiet, progress, isCheck })
  if (isCheck) return 0
  if (flags.is('quiet')) yield* out(process, `${id}\n`)
  if (flags.text('iidfile') !== '') writeFile(process, flags.text('iidfile'), id)
  if (flags.text('metadata-file') !== '') writeFile(process, flags.text('metadata-file'), goJson({ 'containerimage.config.digest': id, 'containerimage.digest': id, ...(tags.length > 0 && { 'image.name': tags.map(canonicalName).join(',') }) }, { indent: '  ' }))
  if (flags.is('push')) for (const tag of tags) yield* showProgress(process, yield* engine.open('POST', `/images/${tag.replace(/:[^/:]*$/, '')}/push${query({ tag: parseReference(tag).tag ?? 'latest' })}`, '', { 'x-registry-auth': credentials(process, parseReference(tag).domain) }), undefined)
  return 0
}

function writeFile(process: Process, path: string, text: string): void {
  process.files.writeFile(process.path(path), text, {}, process.credentials)
}

function target(process: Process, flags: Flags, dockerfile: string, version: '1' | '2'): string {
  const tags = flags.list('tag')
  const platforms = flags.list('platform')
  return `/build${query({
    dockerfile,
    t: tags[0],
    q: flags.is('quiet'),
    nocache: flags.is('no-cache'),
    pull: flags.is('pull') ? '1' : undefined,
    rm: flags.knows('rm') ? (flags.is('rm') ? '1' : '0') : '1',
    forcerm: flags.knows('force-rm') && flags.is('force-rm'),
    target: flags.text('target'),
    buildargs: JSON.stringify(buildArguments(process, flags.list('build-arg'))),
    labels: JSON.stringify(keyValues(flags.list('label'))),
    cachefrom: JSON.stringify(flags.list('cache-from')),
    networkmode: flags.text('network') || 'default',
    platform: platforms.length > 0 ? platforms[0] : flags.text('platform'),
    memory: flags.knows('memory') ? (bytesOfSize(flags.text('memory')) ?? undefined) : undefined,
    version,
    check: flags.knows('check') && (flags.is('check') || flags.text('call') === 'check'),
  })}${tags.slice(1).map((tag) => `&t=${encodeURIComponent(tag)}`).join('')}`
}

function buildArguments(process: Process, given: readonly string[]): Record<string, string> {
  return keyValues(given.flatMap((one) => (one.includes('=') ? [one] : process.env[one] === undefined ? [] : [`${one}=${process.env[one]}`])))
}

/** Every file below the folder but those that are ignored, and how the Dockerfile is named inside. */
export function* contextOf(process: Process, shown: string, dockerfile: string): Blocking<{ entries: TarEntry[]; name: string; wasFound: boolean }> {
  const file = (path: string, content: Uint8Array): TarEntry => ({ path, kind: 'file', mode: 0o644, uid: 0, gid: 0, modifiedMs: process.now(), content, target: '' })
  if (shown === '-') {
    const input = yield* readAll(process, 0)
    const archive = input[0] === 0x1f && input[1] === 0x8b ? gunzipSync(input) : input
    if (textOf(archive.subarray(257, 262)) === 'ustar') return { entries: entriesOfTar(archive), name: dockerfile, wasFound: true }
    return { entries: [file('Dockerfile', input)], name: 'Dockerfile', wasFound: true }
  }
  if (/^(https?|git):\/\/|^git@|^github\.com\//.test(shown)) throw new DockerError(`the sandbox has no way to ${shown}`)
  let root: string
  try {
    root = process.files.realpath(process.path(shown), process.credentials)
    if (process.files.stat(root, process.credentials).kind !== 'directory') throw new UnixError('ENOTDIR')
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    throw new DockerError(`unable to prepare context: path "${shown}" not found`)
  }
  const isFromInput = dockerfile === '-'
  const given = dockerfile.startsWith('/') ? dockerfile : process.files.exists(`${root}/${dockerfile}`) && !process.files.exists(process.path(dockerfile)) ? `${root}/${dockerfile}` : process.path(dockerfile)
  const found = dockerfile === 'Dockerfile' ? `${root}/Dockerfile` : given
  const wasFound = isFromInput || process.files.exists(found)
  const isInside = !isFromInput && (found.startsWith(`${root}/`) || !wasFound)
  const name = !isInside ? '.dockerfile.outside' : found.startsWith(`${root}/`) ? found.slice(root.length + 1) : dockerfile.replace(/^.*\//, '')
  const isIgnored = ignoring(process.files.exists(`${root}/.dockerignore`) ? process.files.readText(`${root}/.dockerignore`) : '')
  const entries = [...walk(process, root, '', (path) => path !== name && path !== '.dockerignore' && isIgnored(path))]
  if (!isInside) entries.push(file(name, isFromInput ? yield* readAll(process, 0) : process.files.readFile(found, process.credentials)))
  return { entries, name, wasFound }
}

function* walk(process: Process, root: string, path: string, isIgnored: (path: string) => boolean): Generator<TarEntry> {
  for (const name of process.files.list(`${root}/${path}`, process.credentials)) {
    const inner = path === '' ? name : `${path}/${name}`
    const node = process.files.lstat(`${root}/${inner}`, process.credentials)
    const common = { path: inner, mode: node.mode, uid: 0, gid: 0, modifiedMs: node.modifiedMs, content: noBytes, target: '' }
    if (node.kind === 'directory') {
      if (!isIgnored(inner)) yield { ...common, kind: 'directory' }
      yield* walk(process, root, inner, isIgnored)
    } else if (isIgnored(inner)) continue
    else if (node.kind === 'symlink') yield { ...common, kind: 'symlink', target: node.target ?? '' }
    else if (node.kind === 'file') yield { ...common, kind: 'file', content: process.files.readFile(`${root}/${inner}`, process.credentials) }
  }
}

