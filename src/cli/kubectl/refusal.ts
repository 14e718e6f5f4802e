/**
 * How kubectl ends with an error: what it prints on standard error, after which rules a `Status` of the server becomes text, and the
 * exit code. All refusals are thrown; one place (kubectl.ts) prints them.
 */
import { goQuoted } from '../go-values.ts'
import type { Json } from './json.ts'

/** An error of kubectl itself: printed with `error: ` in front unless it says so already. */
export class Refusal extends Error {
  readonly code: number

  constructor(message: string, code = 1) {
    super(message)
    this.code = code
  }
}

/** An error that is printed as it is, without `error: `. */
export class Bare extends Refusal {}

/** Went wrong after something was printed already. */
export class HalfPrinted extends Refusal {
  readonly printed: string

  constructor(printed: string, message: string) {
    super(message)
    this.printed = printed
  }
}

/** Ends without a word: the text is out already. */
export class Quit extends Error {
  readonly code: number

  constructor(code: number) {
    super(`exit ${code}`)
    this.code = code
  }
}

/** The server's answer to a request that it refused. */
export class StatusError extends Error {
  readonly status: Json
  /** Text put before the message: `error when creating "x.yaml": `. */
  readonly prefix: string

  constructor(status: Json, prefix = '') {
    super(`${prefix}${status.message ?? ''}`)
    this.status = status
    this.prefix = prefix
  }

  get reason(): string {
    return this.status.reason ?? ''
  }

  get code(): number {
    return this.status.code ?? 0
  }

  /** The same refusal with more said about what was tried. */
  because(prefix: string): StatusError {
    return new StatusError(this.status, `${prefix}${this.prefix}`)
  }
}

/** The server could not be reached. `text` is Go's error of the transport. */
export class ConnectionError extends Error {
  readonly kind: 'refused' | 'other'
  readonly host: string

  constructor(kind: 'refused' | 'other', host: string, text: string) {
    super(text)
    this.kind = kind
    this.host = host
  }
}

/** Several errors at once. */
export class Aggregate extends Error {
  readonly errors: readonly Error[]

  constructor(errors: readonly Error[]) {
    super(errors.length === 1 ? errors[0].message : `[${[...new Set(errors.map(({ message }) => message))].join(', ')}]`)
    this.errors = errors
  }
}

export function isNotFound(error: unknown): boolean {
  return error instanceof StatusError && error.reason === 'NotFound'
}

/** Throws what was gathered, if anything. */
export function throwAll(errors: readonly Error[]): void {
  if (errors.length === 1) throw errors[0]
  if (errors.length > 1) throw new Aggregate(errors)
}

/** What stands on standard error, without the last line break; and the exit code. */
export function textOfError(error: Error): { readonly text: string; readonly code: number } {
  if (error instanceof Quit) return { text: '', code: error.code }
  if (error instanceof Aggregate) {
    if (error.errors.length === 1) return textOfError(error.errors[0])
    const lines = error.errors
      .flatMap((inner) => (inner instanceof Aggregate ? inner.errors : [inner]))
      .map((inner) => standardText(inner) ?? inner.message)
    return { text: lines.join('\n'), code: 1 }
  }
  const standard = standardText(error)
  if (standard !== undefined) return { text: standard, code: 1 }
  const code = error instanceof Refusal ? error.code : 1
  return { text: error instanceof Bare ? error.message : prefixed(error.message), code }
}

function prefixed(message: string): string {
  return message.startsWith('error: ') ? message : `error: ${message}`
}

function standardText(error: Error): string | undefined {
  if (error instanceof ConnectionError) {
    if (error.kind === 'refused') return `The connection to the server ${error.host} was refused - did you specify the right host or port?`
    return `Unable to connect to the server: ${error.message}`
  }
  if (!(error instanceof StatusError)) return undefined
  const { status, prefix } = error
  if (status.reason === 'Invalid') return invalidText(status, prefix)
  if (status.reason === 'Unauthorized' || status.code === 401)
    return `error: You must be logged in to the server (${prefix}${status.message ?? 'Unauthorized'})`
  if (status.reason) return `Error from server (${status.reason}): ${error.message}`
  return `Error from server: ${error.message}`
}

function invalidText(status: Json, prefix: string): string {
  const { details } = status
  if (!details) return `The request is invalid: ${prefix}${status.message}`
  const start =
    details.kind || details.name ? `The ${details.kind ?? ''} ${goQuoted(details.name ?? '')} is invalid` : 'The request is invalid'
  const causes: Json[] = details.causes ?? []
  if (causes.length === 0) return `${start}: ${prefix}${status.message}`.replace(/: $/, '')
  const texts = [...new Set(causes.map(causeText))]
  if (texts.length === 1) return `${start}: ${texts[0]}`
  return `${start}: ${texts.map((text) => `\n* ${text}`).join('')}`
}

function causeText({ field, message }: Json): string {
  return `${field ?? ''}: ${message}`
}

/** A usage error of a command: points at its help. */
export function usage(command: string, message: string): Refusal {
  return new Refusal(`${message}\nSee '${command} -h' for help and examples`)
}
