/** A table's definition as MySQL keeps it: read from CREATE TABLE, changed by ALTER TABLE, written for SQLite (ddl.ts) and for SHOW (show.ts). */
import { notSimulated, SqlError, syntaxError } from './errors.ts'
import { parts, Reader, type Token } from './tokens.ts'

export interface ColumnModel {
  readonly name: string
  /** As DESCRIBE shows it: `varchar(50)`, `int unsigned`, `enum('a','b')`. */
  readonly type: string
  readonly isNull: boolean
  /** The expression as MySQL writes it, text without quotes; undefined when there is none. */
  readonly fallback?: { readonly kind: 'text' | 'expression'; readonly text: string }
  readonly isCounting?: boolean
  readonly updatesToNow?: boolean
  readonly comment?: string
  readonly check?: string
}

export interface IndexModel {
  readonly name: string
  readonly kind: 'primary' | 'unique' | 'index'
  readonly columns: readonly string[]
}

export interface ForeignKey {
  readonly name: string
  readonly columns: readonly string[]
  readonly table: string
  readonly references: readonly string[]
  readonly actions: string
}

export interface TableModel {
  readonly columns: readonly ColumnModel[]
  readonly indexes: readonly IndexModel[]
  readonly keys: readonly ForeignKey[]
  readonly checks: readonly { readonly name: string; readonly expression: string }[]
  readonly comment?: string
  /** The SELECT of a view, as typed. */
  readonly view?: string
}

const typeWords: Readonly<Record<string, string>> = {
  integer: 'int',
  bool: 'tinyint(1)',
  boolean: 'tinyint(1)',
  dec: 'decimal',
  numeric: 'decimal',
  'double precision': 'double',
  real: 'double',
  character: 'char',
  serial: 'bigint unsigned',
  nvarchar: 'varchar',
}
const known = new Set(
  'tinyint smallint mediumint int bigint decimal float double bit char varchar binary varbinary tinytext text mediumtext longtext tinyblob blob mediumblob longblob enum set json date datetime timestamp time year'.split(
    ' ',
  ),
)

/** The parenthesis after CREATE TABLE name. */
export function tableOf(sql: string, inner: readonly Token[], name: string): TableModel {
  let model: TableModel = { columns: [], indexes: [], keys: [], checks: [] }
  for (const part of parts(inner)) model = withPart(model, new Reader(sql, part), name)
  return model
}

/** Adds what one part of CREATE TABLE (or ALTER TABLE … ADD) says. */
export function withPart(model: TableModel, reader: Reader, table: string, place?: { readonly after?: string }): TableModel {
  let constraint: string | undefined
  if (reader.take('CONSTRAINT'))
    constraint = reader.is('PRIMARY') || reader.is('FOREIGN') || reader.is('UNIQUE') || reader.is('CHECK') ? undefined : reader.takeName()
  if (reader.take('PRIMARY', 'KEY')) {
    const columns = columnList(reader)
    checkColumns(model, columns)
    return {
      ...model,
      columns: model.columns.map((one) => (columns.includes(one.name) ? { ...one, isNull: false } : one)),
      indexes: [{ name: 'PRIMARY', kind: 'primary', columns }, ...model.indexes],
    }
  }
  const isUnique = reader.take('UNIQUE')
  if (isUnique || reader.is('INDEX') || reader.is('KEY')) {
    if (!reader.take('INDEX')) reader.take('KEY')
    const given = reader.is('(') ? undefined : reader.takeName()
    const columns = columnList(reader)
    checkColumns(model, columns)
    return {
      ...model,
      indexes: [
        ...model.indexes,
        { name: freeName(model, given ?? constraint ?? columns[0]), kind: isUnique ? 'unique' : 'index', columns },
      ],
    }
  }
  if (reader.take('FOREIGN', 'KEY')) {
    if (!reader.is('(')) reader.takeName()
    const columns = columnList(reader)
    checkColumns(model, columns)
    const key = { ...references(reader), columns, name: constraint ?? `${table}_ibfk_${model.keys.length + 1}` }
    const isIndexed = model.indexes.some((one) => one.columns[0] === columns[0])
    return {
      ...model,
      keys: [...model.keys, key],
      ...(!isIndexed && { indexes: [...model.indexes, { name: freeName(model, constraint ?? columns[0]), kind: 'index', columns }] }),
    }
  }
  if (reader.take('CHECK'))
    return {
      ...model,
      checks: [...model.checks, { name: constraint ?? `${table}_chk_${model.checks.length + 1}`, expression: expressionIn(reader) }],
    }
  if (reader.is('FULLTEXT') || reader.is('SPATIAL')) throw notSimulated(`${reader.token?.upper} INDEX`)
  const { column, kind, key, check } = columnOf(reader, table)
  if (model.columns.some((one) => one.name.toLowerCase() === column.name.toLowerCase()))
    throw new SqlError(1060, '42S21', `Duplicate column name '${column.name}'`)
  const at =
    place === undefined
      ? model.columns.length
      : place.after === undefined
        ? 0
        : model.columns.findIndex((one) => one.name === place.after) + 1
  return {
    ...model,
    columns: model.columns.toSpliced(at, 0, column),
    indexes:
      kind === 'primary'
        ? [{ name: 'PRIMARY', kind, columns: [column.name] }, ...model.indexes]
        : kind === 'unique'
          ? [...model.indexes, { name: freeName(model, column.name), kind, columns: [column.name] }]
          : model.indexes,
    keys: key ? [...model.keys, { ...key, columns: [column.name], name: `${table}_ibfk_${model.keys.length + 1}` }] : model.keys,
    checks: check === undefined ? model.checks : [...model.checks, { name: `${table}_chk_${model.checks.length + 1}`, expression: check }],
  }
}

interface ColumnRead {
  readonly column: ColumnModel
  readonly kind?: 'primary' | 'unique'
  readonly key?: Pick<ForeignKey, 'table' | 'references' | 'actions'>
  readonly check?: string
}

function columnOf(reader: Reader, _table: string): ColumnRead {
  const wrong = (): SqlError => syntaxError(reader.sql, reader.position)
  const name = reader.takeName()
  if (name === undefined) throw wrong()
  const typePosition = reader.position
  const typeName = reader.takeName()?.toLowerCase()
  if (typeName === undefined) throw wrong()
  let type = typeWords[typeName] ?? typeName
  if (typeName === 'double') reader.take('PRECISION')
  if (typeName === 'character' && reader.take('VARYING')) type = 'varchar'
  if (!known.has(type.replace(/[( ].*$/, ''))) throw syntaxError(reader.sql, typePosition)
  if (reader.take('(')) {
    const inner = reader.inner()
    // Widths of whole numbers are no longer shown.
    const isWidth = /^(tinyint|smallint|mediumint|int|bigint)$/.test(type) && !(type === 'tinyint' && inner[0]?.text === '1')
    if (!isWidth) type += `(${inner.map((one) => (one.kind === 'text' ? `'${one.text.replaceAll("'", "''")}'` : one.text)).join('')})`
  } else if (type === 'varchar') throw wrong()
  else if (type === 'decimal') type = 'decimal(10,0)'
  else if (type === 'char') type = 'char(1)'
  type = type.replace(/^decimal\((\d+)\)$/, 'decimal($1,0)')
  let column: ColumnModel = { name, type, isNull: true }
  let kind: ColumnRead['kind']
  let key: ColumnRead['key']
  let check: string | undefined
  if (typeName === 'serial') [column, kind] = [{ ...column, isNull: false, isCounting: true }, 'unique']
  while (!reader.isOver) {
    if (reader.take('NOT', 'NULL')) column = { ...column, isNull: false }
    else if (reader.take('NULL')) column = { ...column, isNull: true }
    else if (reader.take('UNSIGNED')) column = { ...column, type: `${column.type} unsigned` }
    else if (reader.take('SIGNED') || reader.take('ZEROFILL') || reader.take('VISIBLE') || reader.take('STORED') || reader.take('VIRTUAL'))
      continue
    else if (reader.take('AUTO_INCREMENT')) column = { ...column, isCounting: true, isNull: false }
    else if (reader.take('PRIMARY', 'KEY') || reader.take('PRIMARY') || reader.take('KEY'))
      [column, kind] = [{ ...column, isNull: false }, 'primary']
    else if (reader.take('UNIQUE')) {
      reader.take('KEY')
      kind ??= 'unique'
    } else if (reader.take('DEFAULT')) column = { ...column, ...fallback(reader) }
    else if (reader.take('ON', 'UPDATE')) {
      expression(reader)
      column = { ...column, updatesToNow: true }
    } else if (reader.take('COMMENT')) column = { ...column, comment: reader.tokens[reader.at++]?.text ?? '' }
    else if (reader.take('CHARACTER', 'SET') || reader.take('CHARSET') || reader.take('COLLATE')) {
      reader.take('=')
      reader.at++
    } else if (reader.take('REFERENCES')) {
      reader.at--
      key = references(reader)
    } else if (reader.take('CHECK')) check = expressionIn(reader)
    else if (reader.take('CONSTRAINT')) reader.takeName()
    else if (reader.is('GENERATED') || reader.is('AS')) throw notSimulated('generated columns')
    else throw wrong()
  }
  return { column, ...(kind && { kind }), ...(key && { key }), ...(check !== undefined && { check }) }
}

function fallback(reader: Reader): Pick<ColumnModel, 'fallback'> {
  const { token } = reader
  if (token?.upper === 'NULL') {
    reader.at++
    return {}
  }
  if (token?.kind === 'text') {
    reader.at++
    return { fallback: { kind: 'text', text: token.text } }
  }
  const text = expression(reader)
  return {
    fallback: /^-?[\d.]+$|^(true|false)$/i.test(text)
      ? { kind: 'text', text: text.replace(/^true$/i, '1').replace(/^false$/i, '0') }
      : { kind: 'expression', text },
  }
}

/** A value or a call: `CURRENT_TIMESTAMP`, `now()`, `(uuid())`, `-1`. */
function expression(reader: Reader): string {
  const from = reader.position
  reader.take('-')
  if (reader.take('(')) reader.inner()
  else {
    reader.at++
    if (reader.take('(')) reader.inner()
  }
  return reader.sql
    .slice(from, reader.tokens[reader.at - 1]?.end)
    .replace(/^(now|localtime|localtimestamp|current_timestamp)(\(\d*\))?$/i, 'CURRENT_TIMESTAMP')
}

function expressionIn(reader: Reader): string {
  if (!reader.take('(')) throw syntaxError(reader.sql, reader.position)
  const inner = reader.inner()
  return reader.sql.slice(inner[0]?.start, inner.at(-1)?.end)
}

function references(reader: Reader): Pick<ForeignKey, 'table' | 'references' | 'actions'> {
  if (!reader.take('REFERENCES')) throw syntaxError(reader.sql, reader.position)
  let table = reader.takeName() ?? ''
  if (reader.take('.')) table = reader.takeName() ?? ''
  const columns = columnList(reader)
  let actions = ''
  while (reader.take('ON')) {
    const event = reader.tokens[reader.at++]?.upper
    const action = reader.take('SET', 'NULL')
      ? 'SET NULL'
      : reader.take('NO', 'ACTION')
        ? 'NO ACTION'
        : reader.take('SET', 'DEFAULT')
          ? 'SET DEFAULT'
          : reader.tokens[reader.at++]?.upper
    actions += ` ON ${event} ${action}`
  }
  return { table, references: columns, actions }
}

function columnList(reader: Reader): string[] {
  if (!reader.take('(')) throw syntaxError(reader.sql, reader.position)
  return parts(reader.inner()).map(([first]) => first.text)
}

function checkColumns({ columns }: TableModel, names: readonly string[]): void {
  for (const name of names)
    if (!columns.some((one) => one.name.toLowerCase() === name.toLowerCase()))
      throw new SqlError(1072, '42000', `Key column '${name}' doesn't exist in table`)
}

function freeName({ indexes }: TableModel, wanted: string): string {
  let name = wanted
  for (let number = 2; indexes.some((one) => one.name === name); number++) name = `${wanted}_${number}`
  return name
}

/** ALTER TABLE's clauses, from what follows the name; `renames` tells old names by new ones. */
export function altered(
  model: TableModel,
  reader: Reader,
  table: string,
): { readonly model: TableModel; readonly renames: ReadonlyMap<string, string>; readonly newName?: string; readonly nextId?: number } {
  let next = model
  const renames = new Map<string, string>()
  let newName: string | undefined
  let nextId: number | undefined
  const column = (name: string | undefined): ColumnModel => {
    const found = next.columns.find((one) => one.name.toLowerCase() === name?.toLowerCase())
    if (!found) throw new SqlError(1054, '42S22', `Unknown column '${name}' in '${table}'`)
    return found
  }
  const renamed = (from: string, to: string): void => {
    const each = (names: readonly string[]): string[] => names.map((one) => (one === from ? to : one))
    next = {
      ...next,
      columns: next.columns.map((one) => (one.name === from ? { ...one, name: to } : one)),
      indexes: next.indexes.map((one) => ({ ...one, columns: each(one.columns) })),
      keys: next.keys.map((one) => ({ ...one, columns: each(one.columns) })),
    }
    renames.set(to, renames.get(from) ?? from)
  }
  const placed = (part: readonly Token[]): { readonly own: readonly Token[]; readonly place?: { readonly after?: string } } => {
    if (part.at(-1)?.upper === 'FIRST') return { own: part.slice(0, -1), place: {} }
    if (part.at(-2)?.upper === 'AFTER') return { own: part.slice(0, -2), place: { after: column(part.at(-1)?.text).name } }
    return { own: part }
  }
  for (const part of parts(reader.tokens.slice(reader.at))) {
    const { own, place } = placed(part)
    const one = new Reader(reader.sql, own)
    const wrong = (): SqlError => syntaxError(reader.sql, one.position)
    if (one.take('ADD')) {
      one.take('COLUMN')
      if (one.take('(')) for (const inner of parts(one.inner())) next = withPart(next, new Reader(reader.sql, inner), table)
      else next = withPart(next, one, table, place)
    } else if (one.take('DROP', 'PRIMARY', 'KEY')) next = { ...next, indexes: next.indexes.filter(({ kind }) => kind !== 'primary') }
    else if (one.take('DROP', 'INDEX') || one.take('DROP', 'KEY')) next = withoutIndex(next, one.takeName() ?? '')
    else if (one.take('DROP', 'FOREIGN', 'KEY') || one.take('DROP', 'CONSTRAINT')) {
      const gone = one.takeName()
      next = { ...next, keys: next.keys.filter((key) => key.name !== gone), checks: next.checks.filter((check) => check.name !== gone) }
    } else if (one.take('DROP')) {
      one.take('COLUMN')
      const name = one.takeName()
      if (!next.columns.some((found) => found.name === name))
        throw new SqlError(1091, '42000', `Can't DROP '${name}'; check that column/key exists`)
      next = {
        ...next,
        columns: next.columns.filter((found) => found.name !== name),
        indexes: next.indexes
          .map((index) => ({ ...index, columns: index.columns.filter((found) => found !== name) }))
          .filter((index) => index.columns.length > 0),
      }
    } else if (one.is('MODIFY') || one.is('CHANGE')) {
      const isChange = one.take('CHANGE')
      if (!isChange) one.take('MODIFY')
      one.take('COLUMN')
      const old = column(isChange ? one.takeName() : one.token?.text)
      const read = columnOf(one, table)
      if (read.column.name !== old.name) renamed(old.name, read.column.name)
      const rest = next.columns.filter(({ name }) => name !== read.column.name)
      const at =
        place === undefined
          ? next.columns.findIndex(({ name }) => name === read.column.name)
          : place.after === undefined
            ? 0
            : rest.findIndex(({ name }) => name === place.after) + 1
      const isPrimary = next.indexes.some((index) => index.kind === 'primary' && index.columns.includes(read.column.name))
      next = {
        ...next,
        columns: rest.toSpliced(at, 0, { ...read.column, ...(isPrimary && { isNull: false }) }),
        ...(read.kind === 'primary' &&
          !isPrimary && { indexes: [{ name: 'PRIMARY', kind: 'primary', columns: [read.column.name] }, ...next.indexes] }),
        ...(read.kind === 'unique' && {
          indexes: [...next.indexes, { name: freeName(next, read.column.name), kind: 'unique', columns: [read.column.name] }],
        }),
      }
    } else if (one.take('RENAME', 'COLUMN')) {
      const from = column(one.takeName()).name
      one.take('TO')
      renamed(from, one.takeName() ?? '')
    } else if (one.take('RENAME', 'INDEX')) {
      const [from, , to] = [one.takeName(), one.take('TO'), one.takeName()]
      next = { ...next, indexes: next.indexes.map((index) => (index.name === from && to !== undefined ? { ...index, name: to } : index)) }
    } else if (one.take('RENAME')) {
      if (!one.take('TO')) one.take('AS')
      newName = one.takeName()
    } else if (one.take('ALTER')) {
      one.take('COLUMN')
      const { name } = column(one.takeName())
      const isSet = one.take('SET', 'DEFAULT')
      if (!isSet && !one.take('DROP', 'DEFAULT')) throw wrong()
      const given = isSet ? fallback(one) : {}
      next = { ...next, columns: next.columns.map((found) => (found.name === name ? { ...found, fallback: undefined, ...given } : found)) }
    } else if (one.take('AUTO_INCREMENT')) {
      one.take('=')
      nextId = Number(one.token?.text)
    } else if (
      ![
        'ENGINE',
        'DEFAULT',
        'CHARSET',
        'CHARACTER',
        'COLLATE',
        'CONVERT',
        'COMMENT',
        'ROW_FORMAT',
        'DISABLE',
        'ENABLE',
        'ALGORITHM',
        'LOCK',
      ].includes(one.token?.upper ?? '')
    )
      throw wrong()
  }
  return { model: next, renames, ...(newName !== undefined && { newName }), ...(nextId !== undefined && { nextId }) }
}

export function withoutIndex(model: TableModel, name: string): TableModel {
  if (!model.indexes.some((one) => one.name === name))
    throw new SqlError(1091, '42000', `Can't DROP '${name}'; check that column/key exists`)
  return { ...model, indexes: model.indexes.filter((one) => one.name !== name) }
}
