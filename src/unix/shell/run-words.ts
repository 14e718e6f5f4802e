/**
 * Expanded words as a command: a function, a builtin, or a program found on PATH, which becomes a child or, where nothing comes after it,
 * takes the shell's place.
 */
import { UnixError } from '../errors.ts'
import { executable, found } from '../kernel/execute.ts'
import { type Blocking, Exit, type Process, type Program } from '../kernel/process.ts'
import { builtins } from './builtins/index.ts'
import { afterKilled, sourceText, stopped } from './exit-status.ts'
import { inherited, inheritSignals } from './fork.ts'
import { inFront, statusOf } from './jobs.ts'
import { discardLine, Jumping, type Shell } from './shell.ts'
import { runTrap } from './traps.ts'

export interface RunOptions {
  /** Nothing comes after it in this process. */
  readonly isLast?: boolean
}

interface WordsOptions extends RunOptions {
  readonly skipFunctions?: boolean
  readonly node?: { pos: number; end: number }
}

export function runWords(shell: Shell, argv: readonly string[], options: WordsOptions = {}): Blocking<number> {
  const [name] = argv
  if (!options.skipFunctions && shell.functions.has(name)) return callFunction(shell, argv)
  const builtin = builtins.get(name)
  if (
    builtin &&
    !shell.disabledBuiltins.has(name) &&
    (shell.flavour === 'bash' || !(bashOnly.has(name) || (shell.isDash && notInDash.has(name))))
  )
    return builtin(shell, argv)
  return external(shell, argv, options)
}

const notInDash = new Set(['source', 'let', 'help', 'history', 'builtin', 'logout'])

/** Builtins that busybox's ash does not have. */
export const bashOnly = new Set([
  'mapfile',
  'readarray',
  'shopt',
  'declare',
  'typeset',
  'pushd',
  'popd',
  'dirs',
  'disown',
  'compgen',
  'complete',
  'compopt',
  'caller',
  'enable',
  'fc',
  'bind',
  'suspend',
  'logout',
])

function* callFunction(shell: Shell, argv: readonly string[]): Blocking<number> {
  const target = shell.functions.get(argv[0])
  if (!target) return 127
  if (shell.frames.length > 300) {
    yield* shell.complain(`${argv[0]}: maximum function nesting level exceeded (300)`)
    throw discardLine(1)
  }
  const { positional, source, position, frames, loopDepth } = shell
  const line = shell.line
  // A function does not inherit the RETURN trap, but one it sets itself runs.
  const returnTrapBefore = shell.traps.get('RETURN')
  shell.frames = [...frames, { name: argv[0], line, file: target.file }]
  shell.positional = argv.slice(1)
  shell.source = target.source
  shell.loopDepth = 0
  shell.variables.pushFunction()
  try {
    const { body } = target.node
    if (body.type === 'CompoundList') return yield* shell.interpreter.statements(shell, body.commands)
    return yield* shell.interpreter.command(shell, body, false)
  } catch (error) {
    if (error instanceof Jumping && error.jump.jump === 'return') return error.jump.status
    throw error
  } finally {
    const returnTrap = shell.traps.get('RETURN')
    shell.variables.pop()
    shell.frames = frames
    shell.positional = positional
    shell.source = source
    shell.position = position
    shell.loopDepth = loopDepth
    if (returnTrap && (shell.option('functrace') || returnTrap !== returnTrapBefore)) yield* runTrap(shell, 'RETURN')
  }
}

interface Located {
  readonly path: string
  readonly program: Program
  readonly argv: readonly string[]
}

/** The program that a name stands for, or the status after saying why there is none. */
function* located(shell: Shell, argv: readonly string[]): Blocking<Located | number> {
  const { process } = shell
  const [name] = argv
  const isPath = name.includes('/')
  const path = isPath ? name : pathOf(shell, name)
  if (path === undefined || name === '') {
    if (shell.functions.has('command_not_found_handle')) return yield* callFunction(shell, ['command_not_found_handle', ...argv])
    yield* shell.complain(shell.flavour === 'ash' ? `${name}: not found` : `${name}: command not found`)
    return 127
  }
  try {
    return { path, ...executable(process, path, argv) }
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    if (error.errno === 'ENOEXEC')
      return { path, program: (own) => shell.hooks.script(own, path, argv), argv: [name, path, ...argv.slice(1)] }
    if (error.errno === 'ENOENT' || error.errno === 'ENOTDIR') {
      const interpreterName = interpreterOf(process, path)
      if (shell.flavour === 'ash') yield* shell.complain(`${name}: not found`)
      else if (interpreterName) yield* shell.complain(`${name}: cannot execute: required file not found`)
      else yield* shell.complain(`${name}: ${error.words}`)
      return 127
    }
    yield* shell.complain(`${name}: ${isDirectory(process, path) && !shell.isDash ? 'Is a directory' : error.words}`)
    return 126
  }
}

function interpreterOf(process: Process, path: string): boolean {
  try {
    return process.files.stat(process.path(path), process.credentials).kind === 'file'
  } catch (error) {
    if (error instanceof UnixError) return false
    throw error
  }
}

function isDirectory(process: Process, path: string): boolean {
  try {
    return process.files.stat(process.path(path), process.credentials).kind === 'directory'
  } catch (error) {
    if (error instanceof UnixError) return false
    throw error
  }
}

/** Looks a name up on PATH; remembers where it was, as `hash` shows. */
function pathOf(shell: Shell, name: string): string | undefined {
  const list = shell.variables.get('PATH') ?? '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
  if (shell.hashedFor !== list) shell.hashed.clear()
  shell.hashedFor = list
  const known = shell.hashed.get(name)
  if (known) {
    if (shell.process.files.exists(shell.process.path(known.path))) {
      known.hits++
      return known.path
    }
    shell.hashed.delete(name)
  }
  const path = found(shell.process, name, list)
  if (path !== undefined && shell.option('hashall')) shell.hashed.set(name, { path, hits: 1 })
  return path
}

function* external(shell: Shell, argv: readonly string[], { isLast = false, node }: WordsOptions): Blocking<number> {
  const what = yield* located(shell, argv)
  if (typeof what === 'number') return what
  const { process } = shell
  const env = shell.variables.environment()
  if (isLast && !shell.isInteractive && !hasOwnTraps(shell)) return yield* replace(shell, what, env)
  let child: Process
  try {
    child = process.kernel.spawn({
      program: what.program,
      argv: what.argv,
      env,
      cwd: process.cwd,
      namespaces: process.namespaces,
      credentials: process.credentials,
      cgroup: process.cgroup,
      terminal: process.terminal,
      descriptors: inherited(shell, process.descriptors),
      parent: process,
    })
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    yield* shell.complain(`fork: retry: ${error.words}`)
    return 254
  }
  if (shell.flavour === 'bash') child.env._ = what.path
  inheritSignals(shell, child)
  const hasJobs = shell.option('monitor')
  if (hasJobs) child.group = child.hostPid
  const group = hasJobs ? child.group : undefined
  const commandText = () => (node ? sourceText(shell, node) : argv.join(' '))
  if ((yield* inFront(shell, [child], group)) === 'stopped') return yield* stopped(shell, [child], commandText(), group)
  shell.status = statusOf(child)
  if (child.killedBy) yield* afterKilled(shell, [child], commandText())
  return shell.status
}

function hasOwnTraps(shell: Shell): boolean {
  for (const action of shell.traps.values()) if (action !== '') return true
  return false
}

/** The process goes on as that program. */
function* replace(shell: Shell, what: Located, env: Readonly<Record<string, string>>): Blocking<number> {
  const { process } = shell
  // bash counts itself out before another program takes its place.
  const counted: Record<string, string> = env.SHLVL && !shell.isStage ? { SHLVL: String(Number(env.SHLVL) - 1) } : {}
  process.env = shell.flavour === 'bash' ? { ...env, ...counted, _: what.path } : { ...env }
  for (const saved of [...shell.saved]) saved.keep()
  process.kernel.exec(process, what.program, what.argv)
  yield undefined
  throw new Exit(0)
}

export function* exec(
  shell: Shell,
  argv: readonly string[],
  { argv0, env }: { argv0?: string; env?: Readonly<Record<string, string>> },
): Blocking<number> {
  const what = yield* located(shell, argv)
  if (typeof what === 'number') return what
  return yield* replace(
    shell,
    argv0 === undefined ? what : { path: what.path, program: what.program, argv: [argv0, ...what.argv.slice(1)] },
    env ?? shell.variables.environment(),
  )
}
