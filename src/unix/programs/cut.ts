/** cut: columns of lines. `-c` counts bytes, as GNU's still does. */
import { eachLines } from './each-file.ts'
import { flag, UsageError, value } from './options.ts'
import { bytesOfLatin1, bytesOfString, latin1Of, print, stringOf } from './text.ts'
import { tool } from './tool.ts'

interface Range {
  readonly from: number
  readonly to: number
}

export const cut = tool({
  name: 'cut',
  usage: 'OPTION... [FILE]...',
  summary: 'Print selected parts of lines from each FILE to standard output.',
  flags: {
    bytes: value('b|bytes', 'LIST', 'select only these bytes'),
    characters: value('c|characters', 'LIST', 'select only these characters'),
    delimiter: value('d|delimiter', 'DELIM', 'use DELIM instead of TAB for field delimiter'),
    fields: value('f|fields', 'LIST', 'select only these fields'),
    ignored: flag('n', '(ignored)'),
    complement: flag('complement', 'complement the set of selected bytes, characters or fields'),
    onlyDelimited: flag('s|only-delimited', 'do not print lines not containing delimiters'),
    outputDelimiter: value('output-delimiter', 'STRING', 'use STRING as the output delimiter'),
    zero: flag('z|zero-terminated', 'line delimiter is NUL, not newline'),
  },
  *run(call) {
    const { process, flags } = call
    const chosen = [flags.bytes, flags.characters, flags.fields].filter((list) => list !== undefined)
    if (chosen.length === 0) throw new UsageError('you must specify a list of bytes, characters, or fields')
    if (chosen.length > 1) throw new UsageError('only one list may be specified')
    if (flags.fields === undefined && flags.delimiter !== undefined)
      throw new UsageError('an input delimiter may be specified only when operating on fields')
    if (flags.delimiter !== undefined && [...flags.delimiter].length > 1) throw new UsageError('the delimiter must be a single character')
    const ranges = rangesOf(chosen[0] ?? '', flags.fields !== undefined)
    const isChosen = (position: number): boolean => ranges.some(({ from, to }) => position >= from && position <= to) !== flags.complement
    const end = flags.zero ? '\0' : '\n'
    const delimiter = flags.delimiter === '' ? '\0' : (flags.delimiter ?? '\t')
    const join = flags.outputDelimiter ?? (flags.fields === undefined ? '' : delimiter)
    if (flags.fields === undefined) {
      return yield* eachLines(
        call,
        function* (lines) {
          let text = ''
          for (const line of lines) {
            const letters = latin1Of(bytesOfString(line))
            let kept = ''
            let wasChosen = false
            let isFirst = true
            for (let at = 0; at < letters.length; at++) {
              const chosenHere = isChosen(at + 1)
              if (chosenHere) {
                if (!wasChosen && !isFirst) kept += join
                else if (wasChosen && join !== '' && ranges.some(({ from }) => from === at + 1) && !flags.complement) kept += join
                kept += letters[at]
                isFirst = false
              }
              wasChosen = chosenHere
            }
            text += stringOf(bytesOfLatin1(kept)) + end
          }
          yield* print(process, text)
        },
        { end: end.charCodeAt(0) },
      )
    }
    return yield* eachLines(
      call,
      function* (lines) {
        let text = ''
        for (const line of lines) {
          if (!line.includes(delimiter)) {
            if (!flags.onlyDelimited) text += line + end
            continue
          }
          text +=
            line
              .split(delimiter)
              .filter((_, index) => isChosen(index + 1))
              .join(join) + end
        }
        yield* print(process, text)
      },
      { end: end.charCodeAt(0) },
    )
  },
})

function rangesOf(text: string, isFields: boolean): Range[] {
  return text.split(/[, ]/).map((one) => {
    const match = /^(\d*)(-?)(\d*)$/.exec(one)
    if (!match || one === '')
      throw new UsageError(isFields ? `invalid field value '${one}'` : `invalid byte or character position '${one}'`)
    const [, from, dash, to] = match
    if (from === '' && to === '') throw new UsageError('invalid range with no endpoint: -')
    if (from === '0' || (dash === '' && from === '0'))
      throw new UsageError(isFields ? 'fields are numbered from 1' : 'byte/character positions are numbered from 1')
    const range = {
      from: from === '' ? 1 : Number(from),
      to: dash === '' ? Number(from) : to === '' ? Number.POSITIVE_INFINITY : Number(to),
    }
    if (range.from > range.to) throw new UsageError('invalid decreasing range')
    return range
  })
}
