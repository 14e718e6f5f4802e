/**
 * Programs whose code is fetched when the first of them is started: a database or a box of demo servers must not make every page load
 * slower. Time stands still meanwhile (the kernel holds the clock for a promise).
 */
import type { Program } from '../../unix/kernel/process.ts'

/** `load` answers the programs by name; the answered programs stand in for them until then. */
export function loadedLater<Name extends string>(names: readonly Name[], load: () => Promise<Readonly<Record<Name, Program>>>): readonly (readonly [string, Program])[] {
  let known: Readonly<Record<Name, Program>> | undefined
  return names.map((name) => [
    `image:${name}`,
    function* (process) {
      let failure: { readonly reason: unknown } | undefined
      if (!known) {
        const loading = load().then(
          (programs) => (known = programs),
          (reason: unknown) => (failure = { reason }),
        )
        while (!known) {
          if (failure) throw failure.reason
          yield { promise: loading }
        }
      }
      return yield* known[name](process)
    },
  ])
}
