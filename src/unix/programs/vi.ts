/**
 * vi and nano: one small full-screen editor with two sets of keys. vi: i a A o O, x, dd, yy, p, u, hjkl, 0 $ g G, :w :q :wq :q! :N, /text.
 * nano: type, ^O writes, ^X leaves. Enough for `kubectl edit` and a config file.
 */
import { type Blocking, err, type Process, type Program, readFrom } from '../kernel/process.ts'
import { UnixError } from '../errors.ts'
import { print, stringOf } from './text.ts'
import { isTerminal } from './tool.ts'

function* edit(process: Process, isVi: boolean): Blocking<number> {
  const path = process.argv.slice(1).find((arg) => !/^[-+]/.test(arg))
  const { terminal } = process
  if (!terminal || !isTerminal(process, 0)) {
    yield* err(process, isVi ? 'Vim: Warning: Input is not from a terminal\n' : 'Standard input is not a terminal\n')
    return 1
  }
  const exists = path !== undefined && process.files.exists(process.path(path))
  let lines = exists && path ? stringOf(process.files.readFile(process.path(path), process.credentials)).replace(/\n$/, '').split('\n') : ['']
  const before = { mode: terminal.mode, echo: terminal.echo, signals: terminal.signals }
  Object.assign(terminal, { mode: 'raw', echo: false, signals: false })
  let [row, column, top] = [0, 0, 0]
  let inserting = !isVi
  let changed = false
  let yanked: string[] = []
  let pending = ''
  let message = path === undefined ? '' : exists ? `"${path}" ${lines.length}L` : `"${path}" [New]`
  const undo: (readonly string[])[] = []
  const change = (): void => {
    undo.push([...lines])
    changed = true
  }
  const write = (to: string | undefined): boolean => {
    if (to === undefined) {
      message = 'E32: No file name'
      return false
    }
    try {
      const mode = process.files.exists(process.path(to)) ? process.files.stat(process.path(to)).mode : 0o666 & ~process.umask
      process.files.writeFile(process.path(to), `${lines.join('\n')}\n`, { mode }, process.credentials)
    } catch (error) {
      if (!(error instanceof UnixError)) throw error
      message = `"${to}" E212: Can't open file for writing: ${error.words}`
      return false
    }
    changed = false
    message = `"${to}" ${lines.length}L written`
    return true
  }
  function* ask(prompt: string): Blocking<string> {
    let text = ''
    for (;;) {
      yield* print(process, `\x1b[${terminal?.rows ?? 24};1H\x1b[K${prompt}${text}`)
      for (const key of stringOf(yield* readFrom(process, 0, 256))) {
        if (key === '\r' || key === '\n') return text
        if (key === '\x1b') return ''
        text = key === '\x7f' ? text.slice(0, -1) : text + key
      }
    }
  }
  const insert = (key: string): void => {
    if (key === '\r' || key === '\n') {
      lines.splice(row, 1, lines[row].slice(0, column), lines[row].slice(column))
      row++
      column = 0
    } else if (key === '\x7f' || key === '\b') {
      if (column > 0) lines[row] = lines[row].slice(0, --column) + lines[row].slice(column + 1)
      else if (row > 0) {
        column = lines[row - 1].length
        lines.splice(row - 1, 2, lines[row - 1] + lines[row])
        row--
      }
    } else if (key >= ' ' || key === '\t') {
      lines[row] = lines[row].slice(0, column) + key + lines[row].slice(column)
      column += key.length
    }
    changed = true
  }
  try {
    for (;;) {
      row = Math.max(0, Math.min(row, lines.length - 1))
      column = Math.max(0, Math.min(column, lines[row].length))
      const height = terminal.rows - (isVi ? 1 : 2)
      if (row < top) top = row
      if (row >= top + height) top = row - height + 1
      const shown = Array.from({ length: height }, (_, index) => (lines[top + index] ?? (isVi ? '~' : '')).replaceAll('\t', ' ').slice(0, terminal.cols))
      yield* print(process, `\x1b[?25l\x1b[H\x1b[2J${shown.join('\r\n')}\r\n${isVi ? (inserting ? '-- INSERT --' : message) : `${message}\r\n^O Write Out   ^X Exit`}\x1b[${row - top + 1};${column + 1}H\x1b[?25h`)
      const input = stringOf(yield* readFrom(process, 0, 4096))
      if (input === '') return 1
      for (const key of input.match(/\x1b\[[0-9;]*[A-Za-z~]|[\s\S]/gu) ?? []) {
        if (key === '\x1b[A') row--
        else if (key === '\x1b[B') row++
        else if (key === '\x1b[C') column++
        else if (key === '\x1b[D') column--
        else if (!isVi && key === '\x18') {
          if (changed && /^y/i.test(yield* ask('Save modified buffer? (Y/N) '))) write(path ?? (yield* ask('File Name to Write: ')))
          return 0
        } else if (!isVi && key === '\x0f') write(path ?? (yield* ask('File Name to Write: ')))
        else if (inserting && key === '\x1b') {
          inserting = !isVi
          column--
        } else if (inserting) insert(key)
        else if (key === ':') {
          const command = (yield* ask(':')).trim()
          const match = /^(w?q?|x|wq?)(!?)(?:\s+(.+))?$/.exec(command)
          if (/^\d+$/.test(command)) row = Number(command) - 1
          else if (!match || command === '') message = command === '' ? '' : `E492: Not an editor command: ${command}`
          else {
            const [, verb, force, target] = match
            if ((verb.includes('w') || verb === 'x') && !write(target ?? path)) continue
            if (verb === 'q' && changed && force === '') message = 'E37: No write since last change (add ! to override)'
            else if (verb.includes('q') || verb === 'x') return 0
          }
        } else if (key === '/') {
          const wanted = yield* ask('/')
          const at = [...lines.keys()].map((index) => (index + row + 1) % lines.length).find((index) => lines[index].includes(wanted))
          if (at === undefined) message = `E486: Pattern not found: ${wanted}`
          else [row, column] = [at, lines[at].indexOf(wanted)]
        } else {
          const command = pending + key
          pending = ''
          if (/^[dyg]$/.test(command)) pending = command
          else if (command === 'dd' || command === 'yy') {
            if (command === 'dd') change()
            yanked = command === 'dd' ? lines.splice(row, 1) : [lines[row]]
            if (lines.length === 0) lines = ['']
          } else if (command === 'p') {
            change()
            lines.splice(++row, 0, ...yanked)
          } else if (command === 'x') {
            change()
            lines[row] = lines[row].slice(0, column) + lines[row].slice(column + 1)
          } else if (command === 'u') lines = [...(undo.pop() ?? lines)]
          else if ('iaAIoO'.includes(command)) {
            change()
            inserting = true
            if (command === 'a') column++
            if (command === 'A') column = lines[row].length
            if (command === 'I') column = 0
            if (command === 'o' || command === 'O') {
              if (command === 'o') row++
              lines.splice(row, 0, '')
              column = 0
            }
          } else if (command === 'h') column--
          else if (command === 'l') column++
          else if (command === 'j') row++
          else if (command === 'k') row--
          else if (command === '0') column = 0
          else if (command === '$') column = lines[row].length
          else if (command === 'gg') row = 0
          else if (command === 'G') row = lines.length - 1
        }
        row = Math.max(0, Math.min(row, lines.length - 1))
        column = Math.max(0, Math.min(column, lines[row].length))
      }
    }
  } finally {
    Object.assign(terminal, before)
    if (!process.isEnded) process.file(1).write(new TextEncoder().encode(`\x1b[${terminal.rows};1H\x1b[K`))
  }
}

export const vi: Program = (process) => edit(process, true)
export const vim: Program = (process) => edit(process, true)
export const nano: Program = (process) => edit(process, false)
