/** The numbers that /proc/PID/ns and lsns show. The machine's own are those of every Linux; others are given when first asked for. */
import type { Process } from './process.ts'

export interface NamespaceNumbers {
  readonly cgroup: number
  readonly ipc: number
  readonly mnt: number
  readonly net: number
  readonly pid: number
  readonly user: number
  readonly uts: number
}

const given = new WeakMap<object, number>()

function numberOf(process: Process, namespace: object, host: number, isHost: boolean): number {
  if (isHost) return host
  const known = given.get(namespace) ?? process.kernel.pidNamespace().id
  given.set(namespace, known)
  return known
}

export function namespaceNumbers(process: Process): NamespaceNumbers {
  const { pids, net, mounts, uts } = process.namespaces
  const init = process.kernel.rootPids.processes.get(1)?.namespaces
  return {
    mnt: numberOf(process, mounts, 4026531841, mounts === init?.mounts),
    uts: numberOf(process, uts, 4026531838, uts === init?.uts),
    // Shared memory and control groups are no objects here: they go with the processes.
    ipc: numberOf(process, pids.processes, 4026531839, pids === process.kernel.rootPids),
    net: numberOf(process, net, 4026531840, net === init?.net),
    pid: pids.id,
    user: 4026531837,
    cgroup: 4026531835,
  }
}
