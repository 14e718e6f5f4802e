import type { Running } from '../kernel/process.ts'
import type { Shell } from './shell.ts'
export function* interact(shell: Shell): Running {
  yield* shell.complain('not yet')
  return 1
}
