/** basename: the last part of a path, less a suffix. */
import { flag, UsageError, value } from './options.ts'
import { print } from './text.ts'
import { quoted, tool } from './tool.ts'

export const basename = tool({
  name: 'basename',
  usage: 'NAME [SUFFIX]\nOPTION... NAME...',
  summary: 'Print NAME with any leading directory components removed.',
  flags: {
    multiple: flag('a|multiple', 'support multiple arguments and treat each as a NAME'),
    suffix: value('s|suffix', 'SUFFIX', 'remove a trailing SUFFIX; implies -a'),
    zero: flag('z|zero', 'end each output line with NUL, not newline'),
  },
  *run({ process, flags, operands }) {
    if (operands.length === 0) throw new UsageError('missing operand')
    const many = flags.multiple || flags.suffix !== undefined
    if (!many && operands.length > 2) throw new UsageError(`extra operand ${quoted(operands[2])}`)
    for (const path of many ? operands : operands.slice(0, 1)) {
      const suffix = many ? flags.suffix : operands[1]
      const trimmed = path.replace(/(.)\/+$/, '$1')
      const last = trimmed === '/' ? '/' : trimmed.slice(trimmed.lastIndexOf('/') + 1)
      yield* print(
        process,
        (suffix && last.endsWith(suffix) && last !== suffix ? last.slice(0, -suffix.length) : last) + (flags.zero ? '\0' : '\n'),
      )
    }
    return 0
  },
})
