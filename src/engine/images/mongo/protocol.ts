/** What stands between mongod and its clients: lines of JSON, and the file that the data is kept in. */
import type { Process } from '../../../unix/kernel/process.ts'
import type { Call, Database, Document, Index } from './collections.ts'
import type { Value } from './literals.ts'
import type { ReplicaSet } from './replica-set.ts'

export const dataPath = '/data/db/drydock.json'
export const versionOf = ({ env }: Process): string => env.MONGO_VERSION ?? '8.0.15'

export interface Kept {
  readonly databases: Record<string, Record<string, Document[]>>
  readonly indexes?: Record<string, Record<string, Index[]>>
  /** Passwords by name. */
  readonly users: Record<string, string>
  readonly roles?: Record<string, Value>
  set?: ReplicaSet
}

export interface Question {
  readonly user?: string
  readonly password?: string
  readonly database: string
  /** A line of the shell, or a call that a driver makes. */
  readonly text?: string
  readonly collection?: string
  readonly calls?: readonly Call[]
}

export interface Answer {
  readonly shown?: string
  readonly value?: Value
  readonly error?: string
  readonly database?: string
}

/** A database of the file; `indexes` may be missing in files of earlier days. */
export function databaseOf(all: Kept, name: string): Database {
  const indexes = ((all as { indexes?: Record<string, Record<string, Index[]>> }).indexes ??= {})
  return { name, collections: (all.databases[name] ??= {}), indexes: (indexes[name] ??= {}) }
}
