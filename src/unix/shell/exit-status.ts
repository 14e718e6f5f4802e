/**
 * What follows a command: its status in `$?` and PIPESTATUS, the ERR trap and `set -e`, and what a shell says about a child that was stopped or
 * killed.
 */
import type { Blocking, Process } from '../kernel/process.ts'
import { signalNumbers } from '../kernel/signals.ts'
import { addJob, inFront, jobLine, signalText, statusOf } from './jobs.ts'
import { discardLine, exitShell, type Shell } from './shell.ts'
import { runTrap } from './traps.ts'

/** Status of a pipeline's members, for `${PIPESTATUS[@]}`. */
export function setPipeStatus(shell: Shell, statuses: readonly number[]): void {
  const variable = shell.variables.makeArray('PIPESTATUS', 'indexed')
  variable.indexed = statuses.map(String)
}

export function setSingleStatus(shell: Shell, status: number): void {
  shell.status = status
  const variable = shell.variables.find('PIPESTATUS')
  if (variable?.indexed && variable.indexed.length === 1 && variable.indexed[0] === String(status)) return
  setPipeStatus(shell, [status])
}

/** After a pipeline failed: the ERR trap and `set -e`. */
export function* checkFailure(shell: Shell): Blocking<void> {
  const { status } = shell
  if (status === 0 || shell.conditionDepth > 0) return
  if (shell.traps.has('ERR')) yield* runTrap(shell, 'ERR')
  if (shell.option('errexit')) throw exitShell(status)
}

export function* stopped(shell: Shell, processes: readonly Process[], commandText: string, group: number | undefined): Blocking<number> {
  const job = addJob(shell, processes, commandText, group)
  job.told = 'Stopped'
  shell.jobs = [...shell.jobs.filter((each) => each !== job), job]
  yield* shell.say(`\n${jobLine(shell, job)}`)
  setSingleStatus(shell, 128 + signalNumbers.TSTP)
  return shell.status
}

/** What bash says about a child that a signal killed. */
export function* afterKilled(shell: Shell, processes: readonly Process[], commandText: string): Blocking<void> {
  const signal = processes[processes.length - 1].killedBy
  if (!signal) return
  if (signal === 'INT') {
    if (!shell.isInteractive) return
    yield* shell.say('\n')
    // ^C ends the whole line, loops included.
    throw discardLine(130)
  }
  if (signal === 'PIPE') return
  const pid = processes[processes.length - 1].pid
  yield* shell.say(
    shell.isInteractive
      ? `${signalText(signal)}\n`
      : `${shell.prefix}${String(pid).padStart(5)} ${signalText(signal).padEnd(23)} ${commandText}\n`,
  )
}

export function sourceText(shell: Shell, node: { pos: number; end: number }): string {
  return shell.source.text.slice(node.pos, node.end).replace(/\s*\n\s*/g, ' ')
}

export function* waitedFor(shell: Shell, child: Process, node: { pos: number; end: number }): Blocking<number> {
  const group = shell.option('monitor') ? child.group : undefined
  if ((yield* inFront(shell, [child], group)) === 'stopped') return yield* stopped(shell, [child], sourceText(shell, node), group)
  setSingleStatus(shell, statusOf(child))
  if (child.killedBy) yield* afterKilled(shell, [child], sourceText(shell, node))
  yield* checkFailure(shell)
  return shell.status
}

/** After a redirection that could not be made. */
export function refusedStatus(shell: Shell): number {
  return shell.isDash ? 2 : 1
}

/** The command is over with this status. */
export function* ended(shell: Shell, status: number): Blocking<number> {
  setSingleStatus(shell, status)
  yield* checkFailure(shell)
  return status
}
