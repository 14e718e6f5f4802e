/** Processes as ps, top and pgrep tell of them: only those of the own pid namespace are seen, by their numbers there. */
import { commandName } from '../files/proc-files.ts'
import type { Process } from '../kernel/process.ts'
import { userName } from './users.ts'

export { commandName }

/** Those that `viewer` sees, by pid. */
export function visibleProcesses(viewer: Process): readonly Process[] {
  return [...viewer.namespaces.pids.processes.values()]
    .filter((one) => !one.isEnded)
    .sort((a, b) => pidSeen(viewer, a) - pidSeen(viewer, b))
}

export function pidSeen(viewer: Process, process: Process): number {
  return viewer.namespaces.pids === viewer.kernel.rootPids ? process.hostPid : process.pid
}

export function parentPidSeen(viewer: Process, process: Process): number {
  const { parent } = process
  if (!parent || parent.isEnded)
    return process === viewer.namespaces.pids.processes.get(1)
      ? 0
      : viewer.namespaces.pids.processes.has(1) && pidSeen(viewer, process) !== 1
        ? 1
        : 0
  return [...viewer.namespaces.pids.processes.values()].includes(parent) ? pidSeen(viewer, parent) : 0
}

export function commandLine(process: Process): string {
  return process.argv.join(' ')
}

export function stateLetter(process: Process): string {
  if (process.state === 'zombie') return 'Z'
  if (process.state === 'stopped') return 'T'
  if (process.cgroup.isFrozen) return 'D'
  return process.state === 'running' ? 'R' : 'S'
}

/** `Ss+`: session leader, in the foreground of its terminal. */
export function stateText(process: Process): string {
  return (
    stateLetter(process) +
    (process.session === process.hostPid ? 's' : '') +
    (process.terminal && process.terminal.foreground === process.group ? '+' : '')
  )
}

export function terminalText(process: Process): string {
  return process.terminal?.name.replace('/dev/', '') ?? '?'
}

/** Address space, KiB: what is resident and the usual libraries. */
export function virtualKib(process: Process): number {
  return Math.round(process.memoryBytes / 1024) + 2472 + (process.argv[0]?.length ?? 0) * 4
}

export function residentKib(process: Process): number {
  return Math.round(process.memoryBytes / 1024)
}

export function userText(viewer: Process, process: Process): string {
  return userName(viewer, process.credentials.uid)
}

/** Share of a CPU since it started, in percent. */
export function cpuPercent(process: Process, nowMs: number): number {
  return Math.min(100 * process.kernel.cpus, (process.cpuMs / Math.max(1000, nowMs - process.startedAt)) * 100)
}
