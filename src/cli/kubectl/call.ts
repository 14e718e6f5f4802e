/**
 * One invocation of a kubectl command: its flags and arguments, and what every command needs, made when first asked for: who and where
 * the server is, what it offers, and how to print.
 */
import { type Blocking, err, out, type Process } from '../../unix/kernel/process.ts'
import type { Flags } from '../flags.ts'
import { Api } from './connection.ts'
import { type Discovery, discover, discoverAnew, type Resource } from './discovery.ts'
import { type Access, accessOf } from './kubeconfig.ts'
import { Refusal, usage } from './refusal.ts'

export class Call {
  readonly process: Process
  /** `kubectl create deployment`. */
  readonly command: string
  readonly flags: Flags
  readonly args: readonly string[]
  /** The command line as typed, for `--record`. */
  readonly typed: readonly string[]
  #access: Access | undefined
  #api: Api | undefined
  #discovery: Discovery | undefined

  constructor(process: Process, command: string, flags: Flags, typed: readonly string[]) {
    this.process = process
    this.command = command
    this.flags = flags
    this.args = flags.args
    this.typed = typed
  }

  out(text: string | Uint8Array): Blocking<void> {
    return out(this.process, text)
  }

  err(text: string): Blocking<void> {
    return err(this.process, text)
  }

  get access(): Access {
    return (this.#access ??= accessOf(this.process, this.flags))
  }

  get api(): Api {
    return (this.#api ??= new Api(this.process, this.access, this.flags))
  }

  get isConnected(): boolean {
    return this.#api !== undefined
  }

  get namespace(): string {
    return this.access.namespace
  }

  *discovery(): Blocking<Discovery> {
    return (this.#discovery ??= yield* discover(this.api))
  }

  /** Asks the server itself, for what is not to be found may be new, unless it was asked just now. */
  *rediscover(): Blocking<Discovery> {
    if (!this.#discovery?.isFresh) this.#discovery = yield* discoverAnew(this.api)
    return this.#discovery
  }

  /** The type that a word means. */
  *resource(word: string): Blocking<Resource | undefined> {
    return (yield* this.discovery()).named(word) ?? (yield* this.rediscover()).named(word)
  }

  /** Prints the command's own help. */
  help: () => Blocking<void> = function* () {}

  usage(message: string): Refusal {
    return usage(this.command, message)
  }

  /** `--dry-run`: none, client or server. */
  get dryRun(): 'none' | 'client' | 'server' {
    if (!this.flags.knows('dry-run')) return 'none'
    const value = this.flags.text('dry-run')
    // The flag alone, as it was once typed; `kubectl.ts` says that it is old.
    if (value === 'unchanged') return 'client'
    if (value !== 'none' && value !== 'client' && value !== 'server')
      throw new Refusal(`Invalid dry-run value (${value}). Must be "none", "server", or "client".`)
    return value
  }

  /** Query parameters of a write: who manages the fields, how strictly, whether only to try. */
  writing(validate?: string): Record<string, string | undefined> {
    return {
      dryRun: this.dryRun === 'server' ? 'All' : undefined,
      fieldManager: this.flags.knows('field-manager') ? this.flags.text('field-manager') : undefined,
      fieldValidation: validate,
    }
  }

  /** `--validate` as the server's `fieldValidation`. */
  get validation(): 'Strict' | 'Warn' | 'Ignore' {
    const value = this.flags.text('validate')
    if (value === 'true' || value === 'strict') return 'Strict'
    if (value === 'false' || value === 'ignore') return 'Ignore'
    if (value === 'warn') return 'Warn'
    throw new Refusal(`invalid - validate option ${JSON.stringify(value)}; must be one of: strict (or true), warn, ignore (or false)`)
  }

  get isTerminal(): boolean {
    return this.process.descriptors.get(0)?.file.kind === 'terminal'
  }
}

/** The text after the verb in answers: ` (dry run)`, ` (server dry run)`. */
export function dryRunNote(call: Call): string {
  const { dryRun } = call
  return dryRun === 'client' ? ' (dry run)' : dryRun === 'server' ? ' (server dry run)' : ''
}
