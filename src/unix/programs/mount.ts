/** mount and umount. Any mount of the namespace is shown; bind mounts and tmpfs can be made, by a root with CAP_SYS_ADMIN. */
import { MemoryFiles } from '../files/memory-files.ts'
import { hasCapability } from '../kernel/capabilities.ts'
import { statOf } from './copy.ts'
import { optionsOf } from './disk-text.ts'
import { flag, list, value } from './options.ts'
import { print } from './text.ts'
import { complain, tool } from './tool.ts'

export const mount = tool({
  name: 'mount',
  usage: '[-lhV]\n-a [options]\n[options] <source> <directory>',
  summary: 'Mount a filesystem.',
  package: 'mount from util-linux 2.38.1',
  flags: {
    all: flag('a|all', 'mount all filesystems mentioned in fstab'),
    type: value('t|types', 'list', 'limit the set of filesystem types'),
    options: list('o|options', 'list', 'comma-separated list of mount options'),
    bind: flag('B|bind', 'mount a subtree somewhere else (same as -o bind)'),
    readOnly: flag('r|read-only', 'mount the filesystem read-only'),
    verbose: flag('v|verbose', 'say what is being done'),
    labels: flag('l|show-labels'),
  },
  *run(call) {
    const { process, flags, operands } = call
    if (operands.length === 0) {
      const shown = process.files.mounts.filter(({ files }) => flags.type === undefined || flags.type.split(',').includes(files.type))
      yield* print(process, shown.map((one) => `${one.source} on ${one.at} type ${one.files.type} (${optionsOf(one)})\n`).join(''))
      return 0
    }
    const options = flags.options.flatMap((one) => one.split(','))
    const [source, at] = operands
    if (process.credentials.uid !== 0) {
      yield* complain(call, `${at ?? source}: must be superuser to use mount.`)
      return 32
    }
    // Without CAP_SYS_ADMIN, as in every container that is not privileged.
    if (!hasCapability(process.credentials, 'SYS_ADMIN')) {
      yield* complain(
        call,
        call.busybox
          ? `permission denied (are you root?)`
          : `${at ?? source}: permission denied.\n       dmesg(1) may have more information after failed mount system call.`,
      )
      return call.busybox ? 1 : 32
    }
    if (at === undefined) {
      yield* complain(call, `${source}: can't find in /etc/fstab.`)
      return 1
    }
    if (call.busybox && statOf(process, at)?.kind !== 'directory') {
      yield* complain(call, `mounting ${source} on ${at} failed: ${statOf(process, at) ? 'Not a directory' : 'No such file or directory'}`)
      return 255
    }
    if (statOf(process, at)?.kind !== 'directory') {
      yield* complain(call, `${at}: mount point ${statOf(process, at) ? 'is not a directory' : 'does not exist'}.`)
      return 32
    }
    const full = process.files.realpath(process.path(at))
    const isReadOnly = flags.readOnly || options.includes('ro')
    if (flags.bind || options.includes('bind')) {
      const from = statOf(process, source)
      if (!from) {
        yield* complain(call, `${at}: special device ${source} does not exist.`)
        return 32
      }
      const real = process.files.realpath(process.path(source))
      const under = process.files.mounts.findLast(({ at: place }) => place === '/' || real === place || real.startsWith(`${place}/`))
      if (!under) return 32
      const inside = under.at === '/' ? real : real.slice(under.at.length) || '/'
      process.files.mount({
        at: full,
        files: under.files,
        root: `${under.root === '/' ? '' : under.root}${inside}` || '/',
        isReadOnly,
        source: under.source,
      })
      return 0
    }
    if (flags.type === 'tmpfs') {
      process.files.mount({ at: full, files: new MemoryFiles({ now: () => process.now() }), root: '/', isReadOnly, source })
      return 0
    }
    yield* complain(
      call,
      flags.type !== undefined && !['ext4', 'xfs', 'nfs', 'overlay', 'proc', 'sysfs'].includes(flags.type)
        ? `${at}: unknown filesystem type '${flags.type}'.`
        : `${at}: special device ${source} does not exist.`,
    )
    return 32
  },
})

export const umount = tool({
  name: 'umount',
  usage: '[options] <source> | <directory>',
  summary: 'Unmount filesystems.',
  package: 'umount from util-linux 2.38.1',
  flags: {
    force: flag('f|force', 'force unmount'),
    lazy: flag('l|lazy', 'detach the filesystem now, clean up things later'),
    recursive: flag('R|recursive'),
    verbose: flag('v|verbose'),
  },
  *run(call) {
    const { process, operands } = call
    let code = 0
    if (operands.length === 0) {
      yield* complain(call, "bad usage\nTry 'umount --help' for more information.")
      return 1
    }
    for (const path of operands) {
      const full = statOf(process, path) ? process.files.realpath(process.path(path)) : undefined
      const mounted = full === undefined ? undefined : process.files.mounts.find(({ at }) => at === full)
      if (full === undefined || !mounted) {
        yield* complain(
          call,
          call.busybox
            ? `can't unmount ${path}: Invalid argument`
            : full === undefined
              ? `${path}: no mount point specified.`
              : `${path}: not mounted.`,
        )
        code = call.busybox ? 1 : full === undefined ? 1 : 32
      } else if (!hasCapability(process.credentials, 'SYS_ADMIN')) {
        yield* complain(call, call.busybox ? `can't unmount ${path}: Operation not permitted` : `${path}: must be superuser to unmount.`)
        code = 32
      } else process.files.unmount(full)
    }
    return code
  },
})
