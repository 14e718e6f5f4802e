/** The screen as vim or busybox's vi would show it: rows of text (long lines go on in the next row), `~` behind the end, and the last line. */
import { expanded } from '../full-screen.ts'
import type { ViState } from './state.ts'

export interface Size {
  readonly rows: number
  readonly cols: number
}

/** Rows of the screen that a line takes. */
function heightOf(state: ViState, row: number, { cols }: Size): number {
  return Math.max(1, Math.ceil((expanded(state.lines[row]).text.length + gutterOf(state)) / cols))
}

function gutterOf(state: ViState): number {
  return state.options.has('number') ? Math.max(4, String(state.lines.length).length + 1) : 0
}

/** Moves the first row shown so that the cursor's line is on the screen. */
function scrollTo(state: ViState, size: Size): void {
  const page = size.rows - 1
  if (state.row < state.top)
    state.top = state.top - state.row > page / 2 && state.row > 0 ? Math.max(0, state.row - Math.floor(page / 2)) : state.row
  let used = 0
  for (let row = state.top; row <= state.row; row++) used += heightOf(state, row, size)
  if (used <= page) return
  // A far jump puts the line into the middle, a near one just moves the screen.
  if (state.row - state.top > page * 1.5) {
    state.top = Math.max(0, state.row - Math.floor(page / 2))
    return
  }
  while (used > page && state.top < state.row) used -= heightOf(state, state.top++, size)
}

export function drawn(state: ViState, size: Size, prompt?: string): string {
  const { rows, cols } = size
  scrollTo(state, size)
  const page = rows - 1
  const shown: string[] = []
  const gutter = gutterOf(state)
  const tilde = state.isBusybox ? '~' : '\x1b[1m\x1b[34m~\x1b[m'
  let cursor = { row: 0, column: 0 }
  let last = state.top - 1
  for (let row = state.top; row < state.lines.length && shown.length < page; row++) {
    const { text, columns } = expanded(state.lines[row])
    const height = heightOf(state, row, size)
    // A line that does not fit whole is not shown at all.
    if (shown.length + height > page && shown.length > 0) {
      while (shown.length < page) shown.push(state.isBusybox ? '' : '\x1b[1m\x1b[34m@\x1b[m')
      break
    }
    if (row === state.row) {
      const isAtStart = state.mode === 'insert' || state.mode === 'replace'
      const start = columns[state.column] ?? 0
      // On a tab the cursor stands on its last column, except while inserting.
      const at = gutter + (!isAtStart && state.lines[row][state.column] === '\t' ? (columns[state.column + 1] ?? start + 1) - 1 : start)
      cursor = { row: shown.length + Math.floor(at / cols), column: at % cols }
    }
    const whole = (gutter > 0 ? `${String(row + 1).padStart(gutter - 1)} ` : '') + text
    for (let part = 0; part < height; part++) shown.push(marked(state, row, whole.slice(part * cols, (part + 1) * cols), part, gutter))
    last = row
  }
  while (shown.length < page) shown.push(tilde)
  const bottom = prompt ?? lastLine(state, cols, last)
  const place = prompt === undefined ? `\x1b[${cursor.row + 1};${cursor.column + 1}H` : `\x1b[${rows};${Math.min(cols, prompt.length + 1)}H`
  return `\x1b[?25l\x1b[H${shown.map((text) => `${text}\x1b[K`).join('\r\n')}\r\n${bottom}\x1b[K${place}\x1b[?25h`
}

/** The visual selection is shown in reverse. */
function marked(state: ViState, row: number, text: string, part: number, gutter: number): string {
  if (part > 0 || (state.mode !== 'visual' && state.mode !== 'visual line'))
    return gutter > 0 && part === 0 && !state.isBusybox ? `\x1b[33m${text.slice(0, gutter)}\x1b[m${text.slice(gutter)}` : text
  const here = { row: state.row, column: state.column }
  const [from, to] =
    here.row < state.visualStart.row || (here.row === state.visualStart.row && here.column < state.visualStart.column)
      ? [here, state.visualStart]
      : [state.visualStart, here]
  if (row < from.row || row > to.row) return text
  const { columns } = expanded(state.lines[row])
  const start = gutter + (state.mode === 'visual line' || row > from.row ? 0 : (columns[from.column] ?? 0))
  const end =
    gutter +
    (state.mode === 'visual line' || row < to.row ? Math.max(1, text.length - gutter) : (columns[to.column + 1] ?? columns[to.column] + 1))
  return `${text.slice(0, start)}\x1b[7m${text.slice(start, end) || ' '}\x1b[m${text.slice(end)}`
}

function lastLine(state: ViState, cols: number, last: number): string {
  if (state.isBusybox) {
    if (state.message !== '') return state.isError ? `\x1b[7m${state.message}\x1b[m` : state.message
    const mode = state.mode === 'insert' ? 'I' : state.mode === 'replace' ? 'R' : '-'
    return `${mode} ${state.path ?? 'No file'}${state.isReadOnly ? ' [Readonly]' : ''}${state.isChanged ? ' [Modified]' : ''} ${state.row + 1}/${state.lines.length} ${Math.floor(((state.row + 1) * 100) / state.lines.length)}%`
  }
  const modes = { normal: '', insert: '-- INSERT --', replace: '-- REPLACE --', visual: '-- VISUAL --', 'visual line': '-- VISUAL LINE --' }
  const mode = modes[state.mode]
  const left = mode !== '' ? mode : state.message.slice(0, Math.max(0, cols - 19))
  const colour =
    mode !== '' ? '\x1b[1m' : state.isError ? '\x1b[1m\x1b[37m\x1b[41m' : state.message.startsWith('search hit') ? '\x1b[31m' : ''
  const { columns } = expanded(state.line)
  const column =
    state.mode === 'insert' || state.mode === 'replace' || state.line[state.column] !== '\t'
      ? (columns[state.column] ?? 0) + 1
      : (columns[state.column + 1] ?? 1)
  const bytes =
    state.line === '' && state.mode === 'normal' ? '0-1' : String(new TextEncoder().encode(state.line.slice(0, state.column)).length + 1)
  const where = state.line !== '' && bytes !== String(column) ? `${bytes}-${column}` : bytes
  const isEmpty = state.lines.length === 1 && state.line === ''
  const isAll = state.top === 0 && last >= state.lines.length - 1
  const share = isAll
    ? 'All'
    : state.top === 0
      ? 'Top'
      : last >= state.lines.length - 1
        ? 'Bot'
        : `${Math.floor((state.top * 100) / (state.top + state.lines.length - 1 - last))}%`
  return `${colour}${left}${colour === '' ? '' : '\x1b[m'}${' '.repeat(Math.max(1, cols - 18 - left.length))}${`${isEmpty ? 0 : state.row + 1},${where}`.padEnd(14)}${share}`
}
