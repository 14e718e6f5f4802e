/** Job control: `jobs`, `fg`, `bg`, `wait`, `kill`, `disown`. */
import { type Blocking, type Process } from '../../kernel/process.ts'
import { signalNumbers, signalOf } from '../../kernel/signals.ts'
import { mayKill } from '../../programs/kill.ts'
import { inFront, type Job, jobLine, jobNamed, jobStatus, recentJobs, signalText, stateOf, statusOf } from '../jobs.ts'
import type { Shell } from '../shell.ts'
import { type Builtin, options, print } from './builtin.ts'
import { signalTable } from './control.ts'

export const jobs: Builtin = function* (shell, argv) {
  const parsed = yield* options(shell, argv, 'lnprs', 'jobs [-lnprs] [jobspec ...] or jobs -x command [args]')
  if (!parsed) return 2
  const { letters, operands } = parsed
  const wanted: Job[] = []
  for (const spec of operands) {
    const job = jobNamed(shell, spec)
    if (job) wanted.push(job)
    else {
      yield* shell.complain(`jobs: ${spec}: no such job`)
      return 1
    }
  }
  const list = operands.length > 0 ? wanted : [...shell.jobs]
  for (const job of list) {
    const state = stateOf(job)
    if ((letters.has('r') && state !== 'Running') || (letters.has('s') && state !== 'Stopped')) continue
    yield* print(shell, letters.has('p') ? `${job.processes[0].pid}\n` : jobLine(shell, job, { showPid: letters.has('l') }))
    job.told = state === 'Done' ? undefined : state
  }
  shell.jobs = shell.jobs.filter((job) => stateOf(job) !== 'Done' || !list.includes(job))
  return 0
}

function resume(shell: Shell, job: Job): void {
  for (const process of job.processes) if (!process.isEnded) shell.process.kernel.kill(process, 'CONT', shell.process)
  job.told = 'Running'
}

export const fg: Builtin = function* (shell, argv) {
  if (!shell.option('monitor')) {
    yield* shell.complain('fg: no job control')
    return 1
  }
  const job = jobNamed(shell, argv[1] ?? '%+')
  if (!job || job.isForeign) {
    yield* shell.complain(`fg: ${argv[1] ?? 'current'}: no such job`)
    return 1
  }
  yield* print(shell, `${job.command}\n`)
  if (shell.process.terminal && job.group !== undefined) shell.process.terminal.foreground = job.group
  resume(shell, job)
  if ((yield* inFront(shell, job.processes, job.group)) === 'stopped') {
    job.told = 'Stopped'
    shell.jobs = [...shell.jobs.filter((each) => each !== job), job]
    yield* shell.say(`\n${jobLine(shell, job)}`)
    return 128 + signalNumbers.TSTP
  }
  shell.jobs = shell.jobs.filter((each) => each !== job)
  const { killedBy } = job.processes[job.processes.length - 1]
  if (killedBy && killedBy !== 'PIPE') yield* shell.say(killedBy === 'INT' ? '\n' : `${signalText(killedBy)}\n`)
  return jobStatus(job)
}

export const bg: Builtin = function* (shell, argv) {
  if (!shell.option('monitor')) {
    yield* shell.complain('bg: no job control')
    return 1
  }
  for (const spec of argv.length > 1 ? argv.slice(1) : ['%+']) {
    const job = jobNamed(shell, spec)
    if (!job || job.isForeign) {
      yield* shell.complain(`bg: ${argv.length > 1 ? spec : 'current'}: no such job`)
      return 1
    }
    if (stateOf(job) === 'Running') {
      yield* shell.complain(`bg: job ${job.number} already in background`)
      continue
    }
    resume(shell, job)
    yield* print(
      shell,
      `[${job.number}]${job === recentJobs(shell)[0] ? '+' : job === recentJobs(shell)[1] ? '-' : ' '} ${job.command} &\n`,
    )
  }
  return 0
}

function* awaited(shell: Shell, processes: readonly Process[]): Blocking<'ended' | 'interrupted'> {
  for (;;) {
    const running = processes.find((process) => !process.isEnded)
    if (!running) return 'ended'
    if (shell.pendingTraps.length > 0 || shell.wasInterrupted) return 'interrupted'
    yield { on: [shell.process.kernel.endOf(running)] }
  }
}

function interruptStatus(shell: Shell): number {
  const [signal] = shell.pendingTraps
  return signal ? 128 + signalNumbers[signal] : 130
}

export const wait: Builtin = function* (shell, argv) {
  const parsed = yield* options(shell, argv, 'fnp:', 'wait [-fn] [-p var] [id ...]')
  if (!parsed) return 2
  const { letters, operands } = parsed
  const own = () => shell.jobs.filter((job) => !job.isForeign)
  if (letters.has('n')) {
    const candidates = operands.length > 0 ? operands.map((spec) => targetOf(shell, spec)).filter((job) => job !== undefined) : own()
    if (candidates.length === 0) return 127
    for (;;) {
      const done = candidates.find((job) => stateOf(job) === 'Done')
      if (done) {
        shell.jobs = shell.jobs.filter((job) => job !== done)
        if (letters.has('p')) shell.assign(letters.get('p') ?? '', String(done.processes.at(-1)?.pid))
        return jobStatus(done)
      }
      if (shell.pendingTraps.length > 0 || shell.wasInterrupted) return interruptStatus(shell)
      yield {
        on: candidates.flatMap((job) =>
          job.processes.filter((process) => !process.isEnded).map((process) => shell.process.kernel.endOf(process)),
        ),
      }
    }
  }
  if (operands.length === 0) {
    if (
      (yield* awaited(
        shell,
        own().flatMap((job) => job.processes),
      )) === 'interrupted'
    )
      return interruptStatus(shell)
    if (!shell.isInteractive) shell.jobs = shell.jobs.filter((job) => job.isForeign)
    return 0
  }
  let status = 0
  for (const spec of operands) {
    const job = targetOf(shell, spec)
    if (!job) {
      const isPid = /^\d+$/.test(spec)
      yield* shell.complain(
        spec.startsWith('%')
          ? `wait: ${spec}: no such job`
          : isPid
            ? `wait: pid ${spec} is not a child of this shell`
            : `wait: \`${spec}': not a pid or valid job spec`,
      )
      status = isPid || spec.startsWith('%') ? 127 : 1
      continue
    }
    if ((yield* awaited(shell, job.processes)) === 'interrupted') return interruptStatus(shell)
    const process = /^\d+$/.test(spec) ? job.processes.find((each) => each.pid === Number(spec)) : undefined
    status = process ? statusOf(process) : jobStatus(job)
    job.told = undefined
  }
  return status
}

function targetOf(shell: Shell, spec: string): Job | undefined {
  if (spec.startsWith('%')) return jobNamed(shell, spec)
  return shell.jobs.find((job) => !job.isForeign && job.processes.some((process) => process.pid === Number(spec)))
}

export const kill: Builtin = function* (shell, argv) {
  let at = 1
  let signalName = 'TERM'
  if (argv[1] === '-l' || argv[1] === '-L') {
    if (argv.length === 2) yield* print(shell, signalTable())
    for (const arg of argv.slice(2)) {
      const number = Number(arg)
      const signal = /^\d+$/.test(arg) ? signalOf(String(number > 128 ? number - 128 : number)) : signalOf(arg)
      if (!signal) {
        yield* shell.complain(`kill: ${arg}: invalid signal specification`)
        return 1
      }
      yield* print(shell, /^\d+$/.test(arg) ? `${signal}\n` : `${signalNumbers[signal]}\n`)
    }
    return 0
  }
  if (argv[1] === '-s' || argv[1] === '-n') {
    signalName = argv[2] ?? ''
    at = 3
  } else if (argv[1]?.startsWith('-') && argv[1] !== '--') {
    signalName = argv[1].slice(1)
    at = 2
  }
  if (argv[at] === '--') at++
  const signal = signalName === '0' || signalName === 'EXIT' ? undefined : signalOf(signalName)
  if (!signal && signalName !== '0') {
    yield* shell.complain(`kill: ${signalName}: invalid signal specification`)
    return 1
  }
  if (at >= argv.length) {
    yield* shell.say('kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]\n')
    return 2
  }
  let status = 0
  for (const spec of argv.slice(at)) {
    if (spec.startsWith('%')) {
      const job = jobNamed(shell, spec)
      if (!job) {
        yield* shell.complain(`kill: ${spec}: no such job`)
        status = 1
        continue
      }
      for (const process of job.processes) {
        if (process.isEnded || !signal) continue
        shell.process.kernel.kill(process, signal, shell.process)
        if ((signal === 'TERM' || signal === 'HUP') && process.state === 'stopped')
          shell.process.kernel.kill(process, 'CONT', shell.process)
      }
      continue
    }
    if (!/^-?\d+$/.test(spec)) {
      yield* shell.complain(`kill: ${spec}: arguments must be process or job IDs`)
      status = 1
      continue
    }
    const pid = Number(spec)
    const targets = processesNamed(shell, pid)
    if (targets.length === 0) {
      yield* shell.complain(`kill: (${spec}) - No such process`)
      status = 1
      continue
    }
    for (const target of targets) {
      if (!mayKill(shell.process, target)) {
        yield* shell.complain(`kill: (${spec}) - Operation not permitted`)
        status = 1
      } else if (signal) {
        // A signal to oneself is acted on at once.
        shell.process.kernel.kill(target, signal, shell.process)
        if (target === shell.process) yield undefined
      }
    }
  }
  return status
}

/** A pid; 0 is the caller's own process group, a negative number that group. */
function processesNamed(shell: Shell, pid: number): Process[] {
  const { processes } = shell.process.namespaces.pids
  if (pid > 0) return [...processes.values()].filter((process) => process.pid === pid)
  const group = pid === 0 ? shell.process.group : processes.get(-pid)?.hostPid
  return [...processes.values()].filter((process) => process.group === group)
}

export const disown: Builtin = function* (shell, argv) {
  const parsed = yield* options(shell, argv, 'ahr', 'disown [-h] [-ar] [jobspec ... | pid ...]')
  if (!parsed) return 2
  const { letters, operands } = parsed
  const chosen = letters.has('a')
    ? [...shell.jobs]
    : operands.length > 0
      ? operands.map((spec) => targetOf(shell, spec))
      : [jobNamed(shell, '%+')]
  for (const [index, job] of chosen.entries()) {
    if (!job) {
      yield* shell.complain(`disown: ${operands[index] ?? 'current'}: no such job`)
      return 1
    }
    if (letters.has('h')) job.noHangUp = true
    else shell.jobs = shell.jobs.filter((each) => each !== job)
  }
  return 0
}
