/** uniq: neighbouring lines that are equal become one, told as soon as the run ends. */
import { writeTo } from '../kernel/process.ts'
import { eachLines } from './each-file.ts'
import { flag, optional, value } from './options.ts'
import { bytesOfString, openOutput } from './text.ts'
import { tool } from './tool.ts'

export const uniq = tool({
  name: 'uniq',
  usage: '[OPTION]... [INPUT [OUTPUT]]',
  summary: 'Filter adjacent matching lines from INPUT (or standard input),\nwriting to OUTPUT (or standard output).',
  flags: {
    count: flag('c|count', 'prefix lines by the number of occurrences'),
    repeated: flag('d|repeated', 'only print duplicate lines, one for each group'),
    allRepeated: flag('D', 'print all duplicate lines'),
    allRepeatedLong: optional('all-repeated', 'METHOD', 'like -D, but allow separating groups with an empty line'),
    skipFields: value('f|skip-fields', 'N', 'avoid comparing the first N fields'),
    ignoreCase: flag('i|ignore-case', 'ignore differences in case when comparing'),
    skipChars: value('s|skip-chars', 'N', 'avoid comparing the first N characters'),
    unique: flag('u|unique', 'only print unique lines'),
    zero: flag('z|zero-terminated', 'line delimiter is NUL, not newline'),
    checkChars: value('w|check-chars', 'N', 'compare no more than N characters in lines'),
  },
  *run(call) {
    const { process, flags } = call
    const end = flags.zero ? '\0' : '\n'
    const output = call.operands[1] === undefined || call.operands[1] === '-' ? 1 : openOutput(process, call.operands[1])
    const everyRepeat = flags.allRepeated || flags.allRepeatedLong !== undefined
    const keyOf = (line: string): string => {
      let key = line
      for (let field = 0; field < Number(flags.skipFields ?? 0); field++) key = key.replace(/^[ \t]*[^ \t]*/, '')
      key = key.slice(Number(flags.skipChars ?? 0))
      if (flags.checkChars !== undefined) key = key.slice(0, Number(flags.checkChars))
      return flags.ignoreCase ? key.toLowerCase() : key
    }
    let group: string[] = []
    let size = 0
    let key: string | undefined
    const shown = (): string => {
      if (size === 0) return ''
      if (everyRepeat) return size > 1 ? group.map((line) => line + end).join('') : ''
      if (flags.repeated && size < 2) return ''
      if (flags.unique && size > 1) return ''
      return (flags.count ? `${String(size).padStart(7)} ` : '') + group[0] + end
    }
    const code = yield* eachLines({ ...call, operands: call.operands.slice(0, 1) }, function* (lines) {
      let text = ''
      for (const line of lines) {
        const next = keyOf(line)
        if (next !== key) {
          text += shown()
          group = []
          size = 0
          key = next
        }
        size++
        if (group.length === 0 || everyRepeat) group.push(line)
      }
      yield* writeTo(process, output, bytesOfString(text))
    })
    yield* writeTo(process, output, bytesOfString(shown()))
    return code
  },
})
