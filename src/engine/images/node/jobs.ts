/**
 * Work that goes on beside the guest, one step each between its turns; and what calls look like that start such work.
 */
import { WaitQueue } from '../../../base/wait-queue.ts'
import type { Blocking, Process } from '../../../unix/kernel/process.ts'

interface Job {
  readonly running: Blocking<void>
  readonly id: number
  wait: { on?: readonly WaitQueue[]; until?: number } | undefined
}

/** Calls of the guest by name; each knows what it is given. */
export type Calls = Readonly<Record<string, (given: never) => unknown>>

/** What a call needs of the guest's turns: work that goes on between them, and a way to tell the guest of it. */
export interface Beside {
  start(id: number, running: Blocking<void>): void
  stop(id: number): void
  deliver(id: number, name: string, value: unknown): void
}

export class Jobs {
  readonly #process: Process
  readonly #wake: WaitQueue
  #jobs: Job[] = []

  constructor(process: Process, wake: WaitQueue) {
    this.#process = process
    this.#wake = wake
  }

  start(id: number, running: Blocking<void>): void {
    const job: Job = { running, id, wait: {} }
    this.#jobs.push(job)
    this.#wake.wake()
  }

  stop(id: number): void {
    this.#jobs = this.#jobs.filter((job) => job.id !== id)
  }

  /** One step of each. */
  advance(): void {
    for (const job of [...this.#jobs]) {
      const step = job.running.next()
      if (step.done) this.#jobs = this.#jobs.filter((one) => one !== job)
      else job.wait = step.value ?? { until: this.#process.now() }
    }
  }

  get waits(): readonly NonNullable<Job['wait']>[] {
    return this.#jobs.flatMap(({ wait }) => wait ?? [])
  }

  dispose(): void {
    for (const { running } of this.#jobs) running.return()
  }
}
