/** What a session cannot make itself and gets from where it runs (worker or Node): modules of WebAssembly, loaded when first needed. */
import type { LoadPostgres } from '../engine/images/postgres/library.ts'
import type { LoadSqlite } from '../engine/images/sqlite/library.ts'

export interface Supplies {
  /** quickjs, for learners' JavaScript. */
  readonly quickjs: () => Promise<WebAssembly.Module>
  /** Skulpt and its library: a Python written in JavaScript, as two scripts for the VM. */
  readonly skulpt: () => Promise<readonly [string, string]>
  /** PGlite, for the postgres images. */
  readonly postgres: LoadPostgres
  /** sql.js, below the mysql images and for node's `sqlite3`. */
  readonly sqlite: LoadSqlite
}
