/**
 * Command line options as GNU's getopt_long reads them: bundled letters, attached values, abbreviated long names, operands anywhere.
 * A program writes a table; the types of what it gets follow from the table.
 */
interface Option<Kind extends string> {
  readonly kind: Kind
  /** `a|all`: one letter is a short name, more are a long one. */
  readonly names: string
  readonly text: string
  /** Name of the value in the help text. */
  readonly metavar: string
}

export type Table = Readonly<Record<string, Option<'flag' | 'count' | 'value' | 'optional' | 'list'>>>

type ValueOf<Kind> = Kind extends 'flag'
  ? boolean
  : Kind extends 'count'
    ? number
    : Kind extends 'list'
      ? readonly string[]
      : string | undefined

export type Flags<T extends Table> = { readonly [Key in keyof T]: ValueOf<T[Key]['kind']> }

export interface Parsed<T extends Table> {
  readonly flags: Flags<T>
  readonly operands: readonly string[]
  /** What was given, in order; where the last of several wins. */
  readonly given: readonly { readonly key: string; readonly value: string | undefined }[]
}

/** Given or not. */
export const flag = (names: string, text = ''): Option<'flag'> => ({ kind: 'flag', names, text, metavar: '' })
/** How many times it was given. */
export const count = (names: string, text = ''): Option<'count'> => ({ kind: 'count', names, text, metavar: '' })
/** With a value; the last one counts. */
export const value = (names: string, metavar = 'ARG', text = ''): Option<'value'> => ({ kind: 'value', names, text, metavar })
/** A value that may be left out (`--color[=WHEN]`); then it is the empty string. */
export const optional = (names: string, metavar = 'WHEN', text = ''): Option<'optional'> => ({ kind: 'optional', names, text, metavar })
/** With a value, may be repeated. */
export const list = (names: string, metavar = 'ARG', text = ''): Option<'list'> => ({ kind: 'list', names, text, metavar })

/** What is wrong with a command line, in getopt's words, without the program's name. */
export class UsageError extends Error {
  /** The letter, for musl's other wording. */
  readonly letter: string | undefined
  /** Instead of the program's usual code. */
  readonly code: number | undefined

  constructor(message: string, letter?: string, code?: number) {
    super(message)
    this.letter = letter
    this.code = code
  }
}

export interface ParseOptions {
  /** The first operand ends the options: `env`, `xargs`, `timeout`, `nohup`. */
  readonly stopsAtOperand?: boolean
}

export function parseOptions<T extends Table>(table: T, args: readonly string[], { stopsAtOperand = false }: ParseOptions = {}): Parsed<T> {
  const shorts = new Map<string, string>()
  const longs = new Map<string, string>()
  for (const [key, option] of Object.entries(table)) {
    for (const name of option.names.split('|')) (name.length === 1 ? shorts : longs).set(name, key)
  }
  const given: { key: string; value: string | undefined }[] = []
  const operands: string[] = []
  for (let index = 0; index < args.length; index++) {
    const arg = args[index]
    if (arg === '--') {
      operands.push(...args.slice(index + 1))
      break
    }
    if (arg.startsWith('--')) {
      const equals = arg.indexOf('=')
      const typed = equals < 0 ? arg.slice(2) : arg.slice(2, equals)
      const name = fullName(typed, [...longs.keys()], longs)
      const key = longs.get(name) as string
      const { kind } = table[key]
      if (kind === 'flag' || kind === 'count') {
        if (equals >= 0) throw new UsageError(`option '--${name}' doesn't allow an argument`)
        given.push({ key, value: undefined })
      } else if (equals >= 0) given.push({ key, value: arg.slice(equals + 1) })
      else if (kind === 'optional') given.push({ key, value: '' })
      else if (index + 1 < args.length) given.push({ key, value: args[++index] })
      else throw new UsageError(`option '--${name}' requires an argument`)
      continue
    }
    if (arg.startsWith('-') && arg.length > 1) {
      for (let at = 1; at < arg.length; at++) {
        const letter = arg[at]
        const key = shorts.get(letter)
        if (key === undefined) throw new UsageError(`invalid option -- '${letter}'`, letter)
        const { kind } = table[key]
        if (kind === 'flag' || kind === 'count') {
          given.push({ key, value: undefined })
          continue
        }
        const rest = arg.slice(at + 1)
        if (rest !== '' || kind === 'optional') given.push({ key, value: rest })
        else if (index + 1 < args.length) given.push({ key, value: args[++index] })
        else throw new UsageError(`option requires an argument -- '${letter}'`)
        break
      }
      continue
    }
    operands.push(arg)
    if (stopsAtOperand) {
      operands.push(...args.slice(index + 1))
      break
    }
  }
  return { flags: flagsOf(table, given), operands, given }
}

/** The last of these options that was given; the way `ls -1 -l` and `cp -i -f` decide. */
export function lastOf(given: Parsed<Table>['given'], keys: readonly string[]): string | undefined {
  return given.findLast(({ key }) => keys.includes(key))?.key
}

function fullName(typed: string, names: readonly string[], longs: ReadonlyMap<string, string>): string {
  if (longs.has(typed)) return typed
  const fitting = names.filter((name) => name.startsWith(typed))
  if (fitting.length === 0) throw new UsageError(`unrecognized option '--${typed}'`)
  if (new Set(fitting.map((name) => longs.get(name))).size > 1) {
    throw new UsageError(`option '--${typed}' is ambiguous; possibilities: ${fitting.map((name) => `'--${name}'`).join(' ')}`)
  }
  return fitting[0]
}

function flagsOf<T extends Table>(table: T, given: Parsed<T>['given']): Flags<T> {
  const flags: Record<string, unknown> = {}
  for (const [key, { kind }] of Object.entries(table)) {
    const mine = given.filter((one) => one.key === key)
    if (kind === 'flag') flags[key] = mine.length > 0
    else if (kind === 'count') flags[key] = mine.length
    else if (kind === 'list') flags[key] = mine.map((one) => one.value)
    else flags[key] = mine.at(-1)?.value
  }
  return flags as Flags<T>
}

/** The option lines of a `--help`. */
export function optionHelp(table: Table): string {
  return Object.values(table)
    .map(({ names, text, metavar, kind }) => {
      const all = names.split('|')
      const short = all.find((name) => name.length === 1)
      const long = all.find((name) => name.length > 1)
      const argument = metavar === '' ? '' : kind === 'optional' ? `[=${metavar}]` : long ? `=${metavar}` : ` ${metavar}`
      const left = `  ${short ? `-${short}` : '  '}${short && long ? ', ' : short ? '' : '  '}${long ? `--${long}` : ''}${argument}`
      return text === '' ? left : left.length < 28 ? `${left.padEnd(28)} ${text}` : `${left}\n${' '.repeat(29)}${text}`
    })
    .join('\n')
}
