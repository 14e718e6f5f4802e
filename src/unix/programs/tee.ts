/** tee: standard input to standard output and to files, at once. */
import { writeTo } from '../kernel/process.ts'
import { flag, optional } from './options.ts'
import { nextBytes, openOutput } from './text.ts'
import { complain, quotedIfNeeded, tool, wordsOf } from './tool.ts'

export const tee = tool({
  name: 'tee',
  usage: '[OPTION]... [FILE]...',
  summary: 'Copy standard input to each FILE, and also to standard output.',
  flags: {
    append: flag('a|append', 'append to the given FILEs, do not overwrite'),
    ignoreInterrupts: flag('i|ignore-interrupts', 'ignore interrupt signals'),
    diagnose: flag('p', 'operate in a more appropriate MODE with pipes'),
    outputError: optional('output-error', 'MODE', 'set behavior on write error'),
  },
  *run(call) {
    const { process, flags, operands } = call
    if (flags.ignoreInterrupts) process.handlers.set('INT', 'ignore')
    let code = 0
    const outputs = [1]
    for (const path of operands) {
      try {
        outputs.push(path === '-' ? 1 : openOutput(process, path, { append: flags.append }))
      } catch (error) {
        yield* complain(call, `${quotedIfNeeded(path)}: ${wordsOf(error)}`)
        code = 1
      }
    }
    for (;;) {
      const bytes = yield* nextBytes(process, 0)
      if (bytes.length === 0) return code
      for (const output of outputs) yield* writeTo(process, output, bytes)
    }
  },
})
