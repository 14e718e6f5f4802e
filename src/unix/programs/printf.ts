/** printf, the one on PATH. The format is used again as long as arguments are left. */
import { err, Exit, type Program } from '../kernel/process.ts'
import { unescaped } from './escapes.ts'
import { directivePattern, floatText, integerText, padded, type Directive } from './printf-text.ts'
import { print } from './text.ts'

export const printf: Program = function* (process) {
  const [name, ...words] = process.argv
  if (words[0] === '--') words.shift()
  const [format, ...args] = words
  if (format === undefined) {
    yield* err(process, `${name}: missing operand\nTry '${name} --help' for more information.\n`)
    return 1
  }
  let code = 0
  let index = 0
  do {
    const before = index
    let rest = format
    while (rest !== '') {
      const match = directivePattern.exec(rest)
      const plain = unescaped(match ? rest.slice(0, match.index) : rest, { quotes: true })
      yield* print(process, plain.text)
      if (plain.stops) return code
      if (!match) {
        break
      }
      rest = rest.slice(match.index + match[0].length)
      const [whole, flagText, widthText, precisionText, , letter] = match
      if (letter === '%') {
        yield* print(process, '%')
        continue
      }
      const take = (): string | undefined => args[index++]
      const width = widthText === '*' ? Number(take() ?? 0) : widthText === undefined ? undefined : Number(widthText)
      const precision = precisionText === '*' ? Number(take() ?? 0) : precisionText === undefined ? undefined : Number(precisionText || 0)
      const directive: Directive = {
        flags: flagText + (width !== undefined && width < 0 ? '-' : ''),
        width: width === undefined ? undefined : Math.abs(width),
        precision,
        letter,
      }
      switch (letter) {
        case 's':
        case 'c': {
          const text = take() ?? ''
          yield* print(
            process,
            padded(letter === 'c' ? text.slice(0, 1) : precision === undefined ? text : text.slice(0, precision), directive),
          )
          break
        }
        case 'b': {
          const { text, stops } = unescaped(take() ?? '', { zeroOctal: true })
          yield* print(process, padded(text, directive))
          if (stops) return code
          break
        }
        case 'q': {
          const text = take() ?? ''
          yield* print(process, /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`)
          break
        }
        case 'd':
        case 'i':
        case 'o':
        case 'u':
        case 'x':
        case 'X': {
          const text = take()
          const { value, complaint } = integerOf(text ?? '0')
          yield* print(process, integerText(value, directive))
          if (complaint !== undefined) {
            yield* err(process, `${name}: ${complaint}\n`)
            code = 1
          }
          break
        }
        case 'a':
        case 'e':
        case 'E':
        case 'f':
        case 'F':
        case 'g':
        case 'G': {
          const text = take() ?? '0'
          const number = /^["']/.test(text) ? (text.codePointAt(1) ?? 0) : Number.parseFloat(text)
          yield* print(process, floatText(Number.isNaN(number) ? 0 : number, directive))
          if (Number.isNaN(Number(text)) && !/^["']/.test(text)) {
            yield* err(
              process,
              `${name}: '${text}': ${Number.isNaN(number) ? 'expected a numeric value' : 'value not completely converted'}\n`,
            )
            code = 1
          }
          break
        }
        default:
          yield* err(process, `${name}: ${whole}: invalid conversion specification\n`)
          throw new Exit(1)
      }
    }
    if (index === before) break
  } while (index < args.length)
  return code
}

export function integerOf(text: string): { value: bigint; complaint?: string } {
  if (/^["']/.test(text)) return { value: BigInt(text.codePointAt(1) ?? 0) }
  const match = /^\s*([-+]?)(0[xX][0-9a-fA-F]+|0[0-7]*|\d+)/.exec(text)
  if (!match) return { value: 0n, complaint: text === '' ? undefined : `'${text}': expected a numeric value` }
  const [whole, sign, digits] = match
  const value = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits)
  return {
    value: sign === '-' ? -value : value,
    complaint: whole.length < text.length ? `'${text}': value not completely converted` : undefined,
  }
}
