/** INFO's sections. */
import type { Process } from '../../../unix/kernel/process.ts'
import type { Database } from './commands.ts'
import { versionOf } from './log.ts'

export interface Facts {
  readonly process: Process
  readonly databases: readonly Database[]
  readonly clients: number
  readonly blocked: number
  readonly settings: ReadonlyMap<string, string>
  readonly commands: number
  readonly connections: number
  readonly hits: number
  readonly misses: number
  readonly lastSaveMs: number
  readonly master?: { readonly host: string; readonly port: number; readonly isUp: boolean; readonly offset: number }
  readonly replicas: readonly { readonly ip: string; readonly port: number }[]
  readonly replicationId: string
  readonly offset: number
  readonly runId: string
}

export function info(facts: Facts, wanted: readonly string[]): string {
  const { process, databases, settings } = facts
  const up = Math.floor((process.now() - process.startedAt) / 1000)
  const used = 1_021_600 + databases.reduce((sum, { values }) => sum + values.size * 96, 0)
  const human = (bytes: number): string =>
    bytes >= 2 ** 30
      ? `${(bytes / 2 ** 30).toFixed(2)}G`
      : bytes >= 2 ** 20
        ? `${(bytes / 2 ** 20).toFixed(2)}M`
        : bytes >= 1024
          ? `${(bytes / 1024).toFixed(2)}K`
          : `${bytes}B`
  const most = Number(settings.get('maxmemory'))
  const { master, replicas } = facts
  const sections: Readonly<Record<string, readonly string[]>> = {
    server: [
      `redis_version:${versionOf(process)}`,
      'redis_git_sha1:00000000',
      'redis_git_dirty:1',
      'redis_mode:standalone',
      `os:Linux ${process.kernel.release} x86_64`,
      'arch_bits:64',
      'monotonic_clock:POSIX clock_gettime',
      'multiplexing_api:epoll',
      `process_id:${process.pid}`,
      'process_supervised:no',
      `run_id:${facts.runId}`,
      `tcp_port:${settings.get('port')}`,
      `uptime_in_seconds:${up}`,
      `uptime_in_days:${Math.floor(up / 86_400)}`,
      'hz:10',
      'configured_hz:10',
      'executable:/data/redis-server',
      'config_file:',
    ],
    clients: [
      `connected_clients:${facts.clients}`,
      'cluster_connections:0',
      `maxclients:${settings.get('maxclients')}`,
      `blocked_clients:${facts.blocked}`,
      'tracking_clients:0',
    ],
    memory: [
      `used_memory:${used}`,
      `used_memory_human:${human(used)}`,
      `used_memory_rss:${process.memoryBytes}`,
      `used_memory_rss_human:${human(process.memoryBytes)}`,
      `used_memory_peak:${used}`,
      `used_memory_peak_human:${human(used)}`,
      `maxmemory:${most}`,
      `maxmemory_human:${human(most)}`,
      `maxmemory_policy:${settings.get('maxmemory-policy')}`,
      'mem_allocator:jemalloc-5.3.0',
    ],
    persistence: [
      'loading:0',
      'async_loading:0',
      `rdb_changes_since_last_save:${databases.reduce((sum, { dirty }) => sum + dirty, 0)}`,
      'rdb_bgsave_in_progress:0',
      `rdb_last_save_time:${Math.floor(facts.lastSaveMs / 1000)}`,
      'rdb_last_bgsave_status:ok',
      `aof_enabled:${settings.get('appendonly') === 'yes' ? 1 : 0}`,
      'aof_rewrite_in_progress:0',
      'aof_last_bgrewrite_status:ok',
      'aof_last_write_status:ok',
    ],
    stats: [
      `total_connections_received:${facts.connections}`,
      `total_commands_processed:${facts.commands}`,
      'instantaneous_ops_per_sec:0',
      'rejected_connections:0',
      'expired_keys:0',
      'evicted_keys:0',
      `keyspace_hits:${facts.hits}`,
      `keyspace_misses:${facts.misses}`,
    ],
    replication: [
      ...(master
        ? [
            'role:slave',
            `master_host:${master.host}`,
            `master_port:${master.port}`,
            `master_link_status:${master.isUp ? 'up' : 'down'}`,
            'master_last_io_seconds_ago:1',
            'master_sync_in_progress:0',
            `slave_read_repl_offset:${master.offset}`,
            `slave_repl_offset:${master.offset}`,
            'slave_priority:100',
            `slave_read_only:${settings.get('replica-read-only') === 'no' ? 0 : 1}`,
          ]
        : ['role:master']),
      `connected_slaves:${replicas.length}`,
      ...replicas.map(({ ip, port }, at) => `slave${at}:ip=${ip},port=${port},state=online,offset=${facts.offset},lag=0`),
      'master_failover_state:no-failover',
      `master_replid:${facts.replicationId}`,
      'master_replid2:0000000000000000000000000000000000000000',
      `master_repl_offset:${facts.offset}`,
      'second_repl_offset:-1',
      `repl_backlog_active:${replicas.length > 0 ? 1 : 0}`,
      `repl_backlog_size:${settings.get('repl-backlog-size')}`,
    ],
    cpu: [`used_cpu_sys:${(up * 0.001).toFixed(6)}`, `used_cpu_user:${(up * 0.001).toFixed(6)}`],
    modules: [],
    errorstats: [],
    cluster: ['cluster_enabled:0'],
    keyspace: databases.flatMap(({ values, expiresAt }, index) =>
      values.size > 0
        ? [`db${index}:keys=${values.size},expires=${expiresAt.size},avg_ttl=${averageLeft(expiresAt, process.now())},subexpiry=0`]
        : [],
    ),
  }
  const names =
    wanted.length === 0 || wanted.some((one) => /^(default|all|everything)$/i.test(one))
      ? Object.keys(sections)
      : wanted.map((one) => one.toLowerCase()).filter((one) => Object.hasOwn(sections, one))
  return names
    .map((name) => [`# ${name === 'cpu' ? 'CPU' : name[0].toUpperCase() + name.slice(1)}`, ...sections[name], ''].join('\r\n'))
    .join('\r\n')
}

function averageLeft(expiresAt: ReadonlyMap<string, number>, now: number): number {
  const left = [...expiresAt.values()].map((at) => at - now)
  return left.length === 0 ? 0 : Math.round(left.reduce((sum, one) => sum + one, 0) / left.length)
}
