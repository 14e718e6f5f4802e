/** `docker buildx` beside build: builder instances and the cache. The daemon's own builder, `default`, is the one that can build here. */
import { err, out } from '../../unix/kernel/process.ts'
import { currentBuilder, choose, type Instance, instanceNamed, instances, removeInstance, saveInstance } from './builders.ts'
import type { Command } from './command.ts'
import { DockerError } from './docker-error.ts'
import { filters, query } from './engine.ts'
import { listed } from './listing.ts'
import { confirmed } from './prune.ts'
import { bytesOfSize, humanAge, humanSize } from '../../base/go-units.ts'
import type { Engine } from './engine.ts'
import type { Blocking } from '../../unix/kernel/process.ts'

const platforms = ['linux/amd64', 'linux/amd64/v2', 'linux/amd64/v3', 'linux/amd64/v4', 'linux/386']
const shownPlatforms = 'linux/amd64 (+4), linux/386'
const buildKitVersion = 'v0.0.0+unknown'

export const buildxVersion: Command = function* ({ process }) {
  yield* out(process, 'github.com/docker/buildx 0.29.1+ds1 0.29.1+ds1-4\n')
  return 0
}

export const buildxList: Command = function* ({ process, flags, engine }) {
  yield* engine.ping()
  const { name: current } = currentBuilder(process, flags.text('builder'))
  const marked = (name: string) => (name === current ? `${name}*` : name)
  const own = instances(process).flatMap(({ Name, Driver, Nodes }) => [
    { Name: marked(Name), DriverEndpoint: Driver, Status: '', Buildkit: '', Platforms: '' },
    ...Nodes.map((node) => ({
      Name: ` \\_ ${node.Name}`,
      DriverEndpoint: ` \\_ ${node.Endpoint}`,
      Status: 'inactive',
      Buildkit: '',
      Platforms: '',
    })),
  ])
  const rows = [
    ...own,
    { Name: marked('default'), DriverEndpoint: 'docker', Status: '', Buildkit: '', Platforms: '' },
    { Name: ' \\_ default', DriverEndpoint: ' \\_ default', Status: 'running', Buildkit: buildKitVersion, Platforms: shownPlatforms },
  ]
  const format = flags.text('format')
  yield* out(
    process,
    listed({
      rows,
      headings: { Name: 'NAME/NODE', DriverEndpoint: 'DRIVER/ENDPOINT', Status: 'STATUS', Buildkit: 'BUILDKIT', Platforms: 'PLATFORMS' },
      columns: ['Name', 'DriverEndpoint', 'Status', 'Buildkit', 'Platforms'],
      format: format === 'table' ? '' : format,
    }),
  )
  return 0
}

export const buildxCreate: Command = function* ({ process, flags, args, engine }) {
  const driver = flags.text('driver') || 'docker-container'
  if (driver === 'docker')
    throw new DockerError('ERROR: failed to create builder: additional instances of driver "docker" cannot be created')
  if (!['docker-container', 'kubernetes', 'remote'].includes(driver))
    throw new DockerError(`ERROR: failed to find driver ${JSON.stringify(driver)}`)
  if (flags.is('leave') && flags.text('name') === '') throw new DockerError('ERROR: leave requires instance name')
  if (flags.is('append') && flags.text('name') === '') throw new DockerError('ERROR: append requires a builder name')
  const name = flags.text('name') || `builder${instances(process).length}`
  if (name === 'default') throw new DockerError('ERROR: default is a reserved name and cannot be used to identify builder instance')
  if (!/^[a-zA-Z][a-zA-Z0-9_.-]*$/.test(name))
    throw new DockerError(`ERROR: invalid value ${JSON.stringify(name)}: name must match regex ^[a-zA-Z][a-zA-Z0-9\\._\\-]*$`)
  const before = instanceNamed(process, name)
  if (before && !flags.is('append') && !flags.is('leave'))
    throw new DockerError(
      `ERROR: existing instance for ${JSON.stringify(name)} but no append mode, specify the node name to make changes for existing instances`,
    )
  if (flags.is('bootstrap')) throw new DockerError(`ERROR: booting a builder of driver ${driver} is not simulated in this sandbox`)
  const nodes = before?.Nodes ?? []
  const node = {
    Name: flags.text('node') || `${name}${nodes.length}`,
    Endpoint: args[0] ?? (driver === 'kubernetes' ? 'kubernetes:///' : engine.host),
    Platforms: flags.list('platform'),
    DriverOpts: Object.fromEntries(flags.list('driver-opt').map((one) => [one.split('=')[0], one.slice(one.indexOf('=') + 1)])),
    Flags: flags.text('buildkitd-flags') === '' ? ['--allow-insecure-entitlement=network.host'] : flags.text('buildkitd-flags').split(' '),
  }
  const instance: Instance = {
    Name: name,
    Driver: driver,
    Nodes: flags.is('leave') ? nodes.filter((other) => other.Name !== flags.text('node')) : [...nodes, node],
  }
  saveInstance(process, instance)
  if (flags.is('use')) choose(process, name)
  yield* out(process, `${name}\n`)
  return 0
}

export const buildxRemove: Command = function* ({ process, flags, args }) {
  const names = flags.is('all-inactive')
    ? instances(process).map(({ Name }) => Name)
    : args.length > 0
      ? args
      : [currentBuilder(process, flags.text('builder')).name]
  if (
    flags.is('all-inactive') &&
    !flags.is('force') &&
    !(yield* confirmed(process, 'WARNING! This will remove all builders that are not in running state. Are you sure you want to continue?'))
  )
    return 0
  for (const name of names) {
    if (name === 'default')
      throw new DockerError('ERROR: context builder cannot be removed, run `docker context rm default` to remove this context')
    if (!instanceNamed(process, name)) throw new DockerError(`ERROR: no builder ${JSON.stringify(name)} found`)
    removeInstance(process, name)
    yield* err(process, `${name} removed\n`)
  }
  return 0
}

export const buildxStop: Command = function* ({ process, flags, args }) {
  currentBuilder(process, args[0] ?? flags.text('builder'))
  return 0
}

export const buildxUse: Command = function* ({ process, args }) {
  if (args[0] !== 'default' && !instanceNamed(process, args[0]))
    throw new DockerError(`ERROR: failed to find instance ${JSON.stringify(args[0])}: no builder ${JSON.stringify(args[0])} found`)
  choose(process, args[0])
  return 0
}

/** Lines of `name: value`, the values in one column. */
function pairs(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length)) + 1
  return rows.map(([name, value]) => `${name.padEnd(width)}${value}\n`).join('')
}

export const buildxInspect: Command = function* ({ process, flags, args, engine }) {
  const { name, driver } = currentBuilder(process, args[0] ?? flags.text('builder'))
  const instance = instanceNamed(process, name)
  if (instance) {
    if (flags.is('bootstrap')) throw new DockerError(`ERROR: booting a builder of driver ${driver} is not simulated in this sandbox`)
    yield* out(
      process,
      `${pairs([
        ['Name:', name],
        ['Driver:', driver],
      ])}\nNodes:\n${instance.Nodes.map((node) => pairs([['Name:', node.Name], ['Endpoint:', node.Endpoint], ['Status:', 'inactive'], ...(node.Flags.length > 0 ? [['BuildKit daemon flags:', node.Flags.join(' ')] as const] : []), ...(node.Platforms.length > 0 ? [['Platforms:', node.Platforms.map((platform) => `${platform}*`).join(', ')] as const] : [])])).join('\n')}`,
    )
    return 0
  }
  yield* engine.ping()
  const rules: readonly (readonly [string, string])[][] = [
    [
      ['All:', 'false'],
      ['Filters:', 'type==source.local,type==exec.cachemount,type==source.git.checkout'],
      ['Keep Duration:', '48h0m0s'],
      ['Max Used Space:', '2.764GiB'],
    ],
    [
      ['All:', 'false'],
      ['Keep Duration:', '1440h0m0s'],
      ['Reserved Space:', '5.588GiB'],
      ['Max Used Space:', '46.57GiB'],
      ['Min Free Space:', '11.18GiB'],
    ],
    [
      ['All:', 'false'],
      ['Reserved Space:', '5.588GiB'],
      ['Max Used Space:', '46.57GiB'],
      ['Min Free Space:', '11.18GiB'],
    ],
    [
      ['All:', 'true'],
      ['Reserved Space:', '5.588GiB'],
      ['Max Used Space:', '46.57GiB'],
      ['Min Free Space:', '11.18GiB'],
    ],
  ]
  const node = pairs([
    ['Name:', name],
    ['Endpoint:', name],
    ['Status:', 'running'],
    ['BuildKit version:', buildKitVersion],
    ['Platforms:', platforms.join(', ')],
  ])
  const policies = rules
    .map((rule, index) => `GC Policy rule#${index}:\n${pairs(rule.map(([key, value]) => [` ${key}`, value] as const))}`)
    .join('')
  yield* out(
    process,
    `${pairs([
      ['Name:', name],
      ['Driver:', driver],
    ])}\nNodes:\n${node}Labels:\n org.mobyproject.buildkit.worker.moby.host-gateway-ip: 172.17.0.1\n${policies}`,
  )
  return 0
}

interface CacheRow {
  readonly ID: string
  readonly Type: string
  readonly Description: string
  readonly InUse: boolean
  readonly Shared: boolean
  readonly Size: number
  readonly CreatedAt: string
  readonly LastUsedAt: string
  readonly UsageCount: number
}

function* cacheRows(engine: Engine): Blocking<readonly CacheRow[]> {
  const { BuildCache } = yield* engine.json<{ BuildCache: readonly CacheRow[] | null }>('GET', '/system/df?type=build-cache')
  return BuildCache ?? []
}

/** Context folders and cache mounts stay writable; the results of steps do not. */
const isMutable = ({ Type }: CacheRow): boolean => Type !== 'regular'
const shownId = (row: CacheRow): string => `${row.ID}${isMutable(row) ? '*' : ''}`
const ago = (time: string, now: number): string => `${humanAge(now - Date.parse(time))} ago`

function verbose(row: CacheRow, now: number): string {
  const rows = [
    ['ID', row.ID],
    [
      'Created at',
      new Date(row.CreatedAt)
        .toISOString()
        .replace('T', ' ')
        .replace(/\.?0*Z$/, ' +0000 UTC'),
    ],
    ['Mutable', String(isMutable(row))],
    ['Reclaimable', String(!row.InUse)],
    ['Shared', String(row.Shared)],
    ['Size', humanSize(row.Size, 4)],
    ['Description', row.Description],
    ['Usage count', String(row.UsageCount)],
    ['Last used', ago(row.LastUsedAt, now)],
    ['Type', row.Type],
  ]
  return `${rows.map(([name, value]) => `${`${name}:`.padEnd(16)}${value}\n`).join('')}\n`
}

export const buildxDiskUsage: Command = function* ({ process, flags, engine }) {
  const { name } = currentBuilder(process, flags.text('builder'))
  if (name !== 'default')
    throw new DockerError(`ERROR: the builder ${JSON.stringify(name)} does not run: only the daemon's own is simulated in this sandbox`)
  const rows = yield* cacheRows(engine)
  const now = process.now()
  const format = flags.text('format')
  const shown = rows.map((row) => ({
    ID: shownId(row),
    Reclaimable: String(!row.InUse),
    Size: humanSize(row.Size, 4),
    LastUsedAt: ago(row.LastUsedAt, now),
    Type: row.Type,
    Description: row.Description,
    Shared: String(row.Shared),
    Mutable: String(isMutable(row)),
    CreatedAt: row.CreatedAt,
    UsageCount: String(row.UsageCount),
  }))
  const sum = (some: readonly CacheRow[]) => some.reduce((total, { Size }) => total + Size, 0)
  if (flags.is('verbose')) yield* out(process, rows.map((row) => verbose(row, now)).join(''))
  else
    yield* out(
      process,
      listed({
        rows: shown,
        headings: {
          ID: 'ID',
          Reclaimable: 'RECLAIMABLE',
          Size: 'SIZE',
          LastUsedAt: 'LAST ACCESSED',
          Type: 'TYPE',
          Description: 'DESCRIPTION',
          Shared: 'SHARED',
          Mutable: 'MUTABLE',
          CreatedAt: 'CREATED AT',
          UsageCount: 'USAGE',
        },
        columns: ['ID', 'Reclaimable', 'Size', 'LastUsedAt'],
        format: format === 'table' ? '' : format,
      }),
    )
  if (format !== '' && !format.startsWith('table')) return 0
  const shared = sum(rows.filter((row) => row.Shared))
  const total = sum(rows)
  yield* out(
    process,
    `${shared > 0 ? `Shared:\t\t${humanSize(shared, 4)}\nPrivate:\t${humanSize(total - shared, 4)}\n` : ''}Reclaimable:\t${humanSize(sum(rows.filter((row) => !row.InUse)), 4)}\nTotal:\t\t${humanSize(total, 4)}\n`,
  )
  return 0
}

/** Rows come as the builder gives things up: the first with the heading in one table, each of the others by itself. */
export const buildxPrune: Command = function* ({ process, flags, engine }) {
  const what = flags.is('all') ? 'all build cache' : 'all dangling build cache'
  if (!flags.is('force') && !(yield* confirmed(process, `WARNING! This will remove ${what}. Are you sure you want to continue?`))) return 0
  for (const limit of ['max-used-space', 'reserved-space', 'min-free-space', 'keep-storage'])
    if (flags.knows(limit) && flags.text(limit) !== '' && bytesOfSize(flags.text(limit)) === undefined)
      throw new DockerError(`ERROR: invalid size ${flags.text(limit)}`)
  const before = new Map((yield* cacheRows(engine)).map((row) => [row.ID, row]))
  const { CachesDeleted, SpaceReclaimed = 0 } = yield* engine.json<{ CachesDeleted: readonly string[] | null; SpaceReclaimed?: number }>(
    'POST',
    `/build/prune${query({ all: flags.is('all'), filters: filters(flags.list('filter')) })}`,
  )
  const gone = (CachesDeleted ?? []).flatMap((id) => before.get(id) ?? [])
  const now = process.now()
  if (flags.is('verbose')) yield* out(process, gone.map((row) => verbose(row, now)).join(''))
  else {
    const row = (one: CacheRow, index: number) =>
      `${shownId(one).padEnd(40)}\ttrue ${index === 0 ? '\t\t' : '\t'}${humanSize(one.Size, 4).padEnd(10)}\t${ago(one.LastUsedAt, now)}\n`
    yield* out(process, `${gone.length > 0 ? 'ID\t\t\t\t\t\tRECLAIMABLE\tSIZE\t\tLAST ACCESSED\n' : ''}${gone.map(row).join('')}`)
  }
  yield* out(process, `Total:\t${humanSize(SpaceReclaimed, 4)}\n`)
  return 0
}
