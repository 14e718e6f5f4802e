/** Keys one at a time from a process' terminal, also when its standard input is a pipe; some may be put back to be read again. */
import type { Blocking, Process } from '../../kernel/process.ts'
import type { Terminal } from '../../kernel/terminal.ts'
import { stringOf } from '../text.ts'

/** A letter, a control character, or the whole sequence of a special key. */
const keyPattern = /\x1b\[[0-9;?]*[A-Za-z~]|\x1bO[A-Z]|[\s\S]/gu

export interface TerminalKeys {
  /** Undefined when the terminal is gone; `\x03` after an interrupt. */
  next(): Blocking<string | undefined>
  /** To be read next, before what is typed. */
  back(...keys: readonly string[]): void
  /** Whether one is there without waiting. */
  isAhead(): boolean
}

export function terminalKeys(process: Process, terminal: Terminal): TerminalKeys {
  const ahead: string[] = []
  return {
    *next() {
      while (ahead.length === 0) {
        const bytes = terminal.file.read(256)
        if (bytes === undefined) yield { on: [terminal.file.readable] }
        else if (bytes.length === 0) return undefined
        else ahead.push(...(stringOf(bytes).match(keyPattern) ?? []))
      }
      return process.isEnded ? undefined : ahead.shift()
    },
    back(...keys) {
      ahead.unshift(...keys)
    },
    isAhead: () => ahead.length > 0,
  }
}
