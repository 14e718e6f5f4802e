/** What to tell a person about a refusal. */
export function wordsOf(refusal: unknown): string {
  return refusal instanceof Error ? refusal.message : String(refusal)
}
