/** mv: a rename, or a copy and a removal where source and target are on different file systems. */
import type { Blocking } from '../kernel/process.ts'
import { copyContent, joinedPath, keep, lstatOf, statOf } from './copy.ts'
import { flag, lastOf, optional, UsageError, value } from './options.ts'
import { agrees } from './remove.ts'
import { print } from './text.ts'
import { baseName, complain, isErrno, quoted, tool, wordsOf } from './tool.ts'

export const mv = tool({
  name: 'mv',
  usage: '[OPTION]... [-T] SOURCE DEST\n[OPTION]... SOURCE... DIRECTORY\n[OPTION]... -t DIRECTORY SOURCE...',
  summary: 'Rename SOURCE to DEST, or move SOURCE(s) to DIRECTORY.',
  flags: {
    backup: optional('backup', 'CONTROL', 'make a backup of each existing destination file'),
    force: flag('f|force', 'do not prompt before overwriting'),
    interactive: flag('i|interactive', 'prompt before overwrite'),
    noClobber: flag('n|no-clobber', 'do not overwrite an existing file'),
    target: value('t|target-directory', 'DIRECTORY', 'move all SOURCE arguments into DIRECTORY'),
    noTarget: flag('T|no-target-directory', 'treat DEST as a normal file'),
    update: flag('u|update', 'move only when the SOURCE file is newer than the destination file'),
    verbose: flag('v|verbose', 'explain what is being done'),
  },
  *run(call) {
    const { process, flags, given, busybox } = call
    const operands = [...call.operands]
    if (operands.length === 0) throw new UsageError('missing file operand')
    if (operands.length === 1 && flags.target === undefined)
      throw new UsageError(`missing destination file operand after ${quoted(operands[0])}`)
    const target = flags.target ?? (operands.pop() as string)
    const targetNode = statOf(process, target)
    const intoDirectory = !flags.noTarget && (targetNode?.kind === 'directory' || flags.target !== undefined)
    if (!intoDirectory && operands.length > 1) {
      yield* complain(
        call,
        `target ${quoted(target)}${busybox ? ' is not a directory' : targetNode ? ': Not a directory' : ': No such file or directory'}`,
      )
      return 1
    }
    const mode = lastOf(given, ['interactive', 'force', 'noClobber'])
    let code = 0
    for (const operand of operands) {
      const from = operand.replace(/(.)\/+$/, '$1')
      const to = intoDirectory ? joinedPath(target, baseName(from)) : target
      const source = lstatOf(process, from)
      if (!source) {
        yield* complain(
          call,
          busybox ? `can't rename '${from}': No such file or directory` : `cannot stat ${quoted(from)}: No such file or directory`,
        )
        code = 1
        continue
      }
      const existing = lstatOf(process, to)
      if (existing) {
        if (existing.inode === source.inode && process.files.realpath(process.path(from)) === process.files.realpath(process.path(to))) {
          yield* complain(call, `${quoted(from)} and ${quoted(to)} are the same file`)
          code = 1
          continue
        }
        if (mode === 'noClobber' || (flags.update && existing.modifiedMs >= source.modifiedMs)) continue
        if (mode === 'interactive' && !(yield* agrees(process, `${call.name}: overwrite ${quoted(to)}? `))) continue
        if (source.kind === 'directory' && existing.kind !== 'directory') {
          yield* complain(call, `cannot overwrite non-directory ${quoted(to)} with directory ${quoted(from)}`)
          code = 1
          continue
        }
        if (source.kind !== 'directory' && existing.kind === 'directory') {
          yield* complain(call, `cannot overwrite directory ${quoted(to)} with non-directory`)
          code = 1
          continue
        }
        if (flags.backup !== undefined) process.files.rename(process.path(to), process.path(`${to}~`), process.credentials)
      }
      if (source.kind === 'directory' && `${process.path(to)}/`.startsWith(`${process.path(from)}/`)) {
        yield* complain(call, `cannot move ${quoted(from)} to a subdirectory of itself, ${quoted(to)}`)
        code = 1
        continue
      }
      try {
        try {
          process.files.rename(process.path(from), process.path(to), process.credentials)
        } catch (error) {
          if (!isErrno(error, 'EXDEV')) throw error
          yield* moveAcross(from, to)
        }
        if (flags.verbose) yield* print(process, busybox ? `'${from}' -> '${to}'\n` : `renamed ${quoted(from)} -> ${quoted(to)}\n`)
      } catch (error) {
        yield* complain(
          call,
          busybox ? `can't rename '${from}': ${wordsOf(error)}` : `cannot move ${quoted(from)} to ${quoted(to)}: ${wordsOf(error)}`,
        )
        code = 1
      }
    }
    return code

    function* moveAcross(from: string, to: string): Blocking<void> {
      const node = process.files.lstat(process.path(from), process.credentials)
      const everything = { mode: true, owner: true, times: true }
      if (node.kind === 'directory') {
        process.files.mkdir(process.path(to), { mode: node.mode }, process.credentials)
        for (const name of process.files.list(process.path(from), process.credentials))
          yield* moveAcross(joinedPath(from, name), joinedPath(to, name))
        keep(process, to, node, everything)
        process.files.rmdir(process.path(from), process.credentials)
        return
      }
      if (lstatOf(process, to)) process.files.unlink(process.path(to), process.credentials)
      if (node.kind === 'symlink') process.files.symlink(node.target ?? '', process.path(to), process.credentials)
      else yield* copyContent(process, from, to, node.mode)
      keep(process, to, node, everything)
      process.files.unlink(process.path(from), process.credentials)
    }
  },
})
