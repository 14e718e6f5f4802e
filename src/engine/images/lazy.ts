/**
 * Programs whose code is fetched when the first of them is started: a database or a box of demo servers must not make every page load
 * slower. Time stands still meanwhile (the kernel holds the clock for a promise).
 */
import type { Program } from '../../unix/kernel/process.ts'
import { lazy } from '../../unix/programs/lazy.ts'

/** `load` answers the programs by name. */
export function loadedLater<Name extends string>(
  names: readonly Name[],
  load: () => Promise<Readonly<Record<Name, Program>>>,
): readonly (readonly [string, Program])[] {
  return names.map((name) => [`image:${name}`, lazy(() => load().then((programs) => programs[name]))])
}
