/**
 * `docker container prune`.
 */
import type { Daemon } from '../daemon.ts'
import { parseFilters, passesLabels, untilOf } from '../filters.ts'
import { remove } from './lifecycle.ts'
import { sizesOf } from './list-containers.ts'

export function pruneContainers(daemon: Daemon, query: URLSearchParams): { ContainersDeleted: string[] | null; SpaceReclaimed: number } {
  const filters = parseFilters(query.get('filters'), ['label', 'label!', 'until'])
  const until = untilOf(filters, daemon.clock.now())
  const deleted: string[] = []
  let reclaimed = 0
  for (const container of [...daemon.containers()].sort((a, b) => (a.Created < b.Created ? 1 : -1))) {
    if (container.State.Running || !passesLabels(container.Config.Labels, filters)) continue
    if (until !== undefined && Date.parse(container.Created) > until) continue
    reclaimed += sizesOf(daemon, container).SizeRw ?? 0
    remove(daemon, container.Id, { removeVolumes: false })
    deleted.push(container.Id)
  }
  daemon.event('container', 'prune', '', { reclaimed: String(reclaimed) })
  return { ContainersDeleted: deleted.length > 0 ? deleted : null, SpaceReclaimed: reclaimed }
}
