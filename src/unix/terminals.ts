/**
 * /dev/pts: the terminals of a machine or of a container, which has its own and numbers them from 0. A number is free again when the last
 * program that had the terminal is gone.
 */
import { MemoryFiles } from './files/memory-files.ts'
import type { Kernel } from './kernel/kernel.ts'
import type { Files } from './files/files.ts'
import { createTerminal, type Terminal } from './kernel/terminal.ts'

export interface Terminals {
  /** What is mounted at /dev/pts. */
  readonly files: MemoryFiles
  make(size: { readonly cols: number; readonly rows: number }): Terminal
}

const byFiles = new WeakMap<object, Terminals>()

/** Those behind the /dev/pts that is mounted there: what a program that opens /dev/ptmx gets its terminal from. */
export function terminalsAt(files: Files): Terminals | undefined {
  const mount = files.mounts.findLast(({ at }) => at === '/dev/pts')
  return mount && byFiles.get(mount.files)
}

export function terminalsOf(kernel: Kernel): Terminals {
  const files = new MemoryFiles({ now: () => kernel.clock.now(), type: 'devpts' })
  const terminals: Terminals = {
    files,
    make(size) {
      let number = 0
      while (files.lookup(`/${number}`)) number++
      const created = createTerminal(kernel, {
        name: `/dev/pts/${number}`,
        ...size,
        onClose: () => files.lookup(`/${number}`) && files.remove(`/${number}`),
      })
      files.create(`/${number}`, {
        kind: 'character',
        mode: 0o620,
        uid: 0,
        gid: 5,
        device: [136, number],
        open: () => ({ ...created.file, close() {} }),
      })
      return created
    },
  }
  byFiles.set(files, terminals)
  return terminals
}
