/** Builtins that change the shell's own state: `set`, `shopt`, `unset`, `shift`, `getopts`, `let`, `alias`, `umask`, `ulimit`, `hash`. */
import { hasCapability } from '../../kernel/capabilities.ts'
import { type LimitName, limitOf, limitText } from '../../kernel/limits.ts'
import { ArithmeticError } from '../arithmetic.ts'
import { shellQuoted } from '../quote.ts'
import { optionLetters, type SetOption, setOptionNames, type Shell } from '../shell.ts'
import { ReadonlyVariable } from '../variables.ts'
import { found } from '../../kernel/execute.ts'
import type { Blocking } from '../../kernel/process.ts'
import { type Builtin, options, print } from './builtin.ts'

export const set: Builtin = function* (shell, argv) {
  if (argv.length === 1) {
    for (const name of shell.variables.names()) {
      const variable = shell.variables.find(name)
      if (!variable) continue
      if (variable.indexed || variable.associative) {
        const members = shell.variables.keys(name).map((key) => `[${key}]="${shell.variables.element(name, key)}"`)
        yield* print(shell, `${name}=(${members.join(' ')}${variable.associative && members.length > 0 ? ' ' : ''})\n`)
      } else if (variable.value !== undefined)
        yield* print(shell, `${name}=${/^[\w./:@%+,-]*$/.test(variable.value) ? variable.value : shellQuoted(variable.value)}\n`)
    }
    return 0
  }
  return yield* applyOptions(shell, argv)
}

/** Options of `set` and of the shell's own command line; answers a status. Operands become the positional parameters. */
export function* applyOptions(shell: Shell, argv: readonly string[]): Blocking<number> {
  let at = 1
  for (; at < argv.length; at++) {
    const arg = argv[at]
    if (arg === '--') {
      shell.positional = argv.slice(at + 1)
      return 0
    }
    if (arg === '-') {
      shell.options.delete('xtrace')
      shell.options.delete('verbose')
      if (at + 1 < argv.length) shell.positional = argv.slice(at + 1)
      return 0
    }
    if (!/^[-+]./.test(arg)) break
    const isOn = arg.startsWith('-')
    for (const letter of arg.slice(1)) {
      if (letter === 'o') {
        const name = argv[at + 1]
        if (name === undefined) {
          yield* listOptions(shell, isOn)
          continue
        }
        at++
        const known = setOptionNames.find((each) => each === name)
        if (!known) {
          yield* shell.complain(`${argv[0]}: ${name}: invalid option name`)
          return 2
        }
        change(shell, known, isOn)
        continue
      }
      const name = optionLetters[letter]
      if (!name) {
        yield* shell.complain(`${argv[0]}: ${arg[0]}${letter}: invalid option`)
        yield* shell.say(`${argv[0]}: usage: set [-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]\n`)
        return 2
      }
      change(shell, name, isOn)
    }
  }
  if (at < argv.length) shell.positional = argv.slice(at)
  return 0
}

function change(shell: Shell, name: SetOption, isOn: boolean): void {
  if (isOn) shell.options.add(name)
  else shell.options.delete(name)
}

function* listOptions(shell: Shell, isTable: boolean): Blocking<void> {
  for (const name of setOptionNames) {
    yield* print(
      shell,
      isTable ? `${name.padEnd(15)}\t${shell.option(name) ? 'on' : 'off'}\n` : `set ${shell.option(name) ? '-' : '+'}o ${name}\n`,
    )
  }
}

const shoptDefaults: Readonly<Record<string, boolean>> = {
  autocd: false,
  assoc_expand_once: false,
  cdable_vars: false,
  cdspell: false,
  checkhash: false,
  checkjobs: false,
  checkwinsize: true,
  cmdhist: true,
  compat31: false,
  compat32: false,
  compat40: false,
  compat41: false,
  compat42: false,
  compat43: false,
  compat44: false,
  complete_fullquote: true,
  direxpand: false,
  dirspell: false,
  dotglob: false,
  execfail: false,
  expand_aliases: false,
  extdebug: false,
  extglob: false,
  extquote: true,
  failglob: false,
  force_fignore: true,
  globasciiranges: true,
  globskipdots: true,
  globstar: false,
  gnu_errfmt: false,
  histappend: false,
  histreedit: false,
  histverify: false,
  hostcomplete: true,
  huponexit: false,
  inherit_errexit: false,
  interactive_comments: true,
  lastpipe: false,
  lithist: false,
  localvar_inherit: false,
  localvar_unset: false,
  login_shell: false,
  mailwarn: false,
  no_empty_cmd_completion: false,
  nocaseglob: false,
  nocasematch: false,
  noexpand_translation: false,
  nullglob: false,
  patsub_replacement: true,
  progcomp: true,
  progcomp_alias: false,
  promptvars: true,
  restricted_shell: false,
  shift_verbose: false,
  sourcepath: true,
  varredir_close: false,
  xpg_echo: false,
}

export const shopt: Builtin = function* (shell, argv) {
  const parsed = yield* options(shell, argv, 'opqsu', 'shopt [-pqsu] [-o] [optname ...]')
  if (!parsed) return 2
  const { letters, operands } = parsed
  if (letters.has('o')) return yield* set(shell, ['set', letters.has('u') ? '+o' : '-o', ...operands.slice(0, 1)])
  const value = (name: string) => shell.shopts.get(name) ?? shoptDefaults[name]
  let status = 0
  const names =
    operands.length > 0
      ? operands
      : Object.keys(shoptDefaults).filter((name) => (letters.has('s') ? value(name) : letters.has('u') ? !value(name) : true))
  for (const name of names) {
    if (!(name in shoptDefaults)) {
      yield* shell.complain(`shopt: ${name}: invalid shell option name`)
      status = 1
    } else if (operands.length > 0 && (letters.has('s') || letters.has('u'))) shell.shopts.set(name, letters.has('s'))
    else {
      if (!value(name) && operands.length > 0) status = 1
      if (!letters.has('q'))
        yield* print(
          shell,
          letters.has('p') ? `shopt -${value(name) ? 's' : 'u'} ${name}\n` : `${name.padEnd(15)}\t${value(name) ? 'on' : 'off'}\n`,
        )
    }
  }
  return status
}

export const unset: Builtin = function* (shell, argv) {
  const parsed = yield* options(shell, argv, 'fnv', 'unset [-f] [-v] [-n] [name ...]')
  if (!parsed) return 2
  const { letters, operands } = parsed
  let status = 0
  for (const name of operands) {
    if (letters.has('f')) {
      shell.functions.delete(name)
      continue
    }
    try {
      const element = /^([A-Za-z_]\w*)\[(.*)\]$/s.exec(name)
      if (element) {
        const isAssociative = shell.variables.find(shell.variables.resolve(element[1]))?.associative !== undefined
        if ((element[2] === '@' || element[2] === '*') && !isAssociative) shell.variables.unset(element[1])
        else
          shell.variables.unsetElement(
            element[1],
            isAssociative ? element[2].replace(/^(['"])(.*)\1$/, '$2') : String(shell.arithmetic(element[2])),
          )
        continue
      }
      if (!/^[A-Za-z_]\w*$/.test(name)) {
        // Without -v it may be a function's name, which can be anything.
        if (!shell.functions.delete(name) && letters.has('v')) {
          yield* shell.complain(`unset: \`${name}': not a valid identifier`)
          status = 1
        }
        continue
      }
      if (!shell.variables.unset(letters.has('n') ? name : shell.variables.resolve(name)) && !letters.has('v')) shell.functions.delete(name)
    } catch (error) {
      if (!(error instanceof ReadonlyVariable)) throw error
      yield* shell.complain(`unset: ${name}: cannot unset: readonly variable`)
      status = 1
    }
  }
  return status
}

export const shift: Builtin = function* (shell, argv) {
  if (argv[1] !== undefined && !/^-?\d+$/.test(argv[1])) {
    yield* shell.complain(`shift: ${argv[1]}: numeric argument required`)
    return 1
  }
  const count = Number(argv[1] ?? 1)
  if (count < 0) {
    yield* shell.complain(`shift: ${argv[1]}: shift count out of range`)
    return 1
  }
  if (count > shell.positional.length) return 1
  shell.positional = shell.positional.slice(count)
  return 0
}

export const letBuiltin: Builtin = function* (shell, argv) {
  if (argv.length === 1) {
    yield* shell.complain('let: expression expected')
    return 1
  }
  let value: number | bigint = 0
  for (const expression of argv.slice(1)) {
    try {
      value = shell.arithmetic(expression)
    } catch (error) {
      if (!(error instanceof ArithmeticError)) throw error
      yield* shell.complain(`let: ${error.message}`)
      return 1
    }
  }
  return value == 0 ? 1 : 0
}

export const getopts: Builtin = function* (shell, argv) {
  const [, spec, name] = argv
  if (spec === undefined || name === undefined) {
    yield* shell.say(`${shell.prefix.replace(/: $/, '')}: getopts: usage: getopts optstring name [arg ...]\n`)
    return 2
  }
  const args = argv.length > 3 ? argv.slice(3) : shell.positional
  const isSilent = spec.startsWith(':')
  let index = Number(shell.parameter('OPTIND') ?? 1)
  const finish = () => {
    const { getoptsAt } = shell
    shell.assign('OPTIND', String(index))
    shell.getoptsAt = getoptsAt
  }
  const arg = args[index - 1]
  if (shell.getoptsAt === 0 && (arg === undefined || !arg.startsWith('-') || arg === '-' || arg === '--')) {
    if (arg === '--') index++
    shell.assign(name, '?')
    finish()
    return 1
  }
  const at = shell.getoptsAt || 1
  const letter = arg[at]
  const where = letter === ':' ? -1 : spec.indexOf(letter, isSilent ? 1 : 0)
  const isLastLetter = at + 1 >= arg.length
  const advance = () => {
    shell.getoptsAt = isLastLetter ? 0 : at + 1
    if (isLastLetter) index++
  }
  shell.variables.unset('OPTARG')
  if (where === -1) {
    advance()
    shell.assign(name, '?')
    if (isSilent) shell.assign('OPTARG', letter)
    else if (shell.parameter('OPTERR') !== '0') yield* shell.say(`${shell.name}: illegal option -- ${letter}\n`)
    finish()
    return 0
  }
  if (spec[where + 1] !== ':') {
    advance()
    shell.assign(name, letter)
    finish()
    return 0
  }
  const value = isLastLetter ? args[index] : arg.slice(at + 1)
  index += isLastLetter ? 2 : 1
  shell.getoptsAt = 0
  if (value === undefined) {
    index = args.length + 1
    shell.assign(name, isSilent ? ':' : '?')
    if (isSilent) shell.assign('OPTARG', letter)
    else yield* shell.say(`${shell.name}: option requires an argument -- ${letter}\n`)
  } else {
    shell.assign(name, letter)
    shell.assign('OPTARG', value)
  }
  finish()
  return 0
}

export const alias: Builtin = function* (shell, argv) {
  const names = argv.slice(1).filter((arg) => arg !== '-p')
  const line = (name: string) => `${shell.flavour === 'ash' ? '' : 'alias '}${name}=${shellQuoted(shell.aliases.get(name) ?? '')}\n`
  if (names.length === 0) for (const name of [...shell.aliases.keys()].sort()) yield* print(shell, line(name))
  let status = 0
  for (const each of names) {
    const at = each.indexOf('=')
    if (at > 0) shell.aliases.set(each.slice(0, at), each.slice(at + 1))
    else if (shell.aliases.has(each)) yield* print(shell, line(each))
    else {
      yield* shell.complain(`alias: ${each}: not found`)
      status = 1
    }
  }
  return status
}

export const unalias: Builtin = function* (shell, argv) {
  if (argv[1] === '-a') {
    shell.aliases.clear()
    return 0
  }
  let status = 0
  for (const name of argv.slice(1)) {
    if (shell.aliases.delete(name)) continue
    yield* shell.complain(`unalias: ${name}: not found`)
    status = 1
  }
  return status
}

export const umask: Builtin = function* (shell, argv) {
  const parsed = yield* options(shell, argv, 'Sp', 'umask [-p] [-S] [mode]')
  if (!parsed) return 2
  const { letters, operands } = parsed
  const [mode] = operands
  const { process } = shell
  if (mode === undefined) {
    const octal = process.umask.toString(8).padStart(4, '0')
    yield* print(shell, letters.has('S') ? `${symbolic(process.umask)}\n` : letters.has('p') ? `umask ${octal}\n` : `${octal}\n`)
    return 0
  }
  if (/^[0-7]+$/.test(mode)) {
    process.umask = Number.parseInt(mode, 8) & 0o777
    return 0
  }
  const allowed = changedMode(~process.umask & 0o777, mode)
  if (allowed === undefined) {
    yield* shell.complain(
      `umask: ${/^\d/.test(mode) ? `${mode}: octal number out of range` : `\`${mode[0]}': invalid symbolic mode character`}`,
    )
    return 1
  }
  process.umask = ~allowed & 0o777
  return 0
}

function symbolic(mask: number): string {
  const part = (shift: number) => ['r', 'w', 'x'].filter((_, index) => ((mask >> shift) & (4 >> index)) === 0).join('')
  return `u=${part(6)},g=${part(3)},o=${part(0)}`
}

function changedMode(mode: number, text: string): number | undefined {
  let result = mode
  for (const clause of text.split(',')) {
    const match = /^([ugoa]*)([-+=])([rwx]*)$/.exec(clause)
    if (!match) return undefined
    const who = match[1] === '' || match[1].includes('a') ? 'ugo' : match[1]
    const bits = [...match[3]].reduce((sum, letter) => sum | { r: 4, w: 2, x: 1 }[letter as 'r' | 'w' | 'x'], 0)
    for (const each of who) {
      const shift = { u: 6, g: 3, o: 0 }[each as 'u' | 'g' | 'o']
      if (match[2] === '+') result |= bits << shift
      else if (match[2] === '-') result &= ~(bits << shift)
      else result = (result & ~(7 << shift)) | (bits << shift)
    }
  }
  return result
}

/** Letter, words of `ulimit -a`, the limit, and how many of its units one of the shell's is. */
const ulimits: readonly (readonly [letter: string, words: string, name: LimitName | undefined, unit: number, fixed?: string])[] = [
  ['R', 'real-time non-blocking time  (microseconds, -R) ', 'rttime', 1],
  ['c', 'core file size              (blocks, -c) ', 'core', 512],
  ['d', 'data seg size               (kbytes, -d) ', 'data', 1024],
  ['e', 'scheduling priority                 (-e) ', 'nice', 1],
  ['f', 'file size                   (blocks, -f) ', 'fsize', 512],
  ['i', 'pending signals                     (-i) ', 'sigpending', 1],
  ['l', 'max locked memory           (kbytes, -l) ', 'memlock', 1024],
  ['m', 'max memory size             (kbytes, -m) ', 'rss', 1024],
  ['n', 'open files                          (-n) ', 'nofile', 1],
  ['p', 'pipe size                (512 bytes, -p) ', undefined, 1, '8'],
  ['q', 'POSIX message queues         (bytes, -q) ', 'msgqueue', 1],
  ['r', 'real-time priority                  (-r) ', 'rtprio', 1],
  ['s', 'stack size                  (kbytes, -s) ', 'stack', 1024],
  ['t', 'cpu time                   (seconds, -t) ', 'cpu', 1],
  ['u', 'max user processes                  (-u) ', 'nproc', 1],
  ['v', 'virtual memory              (kbytes, -v) ', 'as', 1024],
  ['x', 'file locks                          (-x) ', 'locks', 1],
]

export const ulimit: Builtin = function* (shell, argv) {
  const letters = argv
    .slice(1)
    .filter((arg) => /^-[a-zA-Z]/.test(arg))
    .join('')
    .replace(/-/g, '')
  const { process } = shell
  const side = letters.includes('H') ? 'hard' : 'soft'
  const shown = ([, , name, unit, fixed]: (typeof ulimits)[number]): string => {
    if (name === undefined) return fixed ?? ''
    const value = limitOf(process.limits, name)[side]
    return limitText(Number.isFinite(value) ? Math.floor(value / unit) : value)
  }
  if (letters.includes('a')) {
    for (const entry of ulimits) yield* print(shell, `${entry[1]}${shown(entry)}\n`)
    return 0
  }
  const letter = letters.replace(/[HS]/g, '')[0] ?? 'f'
  const entry = ulimits.find(([own]) => own === letter)
  if (!entry) {
    yield* shell.complain(`ulimit: -${letter}: invalid option`)
    return 2
  }
  const operand = argv.slice(1).find((arg) => !/^-[a-zA-Z]/.test(arg))
  if (operand === undefined) {
    yield* print(shell, `${shown(entry)}\n`)
    return 0
  }
  const [, words, name, unit] = entry
  if (name === undefined) return 0
  const { soft, hard } = limitOf(process.limits, name)
  if (!/^\d+$/.test(operand) && !['unlimited', 'hard', 'soft'].includes(operand)) {
    yield* shell.complain(`ulimit: ${operand}: invalid number`)
    return 1
  }
  const wanted =
    operand === 'unlimited' ? Number.POSITIVE_INFINITY : operand === 'hard' ? hard : operand === 'soft' ? soft : Number(operand) * unit
  const next = {
    soft: letters.includes('H') && !letters.includes('S') ? soft : wanted,
    hard: letters.includes('S') && !letters.includes('H') ? hard : wanted,
  }
  const mayRaise = hasCapability(process.credentials, 'SYS_RESOURCE')
  if ((next.hard > hard && !mayRaise) || next.soft > next.hard) {
    yield* shell.complain(
      `ulimit: ${words.split('(')[0].trim()}: cannot modify limit: ${next.soft > next.hard ? 'Invalid argument' : 'Operation not permitted'}`,
    )
    return 1
  }
  process.limits = new Map([...process.limits, [name, next]])
  return 0
}

export const hash: Builtin = function* (shell, argv) {
  const parsed = yield* options(shell, argv, 'dlrp:t', 'hash [-lr] [-p pathname] [-dt] [name ...]')
  if (!parsed) return 2
  const { letters, operands } = parsed
  if (letters.has('r')) {
    shell.hashed.clear()
    return 0
  }
  if (operands.length === 0) {
    if (shell.hashed.size === 0) yield* print(shell, 'hash: hash table empty\n')
    else {
      yield* print(shell, 'hits\tcommand\n')
      for (const { path, hits } of shell.hashed.values()) yield* print(shell, `${String(hits).padStart(4)}\t${path}\n`)
    }
    return 0
  }
  let status = 0
  for (const name of operands) {
    const path = found(shell.process, name, shell.variables.get('PATH') ?? '')
    if (path === undefined) {
      yield* shell.complain(`hash: ${name}: not found`)
      status = 1
    } else if (letters.has('t')) yield* print(shell, `${path}\n`)
    else if (!name.includes('/')) shell.hashed.set(name, { path, hits: 0 })
  }
  return status
}
