/**
 * A text as rows of a screen: long lines wrapped or chopped, control characters made visible, what was searched for in reverse.
 * less prints a wrapped row without an end: the terminal's own margin breaks it, and ` \b` makes the cursor follow.
 */
export interface Look {
  readonly cols: number
  readonly numbers: boolean
  readonly chops: boolean
  /** Colours go through as they are (-R). */
  readonly raw: boolean
  /** How far to the right the screen has been moved. */
  readonly shift: number
}

export interface Row {
  /** Which line of the text, from 0. */
  readonly line: number
  readonly text: string
  /** The next row continues this one. */
  readonly isWrapped: boolean
}

const on = '\x1b[7m'
const off = '\x1b[27m'
export const standout = (text: string): string => `${on}${text}${off}`

/** One letter as it is shown: `cells` columns wide. */
interface Cell {
  readonly text: string
  readonly cells: number
  /** A colour sequence, a control character: shown, but never searched. */
  readonly isMatched: boolean
}

export function rowsOf(text: string, line: number, look: Look, search: RegExp | undefined): Row[] {
  const cells = cellsOf(text, look.raw, search)
  const prefix = look.numbers ? `${String(line + 1).padStart(7)} ` : ''
  const width = Math.max(1, look.cols - prefix.length)
  const end = look.raw ? '\x1b[m' : ''
  if (look.chops) return [{ line, text: `${prefix}${chopped(cells, look.shift, width)}${end}`, isWrapped: false }]
  const rows: Cell[][] = [[]]
  let used = 0
  for (const cell of cells) {
    if (used + cell.cells > width) {
      rows.push([])
      used = 0
    }
    rows[rows.length - 1].push(cell)
    used += cell.cells
  }
  return rows.map((row, index) => ({
    line,
    text: `${index === 0 ? prefix : ' '.repeat(prefix.length)}${drawn(row)}${end}`,
    isWrapped: index + 1 < rows.length,
  }))
}

function chopped(cells: readonly Cell[], shift: number, width: number): string {
  const kept: Cell[] = []
  let column = 0
  for (const cell of cells) {
    if (column >= shift || cell.cells === 0) kept.push(cell)
    column += cell.cells
  }
  const total = kept.reduce((sum, cell) => sum + cell.cells, 0)
  if (total <= width) return drawn(kept)
  const shown: Cell[] = []
  let used = 0
  for (const cell of kept) {
    if (used + cell.cells > width - 1) break
    shown.push(cell)
    used += cell.cells
  }
  return `${drawn(shown)}${standout('>')}`
}

function cellsOf(text: string, raw: boolean, search: RegExp | undefined): Cell[] {
  const matched = new Set<number>()
  if (search)
    for (const match of text.matchAll(search)) for (let at = match.index; at < match.index + match[0].length; at++) matched.add(at)
  const cells: Cell[] = []
  let column = 0
  for (let at = 0; at < text.length; ) {
    const color = raw ? /^\x1b\[[0-9;:]*[mK]/.exec(text.slice(at, at + 40)) : null
    if (color) {
      cells.push({ text: color[0], cells: 0, isMatched: false })
      at += color[0].length
      continue
    }
    const letter = String.fromCodePoint(text.codePointAt(at) ?? 0)
    const code = letter.codePointAt(0) ?? 0
    const shown =
      code === 9
        ? ' '.repeat(8 - (column % 8))
        : code === 27
          ? standout('ESC')
          : code < 32 || code === 127
            ? standout(`^${String.fromCharCode(code ^ 64)}`)
            : letter
    const wide = code === 9 ? shown.length : code === 27 ? 3 : code < 32 || code === 127 ? 2 : 1
    cells.push({ text: shown, cells: wide, isMatched: matched.has(at) })
    column += wide
    at += letter.length
  }
  return cells
}

function drawn(cells: readonly Cell[]): string {
  let text = ''
  let isOn = false
  for (const { text: shown, isMatched } of cells) {
    if (isMatched !== isOn) text += isMatched ? on : off
    isOn = isMatched
    text += shown
  }
  return isOn ? text + off : text
}
