/** Several pieces of work at once, as compose's goroutines: each goes on when what it waits for may have come. */
import type { Blocking, Wait } from '../../../unix/kernel/process.ts'

/** The first failure is thrown when all have ended. */
export function* together(works: Iterable<Blocking<void>>): Blocking<void> {
  const underWay = new Set(works)
  let failure: unknown
  let hasFailed = false
  let hasBegun = false
  while (underWay.size > 0) {
    const waits: Wait[] = []
    // All begin in order; of those that can go on the youngest is first, as Go's scheduler has it.
    const turn = hasBegun ? [...underWay].reverse() : [...underWay]
    hasBegun = true
    for (const work of turn) {
      try {
        const step = work.next()
        if (step.done) underWay.delete(work)
        else waits.push(step.value)
      } catch (error) {
        underWay.delete(work)
        if (!hasFailed) failure = error
        hasFailed = true
      }
    }
    if (underWay.size > 0) yield merged(waits)
  }
  if (hasFailed) throw failure
}

/** One piece of work for as long as another lasts. */
export function* alongside(main: Blocking<void>, companion: Blocking<void>): Blocking<void> {
  for (;;) {
    const step = main.next()
    if (step.done) return
    const beside = companion.next()
    yield beside.done ? step.value : merged([step.value, beside.value])
  }
}

function merged(waits: readonly Wait[]): Wait {
  const loading = waits.find((wait) => wait?.promise)
  if (loading) return loading
  // One that only gives way goes on at once.
  if (waits.some((wait) => !wait || (!wait.on && wait.until === undefined))) return undefined
  const times = waits.flatMap((wait) => (wait?.until === undefined ? [] : [wait.until]))
  return { on: waits.flatMap((wait) => wait?.on ?? []), ...(times.length > 0 && { until: Math.min(...times) }) }
}
