/** `history` and `fc`: the lines typed so far, shown, written to a file, and run again. */
import { textOf } from '../../../base/bytes.ts'
import { UnixError } from '../../errors.ts'
import type { Blocking } from '../../kernel/process.ts'
import type { Shell } from '../shell.ts'
import { type Builtin, options, print } from './builtin.ts'

const usage = 'history [-c] [-d offset] [n] or history -anrw [filename] or history -ps arg [arg...]'

export const history: Builtin = function* (shell, argv) {
  const parsed = yield* options(shell, argv, 'acd:nprsw', usage)
  if (!parsed) return 2
  const { letters, operands } = parsed
  const kept = shell.history
  if (!kept) return 0
  if (letters.has('c')) {
    kept.lines.length = 0
    kept.saved = 0
    return 0
  }
  const offset = letters.get('d')
  if (offset !== undefined) return yield* removed(shell, offset)
  if (letters.has('s')) {
    kept.lines.pop()
    kept.lines.push(operands.join(' '))
    return 0
  }
  if (letters.has('p')) {
    for (const operand of operands) yield* print(shell, `${operand}\n`)
    return 0
  }
  for (const letter of 'anrw')
    if (letters.has(letter)) return yield* exchanged(shell, letter, operands[0] ?? shell.variables.get('HISTFILE'))
  const [count] = operands
  if (count !== undefined && !/^\d+$/.test(count)) {
    yield* shell.complain(`history: ${count}: numeric argument required`)
    return 1
  }
  const { lines } = kept
  for (let at = count === undefined ? 0 : Math.max(0, lines.length - Number(count)); at < lines.length; at++)
    yield* print(shell, `${String(at + 1).padStart(5)}  ${lines[at]}\n`)
  return 0
}

/** `-d 5`, `-d -1`, `-d 3-7`. */
function* removed(shell: Shell, offset: string): Blocking<number> {
  const lines = shell.history?.lines ?? []
  const range = /^(-?\d+)(?:-(-?\d+))?$/.exec(offset)
  const place = (text: string) => (text.startsWith('-') ? lines.length + Number(text) : Number(text) - 1)
  const from = range ? place(range[1]) : -1
  const to = range ? place(range[2] ?? range[1]) : -1
  if (from < 0 || to < from || to >= lines.length) {
    yield* shell.complain(`history: ${offset}: history position out of range`)
    return 1
  }
  lines.splice(from, to - from + 1)
  return 0
}

/** Between memory and a file: `a` adds what is new to it, `w` writes it anew, `r` and `n` read it. */
function* exchanged(shell: Shell, letter: string, path: string | undefined): Blocking<number> {
  const { history: kept, process } = shell
  if (!kept || path === undefined) return 1
  const at = process.path(path)
  try {
    if (letter === 'r' || letter === 'n') {
      const lines = textOf(process.files.readFile(at, process.credentials))
        .split('\n')
        .filter((line) => line !== '')
      kept.lines.push(...(letter === 'n' ? lines.slice(kept.saved) : lines))
    } else {
      const lines = letter === 'a' ? kept.lines.slice(kept.saved) : kept.lines
      process.files.writeFile(at, lines.map((line) => `${line}\n`).join(''), { append: letter === 'a', mode: 0o600 }, process.credentials)
    }
    kept.saved = kept.lines.length
    return 0
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    yield* shell.complain(`history: ${path}: cannot ${letter === 'r' || letter === 'n' ? 'read' : 'write'}: ${error.words}`)
    return 1
  }
}

/** `fc -l`, `fc -s old=new`, and `fc` itself: the last lines in an editor, run when it is left. */
export const fc: Builtin = function* (shell, argv) {
  // A number such as -5 is a line, not a letter.
  const isLine = (arg: string) => /^-\d+$/.test(arg)
  const cut = argv.findIndex((arg, at) => at > 0 && isLine(arg))
  const parsed = yield* options(
    shell,
    cut === -1 ? argv : argv.slice(0, cut),
    'e:lnrs',
    'fc [-e ename] [-lnr] [first] [last] or fc -s [pat=rep] [command]',
  )
  if (!parsed) return 2
  if (!shell.history) return 0
  const { letters } = parsed
  const operands = [...parsed.operands, ...(cut === -1 ? [] : argv.slice(cut))]
  // The line with `fc` itself is not meant.
  const lines = shell.history.lines.slice(0, shell.isInteractive ? -1 : undefined)
  const place = (text: string) =>
    /^-?\d+$/.test(text)
      ? Number(text) < 0
        ? lines.length + Number(text)
        : Number(text) - 1
      : lines.findLastIndex((line) => line.startsWith(text))
  if (letters.has('s')) {
    const swap = operands[0]?.includes('=') ? operands[0] : undefined
    const found = lines[place((swap === undefined ? operands[0] : operands[1]) ?? '-1')]
    if (found === undefined) return yield* nothingFound(shell)
    const [from, to] = swap === undefined ? ['', ''] : [swap.slice(0, swap.indexOf('=')), swap.slice(swap.indexOf('=') + 1)]
    return yield* again(shell, from === '' ? found : found.replaceAll(from, to))
  }
  const isListed = letters.has('l')
  const first = operands[0] === undefined ? Math.max(0, lines.length - (isListed ? 16 : 1)) : place(operands[0])
  const last = operands[1] === undefined ? (isListed ? lines.length - 1 : first) : place(operands[1])
  if (lines[first] === undefined || lines[last] === undefined) return yield* nothingFound(shell)
  const numbers: number[] = []
  for (let at = Math.min(first, last); at <= Math.max(first, last); at++) numbers.push(at)
  if (letters.has('r') !== first > last) numbers.reverse()
  if (isListed) {
    for (const at of numbers) yield* print(shell, `${letters.has('n') ? '' : at + 1}\t ${lines[at]}\n`)
    return 0
  }
  return yield* edited(
    shell,
    numbers.map((at) => `${lines[at]}\n`).join(''),
    letters.get('e') ?? shell.variables.get('FCEDIT') ?? shell.variables.get('EDITOR') ?? 'vi',
  )
}

function* nothingFound(shell: Shell): Blocking<number> {
  yield* shell.complain('fc: no command found')
  return 1
}

function* again(shell: Shell, line: string): Blocking<number> {
  yield* shell.say(`${line}\n`)
  if (shell.history && shell.isInteractive) shell.history.lines[shell.history.lines.length - 1] = line
  return yield* shell.interpreter.text(shell, line)
}

function* edited(shell: Shell, text: string, editor: string): Blocking<number> {
  const { process } = shell
  const path = `/tmp/bash-fc.${process.pid}`
  process.files.writeFile(path, text, { mode: 0o600 }, process.credentials)
  const status = yield* shell.interpreter.words(shell, [...editor.split(/\s+/), path])
  const result = process.files.exists(path) ? textOf(process.files.readFile(path, process.credentials)).trimEnd() : ''
  if (process.files.exists(path)) process.files.unlink(path, process.credentials)
  return status === 0 && result !== '' ? yield* again(shell, result) : status
}
