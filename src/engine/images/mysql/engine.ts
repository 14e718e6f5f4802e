/**
 * A MySQL server's data and what statements do to it. The dialect is translated and SQLite answers; accounts, databases and the definitions of
 * tables are kept here, because SQLite knows none of them as MySQL shows them. Everything happens at once; waiting is the server's.
 */
import type { SqliteDatabase, SqliteLibrary, SqlValue } from '../sqlite/library.ts'
import { type Account, accountFor, everything, may, sees } from './accounts.ts'
import { account } from './account-statements.ts'
import { created, fullName } from './ddl.ts'
import { notSimulated, SqlError, syntaxError } from './errors.ts'
import { addFunctions } from './functions.ts'
import { asMySql } from './refusals.ts'
import { rewrite, type Naming } from './rewrite.ts'
import type { TableModel } from './schema.ts'
import { definition } from './definitions.ts'
import { shownBy } from './show.ts'
import { literal, name, Reader, type Token, tokensOf } from './tokens.ts'
import { type Item, itemsOf, type Used, type ValueType } from './types.ts'
import { systemDatabases, variable } from './variables.ts'
import { changing } from './writes.ts'

export type Cell = string | number | null

export interface Rows {
  readonly columns: readonly string[]
  readonly types: readonly (ValueType | undefined)[]
  readonly rows: readonly (readonly Cell[])[]
}

export interface Done {
  readonly changed: number
  readonly database?: string
  readonly insertId?: number
  /** `Rows matched: 1  Changed: 1  Warnings: 0`. */
  readonly info?: string
  readonly sleepMs?: number
}

export type Outcome = (Rows & { readonly sleepMs?: number }) | Done

/** One connection. */
export interface Session {
  readonly id: number
  readonly user: string
  readonly host: string
  database: string | undefined
  readonly variables: Map<string, Cell>
  autocommit: boolean
  lastInsertId: number
  rowCount: number
}

export interface Saved {
  readonly databases: Readonly<
    Record<
      string,
      Readonly<Record<string, { readonly model: TableModel; readonly rows: readonly (readonly SqlValue[])[]; readonly nextId: number }>>
    >
  >
  readonly accounts: readonly Account[]
}

export interface Settings {
  readonly version: string
  readonly isMaria: boolean
  readonly hostname: string
  readonly now: () => number
  readonly random: () => number
}

const writes = new Set(['INSERT', 'REPLACE', 'UPDATE', 'DELETE'])
const definitions = new Set(['CREATE', 'ALTER', 'DROP', 'TRUNCATE', 'RENAME'])

export class Engine {
  readonly sqlite: SqliteDatabase
  readonly settings: Settings
  readonly databases = new Map<string, Map<string, TableModel>>()
  readonly accounts: Account[] = []
  readonly sessions = new Set<Session>()
  /** Whose transaction is open. */
  owner: Session | undefined
  /** Something changed since it was last saved. */
  isDirty = false
  #sleepMs = 0

  constructor({ Database }: SqliteLibrary, settings: Settings, saved: Saved) {
    this.settings = settings
    this.sqlite = new Database()
    addFunctions(this.sqlite, {
      now: settings.now,
      random: settings.random,
      sleep: (seconds) => {
        this.#sleepMs += seconds * 1000
      },
    })
    this.accounts.push(...saved.accounts)
    for (const [database, tables] of Object.entries(saved.databases)) {
      this.databases.set(database, new Map())
      for (const [table, { model, rows, nextId }] of Object.entries(tables)) {
        this.define(database, table, model)
        if (model.view !== undefined) continue
        const full = name(fullName(database, table))
        for (const row of rows) this.sqlite.run(`INSERT INTO ${full} VALUES (${row.map(() => '?').join(', ')})`, row)
        this.count(database, table, nextId)
      }
    }
    this.sqlite.run('PRAGMA foreign_keys = ON')
  }

  saved(): Saved {
    const databases = Object.fromEntries(
      Array.from(this.databases, ([database, tables]) => [
        database,
        Object.fromEntries(
          Array.from(tables, ([table, model]) => [
            table,
            {
              model,
              rows: model.view === undefined ? (this.sqlite.exec(`SELECT * FROM ${name(fullName(database, table))}`)[0]?.values ?? []) : [],
              nextId: this.nextId(database, table) ?? 1,
            },
          ]),
        ),
      ]),
    )
    return { databases, accounts: this.accounts }
  }

  /** What the next counted row gets; undefined for a table that does not count. */
  nextId(database: string, table: string): number | undefined {
    if (
      !this.databases
        .get(database)
        ?.get(table)
        ?.columns.some(({ isCounting }) => isCounting)
    )
      return undefined
    return (
      Number(this.sqlite.exec('SELECT seq FROM sqlite_sequence WHERE name = ?', [fullName(database, table)])[0]?.values[0]?.[0] ?? 0) + 1
    )
  }

  count(database: string, table: string, nextId: number): void {
    if (this.nextId(database, table) === undefined || nextId <= 1) return
    const full = literal(fullName(database, table))
    this.sqlite.run(`DELETE FROM sqlite_sequence WHERE name = ${full}`)
    this.sqlite.run(`INSERT INTO sqlite_sequence (name, seq) VALUES (${full}, ${nextId - 1})`)
  }

  define(database: string, table: string, model: TableModel): void {
    if (model.view !== undefined) {
      const tokens = tokensOf(model.view)
      this.sqlite.run(`CREATE VIEW ${name(fullName(database, table))} AS ${rewrite(tokens, this.naming(this.inside(database), []))}`)
    } else for (const statement of created(database, table, model)) this.sqlite.run(statement)
    this.databases.get(database)?.set(table, model)
  }

  /** A session of nobody, to read definitions in. */
  inside(database: string): Session {
    return { id: 0, user: 'root', host: 'localhost', database, variables: new Map(), autocommit: true, lastInsertId: 0, rowCount: -1 }
  }

  open(id: number, user: string, host: string, password: string, database: string | undefined): Session {
    const found = accountFor(this.accounts, user, host)
    if (!found || found.password !== password)
      throw new SqlError(1045, '28000', `Access denied for user '${user}'@'${host}' (using password: ${password === '' ? 'NO' : 'YES'})`)
    const session: Session = { id, user, host, database: undefined, variables: new Map(), autocommit: true, lastInsertId: 0, rowCount: -1 }
    if (database !== undefined) this.use(session, database)
    this.sessions.add(session)
    return session
  }

  close(session: Session): void {
    if (this.owner === session) this.#end('ROLLBACK')
    this.sessions.delete(session)
  }

  accountOf(session: Session): Account {
    return (
      accountFor(this.accounts, session.user, session.host) ?? {
        user: session.user,
        host: session.host,
        password: '',
        grants: [everything],
      }
    )
  }

  use(session: Session, database: string): void {
    if (!systemDatabases.includes(database)) {
      if (!sees(this.accountOf(session), database))
        throw new SqlError(
          1044,
          '42000',
          `Access denied for user '${session.user}'@'${this.accountOf(session).host}' to database '${database}'`,
        )
      if (!this.databases.has(database)) throw new SqlError(1049, '42000', `Unknown database '${database}'`)
    }
    session.database = database
  }

  allow(session: Session, privilege: string, database: string | undefined, table?: string): void {
    if (database === undefined || database === 'information_schema' || may(this.accountOf(session), privilege, database, table)) return
    const { host } = this.accountOf(session)
    if (table === undefined || !sees(this.accountOf(session), database)) {
      if (table === undefined)
        throw new SqlError(1044, '42000', `Access denied for user '${session.user}'@'${host}' to database '${database}'`)
    }
    throw new SqlError(1142, '42000', `${privilege} command denied to user '${session.user}'@'${session.host}' for table '${table}'`)
  }

  tablesOf(session: Session, database = session.database): Map<string, TableModel> {
    if (database === undefined) throw new SqlError(1046, '3D000', 'No database selected')
    const tables = this.databases.get(database)
    if (!tables) throw new SqlError(1049, '42000', `Unknown database '${database}'`)
    return tables
  }

  /** `table` or `database.table` where reading stands. */
  place(session: Session, reader: Reader): { readonly database: string; readonly table: string } {
    let table = reader.takeName()
    if (table === undefined) throw syntaxError(reader.sql, reader.position, this.product)
    let { database } = session
    if (reader.take('.')) [database, table] = [table, reader.takeName() ?? '']
    this.tablesOf(session, database)
    return { database: database ?? '', table }
  }

  model(database: string, table: string): TableModel {
    const found = this.databases.get(database)?.get(table)
    if (!found) throw new SqlError(1146, '42S02', `Table '${database}.${table}' doesn't exist`)
    return found
  }

  get product(): string {
    return this.settings.isMaria ? 'MariaDB' : 'MySQL'
  }

  /** Notes in `used` which tables a statement names. */
  naming(
    session: Session,
    used: (Used & { readonly database: string; readonly table: string })[],
    aliases: ReadonlyMap<string, string> = new Map(),
  ): Naming {
    return {
      table: (database = session.database, table) => {
        const model = database === undefined ? undefined : this.databases.get(database)?.get(table)
        if (!model || database === undefined) {
          if (database !== undefined && systemDatabases.includes(database)) return `${database}.${table}`.toLowerCase()
          return undefined
        }
        used.push({ alias: aliases.get(table) ?? table, model, database, table })
        return fullName(database, table)
      },
      isColumn: (word) => used.some(({ model }) => model.columns.some((one) => one.name.toLowerCase() === word.toLowerCase())),
      variable: (given) => {
        const value = given.startsWith('@@')
          ? variable(this, session, given.replace(/^@@(global\.|session\.)?/i, ''))
          : (session.variables.get(given.slice(1).toLowerCase()) ?? null)
        return value === null ? 'NULL' : typeof value === 'number' ? String(value) : literal(value)
      },
      call: (upper) => {
        const found: Readonly<Record<string, Cell>> = {
          DATABASE: session.database ?? null,
          SCHEMA: session.database ?? null,
          USER: `${session.user}@${session.host}`,
          SESSION_USER: `${session.user}@${session.host}`,
          CURRENT_USER: `${session.user}@${this.accountOf(session).host}`,
          VERSION: this.settings.version,
          CONNECTION_ID: session.id,
          LAST_INSERT_ID: session.lastInsertId,
          ROW_COUNT: session.rowCount,
          FOUND_ROWS: session.rowCount,
        }
        if (!Object.hasOwn(found, upper)) return undefined
        const value = found[upper]
        return value === null ? 'NULL' : typeof value === 'number' ? String(value) : literal(value)
      },
    }
  }

  /** Whether it must wait until another session's transaction is over. */
  mustWait(session: Session, sql: string): boolean {
    return (
      this.owner !== undefined &&
      this.owner !== session &&
      (writes.has(firstWord(sql)) || definitions.has(firstWord(sql)) || firstWord(sql) === 'BEGIN' || firstWord(sql) === 'START')
    )
  }

  run(session: Session, sql: string): Outcome {
    this.#sleepMs = 0
    const tokens = tokensOf(sql)
    const [first] = tokens
    if (!first) throw new SqlError(1065, '42000', 'Query was empty')
    const outcome = this.#run(session, sql, tokens, first.upper)
    session.rowCount = 'rows' in outcome ? outcome.rows.length : outcome.changed
    return this.#sleepMs > 0 ? { ...outcome, sleepMs: this.#sleepMs } : outcome
  }

  #run(session: Session, sql: string, tokens: readonly Token[], verb: string): Outcome {
    const reader = new Reader(sql, tokens)
    if (verb === 'SELECT' || verb === '(' || verb === 'WITH' || verb === 'VALUES') return this.select(session, sql, tokens)
    if (writes.has(verb)) {
      if (!session.autocommit) this.#begin(session)
      const outcome = changing(this, session, reader)
      if ('changed' in outcome && outcome.changed > 0) this.isDirty = true
      return outcome
    }
    if (verb === 'SHOW' || verb === 'DESCRIBE' || verb === 'DESC' || verb === 'EXPLAIN') return shownBy(this, session, reader)
    const byAccount = account(this, session, reader)
    if (byAccount) return byAccount
    if (definitions.has(verb)) {
      this.#end('COMMIT')
      this.isDirty = true
      return definition(this, session, reader)
    }
    switch (verb) {
      case 'USE': {
        const database = tokens[1]?.text ?? ''
        this.use(session, database)
        return { changed: 0, database }
      }
      case 'BEGIN':
      case 'START':
        this.#end('COMMIT')
        this.#begin(session)
        return { changed: 0 }
      case 'COMMIT':
        if (this.owner === session) this.#end('COMMIT')
        return { changed: 0 }
      case 'ROLLBACK':
        if (tokens[1]?.upper === 'TO') this.sqlite.run(`ROLLBACK TO ${name(tokens.at(-1)?.text ?? '')}`)
        else if (this.owner === session) this.#end('ROLLBACK')
        return { changed: 0 }
      case 'SAVEPOINT':
        this.#begin(session)
        this.sqlite.run(`SAVEPOINT ${name(tokens[1]?.text ?? '')}`)
        return { changed: 0 }
      case 'RELEASE':
        this.sqlite.run(`RELEASE ${name(tokens.at(-1)?.text ?? '')}`)
        return { changed: 0 }
      case 'SET':
        return this.#set(session, reader)
      case 'LOCK':
      case 'UNLOCK':
      case 'FLUSH':
      case 'ANALYZE':
      case 'OPTIMIZE':
        return { changed: 0 }
      case 'DO':
        this.select(session, `SELECT ${sql.slice(2)}`, tokensOf(`SELECT ${sql.slice(2)}`))
        return { changed: 0 }
    }
    if (
      [
        'CALL',
        'LOAD',
        'HANDLER',
        'PREPARE',
        'EXECUTE',
        'DEALLOCATE',
        'CHANGE',
        'STOP',
        'RESET',
        'INSTALL',
        'KILL',
        'CHECK',
        'REPAIR',
        'PURGE',
        'DELIMITER',
        'XA',
      ].includes(verb)
    )
      throw notSimulated(`${verb} ${tokens[1]?.upper ?? ''}`.trim())
    throw syntaxError(sql, tokens[0].start, this.product)
  }

  #begin(session: Session): void {
    if (this.owner) return
    this.sqlite.run('BEGIN')
    this.owner = session
  }

  #end(how: 'COMMIT' | 'ROLLBACK'): void {
    if (!this.owner) return
    this.sqlite.run(how)
    this.owner = undefined
    this.isDirty = true
  }

  #set(session: Session, reader: Reader): Outcome {
    reader.at = 1
    const isPassword =
      reader.take('NAMES') ||
      reader.take('CHARACTER') ||
      reader.take('CHARSET') ||
      reader.take('TRANSACTION') ||
      ((reader.take('GLOBAL') || reader.take('SESSION')) && reader.take('TRANSACTION'))
    if (isPassword) return { changed: 0 }
    do {
      if (!reader.take('GLOBAL') && !reader.take('SESSION')) reader.take('LOCAL')
      const target = reader.tokens[reader.at++]
      if (!reader.take('=') && !reader.take(':=')) throw syntaxError(reader.sql, reader.position, this.product)
      const from = reader.at
      for (let depth = 0; !reader.isOver && !(depth === 0 && reader.is(',')); reader.at++)
        depth += reader.is('(') ? 1 : reader.is(')') ? -1 : 0
      const value = reader.tokens.slice(from, reader.at)
      const isWord = value.length === 1 && value[0].kind === 'word'
      const cell = isWord
        ? value[0].text
        : (this.sqlite.exec(`SELECT ${rewrite(value, this.naming(session, []))}`)[0]?.values[0]?.[0] ?? null)
      const key = target.text.replace(/^@@?((global|session)\.)?/i, '').toLowerCase()
      if (key === 'autocommit') {
        session.autocommit = !/^(0|off|false)$/i.test(String(cell))
        if (session.autocommit && this.owner === session) this.#end('COMMIT')
      } else if (key === 'foreign_key_checks') this.sqlite.run(`PRAGMA foreign_keys = ${/^(0|off)$/i.test(String(cell)) ? 'OFF' : 'ON'}`)
      session.variables.set(
        target.text.startsWith('@@') || !target.text.startsWith('@') ? `@@${key}` : key,
        cell instanceof Uint8Array ? null : cell,
      )
    } while (reader.take(','))
    return { changed: 0 }
  }

  select(session: Session, sql: string, tokens: readonly Token[]): Rows {
    if (tokens.some(({ kind, text }, at) => kind === 'sign' && text === ':=' && at > 0)) throw notSimulated(':= in SELECT')
    if (tokens.some(({ upper }, at) => upper === 'INTO' && tokens[at + 1]?.kind !== 'word')) throw notSimulated('SELECT … INTO')
    if (
      tokens.some(({ upper }) => /^(INFORMATION_SCHEMA|MYSQL|PERFORMANCE_SCHEMA|SYS)$/.test(upper)) ||
      systemDatabases.includes(session.database ?? '')
    )
      this.#fillSystem(session)
    const aliases = aliasesIn(tokens)
    const used: (Used & { readonly database: string; readonly table: string })[] = []
    const naming = this.naming(session, used, aliases)
    // The first pass finds the tables, so that the second knows every column.
    rewrite(tokens, naming)
    const known = used.slice()
    for (const { database, table } of known) this.allow(session, 'SELECT', database, table)
    const translated = rewrite(tokens, {
      ...naming,
      isColumn: (word) => known.some(({ model }) => model.columns.some((one) => one.name.toLowerCase() === word.toLowerCase())),
    })
    const result = this.ask(session, sql, tokens, translated)
    const items = itemsOf(sql, tokens, known)
    return shaped(result, items)
  }

  /** Runs what has been translated; a refusal is MySQL's. */
  ask(
    session: Session,
    sql: string,
    tokens: readonly Token[],
    translated: string,
    change?: Parameters<typeof asMySql>[5],
  ): { readonly columns: readonly string[]; readonly values: readonly (readonly SqlValue[])[] } {
    try {
      return this.sqlite.exec(translated)[0] ?? { columns: [], values: [] }
    } catch (error) {
      throw asMySql(this, session, sql, tokens, error, change)
    }
  }

  /** The tables of information_schema and mysql are made anew for whoever asks. */
  #fillSystem(session: Session): void {
    const fill = (table: string, columns: readonly string[], rows: readonly (readonly Cell[])[]): void => {
      this.sqlite.run(`DROP TABLE IF EXISTS temp.${name(table)}`)
      this.sqlite.run(`CREATE TEMP TABLE ${name(table)} (${columns.map((column) => `${name(column)} COLLATE NOCASE`).join(', ')})`)
      for (const row of rows) this.sqlite.run(`INSERT INTO temp.${name(table)} VALUES (${row.map(() => '?').join(', ')})`, row)
    }
    const visible = Array.from(this.databases).filter(([database]) => sees(this.accountOf(session), database))
    const tables = visible.flatMap(([database, all]) => Array.from(all, ([table, model]) => ({ database, table, model })))
    fill(
      'information_schema.schemata',
      ['CATALOG_NAME', 'SCHEMA_NAME', 'DEFAULT_CHARACTER_SET_NAME', 'DEFAULT_COLLATION_NAME', 'SQL_PATH', 'DEFAULT_ENCRYPTION'],
      [...systemDatabases, ...visible.map(([database]) => database)].map((database) => [
        'def',
        database,
        'utf8mb4',
        'utf8mb4_0900_ai_ci',
        null,
        'NO',
      ]),
    )
    fill(
      'information_schema.tables',
      [
        'TABLE_CATALOG',
        'TABLE_SCHEMA',
        'TABLE_NAME',
        'TABLE_TYPE',
        'ENGINE',
        'TABLE_ROWS',
        'AUTO_INCREMENT',
        'TABLE_COLLATION',
        'TABLE_COMMENT',
        'DATA_LENGTH',
        'INDEX_LENGTH',
      ],
      tables.map(({ database, table, model }) => [
        'def',
        database,
        table,
        model.view === undefined ? 'BASE TABLE' : 'VIEW',
        model.view === undefined ? 'InnoDB' : null,
        model.view === undefined ? this.rows(database, table) : null,
        this.nextId(database, table) ?? null,
        'utf8mb4_0900_ai_ci',
        model.comment ?? '',
        16_384,
        0,
      ]),
    )
    fill(
      'information_schema.columns',
      [
        'TABLE_CATALOG',
        'TABLE_SCHEMA',
        'TABLE_NAME',
        'COLUMN_NAME',
        'ORDINAL_POSITION',
        'COLUMN_DEFAULT',
        'IS_NULLABLE',
        'DATA_TYPE',
        'COLUMN_TYPE',
        'COLUMN_KEY',
        'EXTRA',
        'COLUMN_COMMENT',
      ],
      tables.flatMap(({ database, table, model }) =>
        model.columns.map((column, at) => [
          'def',
          database,
          table,
          column.name,
          at + 1,
          column.fallback?.text ?? null,
          column.isNull ? 'YES' : 'NO',
          column.type.replace(/[( ].*$/, ''),
          column.type,
          model.indexes.some(({ kind, columns }) => kind === 'primary' && columns.includes(column.name)) ? 'PRI' : '',
          column.isCounting ? 'auto_increment' : '',
          column.comment ?? '',
        ]),
      ),
    )
    fill(
      'mysql.user',
      ['Host', 'User', 'plugin', 'authentication_string', 'account_locked', 'Super_priv', 'Select_priv'],
      [
        ...this.accounts,
        ...['mysql.infoschema', 'mysql.session', 'mysql.sys'].map(
          (user): Account => ({ user, host: 'localhost', password: '', grants: [] }),
        ),
      ].map((one) => [
        one.host,
        one.user,
        this.settings.isMaria ? 'mysql_native_password' : 'caching_sha2_password',
        one.password === '' ? '' : '$A$005$',
        one.user.startsWith('mysql.') ? 'Y' : 'N',
        one.grants.some(({ database }) => database === '*') ? 'Y' : 'N',
        one.grants.some(({ database }) => database === '*') ? 'Y' : 'N',
      ]),
    )
    fill(
      'mysql.db',
      ['Host', 'Db', 'User'],
      this.accounts.flatMap((one) =>
        one.grants.filter(({ database }) => database !== '*').map(({ database }) => [one.host, database, one.user]),
      ),
    )
  }

  rows(database: string, table: string): number {
    return Number(this.sqlite.exec(`SELECT count(*) FROM ${name(fullName(database, table))}`)[0]?.values[0]?.[0] ?? 0)
  }
}

function firstWord(sql: string): string {
  return tokensOf(sql.slice(0, 200))[0]?.upper ?? ''
}

/** `FROM orders o`: which other name each table goes by. */
function aliasesIn(tokens: readonly Token[]): Map<string, string> {
  const aliases = new Map<string, string>()
  for (const [at, token] of tokens.entries()) {
    const before = tokens[at - 1]?.upper
    if (
      (token.kind !== 'word' && token.kind !== 'quoted') ||
      !(before === 'FROM' || before === 'JOIN' || before === 'UPDATE' || before === ',')
    )
      continue
    const last = tokens[at + 1]?.upper === '.' ? at + 2 : at
    const as = tokens[last + 1]?.upper === 'AS' ? last + 2 : last + 1
    const alias = tokens[as]
    if (
      alias &&
      (alias.kind === 'word' || alias.kind === 'quoted') &&
      !/^(ON|WHERE|GROUP|ORDER|LIMIT|JOIN|LEFT|RIGHT|INNER|CROSS|SET|USING|HAVING|UNION|NATURAL|USE|FORCE|FROM)$/.test(alias.upper)
    )
      aliases.set(tokens[last].text, alias.text)
  }
  return aliases
}

/** Names and digits as MySQL gives them. */
function shaped(
  { columns, values }: { readonly columns: readonly string[]; readonly values: readonly (readonly SqlValue[])[] },
  items: readonly Item[] | undefined,
): Rows {
  const known =
    items !== undefined && (items.length === columns.length || columns.length === 0)
      ? items
      : columns.map((label): Item => items?.find((one) => one.label === label) ?? { label })
  const types = known.map(({ type }) => type)
  const cell = (value: SqlValue, type: ValueType | undefined): Cell => {
    if (value === null) return null
    if (value instanceof Uint8Array)
      return `0x${Array.from(value, (byte) => byte.toString(16).padStart(2, '0'))
        .join('')
        .toUpperCase()}`
    if (type?.kind === 'decimal') return Number(value).toFixed(type.scale ?? 0)
    if (type?.kind === 'datetime' && typeof value === 'string' && value.length === 10) return `${value} 00:00:00`
    return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(15)) : value
  }
  return { columns: known.map(({ label }) => label), types, rows: values.map((row) => row.map((value, at) => cell(value, types[at]))) }
}
