/** `GET /containers/json`: summaries, newest first, with the filters of `docker ps`. */
import { humanAge } from '../../../base/go-units.ts'
import { bytesIn } from '../../runtime/layer-files.ts'
import type { Daemon } from '../daemon.ts'
import { badRequest, DockerError, notFound } from '../docker-error.ts'
import { type Filters, hasLabels } from '../filters.ts'
import { hasHealthcheck } from './health-state.ts'
import { byNumber } from '../networks/ports.ts'
import type { Container } from '../shapes.ts'

export const containerFilters = [
  'ancestor',
  'before',
  'exited',
  'expose',
  'health',
  'id',
  'is-task',
  'isolation',
  'label',
  'name',
  'network',
  'publish',
  'since',
  'status',
  'volume',
] as const

const states = ['created', 'running', 'paused', 'restarting', 'removing', 'exited', 'dead']
const healths = ['none', 'starting', 'healthy', 'unhealthy']

export function listContainers(
  daemon: Daemon,
  { all, limit, size, filters }: { all: boolean; limit: number; size: boolean; filters: Filters },
): object[] {
  const passes = filterOf(daemon, filters)
  const showsAll = all || limit > 0 || filters.has('status') || filters.has('exited')
  const shown = [...daemon.containers()]
    .sort((a, b) => (a.Created < b.Created ? 1 : -1))
    .filter((container) => (showsAll || container.State.Running) && passes(container))
  return (limit > 0 ? shown.slice(0, limit) : shown).map((container) => summaryOf(daemon, container, { size }))
}

function filterOf(daemon: Daemon, filters: Filters): (container: Container) => boolean {
  const any = (name: string) => filters.get(name) ?? []
  for (const value of any('status'))
    if (!states.includes(value))
      throw badRequest(
        `invalid filter 'status=${value}': invalid value for state (${value}): must be one of created, running, paused, restarting, removing, exited, dead`,
      )
  for (const value of any('health'))
    if (!healths.includes(value))
      throw badRequest(
        `invalid filter 'health=${value}': invalid value for health (${value}): must be one of none, starting, healthy, unhealthy`,
      )
  for (const value of any('exited'))
    if (!/^[+-]?\d+$/.test(value))
      throw badRequest(`invalid filter 'exited=${value}': strconv.Atoi: parsing ${JSON.stringify(value)}: invalid syntax`)
  const only = (name: string): Container | undefined => {
    const [value] = any(name)
    if (value === undefined) return undefined
    const container = daemon.find(value)
    if (!container) throw notFound(`No such container: ${value}`)
    return container
  }
  const before = only('before')
  const since = only('since')
  const ancestors = any('ancestor').flatMap((name) => daemon.images.find(name)?.Id ?? [])
  const ancestorIds = new Set(ancestors.flatMap((id) => [id, ...descendants(daemon, id)]))
  return (container) => {
    const { State, Name } = container
    if (before && container.Created >= before.Created) return false
    if (since && container.Created <= since.Created) return false
    if (any('status').length > 0 && !any('status').includes(State.Status)) return false
    if (any('exited').length > 0 && !(State.Status === 'exited' && any('exited').some((code) => Number(code) === State.ExitCode)))
      return false
    if (any('health').length > 0 && !any('health').includes(State.Health?.Status ?? 'none')) return false
    if (any('id').length > 0 && !any('id').some((prefix) => container.Id.startsWith(prefix) || matches(prefix, container.Id))) return false
    if (any('name').length > 0 && !any('name').some((pattern) => matches(pattern, Name) || matches(pattern, Name.slice(1)))) return false
    if (!hasLabels(container.Config.Labels, any('label'))) return false
    if (any('ancestor').length > 0 && !ancestorIds.has(container.Image)) return false
    if (
      any('is-task').length > 0 &&
      any('is-task').some((value) => /^(true|1)$/i.test(value)) !== (container.Config.Labels['com.docker.swarm.task'] !== undefined)
    )
      return false
    if (
      any('network').length > 0 &&
      !Object.entries(container.NetworkSettings.Networks).some(([name, { NetworkID }]) =>
        any('network').some((wanted) => wanted === name || (NetworkID !== '' && NetworkID.startsWith(wanted))),
      )
    )
      return false
    if (
      any('volume').length > 0 &&
      !container.Mounts.some((mount) =>
        any('volume').some((wanted) => mount.Name === wanted || mount.Destination === wanted || mount.Source === wanted),
      )
    )
      return false
    if (any('publish').length > 0 && !publishes(container, any('publish'))) return false
    if (
      any('expose').length > 0 &&
      !Object.keys(container.Config.ExposedPorts ?? {}).some((port) => any('expose').some((wanted) => inRange(port, wanted)))
    )
      return false
    return true
  }
}

function descendants(daemon: Daemon, id: string): string[] {
  return daemon.images.childrenOf(id).flatMap((child) => [child.Id, ...descendants(daemon, child.Id)])
}

function matches(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern).test(text)
  } catch {
    throw new DockerError(400, `invalid filter 'name=${pattern}'`)
  }
}

function publishes({ HostConfig }: Container, wanted: readonly string[]): boolean {
  // Compared with what was asked for, not with the ports that were given out.
  return Object.values(HostConfig.PortBindings).some((bindings) =>
    bindings?.some(({ HostPort }) => wanted.some((port) => HostPort !== '' && inRange(`${HostPort}/tcp`, port))),
  )
}

function inRange(port: string, wanted: string): boolean {
  const [number, protocol] = port.split('/')
  const [range, wantedProtocol = 'tcp'] = wanted.split('/')
  const [first, last = first] = range.split('-').map(Number)
  return protocol === wantedProtocol && Number(number) >= first && Number(number) <= last
}

export function summaryOf(daemon: Daemon, container: Container, { size }: { size: boolean }): object {
  const { Config, State, HostConfig } = container
  return {
    Id: container.Id,
    Names: [container.Name, ...linkNames(daemon, container)],
    Image: imageName(daemon, container),
    ImageID: container.Image,
    Command: [container.Path, ...container.Args].map(shellWord).join(' '),
    Created: Math.floor(Date.parse(container.Created) / 1000),
    Ports: portsOf(container),
    ...(size ? sizesOf(daemon, container) : {}),
    Labels: Config.Labels,
    State: State.Status,
    Status: statusOf(container, daemon.clock.now()),
    HostConfig: { NetworkMode: HostConfig.NetworkMode, ...(HostConfig.Annotations ? { Annotations: HostConfig.Annotations } : {}) },
    NetworkSettings: { Networks: container.NetworkSettings.Networks },
    Mounts: container.Mounts.map((mount) => ({ ...mount })),
  }
}

/** Parents of links are listed with the name by which they know it. */
function linkNames(daemon: Daemon, container: Container): string[] {
  return daemon.containers().flatMap((parent) =>
    (parent.HostConfig.Links ?? []).flatMap((link) => {
      const [name, alias = name] = link.split(':')
      return daemon.find(name)?.Id === container.Id ? [`${parent.Name}/${alias.replace(/^.*\//, '')}`] : []
    }),
  )
}

/** The name it was run by, or the id when that name means another image now. */
function imageName(daemon: Daemon, { Config, Image }: Container): string {
  if (/^(sha256:)?[a-f0-9]{64}$/.test(Config.Image)) return Image
  const current = daemon.images.find(Config.Image)
  return current?.Id === Image ? Config.Image : Image
}

function shellWord(word: string): string {
  return /\s/.test(word) || word === '' ? `'${word}'` : word
}

function portsOf({ NetworkSettings, State, Config }: Container): object[] {
  if (!State.Running) return []
  const ports: { IP?: string; PrivatePort: number; PublicPort?: number; Type: string }[] = []
  for (const [port, bindings] of Object.entries(NetworkSettings.Ports).sort(([a], [b]) => byNumber(a, b))) {
    const [number, Type] = port.split('/')
    if (!bindings || bindings.length === 0) {
      if (Config.ExposedPorts?.[port]) ports.push({ PrivatePort: Number(number), Type })
      continue
    }
    for (const { HostIp, HostPort } of bindings) ports.push({ IP: HostIp, PrivatePort: Number(number), PublicPort: Number(HostPort), Type })
  }
  return ports
}

export function sizesOf(daemon: Daemon, container: Container): { SizeRw?: number; SizeRootFs: number } {
  const live = daemon.live.get(container.Id)
  const own = live ? bytesIn(live.upper) : 0
  const image = daemon.images.get(container.Image)?.Size ?? 0
  return own > 0 ? { SizeRw: own, SizeRootFs: image + own } : { SizeRootFs: image }
}

export function statusOf(container: Container, nowMs: number): string {
  const { State } = container
  const since = (time: string) => humanAge(nowMs - Date.parse(time))
  if (State.Running) {
    if (State.Paused) return `Up ${since(State.StartedAt)} (Paused)`
    if (State.Restarting) return `Restarting (${State.ExitCode}) ${since(State.FinishedAt)} ago`
    if (!hasHealthcheck(container) || !State.Health) return `Up ${since(State.StartedAt)}`
    return `Up ${since(State.StartedAt)} (${State.Health.Status === 'starting' ? 'health: starting' : State.Health.Status})`
  }
  if (State.Status === 'removing') return 'Removal In Progress'
  if (State.Dead) return 'Dead'
  if (State.FinishedAt.startsWith('0001')) return 'Created'
  return `Exited (${State.ExitCode}) ${since(State.FinishedAt)} ago`
}
