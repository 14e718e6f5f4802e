/** `docker events` and `docker system df`. */
import { out } from '../../unix/kernel/process.ts'
import { goJson } from '../go-json.ts'
import { template } from '../go-template.ts'
import type { Command } from './command.ts'
import { eachLine, filters, query } from './engine.ts'
import { basicFunctions, humanAge, listed, type Row } from './listing.ts'
import { type ImageSummary, rowsOf } from './images.ts'
import { seconds } from './logs.ts'
import { type ContainerSummary, rowOf } from './ps.ts'
import { humanSize } from './sizes.ts'

interface Event {
  readonly Type: string
  readonly Action: string
  readonly Actor: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> }
  readonly timeNano: number
  readonly time: number
}

export const events: Command = function* ({ process, flags, engine }) {
  const moment = (name: string) => (flags.text(name) === '' ? undefined : seconds(flags.text(name), process.now()))
  const response = yield* engine.open('GET', `/events${query({ since: moment('since'), until: moment('until'), filters: filters(flags.list('filter')) })}`)
  const format = flags.text('format')
  const shown = format === '' ? undefined : format === 'json' || format === '{{json .}}' ? (event: Event) => goJson(event) : template(format, { name: '', functions: basicFunctions, integers: true })
  yield* eachLine<Event>(response, function* (event) {
    yield* out(process, `${shown === undefined ? line(event) : typeof shown === 'function' ? shown(event) : shown.execute(event)}\n`)
  })
  return 0
}

function line({ Type, Action, Actor, time, timeNano }: Event): string {
  const nanos = String(timeNano).slice(-9).padStart(9, '0')
  const attributes = Object.entries(Actor.Attributes ?? {}).map(([key, value]) => `${key}=${value}`).sort()
  return `${new Date(time * 1000).toISOString().slice(0, 19)}.${nanos}Z ${Type} ${Action} ${Actor.ID}${attributes.length > 0 ? ` (${attributes.join(', ')})` : ''}`
}

interface DiskUsage {
  readonly LayersSize?: number
  readonly Images: readonly ImageSummary[] | null
  readonly Containers: readonly ContainerSummary[] | null
  readonly Volumes: readonly { readonly Name: string; readonly UsageData?: { readonly Size: number; readonly RefCount: number } }[] | null
  readonly BuildCache: readonly { readonly ID: string; readonly Type: string; readonly Size: number; readonly InUse: boolean; readonly Shared: boolean; readonly CreatedAt: string; readonly LastUsedAt?: string | null; readonly UsageCount: number }[] | null
}

const headings = { Type: 'TYPE', TotalCount: 'TOTAL', Active: 'ACTIVE', Size: 'SIZE', Reclaimable: 'RECLAIMABLE' }

export const df: Command = function* ({ process, flags, engine }) {
  const usage = yield* engine.json<DiskUsage>('GET', '/system/df')
  if (flags.is('verbose') && flags.text('format') === '') {
    yield* out(process, verboseUsage(usage, process.now()))
    return 0
  }
  const { LayersSize = 0, Images, Containers, Volumes, BuildCache } = usage
  const images = Images ?? []
  const containers = Containers ?? []
  const volumes = Volumes ?? []
  const caches = BuildCache ?? []
  const isRunning = ({ State }: { State: string }) => /running|paused|restarting/.test(State)
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)
  const usedImages = sum(images.filter((image) => image.Containers > 0).map(({ Size, SharedSize }) => Size - Math.max(0, SharedSize)))
  const containerSize = sum(containers.map(({ SizeRw = 0 }) => SizeRw))
  const volumeSize = sum(volumes.map((volume) => Math.max(0, volume.UsageData?.Size ?? 0)))
  const share = (free: number, total: number) => (total > 0 ? `${humanSize(free, 4)} (${Math.floor((free * 100) / total)}%)` : humanSize(free, 4))
  const row = (Type: string, count: number, active: number, size: number, reclaimable: string) => ({ Active: String(active), Reclaimable: reclaimable, Size: humanSize(size, 4), TotalCount: String(count), Type })
  const cacheSize = sum(caches.filter(({ Shared }) => !Shared).map(({ Size }) => Size))
  const rows = [
    row('Images', images.length, images.filter((image) => image.Containers > 0).length, LayersSize, share(Math.max(0, LayersSize - usedImages), LayersSize)),
    row('Containers', containers.length, containers.filter(isRunning).length, containerSize, share(sum(containers.filter((one) => !isRunning(one)).map(({ SizeRw = 0 }) => SizeRw)), containerSize)),
    row('Local Volumes', volumes.length, volumes.filter((volume) => (volume.UsageData?.RefCount ?? 0) > 0).length, volumeSize, share(sum(volumes.filter((volume) => (volume.UsageData?.RefCount ?? 0) === 0).map((volume) => Math.max(0, volume.UsageData?.Size ?? 0))), volumeSize)),
    row('Build Cache', caches.length, caches.filter(({ InUse }) => InUse).length, cacheSize, humanSize(cacheSize, 4)),
  ]
  yield* out(process, listed({ rows, headings, columns: ['Type', 'TotalCount', 'Active', 'Size', 'Reclaimable'], format: flags.text('format') }))
  return 0
}

/** `docker system df -v`: four tables, each thing with its own size. */
function verboseUsage({ Images, Containers, Volumes, BuildCache }: DiskUsage, now: number): string {
  const table = (rows: readonly Row[], columns: readonly (readonly [string, string])[]) => listed({ rows, headings: Object.fromEntries(columns), columns: columns.map(([field]) => field), format: '' })
  const images = (Images ?? []).flatMap((image) => rowsOf(image, { now, isWhole: false, showsDigests: false }).map((row) => ({ ...row, SharedSize: humanSize(Math.max(0, image.SharedSize), 4), UniqueSize: humanSize(image.Size - Math.max(0, image.SharedSize), 4), Containers: String(image.Containers) })))
  const containers = (Containers ?? []).map((container) => ({ ...rowOf(container, now, false), Size: humanSize(container.SizeRw ?? 0) }))
  const volumes = (Volumes ?? []).map(({ Name, UsageData }) => ({ Name, Links: String(UsageData?.RefCount ?? 0), Size: humanSize(Math.max(0, UsageData?.Size ?? 0), 4) }))
  const ago = (text: string | null | undefined) => (text ? `${humanAge(now - Date.parse(text))} ago` : '')
  const caches = (BuildCache ?? []).map(({ ID, Type, Size, CreatedAt, LastUsedAt, UsageCount, Shared }) => ({ ID: ID.slice(0, 12), CacheType: Type, Size: humanSize(Size), CreatedSince: ago(CreatedAt), LastUsedSince: ago(LastUsedAt), UsageCount: String(UsageCount), Shared: String(Shared) }))
  const cacheSize = (BuildCache ?? []).filter(({ Shared }) => !Shared).reduce((sum, { Size }) => sum + Size, 0)
  return [
    `Images space usage:\n\n${table(images, [['Repository', 'REPOSITORY'], ['Tag', 'TAG'], ['ID', 'IMAGE ID'], ['CreatedSince', 'CREATED'], ['Size', 'SIZE'], ['SharedSize', 'SHARED SIZE'], ['UniqueSize', 'UNIQUE SIZE'], ['Containers', 'CONTAINERS']])}`,
    `Containers space usage:\n\n${table(containers, [['ID', 'CONTAINER ID'], ['Image', 'IMAGE'], ['Command', 'COMMAND'], ['LocalVolumes', 'LOCAL VOLUMES'], ['Size', 'SIZE'], ['RunningFor', 'CREATED'], ['Status', 'STATUS'], ['Names', 'NAMES']])}`,
    `Local Volumes space usage:\n\n${table(volumes, [['Name', 'VOLUME NAME'], ['Links', 'LINKS'], ['Size', 'SIZE']])}`,
    `Build cache usage: ${humanSize(cacheSize, 4)}\n\n${table(caches, [['ID', 'CACHE ID'], ['CacheType', 'CACHE TYPE'], ['Size', 'SIZE'], ['CreatedSince', 'CREATED'], ['LastUsedSince', 'LAST USED'], ['UsageCount', 'USAGE'], ['Shared', 'SHARED']])}`,
  ].join('\n')
}
