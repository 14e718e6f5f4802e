/** `docker cp`, `export` and `diff`: a container's files as tar, in and out, whether it runs or not. */
import { noBytes } from '../../../base/bytes.ts'
import type { HttpResponse } from '../../../base/http.ts'
import { entriesOfTar, type TarEntry, tarOf } from '../../../base/tar.ts'
import { UnixError } from '../../../unix/errors.ts'
import type { Files } from '../../../unix/files/files.ts'
import { MountTable } from '../../../unix/files/mount-table.ts'
import { rootOf } from './container-files.ts'
import type { Container } from '../shapes.ts'
import { containerUser } from './container-user.ts'
import type { Daemon } from '../daemon.ts'
import { badRequest, failure, notFound } from '../docker-error.ts'

export interface PathStat {
  readonly name: string
  readonly size: number
  /** Go's os.FileMode: the kind in the high bits. */
  readonly mode: number
  readonly mtime: string
  readonly linkTarget: string
}

/** The files as its processes see them, or as they would. */
function filesOf(daemon: Daemon, name: string): Files {
  const container = daemon.require(name)
  const live = daemon.liveOf(container.Id)
  return live.namespaces?.mounts ?? rootOf(daemon, container, live)
}

function lookup(files: Files, name: string, path: string): ReturnType<Files['lstat']> {
  try {
    return files.lstat(path)
  } catch (error) {
    if (error instanceof UnixError) throw notFound(`Could not find the file ${path} in container ${name}`)
    throw error
  }
}

const goModes: Readonly<Record<string, number>> = {
  directory: 0x8000_0000,
  symlink: 0x0800_0000,
  fifo: 0x0200_0000,
  socket: 0x0100_0000,
  character: 0x0420_0000,
  block: 0x0400_0000,
  file: 0,
}

export function archiveStat(daemon: Daemon, name: string, path: string): PathStat {
  if (path === '') throw badRequest('missing parameter in query string: path')
  const files = filesOf(daemon, name)
  const absolute = path.startsWith('/') ? path : `/${path}`
  const node = lookup(files, name, absolute)
  const base = absolute.replace(/\/+$/, '').split('/').at(-1) || '/'
  return {
    name: base === '.' ? '.' : base,
    size: node.size,
    mode: (goModes[node.kind] + (node.mode & 0o777)) >>> 0,
    mtime: new Date(node.modifiedMs).toISOString(),
    linkTarget: node.kind === 'symlink' ? resolvedTarget(files, absolute) : '',
  }
}

function resolvedTarget(files: Files, path: string): string {
  try {
    return files.realpath(path)
  } catch (error) {
    if (error instanceof UnixError) return files.readlink(path)
    throw error
  }
}

export function getArchive(daemon: Daemon, name: string, path: string, statHeader: (stat: object) => string): HttpResponse {
  const stat = archiveStat(daemon, name, path)
  const files = filesOf(daemon, name)
  const absolute = (path.startsWith('/') ? path : `/${path}`).replace(/\/+$/, '') || '/'
  // `dir/.` means what is in it, and its entries begin with a dot.
  const isContent = absolute.endsWith('/.') || absolute === '/.'
  const source = isContent ? absolute.slice(0, -2) || '/' : absolute
  const base = isContent || source === '/' ? '' : (source.split('/').at(-1) ?? '')
  const entries =
    base === '' ? [{ ...entryOf(files, source, '.'), path: '.' }, ...within(files, source, '.')] : [...tree(files, source, base)]
  daemon.containerEvent(daemon.require(name), 'archive-path', {})
  return {
    status: 200,
    headers: { 'content-type': 'application/x-tar', 'x-docker-container-path-stat': statHeader(stat) },
    body: tarOf(entries),
  }
}

function* tree(files: Files, path: string, name: string): Generator<TarEntry> {
  yield entryOf(files, path, name)
  if (files.lstat(path).kind === 'directory') yield* within(files, path, name)
}

function* within(files: Files, path: string, name: string): Generator<TarEntry> {
  for (const child of files.list(path)) {
    const below = path === '/' ? `/${child}` : `${path}/${child}`
    if (files.lstat(below).kind !== 'socket') yield* tree(files, below, name === '' ? child : `${name}/${child}`)
  }
}

function entryOf(files: Files, path: string, name: string): TarEntry {
  const node = files.lstat(path)
  return {
    path: name,
    kind: node.kind === 'socket' ? 'file' : node.kind,
    mode: node.mode,
    uid: node.uid,
    gid: node.gid,
    modifiedMs: node.modifiedMs,
    content: node.kind === 'file' ? (node.read?.() ?? noBytes) : noBytes,
    target: node.target ?? '',
  }
}

export function putArchive(
  daemon: Daemon,
  name: string,
  path: string,
  tar: Uint8Array,
  { asOwner, noOverwrite }: { asOwner: boolean; noOverwrite: boolean },
): void {
  const container = daemon.require(name)
  const files = filesOf(daemon, name)
  const folder = path.startsWith('/') ? path : `/${path}`
  if (lookupFollowed(files, name, folder).kind !== 'directory') throw badRequest('extraction point is not a directory')
  const target = files.realpath(folder)
  if (
    container.HostConfig.ReadonlyRootfs &&
    !container.Mounts.some((mount) => mount.RW && (target === mount.Destination || target.startsWith(`${mount.Destination}/`)))
  )
    throw badRequest('container rootfs is marked read-only')
  const owner = asOwner ? ownerOf(files, container) : {}
  const entries = parsed(tar).map((entry) => ({ ...entry, ...owner }))
  try {
    unpackInto(files, target, entries, { noOverwrite })
  } catch (error) {
    if (error instanceof UnixError)
      throw failure(`Error processing tar file(exit status 1): open ${error.path ?? folder}: ${error.words.toLowerCase()}`)
    throw error
  }
  daemon.containerEvent(container, 'extract-to-dir', { path })
}

/** `docker cp -a` gives everything to the user the container was made to run as; without it the archive's owners stand. */
function ownerOf(files: Files, container: Container): { uid?: number; gid?: number } {
  if (container.Config.User === '') return {}
  const { uid, gid } = containerUser(files, container, container.Config.User)
  return { uid, gid }
}

function lookupFollowed(files: Files, name: string, path: string): ReturnType<Files['stat']> {
  lookup(files, name, path)
  return files.stat(path)
}

function parsed(tar: Uint8Array): TarEntry[] {
  try {
    return entriesOfTar(tar)
  } catch (error) {
    throw failure(`Error processing tar file(exit status 1): ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** Unpacks entries below a folder; what stands in the way is replaced, a directory only by a directory. */
export function unpackInto(
  files: Files,
  folder: string,
  entries: readonly TarEntry[],
  { noOverwrite = false }: { noOverwrite?: boolean } = {},
): void {
  for (const entry of entries) {
    if (entry.path === '') continue
    const path = `${folder === '/' ? '' : folder}/${entry.path}`
    const parent = path.slice(0, path.lastIndexOf('/')) || '/'
    if (!files.exists(parent)) files.mkdir(parent, { parents: true })
    const old = existing(files, path)
    if (old && noOverwrite && old.kind === 'directory' && entry.kind !== 'directory')
      throw badRequest(`cannot overwrite directory ${JSON.stringify(path)} with non-directory ${JSON.stringify(folder)}`)
    if (old && noOverwrite && old.kind !== 'directory' && entry.kind === 'directory')
      throw badRequest(`cannot overwrite non-directory ${JSON.stringify(path)} with directory ${JSON.stringify(folder)}`)
    switch (entry.kind) {
      case 'directory':
        if (old && old.kind !== 'directory') files.unlink(path)
        if (old?.kind !== 'directory') files.mkdir(path)
        break
      case 'symlink':
        if (old) files.removeAll(path)
        files.symlink(entry.target, path)
        break
      case 'hardlink':
        if (old) files.removeAll(path)
        files.link(`${folder === '/' ? '' : folder}/${entry.target}`, path)
        break
      case 'file':
        if (old && old.kind !== 'file') files.removeAll(path)
        files.writeFile(path, entry.content, { mode: entry.mode })
        break
      default:
        continue
    }
    if (entry.kind !== 'symlink' && entry.kind !== 'hardlink') {
      files.chmod(path, entry.mode)
      files.chown(path, { uid: entry.uid, gid: entry.gid })
      files.utimes(path, entry.modifiedMs, entry.modifiedMs)
    }
  }
}

function existing(files: Files, path: string): ReturnType<Files['lstat']> | undefined {
  try {
    return files.lstat(path)
  } catch (error) {
    if (error instanceof UnixError) return undefined
    throw error
  }
}

export function exportFiles(daemon: Daemon, name: string): HttpResponse {
  const container = daemon.require(name)
  const live = daemon.liveOf(container.Id)
  // Volumes are not part of it.
  const files = new MountTable([{ at: '/', files: live.overlay, root: '/', isReadOnly: true, source: 'overlay' }])
  daemon.containerEvent(container, 'export')
  return { status: 200, headers: { 'content-type': 'application/octet-stream' }, body: tarOf(within(files, '/', '')) }
}

const changeKinds = { C: 0, A: 1, D: 2 } as const

/** Overlay keeps a folder in the upper layer for everything that changed below it, so the folders on the way count as changed. */
export function changes(daemon: Daemon, name: string): { Path: string; Kind: number }[] | null {
  const live = daemon.liveOf(daemon.require(name).Id)
  const found = new Map<string, number>()
  for (const { path, kind } of live.overlay.changes()) {
    for (let slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1))
      if (!found.has(path.slice(0, slash))) found.set(path.slice(0, slash), changeKinds.C)
    found.set(path, changeKinds[kind])
  }
  return found.size > 0 ? [...found].map(([Path, Kind]) => ({ Path, Kind })).sort((a, b) => (a.Path < b.Path ? -1 : 1)) : null
}
