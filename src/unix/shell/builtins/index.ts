/** Builtins by name. */
import type { Builtin } from './builtin.ts'
import { compgenWith, complete, compopt } from './complete.ts'
import { breakLoop, colon, continueLoop, evalBuiltin, exec, exit, falseBuiltin, returnBuiltin, source, trap } from './control.ts'
import { declarationBuiltins, declare } from './declare.ts'
import { cd, dirs, popd, pushd, pwd } from './directories.ts'
import { fc, history } from './history.ts'
import { bind, builtinWith, caller, commandWith, enableWith, helpWith, logout, times, typeWith } from './info.ts'
import { bg, disown, fg, jobs, kill, wait } from './jobs.ts'
import { echo, printf } from './output.ts'
import { mapfile, read } from './read.ts'
import { alias, getopts, hash, letBuiltin, set, shift, shopt, ulimit, umask, unalias, unset } from './state.ts'
import { test } from './test.ts'
import { parse } from '../parse.ts'

const names = () => builtinNames
const all = () => builtins

/** `command declare x=1`, `builtin local y=2`: the words come expanded, so they are read as a command line again. */
const declared = (name: string): Builtin =>
  function* (shell, argv) {
    const { statements } = parse(
      `${name} ${argv
        .slice(1)
        .map((arg) => `'${arg.replaceAll("'", "'\\''")}'`)
        .join(' ')}`,
    )
    const command = statements[0]?.command
    return command?.type === 'Command' ? yield* declare(shell, name, command.args) : 0
  }

export const builtins: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  [':', colon],
  ['true', colon],
  ['false', falseBuiltin],
  ['echo', echo],
  ['printf', printf],
  ['test', test],
  ['[', test],
  ['cd', cd],
  ['pwd', pwd],
  ['pushd', pushd],
  ['popd', popd],
  ['dirs', dirs],
  ['exit', exit],
  ['logout', logout],
  ['return', returnBuiltin],
  ['break', breakLoop],
  ['continue', continueLoop],
  ['eval', evalBuiltin],
  ['source', source],
  ['.', source],
  ['exec', exec],
  ['trap', trap],
  ['set', set],
  ['shopt', shopt],
  ['unset', unset],
  ['shift', shift],
  ['let', letBuiltin],
  ['getopts', getopts],
  ['alias', alias],
  ['unalias', unalias],
  ['umask', umask],
  ['ulimit', ulimit],
  ['hash', hash],
  ['read', read],
  ['mapfile', mapfile],
  ['readarray', mapfile],
  ['type', typeWith(names)],
  ['command', commandWith(names)],
  ['builtin', builtinWith(all)],
  ['help', helpWith(names)],
  ['history', history],
  ['times', times],
  ['caller', caller],
  ['jobs', jobs],
  ['fg', fg],
  ['bg', bg],
  ['wait', wait],
  ['kill', kill],
  ['disown', disown],
  ['bind', bind],
  ['complete', complete],
  ['compgen', compgenWith(names)],
  ['compopt', compopt],
  ['enable', enableWith(names)],
  ['fc', fc],
  ...[...declarationBuiltins].map((name) => [name, declared(name)] as const),
])

const builtinNames: ReadonlySet<string> = new Set(builtins.keys())
