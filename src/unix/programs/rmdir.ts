/** rmdir: empty directories only. */
import { flag, UsageError } from './options.ts'
import { print } from './text.ts'
import { complain, isErrno, quoted, tool, wordsOf } from './tool.ts'

export const rmdir = tool({
  name: 'rmdir',
  usage: '[OPTION]... DIRECTORY...',
  summary: 'Remove the DIRECTORY(ies), if they are empty.',
  flags: {
    ignoreNonEmpty: flag('ignore-fail-on-non-empty', 'ignore each failure to remove a non-empty directory'),
    parents: flag('p|parents', 'remove DIRECTORY and its ancestors'),
    verbose: flag('v|verbose', 'output a diagnostic for every directory processed'),
  },
  *run(call) {
    const { process, flags, operands, busybox } = call
    if (operands.length === 0) throw new UsageError('missing operand')
    let code = 0
    for (const operand of operands) {
      let path = operand.replace(/(.)\/+$/, '$1')
      for (;;) {
        if (flags.verbose) yield* print(process, `${call.name}: removing directory, ${quoted(path)}\n`)
        try {
          process.files.rmdir(process.path(path), process.credentials)
        } catch (error) {
          if (flags.ignoreNonEmpty && isErrno(error, 'ENOTEMPTY')) break
          yield* complain(
            call,
            busybox
              ? `'${path}': ${wordsOf(error)}`
              : `failed to remove ${path === operand ? '' : 'directory '}${quoted(path)}: ${wordsOf(error)}`,
          )
          code = 1
          break
        }
        const slash = path.lastIndexOf('/')
        if (!flags.parents || slash <= 0) break
        path = path.slice(0, slash)
      }
    }
    return code
  },
})
