/** SHOW, DESCRIBE and EXPLAIN. */
import { accountFor, accountIn, grantLines, may, sees } from './accounts.ts'
import type { Cell, Engine, Rows, Session } from './engine.ts'
import { notSimulated, SqlError, syntaxError } from './errors.ts'
import type { ColumnModel, TableModel } from './schema.ts'
import type { Reader } from './tokens.ts'
import { systemDatabases, variables } from './variables.ts'

function rowsOf(columns: readonly string[], rows: readonly (readonly Cell[])[]): Rows {
  return {
    columns,
    rows,
    types: columns.map((_, at) =>
      rows.length > 0 && rows.every((row) => typeof row[at] === 'number' || row[at] === null) && rows.some((row) => row[at] !== null)
        ? { kind: 'int' }
        : undefined,
    ),
  }
}

export function shownBy(engine: Engine, session: Session, reader: Reader): Rows {
  const verb = reader.tokens[reader.at++].upper
  if (verb !== 'SHOW') {
    if (/^(SELECT|WITH|UPDATE|DELETE|INSERT|REPLACE|ANALYZE|FORMAT|EXTENDED)$/.test(reader.token?.upper ?? ''))
      throw notSimulated(`EXPLAIN ${reader.token?.upper}`)
    const { database, table } = engine.place(session, reader)
    return described(engine.model(database, table))
  }
  const isFull = reader.take('FULL')
  if (!reader.take('GLOBAL')) reader.take('SESSION')
  if (reader.take('DATABASES') || reader.take('SCHEMAS')) {
    const pattern = likePattern(reader)
    const all = [
      ...systemDatabases.filter(
        (one) => one === 'information_schema' || one === 'performance_schema' || may(engine.accountOf(session), 'SELECT', one),
      ),
      ...[...engine.databases.keys()].filter((one) => sees(engine.accountOf(session), one)),
    ].sort()
    return rowsOf(
      [`Database${pattern ? ` (${pattern})` : ''}`],
      all.filter(likes(pattern)).map((one) => [one]),
    )
  }
  if (reader.take('TABLES')) {
    const database = reader.take('FROM') || reader.take('IN') ? reader.takeName() : session.database
    if (database !== undefined && systemDatabases.includes(database)) throw notSimulated(`SHOW TABLES FROM ${database}`)
    const tables = engine.tablesOf(session, database)
    const pattern = likePattern(reader)
    const names = [...tables.keys()].filter(likes(pattern)).sort()
    return rowsOf(
      [`Tables_in_${database}${pattern ? ` (${pattern})` : ''}`, ...(isFull ? ['Table_type'] : [])],
      names.map((one) => [one, ...(isFull ? [tables.get(one)?.view === undefined ? 'BASE TABLE' : 'VIEW'] : [])]),
    )
  }
  if (reader.take('TABLE', 'STATUS')) {
    const database = reader.take('FROM') || reader.take('IN') ? reader.takeName() : session.database
    const names = [...engine.tablesOf(session, database).keys()].filter(likes(likePattern(reader))).sort()
    return rowsOf(
      ['Name', 'Engine', 'Version', 'Row_format', 'Rows', 'Auto_increment', 'Collation', 'Comment'],
      names.map((one) => [
        one,
        'InnoDB',
        10,
        'Dynamic',
        engine.rows(database ?? '', one),
        engine.nextId(database ?? '', one) ?? null,
        'utf8mb4_0900_ai_ci',
        engine.model(database ?? '', one).comment ?? '',
      ]),
    )
  }
  if (reader.take('COLUMNS') || reader.take('FIELDS')) {
    reader.at++
    const { database, table } = placeIn(engine, session, reader)
    return described(engine.model(database, table))
  }
  if (reader.take('CREATE', 'TABLE') || reader.take('CREATE', 'VIEW')) {
    const { database, table } = engine.place(session, reader)
    const model = engine.model(database, table)
    if (model.view !== undefined)
      return rowsOf(
        ['View', 'Create View', 'character_set_client', 'collation_connection'],
        [
          [
            table,
            `CREATE ALGORITHM=UNDEFINED DEFINER=\`root\`@\`localhost\` SQL SECURITY DEFINER VIEW \`${table}\` AS ${model.view}`,
            'utf8mb4',
            'utf8mb4_0900_ai_ci',
          ],
        ],
      )
    return rowsOf(['Table', 'Create Table'], [[table, createText(engine, database, table)]])
  }
  if (reader.take('CREATE', 'DATABASE') || reader.take('CREATE', 'SCHEMA')) {
    const database = reader.takeName() ?? ''
    engine.tablesOf(session, database)
    return rowsOf(
      ['Database', 'Create Database'],
      [
        [
          database,
          engine.settings.isMaria
            ? `CREATE DATABASE \`${database}\` /*!40100 DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci */`
            : `CREATE DATABASE \`${database}\` /*!40100 DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci */ /*!80016 DEFAULT ENCRYPTION='N' */`,
        ],
      ],
    )
  }
  if (reader.take('INDEX') || reader.take('INDEXES') || reader.take('KEYS')) {
    reader.at++
    const { database, table } = placeIn(engine, session, reader)
    const model = engine.model(database, table)
    return rowsOf(
      [
        'Table',
        'Non_unique',
        'Key_name',
        'Seq_in_index',
        'Column_name',
        'Collation',
        'Cardinality',
        'Sub_part',
        'Packed',
        'Null',
        'Index_type',
        'Comment',
        'Index_comment',
        'Visible',
        'Expression',
      ],
      model.indexes.flatMap(({ name, kind, columns }) =>
        columns.map((column, at) => [
          table,
          kind === 'index' ? 1 : 0,
          name,
          at + 1,
          column,
          'A',
          engine.rows(database, table),
          null,
          null,
          model.columns.find((one) => one.name === column)?.isNull ? 'YES' : '',
          'BTREE',
          '',
          '',
          'YES',
          null,
        ]),
      ),
    )
  }
  if (reader.take('GRANTS')) {
    const who = reader.take('FOR') ? accountIn(reader) : engine.accountOf(session)
    const found =
      engine.accounts.find((one) => one.user === who.user && one.host === who.host) ?? accountFor(engine.accounts, who.user, who.host)
    if (!found || found.host !== who.host)
      throw new SqlError(1141, '42000', `There is no such grant defined for user '${who.user}' on host '${who.host}'`)
    return rowsOf(
      [`Grants for ${found.user}@${found.host}`],
      grantLines(found, engine.settings.isMaria).map((line) => [line]),
    )
  }
  if (reader.take('VARIABLES'))
    return rowsOf(
      ['Variable_name', 'Value'],
      variables(engine, session).filter(([name]) => likes(likePattern(reader))(name)),
    )
  if (reader.take('STATUS')) {
    const pattern = likePattern(reader)
    return rowsOf(
      ['Variable_name', 'Value'],
      [
        ['Connections', String(engine.sessions.size + 8)],
        ['Threads_connected', String(engine.sessions.size)],
        ['Threads_running', '2'],
        ['Max_used_connections', String(engine.sessions.size)],
      ].filter(([name]) => likes(pattern)(name)),
    )
  }
  if (reader.take('PROCESSLIST'))
    return rowsOf(
      ['Id', 'User', 'Host', 'db', 'Command', 'Time', 'State', 'Info'],
      [...engine.sessions].map((one) => [
        one.id,
        one.user,
        one.host,
        one.database ?? null,
        one === session ? 'Query' : 'Sleep',
        0,
        one === session ? 'init' : '',
        one === session ? reader.sql : null,
      ]),
    )
  if (reader.take('WARNINGS') || reader.take('ERRORS')) return rowsOf(['Level', 'Code', 'Message'], [])
  if (reader.take('ENGINES'))
    return rowsOf(
      ['Engine', 'Support', 'Comment', 'Transactions', 'XA', 'Savepoints'],
      [
        ['InnoDB', 'DEFAULT', 'Supports transactions, row-level locking, and foreign keys', 'YES', 'YES', 'YES'],
        ['MyISAM', 'YES', 'MyISAM storage engine', 'NO', 'NO', 'NO'],
        ['MEMORY', 'YES', 'Hash based, stored in memory, useful for temporary tables', 'NO', 'NO', 'NO'],
      ],
    )
  if (reader.take('TRIGGERS') || reader.take('EVENTS') || reader.take('PROCEDURE') || reader.take('FUNCTION')) return rowsOf(['Name'], [])
  if (
    /^(MASTER|REPLICA|SLAVE|BINARY|BINLOG|CHARACTER|COLLATION|PLUGINS|ENGINE|PRIVILEGES|OPEN|PROFILES|PROFILE|CHARSET)$/.test(
      reader.token?.upper ?? '',
    )
  )
    throw notSimulated(`SHOW ${reader.token?.upper}`)
  throw syntaxError(reader.sql, reader.position, engine.product)
}

/** `FROM table FROM database`. */
function placeIn(engine: Engine, session: Session, reader: Reader): { readonly database: string; readonly table: string } {
  const first = reader.takeName() ?? ''
  if (reader.take('.')) return { database: first, table: reader.takeName() ?? '' }
  const database = reader.take('FROM') || reader.take('IN') ? reader.takeName() : session.database
  engine.tablesOf(session, database)
  return { database: database ?? '', table: first }
}

function likePattern(reader: Reader): string | undefined {
  const at = reader.tokens.findIndex(({ upper }) => upper === 'LIKE')
  if (at < 0 && reader.tokens.some(({ upper }) => upper === 'WHERE')) throw notSimulated('SHOW … WHERE')
  return at < 0 ? undefined : reader.tokens[at + 1]?.text
}

const likes =
  (pattern: string | undefined) =>
  (name: string): boolean =>
    pattern === undefined ||
    new RegExp(
      `^${pattern
        .replace(/[.*+?^${}()|[\]]/g, '\\$&')
        .replaceAll('%', '.*')
        .replaceAll('_', '.')}$`,
      'i',
    ).test(name)

function keyOf(model: TableModel, { name }: ColumnModel): string {
  const own = model.indexes.filter(({ columns }) => columns.includes(name))
  if (own.some(({ kind }) => kind === 'primary')) return 'PRI'
  if (own.some(({ kind, columns }) => kind === 'unique' && columns.length === 1)) return 'UNI'
  return own.some(({ columns }) => columns[0] === name) ? 'MUL' : ''
}

function described(model: TableModel): Rows {
  const extra = ({ isCounting, updatesToNow, fallback }: ColumnModel): string =>
    [isCounting && 'auto_increment', fallback?.kind === 'expression' && 'DEFAULT_GENERATED', updatesToNow && 'on update CURRENT_TIMESTAMP']
      .filter(Boolean)
      .join(' ')
  return rowsOf(
    ['Field', 'Type', 'Null', 'Key', 'Default', 'Extra'],
    model.columns.map((column) => [
      column.name,
      column.type,
      column.isNull ? 'YES' : 'NO',
      keyOf(model, column),
      column.fallback?.text ?? null,
      extra(column),
    ]),
  )
}

/** SHOW CREATE TABLE, which is also what mysqldump writes. */
function createText(engine: Engine, database: string, table: string): string {
  const model = engine.model(database, table)
  const isMaria = engine.settings.isMaria
  const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`
  const list = (names: readonly string[]): string => names.map((one) => `\`${one}\``).join(',')
  const column = ({ name, type, isNull, isCounting, fallback, updatesToNow, comment }: ColumnModel): string => {
    const isStamp = type.startsWith('timestamp')
    const nothing = isNull && !/^(text|tinytext|mediumtext|longtext|blob|json)/.test(type) ? ' DEFAULT NULL' : ''
    const preset = fallback
      ? ` DEFAULT ${fallback.kind === 'expression' ? fallback.text : quoted(fallback.text)}`
      : isCounting
        ? ''
        : nothing
    return `  \`${name}\` ${type}${isNull ? (isStamp ? ' NULL' : '') : ' NOT NULL'}${preset}${updatesToNow ? ' ON UPDATE CURRENT_TIMESTAMP' : ''}${isCounting ? ' AUTO_INCREMENT' : ''}${comment ? ` COMMENT ${quoted(comment)}` : ''}`
  }
  const lines = [
    ...model.columns.map(column),
    ...model.indexes
      .toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))
      .map(({ name, kind, columns }) =>
        kind === 'primary'
          ? `  PRIMARY KEY (${list(columns)})`
          : `  ${kind === 'unique' ? 'UNIQUE ' : ''}KEY \`${name}\` (${list(columns)})`,
      ),
    ...model.keys.map(
      ({ name, columns, table: other, references, actions }) =>
        `  CONSTRAINT \`${name}\` FOREIGN KEY (${list(columns)}) REFERENCES \`${other}\` (${list(references)})${actions}`,
    ),
    ...model.checks.map(({ name, expression }) => `  CONSTRAINT \`${name}\` CHECK ((${expression}))`),
  ]
  const nextId = engine.nextId(database, table) ?? 1
  return `CREATE TABLE \`${table}\` (\n${lines.join(',\n')}\n) ENGINE=InnoDB${nextId > 1 ? ` AUTO_INCREMENT=${nextId}` : ''} DEFAULT CHARSET=utf8mb4 COLLATE=${isMaria ? 'utf8mb4_uca1400_ai_ci' : 'utf8mb4_0900_ai_ci'}${model.comment ? ` COMMENT=${quoted(model.comment)}` : ''}`
}

const order = ['primary', 'unique', 'index']
