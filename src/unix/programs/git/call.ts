/** What every git command is given, and small things they share: options, who commits, names of files as they are shown. */
import { type Blocking, type Process } from '../../kernel/process.ts'
import { type Flags, type Parsed, parseOptions, type Table, UsageError } from '../options.ts'
import { print } from '../text.ts'
import { isTerminal } from '../tool.ts'
import { momentOf, offsetText, strftime, zoneOf } from '../time-text.ts'
import { Fatal, type Files, type Person, Repository } from './repository.ts'

export interface GitCall {
  readonly process: Process
  readonly args: readonly string[]
}

export function parsed<T extends Table>(
  table: T,
  args: readonly string[],
): { flags: Flags<T>; operands: readonly string[]; given: Parsed<T>['given']; hasDashes: boolean } {
  try {
    return { ...parseOptions(table, args), hasDashes: args.includes('--') }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    const unknown = /unrecognized option '--(.*)'/.exec(error.message)?.[1]
    const letter = /invalid option -- '(.)'/.exec(error.message)?.[1]
    const wanting = /option requires an argument -- '(.)'/.exec(error.message)?.[1]
    throw new GitError(
      unknown !== undefined
        ? `error: unknown option \`${unknown}'\n`
        : letter !== undefined
          ? `error: unknown switch \`${letter}'\n`
          : wanting !== undefined
            ? `error: switch \`${wanting}' requires a value\n`
            : `error: ${error.message}\n`,
      129,
    )
  }
}

/** Ends the command with this text on standard error. */
export class GitError extends Fatal {
  readonly whole: string

  constructor(whole: string, code = 1) {
    super(whole, code)
    this.whole = whole
  }
}

export const say = (process: Process, text: string): Blocking<void> => print(process, text)

export const isColored = (process: Process): boolean => isTerminal(process, 1)

/** Who signs; refused in git's long words where nobody said. */
export function whoOf(repository: Repository, role: 'AUTHOR' | 'COMMITTER'): Person {
  const { process } = repository
  const name = process.env[`GIT_${role}_NAME`] ?? repository.config('user.name')
  const email = process.env[`GIT_${role}_EMAIL`] ?? repository.config('user.email')
  if (name === undefined || email === undefined) {
    const { hostname } = process.namespaces.uts
    throw new GitError(
      `${role === 'AUTHOR' ? 'Author' : 'Committer'} identity unknown\n\n*** Please tell me who you are.\n\nRun\n\n  git config --global user.email "you@example.com"\n  git config --global user.name "Your Name"\n\nto set your account's default identity.\nOmit --global to set the identity only in this repository.\n\nfatal: ${email === undefined ? `unable to auto-detect email address (got '${process.env.USER ?? 'root'}@${hostname}.(none)')` : 'empty ident name (for <' + email + '>) not allowed'}\n`,
      128,
    )
  }
  const date = process.env[`GIT_${role}_DATE`]
  const given = date === undefined ? undefined : /^@?(\d+)(?: ([+-]\d{4}))?$/.exec(date)
  const parsedMs = date !== undefined && !given ? Date.parse(date) : Number.NaN
  const ms = given ? Number(given[1]) * 1000 : Number.isNaN(parsedMs) ? process.now() : parsedMs
  return { name, email, seconds: Math.floor(ms / 1000), zone: given?.[2] ?? offsetText(momentOf(ms, zoneOf(process)).offsetMinutes) }
}

/** `Mon Jan 5 09:00:00 2026 +0000`, in the zone of who wrote it. */
export function dateText({ seconds, zone }: Person, style = 'default', nowMs = 0): string {
  const minutes = (zone.startsWith('-') ? -1 : 1) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3)))
  const moment = momentOf(seconds * 1000 + minutes * 60_000, 'UTC')
  switch (style) {
    case 'iso':
      return `${strftime('%Y-%m-%d %H:%M:%S', moment)} ${zone}`
    case 'short':
      return strftime('%Y-%m-%d', moment)
    case 'relative':
      return relative(nowMs / 1000 - seconds)
    default:
      return `${strftime('%a %b', moment)} ${Number(strftime('%d', moment))} ${strftime('%H:%M:%S %Y', moment)} ${zone}`
  }
}

function relative(seconds: number): string {
  const said = (number: number, unit: string): string => `${number} ${unit}${number === 1 ? '' : 's'} ago`
  if (seconds < 90) return said(Math.floor(seconds), 'second')
  const minutes = Math.round(seconds / 60)
  if (minutes < 90) return said(minutes, 'minute')
  const hours = Math.round(minutes / 60)
  if (hours < 36) return said(hours, 'hour')
  const days = Math.round(hours / 24)
  if (days < 14) return said(days, 'day')
  if (days < 70) return said(Math.round(days / 7), 'week')
  return days < 365 ? said(Math.round(days / 30), 'month') : said(Math.floor(days / 365), 'year')
}

/** A path as typed, seen from the repository's root: `` for the root itself. */
export function fromRoot(repository: Repository, typed: string): string {
  const { process } = repository
  const parts: string[] = []
  for (const part of process.path(typed).split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  const full = `/${parts.join('/')}`
  if (full === repository.work) return ''
  const root = repository.work === '/' ? '/' : `${repository.work}/`
  if (!full.startsWith(root)) throw new Fatal(`${typed}: '${typed}' is outside repository at '${repository.work}'`)
  return full.slice(root.length)
}

/** A path of the repository as it is shown where the process stands. */
export function fromHere(repository: Repository, path: string): string {
  const here = fromRoot(repository, '.')
  if (here === '') return path
  const [from, to] = [here.split('/'), path.split('/')]
  while (from.length > 0 && to.length > 0 && from[0] === to[0]) {
    from.shift()
    to.shift()
  }
  return [...from.map(() => '..'), ...to].join('/')
}

/** Which of the names a pathspec means. */
export function selected(names: Iterable<string>, spec: string): string[] {
  if (spec === '') return [...names]
  if (/[*?[]/.test(spec)) {
    const pattern = new RegExp(
      `^${spec
        .replace(/[.+^${}()|\\]/g, '\\$&')
        .replace(/\*/g, '.*')
        .replace(/\?/g, '.')}$`,
    )
    return [...names].filter((name) => pattern.test(name))
  }
  return [...names].filter((name) => name === spec || name.startsWith(`${spec}/`))
}

export function headFiles(repository: Repository): Files {
  const head = repository.head()
  return head === undefined ? new Map() : repository.filesOf(repository.commit(head).tree)
}

export const subjectOf = (message: string): string => message.split('\n\n')[0].replace(/\n/g, ' ').trim()

export const shortId = (id: string): string => id.slice(0, 7)

/** A revision, or git's words for one that is none. */
export function revision(repository: Repository, text: string): string {
  const id = repository.resolve(text)
  if (id === undefined)
    throw new Fatal(
      `ambiguous argument '${text}': unknown revision or path not in the working tree.\nUse '--' to separate paths from revisions, like this:\n'git <command> [<revision>...] -- [<file>...]'`,
    )
  return id
}
