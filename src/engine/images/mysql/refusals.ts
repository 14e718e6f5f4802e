/** SQLite's refusals in MySQL's words: which value, which key, in which clause. */
import { fullName } from './ddl.ts'
import type { Engine, Session } from './engine.ts'
import { notSimulated, SqlError, syntaxError } from './errors.ts'
import { type ForeignKey } from './schema.ts'
import { name, type Token } from './tokens.ts'
import type { Change } from './writes.ts'

export function asMySql(engine: Engine, session: Session, sql: string, tokens: readonly Token[], error: unknown, change?: Change): unknown {
  const words = error instanceof Error ? error.message : String(error)
  const match = (pattern: RegExp): string | undefined => pattern.exec(words)?.[1]
  const column = match(/^no such column: (.+)$/)
  if (column !== undefined) return new SqlError(1054, '42S22', `Unknown column '${plain(column)}' in '${clauseOf(tokens, plain(column))}'`)
  const table = match(/^no such table: (.+)$/)
  if (table !== undefined) {
    if (!table.includes('.') && session.database === undefined) return new SqlError(1046, '3D000', 'No database selected')
    return new SqlError(1146, '42S02', `Table '${table.includes('.') ? table : `${session.database}.${table}`}' doesn't exist`)
  }
  const near = match(/^near "(.*)": syntax error$/s)
  if (near !== undefined)
    return syntaxError(
      sql,
      tokens.find((token) => token.text.toLowerCase() === near.toLowerCase().replace(/^[`'](.*)[`']$/s, '$1'))?.start ??
        tokens[0]?.start ??
        0,
      engine.product,
    )
  if (words === 'incomplete input') return syntaxError(sql, sql.length, engine.product)
  const called = match(/^no such function: (.+)$/)
  if (called !== undefined)
    return session.database === undefined
      ? new SqlError(1046, '3D000', 'No database selected')
      : new SqlError(1305, '42000', `FUNCTION ${session.database}.${called.replace(/^(my|no)_/, '')} does not exist`)
  const ambiguous = match(/^ambiguous column name: (.+)$/)
  if (ambiguous !== undefined)
    return new SqlError(
      1052,
      '23000',
      `Column '${plain(ambiguous)}' in ${clauseOf(tokens, plain(ambiguous)).replace(/^/, "'")}' is ambiguous`,
    )
  const arguments_ = match(/^wrong number of arguments to function (\w+)\(\)/)
  if (arguments_ !== undefined)
    return new SqlError(1582, '42000', `Incorrect parameter count in the call to native function '${arguments_.replace(/^my_/, '')}'`)
  if (/^misuse of aggregate/.test(words)) return new SqlError(1111, 'HY000', 'Invalid use of group function')
  if (/values for \d+ columns|has \d+ columns but \d+ values/.test(words))
    return new SqlError(1136, '21S01', "Column count doesn't match value count at row 1")
  if (/sub-select returns \d+ columns/.test(words)) return new SqlError(1241, '21000', 'Operand should contain 1 column(s)')
  if (/SELECTs to the left and right of/.test(words))
    return new SqlError(1222, '21000', 'The used SELECT statements have a different number of columns')
  if (change) {
    const found = ofConstraint(engine, change, words)
    if (found) return found
  }
  return notSimulated(sql.slice(0, 60).replace(/\s+/g, ' '))
}

const plain = (column: string): string => column.replaceAll('`', '')

/** Where MySQL says that a name stands. */
function clauseOf(tokens: readonly Token[], column: string): string {
  const last = column.replace(/^.*\./, '').toLowerCase()
  let clause = 'field list'
  for (const [at, token] of tokens.entries()) {
    if (token.upper === 'WHERE') clause = 'where clause'
    else if (token.upper === 'ON') clause = 'on clause'
    else if (token.upper === 'HAVING') clause = 'having clause'
    else if (token.upper === 'GROUP') clause = 'group statement'
    else if (token.upper === 'ORDER') clause = 'order clause'
    else if (token.upper === 'SELECT' || token.upper === 'SET') clause = 'field list'
    else if (token.text.toLowerCase() === last && tokens[at + 1]?.upper !== '(') return clause
  }
  return 'field list'
}

function ofConstraint(engine: Engine, change: Change, words: string): SqlError | undefined {
  const { database, table, model, columns, rows } = change
  const full = name(fullName(database, table))
  const valueOf = (text: string): string => {
    const value = engine.sqlite.exec(`SELECT ${text}`)[0]?.values[0]?.[0] ?? null
    return value === null ? 'NULL' : String(value)
  }
  /** The first row whose value in that column does not pass. */
  const wrong = (column: string, passes: (value: string) => boolean): { readonly value: string; readonly row: number } => {
    const at = columns.indexOf(column)
    for (const [row, values] of rows.entries()) {
      try {
        const value = valueOf(values[at] ?? 'NULL')
        if (!passes(value)) return { value, row: row + 1 }
      } catch {
        // An expression over the row's own columns has no value by itself.
        return { value: '', row: row + 1 }
      }
    }
    return { value: '', row: 1 }
  }
  const [, uniques] = /^UNIQUE constraint failed: (.+)$/.exec(words) ?? []
  if (uniques !== undefined) {
    const keys = uniques.split(', ').map((one) => one.replace(/^.*\./, ''))
    const index = model.indexes.find(
      (one) => one.kind !== 'index' && one.columns.length === keys.length && one.columns.every((column) => keys.includes(column)),
    )
    const seen = new Set<string>()
    for (const row of rows) {
      try {
        const values = keys.map((key) => valueOf(row[columns.indexOf(key)] ?? 'NULL'))
        const entry = values.join('-')
        const there = engine.sqlite.exec(`SELECT 1 FROM ${full} WHERE ${keys.map((key) => `${name(key)} = ?`).join(' AND ')}`, values)
        if (there.length > 0 || seen.has(entry.toLowerCase())) return duplicate(entry, table, index?.name)
        seen.add(entry.toLowerCase())
      } catch {
        break
      }
    }
    return duplicate('', table, index?.name)
  }
  const [, missing] = /^NOT NULL constraint failed: .*\.(.+)$/.exec(words) ?? []
  if (missing !== undefined)
    return columns.includes(missing)
      ? new SqlError(1048, '23000', `Column '${missing}' cannot be null`)
      : new SqlError(1364, 'HY000', `Field '${missing}' doesn't have a default value`)
  if (words.startsWith('FOREIGN KEY')) return broken(engine, change)
  const [, what, column = ''] = /^CHECK constraint failed: (\w+):(.+)$/s.exec(words) ?? []
  switch (what) {
    case 'named':
      return new SqlError(3819, 'HY000', `Check constraint '${column}' is violated.`)
    case 'integer':
    case 'decimal':
    case 'double': {
      const { value, row } = wrong(column, (one) => one === 'NULL' || /^-?[\d.]+$/.test(one))
      return new SqlError(1366, 'HY000', `Incorrect ${what} value: '${value}' for column '${column}' at row ${row}`)
    }
    case 'range':
      return new SqlError(1264, '22003', `Out of range value for column '${column}' at row 1`)
    case 'length': {
      const width = Number(/\((\d+)\)/.exec(model.columns.find((one) => one.name === column)?.type ?? '')?.[1] ?? 0)
      return new SqlError(1406, '22001', `Data too long for column '${column}' at row ${wrong(column, (one) => one.length <= width).row}`)
    }
    case 'truncated':
      return new SqlError(1265, '01000', `Data truncated for column '${column}' at row 1`)
    case 'date':
    case 'datetime': {
      const { value, row } = wrong(column, (one) => /^\d{4}-\d\d-\d\d/.test(one))
      return new SqlError(1292, '22007', `Incorrect ${what} value: '${value}' for column '${column}' at row ${row}`)
    }
    case 'json':
      return new SqlError(3140, '22032', `Invalid JSON text: "Invalid value." at position 0 in value for column '${table}.${column}'.`)
  }
  return undefined
}

function duplicate(entry: string, table: string, key = 'PRIMARY'): SqlError {
  return new SqlError(1062, '23000', `Duplicate entry '${entry}' for key '${table}.${key}'`)
}

function broken(engine: Engine, { database, table, model, columns, rows, isDelete }: Change): SqlError {
  const told = (child: string, { name: key, columns: from, table: to, references, actions }: ForeignKey): string =>
    `(\`${database}\`.\`${child}\`, CONSTRAINT \`${key}\` FOREIGN KEY (${from.map(name).join(', ')}) REFERENCES \`${to}\` (${references.map(name).join(', ')})${actions})`
  const child = model.keys.find((key) =>
    rows.some((row) => {
      const values = key.columns.map((column) => row[columns.indexOf(column)])
      if (values.some((value) => value === undefined || value === 'NULL')) return false
      try {
        return (
          engine.sqlite.exec(
            `SELECT 1 FROM ${name(fullName(database, key.table))} WHERE ${key.references.map((column, at) => `${name(column)} = ${values[at]}`).join(' AND ')}`,
          ).length === 0
        )
      } catch {
        return false
      }
    }),
  )
  if (!isDelete && child)
    return new SqlError(1452, '23000', `Cannot add or update a child row: a foreign key constraint fails ${told(table, child)}`)
  for (const [other, { keys }] of engine.databases.get(database) ?? []) {
    const key = keys.find((one) => one.table === table)
    if (key) return new SqlError(1451, '23000', `Cannot delete or update a parent row: a foreign key constraint fails ${told(other, key)}`)
  }
  return new SqlError(1452, '23000', 'Cannot add or update a child row: a foreign key constraint fails')
}
