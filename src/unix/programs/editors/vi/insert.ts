/** Insert and replace mode: what is typed goes into the text until Escape, and a few control keys move and delete as in vim. */
import type { Blocking } from '../../../kernel/process.ts'
import type { Keys } from './keys.ts'
import { spelled } from './motions.ts'
import type { ViState } from './state.ts'

const special = (key: string): string => spelled[key] ?? key

/** Keys go into the text until Escape. */
export function* insert(state: ViState, keys: Keys, mode: 'insert' | 'replace' = 'insert', times = 1): Blocking<void> {
  state.mode = mode
  let typed = ''
  const covered: string[] = []
  for (;;) {
    const key = yield* keys.next()
    if (key === undefined || key === '\x1b' || key === '\x03') break
    typed += insertKey(state, key, mode, covered)
    if (key === '\x16') typed += type(state, (yield* keys.next()) ?? '', mode, covered)
  }
  for (let time = 1; time < times; time++) for (const letter of typed) type(state, letter, mode, covered)
  state.mode = 'normal'
  state.column--
  state.clamp()
  state.wanted = state.column
}

function insertKey(state: ViState, key: string, mode: 'insert' | 'replace', covered: string[]): string {
  const { line, column, row } = state
  switch (key) {
    case '\x16':
      return ''
    case '\x7f':
    case '\b':
      if (mode === 'replace') {
        const old = covered.pop()
        if (old === undefined) return ''
        state.column--
        state.setLine(row, line.slice(0, column - 1) + old + line.slice(column))
      } else if (column > 0) {
        state.setLine(row, line.slice(0, column - 1) + line.slice(column))
        state.column--
      } else if (row > 0) {
        const above = state.lines[row - 1]
        state.splice(row - 1, 2, [above + line])
        state.row--
        state.column = above.length
      }
      return ''
    case '\x17': {
      const kept = line.slice(0, column).replace(/(\w+|[^\w\s]+)?\s*$/, '')
      state.setLine(row, kept + line.slice(column))
      state.column = kept.length
      return ''
    }
    case '\x15':
      state.setLine(row, line.slice(column))
      state.column = 0
      return ''
    case '\x1b[3~':
      state.setLine(row, line.slice(0, column) + line.slice(column + 1))
      return ''
  }
  const move = key.length > 1 ? special(key) : key
  if (key.length > 2) {
    if (move === 'k' || move === 'j') state.row += move === 'k' ? -1 : 1
    else if (move === 'h') state.column--
    else if (move === 'l') state.column++
    else if (move === '0') state.column = 0
    else if (move === '$') state.column = line.length
    state.clamp()
    return ''
  }
  return type(state, key === '\r' ? '\n' : key, mode, covered)
}

function type(state: ViState, letter: string, mode: 'insert' | 'replace', covered: string[]): string {
  const { line, column, row } = state
  if (letter === '\n') {
    const indent = state.options.has('autoindent') ? (/^\s*/.exec(line)?.[0] ?? '') : ''
    state.splice(row, 1, [line.slice(0, column), indent + line.slice(mode === 'replace' ? column + 1 : column)])
    state.row++
    state.column = indent.length
    return letter
  }
  const text = letter === '\t' && state.options.has('expandtab') ? ' '.repeat(state.tabWidth - (column % state.tabWidth)) : letter
  if (mode === 'replace') covered.push(line[column] ?? '')
  state.setLine(row, line.slice(0, column) + text + line.slice(column + (mode === 'replace' ? 1 : 0)))
  state.column += text.length
  return letter
}
