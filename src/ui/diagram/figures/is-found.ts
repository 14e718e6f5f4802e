/** What the filter means for pods: those it does not find are greyed out. */
import type { Pod } from '../../objects.ts'
import { podStatus } from '../../status.ts'

/** Name, label, or state contains what was typed. */
export function isFound(pod: Pod, filter: string): boolean {
  const labels = Object.entries(pod.metadata.labels ?? {}).map(([name, value]) => `${name}=${value}`)
  return [pod.metadata.name, podStatus(pod).word, ...labels].some((text) => text.toLowerCase().includes(filter.toLowerCase()))
}
