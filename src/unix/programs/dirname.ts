/** dirname: a path without its last part. */
import { flag, UsageError } from './options.ts'
import { print } from './text.ts'
import { tool } from './tool.ts'

export const dirname = tool({
  name: 'dirname',
  usage: '[OPTION] NAME...',
  summary: 'Output each NAME with its last non-slash component and trailing slashes removed.',
  flags: { zero: flag('z|zero', 'end each output line with NUL, not newline') },
  *run({ process, flags, operands }) {
    if (operands.length === 0) throw new UsageError('missing operand')
    for (const path of operands) yield* print(process, folderOf(path) + (flags.zero ? '\0' : '\n'))
    return 0
  },
})

export function folderOf(path: string): string {
  const trimmed = path.replace(/(.)\/+$/, '$1')
  const slash = trimmed.lastIndexOf('/')
  return slash < 0 ? '.' : trimmed.slice(0, slash).replace(/(.)\/+$/, '$1') || '/'
}
