/** Builtins that steer: leaving loops, functions and the shell, running text, traps. */
import { UnixError } from '../../errors.ts'
import { isSignal, signalNumbers } from '../../kernel/signals.ts'
import { exitShell, Jumping, type Shell } from '../shell.ts'
import { setTrap, trapName } from '../traps.ts'
import { shellQuoted } from '../quote.ts'
import type { Blocking } from '../../kernel/process.ts'
import { type Builtin, options, print } from './builtin.ts'

export const colon: Builtin = function* () {
  return 0
}

export const falseBuiltin: Builtin = function* () {
  return 1
}

function leaveLoop(jump: 'break' | 'continue'): Builtin {
  return function* (shell, argv) {
    if (shell.loopDepth === 0) {
      yield* shell.complain(`${jump}: only meaningful in a \`for', \`while', or \`until' loop`)
      return 0
    }
    const levels = Number(argv[1] ?? 1)
    if (!Number.isInteger(levels)) {
      yield* shell.complain(`${jump}: ${argv[1]}: numeric argument required`)
      throw exitShell(128)
    }
    if (levels < 1) {
      yield* shell.complain(`${jump}: ${argv[1]}: loop count out of range`)
      return 1
    }
    throw new Jumping({ jump, levels })
  }
}

export const breakLoop = leaveLoop('break')
export const continueLoop = leaveLoop('continue')

export const returnBuiltin: Builtin = function* (shell, argv) {
  if (shell.frames.length === 0 && shell.sourceDepth === 0) {
    yield* shell.complain("return: can only `return' from a function or sourced script")
    return 2
  }
  if (argv[1] !== undefined && !/^-?\d+$/.test(argv[1])) {
    yield* shell.complain(`return: ${argv[1]}: numeric argument required`)
    throw new Jumping({ jump: 'return', status: 2 })
  }
  throw new Jumping({ jump: 'return', status: argv[1] === undefined ? shell.status : Number(argv[1]) & 255 })
}

export const exit: Builtin = function* (shell, argv) {
  // Only bash says so.
  if (shell.isInteractive && shell.flavour === 'bash') yield* shell.say(shell.isLogin ? 'logout\n' : 'exit\n')
  if (argv[1] !== undefined && !/^[+-]?\d+$/.test(argv[1])) {
    yield* shell.complain(`exit: ${argv[1]}: numeric argument required`)
    throw exitShell(2)
  }
  if (argv.length > 2) {
    yield* shell.complain('exit: too many arguments')
    return 1
  }
  throw exitShell(argv[1] === undefined ? shell.status : Number(argv[1]) & 255)
}

export const evalBuiltin: Builtin = function* (shell, argv) {
  const words = argv[1] === '--' ? argv.slice(2) : argv.slice(1)
  if (words.length === 0) return 0
  return yield* shell.interpreter.text(shell, words.join(' '))
}

export const source: Builtin = function* (shell, argv) {
  const args = argv[1] === '--' ? argv.slice(1) : argv
  const [, name] = args
  if (name === undefined) {
    yield* shell.complain(`${argv[0]}: filename argument required`)
    yield* shell.say(`${argv[0]}: usage: ${argv[0]} filename [arguments]\n`)
    return 2
  }
  let path = name
  if (!name.includes('/')) path = onPath(shell, name) ?? name
  let script: string
  try {
    if (shell.process.files.stat(shell.process.path(path), shell.process.credentials).kind === 'directory') {
      yield* shell.complain(`${argv[0]}: ${name}: is a directory`)
      return 1
    }
    script = yield* contentOf(shell, path)
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    yield* shell.complain(shell.flavour === 'ash' ? `${argv[0]}: can't open '${name}': ${error.words}` : `${name}: ${error.words}`)
    // For ash, what is not there ends a script.
    if (shell.flavour === 'ash' && !shell.isInteractive) throw exitShell(2)
    return 1
  }
  return yield* sourced(shell, script, name, args.slice(2))
}

/** Content of a file, a fifo or a device. */
function* contentOf(shell: Shell, path: string): Blocking<string> {
  const { process } = shell
  const file = process.files.open(process.path(path), { read: true }, process.credentials)
  let text = ''
  const decoder = new TextDecoder()
  try {
    for (;;) {
      const bytes = file.read(65_536)
      if (bytes === undefined) yield { on: [file.readable] }
      else if (bytes.length === 0) return text + decoder.decode()
      else text += decoder.decode(bytes, { stream: true })
    }
  } finally {
    file.close()
  }
}

export function* sourced(shell: Shell, script: string, name: string, args: readonly string[]): Blocking<number> {
  const { positional, frames } = shell
  const line = shell.line
  if (args.length > 0) shell.positional = [...args]
  shell.frames = [...frames, { name: 'source', line, file: name }]
  shell.sourceDepth++
  try {
    return yield* shell.interpreter.text(shell, script, { firstLine: 1 })
  } catch (error) {
    if (error instanceof Jumping && error.jump.jump === 'return') return error.jump.status
    throw error
  } finally {
    shell.sourceDepth--
    shell.frames = frames
    if (args.length > 0) shell.positional = positional
  }
}

function onPath(shell: Shell, name: string): string | undefined {
  for (const folder of (shell.variables.get('PATH') ?? '').split(':')) {
    const candidate = `${folder || '.'}/${name}`
    if (shell.process.files.exists(shell.process.path(candidate))) return candidate
  }
  return undefined
}

export const exec: Builtin = function* (shell, argv) {
  const parsed = yield* options(shell, argv, 'a:cl', 'exec [-cl] [-a name] [command [argument ...]] [redirection ...]')
  if (!parsed) return 2
  const { letters, operands } = parsed
  if (operands.length === 0) return 0
  const argv0 = letters.get('a') ?? (letters.has('l') ? `-${operands[0]}` : undefined)
  const { position, source } = shell
  const status = yield* shell.interpreter.exec(shell, operands, { argv0, env: letters.has('c') ? {} : undefined })
  shell.position = position
  shell.source = source
  if (shell.isInteractive || shell.shopt('execfail')) return status
  throw exitShell(status)
}

export const trap: Builtin = function* (shell, argv) {
  const parsed = yield* options(shell, argv, 'lp', 'trap [-lp] [[arg] signal_spec ...]')
  if (!parsed) return 2
  const { letters, operands } = parsed
  if (letters.has('l')) {
    yield* print(shell, signalTable())
    return 0
  }
  if (operands.length === 0 || letters.has('p')) {
    const names = operands.length > 0 ? operands.map(trapName) : [...shell.traps.keys()].sort((a, b) => order(a) - order(b))
    for (const name of names) {
      const action = name === undefined ? undefined : shell.traps.get(name)
      if (action !== undefined)
        yield* print(shell, `trap -- ${shellQuoted(action)} ${name !== undefined && isSignal(name) ? 'SIG' : ''}${name}\n`)
    }
    return 0
  }
  const isReset = operands.length === 1 || operands[0] === '-' || /^\d+$/.test(operands[0])
  const action = isReset ? undefined : operands[0]
  const names = operands[0] === '-' || !isReset ? operands.slice(1) : operands
  let status = 0
  for (const each of names) {
    const name = trapName(each)
    if (name === undefined) {
      yield* shell.complain(`trap: ${each}: invalid signal specification`)
      status = 1
    } else setTrap(shell, name, action)
  }
  return status
}

function order(name: string): number {
  if (name === 'EXIT') return 0
  return isSignal(name) ? signalNumbers[name] : 100
}

/** As `kill -l` and `trap -l` print the signals: five in a row. */
export function signalTable(): string {
  const cells = Object.entries(signalNumbers).map(([name, number]) => `${String(number).padStart(2)}) SIG${name}`)
  let text = ''
  cells.forEach((cell, index) => {
    text += index % 5 === 4 || index === cells.length - 1 ? `${cell}\n` : `${cell}\t`
  })
  return text
}
