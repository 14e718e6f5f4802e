/** `docker stats` and `docker top`: what the control group has used, and who runs in it. */
import { ByteStream, type HttpResponse, jsonResponse } from '../../base/http.ts'
import { commandName } from '../../unix/files/proc-files.ts'
import type { Process } from '../../unix/kernel/process.ts'
import { perform, type Work } from '../runtime/task.ts'
import type { Daemon } from './daemon.ts'
import { conflict } from './docker-error.ts'
import { isTrue } from './router.ts'
import { type Container, zeroTime } from './shapes.ts'

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
      return jsonResponse(200, rest)
    }
    return afterASecond(daemon, container)
  }
  const body = new ByteStream()
  const work = function* (): Work<void> {
    let before: Sample | undefined
    while (!body.isCancelled && daemon.live.has(container.Id)) {
      const current = daemon.container(container.Id)
      if (current.State.Running) {
        body.write(`${JSON.stringify(statsOf(daemon, current, before))}\n`)
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
  return jsonResponse(200, current?.State.Running ? statsOf(daemon, current, before) : emptyStats(container))
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
  return { read: daemon.nano(), cpuNanos: Math.round(cpuMs * 1e6), systemNanos: Math.round((daemon.clock.now() - kernel.bootedAt) * 1e6 * kernel.cpus) }
}

const blkio = {
  io_service_bytes_recursive: [], io_serviced_recursive: [], io_queue_recursive: [], io_service_time_recursive: [], io_wait_time_recursive: [], io_merged_recursive: [], io_time_recursive: [], sectors_recursive: [],
}
const throttling = { periods: 0, throttled_periods: 0, throttled_time: 0 }

function statsOf(daemon: Daemon, container: Container, before: Sample | undefined): { readonly name: string; readonly id: string; readonly [field: string]: unknown } {
  const now = sampleOf(daemon, container)
  const processes = processesOf(daemon, container.Id)
  const usage = processes.reduce((sum, process) => sum + process.memoryBytes, 0)
  const { cpus, memoryBytes } = daemon.host.kernel
  const limit = container.HostConfig.Memory || memoryBytes
  const cpu = ({ cpuNanos, systemNanos }: Sample) => ({
    cpu_usage: { total_usage: cpuNanos, percpu_usage: Array.from({ length: cpus }, () => Math.round(cpuNanos / cpus)), usage_in_kernelmode: 0, usage_in_usermode: cpuNanos },
    system_cpu_usage: systemNanos,
    online_cpus: cpus,
    throttling_data: throttling,
  })
  const interfaces = daemon.live.get(container.Id)?.namespaces?.net.interfaces.filter(({ segment }) => segment !== undefined) ?? []
  const counters = { rx_bytes: 1128, rx_packets: 10, rx_errors: 0, rx_dropped: 0, tx_bytes: 126, tx_packets: 3, tx_errors: 0, tx_dropped: 0 }
  return {
    name: container.Name,
    id: container.Id,
    read: now.read,
    preread: before?.read ?? zeroTime,
    pids_stats: { current: processes.length, ...(container.HostConfig.PidsLimit ? { limit: container.HostConfig.PidsLimit } : {}) },
    blkio_stats: blkio,
    num_procs: 0,
    storage_stats: {},
    cpu_stats: cpu(now),
    precpu_stats: before ? cpu(before) : { cpu_usage: { total_usage: 0, usage_in_kernelmode: 0, usage_in_usermode: 0 }, throttling_data: throttling },
    memory_stats: {
      usage,
      max_usage: usage,
      stats: {
        active_anon: 0, active_file: 0, cache: 0, dirty: 0, hierarchical_memory_limit: container.HostConfig.Memory || Number('9223372036854771712'), inactive_anon: usage, inactive_file: 0, mapped_file: 0, pgfault: 0,
        pgmajfault: 0, rss: usage, rss_huge: 0, total_active_anon: 0, total_active_file: 0, total_cache: 0, total_inactive_anon: usage, total_inactive_file: 0, total_rss: usage, unevictable: 0, writeback: 0,
      },
      limit,
    },
    ...(interfaces.length > 0 ? { networks: Object.fromEntries(interfaces.map(({ name }) => [name, counters])) } : {}),
  }
}

function emptyStats(container: Container): object {
  const none = { cpu_usage: { total_usage: 0, usage_in_kernelmode: 0, usage_in_usermode: 0 }, throttling_data: throttling }
  return { name: container.Name, id: container.Id, read: zeroTime, preread: zeroTime, pids_stats: {}, blkio_stats: { ...Object.fromEntries(Object.keys(blkio).map((key) => [key, null])) }, num_procs: 0, storage_stats: {}, cpu_stats: none, precpu_stats: none, memory_stats: {} }
}

/** As the host's `ps` would show them: default `-ef`. */
export function topOf(daemon: Daemon, name: string, psArgs: string): { Processes: string[][]; Titles: string[] } {
  const container = daemon.require(name)
  if (!container.State.Running) throw conflict(`container ${container.Id} is not running`)
  if (container.State.Restarting) throw conflict(`container ${container.Id} is restarting, wait until the container is running`)
  const processes = processesOf(daemon, container.Id)
  const users = daemon.host.files.exists('/etc/passwd') ? daemon.host.files.readText('/etc/passwd').split('\n').map((row) => row.split(':')) : []
  const columns = columnsOf(psArgs)
  const now = daemon.clock.now()
  const value = (column: string, process: Process): string => {
    const clock = new Date(process.startedAt).toISOString()
    const seconds = Math.floor(process.cpuMs / 1000)
    const time = `${String(Math.floor(seconds / 3600)).padStart(2, '0')}:${String(Math.floor(seconds / 60) % 60).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`
    const user = users.find((row) => row[2] === String(process.credentials.uid))?.[0] ?? String(process.credentials.uid)
    switch (column) {
      case 'UID':
      case 'USER':
      case 'RUSER':
      case 'EUSER':
        return user
      case 'PID':
        return String(process.hostPid)
      case 'PPID':
        return String(process.parent?.hostPid ?? daemon.host.kernel.rootPids.processes.keys().next().value ?? 1)
      case 'C':
        return '0'
      case 'STIME':
      case 'START':
        return clock.slice(11, 16)
      case 'TTY':
      case 'TT':
        return process.terminal ? process.terminal.name.replace('/dev/', '') : '?'
      case 'TIME':
        return time
      case '%CPU':
      case '%MEM':
        return '0.0'
      case 'VSZ':
        return String(Math.round(process.memoryBytes / 512))
      case 'RSS':
        return String(Math.round(process.memoryBytes / 1024))
      case 'STAT':
      case 'S':
        return process.state === 'running' ? 'R' : process.state === 'stopped' ? 'T' : 'Ss'
      case 'ELAPSED':
        return `00:${String(Math.floor((now - process.startedAt) / 1000)).padStart(2, '0')}`
      case 'NI':
        return '0'
      case 'PRI':
        return '19'
      case 'COMM':
        return commandName(process)
      default:
        return process.argv.join(' ')
    }
  }
  return { Processes: processes.map((process) => columns.map(({ value: column }) => value(column, process))), Titles: columns.map(({ title }) => title) }
}

function columnsOf(psArgs: string): { title: string; value: string }[] {
  const plain = (text: string) => text.split(' ').map((title) => ({ title, value: title === 'CMD' || title === 'COMMAND' ? 'ARGS' : title }))
  const custom = [...psArgs.matchAll(/-?o\s*([\w,%=]+)/g)].flatMap((match) => match[1].split(','))
  if (custom.length > 0) {
    return custom.map((name) => {
      const upper = name.replace(/=.*/, '').toUpperCase()
      const title = { ARGS: 'COMMAND', CMD: 'CMD', COMM: 'COMMAND', PCPU: '%CPU', PMEM: '%MEM', ETIME: 'ELAPSED', TNAME: 'TTY' }[upper] ?? upper
      return { title, value: upper === 'CMD' || upper === 'ARGS' || upper === 'COMMAND' ? 'ARGS' : upper === 'COMM' ? 'COMM' : title }
    })
  }
  if (/^-?\w*u/.test(psArgs) && psArgs.includes('a')) return plain('USER PID %CPU %MEM VSZ RSS TTY STAT START TIME COMMAND')
  if (psArgs === '' || /f/.test(psArgs)) return plain('UID PID PPID C STIME TTY TIME CMD')
  return plain('PID TTY TIME CMD')
}
