/**
 * Time, handed in everywhere. Nothing in the engine reads the machine's clock or sets a timer of its own, so a session can be
 * paused, slowed, run ahead and replayed, and a test decides what time it is.
 *
 * What is due "now" runs in the order it was asked for; `after(0, …)` is how work is put off to the next turn.
 */

/** Takes back what was asked for. Calling it twice, or after the fact, does nothing. */
export type Cancel = () => void

export interface Clock {
  /** Milliseconds since 1970 in the session's own time. */
  now(): number
  /** Runs `run` once, `ms` milliseconds of session time from now; 0 means as soon as the present work is done. */
  after(ms: number, run: () => void): Cancel
  /** Time stands still until the answer is called: something outside the session (a library being loaded) is under way. */
  hold(): Cancel
  /** Tells of a bug of ours in a part of the engine that goes on all the same; where nobody listens the error is thrown on. */
  fault(part: string, error: unknown): void
}

interface Timer {
  readonly at: number
  readonly order: number
  run: (() => void) | undefined
}

/** Session time that moves only when told to. Sessions, tests and benches hold this one; `drive` ties it to real time. */
export class ManualClock implements Clock {
  #now: number
  #order = 0
  #soon: Timer[] = []
  #soonHead = 0
  #holds = 0
  readonly #later = new TimerHeap()
  /** Told of what planned work threw, and of `fault`s: one broken part must not stop all others. */
  onFault: ((part: string, error: unknown) => void) | undefined

  constructor(startMs = Date.UTC(2026, 0, 5, 9)) {
    this.#now = startMs
  }

  now(): number {
    return this.#now
  }

  after(ms: number, run: () => void): Cancel {
    const timer: Timer = { at: this.#now + Math.max(0, ms), order: this.#order++, run }
    if (ms <= 0) this.#soon.push(timer)
    else this.#later.push(timer)
    return () => {
      timer.run = undefined
    }
  }

  hold(): Cancel {
    let isHeld = true
    this.#holds++
    return () => {
      if (isHeld) this.#holds--
      isHeld = false
    }
  }

  fault(part: string, error: unknown): void {
    if (!this.onFault) throw error
    this.onFault(part, error)
  }

  get isHeld(): boolean {
    return this.#holds > 0
  }

  /** Session time of the next thing to do, in ms; undefined when nothing is planned. */
  nextAt(): number | undefined {
    if (this.#soonHead < this.#soon.length) return this.#now
    return this.#later.peek()?.at
  }

  /** Runs one planned thing if it is due by `until` (ms), moving time to it. Answers whether there was one. */
  step(until: number): boolean {
    const soon = this.#soon[this.#soonHead]
    const later = this.#later.peek()
    // What was planned earlier for this very moment goes first, so that order is the order of asking.
    if (soon && !(later && later.at <= this.#now && later.order < soon.order)) {
      this.#soonHead++
      if (this.#soonHead > 1024 && this.#soonHead * 2 > this.#soon.length) {
        this.#soon = this.#soon.slice(this.#soonHead)
        this.#soonHead = 0
      }
      this.#run(soon)
      return true
    }
    if (!later || later.at > until || (this.isHeld && later.at > this.#now)) return false
    this.#later.pop()
    this.#now = Math.max(this.#now, later.at)
    this.#run(later)
    return true
  }

  #run(timer: Timer): void {
    try {
      timer.run?.()
    } catch (error) {
      this.fault('the engine', error)
    }
  }

  /** Lets `ms` milliseconds pass and does everything that falls due on the way. */
  advance(ms: number): void {
    const until = this.#now + ms
    while (this.step(until));
    this.#now = until
  }

  /** Does all that is due now, without letting time pass. */
  settle(): void {
    while (this.step(this.#now));
  }

  /** Moves time without running what was planned on the way; a restored session starts where it was left. */
  set(now: number): void {
    this.#now = now
  }
}

/** Binary heap ordered by time, then by order of asking. Cancelled timers stay until they come up. */
class TimerHeap {
  readonly #heap: Timer[] = []

  peek(): Timer | undefined {
    while (this.#heap.length > 0 && this.#heap[0].run === undefined) this.pop()
    return this.#heap[0]
  }

  push(timer: Timer): void {
    const heap = this.#heap
    let index = heap.push(timer) - 1
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (isBefore(heap[parent], timer)) break
      heap[index] = heap[parent]
      index = parent
    }
    heap[index] = timer
  }

  pop(): Timer | undefined {
    const heap = this.#heap
    const top = heap[0]
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return top
    let index = 0
    for (;;) {
      let child = index * 2 + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && isBefore(heap[child + 1], heap[child])) child++
      if (isBefore(last, heap[child])) break
      heap[index] = heap[child]
      index = child
    }
    heap[index] = last
    return top
  }
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}
