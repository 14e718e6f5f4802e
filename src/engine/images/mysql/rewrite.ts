/**
 * MySQL's way of writing said in SQLite's: names of tables, operators, intervals, casts. Works on words, not on a grammar; whether the result
 * means anything is SQLite's to say.
 */
import { notSimulated } from './errors.ts'
import { isName, literal, name, Reader, type Token, tokensOf } from './tokens.ts'

export interface Naming {
  /** SQLite's name for a table; undefined when there is none, as for a name that WITH makes. */
  readonly table: (database: string | undefined, table: string) => string | undefined
  readonly isColumn: (word: string) => boolean
  /** What stands for `@x`, `@@version`. */
  readonly variable: (name: string) => string
  /** What stands for a call without arguments that asks about the connection: `DATABASE()`. */
  readonly call: (upper: string) => string | undefined
}

const plainNaming: Naming = { table: () => undefined, isColumn: () => false, variable: () => 'NULL', call: () => undefined }

/** An expression by itself. */
export function rewritten(expression: string): string {
  return rewrite(tokensOf(expression), plainNaming)
}

const renamedCalls: Readonly<Record<string, string>> = {
  NOW: 'my_now',
  CURRENT_TIMESTAMP: 'my_now',
  SYSDATE: 'my_now',
  LOCALTIME: 'my_now',
  LOCALTIMESTAMP: 'my_now',
  UTC_TIMESTAMP: 'my_now',
  CURDATE: 'my_curdate',
  CURRENT_DATE: 'my_curdate',
  CURTIME: 'my_curtime',
  CURRENT_TIME: 'my_curtime',
  IF: 'iif',
  LEFT: 'my_left',
  RIGHT: 'my_right',
  DATE: 'my_date',
  TIME: 'my_time',
  MOD: 'my_mod',
  REPLACE: 'my_replace',
  INSERT: 'my_insert',
  CHAR_LENGTH: 'length',
  CHARACTER_LENGTH: 'length',
  UCASE: 'upper',
  LCASE: 'lower',
  MID: 'substr',
  SUBSTRING: 'substr',
  POW: 'power',
  TRUNCATE: 'my_truncate',
  FORMAT: 'my_format',
  CONCAT: 'my_concat',
  YEAR: 'my_year',
  MONTH: 'my_month',
  DAY: 'my_day',
  RAND: 'my_rand',
  UUID: 'my_uuid',
  INSTR: 'instr',
  CHAR: 'char',
  STD: 'my_std',
  ROUND: 'my_round',
  TIMESTAMP: 'my_timestamp',
  CEIL: 'my_ceil',
  CEILING: 'my_ceil',
  FLOOR: 'my_floor',
  SIGN: 'my_sign',
  SQRT: 'my_sqrt',
  POWER: 'power',
  LENGTH: 'octet_length',
  STRFTIME: 'no_strftime',
  PRINTF: 'no_printf',
  TYPEOF: 'no_typeof',
  IFNULL: 'ifnull',
}
const withoutParentheses = new Set(['CURRENT_TIMESTAMP', 'CURRENT_DATE', 'CURRENT_TIME', 'LOCALTIME', 'LOCALTIMESTAMP'])
const units = new Set(['MICROSECOND', 'SECOND', 'MINUTE', 'HOUR', 'DAY', 'WEEK', 'MONTH', 'QUARTER', 'YEAR'])
const casts: Readonly<Record<string, string>> = {
  SIGNED: 'INTEGER',
  UNSIGNED: 'INTEGER',
  CHAR: 'TEXT',
  NCHAR: 'TEXT',
  VARCHAR: 'TEXT',
  BINARY: 'TEXT',
  DECIMAL: 'NUMERIC',
  DOUBLE: 'REAL',
  FLOAT: 'REAL',
  DATE: 'TEXT',
  DATETIME: 'TEXT',
  TIME: 'TEXT',
  JSON: 'TEXT',
  YEAR: 'INTEGER',
  INT: 'INTEGER',
}
const beforeTables = new Set(['FROM', 'JOIN', 'INTO', 'UPDATE', 'TABLE'])
/** Words that end the list of tables after FROM. */
const afterTables = new Set(['WHERE', 'GROUP', 'ORDER', 'LIMIT', 'HAVING', 'SET', 'VALUES', 'VALUE', 'SELECT', 'ON', 'UNION', 'WINDOW'])
/** Words that can follow a table and are not its second name. */
const notAlias = new Set([
  ...afterTables,
  'JOIN',
  'INNER',
  'LEFT',
  'RIGHT',
  'CROSS',
  'NATURAL',
  'FULL',
  'USING',
  'OUTER',
  'USE',
  'FORCE',
  'IGNORE',
  'FOR',
  'LOCK',
  'AS',
  'STRAIGHT_JOIN',
  'EXCEPT',
  'INTERSECT',
  'PARTITION',
])
const sqliteOnly = new Set([
  'ABORT',
  'ACTION',
  'ATTACH',
  'CONFLICT',
  'DETACH',
  'FAIL',
  'GLOB',
  'INDEXED',
  'ISNULL',
  'NOTNULL',
  'NOTHING',
  'PLAN',
  'PRAGMA',
  'QUERY',
  'RAISE',
  'REINDEX',
  'RETURNING',
  'TEMP',
  'TEMPORARY',
  'TRANSACTION',
  'VACUUM',
  'VIRTUAL',
  'COMMIT',
  'ROLLBACK',
  'BEGIN',
  'END',
  'TEXT',
  'STATUS',
  'ROW',
  'ROWS',
  'FIRST',
  'LAST',
  'FILTER',
  'OVER',
  'OF',
])

export function rewrite(tokens: readonly Token[], naming: Naming, { hasAlias = true } = {}): string {
  const out: string[] = []
  const reader = new Reader('', tokens)
  /** By depth of parentheses: whether a name stands where a table does. */
  const tables: boolean[] = [false]
  let isUpdatingDuplicates = false
  /** What to write where a parenthesis closes, by depth. */
  const closing = new Map<number, string>()
  while (!reader.isOver) {
    const token = reader.tokens[reader.at]
    const next = reader.tokens[reader.at + 1]
    const depth = tables.length - 1
    if (token.kind === 'text') out.push(literal(token.text))
    else if (token.kind === 'number') out.push(token.text)
    else if (token.kind === 'variable') out.push(naming.variable(token.text))
    else if (
      tables[depth] &&
      isName(token) &&
      !(token.kind === 'word' && (notAlias.has(token.upper) || token.upper === 'DUAL' || token.upper === 'IGNORE')) &&
      out.at(-1) !== 'AS'
    ) {
      reader.at++
      let [database, table] = [undefined as string | undefined, token.text]
      if (reader.take('.')) [database, table] = [token.text, reader.takeName() ?? '']
      const full = naming.table(database, table)
      const alias = reader.token
      const hasOwn = isName(alias) && (alias.upper === 'AS' || !(alias.kind === 'word' && notAlias.has(alias.upper)))
      out.push(
        name(full ?? (database === undefined ? table : `${database}.${table}`)),
        ...(full !== undefined && !hasOwn && hasAlias && !reader.is('(') ? ['AS', name(table)] : []),
      )
      if (hasOwn) {
        reader.take('AS')
        out.push('AS', name(reader.takeName() ?? ''))
      }
      tables[depth] = reader.is(',')
      if (reader.take(',')) out.push(',')
      continue
    } else if (token.kind === 'quoted') {
      // database.table.column is table.column.
      if (next?.upper === '.' && reader.tokens[reader.at + 3]?.upper === '.') {
        reader.at += 2
        continue
      }
      out.push(name(token.text))
    } else if (token.upper === '(') {
      tables.push(false)
      out.push('(')
      if (tables[depth] && !reader.tokens.slice(reader.at + 1, reader.at + 2).some(({ upper }) => upper === 'SELECT' || upper === 'VALUES'))
        tables[depth + 1] = true
      tables[depth] = false
    } else if (token.upper === ')') {
      tables.pop()
      out.push(')' + (closing.get(depth) ?? ''))
      closing.delete(depth)
      // A second name of a derived table may follow, and after it a comma.
    } else if (token.upper === '||') out.push('OR')
    else if (token.upper === '&&') out.push('AND')
    else if (token.upper === '!') out.push('NOT')
    else if (token.upper === '<=>') out.push('IS')
    else if (token.upper === '/') out.push('*1.0/')
    else if (token.upper === ',' && reader.tokens[reader.at + 1] && wasDerived(out) && isInFrom(reader.tokens, reader.at)) {
      tables[depth] = true
      out.push(',')
    } else if (token.kind !== 'word') out.push(token.text)
    else if (token.upper === 'FROM' && next?.upper === 'DUAL') reader.at++
    else if (next?.upper === '.' && reader.tokens[reader.at + 3]?.upper === '.') {
      reader.at += 2
      continue
    } else if (
      reader.tokens[reader.at - 1]?.upper === '.' ||
      (next?.upper !== '(' && naming.isColumn(token.text) && !reservedOften.has(token.upper))
    )
      out.push(name(token.text))
    else if (
      beforeTables.has(token.upper) &&
      !(token.upper === 'FROM' && isFromOfCall(reader)) &&
      !(
        token.upper === 'UPDATE' &&
        (isUpdatingDuplicates || reader.tokens[reader.at - 1]?.upper === 'FOR' || reader.tokens[reader.at - 1]?.upper === 'KEY')
      )
    ) {
      tables[depth] = true
      out.push(token.upper)
    } else if (reader.take('ON', 'DUPLICATE', 'KEY', 'UPDATE')) {
      isUpdatingDuplicates = true
      tables[depth] = false
      out.push('ON CONFLICT DO UPDATE SET')
      continue
    } else if (isUpdatingDuplicates && token.upper === 'VALUES' && next?.upper === '(') {
      reader.at += 2
      out.push(`excluded.${name(reader.inner()[0]?.text ?? '')}`)
      continue
    } else if (token.upper === 'DIV') out.push('/')
    else if (token.upper === 'MOD' && next?.upper !== '(') out.push('%')
    else if (token.upper === 'RLIKE' || token.upper === 'REGEXP') out.push('REGEXP')
    else if (token.upper === 'XOR') out.push('<>')
    else if (token.upper === 'BINARY' && next?.upper !== '(') out.push('')
    else if (token.upper === 'INTERVAL' && next) {
      interval(reader, out, naming)
      continue
    } else if (token.upper === 'SEPARATOR') out.push(',')
    else if (token.upper === 'GROUP_CONCAT' && next?.upper === '(') {
      reader.at += 2
      out.push(groupConcat(reader.inner(), naming))
      continue
    } else if (token.upper === 'EXTRACT' && next?.upper === '(') {
      reader.at += 2
      const [unit, , ...rest] = reader.inner()
      out.push(`my_extract('${unit?.upper}', ${rewrite(rest, naming)})`)
      continue
    } else if ((token.upper === 'TIMESTAMPDIFF' || token.upper === 'TIMESTAMPADD') && next?.upper === '(') {
      reader.at += 2
      const [unit, , ...rest] = reader.inner()
      out.push(`${token.upper.toLowerCase()}('${unit?.upper}', ${rewrite(rest, naming)})`)
      continue
    } else if (token.upper === 'TRIM' && next?.upper === '(') {
      reader.at += 2
      out.push(trimmed(reader.inner(), naming))
      continue
    } else if ((token.upper === 'CAST' || token.upper === 'CONVERT') && next?.upper === '(') {
      reader.at += 2
      out.push(cast(reader.inner(), naming))
      continue
    } else if (next?.upper === '(' && tokens[reader.at + 2]?.upper === ')' && naming.call(token.upper) !== undefined) {
      out.push(naming.call(token.upper) ?? '')
      reader.at += 3
      continue
    } else if (next?.upper === '(' && renamedCalls[token.upper] !== undefined) {
      out.push(renamedCalls[token.upper])
      // Digits of a second in NOW(6) are not kept.
      if (renamedCalls[token.upper] === 'my_now' && reader.tokens[reader.at + 2]?.kind === 'number') {
        out.push('()')
        reader.at += 4
        continue
      }
    } else if (withoutParentheses.has(token.upper)) out.push(`${renamedCalls[token.upper]}()`)
    else if (token.upper === 'CURRENT_USER' && next?.upper !== '(') out.push(naming.call('CURRENT_USER') ?? 'NULL')
    else if (
      token.upper === 'SQL_CALC_FOUND_ROWS' ||
      token.upper === 'SQL_NO_CACHE' ||
      token.upper === 'STRAIGHT_JOIN' ||
      token.upper === 'HIGH_PRIORITY' ||
      token.upper === 'LOW_PRIORITY'
    )
      out.push(token.upper === 'STRAIGHT_JOIN' ? 'JOIN' : '')
    else if (token.upper === 'FOR' && (next?.upper === 'UPDATE' || next?.upper === 'SHARE')) reader.at++
    else if (reader.take('LOCK', 'IN', 'SHARE', 'MODE')) continue
    else if (
      (token.upper === 'USE' || token.upper === 'FORCE' || token.upper === 'IGNORE') &&
      (next?.upper === 'INDEX' || next?.upper === 'KEY')
    ) {
      reader.at += 2
      if (reader.take('(')) reader.inner()
      continue
    } else if (token.upper === 'WITH' && next?.upper === 'ROLLUP') throw notSimulated('WITH ROLLUP')
    else if (afterTables.has(token.upper)) {
      tables[depth] = false
      out.push(token.upper)
    } else if (sqliteOnly.has(token.upper) && next?.upper !== '(' && !keepsMeaning(reader)) out.push(name(token.text))
    else out.push(token.text)
    reader.at++
  }
  return out.join(' ')
}

/** Words that are MySQL's own as well: a column of that name stands in backquotes. */
const reservedOften = new Set(
  'SELECT FROM WHERE AND OR NOT NULL IN IS LIKE BETWEEN GROUP ORDER BY HAVING LIMIT JOIN ON AS SET VALUES INTO UPDATE DELETE INSERT TABLE DESC ASC CASE WHEN THEN ELSE DISTINCT UNION ALL EXISTS INTERVAL USING LEFT RIGHT INNER OUTER CROSS DEFAULT PRIMARY KEY INDEX REFERENCES IGNORE REPLACE DIV MOD XOR REGEXP RLIKE'.split(
    ' ',
  ),
)

function keepsMeaning(reader: Reader): boolean {
  const { upper } = reader.tokens[reader.at]
  const before = reader.tokens[reader.at - 1]?.upper ?? ''
  if (upper === 'END') return reader.tokens.slice(0, reader.at).some((one) => one.upper === 'CASE')
  if (upper === 'ROWS' || upper === 'ROW' || upper === 'OF' || upper === 'FIRST' || upper === 'LAST')
    return ['BY', ')', 'ASC', 'DESC', 'BETWEEN', 'AND', 'CURRENT', 'NULLS'].includes(before) || reader.tokens[reader.at - 2]?.upper === 'BY'
  return upper === 'OVER' && reader.tokens[reader.at + 1]?.upper === '('
}

/** FROM of `SUBSTRING(x FROM 2)`, `TRIM(… FROM …)`. */
function isFromOfCall(reader: Reader): boolean {
  let depth = 0
  for (let at = reader.at - 1; at >= 0; at--) {
    const { upper } = reader.tokens[at]
    if (upper === ')') depth++
    else if (upper === '(' && depth-- === 0) return /^(SUBSTRING|SUBSTR|TRIM|EXTRACT)$/.test(reader.tokens[at - 1]?.upper ?? '')
    else if (upper === 'SELECT' && depth === 0) return false
  }
  return false
}

const wasDerived = (out: readonly string[]): boolean => out.at(-2) === ')' || out.at(-3) === ')' || out.at(-1) === ')'

function isInFrom(tokens: readonly Token[], at: number): boolean {
  let depth = 0
  for (let index = at - 1; index >= 0; index--) {
    const { upper } = tokens[index]
    if (upper === ')') depth++
    else if (upper === '(' && depth-- === 0) return false
    else if (depth === 0 && upper === 'FROM') return true
    else if (depth === 0 && ['SELECT', 'WHERE', 'BY', 'SET', 'VALUES', 'IN', 'ON'].includes(upper)) return false
  }
  return false
}

/** `… + INTERVAL 1 DAY`, and the second argument of DATE_ADD. */
function interval(reader: Reader, out: string[], naming: Naming): void {
  reader.at++
  const from = reader.at
  let depth = 0
  for (; !reader.isOver; reader.at++) {
    if (reader.is('(')) depth++
    else if (reader.is(')')) depth--
    else if (depth === 0 && units.has(reader.token?.upper ?? '')) break
  }
  const unit = reader.tokens[reader.at++]?.upper ?? 'DAY'
  const span = `my_interval(${rewrite(reader.tokens.slice(from, reader.at - 1), naming)}, '${unit}')`
  const sign = out.at(-1)
  if (sign !== '+' && sign !== '-') {
    out.push(span)
    return
  }
  out.pop()
  let start = out.length - 1
  if (out[start].startsWith(')')) {
    let open = 0
    for (; start >= 0; start--) {
      if (out[start].startsWith(')')) open++
      else if (out[start] === '(' && --open === 0) break
    }
    if (start > 0 && /^\w+$/.test(out[start - 1])) start--
  } else if (out[start] === '()') start--
  else while (out[start - 1] === '.') start -= 2
  out.push(`date_${sign === '+' ? 'add' : 'sub'}(${out.splice(start).join(' ')}, ${span})`)
}

function groupConcat(inner: readonly Token[], naming: Naming): string {
  const separator = inner.findIndex(({ upper }) => upper === 'SEPARATOR')
  const body = separator < 0 ? inner : inner.slice(0, separator)
  const order = body.findIndex(({ upper }, at) => upper === 'ORDER' && body[at + 1]?.upper === 'BY')
  const what = order < 0 ? body : body.slice(0, order)
  const isDistinct = what[0]?.upper === 'DISTINCT'
  const mark = separator < 0 ? ',' : (inner[separator + 1]?.text ?? ',')
  // SQLite's takes no separator together with DISTINCT; one with a comma is what it then uses.
  if (isDistinct && mark !== ',') return `replace(group_concat(${rewrite(what, naming)}), ',', ${literal(mark)})`
  const ordered = order < 0 ? '' : ` ORDER BY ${rewrite(body.slice(order + 2), naming)}`
  return `group_concat(${isDistinct ? rewrite(what, naming) : `my_concat(${rewrite(what, naming)}), ${literal(mark)}`}${ordered})`
}

function trimmed(inner: readonly Token[], naming: Naming): string {
  const from = inner.findIndex(({ upper }) => upper === 'FROM')
  if (from < 0) return `trim(${rewrite(inner, naming)})`
  const side = ['LEADING', 'TRAILING', 'BOTH'].includes(inner[0].upper) ? inner[0].upper : undefined
  const what = rewrite(inner.slice(side ? 1 : 0, from), naming)
  return `${side === 'LEADING' ? 'ltrim' : side === 'TRAILING' ? 'rtrim' : 'trim'}(${rewrite(inner.slice(from + 1), naming)}${what.trim() === '' ? '' : `, ${what}`})`
}

function cast(inner: readonly Token[], naming: Naming): string {
  let depth = 0
  const at = inner.findIndex(({ upper }) => {
    if (upper === '(') depth++
    if (upper === ')') depth--
    return depth === 0 && (upper === 'AS' || upper === ',' || upper === 'USING')
  })
  const value = rewrite(inner.slice(0, at < 0 ? undefined : at), naming)
  if (at < 0 || inner[at].upper === 'USING') return `(${value})`
  const type = inner[at + 1]?.upper ?? ''
  if (type === 'DATE') return `my_date(${value})`
  if (type === 'DATETIME') return `my_timestamp(${value})`
  if (type === 'DECIMAL')
    return `my_round(CAST(${value} AS NUMERIC), ${inner.slice(at + 2).filter(({ kind }) => kind === 'number')[1]?.text ?? 0})`
  return `CAST(${value} AS ${casts[type] ?? 'TEXT'})`
}
