/** env: prints the environment, or runs a program in a changed one (in its own place, as exec does). */
import { runInPlace } from './run.ts'
import { flag, list, value } from './options.ts'
import { print } from './text.ts'
import { die, quoted, tool } from './tool.ts'

export const env = tool({
  name: 'env',
  usage: '[OPTION]... [-] [NAME=VALUE]... [COMMAND [ARG]...]',
  summary: 'Set each NAME to VALUE in the environment and run COMMAND.',
  usageCode: 125,
  stopsAtOperand: true,
  flags: {
    ignore: flag('i|ignore-environment', 'start with an empty environment'),
    zero: flag('0|null', 'end each output line with NUL, not newline'),
    unset: list('u|unset', 'NAME', 'remove variable from the environment'),
    chdir: value('C|chdir', 'DIR', 'change working directory to DIR'),
    split: value('S|split-string', 'S', 'process and split S into separate arguments'),
    debug: flag('v|debug', 'print verbose information for each processing step'),
  },
  *run(call) {
    const { process, flags } = call
    let words = flags.split === undefined ? [...call.operands] : [...flags.split.trim().split(/\s+/), ...call.operands]
    const result: Record<string, string> = flags.ignore || words[0] === '-' ? {} : { ...process.env }
    if (words[0] === '-') words = words.slice(1)
    for (const name of flags.unset) delete result[name]
    while (words.length > 0 && words[0].includes('=')) {
      const equals = words[0].indexOf('=')
      result[words[0].slice(0, equals)] = words[0].slice(equals + 1)
      words = words.slice(1)
    }
    if (words.length === 0) {
      yield* print(
        process,
        Object.entries(result)
          .map(([name, content]) => `${name}=${content}${flags.zero ? '\0' : '\n'}`)
          .join(''),
      )
      return 0
    }
    if (flags.chdir !== undefined) {
      if (!process.files.exists(process.path(flags.chdir)))
        yield* die(call, `cannot change directory to ${quoted(flags.chdir)}: No such file or directory`, 125)
      process.cwd = process.files.realpath(process.path(flags.chdir))
    }
    return yield* runInPlace(call, words, result)
  },
})
