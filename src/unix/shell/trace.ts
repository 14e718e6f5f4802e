/**
 * A line of `set -x`. The first letter of PS4 stands once more for every substitution the command is in.
 */
import type { Blocking } from '../kernel/process.ts'
import type { Shell } from './shell.ts'

export function* trace(shell: Shell, line: string): Blocking<void> {
  const prompt = shell.parameter('PS4') ?? '+ '
  const depth = prompt.slice(0, 1).repeat(shell.substitutionDepth) + prompt
  yield* shell.say(`${depth}${line}\n`)
}
