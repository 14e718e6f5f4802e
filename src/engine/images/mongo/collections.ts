/** MongoDB's data and the calls on a collection. mingo finds, updates and aggregates; what is missing throws `NotSimulated`. */
import { aggregate, find, updateMany, updateOne } from 'mingo'
import { kept, live, type LiveDocument, ObjectId } from './live.ts'
import { inspected, type Value } from './literals.ts'

export type Document = { readonly [key: string]: Value }

export interface Index {
  readonly key: Readonly<Record<string, number | string>>
  readonly name: string
  readonly unique?: boolean
}

export interface Database {
  readonly name: string
  readonly collections: Record<string, Document[]>
  /** Beside the one on `_id`, by collection. */
  readonly indexes: Record<string, Index[]>
}

export class NotSimulated extends Error {}

/** The server's refusal. `codeName` stands in brackets after `MongoServerError` where the shell shows one. */
export class ServerError extends Error {
  readonly codeName: string | undefined

  constructor(text: string, codeName?: string) {
    super(text)
    this.codeName = codeName
  }
}

/** One call of a chain: `find({…}).sort({…}).limit(2)`. */
export interface Call {
  readonly name: string
  readonly args: readonly Value[]
}

export interface Making {
  readonly id: () => string
}

type Plain = Readonly<Record<string, unknown>>

const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof ObjectId) &&
  !(value instanceof Date) &&
  !(value instanceof RegExp)
const record = (value: unknown): LiveDocument => (isPlain(value) ? { ...value } : {})

/** Runs a chain on a collection; answers what the shell shows. */
export function runChain(database: Database, name: string, calls: readonly Call[], making: Making): Value {
  const [{ name: verb, args }, ...rest] = calls
  const collection = new Collection(database, name, making)
  const given = args.map(live)
  try {
    if (verb === 'find' || verb === 'aggregate') {
      const isFind = verb === 'find'
      return followed(
        isFind ? collection.found(given[0], given[1], rest) : collection.aggregated(Array.isArray(given[0]) ? given[0] : given),
        rest,
        isFind,
      )
    }
    if (rest.length > 0 && !['pretty', 'toArray'].includes(rest[0].name)) throw new NotSimulated(`.${rest[0].name}() after ${verb}()`)
    return kept(collection.call(verb, given))
  } catch (error) {
    throw refused(error)
  }
}

/** mingo's complaints in the server's words. */
function refused(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof NotSimulated || error instanceof ServerError) return error
  const [, operator] = /(\$\w+)/.exec(error.message) ?? []
  if (operator !== undefined && /unregistered|unknown|not (found|registered|supported)|missing/i.test(error.message))
    return new ServerError(
      /pipeline/i.test(error.message) ? `Unrecognized pipeline stage name: '${operator}'` : `unknown operator: ${operator}`,
      'BadValue',
    )
  return new ServerError(error.message, 'BadValue')
}

/** What stands behind find() or aggregate() and does not change which documents are meant. */
function followed(documents: readonly LiveDocument[], steps: readonly Call[], isFind: boolean): Value {
  for (const { name } of steps) {
    if (name === 'count' || name === 'size' || name === 'itcount') return documents.length
    if (name === 'hasNext') return documents.length > 0
    if (name === 'next') return documents.length > 0 ? kept(documents[0]) : null
    if (
      !['toArray', 'pretty', 'sort', 'limit', 'skip', 'projection', 'forEach', 'hint', 'maxTimeMS', 'batchSize', 'allowDiskUse'].includes(
        name,
      ) ||
      (!isFind && ['sort', 'limit', 'skip'].includes(name))
    )
      throw new NotSimulated(`.${name}()`)
  }
  return documents.map(kept)
}

class Collection {
  readonly #database: Database
  readonly #name: string
  readonly #making: Making
  readonly #documents: LiveDocument[]

  constructor(database: Database, name: string, making: Making) {
    this.#database = database
    this.#name = name
    this.#making = making
    this.#documents = documentsOf(database, name)
  }

  found(filter: unknown, fields: unknown, steps: readonly Call[]): LiveDocument[] {
    const argument = (name: string): unknown => {
      const step = steps.findLast((one) => one.name === name)
      return step && live(step.args[0])
    }
    const projection = argument('projection') ?? fields
    const cursor = find<LiveDocument, LiveDocument>(
      this.#documents,
      record(filter),
      isPlain(projection) && Object.keys(projection).length > 0 ? record(projection) : undefined,
    )
    const [sort, skip, limit] = ['sort', 'skip', 'limit'].map(argument)
    if (isPlain(sort))
      cursor.sort(Object.fromEntries(Object.entries(sort).map(([key, direction]) => [key, Number(direction) < 0 ? -1 : 1])))
    if (skip !== undefined) cursor.skip(Number(skip))
    if (Number(limit ?? 0) !== 0) cursor.limit(Math.abs(Number(limit)))
    return cursor.all()
  }

  aggregated(pipeline: readonly unknown[]): LiveDocument[] {
    const stages = pipeline.map(record)
    const last = stages.at(-1) ?? {}
    const run = (some: LiveDocument[]): LiveDocument[] => {
      const at = some.findLastIndex((stage) => '$project' in stage)
      const [before, after] = [some.slice(0, at + 1), some.slice(at + 1)]
      const options = { collectionResolver: (name: string) => documentsOf(this.#database, name) }
      const projected =
        at < 0
          ? this.#documents
          : (aggregate(this.#documents, before, options) as LiveDocument[]).map((one) => inOrderOf(record(some[at].$project), one))
      return aggregate(projected, after, options) as LiveDocument[]
    }
    const known =
      /^\$(addFields|bucket|bucketAuto|count|densify|documents|facet|fill|graphLookup|group|limit|lookup|match|out|merge|project|redact|replaceRoot|replaceWith|sample|set|setWindowFields|skip|sort|sortByCount|unionWith|unset|unwind)$/
    for (const stage of stages) {
      const [name = ''] = Object.keys(stage)
      if (!known.test(name)) throw new ServerError(`Unrecognized pipeline stage name: '${name}'`, 'Location40324')
    }
    if ('$merge' in last) throw new NotSimulated('$merge')
    if (!('$out' in last)) return run(stages)
    const target = isPlain(last.$out) ? String(last.$out.coll) : String(last.$out)
    this.#database.collections[target] = run(stages.slice(0, -1)).map((one) => kept(one) as Document)
    return []
  }

  call(verb: string, [first, second, third]: readonly unknown[]): unknown {
    switch (verb) {
      case 'findOne':
        return this.found(first, second, [])[0] ?? null
      case 'insertOne':
        return { acknowledged: true, insertedId: this.#insert(first) }
      case 'insertMany':
      case 'insert':
        return {
          acknowledged: true,
          insertedIds: Object.fromEntries((Array.isArray(first) ? first : [first]).map((one, at) => [String(at), this.#insert(one)])),
        }
      case 'save':
        return isPlain(first) && '_id' in first
          ? this.#updated({ _id: first._id }, first, { upsert: true }, 'replace')
          : { acknowledged: true, insertedId: this.#insert(first) }
      case 'updateOne':
        return this.#updated(first, second, third, 'one')
      case 'updateMany':
        return this.#updated(first, second, third, 'many')
      case 'update':
        return this.#updated(
          first,
          second,
          third,
          isPlain(third) && third.multi === true ? 'many' : hasOperators(second) ? 'one' : 'replace',
        )
      case 'replaceOne':
        return this.#updated(first, second, third, 'replace')
      case 'deleteOne':
        return { acknowledged: true, deletedCount: this.#remove(first, 1).length }
      case 'deleteMany':
      case 'remove':
        return { acknowledged: true, deletedCount: this.#remove(first, isPlain(second) && second.justOne === true ? 1 : Infinity).length }
      case 'findOneAndUpdate':
      case 'findOneAndReplace':
      case 'findOneAndDelete':
      case 'findAndModify':
        return this.#foundAnd(verb, first, second, third)
      case 'countDocuments':
      case 'count':
      case 'estimatedDocumentCount':
        return this.found(first, undefined, []).length
      case 'distinct':
        return aggregate(this.#documents, [
          { $match: record(second) },
          { $unwind: { path: `$${String(first)}` } },
          { $group: { _id: `$${String(first)}` } },
          { $sort: { _id: 1 } },
        ]).map(({ _id }) => _id)
      case 'drop': {
        const isThere = this.#name in this.#database.collections
        delete this.#database.collections[this.#name]
        delete this.#database.indexes[this.#name]
        return isThere
      }
      case 'renameCollection': {
        this.#database.collections[String(first)] = this.#database.collections[this.#name] ?? []
        delete this.#database.collections[this.#name]
        return { ok: 1 }
      }
      case 'createIndex':
      case 'ensureIndex':
        return this.#createIndex(first, second)
      case 'createIndexes':
        return (Array.isArray(first) ? first : []).map((one) => this.#createIndex(one, second))
      case 'getIndexes':
        return this.#name in this.#database.collections
          ? [
              { v: 2, key: { _id: 1 }, name: '_id_' },
              ...this.#indexes().map(({ key, name, unique }) => ({ v: 2, key, name, ...(unique && { unique }) })),
            ]
          : []
      case 'dropIndex': {
        const wanted = isPlain(first) ? indexName(first) : String(first)
        const all = this.#indexes()
        if (!all.some(({ name }) => name === wanted)) throw new ServerError(`index not found with name [${wanted}]`, 'IndexNotFound')
        this.#database.indexes[this.#name] = all.filter(({ name }) => name !== wanted)
        return { nIndexesWas: all.length + 1, ok: 1 }
      }
      case 'dropIndexes': {
        const count = this.#indexes().length + 1
        this.#database.indexes[this.#name] = []
        return { nIndexesWas: count, msg: 'non-_id indexes dropped for collection', ok: 1 }
      }
      default:
        throw new NotSimulated(`db.${this.#name}.${verb}()`)
    }
  }

  #indexes(): Index[] {
    return this.#database.indexes[this.#name] ?? []
  }

  #createIndex(key: unknown, options: unknown): string {
    if (!isPlain(key) || Object.keys(key).length === 0) throw new ServerError('Index keys cannot be an empty object', 'CannotCreateIndex')
    const settings = record(options)
    const name = settings.name === undefined ? indexName(key) : String(settings.name)
    const index: Index = {
      key: Object.fromEntries(Object.entries(key).map(([field, how]) => [field, typeof how === 'number' ? how : String(how)])),
      name,
      ...(settings.unique === true && { unique: true }),
    }
    if (index.unique) for (const one of this.#documents) this.#checkUnique(index, one)
    this.#database.collections[this.#name] ??= []
    this.#database.indexes[this.#name] = [...this.#indexes().filter((one) => one.name !== name), index]
    return name
  }

  #checkUnique({ key, name }: Index, document: LiveDocument): void {
    const values = Object.fromEntries(Object.keys(key).map((field) => [field, valueAt(document, field)]))
    const isSame = (other: LiveDocument): boolean =>
      other !== document &&
      Object.entries(values).every(([field, value]) => JSON.stringify(kept(valueAt(other, field))) === JSON.stringify(kept(value)))
    if (this.#documents.some(isSame))
      throw new ServerError(
        `E11000 duplicate key error collection: ${this.#database.name}.${this.#name} index: ${name} dup key: ${inspected(kept(values)).replaceAll("'", '"')}`,
      )
  }

  /** Refuses what an index refuses, then keeps the documents. */
  #keep(documents: readonly LiveDocument[], touched: readonly LiveDocument[]): void {
    for (const one of touched)
      for (const index of [{ key: { _id: 1 }, name: '_id_' }, ...this.#indexes().filter(({ unique }) => unique)])
        this.#checkUnique(index, one)
    this.#database.collections[this.#name] = documents.map((one) => kept(one) as Document)
  }

  #insert(given: unknown): unknown {
    if (!isPlain(given)) throw new ServerError('argument must be an object', 'TypeMismatch')
    const document: LiveDocument = '_id' in given ? { ...given } : { _id: new ObjectId(this.#making.id()), ...given }
    this.#documents.push(document)
    try {
      this.#keep(this.#documents, [document])
    } catch (error) {
      this.#documents.pop()
      throw error
    }
    return document._id
  }

  #updated(filter: unknown, change: unknown, options: unknown, how: 'one' | 'many' | 'replace'): unknown {
    if (how === 'replace' ? hasOperators(change) : !Array.isArray(change) && !hasOperators(change))
      throw new ServerError(
        how === 'replace' ? 'Replacement document must not contain atomic operators' : 'Update document requires atomic operators',
      )
    const settings = record(options)
    const hits = this.found(filter, undefined, []).slice(0, how === 'many' ? undefined : 1)
    if (hits.length === 0) {
      if (settings.upsert !== true) return { acknowledged: true, insertedId: null, matchedCount: 0, modifiedCount: 0, upsertedCount: 0 }
      const base = Object.fromEntries(Object.entries(record(filter)).filter(([key, value]) => !key.startsWith('$') && !isPlain(value)))
      const made: LiveDocument = how === 'replace' ? { ...base, ...record(change) } : base
      if (how !== 'replace') this.#change([made], change, settings, true)
      return { acknowledged: true, insertedId: this.#insert(made), matchedCount: 0, modifiedCount: 0, upsertedCount: 1 }
    }
    const ids = new Set(hits.map(({ _id }) => JSON.stringify(kept(_id))))
    const touched = this.#documents.filter(({ _id }) => ids.has(JSON.stringify(kept(_id))))
    const before = touched.map((one) => JSON.stringify(kept(one)))
    if (how === 'replace')
      for (const one of touched) {
        for (const key of Object.keys(one)) if (key !== '_id') delete one[key]
        Object.assign(one, { ...record(change), _id: one._id })
      }
    else this.#change(touched, change, settings, false)
    this.#keep(this.#documents, touched)
    return {
      acknowledged: true,
      insertedId: null,
      matchedCount: touched.length,
      modifiedCount: touched.filter((one, at) => JSON.stringify(kept(one)) !== before[at]).length,
      upsertedCount: 0,
    }
  }

  #change(documents: LiveDocument[], change: unknown, settings: LiveDocument, isInsert: boolean): void {
    const config = Array.isArray(settings.arrayFilters) ? { arrayFilters: settings.arrayFilters.map(record) } : {}
    if (Array.isArray(change)) {
      updateMany(documents, {}, change as Parameters<typeof updateMany>[2], config)
      return
    }
    const { $setOnInsert, ...operators } = record(change)
    const all = isInsert && isPlain($setOnInsert) ? { ...operators, $set: { ...record(operators.$set), ...$setOnInsert } } : operators
    for (const one of documents) if (Object.keys(all).length > 0) updateOne([one], {}, all, config)
  }

  #remove(filter: unknown, most: number): LiveDocument[] {
    const hits = this.found(filter, undefined, []).slice(0, most)
    const ids = new Set(hits.map(({ _id }) => JSON.stringify(kept(_id))))
    this.#keep(
      this.#documents.filter(({ _id }) => !ids.has(JSON.stringify(kept(_id)))),
      [],
    )
    return hits
  }

  #foundAnd(verb: string, filter: unknown, change: unknown, options: unknown): unknown {
    const query = verb === 'findAndModify' ? record(filter) : undefined
    const [where, what, settings] = query
      ? [query.query, query.update, record(query)]
      : [filter, change, record(verb === 'findOneAndDelete' ? change : options)]
    const [before] = this.found(where, undefined, isPlain(settings.sort) ? [{ name: 'sort', args: [kept(settings.sort)] }] : [])
    if (verb === 'findOneAndDelete' || query?.remove === true) return before ? (this.#remove({ _id: before._id }, 1)[0] ?? null) : null
    const old = before && live(kept(before))
    const answer = this.#updated(before ? { _id: before._id } : where, what, settings, verb === 'findOneAndReplace' ? 'replace' : 'one')
    const wantsNew = settings.returnDocument === 'after' || settings.returnNewDocument === true || settings.new === true
    if (!wantsNew) return old ?? null
    const id = before ? before._id : record(answer).insertedId
    return documentsOf(this.#database, this.#name).find(({ _id }) => JSON.stringify(kept(_id)) === JSON.stringify(kept(id))) ?? null
  }
}

/** mingo puts what is computed first; the server keeps the order of the projection. */
function inOrderOf(projection: LiveDocument, document: LiveDocument): LiveDocument {
  const places = ['_id', ...Object.keys(projection)].map((key) => key.split('.')[0])
  const place = (key: string): number => (places.includes(key) ? places.indexOf(key) : places.length)
  return Object.fromEntries(Object.entries(document).sort(([a], [b]) => place(a) - place(b)))
}

function documentsOf({ collections }: Database, name: string): LiveDocument[] {
  return (collections[name] ?? []).map((one) => record(live(one)))
}

function hasOperators(change: unknown): boolean {
  return isPlain(change) && Object.keys(change).some((key) => key.startsWith('$'))
}

function indexName(key: Plain): string {
  return Object.entries(key)
    .map(([field, how]) => `${field}_${String(how)}`)
    .join('_')
}

function valueAt(document: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, key) => (isPlain(value) ? value[key] : Array.isArray(value) ? value[Number(key)] : undefined), document)
}
