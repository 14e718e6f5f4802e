/** What compose shows of a project: ps, ls, images, port, top, volumes, config, version. */
import { out } from '../../../unix/kernel/process.ts'
import { goJson } from '../../go-json.ts'
import { aligned, dockerStyle } from '../../table.ts'
import { DockerError } from '../docker-error.ts'
import { query } from '../engine.ts'
import { ellipsis, listed } from '../listing.ts'
import { type ContainerSummary, localTime, portList } from '../ps.ts'
import { humanAge, humanSize } from '../../../base/go-units.ts'
import { type ComposeCommand, type Member, members, selected } from './context.ts'
import type { Project } from './project.ts'
import { composeVersion, volumeName } from './service-config.ts'

export const version: ComposeCommand = function* ({ process, flags }) {
  const number = `${composeVersion}-3`
  yield* out(
    process,
    flags.is('short')
      ? `${number}\n`
      : flags.text('format') === 'json'
        ? `{"version":"${number}"}\n`
        : `Docker Compose version ${number}\n`,
  )
  return 0
}

export const ps: ComposeCommand = function* (context) {
  const { process, flags, args } = context
  const project = yield* context.project()
  for (const name of args) if (!project.services.some((service) => service.name === name)) throw new DockerError(`no such service: ${name}`)
  const wanted = [
    ...flags.list('status'),
    ...flags.list('filter').flatMap((filter) => (filter.startsWith('status=') ? [filter.slice(7)] : [])),
  ]
  const isShown = (member: Member) =>
    wanted.length > 0
      ? wanted.includes(member.state)
      : flags.is('all') || (member.state !== 'exited' && member.state !== 'created' && member.state !== 'dead')
  const found = (yield* members(context, project.name, args)).filter((member) => isShown(member) && (!member.isOneOff || flags.is('all')))
  if (flags.is('quiet')) {
    yield* out(process, found.map(({ id }) => `${id}\n`).join(''))
    return 0
  }
  if (flags.is('services')) {
    yield* out(process, [...new Set(found.map(({ service }) => service))].map((name) => `${name}\n`).join(''))
    return 0
  }
  const rows = found.map((member) => rowOf(member, project, process.now(), flags.is('no-trunc')))
  const headings = {
    Name: 'NAME',
    Image: 'IMAGE',
    Command: 'COMMAND',
    Service: 'SERVICE',
    RunningFor: 'CREATED',
    Status: 'STATUS',
    Ports: 'PORTS',
    ID: 'CONTAINER ID',
    Names: 'NAMES',
    State: 'STATE',
    Project: 'PROJECT',
    Health: 'HEALTH',
    ExitCode: 'EXIT CODE',
    CreatedAt: 'CREATED AT',
    Labels: 'LABELS',
    Mounts: 'MOUNTS',
    Networks: 'NETWORKS',
    LocalVolumes: 'LOCAL VOLUMES',
    Size: 'SIZE',
    Publishers: 'PUBLISHERS',
  }
  yield* out(
    process,
    listed({
      rows,
      headings,
      columns: ['Name', 'Image', 'Command', 'Service', 'RunningFor', 'Status', 'Ports'],
      format: flags.text('format') === 'table' ? '' : flags.text('format'),
    }),
  )
  return 0
}

function rowOf({ summary, name, service }: Member, project: Project, now: number, isWhole: boolean): Record<string, unknown> {
  const command = JSON.stringify(isWhole ? summary.Command : ellipsis(summary.Command, 20))
  const exit = /Exited \((\d+)\)/.exec(summary.Status)?.[1]
  return {
    Command: command,
    CreatedAt: localTime(summary.Created * 1000),
    ExitCode: Number(exit ?? 0),
    Health: /\((healthy|unhealthy|health: starting)\)/.exec(summary.Status)?.[1]?.replace('health: ', '') ?? '',
    ID: isWhole ? summary.Id : summary.Id.slice(0, 12),
    Image: summary.Image,
    Labels: Object.entries(summary.Labels ?? {})
      .map(([key, value]) => `${key}=${value}`)
      .join(','),
    LocalVolumes: String((summary.Mounts ?? []).filter(({ Name }) => Name).length),
    Mounts: (summary.Mounts ?? []).map((mount) => mount.Name ?? mount.Source).join(','),
    Name: name,
    Names: name,
    Networks: Object.keys(summary.NetworkSettings?.Networks ?? {}).join(','),
    Ports: portList(summary.Ports),
    Project: project.name,
    Publishers: (summary.Ports ?? []).map(({ IP = '', PrivatePort, PublicPort = 0, Type }) => ({
      URL: IP,
      TargetPort: PrivatePort,
      PublishedPort: PublicPort,
      Protocol: Type,
    })),
    RunningFor: `${humanAge(now - summary.Created * 1000)} ago`,
    Service: service,
    Size: '0B',
    State: summary.State,
    Status: summary.Status,
  }
}

/** Cells in columns of at least twenty, as compose's own tables stand. */
export function table(rows: readonly (readonly string[])[]): string {
  return aligned(rows.map((row) => `${row.join('\t')}\n`).join(''), { minimum: 20, padding: 4 })
}

export const ls: ComposeCommand = function* ({ process, engine, flags }) {
  const found = yield* engine.json<readonly ContainerSummary[]>(
    'GET',
    `/containers/json${query({ all: true, filters: JSON.stringify({ label: { 'com.docker.compose.project': true } }) })}`,
  )
  const projects = new Map<string, { states: Map<string, number>; files: string }>()
  for (const { Labels = {}, State } of found) {
    if (State !== 'running' && !flags.is('all')) continue
    const name = Labels['com.docker.compose.project'] ?? ''
    const project = projects.get(name) ?? { states: new Map(), files: Labels['com.docker.compose.project.config_files'] ?? '' }
    project.states.set(State, (project.states.get(State) ?? 0) + 1)
    projects.set(name, project)
  }
  const rows = [...projects]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([Name, { states, files }]) => ({
      Name,
      Status: [...states]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([state, count]) => `${state}(${count})`)
        .join(', '),
      ConfigFiles: files,
    }))
  if (flags.is('quiet')) yield* out(process, rows.map(({ Name }) => `${Name}\n`).join(''))
  else if (flags.text('format') === 'json') yield* out(process, `${goJson(rows)}\n`)
  else
    yield* out(
      process,
      table([['NAME', 'STATUS', 'CONFIG FILES'], ...rows.map(({ Name, Status, ConfigFiles }) => [Name, Status, ConfigFiles])]),
    )
  return 0
}

export const images: ComposeCommand = function* (context) {
  const { process, engine, flags } = context
  const project = yield* context.project()
  const rows: string[][] = []
  for (const { name, summary } of yield* members(context, project.name, context.args)) {
    const image = yield* engine.json<{ Id: string; Size: number; Created: string; Os: string; Architecture: string }>(
      'GET',
      `/images/${summary.ImageID}/json`,
    )
    const [, repository, tag] = /^(.*?)(?::([^/:]+))?$/.exec(summary.Image) ?? []
    rows.push([
      name,
      repository ?? '<none>',
      tag ?? 'latest',
      `${image.Os}/${image.Architecture}`,
      image.Id.replace('sha256:', '').slice(0, 12),
      humanSize(image.Size),
      `${humanAge(process.now() - Date.parse(image.Created))} ago`,
    ])
  }
  if (flags.is('quiet')) yield* out(process, [...new Set(rows.map((row) => row[4]))].map((id) => `${id}\n`).join(''))
  else yield* out(process, table([['CONTAINER', 'REPOSITORY', 'TAG', 'PLATFORM', 'IMAGE ID', 'SIZE', 'CREATED'], ...rows]))
  return 0
}

export const port: ComposeCommand = function* (context) {
  const { process, args, flags } = context
  const project = yield* context.project()
  selected(project, [args[0]])
  const index = flags.number('index') || 1
  const member = (yield* members(context, project.name, [args[0]])).find(({ number }) => number === index)
  if (!member) throw new DockerError(`no container found for service ${JSON.stringify(args[0])}`)
  const protocol = flags.text('protocol') || 'tcp'
  const found = (member.summary.Ports ?? []).find(
    ({ PrivatePort, PublicPort, Type }) => PrivatePort === Number(args[1]) && PublicPort !== undefined && Type === protocol,
  )
  if (!found) throw new DockerError(`no port ${args[1]}/${protocol} for container ${member.name}: ${portList(member.summary.Ports)}`)
  yield* out(process, `${found.IP}:${found.PublicPort}\n`)
  return 0
}

export const top: ComposeCommand = function* (context) {
  const project = yield* context.project()
  const rows: string[][] = []
  let titles: readonly string[] = []
  for (const { id, service, number } of (yield* members(context, project.name, context.args)).filter(({ state }) => state === 'running')) {
    const { Titles, Processes } = yield* context.engine.json<{ Titles: readonly string[]; Processes: readonly (readonly string[])[] }>(
      'GET',
      `/containers/${id}/top`,
    )
    titles = Titles
    for (const process of Processes) rows.push([service, String(number), ...process])
  }
  if (rows.length > 0)
    yield* out(
      context.process,
      aligned([['SERVICE', '#', ...titles], ...rows].map((row) => `${row.join('\t')}\n`).join(''), { minimum: 4, padding: 2 }),
    )
  return 0
}

export const volumes: ComposeCommand = function* (context) {
  const project = yield* context.project()
  const rows = Object.keys(project.volumes)
    .sort()
    .map((key) => volumeName(project, key))
  yield* out(
    context.process,
    context.flags.is('quiet')
      ? rows.map((name) => `${name}\n`).join('')
      : aligned(
          [['DRIVER', 'VOLUME NAME'], ...rows.map((name) => ['local', name])].map((row) => `${row.join('\t')}\n`).join(''),
          dockerStyle,
        ),
  )
  return 0
}
