/**
 * Where one side waits until another has news: a pipe that fills, a child that ends, a response that arrives. Waking says only
 * "look again"; whoever waited checks for itself, so a wake too many is harmless.
 */
import type { Cancel } from './clock.ts'

export class WaitQueue {
  #waiting: Set<() => void> | undefined

  /** Calls `note` once, at the next wake. */
  once(note: () => void): Cancel {
    const waiting = (this.#waiting ??= new Set())
    waiting.add(note)
    return () => waiting.delete(note)
  }

  /** Calls `note` at every wake until cancelled. */
  each(note: () => void): Cancel {
    let cancel: Cancel
    const again = () => {
      cancel = this.once(again)
      note()
    }
    cancel = this.once(again)
    return () => cancel()
  }

  wake(): void {
    const waiting = this.#waiting
    if (!waiting || waiting.size === 0) return
    this.#waiting = undefined
    for (const note of waiting) note()
  }
}
