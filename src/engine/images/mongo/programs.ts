/**
 * mongod, its entrypoint and mongosh. mongosh here reads `db.things.find({…})` and its like, not JavaScript; the two speak lines of JSON and no
 * driver can connect. Data is kept in /data/db after every change.
 */
import { textOf } from '../../../base/bytes.ts'
import { WaitQueue } from '../../../base/wait-queue.ts'
import { UnixError } from '../../../unix/errors.ts'
import { executable, found, start } from '../../../unix/kernel/execute.ts'
import { type Blocking, ended, err, out, type Process, type Program, readAll, readFrom, sleep } from '../../../unix/kernel/process.ts'
import { isAddress, lookup } from '../../../unix/network/names.ts'
import type { Connection } from '../../../unix/network/network.ts'
import { type Call, NotSimulated, runChain, ServerError, type Store } from './collections.ts'
import { askSet, type ReplicaSet, setNameOf } from './replica-set.ts'
import { argumentsAt, inspected, NotALiteral, type Value } from './literals.ts'

const dataPath = '/data/db/drydock.json'
const versionOf = ({ env }: Process): string => env.MONGO_VERSION ?? '8.0.15'

interface Kept {
  readonly databases: Store
  readonly users: Readonly<Record<string, string>>
  set?: ReplicaSet
}

interface Question {
  readonly user: string | undefined
  readonly password: string | undefined
  readonly database: string
  readonly text: string
}

interface Answer {
  readonly shown?: string
  readonly error?: string
  readonly database?: string
}

const logged = (process: Process, component: string, id: number, context: string, msg: string, attr?: object): Blocking<void> =>
  out(process, `{"t":{"$date":"${new Date(process.now()).toISOString().replace('Z', '+00:00')}"},"s":"I",  "c":"${component}",${' '.repeat(Math.max(1, 9 - component.length))}"id":${id},${' '.repeat(Math.max(1, 8 - String(id).length))}"ctx":"${context}","msg":"${msg}"${attr ? `,"attr":${JSON.stringify(attr)}` : ''}}\n`)

export const entrypoint: Program = function* (process) {
  let args = process.argv.slice(process.argv[0].endsWith('docker-entrypoint.sh') ? 1 : 0)
  if (args[0]?.startsWith('-')) args = ['mongod', ...args]
  const { env, files } = process
  if (args[0] === 'mongod' && !files.exists(dataPath)) {
    const [user, password] = ['USERNAME', 'PASSWORD'].map((name) => env[`MONGO_INITDB_ROOT_${name}`] ?? (env[`MONGO_INITDB_ROOT_${name}_FILE`] === undefined ? undefined : files.readText(env[`MONGO_INITDB_ROOT_${name}_FILE`]).trim()))
    if ((user === undefined) !== (password === undefined)) {
      yield* err(process, '\nerror: missing \'MONGO_INITDB_ROOT_USERNAME\' or \'MONGO_INITDB_ROOT_PASSWORD\'\n       both must be specified for a user to be created\n\n')
      return 1
    }
    if (!files.exists('/data/db')) files.mkdir('/data/db', { parents: true })
    files.writeFile(dataPath, JSON.stringify({ databases: {}, users: user === undefined ? {} : { [user]: password ?? '' } } satisfies Kept), { mode: 0o600 })
    const folder = '/docker-entrypoint-initdb.d'
    const names = files.exists(folder) ? files.list(folder).filter((name) => /\.(js|sh)$/.test(name)) : []
    if (names.length > 0) {
      const server = start(process, ['mongod', '--bind_ip', '127.0.0.1'])
      yield* sleep(process, 500)
      for (const name of names) {
        yield* out(process, `\n/usr/local/bin/docker-entrypoint.sh: running ${folder}/${name}\n`)
        const signedIn = user === undefined ? [] : ['-u', user, '-p', password ?? '']
        yield* ended(start(process, name.endsWith('.js') ? ['mongosh', ...signedIn, env.MONGO_INITDB_DATABASE ?? 'test', `${folder}/${name}`] : ['bash', `${folder}/${name}`]))
      }
      process.kernel.kill(server, 'TERM')
      yield* ended(server)
      yield* out(process, '\nMongoDB init process complete; ready for start up.\n\n')
    }
  }
  const path = found(process, args[0] ?? '')
  if (path === undefined) {
    yield* err(process, `/usr/local/bin/docker-entrypoint.sh: line 416: exec: ${args[0]}: not found\n`)
    return 127
  }
  const { program, argv } = executable(process, path, args)
  process.argv = argv
  return yield* program(process)
}

export const server: Program = function* (process) {
  const args = process.argv.slice(1)
  if (args.includes('--version')) {
    yield* out(process, `db version v${versionOf(process)}\nBuild Info: {\n    "version": "${versionOf(process)}",\n    "modules": [],\n    "allocator": "tcmalloc-google",\n    "environment": {\n        "distmod": "ubuntu2404",\n        "distarch": "x86_64",\n        "target_arch": "x86_64"\n    }\n}\n`)
    return 0
  }
  const setName = setNameOf(args)
  const portAt = args.indexOf('--port')
  const port = portAt < 0 ? 27_017 : Number(args[portAt + 1])
  if (!process.files.exists('/data/db')) {
    yield* logged(process, 'CONTROL', 20557, 'initandlisten', 'DBException in initAndListen, terminating', { error: 'NonExistentPath: Data directory /data/db not found. Create the missing directory or specify another path using (1) the --dbpath command line option, or (2) by adding the \'storage.dbPath\' option in the configuration file.' })
    return 100
  }
  const kept: Kept = process.files.exists(dataPath) ? (JSON.parse(process.files.readText(dataPath)) as Kept) : { databases: {}, users: {} }
  const news = new WaitQueue()
  const clients = new Map<Connection, string>()
  let isEnding = false
  for (const signal of ['TERM', 'INT'] as const) process.handlers.set(signal, () => {
    isEnding = true
    news.wake()
  })
  process.memoryBytes = 90_000_000
  yield* logged(process, 'CONTROL', 23285, 'main', "Automatically disabling TLS 1.0, to force-enable TLS 1.0 specify --sslDisabledProtocols 'none'")
  yield* logged(process, 'CONTROL', 4615611, 'initandlisten', 'MongoDB starting', { pid: process.pid, port, dbPath: '/data/db', architecture: '64-bit', host: process.namespaces.uts.hostname })
  yield* logged(process, 'CONTROL', 23403, 'initandlisten', 'Build Info', { buildInfo: { version: versionOf(process) } })
  let stop
  try {
    stop = process.net.listen(port, { accept(connection) {
      clients.set(connection, '')
      connection.incoming.readable.each(() => news.wake())
      news.wake()
    } }, { owner: process.hostPid })
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    yield* logged(process, 'CONTROL', 20568, 'initandlisten', 'Error setting up listener', { error: { code: 9001, codeName: 'SocketException', errmsg: `${error.words}` } })
    return 48
  }
  try {
    yield* logged(process, 'NETWORK', 23015, 'listener', 'Listening on', { address: '0.0.0.0' })
    yield* logged(process, 'NETWORK', 23016, 'listener', 'Waiting for connections', { port, ssl: 'off' })
    while (!isEnding) {
      for (const [connection, before] of clients) {
        const { incoming, outgoing } = connection
        let rest = before + textOf(incoming.readAll())
        if (rest !== '' && !rest.startsWith('{')) {
          // A driver: its protocol is not simulated, and it notices that we hang up.
          clients.delete(connection)
          outgoing.end()
          yield* logged(process, 'NETWORK', 22988, 'conn1', "Error receiving request from client: MongoDB's wire protocol is not simulated in this sandbox. Ending connection from remote", { remote: `${connection.remote.ip}:${connection.remote.port}` })
          continue
        }
        for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
          outgoing.write(`${JSON.stringify(answered(process, kept, JSON.parse(rest.slice(0, end)) as Question, setName))}\n`)
          rest = rest.slice(end + 1)
        }
        clients.set(connection, rest)
        if (incoming.isOver) {
          clients.delete(connection)
          outgoing.end()
        }
      }
      yield { on: [news] }
    }
    yield* logged(process, 'CONTROL', 23377, 'SignalHandler', 'Received signal', { signal: 15, error: 'Terminated' })
    yield* logged(process, 'CONTROL', 23138, 'SignalHandler', 'Shutting down', { exitCode: 0 })
    return 0
  } finally {
    stop()
    for (const connection of clients.keys()) connection.outgoing.end()
  }
}

function answered(process: Process, kept: Kept, { user, password, database, text }: Question, setName: string | undefined): Answer {
  const { databases, users } = kept
  if (user !== undefined && users[user] !== password) return { error: 'MongoServerError: Authentication failed.' }
  if (text === '') return { database }
  if (Object.keys(users).length > 0 && user === undefined && text !== 'db') return { error: 'MongoServerError[Unauthorized]: command requires authentication' }
  const line = text.trim().replace(/;$/, '')
  const make = { id: () => process.kernel.random.hex(24), now: new Date(process.now()).toISOString() }
  const save = (): void => process.files.writeFile(dataPath, JSON.stringify(kept), { mode: 0o600 })
  const words = /^(show|use)\s+([\w-]+)$/.exec(line)
  if (words?.[1] === 'use') return { shown: words[2] === database ? `already on db ${database}` : `switched to db ${words[2]}`, database: words[2] }
  if (words?.[2] === 'dbs' || words?.[2] === 'databases') return { shown: [...['admin', 'config', 'local'].map((name) => [name, '40.00 KiB']), ...Object.entries(databases).filter(([, all]) => Object.keys(all).length > 0).map(([name]) => [name, '72.00 KiB'])].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, size], _, all) => `${name.padEnd(Math.max(...all.map(([one]) => one.length)))}  ${size}`).join('\n') }
  if (words?.[2] === 'collections' || words?.[2] === 'tables') return { shown: Object.keys(databases[database] ?? {}).sort().join('\n') }
  if (line === 'db' || line === 'db.getName()') return { shown: database }
  if (line === 'db.version()') return { shown: versionOf(process) }
  const aboutSet = askSet(process, line, setName, kept.set)
  if (aboutSet) {
    if (aboutSet.made) {
      kept.set = aboutSet.made
      save()
    }
    return { shown: aboutSet.shown, error: aboutSet.error }
  }
  if (/^db\.(getSiblingDB|getMongo)/.test(line) || /^(rs|sh)\./.test(line)) return { error: `MongoshUnimplementedError: ${line.replace(/\(.*$/s, '()')} is not simulated in this sandbox` }
  if (/^db\.(adminCommand|runCommand)\(\s*(['"]ping['"]|\{\s*['"]?ping['"]?\s*:\s*1\s*\})\s*\)(\.ok)?$/.test(line)) return { shown: line.endsWith('.ok') ? '1' : '{ ok: 1 }' }
  if (line === 'db.dropDatabase()') {
    delete databases[database]
    save()
    return { shown: `{ ok: 1, dropped: '${database}' }` }
  }
  if (line === 'db.getCollectionNames()') return { shown: inspected(Object.keys(databases[database] ?? {}).sort()) }
  const created = /^db\.createCollection\(\s*['"](\w+)['"]/.exec(line)
  if (created) {
    const collections = (databases[database] ??= {})
    if (collections[created[1]]) return { error: `MongoServerError[NamespaceExists]: Collection ${database}.${created[1]} already exists.` }
    collections[created[1]] = []
    save()
    return { shown: '{ ok: 1 }' }
  }
  const head = /^db(?:\.getCollection\(\s*['"]([\w.-]+)['"]\s*\)|\[\s*['"]([\w.-]+)['"]\s*\]|\.([\w-]+))(?=\.)/.exec(line)
  if (!head) return { error: /^[A-Za-z_]\w*$/.test(line) ? `ReferenceError: ${line} is not defined` : 'MongoshUnimplementedError: this mongosh reads db.COLLECTION.METHOD(…) and show/use, not JavaScript' }
  try {
    const calls: Call[] = []
    let at = head[0].length
    while (at < line.length) {
      const name = /^\s*\.(\w+)\s*(?=\()/.exec(line.slice(at))
      if (!name) throw new NotALiteral()
      const { values, end } = argumentsAt(line, at + name[0].length, make)
      calls.push({ name: name[1], args: values })
      at = end
    }
    const value = runChain((databases[database] ??= {}), head[1] ?? head[2] ?? head[3], calls, make)
    if (!/^(find|count|distinct|estimated)/.test(calls[0].name)) save()
    return { shown: calls[0].name === 'find' && Array.isArray(value) && (value as readonly Value[]).length === 0 ? '' : typeof value === 'string' ? value : inspected(value) }
  } catch (error) {
    if (error instanceof NotALiteral) return { error: 'MongoshUnimplementedError: the arguments must be plain values: this mongosh does not run JavaScript' }
    if (error instanceof NotSimulated) return { error: `MongoshUnimplementedError: ${error.message} is not simulated in this sandbox` }
    if (error instanceof ServerError) return { error: `MongoServerError: ${error.message}` }
    throw error
  }
}

export const shell: Program = function* (process) {
  const args = process.argv.slice(1)
  let [host, port, database] = ['127.0.0.1', 27_017, 'test']
  let [user, password, code] = [undefined as string | undefined, undefined as string | undefined, undefined as string | undefined]
  let isQuiet = false
  const files: string[] = []
  for (let at = 0; at < args.length; at++) {
    const [flag, inline] = args[at].startsWith('--') ? args[at].split(/=(.*)/s) : [args[at]]
    const value = (): string => inline ?? args[++at] ?? ''
    if (flag === '--version') {
      yield* out(process, '2.5.8\n')
      return 0
    }
    if (flag === '--host' || flag === '-h') [host, port] = [value().split(':')[0], port]
    else if (flag === '--port') port = Number(value())
    else if (flag === '-u' || flag === '--username') user = value()
    else if (flag === '-p' || flag === '--password') password = value()
    else if (flag === '--eval') code = `${code === undefined ? '' : `${code};`}${value()}`
    else if (flag === '--quiet') isQuiet = true
    else if (flag === '--authenticationDatabase') value()
    else if (flag.startsWith('mongodb://')) {
      const [, name, secret, where, place, base] = /^mongodb:\/\/(?:([^:@/]*):([^@/]*)@)?([^:/?]+)(?::(\d+))?(?:\/([^?]*))?/.exec(flag) ?? []
      ;[user, password, host, port, database] = [name ?? user, secret ?? password, where ?? host, Number(place ?? port), base || database]
    } else if (flag.endsWith('.js')) files.push(flag)
    else if (!flag.startsWith('-')) database = flag.replace(/^.*\//, '')
  }
  let connection: Connection
  try {
    const [ip] = isAddress(host) ? [host] : yield* lookup(process, host)
    connection = process.net.connect({ ip, port })
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    if (error.errno === 'ETIMEDOUT') yield* sleep(process, 30_000)
    yield* err(process, `MongoNetworkError: ${error.errno === 'ENOTFOUND' || error.errno === 'EAGAIN' ? `getaddrinfo ENOTFOUND ${host}` : `connect ${error.errno} ${host}:${port}`}\n`)
    return 1
  }
  const ask = function* (text: string): Blocking<Answer> {
    connection.outgoing.write(`${JSON.stringify({ user, password, database, text })}\n`)
    let got = ''
    for (;;) {
      got += textOf(connection.incoming.readAll())
      if (got.includes('\n')) return JSON.parse(got) as Answer
      if (connection.incoming.isOver) return { error: 'MongoNetworkError: connection closed' }
      yield { on: [connection.incoming.readable] }
    }
  }
  const perform = function* (text: string): Blocking<boolean> {
    const printed = /^print(?:json)?\((.*)\)$/s.exec(text.trim())
    const { shown, error, database: next } = yield* ask(printed && /^db\b/.test(printed[1]) ? printed[1] : text)
    if (next !== undefined) database = next
    if (error !== undefined) yield* err(process, `${error}\n`)
    else if (shown !== undefined && shown !== '') yield* out(process, `${shown}\n`)
    return error === undefined
  }
  try {
    const hello = yield* ask('')
    if (hello.error !== undefined) {
      yield* err(process, `${hello.error}\n`)
      return 1
    }
    if (code !== undefined || files.length > 0 || process.file(0).kind !== 'terminal') {
      const text = [...(code === undefined ? [] : [code]), ...files.map((file) => process.files.readText(process.path(file))), ...(code === undefined && files.length === 0 ? [textOf(yield* readAll(process, 0))] : [])].join('\n')
      for (const statement of statementsOf(text)) if (!(yield* perform(statement))) return 1
      return 0
    }
    if (!isQuiet) yield* out(process, `Current Mongosh Log ID:\t${process.kernel.random.hex(24)}\nConnecting to:\t\tmongodb://${host}:${port}/?directConnection=true&serverSelectionTimeoutMS=2000&appName=mongosh+2.5.8\nUsing MongoDB:\t\t${versionOf(process)}\nUsing Mongosh:\t\t2.5.8\n\nFor mongosh info see: https://www.mongodb.com/docs/mongodb-shell/\n\n`)
    let [rest, buffer] = ['', '']
    for (;;) {
      yield* out(process, buffer === '' ? `${database}> ` : '... ')
      while (!rest.includes('\n')) {
        const bytes = yield* readFrom(process, 0)
        if (bytes.length === 0) return 0
        rest += textOf(bytes)
      }
      buffer += `${rest.slice(0, rest.indexOf('\n'))}\n`
      rest = rest.slice(rest.indexOf('\n') + 1)
      if (/^\s*(exit|quit)(\(\))?;?\s*$/.test(buffer)) return 0
      const opens = buffer.match(/[({[]/g)?.length ?? 0
      if (opens > (buffer.match(/[)}\]]/g)?.length ?? 0)) continue
      for (const statement of statementsOf(buffer)) yield* perform(statement)
      buffer = ''
    }
  } finally {
    connection.outgoing.end()
  }
}

/** Parts at semicolons and line ends outside of brackets and quotes. */
function statementsOf(text: string): string[] {
  const statements: string[] = []
  let [depth, start, quote] = [0, 0, '']
  const clean = text.replace(/^\s*\/\/.*$/gm, '').replace(/\/\*.*?\*\//gs, '')
  for (let at = 0; at <= clean.length; at++) {
    const letter = clean[at] ?? '\n'
    if (quote !== '') {
      if (letter === '\\') at++
      else if (letter === quote) quote = ''
    } else if (/["'`]/.test(letter)) quote = letter
    else if (/[({[]/.test(letter)) depth++
    else if (/[)}\]]/.test(letter)) depth--
    else if (depth === 0 && (letter === ';' || (letter === '\n' && !/^\s*\./.test(clean.slice(at + 1))))) {
      statements.push(clean.slice(start, at).trim())
      start = at + 1
    }
  }
  return statements.filter((one) => one !== '')
}
