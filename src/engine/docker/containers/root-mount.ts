/**
 * A container's root file system as a mount: what `mount` says of it inside, and that it also stands on the host, under
 * /var/lib/docker/overlay2, as long as the container runs.
 */
import type { Cancel } from '../../../base/clock.ts'
import type { Mount } from '../../../unix/files/files.ts'
import type { Daemon, Live } from '../daemon.ts'
import { overlayFolder } from '../images/layer-folders.ts'
import { linkOf } from '../images/layer-folders.ts'
import type { Container } from '../shapes.ts'

export function rootMount({ GraphDriver, HostConfig }: Container, live: Live, at = '/'): Mount {
  const { LowerDir = '', UpperDir, WorkDir } = GraphDriver.Data
  // The short links of the layer store, as the kernel was told; a page of options would not hold the long names.
  const lowers = LowerDir.split(':')
    .filter(Boolean)
    .map((path) => `${overlayFolder}/l/${linkOf(path.split('/').at(-2) ?? '')}`)
  return {
    at,
    files: live.overlay,
    root: '/',
    isReadOnly: at === '/' && HostConfig.ReadonlyRootfs,
    source: 'overlay',
    options: `lowerdir=${lowers.join(':')},upperdir=${UpperDir},workdir=${WorkDir}`,
  }
}

export function mountOnHost({ host }: Daemon, container: Container, live: Live): Cancel {
  const at = container.GraphDriver.Data.MergedDir
  if (!at) return () => {}
  host.files.mount(rootMount(container, live, at))
  // Somebody may have unmounted it by hand.
  return () => {
    if (host.files.mounts.some((mount) => mount.at === at)) host.files.unmount(at)
  }
}
