/** What stands in /dev, of a machine and of every container. Devices answer at once: `cat /dev/zero` is slowed by its reader. */
import { noBytes } from '../../base/bytes.ts'
import { UnixError } from '../errors.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { always, type OpenFile } from '../kernel/open-file.ts'
import { MemoryFiles } from './memory-files.ts'

export function deviceFiles(kernel: Kernel, type = 'tmpfs'): MemoryFiles {
  return new MemoryFiles({
    now: () => kernel.clock.now(),
    type,
    fill: (files) => {
      addDevices(files, kernel)
      if (type === 'devtmpfs') addMachineDevices(files)
    },
  })
}

/** What only a machine has, and a privileged container. They can be looked at; behind them there is nothing. */
function addMachineDevices(files: MemoryFiles): void {
  const open = (): OpenFile => {
    throw new UnixError('EIO')
  }
  const disk = 6
  for (const [name, minor] of [
    ['vda', 0],
    ['vda1', 1],
  ] as const)
    files.create(`/${name}`, { kind: 'block', mode: 0o660, uid: 0, gid: disk, device: [254, minor], open })
  files.create('/kmsg', { kind: 'character', mode: 0o644, uid: 0, gid: 0, device: [1, 11], open })
  files.create('/fuse', { kind: 'character', mode: 0o666, uid: 0, gid: 0, device: [10, 229], open })
  files.create('/loop-control', { kind: 'character', mode: 0o660, uid: 0, gid: disk, device: [10, 237], open })
}

function addDevices(files: MemoryFiles, kernel: Kernel): void {
  const device = (
    name: string,
    minor: number,
    read: (max: number) => Uint8Array,
    write: (bytes: Uint8Array) => number = (bytes) => bytes.length,
  ) =>
    files.create(`/${name}`, {
      kind: 'character',
      mode: 0o666,
      uid: 0,
      gid: 0,
      device: [1, minor],
      open: () => openDevice(`/dev/${name}`, read, write),
    })
  device('null', 3, () => noBytes)
  device('zero', 5, (max) => new Uint8Array(max))
  device(
    'full',
    7,
    (max) => new Uint8Array(max),
    () => {
      throw new UnixError('ENOSPC')
    },
  )
  const chance = (max: number): Uint8Array => Uint8Array.from({ length: max }, () => kernel.random.below(256))
  device('random', 8, chance)
  device('urandom', 9, chance)
  files.create('/tty', {
    kind: 'character',
    mode: 0o666,
    uid: 0,
    gid: 5,
    device: [5, 0],
    open() {
      const terminal = kernel.current?.terminal
      if (!terminal) throw new UnixError('ENXIO', '/dev/tty')
      return { ...delegating(terminal.file), name: '/dev/tty' }
    },
  })
  for (const [name, target] of [
    ['fd', '/proc/self/fd'],
    ['stdin', '/proc/self/fd/0'],
    ['stdout', '/proc/self/fd/1'],
    ['stderr', '/proc/self/fd/2'],
    ['core', '/proc/kcore'],
    ['ptmx', 'pts/ptmx'],
  ]) {
    files.create(`/${name}`, { kind: 'symlink', mode: 0o777, uid: 0, gid: 0, target })
  }
  files.create('/mqueue', { kind: 'directory', mode: 0o1777, uid: 0, gid: 0 })
  files.create('/pts', { kind: 'directory', mode: 0o755, uid: 0, gid: 0 })
  files.create('/shm', { kind: 'directory', mode: 0o1777, uid: 0, gid: 0 })
}

function openDevice(name: string, read: (max: number) => Uint8Array, write: (bytes: Uint8Array) => number): OpenFile {
  return { kind: 'device', name, readable: always, writable: always, read, write, close() {}, seek() {} }
}

/** The same open file once more, whose closing does not close the other. */
export function delegating(file: OpenFile): OpenFile {
  return {
    kind: file.kind,
    name: file.name,
    readable: file.readable,
    writable: file.writable,
    read: (max) => file.read(max),
    write: (bytes) => file.write(bytes),
    close() {},
  }
}
