/** `docker ps`: containers, newest first as the daemon lists them. */
import { out } from '../../unix/kernel/process.ts'
import { type Command } from './command.ts'
import { filters, query } from './engine.ts'
import { ellipsis, listed, type Row } from './listing.ts'
import { readConfig } from './login.ts'
import { humanAge, humanSize } from '../../base/go-units.ts'

export interface ContainerSummary {
  readonly Id: string
  readonly Names: readonly string[]
  readonly Image: string
  readonly ImageID: string
  readonly Command: string
  readonly Created: number
  readonly Ports: readonly PortSummary[]
  readonly SizeRw?: number
  readonly SizeRootFs?: number
  readonly Labels: Readonly<Record<string, string>>
  readonly State: string
  readonly Status: string
  readonly Mounts?: readonly { readonly Type: string; readonly Name?: string; readonly Source: string; readonly Destination: string }[]
  readonly NetworkSettings?: { readonly Networks: Readonly<Record<string, unknown>> }
}

interface PortSummary {
  readonly IP?: string
  readonly PrivatePort: number
  readonly PublicPort?: number
  readonly Type: string
}

const headings = {
  ID: 'CONTAINER ID',
  Image: 'IMAGE',
  Command: 'COMMAND',
  CreatedAt: 'CREATED AT',
  RunningFor: 'CREATED',
  Ports: 'PORTS',
  State: 'STATE',
  Status: 'STATUS',
  Size: 'SIZE',
  Names: 'NAMES',
  Labels: 'LABELS',
  Mounts: 'MOUNTS',
  LocalVolumes: 'LOCAL VOLUMES',
  Networks: 'NETWORKS',
  Platform: 'PLATFORM',
}

export const ps: Command = function* ({ process, flags, engine }) {
  const last = flags.is('latest') ? 1 : flags.number('last')
  const format = flags.text('format') || String(readConfig(process).psFormat ?? '')
  const showsSize = flags.is('size') || /\.Size\b|\{\{\s*json \.\s*\}\}/.test(format)
  const containers = yield* engine.json<readonly ContainerSummary[]>(
    'GET',
    `/containers/json${query({ all: flags.is('all') || last > 0, limit: last > 0 ? last : undefined, size: showsSize, filters: filters(flags.list('filter')) })}`,
  )
  const isWhole = flags.is('no-trunc')
  const columns = ['ID', 'Image', 'Command', 'RunningFor', 'Status', 'Ports', 'Names', ...(flags.is('size') ? ['Size'] : [])]
  const rows = containers.map((container) => rowOf(container, process.now(), isWhole))
  yield* out(
    process,
    listed({
      rows,
      headings,
      columns,
      format: format === 'raw' ? rawFormat : format,
      quiet: flags.is('quiet') ? 'ID' : undefined,
      type: 'formatter.ContainerContext',
      complaints: { parsing: 'failed to parse template', executing: 'failed to execute template' },
    }),
  )
  return 0
}

const rawFormat =
  'container_id: {{.ID}}\nimage: {{.Image}}\ncommand: {{.Command}}\ncreated_at: {{.CreatedAt}}\nstate: {{.State}}\nstatus: {{.Status}}\nnames: {{.Names}}\nlabels: {{.Labels}}\nports: {{.Ports}}\n'

export function rowOf(container: ContainerSummary, now: number, isWhole: boolean): Row {
  const command = `"${container.Command}"`
  const mounts = (container.Mounts ?? []).map(({ Name, Source }) => Name || Source)
  return {
    Command: isWhole ? command : `"${ellipsis(container.Command, 20)}"`,
    CreatedAt: localTime(container.Created * 1000),
    ID: isWhole ? container.Id : container.Id.slice(0, 12),
    Image: imageName(container, isWhole),
    Labels: Object.entries(container.Labels ?? {})
      .map(([key, value]) => `${key}=${value}`)
      .join(','),
    LocalVolumes: String((container.Mounts ?? []).filter((mount) => mount.Name).length),
    Mounts: mounts.map((name) => (isWhole ? name : ellipsis(name, 15))).join(','),
    Names: names(container, isWhole),
    Networks: Object.keys(container.NetworkSettings?.Networks ?? {}).join(','),
    Platform: null,
    Ports: portList(container.Ports),
    RunningFor: `${humanAge(now - container.Created * 1000)} ago`,
    Size: sizeText(container),
    State: container.State,
    Status: container.Status,
  }
}

function imageName({ Image, ImageID }: ContainerSummary, isWhole: boolean): string {
  if (Image === '') return '<no image>'
  if (isWhole) return Image
  if (Image === ImageID || Image.startsWith('sha256:')) return Image.replace('sha256:', '').slice(0, 12)
  // A tag says enough: the digest beside it is left out.
  return /:[\w.-]+@sha256:/.test(Image) ? Image.replace(/@sha256:.*/, '') : Image
}

/** Names of links (`/web/db`) are shown only in full. */
function names({ Names }: ContainerSummary, isWhole: boolean): string {
  const plain = Names.map((name) => name.replace(/^\//, ''))
  return (isWhole ? plain : plain.filter((name) => !name.includes('/'))).join(',')
}

function sizeText({ SizeRw = 0, SizeRootFs = 0 }: ContainerSummary): string {
  const own = humanSize(SizeRw)
  return SizeRootFs > 0 ? `${own} (virtual ${humanSize(SizeRootFs)})` : own
}

/** `2026-11-20 22:35:49 +0000 UTC`. */
export function localTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} +0000 UTC`
}

/** Neighbouring ports that run in step become a range: `0.0.0.0:9000-9002->9000-9002/tcp`. */
export function portList(ports: readonly PortSummary[] = []): string {
  const sorted = [...ports].sort(
    (a, b) =>
      a.PrivatePort - b.PrivatePort ||
      compared(a.IP ?? '', b.IP ?? '') ||
      (a.PublicPort ?? 0) - (b.PublicPort ?? 0) ||
      compared(a.Type, b.Type),
  )
  const groups = new Map<string, { first: number; last: number; shift: number | undefined }>()
  const finished: string[] = []
  const mappings: string[] = []
  for (const { IP, PrivatePort, PublicPort, Type } of sorted) {
    const ip = IP === undefined ? '' : IP.includes(':') ? `[${IP}]` : IP
    if (PublicPort !== undefined && PublicPort !== PrivatePort) {
      mappings.push(`${ip}:${PublicPort}->${PrivatePort}/${Type}`)
      continue
    }
    const key = IP === undefined ? Type : `${ip}/${Type}`
    const group = groups.get(key)
    if (!group) groups.set(key, { first: PrivatePort, last: PrivatePort, shift: undefined })
    else if (PrivatePort === group.last + 1) group.last = PrivatePort
    else {
      finished.push(groupText(key, group.first, group.last))
      groups.set(key, { first: PrivatePort, last: PrivatePort, shift: undefined })
    }
  }
  for (const [key, { first, last }] of groups) finished.push(groupText(key, first, last))
  return [...finished, ...mappings].join(', ')
}

function groupText(key: string, first: number, last: number): string {
  const slash = key.lastIndexOf('/')
  const range = first === last ? String(first) : `${first}-${last}`
  return slash < 0 ? `${range}/${key}` : `${key.slice(0, slash)}:${range}->${range}/${key.slice(slash + 1)}`
}

function compared(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
