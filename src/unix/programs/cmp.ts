/** cmp: the first byte in which two files differ. */
import { flag, UsageError } from './options.ts'
import { openInput, print, wholeInput } from './text.ts'
import { complain, tool, wordsOf } from './tool.ts'

export const cmp = tool({
  name: 'cmp',
  usage: '[OPTION]... FILE1 [FILE2 [SKIP1 [SKIP2]]]',
  summary: 'Compare two files byte by byte.',
  package: 'cmp (GNU diffutils) 3.8',
  usageCode: 2,
  namesHint: true,
  flags: {
    bytes: flag('b|print-bytes', 'print differing bytes'),
    verbose: flag('l|verbose', 'output byte numbers and differing byte values'),
    silent: flag('s|quiet|silent', 'suppress all normal output'),
  },
  *run(call) {
    const { process, flags, operands } = call
    if (operands.length === 0) throw new UsageError(`missing operand after '${call.name}'`)
    const contents: Uint8Array[] = []
    for (const path of [operands[0], operands[1] ?? '-']) {
      try {
        contents.push(yield* wholeInput(process, openInput(process, path)))
      } catch (error) {
        yield* complain(call, `${path}: ${wordsOf(error)}`)
        return 2
      }
    }
    const [a, b] = contents
    let line = 1
    let differs = false
    for (let at = 0; at < Math.min(a.length, b.length); at++) {
      if (a[at] !== b[at]) {
        differs = true
        if (flags.silent) return 1
        if (!flags.verbose) {
          yield* print(process, `${operands[0]} ${operands[1]} differ: char ${at + 1}, line ${line}\n`)
          return 1
        }
        yield* print(
          process,
          `${String(at + 1).padStart(String(Math.max(a.length, b.length)).length)} ${a[at].toString(8).padStart(3)} ${b[at].toString(8).padStart(3)}\n`,
        )
      }
      if (a[at] === 10) line++
    }
    if (a.length !== b.length) {
      const [shorter, bytes] = a.length < b.length ? [operands[0], a] : [operands[1], b]
      if (!flags.silent)
        yield* complain(
          call,
          bytes.length === 0
            ? `EOF on ${shorter} which is empty`
            : `EOF on ${shorter} after byte ${bytes.length}${bytes[bytes.length - 1] === 10 ? `, line ${line - 1}` : `, in line ${line}`}`,
        )
      return 1
    }
    return differs ? 1 : 0
  },
})
