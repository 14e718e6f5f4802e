/**
 * Readline's share of the terminal: one line, edited in place with emacs keys, history and completion. The terminal is raw while a line
 * is edited and cooked while commands run. The screen is redrawn from the cursor's row; only what is on the line is remembered. Pastes
 * come bracketed, so a pasted line end does not run anything before Enter, as in bash 5.2.
 */
import type { Terminal } from '../kernel/terminal.ts'
import { type Blocking, type Process, writeTo } from '../kernel/process.ts'
import { textWidth, widthOf } from './width.ts'

export type Edited =
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'end' }
  | { readonly kind: 'interrupt' }
  | { readonly kind: 'hangup' }

/** What completion answers: the words that fit, and where the word begins that they replace. */
export interface Candidates {
  readonly from: number
  /** Whole replacements, quoted as they go into the line. */
  readonly words: readonly string[]
  /** What the list below the line shows for each. */
  readonly shown: readonly string[]
  /** More is to be typed behind it: no blank follows the only candidate. */
  readonly isOpen?: boolean
}

export interface EditorOptions {
  readonly process: Process
  readonly terminal: Terminal
  readonly prompt: string
  /** Oldest first. */
  readonly history: readonly string[]
  readonly complete: (line: string, cursor: number) => Blocking<Candidates>
  /** Not on terminals that would show the request (`TERM=dumb`). */
  readonly bracketsPastes: boolean
  /** Whether the terminal's size changed since this was asked last: the line is drawn anew. */
  readonly takeResize: () => boolean
}

/** Killed text survives from line to line; keystrokes typed ahead do too. */
export interface EditorMemory {
  killed: string
  ahead: string
}

export function* editLine(options: EditorOptions, memory: EditorMemory): Blocking<Edited> {
  const { terminal, process } = options
  const before = { mode: terminal.mode, echo: terminal.echo, signals: terminal.signals }
  terminal.mode = 'raw'
  terminal.echo = false
  terminal.signals = false
  try {
    if (options.bracketsPastes) yield* writeTo(process, 2, '\u001b[?2004h')
    const edited = yield* new Editor(options, memory).run()
    if (options.bracketsPastes) yield* writeTo(process, 2, '\u001b[?2004l\r')
    return edited
  } finally {
    if (!process.isEnded) Object.assign(terminal, before)
  }
}

class Editor {
  readonly #options: EditorOptions
  readonly #memory: EditorMemory
  readonly #history: string[]
  readonly #decoder = new TextDecoder()
  #letters: string[] = []
  #cursor = 0
  #row = 0
  #at: number
  #undo: { letters: string[]; cursor: number }[] = []
  #prompt: string
  #lastWasTab = false
  #lastWasKill = false
  #isOver = false

  constructor(options: EditorOptions, memory: EditorMemory) {
    this.#options = options
    this.#memory = memory
    // The line being typed is the newest entry; edited entries keep their changes until Enter, as readline keeps them.
    this.#history = [...options.history, '']
    this.#at = this.#history.length - 1
    this.#prompt = options.prompt.replace(/[\u0001\u0002]/g, '')
  }

  *run(): Blocking<Edited> {
    yield* this.#write(this.#prompt)
    this.#row = this.#position(this.#promptWidth()).row
    for (;;) {
      const key = yield* this.#key()
      if (key === undefined) return { kind: 'hangup' }
      const result = yield* this.#press(key)
      if (result) return result
    }
  }

  get #text(): string {
    return this.#letters.join('')
  }

  #promptWidth(): number {
    return textWidth(this.#prompt.split('\n').at(-1) ?? '')
  }

  *#write(text: string): Blocking<void> {
    if (text !== '') yield* writeTo(this.#options.process, 2, text)
  }

  /** Next key: a letter, or a whole escape sequence. Undefined at the end of the file. */
  *#key(): Blocking<string | undefined> {
    const { terminal, process } = this.#options
    for (;;) {
      const key = keyAtStart(this.#memory.ahead, this.#isOver)
      if (key !== undefined) {
        this.#memory.ahead = this.#memory.ahead.slice(key.length)
        return key
      }
      if (this.#isOver) return undefined
      if (this.#options.takeResize()) yield* this.#redraw({ fromPrompt: true })
      const bytes = terminal.file.read(4096)
      if (bytes === undefined) {
        // An Escape that nothing follows is the key itself.
        if (this.#memory.ahead === '\u001b') {
          const until = process.now() + 500
          yield { on: [terminal.file.readable], until }
          if (process.now() >= until) this.#memory.ahead = ''
        } else yield { on: [terminal.file.readable] }
      } else if (bytes.length === 0) this.#isOver = true
      else this.#memory.ahead += this.#decoder.decode(bytes, { stream: true })
    }
  }

  *#press(key: string): Blocking<Edited | undefined> {
    const wasTab = this.#lastWasTab
    const wasKill = this.#lastWasKill
    this.#lastWasTab = false
    this.#lastWasKill = false
    switch (key) {
      case '\r':
      case '\n':
        yield* this.#toEnd()
        yield* this.#write('\n')
        return { kind: 'line', text: this.#text }
      case '\u0003':
        yield* this.#toEnd()
        yield* this.#write('^C\n')
        return { kind: 'interrupt' }
      case '\u0004':
        if (this.#letters.length === 0) return { kind: 'end' }
        yield* this.#remove(this.#cursor, this.#cursor + 1)
        return undefined
      case '\u007f':
      case '\b':
        if (this.#cursor > 0) yield* this.#remove(this.#cursor - 1, this.#cursor)
        return undefined
      case '\u001b[3~':
        yield* this.#remove(this.#cursor, this.#cursor + 1)
        return undefined
      case '\u0001':
      case '\u001b[H':
      case '\u001b[1~':
      case '\u001bOH':
        yield* this.#moveTo(0)
        return undefined
      case '\u0005':
      case '\u001b[F':
      case '\u001b[4~':
      case '\u001bOF':
        yield* this.#moveTo(this.#letters.length)
        return undefined
      case '\u0002':
      case '\u001b[D':
      case '\u001bOD':
        yield* this.#moveTo(this.#cursor - 1)
        return undefined
      case '\u0006':
      case '\u001b[C':
      case '\u001bOC':
        yield* this.#moveTo(this.#cursor + 1)
        return undefined
      case '\u001bb':
      case '\u001b[1;5D':
      case '\u001b[1;3D':
      case '\u001b[5D':
        yield* this.#moveTo(this.#wordLeft(isWordLetter))
        return undefined
      case '\u001bf':
      case '\u001b[1;5C':
      case '\u001b[1;3C':
      case '\u001b[5C':
        yield* this.#moveTo(this.#wordRight())
        return undefined
      case '\u000b':
        yield* this.#kill(this.#cursor, this.#letters.length, wasKill)
        return undefined
      case '\u0015':
        yield* this.#kill(0, this.#cursor, wasKill)
        return undefined
      case '\u0017':
        yield* this.#kill(
          this.#wordLeft((letter) => letter !== ' '),
          this.#cursor,
          wasKill,
        )
        return undefined
      case '\u001b\u007f':
      case '\u001b\b':
        yield* this.#kill(this.#wordLeft(isWordLetter), this.#cursor, wasKill)
        return undefined
      case '\u001bd':
        yield* this.#kill(this.#cursor, this.#wordRight(), wasKill)
        return undefined
      case '\u0019':
        yield* this.#insert(this.#memory.killed)
        return undefined
      case '\u0014':
        yield* this.#transpose()
        return undefined
      case '\u001f':
      case '\u0018\u0015': {
        const last = this.#undo.pop()
        if (last) yield* this.#replace(last.letters, last.cursor, { remembers: false })
        return undefined
      }
      case '\u001bu':
      case '\u001bl':
      case '\u001bc':
        yield* this.#changeCase(key[1])
        return undefined
      case '\u001b.':
      case '\u001b_': {
        const last = this.#options.history.at(-1)?.trim().split(/\s+/).at(-1)
        if (last) yield* this.#insert(last)
        return undefined
      }
      case '\u000c':
        yield* this.#write('\u001b[H\u001b[2J')
        this.#row = 0
        yield* this.#redraw({ fromPrompt: true })
        return undefined
      case '\u0010':
      case '\u001b[A':
      case '\u001bOA':
        yield* this.#recall(this.#at - 1)
        return undefined
      case '\u000e':
      case '\u001b[B':
      case '\u001bOB':
        yield* this.#recall(this.#at + 1)
        return undefined
      case '\u001b<':
        yield* this.#recall(0)
        return undefined
      case '\u001b>':
        yield* this.#recall(this.#history.length - 1)
        return undefined
      case '\u0012':
        return yield* this.#search()
      case '\t':
        yield* this.#complete(wasTab)
        return undefined
      case '\u001b#':
        yield* this.#replace(['#', ...this.#letters], 0)
        return yield* this.#press('\r')
    }
    if (key.startsWith('\u001b[200~')) {
      yield* this.#insert(
        key
          .slice(6)
          .replace(/\u001b\[201~$/, '')
          .replace(/\r\n?/g, '\n')
          .replace(/\t/g, '    '),
      )
      return undefined
    }
    if (key >= ' ' && !key.startsWith('\u001b')) yield* this.#insert(key)
    return undefined
  }

  // Screen -------------------------------------------------------------------------------------------------------------------------

  /** Row and column of an offset in columns, counted from the start of the prompt's last line. */
  #position(columns: number): { row: number; column: number } {
    const { cols } = this.#options.terminal
    return { row: Math.floor(columns / cols), column: columns % cols }
  }

  /** Columns up to a letter; a wide letter that does not fit at the end of a row begins the next one. */
  #columnsTo(index: number): number {
    const { cols } = this.#options.terminal
    let columns = this.#promptWidth()
    for (let at = 0; at < index; at++) {
      const letter = this.#letters[at]
      if (letter === '\n') {
        columns = (Math.floor(columns / cols) + 1) * cols
        continue
      }
      const width = isControl(letter) ? 2 : widthOf(letter)
      if (width === 2 && columns % cols === cols - 1) columns++
      columns += width
    }
    return columns
  }

  *#redraw({ fromPrompt = false }: { fromPrompt?: boolean } = {}): Blocking<void> {
    const start = this.#row > 0 ? `\u001b[${this.#row}A` : ''
    const promptLine = fromPrompt ? this.#prompt : (this.#prompt.split('\n').at(-1) ?? '')
    const shown = this.#letters
      .map((letter) => (letter === '\n' ? '\n' : isControl(letter) ? `^${String.fromCharCode(letter.charCodeAt(0) + 64)}` : letter))
      .join('')
    const end = this.#position(this.#columnsTo(this.#letters.length))
    const target = this.#position(this.#columnsTo(this.#cursor))
    // Terminals keep the cursor in the last column until another letter comes; a space and a carriage return take it to the next row.
    const wrap = end.column === 0 && this.#letters.length > 0 && this.#letters.at(-1) !== '\n' ? ' \r' : ''
    const up = end.row - target.row
    yield* this.#write(
      `${start}\r${promptLine}${shown}${wrap}\u001b[J${up > 0 ? `\u001b[${up}A` : ''}${end.column === target.column ? '' : `\r${target.column > 0 ? `\u001b[${target.column}C` : ''}`}`,
    )
    this.#row = target.row
  }

  *#moveTo(index: number): Blocking<void> {
    const target = Math.max(0, Math.min(this.#letters.length, index))
    if (target === this.#cursor) return
    const from = this.#position(this.#columnsTo(this.#cursor))
    const to = this.#position(this.#columnsTo(target))
    this.#cursor = target
    this.#row = to.row
    const vertical = to.row < from.row ? `\u001b[${from.row - to.row}A` : to.row > from.row ? `\u001b[${to.row - from.row}B` : ''
    const horizontal =
      to.column < from.column
        ? from.column - to.column === 1
          ? '\b'
          : `\u001b[${from.column - to.column}D`
        : to.column > from.column
          ? `\u001b[${to.column - from.column}C`
          : ''
    yield* this.#write(vertical + horizontal)
  }

  *#toEnd(): Blocking<void> {
    yield* this.#moveTo(this.#letters.length)
  }

  // Changes ------------------------------------------------------------------------------------------------------------------------

  *#replace(letters: string[], cursor: number, { remembers = true }: { remembers?: boolean } = {}): Blocking<void> {
    if (remembers) this.#undo.push({ letters: this.#letters, cursor: this.#cursor })
    this.#letters = letters
    this.#cursor = cursor
    yield* this.#redraw()
  }

  *#insert(text: string): Blocking<void> {
    if (text === '') return
    const added = [...text]
    const isPlain = this.#cursor === this.#letters.length && !added.some((letter) => isControl(letter) || letter === '\n')
    this.#undo.push({ letters: this.#letters, cursor: this.#cursor })
    this.#letters = [...this.#letters.slice(0, this.#cursor), ...added, ...this.#letters.slice(this.#cursor)]
    this.#cursor += added.length
    const end = this.#position(this.#columnsTo(this.#letters.length))
    // Typing at the end only adds; everything else is drawn anew.
    if (isPlain && end.column !== 0 && end.row === this.#row) yield* this.#write(text)
    else yield* this.#redraw()
  }

  *#remove(from: number, to: number): Blocking<void> {
    if (to > this.#letters.length || from === to) return
    const isLast = to === this.#letters.length && this.#cursor === to && to - from === 1
    const width = isLast ? this.#columnsTo(to) - this.#columnsTo(from) : 0
    const isSimple = isLast && width === 1 && this.#position(this.#columnsTo(to)).column > 1
    const letters = [...this.#letters.slice(0, from), ...this.#letters.slice(to)]
    if (!isSimple) return yield* this.#replace(letters, from)
    this.#undo.push({ letters: this.#letters, cursor: this.#cursor })
    this.#letters = letters
    this.#cursor = from
    yield* this.#write('\b\u001b[K')
  }

  *#kill(from: number, to: number, continues: boolean): Blocking<void> {
    this.#lastWasKill = true
    if (from === to) return
    const killed = this.#letters.slice(from, to).join('')
    this.#memory.killed = continues
      ? to === this.#cursor && from < this.#cursor
        ? killed + this.#memory.killed
        : this.#memory.killed + killed
      : killed
    yield* this.#replace([...this.#letters.slice(0, from), ...this.#letters.slice(to)], from)
  }

  *#transpose(): Blocking<void> {
    const at = this.#cursor === this.#letters.length ? this.#cursor - 1 : this.#cursor
    if (at < 1) return
    const letters = [...this.#letters]
    ;[letters[at - 1], letters[at]] = [letters[at], letters[at - 1]]
    yield* this.#replace(letters, at + 1)
  }

  *#changeCase(kind: string): Blocking<void> {
    const end = this.#wordRight()
    const word = this.#letters.slice(this.#cursor, end).join('')
    const changed =
      kind === 'u' ? word.toUpperCase() : kind === 'l' ? word.toLowerCase() : word.replace(/\w/, (letter) => letter.toUpperCase())
    yield* this.#replace([...this.#letters.slice(0, this.#cursor), ...changed, ...this.#letters.slice(end)], end)
  }

  #wordLeft(isWord: (letter: string) => boolean): number {
    let at = this.#cursor
    while (at > 0 && !isWord(this.#letters[at - 1])) at--
    while (at > 0 && isWord(this.#letters[at - 1])) at--
    return at
  }

  #wordRight(): number {
    let at = this.#cursor
    while (at < this.#letters.length && !isWordLetter(this.#letters[at])) at++
    while (at < this.#letters.length && isWordLetter(this.#letters[at])) at++
    return at
  }

  // History ------------------------------------------------------------------------------------------------------------------------

  *#recall(index: number): Blocking<void> {
    if (index < 0 || index >= this.#history.length) return yield* this.#write('\u0007')
    this.#history[this.#at] = this.#text
    this.#at = index
    const letters = [...this.#history[index]]
    yield* this.#replace(letters, letters.length, { remembers: false })
  }

  *#search(): Blocking<Edited | undefined> {
    let query = ''
    let at = this.#history.length
    let found = ''
    let isFailing = false
    const original = { letters: this.#letters, cursor: this.#cursor }
    const look = (from: number): void => {
      for (let index = Math.min(from, this.#history.length - 1); index >= 0; index--) {
        if (query !== '' && this.#history[index].includes(query)) {
          at = index
          found = this.#history[index]
          isFailing = false
          return
        }
      }
      isFailing = query !== ''
    }
    const draw = function* (editor: Editor): Blocking<void> {
      const line = `(${isFailing ? 'failed ' : ''}reverse-i-search)\`${query}': ${found}`
      const up = editor.#row > 0 ? `\u001b[${editor.#row}A` : ''
      yield* editor.#write(`${up}\r\u001b[J${line}`)
      editor.#row = Math.floor(Math.max(0, textWidth(line) - 1) / editor.#options.terminal.cols)
      const back = found.length - (found.indexOf(query) === -1 ? found.length : found.indexOf(query))
      if (back > 0) yield* editor.#write(`\u001b[${back}D`)
    }
    const leave = (): string[] => {
      this.#at = at < this.#history.length ? at : this.#history.length - 1
      return [...(found || original.letters.join(''))]
    }
    yield* draw(this)
    for (;;) {
      const key = yield* this.#key()
      if (key === undefined) return { kind: 'hangup' }
      if (key === '\u0012') look(at - 1)
      else if (key === '\u007f' || key === '\b') {
        query = query.slice(0, -1)
        look(this.#history.length - 1)
      } else if (key === '\u0007' || key === '\u0003') {
        yield* this.#replace(original.letters, original.cursor, { remembers: false })
        return key === '\u0003' ? yield* this.#press(key) : undefined
      } else if (key >= ' ' && !key.startsWith('\u001b')) {
        query += key
        look(Math.min(at, this.#history.length - 1))
      } else {
        const letters = leave()
        yield* this.#replace(letters, letters.length, { remembers: false })
        return key === '\u001b' ? undefined : yield* this.#press(key)
      }
      yield* draw(this)
    }
  }

  // Completion ---------------------------------------------------------------------------------------------------------------------

  *#complete(isSecond: boolean): Blocking<void> {
    const line = this.#letters.slice(0, this.#cursor).join('')
    const { from, words, shown, isOpen = false } = yield* this.#options.complete(line, line.length)
    if (words.length === 0) return yield* this.#write('\u0007')
    const typed = line.slice(from)
    const common = words.reduce((prefix, word) => commonPrefix(prefix, word))
    if (words.length === 1 || common.length > typed.length) {
      const text = words.length === 1 && !isOpen && !/[/=]$/.test(words[0]) ? `${words[0]} ` : common
      if (text.startsWith(typed)) yield* this.#insert(text.slice(typed.length))
      else {
        const head = [...line.slice(0, from), ...text]
        yield* this.#replace([...head, ...this.#letters.slice(this.#cursor)], head.length)
      }
      this.#lastWasTab = words.length > 1
      return
    }
    this.#lastWasTab = true
    if (!isSecond) return yield* this.#write('\u0007')
    const cursor = this.#cursor
    yield* this.#toEnd()
    yield* this.#write(`\n${columns(shown, this.#options.terminal.cols)}${this.#prompt}`)
    this.#cursor = cursor
    this.#row = 0
    yield* this.#redraw()
  }
}

function isWordLetter(letter: string): boolean {
  return /[\p{L}\p{N}]/u.test(letter)
}

function isControl(letter: string): boolean {
  return letter < ' ' && letter !== '\n'
}

function commonPrefix(a: string, b: string): string {
  let length = 0
  while (length < a.length && length < b.length && a[length] === b[length]) length++
  return a.slice(0, length)
}

/** As readline lists: down the columns, each as wide as the longest and two more. */
function columns(items: readonly string[], width: number): string {
  const sorted = [...new Set(items)].sort()
  const cell = Math.max(...sorted.map(textWidth)) + 2
  const perRow = Math.max(1, Math.floor(width / cell))
  const rows = Math.ceil(sorted.length / perRow)
  let text = ''
  for (let row = 0; row < rows; row++) {
    const cells: string[] = []
    for (let at = row; at < sorted.length; at += rows) cells.push(sorted[at])
    text += `${cells.map((item, index) => (index === cells.length - 1 ? item : item + ' '.repeat(cell - textWidth(item)))).join('')}\n`
  }
  return text
}

/** The first whole key of what was typed; undefined while a sequence is incomplete. */
function keyAtStart(text: string, isOver: boolean): string | undefined {
  if (text === '') return undefined
  if (text.startsWith('\u001b[200~')) {
    const end = text.indexOf('\u001b[201~')
    return end === -1 ? (isOver ? text : undefined) : text.slice(0, end + 6)
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: keys are control letters
  const match = /^(?:\u001b\[[0-9;?]*[@-~]|\u001bO[A-Za-z]|\u001b[^[O]|\u0018\u0015)/.exec(text)
  if (match) return match[0]
  if (text[0] === '\u001b' && !isOver && text.length < 12) return undefined
  return String.fromCodePoint(text.codePointAt(0) ?? 0)
}
