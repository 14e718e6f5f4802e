/** Where a motion leads. An operator in front of it takes what lies between; `kind` says whether the far letter belongs to that. */
import { Refusal, type Place, type ViState } from './state.ts'

export interface Motion extends Place {
  readonly kind: 'exclusive' | 'inclusive' | 'line'
  /** Vertical moves keep the column they want. */
  readonly keepsWanted?: boolean
}

interface Asked {
  readonly state: ViState
  readonly count: number
  readonly hasCount: boolean
  /** Rows of text on the screen. */
  readonly page: number
  /** The letter behind f, t, ', `. */
  readonly letter: string
}

const firstLetter = (line: string): number => Math.max(0, line.search(/\S/))
const clampRow = (state: ViState, row: number): number => Math.max(0, Math.min(row, state.lines.length - 1))

function vertical({ state, count }: Asked, step: number): Motion | undefined {
  const row = state.row + step * count
  if (row < 0 || row >= state.lines.length) return undefined
  return { row, column: Math.min(state.wanted, Math.max(0, state.lines[row].length - 1)), kind: 'line', keepsWanted: true }
}

function toLine(state: ViState, row: number): Motion {
  const at = clampRow(state, row)
  return { row: at, column: firstLetter(state.lines[at]), kind: 'line' }
}

/** 0 blank, 1 punctuation, 2 word. */
function sort(letter: string | undefined, isBig: boolean): number {
  if (letter === undefined || /\s/.test(letter)) return 0
  return isBig || /[\w\u00c0-\uffff]/.test(letter) ? 2 : 1
}

function wordForward({ state, count }: Asked, isBig: boolean): Motion {
  let { row, column } = state
  for (let times = 0; times < count; times++) {
    const line = state.lines[row]
    const start = sort(line[column], isBig)
    while (column < line.length && start !== 0 && sort(line[column], isBig) === start) column++
    for (;;) {
      const here = state.lines[row]
      while (column < here.length && sort(here[column], isBig) === 0) column++
      if (column < here.length) break
      if (row === state.lines.length - 1) return { row, column: here.length, kind: 'exclusive' }
      row++
      column = 0
      if (state.lines[row].length === 0) break
    }
  }
  return { row, column, kind: 'exclusive' }
}

function wordEnd({ state, count }: Asked, isBig: boolean, startsAt = 0): Motion {
  let { row } = state
  let column = state.column + startsAt
  for (let times = 0; times < count; times++) {
    column++
    while (row < state.lines.length - 1 && state.lines[row].slice(column).trim() === '') {
      row++
      column = 0
    }
    const line = state.lines[row]
    while (column < line.length && sort(line[column], isBig) === 0) column++
    const start = sort(line[column], isBig)
    while (column + 1 < line.length && sort(line[column + 1], isBig) === start) column++
  }
  return { row, column: Math.min(column, Math.max(0, state.lines[row].length - 1)), kind: 'inclusive' }
}

function wordBack({ state, count }: Asked, isBig: boolean): Motion {
  let { row, column } = state
  for (let times = 0; times < count; times++) {
    column--
    while (row > 0 && state.lines[row].slice(0, column + 1).trim() === '') {
      row--
      column = state.lines[row].length - 1
      if (state.lines[row].length === 0) break
    }
    const line = state.lines[row]
    while (column > 0 && sort(line[column], isBig) === 0) column--
    const start = sort(line[column], isBig)
    while (column > 0 && sort(line[column - 1], isBig) === start) column--
    column = Math.max(0, column)
  }
  return { row, column, kind: 'exclusive' }
}

function toLetter({ state, count }: Asked, letter: string, key: string): Motion | undefined {
  const line = state.line
  let at = state.column
  const step = key === 'f' || key === 't' ? 1 : -1
  if (key === 't' && line[at + 1] === letter && count > 1) at++
  for (let times = 0; times < count; times++) {
    at += step
    while (at >= 0 && at < line.length && line[at] !== letter) at += step
    if (at < 0 || at >= line.length) return undefined
  }
  const column = key === 't' ? at - 1 : key === 'T' ? at + 1 : at
  return { row: state.row, column, kind: step > 0 ? 'inclusive' : 'exclusive' }
}

const pairs: Readonly<Record<string, readonly [string, number]>> = {
  '(': [')', 1],
  '[': [']', 1],
  '{': ['}', 1],
  ')': ['(', -1],
  ']': ['[', -1],
  '}': ['{', -1],
}

function matching(lines: readonly string[], from: Place): Motion | undefined {
  const start = lines[from.row].slice(from.column).search(/[()[\]{}]/)
  if (start < 0) return undefined
  let [row, column] = [from.row, from.column + start]
  const open = lines[row][column]
  const [close, step] = pairs[open]
  let depth = 0
  for (;;) {
    const letter = lines[row][column]
    if (letter === open) depth++
    else if (letter === close && --depth === 0) return { row, column, kind: 'inclusive' }
    column += step
    while (column < 0 || column >= lines[row].length) {
      row += step
      if (row < 0 || row >= lines.length) return undefined
      column = step > 0 ? 0 : lines[row].length - 1
    }
  }
}

function paragraph({ state, count }: Asked, step: number): Motion {
  let { row } = state
  for (let times = 0; times < count; times++) {
    while (row + step >= 0 && row + step < state.lines.length && state.lines[row] === '') row += step
    while (row + step >= 0 && row + step < state.lines.length && state.lines[row] !== '') row += step
  }
  return { row, column: state.lines[row] === '' || step < 0 ? 0 : state.lines[row].length, kind: 'exclusive' }
}

/** The next place a pattern fits, around the file's end if need be. */
export function searched(state: ViState, pattern: string, isForward: boolean, from: Place = state): Motion {
  const expression = state.pattern(pattern, 'g')
  const count = state.lines.length
  for (let step = 0; step <= count; step++) {
    const row = (((from.row + (isForward ? step : -step)) % count) + count) % count
    const matches = [...state.lines[row].matchAll(expression)].map(({ index }) => index)
    const fitting = step > 0 ? matches : matches.filter((column) => (isForward ? column > from.column : column < from.column))
    const column = isForward ? fitting[0] : fitting.at(-1)
    if (column === undefined) continue
    const wraps = isForward
      ? row < from.row || (row === from.row && column <= from.column)
      : row > from.row || (row === from.row && column >= from.column)
    if (wraps) state.say(isForward ? 'search hit BOTTOM, continuing at TOP' : 'search hit TOP, continuing at BOTTOM')
    return { row, column, kind: 'exclusive' }
  }
  throw new Refusal(state.isBusybox ? 'Pattern not found' : `E486: Pattern not found: ${pattern}`)
}

function again(asked: Asked, isForward: boolean): Motion {
  const { state, count } = asked
  if (!state.search) throw new Refusal('E35: No previous regular expression')
  let at: Motion = { row: state.row, column: state.column, kind: 'exclusive' }
  for (let times = 0; times < count; times++) at = searched(state, state.search.pattern, state.search.isForward === isForward, at)
  return at
}

function wordUnder(state: ViState): string {
  const before = /\w*$/.exec(state.line.slice(0, state.column))?.[0] ?? ''
  const word = before + (/^\w*/.exec(state.line.slice(state.column))?.[0] ?? '')
  return word !== '' ? word : (/\w+/.exec(state.line.slice(state.column))?.[0] ?? '')
}

function under(asked: Asked, isForward: boolean): Motion {
  const word = wordUnder(asked.state)
  if (word === '') throw new Refusal('E348: No string under cursor')
  asked.state.search = { pattern: `\\<${word}\\>`, isForward }
  return again(asked, true)
}

function marked({ state, letter }: Asked, isLine: boolean): Motion {
  const mark = state.marks.get(letter)
  if (!mark) throw new Refusal('E20: Mark not set')
  const row = clampRow(state, mark.row)
  return isLine ? toLine(state, row) : { row, column: mark.column, kind: 'exclusive' }
}

export const motions: Readonly<Record<string, (asked: Asked) => Motion | undefined>> = {
  h: ({ state, count }) =>
    state.column === 0 ? undefined : { row: state.row, column: Math.max(0, state.column - count), kind: 'exclusive' },
  l: ({ state, count }) => ({ row: state.row, column: Math.min(state.line.length, state.column + count), kind: 'exclusive' }),
  ' ': (asked) => motions.l(asked),
  j: (asked) => vertical(asked, 1),
  k: (asked) => vertical(asked, -1),
  '+': ({ state, count }) => (state.row + count < state.lines.length ? toLine(state, state.row + count) : undefined),
  '-': ({ state, count }) => (state.row >= count ? toLine(state, state.row - count) : undefined),
  _: ({ state, count }) => toLine(state, state.row + count - 1),
  '0': ({ state }) => ({ row: state.row, column: 0, kind: 'exclusive' }),
  '^': ({ state }) => ({ row: state.row, column: firstLetter(state.line), kind: 'exclusive' }),
  $: ({ state, count }) => {
    const row = clampRow(state, state.row + count - 1)
    return { row, column: Math.max(0, state.lines[row].length - 1), kind: 'inclusive' }
  },
  '|': ({ state, count }) => ({ row: state.row, column: count - 1, kind: 'exclusive' }),
  w: (asked) => wordForward(asked, false),
  W: (asked) => wordForward(asked, true),
  e: (asked) => wordEnd(asked, false),
  E: (asked) => wordEnd(asked, true),
  // What `cw` changes: up to the end of the word, of the one letter if that is the end.
  cw: (asked) => wordEnd(asked, false, -1),
  cW: (asked) => wordEnd(asked, true, -1),
  b: (asked) => wordBack(asked, false),
  B: (asked) => wordBack(asked, true),
  G: ({ state, count, hasCount }) => toLine(state, hasCount ? count - 1 : state.lines.length - 1),
  gg: ({ state, count }) => toLine(state, count - 1),
  H: ({ state, count }) => toLine(state, state.top + count - 1),
  M: ({ state, page }) => toLine(state, Math.floor((state.top + Math.min(state.top + page, state.lines.length) - 1) / 2)),
  L: ({ state, count, page }) => toLine(state, Math.min(state.top + page, state.lines.length) - count),
  f: (asked) => toLetter(asked, asked.letter, 'f'),
  F: (asked) => toLetter(asked, asked.letter, 'F'),
  t: (asked) => toLetter(asked, asked.letter, 't'),
  T: (asked) => toLetter(asked, asked.letter, 'T'),
  ';': (asked) => (asked.state.find ? toLetter(asked, asked.state.find.letter, asked.state.find.key) : undefined),
  ',': (asked) => (asked.state.find ? toLetter(asked, asked.state.find.letter, opposite(asked.state.find.key)) : undefined),
  '%': ({ state, count, hasCount }) =>
    hasCount ? toLine(state, Math.ceil((count * state.lines.length) / 100) - 1) : matching(state.lines, state),
  '{': (asked) => paragraph(asked, -1),
  '}': (asked) => paragraph(asked, 1),
  n: (asked) => again(asked, true),
  N: (asked) => again(asked, false),
  '*': (asked) => under(asked, true),
  '#': (asked) => under(asked, false),
  "'": (asked) => marked(asked, true),
  '`': (asked) => marked(asked, false),
}

const opposite = (key: string): string => (key === key.toLowerCase() ? key.toUpperCase() : key.toLowerCase())

/** Motions that want one more letter. */
export const lettered = new Set(['f', 'F', 't', 'T', "'", '`'])

/** Special keys as the letters that do the same. */
export const spelled: Readonly<Record<string, string>> = {
  '\x1b[A': 'k',
  '\x1b[B': 'j',
  '\x1b[C': 'l',
  '\x1b[D': 'h',
  '\x1bOA': 'k',
  '\x1bOB': 'j',
  '\x1bOC': 'l',
  '\x1bOD': 'h',
  '\x1b[H': '0',
  '\x1bOH': '0',
  '\x1b[1~': '0',
  '\x1b[F': '$',
  '\x1bOF': '$',
  '\x1b[4~': '$',
  '\x1b[3~': 'x',
  '\x7f': 'h',
  '\b': 'h',
  '\r': '+',
  '\n': 'j',
  '\x0e': 'j',
  '\x10': 'k',
  '\x1b[5~': '\x02',
  '\x1b[6~': '\x06',
}

/** What `iw`, `a"`, `i(` name around the cursor. */
export function textObject(state: ViState, isInner: boolean, what: string): { readonly from: Place; readonly to: Place } | undefined {
  const { line, row, column } = state
  if (what === 'w' || what === 'W') {
    const isBig = what === 'W'
    const here = sort(line[column], isBig)
    let [from, to] = [column, column + 1]
    while (from > 0 && sort(line[from - 1], isBig) === here) from--
    while (to < line.length && sort(line[to], isBig) === here) to++
    if (!isInner) {
      const end = to
      while (to < line.length && sort(line[to], isBig) === 0) to++
      if (to === end) while (from > 0 && sort(line[from - 1], isBig) === 0) from--
    }
    return { from: { row, column: from }, to: { row, column: to } }
  }
  if ('"\'`'.includes(what)) {
    const quotes = [...line].flatMap((letter, index) => (letter === what && line[index - 1] !== '\\' ? [index] : []))
    for (let index = 0; index + 1 < quotes.length; index += 2) {
      const [open, close] = [quotes[index], quotes[index + 1]]
      if (column > close) continue
      if (isInner) return { from: { row, column: open + 1 }, to: { row, column: close } }
      // With the quotes goes the blank behind them, or else the one in front.
      const end = close + 1 + (/^\s*/.exec(line.slice(close + 1))?.[0].length ?? 0)
      const blanks = end > close + 1 ? 0 : (/\s*$/.exec(line.slice(0, open))?.[0].length ?? 0)
      return { from: { row, column: open - blanks }, to: { row, column: end } }
    }
    return undefined
  }
  const open = { ')': '(', b: '(', '}': '{', B: '{', ']': '[', '>': '<' }[what] ?? what
  const close = { '(': ')', '{': '}', '[': ']', '<': '>' }[open]
  if (close === undefined) return undefined
  let depth = 0
  let [at, spot] = [row, column]
  // Outside of any, the next one on the line is meant.
  if (![...line.slice(0, column + 1)].includes(open) && line.includes(open, column)) spot = line.indexOf(open, column)
  while (!(state.lines[at][spot] === open && depth === 0)) {
    if (state.lines[at][spot] === open) depth--
    else if (state.lines[at][spot] === close && !(at === row && spot === column)) depth++
    for (spot--; spot < 0; spot = state.lines[at].length - 1) if (--at < 0) return undefined
  }
  const end = matching(state.lines, { row: at, column: spot })
  if (!end) return undefined
  return isInner
    ? { from: { row: at, column: spot + 1 }, to: end }
    : { from: { row: at, column: spot }, to: { row: end.row, column: end.column + 1 } }
}
