/** What a builtin is: it runs in the shell's own process. */
import { type Blocking, out } from '../../kernel/process.ts'
import { bytesOfString } from '../../programs/text.ts'
import type { Shell } from '../shell.ts'

export type Builtin = (shell: Shell, argv: readonly string[]) => Blocking<number>

export function print(shell: Shell, text: string): Blocking<void> {
  return out(shell.process, bytesOfString(text))
}

/** Splits `-abc` letters off; `with` names those that take a value. Answers undefined after complaining about an unknown one. */
export function* options(
  shell: Shell,
  argv: readonly string[],
  allowed: string,
  usage: string,
): Blocking<{ letters: Map<string, string>; operands: string[] } | undefined> {
  const letters = new Map<string, string>()
  let at = 1
  for (; at < argv.length; at++) {
    const arg = argv[at]
    if (arg === '--') {
      at++
      break
    }
    if (!arg.startsWith('-') || arg === '-') break
    for (let position = 1; position < arg.length; position++) {
      const letter = arg[position]
      const where = allowed.indexOf(letter)
      if (where === -1) {
        yield* shell.complain(`${argv[0]}: -${letter}: invalid option`)
        yield* shell.say(`${argv[0]}: usage: ${usage}\n`)
        return undefined
      }
      if (allowed[where + 1] !== ':') {
        letters.set(letter, '')
        continue
      }
      const attached = arg.slice(position + 1)
      const value = attached !== '' ? attached : argv[++at]
      if (value === undefined) {
        yield* shell.complain(`${argv[0]}: -${letter}: option requires an argument`)
        yield* shell.say(`${argv[0]}: usage: ${usage}\n`)
        return undefined
      }
      letters.set(letter, value)
      break
    }
  }
  return { letters, operands: argv.slice(at) }
}
