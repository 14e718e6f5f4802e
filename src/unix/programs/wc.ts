/** wc. The columns are as wide as the largest number needs; a lone number from a pipe has no padding, several from a pipe have seven. */
import { eachFile } from './each-file.ts'
import { statOf } from './copy.ts'
import { flag, value } from './options.ts'
import { nextBytes, print } from './text.ts'
import { quotedIfNeeded, tool } from './tool.ts'

export const wc = tool({
  name: 'wc',
  usage: '[OPTION]... [FILE]...',
  summary: 'Print newline, word, and byte counts for each FILE.',
  flags: {
    bytes: flag('c|bytes', 'print the byte counts'),
    chars: flag('m|chars', 'print the character counts'),
    lines: flag('l|lines', 'print the newline counts'),
    files0: value('files0-from', 'F', 'read input from the files specified by NUL-terminated names in file F'),
    longest: flag('L|max-line-length', 'print the maximum display width'),
    words: flag('w|words', 'print the word counts'),
  },
  *run(call) {
    const { process, flags, operands, busybox } = call
    const all = !(flags.bytes || flags.chars || flags.lines || flags.longest || flags.words)
    const picks = [all || flags.lines, all || flags.words, flags.chars, all || flags.bytes, flags.longest]
    const sizes = operands.map((path) => (path === '-' ? undefined : statOf(process, path)))
    const isOne = picks.filter(Boolean).length === 1 && operands.length <= 1
    const hasUnsized = operands.length === 0 || sizes.some((node) => node !== undefined && node.kind !== 'file')
    const total = sizes.reduce((sum, node) => sum + (node?.kind === 'file' ? node.size : 0), 0)
    const width = isOne ? 1 : hasUnsized ? 7 : String(total).length
    const isUtf8 = /utf-?8/i.test(process.env.LC_ALL ?? process.env.LC_CTYPE ?? process.env.LANG ?? '')
    const totals = [0, 0, 0, 0, 0]
    const line = (counts: readonly number[], name: string): string => {
      const chosen = counts.filter((_, index) => picks[index])
      if (busybox)
        return `${
          chosen.length === 1
            ? chosen[0]
            : chosen
                .map((number) => String(number).padStart(9))
                .join(' ')
                .replace(/^ /, ' ')
        }${name === '' ? '' : ` ${name}`}\n`
      return `${chosen.map((number) => String(number).padStart(width)).join(' ')}${name === '' ? '' : ` ${name}`}\n`
    }
    let files = 0
    let code = yield* eachFile(
      call,
      function* (descriptor, path) {
        const counts = [0, 0, 0, 0, 0]
        let inWord = false
        let column = 0
        for (;;) {
          const bytes = yield* nextBytes(process, descriptor)
          if (bytes.length === 0) break
          counts[3] += bytes.length
          for (const byte of bytes) {
            if (byte === 10) {
              counts[0]++
              counts[4] = Math.max(counts[4], column)
              column = 0
            } else if (byte === 9) column += 8 - (column % 8)
            else if (byte >= 32 && (byte & 0xc0) !== 0x80) column++
            if (!isUtf8 || (byte & 0xc0) !== 0x80) counts[2]++
            const isBlank = byte === 32 || (byte >= 9 && byte <= 13)
            if (!isBlank && !inWord) counts[1]++
            inWord = !isBlank
          }
        }
        counts[4] = Math.max(counts[4], column)
        for (const index of totals.keys()) totals[index] = index === 4 ? Math.max(totals[4], counts[4]) : totals[index] + counts[index]
        files++
        yield* print(process, line(counts, operands.length === 0 ? '' : quotedIfNeeded(path)))
      },
      { refusal: (path, words) => (busybox ? `${path}: ${words}` : `${quotedIfNeeded(path)}: ${words}`) },
    )
    // GNU still prints a line of zeros for a directory.
    if (operands.length > 1) yield* print(process, line(totals, 'total'))
    if (files < Math.max(1, operands.length)) code = 1
    return code
  },
})
