/**
 * What every tool of the GNU kind has in common: options from a table, `--help`, `--version`, usage errors in getopt's words, and
 * refusals of the system printed as `name: path: words`. Under busybox the same mistakes get busybox's usage text instead.
 */
import { UnixError } from '../errors.ts'
import { type Blocking, Exit, err, out, type Process, type Program, type Running } from '../kernel/process.ts'
import { busyboxBanner, isBusybox, isMusl } from './flavour.ts'
import { type Flags, flag, optionHelp, type Parsed, parseOptions, type Table, UsageError } from './options.ts'

export interface Call<T extends Table> {
  readonly process: Process
  /** As typed: `ls`, or `/bin/ls`, as GNU's tools name themselves in messages. */
  readonly name: string
  readonly flags: Flags<T>
  readonly operands: readonly string[]
  readonly given: Parsed<T>['given']
  readonly busybox: boolean
}

export interface ToolSpec<T extends Table> {
  readonly name: string
  /** After `Usage: name `; several forms are several lines. */
  readonly usage: string
  readonly summary: string
  readonly flags: T
  readonly package?: string
  /** Exit code of a wrong command line; 1 for most, 2 for ls, grep, sort, diff. */
  readonly usageCode?: number
  /** grep also says how it is used. */
  readonly usageOnError?: boolean
  /** diff names itself in the second line too. */
  readonly namesHint?: boolean
  /** What follows a usage error instead of the usual hint. */
  readonly hint?: string
  readonly stopsAtOperand?: boolean
  /** Rewrites old spellings (`head -5`) before the options are read. */
  readonly spelled?: (args: readonly string[]) => readonly string[]
  readonly run: (call: Call<T & typeof standard>) => Running
}

const standard = { help: flag('help', 'display this help and exit'), version: flag('version', 'output version information and exit') }

export function tool<T extends Table>(spec: ToolSpec<T>): Program {
  const table = { ...spec.flags, ...standard }
  return function* (process) {
    const busybox = isBusybox(process)
    const name = busybox ? baseName(process.argv[0]) : process.argv[0]
    const args = process.argv.slice(1)
    try {
      const parsed = parseOptions(table, spec.spelled ? spec.spelled(args) : args, spec)
      if (parsed.flags.help) {
        if (busybox) {
          yield* err(process, busyboxUsage(process, spec))
          return 0
        }
        yield* out(process, `Usage: ${usageLines(spec, name)}\n${spec.summary}\n\n${optionHelp(table)}\n`)
        return 0
      }
      if (parsed.flags.version && !busybox) {
        yield* out(process, `${spec.name} (${spec.package ?? 'GNU coreutils'}) ${spec.package ? '' : '9.1'}`.trimEnd() + '\n')
        return 0
      }
      return yield* spec.run({ process, name, busybox, ...parsed })
    } catch (error) {
      if (error instanceof UsageError) {
        if (busybox)
          yield* err(
            process,
            `${name}: ${isMusl(process) && error.letter ? `unrecognized option: ${error.letter}` : error.message}\n${busyboxUsage(process, spec)}`,
          )
        else if (spec.hint !== undefined) yield* err(process, `${name}: ${error.message}\n${spec.hint}`)
        else
          yield* err(
            process,
            `${error.message === '' ? '' : `${name}: ${error.message}\n`}${spec.usageOnError ? `Usage: ${usageLines(spec, name)}\n` : ''}${spec.namesHint ? `${name}: ` : ''}Try '${name} --help' for more information.\n`,
          )
        return error.code ?? spec.usageCode ?? 1
      }
      if (error instanceof UnixError) {
        const what = error.errno === 'EPIPE' || error.errno === 'ENOSPC' ? `write error: ${error.words}` : error.message
        yield* err(process, `${name}: ${what}\n`)
        return 1
      }
      throw error
    }
  }
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/^-/, '')
}

/** One line on standard error, after the program's name. */
export function* complain(call: { readonly process: Process; readonly name: string }, text: string): Blocking<void> {
  yield* err(call.process, `${call.name}: ${text}\n`)
}

/** The words of a system refusal; anything else thrown is our bug and goes on. */
export function wordsOf(error: unknown): string {
  if (error instanceof UnixError) return error.words
  throw error
}

export function isErrno(error: unknown, ...names: readonly string[]): error is UnixError {
  return error instanceof UnixError && names.includes(error.errno)
}

/** Ends the program from anywhere after a message. */
export function* die(call: { readonly process: Process; readonly name: string }, text: string, code = 1): Blocking<never> {
  yield* complain(call, text)
  throw new Exit(code)
}

/** A name in messages, as GNU's quoteaf writes it: `'x'`, `"it's"`. */
export function quoted(text: string): string {
  if (text.includes("'") && !/["$`\\]/.test(text)) return `"${text}"`
  return `'${text.replaceAll("'", "'\\''")}'`
}

/** A name in front of a colon: quoted only when it must be. */
export function quotedIfNeeded(text: string): string {
  return /^[\w@%+=:,./~^\]\[{}-]+$/.test(text) || text === '' ? (text === '' ? "''" : text) : quoted(text)
}

export function isTerminal(process: Process, descriptor: number): boolean {
  return process.descriptors.get(descriptor)?.file.kind === 'terminal'
}

function usageLines<T extends Table>(spec: ToolSpec<T>, name: string): string {
  return spec.usage
    .split('\n')
    .map((line) => `${name} ${line}`)
    .join('\n  or:  ')
}

function busyboxUsage<T extends Table>(process: Process, spec: ToolSpec<T>): string {
  const options = Object.values(spec.flags).flatMap(({ names, metavar, text }) => {
    const letter = names.split('|').find((one) => one.length === 1)
    return letter === undefined || text === ''
      ? []
      : [`\t-${letter}${metavar === '' ? '' : ` ${metavar}`}\t${text[0].toUpperCase()}${text.slice(1)}\n`]
  })
  const letters = Object.values(spec.flags).flatMap(({ names, metavar }) =>
    metavar === '' ? names.split('|').filter((one) => one.length === 1) : [],
  )
  const usage = spec.usage
    .split('\n')[0]
    .replace('[OPTION]...', letters.length > 0 ? `[-${letters.join('')}]` : '')
    .trim()
  return `${busyboxBanner(process)}\n\nUsage: ${spec.name} ${usage}\n\n${spec.summary}\n${options.length > 0 ? `\n${options.join('')}` : ''}`
}
