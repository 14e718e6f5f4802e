/** Every program of the postgres images; fetched when the first of them is started. */
import { found, executable } from '../../../unix/kernel/execute.ts'
import { err, type Program } from '../../../unix/kernel/process.ts'
import { postgresEntrypoint } from './entrypoint.ts'
import type { LoadPostgres } from './library.ts'
import { psql } from './psql.ts'
import { postgresServer } from './server.ts'
import { pgDump } from './dump.ts'
import { pgDumpAll, pgRestore } from './restore.ts'
import { createdb, createuser, dropdb, dropuser, pgIsReady } from './tools.ts'

/** Runs a command as another user: `gosu postgres psql`. */
const gosu: Program = function* (process) {
  const [name, ...argv] = process.argv.slice(1)
  const line = process.files
    .readText('/etc/passwd')
    .split('\n')
    .find((one) => one.startsWith(`${name}:`))
  const path = argv[0] === undefined ? undefined : found(process, argv[0])
  if (!line || path === undefined) {
    yield* err(
      process,
      argv[0] === undefined
        ? 'Usage: gosu user-spec command [args]\n'
        : line
          ? `error: exec: "${argv[0]}": executable file not found in $PATH\n`
          : `error: failed switching to "${name}": unable to find user ${name}: no matching entries in passwd file\n`,
    )
    return 1
  }
  const [, , uid, gid] = line.split(':')
  process.credentials = { uid: Number(uid), gid: Number(gid), groups: [] }
  const { program, argv: full } = executable(process, path, argv)
  process.argv = full
  return yield* program(process)
}

export function postgresPrograms(load: LoadPostgres) {
  return {
    postgres: postgresServer(load),
    'postgres-entrypoint': postgresEntrypoint(load),
    psql,
    pg_isready: pgIsReady,
    createdb,
    dropdb,
    createuser,
    dropuser,
    pg_dump: pgDump,
    pg_dumpall: pgDumpAll,
    pg_restore: pgRestore,
    gosu,
  }
}
