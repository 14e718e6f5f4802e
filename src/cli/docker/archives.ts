/** Archives in and out: save, load, export, import, and `docker cp`, which is a tar stream each way. */
import { bytesOfBase64, noBytes, textOf } from '../../base/bytes.ts'
import { header } from '../../base/http.ts'
import { entriesOfTar, tarOf, type TarEntry } from '../../base/tar.ts'
import { UnixError } from '../../unix/errors.ts'
import { type Blocking, err, out, type Process, readAll, writeTo } from '../../unix/kernel/process.ts'
import { wholeBody } from '../../unix/network/fetch.ts'
import type { Command } from './command.ts'
import { DockerError } from './docker-error.ts'
import { query } from './engine.ts'
import { showProgress } from './progress.ts'
import { parseReference } from './reference.ts'
import { humanSize } from '../../base/go-units.ts'

function isTerminal(process: Process, descriptor: number): boolean {
  return process.descriptors.get(descriptor)?.file.kind === 'terminal'
}

function checkedOutput(process: Process, path: string, what: string): void {
  if (path === '') {
    if (isTerminal(process, 1)) throw new DockerError('cowardly refusing to save to a terminal. Use the -o flag or redirect')
    return
  }
  const folder = process.path(path).replace(/\/[^/]*$/, '') || '/'
  if (!process.files.exists(folder))
    throw new DockerError(
      `failed to ${what}: invalid output path: stat ${path.includes('/') ? path.replace(/\/[^/]*$/, '') : '.'}: no such file or directory`,
    )
}

function* delivered(process: Process, path: string, bytes: Uint8Array): Blocking<void> {
  if (path === '') return yield* writeTo(process, 1, bytes)
  process.files.writeFile(process.path(path), bytes, { mode: 0o600 }, process.credentials)
}

export const save: Command = function* ({ process, flags, args, engine }) {
  checkedOutput(process, flags.text('output'), 'save image')
  const response = yield* engine.open('GET', `/images/get?${args.map((name) => `names=${encodeURIComponent(name)}`).join('&')}`)
  yield* delivered(process, flags.text('output'), yield* wholeBody(response))
  return 0
}

export const exportContainer: Command = function* ({ process, flags, args, engine }) {
  checkedOutput(process, flags.text('output'), 'export container')
  const response = yield* engine.open('GET', `/containers/${encodeURIComponent(args[0])}/export`)
  yield* delivered(process, flags.text('output'), yield* wholeBody(response))
  return 0
}

export const load: Command = function* ({ process, flags, engine }) {
  const path = flags.text('input')
  if (path === '' && isTerminal(process, 0)) throw new DockerError('requested load from stdin, but stdin is empty')
  const archive = path === '' ? yield* readAll(process, 0) : archiveAt(process, path)
  const response = yield* engine.open('POST', `/images/load${query({ quiet: !isTerminal(process, 1) || flags.is('quiet') })}`, archive, {
    'content-type': 'application/x-tar',
  })
  if (header(response.headers, 'content-type')?.startsWith('application/json')) yield* showProgress(process, response, 1)
  else yield* out(process, yield* wholeBody(response))
  return 0
}

export const importImage: Command = function* ({ process, flags, args, engine }) {
  const [source, reference] = args
  const target = reference === undefined ? undefined : parseReference(reference)
  const isUrl = /^https?:\/\//.test(source)
  const archive = source === '-' ? yield* readAll(process, 0) : isUrl ? noBytes : archiveAt(process, source)
  const response = yield* engine.open(
    'POST',
    `/images/create${query({ fromSrc: isUrl ? source : '-', repo: target && `${target.domain}/${target.name}`, tag: target?.tag, message: flags.text('message'), platform: flags.text('platform') })}${flags
      .list('change')
      .map((change) => `&changes=${encodeURIComponent(change)}`)
      .join('')}`,
    archive,
    { 'content-type': 'application/x-tar' },
  )
  yield* showProgress(process, response, 1)
  return 0
}

export function archiveAt(process: Process, path: string): Uint8Array {
  try {
    return process.files.readFile(process.path(path), process.credentials)
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    throw new DockerError(`open ${path}: ${error.words.toLowerCase()}`)
  }
}

interface Place {
  readonly container: string | undefined
  readonly path: string
}

/** `name:/path`; a path that begins with a dot or a slash is local whatever it holds. */
function placeOf(text: string): Place {
  const colon = text.indexOf(':')
  if (colon <= 0 || text.startsWith('/') || text.startsWith('.')) return { container: undefined, path: text }
  return { container: text.slice(0, colon), path: text.slice(colon + 1) }
}

export const cp: Command = function* (context) {
  const [source, target] = context.args
  if (source === '') throw new DockerError('source can not be empty')
  if (target === '') throw new DockerError('destination can not be empty')
  const [from, to] = context.args.map(placeOf)
  if (from.container !== undefined && to.container !== undefined) throw new DockerError('copying between containers is not supported')
  if (from.container !== undefined) return yield* copyOut(context, from, to.path)
  if (to.container !== undefined) return yield* copyIn(context, from.path, to)
  throw new DockerError('must specify at least one container source')
}

/** What a path is, as far as naming goes. */
interface Side {
  readonly path: string
  readonly exists: boolean
  readonly isFolder: boolean
}

/** Must be a folder by its spelling alone: `dir/`, `.`, `dir/.`. */
const assertsFolder = (path: string): boolean => path === '' || path.endsWith('/') || path === '.' || path.endsWith('/.')

/** Where entries go, and how their first name is spelled there; undefined keeps it, '' drops it. */
function planned(source: Side, target: Side): { readonly folder: string; readonly name: string | undefined } {
  const wholeContent = source.path.endsWith('/.') || source.path === '.'
  if (target.exists && target.isFolder) return { folder: target.path, name: wholeContent ? '' : undefined }
  if (target.exists && source.isFolder) throw new DockerError('cannot copy directory')
  if (!target.exists && !source.isFolder && assertsFolder(target.path)) throw new DockerError('no such directory')
  const path = target.path.replace(/\/+$/, '')
  const slash = path.lastIndexOf('/')
  return { folder: path.slice(0, slash) || '/', name: path.slice(slash + 1) }
}

function* copyOut({ process, engine, flags }: Parameters<Command>[0], from: Place, target: string): Blocking<number> {
  const { files } = process
  const full = target === '-' ? '-' : absolute(process, target)
  const parent = full.replace(/\/+$/, '').replace(/\/[^/]*$/, '') || '/'
  if (target !== '-' && !files.exists(parent))
    throw new DockerError(`invalid output path: directory ${JSON.stringify(parent)} does not exist`)
  // Files of a container become the caller's, with `--archive` too: upstream asks for owners on the way in only.
  flags.is('archive')
  let path = from.path
  if (flags.is('follow-link')) path = (yield* statOf(engine, from))?.linkTarget || path
  const response = yield* engine.open(
    'GET',
    `/containers/${encodeURIComponent(from.container ?? '')}/archive${path === '' ? '?path=' : query({ path })}`,
  )
  const archive = yield* wholeBody(response)
  if (target === '-') {
    yield* writeTo(process, 1, archive)
    return 0
  }
  const entries = entriesOfTar(archive)
  const exists = files.exists(full)
  const { folder, name } = planned(
    { path, exists: true, isFolder: entries[0]?.kind === 'directory' },
    { path: full, exists, isFolder: exists && files.stat(full).kind === 'directory' },
  )
  const first = entries[0]?.path.replace(/\/.*$/, '') ?? ''
  const places = entries.map((entry) => {
    // What is in a folder (`dir/.`) has no name in front that could be replaced.
    const inner = name === undefined ? entry.path : [name, entry.path.slice(first.length).replace(/^\//, '')].filter(Boolean).join('/')
    return { entry, at: inner === '' ? folder : `${folder === '/' ? '' : folder}/${inner}` }
  })
  for (const { entry, at } of places) put(process, at, entry)
  // Folders last of all: what was put into them touched them.
  for (const { entry, at } of places.reverse()) if (entry.kind !== 'symlink') process.files.utimes(at, entry.modifiedMs, entry.modifiedMs)
  yield* copied(process, flags.is('quiet'), archive.length, full)
  return 0
}

/** Upstream makes the target absolute and keeps what asks for a folder. */
function absolute(process: Process, path: string): string {
  const full =
    process
      .path(path)
      .replace(/\/\.(?=\/)/g, '')
      .replace(/\/+$/, '') || '/'
  if (path === '.' || path.endsWith('/.')) return `${full.replace(/\/\.$/, '')}/.`
  return path.endsWith('/') && full !== '/' ? `${full}/` : full
}

function put(process: Process, path: string, entry: TarEntry): void {
  const { files, credentials } = process
  if (entry.kind === 'directory') {
    if (!files.exists(path)) files.mkdir(path, { mode: entry.mode }, credentials)
  } else if (entry.kind === 'symlink') files.symlink(entry.target, path, credentials)
  else files.writeFile(path, entry.content, { mode: entry.mode }, credentials)
}

interface PathStat {
  readonly mode: number
  readonly linkTarget?: string
}

/** Undefined where nothing is; a container that is not there is refused. */
function* statOf(engine: Parameters<Command>[0]['engine'], { container = '', path }: Place): Blocking<PathStat | undefined> {
  const answer = yield* engine.ask('HEAD', `/containers/${encodeURIComponent(container)}/archive${query({ path })}`)
  const known = header(answer.headers, 'x-docker-container-path-stat')
  if (answer.status === 404 && known === undefined) yield* engine.json('GET', `/containers/${encodeURIComponent(container)}/json`)
  return known === undefined ? undefined : (JSON.parse(textOf(bytesOfBase64(known))) as PathStat)
}

const isFolderMode = (mode: number): boolean => (mode & 0x8000_0000) !== 0

function* copyIn({ process, engine, flags }: Parameters<Command>[0], source: string, to: Place): Blocking<number> {
  let stat = yield* statOf(engine, to)
  let path = to.path
  if (stat?.linkTarget) {
    path = stat.linkTarget
    stat = yield* statOf(engine, { ...to, path })
  }
  const target = {
    path: path.startsWith('/') || path === '' ? path : `/${path}`,
    exists: stat !== undefined,
    isFolder: stat !== undefined && isFolderMode(stat.mode),
  }
  let archive: Uint8Array
  let folder = target.path
  if (source === '-') {
    if (!target.isFolder) throw new DockerError(`destination "${to.container}:${to.path}" must be a directory`)
    archive = yield* readAll(process, 0)
  } else {
    const full = absolute(process, source)
    const real = full.replace(/\/\.?$/, '') || '/'
    if (!process.files.exists(real)) throw new DockerError(`lstat ${real}: no such file or directory`)
    const isFolder = process.files.stat(real, process.credentials).kind === 'directory'
    const plan = planned({ path: full, exists: true, isFolder }, target)
    folder = plan.folder
    archive = tarOf(tree(process, flags.is('follow-link') ? process.files.realpath(real) : real, plan.name ?? real.split('/').at(-1) ?? ''))
  }
  yield* engine.open(
    'PUT',
    `/containers/${encodeURIComponent(to.container ?? '')}/archive${query({ path: folder, noOverwriteDirNonDir: 'true', copyUIDGID: flags.is('archive') ? 'true' : undefined })}`,
    archive,
    { 'content-type': 'application/x-tar' },
  )
  yield* copied(process, flags.is('quiet'), archive.length, `${to.container}:${to.path}`)
  return 0
}

/** Says it on a terminal only. */
function* copied(process: Process, isQuiet: boolean, bytes: number, target: string): Blocking<void> {
  if (!isQuiet && isTerminal(process, 2)) yield* err(process, `Successfully copied ${humanSize(bytes)} to ${target}\n`)
}

function* tree(process: Process, path: string, name: string): Generator<TarEntry> {
  const node = process.files.lstat(path, process.credentials)
  const common = { path: name, mode: node.mode, uid: node.uid, gid: node.gid, modifiedMs: node.modifiedMs, content: noBytes, target: '' }
  if (node.kind === 'directory') {
    if (name !== '') yield { ...common, kind: 'directory' }
    for (const child of process.files.list(path, process.credentials))
      yield* tree(process, `${path}/${child}`, name === '' ? child : `${name}/${child}`)
  } else if (node.kind === 'symlink') yield { ...common, kind: 'symlink', target: node.target ?? '' }
  else if (node.kind === 'file') yield { ...common, kind: 'file', content: process.files.readFile(path, process.credentials) }
}
