/** What the thing looked at is, in plain words first; then its owners, its events, its YAML, and how to read its logs. */
export function Inspector() {
  return <aside aria-label="Inspector" />
}
