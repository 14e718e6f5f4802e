/** mktemp, mkfifo, truncate, sync, nproc, unlink, install, tree: small ones about files. */
import { MountTable } from '../files/mount-table.ts'
import { UnixError } from '../errors.ts'
import { type Program } from '../kernel/process.ts'
import { copyContent, joinedPath, lstatOf, statOf } from './copy.ts'
import { flag, UsageError, value } from './options.ts'
import { changedMode } from './modes.ts'
import { sizeOf } from './sizes.ts'
import { print } from './text.ts'
import { baseName, complain, quoted, tool, wordsOf } from './tool.ts'

export const mktemp = tool({
  name: 'mktemp',
  usage: '[OPTION]... [TEMPLATE]',
  summary: 'Create a temporary file or directory, safely, and print its name.',
  flags: {
    directory: flag('d|directory', 'create a directory, not a file'),
    dryRun: flag('u|dry-run', 'do not create anything; merely print a name'),
    quiet: flag('q|quiet'),
    parent: value('p|tmpdir', 'DIR', 'interpret TEMPLATE relative to DIR'),
    inTmp: flag('t'),
    suffix: value('suffix', 'SUFF', 'append SUFF to TEMPLATE'),
  },
  *run(call) {
    const { process, flags } = call
    const template = call.operands[0] ?? (call.busybox ? 'tmp.XXXXXX' : 'tmp.XXXXXXXXXX')
    const marks = /X+(?=[^X]*$)/.exec(template)
    if (!marks || marks[0].length < 3) {
      yield* complain(call, `too few X's in template ${quoted(template)}`)
      return 1
    }
    const name =
      template.slice(0, marks.index) +
      process.kernel.random.letters(marks[0].length, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789') +
      template.slice(marks.index + marks[0].length) +
      (flags.suffix ?? '')
    const folder = flags.parent ?? (call.operands[0] === undefined || flags.inTmp ? process.env.TMPDIR || '/tmp' : undefined)
    const path = folder === undefined ? name : joinedPath(folder, name)
    try {
      if (!flags.dryRun) {
        if (flags.directory) process.files.mkdir(process.path(path), { mode: 0o700 }, process.credentials)
        else process.files.writeFile(process.path(path), '', { mode: 0o600 }, process.credentials)
      }
    } catch (error) {
      yield* complain(
        call,
        `failed to create ${flags.directory ? 'directory' : 'file'} via template ${quoted(folder === undefined ? template : joinedPath(folder, template))}: ${wordsOf(error)}`,
      )
      return 1
    }
    yield* print(process, `${path}\n`)
    return 0
  },
})

export const mkfifo = tool({
  name: 'mkfifo',
  usage: '[OPTION]... NAME...',
  summary: 'Create named pipes (FIFOs) with the given NAMEs.',
  flags: { mode: value('m|mode', 'MODE', 'set file permission bits to MODE, not a=rw - umask') },
  *run(call) {
    const { process, flags, operands } = call
    if (operands.length === 0) throw new UsageError('missing operand')
    let code = 0
    for (const path of operands) {
      try {
        const { files } = process
        const mode =
          flags.mode === undefined ? 0o666 & ~process.umask : changedMode(0o666, flags.mode, { isDirectory: false, umask: process.umask })
        if (lstatOf(process, path)) throw new UnixError('EEXIST', path)
        if (files instanceof MountTable) files.makeNode(process.path(path), { kind: 'fifo', mode }, process.credentials)
      } catch (error) {
        yield* complain(call, call.busybox ? `${path}: ${wordsOf(error)}` : `cannot create fifo ${quoted(path)}: ${wordsOf(error)}`)
        code = 1
      }
    }
    return code
  },
})

export const truncate = tool({
  name: 'truncate',
  usage: 'OPTION... FILE...',
  summary: 'Shrink or extend the size of each FILE to the specified size.',
  flags: {
    noCreate: flag('c|no-create', 'do not create any files'),
    size: value('s|size', 'SIZE', 'set or adjust the file size by SIZE bytes'),
    reference: value('r|reference', 'RFILE'),
  },
  *run(call) {
    const { process, flags, operands } = call
    if (flags.size === undefined && flags.reference === undefined) throw new UsageError("you must specify either '--size' or '--reference'")
    if (operands.length === 0) throw new UsageError('missing file operand')
    const sign = /^[-+]/.exec(flags.size ?? '')?.[0]
    const amount = flags.reference === undefined ? sizeOf((flags.size ?? '').replace(/^[-+]/, '')) : statOf(process, flags.reference)?.size
    if (amount === undefined) throw new UsageError(`Invalid number: ${quoted(flags.size ?? '')}`)
    for (const path of operands) {
      const old = statOf(process, path)
      if (!old && flags.noCreate) continue
      const content = old ? process.files.readFile(process.path(path), process.credentials) : new Uint8Array(0)
      const size = Math.max(0, sign === '+' ? content.length + amount : sign === '-' ? content.length - amount : amount)
      const next = new Uint8Array(size)
      next.set(content.subarray(0, size))
      process.files.writeFile(process.path(path), next, { mode: old?.mode ?? 0o666 & ~process.umask }, process.credentials)
    }
    return 0
  },
})

export const sync: Program = function* () {
  return 0
}

export const nproc: Program = function* (process) {
  const set = process.cgroup.cpuSet?.split(',').map((part) => part.split('-').map(Number))
  const allowed = set?.reduce((sum, [first, last = first]) => sum + last - first + 1, 0)
  yield* print(process, `${allowed ?? process.kernel.cpus}\n`)
  return 0
}

export const unlink = tool({
  name: 'unlink',
  usage: 'FILE',
  summary: 'Call the unlink function to remove the specified FILE.',
  flags: {},
  *run(call) {
    if (call.operands.length === 0) throw new UsageError('missing operand')
    try {
      call.process.files.unlink(call.process.path(call.operands[0]), call.process.credentials)
      return 0
    } catch (error) {
      yield* complain(call, `cannot unlink ${quoted(call.operands[0])}: ${wordsOf(error)}`)
      return 1
    }
  },
})

export const install = tool({
  name: 'install',
  usage: '[OPTION]... [-T] SOURCE DEST\n[OPTION]... SOURCE... DIRECTORY\n[OPTION]... -d DIRECTORY...',
  summary: 'Copy files and set attributes.',
  flags: {
    directory: flag('d|directory', 'treat all arguments as directory names'),
    leading: flag('D', 'create all leading components of DEST'),
    mode: value('m|mode', 'MODE', 'set permission mode (as in chmod), instead of rwxr-xr-x'),
    owner: value('o|owner', 'OWNER'),
    group: value('g|group', 'GROUP'),
    verbose: flag('v|verbose'),
    compare: flag('c'),
    target: value('t|target-directory', 'DIRECTORY'),
    strip: flag('s|strip'),
  },
  *run(call) {
    const { process, flags } = call
    const operands = [...call.operands]
    if (operands.length === 0) throw new UsageError('missing file operand')
    const mode = changedMode(0, flags.mode ?? '755', { isDirectory: false, umask: 0 })
    if (flags.directory) {
      for (const path of operands) process.files.mkdir(process.path(path), { parents: true, mode }, process.credentials)
      return 0
    }
    const target = flags.target ?? (operands.pop() as string)
    if (operands.length === 0) throw new UsageError(`missing destination file operand after ${quoted(target)}`)
    for (const path of operands) {
      const to = statOf(process, target)?.kind === 'directory' ? joinedPath(target, baseName(path)) : target
      if (flags.leading && to.includes('/'))
        process.files.mkdir(process.path(to.slice(0, to.lastIndexOf('/')) || '/'), { parents: true }, process.credentials)
      if (!statOf(process, path)) {
        yield* complain(call, `cannot stat ${quoted(path)}: No such file or directory`)
        return 1
      }
      yield* copyContent(process, path, to, mode)
      process.files.chmod(process.path(to), mode, process.credentials)
    }
    return 0
  },
})
