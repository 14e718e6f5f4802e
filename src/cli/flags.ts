/**
 * Flags as Go's pflag reads them: `--name=value`, `--name value`, `-abc`, `-n5`, `--` and flags after arguments. kubectl, docker, kubeadm
 * and minikube all use it, so its refusals stand here once.
 */
import { goDuration, parseGoDuration } from './go-values.ts'

export type FlagType = 'bool' | 'string' | 'int' | 'float' | 'duration' | 'strings' | 'array' | 'map'

export interface Flag {
  readonly name: string
  readonly shorthand?: string
  readonly type: FlagType
  /** What it is when not given, as text. */
  readonly value?: string
  /** What the bare flag means: `--dry-run` alone. */
  readonly implied?: string
  /** Printed as `Flag --name has been deprecated, <this>`. */
  readonly deprecated?: string
}

export class FlagError extends Error {}

/** Thrown for `-h` and `--help` where no flag of that name is defined. */
export class HelpWanted extends Error {}

/** The values of one command line. */
export class Flags {
  readonly #known: ReadonlyMap<string, Flag>
  readonly #given = new Map<string, string[]>()
  readonly #asked = new Set<string>()
  /** Arguments that are not flags; what stands behind `--` included. */
  args: string[] = []
  /** How many arguments stood before `--`; -1 without it. */
  dashAt = -1
  /** Flags in the order of typing, for `--record`. */
  readonly deprecations: string[] = []

  constructor(known: ReadonlyMap<string, Flag>) {
    this.#known = known
  }

  knows(name: string): boolean {
    return this.#known.has(name)
  }

  /** Whether this command has a list of that name; such flags hide a global one. */
  isList(name: string): boolean {
    const type = this.#known.get(name)?.type
    return type === 'strings' || type === 'array'
  }

  isSet(name: string): boolean {
    this.#asked.add(name)
    return this.#given.has(name)
  }

  set(name: string, value: string): void {
    const flag = this.#known.get(name)
    const isList = flag?.type === 'strings' || flag?.type === 'array' || flag?.type === 'map'
    const before = this.#given.get(name)
    if (isList && before) before.push(value)
    else this.#given.set(name, [value])
  }

  text(name: string): string {
    this.#asked.add(name)
    return this.#given.get(name)?.at(-1) ?? this.#known.get(name)?.value ?? ''
  }

  is(name: string): boolean {
    return parseBool(this.text(name)) ?? false
  }

  number(name: string): number {
    return Number(this.text(name))
  }

  /** Milliseconds. */
  duration(name: string): number {
    return parseGoDuration(this.text(name)) ?? 0
  }

  list(name: string): string[] {
    this.#asked.add(name)
    const flag = this.#known.get(name)
    const given = this.#given.get(name)
    if (!given) return flag?.value ? flag.value.split(',') : []
    return flag?.type === 'strings' ? given.flatMap(commaSeparated) : given
  }

  /** All flags that were given, sorted by name as pflag's `Visit` has them. */
  given(): [string, string][] {
    for (const name of this.#given.keys()) this.#asked.add(name)
    return [...this.#given].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, values]) => [name, values.join(',')])
  }

  /** Given flags that no code has looked at: they had no effect. */
  neverAsked(): string[] {
    return [...this.#given.keys()].filter((name) => !this.#asked.has(name)).sort()
  }

  /** Every given flag with all of its values, sorted by name. */
  visit(): [Flag, readonly string[]][] {
    for (const name of this.#given.keys()) this.#asked.add(name)
    return [...this.#given]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([name, values]) => {
        const flag = this.#known.get(name)
        return flag ? [[flag, values] as [Flag, readonly string[]]] : []
      })
  }
}

/** One line of CSV, as pflag's string slices are read. */
export function commaSeparated(text: string): string[] {
  if (text === '') return []
  const values: string[] = []
  let value = ''
  let isQuoted = false
  for (let at = 0; at < text.length; at++) {
    const letter = text[at]
    if (isQuoted) {
      if (letter === '"' && text[at + 1] === '"') value += text[++at]
      else if (letter === '"') isQuoted = false
      else value += letter
    } else if (letter === '"' && value === '') isQuoted = true
    else if (letter === ',') {
      values.push(value)
      value = ''
    } else value += letter
  }
  return [...values, value]
}

function parseBool(text: string): boolean | undefined {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return true
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)) return false
  return undefined
}

export interface ParseOptions {
  /** Stops at the first argument, as `docker run IMAGE …` does. */
  readonly stopsAtArgument?: boolean
}

export function parseFlags(words: readonly string[], flags: readonly Flag[], options: ParseOptions = {}): Flags {
  const byName = new Map(flags.map((flag) => [flag.name, flag]))
  const byLetter = new Map(flags.flatMap((flag) => (flag.shorthand ? [[flag.shorthand, flag] as const] : [])))
  const parsed = new Flags(byName)
  for (let at = 0; at < words.length; at++) {
    const word = words[at]
    if (word === '--') {
      parsed.dashAt = parsed.args.length
      parsed.args.push(...words.slice(at + 1))
      break
    }
    if (!word.startsWith('-') || word === '-') {
      if (options.stopsAtArgument) {
        parsed.args.push(...words.slice(at))
        break
      }
      parsed.args.push(word)
      continue
    }
    if (word.startsWith('--')) at = longFlag(parsed, byName, words, at)
    else at = shortFlags(parsed, byLetter, words, at)
  }
  return parsed
}

/** Answers where the flag ended. */
function longFlag(parsed: Flags, byName: ReadonlyMap<string, Flag>, words: readonly string[], at: number): number {
  const body = words[at].slice(2)
  const equals = body.indexOf('=')
  const name = equals < 0 ? body : body.slice(0, equals)
  if (name === '' || name.startsWith('-')) throw new FlagError(`bad flag syntax: ${words[at]}`)
  const flag = byName.get(name)
  if (!flag) {
    if (name === 'help') throw new HelpWanted()
    throw new FlagError(`unknown flag: --${name}`)
  }
  const implied = impliedBy(flag)
  if (equals >= 0) give(parsed, flag, body.slice(equals + 1))
  else if (implied !== undefined) give(parsed, flag, implied)
  else if (at + 1 < words.length) give(parsed, flag, words[++at])
  else throw new FlagError(`flag needs an argument: --${name}`)
  return at
}

function shortFlags(parsed: Flags, byLetter: ReadonlyMap<string, Flag>, words: readonly string[], at: number): number {
  let letters = words[at].slice(1)
  while (letters !== '') {
    const letter = letters[0]
    const flag = byLetter.get(letter)
    if (!flag) {
      if (letter === 'h') throw new HelpWanted('-h')
      throw new FlagError(`unknown shorthand flag: '${letter}' in -${letters}`)
    }
    const implied = impliedBy(flag)
    if (letters.length > 2 && letters[1] === '=') {
      give(parsed, flag, letters.slice(2))
      return at
    }
    if (implied !== undefined) {
      give(parsed, flag, implied)
      letters = letters.slice(1)
      continue
    }
    if (letters.length > 1) {
      give(parsed, flag, letters.slice(1))
      return at
    }
    if (at + 1 >= words.length) throw new FlagError(`flag needs an argument: '${letter}' in -${letters}`)
    give(parsed, flag, words[at + 1])
    return at + 1
  }
  return at
}

export function impliedBy(flag: Flag): string | undefined {
  return flag.implied ?? (flag.type === 'bool' ? 'true' : undefined)
}

function give(parsed: Flags, flag: Flag, value: string): void {
  const complaint = complaintAbout(flag.type, value)
  if (complaint !== undefined) {
    const shown = flag.shorthand ? `-${flag.shorthand}, --${flag.name}` : `--${flag.name}`
    throw new FlagError(`invalid argument ${JSON.stringify(value)} for "${shown}" flag: ${complaint}`)
  }
  if (flag.deprecated !== undefined) parsed.deprecations.push(`Flag --${flag.name} has been deprecated, ${flag.deprecated}`)
  parsed.set(flag.name, flag.type === 'duration' ? goDuration(parseGoDuration(value) ?? 0) : value)
}

function complaintAbout(type: FlagType, value: string): string | undefined {
  const quoted = JSON.stringify(value)
  switch (type) {
    case 'bool':
      return parseBool(value) === undefined ? `strconv.ParseBool: parsing ${quoted}: invalid syntax` : undefined
    case 'int':
      return /^[+-]?(\d+|0[xX][\da-fA-F]+)$/.test(value) ? undefined : `strconv.ParseInt: parsing ${quoted}: invalid syntax`
    case 'float':
      return value !== '' && Number.isFinite(Number(value)) ? undefined : `strconv.ParseFloat: parsing ${quoted}: invalid syntax`
    case 'duration':
      return durationComplaint(value)
    case 'map':
      return value.includes('=') ? undefined : `${value} must be formatted as key=value`
    default:
      return undefined
  }
}

function durationComplaint(value: string): string | undefined {
  if (parseGoDuration(value) !== undefined) return undefined
  const quoted = JSON.stringify(value)
  if (/^[+-]?(\d+\.?\d*|\.\d+)$/.test(value)) return `time: missing unit in duration ${quoted}`
  const unit = /^[+-]?(?:\d+\.?\d*(?:ns|us|µs|ms|s|m|h))*\d+\.?\d*([a-zA-Zµ]+)/.exec(value)?.[1]
  if (unit) return `time: unknown unit ${JSON.stringify(unit)} in duration ${quoted}`
  return `time: invalid duration ${quoted}`
}

/**
 * What cobra suggests for a word that is no command: those within two edits, or that begin with it. In the order of definition.
 */
export function suggestions(word: string, names: readonly string[]): string[] {
  return names.filter(
    (name) => editDistance(word.toLowerCase(), name.toLowerCase()) <= 2 || name.toLowerCase().startsWith(word.toLowerCase()),
  )
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) next.push(a[i - 1] === b[j - 1] ? row[j - 1] : Math.min(row[j], next[j - 1], row[j - 1]) + 1)
    row = next
  }
  return row[b.length]
}
