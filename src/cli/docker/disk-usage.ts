/** `docker system df`: the sum of each sort of thing, and with `-v` each thing with its own size. */
import { out } from '../../unix/kernel/process.ts'
import { goJson } from '../go-json.ts'
import { template } from '../go-template/template.ts'
import { TemplateError } from '../go-template/options.ts'
import type { Command } from './command.ts'
import { DockerError } from './docker-error.ts'
import { address } from './go-struct.ts'
import { basicFunctions, listed, type Row } from './listing.ts'
import { rowsOf } from './images.ts'
import type { ImageSummary } from './image-summary.ts'
import { type ContainerSummary, rowOf } from './ps.ts'
import { humanAge, humanSize } from '../../base/go-units.ts'

interface Cache {
  readonly ID: string
  readonly Type: string
  readonly Parents?: readonly string[]
  readonly Size: number
  readonly InUse: boolean
  readonly Shared: boolean
  readonly Description: string
  readonly CreatedAt: string
  readonly LastUsedAt?: string | null
  readonly UsageCount: number
}

interface Volume {
  readonly Name: string
  readonly Driver: string
  readonly Mountpoint: string
  readonly Scope: string
  readonly Labels?: Readonly<Record<string, string>> | null
  readonly UsageData?: { readonly Size: number; readonly RefCount: number }
}

interface DiskUsage {
  readonly LayersSize?: number
  readonly Images: readonly ImageSummary[] | null
  readonly Containers: readonly ContainerSummary[] | null
  readonly Volumes: readonly Volume[] | null
  readonly BuildCache: readonly Cache[] | null
}

const headings = { Type: 'TYPE', TotalCount: 'TOTAL', Active: 'ACTIVE', Size: 'SIZE', Reclaimable: 'RECLAIMABLE' }
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)

export const df: Command = function* ({ process, flags, engine }) {
  const usage = yield* engine.json<DiskUsage>('GET', '/system/df')
  const format = flags.text('format')
  const text = !flags.is('verbose')
    ? summary(usage, format)
    : format === ''
      ? tables(usage, process.now())
      : detailed(usage, process.now(), format)
  yield* out(process, text)
  return 0
}

function summary({ LayersSize = 0, Images, Containers, Volumes, BuildCache }: DiskUsage, format: string): string {
  const images = Images ?? []
  const containers = Containers ?? []
  const volumes = Volumes ?? []
  const caches = BuildCache ?? []
  const isRunning = ({ State }: { State: string }) => /running|paused|restarting/.test(State)
  const isUsed = ({ UsageData }: Volume) => (UsageData?.RefCount ?? 0) > 0
  const sizeOf = ({ UsageData }: Volume) => Math.max(0, UsageData?.Size ?? 0)
  const usedImages = sum(images.filter((image) => image.Containers > 0).map(({ Size, SharedSize }) => Size - Math.max(0, SharedSize)))
  const containerSize = sum(containers.map(({ SizeRw = 0 }) => SizeRw))
  const volumeSize = sum(volumes.map(sizeOf))
  const cacheSize = sum(caches.filter(({ Shared }) => !Shared).map(({ Size }) => Size))
  const share = (free: number, total: number) =>
    total > 0 ? `${humanSize(free, 4)} (${Math.floor((free * 100) / total)}%)` : humanSize(free, 4)
  const row = (Type: string, count: number, active: number, size: number, reclaimable: string) => ({
    Active: String(active),
    Reclaimable: reclaimable,
    Size: humanSize(size, 4),
    TotalCount: String(count),
    Type,
  })
  const rows = [
    row(
      'Images',
      images.length,
      images.filter((image) => image.Containers > 0).length,
      LayersSize,
      share(Math.max(0, LayersSize - usedImages), LayersSize),
    ),
    row(
      'Containers',
      containers.length,
      containers.filter(isRunning).length,
      containerSize,
      share(sum(containers.filter((one) => !isRunning(one)).map(({ SizeRw = 0 }) => SizeRw)), containerSize),
    ),
    row(
      'Local Volumes',
      volumes.length,
      volumes.filter(isUsed).length,
      volumeSize,
      share(sum(volumes.filter((volume) => !isUsed(volume)).map(sizeOf)), volumeSize),
    ),
    row('Build Cache', caches.length, caches.filter(({ InUse }) => InUse).length, cacheSize, humanSize(cacheSize, 4)),
  ]
  return listed({
    rows,
    headings,
    columns: ['Type', 'TotalCount', 'Active', 'Size', 'Reclaimable'],
    format,
    type: 'formatter.diskUsageImagesContext',
  })
}

/** Every field of every thing; `isWhole` shows ids and commands in full. */
function rows({ Images, Containers, Volumes, BuildCache }: DiskUsage, now: number, isWhole: boolean) {
  const ago = (text: string | null | undefined) => (text ? `${humanAge(now - Date.parse(text))} ago` : '')
  return {
    Images: (Images ?? []).map((image) => {
      const row = rowsOf(image, { now, isWhole, showsDigests: false })[0]
      return {
        ...row,
        Digest: '',
        SharedSize: humanSize(Math.max(0, image.SharedSize), 4),
        UniqueSize: humanSize(image.Size - Math.max(0, image.SharedSize), 4),
        Containers: String(image.Containers),
      }
    }),
    Containers: (Containers ?? []).map((container) => ({ ...rowOf(container, now, isWhole), Size: humanSize(container.SizeRw ?? 0) })),
    Volumes: (Volumes ?? []).map(({ Name, Driver, Mountpoint, Scope, Labels, UsageData }) => ({
      Availability: 'N/A',
      Driver,
      Group: 'N/A',
      Labels: Object.entries(Labels ?? {})
        .map(([key, value]) => `${key}=${value}`)
        .join(','),
      Links: String(UsageData?.RefCount ?? 0),
      Mountpoint,
      Name,
      Scope,
      Size: humanSize(Math.max(0, UsageData?.Size ?? 0)),
      Status: 'N/A',
    })),
    BuildCache: (BuildCache ?? []).map(({ ID, Type, Parents, Size, CreatedAt, LastUsedAt, UsageCount, Shared, InUse, Description }) => ({
      CacheType: Type,
      CreatedAt,
      CreatedSince: ago(CreatedAt),
      Description,
      ID: isWhole ? ID : ID.slice(0, 12),
      InUse: String(InUse),
      LastUsedAt: LastUsedAt ?? '',
      LastUsedSince: ago(LastUsedAt),
      Parent: (Parents ?? []).join(','),
      Shared: String(Shared),
      Size: humanSize(Size),
      UsageCount: String(UsageCount),
    })),
  }
}

function detailed(usage: DiskUsage, now: number, format: string): string {
  const data = rows(usage, now, true)
  if (format === 'json' || format === '{{json .}}')
    return `{${Object.entries(data)
      .map(([name, all]) => `"${name}":${goJson(all, { sorted: true })}`)
      .join(',')}}`
  // The rows are pointers: printed whole, their addresses are shown.
  const show = (value: unknown) => (Array.isArray(value) ? `[${value.map((_, index) => address(`row ${index}`)).join(' ')}]` : undefined)
  try {
    const missing = (owner: object, key: string): never => {
      throw new TemplateError(
        `template: :1:${Math.max(0, format.indexOf(`.${key}`))}: executing "" at <.${key}>: can't evaluate field ${key} in type *formatter.${owner === data ? 'diskUsageContext' : 'Context'}`,
      )
    }
    return template(format.replace(/\\t/g, '\t').replace(/\\n/g, '\n'), {
      name: '',
      functions: basicFunctions,
      integers: true,
      missing,
      show,
    }).execute(data)
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    throw new DockerError(error.message.includes('executing') ? error.message : `template parsing error: ${error.message}`)
  }
}

function tables(usage: DiskUsage, now: number): string {
  const { Images, Containers, Volumes, BuildCache } = rows(usage, now, false)
  const table = (all: readonly Row[], columns: readonly (readonly [string, string])[]) =>
    listed({ rows: all, headings: Object.fromEntries(columns), columns: columns.map(([field]) => field), format: '' })
  const cacheSize = sum((usage.BuildCache ?? []).filter(({ Shared }) => !Shared).map(({ Size }) => Size))
  return [
    `Images space usage:\n\n${table(Images, [
      ['Repository', 'REPOSITORY'],
      ['Tag', 'TAG'],
      ['ID', 'IMAGE ID'],
      ['CreatedSince', 'CREATED'],
      ['Size', 'SIZE'],
      ['SharedSize', 'SHARED SIZE'],
      ['UniqueSize', 'UNIQUE SIZE'],
      ['Containers', 'CONTAINERS'],
    ])}`,
    `Containers space usage:\n\n${table(Containers, [
      ['ID', 'CONTAINER ID'],
      ['Image', 'IMAGE'],
      ['Command', 'COMMAND'],
      ['LocalVolumes', 'LOCAL VOLUMES'],
      ['Size', 'SIZE'],
      ['RunningFor', 'CREATED'],
      ['Status', 'STATUS'],
      ['Names', 'NAMES'],
    ])}`,
    `Local Volumes space usage:\n\n${table(Volumes, [
      ['Name', 'VOLUME NAME'],
      ['Links', 'LINKS'],
      ['Size', 'SIZE'],
    ])}`,
    `Build cache usage: ${humanSize(cacheSize, 4)}\n\n${table(BuildCache, [
      ['ID', 'CACHE ID'],
      ['CacheType', 'CACHE TYPE'],
      ['Size', 'SIZE'],
      ['CreatedSince', 'CREATED'],
      ['LastUsedSince', 'LAST USED'],
      ['UsageCount', 'USAGE'],
      ['Shared', 'SHARED'],
    ])}`,
  ].join('\n')
}
