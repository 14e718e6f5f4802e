/**
 * What every field means: half a megabyte that only `kubectl explain` and its like read, so it is a chunk of its own, fetched at the first
 * question. The one place of the engine that waits for the world outside; session time is held meanwhile.
 */
import type { Clock } from '../../../base/clock.ts'
import { Pending } from '../../../base/http.ts'

/** Model name to field name to text; the model's own description is under the empty name. */
export type Descriptions = Readonly<Record<string, Readonly<Record<string, string>>>>

let known: Descriptions | undefined

/** Answers at once when the descriptions are there already. */
export function withDescriptions<T>(clock: Clock, answer: (descriptions: Descriptions) => T): T | Pending<T> {
  if (known) return answer(known)
  const pending = new Pending<T>()
  const release = clock.hold()
  void import('../../kinds/generated/descriptions.json').then(
    ({ default: table }) => {
      known = table as Descriptions
      release()
      pending.resolve(answer(known))
    },
    // A chunk that does not come (an old page after an update) costs the texts, not the answer.
    () => {
      release()
      pending.resolve(answer({}))
    },
  )
  return pending
}
