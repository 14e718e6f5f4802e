/** Disks that were saved. */
import type { ManualClock } from '../base/clock.ts'
import { MemoryFiles } from '../unix/files/memory-files.ts'
import type { Saved } from './storage.ts'

/** The disk of a machine as it was saved; undefined for a fresh one. */
export function diskOf(saved: Saved | undefined, tree: string, clock: ManualClock): MemoryFiles | undefined {
  const nodes = saved?.files.filter((file) => file.tree === tree).map(({ node }) => node) ?? []
  return nodes.length > 0 ? MemoryFiles.restore(nodes, { now: () => clock.now(), type: 'ext4' }) : undefined
}
