/**
 * `mongodb` and `mongoose` for a learner's app, in the guest's JavaScript. They speak the lines of JSON that the sandbox's mongod understands. Not
 * there, and refused aloud: transactions, change streams, sessions, population. No backquotes and no `${` inside.
 */
export const mongodb = String.raw`'use strict'
const net = require('net')
const EventEmitter = require('events')
class ObjectId {
  constructor(text) { if (text instanceof ObjectId) text = text.hex; if (text !== undefined && !ObjectId.isValid(text)) throw new Error('input must be a 24 character hex string, 12 byte Uint8Array, or an integer'); this.hex = text === undefined ? Array.from({ length: 24 }, () => '0123456789abcdef'[Math.floor(Math.random() * 16)]).join('') : String(text).toLowerCase() }
  static isValid(text) { return text instanceof ObjectId || /^[0-9a-fA-F]{24}$/.test(String(text)) }
  toString() { return this.hex }
  toHexString() { return this.hex }
  toJSON() { return this.hex }
  equals(other) { return String(other) === this.hex }
}
class MongoServerError extends Error { constructor(text) { super(text.replace(/^MongoServerError(\[\w+\])?: /, '')); this.name = 'MongoServerError'; if (/E11000/.test(text)) this.code = 11000 } }
class MongoServerSelectionError extends Error { constructor(text) { super(text); this.name = 'MongoServerSelectionError' } }
function packed(value) {
  if (value === null || value === undefined) return null
  if (value instanceof ObjectId) return { $special: 'ObjectId', of: value.hex }
  if (value instanceof Date) return { $special: 'ISODate', of: value.toISOString() }
  if (value instanceof RegExp) return { $special: 'RegExp', of: String(value) }
  if (Array.isArray(value)) return value.map(packed)
  if (typeof value === 'object') { const plain = typeof value.toObject === 'function' ? value.toObject() : value; const all = {}; for (const key of Object.keys(plain)) if (plain[key] !== undefined && typeof plain[key] !== 'function') all[key] = packed(plain[key]); return all }
  return value
}
function unpacked(value) {
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(unpacked)
  if (value.$special) return value.$special === 'ObjectId' ? new ObjectId(value.of) : value.$special === 'ISODate' ? new Date(value.of) : value.of
  const all = {}
  for (const key of Object.keys(value)) all[key] = unpacked(value[key])
  return all
}
class Cursor {
  constructor(collection, first) { this.collection = collection; this.calls = [first] }
  step(name, value) { this.calls.push({ name, args: [packed(value)] }); return this }
  sort(key, direction) { return this.step('sort', typeof key === 'string' ? { [key]: direction || 1 } : key) }
  limit(count) { return this.step('limit', count) }
  skip(count) { return this.step('skip', count) }
  project(fields) { return this.step('projection', fields) }
  async toArray() { if (!this.all) this.all = this.collection.ask(this.calls); return (await this.all).slice() }
  async forEach(act) { for (const one of await this.toArray()) act(one) }
  async next() { if (!this.left) this.left = await this.toArray(); return this.left.shift() || null }
  async hasNext() { if (!this.left) this.left = await this.toArray(); return this.left.length > 0 }
  async count() { return (await this.toArray()).length }
  map(change) { const before = this.toArray.bind(this); this.toArray = async () => (await before()).map(change); return this }
  async close() {}
  async *[Symbol.asyncIterator]() { for (const one of await this.toArray()) yield one }
}
class Collection {
  constructor(db, name) { this.db = db; this.collectionName = name; this.namespace = db.databaseName + '.' + name }
  ask(calls) { return this.db.client.ask({ database: this.db.databaseName, collection: this.collectionName, calls }) }
  call(name, args) { return this.ask([{ name, args: args.filter((one, at) => at === 0 || one !== undefined).map(packed) }]) }
  find(filter, options) { const cursor = new Cursor(this, { name: 'find', args: [packed(filter || {})] }); for (const name of ['sort', 'limit', 'skip']) if (options && options[name] !== undefined) cursor.step(name, options[name]); if (options && options.projection) cursor.project(options.projection); return cursor }
  aggregate(pipeline) { return new Cursor(this, { name: 'aggregate', args: [packed(pipeline || [])] }) }
  async findOne(filter, options) { return (await this.find(filter, options).limit(1).toArray())[0] || null }
  async insertOne(document) { if (document._id === undefined) document._id = new ObjectId(); return this.call('insertOne', [document]) }
  async insertMany(documents) { for (const one of documents) if (one._id === undefined) one._id = new ObjectId(); const answer = await this.call('insertMany', [documents]); return Object.assign({ insertedCount: documents.length }, answer) }
  async findOneAndUpdate(filter, update, options) { const value = await this.call('findOneAndUpdate', [filter, update, options]); return options && options.includeResultMetadata ? { value, ok: 1 } : value }
  async findOneAndDelete(filter, options) { return this.call('findOneAndDelete', [filter, options]) }
  async findOneAndReplace(filter, update, options) { return this.call('findOneAndReplace', [filter, update, options]) }
  async distinct(field, filter) { return this.call('distinct', [field, filter]) }
  async indexes() { return this.call('getIndexes', []) }
  async bulkWrite(operations) { const sum = { insertedCount: 0, matchedCount: 0, modifiedCount: 0, deletedCount: 0, upsertedCount: 0 }; for (const operation of operations) { const [name] = Object.keys(operation); const given = operation[name]; const answer = name === 'insertOne' ? await this.insertOne(given.document) : name.startsWith('delete') ? await this.call(name, [given.filter]) : await this.call(name, [given.filter, given.update || given.replacement, { upsert: given.upsert === true }]); if (name === 'insertOne') sum.insertedCount++; for (const key of Object.keys(sum)) sum[key] += answer[key] || 0 } return sum }
  watch() { throw new Error('change streams are not simulated in this sandbox') }
}
for (const name of ['updateOne', 'updateMany', 'replaceOne', 'deleteOne', 'deleteMany', 'countDocuments', 'estimatedDocumentCount', 'createIndex', 'createIndexes', 'dropIndex', 'drop']) Collection.prototype[name] = async function (...args) { const answer = await this.call(name, args.length === 0 ? [{}] : args); if (answer && name.startsWith('update') || name === 'replaceOne') answer.upsertedId = answer.upsertedCount ? answer.insertedId : null; return answer }
class Db {
  constructor(client, name) { this.client = client; this.databaseName = name }
  collection(name) { return new Collection(this, name) }
  async createCollection(name) { await this.client.ask({ database: this.databaseName, text: 'db.createCollection(' + JSON.stringify(name) + ')' }); return this.collection(name) }
  async dropDatabase() { await this.client.ask({ database: this.databaseName, text: 'db.dropDatabase()' }); return true }
  async command(command) { if (command && command.ping) { await this.client.ask({ database: this.databaseName, text: '' }); return { ok: 1 } } throw new Error('db.command(' + Object.keys(command || {})[0] + ') is not simulated in this sandbox') }
  admin() { return this }
  listCollections() { const names = this.client.ask({ database: this.databaseName, text: 'show collections' }, true).then((text) => (text || '').split('\n').filter(Boolean).map((name) => ({ name, type: 'collection' }))); return { toArray: () => names } }
  async collections() { return (await this.listCollections().toArray()).map(({ name }) => this.collection(name)) }
}
class MongoClient extends EventEmitter {
  constructor(url, options) {
    super()
    const match = /^mongodb(\+srv)?:\/\/(?:([^:@/]*):([^@/]*)@)?([^/?,:]+)(?::(\d+))?[^/?]*(?:\/([^?]*))?/.exec(String(url))
    if (!match) throw Object.assign(new Error('Invalid scheme, expected connection string to start with "mongodb://" or "mongodb+srv://"'), { name: 'MongoParseError' })
    const auth = (options && options.auth) || {}
    this.target = { host: match[4], port: Number(match[5]) || 27017, user: match[2] ? decodeURIComponent(match[2]) : auth.username || (options && options.user), password: match[3] ? decodeURIComponent(match[3]) : auth.password || (options && options.pass), database: match[6] || (options && options.dbName) || 'test' }
    this.timeoutMs = (options && options.serverSelectionTimeoutMS) || 30000
    this.queue = []
    this.rest = ''
  }
  static connect(url, options) { return new MongoClient(url, options).connect() }
  async connect() {
    const until = Date.now() + this.timeoutMs
    for (;;) {
      try { await this.open(); break } catch (error) {
        // As the driver does: the server may only be late.
        if (Date.now() >= until) throw new MongoServerSelectionError(error.message)
        await new Promise((resolve) => setTimeout(resolve, 500))
      }
    }
    await this.ask({ database: this.target.database, text: '' })
    return this
  }
  open() {
    if (this.socket) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const { host, port } = this.target
      const socket = net.connect({ host, port })
      socket.on('connect', () => { this.socket = socket; resolve() })
      socket.on('error', (error) => { this.socket = undefined; reject(error); this.fail(error) })
      socket.on('end', () => { this.socket = undefined; this.fail(new Error('connection ' + host + ':' + port + ' closed')) })
      socket.on('data', (data) => {
        this.rest += data.toString()
        for (let end = this.rest.indexOf('\n'); end >= 0; end = this.rest.indexOf('\n')) {
          const answer = JSON.parse(this.rest.slice(0, end))
          this.rest = this.rest.slice(end + 1)
          const asked = this.queue.shift()
          if (asked) answer.error ? asked.reject(new MongoServerError(answer.error)) : asked.resolve(asked.isText ? answer.shown : unpacked(answer.value === undefined ? null : answer.value))
        }
      })
    })
  }
  fail(error) { for (const one of this.queue.splice(0)) one.reject(error) }
  async ask(question, isText) {
    const { user, password } = this.target
    await this.open()
    return new Promise((resolve, reject) => { this.queue.push({ resolve, reject, isText }); this.socket.write(JSON.stringify(Object.assign({ user, password }, question)) + '\n') })
  }
  db(name) { return new Db(this, name || this.target.database) }
  async close() { if (this.socket) this.socket.end(); this.socket = undefined; this.emit('close') }
  startSession() { throw new Error('sessions and transactions are not simulated in this sandbox') }
}
module.exports = { MongoClient, ObjectId, ObjectID: ObjectId, MongoServerError, MongoServerSelectionError, MongoError: Error, Collection, Db, ServerApiVersion: { v1: '1' } }
`

export const mongoose = String.raw`'use strict'
const EventEmitter = require('events')
const { MongoClient, ObjectId } = require('mongodb')
const connection = Object.assign(new EventEmitter(), { readyState: 0, collection: (name) => client.db().collection(name), close: async () => { if (client) await client.close(); connection.readyState = 0; connection.emit('disconnected') } })
let client
Object.defineProperty(connection, 'db', { get: () => client && client.db() })
const models = {}
const waiting = []
class ValidationError extends Error { constructor(model, errors) { super(model + ' validation failed: ' + Object.keys(errors).map((path) => path + ': ' + errors[path].message).join(', ')); this.name = 'ValidationError'; this.errors = errors } }
class CastError extends Error { constructor(type, value, path, model) { super('Cast to ' + type + ' failed for value "' + value + '" (type ' + typeof value + ') at path "' + path + '"' + (model ? ' for model "' + model + '"' : '')); Object.assign(this, { name: 'CastError', kind: type, value, path }) } }
async function connect(url, options) {
  connection.readyState = 2
  client = new MongoClient(url, options)
  try { await client.connect() } catch (error) { connection.readyState = 0; error.name = error.name === 'MongoServerError' ? error.name : 'MongooseServerSelectionError'; if (connection.listenerCount('error') > 0) connection.emit('error', error); throw error }
  connection.readyState = 1
  connection.host = client.target.host; connection.port = client.target.port; connection.name = client.target.database
  connection.emit('connected'); connection.emit('open')
  for (const go of waiting.splice(0)) go()
  return mongoose
}
// Operations wait for the connection, as mongoose buffers them.
const ready = () => (connection.readyState === 1 ? Promise.resolve() : new Promise((resolve, reject) => { waiting.push(resolve); setTimeout(() => reject(new Error('Operation buffering timed out after 10000ms')), 10000) }))
class Schema {
  constructor(paths, options) { this.paths = Object.assign({}, paths); this.options = options || {}; this.methods = {}; this.statics = {}; this.virtuals = {}; this.hooks = []; this.indexes = [] }
  add(paths) { Object.assign(this.paths, paths); return this }
  index(key, options) { this.indexes.push([key, options || {}]); return this }
  pre(name, act) { this.hooks.push({ when: 'pre', name, act }); return this }
  post(name, act) { this.hooks.push({ when: 'post', name, act }); return this }
  method(name, act) { this.methods[name] = act; return this }
  static(name, act) { this.statics[name] = act; return this }
  virtual(name) { const made = { get: (act) => { this.virtuals[name] = act; return made }, set: () => made }; return made }
  plugin(act, options) { act(this, options); return this }
  set(name, value) { this.options[name] = value; return this }
}
Schema.Types = { ObjectId, Mixed: Object, String, Number, Boolean, Date, Map, Decimal128: Number }
const settingsOf = (given) => (given && typeof given === 'object' && !Array.isArray(given) && !(given instanceof Schema) && given.type !== undefined ? given : { type: given })
function cast(type, value, path, model) {
  if (value === null || value === undefined) return value
  if (type === String) return typeof value === 'object' && !(value instanceof ObjectId) ? (() => { throw new CastError('string', JSON.stringify(value), path, model) })() : String(value)
  if (type === Number) { const number = Number(value); if (Number.isNaN(number)) throw new CastError('Number', value, path, model); return number }
  if (type === Boolean) return value === true || value === 'true' || value === 1 || value === '1'
  if (type === Date) { const date = new Date(value === Date.now ? Date.now() : value); if (Number.isNaN(date.getTime())) throw new CastError('date', value, path, model); return date }
  if (type === ObjectId) { if (!ObjectId.isValid(value)) throw new CastError('ObjectId', value, path, model); return value instanceof ObjectId ? value : new ObjectId(value._id || value) }
  if (Array.isArray(type)) return (Array.isArray(value) ? value : [value]).map((one) => (type.length ? cast(settingsOf(type[0]).type, one, path, model) : one))
  if (type instanceof Schema) return filled(type.paths, value, {}, path + '.', model)
  if (type && typeof type === 'object') return filled(type, value, {}, path + '.', model)
  return value
}
function filled(paths, given, errors, before, model) {
  const all = {}
  for (const path of Object.keys(paths)) {
    const settings = settingsOf(paths[path])
    let value = given[path]
    if (value === undefined && settings.default !== undefined) value = typeof settings.default === 'function' ? settings.default() : settings.default
    if (value === undefined && Array.isArray(settings.type)) value = []
    try { value = cast(settings.type, value, before + path, model) } catch (error) { errors[before + path] = error }
    if (typeof value === 'string') { if (settings.trim) value = value.trim(); if (settings.lowercase) value = value.toLowerCase(); if (settings.uppercase) value = value.toUpperCase() }
    const fail = (kind, text) => { errors[before + path] = Object.assign(new Error(text), { name: 'ValidatorError', kind, path: before + path, value }) }
    const isMissing = value === undefined || value === null || (settings.type === String && value === '')
    const of = (setting) => (Array.isArray(setting) ? setting : [setting])
    if (settings.required && of(settings.required)[0] && isMissing) fail('required', of(settings.required)[1] || (typeof settings.required === 'string' ? settings.required : 'Path \x60' + before + path + '\x60 is required.'))
    else if (!isMissing) {
      if (settings.min !== undefined && value < of(settings.min)[0]) fail('min', of(settings.min)[1] || 'Path \x60' + path + '\x60 (' + value + ') is less than minimum allowed value (' + of(settings.min)[0] + ').')
      if (settings.max !== undefined && value > of(settings.max)[0]) fail('max', of(settings.max)[1] || 'Path \x60' + path + '\x60 (' + value + ') is more than maximum allowed value (' + of(settings.max)[0] + ').')
      const allowed = settings.enum && (Array.isArray(settings.enum) ? settings.enum : settings.enum.values || Object.values(settings.enum))
      if (allowed && !allowed.includes(value)) fail('enum', '\x60' + value + '\x60 is not a valid enum value for path \x60' + path + '\x60.')
      const length = settings.minlength === undefined ? settings.minLength : settings.minlength
      if (length !== undefined && value.length < of(length)[0]) fail('minlength', of(length)[1] || 'Path \x60' + path + '\x60 (\x60' + value + '\x60, length ' + value.length + ') is shorter than the minimum allowed length (' + of(length)[0] + ').')
      const most = settings.maxlength === undefined ? settings.maxLength : settings.maxlength
      if (most !== undefined && value.length > of(most)[0]) fail('maxlength', of(most)[1] || 'Path \x60' + path + '\x60 (\x60' + value + '\x60, length ' + value.length + ') is longer than the maximum allowed length (' + of(most)[0] + ').')
      if (settings.match && !of(settings.match)[0].test(value)) fail('regexp', of(settings.match)[1] || 'Path \x60' + path + '\x60 is invalid (' + value + ').')
      const check = settings.validate && (typeof settings.validate === 'function' ? settings.validate : settings.validate.validator)
      if (check && !check(value)) fail('user defined', settings.validate.message || 'Validator failed for path \x60' + path + '\x60 with value \x60' + value + '\x60')
    }
    if (value !== undefined) all[path] = value
  }
  return all
}
const plural = (name) => { const low = name.toLowerCase(); return /(s|x|z|ch|sh)$/.test(low) ? (low.endsWith('s') ? low : low + 'es') : /[^aeiou]y$/.test(low) ? low.slice(0, -1) + 'ies' : low + 's' }
class Query {
  constructor(model, run) { this.model = model; this.run = run; this.options = {} }
  sort(by) { this.options.sort = typeof by === 'string' ? Object.fromEntries(by.split(/\s+/).map((one) => (one.startsWith('-') ? [one.slice(1), -1] : [one, 1]))) : Object.fromEntries(Object.entries(by).map(([key, how]) => [key, how === -1 || how === 'desc' || how === 'descending' ? -1 : 1])); return this }
  limit(count) { this.options.limit = count; return this }
  skip(count) { this.options.skip = count; return this }
  select(fields) { this.options.projection = typeof fields === 'string' ? Object.fromEntries(fields.split(/\s+/).map((one) => (one.startsWith('-') ? [one.slice(1), 0] : [one, 1]))) : fields; return this }
  lean() { this.isLean = true; return this }
  populate() { throw new Error('populate() is not simulated in this sandbox') }
  exec() { if (!this.going) this.going = ready().then(() => this.run(this.options)).then((found) => (this.isLean ? found : Array.isArray(found) ? found.map((one) => this.model.hydrate(one)) : found && found._id !== undefined && !found.acknowledged ? this.model.hydrate(found) : found)); return this.going }
  then(done, failed) { return this.exec().then(done, failed) }
  catch(failed) { return this.exec().catch(failed) }
  finally(act) { return this.exec().finally(act) }
}
function model(name, schema, collectionName) {
  if (!schema) { if (models[name]) return models[name]; throw Object.assign(new Error('Schema hasn\'t been registered for model "' + name + '".\nUse mongoose.model(name, schema)'), { name: 'MissingSchemaError' }) }
  const where = collectionName || schema.options.collection || plural(name)
  const collection = () => client.db().collection(where)
  const idOf = (id) => { if (schema.paths._id) return id; return cast(ObjectId, id, '_id', name) }
  const filterOf = (filter) => { const all = Object.assign({}, filter); if (all._id !== undefined && typeof all._id === 'string') all._id = idOf(all._id); return all }
  const stamped = (update) => { const operators = Object.keys(update).some((key) => key.startsWith('$')) ? Object.assign({}, update) : { $set: update }; if (schema.options.timestamps) operators.$set = Object.assign({}, operators.$set, { updatedAt: new Date() }); return operators }
  const runHooks = async (when, hook, document) => { for (const one of schema.hooks) if (one.when === when && one.name === hook) await new Promise((resolve, reject) => { const next = (error) => (error ? reject(error) : resolve()); const wants = when === 'pre' ? 1 : 2; const answer = when === 'pre' ? one.act.call(document, next) : one.act.call(document, document, next); if (one.act.length < wants) Promise.resolve(answer).then(resolve, reject); else if (answer && answer.then) answer.then(resolve, reject) }) }
  let indexed
  const indexes = () => { if (!indexed) indexed = (async () => { const wanted = schema.indexes.concat(Object.keys(schema.paths).filter((path) => settingsOf(schema.paths[path]).unique || settingsOf(schema.paths[path]).index).map((path) => [{ [path]: 1 }, { unique: settingsOf(schema.paths[path]).unique === true }])); for (const [key, options] of wanted) await collection().createIndex(key, options) })().catch(() => {}); return indexed }
  class Model {
    constructor(given) { Object.defineProperty(this, '$new', { value: true, writable: true, enumerable: false }); const errors = {}; const all = filled(schema.paths, given || {}, errors, '', name); Object.defineProperty(this, '$errors', { value: errors, writable: true, enumerable: false }); this._id = given && given._id !== undefined ? given._id : schema.paths._id ? undefined : new ObjectId(); Object.assign(this, all) }
    get id() { return String(this._id) }
    get isNew() { return this.$new }
    validateSync() { const errors = {}; filled(schema.paths, this, errors, '', name); return Object.keys(errors).length ? new ValidationError(name, errors) : undefined }
    async validate() { const error = this.validateSync(); if (error) throw error }
    async save() {
      await ready()
      if (Object.keys(this.$errors).some((path) => this.$errors[path].name === 'CastError')) throw new ValidationError(name, this.$errors)
      await runHooks('pre', 'validate', this)
      await this.validate()
      await runHooks('pre', 'save', this)
      await indexes()
      Object.assign(this, filled(schema.paths, this, {}, '', name))
      if (schema.options.timestamps) { if (this.$new) this.createdAt = new Date(); this.updatedAt = new Date() }
      if (this.$new) { if (this.__v === undefined && schema.options.versionKey !== false) this.__v = 0; await collection().insertOne(this.toObject()) } else await collection().replaceOne({ _id: this._id }, this.toObject())
      this.$new = false
      await runHooks('post', 'save', this)
      return this
    }
    set(key, value) { if (typeof key === 'object') Object.assign(this, key); else this[key] = value; return this }
    get(key) { return this[key] }
    async deleteOne() { await collection().deleteOne({ _id: this._id }); return this }
    remove() { return this.deleteOne() }
    toObject() { return Object.assign({}, this) }
    toJSON() { const all = this.toObject(); const options = schema.options.toJSON || {}; if (options.virtuals) { for (const key of Object.keys(schema.virtuals)) all[key] = this[key]; all.id = this.id } return options.transform ? options.transform(this, all, options) || all : all }
    static hydrate(found) { const one = Object.create(Model.prototype); Object.defineProperty(one, '$new', { value: false, writable: true, enumerable: false }); Object.defineProperty(one, '$errors', { value: {}, writable: true, enumerable: false }); return Object.assign(one, found) }
    static find(filter, fields, options) { const query = new Query(Model, (given) => collection().find(filterOf(filter), given).toArray()); if (fields) query.select(fields); Object.assign(query.options, options); return query }
    static findOne(filter, fields) { const query = new Query(Model, (given) => collection().findOne(filterOf(filter), given)); return fields ? query.select(fields) : query }
    static findById(id, fields) { let one; const query = new Query(Model, (given) => collection().findOne({ _id: idOf(id) }, given)); return fields ? query.select(fields) : query }
    static async create(given, ...more) { const list = Array.isArray(given) ? given : [given, ...more]; const made = []; for (const one of list) made.push(await new Model(one).save()); return Array.isArray(given) || more.length ? made : made[0] }
    static async insertMany(list) { return Model.create([].concat(list)) }
    static updateOne(filter, update, options) { return new Query(Model, () => collection().updateOne(filterOf(filter), stamped(update), options)) }
    static updateMany(filter, update, options) { return new Query(Model, () => collection().updateMany(filterOf(filter), stamped(update), options)) }
    static deleteOne(filter) { return new Query(Model, () => collection().deleteOne(filterOf(filter))) }
    static deleteMany(filter) { return new Query(Model, () => collection().deleteMany(filterOf(filter))) }
    static findOneAndUpdate(filter, update, options) { return new Query(Model, () => collection().findOneAndUpdate(filterOf(filter), stamped(update), Object.assign({}, options, { returnDocument: options && (options.new || options.returnDocument === 'after') ? 'after' : 'before' }))) }
    static findByIdAndUpdate(id, update, options) { return Model.findOneAndUpdate({ _id: idOf(id) }, update, options) }
    static findOneAndDelete(filter) { return new Query(Model, () => collection().findOneAndDelete(filterOf(filter))) }
    static findByIdAndDelete(id) { return new Query(Model, () => collection().findOneAndDelete({ _id: idOf(id) })) }
    static findByIdAndRemove(id) { return Model.findByIdAndDelete(id) }
    static countDocuments(filter) { return new Query(Model, () => collection().countDocuments(filterOf(filter))) }
    static estimatedDocumentCount() { return Model.countDocuments({}) }
    static exists(filter) { return new Query(Model, async () => { const found = await collection().findOne(filterOf(filter)); return found && { _id: found._id } }).lean() }
    static distinct(field, filter) { return new Query(Model, () => collection().distinct(field, filterOf(filter))).lean() }
    static aggregate(pipeline) { return new Query(Model, () => collection().aggregate(pipeline).toArray()).lean() }
    static get collection() { return collection() }
  }
  Object.defineProperty(Model, 'name', { value: name })
  Object.assign(Model, { modelName: name, schema }, schema.statics)
  Object.assign(Model.prototype, schema.methods)
  for (const method of Object.keys(schema.methods)) Object.defineProperty(Model.prototype, method, { value: schema.methods[method], enumerable: false, writable: true })
  for (const virtual of Object.keys(schema.virtuals)) Object.defineProperty(Model.prototype, virtual, { get() { return schema.virtuals[virtual].call(this) }, enumerable: false })
  models[name] = Model
  return Model
}
const mongoose = { connect, connection, Schema, model, models, Types: { ObjectId }, ObjectId, disconnect: () => connection.close(), set: () => mongoose, isValidObjectId: ObjectId.isValid, Error: { ValidationError, CastError }, connections: [connection], version: '8.19.2' }
mongoose.Promise = Promise
mongoose.mongoose = mongoose
mongoose.default = mongoose
module.exports = mongoose
`
