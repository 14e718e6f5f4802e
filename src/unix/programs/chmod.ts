/** chmod: permission bits, in octal or symbolic. */
import type { Blocking } from '../kernel/process.ts'
import { joinedPath, lstatOf } from './copy.ts'
import { changedMode, ModeError, modeText } from './modes.ts'
import { flag, UsageError, value } from './options.ts'
import { print } from './text.ts'
import { complain, quoted, tool, wordsOf } from './tool.ts'

export const chmod = tool({
  name: 'chmod',
  usage: '[OPTION]... MODE[,MODE]... FILE...\n[OPTION]... OCTAL-MODE FILE...\n[OPTION]... --reference=RFILE FILE...',
  summary: 'Change the mode of each FILE to MODE.',
  flags: {
    changes: flag('c|changes', 'like verbose but report only when a change is made'),
    silent: flag('f|silent|quiet', 'suppress most error messages'),
    verbose: flag('v|verbose', 'output a diagnostic for every file processed'),
    reference: value('reference', 'RFILE', "use RFILE's mode instead of MODE values"),
    recursive: flag('R|recursive', 'change files and directories recursively'),
  },
  // A mode may begin with a minus: `chmod -x file`.
  spelled: (args) => {
    const at = args.findIndex((arg) => /^-[rwxXst,ugoa+=-]+$/.test(arg) && arg !== '--' && !/^--/.test(arg))
    return at < 0
      ? args
      : [
          ...args.slice(0, at),
          ...args.slice(at + 1).filter((arg) => /^-[cfvR]$/.test(arg)),
          '--',
          args[at],
          ...args.slice(at + 1).filter((arg) => !/^-[cfvR]$/.test(arg)),
        ]
  },
  *run(call) {
    const { process, flags } = call
    const operands = [...call.operands]
    const reference = flags.reference === undefined ? undefined : process.files.stat(process.path(flags.reference)).mode & 0o7777
    const change = reference === undefined ? operands.shift() : reference.toString(8)
    if (change === undefined) throw new UsageError('missing operand')
    if (operands.length === 0) throw new UsageError(`missing operand after ${quoted(change)}`)
    let code = 0
    function* apply(path: string, isTop: boolean): Blocking<void> {
      try {
        const node = isTop
          ? process.files.stat(process.path(path), process.credentials)
          : process.files.lstat(process.path(path), process.credentials)
        if (node.kind === 'symlink') return
        const old = node.mode & 0o7777
        const mode = changedMode(old, change ?? '', { isDirectory: node.kind === 'directory', umask: process.umask })
        process.files.chmod(process.path(path), mode, process.credentials)
        const shown = (bits: number): string => `${bits.toString(8).padStart(4, '0')} (${modeText('file', bits).slice(1)})`
        if (mode !== old && (flags.verbose || flags.changes))
          yield* print(process, `mode of ${quoted(path)} changed from ${shown(old)} to ${shown(mode)}\n`)
        else if (flags.verbose) yield* print(process, `mode of ${quoted(path)} retained as ${shown(mode)}\n`)
        if (flags.recursive && node.kind === 'directory')
          for (const name of process.files.list(process.path(path), process.credentials)) yield* apply(joinedPath(path, name), false)
      } catch (error) {
        if (error instanceof ModeError) throw error
        code = 1
        const words = wordsOf(error)
        if (!flags.silent)
          yield* complain(
            call,
            call.busybox
              ? `${path}: ${words}`
              : words === 'No such file or directory'
                ? lstatOf(process, path)
                  ? `cannot operate on dangling symlink ${quoted(path)}`
                  : `cannot access ${quoted(path)}: ${words}`
                : `changing permissions of ${quoted(path)}: ${words}`,
          )
      }
    }
    try {
      changedMode(0, change, { isDirectory: false, umask: 0 })
      for (const path of operands) yield* apply(path, true)
    } catch (error) {
      if (!(error instanceof ModeError)) throw error
      throw new UsageError(`invalid mode: ${quoted(change)}`)
    }
    return code
  },
})
