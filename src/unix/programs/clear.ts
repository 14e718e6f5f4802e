/** clear and reset: what they send makes the terminal forget. */
import type { Program } from '../kernel/process.ts'
import { isBusybox } from './flavour.ts'
import { print } from './text.ts'

export const clear: Program = function* (process) {
  yield* print(process, isBusybox(process) ? '\x1b[H\x1b[J' : '\x1b[H\x1b[2J\x1b[3J')
  return 0
}

export const reset: Program = function* (process) {
  if (process.terminal) {
    process.terminal.mode = 'cooked'
    process.terminal.echo = true
    process.terminal.signals = true
  }
  yield* print(process, '\x1bc\x1b[!p\x1b[?3;4l\x1b[4l\x1b>')
  return 0
}
