/**
 * What compose is doing, on standard error: one line for each event, or on a terminal a list that is drawn again in place ten times a second. Each
 * thing has a name (`Container app-web-1`), a word behind it, and what becomes of it; the layers of a pull stand under their service.
 */
import { type Blocking, err, type Process } from '../../../unix/kernel/process.ts'
import { humanSize } from '../../../base/go-units.ts'

type State = 'working' | 'done' | 'failed'

/** How far a layer is. */
export interface Share {
  readonly parent: string
  readonly current?: number
  readonly total?: number
  readonly percent: number
}

interface Row {
  text: string
  words: string
  state: State
  share: Share | undefined
  readonly startedAt: number
  endedAt: number | undefined
}

export interface ActivityOptions {
  readonly isQuiet?: boolean
  readonly isPlain?: boolean
  readonly isDryRun?: boolean
  /** Instead of the list: how an event reads as a line among other output. */
  readonly line?: (name: string, words: string) => string
}

const frameMs = 100
const spinner = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'
const shares = '⠀⡀⣀⣄⣤⣦⣶⣷⣿'

export class Activity {
  readonly #process: Process
  readonly #title: string
  readonly #prefix: string
  readonly #asLine: ActivityOptions['line']
  readonly #isDrawn: boolean
  readonly #isQuiet: boolean
  readonly #rows = new Map<string, Row>()
  #linesDrawn = 0
  #turn = 0
  #nextAt: number | undefined
  #hasBegun = false

  constructor(process: Process, title: string, { isQuiet = false, isPlain = false, isDryRun = false, line }: ActivityOptions = {}) {
    this.#process = process
    this.#asLine = line
    this.#title = title
    this.#prefix = isDryRun ? 'DRY-RUN MODE - ' : ''
    this.#isQuiet = isQuiet
    this.#isDrawn = !isQuiet && !isPlain && process.descriptors.get(2)?.file.kind === 'terminal'
  }

  /** `text` stands directly behind the name, `words` after another space. */
  *tell(name: string, words: string, state: State, text = '', share?: Share): Blocking<void> {
    if (this.#isQuiet) return
    if (this.#asLine) return yield* err(this.#process, this.#asLine(name, words))
    if (!this.#isDrawn) return yield* err(this.#process, `${this.#prefix} ${name} ${text} ${words}\n`)
    const now = this.#process.now()
    const row = this.#rows.get(name)
    const endedAt = state === 'working' ? undefined : (row?.endedAt ?? now)
    if (row) Object.assign(row, { text, words, state, endedAt, share: share ?? row.share })
    else this.#rows.set(name, { text, words, state, share, startedAt: now, endedAt })
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
    if (this.#nextAt === undefined) return
    this.#nextAt = undefined
    yield* this.#draw()
  }

  *#draw(): Blocking<void> {
    const cols = this.#process.terminal?.cols ?? 80
    const height = this.#process.terminal?.rows ?? 24
    const rows = [...this.#rows]
    const done = rows.filter(([, { state }]) => state !== 'working').length
    const up = '\x1b[1A'.repeat(this.#linesDrawn + 1) + (this.#hasBegun ? '' : '\x1b[1B')
    this.#hasBegun = true
    const heading = `[+] ${this.#title} ${done}/${rows.length}`
    const isComplete = this.#linesDrawn !== 0 && done === this.#linesDrawn
    // Each layer takes two off the width, as the real one's reckoning has it.
    const width =
      Math.max(0, ...rows.map(([name, { text }]) => name.length + 1 + text.length)) - 2 * rows.filter(([, { share }]) => share).length
    const showsLayers = rows.length <= height - 2
    const glyph = spinner[this.#turn++ % spinner.length]
    const lines: string[] = []
    for (const [name, row] of rows) {
      if (row.share) continue
      const layers = rows.filter(([, { share }]) => share?.parent === name)
      lines.push(this.#line(name, row, '', { width, cols, glyph, layers: layers.map(([, layer]) => layer) }))
      if (showsLayers) for (const [layer, own] of layers) lines.push(this.#line(layer, own, '  ', { width, cols, glyph, layers: [] }))
    }
    const cleared = Math.max(0, Math.min(this.#linesDrawn - lines.length, height - 2 - lines.length))
    this.#linesDrawn = lines.length
    yield* err(
      this.#process,
      `${up}\x1b[0G\x1b[?25l${isComplete ? `\x1b[34m${heading}\x1b[0m` : heading}\n${lines.join('')}${`${' '.repeat(cols)}\n`.repeat(cleared)}\x1b[?25h`,
    )
  }

  #line(
    name: string,
    row: Row,
    pad: string,
    { width, cols, glyph, layers }: { width: number; cols: number; glyph: string; layers: readonly Row[] },
  ): string {
    const { state, text, startedAt, endedAt } = row
    const seconds = ((endedAt ?? this.#process.now()) - startedAt) / 1000
    const mark = state === 'done' ? '\x1b[32m✔\x1b[0m' : state === 'failed' ? '\x1b[31m\x1b[1m✘\x1b[0m' : `\x1b[33m${glyph}\x1b[0m`
    const bar =
      state === 'working' && layers.length > 0
        ? ` [\x1b[32m${layers.map(({ share }) => shares[Math.floor(((shares.length - 1) * (share?.percent ?? 0)) / 100)]).join('')}\x1b[0m]${totals(layers)}`
        : ''
    const shown = `${name}${bar} ${text}`
    // The real one counts bytes here: colours take three to five each, a square three.
    const length = shown.length + 2 * (bar === '' ? 0 : layers.length)
    const room = cols - length - width - 15
    const words = room > 0 && row.words.length > room ? `${row.words.slice(0, room)}...` : row.words
    const painted = state === 'done' ? `\x1b[32m${words}\x1b[0m` : state === 'failed' ? `\x1b[31m\x1b[1m${words}\x1b[0m` : words
    const left = `${pad} ${mark} ${this.#prefix}${shown}${' '.repeat(Math.max(0, width - length))} ${painted} `
    const time = `${seconds.toFixed(1)}s `
    return `${left}${' '.repeat(Math.max(0, cols - visible(left) - time.length))}\x1b[34m${time}\x1b[0m\n`
  }
}

/** Bytes so far of all layers, once every one that is under way knows how many it has. */
function totals(layers: readonly Row[]): string {
  const total = layers.reduce((sum, { share }) => sum + (share?.total ?? 0), 0)
  if (total === 0 || layers.some(({ state, share }) => state === 'working' && !share?.total)) return ''
  const current = layers.reduce((sum, { share }) => sum + (share?.current ?? 0), 0)
  return ` ${humanSize(current, 4).padStart(7)} / ${humanSize(total, 4).padEnd(7)}`
}

function visible(text: string): number {
  return text.replace(/\x1b\[[\d;]*m/g, '').length
}
