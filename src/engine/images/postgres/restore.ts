/** pg_restore, which knows no table of contents and restores an archive as a whole, and pg_dumpall. */
import { bytesOf, textOf } from '../../../base/bytes.ts'
import { UnixError } from '../../../unix/errors.ts'
import { type Blocking, err, out, type Process, type Program, readAll } from '../../../unix/kernel/process.ts'
import { connect, ConnectionFailure, defaultTarget, type Result, type Session } from './connection.ts'
import { rowsOf } from './describe.ts'
import { dumped, magic } from './dump.ts'
import { clientVersion } from './psql.ts'
import { quoted } from './server.ts'
import { scanned } from './statements.ts'
import { given } from './tools.ts'
import { message } from './wire.ts'

export const pgRestore: Program = function* (process) {
  const { target, flags, operands } = given(process.argv.slice(1), 'hpUdtfFnjL')
  if (flags.has('V')) {
    yield* out(process, `pg_restore (PostgreSQL) ${clientVersion(process)}\n`)
    return 0
  }
  const refused = ['t', 'n', 'L', 'l', '--list', 'a', 's'].find((flag) => flags.has(flag))
  if (refused !== undefined) {
    yield* err(
      process,
      `pg_restore: error: -${refused.replace(/^--/, '-')} is not simulated: an archive is restored as a whole in this sandbox\n`,
    )
    return 1
  }
  const database = target.database
  if (database === undefined && !flags.has('f')) {
    yield* err(process, 'pg_restore: error: one of -d/--dbname and -f/--file must be specified\n')
    return 1
  }
  let bytes: Uint8Array
  try {
    bytes = operands[0] === undefined ? yield* readAll(process, 0) : process.files.readFile(process.path(operands[0]), process.credentials)
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    yield* err(process, `pg_restore: error: could not open input file "${operands[0]}": ${error.words}\n`)
    return 1
  }
  if (!magic.every((byte, at) => bytes[at] === byte)) {
    yield* err(
      process,
      textOf(bytes.subarray(0, 200)).startsWith('--\n-- PostgreSQL database')
        ? 'pg_restore: error: input file appears to be a text format dump. Please use psql.\n'
        : 'pg_restore: error: input file does not appear to be a valid archive\n',
    )
    return 1
  }
  const text = textOf(bytes.subarray(magic.length))
  const file = flags.get('f')
  if (file !== undefined) {
    if (file === '-') yield* out(process, text)
    else process.files.writeFile(process.path(file), text, {}, process.credentials)
    return 0
  }
  try {
    const session = yield* connect(process, defaultTarget(process, target))
    if (flags.has('c')) yield* dropAll(session, text)
    const failures = yield* restored(
      process,
      session,
      text,
      flags.has('O') || flags.has('--no-owner'),
      flags.has('--exit-on-error') || flags.has('e'),
    )
    session.close()
    if (failures > 0) yield* err(process, `pg_restore: warning: errors ignored on restore: ${failures}\n`)
    return failures > 0 ? 1 : 0
  } catch (error) {
    if (!(error instanceof ConnectionFailure)) throw error
    yield* err(process, `pg_restore: error: ${error.message}\n`)
    return 1
  }
}

/** `--clean`: what the archive makes is dropped first. */
function* dropAll(session: Session, text: string): Blocking<void> {
  for (const [, kind, name] of text.matchAll(/^CREATE (TABLE|VIEW|SEQUENCE) (\S+)/gm))
    yield* session.query(`DROP ${kind} IF EXISTS ${name} CASCADE`)
}

function* restored(process: Process, session: Session, text: string, isWithoutOwner: boolean, stopsAtError: boolean): Blocking<number> {
  let failures = 0
  let rest = text
  const judge = function* (results: readonly Result[], sql: string): Blocking<void> {
    for (const result of results) {
      if (result.kind !== 'error') continue
      failures++
      yield* err(process, `pg_restore: error: could not execute query: ERROR:  ${result.fields.M ?? ''}\nCommand was: ${sql};\n\n\n`)
    }
  }
  while (rest.trim() !== '' && !(stopsAtError && failures > 0)) {
    const end = firstEnd(rest)
    const [statement, after] = [rest.slice(0, end).replace(/^(?:\s|--[^\n]*\n|--[^\n]*$)*/, ''), rest.slice(end + 1)]
    rest = after
    if (statement === '' || (isWithoutOwner && /\bOWNER TO\b/.test(statement))) continue
    const results = yield* session.query(statement)
    yield* judge(results, statement)
    if (results.at(-1)?.kind !== 'copy-in') continue
    const stop = rest.indexOf('\n\\.')
    session.send(message('d', bytesOf(rest.slice(rest.indexOf('\n') + 1, stop + 1))))
    session.send(message('c'))
    rest = rest.slice(stop + 3)
    yield* judge(yield* session.results(), statement)
  }
  return failures
}

/** Where the first statement's semicolon stands: statements are tried at each semicolon until one is whole. */
function firstEnd(text: string): number {
  for (let at = text.indexOf(';'); at >= 0; at = text.indexOf(';', at + 1))
    if (scanned(text.slice(0, at + 1)).statements.length > 0) return at
  return text.length
}

/** Roles, then every database. */
export const pgDumpAll: Program = function* (process) {
  const { target, flags } = given(process.argv.slice(1), 'hpUdfl')
  try {
    const full = defaultTarget(process, { ...target, database: target.database ?? 'postgres' })
    const session = yield* connect(process, full)
    const roles = yield* rowsOf(
      session,
      "SELECT rolname, 'WITH ' || concat_ws(' ', CASE WHEN rolsuper THEN 'SUPERUSER' ELSE 'NOSUPERUSER' END, CASE WHEN rolinherit THEN 'INHERIT' ELSE 'NOINHERIT' END, CASE WHEN rolcreaterole THEN 'CREATEROLE' ELSE 'NOCREATEROLE' END, CASE WHEN rolcreatedb THEN 'CREATEDB' ELSE 'NOCREATEDB' END, CASE WHEN rolcanlogin THEN 'LOGIN' ELSE 'NOLOGIN' END, CASE WHEN rolreplication THEN 'REPLICATION' ELSE 'NOREPLICATION' END, CASE WHEN rolbypassrls THEN 'BYPASSRLS' ELSE 'NOBYPASSRLS' END, 'PASSWORD ' || pg_catalog.quote_literal(rolpassword)) FROM pg_catalog.pg_authid WHERE rolname !~ '^pg_' ORDER BY 1",
    )
    const names = yield* rowsOf(
      session,
      'SELECT datname FROM pg_catalog.pg_database WHERE datallowconn AND NOT datistemplate ORDER BY datname',
    )
    session.close()
    let text = `--\n-- PostgreSQL database cluster dump\n--\n\nSET default_transaction_read_only = off;\n\nSET client_encoding = 'UTF8';\nSET standard_conforming_strings = on;\n\n--\n-- Roles\n--\n\n${roles.rows.map(([name, how]) => `CREATE ROLE ${quoted(name ?? '')};\nALTER ROLE ${quoted(name ?? '')} ${how};\n`).join('')}\n\n`
    for (const [name] of flags.has('r') || flags.has('g') || flags.has('--globals-only') || flags.has('--roles-only') ? [] : names.rows) {
      const database = name ?? ''
      const inside = yield* connect(process, { ...full, database })
      text += `--\n-- Database "${database}" dump\n--\n\n${database === 'postgres' ? '' : `CREATE DATABASE ${quoted(database)} WITH TEMPLATE = template0 ENCODING = 'UTF8';\n\n`}\\connect ${quoted(database)}\n\n${yield* dumped(process, inside, { hasSchema: true, hasData: true, table: undefined, cleans: false })}`
      inside.close()
    }
    text += '--\n-- PostgreSQL database cluster dump complete\n--\n\n'
    const file = flags.get('f')
    if (file === undefined) yield* out(process, text)
    else process.files.writeFile(process.path(file), text, {}, process.credentials)
    return 0
  } catch (error) {
    if (!(error instanceof ConnectionFailure)) throw error
    yield* err(process, `pg_dumpall: error: ${error.message}\n`)
    return 1
  }
}
