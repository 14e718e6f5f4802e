/**
 * Work that takes session time, written as a generator: it yields milliseconds to wait, or how to be called back. One owner, who can
 * drop it where it stands.
 */
import type { Cancel, Clock } from '../../base/clock.ts'

export type Pause = number | ((resume: () => void) => Cancel)
export type Work = Generator<Pause, void, void>

/** Runs up to the first pause at once. */
export function perform(clock: Clock, work: Work, done: () => void = () => {}): Cancel {
  let isOver = false
  let cancel: Cancel = () => {}
  const step = (): void => {
    if (isOver) return
    const { value, done: isDone } = work.next()
    if (isOver) return
    if (isDone) {
      isOver = true
      done()
      return
    }
    if (typeof value === 'number') {
      cancel = clock.after(value, step)
      return
    }
    let isResumed = false
    let drop: Cancel = () => {}
    // Whoever calls back is at work itself: go on in the next turn.
    drop = value(() => {
      if (isResumed || isOver) return
      isResumed = true
      cancel = clock.after(0, step)
    })
    if (!isResumed) cancel = drop
  }
  step()
  return () => {
    if (isOver) return
    isOver = true
    cancel()
    work.return()
  }
}
