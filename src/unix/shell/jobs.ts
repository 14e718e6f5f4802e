/** Background and stopped pipelines: their numbers, the text shown for them, and waiting for what runs in front. */
import { type Blocking, Exit, type Process } from '../kernel/process.ts'
import { type Signal, signalNumbers } from '../kernel/signals.ts'
import type { Shell } from './shell.ts'

export interface Job {
  readonly number: number
  readonly processes: readonly Process[]
  readonly command: string
  /** The last state that was told. */
  told: 'Running' | 'Stopped' | undefined
  isForeign?: boolean
  /** Process group of its own, when there is job control. */
  readonly group: number | undefined
  noHangUp?: boolean
}

export type JobState = 'Running' | 'Stopped' | 'Done'

export function stateOf(job: Job): JobState {
  if (job.processes.every((process) => process.isEnded)) return 'Done'
  return job.processes.some((process) => process.state === 'stopped') ? 'Stopped' : 'Running'
}

export function statusOf(process: Process): number {
  return process.killedBy ? 128 + signalNumbers[process.killedBy] : (process.exitCode ?? 0)
}

export function jobStatus(job: Job): number {
  return statusOf(job.processes[job.processes.length - 1])
}

const signalWords: Readonly<Partial<Record<Signal, string>>> = {
  HUP: 'Hangup',
  INT: 'Interrupt',
  QUIT: 'Quit',
  ILL: 'Illegal instruction',
  TRAP: 'Trace/breakpoint trap',
  ABRT: 'Aborted',
  BUS: 'Bus error',
  FPE: 'Floating point exception',
  KILL: 'Killed',
  USR1: 'User defined signal 1',
  SEGV: 'Segmentation fault',
  USR2: 'User defined signal 2',
  PIPE: 'Broken pipe',
  ALRM: 'Alarm clock',
  TERM: 'Terminated',
  STKFLT: 'Stack fault',
  XCPU: 'CPU time limit exceeded',
  XFSZ: 'File size limit exceeded',
  VTALRM: 'Virtual timer expired',
  PROF: 'Profiling timer expired',
  IO: 'I/O possible',
  PWR: 'Power failure',
  SYS: 'Bad system call',
}

export function signalText(signal: Signal): string {
  return signalWords[signal] ?? `Signal ${signalNumbers[signal]}`
}

/** `Done`, `Exit 3`, `Terminated`, `Running`. */
export function stateText(job: Job): string {
  const state = stateOf(job)
  if (state !== 'Done') return state
  const last = job.processes[job.processes.length - 1]
  if (last.killedBy) return signalText(last.killedBy)
  return last.exitCode === 0 ? 'Done' : `Exit ${last.exitCode}`
}

/** `[1]+  Running                 sleep 100 &` */
export function jobLine(shell: Shell, job: Job, { showPid = false }: { showPid?: boolean } = {}): string {
  const mark = markOf(shell, job)
  const state = stateText(job)
  const pid = showPid ? `${String(job.processes[0].pid).padStart(5)} ` : ''
  return `[${job.number}]${mark} ${showPid ? '' : ' '}${pid}${state.padEnd(24)}${job.command}${stateOf(job) === 'Running' ? ' &' : ''}\n`
}

function markOf(shell: Shell, job: Job): string {
  const [current, previous] = recentJobs(shell)
  return job === current ? '+' : job === previous ? '-' : ' '
}

/** The current job (`%+`) and the one before it (`%-`): stopped ones come first, then the newest. */
export function recentJobs(shell: Shell): Job[] {
  const stopped = shell.jobs.filter((job) => stateOf(job) === 'Stopped').reverse()
  return [...stopped, ...shell.jobs.filter((job) => stateOf(job) !== 'Stopped').reverse()]
}

export function addJob(shell: Shell, processes: readonly Process[], command: string, group: number | undefined): Job {
  const number = Math.max(0, ...shell.jobs.map((job) => job.number)) + 1
  const job: Job = { number, processes, command, told: 'Running', group }
  shell.jobs.push(job)
  return job
}

/** `%1`, `%+`, `%%`, `%-`, `%vim`, `%?text`. */
export function jobNamed(shell: Shell, spec: string): Job | undefined {
  const name = spec.replace(/^%/, '')
  const recent = recentJobs(shell)
  if (name === '' || name === '%' || name === '+') return recent[0]
  if (name === '-') return recent[1] ?? recent[0]
  if (/^\d+$/.test(name)) return shell.jobs.find((job) => job.number === Number(name))
  if (name.startsWith('?')) return shell.jobs.find((job) => job.command.includes(name.slice(1)))
  return shell.jobs.find((job) => job.command.startsWith(name))
}

/** What is told before a prompt: jobs that ended or stopped meanwhile. */
export function* tellJobs(shell: Shell): Blocking<void> {
  for (const job of [...shell.jobs]) {
    const state = stateOf(job)
    if (state === 'Done') {
      yield* shell.say(jobLine(shell, job))
      shell.jobs = shell.jobs.filter((each) => each !== job)
    } else if (state === 'Stopped' && job.told !== 'Stopped') {
      job.told = 'Stopped'
      yield* shell.say(jobLine(shell, job))
    }
  }
}

/** Waits for processes in front of the shell; answers whether they stopped instead of ending. */
export function* inFront(shell: Shell, processes: readonly Process[], group: number | undefined): Blocking<'ended' | 'stopped'> {
  const { process } = shell
  const { terminal } = process
  const hasTerminal = terminal !== undefined && group !== undefined && shell.isInteractive
  const before = hasTerminal && { mode: terminal.mode, echo: terminal.echo, signals: terminal.signals, onlcr: terminal.onlcr }
  if (hasTerminal) terminal.foreground = group
  // A script lets the child decide: who handles ^C and ends well is followed by the next command, who dies of it takes bash along.
  const minds = shell.flavour === 'bash' && !shell.isInteractive && !process.handlers.has('INT')
  let wasInterrupted = false
  if (minds) process.handlers.set('INT', () => void (wasInterrupted = true))
  try {
    for (;;) {
      const running = processes.filter((each) => !each.isEnded)
      if (running.length === 0) return 'ended'
      if (shell.isInteractive && running.every((each) => each.state === 'stopped')) return 'stopped'
      // A child that stops sends CHLD, which an interactive shell handles and so wakes up here.
      yield { on: [process.kernel.endOf(running[0])] }
    }
  } finally {
    if (minds) process.handlers.delete('INT')
    if (wasInterrupted && processes.at(-1)?.killedBy === 'INT') dieOfInterrupt(process)
    if (hasTerminal && !process.isEnded) {
      terminal.foreground = process.group
      // What a program set stays set (`stty -echo`), unless it had no chance to clean up.
      if (before && processes.some((each) => each.killedBy !== undefined || !each.isEnded)) Object.assign(terminal, before)
    }
  }
}

/** The first process of a container does not die of signals: it ends with the code it would have had. */
function dieOfInterrupt(process: Process): never {
  process.kernel.kill(process, 'INT', process)
  throw new Exit(128 + signalNumbers.INT)
}
