/** `sqlite3` and `better-sqlite3` in the guest's JavaScript, over the SQLite that the host lends (node/sqlite.ts). */

export const sqlite3 = String.raw`'use strict'
const EventEmitter = require('events')
const call = require('drydock:sqlite')
const ask = (given) => { const answer = call(given); if (answer.problem) throw Object.assign(new Error(answer.problem), { code: answer.problem.split(':')[0], errno: answer.problem.startsWith('SQLITE_CONSTRAINT') ? 19 : answer.problem.startsWith('SQLITE_CANTOPEN') ? 14 : 1 }); return answer }
const plain = (value) => (value === undefined ? null : typeof value === 'boolean' ? Number(value) : value instanceof Date ? value.getTime() : typeof value === 'bigint' ? Number(value) : value)
const objects = ({ columns, rows }) => rows.map((row) => Object.fromEntries(columns.map((name, at) => [name, row[at] && row[at].bytes ? Buffer.from(row[at].bytes) : row[at]])))
function parted(given) {
  const list = [...given]
  const callback = typeof list[list.length - 1] === 'function' ? list.pop() : undefined
  const [first] = list
  const values = Array.isArray(first) ? first.map(plain) : first !== null && typeof first === 'object' && !(first instanceof Date) ? Object.fromEntries(Object.entries(first).map(([name, value]) => [name, plain(value)])) : list.map(plain)
  return { values, callback }
}
class Database extends EventEmitter {
  constructor(file, mode, callback) {
    super()
    this.filename = file
    const done = typeof mode === 'function' ? mode : callback
    let problem = null
    try { this.id = ask({ open: file }).id } catch (error) { problem = error }
    setImmediate(() => { if (done) done.call(this, problem); else if (problem) this.emit('error', problem); if (!problem) this.emit('open') })
  }
  act(sql, given, finish) {
    const { values, callback } = parted(given)
    let answer
    let problem = null
    try { answer = ask({ id: this.id, sql, values }) } catch (error) { problem = error }
    setImmediate(() => {
      if (problem && !callback) { this.emit('error', problem); return }
      finish(problem, answer, callback)
    })
    return this
  }
  run(sql, ...given) { return this.act(sql, given, (problem, answer, callback) => { if (callback) callback.call(problem ? {} : { lastID: answer.lastID, changes: answer.changes, sql }, problem) }) }
  all(sql, ...given) { return this.act(sql, given, (problem, answer, callback) => { if (callback) callback.call({}, problem, problem ? undefined : objects(answer)) }) }
  get(sql, ...given) { return this.act(sql, given, (problem, answer, callback) => { if (callback) callback.call({}, problem, problem ? undefined : objects(answer)[0]) }) }
  each(sql, ...given) {
    const last = given[given.length - 1]
    const complete = typeof last === 'function' && typeof given[given.length - 2] === 'function' ? given.pop() : undefined
    return this.act(sql, given, (problem, answer, callback) => { const rows = problem ? [] : objects(answer); for (const row of rows) callback.call({}, null, row); if (problem) callback.call({}, problem); if (complete) complete(problem, rows.length) })
  }
  exec(sql, callback) {
    let problem = null
    try { ask({ id: this.id, sql, values: [], isScript: true }) } catch (error) { problem = error }
    setImmediate(() => { if (callback) callback.call(this, problem); else if (problem) this.emit('error', problem) })
    return this
  }
  prepare(sql, ...given) { const { callback } = parted(given); const face = new Statement(this, sql); if (callback) setImmediate(() => callback.call(face, null)); return face }
  serialize(callback) { if (callback) callback.call(this) }
  parallelize(callback) { if (callback) callback.call(this) }
  configure() {}
  close(callback) { try { ask({ id: this.id, close: true }) } catch (error) { /* closed already */ } if (callback) setImmediate(() => callback.call(this, null)) }
}
class Statement {
  constructor(database, sql) { this.database = database; this.sql = sql }
  run(...given) { this.database.run(this.sql, ...given); return this }
  all(...given) { this.database.all(this.sql, ...given); return this }
  get(...given) { this.database.get(this.sql, ...given); return this }
  each(...given) { this.database.each(this.sql, ...given); return this }
  bind() { return this }
  reset(callback) { if (callback) callback(null); return this }
  finalize(callback) { if (callback) setImmediate(callback); return this.database }
}
const sqlite3 = { Database, Statement, OPEN_READONLY: 1, OPEN_READWRITE: 2, OPEN_CREATE: 4, VERSION: '3.44.2', verbose: () => sqlite3, cached: { Database } }
module.exports = sqlite3
`

export const betterSqlite3 = String.raw`'use strict'
const call = require('drydock:sqlite')
class SqliteError extends Error { constructor(message, code) { super(message); this.name = 'SqliteError'; this.code = code } }
const ask = (given) => { const answer = call(given); if (answer.problem) { const [code, ...words] = answer.problem.split(': '); throw new SqliteError(words.join(': '), code) } return answer }
const plain = (value) => (value === undefined ? null : value)
const bound = (given) => { const [first] = given; return given.length === 1 && first !== null && typeof first === 'object' && !Array.isArray(first) ? Object.fromEntries(Object.entries(first).flatMap(([name, value]) => ['@', ':', '$'].map((mark) => [mark + name, plain(value)]))) : given.flat().map(plain) }
const objects = ({ columns, rows }) => rows.map((row) => Object.fromEntries(columns.map((name, at) => [name, row[at]])))
class Database {
  constructor(file) { this.name = file; this.id = ask({ open: file || ':memory:' }).id; this.open = true; this.inTransaction = false }
  prepare(sql) {
    const query = (given) => ask({ id: this.id, sql, values: bound(given) })
    return { source: sql, database: this, run: (...given) => { const { changes, lastID } = query(given); return { changes, lastInsertRowid: lastID } }, get: (...given) => objects(query(given))[0], all: (...given) => objects(query(given)), iterate: (...given) => objects(query(given))[Symbol.iterator](), pluck() { const { get, all } = this; this.get = (...given) => { const row = get(...given); return row && Object.values(row)[0] }; this.all = (...given) => all(...given).map((row) => Object.values(row)[0]); return this } }
  }
  exec(sql) { ask({ id: this.id, sql, values: [], isScript: true }); return this }
  pragma(text) { return objects(ask({ id: this.id, sql: 'PRAGMA ' + text, values: [] })) }
  transaction(work) { return (...given) => { this.exec('BEGIN'); try { const value = work(...given); this.exec('COMMIT'); return value } catch (error) { this.exec('ROLLBACK'); throw error } } }
  close() { ask({ id: this.id, close: true }); this.open = false; return this }
}
function make(file) { return new Database(file) }
make.SqliteError = SqliteError
make.prototype = Database.prototype
module.exports = make
`
