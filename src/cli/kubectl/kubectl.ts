/**
 * kubectl 1.33 as a program: finds the command among words and flags as cobra does, reads its flags, runs it, and prints what it threw.
 * Commands, aliases, flags and help texts come from the real tool (`scripts/help-texts.mjs`); what a command does is in its own file.
 */
import { type Blocking, err, Exit, type Process, type Running, writeTo } from '../../unix/kernel/process.ts'
import { type Flag, FlagError, Flags, type FlagType, HelpWanted, impliedBy, parseFlags, suggestions } from '../flags.ts'
import { parseGoDuration } from '../go-values.ts'
import { Call } from './call.ts'
import { commands } from './commands.ts'
import table from './generated/flags.json'
import { Quit, Refusal, textOfError } from './refusal.ts'

interface Described {
  readonly f: readonly number[]
  readonly a?: readonly string[]
  readonly r?: number
  readonly u?: string
}

const described = table.commands as unknown as Readonly<Record<string, Described>>
const flagTable = table.flags as unknown as readonly (readonly [string, string, string])[]

/** Flags that keep each value whole; all other lists are split at commas. */
const wholeLists = new Set(['from-literal', 'env', 'rule', 'annotation', 'annotations', 'audience', 'as-group', 'prune-allowlist', 'group', 'user', 'serviceaccount'])
const maps = new Set(['set-image', 'aggregation-rule'])
const implied: Readonly<Record<string, string>> = { 'dry-run': 'unchanged', validate: 'strict', cascade: 'background' }

export function kubectl(process: Process): Running {
  return main(process)
}

function* main(process: Process): Running {
  try {
    yield* dispatch(process, process.argv.slice(1))
    return 0
  } catch (error) {
    if (error instanceof Exit || !(error instanceof Error)) throw error
    if (isOurBug(error)) throw error
    const { text, code } = textOfError(error)
    // An error that ends with a line break gets no second one.
    if (text !== '') yield* err(process, text.endsWith('\n') ? text : `${text}\n`)
    return code
  }
}

function isOurBug(error: Error): boolean {
  return ['TypeError', 'RangeError', 'ReferenceError'].includes(error.name) || error.message.startsWith('bug: ')
}

/** The flags of a command, and the global ones. */
export function flagsOf(path: string): Flag[] {
  const own = described[path]?.f ?? []
  const numbers = path === 'options' ? [] : own
  const flags = [...numbers, ...described.options.f].map((number) => flagOf(path, number))
  if (described[path]?.r) flags.push({ name: 'record', type: 'bool', value: 'false', deprecated: '--record will be removed in the future' })
  const seen = new Set<string>()
  return flags.filter(({ name }) => {
    if (seen.has(name)) return false
    seen.add(name)
    return true
  })
}

function flagOf(path: string, number: number): Flag {
  const [name, shorthand, shown] = flagTable[number]
  const type = typeOf(path, name, shown)
  const value = type === 'string' ? shown.replace(/^'|'$/g, '') : /^\[.*\]$/.test(shown) ? shown.slice(1, -1) : shown
  return { name, type, value, ...(shorthand === '' ? {} : { shorthand }), ...(implied[name] ? { implied: implied[name] } : {}) }
}

function typeOf(path: string, name: string, shown: string): FlagType {
  if (maps.has(name) && (shown === '' || shown.startsWith('['))) return name === 'aggregation-rule' ? 'array' : 'map'
  if (shown.startsWith('[')) return wholeLists.has(name) ? 'array' : 'strings'
  if (shown === 'true' || shown === 'false') return 'bool'
  if (/^-?\d+$/.test(shown)) return 'int'
  if (/^\d/.test(shown) && parseGoDuration(shown) !== undefined) return 'duration'
  if (name === 'timeout' && path === 'scale') return 'duration'
  return 'string'
}

/** Names of the commands right below one. */
export function childrenOf(path: string): string[] {
  const depth = path === '' ? 1 : path.split(' ').length + 1
  const known = path === '' ? [...Object.keys(described), 'alpha'] : Object.keys(described)
  return known.filter((key) => key !== '' && key.split(' ').length === depth && (path === '' || key.startsWith(`${path} `))).map((key) => key.split(' ')[depth - 1])
}

function childNamed(path: string, word: string): string | undefined {
  return childrenOf(path).find((name) => name === word || described[`${path} ${name}`.trim()]?.a?.includes(word))
}

/** Walks down the words that name commands; what stands between (flags and their values) is kept. */
export function findCommand(words: readonly string[]): { path: string; rest: string[] } {
  let path = ''
  let rest = [...words]
  for (;;) {
    const index = firstArgument(rest, flagsOf(path))
    if (index < 0) return { path, rest }
    const child = childNamed(path, rest[index])
    if (child === undefined) return { path, rest }
    path = `${path} ${child}`.trim()
    rest = [...rest.slice(0, index), ...rest.slice(index + 1)]
  }
}

function firstArgument(words: readonly string[], flags: readonly Flag[]): number {
  for (let at = 0; at < words.length; at++) {
    const word = words[at]
    if (word === '--') return -1
    if (!word.startsWith('-') || word === '-') return at
    if (word.includes('=')) continue
    const flag = word.startsWith('--') ? flags.find(({ name }) => name === word.slice(2)) : word.length === 2 ? flags.find(({ shorthand }) => shorthand === word[1]) : undefined
    const isUnknown = !flag && !['--help', '-h'].includes(word) && !(word.length > 2 && !word.startsWith('--'))
    if ((flag && impliedBy(flag) === undefined) || isUnknown) at++
  }
  return -1
}

function* dispatch(process: Process, words: readonly string[]): Blocking<void> {
  const { path, rest } = findCommand(words)
  const full = `kubectl ${path}`.trim()
  let flags: Flags
  try {
    flags = parseFlags(rest, flagsOf(path), { stopsAtArgument: path === '' })
  } catch (error) {
    if (error instanceof HelpWanted) return yield* help(process, path)
    if (error instanceof FlagError) throw new Refusal(`${error.message}\nSee '${full} --help' for usage.`)
    throw error
  }
  for (const note of flags.deprecations) yield* err(process, `${note}\n`)
  const run = commands[path]
  if (path === 'options') return yield* help(process, path)
  if (path === '' || run === undefined) return yield* group(process, path, flags)
  const call = new Call(process, full, flags, words)
  call.help = () => help(process, path)
  yield* run(call)
  if (call.isConnected && flags.is('warnings-as-errors') && call.api.warnings > 0) {
    throw new Refusal(`${call.api.warnings} warning${call.api.warnings === 1 ? '' : 's'} received`)
  }
}

/** A word that stands for several commands, or for none. */
function* group(process: Process, path: string, flags: Flags): Blocking<void> {
  const [word] = flags.args
  const full = `kubectl ${path}`.trim()
  if (path === '') {
    if (word === undefined) return yield* help(process, '')
    if (word === 'help') return yield* help(process, findCommand(flags.args.slice(1)).path)
    const plugin = pluginFor(process, flags.args)
    if (plugin) throw new Refusal(`plugin ${plugin} cannot be run here`)
    const similar = suggestions(word, childrenOf(''))
    throw new Refusal(`unknown command ${JSON.stringify(word)} for "kubectl"${similar.length > 0 ? `\n\nDid you mean this?\n${similar.map((name) => `\t${name}\n`).join('')}` : ''}`)
  }
  if (word !== undefined) throw new Refusal(`unknown command ${JSON.stringify(flags.args.join(' '))}\nSee '${full} -h' for help and examples`)
  // Alone they print their help as an error; only `rollout` does so as an answer.
  yield* help(process, path, path === 'rollout' || path === 'certificate' ? 1 : 2)
  if (path !== 'certificate') throw new Quit(1)
}

function pluginFor(process: Process, args: readonly string[]): string | undefined {
  const name = `kubectl-${args[0].replaceAll('-', '_')}`
  return (process.env.PATH ?? '').split(':').map((folder) => `${folder}/${name}`).find((path) => process.files.exists(path))
}

interface HelpTexts {
  readonly flags: readonly string[]
  readonly commands: Readonly<Record<string, readonly [string, readonly number[], string]>>
}

/** Long texts, loaded only when somebody asks. */
export function* help(process: Process, path: string, descriptor = 1): Blocking<void> {
  let texts: HelpTexts | undefined
  const loading = import('./generated/help.json').then((module) => {
    texts = ('default' in module ? module.default : module) as unknown as HelpTexts
  })
  while (texts === undefined) yield { promise: loading }
  const [before, numbers, after] = texts.commands[path]
  const home = process.env.HOME || '/root'
  const options = numbers.map((number) => texts?.flags[number] ?? '').join('\n\n').replaceAll('$HOME', home)
  yield* writeTo(process, descriptor, numbers.length === 0 ? before : path === 'options' ? `${before}${options}\n\n` : `${before}${options}\n${after}`)
}
