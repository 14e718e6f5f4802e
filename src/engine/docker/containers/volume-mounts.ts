/**
 * Volumes while containers use them. One with driver options (`-o type=none -o o=bind -o device=…`, `type=tmpfs`) is a file system that the
 * local driver mounts on the volume's folder for the first container and takes away after the last; a tmpfs is then empty again.
 */
import type { Cancel } from '../../../base/clock.ts'
import { MemoryFiles } from '../../../unix/files/memory-files.ts'
import { MountTable } from '../../../unix/files/mount-table.ts'
import { Subtree } from '../../runtime/layer-files.ts'
import type { Daemon, Live } from '../daemon.ts'
import { failure } from '../docker-error.ts'
import type { Container, Volume } from '../shapes.ts'
import { findVolume } from '../volumes.ts'
import { rootMount } from './root-mount.ts'

/** Answers what takes the mounts back, once no other running container needs them. */
export function mountVolumes(daemon: Daemon, container: Container): Cancel {
  const volumes = container.Mounts.flatMap(({ Name }) => (Name === undefined ? [] : (findVolume(daemon, Name) ?? []))).filter(
    ({ Options }) => Options?.device !== undefined,
  )
  for (const volume of volumes) if (!isMounted(daemon, volume)) mountVolume(daemon, volume)
  return () => {
    for (const volume of volumes)
      if (isMounted(daemon, volume) && !isNeeded(daemon, volume, container.Id)) daemon.host.files.unmount(volume.Mountpoint)
  }
}

const isMounted = (daemon: Daemon, { Mountpoint }: Volume): boolean => daemon.host.files.mounts.some(({ at }) => at === Mountpoint)

function isNeeded(daemon: Daemon, { Name }: Volume, leaving: string): boolean {
  return daemon
    .containers()
    .some(({ Id, Mounts }) => Id !== leaving && daemon.live.get(Id)?.process !== undefined && Mounts.some((mount) => mount.Name === Name))
}

/** As mount(2) has them; the rest of the options is data for the file system. */
const flagBits: Readonly<Record<string, number>> = {
  defaults: 0,
  rw: 0,
  ro: 0x1,
  nosuid: 0x2,
  nodev: 0x4,
  noexec: 0x8,
  noatime: 0x400,
  nodiratime: 0x800,
  bind: 0x1000,
  rbind: 0x5000,
  relatime: 0x200000,
}

function mountVolume({ host, clock }: Daemon, { Mountpoint, Options }: Volume): void {
  const { type = '', o = '', device = '' } = Options ?? {}
  const options = o.split(',').filter(Boolean)
  const flags = options.reduce((all, option) => all | (flagBits[option] ?? 0), 0)
  const data = options.filter((option) => flagBits[option] === undefined)
  const refuse = (why: string) =>
    failure(
      `error while mounting volume '${Mountpoint}': failed to mount local volume: mount ${device}:${Mountpoint}${flags === 0 ? '' : `, flags: 0x${flags.toString(16)}`}${data.length === 0 ? '' : `, data: ${data.join(',')}`}: ${why}`,
    )
  const isReadOnly = options.includes('ro')
  if (options.includes('bind') || options.includes('rbind')) {
    if (!host.files.exists(device)) throw refuse('no such file or directory')
    const { mount, inner, full } = host.files.locate(device)
    if (host.files.stat(full).kind !== 'directory') throw refuse('not a directory')
    host.files.mount({ at: Mountpoint, files: mount.files, root: inner, isReadOnly: isReadOnly || mount.isReadOnly, source: mount.source })
  } else if (type === 'tmpfs') {
    const quotaBytes = sizeOf(data)
    host.files.mount({
      at: Mountpoint,
      files: new MemoryFiles({ now: () => clock.now(), quotaBytes, mode: Number.parseInt(valueOf(data, 'mode') ?? '1777', 8) }),
      root: '/',
      isReadOnly,
      source: device,
      options: quotaBytes === undefined ? undefined : `size=${Math.floor(quotaBytes / 1024)}k`,
    })
  } else if (/^nfs4?$|^cifs$/.test(type))
    throw refuse('connection refused') // No machine of the sandbox serves files.
  else
    throw refuse(
      host.files.exists(device)
        ? 'invalid argument'
        : ['ext4', 'xfs', 'btrfs', 'vfat'].includes(type)
          ? 'no such file or directory'
          : 'no such device',
    )
}

const valueOf = (data: readonly string[], key: string): string | undefined =>
  data.find((option) => option.startsWith(`${key}=`))?.slice(key.length + 1)

function sizeOf(data: readonly string[]): number | undefined {
  const [, digits, unit] = /^(\d+)([kmg]?)$/i.exec(valueOf(data, 'size') ?? '') ?? []
  return digits === undefined
    ? undefined
    : Number(digits) * { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 }[unit.toLowerCase() as '' | 'k' | 'm' | 'g']
}

/** A volume that is still empty begins with what the image has at that place. */
export function copyUpVolumes(daemon: Daemon, container: Container, live: Live): void {
  const image = new MountTable([rootMount(container, live)])
  for (const mount of container.Mounts) {
    if (mount.Type !== 'volume' || mount.Mode.includes('nocopy')) continue
    if (container.HostConfig.Mounts?.find(({ Target }) => Target === mount.Destination)?.VolumeOptions?.NoCopy) continue
    const place = daemon.host.files.locate(mount.Source)
    // What is copied into a tmpfs is gone with it before the container starts.
    if (place.mount.files !== daemon.host.disk) continue
    const volume = new Subtree(daemon.host.disk, place.inner)
    if (volume.list('/').length > 0 || !image.exists(mount.Destination)) continue
    const from = image.stat(mount.Destination)
    if (from.kind !== 'directory') continue
    Object.assign(volume.root, { mode: from.mode, uid: from.uid, gid: from.gid })
    copyTree(image, mount.Destination, volume)
  }
}

function copyTree(from: MountTable, path: string, to: Subtree, at = ''): void {
  for (const name of from.list(path)) {
    const node = from.lstat(`${path}/${name}`)
    to.create(`${at}/${name}`, {
      kind: node.kind,
      mode: node.mode,
      uid: node.uid,
      gid: node.gid,
      target: node.target,
      content: node.kind === 'file' ? node.read?.() : undefined,
    })
    if (node.kind === 'directory') copyTree(from, `${path}/${name}`, to, `${at}/${name}`)
  }
}
