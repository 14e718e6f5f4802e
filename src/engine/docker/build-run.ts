/** RUN: in a container of its own that `docker ps` shows (legacy builder), or in one that nobody sees (BuildKit). */
import { MemoryFiles } from '../../unix/files/memory-files.ts'
import { MountTable } from '../../unix/files/mount-table.ts'
import { OverlayFiles } from '../../unix/files/overlay-files.ts'
import type { Cgroup, Namespaces } from '../../unix/kernel/process.ts'
import { type Image, type Layer, layerOf } from '../images/image.ts'
import { entriesOf, filesOfLayer } from '../runtime/layer-files.ts'
import { launch, LaunchError } from '../runtime/launch.ts'
import type { OutputStream } from '../runtime/log-file.ts'
import { Stdio } from '../runtime/stdio.ts'
import type { Work } from '../runtime/task.ts'
import { lackingIn } from '../../unix/kernel/capabilities.ts'
import { UnknownUser, userOf } from '../runtime/users.ts'
import { pace } from '../pace.ts'
import { filesOfImage } from './build-context.ts'
import { createContainer } from './create.ts'
import type { Daemon } from './daemon.ts'
import { failure } from './docker-error.ts'
import { makeStdio, start } from './lifecycle.ts'

export interface ContainerRun {
  readonly image: string
  readonly argv: readonly string[]
  readonly env: readonly string[]
  readonly network: string
  readonly memory: number
  readonly started: (id: string) => void
  readonly write: (stream: OutputStream, bytes: Uint8Array) => void
}

export function* runContainer(daemon: Daemon, { image, argv, env, network, memory, started, write }: ContainerRun): Work<{ id: string; exitCode: number }> {
  const { Id } = createContainer(daemon, {
    // The image's own entrypoint and health check have no say in its building.
    config: { Image: image, Entrypoint: [''], Cmd: argv, Env: env, Healthcheck: { Test: ['NONE'] } },
    hostConfig: { ...(network !== '' && network !== 'default' ? { NetworkMode: network } : {}), ...(memory > 0 ? { Memory: memory } : {}) },
    endpoints: {},
  })
  const live = daemon.liveOf(Id)
  live.stdio = makeStdio(daemon, daemon.container(Id), live)
  started(Id)
  live.stdio.listen({ write })
  yield* start(daemon, Id)
  while (live.exits === 0) yield { on: [live.changed] }
  return { id: Id, exitCode: live.lastExitCode }
}

export interface HiddenRun {
  readonly image: Image
  readonly argv: readonly string[]
  readonly env: readonly string[]
  /** `type=cache,target=/root/.npm`. */
  readonly mounts: readonly string[]
  readonly network: string
  readonly context: MountTable
  /** The files of another stage. */
  readonly files: (stage: string) => Image | undefined
  readonly write: (stream: OutputStream, bytes: Uint8Array) => void
}

export function* runHidden(daemon: Daemon, { image, argv, env, mounts, network, context, files, write }: HiddenRun): Work<{ exitCode: number; layer: Layer | undefined } | { refused: string }> {
  const { host, clock } = daemon
  yield { until: clock.now() + pace.containerStart }
  const upper = new MemoryFiles({ now: () => clock.now() })
  const overlay = new OverlayFiles(upper, image.layers.map(filesOfLayer).reverse())
  const table = new MountTable([{ at: '/', files: overlay, root: '/', isReadOnly: false, source: 'overlay' }])
  const madeForMounts: string[] = []
  for (const text of mounts) addMount(daemon, table, text, { context, files, madeForMounts })
  const pids = host.kernel.pidNamespace()
  const cgroup: Cgroup = { path: `/docker/buildkit/${daemon.random.hex(25)}` }
  const uts = { hostname: 'buildkitsandbox', domainname: '' }
  const net = network === 'none' ? host.netNamespace() : host.net
  const namespaces: Namespaces = { pids, net, mounts: table, uts }
  for (const mount of host.systemMounts({ pids, net, uts, cgroup })) table.mount(mount)
  const etc = new MemoryFiles({ now: () => clock.now() })
  for (const name of ['hosts', 'resolv.conf']) {
    etc.create(`/${name}`, { kind: 'file', mode: 0o644, uid: 0, gid: 0, content: host.files.exists(`/etc/${name}`) ? host.files.readFile(`/etc/${name}`) : new Uint8Array(0) })
    table.mount({ at: `/etc/${name}`, files: etc, root: `/${name}`, isReadOnly: false, source: '/dev/vda1' })
  }
  const run = image.config.config
  const stdio = new Stdio(host.kernel, { hasInput: false })
  stdio.listen({ write })
  try {
    const user = { ...userOf(table, run.User ?? ''), lacks: lackingIn({ add: [], drop: [], isPrivileged: false }) }
    const environment: Record<string, string> = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: user.home }
    for (const entry of [...(run.Env ?? []), ...env]) environment[entry.slice(0, entry.indexOf('='))] = entry.slice(entry.indexOf('=') + 1)
    const process = launch(host.kernel, { argv, env: environment, cwd: run.WorkingDir || '/', credentials: user, namespaces, cgroup, descriptors: stdio.descriptors })
    const end = host.kernel.endOf(process)
    while (process.exitCode === undefined) yield { on: [end] }
    for (const path of madeForMounts.reverse()) if (overlay.lookup(path)?.kind === 'directory' && overlay.list(path).length === 0) overlay.remove(path)
    const entries = entriesOf(upper)
    return { exitCode: process.exitCode, layer: layerOf(entries) }
  } catch (error) {
    if (error instanceof LaunchError) return { refused: `failed to create task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: ${error.message}` }
    if (error instanceof UnknownUser) return { refused: error.message }
    throw error
  }
}

function addMount(daemon: Daemon, table: MountTable, text: string, { context, files, madeForMounts }: { context: MountTable; files: (stage: string) => Image | undefined; madeForMounts: string[] }): void {
  const options = Object.fromEntries(text.split(',').map((part) => [part.split('=')[0], part.slice(part.indexOf('=') + 1)]))
  const target = options.target ?? options.dst ?? options.destination
  const type = options.type ?? 'bind'
  if (type === 'secret' || type === 'ssh') throw failure(`RUN --mount=type=${type} is not simulated`)
  if (!target) throw failure('invalid mount config for type "bind": target is required')
  if (!table.exists(target)) {
    table.mkdir(target, { parents: true })
    madeForMounts.push(target)
  }
  if (type === 'tmpfs') table.mount({ at: target, files: new MemoryFiles({ now: () => daemon.clock.now() }), root: '/', isReadOnly: false, source: 'tmpfs' })
  else if (type === 'cache') {
    const id = options.id ?? target
    const known = daemon.buildMounts.get(id) ?? new MemoryFiles({ now: () => daemon.clock.now() })
    daemon.buildMounts.set(id, known)
    table.mount({ at: target, files: known, root: '/', isReadOnly: options.readonly !== undefined || options.ro !== undefined, source: 'cache' })
  } else {
    const stage = options.from ? files(options.from) : undefined
    const from = stage ? filesOfImage(stage) : context
    const { mount, inner } = from.locate(options.source ?? options.src ?? '/')
    table.mount({ at: target, files: mount.files, root: inner, isReadOnly: options.rw === undefined && options.readwrite === undefined, source: 'overlay' })
  }
}
