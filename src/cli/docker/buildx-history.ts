/** `docker buildx history`: the builds this daemon was asked for, newest first. A build is named by its id, or `^1` for the one before the last. */
import { out } from '../../unix/kernel/process.ts'
import type { Blocking } from '../../unix/kernel/process.ts'
import type { BuildMessage } from './build-graph.ts'
import { replayed } from './buildkit.ts'
import type { Command } from './command.ts'
import { DockerError } from './docker-error.ts'
import type { Engine } from './engine.ts'
import { humanAge } from '../../base/go-units.ts'
import { listed } from './listing.ts'

interface BuildRecord {
  readonly ref: string
  readonly name: string
  readonly status: string
  readonly created: string
  readonly completed: string | undefined
  readonly totalSteps: number
  readonly cachedSteps: number
  readonly completedSteps: number
  readonly target: string
  readonly platform: string
  readonly error: string | undefined
  readonly log: readonly BuildMessage[]
}

function records(engine: Engine): Blocking<readonly BuildRecord[]> {
  return engine.json<readonly BuildRecord[]>('GET', '/build/records')
}

const secondsOf = ({ created, completed }: BuildRecord, now: number): number =>
  ((completed === undefined ? now : Date.parse(completed)) - Date.parse(created)) / 1000

/** `0.4s`, `1m 5s`. */
function durationText(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)}s`
  return `${Math.floor(seconds / 60)}m ${String(Math.floor(seconds % 60)).padStart(2)}s`
}

function* recordOf(engine: Engine, reference: string | undefined): Blocking<BuildRecord> {
  const all = yield* records(engine)
  if (reference === undefined || /^\^\d*$/.test(reference)) {
    const found = all[reference === undefined ? 0 : Number(reference.slice(1) || 1)]
    if (!found) throw new DockerError('ERROR: no records found')
    return found
  }
  const id = reference.replace(/^.*\//, '')
  const found = all.find(({ ref }) => ref === id || (id.length > 3 && ref.startsWith(id)))
  if (!found) throw new DockerError(`ERROR: no record found for ref ${JSON.stringify(reference)}`)
  return found
}

export const historyList: Command = function* ({ process, flags, engine }) {
  const wanted = flags.list('filter').flatMap((one) => /^status=(.*)$/.exec(one)?.[1] ?? [])
  const now = process.now()
  const rows = (yield* records(engine))
    .filter(({ status }) => wanted.length === 0 || wanted.includes(status.toLowerCase()))
    .map((record) => ({
      Ref: record.ref,
      Name: record.name,
      Status: record.status,
      CreatedAt: `${humanAge(now - Date.parse(record.created))} ago`,
      Duration: durationText(secondsOf(record, now)),
    }))
  const format = flags.text('format')
  yield* out(
    process,
    listed({
      rows,
      headings: { Ref: 'BUILD ID', Name: 'NAME', Status: 'STATUS', CreatedAt: 'CREATED AT', Duration: 'DURATION' },
      columns: ['Ref', 'Name', 'Status', 'CreatedAt', 'Duration'],
      format: format === 'table' ? '' : format,
    }),
  )
  return 0
}

export const historyInspect: Command = function* ({ process, args, engine }) {
  const record = yield* recordOf(engine, args[0])
  const share = record.totalSteps > 0 ? Math.round((record.cachedSteps / record.totalSteps) * 100) : 0
  const [name, target] = [record.name.replace(/ \(.*\)$/, ''), record.target]
  const head = [
    ['Name:', record.name],
    ['Context:', name === '' ? '-' : name],
    ['Dockerfile:', 'Dockerfile'],
    ...(target === '' ? [] : [['Target:', target]]),
    ['Platforms:', record.platform],
  ]
  const times = [
    ['Started:', new Date(record.created).toISOString().slice(0, 19).replace('T', ' ')],
    ['Duration:', durationText(secondsOf(record, process.now()))],
    ...(record.status === 'Completed' ? [] : [['Error:', record.error ?? record.status]]),
    ['Build Steps:', `${record.completedSteps}/${record.totalSteps}${share > 0 ? ` (${share}% cached)` : ''}`],
  ]
  const lines = (rows: readonly (readonly string[])[]) => rows.map(([key, value]) => `${key.padEnd(16)}${value}\n`).join('')
  yield* out(process, `${lines(head)}\n${lines(times)}\nPrint build logs: docker buildx history logs ${record.ref}\n`)
  return 0
}

export const historyLogs: Command = function* ({ process, args, engine }) {
  yield* out(process, replayed((yield* recordOf(engine, args[0])).log))
  return 0
}

export const historyRemove: Command = function* ({ process, flags, args, engine }) {
  if (!flags.is('all') && args.length === 0) throw new DockerError('ERROR: rm requires at least one argument')
  const found = flags.is('all') ? yield* records(engine) : []
  const gone = flags.is('all') ? [...found] : []
  if (!flags.is('all')) for (const name of args) gone.push(yield* recordOf(engine, name))
  for (const { ref } of gone) {
    yield* engine.ask('DELETE', `/build/records/${ref}`)
    if (!flags.is('all')) yield* out(process, `${ref}\n`)
  }
  return 0
}

export const historyOpen: Command = function* () {
  throw new DockerError(
    'ERROR: failed to find the Docker Desktop backend: builds can be opened in Docker Desktop only, which this sandbox does not have',
  )
}
