/** Builtins that tell: `type`, `command`, `builtin`, `help`, `times`, `caller`, `enable`. */
import { executable, found } from '../../kernel/execute.ts'
import { UnixError } from '../../errors.ts'
import { exitShell, type Shell } from '../shell.ts'
import { keywords as keywordList } from '../completion-spec.ts'
import { type Builtin, options, print } from './builtin.ts'
import { functionText } from './declare.ts'

const keywords = new Set(keywordList)

function pathsOf(shell: Shell, name: string): string[] {
  if (name.includes('/')) {
    try {
      executable(shell.process, name, [name])
      return [name]
    } catch (error) {
      if (!(error instanceof UnixError)) throw error
      return error.errno === 'ENOEXEC' ? [name] : []
    }
  }
  const paths: string[] = []
  for (const folder of (shell.variables.get('PATH') ?? '').split(':')) {
    const path = found(shell.process, name, folder)
    if (path !== undefined) paths.push(path)
  }
  return paths
}

export function typeWith(builtinNames: () => ReadonlySet<string>): Builtin {
  return function* (shell, argv) {
    const parsed = yield* options(shell, argv, 'afptP', 'type [-afptP] name [name ...]')
    if (!parsed) return 2
    const { letters, operands } = parsed
    let status = 0
    for (const name of operands) {
      const lines: string[] = []
      const kind = letters.has('t')
      const wantsPath = letters.has('p') || letters.has('P')
      const alias = shell.aliases.get(name)
      if (!letters.has('P')) {
        if (alias !== undefined) lines.push(kind ? 'alias' : wantsPath ? '' : `${name} is aliased to \`${alias}'`)
        if (keywords.has(name)) lines.push(kind ? 'keyword' : wantsPath ? '' : `${name} is a shell keyword`)
        if (shell.functions.has(name) && !letters.has('f'))
          lines.push(kind ? 'function' : wantsPath ? '' : `${name} is a function\n${functionText(shell, name).trimEnd()}`)
        if (builtinNames().has(name) && !shell.disabledBuiltins.has(name))
          lines.push(kind ? 'builtin' : wantsPath ? '' : `${name} is a shell builtin`)
      }
      const hashed = shell.hashed.get(name)
      const paths = hashed && !letters.has('a') ? [hashed.path] : pathsOf(shell, name)
      for (const path of paths)
        lines.push(kind ? 'file' : wantsPath ? path : hashed && !letters.has('a') ? `${name} is hashed (${path})` : `${name} is ${path}`)
      if (lines.length === 0) {
        if (!kind && !wantsPath) yield* shell.complain(shell.flavour === 'ash' ? `${name}: not found` : `type: ${name}: not found`)
        status = 1
      } else for (const line of letters.has('a') ? lines : lines.slice(0, 1)) if (line !== '') yield* print(shell, `${line}\n`)
    }
    return status
  }
}

export function commandWith(builtinNames: () => ReadonlySet<string>): Builtin {
  return function* (shell, argv) {
    const parsed = yield* options(shell, argv, 'pVv', 'command [-pVv] command [arg ...]')
    if (!parsed) return 2
    const { letters, operands } = parsed
    if (operands.length === 0) return 0
    if (letters.has('V')) {
      const type = typeWith(builtinNames)
      return yield* type(shell, ['type', ...operands])
    }
    if (!letters.has('v')) return yield* shell.interpreter.words(shell, operands, { skipFunctions: true })
    let status = 0
    for (const name of operands) {
      const alias = shell.aliases.get(name)
      if (alias !== undefined) yield* print(shell, `alias ${name}='${alias}'\n`)
      else if (keywords.has(name) || shell.functions.has(name) || (builtinNames().has(name) && !shell.disabledBuiltins.has(name)))
        yield* print(shell, `${name}\n`)
      else {
        const [path] = pathsOf(shell, name)
        if (path !== undefined) yield* print(shell, `${path}\n`)
        else status = shell.flavour === 'ash' ? 127 : 1
      }
    }
    return status
  }
}

export function builtinWith(builtins: () => ReadonlyMap<string, Builtin>): Builtin {
  return function* (shell, argv) {
    if (argv.length === 1) return 0
    const found = builtins().get(argv[1])
    if (found) return yield* found(shell, argv.slice(1))
    yield* shell.complain(`builtin: ${argv[1]}: not a shell builtin`)
    return 1
  }
}

export const times: Builtin = function* (shell) {
  const format = (ms: number) => `${Math.floor(ms / 60_000)}m${((ms % 60_000) / 1000).toFixed(3)}s`
  yield* print(shell, `${format(shell.process.cpuMs)} ${format(0)}\n${format(0)} ${format(0)}\n`)
  return 0
}

export const caller: Builtin = function* (shell, argv) {
  const level = Number(argv[1] ?? 0)
  const frame = shell.frames[shell.frames.length - 1 - level]
  if (!frame) return 1
  const outer = shell.frames[shell.frames.length - 2 - level]
  yield* print(shell, argv[1] === undefined ? `${frame.line} ${shell.name}\n` : `${frame.line} ${outer?.name ?? 'main'} ${shell.name}\n`)
  return 0
}

export const logout: Builtin = function* (shell) {
  if (!shell.isLogin) {
    yield* shell.complain("logout: not login shell: use `exit'")
    return 1
  }
  throw exitShell(shell.status)
}

export function helpWith(builtinNames: () => ReadonlySet<string>): Builtin {
  return function* (shell, argv) {
    if (argv[1] !== undefined) {
      if (builtinNames().has(argv[1]))
        yield* print(shell, `${argv[1]}: ${argv[1]}\n    A shell builtin. The manual page of bash describes it.\n`)
      else {
        yield* shell.complain(`help: no help topics match \`${argv[1]}'.  Try \`help help' or \`man -k ${argv[1]}' or \`info ${argv[1]}'.`)
        return 1
      }
      return 0
    }
    yield* print(
      shell,
      `GNU bash, version 5.2.15(1)-release (x86_64-pc-linux-gnu)\nThese shell commands are defined internally.  Type \`help' to see this list.\n\n${[
        ...builtinNames(),
      ]
        .sort()
        .map((name) => ` ${name}`)
        .join('\n')}\n`,
    )
    return 0
  }
}

/** `enable -n name` makes a program of that name reachable again; without names the builtins are listed. */
export function enableWith(builtinNames: () => ReadonlySet<string>): Builtin {
  return function* (shell, argv) {
    const parsed = yield* options(shell, argv, 'adnpsf:', 'enable [-a] [-dnps] [-f filename] [name ...]')
    if (!parsed) return 2
    const { letters, operands } = parsed
    if (letters.has('f') || letters.has('d')) {
      yield* shell.complain('enable: dynamic loading not available')
      return 1
    }
    if (operands.length === 0) {
      for (const name of [...builtinNames()].sort()) {
        const isOff = shell.disabledBuiltins.has(name)
        if (letters.has('a') || isOff === letters.has('n')) yield* print(shell, `enable ${isOff ? '-n ' : ''}${name}\n`)
      }
      return 0
    }
    let status = 0
    for (const name of operands) {
      if (!builtinNames().has(name)) {
        yield* shell.complain(`enable: ${name}: not a shell builtin`)
        status = 1
      } else if (letters.has('n')) shell.disabledBuiltins.add(name)
      else shell.disabledBuiltins.delete(name)
    }
    return status
  }
}

/** Keys cannot be bound anew here, and that is said; without a terminal bash has none to bind. */
export const bind: Builtin = function* (shell) {
  if (!shell.isInteractive) {
    yield* shell.complain('bind: warning: line editing not enabled')
    return 0
  }
  yield* shell.complain('bind: changing what keys do is not simulated')
  return 1
}
