/**
 * One command of normal or visual mode: [register] [count] operator [count] motion, or a letter of its own. It reads its keys itself, so that
 * `.` can play them again, and insert mode is a part of the command that began it: one undo takes back all of it.
 */
import type { Blocking } from '../../../kernel/process.ts'
import { insert } from './insert.ts'
import type { Keys } from './keys.ts'
import { type Motion, lettered, motions, searched, spelled, textObject } from './motions.ts'
import { type Place, Refusal, type Register, type ViState } from './state.ts'

interface Range {
  readonly from: Place
  readonly to: Place
  readonly isLinewise: boolean
}

const special = (key: string): string => spelled[key] ?? key

export function* normalCommand(state: ViState, keys: Keys): Blocking<boolean> {
  const first = yield* keys.next()
  if (first === undefined) return false
  state.say('')
  const isVisual = state.mode === 'visual' || state.mode === 'visual line'
  let key = special(first)
  let register = '"'
  let digits = ''
  for (;;) {
    if (key === '"') {
      register = (yield* keys.next()) ?? '"'
      key = special((yield* keys.next()) ?? '')
    } else if (/[1-9]/.test(key) || (key === '0' && digits !== '')) {
      digits += key
      key = special((yield* keys.next()) ?? '')
    } else break
  }
  const count = digits === '' ? 1 : Number(digits)
  const asked: Asked = { count, hasCount: digits !== '', register }
  if (isVisual) return yield* visualCommand(state, keys, key, asked)
  if (key === 'g') {
    const next = (yield* keys.next()) ?? ''
    if ('uU~'.includes(next)) return yield* operate(state, keys, next === 'u' ? 'gu' : next === 'U' ? 'gU' : 'g~', asked)
    key = `g${next}`
  }
  if ('dcy<>'.includes(key) && key !== '') return yield* operate(state, keys, key, asked)
  const motion = yield* motionOf(state, keys, key, asked)
  if (motion) {
    moveTo(state, motion)
    return true
  }
  const command = commands[key]
  if (command) yield* command({ state, keys, ...asked })
  return true
}

interface Asked {
  readonly count: number
  readonly hasCount: boolean
  readonly register: string
}

interface Command extends Asked {
  readonly state: ViState
  readonly keys: Keys
}

/** The motion that begins with this key; undefined when it is no motion, or leads nowhere. */
function* motionOf(state: ViState, keys: Keys, key: string, { count, hasCount }: Asked): Blocking<Motion | undefined> {
  if (key === '/' || key === '?') {
    const text = yield* keys.ask(key)
    if (text === undefined) return undefined
    const pattern = text === '' ? state.search?.pattern : text
    if (pattern === undefined) throw new Refusal('E35: No previous regular expression')
    state.search = { pattern, isForward: key === '/' }
    return searched(state, pattern, key === '/')
  }
  const name = key === 'g' ? `g${(yield* keys.next()) ?? ''}` : key
  const motion = motions[name]
  if (!motion) return undefined
  const letter = lettered.has(name) ? ((yield* keys.next()) ?? '') : ''
  if ('fFtT'.includes(name)) state.find = { letter, key: name }
  return motion({ state, count, hasCount, letter, page: keys.page() })
}

function moveTo(state: ViState, motion: Motion): void {
  if (motion.kind === 'line' && !motion.keepsWanted && Math.abs(motion.row - state.row) > 1)
    state.marks.set("'", { row: state.row, column: state.column })
  state.row = motion.row
  state.column = motion.column
  state.clamp()
  if (!motion.keepsWanted)
    state.wanted = motion.kind === 'inclusive' && motion.column >= state.line.length - 1 ? Number.POSITIVE_INFINITY : state.column
}

function* operate(state: ViState, keys: Keys, operator: string, asked: Asked): Blocking<boolean> {
  let key = special((yield* keys.next()) ?? '')
  let digits = ''
  while (/[1-9]/.test(key) || (key === '0' && digits !== '')) {
    digits += key
    key = special((yield* keys.next()) ?? '')
  }
  const count = asked.count * (digits === '' ? 1 : Number(digits))
  let range: Range | undefined
  if (key === operator || key === operator[1]) {
    if (state.row + count > state.lines.length && count > 1 && state.isBusybox) return true
    range = rows(state.row, Math.min(state.row + count, state.lines.length) - 1)
  } else if (key === 'i' || key === 'a') {
    const object = textObject(state, key === 'i', (yield* keys.next()) ?? '')
    range = object && { ...object, isLinewise: false }
  } else {
    // `cw` on a word changes to its end, not up to the next word.
    const name = operator === 'c' && (key === 'w' || key === 'W') && /\S/.test(state.line[state.column] ?? '') ? `c${key}` : key
    const motion = yield* motionOf(state, keys, name, { ...asked, count, hasCount: asked.hasCount || digits !== '' })
    range = motion && rangeTo(state, motion, name === 'w' || name === 'W')
  }
  if (!range) return true
  yield* apply(state, keys, operator, range, asked.register)
  return true
}

const rows = (from: number, to: number): Range => ({ from: { row: from, column: 0 }, to: { row: to, column: 0 }, isLinewise: true })

function rangeTo(state: ViState, motion: Motion, isWord: boolean): Range {
  const here = { row: state.row, column: state.column }
  const isBack = motion.row < here.row || (motion.row === here.row && motion.column < here.column)
  const [from, end] = isBack ? [motion, here] : [here, motion]
  if (motion.kind === 'line') return rows(from.row, end.row)
  // `dw` on the last word of a line stays on that line.
  if (isWord && end.row > from.row && state.lines[end.row].slice(0, end.column).trim() === '')
    return { from, to: { row: end.row - 1, column: state.lines[end.row - 1].length }, isLinewise: false }
  return {
    from: { row: from.row, column: from.column },
    to: { row: end.row, column: end.column + (motion.kind === 'inclusive' ? 1 : 0) },
    isLinewise: false,
  }
}

function* apply(state: ViState, keys: Keys, operator: string, range: Range, register: string): Blocking<void> {
  const { from, to, isLinewise } = range
  const count = to.row - from.row + 1
  if (operator === '<' || operator === '>') {
    shift(state, from.row, to.row, operator, 1)
    return
  }
  if (operator.startsWith('g')) {
    changeCase(state, range, operator[1])
    return
  }
  const taken: Register = { lines: isLinewise ? state.lines.slice(from.row, to.row + 1) : state.textBetween(from, to), isLinewise }
  keep(state, register, taken)
  if (operator === 'y') {
    state.row = from.row
    if (!isLinewise) state.column = from.column
    if (count > 2) state.say(state.isBusybox ? `Yank ${count} lines` : `${count} lines yanked`)
    return
  }
  if (operator === 'd') {
    if (isLinewise) {
      state.splice(from.row, count)
      state.row = Math.min(from.row, state.lines.length - 1)
      state.column = Math.max(0, state.line.search(/\S/))
      if (count > 2) state.say(`${count} fewer lines`)
      if (state.lines.length === 1 && state.lines[0] === '' && !state.isBusybox) state.say('--No lines in buffer--')
    } else {
      state.replaceBetween(from, to, [])
      state.row = from.row
      state.column = from.column
    }
    state.clamp()
    return
  }
  if (isLinewise) state.splice(from.row, count, [state.options.has('autoindent') ? (/^\s*/.exec(state.lines[from.row])?.[0] ?? '') : ''])
  else state.replaceBetween(from, to, [])
  state.row = from.row
  state.column = isLinewise ? state.line.length : from.column
  yield* insert(state, keys)
}

function keep(state: ViState, name: string, taken: Register): void {
  const old = state.registers.get(name.toLowerCase())
  if (/[A-Z]/.test(name) && old)
    state.registers.set(name.toLowerCase(), { lines: [...old.lines, ...taken.lines], isLinewise: old.isLinewise || taken.isLinewise })
  else state.registers.set(name.toLowerCase(), taken)
  state.registers.set('"', taken)
}

export function shift(state: ViState, from: number, to: number, way: string, times: number): void {
  const width = state.shiftWidth * times
  const moved = state.lines.slice(from, to + 1).map((line) => {
    if (line === '') return line
    const blank = /^[ \t]*/.exec(line)?.[0] ?? ''
    const columns = [...blank].reduce((sum, letter) => (letter === '\t' ? sum + 8 - (sum % 8) : sum + 1), 0)
    const next = Math.max(0, columns + (way === '>' ? width : -width))
    return (
      (state.options.has('expandtab') ? ' '.repeat(next) : '\t'.repeat(Math.floor(next / 8)) + ' '.repeat(next % 8)) +
      line.slice(blank.length)
    )
  })
  state.splice(from, moved.length, moved)
  state.row = from
  state.column = Math.max(0, state.line.search(/\S/))
  if (moved.length > 2) state.say(`${moved.length} lines ${way}ed ${times} time${times === 1 ? '' : 's'}`)
}

function* visualCommand(state: ViState, keys: Keys, key: string, asked: Asked): Blocking<boolean> {
  const leave = (): void => {
    state.mode = 'normal'
  }
  const here = { row: state.row, column: state.column }
  const start = state.visualStart
  const isBack = here.row < start.row || (here.row === start.row && here.column < start.column)
  const [from, last] = isBack ? [here, start] : [start, here]
  const isLinewise = state.mode === 'visual line'
  const range: Range = isLinewise
    ? rows(from.row, last.row)
    : { from, to: { row: last.row, column: Math.min(state.lines[last.row].length, last.column + 1) }, isLinewise: false }
  state.marks.set('<', from)
  state.marks.set('>', last)
  switch (key) {
    case '\x1b':
    case '\x03':
      leave()
      return true
    case 'v':
    case 'V': {
      const mode = key === 'v' ? 'visual' : 'visual line'
      if (state.mode === mode) leave()
      else state.mode = mode
      return true
    }
    case 'o':
      state.visualStart = here
      state.row = start.row
      state.column = start.column
      return true
    case ':':
      leave()
      yield* keys.commandLine("'<,'>")
      return true
    case 'i':
    case 'a': {
      const object = textObject(state, key === 'i', (yield* keys.next()) ?? '')
      if (object) {
        state.visualStart = object.from
        state.row = object.to.row
        state.column = object.to.column - 1
      }
      return true
    }
    case 'p': {
      const put = state.registers.get(asked.register)
      leave()
      yield* apply(state, keys, 'd', range, '"')
      if (put) putText(state, put, 'P', 1)
      return true
    }
    case 'J':
      leave()
      state.row = from.row
      join(state, Math.max(2, last.row - from.row + 1), true)
      return true
    case '~':
    case 'u':
    case 'U':
      leave()
      changeCase(state, range, key)
      return true
    case 'r': {
      const letter = (yield* keys.next()) ?? ''
      leave()
      const end = range.isLinewise ? { row: last.row, column: state.lines[last.row].length } : range.to
      const begin = range.from
      state.replaceBetween(
        begin,
        end,
        state.textBetween(begin, end).map((line) => letter.repeat(line.length)),
      )
      state.row = begin.row
      state.column = begin.column
      return true
    }
  }
  const operator = { d: 'd', x: 'd', X: 'd', D: 'd', y: 'y', Y: 'y', c: 'c', s: 'c', S: 'c', C: 'c', '<': '<', '>': '>' }[key]
  if (operator !== undefined) {
    leave()
    yield* apply(state, keys, operator, 'XDYSC'.includes(key) ? rows(from.row, last.row) : range, asked.register)
    return true
  }
  const motion = yield* motionOf(state, keys, key, asked)
  if (motion) moveTo(state, motion)
  return true
}

function changeCase(state: ViState, range: Range, key: string): void {
  const from = range.from
  const to = range.isLinewise ? { row: range.to.row, column: state.lines[range.to.row].length } : range.to
  const turned = state
    .textBetween(from, to)
    .map((line) =>
      [...line]
        .map((letter) => (key === 'u' || (key === '~' && letter !== letter.toLowerCase()) ? letter.toLowerCase() : letter.toUpperCase()))
        .join(''),
    )
  state.replaceBetween(from, to, turned)
  state.row = from.row
  state.column = from.column
}

function putText(state: ViState, put: Register, key: 'p' | 'P', count: number): void {
  if (put.isLinewise) {
    const lines = Array.from({ length: count }, () => put.lines).flat()
    state.splice(key === 'p' ? state.row + 1 : state.row, 0, lines)
    if (key === 'p') state.row++
    state.column = Math.max(0, state.line.search(/\S/))
    if (lines.length > 2) state.say(`${lines.length} more lines`)
    return
  }
  const at = { row: state.row, column: key === 'p' && state.line.length > 0 ? state.column + 1 : state.column }
  const text = Array.from({ length: count }, () => put.lines.join('\n'))
    .join('')
    .split('\n')
  state.replaceBetween(at, at, text)
  state.column = text.length > 1 ? at.column : at.column + text[0].length - 1
  state.clamp()
}

export function join(state: ViState, count: number, hasBlank: boolean): void {
  const last = Math.min(state.row + Math.max(2, count), state.lines.length)
  if (last - state.row < 2) return
  let text = state.line
  let column = text.length
  for (const line of state.lines.slice(state.row + 1, last)) {
    const next = hasBlank ? line.trimStart() : line
    const gap = hasBlank && text !== '' && !/\s$/.test(text) && next !== '' && !next.startsWith(')') ? ' ' : ''
    column = text.length
    text += gap + next
  }
  state.splice(state.row, last - state.row, [text])
  state.column = Math.min(column, Math.max(0, text.length - 1))
}

const commands: Readonly<Record<string, (command: Command) => Blocking<void>>> = {
  *i({ state, keys, count }) {
    yield* insert(state, keys, 'insert', count)
  },
  *'\x1b[2~'({ state, keys }) {
    yield* insert(state, keys)
  },
  *I({ state, keys, count }) {
    state.column = Math.max(0, state.line.search(/\S/))
    yield* insert(state, keys, 'insert', count)
  },
  *a({ state, keys, count }) {
    if (state.line.length > 0) state.column++
    yield* insert(state, keys, 'insert', count)
  },
  *A({ state, keys, count }) {
    state.column = state.line.length
    yield* insert(state, keys, 'insert', count)
  },
  *o({ state, keys, count }) {
    yield* opened(state, keys, state.row + 1, count)
  },
  *O({ state, keys, count }) {
    yield* opened(state, keys, state.row, count)
  },
  *R({ state, keys, count }) {
    yield* insert(state, keys, 'replace', count)
  },
  *x({ state, keys, count, register }) {
    if (state.line === '') return
    yield* apply(
      state,
      keys,
      'd',
      {
        from: { row: state.row, column: state.column },
        to: { row: state.row, column: Math.min(state.line.length, state.column + count) },
        isLinewise: false,
      },
      register,
    )
  },
  *X({ state, keys, count, register }) {
    if (state.column === 0) return
    yield* apply(
      state,
      keys,
      'd',
      {
        from: { row: state.row, column: Math.max(0, state.column - count) },
        to: { row: state.row, column: state.column },
        isLinewise: false,
      },
      register,
    )
  },
  *s({ state, keys, count, register }) {
    yield* apply(
      state,
      keys,
      'c',
      {
        from: { row: state.row, column: state.column },
        to: { row: state.row, column: Math.min(state.line.length, state.column + count) },
        isLinewise: false,
      },
      register,
    )
  },
  *S({ state, keys, count, register }) {
    yield* apply(state, keys, 'c', rows(state.row, Math.min(state.row + count, state.lines.length) - 1), register)
  },
  *D({ state, keys, register }) {
    yield* apply(
      state,
      keys,
      'd',
      { from: { row: state.row, column: state.column }, to: { row: state.row, column: state.line.length }, isLinewise: false },
      register,
    )
  },
  *C({ state, keys, register }) {
    yield* apply(
      state,
      keys,
      'c',
      { from: { row: state.row, column: state.column }, to: { row: state.row, column: state.line.length }, isLinewise: false },
      register,
    )
  },
  *Y({ state, keys, count, register }) {
    yield* apply(state, keys, 'y', rows(state.row, Math.min(state.row + count, state.lines.length) - 1), register)
  },
  *p({ state, count, register }) {
    putOrRefuse(state, register, 'p', count)
  },
  *P({ state, count, register }) {
    putOrRefuse(state, register, 'P', count)
  },
  *J({ state, count }) {
    join(state, count, true)
  },
  *gJ({ state, count }) {
    join(state, count, false)
  },
  *r({ state, keys, count }) {
    const letter = yield* keys.next()
    if (letter === undefined || letter === '\x1b' || state.column + count > state.line.length) return
    const { line, column, row } = state
    if (letter === '\r') {
      state.splice(row, 1, [line.slice(0, column), line.slice(column + count)])
      state.row++
      state.column = 0
      return
    }
    state.setLine(row, line.slice(0, column) + letter.repeat(count) + line.slice(column + count))
    state.column += count - 1
  },
  *'~'({ state, count }) {
    const to = Math.min(state.line.length, state.column + count)
    changeCase(state, { from: { row: state.row, column: state.column }, to: { row: state.row, column: to }, isLinewise: false }, '~')
    state.column = to
    state.clamp()
  },
  *m({ state, keys }) {
    state.marks.set((yield* keys.next()) ?? '', { row: state.row, column: state.column })
  },
  *v({ state }) {
    state.mode = 'visual'
    state.visualStart = { row: state.row, column: state.column }
  },
  *V({ state }) {
    state.mode = 'visual line'
    state.visualStart = { row: state.row, column: state.column }
  },
  *':'({ keys, hasCount, count }) {
    yield* keys.commandLine(hasCount ? `.${count > 1 ? `,.+${count - 1}` : ''}` : '')
  },
  *'.'({ keys, count }) {
    keys.repeat(count)
  },
  *q({ keys }) {
    yield* keys.record()
  },
  *'@'({ keys, count }) {
    yield* keys.play(count)
  },
  *Z({ state, keys }) {
    const next = yield* keys.next()
    if (next === 'Z') yield* keys.commandLine('x\r')
    else if (next === 'Q') state.exitCode = 0
  },
  *'\x06'({ state, keys, count }) {
    scroll(state, keys, count * Math.max(1, keys.page() - 2))
  },
  *'\x02'({ state, keys, count }) {
    scroll(state, keys, -count * Math.max(1, keys.page() - 2))
  },
  *'\x04'({ state, keys }) {
    scroll(state, keys, Math.floor(keys.page() / 2))
  },
  *'\x15'({ state, keys }) {
    scroll(state, keys, -Math.floor(keys.page() / 2))
  },
  *'\x07'({ state }) {
    state.say(
      `"${state.path ?? '[No Name]'}"${state.isChanged ? ' [Modified]' : ''} ${state.lines.length} line${state.lines.length === 1 ? '' : 's'} --${Math.floor(((state.row + 1) * 100) / state.lines.length)}%--`,
    )
  },
  *'\x03'({ state }) {
    if (!state.isBusybox)
      state.say(
        state.isChanged ? 'Type  :qa!  and press <Enter> to abandon all changes and exit Vim' : 'Type  :qa  and press <Enter> to exit Vim',
      )
  },
  *u({ state, count }) {
    for (let time = 0; time < count; time++) state.undo()
  },
  *'\x12'({ state, count }) {
    for (let time = 0; time < count; time++) state.redo()
  },
  *z({ state, keys }) {
    const next = yield* keys.next()
    const page = keys.page()
    state.top = Math.max(
      0,
      next === 't' || next === '\r' ? state.row : next === 'b' || next === '-' ? state.row - page + 1 : state.row - Math.floor(page / 2),
    )
  },
}

function* opened(state: ViState, keys: Keys, row: number, count: number): Blocking<void> {
  const indent = state.options.has('autoindent') ? (/^\s*/.exec(state.line)?.[0] ?? '') : ''
  state.splice(row, 0, [indent])
  state.row = row
  state.column = indent.length
  yield* insert(state, keys)
  const typed = state.lines.slice(row, state.row + 1)
  for (let time = 1; time < count; time++) {
    state.splice(state.row + 1, 0, typed)
    state.row += typed.length
  }
}

function putOrRefuse(state: ViState, register: string, key: 'p' | 'P', count: number): void {
  const put = state.registers.get(register.toLowerCase())
  if (!put) throw new Refusal(`E353: Nothing in register ${register}`)
  putText(state, put, key, count)
}

function scroll(state: ViState, keys: Keys, rows: number): void {
  state.top = Math.max(0, Math.min(state.top + rows, state.lines.length - 1))
  state.row = Math.max(0, Math.min(state.row + rows, state.lines.length - 1))
  state.row = Math.max(state.top, Math.min(state.row, state.top + keys.page() - 1))
  state.column = Math.max(0, state.line.search(/\S/))
  state.clamp()
}
