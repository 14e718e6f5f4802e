/** The files of a machine as the kubelet uses them: whole files and folders by path, mounts on the way included. */
import { MemoryFiles } from '../../unix/files/memory-files.ts'
import { copyTree, putAtOnce } from './atomic-volume.ts'
import type { Host } from './host.ts'
import { makeParents } from './layer-files.ts'
import type { HostFiles } from './runtime.ts'

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
    writeAtOnce(path, all) {
      if (!files.exists(path)) files.mkdir(path, { parents: true, mode: 0o777 })
      const { mount, inner } = files.locate(path)
      putAtOnce(mount.files, inner, all, disk.now())
    },
    mountMemory(path, all) {
      const put = (into: MemoryFiles): void => putAtOnce(into, '/', all, disk.now())
      const known = inMemory.get(path)
      if (known) return put(known)
      files.mkdir(path, { parents: true })
      const fresh = new MemoryFiles({ now: disk.now, mode: 0o1777, quotaBytes: sizeBytes, fill: put })
      inMemory.set(path, fresh)
      files.mount({ at: path, files: fresh, root: '/', isReadOnly: false, source: 'tmpfs', options: `size=${sizeBytes / 1024}k` })
    },
    pin(from, to) {
      this.remove(to)
      const { mount, inner } = files.locate(files.realpath(from))
      const node = mount.files.lookup(inner)
      makeParents(disk, to)
      if (node?.kind === 'file' && mount.files === disk) return copyTree(disk, inner, disk, to)
      const isFolder = node?.kind === 'directory'
      if (isFolder) files.mkdir(to, { parents: true })
      else files.writeFile(to, '')
      const held = new MemoryFiles({ now: disk.now, mode: node?.mode ?? 0o755 })
      copyTree(mount.files, inner, held, isFolder ? '/' : '/held')
      inMemory.set(to, held)
      files.mount({ at: to, files: held, root: isFolder ? '/' : '/held', isReadOnly: true, source: mount.source })
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

export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/'
}
