/**
 * PostgreSQL as the server uses it: PGlite, compiled to WebAssembly, in a thread of its own, so that a statement may compute as long as it likes.
 * One instance is one single-user backend on one database. Whoever holds the session hands in how it is fetched and started.
 */

export interface PostgresLibrary {
  /** `files` is the tar of a data folder; without it initdb makes one. */
  open(options: { readonly files?: Uint8Array; readonly database: string; readonly username: string }): Promise<PostgresInstance>
}

export interface PostgresInstance {
  /** Frontend messages in, backend messages out. */
  run(message: Uint8Array): Statement
  /** Opens another database of the same cluster. */
  use(database: string): Promise<void>
  /** Every file of the data folder by its path, folders ending in a slash: a number that tells two contents apart, and the content of those whose number is not the `known` one. */
  files(known: Readonly<Record<string, number>>): Promise<DataFiles>
  /** Ends it, in the middle of a statement too. What no data folder holds is gone. */
  kill(): void
}

export interface DataFiles {
  readonly sums: Readonly<Record<string, number>>
  readonly changed: Readonly<Record<string, Uint8Array>>
}

/** What the backend is asked to do; it cannot be interrupted, only killed with its thread. */
export interface Statement {
  readonly answer: Uint8Array | undefined
  /** Why the thread broke down, if it did. */
  readonly failure: string | undefined
  /** Settles with the answer, or when `ms` of the machine's own time have passed since it was asked. */
  within(ms: number): Promise<unknown>
}

export type LoadPostgres = () => Promise<PostgresLibrary>
