/** printenv: all variables, or the values of some; 1 when one is not set. */
import { flag } from './options.ts'
import { print } from './text.ts'
import { tool } from './tool.ts'

export const printenv = tool({
  name: 'printenv',
  usage: '[OPTION]... [VARIABLE]...',
  summary: 'Print the values of the specified environment VARIABLE(s).',
  flags: { zero: flag('0|null', 'end each output line with NUL, not newline') },
  usageCode: 2,
  *run({ process, flags, operands }) {
    const end = flags.zero ? '\0' : '\n'
    if (operands.length === 0) {
      yield* print(
        process,
        Object.entries(process.env)
          .map(([name, content]) => `${name}=${content}${end}`)
          .join(''),
      )
      return 0
    }
    for (const name of operands) if (name in process.env) yield* print(process, process.env[name] + end)
    return operands.every((name) => name in process.env) ? 0 : 1
  },
})
