/** The folder that is sent to a builder: an archive of all that .dockerignore leaves, and how the Dockerfile is named inside. */
import { gunzipSync } from 'fflate'
import { noBytes, textOf } from '../../base/bytes.ts'
import { ignoring } from '../../base/dockerignore.ts'
import { entriesOfTar, type TarEntry } from '../../base/tar.ts'
import { type Blocking, type Process, readAll } from '../../unix/kernel/process.ts'
import { UnixError } from '../../unix/errors.ts'
import { DockerError } from './docker-error.ts'

export interface SentContext {
  readonly entries: TarEntry[]
  /** The Dockerfile's name in the archive. */
  readonly name: string
  readonly wasFound: boolean
  /** Where it was looked for. */
  readonly found: string
}

/** A context that is fetched, not sent. */
export const isRemote = (text: string): boolean => /^(https?|git|ssh):\/\/|^git@|^github\.com\//.test(text)
export const isGit = (text: string): boolean => /^(git|ssh):\/\/|^git@|^github\.com\/|^https?:\/\/.*\.git(#.*)?$/.test(text)

/** git's own words for an address that cannot be reached, as nothing outside the sandbox can. */
export function gitRefusal(url: string): string {
  const full = url.replace(/^github\.com\//, 'https://github.com/').replace(/#.*$/, '')
  const [, host = full, port] = /^\w+:\/\/(?:[^@/]*@)?([^/:]+)(?::(\d+))?/.exec(full) ?? []
  const reason = /^[\d.]+$|^localhost$/.test(host)
    ? `Failed to connect to ${host} port ${port ?? (full.startsWith('https') ? 443 : 80)} after 0 ms: Couldn't connect to server`
    : `Could not resolve host: ${host}`
  return `fatal: unable to access '${full.replace(/\/?$/, '/')}': ${reason}`
}

/** Every file below the folder but those that are ignored, and how the Dockerfile is named inside. `-f` is read from where one stands, not from the folder. */
export function* contextOf(process: Process, shown: string, dockerfile: string): Blocking<SentContext> {
  const { files, credentials } = process
  const file = (path: string, content: Uint8Array): TarEntry => ({
    path,
    kind: 'file',
    mode: 0o644,
    uid: 0,
    gid: 0,
    modifiedMs: process.now(),
    content,
    target: '',
  })
  if (shown === '-') {
    const input = yield* readAll(process, 0)
    const archive = input[0] === 0x1f && input[1] === 0x8b ? gunzipSync(input) : input
    if (textOf(archive.subarray(257, 262)) === 'ustar')
      return { entries: entriesOfTar(archive), name: dockerfile, wasFound: true, found: dockerfile }
    if (dockerfile !== 'Dockerfile') throw new DockerError('ambiguous Dockerfile source: both stdin and flag correspond to Dockerfiles')
    return { entries: [file('Dockerfile', input)], name: 'Dockerfile', wasFound: true, found: '-' }
  }
  const root = folderAt(process, shown)
  if (root === undefined) throw new DockerError(`unable to prepare context: path "${shown}" not found`)
  const isFromInput = dockerfile === '-'
  const found = dockerfile === 'Dockerfile' ? `${root}/Dockerfile` : process.path(dockerfile)
  const wasFound = isFromInput || files.exists(found)
  const isInside = !isFromInput && (found.startsWith(`${root}/`) || !wasFound)
  const name = !isInside
    ? '.dockerfile.outside'
    : found.startsWith(`${root}/`)
      ? found.slice(root.length + 1)
      : dockerfile.replace(/^.*\//, '')
  const ownIgnore = `${found}.dockerignore`
  const ignoreFile = files.exists(ownIgnore) ? ownIgnore : `${root}/.dockerignore`
  const isIgnored = ignoring(files.exists(ignoreFile) ? files.readText(ignoreFile) : '')
  const isKept = new Set([name, '.dockerignore', `${name}.dockerignore`])
  const entries = [...walk(process, root, '', (path) => !isKept.has(path) && isIgnored(path))]
  if (!isInside) {
    entries.push(file(name, isFromInput ? yield* readAll(process, 0) : files.readFile(found, credentials)))
    if (files.exists(ownIgnore)) entries.push(file(`${name}.dockerignore`, files.readFile(ownIgnore, credentials)))
  }
  return { entries, name, wasFound, found }
}

/** The real path of a folder; undefined when there is none. */
export function folderAt(process: Process, path: string): string | undefined {
  try {
    const root = process.files.realpath(process.path(path), process.credentials)
    return process.files.stat(root, process.credentials).kind === 'directory' ? root : undefined
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    return undefined
  }
}

export function* walk(process: Process, root: string, path: string, isIgnored: (path: string) => boolean): Generator<TarEntry> {
  for (const name of process.files.list(`${root}/${path}`, process.credentials)) {
    const inner = path === '' ? name : `${path}/${name}`
    const node = process.files.lstat(`${root}/${inner}`, process.credentials)
    const common = { path: inner, mode: node.mode, uid: 0, gid: 0, modifiedMs: node.modifiedMs, content: noBytes, target: '' }
    if (node.kind === 'directory') {
      if (!isIgnored(inner)) yield { ...common, kind: 'directory' }
      yield* walk(process, root, inner, isIgnored)
    } else if (isIgnored(inner)) continue
    else if (node.kind === 'symlink') yield { ...common, kind: 'symlink', target: node.target ?? '' }
    else if (node.kind === 'file')
      yield { ...common, kind: 'file', content: process.files.readFile(`${root}/${inner}`, process.credentials) }
  }
}
