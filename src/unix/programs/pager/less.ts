/**
 * less: a page at a time on a terminal, and a plain cat into a pipe. What it sends is what the real one sends (590): it scrolls by
 * printing below or by reverse index above, and writes `...skipping...` where it jumps. Marks, tags and shell escapes are missing and say so.
 */
import type { Blocking, Process, Program } from '../../kernel/process.ts'
import { err, writeTo } from '../../kernel/process.ts'
import { isBusybox } from '../flavour.ts'
import { regularExpression, RegularExpressionError } from '../regular-expression.ts'
import { bytesOfString, openInput, print, wholeInput } from '../text.ts'
import { isErrno, isTerminal, wordsOf } from '../tool.ts'
import { lessHelp } from './help.ts'
import { lessCall, type LessOptions, optionMessage, setOption } from './options.ts'
import { Pages } from './pages.ts'
import { promptOf, statusOf, type Place } from './prompt.ts'
import { type Look, type Row, rowsOf, standout } from './rows.ts'
import { terminalKeys } from './terminal-keys.ts'

const enter = '\x1b[?1049h\x1b[22;0;0t'
const leave = '\x1b[?1049l\x1b[23;0;0t'

export const less: Program = function* (process) {
  const { options, files, unknown, wants } = lessCall(process.argv.slice(1), process.env.LESS ?? '')
  if (wants === 'version') {
    yield* print(
      process,
      'less 590 (GNU regular expressions)\nCopyright (C) 1984-2021  Mark Nudelman\n\nless comes with NO WARRANTY, to the extent permitted by law.\nFor information about the terms of redistribution,\nsee the file named README in the less distribution.\nHome page: https://greenwoodsoftware.com/less\n',
    )
    return 0
  }
  if (unknown !== undefined) {
    yield* err(
      process,
      isBusybox(process) ? `less: invalid option -- '${unknown}'\n` : `There is no -${unknown} option ("less --help" for help)\n`,
    )
    return isBusybox(process) ? 1 : 0
  }
  if (wants === 'help') return yield* page(process, [helpPages(process)], options, 0)
  if (files.length === 0 && isTerminal(process, 0)) {
    yield* err(process, isBusybox(process) ? 'less: no FILE\n' : 'Missing filename ("less --help" for help)\n')
    return isBusybox(process) ? 1 : 0
  }
  let code = 0
  const opened: Pages[] = []
  for (const path of files.length > 0 ? files : ['-']) {
    try {
      opened.push(new Pages(process, openInput(process, path), path))
    } catch (error) {
      const words = wordsOf(error)
      yield* err(
        process,
        isBusybox(process)
          ? `less: can't open '${path}': ${words}\n`
          : isErrno(error, 'EISDIR')
            ? `${path} is a directory\n`
            : `${path}: ${words}\n`,
      )
      code = 1
    }
  }
  if (opened.length === 0) return code
  if (!process.terminal || !isTerminal(process, 1)) {
    for (const { name } of opened) yield* writeTo(process, 1, yield* wholeInput(process, name === '-' ? 0 : openInput(process, name)))
    return code
  }
  return yield* page(process, opened, options, code)
}

function helpPages(process: Process): Pages {
  const help = new Pages(process, -1, 'HELP')
  help.lines.push(...lessHelp.split('\n'))
  help.isOver = true
  return help
}

function* page(process: Process, files: readonly Pages[], options: LessOptions, code: number): Blocking<number> {
  const { terminal } = process
  if (!terminal) return code
  let at = 0
  let pages = files[0]
  let isFirst = true
  let shift = 0
  let search: { readonly pattern: RegExp; readonly isBackward: boolean } | undefined
  let filter: RegExp | undefined
  /** What is on the screen: the rows, and where they begin. */
  let top = { line: 0, row: 0 }
  let bottom = { line: 0, row: 0 }
  let shown = 0
  let isInterrupted = false
  const places = new Map<Pages, typeof top>()
  const stopped = (): boolean => isInterrupted
  const height = (): number => Math.max(1, terminal.rows - 1)
  const look = (): Look => ({ cols: terminal.cols, numbers: options.numbers, chops: options.chops, raw: options.raw, shift })
  const highlight = (): RegExp | undefined => (options.highlights ? search?.pattern : undefined)
  const isHidden = (line: number): boolean =>
    (filter !== undefined && !matches(filter, pages.lines[line])) ||
    (options.squeezes && line > 0 && pages.lines[line] === '' && pages.lines[line - 1] === '')
  const rows = (line: number): readonly Row[] => rowsOf(pages.lines[line], line, look(), highlight())
  const send = (text: string): Blocking<void> => print(process, text)

  /** Rows from a place on, as many as asked for and there are; and the place after them. */
  function* from(place: typeof top, count: number): Blocking<{ readonly rows: Row[]; readonly next: typeof top }> {
    const found: Row[] = []
    let { line, row } = place
    while (found.length < count) {
      yield* pages.fill(line + count + 1, stopped)
      if (line >= pages.lines.length) break
      if (isHidden(line)) {
        line++
        row = 0
        continue
      }
      const all = rows(line)
      while (row < all.length && found.length < count) found.push(all[row++])
      if (row >= all.length) {
        line++
        row = 0
      }
    }
    return { rows: found, next: { line, row } }
  }

  /** The place so many rows above. */
  function above(place: typeof top, count: number): typeof top {
    let { line, row } = place
    for (let left = count; left > 0; ) {
      if (row > 0) {
        const step = Math.min(row, left)
        row -= step
        left -= step
        continue
      }
      do line--
      while (line >= 0 && isHidden(line))
      if (line < 0) return firstPlace()
      row = rows(line).length
    }
    return { line, row }
  }

  function firstPlace(): typeof top {
    let line = 0
    while (line < pages.lines.length - 1 && isHidden(line)) line++
    return { line, row: 0 }
  }

  const isEnd = (): boolean => {
    if (!pages.isOver) return false
    let { line } = bottom
    while (line < pages.lines.length && isHidden(line)) line++
    return line >= pages.lines.length
  }

  const text = (some: readonly Row[]): string => some.map(({ text: row, isWrapped }) => (isWrapped ? `${row} \b` : `${row}\r\n`)).join('')
  const tildes = (count: number): string => '\x1b[1m~\x1b[0m\r\n'.repeat(Math.max(0, count))

  function place(): Place {
    const isWhole = pages.isOver
    return {
      name: pages.name,
      isNamed: pages.name !== '-',
      file: at + 1,
      files: files.length,
      isFirst,
      isEnd: isEnd(),
      isFiltered: filter !== undefined,
      top: top.line + 1,
      bottom: Math.max(1, bottom.row > 0 ? bottom.line + 1 : bottom.line),
      lines: isWhole ? pages.lines.length : undefined,
      // Counted only when it is shown: a long text would have to be measured at every key.
      get percent() {
        return isWhole && pages.bytes > 0 ? Math.floor((bytesUpTo(bottom.line) * 100) / pages.bytes) : undefined
      },
      style: options.style,
    }
  }

  function bytesUpTo(line: number): number {
    let sum = 0
    for (let index = 0; index < line && index < pages.lines.length; index++) sum += bytesOfString(pages.lines[index]).length + 1
    return Math.min(sum, pages.bytes)
  }

  function* prompt(): Blocking<void> {
    yield* send(promptOf(place()))
    isFirst = false
  }

  /** Everything anew from `top`. `lead`: what clears the way. */
  function* paint(lead: string, isPadded = true): Blocking<void> {
    const found = yield* from(top, height())
    bottom = found.next
    shown = found.rows.length
    yield* send(`${lead}${text(found.rows)}${isPadded ? tildes(height() - shown) : ''}`)
  }
  const repaint = (): Blocking<void> => paint('\r\x1b[K\x1b[H\x1b[2J\x1b[H')

  function* forward(count: number): Blocking<void> {
    const found = yield* from(bottom, count)
    const room = height() - shown
    bottom = found.next
    top = found.rows.length > room ? yield* after(top, found.rows.length - room) : top
    shown = Math.min(height(), shown + found.rows.length)
    yield* send(`\r\x1b[K${text(found.rows)}`)
  }

  function* after(start: typeof top, count: number): Blocking<typeof top> {
    return (yield* from(start, count)).next
  }

  function* backward(count: number): Blocking<void> {
    const next = above(top, count)
    const found = (yield* from(next, count)).rows
    const moved = Math.min(count, yield* distance(next, top, count))
    if (moved === 0) return yield* send('\r\x1b[K\x07')
    const some = found.slice(0, moved)
    top = next
    const screen = yield* from(top, height())
    bottom = screen.next
    shown = screen.rows.length
    yield* send(
      `\r\x1b[K${some
        .toReversed()
        .map(({ text: row }) => `\x1b[H\x1bM${row}\r\n`)
        .join('')}\x1b[${terminal?.rows ?? 24};1H\r\x1b[K`,
    )
  }

  function* distance(start: typeof top, end: typeof top, most: number): Blocking<number> {
    let here = start
    for (let count = 0; count < most; count++) {
      if (here.line > end.line || (here.line === end.line && here.row >= end.row)) return count
      here = yield* after(here, 1)
    }
    return most
  }

  /** The screen begins at this line; what is near is reached by scrolling, what is far is skipped to. */
  function* jump(line: number): Blocking<void> {
    const target = { line, row: 0 }
    if (line >= top.line && line < bottom.line) {
      const rowsAway = yield* distance(top, target, height())
      if (rowsAway > 0) {
        const found = yield* from(bottom, rowsAway)
        bottom = found.next
        top = target
        yield* send(`\r\x1b[K${text(found.rows)}${tildes(rowsAway - found.rows.length)}`)
        shown = Math.max(0, height() - (rowsAway - found.rows.length))
      } else yield* send('\r\x1b[K')
      return
    }
    if (line < top.line) {
      const away = yield* distance(target, top, height() + 1)
      if (away <= height()) return yield* backward(away)
      top = target
      return yield* paint('\r\x1b[K\x1b[H\x1b[2J\x1b[H')
    }
    top = target
    yield* paint('\r\x1b[K...skipping...\r\n')
  }

  function* toEnd(): Blocking<void> {
    yield* pages.fill(Number.POSITIVE_INFINITY, stopped)
    const last = above({ line: pages.lines.length, row: 0 }, height())
    if (isEnd()) return yield* send('\r\x1b[K')
    top = last
    yield* paint(shown === 0 ? '\r\x1b[K' : '\r\x1b[K...skipping...\r\n')
  }

  function* find(isBackward: boolean, isAgain: boolean): Blocking<void> {
    if (!search) return yield* tell('No previous search pattern')
    const { pattern } = search
    const step = isBackward ? -1 : 1
    let line = isAgain ? top.line + step : isBackward ? bottom.line - 1 : top.line
    for (; line >= 0; line += step) {
      yield* pages.fill(line + 2, stopped)
      if (line >= pages.lines.length || isInterrupted) break
      if (isHidden(line) || !matches(pattern, pages.lines[line])) continue
      return yield* jump(line)
    }
    if (!isAgain) yield* paint('\r\x1b[K\x1b[H')
    yield* tell('Pattern not found')
  }

  function* tell(message: string): Blocking<void> {
    yield* send(`\r\x1b[K\r\x1b[K${standout(`${message}  (press RETURN)`)}`)
    const key = yield* keys.next()
    if (key !== undefined && key !== '\r' && key !== '\n' && key !== ' ') keys.back(key)
    yield* send(`\x1b[${terminal?.rows ?? 24};1H\x1b[K`)
  }

  /** A line typed at the bottom; undefined when it was given up. */
  function* ask(label: string): Blocking<string | undefined> {
    let typed = ''
    yield* send(`\r\x1b[K${label}`)
    for (;;) {
      const key = yield* keys.next()
      if (key === undefined || key === '\x03' || key === '\x1b') return undefined
      if (key === '\r' || key === '\n') return typed
      if (key === '\x7f' || key === '\b') {
        if (typed === '') return undefined
        typed = typed.slice(0, -1)
        yield* send('\b \b')
      } else if (key === '\x15') {
        typed = ''
        yield* send(`\r\x1b[K${label}`)
      } else if (key.length === 1 && key >= ' ') {
        typed += key
        yield* send(`\x1b[K${key}\b${key}`)
      }
    }
  }

  function* patternOf(typed: string): Blocking<RegExp | undefined> {
    try {
      const ignoreCase = options.ignoresCase === 'always' || (options.ignoresCase === true && typed === typed.toLowerCase())
      return regularExpression(typed, { extended: true, ignoreCase, flags: 'g' })
    } catch (error) {
      if (!(error instanceof RegularExpressionError) && !(error instanceof SyntaxError)) throw error
      yield* tell('Invalid pattern')
      return undefined
    }
  }

  function* open(index: number): Blocking<void> {
    places.set(pages, top)
    at = index
    pages = files[at]
    top = places.get(pages) ?? { line: 0, row: 0 }
    isFirst = true
    filter = undefined
    yield* paint('...skipping...\r\n')
  }

  function* follow(): Blocking<void> {
    yield* toEnd()
    isInterrupted = false
    yield* send(`\r\x1b[K${standout('Waiting for data... (interrupt to abort)')}`)
    while (!isInterrupted) {
      if (yield* pages.more()) {
        if (bottom.line < pages.lines.length) {
          yield* forward(pages.lines.length - bottom.line)
          yield* send(`\r\x1b[K${standout('Waiting for data... (interrupt to abort)')}`)
        }
      }
      yield { until: process.now() + 1000 }
    }
    isInterrupted = false
    yield* send('\r\x1b[K\x07')
    yield* repaint()
  }

  const keys = terminalKeys(process, terminal)
  const before = { mode: terminal.mode, echo: terminal.echo, signals: terminal.signals, onlcr: terminal.onlcr }
  let hasScreen = false
  process.handlers.set('INT', () => (isInterrupted = true))
  process.handlers.set('WINCH', () => keys.back('\x0c'))
  try {
    yield* pages.fill(height() + 1, stopped)
    const first = yield* from(top, height() + 1)
    if (options.quitsIfOneScreen && files.length === 1 && pages.isOver && first.rows.length <= height()) {
      yield* send(text(first.rows).replaceAll('\r\n', '\n'))
      return code
    }
    Object.assign(terminal, { mode: 'raw', echo: false, signals: true, onlcr: false })
    hasScreen = !options.keepsScreen
    yield* send(`${hasScreen ? enter : ''}\x1b[?1h\x1b=\r`)
    if (pages.lines.slice(0, 50).some((line) => /[\0\uDC80-\uDCFF]/.test(line))) {
      yield* send(standout(`"${pages.name}" may be a binary file.  See it anyway? `))
      const answer = yield* keys.next()
      if (answer !== 'y' && answer !== 'Y') return code
      yield* send('\r\x1b[K')
    }
    const [command, ...others] = options.commands
    if (command !== undefined) {
      keys.back(...Array.from([command, ...others].join('')))
      if (!/^[GF]/.test(command)) yield* paint('', false)
    } else yield* paint('', false)
    let count = ''
    let isAtEndBefore = false
    for (;;) {
      if (count === '' && !keys.isAhead()) yield* prompt()
      const key = yield* keys.next()
      if (key === undefined) return code
      if (/^\d$/.test(key)) {
        yield* send(count === '' ? `\r\x1b[K:\x1b[K${key}` : key)
        count += key
        continue
      }
      const number = count === '' ? undefined : Number(count)
      count = ''
      isInterrupted = false
      if (isEnd() && options.quitsAtEnd !== 'never' && /^[jef \r\n\x06\x16]$|^\x1b\[(B|6~)$/.test(key)) {
        if (isAtEndBefore || options.quitsAtEnd === 'second') return code
        isAtEndBefore = true
      }
      switch (key) {
        case 'q':
        case 'Q':
          if (pages.name === 'HELP' && files[at] !== pages) {
            pages = files[at]
            top = places.get(pages) ?? top
            isFirst = true
            yield* paint('...skipping...\r\n')
            break
          }
          return code
        case 'Z':
          if ((yield* keys.next()) === 'Z') return code
          break
        case '\x03':
          yield* send('\r\x1b[K\x07')
          break
        case ' ':
        case 'f':
        case '\x06':
        case '\x16':
        case '\x1b[6~':
          if (isEnd()) yield* send('\r\x1b[K\r\x1b[K')
          else yield* forward(number ?? height())
          break
        case 'z':
          if (isEnd()) yield* send('\r\x1b[K')
          else yield* forward(number ?? height())
          break
        case 'b':
        case '\x02':
        case 'w':
        case '\x1b[5~':
          yield* backward(number ?? height())
          break
        case 'd':
        case '\x04':
          if (isEnd()) yield* send('\r\x1b[K\x07')
          else yield* forward(number ?? Math.floor(terminal.rows / 2))
          break
        case 'u':
        case '\x15':
          yield* backward(number ?? Math.floor(terminal.rows / 2))
          break
        case 'j':
        case 'e':
        case '\x05':
        case '\x0e':
        case '\r':
        case '\n':
        case '\x1b[B':
        case '\x1bOB':
          if (isEnd()) yield* send('\r\x1b[K\x07')
          else yield* forward(number ?? 1)
          break
        case 'k':
        case 'y':
        case '\x19':
        case '\x10':
        case '\x0b':
        case '\x1b[A':
        case '\x1bOA':
          yield* backward(number ?? 1)
          break
        case 'g':
        case '<':
        case '\x1b[H':
        case '\x1bOH':
        case '\x1b[1~': {
          const wanted = (number ?? 1) - 1
          yield* pages.fill(wanted + 1, stopped)
          if (wanted >= pages.lines.length) yield* tell(`Cannot seek to line number ${wanted + 1}`)
          else yield* jump(Math.max(firstPlace().line, wanted))
          break
        }
        case 'G':
        case '>':
        case '\x1b[F':
        case '\x1bOF':
        case '\x1b[4~':
          if (number !== undefined) {
            yield* pages.fill(number, stopped)
            yield* jump(Math.max(0, Math.min(number, pages.lines.length) - 1))
          } else yield* toEnd()
          break
        case 'p':
        case '%':
          yield* pages.fill(Number.POSITIVE_INFINITY, stopped)
          yield* jump(Math.min(pages.lines.length - 1, Math.floor((pages.lines.length * (number ?? 0)) / 100)))
          break
        case 'F':
          yield* follow()
          break
        case '/':
        case '?': {
          const typed = yield* ask(key)
          if (typed === undefined) {
            yield* send('\r\x1b[K')
            break
          }
          const isAgain = typed === ''
          const pattern = isAgain ? search?.pattern : yield* patternOf(typed)
          if (!isAgain && pattern === undefined) break
          search = pattern && { pattern, isBackward: key === '?' }
          if (!isAgain) yield* paint('\r\x1b[K\x1b[H')
          yield* find(key === '?', isAgain)
          break
        }
        case 'n':
        case 'N': {
          const isBackward = (search?.isBackward ?? false) !== (key === 'N')
          yield* send(`\r\x1b[K${isBackward ? '?' : '/'}`)
          yield* find(isBackward, true)
          break
        }
        case '&': {
          const typed = yield* ask('&/')
          if (typed === undefined) {
            yield* send('\r\x1b[K')
            break
          }
          filter = typed === '' ? undefined : yield* patternOf(typed)
          yield* pages.fill(Number.POSITIVE_INFINITY, stopped)
          top = firstPlace()
          yield* repaint()
          break
        }
        case '-': {
          yield* send('\r\x1b[K-')
          const letter = yield* keys.next()
          if (letter === undefined) return code
          const message = setOption(options, letter) ? optionMessage(options, letter) : `There is no -${letter} option`
          yield* tell(message ?? `There is no -${letter} option`)
          yield* repaint()
          break
        }
        case '=':
        case '\x07':
          yield* tell(statusOf(place(), { seen: bytesUpTo(bottom.line), bytes: pages.bytes, isOver: pages.isOver }))
          break
        case ':': {
          yield* send('\r\x1b[K :')
          const letter = yield* keys.next()
          if (letter === 'n' && at + 1 < files.length) yield* open(at + 1)
          else if (letter === 'p' && at > 0) yield* open(at - 1)
          else if (letter === 'x') yield* open(0)
          else if (letter === 'n') yield* tell('No next file')
          else if (letter === 'p') yield* tell('No previous file')
          else if (letter === 'q' || letter === 'Q') return code
          else if (letter === 'f')
            yield* tell(statusOf(place(), { seen: bytesUpTo(bottom.line), bytes: pages.bytes, isOver: pages.isOver }))
          else yield* send('\r\x1b[K\x07')
          break
        }
        case 'h':
        case 'H':
          places.set(pages, top)
          pages = helpPages(process)
          top = { line: 0, row: 0 }
          yield* paint('\r\x1b[K...skipping...\r\n')
          break
        case '\x1b[C':
        case '\x1bOC':
          shift += number ?? Math.floor(terminal.cols / 2)
          options.chops = true
          yield* repaint()
          break
        case '\x1b[D':
        case '\x1bOD':
          shift = Math.max(0, shift - (number ?? Math.floor(terminal.cols / 2)))
          yield* repaint()
          break
        case 'r':
        case 'R':
        case '\x0c':
          yield* repaint()
          break
        case 'v':
        case '!':
        case '|':
        case 's':
          yield* tell('Command not available')
          break
        default:
          yield* send('\r\x1b[K\x07')
      }
      if (options.quitsAtEnd === 'first' && isEnd()) return code
    }
  } finally {
    const wasDrawn = terminal.mode === 'raw'
    Object.assign(terminal, before)
    if (wasDrawn && !process.isEnded && process.descriptors.has(1))
      process.file(1).write(bytesOfString(`\r\x1b[K\x1b[?1l\x1b>${hasScreen ? leave : ''}`))
  }
}

function matches(pattern: RegExp, line: string): boolean {
  const found = pattern.test(line)
  // A global pattern remembers where it stopped, and would begin there when the row is drawn.
  pattern.lastIndex = 0
  return found
}
