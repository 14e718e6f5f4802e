/** What vi remembers while a file is edited: lines, cursor, registers, marks, undo. Commands change it through these calls only. */
import type { Process } from '../../../kernel/process.ts'
import { RegularExpressionError, regularExpression } from '../../regular-expression.ts'
import type { Loaded } from '../document.ts'

export interface Register {
  readonly lines: readonly string[]
  readonly isLinewise: boolean
}

export interface Place {
  row: number
  column: number
}

interface UndoEntry {
  readonly lines: readonly string[]
  readonly at: Place
  readonly ms: number
}

export type Mode = 'normal' | 'insert' | 'replace' | 'visual' | 'visual line'

/** What a command says when it cannot be done; in red on vim's last line. */
export class Refusal extends Error {}

export class ViState {
  readonly process: Process
  readonly isBusybox: boolean
  path: string | undefined
  lines: readonly string[]
  hasEnd: boolean
  isReadOnly: boolean
  row = 0
  column = 0
  /** Where j and k want to go on longer lines. */
  wanted = 0
  /** First row shown. */
  top = 0
  mode: Mode = 'normal'
  visualStart: Place = { row: 0, column: 0 }
  message = ''
  isError = false
  readonly registers = new Map<string, Register>()
  readonly marks = new Map<string, Place>()
  search: { readonly pattern: string; readonly isForward: boolean } | undefined
  find: { readonly letter: string; readonly key: string } | undefined
  readonly options = new Set<string>()
  shiftWidth = 8
  /** What Tab is while `expandtab` is set: softtabstop, or tabstop. */
  tabWidth = 8
  exitCode: number | undefined
  #saved: readonly string[]
  readonly #undo: UndoEntry[] = []
  readonly #redo: UndoEntry[] = []

  constructor(process: Process, path: string | undefined, loaded: Loaded, isBusybox: boolean) {
    this.process = process
    this.path = path
    this.isBusybox = isBusybox
    this.lines = loaded.lines
    this.#saved = loaded.lines
    this.hasEnd = loaded.hasEnd
    this.isReadOnly = loaded.isReadOnly
  }

  get line(): string {
    return this.lines[this.row] ?? ''
  }

  get isChanged(): boolean {
    return this.lines !== this.#saved
  }

  markSaved(): void {
    this.#saved = this.lines
  }

  replaceAll(loaded: Loaded): void {
    this.lines = loaded.lines
    this.#saved = loaded.lines
    this.hasEnd = loaded.hasEnd
    this.isReadOnly = loaded.isReadOnly
    this.#undo.length = 0
    this.#redo.length = 0
  }

  /** Takes `count` lines from `row` on away and puts others there. A file always has a line. */
  splice(row: number, count: number, lines: readonly string[] = []): void {
    const next = [...this.lines.slice(0, row), ...lines, ...this.lines.slice(row + count)]
    this.lines = next.length === 0 ? [''] : next
  }

  setLine(row: number, text: string): void {
    if (this.lines[row] !== text) this.splice(row, 1, [text])
  }

  /** The letters between two places, the second not included. */
  textBetween(from: Place, to: Place): string[] {
    if (from.row === to.row) return [this.lines[from.row].slice(from.column, to.column)]
    return [this.lines[from.row].slice(from.column), ...this.lines.slice(from.row + 1, to.row), this.lines[to.row].slice(0, to.column)]
  }

  replaceBetween(from: Place, to: Place, lines: readonly string[]): void {
    const head = this.lines[from.row].slice(0, from.column)
    const tail = this.lines[to.row].slice(to.column)
    const next = lines.length === 0 ? [''] : [...lines]
    next[0] = head + next[0]
    next[next.length - 1] += tail
    this.splice(from.row, to.row - from.row + 1, next)
  }

  say(message: string): void {
    this.message = message
    this.isError = false
  }

  /** Keeps the cursor on a letter; behind the last one only while inserting. */
  clamp(): void {
    this.row = Math.max(0, Math.min(this.row, this.lines.length - 1))
    const most = this.line.length - (this.mode === 'insert' || this.mode === 'replace' ? 0 : 1)
    this.column = Math.max(0, Math.min(this.column, most))
  }

  /** Notes the state before a command for `u`, if the command changed anything. */
  note(before: readonly string[], at: Place): void {
    if (before === this.lines) return
    this.#undo.push({ lines: before, at, ms: this.process.now() })
    this.#redo.length = 0
  }

  undo(): void {
    this.#step(this.#undo, this.#redo, 'before', 'Already at oldest change')
  }

  redo(): void {
    this.#step(this.#redo, this.#undo, 'after', 'Already at newest change')
  }

  #step(from: UndoEntry[], to: UndoEntry[], word: string, none: string): void {
    const entry = from.pop()
    if (!entry) {
      this.say(this.isBusybox ? 'Nothing to undo' : none)
      return
    }
    const number = word === 'before' ? from.length + 1 : to.length + 1
    to.push({ lines: this.lines, at: entry.at, ms: entry.ms })
    const more = entry.lines.length - this.lines.length
    const changed = firstDifference(entry.lines, this.lines)
    this.lines = entry.lines
    this.row = Math.min(changed, this.lines.length - 1)
    this.column = this.row === entry.at.row ? entry.at.column : Math.max(0, this.line.search(/\S/))
    const seconds = Math.max(0, Math.round((this.process.now() - entry.ms) / 1000))
    const what =
      more === 0
        ? '1 change'
        : more === 1
          ? '1 more line'
          : more > 1
            ? `${more} more lines`
            : more === -1
              ? '1 line less'
              : `${-more} fewer lines`
    this.say(
      this.isBusybox
        ? `Undo [${number}] restored`
        : `${what}; ${word} #${number}  ${seconds < 100 ? `${seconds} second${seconds === 1 ? '' : 's'} ago` : clockText(entry.ms)}`,
    )
  }

  pattern(text: string, flags = ''): RegExp {
    try {
      const ignoreCase = text.includes('\\c') || (this.options.has('ignorecase') && !(this.options.has('smartcase') && /[A-Z]/.test(text)))
      const plain = text.replace(/\\[cC]/g, '')
      const isVery = plain.startsWith('\\v')
      return regularExpression(isVery ? plain.slice(2) : plain.replace(/\\=/g, '\\?'), { extended: isVery, ignoreCase, flags })
    } catch (error) {
      if (!(error instanceof RegularExpressionError) && !(error instanceof SyntaxError)) throw error
      throw new Refusal(`E486: Pattern not found: ${text}`)
    }
  }
}

function firstDifference(a: readonly string[], b: readonly string[]): number {
  for (let row = 0; row < Math.min(a.length, b.length); row++) if (a[row] !== b[row]) return row
  return Math.min(a.length, b.length)
}

function clockText(ms: number): string {
  return new Date(ms).toISOString().slice(11, 19)
}
