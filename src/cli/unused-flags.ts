/**
 * A flag that nothing here looked at had no effect; it is said when the command is over, so that nobody believes it had. Those that have none in
 * the real tool either, or none in these circumstances, are passed over.
 */
import { type Blocking, err, type Process } from '../unix/kernel/process.ts'
import type { Flags } from './flags.ts'

/** `without`: names of flags that may go unseen. */
export function* sayUnused(process: Process, flags: Flags, without: ReadonlySet<string>): Blocking<void> {
  for (const name of flags.neverAsked())
    if (!without.has(name)) yield* err(process, `WARNING: --${name} is not simulated in this sandbox and has no effect\n`)
}
