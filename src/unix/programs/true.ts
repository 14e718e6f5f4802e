/** true and false: say nothing, end with 0 and 1. */
import type { Program } from '../kernel/process.ts'

export const trueProgram: Program = function* () {
  return 0
}

export const falseProgram: Program = function* () {
  return 1
}
