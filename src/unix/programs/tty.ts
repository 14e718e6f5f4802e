/** tty: the name of the terminal on standard input. */
import type { Program } from '../kernel/process.ts'
import { print } from './text.ts'
import { isTerminal } from './tool.ts'

export const tty: Program = function* (process) {
  if (!isTerminal(process, 0)) {
    yield* print(process, 'not a tty\n')
    return 1
  }
  yield* print(process, `${process.file(0).name}\n`)
  return 0
}
