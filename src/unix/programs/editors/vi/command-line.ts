/** What stands behind `:`: ranges, writing and leaving, substitution, and the commands on lines. */
import { UnixError } from '../../../errors.ts'
import { load, save } from '../document.ts'
import { searched } from './motions.ts'
import { join, shift } from './normal.ts'
import { Refusal, type ViState } from './state.ts'

interface Span {
  readonly from: number
  readonly to: number
  readonly isGiven: boolean
}

export function runCommandLine(state: ViState, typed: string): void {
  const text = typed.replace(/^[\s:]+/, '').replace(/\r$/, '')
  if (text === '' || text.startsWith('"')) return
  const { span, rest } = spanOf(state, text)
  if (rest === '') {
    state.marks.set("'", { row: state.row, column: state.column })
    state.row = Math.min(span.to, state.lines.length - 1)
    state.column = Math.max(0, state.line.search(/\S/))
    return
  }
  const [, name, bang, argument] = /^(&&|[a-zA-Z]+|[<>]+|[&!=#~@*])(!?)\s*(.*)$/s.exec(rest) ?? [undefined, rest, '', '']
  // `s`, `g`, `v` take any letter behind them for their separator.
  const glued = /^(s|g|v)([^\w\s"|].*)$/s.exec(rest)
  if (glued) return glued[1] === 's' ? substitute(state, span, glued[2]) : global(state, span, glued[2], glued[1] === 'v')
  const command = commandNamed(name)
  if (!command) throw new Refusal(state.isBusybox ? `'${text}' is not implemented` : `E492: Not an editor command: ${text}`)
  command({ state, span, isForced: bang === '!', argument: argument.trim(), name })
}

interface Call {
  readonly state: ViState
  readonly span: Span
  readonly isForced: boolean
  readonly argument: string
  readonly name: string
}

function spanOf(state: ViState, text: string): { span: Span; rest: string } {
  if (text.startsWith('%')) return { span: { from: 0, to: state.lines.length - 1, isGiven: true }, rest: text.slice(1).trimStart() }
  let rest = text
  const take = (): number | undefined => {
    const match = /^(?:(\d+)|(\.)|(\$)|'([a-zA-Z<>'])|\/((?:\\.|[^\\/])*)\/|\?((?:\\.|[^\\?])*)\?)?((?:[+-]\d*)*)/.exec(rest)
    if (!match || match[0] === '') return undefined
    const [whole, number, , last, mark, forward, back, offsets] = match
    rest = rest.slice(whole.length)
    let row = state.row
    if (number !== undefined) row = Number(number) - 1
    else if (last !== undefined) row = state.lines.length - 1
    else if (mark !== undefined) {
      const place = state.marks.get(mark)
      if (!place) throw new Refusal('E20: Mark not set')
      row = place.row
    } else if (forward !== undefined || back !== undefined) row = searched(state, forward ?? back ?? '', forward !== undefined).row
    for (const [, sign, by] of offsets.matchAll(/([+-])(\d*)/g)) row += (sign === '+' ? 1 : -1) * (by === '' ? 1 : Number(by))
    return row
  }
  const first = take()
  let to = first
  if (rest.startsWith(',') || rest.startsWith(';')) {
    rest = rest.slice(1)
    to = take() ?? state.row
  }
  const most = state.lines.length - 1
  const bounded = (row: number): number => Math.max(-1, row)
  const from = bounded(first ?? state.row)
  const end = bounded(to ?? state.row)
  if (rest !== '' && Math.max(from, end) > most) throw new Refusal('E16: Invalid range')
  return {
    span: { from: Math.min(from, end), to: Math.max(from, end), isGiven: first !== undefined || to !== undefined },
    rest: rest.trimStart(),
  }
}

/** Full names with the shortest form that is taken. */
const table: readonly (readonly [shortest: string, full: string, run: (call: Call) => void])[] = [
  ['w', 'write', (call) => write(call)],
  ['wq', 'wq', (call) => write(call) && leave(call.state)],
  ['wa', 'wall', (call) => write(call)],
  ['wqa', 'wqall', (call) => write(call) && leave(call.state)],
  ['x', 'xit', (call) => (!call.state.isChanged || write(call)) && leave(call.state)],
  ['exi', 'exit', (call) => (!call.state.isChanged || write(call)) && leave(call.state)],
  ['xa', 'xall', (call) => (!call.state.isChanged || write(call)) && leave(call.state)],
  ['q', 'quit', (call) => quit(call)],
  ['qa', 'qall', (call) => quit(call)],
  ['cq', 'cquit', ({ state }) => void (state.exitCode = 1)],
  ['e', 'edit', (call) => edit(call)],
  ['r', 'read', (call) => read(call)],
  [
    'f',
    'file',
    ({ state, argument }) => {
      if (argument !== '') state.path = argument
      state.say(
        `"${state.path ?? '[No Name]'}"${state.isChanged ? ' [Modified]' : ''} ${linesText(state.lines.length)} --${Math.floor(((state.row + 1) * 100) / state.lines.length)}%--`,
      )
    },
  ],
  [
    's',
    'substitute',
    () => {
      throw new Refusal('E35: No previous regular expression')
    },
  ],
  [
    'd',
    'delete',
    ({ state, span }) => {
      const count = span.to - span.from + 1
      take(state, span)
      state.splice(span.from, count)
      state.row = Math.min(span.from, state.lines.length - 1)
      if (count > 2) state.say(`${count} fewer lines`)
      if (state.lines.length === 1 && state.lines[0] === '') state.say('--No lines in buffer--')
    },
  ],
  [
    'y',
    'yank',
    ({ state, span }) => {
      take(state, span)
      if (span.to - span.from > 1) state.say(`${span.to - span.from + 1} lines yanked`)
    },
  ],
  [
    'pu',
    'put',
    ({ state, span }) => {
      const put = state.registers.get('"')
      if (!put) throw new Refusal('E353: Nothing in register "')
      state.splice(span.to + 1, 0, put.lines)
      state.row = span.to + put.lines.length
    },
  ],
  [
    'm',
    'move',
    ({ state, span, argument }) => {
      const moved = state.lines.slice(span.from, span.to + 1)
      const to = spanOf(state, argument === '0' ? '0' : argument).span.to
      state.splice(span.from, moved.length)
      const at = to >= span.to ? to - moved.length + 1 : to + 1
      state.splice(at, 0, moved)
      state.row = at + moved.length - 1
    },
  ],
  ['t', 't', (call) => copy(call)],
  ['co', 'copy', (call) => copy(call)],
  [
    'j',
    'join',
    ({ state, span, isForced }) => {
      state.row = span.from
      join(state, Math.max(2, span.to - span.from + 1), !isForced)
    },
  ],
  ['>', '>', ({ state, span, name }) => shift(state, span.from, span.to, '>', name.length)],
  ['<', '<', ({ state, span, name }) => shift(state, span.from, span.to, '<', name.length)],
  ['=', '=', ({ state, span }) => state.say(String(span.isGiven ? span.to + 1 : state.lines.length))],
  ['u', 'undo', ({ state }) => state.undo()],
  ['red', 'redo', ({ state }) => state.redo()],
  ['se', 'set', (call) => set(call)],
  ['setl', 'setlocal', (call) => set(call)],
  ['noh', 'nohlsearch', () => undefined],
  ['sy', 'syntax', () => undefined],
  ['filet', 'filetype', () => undefined],
  ['k', 'k', ({ state, span, argument }) => void state.marks.set(argument, { row: span.to, column: 0 })],
  ['ma', 'mark', ({ state, span, argument }) => void state.marks.set(argument, { row: span.to, column: 0 })],
  ['ve', 'version', ({ state }) => state.say('VIM - Vi IMproved 9.0 (2022 Jun 28)')],
  [
    '!',
    '!',
    () => {
      throw new Refusal('E319: Sorry, the command is not available in this version: !')
    },
  ],
  [
    'sp',
    'split',
    () => {
      throw new Refusal('E319: Sorry, the command is not available in this version: split')
    },
  ],
  [
    'vs',
    'vsplit',
    () => {
      throw new Refusal('E319: Sorry, the command is not available in this version: vsplit')
    },
  ],
  [
    'h',
    'help',
    () => {
      throw new Refusal('E319: Sorry, the command is not available in this version: help')
    },
  ],
]

function commandNamed(name: string): ((call: Call) => void) | undefined {
  const plain = /^[<>]+$/.test(name) ? name[0] : name
  return table.find(([shortest, full]) => full.startsWith(plain) && plain.length >= shortest.length)?.[2]
}

function take(state: ViState, span: Span): void {
  state.registers.set('"', { lines: state.lines.slice(span.from, span.to + 1), isLinewise: true })
}

function copy({ state, span, argument }: Call): void {
  const lines = state.lines.slice(span.from, span.to + 1)
  const to = spanOf(state, argument).span.to
  state.splice(to + 1, 0, lines)
  state.row = to + lines.length
}

function linesText(count: number): string {
  return `${count} line${count === 1 ? '' : 's'}`
}

function write({ state, span, isForced, argument }: Call): boolean {
  const appends = argument.startsWith('>>')
  const path = (appends ? argument.slice(2).trim() : argument) || state.path
  if (path === undefined) throw new Refusal('E32: No file name')
  const isOwn = path === state.path
  if (isOwn && state.isReadOnly && !isForced) throw new Refusal("E45: 'readonly' option is set (add ! to override)")
  if (!isOwn && !isForced && !appends && state.process.files.exists(state.process.path(path)))
    throw new Refusal('E13: File exists (add ! to override)')
  const lines = span.isGiven ? state.lines.slice(span.from, span.to + 1) : state.lines
  try {
    const isEmpty = lines.length === 1 && lines[0] === ''
    const { bytes, isNew } = save(state.process, path, isEmpty ? [] : lines, {
      hasEnd: isEmpty ? false : state.hasEnd || !isOwn,
      append: appends,
    })
    if (isOwn && !span.isGiven) state.markSaved()
    state.path ??= path
    state.say(
      state.isBusybox
        ? `'${path}' ${lines.length}L, ${bytes}C`
        : `"${path}"${isNew ? ' [New]' : ''} ${isEmpty ? 0 : lines.length}L, ${bytes}B ${appends ? 'appended' : 'written'}`,
    )
    if (path === state.path && !span.isGiven) state.markSaved()
    return true
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    throw new Refusal(
      state.isBusybox
        ? `'${path}' ${error.words}`
        : error.errno === 'EISDIR'
          ? `E17: "${path}" is a directory`
          : `"${path}" E212: Can't open file for writing`,
    )
  }
}

function leave(state: ViState): void {
  state.exitCode = 0
}

function quit({ state, isForced }: Call): void {
  if (state.isChanged && !isForced)
    throw new Refusal(
      state.isBusybox ? 'No write since last change (:q! overrides)' : 'E37: No write since last change (add ! to override)',
    )
  state.exitCode = 0
}

function edit({ state, isForced, argument }: Call): void {
  if (state.isChanged && !isForced)
    throw new Refusal(
      state.isBusybox ? 'No write since last change (:edit! overrides)' : 'E37: No write since last change (add ! to override)',
    )
  const path = argument || state.path
  if (path === undefined) throw new Refusal('E32: No file name')
  const loaded = load(state.process, path)
  state.path = path
  state.replaceAll(loaded)
  state.row = Math.min(state.row, state.lines.length - 1)
  state.say(loadedText(path, loaded, state.isBusybox))
}

function read({ state, span, argument }: Call): void {
  if (argument.startsWith('!')) throw new Refusal('E319: Sorry, the command is not available in this version: !')
  const path = argument || state.path || ''
  const loaded = load(state.process, path)
  if (loaded.isNew || loaded.refusal) throw new Refusal(`E484: Can't open file ${path}`)
  state.splice(span.to + 1, 0, loaded.lines)
  state.row = span.to + 1
  state.say(`"${path}" ${loaded.lines.length}L, ${loaded.bytes}B`)
}

/** What the last line says when a file has been opened. */
export function loadedText(path: string, loaded: ReturnType<typeof load>, isBusybox: boolean): string {
  if (loaded.refusal === 'directory') return `"${path}" is a directory`
  if (loaded.refusal === 'permission') return `"${path}" [Permission Denied]`
  const count = loaded.bytes === 0 ? 0 : loaded.lines.length
  if (isBusybox) return loaded.isNew ? '' : `'${path}'${loaded.isReadOnly ? ' [Readonly]' : ''} ${count}L, ${loaded.bytes}C`
  if (loaded.isNew) return `"${path}" [New]`
  return `"${path}"${loaded.isReadOnly ? ' [readonly]' : ''}${loaded.hasEnd ? '' : ' [noeol]'} ${count}L, ${loaded.bytes}B`
}

/** `/a/b/flags` with any separator; a separator inside is written with a backslash. */
function parts(text: string): string[] {
  const separator = text[0]
  const found: string[] = ['']
  for (let at = 1; at < text.length; at++) {
    if (text[at] === '\\' && at + 1 < text.length) {
      found[found.length - 1] += text[at + 1] === separator && separator !== '|' ? separator : text[at] + text[at + 1]
      at++
    } else if (text[at] === separator && found.length < 3) found.push('')
    else found[found.length - 1] += text[at]
  }
  return found
}

function substitute(state: ViState, span: Span, text: string): void {
  const [typed, into = '', flags = ''] = parts(text)
  const pattern = typed === '' ? state.search?.pattern : typed
  if (pattern === undefined) throw new Refusal('E35: No previous regular expression')
  state.search = { pattern, isForward: true }
  const expression = state.pattern(flags.includes('i') ? `${pattern}\\c` : pattern, 'g')
  const isGlobal = flags.includes('g')
  let count = 0
  let lines = 0
  let last = state.row
  const next: string[] = []
  for (let row = span.from; row <= span.to; row++) {
    const before = count
    let isFirst = true
    const line = state.lines[row].replace(expression, (...match: unknown[]) => {
      const whole = String(match[0])
      if (!isFirst && !isGlobal) return whole
      isFirst = false
      count++
      return replacement(into, match as string[])
    })
    next.push(...line.split('\r'))
    if (count > before) {
      lines++
      last = span.from + next.length - 1
    }
  }
  if (count === 0) throw new Refusal(state.isBusybox ? 'No match' : `E486: Pattern not found: ${pattern}`)
  if (!flags.includes('n')) state.splice(span.from, span.to - span.from + 1, next)
  state.row = last
  state.column = Math.max(0, state.line.search(/\S/))
  if (flags.includes('n')) state.say(`${count} match${count === 1 ? '' : 'es'} on ${linesText(lines)}`)
  else if (count > 2 || state.isBusybox) state.say(`${count} substitution${count === 1 ? '' : 's'} on ${linesText(lines)}`)
}

/** `&`, `\1`, `\n`, `\r`, `\U…\E` in what a match becomes; a new line is a carriage return until the line is cut. */
function replacement(into: string, match: readonly string[]): string {
  let text = ''
  let turn: 'U' | 'L' | undefined
  let turnOne: 'u' | 'l' | undefined
  const add = (piece: string): void => {
    let turned = turn === 'U' ? piece.toUpperCase() : turn === 'L' ? piece.toLowerCase() : piece
    if (turnOne && turned !== '') {
      turned = (turnOne === 'u' ? turned[0].toUpperCase() : turned[0].toLowerCase()) + turned.slice(1)
      turnOne = undefined
    }
    text += turned
  }
  for (let at = 0; at < into.length; at++) {
    const letter = into[at]
    if (letter === '&') add(match[0])
    else if (letter !== '\\') add(letter)
    else {
      const next = into[++at] ?? '\\'
      if (/\d/.test(next)) add(typeof match[Number(next)] === 'string' ? match[Number(next)] : '')
      else if (next === 'U' || next === 'L') turn = next
      else if (next === 'u' || next === 'l') turnOne = next
      else if (next === 'E' || next === 'e') turn = undefined
      else add(next === 'r' || next === 'n' ? '\r' : next === 't' ? '\t' : next)
    }
  }
  return text
}

function global(state: ViState, span: Span, text: string, isInverted: boolean): void {
  const separator = text[0]
  const end = text.indexOf(separator, 1)
  const pattern = end < 0 ? text.slice(1) : text.slice(1, end)
  const command = end < 0 ? 'p' : text.slice(end + 1)
  const expression = state.pattern(pattern)
  const [from, to] = span.isGiven ? [span.from, span.to] : [0, state.lines.length - 1]
  const goals = state.lines.flatMap((line, row) => (row >= from && row <= to && expression.test(line) !== isInverted ? [row] : []))
  if (goals.length === 0) throw new Refusal(`E486: Pattern not found: ${pattern}`)
  const before = state.lines.length
  let shiftBy = 0
  for (const goal of goals) {
    const count = state.lines.length
    state.row = goal + shiftBy
    runCommandLine(state, command)
    shiftBy += state.lines.length - (count === 1 && state.lines.length === 1 ? 0 : count)
  }
  const fewer = before - state.lines.length
  if (fewer > 2) state.say(`${fewer} fewer lines`)
}

function set({ state, argument }: Call): void {
  for (const word of argument.split(/\s+/).filter(Boolean)) {
    const [, no, typed, sign, value] = /^(no)?(\w+?)(=|\?|!)?(\d*)$/.exec(word) ?? []
    if (typed === undefined) throw new Refusal(`E518: Unknown option: ${word}`)
    const name =
      {
        nu: 'number',
        ic: 'ignorecase',
        scs: 'smartcase',
        ai: 'autoindent',
        et: 'expandtab',
        sw: 'shiftwidth',
        ts: 'tabstop',
        sts: 'softtabstop',
        rnu: 'relativenumber',
        hls: 'hlsearch',
        is: 'incsearch',
        li: 'list',
        ro: 'readonly',
      }[typed] ?? typed
    if (name === 'shiftwidth' || name === 'tabstop' || name === 'softtabstop') {
      if (sign === '=' && name === 'shiftwidth') state.shiftWidth = Number(value) || state.tabWidth
      else if (sign === '=') state.tabWidth = Number(value) || 8
      else state.say(`  ${name}=${name === 'shiftwidth' ? state.shiftWidth : state.tabWidth}`)
    } else if (name === 'all') state.say('')
    else if (
      !/^(number|ignorecase|smartcase|autoindent|expandtab|paste|list|hlsearch|incsearch|relativenumber|cursorcolumn|cursorline|cuc|cul|wrap|ruler|showcmd|showmode|mouse|syntax|compatible|cp|backup|swapfile|magic|smartindent|si|readonly)$/.test(
        name,
      )
    )
      throw new Refusal(`E518: Unknown option: ${word}`)
    else if (sign === '?') state.say(`${state.options.has(name) ? '  ' : 'no'}${name}`)
    else if (no !== undefined || (sign === '!' && state.options.has(name))) state.options.delete(name)
    else state.options.add(name)
  }
}
