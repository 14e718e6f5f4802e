/** What a build tells while it goes on: vertices numbered as they begin, lines about them (some held back for a while), counts, and the log that stays. */
import type { Daemon } from '../daemon.ts'
import type { Instruction } from './dockerfile.ts'

/** Ends a build; where and at which vertex is shown with it. */
export class SolveFailure extends Error {
  readonly instruction: Instruction | undefined
  readonly vertex: number | undefined

  constructor(message: string, { instruction, vertex }: { instruction?: Instruction; vertex?: number } = {}) {
    super(message)
    this.instruction = instruction
    this.vertex = vertex
  }
}

export type Say = (value: object) => void

/** Vertices numbered as they begin; lines about them, some held back. */
export function createTeller(daemon: Daemon, tell: Say) {
  let held: object[] | undefined
  let next = 1
  const counts = { total: 0, cached: 0, completed: 0 }
  const log: object[] = []
  // History keeps the log; what a chatty RUN says beyond this is not worth its room.
  const note = (message: object) => {
    if (log.length < 2_000 || !('log' in message)) log.push({ ...message, at: daemon.clock.now() })
  }
  const say: Say = (message) => {
    if ('cached' in message) counts.cached++
    if ('cached' in message || 'done' in message) counts.completed++
    if (held) held.push(message)
    else {
      note(message)
      tell(message)
    }
  }
  return {
    say,
    counts,
    log,
    open(name: string): number {
      const vertex = next++
      counts.total++
      say({ vertex, name })
      say({ vertex, started: true })
      return vertex
    },
    hold() {
      held = []
    },
    /** Says `message` and then all that was held back for it. */
    release(message: object) {
      const messages = held ?? []
      held = undefined
      say(message)
      for (const one of messages) {
        note(one)
        tell(one)
      }
    },
  }
}

export type Teller = ReturnType<typeof createTeller>
