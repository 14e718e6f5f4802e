/** What sort of value a column of a result is: how many digits stand after its point, and on which side it is written. */
import type { ColumnModel, TableModel } from './schema.ts'
import { isName, parts, type Token } from './tokens.ts'

export interface ValueType {
  readonly kind: 'text' | 'int' | 'decimal' | 'double' | 'datetime' | 'date' | 'json'
  readonly scale?: number
}

export interface Used {
  readonly alias: string
  readonly model: TableModel
}

export interface Item {
  readonly label: string
  readonly type?: ValueType
}

const int: ValueType = { kind: 'int' }
const text: ValueType = { kind: 'text' }

export function typeOf({ type }: ColumnModel): ValueType {
  if (/^(tinyint|smallint|mediumint|int|bigint|year|bit)/.test(type)) return int
  if (/^decimal/.test(type)) return { kind: 'decimal', scale: Number(/,(\d+)/.exec(type)?.[1] ?? 0) }
  if (/^(float|double)/.test(type)) return { kind: 'double' }
  if (/^(datetime|timestamp)/.test(type)) return { kind: 'datetime' }
  return type === 'date' ? { kind: 'date' } : type === 'json' ? { kind: 'json' } : text
}

/** The columns that a SELECT answers; undefined when they cannot be told from its words. */
export function itemsOf(sql: string, tokens: readonly Token[], used: readonly Used[]): Item[] | undefined {
  const start = tokens.findIndex(({ upper }) => upper === 'SELECT')
  if (start < 0) return undefined
  let depth = 0
  let end = start + 1
  for (; end < tokens.length; end++) {
    const { upper } = tokens[end]
    if (upper === '(') depth++
    else if (upper === ')' && --depth < 0) break
    if (depth === 0 && ['FROM', 'UNION', 'WHERE', 'LIMIT', 'ORDER', 'INTO'].includes(upper) && tokens[end - 1].upper !== '.') break
  }
  let list = tokens.slice(start + 1, end)
  while (['DISTINCT', 'ALL', 'DISTINCTROW', 'SQL_CALC_FOUND_ROWS', 'SQL_NO_CACHE', 'STRAIGHT_JOIN'].includes(list[0]?.upper))
    list = list.slice(1)
  const items: Item[] = []
  for (const part of parts(list)) {
    const isAll = part.length === 1 && part[0].upper === '*'
    const isAllOf = part.at(-1)?.upper === '*' && part.at(-2)?.upper === '.'
    if (isAll && used.length === 0) return undefined
    if (isAll || isAllOf) {
      for (const { alias, model } of used)
        if (isAll || alias.toLowerCase() === part[part.length - 3].text.toLowerCase())
          items.push(...model.columns.map((column) => ({ label: column.name, type: typeOf(column) })))
      continue
    }
    const as = part.findIndex(({ upper }, at) => upper === 'AS' && at === part.length - 2)
    const last = part[part.length - 1]
    const before = part[part.length - 2]
    const isBareAlias =
      as < 0 &&
      part.length > 1 &&
      ['word', 'quoted', 'text'].includes(last.kind) &&
      last.upper !== 'END' &&
      before.upper !== '.' &&
      (before.upper === ')' || before.upper === 'END' || before.kind !== 'sign')
    const value = as >= 0 ? part.slice(0, as) : isBareAlias ? part.slice(0, -1) : part
    const isColumn = value.every((token, at) => (at % 2 === 0 ? isName(token) : token.upper === '.'))
    const label =
      as >= 0 || isBareAlias
        ? last.text
        : isColumn
          ? value[value.length - 1].text
          : value.length === 1 && value[0].kind === 'text'
            ? value[0].text
            : sql.slice(value[0].start, value[value.length - 1].end)
    const type = inferred(value, used)
    items.push({ label, ...(type && { type }) })
  }
  return items
}

const widest = (types: readonly (ValueType | undefined)[]): ValueType | undefined => {
  if (types.includes(undefined)) return undefined
  const known = types.flatMap((one): ValueType[] => (one ? [one] : []))
  const exact = known.filter(({ kind }) => kind === 'decimal').toSorted((a, b) => (b.scale ?? 0) - (a.scale ?? 0))
  return known.find(({ kind }) => kind === 'double') ?? exact[0] ?? known[0]
}
const scaled = (type: ValueType, more: number): ValueType =>
  type.kind === 'double' || type.kind === 'text' ? { kind: 'double' } : { kind: 'decimal', scale: (type.scale ?? 0) + more }

const textCalls =
  /^(CONCAT|CONCAT_WS|UPPER|LOWER|UCASE|LCASE|LEFT|RIGHT|SUBSTRING|SUBSTR|TRIM|LTRIM|RTRIM|REPLACE|LPAD|RPAD|REVERSE|REPEAT|DATE_FORMAT|DAYNAME|MONTHNAME|GROUP_CONCAT|FORMAT|UUID|VERSION|USER|CURRENT_USER|DATABASE|SUBSTRING_INDEX|ELT)$/
const intCalls =
  /^(COUNT|LENGTH|CHAR_LENGTH|YEAR|MONTH|DAY|DATEDIFF|TIMESTAMPDIFF|HOUR|MINUTE|SECOND|LAST_INSERT_ID|ROW_COUNT|FOUND_ROWS|CONNECTION_ID|UNIX_TIMESTAMP|ROW_NUMBER|RANK|DENSE_RANK|NTILE|ISNULL|LOCATE|FIELD|WEEKDAY|DAYOFWEEK|QUARTER|FLOOR|CEIL|CEILING|SLEEP|EXTRACT|SIGN)$/

function inferred(tokens: readonly Token[], used: readonly Used[]): ValueType | undefined {
  if (tokens.length === 0) return undefined
  const [first] = tokens
  if (tokens.length === 1) {
    if (first.kind === 'text') return text
    if (first.kind === 'number')
      return /[eE]/.test(first.text)
        ? { kind: 'double' }
        : first.text.includes('.')
          ? { kind: 'decimal', scale: first.text.split('.')[1].length }
          : int
  }
  if (isName(tokens[tokens.length - 1]) && (tokens.length === 1 || (tokens.length % 2 === 1 && tokens[tokens.length - 2].upper === '.'))) {
    const wanted = tokens[tokens.length - 1].text.toLowerCase()
    const from = tokens.length > 1 ? tokens[tokens.length - 3].text.toLowerCase() : undefined
    for (const { alias, model } of used) {
      const column =
        from === undefined || alias.toLowerCase() === from ? model.columns.find(({ name }) => name.toLowerCase() === wanted) : undefined
      if (column) return typeOf(column)
    }
    return first.upper === 'CURRENT_TIMESTAMP' ? { kind: 'datetime' } : undefined
  }
  for (const operators of [
    ['=', '<', '>', '<=', '>=', '<>', '!=', '<=>', 'AND', 'OR', 'LIKE', 'IN', 'IS', 'BETWEEN', '&&', '||', 'NOT', '!', 'REGEXP', 'RLIKE'],
    ['+', '-'],
    ['*', '/', '%', 'DIV', 'MOD'],
  ]) {
    let depth = 0
    for (let at = tokens.length - 1; at >= 0; at--) {
      const { upper } = tokens[at]
      if (upper === ')') depth++
      else if (upper === '(') depth--
      if (depth !== 0 || !operators.includes(upper) || upper === '' || (at === 0 && upper !== 'NOT' && upper !== '!' && upper !== '-'))
        continue
      if (operators[0] === '=') return int
      if (tokens.slice(at + 1)[0]?.upper === 'INTERVAL') return { kind: 'datetime' }
      const [left, right] = [at === 0 ? int : inferred(tokens.slice(0, at), used), inferred(tokens.slice(at + 1), used)]
      if (!left || !right) return undefined
      if (upper === '/') return scaled(left, 4)
      if (upper === 'DIV') return int
      if (upper === '*')
        return left.kind === 'int' && right.kind === 'int'
          ? int
          : scaled(left.kind === 'double' ? left : right.kind === 'double' ? right : left, right.scale ?? 0)
      return widest([left, right])
    }
  }
  if (first.upper === '(') return inferred(tokens.slice(1, -1), used)
  if (tokens[1]?.upper !== '(') return undefined
  const inner = tokens.slice(
    2,
    tokens.findLastIndex(({ upper }) => upper === ')'),
  )
  const args = parts(inner)
  const call = first.upper
  if (intCalls.test(call)) return int
  if (textCalls.test(call)) return text
  if (/^(NOW|CURRENT_TIMESTAMP|SYSDATE|UTC_TIMESTAMP)$/.test(call)) return { kind: 'datetime' }
  if (/^(CURDATE|CURRENT_DATE|DATE|LAST_DAY)$/.test(call)) return { kind: 'date' }
  if (call === 'CAST')
    return inner.some(({ upper }) => upper === 'DECIMAL')
      ? { kind: 'decimal', scale: Number(inner.filter(({ kind }) => kind === 'number').at(-1)?.text ?? 0) }
      : inner.some(({ upper }) => upper === 'SIGNED' || upper === 'UNSIGNED')
        ? int
        : text
  const own = args.map((arg) => inferred(arg[0]?.upper === 'DISTINCT' ? arg.slice(1) : arg, used))
  if (call === 'SUM')
    return own[0] && (own[0].kind === 'int' ? { kind: 'decimal', scale: 0 } : own[0].kind === 'text' ? { kind: 'double' } : own[0])
  if (call === 'AVG') return own[0] && scaled(own[0], 4)
  if (call === 'ROUND' || call === 'TRUNCATE')
    return own[0]?.kind === 'decimal' ? { kind: 'decimal', scale: Math.min(own[0].scale ?? 0, Number(args[1]?.[0]?.text ?? 0)) } : own[0]
  if (/^(MIN|MAX|ABS)$/.test(call)) return own[0]
  if (/^(IFNULL|COALESCE|GREATEST|LEAST)$/.test(call)) return widest(own)
  return call === 'IF' ? widest(own.slice(1)) : undefined
}
