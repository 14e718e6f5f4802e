/** INSERT, REPLACE, UPDATE and DELETE, with what the client tells about them afterwards. */
import { fullName } from './ddl.ts'
import type { Engine, Outcome, Session } from './engine.ts'
import { notSimulated, SqlError, syntaxError } from './errors.ts'
import { rewrite } from './rewrite.ts'
import type { TableModel } from './schema.ts'
import { name, parts, type Reader, type Token, tokensOf } from './tokens.ts'
import type { Used } from './types.ts'

/** What a refusal needs in order to name the value that was wrong. */
export interface Change {
  readonly database: string
  readonly table: string
  readonly model: TableModel
  /** Columns given, and SQLite's text of each row's values. */
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
  readonly isDelete?: boolean
}

export function changing(engine: Engine, session: Session, reader: Reader): Outcome {
  const verb = reader.tokens[reader.at++].upper
  while (/^(LOW_PRIORITY|DELAYED|QUICK|HIGH_PRIORITY)$/.test(reader.token?.upper ?? '')) reader.at++
  const isIgnoring = reader.take('IGNORE')
  if (verb === 'UPDATE') return update(engine, session, reader)
  if (verb === 'DELETE') return remove(engine, session, reader)
  reader.take('INTO')
  return insert(engine, session, reader, verb === 'REPLACE' ? 'REPLACE' : isIgnoring ? 'INSERT OR IGNORE' : 'INSERT')
}

function insert(engine: Engine, session: Session, reader: Reader, verb: string): Outcome {
  const { database, table } = engine.place(session, reader)
  engine.allow(session, 'INSERT', database, table)
  const model = engine.model(database, table)
  const full = name(fullName(database, table))
  let columns: string[] | undefined
  if (reader.is('(') && !['SELECT', 'WITH'].includes(reader.tokens[reader.at + 1]?.upper)) {
    reader.take('(')
    columns = parts(reader.inner()).map((part) => part[part.length - 1]?.text ?? '')
    for (const column of columns) known(model, column, 'field list')
  }
  const used: (Used & { readonly database: string; readonly table: string })[] = [{ alias: table, model, database, table }]
  const naming = engine.naming(session, used)
  const fallback = (column: string): string => {
    const { fallback: given, isCounting } = known(model, column, 'field list')
    if (isCounting || !given) return 'NULL'
    return given.kind === 'text' ? `'${given.text.replaceAll("'", "''")}'` : rewrite(tokensOf(given.text), naming)
  }
  let source: string
  let rows: string[][] = []
  if (reader.take('SET')) {
    const from = reader.at
    while (!reader.isOver && !reader.is('ON', 'DUPLICATE')) reader.at++
    const sets = parts(reader.tokens.slice(from, reader.at)).map((part) => [part[0].text, rewrite(part.slice(2), naming)] as const)
    columns = sets.map(([column]) => column)
    rows = [sets.map(([, value]) => value)]
    source = `VALUES (${rows[0].join(', ')})`
  } else if (reader.take('VALUES') || reader.take('VALUE')) {
    const names = columns ?? model.columns.map((column) => column.name)
    do {
      if (!reader.take('(')) throw syntaxError(reader.sql, reader.position, engine.product)
      const values = parts(reader.inner())
      if (values.length !== names.length && !(values.length === 0 && columns === undefined))
        throw new SqlError(1136, '21S01', `Column count doesn't match value count at row ${rows.length + 1}`)
      rows.push(
        values.length === 0
          ? names.map(fallback)
          : values.map((value, at) => (value.length === 1 && value[0].upper === 'DEFAULT' ? fallback(names[at]) : rewrite(value, naming))),
      )
    } while (reader.take(','))
    // A counted column counts for 0 as well.
    const counting = names.findIndex((one) => model.columns.some((column) => column.isCounting && column.name === one))
    if (counting >= 0) rows = rows.map((row) => row.map((value, at) => (at === counting && value === '0' ? 'NULL' : value)))
    source = `VALUES ${rows.map((row) => `(${row.join(', ')})`).join(', ')}`
  } else {
    const from = reader.at
    while (!reader.isOver && !reader.is('ON', 'DUPLICATE')) reader.at++
    const tokens = reader.tokens.slice(from, reader.at)
    rewrite(tokens, naming)
    // SQLite needs a WHERE before ON CONFLICT to tell it from a join's ON.
    source = `SELECT * FROM (${rewrite(tokens, naming)}) WHERE true`
  }
  if (reader.take('AS')) reader.at++
  const duplicates = reader.isOver ? '' : ` ${rewrite(reader.tokens.slice(reader.at), naming)}`
  const change: Change = { database, table, model, columns: columns ?? model.columns.map((column) => column.name), rows }
  const before = engine.rows(database, table)
  engine.ask(
    session,
    reader.sql,
    reader.tokens,
    `${verb} INTO ${full} (${change.columns.map(name).join(', ')}) ${source}${duplicates}`,
    change,
  )
  const touched = engine.sqlite.getRowsModified()
  const added = engine.rows(database, table) - before
  const insertId =
    model.columns.some(({ isCounting }) => isCounting) && added > 0
      ? Number(engine.sqlite.exec('SELECT last_insert_rowid()')[0].values[0][0]) - (touched > 1 ? touched - 1 : 0)
      : 0
  if (insertId > 0) session.lastInsertId = insertId
  // A row that replaced another counts twice.
  const changed = verb === 'REPLACE' || duplicates !== '' ? touched + (touched - added) : touched
  const given = rows.length || touched
  return {
    changed,
    insertId,
    ...((given > 1 || rows.length === 0) && { info: `Records: ${given}  Duplicates: ${given - added}  Warnings: 0` }),
  }
}

function known(model: TableModel, column: string, clause: string): TableModel['columns'][number] {
  const found = model.columns.find((one) => one.name.toLowerCase() === column.toLowerCase())
  if (!found) throw new SqlError(1054, '42S22', `Unknown column '${column}' in '${clause}'`)
  return found
}

function clause(tokens: readonly Token[], ...words: readonly string[]): number {
  let depth = 0
  const at = tokens.findIndex(({ upper }) => {
    if (upper === '(') depth++
    if (upper === ')') depth--
    return depth === 0 && words.includes(upper)
  })
  return at < 0 ? tokens.length : at
}

function update(engine: Engine, session: Session, reader: Reader): Outcome {
  const { database, table } = engine.place(session, reader)
  let alias = table
  if (reader.take('AS')) alias = reader.takeName() ?? table
  else if (!reader.is('SET') && !reader.is(',') && !/^(JOIN|INNER|LEFT|RIGHT|CROSS)$/.test(reader.token?.upper ?? ''))
    alias = reader.takeName() ?? table
  if (!reader.take('SET'))
    throw /^(,|JOIN|INNER|LEFT|RIGHT|CROSS)$/.test(reader.token?.upper ?? '')
      ? notSimulated('UPDATE of several tables')
      : syntaxError(reader.sql, reader.position, engine.product)
  engine.allow(session, 'UPDATE', database, table)
  const model = engine.model(database, table)
  const rest = reader.tokens.slice(reader.at)
  const end = clause(rest, 'WHERE', 'ORDER', 'LIMIT')
  const used = [{ alias, model, database, table }]
  const naming = engine.naming(session, used)
  const sets = parts(rest.slice(0, end)).map((part) => {
    const sign = part.findIndex(({ upper }) => upper === '=')
    if (sign < 1) throw syntaxError(reader.sql, part[0]?.start ?? reader.position, engine.product)
    const column = known(model, part[sign - 1].text, 'field list').name
    const value = part.slice(sign + 1)
    return { column, value: value.length === 1 && value[0].upper === 'DEFAULT' ? 'NULL' : rewrite(value, naming) }
  })
  for (const column of model.columns)
    if (column.updatesToNow && !sets.some((one) => one.column === column.name)) sets.push({ column: column.name, value: 'my_now()' })
  const full = name(fullName(database, table))
  const chosen = limited(rest.slice(end), full, alias, naming)
  const own = sets.filter(({ column }) => !model.columns.some((one) => one.updatesToNow && one.name === column))
  const change: Change = { database, table, model, columns: sets.map(({ column }) => column), rows: [sets.map(({ value }) => value)] }
  // Rows that already are as they shall be are matched, not changed.
  const same = own.map(({ column, value }) => `CAST(${name(column)} AS BLOB) IS CAST((${value}) AS BLOB)`).join(' AND ') || 'false'
  const counts = engine.ask(
    session,
    reader.sql,
    reader.tokens,
    `SELECT count(*), sum(NOT (${same})) FROM ${full} AS ${name(alias)} ${chosen}`,
    change,
  ).values[0] ?? [0, 0]
  engine.ask(
    session,
    reader.sql,
    reader.tokens,
    `UPDATE ${full} AS ${name(alias)} SET ${sets.map(({ column, value }) => `${name(column)} = ${value}`).join(', ')} ${chosen}`,
    change,
  )
  const changed = Number(counts[1] ?? 0)
  return { changed, info: `Rows matched: ${Number(counts[0])}  Changed: ${changed}  Warnings: 0` }
}

function remove(engine: Engine, session: Session, reader: Reader): Outcome {
  if (!reader.take('FROM'))
    throw reader.tokens.some(({ upper }) => upper === 'FROM')
      ? notSimulated('DELETE from several tables')
      : syntaxError(reader.sql, reader.position, engine.product)
  const { database, table } = engine.place(session, reader)
  engine.allow(session, 'DELETE', database, table)
  const model = engine.model(database, table)
  const rest = reader.tokens.slice(reader.at)
  const at = clause(rest, 'WHERE', 'ORDER', 'LIMIT')
  const alias = rest.slice(0, at).at(-1)?.text ?? table
  const full = name(fullName(database, table))
  const chosen = limited(rest.slice(at), full, alias, engine.naming(session, [{ alias, model, database, table }]))
  engine.ask(session, reader.sql, reader.tokens, `DELETE FROM ${full} AS ${name(alias)} ${chosen || 'WHERE true'}`, {
    database,
    table,
    model,
    columns: [],
    rows: [],
    isDelete: true,
  })
  return { changed: engine.sqlite.getRowsModified() }
}

/** WHERE … ORDER BY … LIMIT: SQLite knows the latter two in a SELECT only. */
function limited(tokens: readonly Token[], full: string, alias: string, naming: Parameters<typeof rewrite>[1]): string {
  const text = rewrite(tokens, naming)
  return tokens.some(({ upper }) => upper === 'LIMIT') ? `WHERE rowid IN (SELECT rowid FROM ${full} AS ${name(alias)} ${text})` : text
}
