/**
 * /sys/fs/cgroup: control groups as directories. Those of living processes are there by themselves; `mkdir` makes others, and writing
 * a pid into `cgroup.procs` or a limit into `memory.max` does what it does on Linux.
 */
import { UnixError } from '../errors.ts'
import type { Kernel } from '../kernel/kernel.ts'
import type { Cgroup, PidNamespace, Process } from '../kernel/process.ts'
import type { NewNode, Node } from './node.ts'
import { type Virtual, VirtualFiles } from './virtual-files.ts'

const made = new WeakMap<Kernel, Map<string, Cgroup>>()

/** The tree below `base`, which a container sees as its root. */
export function cgroupFiles(kernel: Kernel, base: Cgroup = kernel.rootCgroup, pids: PidNamespace = kernel.rootPids): VirtualFiles {
  return new CgroupFiles(kernel, base, pids)
}

class CgroupFiles extends VirtualFiles {
  readonly #kernel: Kernel
  readonly #base: Cgroup

  constructor(kernel: Kernel, base: Cgroup, pids: PidNamespace) {
    super({ type: 'cgroup2', now: () => kernel.clock.now(), root: () => directory(kernel, base, pids) })
    this.#kernel = kernel
    this.#base = base
  }

  override create(path: string, { kind }: NewNode): Node {
    if (kind !== 'directory') throw new UnixError('EACCES', path)
    makeCgroup(this.#kernel, within(this.#base.path, path))
    return this.lookup(path) as Node
  }

  override remove(path: string): void {
    removeCgroup(this.#kernel, within(this.#base.path, path), path)
  }
}

/** `mkdir` of a group. */
export function makeCgroup(kernel: Kernel, full: string): void {
  const parent = cgroups(kernel).get(full.slice(0, full.lastIndexOf('/')) || '/')
  madeIn(kernel).set(full, { path: full, parent: parent?.path === '/' ? undefined : parent })
}

/** `rmdir` of a group, which must have no processes. */
export function removeCgroup(kernel: Kernel, full: string, path: string): void {
  for (const process of kernel.processes) if (process.cgroup.path === full) throw new UnixError('EBUSY', path)
  if (!madeIn(kernel).delete(full)) throw new UnixError('EPERM', path)
}

export function within(base: string, path: string): string {
  return base === '/' ? path : path === '/' ? base : base + path
}

function madeIn(kernel: Kernel): Map<string, Cgroup> {
  let map = made.get(kernel)
  if (!map) made.set(kernel, (map = new Map()))
  return map
}

/** Every group there is: of living processes, above them, and made by hand. */
export function cgroups(kernel: Kernel): Map<string, Cgroup> {
  const all = new Map<string, Cgroup>([['/', kernel.rootCgroup], ...madeIn(kernel)])
  for (const { cgroup } of kernel.processes) for (let at: Cgroup | undefined = cgroup; at; at = at.parent) all.set(at.path, at)
  return all
}

/** The processes of a group and of those below it. */
export function processesBelow(kernel: Kernel, { path }: Cgroup): Process[] {
  return [...kernel.processes].filter(({ cgroup }) => cgroup.path === path || cgroup.path.startsWith(path === '/' ? '/' : `${path}/`))
}

/** `cgroup.procs`: who is in the group; writing a pid moves that process into it. */
export function membersFile(kernel: Kernel, cgroup: Cgroup, pids: PidNamespace): Virtual {
  return {
    text: () =>
      [...kernel.processes]
        .filter((process) => process.cgroup === cgroup)
        .map((process) => `${pids === kernel.rootPids ? process.hostPid : process.pid}\n`)
        .join(''),
    write(value) {
      const process = pids.processes.get(Number(value))
      if (!process) throw new UnixError('ESRCH')
      process.cgroup = cgroup
    },
  }
}

/** A limit as it is written: `max`, `64M`, `1000`. */
export function limitOf(value: string): number | undefined {
  const word = value.trim()
  if (word === 'max' || word === '-1') return undefined
  const bytes = Number.parseInt(word, 10) * ({ K: 1024, M: 2 ** 20, G: 2 ** 30 }[word.slice(-1).toUpperCase()] ?? 1)
  if (Number.isNaN(bytes)) throw new UnixError('EINVAL')
  return bytes
}

/** Over how many tenths of a second a group with a limit ran, and in how many of them it had used up its share before the end. */
export function throttling(
  processes: readonly Process[],
  { cpuLimit }: Cgroup,
): { periods: number; throttled: number; throttledMs: number } {
  if (cpuLimit === undefined) return { periods: 0, throttled: 0, throttledMs: 0 }
  const throttledMs = processes.reduce((sum, process) => sum + process.throttledMs, 0)
  const cpuMs = processes.reduce((sum, process) => sum + process.cpuMs, 0)
  const throttled = cpuLimit < 1 ? Math.floor(throttledMs / (periodMs * (1 - cpuLimit))) : 0
  return { periods: Math.max(throttled, Math.ceil(cpuMs / periodMs)), throttled, throttledMs }
}

const periodMs = 100

function directory(kernel: Kernel, cgroup: Cgroup, pids: PidNamespace): Virtual {
  const below = (): Process[] => processesBelow(kernel, cgroup)
  const limit = (value: number | undefined): string => (value === undefined ? 'max' : String(value))
  const memory = (): number => below().reduce((sum, process) => sum + process.memoryBytes, 0)
  const cpuUsec = (): number => Math.round(below().reduce((sum, process) => sum + process.cpuMs, 0) * 1000)
  const files: Record<string, Virtual> = {
    'cgroup.controllers': { text: () => 'cpuset cpu io memory hugetlb pids rdma misc\n' },
    'cgroup.events': { text: () => `populated ${below().length > 0 ? 1 : 0}\nfrozen ${cgroup.isFrozen ? 1 : 0}\n` },
    'cgroup.freeze': { text: () => `${cgroup.isFrozen ? 1 : 0}\n`, write: (value) => kernel.freeze(cgroup, value.trim() === '1') },
    'cgroup.procs': membersFile(kernel, cgroup, pids),
    'cgroup.subtree_control': { text: () => 'cpuset cpu io memory pids\n', write() {} },
    'cgroup.type': { text: () => 'domain\n' },
    'cpu.max': {
      text: () => `${cgroup.cpuLimit === undefined ? 'max' : Math.round(cgroup.cpuLimit * 100_000)} 100000\n`,
      write(value) {
        const [quota, period = '100000'] = value.trim().split(/\s+/)
        cgroup.cpuLimit = quota === 'max' ? undefined : Number(quota) / Number(period)
      },
    },
    'cpu.stat': {
      text: () => {
        const { periods, throttled, throttledMs } = throttling(below(), cgroup)
        const used = `usage_usec ${cpuUsec()}\nuser_usec ${cpuUsec()}\nsystem_usec 0\n`
        return `${used}nr_periods ${periods}\nnr_throttled ${throttled}\nthrottled_usec ${Math.round(throttledMs * 1000)}\n`
      },
    },
    'cpu.weight': {
      text: () => `${cgroup.cpuWeight ?? 100}\n`,
      write(value) {
        cgroup.cpuWeight = Number.parseInt(value, 10)
      },
    },
    'cpuset.cpus': {
      text: () => `${cgroup.cpuSet ?? ''}\n`,
      write(value) {
        cgroup.cpuSet = value.trim() || undefined
      },
    },
    'cpuset.cpus.effective': { text: () => `${cgroup.cpuSet ?? `0-${kernel.cpus - 1}`}\n` },
    'memory.current': { text: () => `${memory()}\n` },
    'memory.events': {
      text: () =>
        `low 0\nhigh 0\nmax 0\noom ${cgroup.oomKills ?? 0}\noom_kill ${cgroup.oomKills ?? 0}\noom_group_kill ${cgroup.isKilledWhole ? (cgroup.oomKills ?? 0) : 0}\n`,
    },
    'memory.max': {
      text: () => `${limit(cgroup.memoryLimitBytes)}\n`,
      write(value) {
        cgroup.memoryLimitBytes = limitOf(value)
      },
    },
    'memory.oom.group': {
      text: () => `${cgroup.isKilledWhole ? 1 : 0}\n`,
      write(value) {
        cgroup.isKilledWhole = value.trim() === '1'
      },
    },
    'memory.stat': { text: () => `anon ${memory()}\nfile 0\nkernel 0\n` },
    'memory.low': {
      text: () => `${cgroup.memoryLowBytes ?? 0}\n`,
      write(value) {
        cgroup.memoryLowBytes = limitOf(value)
      },
    },
    'memory.peak': { text: () => `${memory()}\n` },
    'memory.swap.current': { text: () => '0\n' },
    'memory.swap.max': {
      text: () => `${limit(cgroup.swapLimitBytes)}\n`,
      write(value) {
        cgroup.swapLimitBytes = limitOf(value)
      },
    },
    'pids.current': { text: () => `${below().reduce((sum, { threads }) => sum + threads, 0)}\n` },
    'pids.max': {
      text: () => `${limit(cgroup.pidsLimit)}\n`,
      write(value) {
        cgroup.pidsLimit = limitOf(value)
      },
    },
  }
  // The root group of a machine has no limits to set.
  if (cgroup.path === '/')
    for (const name of [
      'memory.max',
      'cpu.max',
      'pids.max',
      'cgroup.freeze',
      'cgroup.type',
      'cgroup.events',
      'memory.current',
      'memory.events',
      'pids.current',
      'memory.swap.max',
      'memory.swap.current',
      'memory.low',
      'memory.peak',
      'cpu.weight',
      'cpuset.cpus',
    ])
      delete files[name]
  return withChildren(kernel, cgroup, files, (child) => directory(kernel, child, pids))
}

/** A group's own files, and the groups below as directories. */
export function withChildren(
  kernel: Kernel,
  cgroup: Cgroup,
  files: Readonly<Record<string, Virtual>>,
  directoryOf: (child: Cgroup) => Virtual,
): Virtual {
  const prefix = cgroup.path === '/' ? '/' : `${cgroup.path}/`
  const children = (): readonly string[] => [
    ...new Set(
      [...cgroups(kernel).keys()]
        .filter((path) => path.startsWith(prefix) && path !== '/')
        .map((path) => path.slice(prefix.length).split('/')[0]),
    ),
  ]
  return {
    names: () => [...Object.keys(files), ...children()],
    get(name) {
      if (Object.hasOwn(files, name)) return files[name]
      if (!children().includes(name)) return undefined
      const path = prefix + name
      return directoryOf(cgroups(kernel).get(path) ?? { path })
    },
    mode: 0o755,
  }
}
