/**
 * Ties session time to the world's. `drive` lets it run at a speed, in slices of at most 8 ms so that messages and requests are
 * always answered in between; `runAhead` lets it run as fast as the machine can until something has happened.
 *
 * The only place of the lower floors that reads the machine's clock.
 */
import type { ManualClock } from '../base/clock.ts'

/**
 * How long, ms, a slice of work begins anything new. The callback that is under way then ends, and the garbage of a slice may have to be
 * collected: together they should fit into a frame.
 */
const sliceMs = 5
/** The same for time that runs ahead, when nobody types. */
const sliceAheadMs = 32
/** A timer that comes later than this was not slow but asleep (a closed laptop): the time in between did not pass. */
const asleepMs = 2_000

export interface Drive {
  /** 1 is real time, 0 is paused. */
  speed: number
  /** Looks at the clock at once: input arrived, or something was planned from outside. */
  kick(): void
  /** While paused: runs to the next thing that happens. */
  step(): void
  stop(): void
  /** Longest slice so far, ms, for the bench. */
  readonly longestSliceMs: number
}

export function drive(clock: ManualClock, onSlice: () => void = () => {}): Drive {
  const soon = turns(tick)
  let timer: ReturnType<typeof setTimeout> | undefined
  let last = performance.now()
  let plannedMs: number | undefined
  let speed = 1
  let longestSliceMs = 0
  let isStopped = false

  function tick(): void {
    if (isStopped) return
    clearTimeout(timer)
    const start = performance.now()
    const passed = plannedMs === undefined ? start - last : Math.min(start - last, plannedMs + asleepMs)
    last = start
    const target = clock.now() + passed * speed
    const isDone = slice(target, start)
    longestSliceMs = Math.max(longestSliceMs, performance.now() - start)
    if (isDone && speed > 0 && !clock.isHeld) clock.set(Math.max(clock.now(), target))
    // What was not reached in this slice stays to be caught up with: real time spent working is not lost for the session.
    if (!isDone) last -= speed > 0 ? Math.max(0, target - clock.now()) / speed : 0
    onSlice()
    plan(isDone)
  }

  function slice(target: number, start: number): boolean {
    const until = speed > 0 ? target : clock.now()
    while (clock.step(until)) if (performance.now() - start > sliceMs) return false
    return true
  }

  function plan(isDone: boolean): void {
    if (!isDone) return soon()
    const next = clock.nextAt()
    if (clock.isHeld) plannedMs = 1
    else if (next === undefined || (speed === 0 && next > clock.now())) plannedMs = undefined
    else plannedMs = speed === 0 ? 0 : Math.min(Math.max(0, next - clock.now()) / speed, 1_000)
    if (plannedMs !== undefined) timer = setTimeout(tick, plannedMs)
  }

  soon()
  return {
    get speed() {
      return speed
    },
    set speed(value) {
      tick()
      speed = value
      soon()
    },
    kick: soon,
    step() {
      const next = clock.nextAt()
      if (next === undefined) return
      while (clock.step(next));
      onSlice()
    },
    stop() {
      isStopped = true
      clearTimeout(timer)
    },
    get longestSliceMs() {
      return longestSliceMs
    },
  }
}

/** The next turn of the event loop without the 4 ms that browsers add to nested timers; calls before it comes count once. */
function turns(run: () => void): () => void {
  const { port1, port2 } = new MessageChannel()
  let isPlanned = false
  port1.onmessage = () => {
    isPlanned = false
    run()
  }
  if ('unref' in port1) (port1 as unknown as { unref(): void }).unref()
  return () => {
    if (isPlanned) return
    isPlanned = true
    port2.postMessage(0)
  }
}

/** Runs session time ahead until `isDone`, or until session time `limitMs` from now has passed; answers whether it was done. */
export async function runAhead(clock: ManualClock, isDone: () => boolean, limitMs: number): Promise<boolean> {
  const limit = clock.now() + limitMs
  let sliceStart = performance.now()
  while (!isDone()) {
    if (!clock.step(limit)) {
      if (!clock.isHeld) {
        clock.set(limit)
        return isDone()
      }
      await nextTurn(1)
    } else if (performance.now() - sliceStart > sliceAheadMs) {
      await nextTurn(0)
      sliceStart = performance.now()
    }
  }
  return true
}

function nextTurn(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** For what computes outside the session: settles when `ms` of the machine's time have passed since the watch was made. */
export function stopwatch(): { until(ms: number): { readonly passed: Promise<void>; readonly cancel: () => void } } {
  const startedAt = performance.now()
  return {
    until(ms) {
      let timer: ReturnType<typeof setTimeout> | undefined
      const passed = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, startedAt + ms - performance.now())
      })
      return { passed, cancel: () => clearTimeout(timer) }
    },
  }
}
