/**
 * The SQL that courses type at MySQL: databases, tables, rows, simple conditions. No joins, no expressions, no transactions, no indexes, and
 * privileges are noted but not enforced; what is not understood is refused with error 1235 or 1064, never passed over.
 */

export type Cell = string | number | null

export interface Table {
  readonly columns: readonly { readonly name: string; readonly type: string; readonly isNull: boolean; readonly key: '' | 'PRI' | 'UNI'; readonly fallback: Cell; readonly extra: string }[]
  rows: Cell[][]
  nextId: number
}

export interface Store {
  readonly databases: Record<string, Record<string, Table>>
  /** Account → password. */
  readonly users: Record<string, string>
}

export type Outcome = { readonly columns: readonly string[]; readonly rows: readonly (readonly Cell[])[] } | { readonly changed: number; readonly database?: string }

export class SqlError extends Error {
  readonly code: number
  readonly state: string

  constructor(code: number, state: string, text: string) {
    super(text)
    this.code = code
    this.state = state
  }
}

export interface Asker {
  readonly user: string
  readonly database: string | undefined
  readonly version: string
  readonly now: string
}

const system = ['information_schema', 'mysql', 'performance_schema', 'sys']

export function freshStore(rootPassword: string): Store {
  return { databases: {}, users: { root: rootPassword } }
}

type Token = { readonly kind: 'word' | 'text' | 'number' | 'sign'; readonly text: string }

function tokensOf(sql: string): Token[] {
  return Array.from(sql.replace(/--\s.*$/gm, '').replace(/\/\*.*?\*\//gs, '').matchAll(/'((?:[^'\\]|\\.|'')*)'|"((?:[^"\\]|\\.)*)"|`([^`]*)`|(-?\d+(?:\.\d+)?)|([A-Za-z_@][\w$@.]*)|(<=|>=|<>|!=|[^\s])/gs), (match): Token => {
    const text = match[1] ?? match[2]
    if (text !== undefined) return { kind: 'text', text: text.replaceAll("''", "'").replace(/\\(.)/g, (_, letter: string) => ({ n: '\n', t: '\t' })[letter] ?? letter) }
    if (match[4] !== undefined) return { kind: 'number', text: match[4] }
    if (match[3] !== undefined || match[5] !== undefined) return { kind: 'word', text: match[3] ?? match[5] }
    return { kind: 'sign', text: match[6] }
  })
}

export function runSql(store: Store, sql: string, asker: Asker): Outcome {
  const tokens = tokensOf(sql)
  let at = 0
  const syntax = (): SqlError => new SqlError(1064, '42000', `You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version for the right syntax to use near '${tokens.slice(at).map(({ kind, text }) => (kind === 'text' ? `'${text}'` : text)).join(' ')}' at line 1`)
  const notThere = (what: string): SqlError => new SqlError(1235, '42000', `This version of MySQL doesn't yet support '${what} (not simulated in this sandbox)'`)
  const peek = (): string => (tokens[at]?.kind === 'text' ? '' : (tokens[at]?.text.toUpperCase() ?? ''))
  const take = (...words: readonly string[]): boolean => {
    if (!words.every((word, index) => tokens[at + index]?.kind !== 'text' && tokens[at + index]?.text.toUpperCase() === word)) return false
    at += words.length
    return true
  }
  const need = (...words: readonly string[]): void => {
    if (!take(...words)) throw syntax()
  }
  const name = (): string => {
    const token = tokens[at]
    if (token?.kind !== 'word') throw syntax()
    at++
    return token.text
  }
  const account = (): string => {
    const token = tokens[at++]
    if (!token) throw syntax()
    const [user] = token.text.split('@')
    if (take('@')) at++
    return user
  }
  const end = (): void => {
    if (at < tokens.length) throw syntax()
  }
  const place = (): { readonly tables: Record<string, Table>; readonly table: string; readonly database: string } => {
    const [first, second] = name().split('.')
    const database = second === undefined ? asker.database : first
    if (database === undefined) throw new SqlError(1046, '3D000', 'No database selected')
    const tables = store.databases[database]
    if (!tables) throw new SqlError(1049, '42000', `Unknown database '${database}'`)
    return { tables, table: second ?? first, database }
  }
  const tableOf = (): Table => {
    const { tables, table, database } = place()
    const found = tables[table]
    if (!found) throw new SqlError(1146, '42S02', `Table '${database}.${table}' doesn't exist`)
    return found
  }
  const value = (): Cell => {
    const token = tokens[at++]
    if (!token) throw syntax()
    if (token.kind === 'text') return token.text
    if (token.kind === 'number') return Number(token.text)
    if (take('(')) {
      if (!take(')')) throw notThere(`${token.text}(…) as a value`)
      if (/^(now|current_timestamp)$/i.test(token.text)) return asker.now
      throw notThere(`${token.text}()`)
    }
    if (/^null$/i.test(token.text) || /^default$/i.test(token.text)) return null
    if (/^true$/i.test(token.text)) return 1
    if (/^false$/i.test(token.text)) return 0
    if (/^current_timestamp$/i.test(token.text)) return asker.now
    at--
    throw syntax()
  }
  const columnAt = (table: Table, column: string, clause = 'field list'): number => {
    const index = table.columns.findIndex((one) => one.name.toLowerCase() === column.replace(/^.*\./, '').toLowerCase())
    if (index < 0) throw new SqlError(1054, '42S22', `Unknown column '${column}' in '${clause}'`)
    return index
  }
  const condition = (table: Table): ((row: readonly Cell[]) => boolean) => {
    if (!take('WHERE')) return () => true
    const tests: ((row: readonly Cell[]) => boolean)[] = []
    do {
      const index = columnAt(table, name(), 'where clause')
      if (take('IS')) {
        const isNot = take('NOT')
        need('NULL')
        tests.push((row) => (row[index] === null) !== isNot)
        continue
      }
      const sign = tokens[at++]?.text.toUpperCase() ?? ''
      if (!['=', '<', '>', '<=', '>=', '<>', '!=', 'LIKE'].includes(sign)) {
        at--
        throw ['IN', 'BETWEEN', 'NOT'].includes(sign) ? notThere(`${sign} in WHERE`) : syntax()
      }
      const right = value()
      const like = new RegExp(`^${String(right).replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('%', '.*').replaceAll('_', '.')}$`, 'i')
      tests.push((row) => {
        const left = row[index]
        if (left === null || right === null) return false
        const order = typeof left === 'number' ? left - Number(right) : String(left).localeCompare(String(right), 'en', { sensitivity: 'base' })
        return ({ '=': order === 0, '<': order < 0, '>': order > 0, '<=': order <= 0, '>=': order >= 0, '<>': order !== 0, '!=': order !== 0, LIKE: like.test(String(left)) })[sign] ?? false
      })
    } while (take('AND'))
    if (peek() === 'OR') throw notThere('OR in WHERE')
    return (row) => tests.every((test) => test(row))
  }

  if (take('SHOW')) {
    if (take('DATABASES') || take('SCHEMAS')) return { columns: ['Database'], rows: [...system, ...Object.keys(store.databases)].sort().map((one) => [one]) }
    if (take('TABLES')) {
      if (asker.database === undefined) throw new SqlError(1046, '3D000', 'No database selected')
      return { columns: [`Tables_in_${asker.database}`], rows: Object.keys(store.databases[asker.database] ?? {}).sort().map((one) => [one]) }
    }
    if (take('COLUMNS', 'FROM')) return described(tableOf())
    throw notThere(`SHOW ${peek()}`)
  }
  if (take('DESCRIBE') || take('DESC')) return described(tableOf())
  if (take('USE')) {
    const database = name()
    if (!store.databases[database] && !system.includes(database)) throw new SqlError(1049, '42000', `Unknown database '${database}'`)
    return { changed: 0, database }
  }
  if (take('CREATE', 'DATABASE') || take('CREATE', 'SCHEMA')) {
    const isFine = take('IF', 'NOT', 'EXISTS')
    const database = name()
    if (store.databases[database] || system.includes(database)) {
      if (isFine) return { changed: 1 }
      throw new SqlError(1007, 'HY000', `Can't create database '${database}'; database exists`)
    }
    store.databases[database] = {}
    return { changed: 1 }
  }
  if (take('DROP', 'DATABASE') || take('DROP', 'SCHEMA')) {
    const isFine = take('IF', 'EXISTS')
    const database = name()
    const tables = store.databases[database]
    if (!tables) {
      if (isFine) return { changed: 0 }
      throw new SqlError(1008, 'HY000', `Can't drop database '${database}'; database doesn't exist`)
    }
    delete store.databases[database]
    return { changed: Object.keys(tables).length }
  }
  if (take('CREATE', 'TABLE')) {
    const isFine = take('IF', 'NOT', 'EXISTS')
    const { tables, table } = place()
    if (tables[table]) {
      if (isFine) return { changed: 0 }
      throw new SqlError(1050, '42S01', `Table '${table}' already exists`)
    }
    need('(')
    const columns: Table['columns'][number][] = []
    do {
      if (take('PRIMARY', 'KEY')) {
        need('(')
        const key = name()
        need(')')
        const index = columns.findIndex((one) => one.name === key)
        if (index < 0) throw new SqlError(1072, '42000', `Key column '${key}' doesn't exist in table`)
        columns[index] = { ...columns[index], key: 'PRI', isNull: false }
        continue
      }
      if (['FOREIGN', 'CONSTRAINT', 'INDEX', 'KEY', 'UNIQUE', 'CHECK'].includes(peek())) throw notThere(`${peek()} in CREATE TABLE`)
      const column = name()
      let type = name().toLowerCase()
      if (take('(')) {
        const inner: string[] = []
        while (!take(')')) inner.push(tokens[at++]?.text ?? ')')
        type += `(${inner.join('')})`
      }
      let [isNull, key, fallback, extra] = [true, '' as '' | 'PRI' | 'UNI', null as Cell, '']
      for (;;) {
        if (take('NOT', 'NULL')) isNull = false
        else if (take('NULL')) isNull = true
        else if (take('UNSIGNED')) type += ' unsigned'
        else if (take('AUTO_INCREMENT')) extra = 'auto_increment'
        else if (take('PRIMARY', 'KEY')) [key, isNull] = ['PRI', false]
        else if (take('UNIQUE')) key = 'UNI'
        else if (take('DEFAULT')) {
          const isNow = /^(NOW|CURRENT_TIMESTAMP)$/.test(peek())
          fallback = isNow ? (value(), 'CURRENT_TIMESTAMP') : value()
          if (isNow) extra = 'DEFAULT_GENERATED'
        } else break
      }
      columns.push({ name: column, type: type === 'integer' ? 'int' : type, isNull, key, fallback, extra })
    } while (take(','))
    need(')')
    tables[table] = { columns, rows: [], nextId: 1 }
    return { changed: 0 }
  }
  if (take('DROP', 'TABLE')) {
    const isFine = take('IF', 'EXISTS')
    const { tables, table, database } = place()
    if (!tables[table] && !isFine) throw new SqlError(1051, '42S02', `Unknown table '${database}.${table}'`)
    delete tables[table]
    return { changed: 0 }
  }
  if (take('TRUNCATE')) {
    take('TABLE')
    const table = tableOf()
    table.rows = []
    table.nextId = 1
    return { changed: 0 }
  }
  if (take('INSERT')) {
    take('INTO')
    const table = tableOf()
    const indexes: number[] = []
    if (take('(')) {
      do indexes.push(columnAt(table, name()))
      while (take(','))
      need(')')
    } else indexes.push(...table.columns.keys())
    if (!take('VALUES')) need('VALUE')
    const fresh: Cell[][] = []
    do {
      need('(')
      const given: Cell[] = []
      do given.push(value())
      while (take(','))
      need(')')
      if (given.length !== indexes.length) throw new SqlError(1136, '21S01', `Column count doesn't match value count at row ${fresh.length + 1}`)
      const row = table.columns.map(({ name: column, fallback, extra, isNull }, index): Cell => {
        const position = indexes.indexOf(index)
        const cell = position >= 0 ? given[position] : null
        if (cell !== null) return cell
        if (extra === 'auto_increment') return table.nextId++
        if (fallback !== null) return fallback === 'CURRENT_TIMESTAMP' ? asker.now : fallback
        if (!isNull) throw position >= 0 ? new SqlError(1048, '23000', `Column '${column}' cannot be null`) : new SqlError(1364, 'HY000', `Field '${column}' doesn't have a default value`)
        return null
      })
      for (const [index, { key, extra }] of table.columns.entries()) {
        if (key !== '' && [...table.rows, ...fresh].some((other) => other[index] === row[index])) throw new SqlError(1062, '23000', `Duplicate entry '${row[index]}' for key '${tokens[2]?.text ?? ''}.${key === 'PRI' ? 'PRIMARY' : table.columns[index].name}'`)
        if (extra === 'auto_increment') table.nextId = Math.max(table.nextId, Number(row[index]) + 1)
      }
      fresh.push(row)
    } while (take(','))
    end()
    table.rows.push(...fresh)
    return { changed: fresh.length }
  }
  if (take('UPDATE')) {
    const table = tableOf()
    need('SET')
    const sets: [number, Cell][] = []
    do {
      const index = columnAt(table, name())
      need('=')
      sets.push([index, value()])
    } while (take(','))
    const holds = condition(table)
    end()
    const rows = table.rows.filter(holds)
    for (const row of rows) for (const [index, cell] of sets) row[index] = cell
    return { changed: rows.length }
  }
  if (take('DELETE', 'FROM')) {
    const table = tableOf()
    const holds = condition(table)
    end()
    const before = table.rows.length
    table.rows = table.rows.filter((row) => !holds(row))
    return { changed: before - table.rows.length }
  }
  if (take('SELECT')) return selected()
  if (take('CREATE', 'USER') || take('ALTER', 'USER')) {
    take('IF', 'NOT', 'EXISTS')
    const user = account()
    let password = ''
    if (take('IDENTIFIED')) {
      if (take('WITH')) at++
      need('BY')
      password = String(value())
    }
    store.users[user] = password
    return { changed: 0 }
  }
  if (take('DROP', 'USER')) {
    take('IF', 'EXISTS')
    delete store.users[account()]
    return { changed: 0 }
  }
  if (take('GRANT') || take('FLUSH', 'PRIVILEGES') || take('SET', 'NAMES')) return { changed: 0 }
  const known = ['ALTER', 'BEGIN', 'START', 'COMMIT', 'ROLLBACK', 'CREATE', 'DROP', 'EXPLAIN', 'LOAD', 'LOCK', 'SET', 'CALL', 'REVOKE', 'REPLACE', 'WITH', 'OPTIMIZE', 'ANALYZE', 'CHANGE', 'STOP', 'RESET']
  throw known.includes(peek()) ? notThere(`${peek()} ${tokens[at + 1]?.text ?? ''}`.trim()) : syntax()

  function selected(): Outcome {
    const from = tokens.findIndex(({ kind, text }, index) => index >= at && kind === 'word' && text.toUpperCase() === 'FROM')
    if (from < 0) {
      const head = sql.trim().replace(/^select\s+/i, '').replace(/;$/, '')
      const cells = head.split(/,\s*/).map((one): readonly [string, Cell] => {
        const [, plain = one, label] = /^(.*?)(?:\s+as\s+(\w+))?$/is.exec(one) ?? []
        const found: Readonly<Record<string, Cell>> = { 'version()': asker.version, '@@version': asker.version, 'now()': asker.now, 'user()': `${asker.user}@localhost`, 'current_user()': `${asker.user}@%`, 'database()': asker.database ?? null, '@@hostname': '' }
        const text = plain.trim().toLowerCase()
        if (Object.hasOwn(found, text)) return [label ?? plain, found[text]]
        if (/^-?\d+(\.\d+)?$/.test(text)) return [label ?? plain, Number(text)]
        const sum = /^(\d+)\s*([-+*])\s*(\d+)$/.exec(text)
        if (sum) return [label ?? plain, sum[2] === '+' ? Number(sum[1]) + Number(sum[3]) : sum[2] === '-' ? Number(sum[1]) - Number(sum[3]) : Number(sum[1]) * Number(sum[3])]
        if (/^'[^']*'$/.test(plain.trim())) return [label ?? plain.trim().slice(1, -1), plain.trim().slice(1, -1)]
        throw notThere(`SELECT ${plain}`)
      })
      return { columns: cells.map(([label]) => label), rows: [cells.map(([, cell]) => cell)] }
    }
    const list = tokens.slice(at, from)
    at = from + 1
    const inSystem = /^(mysql\.user)$/i.test(tokens[at]?.text ?? '')
    const table: Table = inSystem ? { columns: ['User', 'Host'].map((one) => ({ name: one, type: 'char(32)', isNull: false, key: '', fallback: null, extra: '' })), rows: Object.keys(store.users).map((user) => [user, '%']), nextId: 1 } : tableOf()
    if (inSystem) at++
    if (['JOIN', 'INNER', 'LEFT', 'RIGHT', 'CROSS', ','].includes(peek())) throw notThere('joins')
    const holds = condition(table)
    let rows = table.rows.filter(holds)
    if (['GROUP', 'HAVING', 'UNION'].includes(peek())) throw notThere(peek())
    if (take('ORDER', 'BY')) {
      const index = columnAt(table, name(), 'order clause')
      const sign = take('DESC') ? -1 : (take('ASC'), 1)
      rows = rows.toSorted((a, b) => sign * (typeof a[index] === 'number' ? Number(a[index]) - Number(b[index]) : String(a[index]).localeCompare(String(b[index]))))
    }
    if (take('LIMIT')) rows = rows.slice(0, Number(value()))
    end()
    const text = list.map((token) => token.text).join('')
    if (/^count\(.*\)$/i.test(text)) return { columns: [text.replace(/^count/i, (word) => word)], rows: [[rows.length]] }
    if (text === '*') return { columns: table.columns.map((one) => one.name), rows }
    if (list.some(({ text: one }) => one === '(')) throw notThere('functions in SELECT')
    const names = list.filter(({ text: one }) => one !== ',').map((token) => token.text)
    const indexes = names.map((one) => columnAt(table, one))
    return { columns: names, rows: rows.map((row) => indexes.map((index) => row[index])) }
  }
}

function described({ columns }: Table): Outcome {
  return { columns: ['Field', 'Type', 'Null', 'Key', 'Default', 'Extra'], rows: columns.map(({ name, type, isNull, key, fallback, extra }) => [name, type, isNull ? 'YES' : 'NO', key, fallback, extra]) }
}
