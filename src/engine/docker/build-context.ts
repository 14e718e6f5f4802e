/**
 * What COPY and ADD copy: the build context without what .dockerignore names, or the files of another stage or image. Sources are
 * resolved with Go's patterns; the result lands in a fresh layer.
 */
import { noBytes, textOf } from '../../base/bytes.ts'
import { sha256Hex } from '../../base/sha256.ts'
import { entriesOfTar, type TarEntry, tarOf } from '../../base/tar.ts'
import { MemoryFiles } from '../../unix/files/memory-files.ts'
import { MountTable } from '../../unix/files/mount-table.ts'
import { OverlayFiles } from '../../unix/files/overlay-files.ts'
import type { Image, Layer } from '../images/image.ts'
import { layerOf } from '../images/image.ts'
import { inflate } from '../runtime/inflate.ts'
import { entriesOf, filesOfLayer, unpack } from '../runtime/layer-files.ts'
import { UnknownUser, userOf } from '../runtime/users.ts'
import { unpackInto } from './archive.ts'
import { failure } from './docker-error.ts'
import { cleanPath } from './mounts.ts'

export interface BuildContext {
  /** Without what is ignored. */
  readonly files: MountTable
  /** A file whatever .dockerignore says. */
  readonly text: (path: string) => string | undefined
}

export function contextFromTar(tar: Uint8Array, dockerfile: string): BuildContext {
  const all = new MemoryFiles({ now: () => 0 })
  unpack(entriesOfTar(inflate(tar)), all)
  const table = tableOf(all)
  const text = (path: string): string | undefined => (table.exists(`/${path}`) ? textOf(table.readFile(`/${path}`)) : undefined)
  const ignore = text(`${dockerfile}.dockerignore`) ?? text('.dockerignore')
  if (ignore === undefined) return { files: table, text }
  const kept = new MemoryFiles({ now: () => 0 })
  const isIgnored = ignored(ignore)
  unpack(entriesOf(all).filter(({ path }) => !isIgnored(path)), kept)
  return { files: tableOf(kept), text }
}

function tableOf(files: MemoryFiles): MountTable {
  return new MountTable([{ at: '/', files, root: '/', isReadOnly: false, source: 'context' }])
}

export function filesOfImage(image: Image): MountTable {
  const upper = new MemoryFiles({ now: () => 0 })
  return new MountTable([{ at: '/', files: new OverlayFiles(upper, image.layers.map(filesOfLayer).reverse()), root: '/', isReadOnly: false, source: 'overlay' }])
}

/** .dockerignore: patterns from the root of the context, the last that matches decides, `!` takes back. */
export function ignored(text: string): (path: string) => boolean {
  const rules = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ isException: line.startsWith('!'), pattern: patternOf(cleanPath(line.replace(/^!/, '').trim()).slice(1)) }))
  return (path) => {
    let result = false
    for (const { isException, pattern } of rules) if (isException === result && matchesOrParent(pattern, path)) result = !isException
    return result
  }
}

function matchesOrParent(pattern: RegExp, path: string): boolean {
  for (let current = path; current !== ''; current = current.slice(0, Math.max(0, current.lastIndexOf('/')))) {
    if (pattern.test(current)) return true
    if (!current.includes('/')) break
  }
  return false
}

/** `*` within one name, `**` across, `?`, `[a-z]`. */
function patternOf(pattern: string): RegExp {
  let source = ''
  for (let index = 0; index < pattern.length; index++) {
    const letter = pattern[index]
    if (letter === '*' && pattern[index + 1] === '*') {
      index++
      if (pattern[index + 1] === '/') {
        index++
        source += '(?:.*/)?'
      } else source += '.*'
    } else if (letter === '*') source += '[^/]*'
    else if (letter === '?') source += '[^/]'
    else if (letter === '[') {
      const end = pattern.indexOf(']', index)
      source += end < 0 ? '\\[' : pattern.slice(index, end + 1)
      index = end < 0 ? index : end
    } else source += letter.replace(/[.+^${}()|\\]/, '\\$&')
  }
  return new RegExp(`^${source}$`)
}

export interface CopyRequest {
  readonly name: 'COPY' | 'ADD'
  readonly sources: readonly string[]
  readonly target: string
  readonly workingDir: string
  /** Whence: the context, or another stage's files. */
  readonly from: MountTable
  readonly isContext: boolean
  /** Files that stand in the Dockerfile itself. */
  readonly inline: readonly { readonly name: string; readonly content: Uint8Array }[]
  readonly chown: string | undefined
  readonly chmod: string | undefined
  readonly image: Image
  readonly now: number
  /** COPY --parents: the sources' folders are kept. */
  readonly parents?: boolean
  readonly exclude?: readonly string[]
  /** Its words where they are not the legacy builder's. */
  readonly isBuildKit?: boolean
}

export interface CopyPlan {
  /** `file:…`, `dir:…` or `multi:…`: what history and the cache know the sources by. */
  readonly source: string
  readonly carryOut: () => Layer
}

/** Looks up what will be copied and its checksum; nothing is copied yet, as the cache may have it. */
export function planCopy(request: CopyRequest): CopyPlan {
  const { name, from, isContext, inline } = request
  const found = request.sources.flatMap((source) => resolve(source, request))
  const isFolderTarget = request.target.endsWith('/') || request.target === '.' || request.target === '..' || request.target.endsWith('/.') || request.target === ''
  if (found.length + inline.length > 1 && !isFolderTarget) throw failure(`When using ${name} with more than one source file, the destination must be a directory and end with a /`)
  const sums = found.map((path) => `${from.stat(path).kind === 'directory' ? 'dir' : 'file'}:${sumOf(from, path)}`)
  for (const { name: file, content } of inline) sums.push(`file:${sha256Hex(tarOf([{ path: file, kind: 'file', mode: 0o644, uid: 0, gid: 0, modifiedMs: 0, content, target: '' }]))}`)
  const source = sums.length === 1 ? sums[0] : `multi:${sha256Hex(new TextEncoder().encode(sums.join(',')))}`
  return { source, carryOut: () => copied(request, found, isFolderTarget, isContext) }
}

function resolve(source: string, { from, isContext, name }: CopyRequest): string[] {
  const outside = isContext && climbsOut(source)
  if (outside) throw failure(`${name} failed: forbidden path outside the build context: ${source} ()`)
  const path = cleanPath(`/${source}`)
  const missing = () =>
    isContext
      ? failure(`${name} failed: file not found in build context or excluded by .dockerignore: stat ${source.replace(/^\/+/, '')}: file does not exist`)
      : failure(`${name} failed: stat ${source.replace(/^\/+/, '')}: file does not exist`)
  if (/[*?[]/.test(source)) {
    const pattern = patternOf(path.slice(1))
    const depth = path.split('/').length
    const matches = [...walk(from, '/')].filter((candidate) => candidate.split('/').length === depth && pattern.test(candidate.slice(1)))
    if (matches.length === 0) throw failure(`${name} failed: no source files were specified`)
    return matches
  }
  if (!from.exists(path)) throw missing()
  return [path]
}

function climbsOut(source: string): boolean {
  let depth = 0
  for (const part of source.split('/')) {
    if (part === '..') depth--
    else if (part !== '' && part !== '.') depth++
    if (depth < 0) return true
  }
  return false
}

function* walk(files: MountTable, path: string): Generator<string> {
  for (const name of files.list(path)) {
    const child = path === '/' ? `/${name}` : `${path}/${name}`
    yield child
    if (files.lstat(child).kind === 'directory') yield* walk(files, child)
  }
}

/** Content, names and modes count, times do not: touching a file does not invalidate the cache. */
function sumOf(files: MountTable, path: string): string {
  return sha256Hex(tarOf(treeOf(files, path, 'x').map((entry) => ({ ...entry, modifiedMs: 0 }))))
}

export function treeOf(files: MountTable, path: string, name: string): TarEntry[] {
  const node = name === 'x' ? files.stat(path) : files.lstat(path)
  const entry: TarEntry = { path: name, kind: node.kind === 'socket' ? 'file' : node.kind, mode: node.mode, uid: 0, gid: 0, modifiedMs: node.modifiedMs, content: node.kind === 'file' ? (node.read?.() ?? noBytes) : noBytes, target: node.target ?? '' }
  if (node.kind !== 'directory') return [entry]
  return [entry, ...files.list(path).flatMap((child) => treeOf(files, path === '/' ? `/${child}` : `${path}/${child}`, `${name}/${child}`))]
}

function copied(request: CopyRequest, found: readonly string[], isFolderTarget: boolean, isContext: boolean): Layer {
  const { from, image, workingDir, chown, chmod, name, now, inline } = request
  const upper = new MemoryFiles({ now: () => now })
  const root = new MountTable([{ at: '/', files: new OverlayFiles(upper, image.layers.map(filesOfLayer).reverse()), root: '/', isReadOnly: false, source: 'overlay' }])
  const target = cleanPath(request.target.startsWith('/') ? request.target : `${workingDir || '/'}/${request.target}`)
  const owner = ownerOf(root, chown)
  const mode = chmod === undefined ? undefined : Number.parseInt(chmod, 8)
  const place = (entries: readonly TarEntry[], folder: string) => {
    if (!root.exists(folder)) {
      root.mkdir(folder, { parents: true })
      if (owner) root.chown(folder, owner)
    }
    const real = root.realpath(folder)
    unpackInto(root, real, entries.map((entry) => ({ ...entry, uid: owner?.uid ?? (isContext ? 0 : entry.uid), gid: owner?.gid ?? (isContext ? 0 : entry.gid), ...(mode === undefined || entry.kind === 'symlink' ? {} : { mode }) })))
  }
  const parentOf = (path: string) => path.slice(0, path.lastIndexOf('/')) || '/'
  for (const path of found) {
    const node = from.stat(path)
    if (node.kind === 'directory') {
      // The content of a directory is copied, not the directory.
      place(from.list(path).flatMap((child) => treeOf(from, path === '/' ? `/${child}` : `${path}/${child}`, child)), target)
      continue
    }
    const content = node.read?.() ?? noBytes
    const archive = name === 'ADD' && isContext ? archiveIn(content) : undefined
    if (archive) {
      place(archive, target)
      continue
    }
    const isInto = isFolderTarget || (root.exists(target) && root.stat(target).kind === 'directory')
    const base = isInto ? (path.split('/').at(-1) as string) : (target.split('/').at(-1) as string)
    place([{ path: base, kind: 'file', mode: node.mode, uid: node.uid, gid: node.gid, modifiedMs: node.modifiedMs, content, target: '' }], isInto ? target : parentOf(target))
  }
  for (const { name: file, content } of inline) {
    const isInto = isFolderTarget || (root.exists(target) && root.stat(target).kind === 'directory')
    place([{ path: isInto ? file : (target.split('/').at(-1) as string), kind: 'file', mode: 0o644, uid: 0, gid: 0, modifiedMs: now, content, target: '' }], isInto ? target : parentOf(target))
  }
  return layerOf(entriesOf(upper))
}

function ownerOf(files: MountTable, chown: string | undefined): { uid: number; gid: number } | undefined {
  if (chown === undefined) return undefined
  const [user, group = user] = chown.split(':')
  try {
    const { uid } = userOf(files, user)
    const { gid } = userOf(files, `0:${group}`)
    return { uid, gid }
  } catch (error) {
    if (error instanceof UnknownUser) throw failure(error.message)
    throw error
  }
}

/** ADD unpacks what is a tar archive, compressed or not. */
function archiveIn(content: Uint8Array): TarEntry[] | undefined {
  const plain = inflate(content)
  if (textOf(plain.subarray(257, 262)) !== 'ustar') return undefined
  return entriesOfTar(plain)
}
