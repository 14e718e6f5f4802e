/**
 * mysqld and mariadbd. Clients of the sandbox speak lines of JSON to them, not MySQL's protocol: another client is told so in an error packet.
 * Data is written to the data folder when nobody asks anything for a moment, and when the server stops.
 */
import { bytesOf, joined, textOf } from '../../../base/bytes.ts'
import { WaitQueue } from '../../../base/wait-queue.ts'
import { UnixError } from '../../../unix/errors.ts'
import { type Blocking, out, type Process, type Program, sleep } from '../../../unix/kernel/process.ts'
import type { Connection } from '../../../unix/network/network.ts'
import { listenAt } from '../../../unix/network/unix-socket.ts'
import type { LoadSqlite, SqliteLibrary } from '../sqlite/library.ts'
import { Engine, type Outcome, type Saved, type Session } from './engine.ts'
import { SqlError } from './errors.ts'
import { isMaria, log, serverVersion, started, stopped, versionOf } from './logs.ts'

export const socketPath = '/var/run/mysqld/mysqld.sock'
export const dataPath = '/var/lib/mysql/drydock.json'
const notice =
  'the MySQL protocol is not simulated in this sandbox: use the mysql client of this image, or the drivers of its small registries'
const lockWaitMs = 50_000

/** One line from a client. The first of a connection logs in. */
export interface Question {
  readonly user: string
  readonly password: string
  readonly database?: string
  readonly sql?: string
}

export type Answer =
  | { readonly outcome: Outcome; readonly id?: number }
  | { readonly error: { readonly code: number; readonly state: string; readonly text: string } }

interface Client {
  readonly connection: Connection
  readonly host: string
  rest: string
  session?: Session
  /** When it gives up waiting for another's transaction. */
  waitsUntil?: number
}

export function mysqlServer(load: LoadSqlite): Program {
  return function* (process) {
    const args = process.argv.slice(1)
    if (args.includes('--version') || args.includes('-V')) {
      yield* out(
        process,
        isMaria(process)
          ? `mariadbd  Ver ${serverVersion(process)} for debian-linux-gnu on x86_64 (mariadb.org binary distribution)\n`
          : `/usr/sbin/mysqld  Ver ${versionOf(process)} for Linux on x86_64 (MySQL Community Server - GPL)\n`,
      )
      return 0
    }
    if (!process.files.exists(dataPath)) {
      yield* log(process, '0 [ERROR] [MY-010457] [Server] --initialize specified but the data directory has files in it. Aborting.')
      return 1
    }
    return yield* serve(process, args, yield* loaded(load))
  }
}

function* loaded(load: LoadSqlite): Blocking<SqliteLibrary> {
  let library: SqliteLibrary | undefined
  let failure: { readonly reason: unknown } | undefined
  const loading = load().then(
    (found) => (library = found),
    (reason: unknown) => (failure = { reason }),
  )
  while (!library) {
    if (failure) throw failure.reason
    yield { promise: loading }
  }
  return library
}

function* serve(process: Process, args: readonly string[], library: SqliteLibrary): Blocking<number> {
  const saved = JSON.parse(process.files.readText(dataPath)) as Saved
  const engine = new Engine(
    library,
    {
      version: serverVersion(process),
      isMaria: isMaria(process),
      hostname: process.namespaces.uts.hostname,
      now: () => process.now(),
      random: () => process.kernel.random.next(),
    },
    saved,
  )
  const news = new WaitQueue()
  const clients = new Set<Client>()
  const isLocal = args.includes('--skip-networking')
  const port = isLocal ? 0 : Number(args.map((arg) => /^--port=(\d+)/.exec(arg)?.[1]).find(Boolean) ?? 3306)
  let ending: string | undefined
  let nextId = 8
  process.handlers.set('TERM', () => {
    ending = '<via user signal>'
    news.wake()
  })
  const accept = (connection: Connection, host: string): void => {
    clients.add({ connection, host, rest: '' })
    const text = joined([new Uint8Array([0xff, 0x51, 0x04]), bytesOf(`#08004${notice}`)])
    connection.outgoing.write(joined([new Uint8Array([text.length & 255, text.length >> 8, 0, 0]), text]))
    connection.incoming.readable.each(() => news.wake())
    news.wake()
  }
  const stops = []
  process.memoryBytes = 380_000_000
  let [savedLength, saveAt] = [0, undefined as number | undefined]
  const keep = (): void => {
    const text = JSON.stringify(engine.saved())
    savedLength = text.length
    process.files.writeFile(dataPath, text, { mode: 0o600 })
    engine.isDirty = false
    saveAt = undefined
  }
  const answer = (client: Client, { user, password, database, sql }: Question): Answer => {
    try {
      client.session ??= engine.open(nextId++, user, client.host, password, database)
      if (sql === undefined) return { outcome: { changed: 0 }, id: client.session.id }
      if (/^\s*shutdown\s*;?\s*$/i.test(sql)) {
        ending = user
        return { outcome: { changed: 0 } }
      }
      return { outcome: engine.run(client.session, sql) }
    } catch (error) {
      if (!(error instanceof SqlError)) throw error
      return { error: { code: error.code, state: error.state, text: error.message } }
    }
  }
  try {
    if (!isLocal)
      stops.push(process.net.listen(port, { accept: (connection) => accept(connection, connection.remote.ip) }, { owner: process.hostPid }))
    const folder = '/var/run/mysqld'
    if (!process.files.exists(folder)) process.files.mkdir(folder, { parents: true })
    if (process.files.exists(socketPath)) process.files.unlink(socketPath)
    stops.push(listenAt(process.files, socketPath, { accept: (connection) => accept(connection, 'localhost') }, { mode: 0o777 }))
    if (!args.includes('--quiet')) yield* started(process, port)
    for (;;) {
      let wakeAt: number | undefined
      for (const client of clients) {
        const { incoming, outgoing } = client.connection
        client.rest += textOf(incoming.readAll())
        for (let end = client.rest.indexOf('\n'); end >= 0; end = client.rest.indexOf('\n')) {
          const question = JSON.parse(client.rest.slice(0, end)) as Question
          if (client.session && question.sql !== undefined && engine.mustWait(client.session, question.sql)) {
            client.waitsUntil ??= process.now() + lockWaitMs
            if (process.now() < client.waitsUntil) {
              wakeAt = Math.min(wakeAt ?? Number.POSITIVE_INFINITY, client.waitsUntil)
              break
            }
            outgoing.write(
              `${JSON.stringify({ error: { code: 1205, state: 'HY000', text: 'Lock wait timeout exceeded; try restarting transaction' } } satisfies Answer)}\n`,
            )
          } else {
            const told = answer(client, question)
            if ('outcome' in told && told.outcome.sleepMs) yield* sleep(process, told.outcome.sleepMs)
            outgoing.write(`${JSON.stringify(told)}\n`)
            // Another client's wait may be over.
            news.wake()
          }
          client.waitsUntil = undefined
          client.rest = client.rest.slice(end + 1)
        }
        if (!incoming.isOver) continue
        clients.delete(client)
        if (client.session) engine.close(client.session)
        outgoing.end()
      }
      if (engine.isDirty && !engine.owner) {
        saveAt ??= process.now() + (savedLength > 100_000 ? 500 : 0)
        if (process.now() >= saveAt) keep()
        else wakeAt = Math.min(wakeAt ?? saveAt, saveAt)
      }
      if (ending !== undefined) break
      yield { on: [news], until: wakeAt }
    }
    if (engine.isDirty) keep()
    if (!args.includes('--quiet')) yield* stopped(process, ending)
    return 0
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    yield* log(process, `0 [ERROR] [MY-010262] [Server] Can't start server: Bind on TCP/IP port: ${error.words}`)
    return 1
  } finally {
    for (const stop of stops) stop()
    for (const { connection } of clients) connection.outgoing.end()
    if (process.files.exists(socketPath)) process.files.unlink(socketPath)
  }
}
