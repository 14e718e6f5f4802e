/**
 * One machine's kernel: it runs processes one step at a time, on the session's clock, and delivers signals. A step ends at a
 * `yield`; a program that never yields would block the worker, so loops in shells and interpreters yield every few statements.
 */
import { assert } from '../../base/assert.ts'
import type { Cancel, Clock } from '../../base/clock.ts'
import type { Random } from '../../base/random.ts'
import { WaitQueue } from '../../base/wait-queue.ts'
import { UnixError } from '../errors.ts'
import { type Cgroup, Exit, type PidNamespace, Process, type ProcessOptions, type Program, type Running, type Wait } from './process.ts'
import { defaultDisposition, type Signal, signalNumbers } from './signals.ts'

interface Task {
  readonly process: Process
  readonly running: Running
  readonly end: WaitQueue
  /** What takes back the present wait. */
  cancels: Cancel[]
  isScheduled: boolean
  /** A wake that came while the process was stopped or frozen. */
  isHeldBack: boolean
  pending: Signal[]
  /** Memory at the last look, to notice growth. */
  memoryBytes: number
}

/** What a machine holds of them: a fork bomb stops here, not with the tab. */
const mostProcesses = 6_000

/** Session time that passes while a process computes from one voluntary `yield` to the next. */
const quantumMs = 1
/** What any step costs. */
const stepMs = 0.05

export interface KernelOptions {
  readonly clock: Clock
  readonly random: Random
  /** As `uname` tells: `Linux`, `6.1.0-37-amd64`. */
  readonly release?: string
  /** Bytes of memory and number of CPUs of the machine. */
  readonly memoryBytes?: number
  readonly cpus?: number
  /** How control groups are shown: as one tree, or (1) as older machines do, one tree for each controller. */
  readonly cgroupVersion?: 1 | 2
  /** How many files a service may have open. */
  readonly openFiles?: number
  /** What executable files can name (see execute.ts). Shared by all machines of a session. */
  readonly programs?: ReadonlyMap<string, Program>
}

export class Kernel {
  readonly clock: Clock
  readonly random: Random
  readonly release: string
  readonly memoryBytes: number
  readonly cpus: number
  readonly cgroupVersion: 1 | 2
  readonly openFiles: number
  readonly programs: ReadonlyMap<string, Program>
  readonly bootedAt: number
  /** The host's own pid namespace: it sees every process. */
  readonly rootPids: PidNamespace = { id: 4026531836, parent: undefined, processes: new Map(), nextPid: 1 }
  readonly rootCgroup: Cgroup = { path: '/' }
  /** What happened since the start, as `dmesg` tells: processes killed for their memory. */
  readonly messages: { readonly at: number; readonly text: string }[] = []
  /** Told when any process starts, ends, stops or goes on. */
  readonly changed = new WaitQueue()
  /** Whose step is running: who calls when a file of /proc or a terminal is read. */
  current: Process | undefined
  /** Told when a program threw what is no `Exit`: a bug of ours. The process has ended with 139; without a hook the error is thrown on. */
  onFault: ((process: Process, error: unknown) => void) | undefined
  readonly #tasks = new Map<Process, Task>()
  #nextInode = 20_000
  #nextNamespace = 4026532200
  #isOff = false

  constructor({
    clock,
    random,
    release = '6.1.0-37-amd64',
    memoryBytes = 4 * 2 ** 30,
    cpus = 2,
    cgroupVersion = 2,
    openFiles = 1_048_576,
    programs = new Map(),
  }: KernelOptions) {
    this.clock = clock
    this.random = random
    this.release = release
    this.memoryBytes = memoryBytes
    this.cpus = cpus
    this.cgroupVersion = cgroupVersion
    this.openFiles = openFiles
    this.programs = programs
    this.bootedAt = clock.now()
  }

  /** A number for a pipe, a socket or an anonymous inode. */
  nextInode(): number {
    return this.#nextInode++
  }

  pidNamespace(): PidNamespace {
    return { id: this.#nextNamespace++, parent: this.rootPids, processes: new Map(), nextPid: 1 }
  }

  get processes(): Iterable<Process> {
    return this.rootPids.processes.values()
  }

  /** Starts a process; it takes its first step on the next turn of the clock. Throws EAGAIN when its cgroup's pids limit is reached. */
  spawn(options: ProcessOptions): Process {
    assert(!this.#isOff, 'a machine that is off starts nothing')
    const { pids } = options.namespaces
    const { pidsLimit } = options.cgroup
    if (this.rootPids.processes.size >= mostProcesses) throw new UnixError('EAGAIN')
    if (pidsLimit !== undefined && this.#countIn(options.cgroup) >= pidsLimit) throw new UnixError('EAGAIN')
    const hostPid = this.rootPids.nextPid++
    const pid = pids === this.rootPids ? hostPid : pids.nextPid++
    const process = new Process(this, hostPid, pid, options)
    this.rootPids.processes.set(hostPid, process)
    if (pids !== this.rootPids) pids.processes.set(pid, process)
    options.parent?.children.add(process)
    const task: Task = {
      process,
      running: options.program(process),
      end: new WaitQueue(),
      cancels: [],
      isScheduled: false,
      isHeldBack: false,
      pending: [],
      memoryBytes: 0,
    }
    this.#tasks.set(process, task)
    this.#schedule(task)
    this.changed.wake()
    return process
  }

  /** Replaces what a process runs, as `exec` does: same pid, same descriptors. The caller yields once and never comes back. */
  exec(process: Process, program: (process: Process) => Running, argv: readonly string[]): void {
    const task = this.#tasks.get(process)
    assert(task, 'only a living process executes')
    process.argv = argv
    for (const [signal, handler] of process.handlers) if (handler !== 'ignore') process.handlers.delete(signal)
    this.#unwait(task)
    const next: Task = { ...task, running: program(process), cancels: [], isScheduled: false, isHeldBack: false }
    // The old generator is dropped where it stands, not returned: its `finally` blocks belong to a program that no longer exists.
    task.isScheduled = false
    this.#tasks.set(process, next)
    this.#schedule(next)
  }

  /** Woken when the process ends. */
  endOf(process: Process): WaitQueue {
    return this.#tasks.get(process)?.end ?? new WaitQueue()
  }

  /** Sends a signal. Pid 1 of a namespace is killed from inside only by what it handles; KILL and STOP from outside always work. */
  kill(process: Process, signal: Signal, from?: Process): void {
    const task = this.#tasks.get(process)
    if (!task || process.isEnded) return
    if (process.pid === 1 && process.namespaces.pids !== this.rootPids) {
      const isInside = from !== undefined && from.namespaces.pids === process.namespaces.pids
      const isForced = (signal === 'KILL' || signal === 'STOP') && !isInside
      if (!isForced && typeof process.handlers.get(signal) !== 'function') return
    }
    const handler = signal === 'KILL' || signal === 'STOP' ? undefined : process.handlers.get(signal)
    if (signal === 'CONT') this.#continue(task)
    if (handler === 'ignore') return
    if (handler) {
      task.pending.push(signal)
      this.#schedule(task)
      return
    }
    switch (defaultDisposition(signal)) {
      case 'terminate':
        process.killedBy = signal
        return this.#end(task, 128 + signalNumbers[signal])
      case 'stop':
        process.state = 'stopped'
        this.changed.wake()
        process.parent && this.kill(process.parent, 'CHLD')
        return
      case 'ignore':
      case 'continue':
    }
  }

  /** Signals every process of a group: what Ctrl-C does. */
  killGroup(group: number, signal: Signal): void {
    for (const process of [...this.processes]) if (process.group === group) this.kill(process, signal)
  }

  /** Freezes or thaws a control group (`docker pause`). */
  freeze(cgroup: Cgroup, isFrozen: boolean): void {
    cgroup.isFrozen = isFrozen
    if (isFrozen) return
    for (const task of [...this.#tasks.values()]) if (isWithin(task.process.cgroup, cgroup) && task.isHeldBack) this.#wake(task)
  }

  /** Power off: every process is gone at once, nothing is told to anybody. */
  off(): void {
    this.#isOff = true
    for (const task of [...this.#tasks.values()]) {
      this.#unwait(task)
      task.isScheduled = false
    }
    this.#tasks.clear()
    this.rootPids.processes.clear()
  }

  #countIn(cgroup: Cgroup): number {
    let count = 0
    for (const process of this.processes) if (process.cgroup === cgroup && !process.isEnded) count++
    return count
  }

  #schedule(task: Task): void {
    if (task.isScheduled) return
    task.isScheduled = true
    this.clock.after(0, () => {
      if (!task.isScheduled) return
      task.isScheduled = false
      if (this.#tasks.get(task.process) === task) this.#step(task)
    })
  }

  #wake(task: Task): void {
    this.#unwait(task)
    if (task.process.state === 'stopped' || isFrozen(task.process)) {
      task.isHeldBack = true
      return
    }
    task.isHeldBack = false
    this.#schedule(task)
  }

  #continue(task: Task): void {
    if (task.process.state !== 'stopped') return
    task.process.state = 'sleeping'
    this.changed.wake()
    if (task.isHeldBack) this.#wake(task)
  }

  #step(task: Task): void {
    const { process } = task
    if (process.state === 'stopped' || isFrozen(process)) {
      task.isHeldBack = true
      return
    }
    process.state = 'running'
    process.callsInStep = 0
    this.#unwait(task)
    const before = this.current
    this.current = process
    let result: IteratorResult<Wait, number>
    try {
      for (const signal of task.pending.splice(0)) {
        const handler = process.handlers.get(signal)
        if (typeof handler === 'function') handler(signal)
      }
      result = task.running.next()
    } catch (error) {
      // A process that killed itself runs on to its next yield, without descriptors: what it stumbles over is no fault.
      if (process.isEnded || this.#tasks.get(process) !== task) return
      // A program that knows no answer to a full process table ends, as most do.
      if (error instanceof UnixError && error.errno === 'EAGAIN') result = { done: true, value: 1 }
      else if (!(error instanceof Exit)) return this.#fault(task, error)
      else result = { done: true, value: error.code }
    } finally {
      this.current = before
    }
    if (process.isEnded || this.#tasks.get(process) !== task) return
    process.cpuMs += stepMs
    if (result.done) return this.#end(task, result.value & 255)
    if (process.memoryBytes > task.memoryBytes && this.#isOutOfMemory(task)) return
    task.memoryBytes = process.memoryBytes
    if (process.state === 'running') process.state = 'sleeping'
    this.#wait(task, result.value)
    // A signal that came during the step is handled before waiting.
    if (task.pending.length > 0) this.#schedule(task)
  }

  #fault(task: Task, error: unknown): void {
    const { process } = task
    process.killedBy = 'SEGV'
    this.#end(task, 139)
    if (!this.onFault) throw error
    this.onFault(process, error)
  }

  /** Kills the largest process of the control group whose limit is passed. Answers whether it was this one. */
  #isOutOfMemory({ process }: Task): boolean {
    for (let cgroup: Cgroup | undefined = process.cgroup; cgroup; cgroup = cgroup.parent) {
      if (cgroup.memoryLimitBytes === undefined) continue
      let used = 0
      let largest = process
      for (const other of this.processes) {
        if (!isWithin(other.cgroup, cgroup)) continue
        used += other.memoryBytes
        if (other.memoryBytes > largest.memoryBytes) largest = other
      }
      if (used <= cgroup.memoryLimitBytes) continue
      cgroup.oomKills = (cgroup.oomKills ?? 0) + 1
      this.#tellOutOfMemory(process, largest, cgroup, used)
      // A container's first process is no exception, unlike for signals of its own.
      this.#terminate(largest, 'KILL')
      if (cgroup.isKilledWhole) for (const other of [...this.processes]) if (isWithin(other.cgroup, cgroup)) this.#terminate(other, 'KILL')
      if (process.isEnded) return true
    }
    return false
  }

  #tellOutOfMemory(asking: Process, killed: Process, { path, memoryLimitBytes = 0, oomKills = 0 }: Cgroup, usedBytes: number): void {
    const name = (process: Process): string => process.argv[0].replace(/^.*\//, '').slice(0, 15)
    const kib = (bytes: number): number => Math.round(bytes / 1024)
    for (const text of [
      `${name(asking)} invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0`,
      `memory: usage ${kib(Math.min(usedBytes, memoryLimitBytes))}kB, limit ${kib(memoryLimitBytes)}kB, failcnt ${oomKills}`,
      `oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=${path.replace(/^.*\//, '')},mems_allowed=0,oom_memcg=${path},task_memcg=${killed.cgroup.path},task=${name(killed)},pid=${killed.hostPid},uid=${killed.credentials.uid}`,
      `Memory cgroup out of memory: Killed process ${killed.hostPid} (${name(killed)}) total-vm:${kib(killed.memoryBytes) + 2472}kB, anon-rss:${kib(killed.memoryBytes)}kB, file-rss:0kB, shmem-rss:0kB, UID:${killed.credentials.uid} pgtables:${kib(killed.memoryBytes / 256)}kB oom_score_adj:0`,
    ])
      this.messages.push({ at: this.clock.now(), text })
    // The kernel's buffer is a ring too.
    if (this.messages.length > 1000) this.messages.splice(0, this.messages.length - 1000)
  }

  #terminate(process: Process, signal: Signal): void {
    const task = this.#tasks.get(process)
    if (!task) return
    process.killedBy = signal
    this.#end(task, 128 + signalNumbers[signal])
  }

  #wait(task: Task, wait: Wait): void {
    const wake = () => this.#wake(task)
    if (wait === undefined || (!wait.on && wait.until === undefined && !wait.promise)) {
      // Computing takes time: a process that only gives way comes back a quantum later, so a busy loop cannot stop the clock.
      const waitedMs = quantumMs / this.#shareOf(task.process.cgroup)
      task.process.cpuMs += quantumMs - stepMs
      task.process.throttledMs += waitedMs - quantumMs
      task.cancels.push(this.clock.after(waitedMs, wake))
      return
    }
    for (const queue of wait.on ?? []) task.cancels.push(queue.once(wake))
    if (wait.until !== undefined) task.cancels.push(this.clock.after(wait.until - this.clock.now(), wake))
    if (wait.promise) {
      const release = this.clock.hold()
      const loaded = () => {
        release()
        wake()
      }
      wait.promise.then(loaded, loaded)
    }
  }

  /** How much of a CPU one of its processes gets: a limit of half a CPU lets a busy loop rest as long as it runs. */
  #shareOf(cgroup: Cgroup): number {
    let share = 1
    for (let at: Cgroup | undefined = cgroup; at; at = at.parent) share = Math.min(share, at.cpuLimit ?? 1)
    return Math.max(share, 0.01)
  }

  #unwait(task: Task): void {
    for (const cancel of task.cancels.splice(0)) cancel()
  }

  #end(task: Task, code: number): void {
    const { process } = task
    if (process.isEnded) return
    process.exitCode = code
    process.state = 'zombie'
    this.#unwait(task)
    this.#tasks.delete(process)
    // A generator that is running right now ends itself; one that waits is told, so that its `finally` blocks run.
    const before = this.current
    this.current = process
    try {
      task.running.return(code)
    } catch (error) {
      if (!(error instanceof TypeError) && !(error instanceof Exit) && !(error instanceof UnixError)) throw error
    } finally {
      this.current = before
    }
    for (const descriptor of process.descriptors.values()) descriptor.release()
    process.descriptors.clear()
    const { pids } = process.namespaces
    const first = process.pid === 1 ? undefined : pids.processes.get(1)
    for (const child of process.children) {
      child.parent = first
      first?.children.add(child)
    }
    process.children.clear()
    if (process.pid === 1 && pids !== this.rootPids) {
      for (const orphan of [...pids.processes.values()]) if (orphan !== process) this.kill(orphan, 'KILL')
    }
    this.#reap(process)
    task.end.wake()
    this.changed.wake()
    if (process.parent) this.kill(process.parent, 'CHLD')
  }

  #reap(process: Process): void {
    process.parent?.children.delete(process)
    this.rootPids.processes.delete(process.hostPid)
    if (process.namespaces.pids !== this.rootPids) process.namespaces.pids.processes.delete(process.pid)
  }
}

function isWithin(cgroup: Cgroup | undefined, outer: Cgroup): boolean {
  for (let at = cgroup; at; at = at.parent) if (at === outer) return true
  return false
}

function isFrozen({ cgroup }: Process): boolean {
  for (let at: Cgroup | undefined = cgroup; at; at = at.parent) if (at.isFrozen) return true
  return false
}
