/**
 * A shell at a terminal: prompt, edited line, run, and again. Around each typed line it calls the session's hooks; the prompt comes
 * back only when `onCommandEnd` is through, so whatever was answered has been saved.
 */
import { textOf } from '../../base/bytes.ts'
import { UnixError } from '../errors.ts'
import type { Blocking, Running } from '../kernel/process.ts'
import { candidates } from './completer.ts'
import { needsMore, parse, type Parsed } from './parse.ts'
import { prompt } from './prompt.ts'
import { hint } from './hint.ts'
import { interpreter } from './interpret.ts'
import { stateOf, tellJobs } from './jobs.ts'
import { editLine, type Edited, type EditorMemory } from './line-editor.ts'
import { Jumping, type Shell } from './shell.ts'
import { runExitTrap, runPendingTraps } from './traps.ts'
import { readLine } from './builtins/read.ts'
import { ashSyntaxError } from './ash-words.ts'

export function* interact(shell: Shell): Running {
  const { process } = shell
  loadHistory(shell)
  takeTerminal(shell)
  const memory: EditorMemory = { killed: '', ahead: '' }
  let wasWarned = false
  for (;;) {
    yield* tellJobs(shell)
    const promptCommand = shell.variables.get('PROMPT_COMMAND')
    if (promptCommand) yield* quietly(shell, promptCommand)
    const typed = yield* command(shell, memory)
    if (typed.kind === 'hangup') break
    if (typed.kind === 'interrupt') {
      shell.status = 130
      continue
    }
    if (typed.kind === 'end') {
      if (!wasWarned && shell.jobs.some((job) => stateOf(job) === 'Stopped')) {
        wasWarned = true
        yield* shell.say('There are stopped jobs.\n')
        continue
      }
      // ash and dash only go to a new line.
      yield* shell.say(shell.flavour === 'ash' ? '\n' : shell.isLogin ? 'logout\n' : 'exit\n')
      break
    }
    if (typed.text.trim() === '') continue
    wasWarned = false
    const line = yield* withHistory(shell, typed.text)
    if (line === undefined) continue
    remember(shell, line)
    shell.linesTyped++
    shell.hooks.onCommand?.(process, line)
    let hasLeft = false
    try {
      yield* runLine(shell, parse(line))
    } catch (error) {
      if (!(error instanceof Jumping)) throw error
      if ('status' in error.jump) shell.status = error.jump.status
      hasLeft = error.jump.jump === 'exit'
    }
    if (shell.wasInterrupted) {
      shell.wasInterrupted = false
      shell.status = 130
      yield* shell.say('\n')
    }
    const kind = hint(line, shell.status)
    if (kind !== undefined && !hasLeft) yield* shell.say(`${kind}\n`)
    saveHistory(shell)
    const end = shell.hooks.onCommandEnd?.(process, line, shell.status)
    if (end) yield* end
    if (hasLeft) break
  }
  saveHistory(shell)
  for (const job of shell.jobs) {
    if (stateOf(job) === 'Done' || job.noHangUp) continue
    for (const each of job.processes) {
      process.kernel.kill(each, 'HUP', process)
      process.kernel.kill(each, 'CONT', process)
    }
  }
  return yield* runExitTrap(shell)
}

/** The shell becomes a process group of its own, in the foreground. */
function takeTerminal(shell: Shell): void {
  const { process } = shell
  if (!process.terminal) return
  process.group = process.hostPid
  process.terminal.foreground = process.hostPid
}

function* quietly(shell: Shell, text: string): Blocking<void> {
  const { status } = shell
  try {
    yield* interpreter.text(shell, text)
  } catch (error) {
    if (!(error instanceof Jumping) || error.jump.jump === 'exit') throw error
  }
  shell.status = status
}

/** One command: as many lines as it takes. */
function* command(shell: Shell, memory: EditorMemory): Blocking<Edited> {
  let text = ''
  for (;;) {
    const shownPrompt = yield* prompt(shell, text === '' ? 'PS1' : 'PS2')
    const edited = yield* oneLine(shell, shownPrompt, memory)
    if (shell.pendingTraps.length > 0) yield* runPendingTraps(shell)
    if (edited.kind === 'end' && text !== '') return { kind: 'line', text }
    if (edited.kind !== 'line') return edited
    text += (text === '' ? '' : '\n') + edited.text
    if (text.trim() === '' || !needsMore(text)) return { kind: 'line', text }
  }
}

function* oneLine(shell: Shell, shownPrompt: string, memory: EditorMemory): Blocking<Edited> {
  const { process } = shell
  const { terminal } = process
  const file = process.descriptors.get(0)?.file
  if (!terminal || file?.kind !== 'terminal') {
    // `bash -i` over a pipe: no editing.
    yield* shell.say(shownPrompt.replace(/[\u0001\u0002]/g, ''))
    if (!file) return { kind: 'end' }
    const line = yield* readLine(shell, file, {})
    return !line.isComplete && line.text === '' ? { kind: 'end' } : { kind: 'line', text: line.text }
  }
  return yield* editLine(
    {
      process,
      terminal,
      prompt: shownPrompt,
      history: shell.history?.lines ?? [],
      complete: (line, cursor) => candidates(shell, line.slice(0, cursor)),
      bracketsPastes: (shell.parameter('TERM') ?? 'dumb') !== 'dumb' && shell.flavour === 'bash',
      takeResize: () => taken(shell),
    },
    memory,
  )
}

function* runLine(shell: Shell, parsed: Parsed): Blocking<void> {
  shell.source = parsed.source
  if (parsed.openHereDoc && !parsed.error)
    yield* shell.complain(
      `warning: here-document at line ${parsed.openHereDoc.line} delimited by end-of-file (wanted \`${parsed.openHereDoc.delimiter}')`,
    )
  if (parsed.error) {
    if (shell.flavour === 'ash') yield* shell.complain(ashSyntaxError(parsed.error.messages[0]))
    else for (const message of parsed.error.messages.slice(0, 1)) yield* shell.complain(message)
    shell.status = 2
    return
  }
  yield* interpreter.statements(shell, parsed.statements)
}

// History --------------------------------------------------------------------------------------------------------------------------

function loadHistory(shell: Shell): void {
  const lines: string[] = []
  const path = shell.variables.get('HISTFILE')
  try {
    if (path)
      lines.push(
        ...textOf(shell.process.files.readFile(shell.process.path(path), shell.process.credentials))
          .split('\n')
          .filter(Boolean),
      )
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
  }
  shell.history = { lines, saved: lines.length }
}

function remember(shell: Shell, line: string): void {
  const { history } = shell
  if (!history) return
  const control = shell.variables.get('HISTCONTROL') ?? ''
  if (/ignorespace|ignoreboth/.test(control) && line.startsWith(' ')) return
  if (/ignoredups|ignoreboth/.test(control) && history.lines.at(-1) === line) return
  // Several lines become one entry, as `cmdhist` joins them; a here-document keeps its lines.
  history.lines.push(line)
}

/** Written after every line: a closed tab has no chance to do it at the end. */
function saveHistory(shell: Shell): void {
  const { history, process } = shell
  const path = shell.variables.get('HISTFILE')
  if (!history || !path || history.saved >= history.lines.length) return
  const added = history.lines
    .slice(history.saved)
    .map((line) => `${line}\n`)
    .join('')
  history.saved = history.lines.length
  try {
    process.files.writeFile(process.path(path), added, { append: true, mode: 0o600 }, process.credentials)
  } catch (error) {
    // A read-only home: bash keeps the history in memory only, without a word.
    if (!(error instanceof UnixError)) throw error
  }
}

/** `!!`, `!$`, `!5`, `!-2`, `!git`, `^old^new`. Answers undefined when the event is not there, and says so. */
function* withHistory(shell: Shell, line: string): Blocking<string | undefined> {
  const lines = shell.history?.lines ?? []
  if (!shell.option('histexpand') || !/[!^]/.test(line)) return line
  const last = lines.at(-1) ?? ''
  const swap = /^\^([^^]*)\^([^^]*)\^?$/.exec(line)
  let missing: string | undefined
  const expanded = swap
    ? last.replace(swap[1], swap[2])
    : replaceEvents(line, (event) => {
        if (event === '!!') return last
        if (event === '!$') return last.trim().split(/\s+/).at(-1) ?? ''
        if (event === '!^') return last.trim().split(/\s+/)[1] ?? ''
        if (event === '!*') return last.trim().split(/\s+/).slice(1).join(' ')
        const number = /^!(-?\d+)$/.exec(event)?.[1]
        const found =
          number !== undefined
            ? lines.at(Number(number) < 0 ? Number(number) : Number(number) - 1)
            : lines.findLast((each) => each.startsWith(event.slice(1)))
        if (found === undefined) missing ??= event
        return found ?? ''
      })
  if (missing !== undefined) {
    yield* shell.complain(`${missing}: event not found`)
    return undefined
  }
  if (expanded !== line) yield* shell.say(`${expanded}\n`)
  return expanded
}

function replaceEvents(line: string, event: (text: string) => string): string {
  let result = ''
  let isSingle = false
  let isDouble = false
  for (let at = 0; at < line.length; at++) {
    const letter = line[at]
    if (letter === '\\' && !isSingle) {
      result += letter + (line[++at] ?? '')
      continue
    }
    if (letter === "'" && !isDouble) isSingle = !isSingle
    else if (letter === '"' && !isSingle) isDouble = !isDouble
    const match = letter === '!' && !isSingle ? /^!(!|\$|\^|\*|-?\d+|[A-Za-z][\w./-]*)/.exec(line.slice(at)) : null
    if (match && line[at - 1] !== '{' && line[at - 1] !== '[' && !(line[at - 1] === '$')) {
      result += event(match[0])
      at += match[0].length - 1
    } else result += letter
  }
  return result
}

function taken(shell: Shell): boolean {
  const { wasResized } = shell
  shell.wasResized = false
  return wasResized
}
