/** `docker stats`: what containers use, once or refreshed on a terminal. */
import { type Blocking, out, sleep } from '../../unix/kernel/process.ts'
import { type Command, DockerError } from './command.ts'
import type { Engine } from './engine.ts'
import { listed, type Row } from './listing.ts'
import { binarySize, humanSize } from './sizes.ts'

interface Stats {
  readonly id: string
  readonly name: string
  readonly cpu_stats: { readonly cpu_usage: { readonly total_usage: number }; readonly system_cpu_usage?: number; readonly online_cpus?: number }
  readonly precpu_stats: { readonly cpu_usage: { readonly total_usage: number }; readonly system_cpu_usage?: number }
  readonly memory_stats: { readonly usage?: number; readonly limit?: number; readonly stats?: { readonly inactive_file?: number } }
  readonly networks?: Readonly<Record<string, { readonly rx_bytes: number; readonly tx_bytes: number }>>
  readonly blkio_stats?: { readonly io_service_bytes_recursive?: readonly { readonly op: string; readonly value: number }[] | null }
  readonly pids_stats?: { readonly current?: number }
}

const headings = { Container: 'CONTAINER', ID: 'CONTAINER ID', Name: 'NAME', CPUPerc: 'CPU %', MemUsage: 'MEM USAGE / LIMIT', MemPerc: 'MEM %', NetIO: 'NET I/O', BlockIO: 'BLOCK I/O', PIDs: 'PIDS' }
const columns = ['ID', 'Name', 'CPUPerc', 'MemUsage', 'MemPerc', 'NetIO', 'BlockIO', 'PIDs']

export const stats: Command = function* ({ process, flags, args, engine }) {
  const isOnce = flags.is('no-stream')
  const isWhole = flags.is('no-trunc')
  for (;;) {
    const names = args.length > 0 ? args : (yield* engine.json<readonly { Id: string }[]>('GET', `/containers/json${flags.is('all') ? '?all=1' : ''}`)).map(({ Id }) => (isWhole ? Id : Id.slice(0, 12)))
    const rows: Row[] = []
    for (const name of names) rows.push(yield* rowOf(engine, name, isWhole, args.length > 0))
    const text = listed({ rows, headings, columns, format: flags.text('format') })
    yield* out(process, isOnce ? text : `\x1b[H${text.replaceAll('\n', '\x1b[K\n')}\x1b[J`)
    if (isOnce) return 0
    yield* sleep(process, 1_000)
  }
}

function* rowOf(engine: Engine, name: string, isWhole: boolean, isNamed: boolean): Blocking<Row> {
  const one = yield* engine.json<Stats | undefined>('GET', `/containers/${encodeURIComponent(name)}/stats?stream=0`)
  if (!one) throw new DockerError(`Error response from daemon: No such container: ${name}`)
  const used = (one.memory_stats.usage ?? 0) - (one.memory_stats.stats?.inactive_file ?? 0)
  const limit = one.memory_stats.limit ?? 0
  const net = Object.values(one.networks ?? {}).reduce((sum, { rx_bytes, tx_bytes }) => ({ in: sum.in + rx_bytes, out: sum.out + tx_bytes }), { in: 0, out: 0 })
  const blocks = (op: string) => (one.blkio_stats?.io_service_bytes_recursive ?? []).filter((entry) => entry.op.toLowerCase() === op).reduce((sum, { value }) => sum + value, 0)
  return {
    BlockIO: `${humanSize(blocks('read'))} / ${humanSize(blocks('write'))}`,
    CPUPerc: `${cpuPercent(one).toFixed(2)}%`,
    Container: isNamed ? name : one.id.slice(0, 12),
    ID: isWhole ? one.id : one.id.slice(0, 12),
    MemPerc: `${(limit > 0 ? (used / limit) * 100 : 0).toFixed(2)}%`,
    MemUsage: `${binarySize(used)} / ${binarySize(limit)}`,
    Name: one.name.replace(/^\//, ''),
    NetIO: `${humanSize(net.in)} / ${humanSize(net.out)}`,
    PIDs: String(one.pids_stats?.current ?? 0),
  }
}

function cpuPercent({ cpu_stats: now, precpu_stats: before }: Stats): number {
  const used = now.cpu_usage.total_usage - before.cpu_usage.total_usage
  const system = (now.system_cpu_usage ?? 0) - (before.system_cpu_usage ?? 0)
  return used > 0 && system > 0 ? (used / system) * (now.online_cpus ?? 1) * 100 : 0
}
