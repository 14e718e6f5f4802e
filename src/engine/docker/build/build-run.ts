/** RUN: in a container of its own that `docker ps` shows (legacy builder), or in one that nobody sees (BuildKit). */
import { bytesOf, bytesOfBase64, textOf } from '../../../base/bytes.ts'
import { MemoryFiles } from '../../../unix/files/memory-files.ts'
import { MountTable } from '../../../unix/files/mount-table.ts'
import { OverlayFiles } from '../../../unix/files/overlay-files.ts'
import type { Cgroup, Namespaces } from '../../../unix/kernel/process.ts'
import { type Image, type Layer, layerOf } from '../../images/image.ts'
import { entriesOf, filesOfLayer } from '../../runtime/layer-files.ts'
import { launch, LaunchError } from '../../runtime/launch.ts'
import type { OutputStream } from '../../runtime/log-file.ts'
import { Stdio } from '../../runtime/stdio.ts'
import type { Work } from '../../runtime/task.ts'
import { lackingIn } from '../../../unix/kernel/capabilities.ts'
import { UnknownUser, userOf } from '../../runtime/users.ts'
import { pace } from '../../pace.ts'
import { createContainer } from '../containers/create.ts'
import type { Daemon } from '../daemon.ts'
import { makeStdio, start } from '../containers/lifecycle.ts'

export interface ContainerRun {
  readonly image: string
  readonly argv: readonly string[]
  readonly env: readonly string[]
  readonly network: string
  readonly memory: number
  readonly extraHosts: readonly string[]
  readonly started: (id: string) => void
  readonly write: (stream: OutputStream, bytes: Uint8Array) => void
}

export function* runContainer(
  daemon: Daemon,
  { image, argv, env, network, memory, extraHosts, started, write }: ContainerRun,
): Work<{ id: string; exitCode: number }> {
  const { Id } = createContainer(daemon, {
    // The image's own entrypoint and health check have no say in its building.
    config: { Image: image, Entrypoint: [''], Cmd: argv, Env: env, Healthcheck: { Test: ['NONE'] } },
    hostConfig: {
      ...(network !== '' && network !== 'default' ? { NetworkMode: network } : {}),
      ...(memory > 0 ? { Memory: memory } : {}),
      ...(extraHosts.length > 0 ? { ExtraHosts: extraHosts } : {}),
    },
    endpoints: {},
  })
  const live = daemon.liveOf(Id)
  live.stdio = makeStdio(daemon, daemon.container(Id), live)
  started(Id)
  live.stdio.listen({ write })
  daemon.containerEvent(daemon.container(Id), 'attach')
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
  readonly extraHosts: readonly string[]
  readonly context: MountTable
  /** Id → content, base64. */
  readonly secrets: Readonly<Record<string, string>>
  /** The files of another stage or image. */
  readonly files: (name: string) => MountTable | undefined
  readonly write: (stream: OutputStream, bytes: Uint8Array) => void
}

export function* runHidden(
  daemon: Daemon,
  { image, argv, env, mounts, network, extraHosts, context, secrets, files, write }: HiddenRun,
): Work<{ exitCode: number; layer: Layer | undefined } | { refused: string } | { missing: string }> {
  const { host, clock } = daemon
  yield { until: clock.now() + pace.buildContainerStart }
  const upper = new MemoryFiles({ now: () => clock.now() })
  const overlay = new OverlayFiles(upper, image.layers.map(filesOfLayer).reverse())
  const table = new MountTable([{ at: '/', files: overlay, root: '/', isReadOnly: false, source: 'overlay' }])
  const madeForMounts: string[] = []
  const secretEnv: string[] = []
  for (const text of mounts) {
    const missing = addMount(daemon, table, text, { context, files, madeForMounts, secrets, secretEnv })
    if (missing !== undefined) return { missing }
  }
  const pids = host.kernel.pidNamespace()
  const cgroup: Cgroup = { path: `/docker/buildkit/${daemon.random.hex(25)}` }
  const uts = { hostname: 'buildkitsandbox', domainname: '' }
  const net = network === 'none' ? host.netNamespace() : host.net
  const namespaces: Namespaces = { pids, net, mounts: table, uts }
  for (const mount of host.systemMounts({ pids, net, uts, cgroup })) table.mount(mount)
  const etc = new MemoryFiles({ now: () => clock.now() })
  for (const name of ['hosts', 'resolv.conf']) {
    etc.create(`/${name}`, {
      kind: 'file',
      mode: 0o644,
      uid: 0,
      gid: 0,
      content: host.files.exists(`/etc/${name}`) ? host.files.readFile(`/etc/${name}`) : new Uint8Array(0),
    })
    if (name === 'hosts' && extraHosts.length > 0)
      etc.write(
        '/hosts',
        etc.lookup('/hosts')?.size ?? 0,
        bytesOf(extraHosts.map((one) => `${one.slice(one.search(/[:=]/) + 1)}\t${one.slice(0, one.search(/[:=]/))}\n`).join('')),
      )
    table.mount({ at: `/etc/${name}`, files: etc, root: `/${name}`, isReadOnly: false, source: '/dev/vda1' })
  }
  const run = image.config.config
  const stdio = new Stdio(host.kernel, { hasInput: false })
  stdio.listen({ write })
  try {
    const user = { ...userOf(table, run.User ?? ''), lacks: lackingIn({ add: [], drop: [], isPrivileged: false }) }
    const environment: Record<string, string> = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: user.home }
    for (const entry of [...(run.Env ?? []), ...env, ...secretEnv])
      environment[entry.slice(0, entry.indexOf('='))] = entry.slice(entry.indexOf('=') + 1)
    const process = launch(host.kernel, {
      argv,
      env: environment,
      cwd: run.WorkingDir || '/',
      credentials: user,
      namespaces,
      cgroup,
      descriptors: stdio.descriptors,
    })
    const end = host.kernel.endOf(process)
    while (process.exitCode === undefined) yield { on: [end] }
    yield { until: clock.now() + pace.buildContainerEnd }
    for (const path of madeForMounts.reverse())
      if (overlay.lookup(path)?.kind !== 'directory' || overlay.list(path).length === 0) overlay.remove(path)
    const entries = entriesOf(upper)
    return { exitCode: process.exitCode, layer: layerOf(entries) }
  } catch (error) {
    if (error instanceof LaunchError) {
      write('stderr', bytesOf(`runc run failed: unable to start container process: error during container init: ${error.message}\n`))
      return { exitCode: 1, layer: undefined }
    }
    if (error instanceof UnknownUser) return { refused: error.message }
    throw error
  }
}

interface MountContext {
  readonly context: MountTable
  readonly files: (name: string) => MountTable | undefined
  /** Targets that were not there before: they go again. */
  readonly madeForMounts: string[]
  readonly secrets: Readonly<Record<string, string>>
  readonly secretEnv: string[]
}

/** One `--mount=…`; answers what is missing. */
function addMount(
  daemon: Daemon,
  table: MountTable,
  text: string,
  { context, files, madeForMounts, secrets, secretEnv }: MountContext,
): string | undefined {
  const options = Object.fromEntries(
    text.split(',').map((part) => [part.split('=')[0].toLowerCase(), part.includes('=') ? part.slice(part.indexOf('=') + 1) : 'true']),
  )
  const type = options.type ?? 'bind'
  const isRequired = options.required === 'true'
  const memory = () => new MemoryFiles({ now: () => daemon.clock.now() })
  const makeTarget = (path: string, kind: 'directory' | 'file') => {
    if (table.exists(path)) return
    const parent = path.slice(0, path.lastIndexOf('/')) || '/'
    const made: string[] = []
    for (let at = parent; !table.exists(at); at = at.slice(0, at.lastIndexOf('/')) || '/') made.unshift(at)
    table.mkdir(kind === 'directory' ? path : parent, { parents: true })
    if (kind === 'file') table.writeFile(path, '', {})
    madeForMounts.push(...made, path)
  }
  if (type === 'ssh') return isRequired ? 'unset ssh forward key default' : undefined
  if (type === 'secret') {
    const id = options.id ?? (options.target ?? options.dst ?? options.destination ?? '').replace(/^.*\//, '')
    const content = secrets[id]
    if (content === undefined) return isRequired ? `secret ${id}: not found` : undefined
    if (options.env !== undefined) secretEnv.push(`${options.env === 'true' ? id : options.env}=${textOf(bytesOfBase64(content))}`)
    const target = options.target ?? options.dst ?? options.destination ?? (options.env === undefined ? `/run/secrets/${id}` : undefined)
    if (target === undefined) return undefined
    const path = target.startsWith('/') ? target : `/run/secrets/${target}`
    makeTarget(path, 'file')
    const held = memory()
    held.create('/secret', {
      kind: 'file',
      mode: Number.parseInt(options.mode ?? '0400', 8),
      uid: Number(options.uid ?? 0),
      gid: Number(options.gid ?? 0),
      content: bytesOfBase64(content),
    })
    table.mount({ at: path, files: held, root: '/secret', isReadOnly: true, source: 'tmpfs' })
    return undefined
  }
  const target = options.target ?? options.dst ?? options.destination
  if (!target) return `invalid mount target ""`
  makeTarget(target, 'directory')
  if (type === 'tmpfs') table.mount({ at: target, files: memory(), root: '/', isReadOnly: false, source: 'tmpfs' })
  else if (type === 'cache') {
    const id = options.id ?? target
    const known = options.sharing === 'private' ? memory() : (daemon.buildMounts.get(id) ?? memory())
    daemon.buildMounts.set(id, known)
    table.mount({ at: target, files: known, root: '/', isReadOnly: options.readonly === 'true' || options.ro === 'true', source: 'cache' })
  } else {
    const from = options.from ? files(options.from) : context
    const source = options.source ?? options.src ?? '/'
    if (!from?.exists(source.startsWith('/') ? source : `/${source}`))
      return `failed to compute cache key: failed to calculate checksum of ref ${daemon.random.uuid()}::${daemon.random.letters(25, 'abcdefghijklmnopqrstuvwxyz0123456789')}: "${source.startsWith('/') ? source : `/${source}`}": not found`
    const { mount, inner } = from.locate(source.startsWith('/') ? source : `/${source}`)
    table.mount({
      at: target,
      files: mount.files,
      root: inner,
      isReadOnly: options.rw !== 'true' && options.readwrite !== 'true',
      source: 'overlay',
    })
  }
  return undefined
}
