/** seq: numbers, written a page at a time so that `seq 1000000000 | head` ends. */
import { directivePattern, floatText } from './printf-text.ts'
import { flag, UsageError, value } from './options.ts'
import { print } from './text.ts'
import { quoted, tool } from './tool.ts'

export const seq = tool({
  name: 'seq',
  usage: '[OPTION]... LAST\n[OPTION]... FIRST LAST\n[OPTION]... FIRST INCREMENT LAST',
  summary: 'Print numbers from FIRST to LAST, in steps of INCREMENT.',
  flags: {
    format: value('f|format', 'FORMAT', 'use printf style floating-point FORMAT'),
    separator: value('s|separator', 'STRING', 'use STRING to separate numbers (default: \\n)'),
    equalWidth: flag('w|equal-width', 'equalize width by padding with leading zeroes'),
  },
  // Negative numbers are operands, not options.
  spelled: (args) => {
    const at = args.findIndex((arg) => /^-[\d.]/.test(arg))
    return at < 0 || args.includes('--') ? args : [...args.slice(0, at), '--', ...args.slice(at)]
  },
  *run({ process, flags, operands }) {
    if (operands.length === 0) throw new UsageError('missing operand')
    if (operands.length > 3) throw new UsageError(`extra operand ${quoted(operands[3])}`)
    for (const operand of operands)
      if (operand.trim() === '' || Number.isNaN(Number(operand)))
        throw new UsageError(`invalid floating point argument: ${quoted(operand)}`)
    const [firstText, stepText, lastText] =
      operands.length === 1 ? ['1', '1', operands[0]] : operands.length === 2 ? [operands[0], '1', operands[1]] : operands
    const [first, step, last] = [Number(firstText), Number(stepText), Number(lastText)]
    if (step === 0) throw new UsageError(`invalid Zero increment value: ${quoted(stepText)}`)
    const decimals = Math.max(decimalsOf(firstText), decimalsOf(stepText))
    const format = flags.format === undefined ? undefined : directivePattern.exec(flags.format)
    const width = flags.equalWidth ? Math.max(first.toFixed(decimals).length, last.toFixed(decimals).length, 0) : 0
    const shown = (number: number): string => {
      if (format && flags.format !== undefined) {
        const [whole, options, wide, precision, , letter] = format
        return flags.format.replace(whole, () =>
          floatText(number, {
            flags: options,
            width: wide === undefined ? undefined : Number(wide),
            precision: precision === undefined ? undefined : Number(precision),
            letter,
          }),
        )
      }
      const text = number.toFixed(decimals)
      return text.startsWith('-') ? `-${text.slice(1).padStart(width - 1, '0')}` : text.padStart(width, '0')
    }
    const separator = flags.separator ?? '\n'
    let page = ''
    for (let index = 0; ; index++) {
      const number = first + index * step
      if (step > 0 ? number > last + 1e-10 * Math.abs(step) : number < last - 1e-10 * Math.abs(step)) {
        yield* print(process, page + (index > 0 ? '\n' : ''))
        return 0
      }
      page += (index > 0 ? separator : '') + shown(number)
      if (page.length < 8192) continue
      yield* print(process, page)
      page = ''
      yield
    }
  },
})

function decimalsOf(text: string): number {
  const dot = text.indexOf('.')
  return dot < 0 ? 0 : text.length - dot - 1
}
