/**
 * What BuildKit keeps between builds: the result of each step by a key of its input, and a record of each build. A key is made of what
 * the step is given, so a changed ENV runs the RUNs below it again but copies nothing anew.
 */
import { bytesOf } from '../../../base/bytes.ts'
import { sha256Hex } from '../../../base/sha256.ts'
import type { Layer } from '../../images/image.ts'
import type { Daemon } from '../daemon.ts'
import { parseFilters, untilOf } from '../filters.ts'
import { isTrue } from '../router.ts'

export interface CacheRecord {
  /** 25 letters and digits, as every reference of BuildKit. */
  readonly id: string
  readonly type: 'regular' | 'source.local' | 'exec.cachemount'
  readonly description: string
  readonly layer: Layer | undefined
  readonly created: string
  readonly usedAt: string
  readonly size: number
  readonly uses: number
}

/** One build that was asked for, as `docker buildx history ls` lists it. */
export interface BuildRecord {
  readonly ref: string
  readonly name: string
  readonly status: 'Running' | 'Completed' | 'Error' | 'Canceled'
  readonly created: string
  readonly completed: string | undefined
  readonly totalSteps: number
  readonly cachedSteps: number
  readonly completedSteps: number
  readonly dockerfile: string
  readonly target: string
  readonly platform: string
  readonly error: string | undefined
  readonly log: readonly object[]
}

export const keyOf = (...parts: readonly string[]): string => sha256Hex(bytesOf(parts.join('\n')))

export function cacheId(daemon: Daemon): string {
  return daemon.random.letters(25, 'abcdefghijklmnopqrstuvwxyz0123456789')
}

/** The step's result, if it was made before; counts the use. */
export function cached(daemon: Daemon, key: string): CacheRecord | undefined {
  const known = daemon.store.get('build-cache', key) as CacheRecord | undefined
  if (known) daemon.store.put('build-cache', key, { ...known, usedAt: daemon.nano(), uses: known.uses + 1 }, daemon.cause)
  return known
}

export function remember(
  daemon: Daemon,
  key: string,
  { type, description, layer, size }: { type: CacheRecord['type']; description: string; layer?: Layer; size?: number },
): CacheRecord {
  const created = daemon.nano()
  const record: CacheRecord = {
    id: cacheId(daemon),
    type,
    description,
    layer,
    created,
    usedAt: created,
    size: size ?? layer?.size ?? 0,
    uses: 1,
  }
  daemon.store.put('build-cache', key, record, daemon.cause)
  return record
}

function records(daemon: Daemon): { readonly key: string; readonly record: CacheRecord }[] {
  return [...daemon.store.all()]
    .filter(({ resource }) => resource === 'build-cache')
    .map(({ key, object }) => ({ key, record: object as CacheRecord }))
}

/** As `docker system df` sees them; what an image still holds is shared. */
export function buildCacheRows(daemon: Daemon): readonly object[] {
  const inImages = new Set(daemon.images.list().flatMap(({ RootFS }) => RootFS.Layers ?? []))
  return records(daemon).map(({ record: { id, type, description, layer, size, created, usedAt, uses } }) => ({
    ID: id,
    Type: type,
    Description: description,
    InUse: false,
    Shared: layer !== undefined && inImages.has(layer.diffId),
    Size: size,
    CreatedAt: created,
    LastUsedAt: usedAt,
    UsageCount: uses,
  }))
}

/** A folder a client sent: kept to be sent less the next time. */
export function rememberLocal(daemon: Daemon, kind: 'context' | 'dockerfile', name: string, size: number): void {
  const key = keyOf('local', kind, name)
  if (!cached(daemon, key)) remember(daemon, key, { type: 'source.local', description: `local source for ${kind}`, size })
}

/** Without `all`, what an image still holds stays, as deleting it would free nothing. */
export function pruneBuildCache(daemon: Daemon, query: URLSearchParams): { CachesDeleted: string[] | null; SpaceReclaimed: number } {
  const takesAll = isTrue(query.get('all'))
  const given = parseFilters(query.get('filters'), [
    'until',
    'unused-for',
    'id',
    'type',
    'inuse',
    'shared',
    'private',
    'description',
    'parents',
    'mutable',
  ])
  const until = untilOf(given, daemon.clock.now())
  const types = given.get('type')
  const deleted: string[] = []
  let reclaimed = 0
  const inImages = new Set(daemon.images.list().flatMap(({ RootFS }) => RootFS.Layers ?? []))
  for (const { key, record } of records(daemon)) {
    const isShared = record.layer !== undefined && inImages.has(record.layer.diffId)
    if ((isShared && !takesAll) || (until !== undefined && Date.parse(record.usedAt) > until) || (types && !types.includes(record.type)))
      continue
    deleted.push(record.id)
    if (!isShared) reclaimed += record.size
    daemon.store.delete('build-cache', key, daemon.cause)
  }
  if (until === undefined && !types) {
    daemon.buildMounts.clear()
    daemon.sentFiles.clear()
  }
  daemon.event('builder', 'prune', '', { reclaimed: String(reclaimed) })
  return { CachesDeleted: deleted.length > 0 ? deleted : null, SpaceReclaimed: reclaimed }
}

/** Newest first. */
export function buildRecords(daemon: Daemon): readonly BuildRecord[] {
  return [...(daemon.store.list('builds') as readonly BuildRecord[])].sort((a, b) => (a.created < b.created ? 1 : -1))
}

const recordsKept = 50

export function noteBuild(daemon: Daemon, record: BuildRecord): void {
  daemon.store.put('builds', record.ref, record, daemon.cause)
  for (const old of buildRecords(daemon).slice(recordsKept)) daemon.store.delete('builds', old.ref, daemon.cause)
}

export function forgetBuild(daemon: Daemon, ref: string): boolean {
  if (!daemon.store.get('builds', ref)) return false
  daemon.store.delete('builds', ref, daemon.cause)
  return true
}
