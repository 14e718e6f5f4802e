/** Stops at our own bug. Never for what a learner did: that is an error with upstream's words. */
export function assert(condition: unknown, claim: string): asserts condition {
  if (!condition) throw new Error(`bug: ${claim}`)
}
