/** What mongod answers: `db.things.find({…})` and its like as mongosh sends them in text, and calls that drivers have already taken apart. */
import type { Process } from '../../../unix/kernel/process.ts'
import { type Call, NotSimulated, runChain, ServerError } from './collections.ts'
import { argumentsAt, inspected, NotALiteral, type Value } from './literals.ts'
import { type Answer, databaseOf, dataPath, type Kept, type Question, versionOf } from './protocol.ts'
import { askSet } from './replica-set.ts'

export interface Mongod {
  readonly process: Process
  readonly kept: Kept
  readonly setName: string | undefined
  readonly hasAuth: boolean
}

const readOnly = /^(find|findOne|aggregate|count|countDocuments|distinct|estimatedDocumentCount|getIndexes)$/

export function answered(mongod: Mongod, question: Question): Answer {
  const { kept, hasAuth } = mongod
  const { user, password, database, text, collection, calls } = question
  if (user !== undefined && kept.users[user] !== password) return { error: 'MongoServerError: Authentication failed.' }
  if (text === '') return { database }
  if (hasAuth && user === undefined && text !== 'db')
    return { error: `MongoServerError[Unauthorized]: Command ${calls?.[0].name ?? 'find'} requires authentication` }
  try {
    if (collection !== undefined && calls !== undefined) return { value: performed(mongod, database, collection, calls) }
    return toLine(mongod, question, (text ?? '').trim().replace(/;$/, ''))
  } catch (error) {
    if (error instanceof NotALiteral)
      return { error: 'MongoshUnimplementedError: the arguments must be plain values: this mongosh does not run JavaScript' }
    if (error instanceof NotSimulated) return { error: `MongoshUnimplementedError: ${error.message} is not simulated in this sandbox` }
    if (error instanceof ServerError)
      return { error: `MongoServerError${error.codeName === undefined ? '' : `[${error.codeName}]`}: ${error.message}` }
    throw error
  }
}

function save({ process, kept }: Mongod): void {
  process.files.writeFile(dataPath, JSON.stringify(kept), { mode: 0o600 })
}

function performed(mongod: Mongod, database: string, collection: string, calls: readonly Call[]): Value {
  const value = runChain(databaseOf(mongod.kept, database), collection, calls, { id: () => mongod.process.kernel.random.hex(24) })
  if (!readOnly.test(calls[0].name) || JSON.stringify(calls[0].args).includes('"$out"')) save(mongod)
  return value
}

function toLine(mongod: Mongod, { database }: Question, line: string): Answer {
  const { process, kept, setName } = mongod
  const { databases } = kept
  const words = /^(show|use)\s+([\w-]+)$/.exec(line)
  if (words?.[1] === 'use')
    return { shown: words[2] === database ? `already on db ${database}` : `switched to db ${words[2]}`, database: words[2] }
  if (words?.[2] === 'dbs' || words?.[2] === 'databases') return { shown: databaseList(databases) }
  if (words?.[2] === 'collections' || words?.[2] === 'tables')
    return {
      shown: Object.keys(databases[database] ?? {})
        .sort()
        .join('\n'),
    }
  if (line === 'db' || line === 'db.getName()') return { shown: database }
  if (line === 'db.version()') return { shown: versionOf(process) }
  const aboutSet = askSet(process, line, setName, kept.set)
  if (aboutSet) {
    if (aboutSet.made) {
      kept.set = aboutSet.made
      save(mongod)
    }
    return { shown: aboutSet.shown, error: aboutSet.error }
  }
  if (/^db\.getMongo/.test(line) || /^(rs|sh)\./.test(line))
    return { error: `MongoshUnimplementedError: ${line.replace(/\(.*$/s, '()')} is not simulated in this sandbox` }
  const sibling = /^db\.getSiblingDB\(\s*['"]([\w-]+)['"]\s*\)(?=\.)/.exec(line)
  if (sibling) return { ...toLine(mongod, { database: sibling[1] }, `db${line.slice(sibling[0].length)}`), database: undefined }
  if (/^db\.(adminCommand|runCommand)\(\s*(['"]ping['"]|\{\s*['"]?ping['"]?\s*:\s*1\s*\})\s*\)(\.ok)?$/.test(line))
    return { shown: line.endsWith('.ok') ? '1' : '{ ok: 1 }' }
  if (line === 'db.dropDatabase()') {
    delete databases[database]
    save(mongod)
    return { shown: `{ ok: 1, dropped: '${database}' }` }
  }
  if (line === 'db.getCollectionNames()') return { shown: inspected(Object.keys(databases[database] ?? {}).sort()) }
  const make = { id: () => process.kernel.random.hex(24), now: new Date(process.now()).toISOString() }
  if (line === 'show users' || line === 'db.getUsers()')
    return { shown: inspected(line === 'show users' ? usersOf(kept, database) : { users: usersOf(kept, database), ok: 1 }) }
  const onDatabase =
    /^db\.(createCollection|createUser|dropUser|changeUserPassword|updateUser|auth|stats|serverStatus|hello|isMaster)(?=\()/.exec(line)
  if (onDatabase) return aboutDatabase(mongod, database, onDatabase[1], argumentsAt(line, onDatabase[0].length, make).values)
  const head = /^db(?:\.getCollection\(\s*['"]([\w.-]+)['"]\s*\)|\[\s*['"]([\w.-]+)['"]\s*\]|\.([\w-]+))(?=\.)/.exec(line)
  if (!head)
    return {
      error: /^[A-Za-z_]\w*$/.test(line)
        ? `ReferenceError: ${line} is not defined`
        : 'MongoshUnimplementedError: this mongosh reads db.COLLECTION.METHOD(…) and show/use, not JavaScript',
    }
  const { calls, field } = callsOf(line, head[0].length, make)
  const { name: verb } = calls[0]
  const found = performed(mongod, database, head[1] ?? head[2] ?? head[3], calls)
  const value =
    field === undefined
      ? found
      : typeof found === 'object' && found !== null && field in found
        ? (found as Readonly<Record<string, Value>>)[field]
        : ''
  if (calls.at(-1)?.name === 'forEach' && Array.isArray(value))
    return { shown: (value as readonly Value[]).map((one) => inspected(one)).join('\n') }
  const isCursor = (verb === 'find' || verb === 'aggregate') && calls.at(-1)?.name !== 'toArray'
  if (isCursor && Array.isArray(value))
    return { shown: value.length === 0 ? '' : inspected(value.slice(0, 20)) + (value.length > 20 ? '\nType "it" for more' : '') }
  return { shown: typeof value === 'string' ? value : inspected(value) }
}

/** `.find({…}).sort({…})`, and perhaps a field of the answer: `.insertedId`. */
function callsOf(
  line: string,
  from: number,
  make: Parameters<typeof argumentsAt>[2],
): { readonly calls: readonly Call[]; readonly field: string | undefined } {
  const calls: Call[] = []
  let at = from
  while (at < line.length) {
    const rest = line.slice(at)
    const name = /^\s*\.(\w+)\s*(?=\()/.exec(rest)
    const field = /^\s*\.(\w+)\s*$/.exec(rest)
    if (!name && field && calls.length > 0) return { calls, field: field[1] }
    if (!name) throw new NotALiteral()
    const printing = /^\s*\.forEach\(\s*(printjson|print)\s*\)/.exec(rest)
    if (printing) {
      calls.push({ name: 'forEach', args: [] })
      at += printing[0].length
      continue
    }
    const { values, end } = argumentsAt(line, at + name[0].length, make)
    calls.push({ name: name[1], args: values })
    at = end
  }
  return { calls, field: undefined }
}

function databaseList(databases: Kept['databases']): string {
  const rows = [
    ...['admin', 'config', 'local'].map((name) => [name, '40.00 KiB']),
    ...Object.entries(databases)
      .filter(([, all]) => Object.keys(all).length > 0)
      .map(([name]) => [name, '72.00 KiB']),
  ].sort(([a], [b]) => (a < b ? -1 : 1))
  const width = Math.max(...rows.map(([name]) => name.length))
  return rows.map(([name, size]) => `${name.padEnd(width)}  ${size}`).join('\n')
}

function usersOf({ users, roles = {} }: Kept, database: string): Value {
  // Who was there from the start belongs to admin.
  return Object.keys(users)
    .filter((user) => user in roles || database === 'admin')
    .map((user) => ({
      _id: `${database}.${user}`,
      user,
      db: database,
      roles: roles[user] ?? [{ role: 'root', db: 'admin' }],
      mechanisms: ['SCRAM-SHA-1', 'SCRAM-SHA-256'],
    }))
}

function aboutDatabase(mongod: Mongod, database: string, method: string, [first, second]: readonly Value[]): Answer {
  const { kept, process } = mongod
  const { users } = kept
  const collections = kept.databases[database] ?? {}
  const given = typeof first === 'object' && first !== null ? (first as Readonly<Record<string, Value>>) : {}
  const done = (): Answer => {
    save(mongod)
    return { shown: '{ ok: 1 }' }
  }
  switch (method) {
    case 'createCollection':
      if (collections[String(first)]) throw new ServerError(`Collection ${database}.${String(first)} already exists.`, 'NamespaceExists')
      databaseOf(kept, database).collections[String(first)] = []
      return done()
    case 'createUser': {
      const name = String(given.user)
      if (name in users) throw new ServerError(`User "${name}@${database}" already exists`, 'Location51003')
      users[name] = String(given.pwd ?? '')
      const roles = Array.isArray(given.roles) ? (given.roles as readonly Value[]) : []
      ;((kept as { roles?: Record<string, Value> }).roles ??= {})[name] = roles.map((role) =>
        typeof role === 'string' ? { role, db: database } : role,
      )
      return done()
    }
    case 'dropUser':
      if (!(String(first) in users)) throw new ServerError(`User '${String(first)}@${database}' not found`, 'UserNotFound')
      delete users[String(first)]
      return done()
    case 'changeUserPassword':
    case 'updateUser': {
      const name = String(first)
      if (!(name in users)) throw new ServerError(`User '${name}@${database}' not found`, 'UserNotFound')
      users[name] = String(method === 'updateUser' ? ((second as Readonly<Record<string, Value>> | undefined)?.pwd ?? users[name]) : second)
      return done()
    }
    case 'auth': {
      if (users[String(first)] !== String(second)) throw new ServerError('Authentication failed.')
      return { shown: '{ ok: 1 }' }
    }
    case 'stats': {
      const counts = Object.values(collections).map((all) => all.length)
      return {
        shown: inspected({
          db: database,
          collections: counts.length,
          views: 0,
          objects: counts.reduce((sum, one) => sum + one, 0),
          dataSize: JSON.stringify(collections).length,
          indexes: counts.length,
          ok: 1,
        }),
      }
    }
    case 'hello':
    case 'isMaster':
      return {
        shown: inspected({
          isWritablePrimary: true,
          maxBsonObjectSize: 16_777_216,
          maxMessageSizeBytes: 48_000_000,
          maxWriteBatchSize: 100_000,
          readOnly: false,
          ok: 1,
        }),
      }
    default:
      return {
        shown: inspected({
          host: process.namespaces.uts.hostname,
          version: versionOf(process),
          process: 'mongod',
          pid: process.pid,
          uptime: Math.round((process.now() - process.startedAt) / 1_000),
          ok: 1,
        }),
      }
  }
}
