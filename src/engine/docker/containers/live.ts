/** The live side of a container: its writable layer over the image's, and its log. Made at create, and again after a power cut. */
import { WaitQueue } from '../../../base/wait-queue.ts'
import { MemoryFiles } from '../../../unix/files/memory-files.ts'
import { OverlayFiles } from '../../../unix/files/overlay-files.ts'
import type { Layer } from '../../images/image.ts'
import { filesOfLayer, Subtree } from '../../runtime/layer-files.ts'
import { LogFile } from '../../runtime/log-file.ts'
import { Stdio } from '../../runtime/stdio.ts'
import type { Daemon, Live } from '../daemon.ts'
import { logPathOf, rotationOf } from './log-options.ts'
import type { HostConfig } from '../shapes.ts'

export function makeLive(daemon: Daemon, id: string, layers: readonly Layer[], log: HostConfig['LogConfig']): Live {
  const { disk, kernel } = daemon.host
  const upper = new Subtree(disk, `/var/lib/docker/overlay2/${id}/diff`)
  // Root's and its group's alone, as every layer's.
  const layer = disk.lookup(`/var/lib/docker/overlay2/${id}`)
  if (layer) layer.mode = 0o710
  const folder = `/var/lib/docker/containers/${id}`
  new Subtree(disk, folder)
  return {
    id,
    log: new LogFile({ disk, path: logPathOf(folder, id, log), clock: daemon.clock, nano: () => daemon.nano(), rotation: rotationOf(log) }),
    upper,
    overlay: new OverlayFiles(upper, [initLayer(), ...layers.map(filesOfLayer).reverse()]),
    changed: new WaitQueue(),
    execs: new Map(),
    terminals: daemon.host.terminals(),
    stdio: new Stdio(kernel, { hasInput: false }),
    process: undefined,
    namespaces: undefined,
    cgroup: undefined,
    cancels: [],
    exits: 0,
    lastExitCode: 0,
    isRemoved: false,
    isStopRequested: false,
    isStopping: false,
    cancelRestart: undefined,
    restartDelayMs: 0,
  }
}

let sharedInit: MemoryFiles | undefined

/** The `-init` layer: where the daemon mounts its own files, so that they do not show in `docker diff`. One for all containers. */
function initLayer(): MemoryFiles {
  if (!sharedInit) {
    sharedInit = new MemoryFiles({ now: () => 0 })
    for (const folder of ['/etc', '/dev', '/dev/pts', '/dev/shm', '/proc', '/sys'])
      sharedInit.create(folder, { kind: 'directory', mode: 0o755, uid: 0, gid: 0 })
    for (const file of ['/.dockerenv', '/etc/hosts', '/etc/hostname', '/etc/resolv.conf', '/dev/console'])
      sharedInit.create(file, { kind: 'file', mode: 0o755, uid: 0, gid: 0 })
    sharedInit.create('/etc/mtab', { kind: 'symlink', mode: 0o777, uid: 0, gid: 0, target: '/proc/mounts' })
    sharedInit.isReadOnly = true
  }
  return sharedInit
}
