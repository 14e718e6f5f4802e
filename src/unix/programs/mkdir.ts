/** mkdir: directories, with `-p` their parents too. */
import { print } from './text.ts'
import { flag, UsageError, value } from './options.ts'
import { complain, isErrno, quoted, tool, wordsOf } from './tool.ts'
import { changedMode, ModeError } from './modes.ts'

export const mkdir = tool({
  name: 'mkdir',
  usage: '[OPTION]... DIRECTORY...',
  summary: 'Create the DIRECTORY(ies), if they do not already exist.',
  flags: {
    mode: value('m|mode', 'MODE', 'set file mode (as in chmod), not a=rwx - umask'),
    parents: flag('p|parents', 'no error if existing, make parent directories as needed'),
    verbose: flag('v|verbose', 'print a message for each created directory'),
  },
  *run(call) {
    const { process, flags, operands, busybox } = call
    if (operands.length === 0) throw new UsageError('missing operand')
    let mode = 0o777 & ~process.umask
    if (flags.mode !== undefined) {
      try {
        mode = changedMode(0o777, flags.mode, { isDirectory: true, umask: process.umask })
      } catch (error) {
        if (!(error instanceof ModeError)) throw error
        yield* complain(call, `invalid mode ${quoted(flags.mode)}`)
        return 1
      }
    }
    let code = 0
    for (const path of operands) {
      try {
        const made = flags.parents ? withParents(path) : [path]
        for (const [index, one] of made.entries()) {
          try {
            const isLast = index === made.length - 1
            process.files.mkdir(process.path(one), { mode: isLast ? mode : (0o777 & ~process.umask) | 0o300 }, process.credentials)
            if (flags.verbose)
              yield* print(process, busybox ? `created directory: '${one}'\n` : `${call.name}: created directory ${quoted(one)}\n`)
          } catch (error) {
            if (!flags.parents || !isErrno(error, 'EEXIST', 'EROFS') || process.files.stat(process.path(one)).kind !== 'directory')
              throw error
          }
        }
      } catch (error) {
        yield* complain(
          call,
          busybox ? `can't create directory '${path}': ${wordsOf(error)}` : `cannot create directory ${quoted(path)}: ${wordsOf(error)}`,
        )
        code = 1
      }
    }
    return code
  },
})

function withParents(path: string): string[] {
  const parts = path.split('/').filter(Boolean)
  const start = path.startsWith('/') ? '/' : ''
  return parts.map((_, index) => start + parts.slice(0, index + 1).join('/'))
}
