/**
 * Files that change all at once, as the kubelet writes what comes from ConfigMaps, Secrets and the pod: they stand in a folder of their own
 * that is never changed, `..data` is a link to it, and each name that is seen is a link through `..data`. New content is a new folder, so
 * whoever holds a file of the old one (a `subPath`) keeps it.
 */
import type { FileSystem } from '../../unix/files/node.ts'
import { makeParents } from './layer-files.ts'
import type { VolumeFile } from './runtime.ts'

/** Puts these files, and no others, into `folder` of a file system. */
export function putAtOnce(files: FileSystem, folder: string, all: readonly VolumeFile[], nowMs: number): void {
  const root = folder === '/' ? '' : folder
  const data = `${root}/..data`
  const before = files.lookup(data)?.target
  const wanted = all.map(({ path, content, mode }) => ({ path, mode, bytes: content() }))
  if (before !== undefined && isSame(files, `${root}/${before}`, wanted)) return
  const fresh = `..${stamp(nowMs)}.${String(Math.imul(nowMs + (files.lookup(data)?.inode ?? 0), 2_654_435_761) >>> 0)}`
  files.create(`${root}/${fresh}`, { kind: 'directory', mode: 0o755, uid: 0, gid: 0 })
  for (const { path, mode, bytes } of wanted) {
    makeParents(files, `${root}/${fresh}/${path}`)
    files.create(`${root}/${fresh}/${path}`, { kind: 'file', mode, uid: 0, gid: 0, content: bytes })
  }
  if (before !== undefined) files.remove(data)
  files.create(data, { kind: 'symlink', mode: 0o777, uid: 0, gid: 0, target: fresh })
  const names = new Set(wanted.map(({ path }) => path.split('/')[0]))
  for (const name of names) {
    const old = files.lookup(`${root}/${name}`)
    if (old?.kind === 'symlink') continue
    if (old) removeTree(files, `${root}/${name}`)
    files.create(`${root}/${name}`, { kind: 'symlink', mode: 0o777, uid: 0, gid: 0, target: `..data/${name}` })
  }
  for (const name of [...files.list(folder)])
    if (!names.has(name) && name !== '..data' && name !== fresh) removeTree(files, `${root}/${name}`)
}

interface Wanted {
  readonly path: string
  readonly mode: number
  readonly bytes: Uint8Array
}

/** A group that a volume was given to (fsGroup) adds to the mode, which is therefore not compared. */
function isSame(files: FileSystem, folder: string, wanted: readonly Wanted[]): boolean {
  const paths = new Set(wanted.map(({ path }) => path))
  return (
    filesBelow(files, folder, '').every((path) => paths.has(path)) &&
    wanted.every(({ path, bytes }) => {
      const there = files.lookup(`${folder}/${path}`)?.read?.()
      return there !== undefined && there.length === bytes.length && there.every((byte, at) => byte === bytes[at])
    })
  )
}

function filesBelow(files: FileSystem, folder: string, prefix: string): readonly string[] {
  return files
    .list(folder)
    .flatMap((name) =>
      files.lookup(`${folder}/${name}`)?.kind === 'directory'
        ? filesBelow(files, `${folder}/${name}`, `${prefix}${name}/`)
        : [`${prefix}${name}`],
    )
}

function removeTree(files: FileSystem, path: string): void {
  if (files.lookup(path)?.kind === 'directory') for (const name of [...files.list(path)]) removeTree(files, `${path}/${name}`)
  files.remove(path)
}

/** What stands at a path, and below it, in another file system. */
export function copyTree(from: FileSystem, path: string, to: FileSystem, at: string): void {
  const node = from.lookup(path)
  if (!node) return
  const { kind, mode, uid, gid, target } = node
  if (at !== '/') to.create(at, { kind, mode, uid, gid, target, content: node.read?.() })
  if (kind === 'directory') for (const name of from.list(path)) copyTree(from, `${path}/${name}`, to, `${at === '/' ? '' : at}/${name}`)
}

/** `2026_01_05_09_00_00` */
function stamp(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace(/[-T:]/g, '_')
}
