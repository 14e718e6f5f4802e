/** The end of a pod's containers: hooks first, then a signal and the grace period; sidecars after all the others, in reverse order. */
import type { WaitQueue } from '../../../base/wait-queue.ts'
import { pace } from '../../pace.ts'
import type { Work } from '../work.ts'
import { type ContainerRecord, isRunning } from './container-record.ts'
import { runHook } from './hooks.ts'
import type { WorkerContext } from './host.ts'
import type { PodProbes } from './pod-probes.ts'

interface Stop {
  readonly records: readonly ContainerRecord[]
  readonly probes: PodProbes
  /** Asks the runtime how the containers are. */
  readonly look: () => void
  readonly graceMs: () => number
  /** Woken when a container changed. */
  readonly exits: WaitQueue
}

export function* stopAll(worker: WorkerContext, { records, probes, look, graceMs, exits }: Stop): Work {
  const { clock, runtime } = worker.host
  const untilStopped = function* (all: readonly ContainerRecord[]): Work {
    for (;;) {
      look()
      if (!all.some(isRunning)) {
        if (all.length > 0) yield pace.relist
        return
      }
      yield (resume) => exits.once(resume)
    }
  }
  look()
  const main = records.filter((each) => each.role !== 'sidecar' && isRunning(each))
  const sidecars = records.filter((each) => each.role === 'sidecar' && isRunning(each)).reverse()
  for (const each of main) {
    worker.event('Normal', 'Killing', `Stopping container ${each.name}`, each)
    probes.stop(each)
  }
  const until = clock.now() + graceMs()
  for (const each of main) {
    const hook = each.spec.lifecycle?.preStop
    if (hook && graceMs() > 0 && !(yield* runHook(worker, each, hook)))
      worker.event('Warning', 'FailedPreStopHook', 'PreStopHook failed', each)
  }
  for (const each of main) if (each.id) runtime.stopContainer(each.id, Math.max(0, until - clock.now()))
  yield* untilStopped(main)
  for (const each of sidecars) {
    worker.event('Normal', 'Killing', `Stopping container ${each.name}`, each)
    probes.stop(each)
    if (each.id) runtime.stopContainer(each.id, Math.max(0, until - clock.now()))
    yield* untilStopped([each])
  }
}
