/** The files of a machine as the kubelet uses them: whole files and folders by path, mounts on the way included. */
import type { Host } from './host.ts'
import type { HostFiles } from './runtime.ts'

export function hostFiles({ files, disk }: Host): HostFiles {
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
    read: (path) => (files.exists(path) ? files.readFile(path) : undefined),
    list: (path) => (files.exists(path) ? files.list(path) : []),
    remove(path) {
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
