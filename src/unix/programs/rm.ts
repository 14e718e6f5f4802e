/** rm. Refuses `/`, `.` and `..` as GNU does; `-f` is silent about what is not there. */
import type { Node } from '../files/node.ts'
import type { Blocking } from '../kernel/process.ts'
import { flag, lastOf, optional, UsageError } from './options.ts'
import { agrees } from './remove.ts'
import { print } from './text.ts'
import { baseName, complain, isErrno, quoted, tool, wordsOf } from './tool.ts'

export const rm = tool({
  name: 'rm',
  usage: '[OPTION]... [FILE]...',
  summary: 'Remove (unlink) the FILE(s).',
  flags: {
    force: flag('f|force', 'ignore nonexistent files and arguments, never prompt'),
    ask: flag('i', 'prompt before every removal'),
    askOnce: flag('I', 'prompt once before removing more than three files, or when removing recursively'),
    interactive: optional('interactive', 'WHEN', 'prompt according to WHEN: never, once (-I), or always (-i)'),
    oneFileSystem: flag('one-file-system', 'skip directories on other file systems'),
    noPreserveRoot: flag('no-preserve-root', "do not treat '/' specially"),
    preserveRoot: optional('preserve-root', 'all', "do not remove '/' (default)"),
    recursive: flag('r|recursive', 'remove directories and their contents recursively'),
    recursiveToo: flag('R', 'same as -r'),
    directory: flag('d|dir', 'remove empty directories'),
    verbose: flag('v|verbose', 'explain what is being done'),
  },
  *run(call) {
    const { process, flags, operands, given, busybox } = call
    if (operands.length === 0) {
      if (flags.force) return 0
      throw new UsageError('missing operand')
    }
    const recursive = flags.recursive || flags.recursiveToo
    const asks =
      lastOf(given, ['force', 'ask', 'askOnce', 'interactive']) === 'ask' || flags.interactive === 'always' || flags.interactive === ''
    if (flags.askOnce && (recursive || operands.length > 3)) {
      const files = `${operands.length} argument${operands.length === 1 ? '' : 's'}`
      if (!(yield* agrees(process, `${call.name}: remove ${files}${recursive ? ' recursively' : ''}? `))) return 0
    }
    let code = 0
    const refuse = function* (path: string, words: string): Blocking<false> {
      yield* complain(call, busybox ? `can't remove '${path}': ${words}` : `cannot remove ${quoted(path)}: ${words}`)
      code = 1
      return false
    }
    function* remove(path: string): Blocking<boolean> {
      const full = process.path(path)
      let node: Node
      try {
        node = process.files.lstat(full, process.credentials)
      } catch (error) {
        if (flags.force && isErrno(error, 'ENOENT', 'ENOTDIR')) return true
        return yield* refuse(path, wordsOf(error))
      }
      const what =
        node.kind === 'directory'
          ? 'directory'
          : node.kind === 'symlink'
            ? 'symbolic link'
            : node.kind === 'fifo'
              ? 'fifo'
              : node.size === 0
                ? 'regular empty file'
                : 'regular file'
      if (node.kind === 'directory') {
        if (!recursive && !flags.directory) return yield* refuse(path, busybox ? 'Is a directory' : 'Is a directory')
        if (recursive) {
          const names = process.files.list(full, process.credentials)
          if (asks && names.length > 0 && !(yield* agrees(process, `${call.name}: descend into directory ${quoted(path)}? `))) return false
          let isEmpty = true
          for (const name of names) if (!(yield* remove(path.endsWith('/') ? path + name : `${path}/${name}`))) isEmpty = false
          if (!isEmpty) return false
        }
      }
      if (asks && !(yield* agrees(process, `${call.name}: remove ${what} ${quoted(path)}? `))) return false
      try {
        if (node.kind === 'directory') process.files.rmdir(full, process.credentials)
        else process.files.unlink(full, process.credentials)
      } catch (error) {
        return yield* refuse(path, wordsOf(error))
      }
      if (flags.verbose)
        yield* print(process, node.kind === 'directory' ? `removed directory ${quoted(path)}\n` : `removed ${quoted(path)}\n`)
      return true
    }
    for (const operand of operands) {
      const path = operand.length > 1 ? operand.replace(/\/+$/, '') || '/' : operand
      const last = baseName(path)
      if (recursive && path === '/' && !flags.noPreserveRoot) {
        yield* complain(call, "it is dangerous to operate recursively on '/'")
        yield* complain(call, 'use --no-preserve-root to override this failsafe')
        code = 1
      } else if (recursive && (last === '.' || last === '..')) {
        yield* complain(call, `refusing to remove '.' or '..' directory: skipping ${quoted(operand)}`)
        code = 1
      } else yield* remove(path)
    }
    return code
  },
})
