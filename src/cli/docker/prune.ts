/** Everything that clears up: asks first unless `-f`, and says what was removed and how much room that gave. */
import { type Blocking, out, type Process, readFrom } from '../../unix/kernel/process.ts'
import { textOf } from '../../base/bytes.ts'
import type { Flags } from '../flags.ts'
import type { Command } from './command.ts'
import { DockerError } from './docker-error.ts'
import { type Engine, filters, query } from './engine.ts'
import { humanSize } from '../../base/go-units.ts'

interface Pruned {
  readonly SpaceReclaimed?: number
  readonly ContainersDeleted?: readonly string[] | null
  readonly ImagesDeleted?: readonly { readonly Untagged?: string; readonly Deleted?: string }[] | null
  readonly NetworksDeleted?: readonly string[] | null
  readonly VolumesDeleted?: readonly string[] | null
  readonly CachesDeleted?: readonly string[] | null
}

/** Yes only for `y` and `yes`; the end of the input is a no. */
export function* confirmed(process: Process, question: string): Blocking<boolean> {
  yield* out(process, `${question} [y/N] `)
  const answer = textOf(yield* readFrom(process, 0))
    .split('\n')[0]
    .trim()
  return /^y(es)?$/i.test(answer)
}

/** The names that were removed, under their heading, then a blank line. */
function section(heading: string, names: readonly string[] | null | undefined): string {
  return names && names.length > 0 ? `${heading}:\n${names.join('\n')}\n\n` : ''
}

function imageLines(deleted: Pruned['ImagesDeleted']): string[] {
  return (deleted ?? []).map(({ Untagged, Deleted }) => (Deleted ? `deleted: ${Deleted}` : `untagged: ${Untagged}`))
}

function simple(
  path: string,
  warning: (flags: Flags) => string,
  text: (pruned: Pruned) => string,
  sizes = true,
  more: (flags: Flags) => Record<string, Record<string, boolean>> = () => ({}),
): Command {
  return function* ({ process, flags, engine }) {
    if (flags.knows('all') && flags.is('all'))
      for (const given of flags.list('filter'))
        if (given.startsWith('all=')) throw new DockerError(`conflicting options: cannot specify both --all and --filter ${given}`)
    if (!flags.is('force') && !(yield* confirmed(process, `WARNING! ${warning(flags)}\nAre you sure you want to continue?`))) return 0
    const pruned = yield* post(engine, path, flags.list('filter'), more(flags))
    yield* out(process, text(pruned) + (sizes ? `Total reclaimed space: ${humanSize(pruned.SpaceReclaimed ?? 0, 4)}\n` : ''))
    return 0
  }
}

function* post(
  engine: Engine,
  path: string,
  given: readonly string[],
  more: Record<string, Record<string, boolean>> = {},
): Blocking<Pruned> {
  const all = { ...(JSON.parse(filters(given) ?? '{}') as object), ...more }
  return yield* engine.json<Pruned>('POST', `${path}${query({ filters: Object.keys(all).length > 0 ? JSON.stringify(all) : undefined })}`)
}

export const containerPrune = simple(
  '/containers/prune',
  () => 'This will remove all stopped containers.',
  (pruned) => section('Deleted Containers', pruned.ContainersDeleted),
)
export const networkPrune = simple(
  '/networks/prune',
  () => 'This will remove all custom networks not used by at least one container.',
  (pruned) => section('Deleted Networks', pruned.NetworksDeleted),
  false,
)
export const volumePrune = simple(
  '/volumes/prune',
  (flags) =>
    flags.is('all')
      ? 'This will remove all local volumes not used by at least one container.'
      : 'This will remove anonymous local volumes not used by at least one container.',
  (pruned) => section('Deleted Volumes', pruned.VolumesDeleted),
  true,
  (flags): Record<string, Record<string, boolean>> => (flags.is('all') ? { all: { true: true } } : {}),
)
export const imagePrune = simple(
  '/images/prune',
  (flags) =>
    flags.is('all')
      ? 'This will remove all images without at least one container associated to them.'
      : 'This will remove all dangling images.',
  (pruned) => section('Deleted Images', imageLines(pruned.ImagesDeleted)),
  true,
  (flags) => ({ dangling: { [String(!flags.is('all'))]: true } }),
)
export const builderPrune: Command = function* ({ process, flags, engine }) {
  const what = flags.is('all') ? 'This will remove all build cache.' : 'This will remove all dangling build cache.'
  if (!flags.is('force') && !(yield* confirmed(process, `WARNING! ${what} Are you sure you want to continue?`))) return 0
  const { CachesDeleted, SpaceReclaimed = 0 } = yield* engine.json<Pruned>(
    'POST',
    `/build/prune${query({ all: flags.is('all'), filters: filters(flags.list('filter')) })}`,
  )
  yield* out(process, `${section('Deleted build cache objects', CachesDeleted)}Total reclaimed space: ${humanSize(SpaceReclaimed, 4)}\n`)
  return 0
}

export const systemPrune: Command = function* ({ process, flags, engine }) {
  const isAll = flags.is('all')
  const takesVolumes = flags.is('volumes')
  const what = [
    'all stopped containers',
    'all networks not used by at least one container',
    ...(takesVolumes ? ['all anonymous volumes not used by at least one container'] : []),
    isAll ? 'all images without at least one container associated to them' : 'all dangling images',
    isAll ? 'all build cache' : 'unused build cache',
  ]
  const limits = flags.list('filter').map((filter) => `  - ${filter}`)
  const extra =
    limits.length > 0 ? `\n  Items to be pruned will be filtered with:\n${limits.map((line) => line.replace('=', '=')).join('\n')}\n` : ''
  if (
    !flags.is('force') &&
    !(yield* confirmed(
      process,
      `WARNING! This will remove:\n${what.map((line) => `  - ${line}\n`).join('')}${extra}\nAre you sure you want to continue?`,
    ))
  )
    return 0
  const given = flags.list('filter')
  const containers = yield* post(engine, '/containers/prune', given)
  const networks = yield* post(engine, '/networks/prune', given)
  const volumes = takesVolumes ? yield* post(engine, '/volumes/prune', given) : {}
  const images = yield* post(engine, '/images/prune', given, { dangling: { [String(!isAll)]: true } })
  const caches = yield* engine.json<Pruned>('POST', `/build/prune${query({ all: isAll, filters: filters(given) })}`)
  const freed = [containers, volumes, images, caches].reduce((sum, { SpaceReclaimed = 0 }: Pruned) => sum + SpaceReclaimed, 0)
  yield* out(
    process,
    section('Deleted Containers', containers.ContainersDeleted) +
      section('Deleted Networks', networks.NetworksDeleted) +
      section('Deleted Volumes', (volumes as Pruned).VolumesDeleted) +
      section('Deleted Images', imageLines(images.ImagesDeleted)) +
      section('Deleted build cache objects', caches.CachesDeleted) +
      `Total reclaimed space: ${humanSize(freed, 4)}\n`,
  )
  return 0
}
