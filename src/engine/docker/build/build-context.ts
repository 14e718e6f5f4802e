/**
 * What COPY and ADD copy: the build context without what .dockerignore names, or the files of another stage or image. Sources are
 * resolved with Go's patterns; the result lands in a fresh layer.
 */
import { noBytes, textOf } from '../../../base/bytes.ts'
import { ignoring, patternSource } from '../../../base/dockerignore.ts'
import { sha256Hex } from '../../../base/sha256.ts'
import { entriesOfTar, type TarEntry, tarOf } from '../../../base/tar.ts'
import { MemoryFiles } from '../../../unix/files/memory-files.ts'
import { MountTable } from '../../../unix/files/mount-table.ts'
import { OverlayFiles } from '../../../unix/files/overlay-files.ts'
import type { Image, Layer } from '../../images/image.ts'
import { layerOf } from '../../images/image.ts'
import { inflate } from '../../runtime/inflate.ts'
import { entriesOf, filesOfLayer, unpack } from '../../runtime/layer-files.ts'
import { UnknownUser, userOf } from '../../runtime/users.ts'
import { unpackInto } from '../containers/archive.ts'
import { failure } from '../docker-error.ts'
import { cleanPath } from '../containers/mounts.ts'

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
  const isIgnored = ignoring(ignore)
  unpack(
    entriesOf(all).filter(({ path }) => !isIgnored(path)),
    kept,
  )
  return { files: tableOf(kept), text }
}

function tableOf(files: MemoryFiles): MountTable {
  return new MountTable([{ at: '/', files, root: '/', isReadOnly: false, source: 'context' }])
}

export function filesOfImage(image: Image): MountTable {
  const upper = new MemoryFiles({ now: () => 0 })
  return new MountTable([
    { at: '/', files: new OverlayFiles(upper, image.layers.map(filesOfLayer).reverse()), root: '/', isReadOnly: false, source: 'overlay' },
  ])
}

export interface CopyRequest {
  readonly name: 'COPY' | 'ADD'
  readonly sources: readonly string[]
  readonly target: string
  readonly workingDir: string
  /** Whence: the context, or another stage's files. */
  readonly from: MountTable
  readonly isContext: boolean
  /** Files that stand in the Dockerfile itself, or were fetched. */
  readonly inline: readonly { readonly name: string; readonly content: Uint8Array; readonly mode?: number }[]
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
  const { name, from, inline } = request
  const excluded = (request.exclude ?? []).map((pattern) => ignoring(pattern))
  const isExcluded = (path: string) => excluded.some((matches) => matches(path))
  const found = request.sources.flatMap((source) => resolve(source, request)).filter((path) => !isExcluded(path.slice(1)))
  const isFolderTarget =
    request.target.endsWith('/') ||
    request.target === '.' ||
    request.target === '..' ||
    request.target.endsWith('/.') ||
    request.target === ''
  if (found.length + inline.length > 1 && !isFolderTarget)
    throw failure(`When using ${name} with more than one source file, the destination must be a directory and end with a /`)
  const sums = found.map((path) => `${from.stat(path).kind === 'directory' ? 'dir' : 'file'}:${sumOf(from, path, isExcluded)}`)
  for (const { name: file, content } of inline)
    sums.push(`file:${sha256Hex(tarOf([{ path: file, kind: 'file', mode: 0o644, uid: 0, gid: 0, modifiedMs: 0, content, target: '' }]))}`)
  const source = sums.length === 1 ? sums[0] : `multi:${sha256Hex(new TextEncoder().encode(sums.join(',')))}`
  return { source, carryOut: () => copied(request, found, isFolderTarget, isExcluded) }
}

function resolve(source: string, { from, isContext, name, isBuildKit }: CopyRequest): string[] {
  const outside = isContext && !isBuildKit && climbsOut(source)
  if (outside) throw failure(`${name} failed: forbidden path outside the build context: ${source} ()`)
  const path = cleanPath(`/${source}`)
  const missing = () =>
    isContext
      ? failure(
          `${name} failed: file not found in build context or excluded by .dockerignore: stat ${isBuildKit ? path.slice(1) : source.replace(/^\/+/, '')}: file does not exist`,
        )
      : failure(`${name} failed: stat ${source.replace(/^\/+/, '')}: file does not exist`)
  if (/[*?[]/.test(source)) {
    const pattern = new RegExp(`^${patternSource(path.slice(1))}$`)
    const depth = path.split('/').length
    const matches = [...walk(from, '/')].filter((candidate) => candidate.split('/').length === depth && pattern.test(candidate.slice(1)))
    // BuildKit lets a pattern match nothing.
    if (matches.length === 0 && !isBuildKit) throw failure(`${name} failed: no source files were specified`)
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
function sumOf(files: MountTable, path: string, isExcluded: (path: string) => boolean): string {
  return sha256Hex(
    tarOf(
      treeOf(files, path, 'x')
        .filter(({ path: inner }) => !isExcluded(inner.replace(/^x\/?/, '')))
        .map((entry) => ({ ...entry, modifiedMs: 0 })),
    ),
  )
}

export function treeOf(files: MountTable, path: string, name: string): TarEntry[] {
  const node = name === 'x' ? files.stat(path) : files.lstat(path)
  const entry: TarEntry = {
    path: name,
    kind: node.kind === 'socket' ? 'file' : node.kind,
    mode: node.mode,
    uid: 0,
    gid: 0,
    modifiedMs: node.modifiedMs,
    content: node.kind === 'file' ? (node.read?.() ?? noBytes) : noBytes,
    target: node.target ?? '',
  }
  if (node.kind !== 'directory') return [entry]
  return [entry, ...files.list(path).flatMap((child) => treeOf(files, path === '/' ? `/${child}` : `${path}/${child}`, `${name}/${child}`))]
}

function copied(request: CopyRequest, found: readonly string[], isFolderTarget: boolean, isExcluded: (path: string) => boolean): Layer {
  const { from, image, workingDir, chown, chmod, name, now, inline, parents, isContext } = request
  const upper = new MemoryFiles({ now: () => now })
  const root = new MountTable([
    { at: '/', files: new OverlayFiles(upper, image.layers.map(filesOfLayer).reverse()), root: '/', isReadOnly: false, source: 'overlay' },
  ])
  const target = cleanPath(request.target.startsWith('/') ? request.target : `${workingDir || '/'}/${request.target}`)
  const owner = ownerOf(root, chown)
  const modeOf = (entry: TarEntry) => (chmod === undefined || entry.kind === 'symlink' ? entry.mode : changedMode(entry, chmod))
  const place = (entries: readonly TarEntry[], folder: string) => {
    if (!root.exists(folder)) {
      root.mkdir(folder, { parents: true })
      if (owner) root.chown(folder, owner)
    }
    const real = root.realpath(folder)
    unpackInto(
      root,
      real,
      entries.map((entry) => ({
        ...entry,
        uid: owner?.uid ?? (isContext ? 0 : entry.uid),
        gid: owner?.gid ?? (isContext ? 0 : entry.gid),
        mode: modeOf(entry),
      })),
    )
  }
  const parentOf = (path: string) => path.slice(0, path.lastIndexOf('/')) || '/'
  for (const path of found) {
    const node = from.stat(path)
    if (parents) {
      place(
        treeOf(from, path, path.slice(1)).filter((entry) => !isExcluded(entry.path)),
        target,
      )
      continue
    }
    if (node.kind === 'directory') {
      // The content of a directory is copied, not the directory.
      place(
        from
          .list(path)
          .flatMap((child) => treeOf(from, path === '/' ? `/${child}` : `${path}/${child}`, child))
          .filter((entry) => !isExcluded(entry.path)),
        target,
      )
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
    place(
      [{ path: base, kind: 'file', mode: node.mode, uid: node.uid, gid: node.gid, modifiedMs: node.modifiedMs, content, target: '' }],
      isInto ? target : parentOf(target),
    )
  }
  for (const { name: file, content, mode = 0o644 } of inline) {
    const isInto = isFolderTarget || (root.exists(target) && root.stat(target).kind === 'directory')
    place(
      [
        {
          path: isInto ? file : (target.split('/').at(-1) as string),
          kind: 'file',
          mode,
          uid: 0,
          gid: 0,
          modifiedMs: now,
          content,
          target: '',
        },
      ],
      isInto ? target : parentOf(target),
    )
  }
  return layerOf(entriesOf(upper))
}

/** `755`, or symbolic as chmod(1) has it: `u=rwX,go=rX`. */
function changedMode({ mode, kind }: TarEntry, text: string): number {
  if (/^[0-7]+$/.test(text)) return Number.parseInt(text, 8)
  let result = mode & 0o7777
  for (const clause of text.split(',')) {
    const [, who = '', operator = '=', letters = ''] = /^([ugoa]*)([-+=])([rwxX]*)$/.exec(clause) ?? []
    const takesX = letters.includes('x') || (letters.includes('X') && (kind === 'directory' || (mode & 0o111) !== 0))
    const bits = (letters.includes('r') ? 4 : 0) | (letters.includes('w') ? 2 : 0) | (takesX ? 1 : 0)
    for (const [letter, shift] of [
      ['u', 6],
      ['g', 3],
      ['o', 0],
    ] as const) {
      if (who !== '' && !who.includes('a') && !who.includes(letter)) continue
      if (operator === '=') result = (result & ~(7 << shift)) | (bits << shift)
      else result = operator === '+' ? result | (bits << shift) : result & ~(bits << shift)
    }
  }
  return result
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
