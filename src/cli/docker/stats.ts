/**
 * `docker stats`: what containers use, once or drawn anew twice a second. Each frame is drawn over the one before, and its text goes out
 * twice: as it is, and line by line with what clears the rest of the line. Ctrl-C only closes the connections; then the rows have no
 * numbers any more, and with names given the drawing goes on until the third Ctrl-C, as the real one does.
 */
import { textOf } from '../../base/bytes.ts'
import { ByteStream } from '../../base/http.ts'
import { type Blocking, err, out, type Process, sleep } from '../../unix/kernel/process.ts'
import type { Command } from './command.ts'
import { type Engine, query } from './engine.ts'
import { listed, type Row } from './listing.ts'
import { readConfig } from './login.ts'
import { binarySize, humanSize } from '../../base/go-units.ts'

interface Stats {
  readonly id: string
  readonly name: string
  readonly cpu_stats: {
    readonly cpu_usage: { readonly total_usage: number }
    readonly system_cpu_usage?: number
    readonly online_cpus?: number
  }
  readonly precpu_stats: { readonly cpu_usage: { readonly total_usage: number }; readonly system_cpu_usage?: number }
  readonly memory_stats: { readonly usage?: number; readonly limit?: number; readonly stats?: Readonly<Record<string, number>> }
  readonly networks?: Readonly<Record<string, { readonly rx_bytes: number; readonly tx_bytes: number }>>
  readonly blkio_stats?: { readonly io_service_bytes_recursive?: readonly { readonly op: string; readonly value: number }[] | null }
  readonly pids_stats?: { readonly current?: number }
}

const headings = {
  Container: 'CONTAINER',
  ID: 'CONTAINER ID',
  Name: 'NAME',
  CPUPerc: 'CPU %',
  MemUsage: 'MEM USAGE / LIMIT',
  MemPerc: 'MEM %',
  NetIO: 'NET I/O',
  BlockIO: 'BLOCK I/O',
  PIDs: 'PIDS',
}
const columns = ['ID', 'Name', 'CPUPerc', 'MemUsage', 'MemPerc', 'NetIO', 'BlockIO', 'PIDs']
const frameMs = 500

export const stats: Command = function* ({ process, flags, args, engine }) {
  const isNamed = args.length > 0
  const format = flags.text('format') || String(readConfig(process).statsFormat ?? '')
  const shown = (rows: readonly Row[]) => listed({ rows, headings, columns, format, type: 'container.statsContext' })
  const watch = new Watch(engine, { isWhole: flags.is('no-trunc'), isNamed, names: isNamed ? args : undefined, isAll: flags.is('all') })
  yield* watch.look()
  yield* watch.wait(flags.is('no-stream') ? 2 : 1)
  if (!flags.is('no-stream')) return yield* drawn(process, watch, shown, isNamed)
  watch.close()
  yield* out(process, shown(watch.rows()))
  return 0
}

interface How {
  readonly isWhole: boolean
  readonly isNamed: boolean
  /** Undefined: whatever runs. */
  readonly names: readonly string[] | undefined
  readonly isAll: boolean
}

interface Source {
  readonly name: string
  readonly body: ByteStream
  rest: string
  samples: number
  row: Row | undefined
}

/** The open connections, one for each container. */
class Watch {
  readonly #sources = new Map<string, Source>()
  readonly #engine: Engine
  readonly #how: How

  constructor(engine: Engine, how: How) {
    this.#engine = engine
    this.#how = how
  }

  /** Opens what came and closes what went. */
  *look(): Blocking<void> {
    const { names, isAll } = this.#how
    const wanted =
      names ?? (yield* this.#engine.json<readonly { Id: string }[]>('GET', `/containers/json${query({ all: isAll })}`)).map(({ Id }) => Id)
    for (const [name, { body }] of this.#sources) {
      if (wanted.includes(name) && !body.isOver) continue
      body.cancel()
      this.#sources.delete(name)
    }
    const opened: [string, Source][] = []
    for (const name of wanted) {
      const known = this.#sources.get(name)
      const body = known?.body ?? (yield* this.#engine.open('GET', `/containers/${encodeURIComponent(name)}/stats?stream=1`)).body
      if (body instanceof ByteStream) opened.push([name, known ?? { name, body, rest: '', samples: 0, row: undefined }])
    }
    this.#sources.clear()
    for (const [name, source] of opened) this.#sources.set(name, source)
  }

  /** Until every one has been told of so often; one that does not run has no second sample worth waiting for. */
  *wait(samples: number): Blocking<void> {
    const isDone = (source: Source) => source.body.isOver || source.samples >= samples || source.row?.PIDs === '0'
    for (;;) {
      this.read()
      const late = [...this.#sources.values()].find((source) => !isDone(source))
      if (!late) return
      yield { on: [late.body.readable] }
    }
  }

  read(): void {
    for (const source of this.#sources.values()) {
      for (let chunk = source.body.read(); chunk; chunk = source.body.read()) source.rest += textOf(chunk)
      const lines = source.rest.split('\n')
      source.rest = lines.pop() ?? ''
      for (const line of lines) {
        if (line === '') continue
        source.samples++
        source.row = rowOf(JSON.parse(line) as Stats, source.name, this.#how)
      }
    }
  }

  rows(): Row[] {
    return [...this.#sources.values()].flatMap(({ row }) => (row ? [row] : []))
  }

  close(): void {
    for (const { body } of this.#sources.values()) body.cancel()
  }
}

function* drawn(process: Process, watch: Watch, shown: (rows: readonly Row[]) => string, isNamed: boolean): Blocking<number> {
  let interrupts = 0
  process.handlers.set('INT', () => void interrupts++)
  let rows: readonly Row[] = []
  for (;;) {
    const seen = interrupts
    const until = process.now() + frameMs
    while (process.now() < until && interrupts === seen) yield* sleep(process, Math.min(50, until - process.now()))
    if (interrupts >= 3) {
      yield* err(process, '\ngot 3 SIGTERM/SIGINTs, forcefully exiting\n')
      return 1
    }
    if (interrupts > 0) {
      watch.close()
      rows = rows.map(withoutNumbers)
    } else {
      yield* watch.look()
      watch.read()
      rows = watch.rows()
    }
    const text = `\x1b[H${shown(rows)}`
    yield* out(
      process,
      `${text}${text
        .split('\n')
        .map((line) => `${line} \x1b[K\n`)
        .join('')}\x1b[J`,
    )
    if (interrupts > 0 && !isNamed) return 130
    if (rows.length === 0 && isNamed) return 0
  }
}

function withoutNumbers({ Container, ID, Name }: Row): Row {
  return { BlockIO: '--', CPUPerc: '--', Container, ID, MemPerc: '--', MemUsage: '-- / --', Name, NetIO: '--', PIDs: '--' }
}

function rowOf(one: Stats, name: string, { isWhole, isNamed }: { isWhole: boolean; isNamed: boolean }): Row {
  const used = usedMemory(one)
  const limit = one.memory_stats.limit ?? 0
  const net = Object.values(one.networks ?? {}).reduce(
    (sum, { rx_bytes, tx_bytes }) => ({ in: sum.in + rx_bytes, out: sum.out + tx_bytes }),
    { in: 0, out: 0 },
  )
  const blocks = (op: string) =>
    (one.blkio_stats?.io_service_bytes_recursive ?? [])
      .filter((entry) => entry.op.toLowerCase() === op)
      .reduce((sum, { value }) => sum + value, 0)
  const id = isWhole ? one.id : one.id.slice(0, 12)
  return {
    BlockIO: `${humanSize(blocks('read'))} / ${humanSize(blocks('write'))}`,
    CPUPerc: `${cpuPercent(one).toFixed(2)}%`,
    Container: isNamed ? name : id,
    ID: id,
    MemPerc: `${(limit > 0 ? (used / limit) * 100 : 0).toFixed(2)}%`,
    MemUsage: `${binarySize(used)} / ${binarySize(limit)}`,
    Name: one.name.replace(/^\//, ''),
    NetIO: `${humanSize(net.in)} / ${humanSize(net.out)}`,
    PIDs: String(one.pids_stats?.current ?? 0),
  }
}

/** Without the page cache: cgroup v1 calls it otherwise than v2. */
function usedMemory({ memory_stats: { usage = 0, stats: parts = {} } }: Stats): number {
  const cache = parts.total_inactive_file ?? parts.inactive_file ?? 0
  return cache < usage ? usage - cache : usage
}

function cpuPercent({ cpu_stats: now, precpu_stats: before }: Stats): number {
  const used = now.cpu_usage.total_usage - before.cpu_usage.total_usage
  const system = (now.system_cpu_usage ?? 0) - (before.system_cpu_usage ?? 0)
  return used > 0 && system > 0 ? (used / system) * (now.online_cpus ?? 1) * 100 : 0
}
