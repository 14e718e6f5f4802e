/**
 * /proc as one pid namespace sees it: its processes under its own numbers, and the machine's figures. `self` is whoever looks, which
 * the kernel knows as the process whose step is running.
 */
import { UnixError } from '../errors.ts'
import { controllersOne } from './cgroup-one-files.ts'
import { found } from '../kernel/execute.ts'
import type { Kernel } from '../kernel/kernel.ts'
import type { Descriptor } from '../kernel/open-file.ts'
import type { PidNamespace, Process, ProcessState } from '../kernel/process.ts'
import { capabilityMask, hasCapability } from '../kernel/capabilities.ts'
import { type NamespaceNumbers, namespaceNumbers } from '../kernel/namespace-numbers.ts'
import { limitsText } from '../kernel/limits.ts'
import { delegating } from './devices.ts'
import type { Mount } from './files.ts'
import type { Node } from './node.ts'
import { sysctlFiles } from './sysctl-files.ts'
import { folder, text, type Virtual, VirtualFiles } from './virtual-files.ts'

/** Memory that the kernel and everything not modelled as a process has, bytes; `free` shows it as used. */
const baseMemoryBytes = 310 * 2 ** 20
const cacheBytes = 640 * 2 ** 20
const buffersBytes = 42 * 2 ** 20

export function procFiles(kernel: Kernel, pids: PidNamespace): VirtualFiles {
  return new VirtualFiles({ type: 'proc', root: () => rootOf(kernel, pids), now: () => kernel.clock.now() })
}

function rootOf(kernel: Kernel, pids: PidNamespace): Virtual {
  const numberIn = (process: Process | undefined): number =>
    process === undefined ? 0 : pids === kernel.rootPids ? process.hostPid : process.namespaces.pids === pids ? process.pid : 0
  const self = (): string => String(numberIn(kernel.current) || 1)
  const fixed: Readonly<Record<string, Virtual>> = {
    cgroups: text(
      () =>
        '#subsys_name\thierarchy\tnum_cgroups\tenabled\ncpuset\t0\t90\t1\ncpu\t0\t90\t1\ncpuacct\t0\t90\t1\nblkio\t0\t90\t1\nmemory\t0\t90\t1\ndevices\t0\t90\t1\nfreezer\t0\t90\t1\nnet_cls\t0\t90\t1\npids\t0\t90\t1\n',
    ),
    cmdline: text(() => `BOOT_IMAGE=/boot/vmlinuz-${kernel.release} root=/dev/vda1 ro console=ttyS0\n`),
    cpuinfo: text(() => cpuinfo(kernel)),
    filesystems: text(
      () =>
        'nodev\tsysfs\nnodev\ttmpfs\nnodev\tproc\nnodev\tcgroup2\nnodev\tdevtmpfs\nnodev\tdevpts\nnodev\tmqueue\nnodev\toverlay\n\text4\n',
    ),
    loadavg: text(() => {
      const all = [...kernel.processes]
      const load = loadOf(kernel)
      return `${load} ${load} ${load} ${all.filter((process) => process.state === 'running').length || 1}/${all.length} ${pids.nextPid - 1}\n`
    }),
    meminfo: text(() => meminfo(kernel)),
    mounts: { target: () => 'self/mounts' },
    net: { target: () => 'self/net' },
    partitions: text(() => 'major minor  #blocks  name\n\n 254        0   41943040 vda\n 254        1   41941999 vda1\n'),
    self: { target: self },
    stat: text(() => stat(kernel)),
    swaps: text(() => 'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n'),
    sys: sysctlFiles(kernel),
    'thread-self': { target: () => `${self()}/task/${self()}` },
    uptime: text(() => {
      const seconds = (kernel.clock.now() - kernel.bootedAt) / 1000
      return `${seconds.toFixed(2)} ${(seconds * kernel.cpus * 0.97).toFixed(2)}\n`
    }),
    version: text(
      () =>
        `Linux version ${kernel.release} (debian-kernel@lists.debian.org) (gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0, GNU ld (GNU Binutils for Debian) 2.40) #1 SMP PREEMPT_DYNAMIC Debian 6.1.140-1 (2025-05-22)\n`,
    ),
    vmstat: text(() => 'oom_kill 0\n'),
  }
  return {
    names: () => [...Array.from(pids.processes.keys(), String), ...Object.keys(fixed)],
    get(name) {
      const process = /^\d+$/.test(name) ? pids.processes.get(Number(name)) : undefined
      return process
        ? processFolder(process, { numberIn, isHost: pids === kernel.rootPids })
        : Object.hasOwn(fixed, name)
          ? fixed[name]
          : undefined
    },
  }
}

interface View {
  readonly numberIn: (process: Process | undefined) => number
  readonly isHost: boolean
}

/** The first version has a line for each controller, and its containers see the whole path. */
function cgroupLines({ kernel, cgroup: { path } }: Process, { isHost }: View): string {
  if (kernel.cgroupVersion === 1)
    return controllersOne
      .map((controller, index) => `${controllersOne.length - index}:${controller === 'systemd' ? 'name=systemd' : controller}:${path}\n`)
      .join('')
  return `0::${isHost ? path : '/'}\n`
}

function processFolder(process: Process, view: View): Virtual {
  const { uid, gid } = process.credentials
  const reader = process.kernel.current
  const isPrivate = reader !== undefined && reader.credentials.uid !== 0 && reader.credentials.uid !== uid
  const refuse = (): never => {
    throw new UnixError('EACCES')
  }
  const entries: Record<string, Virtual> = {
    cgroup: text(() => cgroupLines(process, view)),
    cmdline: text(() => process.argv.map((word) => `${word}\0`).join('')),
    comm: text(() => `${commandName(process)}\n`),
    cwd: { target: () => (isPrivate ? refuse() : process.cwd) },
    environ: {
      text: () =>
        Object.entries(process.env)
          .map(([name, value]) => `${name}=${value}\0`)
          .join(''),
      mode: 0o400,
      uid,
      gid,
    },
    exe: { target: () => (isPrivate ? refuse() : (executablePath(process) ?? '')) },
    fd: {
      names: () => (isPrivate ? refuse() : [...process.descriptors.keys()].sort((a, b) => a - b).map(String)),
      get(name) {
        const descriptor = /^\d+$/.test(name) ? process.descriptors.get(Number(name)) : undefined
        return descriptor && descriptorLink(descriptor)
      },
      mode: 0o500,
      uid,
      gid,
    },
    limits: text(() => limitsText(process.limits)),
    maps: text(() => ''),
    mountinfo: text(() => process.files.mounts.map(mountinfoLine).join('')),
    mounts: text(() => process.files.mounts.map(mountLine).join('')),
    net: networkFolder(process),
    ns: folder({
      ...Object.fromEntries(
        ['cgroup', 'ipc', 'mnt', 'net', 'pid', 'user', 'uts'].map((kind) => [
          kind,
          { target: () => `${kind}:[${namespaceNumbers(process)[kind as keyof NamespaceNumbers]}]` },
        ]),
      ),
    }),
    oom_adj: text(() => '0\n'),
    oom_score: text(() => '0\n'),
    oom_score_adj: { text: () => '0\n', write() {} },
    root: { target: () => (mayTrace(reader, process) ? '/' : refuse()), into: () => process.files },
    stat: text(() => statLine(process, view)),
    statm: text(() => {
      const pages = Math.round(process.memoryBytes / 4096)
      return `${pages * 3} ${pages} ${Math.round(pages / 2)} 200 0 ${pages} 0\n`
    }),
    status: text(() => statusText(process, view)),
  }
  return {
    names: () => [...Object.keys(entries), 'task'],
    get(name) {
      if (name !== 'task') return Object.hasOwn(entries, name) ? entries[name] : undefined
      const number = String(view.numberIn(process))
      return { names: () => [number], get: (thread) => (thread === number ? folder(entries) : undefined) }
    },
    uid,
    gid,
  }
}

/** Looking through another's eyes takes the same user, or the capability that debuggers have. */
function mayTrace(reader: Process | undefined, process: Process): boolean {
  return reader === undefined || reader.credentials.uid === process.credentials.uid || hasCapability(reader.credentials, 'SYS_PTRACE')
}

/** The descriptor itself can be opened again: `> /dev/stdout` of nginx's log link ends here. */
function descriptorLink(descriptor: Descriptor): Virtual {
  const { file } = descriptor
  const isPath = file.kind === 'file' || file.kind === 'directory'
  const follow = (): Node => ({
    inode: 1,
    kind: file.kind === 'pipe' ? 'fifo' : file.kind === 'socket' ? 'socket' : 'character',
    mode: 0o666,
    uid: 0,
    gid: 0,
    accessedMs: 0,
    modifiedMs: 0,
    changedMs: 0,
    links: 1,
    size: 0,
    open() {
      descriptor.retain()
      return { ...delegating(file), close: () => descriptor.release() }
    },
  })
  return { target: () => file.name, follow: isPath ? undefined : follow }
}

export function commandName({ argv }: Process): string {
  // A title like `nginx: worker process` is written over the arguments; the name stays the program's.
  const name = (argv[0] ?? '').replace(/:( .*)?$/, '')
  return name
    .slice(name.lastIndexOf('/') + 1)
    .replace(/^-/, '')
    .slice(0, 15)
}

function executablePath(process: Process): string | undefined {
  const path = found(process, (process.argv[0] ?? '').replace(/^-/, ''))
  try {
    return path === undefined ? undefined : process.files.realpath(process.path(path))
  } catch (error) {
    if (error instanceof UnixError) return undefined
    throw error
  }
}

const stateLetters: Readonly<Record<ProcessState, string>> = { running: 'R', sleeping: 'S', stopped: 'T', zombie: 'Z' }
const stateWords: Readonly<Record<ProcessState, string>> = {
  running: 'R (running)',
  sleeping: 'S (sleeping)',
  stopped: 'T (stopped)',
  zombie: 'Z (zombie)',
}

function statLine(process: Process, { numberIn }: View): string {
  const ticks = Math.round(process.cpuMs / 10)
  const group = numberOf(process, process.group, numberIn)
  const session = numberOf(process, process.session, numberIn)
  const tty = process.terminal ? 34816 + Number(/\d+$/.exec(process.terminal.name)?.[0] ?? 0) : 0
  const foreground = process.terminal?.foreground === undefined ? -1 : numberOf(process, process.terminal.foreground, numberIn)
  const start = Math.round((process.startedAt - process.kernel.bootedAt) / 10)
  const pages = Math.round(process.memoryBytes / 4096)
  const before = [
    numberIn(process),
    `(${commandName(process)})`,
    stateLetters[process.state],
    numberIn(process.parent),
    group,
    session,
    tty,
    foreground,
  ]
  return `${before.join(' ')} 4194304 100 0 0 0 ${ticks} 0 0 0 20 0 1 0 ${start} ${pages * 3 * 4096} ${pages} 18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n`
}

function numberOf(process: Process, hostPid: number, numberIn: View['numberIn']): number {
  return numberIn(process.kernel.rootPids.processes.get(hostPid))
}

function statusText(process: Process, { numberIn, isHost }: View): string {
  const pid = numberIn(process)
  const { uid, gid, groups, lacks } = process.credentials
  const bounding = capabilityMask(lacks)
  const kilobytes = Math.round(process.memoryBytes / 1024)
  const numbers = isHost && process.hostPid !== process.pid ? `${process.hostPid}\t${process.pid}` : String(pid)
  const size = (value: number): string => String(value).padStart(8)
  return [
    `Name:\t${commandName(process)}`,
    `Umask:\t${process.umask.toString(8).padStart(4, '0')}`,
    `State:\t${stateWords[process.state]}`,
    `Tgid:\t${pid}`,
    'Ngid:\t0',
    `Pid:\t${pid}`,
    `PPid:\t${numberIn(process.parent)}`,
    'TracerPid:\t0',
    `Uid:\t${uid}\t${uid}\t${uid}\t${uid}`,
    `Gid:\t${gid}\t${gid}\t${gid}\t${gid}`,
    'FDSize:\t64',
    `Groups:\t${groups.join(' ')} `,
    `NStgid:\t${numbers}`,
    `NSpid:\t${numbers}`,
    `VmPeak:\t${size(kilobytes * 3)} kB`,
    `VmSize:\t${size(kilobytes * 3)} kB`,
    `VmHWM:\t${size(kilobytes)} kB`,
    `VmRSS:\t${size(kilobytes)} kB`,
    `Threads:\t${process.threads}`,
    'CapInh:\t0000000000000000',
    `CapPrm:\t${uid === 0 ? bounding : '0000000000000000'}`,
    `CapEff:\t${uid === 0 ? bounding : '0000000000000000'}`,
    `CapBnd:\t${bounding}`,
    'CapAmb:\t0000000000000000',
    `NoNewPrivs:\t${process.credentials.noNewPrivileges ? 1 : 0}`,
    `Seccomp:\t${process.credentials.isFiltered ? 2 : 0}`,
    `Cpus_allowed_list:\t${process.cgroup.cpuSet ?? (process.kernel.cpus === 1 ? '0' : `0-${process.kernel.cpus - 1}`)}`,
    'voluntary_ctxt_switches:\t10',
    'nonvoluntary_ctxt_switches:\t0',
    '',
  ].join('\n')
}

function mountOptions(mount: Mount): string {
  return `${mount.isReadOnly || mount.files.isReadOnly ? 'ro' : 'rw'},relatime${mount.options ? `,${mount.options}` : ''}`
}

function mountLine(mount: Mount): string {
  return `${mount.source} ${mount.at} ${mount.files.type} ${mountOptions(mount)} 0 0\n`
}

function mountinfoLine(mount: Mount, index: number): string {
  return `${index + 22} ${index === 0 ? 1 : 22} 0:${index + 20} ${mount.root} ${mount.at} ${mountOptions(mount)} - ${mount.files.type} ${mount.source} ${mount.files.isReadOnly ? 'ro' : 'rw'}\n`
}

function networkFolder(process: Process): Virtual {
  const hex = (ip: string): string =>
    ip
      .split('.')
      .reverse()
      .map((part) => Number(part).toString(16).toUpperCase().padStart(2, '0'))
      .join('')
  const sockets = (protocol: 'tcp' | 'udp'): string =>
    process.net.listening
      .filter((one) => one.protocol === protocol)
      .map(
        (one, index) =>
          `${String(index).padStart(4)}: ${hex(one.ip ?? '0.0.0.0')}:${one.port.toString(16).toUpperCase().padStart(4, '0')} 00000000:0000 ${protocol === 'tcp' ? '0A' : '07'} 00000000:00000000 00:00000000 00000000     0        0 ${20_000 + index} 1 0000000000000000 100 0 0 10 0\n`,
      )
      .join('')
  const title = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n'
  return folder({
    arp: text(() => 'IP address       HW type     Flags       HW address            Mask     Device\n'),
    dev: text(() => {
      const line = (name: string): string =>
        `${name.padStart(6)}:       0       0    0    0    0     0          0         0        0       0    0    0    0     0       0          0\n`
      const head =
        'Inter-|   Receive                                                |  Transmit\n face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n'
      return head + line('lo') + process.net.interfaces.map((one) => line(one.name)).join('')
    }),
    route: text(() => {
      const out = process.net.interfaces[0]
      const via = process.net.gateway && out ? `${out.name}\t00000000\t${hex(process.net.gateway)}\t0003\t0\t0\t0\t00000000\t0\t0\t0\n` : ''
      return `Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n${via}`
    }),
    tcp: text(() => title + sockets('tcp')),
    udp: text(() => title + sockets('udp')),
  })
}

function loadOf(kernel: Kernel): string {
  let running = 0
  for (const process of kernel.processes) if (process.isSpinning) running++
  return running.toFixed(2)
}

function cpuinfo(kernel: Kernel): string {
  return Array.from({ length: kernel.cpus }, (_, cpu) =>
    [
      `processor\t: ${cpu}`,
      'vendor_id\t: GenuineIntel',
      'cpu family\t: 6',
      'model\t\t: 85',
      'model name\t: Drydock Virtual CPU @ 2.50GHz',
      'stepping\t: 7',
      'cpu MHz\t\t: 2500.000',
      'cache size\t: 16384 KB',
      'physical id\t: 0',
      `siblings\t: ${kernel.cpus}`,
      `core id\t\t: ${cpu}`,
      `cpu cores\t: ${kernel.cpus}`,
      'fpu\t\t: yes',
      'flags\t\t: fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat sse sse2 ht syscall nx lm',
      'bogomips\t: 5000.00',
      '',
      '',
    ].join('\n'),
  ).join('')
}

/** What `free` and `top` show, bytes. */
function memoryOf(kernel: Kernel): {
  readonly total: number
  readonly free: number
  readonly available: number
  readonly buffers: number
  readonly cached: number
} {
  let used = baseMemoryBytes
  for (const process of kernel.processes) used += process.memoryBytes
  const total = kernel.memoryBytes
  const cached = Math.min(cacheBytes, Math.max(0, (total - used) / 2))
  const buffers = Math.min(buffersBytes, Math.max(0, (total - used) / 8))
  const available = Math.max(0, total - used)
  return { total, available, buffers, cached, free: Math.max(0, available - cached - buffers) }
}

function meminfo(kernel: Kernel): string {
  const { total, free, available, buffers, cached } = memoryOf(kernel)
  const line = (name: string, bytes: number): string => `${`${name}:`.padEnd(16)}${String(Math.round(bytes / 1024)).padStart(8)} kB\n`
  return (
    line('MemTotal', total) +
    line('MemFree', free) +
    line('MemAvailable', available) +
    line('Buffers', buffers) +
    line('Cached', cached) +
    line('SwapCached', 0) +
    line('Active', cached / 2) +
    line('Inactive', cached / 2) +
    line('SwapTotal', 0) +
    line('SwapFree', 0) +
    line('Dirty', 0) +
    line('Writeback', 0) +
    line('Shmem', 1_100_000) +
    line('SReclaimable', 60_000_000)
  )
}

function stat(kernel: Kernel): string {
  let ticks = 0
  for (const process of kernel.processes) ticks += process.cpuMs / 10
  const idle = Math.max(0, ((kernel.clock.now() - kernel.bootedAt) / 10) * kernel.cpus - ticks)
  const per = (name: string, share: number): string => `${name} ${Math.round(ticks * share)} 0 0 ${Math.round(idle * share)} 0 0 0 0 0 0\n`
  const cpus = Array.from({ length: kernel.cpus }, (_, cpu) => per(`cpu${cpu}`, 1 / kernel.cpus)).join('')
  return `${per('cpu ', 1)}${cpus}intr 0\nctxt 0\nbtime ${Math.floor(kernel.bootedAt / 1000)}\nprocesses ${kernel.rootPids.nextPid - 1}\nprocs_running 1\nprocs_blocked 0\n`
}
