/**
 * `bash` and `ash` (busybox's `sh`) as programs: their command line, start-up files, and where commands come from: a string, a file,
 * standard input, or a person at a terminal. All state belongs to the process; what a session wants to know it gives as hooks.
 */
import { textOf } from '../../base/bytes.ts'
import { UnixError } from '../errors.ts'
import type { Blocking, Process, Program, Running } from '../kernel/process.ts'
import { sourced } from './builtins/control.ts'
import { readLine } from './builtins/read.ts'
import { applyOptions } from './builtins/state.ts'
import { interpreter } from './interpret.ts'
import { interact } from './interactive.ts'
import { needsMore, type Parsed, parse } from './parse.ts'
import { ashSyntaxError } from './ash-words.ts'
import { type Flavour, Jumping, Shell, type ShellHooks } from './shell.ts'
import { runExitTrap } from './traps.ts'

export interface ShellOptions extends Omit<ShellHooks, 'script' | 'isDash'> {
  readonly flavour?: Flavour | 'dash'
}

export function createBash({ flavour = 'bash', ...hooks }: ShellOptions = {}): Program {
  const script = (process: Process, path: string, argv: readonly string[]): Running => main(process, [argv[0], path, ...argv.slice(1)])
  const main = (process: Process, argv: readonly string[]): Running =>
    run(new Shell(process, interpreter, flavour === 'dash' ? 'ash' : flavour, { ...hooks, script, isDash: flavour === 'dash' }), argv)
  return (process) => main(process, process.argv)
}

export const bash: Program = createBash()
export const ash: Program = createBash({ flavour: 'ash' })
export const dash: Program = createBash({ flavour: 'dash' })

interface Invocation {
  readonly command: string | undefined
  readonly operands: readonly string[]
  readonly isInteractive: boolean
  readonly isLogin: boolean
  readonly readsInput: boolean
  readonly skipsStartUp: boolean
}

function* run(shell: Shell, argv: readonly string[]): Running {
  importEnvironment(shell, argv)
  const invocation = yield* invoked(shell, argv)
  if (typeof invocation === 'number') return invocation
  const { command, operands } = invocation
  shell.isLogin = invocation.isLogin
  shell.isCommandString = command !== undefined
  if (command === undefined && !invocation.readsInput && operands.length > 0) {
    shell.name = operands[0]
    shell.positional = operands.slice(1)
  } else if (command !== undefined) {
    if (operands.length > 0) shell.name = operands[0]
    shell.positional = operands.slice(1)
  } else shell.positional = [...operands]
  if (/(^|\/)-?(sh|dash)$/.test(argv[0]) && shell.flavour === 'bash') shell.options.add('posix')
  try {
    if (!invocation.skipsStartUp) yield* startUp(shell, invocation)
    if (command !== undefined) yield* runWhole(shell, parse(command), { isLast: true })
    else if (!invocation.readsInput && operands.length > 0) {
      const script = yield* scriptOf(shell, operands[0])
      if (typeof script === 'number') return script
      yield* runWhole(shell, parse(script), { isLast: false })
    } else if (invocation.isInteractive) {
      return yield* interact(shell)
    } else yield* runInput(shell)
  } catch (error) {
    if (!(error instanceof Jumping)) throw error
    if ('status' in error.jump) shell.status = error.jump.status
  }
  return yield* runExitTrap(shell)
}

function importEnvironment(shell: Shell, argv: readonly string[]): void {
  const { process, variables } = shell
  for (const [name, value] of Object.entries(process.env)) {
    if (!/^[A-Za-z_]\w*$/.test(name)) continue
    variables.set(name, value)
    variables.declare(name).isExported = true
  }
  const set = (name: string, value: string) => {
    if (variables.get(name) === undefined) variables.set(name, value)
  }
  variables.set('IFS', ' \t\n')
  set('PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin')
  variables.set('OPTIND', '1')
  variables.set('PPID', String(process.parentPid))
  variables.declare('PPID').isReadonly = true
  variables.set('PWD', process.cwd)
  variables.declare('PWD').isExported = true
  if (shell.flavour === 'bash') variables.declare('OLDPWD').isExported = true
  if (!shell.isDash) {
    const level = Number(process.env.SHLVL ?? 0) || 0
    variables.set('SHLVL', String(level + 1))
    variables.declare('SHLVL').isExported = true
  }
  set('PS4', '+ ')
  if (shell.flavour === 'bash') {
    set('HOSTNAME', process.namespaces.uts.hostname)
    variables.set('UID', String(process.credentials.uid))
    variables.set('EUID', String(process.credentials.uid))
    for (const name of ['UID', 'EUID']) variables.declare(name).isReadonly = true
    variables.set('BASH', /bash$/.test(argv[0]) ? '/bin/bash' : '/bin/sh')
    variables.set('BASH_VERSION', '5.2.15(1)-release')
    const version = variables.makeArray('BASH_VERSINFO', 'indexed')
    version.indexed = ['5', '2', '15', '1', 'release', 'x86_64-pc-linux-gnu']
    variables.set('HOSTTYPE', 'x86_64')
    variables.set('MACHTYPE', 'x86_64-pc-linux-gnu')
    variables.set('OSTYPE', 'linux-gnu')
    set('TERM', 'dumb')
    const shellPath = process.files.exists('/etc/passwd')
      ? shell.passwords().find((entry) => Number(entry[2]) === process.credentials.uid)?.[6]
      : undefined
    set('SHELL', shellPath ?? '/bin/bash')
    const status = variables.makeArray('PIPESTATUS', 'indexed')
    status.indexed = ['0']
  }
  variables.attributesChanged()
}

const longOptions = new Set([
  'login',
  'norc',
  'noprofile',
  'posix',
  'noediting',
  'verbose',
  'restricted',
  'version',
  'help',
  'rcfile',
  'init-file',
  'debugger',
])

function* invoked(shell: Shell, argv: readonly string[]): Blocking<Invocation | number> {
  const args = argv.slice(1)
  let hasCommand = false
  let isForcedInteractive = false
  let isLogin = argv[0].startsWith('-')
  let readsInput = false
  let skipsStartUp = false
  let at = 0
  for (; at < args.length; at++) {
    const arg = args[at]
    if (arg === '--' || arg === '-') {
      at++
      break
    }
    if (arg.startsWith('--')) {
      const name = arg.slice(2)
      if (!longOptions.has(name)) {
        yield* shell.say(`${shell.name}: ${arg}: invalid option\n`)
        return 2
      }
      if (name === 'version') {
        yield* writeOut(
          shell,
          'GNU bash, version 5.2.15(1)-release (x86_64-pc-linux-gnu)\nCopyright (C) 2022 Free Software Foundation, Inc.\nLicense GPLv3+: GNU GPL version 3 or later <http://gnu.org/licenses/gpl.html>\n\nThis is free software; you are free to change and redistribute it.\nThere is NO WARRANTY, to the extent permitted by law.\n',
        )
        return 0
      }
      if (name === 'login') isLogin = true
      if (name === 'norc' || name === 'noprofile') skipsStartUp = true
      if (name === 'posix') shell.options.add('posix')
      if (name === 'rcfile' || name === 'init-file') at++
      continue
    }
    if (!/^[-+]./.test(arg)) break
    for (const letter of arg.slice(1)) {
      if (letter === 'c') hasCommand = true
      else if (letter === 'i') isForcedInteractive = true
      else if (letter === 'l') isLogin = true
      else if (letter === 's') readsInput = true
      else if (letter === 'o' || letter === 'O') {
        const name = args[++at] ?? ''
        if (letter === 'O') shell.shopts.set(name, arg.startsWith('-'))
        else if ((yield* applyOptions(shell, [shell.name, `${arg[0]}o`, name])) !== 0) return 2
      } else {
        const status = yield* applyOptions(shell, [shell.name, arg[0] + letter])
        if (status !== 0) return 2
      }
    }
  }
  const rest = args.slice(at)
  if (hasCommand && rest.length === 0) {
    yield* shell.say(
      shell.flavour === 'ash' ? `${shell.name}: -c requires an argument\n` : `${shell.name}: -c: option requires an argument\n`,
    )
    return 2
  }
  const isTerminal =
    shell.process.descriptors.get(0)?.file.kind === 'terminal' && shell.process.descriptors.get(2)?.file.kind === 'terminal'
  return {
    command: hasCommand ? rest[0] : undefined,
    operands: hasCommand ? rest.slice(1) : rest,
    isInteractive: isForcedInteractive || (!hasCommand && isTerminal && (readsInput || rest.length === 0)),
    isLogin,
    readsInput,
    skipsStartUp,
  }
}

function* writeOut(shell: Shell, text: string): Blocking<void> {
  const file = shell.process.file(1)
  file.write(new TextEncoder().encode(text))
  yield undefined
}

/** `/etc/profile` and `~/.profile` for login shells, `~/.bashrc` for interactive ones, `$ENV` and `$BASH_ENV` as bash has them. */
function* startUp(shell: Shell, { isInteractive, isLogin }: Invocation): Blocking<void> {
  const isSh = shell.flavour === 'ash' || shell.option('posix')
  const home = shell.home()
  const files: string[] = []
  if (isLogin) {
    files.push('/etc/profile')
    const own = isSh ? ['.profile'] : ['.bash_profile', '.bash_login', '.profile']
    const first = own.map((name) => `${home}/${name}`).find((path) => shell.process.files.exists(path))
    if (first) files.push(first)
  } else if (isInteractive && !isSh) files.push('/etc/bash.bashrc', `${home}/.bashrc`)
  else if (!isInteractive && !isSh && shell.parameter('BASH_ENV')) files.push(shell.parameter('BASH_ENV') ?? '')
  if (isInteractive && isSh && shell.parameter('ENV')) files.push(shell.parameter('ENV') ?? '')
  if (isInteractive) prepareInteractive(shell)
  for (const path of files) yield* sourceIfThere(shell, path)
}

function* sourceIfThere(shell: Shell, path: string): Blocking<void> {
  if (!shell.process.files.exists(shell.process.path(path))) return
  try {
    const text = textOf(shell.process.files.readFile(shell.process.path(path), shell.process.credentials))
    yield* sourced(shell, text, path, [])
  } catch (error) {
    if (error instanceof UnixError) yield* shell.complain(`${path}: ${error.words}`)
    else if (error instanceof Jumping && error.jump.jump === 'discard') shell.status = error.jump.status
    else throw error
  }
}

function prepareInteractive(shell: Shell): void {
  shell.isInteractive = true
  for (const name of ['monitor', 'history', 'histexpand', 'emacs'] as const) shell.options.add(name)
  shell.shopts.set('expand_aliases', true)
  const { handlers } = shell.process
  const handle = (signal: Parameters<typeof handlers.set>[0], what: NonNullable<ReturnType<typeof handlers.get>>) => {
    handlers.set(signal, what)
    shell.interactiveHandlers.set(signal, what)
  }
  for (const signal of ['TSTP', 'TTIN', 'TTOU', 'QUIT', 'TERM'] as const) handle(signal, 'ignore')
  handle('INT', () => {
    shell.wasInterrupted = true
  })
  handle('CHLD', () => undefined)
  handle('WINCH', () => {
    shell.wasResized = true
  })
  const { variables } = shell
  if (shell.flavour === 'bash') {
    if (variables.get('PS1') === undefined) variables.set('PS1', '\\s-\\v\\$ ')
    variables.set('HISTFILE', variables.get('HISTFILE') ?? `${shell.home()}/.bash_history`)
    variables.set('HISTSIZE', variables.get('HISTSIZE') ?? '500')
    variables.set('HISTFILESIZE', variables.get('HISTFILESIZE') ?? '500')
  } else if (variables.get('PS1') === undefined) variables.set('PS1', shell.isDash ? '\\$ ' : '\\w \\$ ')
  if (variables.get('PS2') === undefined) variables.set('PS2', '> ')
}

/** A whole text: what stands before a syntax error runs, then the error is told. */
function* runWhole(shell: Shell, parsed: Parsed, { isLast }: { isLast: boolean }): Blocking<void> {
  shell.source = parsed.source
  const statements = parsed.error
    ? parsed.statements.filter((statement) => statement.end > statement.pos && statement.end <= (parsed.error?.from ?? 0))
    : parsed.statements
  if (parsed.openHereDoc && !parsed.error && shell.flavour === 'bash')
    yield* shell.complain(
      `warning: here-document at line ${parsed.openHereDoc.line} delimited by end-of-file (wanted \`${parsed.openHereDoc.delimiter}')`,
    )
  let discardedLine = -1
  for (const [index, statement] of statements.entries()) {
    if (discardedLine !== -1 && parsed.source.text.lastIndexOf('\n', statement.pos) < discardedLine) continue
    try {
      yield* interpreter.statements(shell, [statement], { isLast: isLast && !parsed.error && index === statements.length - 1 })
    } catch (error) {
      if (!(error instanceof Jumping) || error.jump.jump !== 'discard') throw error
      shell.status = error.jump.status
      // For ash every such error is the end of a script.
      if (shell.flavour === 'ash') shell.status = 2
      if (shell.flavour === 'ash') return
      // What shares the line with the error is given up; the next line runs.
      discardedLine = statement.end
      shell.source = parsed.source
    }
  }
  if (!parsed.error) return
  const name = shell.isCommandString ? `${shell.name}: -c` : shell.name
  if (shell.flavour === 'ash') {
    const isAtEnd = parsed.error.messages[0].endsWith('end of file')
    shell.source = { text: '', firstLine: parsed.error.line - (isAtEnd ? 1 : 0) }
    yield* shell.complain(ashSyntaxError(parsed.error.messages[0]))
  } else for (const message of parsed.error.messages) yield* shell.say(`${name}: line ${parsed.error.line}: ${message}\n`)
  shell.status = 2
}

function* scriptOf(shell: Shell, path: string): Blocking<string | number> {
  const { process } = shell
  try {
    if (process.files.stat(process.path(path), process.credentials).kind === 'directory') {
      yield* shell.say(`${path}: ${path}: Is a directory\n`)
      return 126
    }
    const bytes = process.files.readFile(process.path(path), process.credentials)
    if (bytes.subarray(0, 80).includes(0)) {
      yield* shell.say(`${path}: ${path}: cannot execute binary file\n`)
      return 126
    }
    return textOf(bytes)
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    const name = shell.flavour === 'ash' ? 'sh' : 'bash'
    yield* shell.say(shell.flavour === 'ash' ? `${name}: can't open '${path}': ${error.words}\n` : `${name}: ${path}: ${error.words}\n`)
    return error.errno === 'ENOENT' ? (shell.flavour === 'ash' ? 2 : 127) : 126
  }
}

/** Commands from standard input, line by line, so that a command can read the lines behind it. */
function* runInput(shell: Shell): Blocking<void> {
  const file = shell.process.descriptors.get(0)?.file
  if (!file) return
  let pending = ''
  let firstLine = 1
  for (;;) {
    const line = yield* readLine(shell, file, {})
    if (!line.isComplete && line.text === '') {
      if (pending === '') return
      yield* runWhole(shell, parse(pending, firstLine), { isLast: false })
      return
    }
    pending += line.isComplete ? `${line.text}\n` : line.text
    if (line.isComplete && needsMore(pending)) continue
    const parsed = parse(pending, firstLine)
    firstLine += pending.split('\n').length - 1
    pending = ''
    yield* runWhole(shell, parsed, { isLast: false })
    if (parsed.error) return
  }
}
