/**
 * Runs controllers. Each has a queue of keys that never holds a key twice; one key is reconciled per turn of the clock, so the worker
 * is never kept for longer than the longest `reconcile`. What a controller sees of the world it reads from the log, in order.
 *
 * A key remembers the newest entry that asked for it: whatever the reconcile writes names that entry as its cause.
 */
import type { Cancel, Clock } from '../../base/clock.ts'
import type { WaitQueue } from '../../base/wait-queue.ts'
import { ApiError, NotYet, type Client, type Controller } from '../api/client.ts'
import { pace } from '../pace.ts'
import type { Entry, Store } from '../store/store.ts'

/** A controller that may ask for patience: with many dependents one look for many changes is enough. */
export interface PatientController extends Controller {
  /** Milliseconds a key waits for more changes before it is looked at. */
  patience?(key: string): number
  /** Called once, with how to ask for a key from outside the log: a timer, a container that ended. */
  start?(enqueue: (key: string, because?: number) => void, client: Client): void
}

export interface Surroundings {
  readonly store: Store
  readonly clock: Clock
  readonly client: (by: string) => Client
  /** Whether the API server answers; while it does not, a controller neither sees nor does anything. */
  readonly api?: { readonly isUp: () => boolean; readonly cameUp: WaitQueue }
}

export interface RunningController {
  enqueue(key: string, because?: number): void
  stop: Cancel
}

export function runController(controller: PatientController, { store, clock, client: clientFor, api }: Surroundings): RunningController {
  const client = clientFor(controller.name)
  const resources = Object.keys(controller.watches)
  const queue = new Map<string, number>()
  const delayed = new Map<string, { at: number; because: number; cancel: Cancel }>()
  const failures = new Map<string, number>()
  /** Keys on which the loop has a bug: said once, tried again and again. */
  const faulty = new Set<string>()
  const cancels: Cancel[] = []
  let seen = 0
  let isPlanned = false
  let isStopped = false
  let cancelWait: Cancel | undefined

  const plan = (): void => {
    if (isPlanned || isStopped) return
    isPlanned = true
    clock.after(0, turn)
  }

  const enqueue = (key: string, because = 0): void => {
    const known = queue.get(key)
    if (known !== undefined) {
      if (because > known) queue.set(key, because)
      return
    }
    queue.set(key, because)
    plan()
  }

  const enqueueAfter = (key: string, ms: number, because: number): void => {
    const at = clock.now() + ms
    const before = delayed.get(key)
    if (before && before.at <= at) {
      if (because > before.because) before.because = because
      return
    }
    before?.cancel()
    const entry = { at, because, cancel: () => {} }
    entry.cancel = clock.after(ms, () => {
      if (delayed.get(key) === entry) delayed.delete(key)
      if (!isStopped) enqueue(key, entry.because)
    })
    delayed.set(key, entry)
  }

  const ask = (key: string, because: number): void => {
    const patience = controller.patience?.(key) ?? 0
    if (patience > 0) enqueueAfter(key, patience, because)
    else enqueue(key, because)
  }

  const readOn = (): void => {
    if (seen === store.revision) return
    let news: readonly Entry[] = []
    let isMixed = false
    for (const resource of resources) {
      const entries = store.since(seen, resource)
      if (entries === undefined) {
        listAnew()
        return
      }
      if (entries.length === 0) continue
      isMixed ||= news.length > 0
      news = news.length > 0 ? [...news, ...entries] : entries
    }
    seen = store.revision
    if (isMixed) news = [...news].sort((a, b) => a.revision - b.revision)
    for (const entry of news) askFor(entry)
  }

  const askFor = (entry: Entry): void => {
    try {
      for (const key of controller.watches[entry.resource](entry)) ask(key, entry.revision)
    } catch (error) {
      clock.fault(`${controller.name}, reading ${entry.resource} ${entry.key}`, error)
    }
  }

  /** What is there already is told as if it had just come. */
  const listAnew = (): void => {
    seen = store.revision
    for (const resource of resources) {
      for (const object of store.list(resource)) {
        const { namespace, name, resourceVersion } = (object as { metadata: { namespace?: string; name: string; resourceVersion: string } })
          .metadata
        const revision = Number(resourceVersion)
        const entry: Entry = {
          revision,
          resource,
          key: namespace ? `${namespace}/${name}` : name,
          object,
          previous: undefined,
          by: '',
          because: 0,
          at: clock.now(),
        }
        askFor(entry)
      }
    }
  }

  const retryLater = (key: string, because: number): void => {
    const count = failures.get(key) ?? 0
    failures.set(key, count + 1)
    enqueueAfter(key, Math.min(pace.retryFirst * 2 ** count, pace.retryMost), because)
  }

  const tellFault = (key: string, error: unknown): void => {
    if (faulty.has(key)) return
    faulty.add(key)
    clock.fault(`${controller.name}, at ${key}`, error)
  }

  const turn = (): void => {
    isPlanned = false
    if (isStopped) return
    if (api && !api.isUp()) {
      cancelWait ??= api.cameUp.once(() => {
        cancelWait = undefined
        plan()
      })
      return
    }
    readOn()
    const first = queue.entries().next()
    if (first.done) return
    const [key, because] = first.value
    queue.delete(key)
    try {
      const again = controller.reconcile(key, client.because(because))
      failures.delete(key)
      faulty.delete(key)
      if (again === 0) enqueue(key, because)
      else if (again !== undefined) enqueueAfter(key, again, because)
    } catch (error) {
      if (error instanceof NotYet) enqueueAfter(key, pace.retryFirst, because)
      else {
        retryLater(key, because)
        if (!(error instanceof ApiError)) tellFault(key, error)
      }
    }
    if (queue.size > 0 || seen !== store.revision) plan()
  }

  const note = (): void => plan()
  listAnew()
  for (const resource of resources) cancels.push(store.watch(resource, note))
  controller.start?.(enqueue, client)
  return {
    enqueue,
    stop() {
      if (isStopped) return
      isStopped = true
      cancelWait?.()
      for (const cancel of cancels) cancel()
      for (const { cancel } of delayed.values()) cancel()
      delayed.clear()
      queue.clear()
      controller.stop?.()
    },
  }
}
