/** A program that has the whole terminal to itself: raw keys in, drawn screens out, and the old screen back when it ends. */
import { type Blocking, type Process, readFrom } from '../../kernel/process.ts'
import type { Terminal } from '../../kernel/terminal.ts'
import { print, stringOf } from '../text.ts'

/** One keystroke: a letter, a control character, or the whole sequence of a special key. */
const keyPattern = /\x1b\[[0-9;?]*[A-Za-z~]|\x1bO[A-DFHP-S]|[\s\S]/gu

export interface FullScreen {
  readonly process: Process
  readonly terminal: Terminal
  /** Next key; undefined when the terminal is gone. `draw` is called before the program waits for one. */
  key(draw: () => string): Blocking<string | undefined>
}

/** Runs `body` on the alternate screen of the terminal; whatever happens, the terminal is as before afterwards. */
export function* fullScreen(process: Process, terminal: Terminal, body: (screen: FullScreen) => Blocking<number>): Blocking<number> {
  const before = { mode: terminal.mode, echo: terminal.echo, signals: terminal.signals, onlcr: terminal.onlcr }
  Object.assign(terminal, { mode: 'raw', echo: false, signals: false, onlcr: false })
  process.handlers.set('WINCH', () => undefined)
  const ahead: string[] = []
  try {
    yield* print(process, '\x1b[?1049h\x1b[22;0;0t\x1b[H\x1b[2J')
    return yield* body({
      process,
      terminal,
      *key(draw) {
        while (ahead.length === 0) {
          yield* print(process, draw())
          const input = stringOf(yield* readFrom(process, 0, 4096))
          if (input === '') return undefined
          ahead.push(...(input.match(keyPattern) ?? []))
        }
        return ahead.shift()
      },
    })
  } finally {
    Object.assign(terminal, before)
    process.handlers.delete('WINCH')
    if (!process.isEnded && process.descriptors.has(1)) process.file(1).write(new TextEncoder().encode('\x1b[?1049l\x1b[23;0;0t'))
  }
}

/** The row as a terminal shows it: tabs widened, control letters as `^X`; `columns[i]` is where letter i begins. */
export function expanded(line: string): { readonly text: string; readonly columns: readonly number[] } {
  let text = ''
  const columns: number[] = []
  for (let at = 0; at < line.length; at++) {
    columns.push(text.length)
    const code = line.charCodeAt(at)
    text += code === 9 ? ' '.repeat(8 - (text.length % 8)) : code < 32 ? `^${String.fromCharCode(code + 64)}` : line[at]
  }
  columns.push(text.length)
  return { text, columns }
}
