/**
 * /sys/fs/cgroup as the first version of control groups shows it: a tree for each controller. Ours share one hierarchy of groups, so a group
 * made under one controller is there under all, which differs from the real thing and matters to nobody who follows a manual.
 */
import { UnixError } from '../errors.ts'
import type { Kernel } from '../kernel/kernel.ts'
import type { Cgroup, PidNamespace } from '../kernel/process.ts'
import { limitOf, makeCgroup, membersFile, processesBelow, removeCgroup, throttling, withChildren, within } from './cgroup-files.ts'
import type { NewNode, Node } from './node.ts'
import { folder, text, type Virtual, VirtualFiles } from './virtual-files.ts'

export const controllersOne = ['blkio', 'cpu', 'cpuacct', 'cpuset', 'devices', 'freezer', 'memory', 'pids', 'systemd'] as const
type Controller = (typeof controllersOne)[number]

/** What "no limit" reads as: the largest number of whole pages. */
const unlimited = '9223372036854771712'
const periodUs = 100_000

/** The trees below `base`, which a container sees as its root. */
export function cgroupOneFiles(kernel: Kernel, base: Cgroup = kernel.rootCgroup, pids: PidNamespace = kernel.rootPids): VirtualFiles {
  return new CgroupOneFiles(kernel, base, pids)
}

class CgroupOneFiles extends VirtualFiles {
  readonly #kernel: Kernel
  readonly #base: Cgroup

  constructor(kernel: Kernel, base: Cgroup, pids: PidNamespace) {
    const trees = () => controllersOne.map((controller) => [controller, directory(kernel, base, pids, controller)] as const)
    super({ type: 'tmpfs', now: () => kernel.clock.now(), root: () => folder(Object.fromEntries(trees()), 0o755) })
    this.#kernel = kernel
    this.#base = base
  }

  override create(path: string, { kind }: NewNode): Node {
    if (kind !== 'directory' || path.indexOf('/', 1) < 0) throw new UnixError('EACCES', path)
    makeCgroup(this.#kernel, this.#full(path))
    return this.lookup(path) as Node
  }

  override remove(path: string): void {
    removeCgroup(this.#kernel, this.#full(path), path)
  }

  /** `/memory/mine` is the group `/mine`. */
  #full(path: string): string {
    return within(this.#base.path, path.slice(path.indexOf('/', 1)))
  }
}

function directory(kernel: Kernel, cgroup: Cgroup, pids: PidNamespace, controller: Controller): Virtual {
  const members = membersFile(kernel, cgroup, pids)
  const files: Record<string, Virtual> = {
    'cgroup.procs': members,
    tasks: members,
    notify_on_release: text(() => '0\n'),
    ...filesOf(kernel, cgroup, controller),
  }
  return withChildren(kernel, cgroup, files, (child) => directory(kernel, child, pids, controller))
}

function filesOf(kernel: Kernel, cgroup: Cgroup, controller: Controller): Readonly<Record<string, Virtual>> {
  const below = () => processesBelow(kernel, cgroup)
  const memory = () => below().reduce((sum, process) => sum + process.memoryBytes, 0)
  const cpuNs = () => Math.round(below().reduce((sum, process) => sum + process.cpuMs, 0) * 1e6)
  const setting = (read: () => number | string, write: (value: string) => void): Virtual => ({
    text: () => `${read()}\n`,
    write: (value) => write(value.trim()),
  })
  switch (controller) {
    case 'memory':
      return {
        'memory.limit_in_bytes': setting(
          () => cgroup.memoryLimitBytes ?? unlimited,
          (value) => void (cgroup.memoryLimitBytes = limitOf(value)),
        ),
        'memory.soft_limit_in_bytes': setting(
          () => cgroup.memoryLowBytes ?? unlimited,
          (value) => void (cgroup.memoryLowBytes = limitOf(value)),
        ),
        'memory.memsw.limit_in_bytes': setting(
          () =>
            cgroup.memoryLimitBytes === undefined || cgroup.swapLimitBytes === undefined
              ? unlimited
              : cgroup.memoryLimitBytes + cgroup.swapLimitBytes,
          (value) => void (cgroup.swapLimitBytes = Math.max(0, (limitOf(value) ?? 0) - (cgroup.memoryLimitBytes ?? 0))),
        ),
        'memory.usage_in_bytes': text(() => `${memory()}\n`),
        'memory.max_usage_in_bytes': text(() => `${memory()}\n`),
        'memory.failcnt': text(() => `${cgroup.oomKills ?? 0}\n`),
        'memory.oom_control': text(() => `oom_kill_disable 0\nunder_oom 0\noom_kill ${cgroup.oomKills ?? 0}\n`),
        'memory.stat': text(() => `cache 0\nrss ${memory()}\ntotal_cache 0\ntotal_rss ${memory()}\ntotal_inactive_file 0\n`),
        'memory.swappiness': text(() => '60\n'),
      }
    case 'cpu':
      return {
        'cpu.shares': setting(
          () => cgroup.cpuShares ?? 1024,
          (value) => void (cgroup.cpuShares = Number.parseInt(value, 10)),
        ),
        'cpu.cfs_period_us': text(() => `${periodUs}\n`),
        'cpu.cfs_quota_us': setting(
          () => (cgroup.cpuLimit === undefined ? -1 : Math.round(cgroup.cpuLimit * periodUs)),
          (value) => void (cgroup.cpuLimit = Number(value) < 0 ? undefined : Number(value) / periodUs),
        ),
        'cpu.stat': text(() => {
          const { periods, throttled, throttledMs } = throttling(below(), cgroup)
          return `nr_periods ${periods}\nnr_throttled ${throttled}\nthrottled_time ${Math.round(throttledMs * 1e6)}\n`
        }),
      }
    case 'cpuacct':
      return { 'cpuacct.usage': text(() => `${cpuNs()}\n`), 'cpuacct.stat': text(() => `user ${Math.round(cpuNs() / 1e7)}\nsystem 0\n`) }
    case 'cpuset': {
      const all = kernel.cpus === 1 ? '0' : `0-${kernel.cpus - 1}`
      return {
        'cpuset.cpus': setting(
          () => cgroup.cpuSet ?? all,
          (value) => void (cgroup.cpuSet = value || undefined),
        ),
        'cpuset.effective_cpus': text(() => `${cgroup.cpuSet ?? all}\n`),
        'cpuset.mems': text(() => '0\n'),
      }
    }
    case 'freezer':
      return {
        'freezer.state': setting(
          () => (cgroup.isFrozen ? 'FROZEN' : 'THAWED'),
          (value) => kernel.freeze(cgroup, value === 'FROZEN'),
        ),
      }
    case 'pids':
      return cgroup.path === '/'
        ? {}
        : {
            'pids.max': setting(
              () => cgroup.pidsLimit ?? 'max',
              (value) => void (cgroup.pidsLimit = limitOf(value)),
            ),
            'pids.current': text(() => `${below().reduce((sum, { threads }) => sum + threads, 0)}\n`),
          }
    case 'devices':
      return { 'devices.list': text(() => 'a *:* rwm\n') }
    case 'blkio':
    case 'systemd':
      return {}
  }
}
