/** What file systems hold, for df, du and mount. */
import type { Mount } from '../files/files.ts'
import type { Process } from '../kernel/process.ts'
import { joinedPath, lstatOf } from './copy.ts'

/** KiB that a file takes on the disk. */
function diskKib(size: number): number {
  return Math.ceil(size / 4096) * 4
}

export interface DiskUse {
  readonly totalKib: number
  readonly usedKib: number
  readonly availableKib: number
}

/** The disk behind a mount; tmpfs and the like have their own small ones. */
export function diskUse(process: Process, mount: Mount): DiskUse {
  const memoryKib = Math.round(process.kernel.memoryBytes / 1024)
  if (mount.files.type === 'tmpfs' || mount.files.type === 'devtmpfs') {
    const { quotaBytes, usedBytes = 0 } = mount.files
    const totalKib = quotaBytes !== undefined ? Math.floor(quotaBytes / 1024) : mount.at === '/dev' ? 65_536 : Math.round(memoryKib / 2)
    const usedKib = Math.min(totalKib, diskKib(usedBytes))
    return { totalKib, usedKib, availableKib: totalKib - usedKib }
  }
  if (
    mount.files.type === 'proc' ||
    mount.files.type === 'sysfs' ||
    mount.files.type === 'cgroup2' ||
    mount.files.type === 'devpts' ||
    mount.files.type === 'mqueue'
  )
    return { totalKib: 0, usedKib: 0, availableKib: 0 }
  const totalKib = 61_255_492
  const usedKib = 11_427_436
  return { totalKib, usedKib, availableKib: totalKib - usedKib - 3_128_036 }
}

/** Longest mount that a path lies under. */
export function mountUnder(process: Process, path: string): Mount | undefined {
  let best: Mount | undefined
  for (const mount of process.files.mounts) {
    const fits = mount.at === '/' || path === mount.at || path.startsWith(`${mount.at}/`)
    if (fits && (!best || mount.at.length >= best.at.length)) best = mount
  }
  return best
}

export function optionsOf(mount: Mount): string {
  const access = mount.isReadOnly || mount.files.isReadOnly ? 'ro' : 'rw'
  switch (mount.files.type) {
    case 'proc':
    case 'sysfs':
    case 'cgroup2':
    case 'mqueue':
      return `${access},nosuid,nodev,noexec,relatime`
    case 'tmpfs':
      return `${access},nosuid${mount.at === '/dev' ? ',size=65536k,mode=755' : `,nodev,noexec,relatime${mount.options ? `,${mount.options}` : ''}`}`
    case 'devpts':
      return `${access},nosuid,noexec,relatime,gid=5,mode=620,ptmxmode=666`
    default:
      return `${access},relatime${mount.options ? `,${mount.options}` : ''}`
  }
}

/** KiB below a path, counted as du does: each file once, whatever its names. */
export function* treeKib(
  process: Process,
  path: string,
  apparent: boolean,
  seen: Set<number>,
  told: (path: string, size: number, depth: number, isDirectory: boolean) => void,
  depth = 0,
): Generator<undefined, number, unknown> {
  const node = lstatOf(process, path)
  if (!node || (node.links > 1 && node.kind === 'file' && seen.has(node.inode))) return 0
  seen.add(node.inode)
  let size = apparent ? node.size : (node.kind === 'directory' ? 4 : node.kind === 'file' ? diskKib(node.size) : 0) * 1024
  if (node.kind === 'directory') {
    for (const name of process.files.list(process.path(path), process.credentials))
      size += yield* treeKib(process, joinedPath(path, name), apparent, seen, told, depth + 1)
    if (seen.size % 500 < 2) yield undefined
  }
  told(path, size, depth, node.kind === 'directory')
  return size
}
