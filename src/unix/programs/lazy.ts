/** Programs that are big and rare come with the worker's later pieces: loaded when first run, while session time stands still. */
import { err, type Program } from '../kernel/process.ts'

export function lazy(load: () => Promise<Program>): Program {
  let loaded: Program | undefined
  let loading: Promise<void> | undefined
  let failure: string | undefined
  const program: Program = function* (process) {
    while (!loaded) {
      loading ??= load().then(
        (program) => {
          loaded = program
        },
        (error: unknown) => {
          failure = String(error)
        },
      )
      yield { promise: loading }
      if (failure === undefined) continue
      yield* err(process, `${process.argv[0]}: this program could not be loaded: ${failure}\n`)
      // The next one who runs it tries again: the page may only have been offline.
      loading = undefined
      failure = undefined
      return 126
    }
    return yield* loaded(process)
  }
  loaders.set(program, load)
  return program
}

const loaders = new WeakMap<Program, () => Promise<Program>>()

/** Programs with every later piece in place, for a machine whose clock nobody can hold. */
export async function allLoaded(programs: Iterable<readonly [string, Program]>): Promise<ReadonlyMap<string, Program>> {
  return new Map(
    await Promise.all(Array.from(programs, async ([name, program]) => [name, (await loaders.get(program)?.()) ?? program] as const)),
  )
}
