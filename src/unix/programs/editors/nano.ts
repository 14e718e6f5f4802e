/** GNU nano 7.2: what is typed goes into the text at once; ^O writes, ^X leaves, and the two rows at the bottom tell so. */
import { UnixError } from '../../errors.ts'
import { type Blocking, err, type Process, type Program } from '../../kernel/process.ts'
import { print } from '../text.ts'
import { isTerminal } from '../tool.ts'
import { load, save } from './document.ts'
import { expanded, type FullScreen, fullScreen } from './full-screen.ts'

type Shortcut = readonly [key: string, text: string]

const mainKeys: readonly (readonly Shortcut[])[] = [
  [
    ['^G', 'Help'],
    ['^O', 'Write Out'],
    ['^W', 'Where Is'],
    ['^K', 'Cut'],
    ['^T', 'Execute'],
    ['^C', 'Location'],
    ['M-U', 'Undo'],
    ['M-A', 'Set Mark'],
    ['M-]', 'To Bracket'],
  ],
  [
    ['^X', 'Exit'],
    ['^R', 'Read File'],
    ['^\\', 'Replace'],
    ['^U', 'Paste'],
    ['^J', 'Justify'],
    ['^/', 'Go To Line'],
    ['M-E', 'Redo'],
    ['M-6', 'Copy'],
    ['^Q', 'Where Was'],
  ],
]
const writeKeys: readonly (readonly Shortcut[])[] = [
  [
    ['^G', 'Help'],
    ['M-D', 'DOS Format'],
    ['M-A', 'Append'],
    ['M-B', 'Backup File'],
  ],
  [
    ['^C', 'Cancel'],
    ['M-M', 'Mac Format'],
    ['M-P', 'Prepend'],
    ['^T', 'Browse'],
  ],
]
const yesNoKeys: readonly (readonly Shortcut[])[] = [
  [[' Y', 'Yes']],
  [
    [' N', 'No'],
    ['^C', 'Cancel'],
  ],
]
const searchKeys: readonly (readonly Shortcut[])[] = [
  [
    ['^G', 'Help'],
    ['M-C', 'Case Sens'],
    ['M-B', 'Backwards'],
    ['^P', 'Older'],
    ['^T', 'Go To Line'],
  ],
  [
    ['^C', 'Cancel'],
    ['M-R', 'Reg.exp.'],
    ['^R', 'Replace'],
    ['^N', 'Newer'],
  ],
]

interface Snapshot {
  readonly lines: readonly string[]
  readonly row: number
  readonly column: number
}

export const nano: Program = function* (process) {
  const args = process.argv.slice(1)
  if (args.includes('--version') || args.includes('-V')) {
    yield* print(process, ' GNU nano, version 7.2\n (C) 2023 the Free Software Foundation and various contributors\n')
    return 0
  }
  const { terminal } = process
  if (!terminal || !isTerminal(process, 0)) {
    yield* err(process, 'Standard input is not a terminal\n')
    return 1
  }
  return yield* fullScreen(process, terminal, (screen) =>
    new Nano(
      process,
      screen,
      args.find((arg) => !/^[-+]/.test(arg)),
    ).run(),
  )
}

class Nano {
  readonly #process: Process
  readonly #screen: FullScreen
  #path: string | undefined
  #lines: readonly string[]
  #saved: readonly string[]
  #row = 0
  #column = 0
  #top = 0
  #status = ''
  #cut: string[] = []
  #cutsOn = false
  #sought = ''
  #prompt: { readonly text: string; readonly keys: readonly (readonly Shortcut[])[] } | undefined
  readonly #undo: Snapshot[] = []
  readonly #redo: Snapshot[] = []
  #wasTyping = false

  constructor(process: Process, screen: FullScreen, path: string | undefined) {
    this.#process = process
    this.#screen = screen
    this.#path = path
    const loaded = path === undefined ? undefined : load(process, path)
    // nano always keeps an empty line behind the last one to type into.
    this.#lines =
      loaded && !loaded.isNew && !loaded.refusal && loaded.bytes > 0 ? (loaded.hasEnd ? [...loaded.lines, ''] : loaded.lines) : ['']
    this.#saved = this.#lines
    if (loaded?.refusal === 'directory') {
      this.#path = undefined
      this.#status = `"${path}" is a directory`
    } else if (loaded?.refusal === 'permission') this.#status = `Error reading ${path}: Permission denied`
    else if (loaded?.isNew) this.#status = 'New File'
    else if (loaded)
      this.#status = `Read ${linesText(loaded.bytes === 0 ? 0 : loaded.lines.length)}${loaded.isReadOnly ? ' (Warning: No write permission)' : ''}`
  }

  *run(): Blocking<number> {
    for (;;) {
      const key = yield* this.#screen.key(() => this.#drawn())
      if (key === undefined) return 1
      this.#status = ''
      const wasCutting = this.#cutsOn
      this.#cutsOn = false
      const code = yield* this.#press(key, wasCutting)
      if (code !== undefined) return code
    }
  }

  *#press(key: string, wasCutting: boolean): Blocking<number | undefined> {
    const isTyping = key.length === 1 && (key >= ' ' || key === '\t') && key !== '\x7f'
    const page = Math.max(1, this.#screen.terminal.rows - 6)
    const continues = isTyping && this.#wasTyping
    this.#wasTyping = isTyping
    switch (key) {
      case '\x18':
        return yield* this.#leave()
      case '\x0f':
        yield* this.#writeOut()
        return undefined
      case '\x13':
        if (this.#path !== undefined) this.#save(this.#path)
        return undefined
      case '\x17':
      case '\x1b[17~':
        yield* this.#search()
        return undefined
      case '\x1c':
        yield* this.#replace()
        return undefined
      case '\x0b':
        this.#change(() => this.#cutLine(wasCutting))
        return undefined
      case '\x15':
        this.#change(() => {
          this.#splice(this.#row, 0, this.#cut)
          this.#row += this.#cut.length
          this.#column = 0
        })
        return undefined
      case '\x1b':
        yield* this.#meta()
        return undefined
      case '\x1f':
        yield* this.#goTo()
        return undefined
      case '\x12':
        yield* this.#insertFile()
        return undefined
      case '\x03':
        this.#status = this.#location()
        return undefined
      case '\x07':
      case '\x14':
      case '\n':
        this.#status = 'Not simulated in this nano'
        return undefined
      case '\x1b[A':
      case '\x1bOA':
      case '\x10':
        this.#row--
        break
      case '\x1b[B':
      case '\x1bOB':
      case '\x0e':
        this.#row++
        break
      case '\x1b[D':
      case '\x1bOD':
      case '\x02':
        if (this.#column > 0) this.#column--
        else if (this.#row > 0) {
          this.#row--
          this.#column = this.#line.length
        }
        break
      case '\x1b[C':
      case '\x1bOC':
      case '\x06':
        if (this.#column < this.#line.length) this.#column++
        else if (this.#row < this.#lines.length - 1) {
          this.#row++
          this.#column = 0
        }
        break
      case '\x01':
      case '\x1b[H':
      case '\x1bOH':
      case '\x1b[1~':
        this.#column = 0
        break
      case '\x05':
      case '\x1b[F':
      case '\x1bOF':
      case '\x1b[4~':
        this.#column = this.#line.length
        break
      case '\x19':
      case '\x1b[5~':
        this.#row -= page
        break
      case '\x16':
      case '\x1b[6~':
        this.#row += page
        break
      case '\x7f':
      case '\b':
        this.#change(() => this.#backspace())
        return undefined
      case '\x04':
      case '\x1b[3~':
        if (this.#column < this.#line.length || this.#row < this.#lines.length - 1) {
          this.#change(() => {
            if (this.#column < this.#line.length) this.#column++
            else {
              this.#row++
              this.#column = 0
            }
            this.#backspace()
          })
        }
        return undefined
      case '\r':
        this.#change(() => {
          this.#splice(this.#row, 1, [this.#line.slice(0, this.#column), this.#line.slice(this.#column)])
          this.#row++
          this.#column = 0
        })
        return undefined
      default:
        if (!isTyping) {
          this.#status = 'Unbound key'
          return undefined
        }
        if (continues) this.#undo.pop()
        this.#change(
          () => {
            this.#splice(this.#row, 1, [this.#line.slice(0, this.#column) + key + this.#line.slice(this.#column)])
            this.#column++
          },
          continues ? this.#typingStart : undefined,
        )
        return undefined
    }
    this.#row = Math.max(0, Math.min(this.#row, this.#lines.length - 1))
    this.#column = Math.min(this.#column, this.#line.length)
    return undefined
  }

  get #line(): string {
    return this.#lines[this.#row] ?? ''
  }

  #typingStart: Snapshot | undefined

  /** One step of undo; what is typed in one go is one. */
  #change(act: () => void, start?: Snapshot): void {
    const before = start ?? { lines: this.#lines, row: this.#row, column: this.#column }
    this.#typingStart = before
    act()
    if (this.#lines === before.lines) return
    this.#undo.push(before)
    this.#redo.length = 0
  }

  #splice(row: number, count: number, lines: readonly string[]): void {
    this.#lines = [...this.#lines.slice(0, row), ...lines, ...this.#lines.slice(row + count)]
    // Text in the last line gets an empty one behind it.
    if (this.#lines.at(-1) !== '') this.#lines = [...this.#lines, '']
  }

  #backspace(): void {
    if (this.#column > 0) {
      this.#splice(this.#row, 1, [this.#line.slice(0, this.#column - 1) + this.#line.slice(this.#column)])
      this.#column--
    } else if (this.#row > 0) {
      const above = this.#lines[this.#row - 1]
      this.#splice(this.#row - 1, 2, [above + this.#line])
      this.#row--
      this.#column = above.length
    }
  }

  #cutLine(isMore: boolean): void {
    this.#cutsOn = true
    if (this.#lines.length === 1 && this.#line === '') return
    this.#cut = isMore ? [...this.#cut, this.#line] : [this.#line]
    this.#lines = this.#lines.filter((_, row) => row !== this.#row)
    if (this.#lines.length === 0 || this.#lines.at(-1) !== '') this.#lines = [...this.#lines, '']
    this.#row = Math.min(this.#row, this.#lines.length - 1)
    this.#column = 0
  }

  *#meta(): Blocking<void> {
    const key = yield* this.#screen.key(() => this.#drawn())
    if (key === 'u' || key === 'U') this.#step(this.#undo, this.#redo, 'Undid', 'Nothing to undo')
    else if (key === 'e' || key === 'E') this.#step(this.#redo, this.#undo, 'Redid', 'Nothing to redo')
    else if (key === '6' || key === '^') this.#cut = [this.#line]
    else if (key === '\\' || key === '|') [this.#row, this.#column] = [0, 0]
    else if (key === '/' || key === '?') [this.#row, this.#column] = [this.#lines.length - 1, 0]
    else if (key === 'w' || key === 'W') this.#find()
    else this.#status = 'Unbound key'
  }

  #step(from: Snapshot[], to: Snapshot[], word: string, none: string): void {
    const before = from.pop()
    if (!before) {
      this.#status = none
      return
    }
    to.push({ lines: this.#lines, row: this.#row, column: this.#column })
    this.#lines = before.lines
    this.#row = before.row
    this.#column = before.column
    this.#status = `${word} change`
  }

  /** Undefined when it was given up. */
  *#ask(question: string, keys: readonly (readonly Shortcut[])[], start = ''): Blocking<string | undefined> {
    let text = start
    try {
      for (;;) {
        this.#prompt = { text: question + text, keys }
        const key = yield* this.#screen.key(() => this.#drawn())
        if (key === undefined || key === '\x03' || key === '\x1b') {
          this.#status = 'Cancelled'
          return undefined
        }
        if (key === '\r' || key === '\n') return text
        if (key === '\x7f' || key === '\b') text = text.slice(0, -1)
        else if (key === '\x15' || key === '\x0b') text = ''
        else if (key.length === 1 && key >= ' ') text += key
      }
    } finally {
      this.#prompt = undefined
    }
  }

  *#leave(): Blocking<number | undefined> {
    if (this.#lines === this.#saved) return 0
    for (;;) {
      this.#prompt = { text: 'Save modified buffer? ', keys: yesNoKeys }
      const key = yield* this.#screen.key(() => this.#drawn())
      this.#prompt = undefined
      if (key === undefined || key === 'n' || key === 'N') return 0
      if (key === '\x03') {
        this.#status = 'Cancelled'
        return undefined
      }
      if (key === 'y' || key === 'Y') return (yield* this.#writeOut()) ? 0 : undefined
    }
  }

  *#writeOut(): Blocking<boolean> {
    const path = yield* this.#ask('File Name to Write: ', writeKeys, this.#path ?? '')
    if (path === undefined) return false
    if (path === '') {
      this.#status = 'Cancelled'
      return false
    }
    if (path !== this.#path && this.#process.files.exists(this.#process.path(path))) {
      this.#prompt = { text: `File "${path}" exists; OVERWRITE? `, keys: yesNoKeys }
      const key = yield* this.#screen.key(() => this.#drawn())
      this.#prompt = undefined
      if (key !== 'y' && key !== 'Y') return false
    }
    return this.#save(path)
  }

  #save(path: string): boolean {
    const lines = this.#lines.at(-1) === '' ? this.#lines.slice(0, -1) : this.#lines
    try {
      save(this.#process, path, lines, { hasEnd: lines.length > 0 })
    } catch (error) {
      if (!(error instanceof UnixError)) throw error
      this.#status = `Error writing ${path}: ${error.words}`
      return false
    }
    this.#path = path
    this.#saved = this.#lines
    this.#status = `Wrote ${linesText(lines.length)}`
    return true
  }

  *#search(): Blocking<void> {
    const text = yield* this.#ask(`Search${this.#sought === '' ? '' : ` [${this.#sought}]`}: `, searchKeys)
    if (text === undefined) return
    if (text !== '') this.#sought = text
    this.#find()
  }

  #find(): boolean {
    const sought = this.#sought.toLowerCase()
    if (sought === '') return false
    const count = this.#lines.length
    for (let step = 0; step <= count; step++) {
      const row = (this.#row + step) % count
      const at = this.#lines[row].toLowerCase().indexOf(sought, step === 0 ? this.#column + 1 : 0)
      if (at < 0) continue
      if (row < this.#row || step === count)
        this.#status = step === count && at === this.#column ? 'This is the only occurrence' : 'Search Wrapped'
      this.#row = row
      this.#column = at
      return true
    }
    this.#status = `"${this.#sought}" not found`
    return false
  }

  *#replace(): Blocking<void> {
    const sought = yield* this.#ask(`Search (to replace)${this.#sought === '' ? '' : ` [${this.#sought}]`}: `, searchKeys)
    if (sought === undefined) return
    if (sought !== '') this.#sought = sought
    const into = yield* this.#ask('Replace with: ', searchKeys)
    if (into === undefined) return
    let count = 0
    let isAll = false
    const seen = new Set<string>()
    while (this.#find() && !seen.has(`${this.#row}:${this.#column}`)) {
      seen.add(`${this.#row}:${this.#column}`)
      if (!isAll) {
        this.#prompt = {
          text: 'Replace this instance? ',
          keys: [
            [
              [' Y', 'Yes'],
              [' A', 'All'],
            ],
            [
              [' N', 'No'],
              ['^C', 'Cancel'],
            ],
          ],
        }
        const key = yield* this.#screen.key(() => this.#drawn())
        this.#prompt = undefined
        if (key === undefined || key === '\x03') break
        if (/a/i.test(key)) isAll = true
        else if (!/y/i.test(key)) continue
      }
      this.#change(() => {
        this.#splice(this.#row, 1, [this.#line.slice(0, this.#column) + into + this.#line.slice(this.#column + this.#sought.length)])
      })
      this.#column += Math.max(0, into.length - 1)
      count++
    }
    this.#status = count === 0 ? this.#status : `Replaced ${count} occurrence${count === 1 ? '' : 's'}`
  }

  *#goTo(): Blocking<void> {
    const text = yield* this.#ask('Enter line number, column number: ', [
      [
        ['^G', 'Help'],
        ['^T', 'Go To Text'],
      ],
      [['^C', 'Cancel']],
    ])
    if (text === undefined) return
    const [row, column = '1'] = text.split(',')
    if (!/^\s*\d+\s*$/.test(row)) {
      this.#status = 'Invalid line or column number'
      return
    }
    this.#row = Math.max(0, Math.min(Number(row) - 1, this.#lines.length - 1))
    this.#column = Math.max(0, Math.min(Number(column) - 1, this.#line.length))
  }

  *#insertFile(): Blocking<void> {
    const path = yield* this.#ask('File to insert [from ./]: ', writeKeys)
    if (path === undefined || path === '') return
    const loaded = load(this.#process, path)
    if (loaded.isNew || loaded.refusal) {
      this.#status = loaded.isNew ? `File "${path}" not found` : `"${path}" is a directory`
      return
    }
    this.#change(() => {
      this.#splice(this.#row, 0, loaded.lines)
      this.#row += loaded.lines.length
    })
    this.#status = `Inserted ${linesText(loaded.lines.length)}`
  }

  #location(): string {
    const before = this.#lines.slice(0, this.#row).reduce((sum, line) => sum + line.length + 1, 0) + this.#column
    const all = this.#lines.reduce((sum, line) => sum + line.length + 1, -1)
    const share = (part: number, whole: number): number => (whole === 0 ? 0 : Math.floor((part * 100) / whole))
    return `line ${this.#row + 1}/${this.#lines.length} (${share(this.#row + 1, this.#lines.length)}%), col ${this.#column + 1}/${this.#line.length + 1} (${share(this.#column + 1, this.#line.length + 1)}%), char ${before}/${all} (${share(before, all)}%)`
  }

  #drawn(): string {
    const { rows, cols } = this.#screen.terminal
    const page = Math.max(1, rows - 4)
    if (this.#row < this.#top) this.#top = this.#row
    if (this.#row >= this.#top + page) this.#top = this.#row - Math.floor(page / 2)
    const { columns } = expanded(this.#line)
    const column = columns[this.#column] ?? 0
    // Only the cursor's line is moved sideways when it is too long.
    const left = column < cols - 1 ? 0 : column - (column % Math.max(1, cols - 9))
    const shown = this.#lines.slice(this.#top, this.#top + page).map((line, index) => {
      const { text } = expanded(line)
      const start = this.#top + index === this.#row ? left : 0
      const cut = text.slice(start, start + cols)
      return `${start > 0 ? `\x1b[7m<\x1b[m${cut.slice(1)}` : cut}`.replace(/.$/, (last) =>
        text.length > start + cols ? '\x1b[7m>\x1b[m' : last,
      )
    })
    while (shown.length < page) shown.push('')
    const status =
      this.#status === ''
        ? ''
        : `\x1b[${Math.max(1, Math.floor((cols - this.#status.length - 4) / 2) + 1)}G\x1b[7m[ ${this.#status} ]\x1b[m`
    const third = this.#prompt ? `\x1b[7m${this.#prompt.text.slice(-cols + 1).padEnd(cols)}\x1b[m` : status
    const keys = this.#prompt?.keys ?? mainKeys
    const bottom = [shortcutRow(keys[0], keys, cols), shortcutRow(keys[1], keys, cols)]
    const at = this.#prompt
      ? `\x1b[${rows - 2};${Math.min(cols, this.#prompt.text.length + 1)}H`
      : `\x1b[${this.#row - this.#top + 2};${column - left + 1}H`
    return `\x1b[?25l\x1b[H${this.#title(cols)}\r\n${shown.map((text) => `${text}\x1b[K\r\n`).join('')}\x1b[K${third}\r\n${bottom.map((row) => `${row}\x1b[K`).join('\r\n')}${at}\x1b[?25h`
  }

  #title(cols: number): string {
    const name = this.#path ?? 'New Buffer'
    const state = this.#lines === this.#saved ? '' : 'Modified'
    const left = '  GNU nano 7.2'
    const offset = Math.max(left.length + 2, Math.floor((cols - name.length) / 2))
    const head = left.padEnd(offset) + name
    return `\x1b[7m${(head.padEnd(cols - state.length - 1) + state).padEnd(cols).slice(0, cols)}\x1b[m`
  }
}

function shortcutRow(row: readonly Shortcut[], all: readonly (readonly Shortcut[])[], cols: number): string {
  const most = Math.max(...all.map(({ length }) => length))
  const shown = Math.max(1, Math.min(most, most > 4 ? Math.floor(cols / 13) : most))
  const width = Math.floor(cols / Math.max(shown, 2))
  return row
    .slice(0, shown)
    .map(([key, text]) => `\x1b[7m${key}\x1b[m ${text}${' '.repeat(Math.max(0, width - key.length - text.length - 1))}`)
    .join('')
    .trimEnd()
}

const linesText = (count: number): string => `${count} line${count === 1 ? '' : 's'}`
