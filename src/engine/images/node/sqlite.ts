/** SQLite files for packages of the guest (`sqlite3`, `better-sqlite3`): opened from the container's files, written back after each change. */
import { UnixError } from '../../../unix/errors.ts'
import type { Process } from '../../../unix/kernel/process.ts'
import type { LoadSqlite, SqliteDatabase, SqliteLibrary, SqlValue } from '../sqlite/library.ts'
import type { Blocking } from '../../../unix/kernel/process.ts'

interface Open {
  readonly path: string
  readonly database: SqliteDatabase
  isInTransaction: boolean
}

export type SqliteCall =
  | { readonly open: string }
  | { readonly id: number; readonly close: true }
  | {
      readonly id: number
      readonly sql: string
      readonly values: readonly SqlValue[] | Readonly<Record<string, SqlValue>>
      readonly isScript?: boolean
    }

/** The library, where the program's folder has a package that wants it: it has to be there before the program asks, which cannot wait. */
export function* sqliteFor(process: Process, script: string | undefined, load: LoadSqlite): Blocking<SqliteLibrary | undefined> {
  const folders = (script === undefined ? process.cwd : process.path(script)).split('/')
  const isWanted = folders.some((_, at) =>
    ['sqlite3', 'better-sqlite3'].some((name) =>
      process.files.exists(`${folders.slice(0, folders.length - at).join('/')}/node_modules/${name}`),
    ),
  )
  if (!isWanted) return undefined
  let library: SqliteLibrary | undefined
  const loading = load().then((found) => (library = found))
  while (!library) yield { promise: loading }
  return library
}

export class SqliteFiles {
  readonly #process: Process
  readonly #library: SqliteLibrary
  readonly #open = new Map<number, Open>()
  #nextId = 1

  constructor(process: Process, library: SqliteLibrary) {
    this.#process = process
    this.#library = library
  }

  /** What the guest gets; a refusal of SQLite is `{ problem }`. */
  call(given: SqliteCall): unknown {
    const { files } = this.#process
    if ('open' in given) {
      const isFile = given.open !== ':memory:' && given.open !== ''
      const path = isFile ? this.#process.path(given.open) : ''
      try {
        if (isFile && !files.exists(path)) files.writeFile(path, '', {}, this.#process.credentials)
        const bytes = isFile ? files.readFile(path) : new Uint8Array(0)
        const id = this.#nextId++
        this.#open.set(id, {
          path,
          database: bytes.length > 0 ? new this.#library.Database(bytes) : new this.#library.Database(),
          isInTransaction: false,
        })
        return { id }
      } catch (error) {
        if (!(error instanceof UnixError)) throw error
        return { problem: 'SQLITE_CANTOPEN: unable to open database file' }
      }
    }
    const open = this.#open.get(given.id)
    if (!open) return { problem: 'SQLITE_MISUSE: Database is closed' }
    if ('close' in given) {
      open.database.close()
      this.#open.delete(given.id)
      return {}
    }
    try {
      const results = given.isScript ? open.database.exec(given.sql) : open.database.exec(given.sql, given.values)
      const { columns, values } = results[0] ?? { columns: [], values: [] }
      const changes = open.database.getRowsModified()
      const lastID = Number(open.database.exec('SELECT last_insert_rowid()')[0]?.values[0]?.[0] ?? 0)
      if (/^\s*begin/i.test(given.sql)) open.isInTransaction = true
      else if (/^\s*(commit|end|rollback(?!\s+to))/i.test(given.sql)) open.isInTransaction = false
      // export() opens the file anew, which would end a transaction.
      if (!open.isInTransaction && open.path !== '' && !/^\s*(select|pragma|explain)/i.test(given.sql))
        files.writeFile(open.path, open.database.export(), {}, this.#process.credentials)
      return {
        columns,
        rows: values.map((row) => row.map((value) => (value instanceof Uint8Array ? { bytes: [...value] } : value))),
        changes,
        lastID,
      }
    } catch (error) {
      if (error instanceof UnixError) return { problem: 'SQLITE_READONLY: attempt to write a readonly database' }
      const words = error instanceof Error ? error.message : String(error)
      return { problem: `${/constraint failed/.test(words) ? 'SQLITE_CONSTRAINT' : 'SQLITE_ERROR'}: ${words}` }
    }
  }
}
