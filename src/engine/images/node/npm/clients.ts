/**
 * Clients of the sandbox's servers, and small libraries, in the guest's JavaScript. `pg` and `redis` speak the real protocols; `mysql2` speaks the
 * lines of JSON that the sandbox's MySQL understands. No backquotes and no `${` inside, as they stand in template strings here.
 */
export const pg = String.raw`'use strict'
const net = require('net')
const EventEmitter = require('events')
const cstring = (text) => Buffer.from(text + '\0')
const int32 = (number) => { const bytes = Buffer.alloc(4); bytes.writeInt32BE(number, 0); return bytes }
const int16 = (number) => { const bytes = Buffer.alloc(2); bytes.writeInt16BE(number, 0); return bytes }
const message = (letter, ...parts) => { const body = Buffer.concat(parts); return Buffer.concat([Buffer.from(letter), int32(body.length + 4), body]) }
function settingsOf(given) {
  let found = typeof given === 'string' ? { connectionString: given } : Object.assign({}, given)
  const address = found.connectionString
  if (address) { const url = new URL(address); found = Object.assign({ user: decodeURIComponent(url.username), password: decodeURIComponent(url.password), host: url.hostname, port: Number(url.port) || undefined, database: url.pathname.slice(1) }, found) }
  const env = process.env
  const user = found.user || env.PGUSER || env.USER || 'root'
  return { user, password: found.password === undefined ? env.PGPASSWORD : found.password, host: found.host || env.PGHOST || 'localhost', port: Number(found.port || env.PGPORT || 5432), database: found.database || env.PGDATABASE || user }
}
function parsed(type, text) {
  if (text === null) return null
  if (type === 16) return text === 't'
  if (type === 21 || type === 23 || type === 26 || type === 700 || type === 701) return Number(text)
  if (type === 114 || type === 3802) return JSON.parse(text)
  if (type === 1082) return new Date(text + 'T00:00:00')
  if (type === 1114 || type === 1184) return new Date(text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00').replace(/(T[\d:.]+)$/, '$1Z'))
  if (type === 1007 || type === 1009 || type === 1005) return text.slice(1, -1).split(',').filter((one) => one !== '').map((one) => (type === 1009 ? one.replace(/^"|"$/g, '') : Number(one)))
  return text
}
const sent = (value) => (value === null || value === undefined ? null : value instanceof Date ? value.toISOString() : value instanceof Uint8Array ? '\\x' + Buffer.from(value).toString('hex') : Array.isArray(value) ? '{' + value.map((one) => JSON.stringify(one)).join(',') + '}' : typeof value === 'object' ? JSON.stringify(value) : String(value))
class Client extends EventEmitter {
  constructor(given) { super(); this.settings = settingsOf(given); Object.assign(this, { user: this.settings.user, database: this.settings.database, host: this.settings.host, port: this.settings.port }); this.queue = []; this.rest = Buffer.alloc(0); this.isReady = false }
  connect(callback) {
    const promise = new Promise((resolve, reject) => {
      const { host, port, user, database } = this.settings
      this.socket = net.connect({ host, port })
      this.begun = { resolve, reject }
      this.socket.on('connect', () => { const body = Buffer.concat([int32(196608), cstring('user'), cstring(user), cstring('database'), cstring(database), cstring('client_encoding'), cstring('UTF8'), Buffer.from([0])]); this.socket.write(Buffer.concat([int32(body.length + 4), body])) })
      this.socket.on('data', (data) => this.receive(data))
      this.socket.on('error', (error) => this.fail(error))
      this.socket.on('end', () => { this.isEnded = true; if (!this.isClosing) this.fail(new Error('Connection terminated unexpectedly')); this.emit('end') })
    })
    if (callback) promise.then(() => callback(null, this), callback)
    return callback ? undefined : promise
  }
  fail(error) {
    if (this.begun) { const { reject } = this.begun; this.begun = undefined; reject(error); return }
    const waiting = this.current ? [this.current].concat(this.queue) : this.queue
    this.current = undefined
    this.queue = []
    for (const one of waiting) one.reject(error)
    if (waiting.length === 0 && this.listenerCount('error') > 0) this.emit('error', error)
  }
  receive(data) {
    this.rest = Buffer.concat([this.rest, data])
    while (this.rest.length >= 5) {
      const length = this.rest.readInt32BE(1)
      if (this.rest.length < length + 1) return
      const letter = String.fromCharCode(this.rest[0])
      const body = this.rest.slice(5, length + 1)
      this.rest = this.rest.slice(length + 1)
      this.take(letter, body)
    }
  }
  take(letter, body) {
    const now = this.current
    if (letter === 'R') this.authenticate(body)
    else if (letter === 'Z') {
      this.isReady = true
      if (this.begun) { const { resolve } = this.begun; this.begun = undefined; this.emit('connect'); resolve(this) }
      else if (now) { this.current = undefined; if (now.error) now.reject(now.error); else now.resolve(now.results.length > 1 ? now.results : now.results[0] || { rows: [], rowCount: 0, fields: [], command: '' }) }
      this.next()
    } else if (letter === 'E' || letter === 'N') {
      const fields = {}
      for (const part of body.toString().split('\0')) if (part) fields[part[0]] = part.slice(1)
      if (letter === 'N') { this.emit('notice', fields.M); return }
      const error = Object.assign(new Error(fields.M), { length: body.length, severity: fields.S, code: fields.C, detail: fields.D, hint: fields.H, position: fields.P, schema: fields.s, table: fields.t, column: fields.c, constraint: fields.n, file: fields.F, line: fields.L, routine: fields.R })
      error.name = 'error'
      if (this.begun) this.fail(error)
      else if (now) now.error = error
    } else if (now && letter === 'T') {
      const fields = []
      let at = 2
      for (let count = body.readInt16BE(0); count > 0; count--) { const end = body.indexOf(0, at); fields.push({ name: body.slice(at, end).toString(), tableID: body.readInt32BE(end + 1), dataTypeID: body.readInt32BE(end + 7) }); at = end + 19 }
      now.fields = fields
      now.rows = []
    } else if (now && letter === 'D') {
      const row = now.rowMode === 'array' ? [] : {}
      let at = 2
      for (const field of now.fields) {
        const length = body.readInt32BE(at)
        at += 4
        const value = parsed(field.dataTypeID, length < 0 ? null : body.slice(at, at + length).toString())
        if (length > 0) at += length
        if (now.rowMode === 'array') row.push(value)
        else row[field.name] = value
      }
      now.rows.push(row)
    } else if (now && letter === 'C') {
      const words = body.toString().replace(/\0$/, '').split(' ')
      const rows = now.rows || []
      now.results.push({ command: words[0], rowCount: /^\d+$/.test(words[words.length - 1]) ? Number(words[words.length - 1]) : null, oid: null, rows, fields: now.fields || [] })
      now.rows = undefined
      now.fields = undefined
    } else if (now && letter === 'I') now.results.push({ command: '', rowCount: null, rows: [], fields: [] })
  }
  authenticate(body) {
    const kind = body.readInt32BE(0)
    const { user, password } = this.settings
    if (kind === 0) return
    if (typeof password !== 'string') return this.fail(new Error('SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string'))
    if (kind === 3) this.socket.write(message('p', cstring(password)))
    else this.fail(new Error('pg: this way of authentication is not simulated: ' + kind))
  }
  query(given, values, callback) {
    if (typeof values === 'function') { callback = values; values = undefined }
    const text = typeof given === 'string' ? given : given.text
    const promise = new Promise((resolve, reject) => { this.queue.push({ text, values: values || given.values, rowMode: given.rowMode, results: [], resolve, reject }); this.next() })
    if (callback) { promise.then((result) => callback(null, result), callback); return undefined }
    return promise
  }
  next() {
    if (!this.isReady || this.current || this.queue.length === 0 || this.isEnded) return
    const one = (this.current = this.queue.shift())
    if (!one.values || one.values.length === 0) { this.socket.write(message('Q', cstring(one.text))); return }
    const values = one.values.map(sent)
    const bound = values.map((value) => { if (value === null) return int32(-1); const bytes = Buffer.from(value); return Buffer.concat([int32(bytes.length), bytes]) })
    this.socket.write(Buffer.concat([message('P', cstring(''), cstring(one.text), int16(0)), message('B', cstring(''), cstring(''), int16(0), int16(values.length), ...bound, int16(0)), message('D', Buffer.from('P'), cstring('')), message('E', cstring(''), int32(0)), message('S')]))
  }
  end(callback) { this.isClosing = true; if (this.socket && !this.isEnded) { this.socket.write(message('X')); this.socket.end() } if (callback) { callback(); return undefined } return Promise.resolve() }
  release() {}
}
class Pool extends EventEmitter {
  constructor(given) { super(); this.options = given || {}; this.idle = []; this.waiting = []; this.totalCount = 0; this.max = (given && given.max) || 10 }
  get idleCount() { return this.idle.length }
  get waitingCount() { return this.waiting.length }
  connect(callback) {
    const promise = new Promise((resolve, reject) => {
      const ready = this.idle.pop()
      if (ready) return resolve(ready)
      if (this.totalCount >= this.max) return this.waiting.push(resolve)
      const client = new Client(this.options)
      this.totalCount++
      client.on('error', (error) => { this.drop(client); if (this.listenerCount('error') > 0) this.emit('error', error, client) })
      client.on('end', () => this.drop(client))
      client.release = () => { if (client.isEnded) return; const next = this.waiting.shift(); if (next) next(client); else this.idle.push(client) }
      client.connect().then(() => { this.emit('connect', client); resolve(client) }, (error) => { this.totalCount--; reject(error) })
    })
    if (callback) promise.then((client) => callback(null, client, client.release), (error) => callback(error))
    return callback ? undefined : promise
  }
  drop(client) { if (client.isDropped) return; client.isDropped = true; this.totalCount--; this.idle = this.idle.filter((one) => one !== client) }
  query(text, values, callback) {
    if (typeof values === 'function') { callback = values; values = undefined }
    const promise = this.connect().then((client) => client.query(text, values).finally(() => client.release()))
    if (callback) { promise.then((result) => callback(null, result), callback); return undefined }
    return promise
  }
  end(callback) { for (const one of this.idle) one.end(); this.idle = []; if (callback) callback(); return Promise.resolve() }
}
module.exports = { Client, Pool, types: { setTypeParser() {}, builtins: {} }, defaults: {} }
`

export const redis = String.raw`'use strict'
const net = require('net')
const EventEmitter = require('events')
function read(buffer, at) {
  const end = buffer.indexOf('\r\n', at)
  if (end < 0) return undefined
  const head = buffer.slice(at + 1, end).toString()
  const after = end + 2
  switch (String.fromCharCode(buffer[at])) {
    case '+': return { value: head, next: after }
    case '-': return { value: new ErrorReply(head), next: after }
    case ':': return { value: Number(head), next: after }
    case '_': return { value: null, next: after }
    case '$': {
      const length = Number(head)
      if (length < 0) return { value: null, next: after }
      return buffer.length < after + length + 2 ? undefined : { value: buffer.slice(after, after + length).toString(), next: after + length + 2 }
    }
    case '*': {
      if (Number(head) < 0) return { value: null, next: after }
      const all = []
      let from = after
      for (let count = Number(head); count > 0; count--) { const one = read(buffer, from); if (!one) return undefined; all.push(one.value); from = one.next }
      return { value: all, next: from }
    }
    default: return { value: new Error('Protocol error'), next: buffer.length }
  }
}
class ErrorReply extends Error {}
const pairs = (flat) => { const result = {}; for (let at = 0; at < (flat || []).length; at += 2) result[flat[at]] = flat[at + 1]; return result }
const text = (value) => (typeof value === 'string' || value instanceof Uint8Array ? value : String(value))
class Client extends EventEmitter {
  constructor(settings) { super(); this.settings = settings; this.pending = []; this.rest = Buffer.alloc(0); this.isOpen = false; this.isReady = false; this.channels = new Map() }
  connect() {
    if (this.isOpen) return Promise.reject(new Error('Socket already opened'))
    this.isOpen = true
    return new Promise((resolve, reject) => this.open(resolve, reject))
  }
  open(resolve, reject) {
    const { host, port, password, username } = this.settings
    const socket = (this.socket = net.connect({ host, port }))
    socket.on('connect', () => {
      this.emit('connect')
      const begin = () => { this.isReady = true; this.emit('ready'); if (resolve) resolve(this); resolve = reject = undefined }
      if (password) this.sendCommand(username ? ['AUTH', username, password] : ['AUTH', password], true).then(begin, (error) => { if (reject) reject(error) })
      else begin()
    })
    socket.on('data', (data) => {
      this.rest = Buffer.concat([this.rest, data])
      for (let one = read(this.rest, 0); one; one = this.rest.length ? read(this.rest, 0) : undefined) {
        this.rest = this.rest.slice(one.next)
        const push = Array.isArray(one.value) && one.value[0] === 'message' && this.channels.get(one.value[1])
        if (push) { push(one.value[2], one.value[1]); continue }
        const asked = this.pending.shift()
        if (!asked) continue
        if (one.value instanceof Error) asked.reject(one.value)
        else asked.resolve(one.value)
      }
    })
    const lost = (error) => {
      this.isReady = false
      for (const one of this.pending.splice(0)) one.reject(error)
      if (!this.isOpen) return
      if (this.listenerCount('error') > 0) this.emit('error', error)
      else if (reject) { const fail = reject; resolve = reject = undefined; this.isOpen = false; fail(error); return }
      else throw error
      this.emit('reconnecting')
      setTimeout(() => { if (this.isOpen) this.open(resolve, reject) }, 500)
    }
    socket.on('error', lost)
    socket.on('end', () => { if (this.isOpen && this.isReady) lost(new Error('Socket closed unexpectedly')) })
  }
  sendCommand(words, isEarly) {
    if (!this.isOpen) return Promise.reject(new Error('The client is closed'))
    return new Promise((resolve, reject) => {
      const parts = []
      const write = () => {
        for (const word of words) { const bytes = Buffer.from(text(word)); parts.push(Buffer.from('$' + bytes.length + '\r\n'), bytes, Buffer.from('\r\n')) }
        this.pending.push({ resolve, reject })
        this.socket.write(Buffer.concat([Buffer.from('*' + words.length + '\r\n')].concat(parts)))
      }
      if (this.isReady || isEarly) write()
      else this.once('ready', write)
    })
  }
  subscribe(channel, listener) { this.channels.set(channel, listener); return this.sendCommand(['SUBSCRIBE', channel]) }
  unsubscribe(channel) { this.channels.delete(channel); return this.sendCommand(channel ? ['UNSUBSCRIBE', channel] : ['UNSUBSCRIBE']) }
  duplicate() { return new Client(this.settings) }
  set(key, value, options) { const more = []; for (const name of Object.keys(options || {})) { if (options[name] === true) more.push(name); else if (options[name] !== false && options[name] !== undefined) more.push(name, options[name]) } return this.sendCommand(['SET', key, value].concat(more)) }
  hSet(key, field, value) { return this.sendCommand(typeof field === 'object' ? ['HSET', key].concat(Object.entries(field).flat()) : ['HSET', key, field, value]) }
  hGetAll(key) { return this.sendCommand(['HGETALL', key]).then(pairs) }
  zAdd(key, members) { return this.sendCommand(['ZADD', key].concat([].concat(members).flatMap((one) => [one.score, one.value]))) }
  zRangeWithScores(key, from, to) { return this.sendCommand(['ZRANGE', key, from, to, 'WITHSCORES']).then((flat) => Object.entries(pairs(flat)).map(([value, score]) => ({ value, score: Number(score) }))) }
  multi() { const words = []; const face = new Proxy({}, { get: (_, name) => (name === 'exec' ? async () => { await this.sendCommand(['MULTI']); for (const one of words) await this.sendCommand(one); return this.sendCommand(['EXEC']) } : (...given) => { words.push([String(name).toUpperCase()].concat(given.flat())); return face }) }); return face }
  quit() { return this.sendCommand(['QUIT']).then((answer) => { this.disconnect(); return answer }) }
  close() { this.disconnect(); return Promise.resolve() }
  destroy() { this.disconnect() }
  disconnect() { this.isOpen = this.isReady = false; if (this.socket) this.socket.end(); this.emit('end'); return Promise.resolve() }
}
const commands = 'get del exists incr incrBy decr decrBy expire pExpire ttl pTtl persist type keys rename append strLen getSet getDel setEx setNX mGet lPush rPush lPop rPop lLen lRange lIndex lRem lTrim sAdd sRem sMembers sIsMember sCard sPop hGet hDel hExists hKeys hVals hLen hIncrBy zRange zRem zScore zCard zIncrBy zRank publish ping info dbSize flushAll flushDb select echo randomKey incrByFloat touch unlink'.split(' ')
for (const name of commands) Client.prototype[name] = function (...given) { return this.sendCommand([name.toUpperCase()].concat(given.flat().filter((one) => one !== undefined))) }
for (const name of ['exists', 'sIsMember', 'hExists', 'expire']) { const plain = Client.prototype[name]; if (name !== 'exists') Client.prototype[name] = function (...given) { return plain.apply(this, given) } }
for (const name of commands.concat(['set', 'hSet', 'hGetAll'])) if (!Client.prototype[name.toUpperCase()]) Client.prototype[name.toUpperCase()] = Client.prototype[name]
function createClient(given) {
  given = given || {}
  const url = given.url ? new URL(given.url) : undefined
  const socket = given.socket || {}
  return new Client({ host: (url && url.hostname) || socket.host || given.host || '127.0.0.1', port: Number((url && url.port) || socket.port || given.port || 6379), username: (url && url.username) || given.username, password: (url && url.password) || given.password })
}
module.exports = { createClient, ErrorReply }
`

export const ioredis = String.raw`'use strict'
const { createClient } = require('redis')
class Redis {
  constructor(port, host) {
    const given = typeof port === 'object' ? port : typeof port === 'string' ? (port.includes('://') ? { url: port } : { host: port }) : { port, host }
    const client = createClient(given)
    client.on('error', (error) => { if (client.listenerCount('error') < 2) console.error('[ioredis] Unhandled error event:', error) })
    client.connect()
    return new Proxy(this, { get: (_, name) => {
      if (name === 'then') return undefined
      if (['on', 'once', 'off', 'emit', 'quit', 'disconnect', 'duplicate'].includes(name)) return client[name].bind(client)
      if (name === 'hgetall') return (key) => client.hGetAll(key)
      if (name === 'call') return (...words) => client.sendCommand(words.flat())
      return (...words) => { const last = typeof words[words.length - 1] === 'function' ? words.pop() : undefined; const answer = client.sendCommand([String(name).toUpperCase()].concat(words.flat())); if (last) answer.then((value) => last(null, value), last); return answer }
    } })
  }
}
module.exports = Redis
module.exports.Redis = Redis
module.exports.default = Redis
`

export const mysql2 = String.raw`'use strict'
const net = require('net')
const EventEmitter = require('events')
const quoted = (value) => (value === null || value === undefined ? 'NULL' : typeof value === 'number' ? String(value) : typeof value === 'boolean' ? (value ? 'true' : 'false') : value instanceof Date ? "'" + value.toISOString().slice(0, 19).replace('T', ' ') + "'" : "'" + String(typeof value === 'object' ? JSON.stringify(value) : value).replace(/\\/g, '\\\\').replace(/'/g, "\\'") + "'")
function format(sql, values) {
  if (values === undefined) return sql
  if (!Array.isArray(values) && typeof values === 'object') return Object.keys(values).length && sql.includes('?') ? sql.replace('?', () => Object.entries(values).map(([name, value]) => '\x60' + name + '\x60 = ' + quoted(value)).join(', ')) : sql
  const left = [].concat(values)
  return sql.replace(/\?\??/g, (mark) => (left.length === 0 ? mark : mark === '??' ? '\x60' + left.shift() + '\x60' : ((value) => (Array.isArray(value) ? value.map((one) => (Array.isArray(one) ? '(' + one.map(quoted).join(', ') + ')' : quoted(one))).join(', ') : quoted(value)))(left.shift())))
}
class Connection extends EventEmitter {
  constructor(given) {
    super()
    const url = typeof given === 'string' ? new URL(given) : undefined
    this.config = url ? { host: url.hostname, port: url.port, user: decodeURIComponent(url.username), password: decodeURIComponent(url.password), database: url.pathname.slice(1) } : given || {}
    this.queue = []
    this.rest = ''
  }
  open() {
    if (this.socket) return
    this.socket = net.connect({ host: this.config.host || 'localhost', port: Number(this.config.port) || 3306 })
    this.socket.on('error', (error) => this.fail(Object.assign(error, { fatal: true })))
    this.socket.on('end', () => this.fail(Object.assign(new Error('Connection lost: The server closed the connection.'), { fatal: true, code: 'PROTOCOL_CONNECTION_LOST' })))
    this.socket.on('data', (data) => {
      this.rest += data.toString()
      // What comes first is a packet for clients that speak MySQL's own protocol.
      const start = this.rest.indexOf('{')
      if (!this.isGreeted && start > 0) this.rest = this.rest.slice(start)
      if (start >= 0) this.isGreeted = true
      for (let end = this.rest.indexOf('}\n'); end >= 0; end = this.rest.indexOf('}\n')) {
        const answer = JSON.parse(this.rest.slice(0, end + 1))
        this.rest = this.rest.slice(end + 2)
        this.take(this.queue.shift(), answer)
      }
    })
  }
  fail(error) { this.isBroken = true; for (const one of this.queue.splice(0)) one.done(error) }
  take(asked, answer) {
    if (!asked) return
    if (answer.error) {
      const names = { 1045: 'ER_ACCESS_DENIED_ERROR', 1049: 'ER_BAD_DB_ERROR', 1050: 'ER_TABLE_EXISTS_ERROR', 1054: 'ER_BAD_FIELD_ERROR', 1062: 'ER_DUP_ENTRY', 1064: 'ER_PARSE_ERROR', 1146: 'ER_NO_SUCH_TABLE' }
      return asked.done(Object.assign(new Error(answer.error.text), { code: names[answer.error.code] || 'ER_UNKNOWN_ERROR', errno: answer.error.code, sqlState: answer.error.state, sqlMessage: answer.error.text, sql: asked.sql }))
    }
    const { outcome } = answer
    if (outcome.columns === undefined) { if (outcome.database) this.config.database = outcome.database; return asked.done(null, { fieldCount: 0, affectedRows: outcome.changed, insertId: outcome.insertId || 0, info: outcome.info || '', serverStatus: 2, warningStatus: 0 }) }
    const columns = outcome.columns.map((one) => (typeof one === 'string' ? one : one.name))
    const kinds = (outcome.types || []).map((type) => (type ? type.kind : undefined))
    const valued = (value, kind) => (value === null || value === undefined ? null : kind === 'datetime' ? new Date(value.replace(' ', 'T') + 'Z') : kind === 'date' ? new Date(value + 'T00:00:00Z') : kind === 'json' ? JSON.parse(value) : value)
    asked.done(null, outcome.rows.map((row) => Object.fromEntries(columns.map((name, at) => [name, valued(row[at], kinds[at])]))), columns.map((name) => ({ name })))
  }
  ask(sql, done) {
    this.open()
    if (this.isBroken) { process.nextTick(() => done(Object.assign(new Error("Can't add new command when connection is in closed state"), { fatal: true }))); return }
    this.queue.push({ sql, done })
    const { user = 'root', password = '', database } = this.config
    this.socket.write(JSON.stringify(Object.assign({ user, password: password || '' }, database ? { database } : {}, sql === undefined ? {} : { sql })) + '\n')
  }
  connect(callback) { this.ask(undefined, (error) => { if (callback) callback(error || null); else if (error) this.emit('error', error) }) }
  query(sql, values, callback) {
    if (typeof values === 'function') { callback = values; values = undefined }
    const text = format(typeof sql === 'string' ? sql : sql.sql, values === undefined ? sql.values : values)
    this.ask(text.replace(/;\s*$/, ''), (error, rows, fields) => { if (callback) callback(error, rows, fields); else if (error) this.emit('error', error) })
  }
  execute(sql, values, callback) { this.query(sql, values, callback) }
  ping(callback) { this.connect(callback) }
  beginTransaction(callback) { this.query('BEGIN', callback) }
  commit(callback) { this.query('COMMIT', callback) }
  rollback(callback) { this.query('ROLLBACK', callback) }
  release() {}
  end(callback) { if (this.socket) { this.socket.removeAllListeners('end'); this.socket.end() } if (callback) callback(null) }
  destroy() { this.end() }
  promise() { return promised(this) }
}
class Pool extends Connection {
  getConnection(callback) { this.ask(undefined, (error) => callback(error, error ? undefined : this)) }
  ask(sql, done) { if (this.isBroken) { this.socket = undefined; this.isBroken = false; this.isGreeted = false; this.rest = '' } super.ask(sql, done) }
}
const promised = (inner) => {
  const wrap = (name) => (...given) => new Promise((resolve, reject) => inner[name](...given, (error, ...values) => (error ? reject(error) : resolve(name === 'query' || name === 'execute' ? values : values[0]))))
  const face = { connection: inner, pool: inner, on: inner.on.bind(inner), release() {}, destroy: () => inner.end() }
  for (const name of ['query', 'execute', 'connect', 'ping', 'beginTransaction', 'commit', 'rollback', 'end']) face[name] = wrap(name)
  face.getConnection = () => new Promise((resolve, reject) => inner.getConnection((error) => (error ? reject(error) : resolve(face))))
  return face
}
exports.createConnection = (given) => new Connection(given)
exports.createPool = (given) => new Pool(given)
exports.format = format
exports.escape = quoted
exports.__promised = promised
`

export const mysql2Promise = String.raw`'use strict'
const mysql = require('./index.js')
exports.createConnection = async (given) => { const face = mysql.__promised(mysql.createConnection(given)); await face.connect(); return face }
exports.createPool = (given) => mysql.__promised(mysql.createPool(given))
`

export const dotenv = String.raw`'use strict'
const fs = require('fs')
const path = require('path')
function parse(text) {
  const found = {}
  for (const line of String(text).split(/\r?\n/)) {
    const match = /^\s*(?:export\s+)?([\w.-]+)\s*=\s*(?:"((?:\\.|[^"\\])*)"|'([^']*)'|([^#]*?))\s*(?:#.*)?$/.exec(line)
    if (match) found[match[1]] = match[2] !== undefined ? match[2].replace(/\\n/g, '\n').replace(/\\"/g, '"') : match[3] !== undefined ? match[3] : match[4] || ''
  }
  return found
}
function config(options) {
  const file = (options && options.path) || path.resolve(process.cwd(), '.env')
  let parsed
  try { parsed = parse(fs.readFileSync(file, 'utf8')) } catch (error) { return { error, parsed: {} } }
  for (const name of Object.keys(parsed)) if ((options && options.override) || process.env[name] === undefined) process.env[name] = parsed[name]
  return { parsed }
}
module.exports = { config, parse }
`

export const uuid = String.raw`'use strict'
const crypto = require('crypto')
exports.v4 = () => crypto.randomUUID()
exports.v1 = () => crypto.randomUUID()
exports.NIL = '00000000-0000-0000-0000-000000000000'
exports.validate = (text) => /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text)
`

export const axios = String.raw`'use strict'
class AxiosError extends Error { constructor(message, code, config, request, response) { super(message); this.name = 'AxiosError'; this.code = code; this.config = config; this.response = response; this.isAxiosError = true; if (response) this.status = response.status } }
function create(defaults) {
  const request = async (given, more) => {
    const config = Object.assign({ method: 'get' }, defaults, typeof given === 'string' ? Object.assign({ url: given }, more) : given)
    let url = config.baseURL && !/^https?:/.test(config.url || '') ? config.baseURL.replace(/\/+$/, '') + '/' + (config.url || '').replace(/^\/+/, '') : config.url
    if (config.params) { const search = new URLSearchParams(config.params).toString(); if (search) url += (url.includes('?') ? '&' : '?') + search }
    const headers = Object.assign({ accept: 'application/json, text/plain, */*', 'user-agent': 'axios/1.13.2' }, defaults && defaults.headers, config.headers)
    let body = config.data
    if (body !== undefined && typeof body === 'object' && !(body instanceof Uint8Array) && !(body instanceof URLSearchParams)) { body = JSON.stringify(body); if (!Object.keys(headers).some((name) => name.toLowerCase() === 'content-type')) headers['content-type'] = 'application/json' }
    if (config.auth) headers.authorization = 'Basic ' + Buffer.from(config.auth.username + ':' + config.auth.password).toString('base64')
    let answer
    try { answer = await fetch(url, { method: config.method.toUpperCase(), headers, body }) } catch (error) { const cause = error.cause || error; throw Object.assign(new AxiosError(cause.message, cause.code, config), { cause, errno: cause.errno, syscall: cause.syscall, address: cause.address, port: cause.port, hostname: cause.hostname }) }
    const text = await answer.text()
    let data = text
    if (config.responseType !== 'text') try { data = JSON.parse(text) } catch (error) { data = text }
    const response = { data, status: answer.status, statusText: answer.statusText, headers: Object.fromEntries(answer.headers.entries ? answer.headers.entries() : []), config }
    const isGood = config.validateStatus ? config.validateStatus(answer.status) : answer.status >= 200 && answer.status < 300
    if (!isGood) throw new AxiosError('Request failed with status code ' + answer.status, answer.status < 500 ? 'ERR_BAD_REQUEST' : 'ERR_BAD_RESPONSE', config, undefined, response)
    return response
  }
  for (const verb of ['get', 'delete', 'head', 'options']) request[verb] = (url, config) => request(Object.assign({}, config, { url, method: verb }))
  for (const verb of ['post', 'put', 'patch']) request[verb] = (url, data, config) => request(Object.assign({}, config, { url, data, method: verb }))
  request.request = request
  request.create = (more) => create(Object.assign({}, defaults, more))
  request.all = (all) => Promise.all(all)
  request.defaults = defaults || { headers: { common: {} } }
  request.interceptors = { request: { use() {} }, response: { use() {} } }
  request.isAxiosError = (error) => Boolean(error && error.isAxiosError)
  request.AxiosError = AxiosError
  return request
}
module.exports = create()
module.exports.default = module.exports
`

export const nodeFetch = `'use strict'\nmodule.exports = fetch\nmodule.exports.default = fetch\nmodule.exports.Headers = Headers\nmodule.exports.Response = Response\n`

export const chalk = String.raw`'use strict'
const codes = { bold: [1, 22], dim: [2, 22], italic: [3, 23], underline: [4, 24], inverse: [7, 27], red: [31, 39], green: [32, 39], yellow: [33, 39], blue: [34, 39], magenta: [35, 39], cyan: [36, 39], white: [37, 39], gray: [90, 39], grey: [90, 39], bgRed: [41, 49], bgGreen: [42, 49], bgBlue: [44, 49] }
const build = (styles) => { const paint = (...texts) => (process.stdout.isTTY ? styles.reduce((text, name) => '\x1b[' + codes[name][0] + 'm' + text + '\x1b[' + codes[name][1] + 'm', texts.join(' ')) : texts.join(' ')); return new Proxy(paint, { get: (target, name) => (codes[name] ? build(styles.concat(name)) : target[name]) }) }
module.exports = build([])
module.exports.default = module.exports
`

export const ms = String.raw`'use strict'
const units = { ms: 1, s: 1000, sec: 1000, m: 60000, min: 60000, h: 3600000, d: 86400000, day: 86400000, days: 86400000, w: 604800000, y: 31557600000 }
module.exports = (value) => { if (typeof value === 'number') { for (const unit of ['d', 'h', 'm', 's']) if (Math.abs(value) >= units[unit]) return Math.round(value / units[unit]) + unit; return value + 'ms' } const found = /^(-?[\d.]+) *([a-z]*)$/i.exec(value); return found ? Number(found[1]) * (units[found[2] || 'ms'] || NaN) : undefined }
`

export const waitPort = String.raw`'use strict'
const net = require('net')
module.exports = ({ host, port, timeout }) => new Promise((resolve) => {
  const until = timeout ? Date.now() + timeout : Infinity
  process.stdout.write('Waiting for ' + host + ':' + port + '.')
  const attempt = () => {
    const socket = net.connect({ host, port })
    socket.on('connect', () => { socket.end(); console.log('\nConnected!'); resolve({ open: true }) })
    socket.on('error', () => { if (Date.now() > until) return resolve({ open: false }); process.stdout.write('.'); setTimeout(attempt, 1000) })
  }
  attempt()
})
`

export const nodemon = String.raw`#!/usr/bin/env node
'use strict'
const { spawn } = require('child_process')
const fs = require('fs')
const path = require('path')
const args = process.argv.slice(2)
if (args[0] === '--version' || args[0] === '-v') { console.log('3.1.11'); process.exit(0) }
const manifest = fs.existsSync('package.json') ? JSON.parse(fs.readFileSync('package.json', 'utf8')) : {}
const script = args.find((arg) => !arg.startsWith('-') && /\.[cm]?js$/.test(arg)) || (args.length && !args[args.length - 1].startsWith('-') ? args[args.length - 1] : manifest.main || 'index.js')
console.log('[nodemon] 3.1.11')
console.log('[nodemon] to restart at any time, enter \x60rs\x60')
console.log('[nodemon] watching path(s): *.*')
console.log('[nodemon] watching extensions: js,mjs,cjs,json')
let child
let isRestarting = false
const begin = () => {
  console.log('[nodemon] starting \x60node ' + script + '\x60')
  child = spawn('node', [script], { stdio: 'inherit' })
  child.on('exit', (code) => {
    if (isRestarting) return
    if (code) console.log('[nodemon] app crashed - waiting for file changes before starting...')
    else console.log('[nodemon] clean exit - waiting for changes before restart')
    child = undefined
  })
}
const times = () => { const seen = []; const walk = (folder) => { for (const name of fs.readdirSync(folder)) { if (name === 'node_modules' || name.startsWith('.')) continue; const file = path.join(folder, name); const about = fs.statSync(file); if (about.isDirectory()) walk(file); else if (/\.(js|mjs|cjs|json)$/.test(name)) seen.push(file + about.mtimeMs) } }; walk('.'); return seen.join() }
begin()
let before = times()
setInterval(() => {
  const now = times()
  if (now === before) return
  before = now
  console.log('[nodemon] restarting due to changes...')
  if (!child) return begin()
  isRestarting = true
  child.on('exit', () => { isRestarting = false; begin() })
  child.kill('SIGTERM')
}, 1000)
for (const name of ['SIGTERM', 'SIGINT']) process.on(name, () => { if (child) child.kill(name); process.exit(0) })
`
