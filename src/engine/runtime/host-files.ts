/** The files of a machine as the kubelet uses them: whole files and folders by path, mounts on the way included. */
import { MemoryFiles } from '../../unix/files/memory-files.ts'
import type { Host } from './host.ts'
import { makeParents } from './layer-files.ts'
import type { HostFiles, VolumeFile } from './runtime.ts'

export function hostFiles({ files, disk, kernel }: Host): HostFiles {
  const inMemory = new Map<string, MemoryFiles>()
  const sizeBytes = kernel.memoryBytes
  return {
    kind(path) {
      if (!files.exists(path)) return undefined
      const { kind } = files.stat(path)
      return kind === 'symlink' || kind === 'fifo' ? 'file' : kind
    },
    mkdir: (path, mode) => files.mkdir(path, { parents: true, mode }),
    share(path, gid, isWritable) {
      const { kind, mode } = files.lstat(path)
      if (kind === 'symlink') return
      files.chown(path, { gid })
      files.chmod(path, mode | (kind === 'directory' ? 0o2110 : 0) | (isWritable ? 0o660 : 0o440))
      if (kind === 'directory') for (const name of files.list(path)) this.share(`${path}/${name}`, gid, isWritable)
    },
    isShared(path, gid) {
      const found = files.lstat(path)
      return found.gid === gid && (found.mode & 0o2060) === 0o2060
    },
    write(path, content, mode) {
      files.mkdir(folderOf(path), { parents: true })
      files.writeFile(path, content, { mode })
    },
    mountMemory(path, all) {
      const known = inMemory.get(path)
      if (known) return putAll(known, all)
      files.mkdir(path, { parents: true })
      const fresh = new MemoryFiles({ now: disk.now, mode: 0o1777, quotaBytes: sizeBytes, fill: (empty) => putAll(empty, all) })
      inMemory.set(path, fresh)
      files.mount({ at: path, files: fresh, root: '/', isReadOnly: false, source: 'tmpfs', options: `size=${sizeBytes / 1024}k` })
    },
    read: (path) => (files.exists(path) ? files.readFile(path) : undefined),
    list: (path) => (files.exists(path) ? files.list(path) : []),
    remove(path) {
      for (const at of inMemory.keys()) {
        if (at !== path && !at.startsWith(`${path}/`)) continue
        files.unmount(at)
        inMemory.delete(at)
      }
      const isOnDisk = files.mounts.every(
        ({ at }) => at === '/' || !(path === at || path.startsWith(`${at}/`) || at.startsWith(`${path}/`)),
      )
      if (isOnDisk) disk.removeTree(path)
      else if (files.exists(path)) files.removeAll(path)
    },
  }
}

function putAll(files: MemoryFiles, all: readonly VolumeFile[]): void {
  for (const { path, content, mode } of all) {
    const old = files.lookup(`/${path}`)
    makeParents(files, `/${path}`)
    if (old) files.remove(`/${path}`)
    files.create(`/${path}`, { kind: 'file', mode, uid: 0, gid: 0, content: content() })
  }
}

export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/'
}
