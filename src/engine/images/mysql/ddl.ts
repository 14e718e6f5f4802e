/**
 * A table as SQLite is told to make it. A table `users` of database `shop` is SQLite's table `shop.users`, dot and all, so one file holds every
 * database. What MySQL checks by type is a CHECK here whose name says what was wrong.
 */
import { rewritten } from './rewrite.ts'
import type { ColumnModel, TableModel } from './schema.ts'
import { literal, name } from './tokens.ts'

export const fullName = (database: string, table: string): string => `${database}.${table}`

export function created(database: string, table: string, model: TableModel): string[] {
  const full = fullName(database, table)
  const primary = model.indexes.find(({ kind }) => kind === 'primary')
  const counting = model.columns.find(({ isCounting }) => isCounting)
  // Only as its primary key does SQLite count a column; where MySQL's primary key is another, that one is merely unique.
  const lines = [
    ...model.columns.map(
      (column) =>
        `${name(column.name)} ${column === counting ? 'INTEGER PRIMARY KEY AUTOINCREMENT' : `${affinity(column.type)}${column.isNull ? '' : ' NOT NULL'}${defaulted(column)}${checked(column)}`}`,
    ),
    ...(primary && !(counting && primary.columns.length === 1 && primary.columns[0] === counting.name)
      ? [`UNIQUE (${primary.columns.map(name).join(', ')})`]
      : []),
    ...model.indexes.filter(({ kind }) => kind === 'unique').map(({ columns }) => `UNIQUE (${columns.map(name).join(', ')})`),
    ...model.checks.map((check) => `CONSTRAINT ${name(`named:${check.name}`)} CHECK (${rewritten(check.expression)})`),
    ...model.keys.map(
      (key) =>
        `FOREIGN KEY (${key.columns.map(name).join(', ')}) REFERENCES ${name(fullName(database, key.table))} (${key.references.map(name).join(', ')})${key.actions}`,
    ),
  ]
  return [`CREATE TABLE ${name(full)} (${lines.join(', ')})`]
}

export function isText(type: string): boolean {
  return /^(char|varchar|tinytext|text|mediumtext|longtext|enum|set|json)/.test(type)
}

export function isWhole(type: string): boolean {
  return /^(tinyint|smallint|mediumint|int|bigint|year|bit)/.test(type)
}

function affinity(type: string): string {
  if (isText(type)) return 'TEXT COLLATE NOCASE'
  if (isWhole(type)) return 'INTEGER'
  if (/^(float|double)/.test(type)) return 'REAL'
  if (/^decimal/.test(type)) return 'NUMERIC'
  return /blob|binary/.test(type) ? 'BLOB' : 'TEXT'
}

function defaulted({ fallback, type }: ColumnModel): string {
  if (!fallback) return ''
  if (fallback.kind === 'expression') return ` DEFAULT (${rewritten(fallback.text)})`
  return ` DEFAULT ${isText(type) || !/^-?[\d.]+$/.test(fallback.text) ? literal(fallback.text) : fallback.text}`
}

const ranges: Readonly<Record<string, number>> = { tinyint: 8, smallint: 16, mediumint: 24, int: 32 }

function checked({ name: column, type }: ColumnModel): string {
  const at = name(column)
  const check = (what: string, test: string): string => ` CONSTRAINT ${name(`${what}:${column}`)} CHECK (${at} IS NULL OR ${test})`
  const [, word = '', inner = ''] = /^(\w+)(?:\((.*)\))?/s.exec(type) ?? []
  if (isWhole(type)) {
    const bits = ranges[word]
    const isUnsigned = type.includes('unsigned')
    const range =
      bits === undefined
        ? isUnsigned
          ? `${at} >= 0`
          : '1'
        : isUnsigned
          ? `${at} BETWEEN 0 AND ${2 ** bits - 1}`
          : `${at} BETWEEN ${-(2 ** (bits - 1))} AND ${2 ** (bits - 1) - 1}`
    return check('integer', `typeof(${at}) <> 'text'`) + check('range', range)
  }
  if (word === 'decimal') {
    const [digits = 10, scale = 0] = inner.split(',').map(Number)
    return check('decimal', `typeof(${at}) <> 'text'`) + check('range', `abs(${at}) < ${10 ** (digits - scale)}`)
  }
  if (word === 'float' || word === 'double') return check('double', `typeof(${at}) <> 'text'`)
  if (word === 'char' || word === 'varchar') return check('length', `length(${at}) <= ${inner}`)
  if (word === 'enum') return check('truncated', `${at} IN (${inner})`)
  if (word === 'date') return check('date', `${at} GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*'`)
  if (word === 'datetime' || word === 'timestamp') return check('datetime', `${at} GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*'`)
  return word === 'json' ? check('json', `json_valid(${at})`) : ''
}
