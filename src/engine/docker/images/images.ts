/** What `docker images`, `rmi`, `history`, `tag`, `prune` and `search` ask: lists, filters and the rules of what may be deleted. */
import type { Daemon } from '../daemon.ts'
import { badRequest, conflict } from '../docker-error.ts'
import { type Filters, hasLabels, passesLabels, timeOf, untilOf } from '../filters.ts'
import { sorted } from './image-store.ts'
import { chainIds } from './layer-folders.ts'
import { familiar, familiarTag, parseReference, repositoryOf } from './reference.ts'
import { unresolved } from './registry-host.ts'
import type { Container, ImageInspect } from '../shapes.ts'

export const imageFilters = ['before', 'dangling', 'label', 'reference', 'since', 'until'] as const

export function listImages(
  daemon: Daemon,
  { all, filters, sharedSize }: { all: boolean; filters: Filters; sharedSize: boolean },
): object[] {
  const dangling = filters.get('dangling')?.[0]
  if (dangling !== undefined && !/^(true|false|1|0)$/i.test(dangling)) throw badRequest(`invalid filter 'dangling=[${dangling}]'`)
  const wantsDangling = dangling === undefined ? undefined : /^(true|1)$/i.test(dangling)
  const bound = (name: string): number | undefined => {
    const value = filters.get(name)?.[0]
    return value === undefined ? undefined : Date.parse(daemon.images.require(value).Created)
  }
  const before = bound('before')
  const since = bound('since')
  const until = filters.get('until')?.[0] === undefined ? undefined : timeOf(filters.get('until')?.[0] as string, daemon.clock.now())
  const patterns = filters.get('reference') ?? []
  const parents = new Set(daemon.images.list().map(({ Parent }) => Parent))
  const found: { readonly summary: object; readonly created: string; readonly id: string }[] = []
  for (const image of daemon.images.list()) {
    const created = Date.parse(image.Created)
    if (before !== undefined && created >= before) continue
    if (since !== undefined && created <= since) continue
    if (until !== undefined && created > until) continue
    const labels = image.Config.Labels as Readonly<Record<string, string>> | null
    if (!hasLabels(labels, filters.get('label'))) continue
    const isTagged = image.RepoTags.length > 0
    const isIntermediate = !isTagged && image.RepoDigests.length === 0 && parents.has(image.Id)
    if (!all && isIntermediate) continue
    if (wantsDangling !== undefined && wantsDangling !== (!isTagged && !isIntermediate)) continue
    const matchesPattern = (name: string) => patterns.some((pattern) => matchesReference(pattern, name))
    const RepoTags = patterns.length > 0 ? image.RepoTags.filter(matchesPattern) : image.RepoTags
    const RepoDigests = patterns.length > 0 ? image.RepoDigests.filter(matchesPattern) : image.RepoDigests
    if (patterns.length > 0 && RepoTags.length === 0 && RepoDigests.length === 0) continue
    found.push({ summary: summaryOf(daemon, { ...image, RepoTags, RepoDigests }, { sharedSize }), created: image.Created, id: image.Id })
  }
  return found
    .sort((a, b) => (a.created === b.created ? (a.id < b.id ? -1 : 1) : a.created < b.created ? 1 : -1))
    .map(({ summary }) => summary)
}

export function summaryOf(
  daemon: Daemon,
  image: ImageInspect,
  { sharedSize = false, containers = -1 }: { sharedSize?: boolean; containers?: number } = {},
): object {
  return {
    Containers: containers,
    Created: Math.floor(Date.parse(image.Created) / 1000),
    Id: image.Id,
    Labels: image.Config.Labels,
    ParentId: image.Parent,
    RepoDigests: image.RepoDigests,
    RepoTags: image.RepoTags,
    SharedSize: sharedSize ? sharedSizeOf(daemon, image) : -1,
    Size: image.Size,
  }
}

function sharedSizeOf(daemon: Daemon, image: ImageInspect): number {
  const counts = new Map<string, number>()
  for (const other of daemon.images.list()) for (const layer of other.RootFS.Layers ?? []) counts.set(layer, (counts.get(layer) ?? 0) + 1)
  return daemon.images.image(image.Id).layers.reduce((sum, layer) => sum + ((counts.get(layer.diffId) ?? 0) > 1 ? layer.size : 0), 0)
}

/** Go's path.Match on the familiar name, with or without its tag. */
function matchesReference(pattern: string, name: string): boolean {
  const escaped = pattern
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replace(/\*/g, '[^/]*')
    .replace(/\?/g, '[^/]')
  const expression = new RegExp(`^${escaped}$`)
  const repository = name.includes('@') ? name.slice(0, name.indexOf('@')) : name.slice(0, name.lastIndexOf(':'))
  return expression.test(name) || expression.test(repository)
}

export function history(daemon: Daemon, name: string): object[] {
  const image = daemon.images.require(name)
  const { config, layers } = daemon.images.image(image.Id)
  // Only steps made here are images of their own; the rest came with a pull and is <missing>.
  const ids: string[] = []
  for (let current: ImageInspect | undefined = image; current; current = current.Parent ? daemon.images.get(current.Parent) : undefined)
    ids.push(current.Id)
  let layer = layers.length
  return [...config.history].reverse().map((step, index) => {
    const own = ids[index]
    return {
      Comment: step.comment ?? '',
      Created: Math.floor(Date.parse(step.created) / 1000),
      CreatedBy: step.created_by,
      Id: own ?? '<missing>',
      Size: step.empty_layer ? 0 : (layers[--layer]?.size ?? 0),
      Tags: own ? tagsOrNull(daemon.images.get(own)) : null,
    }
  })
}

function tagsOrNull(image: ImageInspect | undefined): readonly string[] | null {
  return image && image.RepoTags.length > 0 ? image.RepoTags : null
}

export function tagImage(daemon: Daemon, name: string, repository: string, tag: string): void {
  const image = daemon.images.require(name)
  const reference = parseReference(tag ? `${repository}:${tag}` : repository)
  daemon.images.tag(image.Id, familiarTag(reference))
  daemon.event('image', 'tag', image.Id, { ...labelsOf(image), name: familiarTag(reference) })
}

function labelsOf(image: ImageInspect): Readonly<Record<string, string>> {
  return (image.Config.Labels as Readonly<Record<string, string>> | null) ?? {}
}

export interface Removed {
  readonly Untagged?: string
  readonly Deleted?: string
}

/** By name it takes the name away, and the image with its last one; by id it takes the image away with all its names. */
export function removeImage(daemon: Daemon, name: string, { force, prune }: { force: boolean; prune: boolean }): Removed[] {
  const image = daemon.images.require(name)
  const short = image.Id.slice(7, 19)
  const users = daemon.containers().filter((container) => container.Image === image.Id)
  const isById = isIdPrefix(name, image)
  const removed: Removed[] = []
  if (!isById) {
    const reference = parseReference(name)
    const shown = reference.digest ? `${familiar(repositoryOf(reference))}@${reference.digest}` : familiarTag(reference)
    const isLast = image.RepoTags.length === (reference.digest ? 0 : 1)
    if (isLast && users.length > 0 && !force)
      throw conflict(
        `conflict: unable to remove repository reference ${JSON.stringify(name)} (must force) - container ${users[0].Id.slice(0, 12)} is using its referenced image ${short}`,
      )
    if (reference.digest) {
      daemon.images.removeDigest(image.Id, shown)
      removed.push({ Untagged: shown })
    } else untag(daemon, image, shown, removed)
    const left = daemon.images.get(image.Id)
    if (!left || left.RepoTags.length > 0 || users.some(({ State }) => State.Running)) return removed
    // The name is gone whatever becomes of the image.
    if (daemon.images.childrenOf(image.Id).length > 0) return removed
    deleteWithParents(daemon, left, prune, removed)
    return removed
  }
  const repositories = new Set(image.RepoTags.map((tag) => tag.slice(0, tag.lastIndexOf(':'))))
  const running = users.find(({ State }) => State.Running)
  if (daemon.images.childrenOf(image.Id).length > 0)
    throw conflict(`conflict: unable to delete ${short} (cannot be forced) - image has dependent child images`)
  if (running)
    throw conflict(
      `conflict: unable to delete ${short} (cannot be forced) - image is being used by running container ${running.Id.slice(0, 12)}`,
    )
  if (repositories.size > 1 && !force)
    throw conflict(`conflict: unable to delete ${short} (must be forced) - image is referenced in multiple repositories`)
  if (users.length > 0 && !force)
    throw conflict(
      `conflict: unable to delete ${short} (must be forced) - image is being used by stopped container ${users[0].Id.slice(0, 12)}`,
    )
  for (const tag of [...image.RepoTags].sort()) untag(daemon, image, tag, removed)
  const left = daemon.images.get(image.Id)
  if (left) deleteWithParents(daemon, left, prune, removed)
  return removed
}

function isIdPrefix(name: string, image: ImageInspect): boolean {
  return (
    image.Id === name || (/^[a-f0-9]+$/.test(name) && image.Id.startsWith(`sha256:${name}`) && !image.RepoTags.includes(`${name}:latest`))
  )
}

function untag(daemon: Daemon, image: ImageInspect, tag: string, removed: Removed[]): void {
  const before = daemon.images.get(image.Id)?.RepoDigests ?? []
  daemon.images.untag(tag)
  daemon.event('image', 'untag', image.Id, { ...labelsOf(image), name: image.Id })
  removed.push({ Untagged: tag })
  const after = new Set(daemon.images.get(image.Id)?.RepoDigests)
  for (const digest of before) if (!after.has(digest)) removed.push({ Untagged: digest })
}

/** Deletes an image, and those steps of its build that nothing else stands on. */
function deleteWithParents(daemon: Daemon, image: ImageInspect, prune: boolean, removed: Removed[]): void {
  for (const digest of image.RepoDigests) removed.push({ Untagged: digest })
  // Containers that stopped stand on its layers still.
  const isStoodOn = daemon.containers().some((container) => container.Image === image.Id)
  const chains = isStoodOn ? [] : chainIds(image.RootFS.Layers ?? [])
  daemon.images.remove(image.Id, { keepsLayers: isStoodOn })
  daemon.event('image', 'delete', image.Id, { ...labelsOf(image), name: image.Id })
  removed.push({ Deleted: image.Id })
  const still = new Set(daemon.images.list().flatMap((other) => chainIds(other.RootFS.Layers ?? [])))
  for (const chain of chains.reverse()) if (!still.has(chain)) removed.push({ Deleted: chain })
  const parent = image.Parent ? daemon.images.get(image.Parent) : undefined
  if (!prune || !parent || parent.RepoTags.length > 0 || parent.RepoDigests.length > 0) return
  if (daemon.images.childrenOf(parent.Id).length > 0 || daemon.containers().some((container) => container.Image === parent.Id)) return
  deleteWithParents(daemon, parent, prune, removed)
}

export function pruneImages(daemon: Daemon, filters: Filters): { ImagesDeleted: Removed[] | null; SpaceReclaimed: number } {
  const onlyDangling = !filters.has('dangling') || /^(true|1)$/i.test(filters.get('dangling')?.[0] ?? 'true')
  const until = untilOf(filters, daemon.clock.now())
  const removed: Removed[] = []
  const sizeBefore = daemon.images.layersSize()
  for (const image of [...daemon.images.list()]) {
    const current = daemon.images.get(image.Id)
    if (!current || !passesLabels(labelsOf(image), filters)) continue
    if (until !== undefined && Date.parse(image.Created) > until) continue
    if (daemon.containers().some((container: Container) => container.Image === image.Id)) continue
    // One that others are built on loses its names and goes with the last of them.
    const isBase = daemon.images.childrenOf(image.Id).length > 0
    if (isBase && current.RepoTags.length === 0) continue
    if (onlyDangling && current.RepoTags.length > 0) continue
    for (const tag of current.RepoTags) untag(daemon, current, tag, removed)
    const left = daemon.images.get(image.Id)
    if (left && !isBase) deleteWithParents(daemon, left, true, removed)
  }
  const reclaimed = sizeBefore - daemon.images.layersSize()
  daemon.event('image', 'prune', '', { reclaimed: String(reclaimed) })
  return { ImagesDeleted: removed.length > 0 ? removed : null, SpaceReclaimed: reclaimed }
}

/** Clients before API 1.50 still see the fields of a container's config in an image's. */
export function inspectedImage(image: ImageInspect, minor: number): ImageInspect {
  if (minor >= 50)
    return image.Config.Healthcheck
      ? { ...image, Config: { ...image.Config, Healthcheck: sorted({ ...image.Config.Healthcheck }) } }
      : image
  return {
    ...image,
    Config: sorted({
      AttachStderr: false,
      AttachStdin: false,
      AttachStdout: false,
      Domainname: '',
      Hostname: '',
      Image: '',
      OpenStdin: false,
      StdinOnce: false,
      Tty: false,
      ...image.Config,
    }),
  }
}

/** `docker search`: stars and official filters, 1 to 100 answers. */
export function searchImages(daemon: Daemon, term: string, limitText: string | null, filters: Filters): object[] {
  const limit = limitText === null || limitText === '' || limitText === '0' ? 25 : Number(limitText)
  if (!(limit >= 1 && limit <= 100)) throw badRequest(`limit ${limitText} is outside the range of [1, 100]`)
  const stars = filters.get('stars')?.[0]
  if (stars !== undefined && !/^\d+$/.test(stars)) throw badRequest(`invalid filter 'stars=${stars}'`)
  const official = filters.get('is-official')?.[0]
  if (official !== undefined && !/^(true|false|1|0)$/i.test(official)) throw badRequest(`invalid filter 'is-official=${official}'`)
  if (daemon.registry.isOffline) throw unresolved(daemon, 'index.docker.io', `/v1/search?q=${encodeURIComponent(term)}&n=${limit}`)
  return daemon.registry
    .search(term)
    .filter(
      (found) =>
        (stars === undefined || found.star_count >= Number(stars)) &&
        (official === undefined || found.is_official === /^(true|1)$/i.test(official)),
    )
    .slice(0, limit)
}
