/** MongoDB's data and the calls on a collection that courses make. What is missing throws `NotSimulated`. */
import { isSpecial, type Value } from './literals.ts'

export type Document = { readonly [key: string]: Value }
export type Store = Record<string, Record<string, Document[]>>

export class NotSimulated extends Error {}
export class ServerError extends Error {}

/** One call of a chain: `find({…}).sort({…}).limit(2)`. */
export interface Call {
  readonly name: string
  readonly args: readonly Value[]
}

const isDocument = (value: Value | undefined): value is Document => typeof value === 'object' && value !== null && !Array.isArray(value) && !isSpecial(value)

function at(document: Value | undefined, path: string): Value | undefined {
  return path.split('.').reduce<Value | undefined>((value, key) => (Array.isArray(value) ? (value as readonly Value[])[Number(key)] : isDocument(value) ? value[key] : undefined), document)
}

const same = (a: Value | undefined, b: Value | undefined): boolean => JSON.stringify(a ?? null) === JSON.stringify(b ?? null)

function compared(a: Value | undefined, b: Value | undefined): number {
  const plain = (value: Value | undefined): number | string => (typeof value === 'number' ? value : isSpecial(value) ? value.of : typeof value === 'string' ? value : JSON.stringify(value ?? null))
  const [left, right] = [plain(a), plain(b)]
  return left < right ? -1 : left > right ? 1 : 0
}

export function matches(document: Document, filter: Value | undefined): boolean {
  if (!isDocument(filter)) return true
  return Object.entries(filter).every(([key, wanted]) => {
    if (key === '$and') return (wanted as readonly Value[]).every((one) => matches(document, one))
    if (key === '$or') return (wanted as readonly Value[]).some((one) => matches(document, one))
    if (key.startsWith('$')) throw new NotSimulated(key)
    const found = at(document, key)
    if (isSpecial(wanted) && wanted.$special === 'RegExp') {
      const [, source = '', flags = ''] = /^\/(.*)\/(\w*)$/s.exec(wanted.of) ?? []
      return typeof found === 'string' && new RegExp(source, flags).test(found)
    }
    if (!isDocument(wanted) || !Object.keys(wanted).some((one) => one.startsWith('$'))) return same(found, wanted) || (Array.isArray(found) && (found as readonly Value[]).some((one) => same(one, wanted)))
    return Object.entries(wanted).every(([operator, value]) => {
      switch (operator) {
        case '$eq': return same(found, value)
        case '$ne': return !same(found, value)
        case '$gt': return found !== undefined && compared(found, value) > 0
        case '$gte': return found !== undefined && compared(found, value) >= 0
        case '$lt': return found !== undefined && compared(found, value) < 0
        case '$lte': return found !== undefined && compared(found, value) <= 0
        case '$in': return (value as readonly Value[]).some((one) => same(found, one))
        case '$nin': return !(value as readonly Value[]).some((one) => same(found, one))
        case '$exists': return (found !== undefined) === value
        case '$regex': return typeof found === 'string' && new RegExp(String(value)).test(found)
        default: throw new NotSimulated(operator)
      }
    })
  })
}

function changed(document: Document, update: Value | undefined): Document {
  if (!isDocument(update)) throw new ServerError('Update document requires atomic operators')
  if (!Object.keys(update).some((key) => key.startsWith('$'))) throw new ServerError('Update document requires atomic operators')
  let next: Record<string, Value> = { ...document }
  for (const [operator, fields] of Object.entries(update)) {
    for (const [key, value] of Object.entries(isDocument(fields) ? fields : {})) {
      if (key.includes('.')) throw new NotSimulated('updates of nested fields')
      if (operator === '$set') next[key] = value
      else if (operator === '$unset') next = Object.fromEntries(Object.entries(next).filter(([name]) => name !== key))
      else if (operator === '$inc') next[key] = Number(next[key] ?? 0) + Number(value)
      else if (operator === '$push') next[key] = [...((next[key] ?? []) as readonly Value[]), value]
      else throw new NotSimulated(operator)
    }
  }
  return next
}

export interface Making {
  readonly id: () => string
}

/** Runs a chain on a collection; answers what the shell prints. */
export function runChain(database: Record<string, Document[]>, name: string, calls: readonly Call[], { id }: Making): Value {
  const [{ name: verb, args }, ...rest] = calls
  const documents = database[name] ?? []
  const [first, second, third] = args
  const withId = (document: Value | undefined): Document => {
    if (!isDocument(document)) throw new ServerError('the document must be an object')
    const made: Document = '_id' in document ? document : { _id: { $special: 'ObjectId', of: id() }, ...document }
    if ((database[name] ?? []).some((one) => same(one._id, made._id))) throw new ServerError(`E11000 duplicate key error collection: ${name} index: _id_ dup key`)
    ;(database[name] ??= []).push(made)
    return made
  }
  const update = (isMany: boolean): Value => {
    const hit = documents.filter((one) => matches(one, first)).slice(0, isMany ? undefined : 1)
    let modified = 0
    for (const one of hit) {
      const next = changed(one, second)
      if (!same(next, one)) modified++
      documents[documents.indexOf(one)] = next
    }
    if (hit.length === 0 && isDocument(third) && third.upsert === true) {
      const base = Object.fromEntries(Object.entries(isDocument(first) ? first : {}).filter(([, value]) => !isDocument(value)))
      return { acknowledged: true, insertedId: withId(changed(base, second))._id, matchedCount: 0, modifiedCount: 0, upsertedCount: 1 }
    }
    return { acknowledged: true, insertedId: null, matchedCount: hit.length, modifiedCount: modified, upsertedCount: 0 }
  }
  const remove = (isMany: boolean): Value => {
    const hit = new Set(documents.filter((one) => matches(one, first)).slice(0, isMany ? undefined : 1))
    database[name] = documents.filter((one) => !hit.has(one))
    return { acknowledged: true, deletedCount: hit.size }
  }
  const projected = (document: Document, fields: Value | undefined): Document => {
    if (!isDocument(fields) || Object.keys(fields).length === 0) return document
    const keeps = Object.entries(fields).some(([key, value]) => key !== '_id' && (value === 1 || value === true))
    return Object.fromEntries(Object.entries(document).filter(([key]) => (key === '_id' ? fields._id !== 0 && fields._id !== false : keeps ? fields[key] === 1 || fields[key] === true : fields[key] !== 0 && fields[key] !== false)))
  }
  const only = (): void => {
    if (rest.length > 0) throw new NotSimulated(`.${rest[0].name}() after ${verb}()`)
  }
  if (verb === 'find') {
    let found = documents.filter((one) => matches(one, first)).map((one) => projected(one, second))
    for (const { name: step, args: [arg] } of rest) {
      if (step === 'sort') {
        const [key, direction] = Object.entries(isDocument(arg) ? arg : {})[0] ?? ['_id', 1]
        found = found.toSorted((a, b) => Number(direction) * compared(at(a, key), at(b, key)))
      } else if (step === 'limit') found = found.slice(0, Number(arg))
      else if (step === 'skip') found = found.slice(Number(arg))
      else if (step === 'count') return found.length
      else if (step !== 'toArray' && step !== 'pretty') throw new NotSimulated(`.${step}()`)
    }
    return found
  }
  only()
  switch (verb) {
    case 'findOne': {
      const one = documents.find((document) => matches(document, first))
      return one === undefined ? null : projected(one, second)
    }
    case 'insertOne': case 'save': return { acknowledged: true, insertedId: withId(first)._id }
    case 'insertMany': case 'insert': return { acknowledged: true, insertedIds: Object.fromEntries((Array.isArray(first) ? (first as readonly Value[]) : [first]).map((one, index) => [String(index), withId(one)._id])) }
    case 'updateOne': return update(false)
    case 'updateMany': return update(true)
    case 'deleteOne': return remove(false)
    case 'deleteMany': case 'remove': return remove(true)
    case 'countDocuments': case 'count': case 'estimatedDocumentCount': return documents.filter((one) => matches(one, first)).length
    case 'distinct': return [...new Map(documents.map((one) => [JSON.stringify(at(one, String(first))), at(one, String(first)) ?? null])).values()]
    case 'drop': {
      const isThere = name in database
      delete database[name]
      return isThere
    }
    case 'createIndex': return `${Object.entries(isDocument(first) ? first : {}).map(([key, value]) => `${key}_${String(value)}`).join('_')}`
    default: throw new NotSimulated(`db.${name}.${verb}()`)
  }
}
