/**
 * mongodump, mongorestore, mongoexport and mongoimport. What a dump's `.bson` files hold is extended JSON, a document a line: the real tools cannot
 * read them. Archives and gzip are not simulated.
 */
import { textOf } from '../../../base/bytes.ts'
import { UnixError } from '../../../unix/errors.ts'
import { type Blocking, err, out, type Process, type Program, readAll } from '../../../unix/kernel/process.ts'
import { isAddress, lookup } from '../../../unix/network/names.ts'
import type { Call } from './collections.ts'
import type { Special, Value } from './literals.ts'
import type { Answer, Question } from './protocol.ts'

class Failure extends Error {}

interface Given {
  readonly flags: ReadonlyMap<string, string>
  readonly operands: readonly string[]
}

const short: Readonly<Record<string, string>> = {
  h: 'host',
  u: 'username',
  p: 'password',
  d: 'db',
  c: 'collection',
  o: 'out',
  q: 'query',
  f: 'fields',
}
const switches = ['drop', 'quiet', 'jsonArray', 'pretty', 'headerline', 'gzip', 'archive', 'upsert', 'version', 'v', 'vv', 'stopOnError']

function given(args: readonly string[]): Given {
  const flags = new Map<string, string>()
  const operands: string[] = []
  for (let at = 0; at < args.length; at++) {
    const [, name, inline] = /^--?([\w]+)(?:=(.*))?$/s.exec(args[at]) ?? []
    if (name === undefined) operands.push(args[at])
    else flags.set(short[name] ?? name, inline ?? (switches.includes(name) ? '' : (args[++at] ?? '')))
  }
  const [, user, password, host, port, database] =
    /^mongodb:\/\/(?:([^:@/]*):([^@/]*)@)?([^:/?]+)(?::(\d+))?(?:\/([^?]*))?/.exec(
      flags.get('uri') ?? operands.find((one) => one.startsWith('mongodb://')) ?? '',
    ) ?? []
  for (const [name, value] of Object.entries({ username: user, password, host, port, db: database }))
    if (value && !flags.has(name)) flags.set(name, value)
  return { flags, operands: operands.filter((one) => !one.startsWith('mongodb://')) }
}

type Ask = (database: string, more: Partial<Question>) => Blocking<Answer>

function tool(name: string, run: (process: Process, all: Given, ask: Ask) => Blocking<void>): Program {
  return function* (process) {
    const all = given(process.argv.slice(1))
    const { flags } = all
    const fail = function* (text: string): Blocking<number> {
      yield* say(process, `Failed: ${text}`)
      return 1
    }
    if (flags.has('version')) {
      yield* out(process, `${name} version: 100.13.0\n`)
      return 0
    }
    if (flags.has('gzip') || flags.has('archive')) return yield* fail('--gzip and --archive are not simulated in this sandbox')
    const host = (flags.get('host') ?? '127.0.0.1').replace(/:\d+$/, '')
    const port = Number(flags.get('port') ?? /:(\d+)$/.exec(flags.get('host') ?? '')?.[1] ?? 27_017)
    try {
      const [ip] = isAddress(host) || host === 'localhost' ? [host === 'localhost' ? '127.0.0.1' : host] : yield* lookup(process, host)
      const connection = process.net.connect({ ip, port })
      const ask: Ask = function* (database, more) {
        connection.outgoing.write(
          `${JSON.stringify({ user: flags.get('username'), password: flags.get('password'), database, ...more })}\n`,
        )
        let got = ''
        while (!got.includes('\n')) {
          if (connection.incoming.isOver) throw new Failure('connection closed')
          yield { on: [connection.incoming.readable] }
          got += textOf(connection.incoming.readAll())
        }
        const answer = JSON.parse(got) as Answer
        if (answer.error !== undefined) throw new Failure(answer.error.replace(/^MongoServerError(?:\[\w+\])?: /, ''))
        return answer
      }
      try {
        yield* run(process, all, ask)
        return 0
      } finally {
        connection.outgoing.end()
      }
    } catch (error) {
      if (error instanceof Failure) return yield* fail(error.message)
      if (error instanceof UnixError)
        return yield* fail(
          `can't create session: failed to connect to mongodb://${host}:${port}/: server selection error: server selection timeout, current topology: { Type: Single, Servers: [{ Addr: ${host}:${port}, Type: Unknown, Last error: ${error.words} }, ] }`,
        )
      throw error
    }
  }
}

function say(process: Process, text: string): Blocking<void> {
  return err(process, `${new Date(process.now()).toISOString().replace('Z', '+0000')}\t${text}\n`)
}

const counted = (count: number, word = 'document'): string => `${count} ${word}${count === 1 ? '' : 's'}`

function* documents(ask: Ask, database: string, collection: string, query?: string): Blocking<readonly Value[]> {
  const { value } = yield* ask(database, {
    collection,
    calls: [{ name: 'find', args: query === undefined ? [] : [fromExtended(JSON.parse(query) as Value)] }],
  })
  return Array.isArray(value) ? (value as readonly Value[]) : []
}

function* insert(ask: Ask, database: string, collection: string, all: readonly Value[]): Blocking<void> {
  if (all.length > 0) yield* ask(database, { collection, calls: [{ name: 'insertMany', args: [all] }] })
}

function* names(ask: Ask, database: string, text: string): Blocking<readonly string[]> {
  const { shown = '' } = yield* ask(database, { text })
  return shown
    .split('\n')
    .map((line) => line.split(/\s+/)[0])
    .filter((one) => one !== '')
}

export const mongodump = tool('mongodump', function* (process, { flags }, ask) {
  const folder = flags.get('out') ?? 'dump'
  const databases = flags.has('db')
    ? [flags.get('db') ?? '']
    : (yield* names(ask, 'test', 'show dbs')).filter((one) => !['admin', 'config', 'local'].includes(one))
  for (const database of databases) {
    const collections = flags.has('collection') ? [flags.get('collection') ?? ''] : yield* names(ask, database, 'show collections')
    for (const collection of collections) {
      const path = `${folder}/${database}/${collection}.bson`
      yield* say(process, `writing ${database}.${collection} to ${path}`)
      const all = yield* documents(ask, database, collection, flags.get('query'))
      process.files.mkdir(process.path(`${folder}/${database}`), { parents: true })
      process.files.writeFile(process.path(path), all.map((one) => `${JSON.stringify(extended(one))}\n`).join(''))
      const { value } = yield* ask(database, { collection, calls: [{ name: 'getIndexes', args: [] }] })
      process.files.writeFile(
        process.path(path.replace(/bson$/, 'metadata.json')),
        JSON.stringify({ indexes: value, collectionName: collection, type: 'collection' }),
      )
      yield* say(process, `done dumping ${database}.${collection} (${counted(all.length)})`)
    }
  }
})

export const mongorestore = tool('mongorestore', function* (process, { flags, operands }, ask) {
  const root = operands[0] ?? flags.get('dir') ?? 'dump'
  const { files } = process
  if (!files.exists(process.path(root))) throw new Failure(`mongorestore target '${root}' invalid: stat ${root}: no such file or directory`)
  yield* say(process, 'preparing collections to restore from')
  const isDatabase = files.list(process.path(root)).some((name) => name.endsWith('.bson'))
  const folders = isDatabase
    ? [[flags.get('db') ?? root.replace(/\/$/, '').replace(/^.*\//, ''), root]]
    : files
        .list(process.path(root))
        .filter((name) => !flags.has('db') || flags.get('db') === name)
        .map((name) => [name, `${root}/${name}`])
  let total = 0
  for (const [database, folder] of folders) {
    for (const name of files.list(process.path(folder)).filter((one) => one.endsWith('.bson'))) {
      const collection = name.slice(0, -5)
      if (flags.has('collection') && flags.get('collection') !== collection) continue
      if (flags.has('drop')) yield* ask(database, { collection, calls: [{ name: 'drop', args: [] }] })
      yield* say(process, `restoring ${database}.${collection} from ${folder}/${name}`)
      const all = linesOf(files.readText(process.path(`${folder}/${name}`)))
      yield* insert(ask, database, collection, all)
      const about = process.path(`${folder}/${collection}.metadata.json`)
      const { indexes } = files.exists(about)
        ? (JSON.parse(files.readText(about)) as {
            readonly indexes: readonly { readonly key: Value; readonly name: string; readonly unique?: boolean }[]
          })
        : { indexes: [] }
      const calls: readonly Call[][] = indexes
        .filter((one) => one.name !== '_id_')
        .map((one) => [{ name: 'createIndex', args: [one.key, { name: one.name, unique: one.unique ?? false }] }])
      for (const one of calls) yield* ask(database, { collection, calls: one })
      yield* say(process, `finished restoring ${database}.${collection} (${counted(all.length)}, 0 failures)`)
      total += all.length
    }
  }
  yield* say(process, `${total} document(s) restored successfully. 0 document(s) failed to restore.`)
})

export const mongoexport = tool('mongoexport', function* (process, { flags }, ask) {
  const collection = flags.get('collection')
  if (collection === undefined) throw new Failure('must specify a collection')
  if (flags.get('type') === 'csv') throw new Failure('--type=csv is not simulated in this sandbox')
  yield* say(process, `connected to: mongodb://${flags.get('host') ?? 'localhost'}/`)
  const all = yield* documents(ask, flags.get('db') ?? 'test', collection, flags.get('query'))
  const lines = all.map((one) => JSON.stringify(extended(one)))
  const text = flags.has('jsonArray') ? `[${lines.join(',\n')}]\n` : lines.map((line) => `${line}\n`).join('')
  const file = flags.get('out')
  if (file === undefined) yield* out(process, text)
  else process.files.writeFile(process.path(file), text, {}, process.credentials)
  yield* say(process, `exported ${all.length} record${all.length === 1 ? '' : 's'}`)
})

export const mongoimport = tool('mongoimport', function* (process, { flags, operands }, ask) {
  const file = flags.get('file') ?? operands[0]
  const collection = flags.get('collection') ?? file?.replace(/^.*\//, '').replace(/\.\w+$/, '')
  if (collection === undefined) throw new Failure('must specify a collection')
  const database = flags.get('db') ?? 'test'
  const text = file === undefined ? textOf(yield* readAll(process, 0)) : process.files.readText(process.path(file), process.credentials)
  yield* say(process, `connected to: mongodb://${flags.get('host') ?? 'localhost'}/`)
  if (flags.has('drop')) {
    yield* say(process, `dropping: ${database}.${collection}`)
    yield* ask(database, { collection, calls: [{ name: 'drop', args: [] }] })
  }
  const type = flags.get('type') ?? 'json'
  if (type !== 'json' && !(type === 'csv' && flags.has('headerline')))
    throw new Failure('only JSON, and CSV with --headerline, are simulated')
  const all =
    type === 'csv'
      ? rowsOf(text)
      : flags.has('jsonArray') || text.trimStart().startsWith('[')
        ? (JSON.parse(text) as Value[]).map(fromExtended)
        : linesOf(text)
  yield* insert(ask, database, collection, all)
  yield* say(process, `${all.length} document(s) imported successfully. 0 document(s) failed to import.`)
})

function linesOf(text: string): Value[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => fromExtended(JSON.parse(line) as Value))
}

function rowsOf(text: string): Value[] {
  const [head = '', ...lines] = text.split(/\r?\n/).filter((line) => line !== '')
  const fields = head.split(',')
  return lines.map((line) =>
    Object.fromEntries(
      line
        .split(',')
        .map((cell, at) => [fields[at] ?? `field${at}`, /^-?\d+(\.\d+)?$/.test(cell) ? Number(cell) : cell.replace(/^"(.*)"$/, '$1')]),
    ),
  )
}

/** MongoDB's extended JSON: `{"$oid": …}`, `{"$date": …}`. */
function extended(value: Value): Value {
  if (Array.isArray(value)) return (value as readonly Value[]).map(extended)
  if (typeof value !== 'object' || value === null) return value
  if ('$special' in value) {
    const { $special, of } = value as Special
    return $special === 'ObjectId'
      ? { $oid: of }
      : $special === 'ISODate'
        ? { $date: of }
        : { $regularExpression: { pattern: of, options: '' } }
  }
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, extended(one)]))
}

function fromExtended(value: Value): Value {
  if (Array.isArray(value)) return (value as readonly Value[]).map(fromExtended)
  if (typeof value !== 'object' || value === null) return value
  const { $oid, $date, $numberLong } = value as Readonly<Record<string, Value>>
  if (typeof $oid === 'string') return { $special: 'ObjectId', of: $oid }
  if (typeof $date === 'string') return { $special: 'ISODate', of: new Date($date).toISOString() }
  if (typeof $numberLong === 'string') return Number($numberLong)
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, fromExtended(one)]))
}
