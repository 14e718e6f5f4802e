/**
 * Work of the daemon that takes session time: a pull, a stop with its grace time, a restart loop. It is written like a program, as
 * a generator that yields what it waits for, but runs outside any process, on the clock.
 */
import type { Cancel, Clock } from '../../base/clock.ts'
import { type HttpResponse, Pending } from '../../base/http.ts'
import { WaitQueue } from '../../base/wait-queue.ts'
import type { Wait } from '../../unix/kernel/process.ts'

export type Work<T> = Generator<Wait, T, unknown>

/** Runs `work` up to its first wait at once. `done` is called with its result; cancelling drops it where it stands (`finally` runs). */
export function perform<T>(clock: Clock, work: Work<T>, done: (result: T) => void = () => {}): Cancel {
  let cancels: Cancel[] = []
  let isOver = false
  const unwait = () => {
    for (const cancel of cancels) cancel()
    cancels = []
  }
  const step = () => {
    unwait()
    if (isOver) return
    const result = work.next()
    if (isOver) return
    if (result.done) {
      isOver = true
      done(result.value)
      return
    }
    const wait = result.value
    if (!wait || (!wait.on && wait.until === undefined)) {
      cancels.push(clock.after(0, step))
      return
    }
    // A queue may be woken from deep inside somebody else's work: look on the next turn, once.
    let isNoted = false
    const note = () => {
      if (isNoted) return
      isNoted = true
      cancels.push(clock.after(0, step))
    }
    for (const queue of wait.on ?? []) cancels.push(queue.once(note))
    if (wait.until !== undefined) cancels.push(clock.after(wait.until - clock.now(), step))
  }
  step()
  return () => {
    if (isOver) return
    isOver = true
    unwait()
    work.return(undefined as T)
  }
}

/** An answer that takes time. `refuse` turns what was thrown into one. */
export function answered(
  clock: Clock,
  work: Work<HttpResponse>,
  refuse: (error: unknown) => HttpResponse,
): HttpResponse | Pending<HttpResponse> {
  const guarded = function* (): Work<HttpResponse> {
    try {
      return yield* work
    } catch (error) {
      return refuse(error)
    }
  }
  const pending = new Pending<HttpResponse>()
  perform(clock, guarded(), (response) => pending.resolve(response))
  return pending.value ?? pending
}

/** A part of the program that is fetched when it is first wanted; session time stands still meanwhile. */
export function fetchedOnce<T>(load: () => Promise<T>): (clock: Clock) => Work<T> {
  let loaded: T | undefined
  return function* (clock) {
    if (loaded) return loaded
    const release = clock.hold()
    const ready = new WaitQueue()
    let problem: unknown
    load()
      .then(
        (part) => {
          loaded = part
        },
        (error: unknown) => {
          problem = error
        },
      )
      .finally(() => {
        release()
        ready.wake()
      })
    yield { on: [ready] }
    if (!loaded) throw problem
    return loaded
  }
}
