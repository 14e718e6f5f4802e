/** CREATE, ALTER, DROP, TRUNCATE and RENAME. A changed table is made anew beside the old one and takes its rows over. */
import { created, fullName } from './ddl.ts'
import type { Engine, Outcome, Session } from './engine.ts'
import { notSimulated, SqlError, syntaxError } from './errors.ts'
import { altered, tableOf, type TableModel, withoutIndex, withPart } from './schema.ts'
import { literal, name, Reader, tokensOf } from './tokens.ts'
import { systemDatabases } from './variables.ts'

const nothing: Outcome = { changed: 0 }

export function definition(engine: Engine, session: Session, reader: Reader): Outcome {
  const wrong = (): SqlError => syntaxError(reader.sql, reader.position, engine.product)
  if (reader.take('TRUNCATE')) {
    reader.take('TABLE')
    const { database, table } = engine.place(session, reader)
    engine.allow(session, 'DROP', database, table)
    engine.model(database, table)
    const full = fullName(database, table)
    engine.ask(session, reader.sql, reader.tokens, `DELETE FROM ${name(full)}`)
    engine.sqlite.run(`DELETE FROM sqlite_sequence WHERE name = ${literal(full)}`)
    return nothing
  }
  if (reader.take('RENAME', 'TABLE')) {
    do {
      const from = engine.place(session, reader)
      if (!reader.take('TO')) throw wrong()
      const to = engine.place(session, reader)
      renamed(engine, from, to)
    } while (reader.take(','))
    return nothing
  }
  if (reader.take('ALTER')) {
    if (reader.take('DATABASE') || reader.take('SCHEMA')) return nothing
    if (!reader.take('TABLE')) throw wrong()
    const { database, table } = engine.place(session, reader)
    engine.allow(session, 'ALTER', database, table)
    const before = engine.model(database, table)
    const { model, renames, newName, nextId } = altered(before, reader, table)
    rebuilt(engine, { database, table, before, model, renames })
    if (newName !== undefined) renamed(engine, { database, table }, { database, table: newName })
    if (nextId !== undefined) engine.count(database, newName ?? table, nextId)
    return nothing
  }
  if (reader.take('CREATE')) return create(engine, session, reader)
  reader.take('DROP')
  return drop(engine, session, reader)
}

function create(engine: Engine, session: Session, reader: Reader): Outcome {
  const wrong = (): SqlError => syntaxError(reader.sql, reader.position, engine.product)
  if (reader.take('DATABASE') || reader.take('SCHEMA')) {
    const isFine = reader.take('IF', 'NOT', 'EXISTS')
    const database = reader.takeName()
    if (database === undefined) throw wrong()
    engine.allow(session, 'CREATE', database)
    if (engine.databases.has(database) || systemDatabases.includes(database)) {
      if (isFine) return { changed: 1 }
      throw new SqlError(1007, 'HY000', `Can't create database '${database}'; database exists`)
    }
    engine.databases.set(database, new Map())
    return { changed: 1 }
  }
  const replaces = reader.take('OR', 'REPLACE')
  while (reader.take('ALGORITHM', '=') || reader.take('DEFINER', '=')) {
    while (
      !reader.isOver &&
      !reader.is('SQL') &&
      !reader.is('VIEW') &&
      !reader.is('TRIGGER') &&
      !reader.is('PROCEDURE') &&
      !reader.is('FUNCTION') &&
      !reader.is('EVENT')
    )
      reader.at++
  }
  if (reader.take('SQL', 'SECURITY')) reader.at++
  if (reader.take('VIEW')) {
    const { database, table } = engine.place(session, reader)
    engine.allow(session, 'CREATE VIEW', database, table)
    if (reader.take('(')) reader.inner()
    if (!reader.take('AS')) throw wrong()
    const view = reader.sql.slice(reader.position).replace(/;\s*$/, '')
    const there = engine.databases.get(database)?.get(table)
    if (there && !replaces) throw new SqlError(1050, '42S01', `Table '${table}' already exists`)
    if (there) engine.sqlite.run(`DROP VIEW ${name(fullName(database, table))}`)
    const sample = engine.select(session, view, tokensOf(view))
    const types = {
      int: 'bigint',
      decimal: 'decimal(32,2)',
      double: 'double',
      datetime: 'datetime',
      date: 'date',
      json: 'json',
      text: 'varchar(255)',
    }
    const model: TableModel = {
      columns: sample.columns.map((column, at) => ({ name: column, type: types[sample.types[at]?.kind ?? 'text'], isNull: true })),
      indexes: [],
      keys: [],
      checks: [],
      view,
    }
    engine.define(database, table, model)
    return nothing
  }
  if (reader.is('TRIGGER') || reader.is('PROCEDURE') || reader.is('FUNCTION') || reader.is('EVENT'))
    throw notSimulated(`CREATE ${reader.token?.upper}`)
  const isUnique = reader.take('UNIQUE')
  if (reader.take('INDEX')) {
    const index = reader.takeName() ?? ''
    if (reader.take('USING')) reader.at++
    if (!reader.take('ON')) throw wrong()
    const { database, table } = engine.place(session, reader)
    const before = engine.model(database, table)
    if (before.indexes.some((one) => one.name === index)) throw new SqlError(1061, '42000', `Duplicate key name '${index}'`)
    const part = new Reader(reader.sql, [
      ...tokensOf(`${isUnique ? 'UNIQUE ' : ''}INDEX ${name(index)}`),
      ...reader.tokens.slice(reader.at),
    ])
    rebuilt(engine, { database, table, before, model: withPart(before, part, table), renames: new Map() })
    return nothing
  }
  reader.take('TEMPORARY')
  if (!reader.take('TABLE')) throw wrong()
  const isFine = reader.take('IF', 'NOT', 'EXISTS')
  const { database, table } = engine.place(session, reader)
  engine.allow(session, 'CREATE', database, table)
  if (engine.databases.get(database)?.has(table)) {
    if (isFine) return nothing
    throw new SqlError(1050, '42S01', `Table '${table}' already exists`)
  }
  const isLike = reader.take('LIKE') || reader.take('(', 'LIKE')
  if (isLike) {
    const other = engine.place(session, reader)
    engine.define(database, table, { ...engine.model(other.database, other.table), keys: [] })
    return nothing
  }
  if (reader.is('AS') || reader.is('SELECT')) {
    reader.take('AS')
    const sql = reader.sql.slice(reader.position)
    const found = engine.select(session, sql, tokensOf(sql))
    const types = {
      int: 'bigint',
      decimal: 'decimal(32,2)',
      double: 'double',
      datetime: 'datetime',
      date: 'date',
      json: 'json',
      text: 'varchar(255)',
    }
    engine.define(database, table, {
      columns: found.columns.map((column, at) => ({ name: column, type: types[found.types[at]?.kind ?? 'text'], isNull: true })),
      indexes: [],
      keys: [],
      checks: [],
    })
    for (const row of found.rows)
      engine.sqlite.run(`INSERT INTO ${name(fullName(database, table))} VALUES (${row.map(() => '?').join(', ')})`, row)
    return { changed: found.rows.length, info: `Records: ${found.rows.length}  Duplicates: 0  Warnings: 0` }
  }
  if (!reader.take('(')) throw wrong()
  let model = tableOf(reader.sql, reader.inner(), table)
  let nextId = 1
  while (!reader.isOver) {
    if (reader.take('AUTO_INCREMENT')) {
      reader.take('=')
      nextId = Number(reader.tokens[reader.at++]?.text ?? 1)
    } else if (reader.take('COMMENT')) {
      reader.take('=')
      model = { ...model, comment: reader.tokens[reader.at++]?.text ?? '' }
    } else if (
      /^(ENGINE|DEFAULT|CHARSET|CHARACTER|SET|COLLATE|ROW_FORMAT|STATS_PERSISTENT|KEY_BLOCK_SIZE|=|,|UTF8|UTF8MB3|UTF8MB4|LATIN1|INNODB|MYISAM|MEMORY|DYNAMIC|COMPACT|UTF8\w+|LATIN1\w+)$/.test(
        reader.token?.upper ?? '',
      ) ||
      reader.token?.kind === 'number'
    )
      reader.at++
    else if (reader.is('PARTITION')) throw notSimulated('PARTITION BY')
    else throw wrong()
  }
  for (const key of model.keys)
    if (!engine.databases.get(database)?.has(key.table) && key.table !== table)
      throw new SqlError(1824, 'HY000', `Failed to open the referenced table '${key.table}'`)
  if (
    model.columns.filter(({ isCounting }) => isCounting).length > 1 ||
    model.columns.some((column) => column.isCounting && !model.indexes.some(({ columns }) => columns[0] === column.name))
  )
    throw new SqlError(1075, '42000', 'Incorrect table definition; there can be only one auto column and it must be defined as a key')
  if (model.indexes.filter(({ kind }) => kind === 'primary').length > 1) throw new SqlError(1068, '42000', 'Multiple primary key defined')
  engine.define(database, table, model)
  engine.count(database, table, nextId)
  return nothing
}

function drop(engine: Engine, session: Session, reader: Reader): Outcome {
  const wrong = (): SqlError => syntaxError(reader.sql, reader.position, engine.product)
  if (reader.take('DATABASE') || reader.take('SCHEMA')) {
    const isFine = reader.take('IF', 'EXISTS')
    const database = reader.takeName() ?? ''
    engine.allow(session, 'DROP', database)
    const tables = engine.databases.get(database)
    if (!tables) {
      if (isFine) return nothing
      throw new SqlError(1008, 'HY000', `Can't drop database '${database}'; database doesn't exist`)
    }
    const count = tables.size
    withoutKeys(engine, () => {
      for (const [table, model] of tables)
        engine.sqlite.run(`DROP ${model.view === undefined ? 'TABLE' : 'VIEW'} ${name(fullName(database, table))}`)
    })
    engine.databases.delete(database)
    if (session.database === database) session.database = undefined
    return { changed: count }
  }
  if (reader.take('INDEX')) {
    const index = reader.takeName() ?? ''
    if (!reader.take('ON')) throw wrong()
    const { database, table } = engine.place(session, reader)
    const before = engine.model(database, table)
    rebuilt(engine, { database, table, before, model: withoutIndex(before, index), renames: new Map() })
    return nothing
  }
  if (reader.is('PROCEDURE') || reader.is('FUNCTION') || reader.is('TRIGGER') || reader.is('EVENT')) {
    if (reader.tokens[reader.at + 1]?.upper === 'IF') return nothing
    throw notSimulated(`DROP ${reader.token?.upper}`)
  }
  reader.take('TEMPORARY')
  const isView = reader.take('VIEW')
  if (!isView && !reader.take('TABLE') && !reader.take('TABLES')) throw wrong()
  const isFine = reader.take('IF', 'EXISTS')
  const places = [engine.place(session, reader)]
  while (reader.take(',')) places.push(engine.place(session, reader))
  const missing = places.filter(({ database, table }) => !engine.databases.get(database)?.has(table))
  if (missing.length > 0 && !isFine)
    throw new SqlError(1051, '42S02', `Unknown table '${missing.map(({ database, table }) => `${database}.${table}`).join(',')}'`)
  const going = places.filter((one) => !missing.includes(one))
  for (const { database, table } of going) {
    engine.allow(session, 'DROP', database, table)
    for (const [other, model] of engine.databases.get(database) ?? []) {
      const key = model.keys.find((one) => one.table === table)
      if (key && !going.some((one) => one.table === other) && keysHold(engine))
        throw new SqlError(
          3730,
          'HY000',
          `Cannot drop table '${table}' referenced by a foreign key constraint '${key.name}' on table '${other}'.`,
        )
    }
  }
  withoutKeys(engine, () => {
    for (const { database, table } of going) {
      engine.sqlite.run(`DROP ${engine.model(database, table).view === undefined ? 'TABLE' : 'VIEW'} ${name(fullName(database, table))}`)
      engine.databases.get(database)?.delete(table)
    }
  })
  return nothing
}

function keysHold({ sqlite }: Engine): boolean {
  return sqlite.exec('PRAGMA foreign_keys')[0]?.values[0]?.[0] === 1
}

/** SQLite checks and cascades when a table goes; here it only moves. */
function withoutKeys(engine: Engine, work: () => void): void {
  const held = keysHold(engine)
  engine.sqlite.run('PRAGMA foreign_keys = OFF')
  try {
    work()
  } finally {
    if (held) engine.sqlite.run('PRAGMA foreign_keys = ON')
  }
}

function rebuilt(
  engine: Engine,
  {
    database,
    table,
    before,
    model,
    renames,
  }: {
    readonly database: string
    readonly table: string
    readonly before: TableModel
    readonly model: TableModel
    readonly renames: ReadonlyMap<string, string>
  },
): void {
  const full = fullName(database, table)
  const nextId = engine.nextId(database, table) ?? 1
  const kept = model.columns.filter((column) => before.columns.some((one) => one.name === (renames.get(column.name) ?? column.name)))
  const fresh = model.columns.filter((column) => !kept.includes(column) && !column.isNull && !column.fallback && !column.isCounting)
  const empty = (type: string): string => (/^(char|varchar|text|tinytext|mediumtext|longtext|enum)/.test(type) ? "''" : '0')
  withoutKeys(engine, () => {
    const old = name(`${full} before`)
    engine.sqlite.run('SAVEPOINT altering')
    try {
      // Keys of other tables go on naming the table, not what it is called for a moment.
      engine.sqlite.run('PRAGMA legacy_alter_table = ON')
      engine.sqlite.run(`ALTER TABLE ${name(full)} RENAME TO ${old}`)
      for (const statement of created(database, table, model)) engine.sqlite.run(statement)
      const targets = [...kept, ...fresh].map((one) => name(one.name))
      const sources = [...kept.map((one) => name(renames.get(one.name) ?? one.name)), ...fresh.map((one) => empty(one.type))]
      if (targets.length > 0)
        engine.sqlite.run(`INSERT INTO ${name(full)} (${targets.join(', ')}) SELECT ${sources.join(', ')} FROM ${old}`)
      engine.sqlite.run(`DROP TABLE ${old}`)
      engine.sqlite.run('RELEASE altering')
    } catch (error) {
      engine.sqlite.run('ROLLBACK TO altering')
      engine.sqlite.run('RELEASE altering')
      const words = error instanceof Error ? error.message : ''
      const [, column = ''] = /\.(\w+)(?:,|$)/.exec(words) ?? /:(\w+)$/.exec(words) ?? []
      if (words.startsWith('UNIQUE'))
        throw new SqlError(
          1062,
          '23000',
          `Duplicate entry '${engine.sqlite.exec(`SELECT ${name(renames.get(column) ?? column)} FROM ${name(full)} GROUP BY 1 HAVING count(*) > 1`)[0]?.values[0]?.[0] ?? ''}' for key '${table}.${model.indexes.find((one) => one.kind !== 'index' && one.columns[0] === column)?.name ?? column}'`,
        )
      if (words.startsWith('NOT NULL')) throw new SqlError(1138, '22004', 'Invalid use of NULL value')
      if (words.includes('length:')) throw new SqlError(1406, '22001', `Data too long for column '${column}' at row 1`)
      throw new SqlError(1265, '01000', `Data truncated for column '${column}' at row 1`)
    } finally {
      engine.sqlite.run('PRAGMA legacy_alter_table = OFF')
    }
  })
  engine.databases.get(database)?.set(table, model)
  engine.count(database, table, nextId)
}

function renamed(
  engine: Engine,
  from: { readonly database: string; readonly table: string },
  to: { readonly database: string; readonly table: string },
): void {
  const model = engine.model(from.database, from.table)
  if (engine.databases.get(to.database)?.has(to.table)) throw new SqlError(1050, '42S01', `Table '${to.table}' already exists`)
  engine.sqlite.run(`ALTER TABLE ${name(fullName(from.database, from.table))} RENAME TO ${name(fullName(to.database, to.table))}`)
  engine.databases.get(from.database)?.delete(from.table)
  engine.databases.get(to.database)?.set(to.table, model)
  for (const tables of engine.databases.values())
    for (const [table, one] of tables)
      tables.set(table, { ...one, keys: one.keys.map((key) => (key.table === from.table ? { ...key, table: to.table } : key)) })
}
