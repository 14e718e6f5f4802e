/** Where a command gets its keys from, and what it can ask of the session around it. */
import type { Blocking } from '../../../kernel/process.ts'

export interface Keys {
  /** Undefined when the terminal is gone. */
  next(): Blocking<string | undefined>
  /** A line typed behind a prompt on the last row; undefined when Escape was pressed. */
  ask(prompt: string): Blocking<string | undefined>
  /** Rows of text on the screen. */
  page(): number
  /** Plays the last change again. */
  repeat(count: number): void
  /** `qa` begins to record keys, `q` ends it; `@a` plays them. */
  record(): Blocking<void>
  play(count: number): Blocking<void>
  /** What stands behind `:`. */
  commandLine(first: string): Blocking<void>
}
