/**
 * What compose is doing, on standard error: one line for each event, or on a terminal a list that is drawn again in place. Each thing has a
 * name (`Container app-web-1`) and what becomes of it.
 */
import { type Blocking, err, type Process } from '../../../unix/kernel/process.ts'

type State = 'working' | 'done' | 'failed'

interface Row {
  words: string
  state: State
  readonly startedAt: number
  endedAt: number | undefined
}

const frameMs = 100
const spinner = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'

export class Activity {
  readonly #process: Process
  readonly #title: string
  readonly #isDrawn: boolean
  readonly #isQuiet: boolean
  readonly #rows = new Map<string, Row>()
  #drawn = 0
  #isChanged = false
  #nextAt: number | undefined
  #hasBegun = false

  constructor(process: Process, title: string, { isQuiet = false, isPlain = false } = {}) {
    this.#process = process
    this.#title = title
    this.#isQuiet = isQuiet
    this.#isDrawn = !isQuiet && !isPlain && process.descriptors.get(2)?.file.kind === 'terminal'
  }

  /** `text` stands directly behind the name, `words` after another space. */
  *tell(name: string, words: string, state: State, text = ''): Blocking<void> {
    if (this.#isQuiet) return
    if (!this.#isDrawn) return yield* err(this.#process, ` ${name} ${text} ${words}\n`)
    const now = this.#process.now()
    const row = this.#rows.get(name) ?? { words, state, startedAt: now, endedAt: undefined }
    Object.assign(row, { words: text === '' ? words : text + (words === '' ? '' : ` ${words}`), state, endedAt: state === 'working' ? undefined : now })
    this.#rows.set(name, row)
    this.#isChanged = true
    this.#nextAt ??= now + frameMs
  }

  /** When the list is to be drawn next; undefined while nothing goes on. */
  get nextAt(): number | undefined {
    return this.#nextAt
  }

  *tick(): Blocking<void> {
    this.#nextAt = this.#process.now() + frameMs
    yield* this.#draw()
  }

  /** The last picture. */
  *finish(): Blocking<void> {
    this.#nextAt = undefined
    if (this.#isChanged) yield* this.#draw()
    this.#isChanged = false
  }

  *#draw(): Blocking<void> {
    const now = this.#process.now()
    const cols = this.#process.terminal?.cols ?? 80
    const done = [...this.#rows.values()].filter(({ state }) => state === 'done').length
    const isComplete = done === this.#rows.size
    const up = '\x1b[1A'.repeat(this.#drawn + 1) + (this.#hasBegun ? '' : '\x1b[1B')
    this.#hasBegun = true
    const heading = `[+] ${this.#title} ${done}/${this.#rows.size}`
    const width = Math.max(...[...this.#rows.keys()].map((name) => name.length))
    const rows = [...this.#rows].map(([name, row]) => rowText(name.padEnd(width), row, now, cols))
    this.#drawn = rows.length
    yield* err(this.#process, `${up}\x1b[0G\x1b[?25l${isComplete ? `\x1b[34m${heading}\x1b[0m` : heading}\n${rows.join('')}\x1b[?25h`)
  }
}

function rowText(name: string, { words, state, startedAt, endedAt }: Row, now: number, cols: number): string {
  const seconds = ((endedAt ?? now) - startedAt) / 1000
  const mark = state === 'done' ? '\x1b[32m✔\x1b[0m' : state === 'failed' ? '\x1b[31m\x1b[1m✘\x1b[0m' : `\x1b[33m${spinner[Math.floor(seconds * 10) % spinner.length]}\x1b[0m`
  const shown = state === 'done' ? `\x1b[32m${words}\x1b[0m` : state === 'failed' ? `\x1b[31m\x1b[1m${words}\x1b[0m` : words
  const time = `${seconds.toFixed(1)}s `
  const room = Math.max(1, cols - 5 - name.length - words.length - time.length)
  return ` ${mark} ${name}  ${shown}${' '.repeat(room)}\x1b[34m${time}\x1b[0m\n`
}
