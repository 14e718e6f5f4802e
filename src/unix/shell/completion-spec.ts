/**
 * Programmable completion: what `complete` remembers of a command and how `compgen` and Tab make candidates from it. Words are those
 * between blanks; bash also cuts at `=` and `:`, which only its own helper library needs.
 */
import { UnixError } from '../errors.ts'
import type { Blocking } from '../kernel/process.ts'
import { signalNumbers } from '../kernel/signals.ts'
import { expandText } from './expand.ts'
import { glob } from './glob.ts'
import { stateOf } from './jobs.ts'
import { matches, unquotedPattern } from './pattern.ts'
import { setOptionNames, type Shell } from './shell.ts'

export interface CompletionSpec {
  /** `-o`: `default`, `nospace`, `filenames`, … */
  readonly options: ReadonlySet<string>
  /** `-A`: what kinds of names to offer. */
  readonly actions: readonly string[]
  readonly glob?: string
  readonly wordList?: string
  readonly prefix?: string
  readonly suffix?: string
  readonly filter?: string
  readonly functionName?: string
  readonly command?: string
}

/** The line at the cursor, as a completion function sees it. */
export interface CompletionLine {
  readonly words: readonly string[]
  readonly index: number
  readonly line: string
}

export const completionOptions = ['bashdefault', 'default', 'dirnames', 'filenames', 'noquote', 'nosort', 'nospace', 'plusdirs']
export const completionActions = [
  'alias',
  'arrayvar',
  'binding',
  'builtin',
  'command',
  'directory',
  'disabled',
  'enabled',
  'export',
  'file',
  'function',
  'group',
  'helptopic',
  'hostname',
  'job',
  'keyword',
  'running',
  'service',
  'setopt',
  'shopt',
  'signal',
  'stopped',
  'user',
  'variable',
]
export const keywords = [
  'if',
  'then',
  'else',
  'elif',
  'fi',
  'case',
  'esac',
  'for',
  'select',
  'while',
  'until',
  'do',
  'done',
  'in',
  'function',
  'time',
  '{',
  '}',
  '!',
  '[[',
  ']]',
  'coproc',
]

/** All candidates of a specification for the word at the cursor. `builtinNames` is handed in: builtins know this file, not the other way round. */
export function* generated(
  shell: Shell,
  spec: CompletionSpec,
  at: CompletionLine,
  builtinNames: () => Iterable<string>,
): Blocking<string[]> {
  const word = at.words[at.index] ?? ''
  const found: string[] = []
  for (const action of spec.actions) found.push(...actionNames(shell, action, word, builtinNames))
  if (spec.glob !== undefined)
    found.push(
      ...glob(shell.process, spec.glob, { dotglob: shell.shopt('dotglob'), globstar: false, nocaseglob: false }).filter((name) =>
        name.startsWith(word),
      ),
    )
  if (spec.wordList !== undefined)
    for (const each of listed(spec.wordList, shell.variables.get('IFS') ?? ' \t\n')) {
      const expanded = yield* expandText(shell, each)
      if (expanded.startsWith(word)) found.push(expanded)
    }
  if (spec.functionName !== undefined) found.push(...(yield* fromFunction(shell, spec.functionName, at)))
  if (spec.command !== undefined) found.push(...(yield* fromCommand(shell, spec.command, at)))
  const kept = spec.filter === undefined ? found : found.filter((each) => !isFiltered(each, spec.filter ?? '', word))
  const shown = kept.map((each) => `${spec.prefix ?? ''}${each}${spec.suffix ?? ''}`)
  if (shown.length === 0 && spec.options.has('dirnames')) return pathNames(shell, word, true)
  return spec.options.has('plusdirs') ? [...shown, ...pathNames(shell, word, true)] : shown
}

function isFiltered(candidate: string, filter: string, word: string): boolean {
  const isNegated = filter.startsWith('!')
  const pattern = (isNegated ? filter.slice(1) : filter).replace(/(^|[^\\])&/g, (_, before: string) => before + word)
  return matches(candidate, pattern) !== isNegated
}

/** `-W` is split at IFS; quotes and backslashes hold words together. */
function listed(text: string, separators: string): string[] {
  const words: string[] = []
  let current = ''
  let quote = ''
  let isStarted = false
  for (let at = 0; at < text.length; at++) {
    const letter = text[at]
    if (quote) {
      if (letter === quote) quote = ''
      else current += letter
    } else if (letter === "'" || letter === '"') {
      quote = letter
      isStarted = true
    } else if (letter === '\\' && at + 1 < text.length) {
      current += text[++at]
      isStarted = true
    } else if (separators.includes(letter)) {
      if (isStarted) words.push(current)
      current = ''
      isStarted = false
    } else {
      current += letter
      isStarted = true
    }
  }
  if (isStarted) words.push(current)
  return words
}

function actionNames(shell: Shell, action: string, word: string, builtinNames: () => Iterable<string>): string[] {
  if (action === 'file') return pathNames(shell, word, false)
  if (action === 'directory') return pathNames(shell, word, true)
  return namesOf(shell, action, builtinNames).filter((name) => name.startsWith(word))
}

function namesOf(shell: Shell, action: string, builtinNames: () => Iterable<string>): string[] {
  const lines = (path: string) =>
    shell.process.files.exists(path)
      ? new TextDecoder()
          .decode(shell.process.files.readFile(path))
          .split('\n')
          .filter((line) => line !== '')
      : []
  const variable = (test: (name: string) => boolean) => shell.variables.names().filter(test).sort()
  switch (action) {
    case 'alias':
      return [...shell.aliases.keys()].sort()
    case 'function':
      return [...shell.functions.keys()].sort()
    case 'keyword':
      return keywords
    case 'builtin':
      return [...builtinNames()].sort()
    case 'enabled':
      return [...builtinNames()].filter((name) => !shell.disabledBuiltins.has(name)).sort()
    case 'disabled':
      return [...shell.disabledBuiltins].sort()
    case 'helptopic':
      return [...builtinNames()].sort()
    case 'command':
      return [...new Set([...keywords, ...shell.aliases.keys(), ...shell.functions.keys(), ...builtinNames(), ...programNames(shell)])]
    case 'variable':
      return variable(() => true)
    case 'export':
      return variable((name) => shell.variables.find(name)?.isExported === true)
    case 'arrayvar':
      return variable((name) => shell.variables.find(name)?.indexed !== undefined || shell.variables.find(name)?.associative !== undefined)
    case 'setopt':
      return [...setOptionNames]
    case 'shopt':
      return [...shell.shopts.keys()].sort()
    case 'signal':
      return ['EXIT', ...Object.keys(signalNumbers).map((name) => `SIG${name}`)]
    case 'user':
      return shell.passwords().map(([name]) => name)
    case 'group':
      return lines('/etc/group').map((line) => line.split(':')[0])
    case 'hostname':
      return lines('/etc/hosts')
        .filter((line) => !line.startsWith('#'))
        .flatMap((line) => line.trim().split(/\s+/).slice(1))
    case 'service':
      return lines('/etc/services')
        .filter((line) => !line.startsWith('#'))
        .map((line) => line.split(/\s+/)[0])
    case 'job':
      return shell.jobs.map((job) => job.command.split(' ')[0])
    case 'running':
      return shell.jobs.filter((job) => stateOf(job) === 'Running').map((job) => job.command.split(' ')[0])
    case 'stopped':
      return shell.jobs.filter((job) => stateOf(job) === 'Stopped').map((job) => job.command.split(' ')[0])
    default:
      return []
  }
}

/** Programs that PATH leads to. */
export function programNames(shell: Shell): string[] {
  return (shell.variables.get('PATH') ?? '').split(':').flatMap((folder) => [...namesIn(shell, folder || '.')])
}

/** Names in a folder; none where it cannot be read. */
export function namesIn(shell: Shell, folder: string): readonly string[] {
  try {
    return shell.process.files.list(shell.process.path(folder), shell.process.credentials)
  } catch (error) {
    if (error instanceof UnixError) return []
    throw error
  }
}

function pathNames(shell: Shell, word: string, onlyFolders: boolean): string[] {
  const slash = word.lastIndexOf('/') + 1
  const folder = word.slice(0, slash)
  const start = word.slice(slash)
  const real = unquotedPattern(folder.startsWith('~/') ? shell.home() + folder.slice(1) : folder)
  return namesIn(shell, real === '' ? '.' : real)
    .filter(
      (name) =>
        name.startsWith(start) && (start.startsWith('.') || !name.startsWith('.')) && (!onlyFolders || isFolder(shell, `${real}${name}`)),
    )
    .map((name) => folder + name)
}

function isFolder(shell: Shell, path: string): boolean {
  try {
    return shell.process.files.stat(shell.process.path(path), shell.process.credentials).kind === 'directory'
  } catch (error) {
    if (error instanceof UnixError) return false
    throw error
  }
}

function setLine(shell: Shell, { words, index, line }: CompletionLine): void {
  for (const [name, value] of [
    ['COMP_LINE', line],
    ['COMP_POINT', String(line.length)],
    ['COMP_CWORD', String(index)],
    ['COMP_TYPE', '9'],
    ['COMP_KEY', '9'],
  ])
    shell.variables.set(name, value)
  shell.variables.unset('COMP_WORDS')
  words.forEach((word, at) => shell.variables.setElement('COMP_WORDS', String(at), word))
}

function* fromFunction(shell: Shell, name: string, at: CompletionLine): Blocking<string[]> {
  setLine(shell, at)
  shell.variables.unset('COMPREPLY')
  yield* shell.interpreter.words(shell, [name, at.words[0] ?? '', at.words[at.index] ?? '', at.words[at.index - 1] ?? ''])
  const reply = shell.variables.find('COMPREPLY')
  const found = reply?.indexed?.filter((each) => each !== undefined) ?? (reply?.value === undefined ? [] : [reply.value])
  for (const variable of ['COMP_LINE', 'COMP_POINT', 'COMP_CWORD', 'COMP_TYPE', 'COMP_KEY', 'COMP_WORDS']) shell.variables.unset(variable)
  return found
}

function* fromCommand(shell: Shell, command: string, at: CompletionLine): Blocking<string[]> {
  const quoted = [at.words[0] ?? '', at.words[at.index] ?? '', at.words[at.index - 1] ?? '']
    .map((word) => `'${word.replaceAll("'", "'\\''")}'`)
    .join(' ')
  const text = yield* expandText(shell, `$(${command} ${quoted})`)
  return text.split('\n').filter((line) => line !== '')
}
