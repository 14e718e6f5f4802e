/**
 * SQLite compiled to WebAssembly (sql.js), as much of it as images use: under the mysql images as the engine below their dialect, and for
 * node's `sqlite3`. Whoever holds the session hands in how it is fetched. It answers at once: nothing here waits.
 */

export type SqlValue = number | string | Uint8Array | null

export interface SqliteDatabase {
  exec(
    sql: string,
    parameters?: readonly SqlValue[] | Readonly<Record<string, SqlValue>>,
  ): { readonly columns: readonly string[]; readonly values: readonly (readonly SqlValue[])[] }[]
  run(sql: string, parameters?: readonly SqlValue[] | Readonly<Record<string, SqlValue>>): unknown
  getRowsModified(): number
  /** The file's bytes. Closes and opens the database: functions have to be given anew afterwards. */
  export(): Uint8Array
  close(): void
  create_function(name: string, answer: (...values: SqlValue[]) => SqlValue): unknown
}

export interface SqliteLibrary {
  readonly Database: new (data?: Uint8Array) => SqliteDatabase
}

export type LoadSqlite = () => Promise<SqliteLibrary>
