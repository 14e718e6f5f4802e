/** `complete`, `compgen`, `compopt`: programmable completion from scripts, `source <(kubectl completion bash)` among them. */
import type { Blocking } from '../../kernel/process.ts'
import { completionActions, completionOptions, type CompletionSpec, generated } from '../completion-spec.ts'
import type { Shell } from '../shell.ts'
import { type Builtin, options, print } from './builtin.ts'
import { shellQuoted } from '../quote.ts'

const letterActions: Readonly<Record<string, string>> = {
  a: 'alias',
  b: 'builtin',
  c: 'command',
  d: 'directory',
  e: 'export',
  f: 'file',
  g: 'group',
  j: 'job',
  k: 'keyword',
  s: 'service',
  u: 'user',
  v: 'variable',
}
const specLetters = 'abcdefgjksuvo:A:G:W:F:C:X:P:S:'

/** What stands for the command that completes when nothing is typed yet, and for those that have no specification. */
const special: Readonly<Record<string, string>> = { D: '-D', E: '-E', I: '-I' }

interface Asked {
  readonly spec: CompletionSpec
  readonly letters: ReadonlyMap<string, string>
  readonly operands: readonly string[]
}

/** `options` keeps the last of a repeated letter; `-o` and `-A` may come several times, so they are counted here. */
function repeated(argv: readonly string[], letter: string): string[] {
  return argv.flatMap((arg, at) =>
    arg === `-${letter}` ? [argv[at + 1] ?? ''] : arg.startsWith(`-${letter}`) && arg.length > 2 ? [arg.slice(2)] : [],
  )
}

function* asked(shell: Shell, argv: readonly string[], more: string, usage: string): Blocking<Asked | number> {
  const parsed = yield* options(shell, argv, specLetters + more, usage)
  if (!parsed) return 2
  const { letters, operands } = parsed
  const chosen = repeated(argv, 'o')
  const actions = [...repeated(argv, 'A'), ...[...letters.keys()].flatMap((letter) => letterActions[letter] ?? [])]
  const wrongOption = chosen.find((name) => !completionOptions.includes(name))
  if (wrongOption !== undefined) {
    yield* shell.complain(`${argv[0]}: ${wrongOption}: invalid option name`)
    return 2
  }
  const wrongAction = actions.find((name) => !completionActions.includes(name))
  if (wrongAction !== undefined) {
    yield* shell.complain(`${argv[0]}: ${wrongAction}: invalid action name`)
    return 2
  }
  const spec = {
    options: new Set(chosen),
    actions,
    glob: letters.get('G'),
    wordList: letters.get('W'),
    prefix: letters.get('P'),
    suffix: letters.get('S'),
    filter: letters.get('X'),
    functionName: letters.get('F'),
    command: letters.get('C'),
  }
  return { spec, letters, operands }
}

const completeUsage =
  'complete [-abcdefgjksuv] [-pr] [-DEI] [-o option] [-A action] [-G globpat] [-W wordlist] [-F function] [-C command] [-X filterpat] [-P prefix] [-S suffix] [name ...]'

export const complete: Builtin = function* (shell, argv) {
  const wanted = yield* asked(shell, argv, 'prDEI', completeUsage)
  if (typeof wanted === 'number') return wanted
  const { letters, spec } = wanted
  const names = [
    ...Object.keys(special)
      .filter((letter) => letters.has(letter))
      .map((letter) => special[letter]),
    ...wanted.operands,
  ]
  if (letters.has('p') || argv.length === 1) return yield* printed(shell, names)
  if (letters.has('r')) {
    if (names.length === 0) shell.completions.clear()
    let status = 0
    for (const name of names) {
      if (shell.completions.delete(name)) continue
      yield* shell.complain(`complete: ${name}: no completion specification`)
      status = 1
    }
    return status
  }
  if (names.length === 0) {
    yield* shell.say(`complete: usage: ${completeUsage}\n`)
    return 2
  }
  for (const name of names) shell.completions.set(name, spec)
  return 0
}

function* printed(shell: Shell, names: readonly string[]): Blocking<number> {
  let status = 0
  for (const name of names.length > 0 ? names : shell.completions.keys()) {
    const spec = shell.completions.get(name)
    if (spec) yield* print(shell, `${described(spec)} ${name}\n`)
    else {
      yield* shell.complain(`complete: ${name}: no completion specification`)
      status = 1
    }
  }
  return status
}

function described(spec: CompletionSpec): string {
  const letterOf = (action: string) => Object.entries(letterActions).find(([, name]) => name === action)?.[0]
  const words = ['complete', ...[...spec.options].map((name) => `-o ${name}`)]
  for (const action of spec.actions) words.push(letterOf(action) ? `-${letterOf(action)}` : `-A ${action}`)
  for (const [letter, value] of [
    ['G', spec.glob],
    ['W', spec.wordList],
    ['P', spec.prefix],
    ['S', spec.suffix],
    ['X', spec.filter],
    ['C', spec.command],
  ])
    if (value !== undefined) words.push(`-${letter} ${shellQuoted(value)}`)
  if (spec.functionName !== undefined) words.push(`-F ${spec.functionName}`)
  return words.join(' ')
}

const compgenUsage =
  'compgen [-abcdefgjksuv] [-o option] [-A action] [-G globpat] [-W wordlist] [-F function] [-C command] [-X filterpat] [-P prefix] [-S suffix] [word]'

export const compgenWith = (builtinNames: () => Iterable<string>): Builtin =>
  function* (shell, argv) {
    const wanted = yield* asked(shell, argv, '', compgenUsage)
    if (typeof wanted === 'number') return wanted
    const { spec, operands } = wanted
    if (spec.functionName !== undefined) yield* shell.complain('compgen: warning: -F option may not work as you expect')
    if (spec.command !== undefined) yield* shell.complain('compgen: warning: -C option may not work as you expect')
    const found = yield* generated(shell, spec, { words: [operands[0] ?? ''], index: 0, line: operands[0] ?? '' }, builtinNames)
    for (const each of found) yield* print(shell, `${each}\n`)
    return found.length > 0 ? 0 : 1
  }

/** Changes the options of the completion that is being made, or of named commands. */
export const compopt: Builtin = function* (shell, argv) {
  const names: string[] = []
  const changes: [name: string, isOn: boolean][] = []
  for (let at = 1; at < argv.length; at++) {
    if (argv[at] === '-o' || argv[at] === '+o') changes.push([argv[at + 1] ?? '', argv[at++] === '-o'])
    else names.push(argv[at])
  }
  const wrong = changes.find(([name]) => !completionOptions.includes(name))
  if (wrong) {
    yield* shell.complain(`compopt: ${wrong[0]}: invalid option name`)
    return 2
  }
  const target = names.length > 0 ? names : shell.completing === undefined ? [] : [shell.completing]
  if (target.length === 0) {
    yield* shell.complain('compopt: not currently executing completion function')
    return 1
  }
  for (const name of target) {
    const spec = shell.completions.get(name)
    if (!spec) {
      yield* shell.complain(`compopt: ${name}: no completion specification`)
      return 1
    }
    const kept = new Set(spec.options)
    for (const [option, isOn] of changes) isOn ? kept.add(option) : kept.delete(option)
    shell.completions.set(name, { ...spec, options: kept })
  }
  return 0
}
