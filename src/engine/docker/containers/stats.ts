/** `docker stats` and `docker top`: what the control group has used, and who runs in it. */
import { assert } from '../../../base/assert.ts'
import { ByteStream, type HttpResponse, jsonResponse } from '../../../base/http.ts'
import type { Process } from '../../../unix/kernel/process.ts'
import { processTable } from '../../../unix/programs/ps.ts'
import { perform, type Work } from '../../runtime/task.ts'
import { sorted } from '../images/image-store.ts'
import type { Daemon } from '../daemon.ts'
import { conflict, failure } from '../docker-error.ts'
import { isTrue } from '../router.ts'
import { type Container, zeroTime } from '../shapes.ts'

interface Sample {
  readonly read: string
  readonly cpuNanos: number
  readonly systemNanos: number
}

export function statsResponse(daemon: Daemon, name: string, query: URLSearchParams): HttpResponse | Work<HttpResponse> {
  const container = daemon.require(name)
  const isStream = query.get('stream') === null || isTrue(query.get('stream'))
  if (!container.State.Running && !isStream) return jsonResponse(200, emptyStats(container))
  if (!isStream) {
    if (isTrue(query.get('one-shot'))) {
      const { name: _name, id: _id, ...rest } = statsOf(daemon, container, undefined)
      return answerOf(rest)
    }
    return afterASecond(daemon, container)
  }
  const body = new ByteStream()
  const work = function* (): Work<void> {
    let before: Sample | undefined
    while (!body.isCancelled && daemon.live.has(container.Id)) {
      const current = daemon.container(container.Id)
      if (current.State.Running) {
        body.write(`${jsonOf(statsOf(daemon, current, before))}\n`)
        before = sampleOf(daemon, current)
      } else body.write(`${JSON.stringify(emptyStats(current))}\n`)
      const until = daemon.clock.now() + 1000
      while (daemon.clock.now() < until && !body.isCancelled) yield { until, on: [body.drained] }
    }
    body.end()
  }
  perform(daemon.clock, work())
  return { status: 200, headers: { 'content-type': 'application/json' }, body }
}

/** One answer needs two looks, a second apart. */
function* afterASecond(daemon: Daemon, container: Container): Work<HttpResponse> {
  const before = sampleOf(daemon, container)
  yield { until: daemon.clock.now() + 1000 }
  const current = daemon.find(container.Id)
  return answerOf(current?.State.Running ? statsOf(daemon, current, before) : emptyStats(container))
}

function answerOf(stats: object): HttpResponse {
  return { ...jsonResponse(200, null), body: `${jsonOf(stats)}\n` }
}

/** The kernel's word for no limit is more than a number holds exactly. */
function jsonOf(stats: object): string {
  return JSON.stringify(stats).replaceAll(String(Number(noLimit)), noLimit)
}

/** Processes of a container, the first one first. */
export function processesOf(daemon: Daemon, id: string): Process[] {
  const live = daemon.live.get(id)
  if (!live?.process) return []
  return [...daemon.host.kernel.processes].filter((process) => process.cgroup === live.cgroup)
}

function sampleOf(daemon: Daemon, { Id }: Container): Sample {
  const cpuMs = processesOf(daemon, Id).reduce((sum, process) => sum + process.cpuMs, 0)
  const { kernel } = daemon.host
  // The machine was up, and idle, before anybody looked.
  return {
    read: daemon.nano(),
    cpuNanos: Math.round(cpuMs * 1e6),
    systemNanos: Math.round((daemon.clock.now() - kernel.bootedAt + idleBeforeMs) * 1e6 * kernel.cpus),
  }
}

const idleBeforeMs = 3_600_000
const noLimit = '9223372036854771712'

/** What the memory controller of the older control groups counts. Nothing is in the page cache here. */
function memoryCountersOfOne(usage: number, { Memory, MemorySwap }: Container['HostConfig']): object {
  const counts = {
    active_anon: 0,
    active_file: 0,
    cache: 0,
    dirty: 0,
    inactive_anon: usage,
    inactive_file: 0,
    mapped_file: 0,
    pgfault: 0,
    pgmajfault: 0,
    pgpgin: Math.ceil(usage / 4096),
    pgpgout: 0,
    rss: usage,
    rss_huge: 0,
    unevictable: 0,
    writeback: 0,
  }
  return sorted({
    ...counts,
    ...Object.fromEntries(Object.entries(counts).map(([name, count]) => [`total_${name}`, count])),
    hierarchical_memory_limit: Memory || Number(noLimit),
    hierarchical_memsw_limit: MemorySwap && MemorySwap > 0 ? MemorySwap : Number(noLimit),
  })
}

/** And of the newer. */
function memoryCounters(usage: number): object {
  const none =
    'active_anon active_file anon_thp file file_dirty file_mapped file_writeback inactive_file kernel_stack pgactivate pgdeactivate pgfault pglazyfree pglazyfreed pgmajfault pgrefill pgscan pgsteal shmem slab slab_reclaimable slab_unreclaimable sock thp_collapse_alloc thp_fault_alloc unevictable workingset_activate workingset_nodereclaim workingset_refault'
  return sorted({ ...Object.fromEntries(none.split(' ').map((name) => [name, 0])), anon: usage, inactive_anon: usage })
}

const blkio = {
  io_service_bytes_recursive: [],
  io_serviced_recursive: [],
  io_queue_recursive: [],
  io_service_time_recursive: [],
  io_wait_time_recursive: [],
  io_merged_recursive: [],
  io_time_recursive: [],
  sectors_recursive: [],
}
const throttling = { periods: 0, throttled_periods: 0, throttled_time: 0 }

function statsOf(
  daemon: Daemon,
  container: Container,
  before: Sample | undefined,
): { readonly name: string; readonly id: string; readonly [field: string]: unknown } {
  const now = sampleOf(daemon, container)
  const processes = processesOf(daemon, container.Id)
  const usage = processes.reduce((sum, process) => sum + process.memoryBytes, 0)
  const { cpus, memoryBytes, cgroupVersion } = daemon.host.kernel
  const isOne = cgroupVersion === 1
  const limit = container.HostConfig.Memory || memoryBytes
  const cpu = ({ cpuNanos, systemNanos }: Sample) => ({
    cpu_usage: {
      total_usage: cpuNanos,
      ...(isOne && { percpu_usage: Array.from({ length: cpus }, () => Math.round(cpuNanos / cpus)) }),
      usage_in_kernelmode: 0,
      usage_in_usermode: cpuNanos,
    },
    system_cpu_usage: systemNanos,
    online_cpus: cpus,
    throttling_data: throttling,
  })
  const interfaces = daemon.live.get(container.Id)?.namespaces?.net.interfaces.filter(({ segment }) => segment !== undefined) ?? []
  const counters = {
    rx_bytes: 1128,
    rx_packets: 10,
    rx_errors: 0,
    rx_dropped: 0,
    tx_bytes: 126,
    tx_packets: 3,
    tx_errors: 0,
    tx_dropped: 0,
  }
  return {
    name: container.Name,
    id: container.Id,
    read: now.read,
    preread: before?.read ?? zeroTime,
    pids_stats: {
      current: processes.reduce((sum, { threads }) => sum + threads, 0),
      ...(container.HostConfig.PidsLimit ? { limit: container.HostConfig.PidsLimit } : {}),
    },
    blkio_stats: blkio,
    num_procs: 0,
    storage_stats: {},
    cpu_stats: cpu(now),
    precpu_stats: before
      ? cpu(before)
      : { cpu_usage: { total_usage: 0, usage_in_kernelmode: 0, usage_in_usermode: 0 }, throttling_data: throttling },
    memory_stats: isOne
      ? { usage, max_usage: usage, stats: memoryCountersOfOne(usage, container.HostConfig), limit }
      : { usage, stats: memoryCounters(usage), limit },
    ...(interfaces.length > 0 ? { networks: Object.fromEntries(interfaces.map(({ name }) => [name, counters])) } : {}),
  }
}

function emptyStats(container: Container): object {
  const none = { cpu_usage: { total_usage: 0, usage_in_kernelmode: 0, usage_in_usermode: 0 }, throttling_data: throttling }
  return {
    name: container.Name,
    id: container.Id,
    read: zeroTime,
    preread: zeroTime,
    pids_stats: {},
    blkio_stats: { ...Object.fromEntries(Object.keys(blkio).map((key) => [key, null])) },
    num_procs: 0,
    storage_stats: {},
    cpu_stats: none,
    precpu_stats: none,
    memory_stats: {},
  }
}

/** The host's `ps` with the processes of the container in place of its own choice; the last column takes what is left of a row. */
export function topOf(daemon: Daemon, name: string, psArgs: string): { Processes: string[][]; Titles: string[] } {
  const container = daemon.require(name)
  if (!container.State.Running) throw conflict(`container ${container.Id} is not running`)
  if (container.State.Restarting) throw conflict(`container ${container.Id} is restarting, wait until the container is running`)
  const viewer = daemon.host.kernel.rootPids.processes.get(1)
  assert(viewer, 'a machine without init has no ps')
  const table = processTable(viewer, (psArgs || '-ef').split(' ').filter(Boolean), processesOf(daemon, container.Id))
  if (typeof table === 'string') throw failure(`error: ${table}`)
  const [Titles, ...rows] = table.rows.map((row) => row.join(' ').split(/\s+/).filter(Boolean))
  if (!Titles?.includes('PID')) throw failure("couldn't find PID field in ps output")
  return { Processes: rows.map((fields) => [...fields.slice(0, Titles.length - 1), fields.slice(Titles.length - 1).join(' ')]), Titles }
}
