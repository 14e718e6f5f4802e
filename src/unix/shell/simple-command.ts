/**
 * A simple command as it is written: alias, assignments before it, expansion of its words, redirections. What the words then stand for is
 * found in run-words.ts.
 */
import type { Assignment, Command, Redirection, Word } from 'unbash'
import { UnixError } from '../errors.ts'
import type { Blocking } from '../kernel/process.ts'
import { ArithmeticError } from './arithmetic.ts'
import { assign, declarationBuiltins, declare } from './builtins/declare.ts'
import { checkFailure, ended, refusedStatus, setSingleStatus } from './exit-status.ts'
import { expandToText, expandWords } from './expand.ts'
import { parse } from './parse.ts'
import { closeSubstitutions, substitutionsOpen } from './process-substitution.ts'
import { traceQuoted } from './quote.ts'
import { redirect, Saved } from './redirect.ts'
import { bashOnly, runWords } from './run-words.ts'
import { discardLine, type Shell } from './shell.ts'
import { trace } from './trace.ts'
import { ReadonlyVariable } from './variables.ts'
import { compiled } from './words.ts'

export function* simple(shell: Shell, node: Command, isLast: boolean): Blocking<number> {
  const name = node.name
  if (!name) return yield* assignments(shell, node)
  const alias =
    shell.aliases.size > 0 && (shell.shopt('expand_aliases') || shell.isInteractive || shell.wasInteractive || shell.flavour === 'ash')
      ? shell.aliases.get(name.text)
      : undefined
  if (alias !== undefined) return yield* aliased(shell, node, alias, isLast)
  shell.substitutionStatus = undefined
  const opened = substitutionsOpen(shell)
  const saved = new Saved(shell)
  let isPushed = false
  try {
    const literal = compiled(name).literal
    if (literal !== undefined && isDeclaration(shell, literal)) {
      for (const each of node.prefix) if (each.type === 'Assignment') yield* assign(shell, each)
      if (!(yield* redirect(shell, node.redirects, saved))) return yield* ended(shell, refusedStatus(shell))
      return yield* ended(shell, yield* declare(shell, literal, node.args))
    }
    const argv = literalWords(name, node.args) ?? (yield* argumentsOf(shell, name, node.args))
    if (argv.length === 0) return yield* assignments(shell, node)
    const before = node.prefix.length > 0 ? yield* valuesBefore(shell, node) : []
    if (before.length > 0 && keepsAssignments(shell, argv[0])) exportAll(shell, before)
    else if (before.length > 0) {
      shell.variables.pushCommand()
      isPushed = true
      for (const [key, value] of before) shell.variables.setForCommand(key, value)
    }
    if (shell.option('xtrace')) yield* trace(shell, argv.map(traceQuoted).join(' '))
    if (node.redirects.length > 0 && !(yield* redirect(shell, node.redirects, saved))) return yield* ended(shell, refusedStatus(shell))
    if (argv[0] === 'exec' && argv.length === 1 && !shell.functions.has('exec')) {
      saved.keep()
      setSingleStatus(shell, 0)
      return 0
    }
    shell.lastArgument = argv[argv.length - 1]
    return yield* ended(shell, yield* runWords(shell, argv, { isLast, node }))
  } catch (error) {
    if (!(error instanceof UnixError)) return yield* refusedAssignment(shell, error)
    // A builtin whose output nobody reads, or goes nowhere.
    yield* shell.complain(`${name.value}: write error: ${error.words}`)
    return yield* ended(shell, 1)
  } finally {
    if (isPushed) shell.variables.pop()
    saved.restore()
    closeSubstitutions(shell, opened)
  }
}

function isDeclaration(shell: Shell, name: string): boolean {
  return declarationBuiltins.has(name) && !shell.functions.has(name) && (shell.flavour === 'bash' || !bashOnly.has(name))
}

/** `A=1 command`: what the variables before the command shall be. */
function* valuesBefore(shell: Shell, node: Command): Blocking<[string, string][]> {
  const values: [string, string][] = []
  for (const each of node.prefix) {
    if (each.type !== 'Assignment') continue
    const value = each.value.type === 'Word' ? yield* expandToText(shell, each.value, { tilde: 'assignment' }) : ''
    values.push([each.name, each.append ? (shell.parameter(each.name) ?? '') + value : value])
  }
  if (shell.option('xtrace')) for (const [key, value] of values) yield* trace(shell, `${key}=${traceQuoted(value)}`)
  return values
}

function keepsAssignments(shell: Shell, name: string): boolean {
  return name === 'exec' || (shell.option('posix') && specialBuiltins.has(name))
}

function exportAll(shell: Shell, values: readonly (readonly [string, string])[]): void {
  for (const [key, value] of values) {
    shell.assign(key, value)
    shell.variables.declare(key).isExported = true
  }
  shell.variables.attributesChanged()
}

/** What an assignment could not do ends the line. */
function* refusedAssignment(shell: Shell, error: unknown): Blocking<never> {
  if (error instanceof ReadonlyVariable) {
    yield* shell.complain(`${error.name}: readonly variable`)
    shell.status = 1
    throw discardLine(1)
  }
  if (error instanceof ArithmeticError) {
    yield* shell.complain(error.message)
    throw discardLine(1)
  }
  throw error
}

/** Most commands of a loop need no expansion. */
function literalWords(name: Word, args: readonly (Word | Assignment)[]): string[] | undefined {
  const { literal } = compiled(name)
  if (literal === undefined) return undefined
  const words = [literal]
  for (const arg of args) {
    const next = arg.type === 'Word' ? compiled(arg).literal : undefined
    if (next === undefined) return undefined
    words.push(next)
  }
  return words
}

/** The parser gives `alias x=y` and the like assignments; for a command they are words. */
function* argumentsOf(shell: Shell, name: Word, args: readonly (Word | Assignment)[]): Blocking<string[]> {
  if (args.every((arg) => arg.type === 'Word')) return yield* expandWords(shell, [name, ...args])
  const argv = yield* expandWords(shell, [name])
  for (const arg of args) {
    if (arg.type === 'Word') argv.push(...(yield* expandWords(shell, [arg])))
    else if (arg.value.type === 'ArrayValue') argv.push(arg.text)
    else argv.push(arg.text.slice(0, arg.value.pos - arg.pos) + (yield* expandToText(shell, arg.value, { tilde: 'assignment' })))
  }
  return argv
}

const specialBuiltins = new Set([
  'break',
  ':',
  'continue',
  '.',
  'eval',
  'exec',
  'exit',
  'export',
  'readonly',
  'return',
  'set',
  'shift',
  'times',
  'trap',
  'unset',
])

/** A command without a name: its assignments stay. */
function* assignments(shell: Shell, node: Command): Blocking<number> {
  shell.substitutionStatus = undefined
  const opened = substitutionsOpen(shell)
  const saved = new Saved(shell)
  try {
    for (const each of node.prefix) {
      if (each.type !== 'Assignment') continue
      yield* assign(shell, each)
      if (shell.option('xtrace'))
        yield* trace(
          shell,
          each.value.type === 'Word' ? `${each.name}${each.append ? '+' : ''}=${traceQuoted(shell.parameter(each.name) ?? '')}` : each.text,
        )
    }
    const isRedirected = node.redirects.length === 0 || (yield* redirect(shell, node.redirects, saved))
    setSingleStatus(shell, isRedirected ? (shell.substitutionStatus ?? 0) : 1)
  } catch (error) {
    return yield* refusedAssignment(shell, error)
  } finally {
    saved.restore()
    closeSubstitutions(shell, opened)
  }
  yield* checkFailure(shell)
  return shell.status
}

/** Puts the alias's words in place of the name. An alias that is more than one simple command is expanded as text. */
function* aliased(shell: Shell, node: Command, alias: string, isLast: boolean): Blocking<number> {
  const name = node.name?.text ?? ''
  const parsed = parse(alias)
  const only = parsed.statements.length === 1 ? parsed.statements[0] : undefined
  const { aliases } = shell
  // An alias is not expanded within itself: `alias ls='ls --color'`.
  shell.aliases = new Map([...aliases].filter(([each]) => each !== name))
  try {
    if (!parsed.error && only && !only.background && only.command.type === 'Command' && only.command.name) {
      const { command: inner } = only
      const merged = mergedCommand(inner, node)
      return yield* simple(shell, merged, isLast)
    }
    return yield* shell.interpreter.text(shell, `${alias} ${shell.source.text.slice(node.name?.end ?? node.end, node.end)}`, { isLast })
  } finally {
    for (const [key, value] of aliases) if (key === name) shell.aliases.set(key, value)
  }
}

function mergedCommand(inner: Command, node: Command): Command {
  const suffix = [...inner.suffix, ...node.suffix]
  const prefix = [...node.prefix, ...inner.prefix]
  const isRedirection = (each: { type: string }): each is Redirection =>
    each.type === 'Redirect' || each.type === 'HereDoc' || each.type === 'HereString'
  return {
    type: 'Command',
    pos: node.pos,
    end: node.end,
    name: inner.name,
    prefix,
    suffix,
    args: suffix.filter((each): each is Word | Assignment => !isRedirection(each)),
    redirects: [...prefix, ...suffix].filter(isRedirection),
  }
}
