/**
 * vim 9 as Debian installs it, or busybox's vi in its images: the same editor with two ways of talking. Keys are recorded while a command runs,
 * so that `.` can play the last change again; macros work the same way.
 */
import { type Blocking, err, type Process, type Program } from '../../../kernel/process.ts'
import { isBusybox } from '../../flavour.ts'
import { print } from '../../text.ts'
import { isTerminal } from '../../tool.ts'
import { load } from '../document.ts'
import { fullScreen } from '../full-screen.ts'
import { loadedText, runCommandLine } from './command-line.ts'
import { drawn } from './draw.ts'
import type { Keys } from './keys.ts'
import { normalCommand } from './normal.ts'
import { Refusal, ViState } from './state.ts'

const changing = new Set([...'dcy<>iIaAoOxXsSDCpPJrR~', 'v', 'V'])

export const vi: Program = function* (process) {
  const busybox = isBusybox(process)
  const args = process.argv.slice(1)
  if (args.some((arg) => arg === '--version')) {
    yield* print(
      process,
      'VIM - Vi IMproved 9.0 (2022 Jun 28, compiled Feb 16 2025 05:23:41)\nIncluded patches: 1-1378, 1499, 1532, 1848, 1858, 1873, 1969, 2142\nModified by team+vim@tracker.debian.org\n',
    )
    return 0
  }
  const { terminal } = process
  if (!terminal || !isTerminal(process, 0) || !isTerminal(process, 1)) {
    if (!isTerminal(process, 1)) yield* err(process, 'Vim: Warning: Output is not to a terminal\n')
    if (!isTerminal(process, 0)) yield* err(process, 'Vim: Warning: Input is not from a terminal\n')
    if (!terminal || !isTerminal(process, 0)) {
      yield* err(process, 'Vim: Error reading input, exiting...\nVim: Finished.\n')
      return 1
    }
  }
  const path = args.find((arg) => !/^[-+]/.test(arg))
  const loaded = path === undefined ? { lines: [''], bytes: 0, isNew: true, isReadOnly: false, hasEnd: true } : load(process, path)
  const state = new ViState(process, path, loaded, busybox)
  if (args.some((arg) => arg === '-R')) state.isReadOnly = true
  if (path !== undefined) state.say(loadedText(path, loaded, busybox))
  readSettings(process, state)
  const start = args.find((arg) => arg.startsWith('+'))
  if (start !== undefined) runCommandLine(state, start === '+' ? '$' : start.slice(1))
  return yield* fullScreen(process, terminal, (screen) => session(state, screen.key, terminal))
}

/** `set` lines of ~/.vimrc; anything else there is not looked at. */
function readSettings(process: Process, state: ViState): void {
  const path = `${process.env.HOME ?? '/root'}/.vimrc`
  if (state.isBusybox || !process.files.exists(path)) return
  for (const line of process.files.readText(path).split('\n')) {
    if (!/^\s*set?\s/.test(line)) continue
    try {
      runCommandLine(state, line.replace(/\s".*$/, ''))
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
    }
  }
}

function* session(
  state: ViState,
  nextKey: (draw: () => string) => Blocking<string | undefined>,
  size: { readonly rows: number; readonly cols: number },
): Blocking<number> {
  let prompt: string | undefined
  const ahead: string[] = []
  let recorded: string[] = []
  let lastChange: readonly string[] = []
  let macro: { readonly name: string; readonly keys: string[] } | undefined
  const macros = new Map<string, readonly string[]>()

  function* next(): Blocking<string | undefined> {
    let key = ahead.shift()
    if (key === undefined) {
      key = yield* nextKey(() => drawn(state, size, prompt))
      if (key !== undefined) macro?.keys.push(key)
    }
    if (key !== undefined) recorded.push(key)
    return key
  }

  function* ask(start: string): Blocking<string | undefined> {
    const mark = start[0]
    let text = start.slice(1)
    try {
      for (;;) {
        prompt = mark + text
        const key = yield* next()
        if (key === undefined || key === '\x1b' || key === '\x03') return undefined
        if (key === '\r' || key === '\n') return text
        if (key === '\x7f' || key === '\b') {
          if (text === '') return undefined
          text = text.slice(0, -1)
        } else if (key === '\x15') text = ''
        else if (key === '\x17') text = text.replace(/\S*\s*$/, '')
        else if (key.length === 1 && key >= ' ') text += key
      }
    } finally {
      prompt = undefined
    }
  }

  const keys: Keys = {
    next,
    ask,
    page: () => size.rows - 1,
    repeat(count) {
      if (lastChange.length === 0) return
      for (let time = 0; time < count; time++) ahead.unshift(...lastChange)
    },
    *record() {
      if (macro) {
        macros.set(macro.name, macro.keys.slice(0, -1))
        macro = undefined
        return
      }
      const name = yield* next()
      if (name === undefined) return
      macro = { name, keys: [] }
      state.say(`recording @${name}`)
    },
    *play(count) {
      const name = (yield* next()) ?? ''
      for (let time = 0; time < count; time++) ahead.unshift(...(macros.get(name) ?? []))
    },
    *commandLine(first) {
      const typed = first.endsWith('\r') ? first : yield* ask(`:${first}`)
      if (typed !== undefined) runCommandLine(state, typed)
    },
  }

  while (state.exitCode === undefined) {
    const before = state.lines
    const at = { row: state.row, column: state.column }
    recorded = []
    const isVisual = state.mode.startsWith('visual')
    try {
      if (!(yield* normalCommand(state, keys))) return 1
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      ahead.length = 0
      if (!state.mode.startsWith('visual')) state.mode = 'normal'
      state.message = error.message
      state.isError = true
    }
    const [first = '', ...rest] = recorded
    const command = /[1-9"]/.test(first) ? (rest.find((key) => !/[0-9"]/.test(key)) ?? '') : first
    if (command !== 'u' && command !== '\x12' && !(command === ':' && /^(u|undo|red|redo)$/.test(recorded.slice(1, -1).join(''))))
      state.note(before, at)
    if (state.lines !== before && changing.has(command) && !isVisual && !recorded.includes('.')) lastChange = recorded
    state.clamp()
  }
  return state.exitCode
}
