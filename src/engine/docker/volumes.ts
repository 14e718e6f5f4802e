/** Volumes: directories of the machine under /var/lib/docker/volumes, with a name or, when nobody gave one, a random one. */
import type { Daemon } from './daemon.ts'
import { badRequest, conflict, DockerError, notFound } from './docker-error.ts'
import { type Filters, hasLabels, passesLabels } from './filters.ts'
import { bytesIn, clear, Subtree } from '../runtime/layer-files.ts'
import type { Volume } from './shapes.ts'

const anonymousLabel = 'com.docker.volume.anonymous'
const root = '/var/lib/docker/volumes'

export function checkVolumeName(name: string): void {
  if (name.length === 1 && /^[a-zA-Z0-9]$/.test(name))
    throw badRequest(`create ${name}: volume name is too short, names should be at least two alphanumeric characters`)
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name)) {
    throw badRequest(
      `create ${name}: ${JSON.stringify(name)} includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, use absolute path`,
    )
  }
}

export interface VolumeRequest {
  readonly name?: string
  readonly labels?: Readonly<Record<string, string>> | null
  readonly driver?: string
  readonly options?: Readonly<Record<string, string>> | null
}

/** The volume of that name, made if it is not there. */
export function ensureVolume(daemon: Daemon, { name, labels, driver = 'local', options }: VolumeRequest): Volume {
  const known = name === undefined ? undefined : findVolume(daemon, name)
  if (known) return known
  const isAnonymous = name === undefined || name === ''
  const ownName = isAnonymous ? daemon.random.hex(64) : name
  if (!isAnonymous) checkVolumeName(ownName)
  if (driver !== 'local' && driver !== '')
    throw notFound(`create ${ownName}: error looking up volume plugin ${driver}: plugin "${driver}" not found`)
  checkOptions(ownName, options ?? {})
  const folder = `${root}/${ownName}/_data`
  new Subtree(daemon.host.disk, folder)
  const own = isAnonymous ? { ...labels, [anonymousLabel]: '' } : labels
  const volume: Volume = {
    CreatedAt: `${new Date(daemon.clock.now()).toISOString().slice(0, 19)}Z`,
    Driver: 'local',
    Labels: own && Object.keys(own).length > 0 ? own : (labels ?? null),
    Mountpoint: folder,
    Name: ownName,
    Options: options && Object.keys(options).length > 0 ? options : null,
    Scope: 'local',
  }
  daemon.store.put('volumes', ownName, volume, daemon.cause)
  daemon.event('volume', 'create', ownName, { driver: 'local' })
  return volume
}

function checkOptions(name: string, options: Readonly<Record<string, string>>): void {
  const given = Object.keys(options)
  for (const option of given)
    if (!['type', 'o', 'device', 'size'].includes(option)) throw badRequest(`create ${name}: invalid option: ${JSON.stringify(option)}`)
  const needs: Readonly<Record<string, readonly string[]>> = { device: ['type'], type: ['device'], o: ['device', 'type'] }
  const missing = given.flatMap((option) => needs[option] ?? []).find((needed) => !given.includes(needed))
  if (missing !== undefined) throw badRequest(`create ${name}: missing required option: ${JSON.stringify(missing)}`)
  if (given.includes('size')) throw badRequest(`create ${name}: quota size requested but no quota support`)
}

export function findVolume(daemon: Daemon, name: string): Volume | undefined {
  return daemon.store.get('volumes', name) as Volume | undefined
}

export function requireVolume(daemon: Daemon, name: string): Volume {
  const volume = findVolume(daemon, name)
  if (!volume) throw notFound(`get ${name}: no such volume`)
  return volume
}

/** Containers that mount it, running or not. */
export function usersOf(daemon: Daemon, name: string): string[] {
  return daemon
    .containers()
    .filter((container) => container.Mounts.some((mount) => mount.Type === 'volume' && mount.Name === name))
    .map(({ Id }) => Id)
}

export function removeVolume(daemon: Daemon, name: string, { force }: { force: boolean }): void {
  const volume = findVolume(daemon, name)
  if (!volume) {
    if (force) return
    throw notFound(`get ${name}: no such volume`)
  }
  const users = usersOf(daemon, name)
  if (users.length > 0) throw conflict(`remove ${name}: volume is in use - [${users.join(', ')}]`)
  clear(daemon.host.disk, `${root}/${name}`)
  daemon.store.delete('volumes', name, daemon.cause)
  daemon.event('volume', 'destroy', name, { driver: volume.Driver })
}

function isAnonymous(volume: Volume): boolean {
  return volume.Labels?.[anonymousLabel] !== undefined
}

export const volumeFilters = ['dangling', 'driver', 'label', 'name'] as const

export function listVolumes(daemon: Daemon, filters: Filters): Volume[] {
  const dangling = filters.get('dangling')?.[0]
  if (dangling !== undefined && !/^(true|false|1|0)$/i.test(dangling)) throw badRequest(`invalid filter 'dangling=[${dangling}]'`)
  return daemon
    .volumes()
    .filter((volume) => {
      const names = filters.get('name')
      if (names?.length && !names.some((name) => volume.Name.includes(name))) return false
      const drivers = filters.get('driver')
      if (drivers?.length && !drivers.includes(volume.Driver)) return false
      if (!hasLabels(volume.Labels, filters.get('label'))) return false
      return dangling === undefined || (usersOf(daemon, volume.Name).length === 0) === /^(true|1)$/i.test(dangling)
    })
    .sort((a, b) => (a.Name < b.Name ? -1 : 1))
}

/** Unused anonymous volumes; all unused ones with the filter `all`. Never those with driver options. */
export function pruneVolumes(daemon: Daemon, filters: Filters): { VolumesDeleted: string[]; SpaceReclaimed: number } {
  const takesAll = /^(true|1)$/i.test(filters.get('all')?.[0] ?? '')
  const deleted: string[] = []
  let reclaimed = 0
  for (const volume of [...daemon.volumes()]) {
    if (volume.Options || (!takesAll && !isAnonymous(volume)) || !passesLabels(volume.Labels, filters)) continue
    if (usersOf(daemon, volume.Name).length > 0) continue
    reclaimed += sizeOf(daemon, volume)
    removeVolume(daemon, volume.Name, { force: false })
    deleted.push(volume.Name)
  }
  daemon.event('volume', 'prune', '', { reclaimed: String(reclaimed) })
  return { VolumesDeleted: deleted, SpaceReclaimed: reclaimed }
}

export function sizeOf(daemon: Daemon, volume: Volume): number {
  return bytesIn(new Subtree(daemon.host.disk, volume.Mountpoint))
}

/** For the API: a volume that is asked for by name and driver. */
export function createVolume(
  daemon: Daemon,
  body: {
    Name?: string
    Driver?: string
    DriverOpts?: Readonly<Record<string, string>> | null
    Labels?: Readonly<Record<string, string>> | null
  },
): Volume {
  const known = body.Name ? findVolume(daemon, body.Name) : undefined
  if (known && body.Driver && body.Driver !== known.Driver)
    throw new DockerError(409, `create ${body.Name}: conflict: volume name must be unique`)
  return ensureVolume(daemon, {
    name: body.Name || undefined,
    labels: body.Labels,
    driver: body.Driver || 'local',
    options: body.DriverOpts,
  })
}
