/**
 * The states before each command, and those that were undone. Objects and file contents are shared between states, so one costs little.
 * It outlives the session it began with: undoing makes a new one.
 */
import type { Saved } from './storage.ts'

const statesKept = 30

export class Undo {
  readonly #past: Saved[] = []
  #future: Saved[] = []

  /** Before something is done: what was undone can then no longer be done again. */
  remember(state: Saved): void {
    this.#past.push(state)
    if (this.#past.length > statesKept) this.#past.shift()
    this.#future = []
  }

  /** The state before the last command. */
  back(present: Saved): Saved {
    const state = this.#past.pop()
    if (!state) throw new Error('There is nothing to undo.')
    this.#future.push(present)
    return state
  }

  /** The state before the last `back`. */
  forward(present: Saved): Saved {
    const state = this.#future.pop()
    if (!state) throw new Error('There is nothing to do again.')
    this.#past.push(present)
    return state
  }
}
