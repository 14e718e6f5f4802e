/**
 * `docker build`: sends the folder as an archive, honouring .dockerignore, and shows what the builder says. With DOCKER_BUILDKIT=0 that is
 * the legacy builder's text; otherwise the engine tells about vertices of the build graph and this draws them as buildx does.
 */
import { noBytes } from '../../base/bytes.ts'
import { tarOf, type TarEntry } from '../../base/tar.ts'
import { err, out, type Process } from '../../unix/kernel/process.ts'
import { UnixError } from '../../unix/errors.ts'
import { type Command, DockerError } from './command.ts'
import { ignoring } from './dockerignore.ts'
import { query } from './engine.ts'
import { keyValues } from './container-config.ts'
import { showProgress } from './progress.ts'
import { showVertices } from './buildkit.ts'
import { humanSize } from './sizes.ts'

export const build: Command = function* ({ process, flags, args, engine }) {
  const isLegacy = process.env.DOCKER_BUILDKIT === '0'
  const isQuiet = flags.is('quiet')
  if (isLegacy) yield* err(process, 'DEPRECATED: The legacy builder is deprecated and will be removed in a future release.\n            BuildKit is currently disabled; enable it by removing the DOCKER_BUILDKIT=0\n            environment-variable.\n\n')
  const dockerfile = flags.text('file') || 'Dockerfile'
  const folder = process.path(args[0])
  const { entries, name } = contextOf(process, args[0], folder, dockerfile)
  const archive = tarOf(entries)
  const tags = flags.list('tag')
  const target = `/build${query({
    dockerfile: name,
    t: tags[0],
    q: isQuiet,
    nocache: flags.is('no-cache'),
    pull: flags.is('pull') ? '1' : undefined,
    rm: '1',
    target: flags.text('target'),
    buildargs: JSON.stringify(buildArguments(process, flags.list('build-arg'))),
    labels: JSON.stringify(keyValues(flags.list('label'))),
    networkmode: flags.text('network') || 'default',
    platform: flags.text('platform'),
    version: isLegacy ? '1' : '2',
  })}${tags.slice(1).map((tag) => `&t=${encodeURIComponent(tag)}`).join('')}`
  if (isLegacy && !isQuiet) yield* out(process, `Sending build context to Docker daemon  ${humanSize(archive.length, 4)}\r\r\n`.replace(/\r\r/, process.terminal ? '\r\r' : ''))
  const response = yield* engine.open('POST', target, archive, { 'content-type': 'application/x-tar' })
  if (!isLegacy) return yield* showVertices(process, response, { isQuiet, progress: flags.knows('progress') ? flags.text('progress') : 'auto' })
  yield* showProgress(process, response, 1)
  return 0
}

function buildArguments(process: Process, given: readonly string[]): Record<string, string> {
  return keyValues(given.flatMap((one) => (one.includes('=') ? [one] : process.env[one] === undefined ? [] : [`${one}=${process.env[one]}`])))
}

/** Every file below the folder but those that are ignored, and how the Dockerfile is named inside. */
function contextOf(process: Process, shown: string, folder: string, dockerfile: string): { entries: TarEntry[]; name: string } {
  let root: string
  try {
    root = process.files.realpath(folder, process.credentials)
    if (process.files.stat(root, process.credentials).kind !== 'directory') throw new UnixError('ENOTDIR')
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    throw new DockerError(`ERROR: unable to prepare context: path "${shown}" not found`)
  }
  const given = dockerfile.startsWith('/') ? dockerfile : process.files.exists(`${root}/${dockerfile}`) ? `${root}/${dockerfile}` : process.path(dockerfile)
  if (!process.files.exists(given)) throw new DockerError(`ERROR: failed to build: failed to solve: failed to read dockerfile: open ${dockerfile.replace(/^.*\//, '')}: no such file or directory`)
  const isInside = given.startsWith(`${root}/`)
  const name = isInside ? given.slice(root.length + 1) : '.dockerfile.outside'
  const isIgnored = ignoring(process.files.exists(`${root}/.dockerignore`) ? process.files.readText(`${root}/.dockerignore`) : '')
  const entries = [...walk(process, root, '', (path) => path !== name && path !== '.dockerignore' && isIgnored(path))]
  if (!isInside) entries.push({ path: name, kind: 'file', mode: 0o644, uid: 0, gid: 0, modifiedMs: process.now(), content: process.files.readFile(given, process.credentials), target: '' })
  return { entries, name }
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

