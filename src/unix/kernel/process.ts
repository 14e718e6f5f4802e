/**
 * A process is a generator. To block is to `yield` what it waits for; the kernel resumes it when one of these happened, or when a
 * signal came, so whoever waits looks again and waits on (`readFrom` and its neighbours do).
 *
 * A program gets its `Process` and nothing else: files, network, time and other processes are reached through it, as they are seen
 * from inside its namespaces.
 */
import { joined, noBytes, bytesOf } from '../../base/bytes.ts'
import type { WaitQueue } from '../../base/wait-queue.ts'
import { UnixError } from '../errors.ts'
import type { Files } from '../files/files.ts'
import type { NetNamespace } from '../network/network.ts'
import type { Kernel } from './kernel.ts'
import type { Capability } from './capabilities.ts'
import type { Limits } from './limits.ts'
import { Descriptor, type OpenFile } from './open-file.ts'
import { type Signal, signalNumbers } from './signals.ts'
import type { Terminal } from './terminal.ts'

/**
 * What to wait for: any of the queues, the clock reaching `until` (ms), or a promise (only where a library is loaded). `{}` or
 * undefined lets the others run and goes on.
 */
export type Wait = { readonly on?: readonly WaitQueue[]; readonly until?: number; readonly promise?: Promise<unknown> } | undefined

/** Answers the exit code. Thrown `Exit` ends it from anywhere; anything else thrown is our bug. */
export type Program = (process: Process) => Running
export type Running = Generator<Wait, number, unknown>
/** A part of a program that may block and answers a `T`. */
export type Blocking<T> = Generator<Wait, T, unknown>

export class Exit extends Error {
  readonly code: number

  constructor(code: number) {
    super(`exit ${code}`)
    this.code = code
  }
}

/** What a process sees of its machine; containers have namespaces of their own, everything on the host shares the host's. */
export interface Namespaces {
  readonly pids: PidNamespace
  readonly net: NetNamespace
  /** Root directory and mounts. */
  readonly mounts: Files
  readonly uts: { hostname: string; domainname: string }
}

export interface PidNamespace {
  readonly id: number
  /** The enclosing one, which sees our processes too, under other numbers. */
  readonly parent: PidNamespace | undefined
  readonly processes: Map<number, Process>
  nextPid: number
}

/** A control group: what is counted and limited together. */
export interface Cgroup {
  /** Path under /sys/fs/cgroup: `/system.slice/docker-<id>.scope`. */
  readonly path: string
  memoryLimitBytes?: number
  /** CPUs: 0.5 is half of one. */
  cpuLimit?: number
  pidsLimit?: number
  /** Relative share of the CPUs when all want them: 100 unless set. */
  cpuWeight?: number
  /** The same as the first version of control groups counts it: 1024 unless set. */
  cpuShares?: number
  /** CPUs it may run on: `0-1`, `3`. */
  cpuSet?: string
  /** Swap it may use beside memory. */
  swapLimitBytes?: number
  /** What it keeps when memory is short. */
  memoryLowBytes?: number
  /** Frozen by `docker pause`. */
  isFrozen?: boolean
  /** A pod's group around its containers': limits and freezing count for all below. */
  parent?: Cgroup
  /** How often a process was killed because the limit was passed. */
  oomKills?: number
  /** When one must go for want of memory, all go: how a kubelet makes its containers' groups. */
  isKilledWhole?: boolean
}

export interface Credentials {
  readonly uid: number
  readonly gid: number
  readonly groups: readonly number[]
  /** What this root may not do (see capabilities.ts); undefined: nothing is refused. */
  readonly lacks?: ReadonlySet<Capability>
  /** `--security-opt`, as /proc/PID/status shows it. */
  readonly noNewPrivileges?: boolean
  readonly isFiltered?: boolean
}

export interface ProcessOptions {
  readonly program: Program
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  readonly namespaces: Namespaces
  readonly credentials: Credentials
  readonly cgroup: Cgroup
  readonly terminal?: Terminal
  /** Inherited descriptors; the new process takes its own share of each. */
  readonly descriptors: ReadonlyMap<number, Descriptor>
  readonly parent?: Process
  /** Own process group (a job), or that of the parent. */
  readonly group?: number
  readonly session?: number
  /** Instead of the parent's. */
  readonly limits?: Limits
}

const noLimits: Limits = new Map()

export type ProcessState = 'running' | 'sleeping' | 'stopped' | 'zombie'

export class Process {
  /** Number in the outermost namespace: what the host's `ps` shows. */
  readonly hostPid: number
  /** Number in its own namespace: `$$`. */
  readonly pid: number
  readonly kernel: Kernel
  readonly startedAt: number
  argv: readonly string[]
  env: Record<string, string>
  cwd: string
  umask = 0o022
  credentials: Credentials
  namespaces: Namespaces
  cgroup: Cgroup
  limits: Limits
  /** The controlling terminal. */
  terminal: Terminal | undefined
  parent: Process | undefined
  /** hostPid of the process group's leader, and of the session's. */
  group: number
  session: number
  readonly descriptors = new Map<number, Descriptor>()
  /** What to do instead of the default; 'ignore' drops the signal. Called between two steps of the process. */
  readonly handlers = new Map<Signal, 'ignore' | ((signal: Signal) => void)>()
  state: ProcessState = 'running'
  /** Set when it ended: 0–255, or 128+n when killed by signal n. */
  exitCode: number | undefined
  killedBy: Signal | undefined
  #cpuMs = 0
  #throttledMs = 0
  #spinningSince: number | undefined
  /** Resident memory, bytes, as far as programs declare it. */
  memoryBytes = 1_200_000
  /** As many as the real program has: control groups count them, not processes. */
  threads = 1
  readonly children = new Set<Process>()
  /** Reads and writes since the kernel last resumed it. */
  callsInStep = 0

  constructor(kernel: Kernel, hostPid: number, pid: number, options: ProcessOptions) {
    this.kernel = kernel
    this.hostPid = hostPid
    this.pid = pid
    this.startedAt = kernel.clock.now()
    this.argv = options.argv
    this.env = { ...options.env }
    this.cwd = options.cwd
    this.credentials = options.credentials
    this.namespaces = options.namespaces
    this.cgroup = options.cgroup
    this.limits = options.limits ?? options.parent?.limits ?? noLimits
    this.terminal = options.terminal
    this.parent = options.parent
    this.group = options.group ?? options.parent?.group ?? hostPid
    this.session = options.session ?? options.parent?.session ?? hostPid
    if (options.parent) this.umask = options.parent.umask
    for (const [number, descriptor] of options.descriptors) this.descriptors.set(number, descriptor.retain())
  }

  /** As the process itself sees it: 0 where the parent is in another pid namespace. */
  get parentPid(): number {
    return this.parent && this.parent.namespaces.pids === this.namespaces.pids ? this.parent.pid : 0
  }

  /** Files as this process sees them; relative paths start at `cwd`. */
  get files(): Files {
    return this.namespaces.mounts
  }

  get net(): NetNamespace {
    return this.namespaces.net
  }

  now(): number {
    return this.kernel.clock.now()
  }

  /** An absolute path, `..` and `.` left for `Files` to resolve. */
  path(path: string): string {
    return path.startsWith('/') ? path : `${this.cwd === '/' ? '' : this.cwd}/${path}`
  }

  /** The open file behind a descriptor; throws EBADF. */
  file(number: number): OpenFile {
    const descriptor = this.descriptors.get(number)
    if (!descriptor) throw new UnixError('EBADF')
    return descriptor.file
  }

  /** Puts an open file on the lowest free number from `from` on, or on `number`. */
  install(file: OpenFile | Descriptor, number?: number, from = 0): number {
    const descriptor = (file instanceof Descriptor ? file : new Descriptor(file)).retain()
    let free = number ?? from
    if (number === undefined) while (this.descriptors.has(free)) free++
    this.descriptors.get(free)?.release()
    this.descriptors.set(free, descriptor)
    return free
  }

  close(number: number): void {
    const descriptor = this.descriptors.get(number)
    if (!descriptor) throw new UnixError('EBADF')
    this.descriptors.delete(number)
    descriptor.release()
  }

  get isEnded(): boolean {
    return this.exitCode !== undefined
  }

  /** CPU time used, ms, as `ps` and `top` show it. */
  get cpuMs(): number {
    return this.#cpuMs + (this.#spinningSince === undefined ? 0 : this.#cpuShare * (this.now() - this.#spinningSince))
  }

  set cpuMs(ms: number) {
    this.#cpuMs = ms - (this.cpuMs - this.#cpuMs)
  }

  /** How long it had to wait because its control group had used up its share. */
  get throttledMs(): number {
    return this.#throttledMs + (this.#spinningSince === undefined ? 0 : (1 - this.#cpuShare) * (this.now() - this.#spinningSince))
  }

  set throttledMs(ms: number) {
    this.#throttledMs += ms - this.throttledMs
  }

  /** Busy in a loop that was cut short (`while(true){}`): it takes a whole CPU, or what its control group leaves it, and answers nothing. */
  get isSpinning(): boolean {
    return this.#spinningSince !== undefined
  }

  set isSpinning(is: boolean) {
    if (is === this.isSpinning) return
    this.#cpuMs = this.cpuMs
    this.#throttledMs = this.throttledMs
    this.#spinningSince = is ? this.now() : undefined
  }

  get #cpuShare(): number {
    return Math.min(1, this.cgroup.cpuLimit ?? 1)
  }
}

/** Reads and writes a process may do before the others get a turn. */
const callsPerStep = 64
/** A program that would hold more than this of a stream in memory gives up, before the tab does. */
const mostBytes = 256 * 2 ** 20

/** Bytes of a descriptor as they come; empty at the end. */
export function* readFrom(process: Process, descriptor: number, max = 65_536): Blocking<Uint8Array> {
  const file = process.file(descriptor)
  // What is always ready (/dev/zero, a large file) must not keep the others from running.
  if (++process.callsInStep > callsPerStep) yield
  for (;;) {
    const bytes = file.read(max)
    if (bytes !== undefined) return bytes
    yield { on: [file.readable] }
  }
}

export function* readAll(process: Process, descriptor: number): Blocking<Uint8Array> {
  const parts: Uint8Array[] = []
  let size = 0
  for (;;) {
    const bytes = yield* readFrom(process, descriptor)
    if (bytes.length === 0) return parts.length === 0 ? noBytes : joined(parts)
    parts.push(bytes)
    process.memoryBytes += bytes.length
    size += bytes.length
    if (size <= mostBytes) continue
    yield* err(process, `${process.argv[0].replace(/^.*\//, '')}: memory exhausted\n`)
    throw new Exit(1)
  }
}

/** Writes all of it. A pipe nobody reads any more kills the writer with SIGPIPE, unless it handles that: then EPIPE is thrown. */
export function* writeTo(process: Process, descriptor: number, data: Uint8Array | string): Blocking<void> {
  let bytes = typeof data === 'string' ? bytesOf(data) : data
  const file = process.file(descriptor)
  if (++process.callsInStep > callsPerStep) yield
  while (bytes.length > 0) {
    let taken: number
    try {
      taken = file.write(bytes)
    } catch (error) {
      if (error instanceof UnixError && error.errno === 'EPIPE' && !process.handlers.has('PIPE')) {
        process.killedBy = 'PIPE'
        throw new Exit(128 + signalNumbers.PIPE)
      }
      throw error
    }
    if (taken === 0) yield { on: [file.writable] }
    else if (taken === bytes.length) return
    else bytes = bytes.subarray(taken)
  }
}

/** Standard output and standard error. */
export const out = (process: Process, text: Uint8Array | string): Blocking<void> => writeTo(process, 1, text)
export const err = (process: Process, text: Uint8Array | string): Blocking<void> => writeTo(process, 2, text)

export function* sleep(process: Process, ms: number): Blocking<void> {
  const until = process.now() + ms
  while (process.now() < until) yield { until }
}

/** Waits until a child (or any process) has ended; answers its exit code. */
export function* ended(child: Process): Blocking<number> {
  while (child.exitCode === undefined) yield { on: [child.kernel.endOf(child)] }
  return child.exitCode
}
