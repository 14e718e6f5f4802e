/** echo, the one on PATH (shells have their own): `-n`, `-e`, `-E`; anything else that looks like an option is text. */
import type { Program } from '../kernel/process.ts'
import { unescaped } from './escapes.ts'
import { print } from './text.ts'

export const echo: Program = function* (process) {
  let [, ...words] = process.argv
  let newline = true
  let interprets = false
  while (words.length > 0 && /^-[neE]+$/.test(words[0])) {
    for (const letter of words[0].slice(1)) {
      if (letter === 'n') newline = false
      else interprets = letter === 'e'
    }
    words = words.slice(1)
  }
  const text = words.join(' ')
  if (!interprets) yield* print(process, text + (newline ? '\n' : ''))
  else {
    const { text: plain, stops } = unescaped(text, { zeroOctal: true })
    yield* print(process, plain + (newline && !stops ? '\n' : ''))
  }
  return 0
}
