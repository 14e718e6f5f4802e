/** The small programs beside psql: pg_isready, createdb, dropdb, createuser, dropuser; and how they read their command lines. */
import { type Blocking, err, out, type Process, type Program } from '../../../unix/kernel/process.ts'
import { connect, ConnectionFailure, defaultTarget, type Target, targetOf } from './connection.ts'
import { clientVersion } from './psql.ts'
import { quoted } from './server.ts'

interface Given {
  readonly target: Partial<Target>
  readonly flags: ReadonlyMap<string, string>
  readonly operands: readonly string[]
}

export function given(args: readonly string[], withValue: string): Given {
  let target: Partial<Target> = {}
  const flags = new Map<string, string>()
  const operands: string[] = []
  const long: Readonly<Record<string, string>> = {
    host: 'h',
    port: 'p',
    username: 'U',
    dbname: 'd',
    timeout: 't',
    quiet: 'q',
    'schema-only': 's',
    'data-only': 'a',
    table: 't',
    file: 'f',
    owner: 'O',
    version: 'V',
    format: 'F',
    pwprompt: 'P',
    superuser: 's',
    createdb: 'd',
  }
  for (let at = 0; at < args.length; at++) {
    const [, name, inline] = /^--([\w-]+)(?:=(.*))?$/s.exec(args[at]) ?? []
    const letters = name === undefined ? (/^-(.+)$/.exec(args[at])?.[1] ?? '') : (long[name] ?? `--${name}`)
    if (letters === '') {
      operands.push(args[at])
      continue
    }
    const letter = letters.startsWith('--') ? letters : letters[0]
    const takes = withValue.includes(letter)
    const value = takes ? (inline ?? (name === undefined && letters.length > 1 ? letters.slice(1) : args[++at]) ?? '') : ''
    if (letter === 'h') target = { ...target, host: value }
    else if (letter === 'p' && takes) target = { ...target, port: Number(value) }
    else if (letter === 'U') target = { ...target, user: value }
    else if (letter === 'd' && takes) target = { ...target, ...(targetOf(value) ?? { database: value }) }
    flags.set(letter, value)
  }
  return { target, flags, operands }
}

export const pgIsReady: Program = function* (process) {
  const { target, flags } = given(process.argv.slice(1), 'hpUdt')
  if (flags.has('V')) {
    yield* out(process, `pg_isready (PostgreSQL) ${clientVersion(process)}\n`)
    return 0
  }
  const full = defaultTarget(process, target)
  const say = function* (text: string, code: number): Blocking<number> {
    if (!flags.has('q')) yield* out(process, `${full.host}:${full.port} - ${text}\n`)
    return code
  }
  try {
    const session = yield* connect(process, full)
    session.close()
    return yield* say('accepting connections', 0)
  } catch (error) {
    if (!(error instanceof ConnectionFailure)) throw error
    return error.isAnswered ? yield* say('accepting connections', 0) : yield* say('no response', 2)
  }
}

/** One statement for a command line. */
function statementProgram(name: string, sqlOf: (all: Given, process: Process) => string | undefined): Program {
  return function* (process) {
    const all = given(process.argv.slice(1), 'hpUO')
    const sql = sqlOf(all, process)
    if (sql === undefined) {
      yield* err(
        process,
        `${name}: error: missing required argument ${name.endsWith('user') ? 'role' : 'database'} name\n${name}: hint: Try "${name} --help" for more information.\n`,
      )
      return 1
    }
    const target = defaultTarget(process, { ...all.target, database: 'postgres' })
    try {
      const session = yield* connect(process, target)
      const failed = (yield* session.query(sql)).find((result) => result.kind === 'error')
      session.close()
      if (failed?.kind !== 'error') return 0
      yield* err(
        process,
        `${name}: error: ${{ createdb: 'database creation', dropdb: 'database removal', createuser: 'creation of new role', dropuser: `removal of role "${all.operands[0]}"` }[name] ?? name} failed: ERROR:  ${failed.fields.M ?? ''}\n`,
      )
      return 1
    } catch (error) {
      if (!(error instanceof ConnectionFailure)) throw error
      yield* err(process, `${name}: error: ${error.message}\n`)
      return 1
    }
  }
}

export const createdb = statementProgram(
  'createdb',
  ({ operands: [name], flags }, process) =>
    `CREATE DATABASE ${quoted(name ?? process.env.PGDATABASE ?? defaultTarget(process, {}).user)}${flags.get('O') ? ` OWNER ${quoted(flags.get('O') ?? '')}` : ''}`,
)
export const dropdb = statementProgram('dropdb', ({ operands: [name], flags }) =>
  name === undefined ? undefined : `DROP DATABASE ${flags.has('--if-exists') ? 'IF EXISTS ' : ''}${quoted(name)}`,
)
export const dropuser = statementProgram('dropuser', ({ operands: [name], flags }) =>
  name === undefined ? undefined : `DROP ROLE ${flags.has('--if-exists') ? 'IF EXISTS ' : ''}${quoted(name)}`,
)
export const createuser = statementProgram('createuser', ({ operands: [name], flags }) =>
  name === undefined
    ? undefined
    : `CREATE ROLE ${quoted(name)} ${flags.has('s') ? 'SUPERUSER CREATEDB CREATEROLE' : `NOSUPERUSER ${flags.has('d') ? 'CREATEDB' : 'NOCREATEDB'} NOCREATEROLE`} INHERIT LOGIN`,
)
