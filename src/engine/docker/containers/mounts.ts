/**
 * What a container mounts: `-v`, `--mount`, `--tmpfs`, `--volumes-from` and the image's VOLUMEs become mount points, each destination
 * once, and missing volumes are made. The words of the refusals differ by the form in which a mount was asked for.
 */
import type { Daemon } from '../daemon.ts'
import { badRequest, failure } from '../docker-error.ts'
import type { ContainerConfig, HostConfig, MountPoint, MountRequest } from '../shapes.ts'
import { checkVolumeName, ensureVolume } from '../volumes.ts'

interface Asked {
  readonly id: string
  readonly config: ContainerConfig
  readonly hostConfig: HostConfig
}

export function mountPointsOf(daemon: Daemon, { config, hostConfig }: Asked): MountPoint[] {
  const points = new Map<string, MountPoint>()
  const explicit = new Set<string>()
  const claim = (destination: string) => {
    if (explicit.has(destination)) throw badRequest(`Duplicate mount point: ${destination}`)
    explicit.add(destination)
  }
  for (const from of hostConfig.VolumesFrom ?? []) {
    const [name, mode = ''] = from.split(':')
    if (mode !== '' && !/^(rw|ro|z|Z)$/.test(mode)) throw badRequest(`invalid mode: ${mode}`)
    const source = daemon.find(name)
    if (!source) throw badRequest(`No such container: ${name}`)
    for (const mount of source.Mounts) points.set(mount.Destination, { ...mount, Mode: mode, RW: mode === 'ro' ? false : mount.RW })
  }
  for (const bind of hostConfig.Binds ?? []) {
    const point = ofBind(daemon, bind)
    claim(point.Destination)
    points.set(point.Destination, point)
  }
  for (const mount of hostConfig.Mounts ?? []) {
    const point = ofMount(daemon, mount)
    claim(point.Destination)
    points.set(point.Destination, point)
  }
  for (const destination of Object.keys(hostConfig.Tmpfs ?? {})) claim(cleanPath(destination))
  for (const path of Object.keys(config.Volumes ?? {})) {
    const destination = cleanPath(path)
    // Letters and colons of a Windows path are let through, and mean nothing here.
    if (!path.startsWith('/')) continue
    if (points.has(destination) || hostConfig.Tmpfs?.[path] !== undefined) continue
    points.set(destination, volumePoint(daemon, { destination, isWritable: true, mode: '' }))
  }
  return [...points.values()]
}

function ofBind(daemon: Daemon, bind: string): MountPoint {
  const parts = bind.split(':')
  if (parts.length < 2 || parts.length > 3) throw failure(`invalid volume specification: '${bind}'`)
  const [source, target, mode = ''] = parts
  if (!target.startsWith('/'))
    throw failure(
      `invalid volume specification: '${bind}': invalid mount config for type "${source.startsWith('/') ? 'bind' : 'volume'}": invalid mount path: '${target}' mount path must be absolute`,
    )
  if (cleanPath(target) === '/')
    throw failure(
      `invalid volume specification: '${bind}': invalid mount config for type "${source.startsWith('/') ? 'bind' : 'volume'}": invalid specification: destination can't be '/'`,
    )
  const modes = mode === '' ? [] : mode.split(',')
  const isBindSource = source.startsWith('/')
  const known = isBindSource
    ? ['rw', 'ro', 'z', 'Z', 'shared', 'rshared', 'slave', 'rslave', 'private', 'rprivate', 'consistent', 'cached', 'delegated']
    : ['rw', 'ro', 'z', 'Z', 'nocopy', 'consistent', 'cached', 'delegated']
  if (modes.some((part) => !known.includes(part)) || (modes.includes('rw') && modes.includes('ro')))
    throw (mode.includes(',') ? failure : badRequest)(`invalid mode: ${mode}`)
  const isWritable = !modes.includes('ro')
  const destination = cleanPath(target)
  if (!isBindSource) return volumePoint(daemon, { name: source, destination, isWritable, mode: mode || 'z' })
  // `-v` makes a missing directory on the host; `--mount` refuses.
  if (!daemon.host.files.exists(source)) daemon.host.files.mkdir(source, { parents: true })
  const propagation = modes.find((part) => /shared|slave|private/.test(part)) ?? 'rprivate'
  return { Type: 'bind', Source: cleanPath(source), Destination: destination, Mode: mode, RW: isWritable, Propagation: propagation }
}

function ofMount(daemon: Daemon, mount: MountRequest): MountPoint {
  const refuse = (why: string) => badRequest(`invalid mount config for type "${mount.Type}": ${why}`)
  if (!['bind', 'volume', 'tmpfs', 'npipe', 'cluster', 'image'].includes(mount.Type)) throw refuse('mount type unknown')
  if (!mount.Target) throw refuse('field Target must not be empty')
  if (!mount.Target.startsWith('/')) throw refuse(`invalid mount path: '${mount.Target}' mount path must be absolute`)
  if (cleanPath(mount.Target) === '/') throw refuse("invalid specification: destination can't be '/'")
  const destination = cleanPath(mount.Target)
  const isWritable = !mount.ReadOnly
  switch (mount.Type) {
    case 'bind':
      if (!mount.Source) throw refuse('field Source must not be empty')
      if (!mount.Source.startsWith('/')) throw refuse(`invalid mount path: '${mount.Source}' mount path must be absolute`)
      if (!daemon.host.files.exists(mount.Source)) {
        if (!mount.BindOptions?.CreateMountpoint) throw refuse(`bind source path does not exist: ${mount.Source}`)
        daemon.host.files.mkdir(mount.Source, { parents: true })
      }
      return {
        Type: 'bind',
        Source: cleanPath(mount.Source),
        Destination: destination,
        Mode: '',
        RW: isWritable,
        Propagation: mount.BindOptions?.Propagation ?? 'rprivate',
      }
    case 'volume':
      return volumePoint(daemon, {
        name: mount.Source || undefined,
        destination,
        isWritable,
        mode: 'z',
        labels: mount.VolumeOptions?.Labels,
        driver: mount.VolumeOptions?.DriverConfig,
      })
    case 'tmpfs':
      return { Type: 'tmpfs', Source: '', Destination: destination, Mode: '', RW: isWritable, Propagation: '' }
    default:
      throw badRequest(`invalid mount config for type "${mount.Type}": mount type is not simulated`)
  }
}

function volumePoint(
  daemon: Daemon,
  {
    name,
    destination,
    isWritable,
    mode,
    labels,
    driver,
  }: {
    name?: string
    destination: string
    isWritable: boolean
    mode: string
    labels?: Readonly<Record<string, string>>
    driver?: { readonly Name?: string; readonly Options?: Readonly<Record<string, string>> }
  },
): MountPoint {
  if (name !== undefined) checkVolumeName(name)
  const volume = ensureVolume(daemon, { name, labels, driver: driver?.Name, options: driver?.Options })
  return {
    Type: 'volume',
    Name: volume.Name,
    Source: volume.Mountpoint,
    Destination: destination,
    Driver: volume.Driver,
    Mode: mode,
    RW: isWritable,
    Propagation: '',
  }
}

/** Without double and trailing slashes, `.` and `..`. */
export function cleanPath(path: string): string {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}`
}
