/** yes: the same line for ever. */
import { type Program, writeTo } from '../kernel/process.ts'
import { bytesOfString } from './text.ts'

export const yes: Program = function* (process) {
  const line = `${process.argv.slice(1).join(' ') || 'y'}\n`
  const page = bytesOfString(line.repeat(Math.ceil(4096 / line.length)))
  for (;;) {
    yield* writeTo(process, 1, page)
    yield
  }
}
