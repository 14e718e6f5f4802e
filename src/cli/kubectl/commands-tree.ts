/**
 * What kubectl's commands are called and which flags they take, as the real tool says (`scripts/help-texts.mjs` reads it); and how words and
 * flags lead to a command, which is cobra's way: a flag may stand before, between and behind the words.
 */
import { type Flag, type FlagType, impliedBy } from '../flags.ts'
import { parseGoDuration } from '../go-values.ts'
import table from './generated/flags.json'

interface Described {
  readonly f: readonly number[]
  readonly a?: readonly string[]
  readonly r?: number
  readonly u?: string
}

export const described = table.commands as unknown as Readonly<Record<string, Described>>
const flagTable = table.flags as unknown as readonly (readonly [string, string, string])[]

/** Flags that keep each value whole; all other lists are split at commas. */
const wholeLists = new Set([
  'from-literal',
  'env',
  'rule',
  'annotation',
  'annotations',
  'audience',
  'as-group',
  'prune-allowlist',
  'group',
  'user',
  'serviceaccount',
])
const maps = new Set(['set-image', 'aggregation-rule'])
const implied: Readonly<Record<string, string>> = { 'dry-run': 'unchanged', validate: 'strict', cascade: 'background' }

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
  return known
    .filter((key) => key !== '' && key.split(' ').length === depth && (path === '' || key.startsWith(`${path} `)))
    .map((key) => key.split(' ')[depth - 1])
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
    const flag = word.startsWith('--')
      ? flags.find(({ name }) => name === word.slice(2))
      : word.length === 2
        ? flags.find(({ shorthand }) => shorthand === word[1])
        : undefined
    const isUnknown = !flag && !['--help', '-h'].includes(word) && !(word.length > 2 && !word.startsWith('--'))
    if ((flag && impliedBy(flag) === undefined) || isUnknown) at++
  }
  return -1
}
