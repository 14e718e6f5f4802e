/** sql.js brings no types; what is used of it. */
declare module 'sql.js' {
  import type { SqliteLibrary } from '../engine/images/sqlite/library.ts'
  export default function initSqlite(options: {
    readonly locateFile?: () => string
    readonly useOldExtensionFunctions?: boolean
  }): Promise<SqliteLibrary>
}
