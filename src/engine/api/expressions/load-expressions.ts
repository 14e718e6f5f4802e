/**
 * Fetches the library of expressions when the first rule is written (or found in a saved cluster). Session time is held meanwhile, so that nothing
 * is written unchecked.
 */
import type { Clock } from '../../../base/clock.ts'
import { Pending } from '../../../base/http.ts'
import { provideExpressions } from './expressions.ts'

/** Answers once the library is there. */
export function afterExpressions<T>(clock: Clock, answer: () => T | Pending<T>): Pending<T> {
  const pending = new Pending<T>()
  const release = clock.hold()
  void import('./expression-library.ts').then(({ library }) => {
    provideExpressions(library)
    release()
    const result = answer()
    if (result instanceof Pending) result.ready.each(() => result.value !== undefined && pending.resolve(result.value))
    else pending.resolve(result)
  })
  return pending
}
