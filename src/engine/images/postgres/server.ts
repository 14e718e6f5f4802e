/**
 * `postgres`: the server process. It speaks the wire protocol on TCP and on its Unix socket and lets PGlite answer. There is one backend for
 * all connections, so they take turns: while one is in a transaction the others wait, and what SET changes is seen by all.
 * A statement that is cancelled is ended with its backend's thread; the next backend begins as the data folder has it.
 */
import { bytesOf, joined, noBytes } from '../../../base/bytes.ts'
import { WaitQueue } from '../../../base/wait-queue.ts'
import type { Cancel } from '../../../base/clock.ts'
import { UnixError } from '../../../unix/errors.ts'
import { type Blocking, err, out, type Process, type Program } from '../../../unix/kernel/process.ts'
import type { Connection } from '../../../unix/network/network.ts'
import { listenAt } from '../../../unix/network/unix-socket.ts'
import { answered, type Cluster, openCluster, queryMessage } from './cluster.ts'
import type { LoadPostgres } from './library.ts'
import { isPassword } from './scram.ts'
import { errorMessage, fieldsOf, type Message, message, messagesOf, rowOf, textsOf } from './wire.ts'

export const socketFolder = '/var/run/postgresql'
/** Quiet time after which changes are written down, and the longest that they wait. */
const saveAfterMs = 300

interface Client {
  readonly connection: Connection
  readonly isLocal: boolean
  readonly pid: number
  rest: Uint8Array
  state: 'new' | 'password' | 'ready' | 'copying' | 'closed'
  user: string
  database: string
  /** Messages of an unfinished extended query, or a COPY that gathers its data. */
  batch: Uint8Array[]
  lastQuery: string
  /** In pg_sleep: what goes on then. */
  asleep: { readonly startedAt: number; readonly until: number; readonly sql: string } | undefined
  /** Somebody asked to end its statement, or its connection. */
  isCancelled: boolean
  isTerminated: boolean
  /** ms; 0 is for ever. */
  timeoutMs: number
}

export function versionOf(process: Process): string {
  return (process.env.PG_VERSION ?? '18.1').replace(/-.*$/, '')
}

function fullVersion(process: Process): string {
  return `PostgreSQL ${versionOf(process)}${process.env.PG_VERSION?.includes('pgdg') ? ` (Debian ${process.env.PG_VERSION})` : ''} on x86_64-pc-linux-gnu, compiled by gcc (Debian 14.2.0-19) 14.2.0, 64-bit`
}

export function logLine(process: Process, pid: number, level: string, text: string): string {
  return `${new Date(process.now()).toISOString().replace('T', ' ').replace('Z', '')} UTC [${pid}] ${level}:  ${text}\n`
}

export function postgresServer(load: LoadPostgres): Program {
  return function* (process) {
    const args = process.argv.slice(1)
    if (args.includes('--version') || args.includes('-V')) {
      yield* out(
        process,
        `postgres (PostgreSQL) ${versionOf(process)}${process.env.PG_VERSION?.includes('pgdg') ? ` (Debian ${process.env.PG_VERSION})` : ''}\n`,
      )
      return 0
    }
    if (process.credentials.uid === 0) {
      yield* err(
        process,
        '"root" execution of the PostgreSQL server is not permitted.\nThe server must be started under an unprivileged user ID to prevent\npossible system security compromise.  See the documentation for\nmore information on how to properly start the server.\n',
      )
      return 1
    }
    const folder = optionOf(args, '-D') ?? process.env.PGDATA
    if (folder === undefined) {
      yield* err(
        process,
        'postgres does not know where to find the server configuration file.\nYou must specify the --config-file or -D invocation option or set the PGDATA environment variable.\n',
      )
      return 2
    }
    if (!process.files.exists(`${folder}/PG_VERSION`)) {
      yield* err(
        process,
        `postgres: could not access the server configuration file "${folder}/postgresql.conf": No such file or directory\n`,
      )
      return 2
    }
    return yield* new Server(process, load, folder, args).run()
  }
}

function optionOf(args: readonly string[], name: string): string | undefined {
  const at = args.findIndex((arg) => arg === name)
  return at >= 0 ? args[at + 1] : undefined
}

class Server {
  readonly #process: Process
  readonly #load: LoadPostgres
  readonly #folder: string
  readonly #port: number
  readonly #addresses: string
  readonly #clients = new Set<Client>()
  readonly #news = new WaitQueue()
  /** Something came while a statement ran. */
  #hasNews = false
  #shutdown: 'smart' | 'fast' | undefined
  #nextPid: number
  /** Something was written since the data folder was. */
  #isDirty = false
  /** Where the log of changes stood when the data folder was written. */
  #savedAt = ''
  #saveAt: number | undefined
  /** Whose transaction is open. */
  #owner: Client | undefined
  #ownerFailed = false
  #current: Client | undefined
  readonly #superuser: string

  constructor(process: Process, load: LoadPostgres, folder: string, args: readonly string[]) {
    this.#process = process
    this.#load = load
    this.#folder = folder
    const settings = new Map(
      args.flatMap((arg, at) => (arg === '-c' ? [[...(args[at + 1] ?? '').split(/=(.*)/s)].slice(0, 2) as [string, string]] : [])),
    )
    this.#port = Number(optionOf(args, '-p') ?? settings.get('port') ?? process.env.PGPORT ?? 5432)
    this.#addresses = settings.get('listen_addresses') ?? '*'
    this.#nextPid = process.pid + 28
    this.#superuser = process.files.readText(`${folder}/drydock.user`).trim()
  }

  *run(): Blocking<number> {
    const process = this.#process
    for (const [signal, kind] of [
      ['TERM', 'smart'],
      ['INT', 'fast'],
      ['QUIT', 'fast'],
    ] as const) {
      process.handlers.set(signal, () => {
        this.#shutdown = this.#shutdown === 'fast' ? 'fast' : kind
        this.#tell()
      })
    }
    process.handlers.set('HUP', 'ignore')
    process.memoryBytes = 28_000_000
    yield* this.#log('LOG', `starting ${fullVersion(process)}`)
    const stops: Cancel[] = []
    let cluster: Cluster | undefined
    try {
      if (this.#addresses !== '') {
        try {
          stops.push(
            process.net.listen(this.#port, { accept: (connection) => this.#accept(connection, false) }, { owner: process.hostPid }),
          )
        } catch (error) {
          if (!(error instanceof UnixError)) throw error
          yield* this.#log('LOG', `could not bind IPv4 address "0.0.0.0": ${error.words}`)
          yield* this.#log('HINT', `Is another postmaster already running on port ${this.#port}? If not, wait a few seconds and retry.`)
          yield* this.#log('FATAL', 'could not create any TCP/IP sockets')
          return 1
        }
        yield* this.#log('LOG', `listening on IPv4 address "0.0.0.0", port ${this.#port}`)
        yield* this.#log('LOG', `listening on IPv6 address "::", port ${this.#port}`)
      }
      const socket = `${socketFolder}/.s.PGSQL.${this.#port}`
      if (process.files.exists(socketFolder)) {
        if (process.files.exists(socket)) process.files.unlink(socket)
        stops.push(
          listenAt(
            process.files,
            socket,
            { accept: (connection) => this.#accept(connection, true) },
            { mode: 0o777, uid: process.credentials.uid, gid: process.credentials.gid },
          ),
        )
        yield* this.#log('LOG', `listening on Unix socket "${socket}"`)
      }
      cluster = yield* openCluster(process, this.#load, this.#folder, this.#superuser)
      yield* this.#log(
        'LOG',
        `database system was shut down at ${new Date(process.now()).toISOString().slice(0, 19).replace('T', ' ')} UTC`,
        this.#nextPid++,
      )
      yield* this.#log('LOG', 'database system is ready to accept connections')
      this.#nextPid += 3
      return yield* this.#serve(cluster)
    } finally {
      cluster?.close()
      for (const stop of stops) stop()
      for (const { connection } of this.#clients) connection.outgoing.end()
    }
  }

  #log(level: string, text: string, pid = this.#process.pid): Blocking<void> {
    return err(this.#process, logLine(this.#process, pid, level, text))
  }

  #accept(connection: Connection, isLocal: boolean): void {
    this.#clients.add({
      connection,
      isLocal,
      pid: this.#nextPid++,
      rest: noBytes,
      state: 'new',
      user: '',
      database: '',
      batch: [],
      lastQuery: '',
      asleep: undefined,
      isCancelled: false,
      isTerminated: false,
      timeoutMs: 0,
    })
    connection.incoming.readable.each(() => this.#tell())
    this.#tell()
  }

  #tell(): void {
    this.#hasNews = true
    this.#news.wake()
  }

  *#serve(cluster: Cluster): Blocking<number> {
    const process = this.#process
    for (;;) {
      this.#hasNews = false
      for (const client of this.#clients) yield* this.#attend(client, cluster)
      if (this.#isDirty) {
        this.#saveAt ??= process.now() + saveAfterMs
        if (process.now() >= this.#saveAt && !this.#owner) yield* this.#save(cluster)
      }
      if (this.#shutdown === 'fast' || (this.#shutdown === 'smart' && this.#clients.size === 0)) break
      const moments = [
        ...(this.#isDirty && !this.#owner && this.#saveAt !== undefined ? [this.#saveAt] : []),
        ...Array.from(this.#clients).flatMap(({ asleep, timeoutMs }) =>
          asleep ? [Math.min(asleep.until, timeoutMs > 0 ? asleep.startedAt + timeoutMs : Infinity)] : [],
        ),
      ]
      if (!this.#hasNews) yield { on: [this.#news], until: moments.length > 0 ? Math.min(...moments) : undefined }
    }
    yield* this.#log('LOG', `received ${this.#shutdown} shutdown request`)
    if (this.#shutdown === 'fast') yield* this.#log('LOG', 'aborting any active transactions')
    for (const client of this.#clients) {
      if (client.state === 'ready') yield* this.#log('FATAL', 'terminating connection due to administrator command', client.pid)
      client.connection.outgoing.write(
        errorMessage({ severity: 'FATAL', code: '57P01', text: 'terminating connection due to administrator command' }),
      )
      yield* this.#drop(client, cluster)
    }
    yield* this.#log('LOG', `background worker "logical replication launcher" (PID ${process.pid + 31}) exited with exit code 1`)
    yield* this.#log('LOG', 'shutting down', process.pid + 26)
    if (this.#isDirty) yield* this.#save(cluster)
    yield* this.#log('LOG', 'checkpoint starting: shutdown immediate', process.pid + 26)
    yield* this.#log(
      'LOG',
      'checkpoint complete: wrote 3 buffers (0.0%), wrote 3 SLRU buffers; 0 WAL file(s) added, 0 removed, 0 recycled; write=0.002 s, sync=0.001 s, total=0.006 s; sync files=2, longest=0.001 s, average=0.001 s; distance=0 kB, estimate=0 kB; lsn=0/1750448, redo lsn=0/1750448',
      process.pid + 26,
    )
    cluster.close()
    yield* this.#log('LOG', 'database system is shut down')
    return 0
  }

  *#save(cluster: Cluster): Blocking<void> {
    const [place] = yield* this.#asked(cluster, 'SELECT pg_current_wal_insert_lsn()')
    if (place !== this.#savedAt) yield* cluster.save()
    // A checkpoint writes to the log itself.
    this.#savedAt = (yield* this.#asked(cluster, 'SELECT pg_current_wal_insert_lsn()'))[0] ?? ''
    this.#isDirty = false
    this.#saveAt = undefined
  }

  *#drop(client: Client, cluster: Cluster): Blocking<void> {
    client.state = 'closed'
    client.connection.outgoing.end()
    this.#clients.delete(client)
    if (this.#owner === client) {
      yield* cluster.ask('ROLLBACK')
      this.#owner = undefined
    }
    if (this.#current === client) this.#current = undefined
    if (this.#clients.size > 0) return
    yield* cluster.ask('DISCARD ALL')
    this.#current = undefined
  }

  *#attend(client: Client, cluster: Cluster): Blocking<void> {
    const { incoming } = client.connection
    const fresh = incoming.readAll()
    if (fresh.length > 0) client.rest = client.rest.length > 0 ? joined([client.rest, fresh]) : fresh
    for (;;) {
      if (client.isTerminated && !client.asleep)
        return yield* this.#ended(client, 'terminating connection due to administrator command', cluster, false)
      if (client.asleep && !(yield* this.#awake(client, cluster))) return
      // Logging in asks the backend a question, which an open transaction answers unless it failed.
      if (this.#owner && this.#owner !== client && (this.#ownerFailed || (client.state !== 'new' && client.state !== 'password'))) return
      const {
        messages: [next],
        rest,
      } = takeOne(client)
      if (!next) break
      client.rest = rest
      yield* this.#take(client, next, cluster)
      if (client.state === 'closed') return
    }
    if (!incoming.isOver) return
    // What a client that has gone away wrote is on disk before it notices that we hung up.
    yield* this.#leave(client, cluster)
  }

  *#leave(client: Client, cluster: Cluster): Blocking<void> {
    if (this.#isDirty && (!this.#owner || this.#owner === client)) {
      if (this.#owner === client) yield* cluster.ask('ROLLBACK')
      this.#owner = undefined
      yield* this.#save(cluster)
    }
    yield* this.#drop(client, cluster)
  }

  *#take(client: Client, { type, body, bytes }: Message, cluster: Cluster): Blocking<void> {
    const { outgoing } = client.connection
    if (client.state === 'new') return yield* this.#startup(client, body, cluster)
    if (client.state === 'password') return yield* this.#password(client, textsOf(body)[0] ?? '', cluster)
    if (client.state === 'copying') {
      if (!['d', 'c', 'f'].includes(type)) return
      if (type === 'f') {
        client.state = 'ready'
        outgoing.write(joined([errorMessage({ code: '57014', text: `COPY from stdin failed: ${textsOf(body)[0] ?? ''}` }), ready('I')]))
        return
      }
      client.batch.push(bytes)
      if (type === 'd') return
      client.state = 'ready'
      yield* this.#run(client, joined(client.batch.splice(0)), cluster)
      return
    }
    switch (type) {
      case 'X':
        return yield* this.#leave(client, cluster)
      case 'Q': {
        const sql = textsOf(body)[0] ?? ''
        client.lastQuery = sql
        const refusal = refusalOf(sql)
        if (refusal !== undefined) {
          outgoing.write(joined([errorMessage({ code: '0A000', text: refusal }), ready(this.#owner === client ? 'T' : 'I')]))
          return
        }
        const signalled = /^\s*select\s+(pg_(cancel|terminate)_backend)\s*\(\s*(\d+)\s*\)\s*;?\s*$/i.exec(sql)
        if (signalled) {
          const isThere = this.#interrupt(Number(signalled[3]), signalled[2].toLowerCase() === 'terminate')
          yield* this.#run(client, queryMessage(`SELECT ${isThere} AS ${signalled[1].toLowerCase()}`), cluster)
          return
        }
        if (needsSession.test(sql)) {
          yield* this.#tellSession(client, sql, cluster)
          const waitMs = sleepMs(sql)
          if (waitMs > 0) client.asleep = { startedAt: this.#process.now(), until: this.#process.now() + waitMs, sql: rewritten(sql) }
          else yield* this.#run(client, queryMessage(rewritten(sql)), cluster)
          return
        }
        // The backend wants a COPY together with its data.
        if (/^\s*copy\b[^;]*\bfrom\s+stdin\b/i.test(sql)) {
          client.state = 'copying'
          client.batch = [bytes]
          outgoing.write(message('G', new Uint8Array([0, 0, 0])))
          return
        }
        yield* this.#run(client, bytes, cluster)
        return
      }
      case 'P':
        client.lastQuery = textsOf(body)[1] ?? ''
        client.batch.push(bytes)
        return
      case 'S':
      case 'H':
        client.batch.push(bytes)
        yield* this.#run(client, joined(client.batch.splice(0)), cluster)
        return
      case 'F':
        outgoing.write(joined([errorMessage({ code: '0A000', text: 'the function call protocol is not simulated' }), ready('I')]))
        return
      default:
        client.batch.push(bytes)
    }
  }

  /** Whether a client that slept may go on; wakes it when its time or somebody's patience is over. */
  *#awake(client: Client, cluster: Cluster): Blocking<boolean> {
    const { asleep } = client
    if (!asleep) return true
    const why = this.#endOf(client, asleep.startedAt)
    if (why === undefined && this.#process.now() < asleep.until) return false
    client.asleep = undefined
    if (why === undefined) yield* this.#run(client, queryMessage(asleep.sql), cluster)
    else yield* this.#ended(client, why, cluster, this.#owner === client)
    return client.state !== 'closed'
  }

  /** Why the statement that a client began then must end. */
  #endOf(client: Client, startedAt: number): string | undefined {
    if (client.isTerminated) return 'terminating connection due to administrator command'
    if (client.isCancelled) return 'canceling statement due to user request'
    return client.timeoutMs > 0 && this.#process.now() >= startedAt + client.timeoutMs
      ? 'canceling statement due to statement timeout'
      : undefined
  }

  *#ended(client: Client, why: string, cluster: Cluster, wasInTransaction: boolean): Blocking<void> {
    const isFatal = client.isTerminated
    client.isCancelled = false
    yield* this.#log(isFatal ? 'FATAL' : 'ERROR', why, client.pid)
    yield* this.#log('STATEMENT', client.lastQuery.trim().replaceAll('\n', '\n\t'), client.pid)
    if (isFatal) return yield* this.#refuse(client, cluster, '57P01', why)
    if (wasInTransaction) {
      // The transaction went with its backend; what is left of it to be seen is that it failed.
      for (const sql of ['ROLLBACK', 'BEGIN', 'SELECT 1/0']) yield* cluster.ask(sql)
      this.#owner = client
      this.#ownerFailed = true
    }
    client.connection.outgoing.write(joined([errorMessage({ code: '57014', text: why }), ready(wasInTransaction ? 'E' : 'I')]))
  }

  /** Notes that a client's statement shall end; answers whether there is such a client. */
  #interrupt(pid: number, isTermination: boolean): boolean {
    const client = Array.from(this.#clients).find((one) => one.pid === pid)
    if (!client) return false
    if (isTermination) client.isTerminated = true
    else client.isCancelled = client === this.#current || client.asleep !== undefined
    this.#tell()
    return true
  }

  /** While a statement runs: whoever asks for its end is heard, all others wait. */
  *#isGivenUp(client: Client, startedAt: number): Blocking<boolean> {
    for (const other of this.#clients) {
      if (other.state === 'new') {
        const fresh = other.connection.incoming.readAll()
        if (fresh.length > 0) other.rest = joined([other.rest, fresh])
        const {
          messages: [first],
        } = takeOne(other)
        if (first && isCancelRequest(first.body)) this.#cancelRequested(other, first.body)
      }
    }
    if (this.#shutdown === 'fast') client.isTerminated = true
    if (this.#endOf(client, startedAt) === undefined) return false
    if (!this.#isDirty) return true
    if (client.isCancelled)
      yield* this.#log(
        'WARNING',
        'the statement goes on: what was committed just before it is not in the data folder yet, and would be lost with the backend',
        client.pid,
      )
    client.isCancelled = client.isTerminated = false
    return false
  }

  #cancelRequested(client: Client, body: Uint8Array): void {
    this.#interrupt(new DataView(body.buffer, body.byteOffset).getUint32(4), false)
    client.state = 'closed'
    client.connection.outgoing.end()
    this.#clients.delete(client)
  }

  *#run(client: Client, bytes: Uint8Array, cluster: Cluster): Blocking<void> {
    if (this.#current !== client) {
      yield* cluster.use(client.database)
      yield* cluster.ask(`SET SESSION AUTHORIZATION ${quoted(client.user)}`)
      this.#current = client
    }
    const wasInTransaction = this.#owner === client
    const startedAt = this.#process.now()
    const statement = cluster.start(bytes)
    const isAnswered = yield* answered(this.#process, statement, () => this.#isGivenUp(client, startedAt))
    this.#process.cpuMs += 1 + this.#process.now() - startedAt
    const { answer } = statement
    if (!isAnswered || answer === undefined) {
      const why = this.#endOf(client, startedAt)
      if (isAnswered) yield* this.#log('LOG', `client backend (PID ${client.pid}) was terminated by signal 11: Segmentation fault`)
      yield* cluster.restart()
      this.#current = this.#owner = undefined
      if (why !== undefined) return yield* this.#ended(client, why, cluster, wasInTransaction)
      yield* this.#log('DETAIL', `Failed process was running: ${client.lastQuery.trim().replaceAll('\n', '\n\t')}`)
      return yield* this.#drop(client, cluster)
    }
    client.isCancelled = false
    const { messages } = messagesOf(answer)
    for (const { type, body } of messages) {
      if (type === 'C') {
        const [tag = ''] = textsOf(body)
        if (
          !/^(SHOW|SET|BEGIN|START|FETCH|EXPLAIN|DISCARD|DEALLOCATE|RESET|LISTEN|CHECKPOINT|COMMIT|ROLLBACK)/.test(tag) ||
          tag === 'COMMIT'
        )
          this.#isDirty = true
      } else if (type === 'E') {
        const { S = 'ERROR', M = '', P, D, H } = fieldsOf(body)
        yield* this.#log(S, `${M}${P ? ` at character ${P}` : ''}`, client.pid)
        if (D) yield* this.#log('DETAIL', D, client.pid)
        if (H) yield* this.#log('HINT', H, client.pid)
        yield* this.#log('STATEMENT', client.lastQuery.trim().replaceAll('\n', '\n\t'), client.pid)
      } else if (type === 'Z') {
        this.#owner = body[0] === 0x49 ? undefined : client
        this.#ownerFailed = body[0] === 0x45
      }
    }
    if (/statement_timeout/i.test(client.lastQuery))
      client.timeoutMs = milliseconds((yield* this.#askedAsIs(cluster, 'SHOW statement_timeout'))[0] ?? '0')
    // The client was told to send its data before the backend saw the COPY.
    client.connection.outgoing.write(
      messages.some(({ type }) => type === 'G') ? joined(messages.filter(({ type }) => type !== 'G').map(({ bytes: one }) => one)) : answer,
    )
  }

  *#startup(client: Client, body: Uint8Array, cluster: Cluster): Blocking<void> {
    const { outgoing } = client.connection
    const code = new DataView(body.buffer, body.byteOffset).getUint32(0)
    // SSLRequest and GSSENCRequest: there is no encryption.
    if (code === 80_877_103 || code === 80_877_104) {
      outgoing.write('N')
      return
    }
    if (isCancelRequest(body)) return this.#cancelRequested(client, body)
    const words = textsOf(body.subarray(4))
    const settings = new Map<string, string>()
    for (let at = 0; at + 1 < words.length; at += 2) settings.set(words[at], words[at + 1])
    client.user = settings.get('user') ?? ''
    client.database = settings.get('database') ?? client.user
    const isTrusted =
      client.isLocal || client.connection.remote.ip.startsWith('127.') || this.#process.env.POSTGRES_HOST_AUTH_METHOD === 'trust'
    if (!isTrusted) {
      client.state = 'password'
      outgoing.write(message('R', 3))
      return
    }
    yield* this.#welcome(client, cluster)
  }

  *#password(client: Client, password: string, cluster: Cluster): Blocking<void> {
    const [verifier] = yield* this.#asked(cluster, `SELECT rolpassword FROM pg_authid WHERE rolname = ${literal(client.user)}`)
    if (verifier === undefined || verifier === null || !isPassword(password, verifier)) {
      const text = `password authentication failed for user "${client.user}"`
      yield* this.#log('FATAL', text, client.pid)
      yield* this.#log(
        'DETAIL',
        verifier === undefined
          ? `Role "${client.user}" does not exist.\n\tConnection matched file "${this.#folder}/pg_hba.conf" line 128: "host all all all scram-sha-256"`
          : `Connection matched file "${this.#folder}/pg_hba.conf" line 128: "host all all all scram-sha-256"`,
        client.pid,
      )
      return yield* this.#refuse(client, cluster, '28P01', text)
    }
    yield* this.#welcome(client, cluster)
  }

  *#welcome(client: Client, cluster: Cluster): Blocking<void> {
    const [role] = yield* this.#asked(cluster, `SELECT rolcanlogin FROM pg_authid WHERE rolname = ${literal(client.user)}`)
    if (role === undefined || role === 'f') {
      const text = role === undefined ? `role "${client.user}" does not exist` : `role "${client.user}" is not permitted to log in`
      yield* this.#log('FATAL', text, client.pid)
      return yield* this.#refuse(client, cluster, '28000', text)
    }
    if (
      (yield* this.#asked(cluster, `SELECT 1 FROM pg_database WHERE datname = ${literal(client.database)} AND datallowconn`)).length === 0
    ) {
      const text = `database "${client.database}" does not exist`
      yield* this.#log('FATAL', text, client.pid)
      return yield* this.#refuse(client, cluster, '3D000', text)
    }
    const [isSuper] = yield* this.#asked(cluster, `SELECT rolsuper FROM pg_authid WHERE rolname = ${literal(client.user)}`)
    const shown = {
      in_hot_standby: 'off',
      integer_datetimes: 'on',
      TimeZone: this.#process.env.TZ ?? 'Etc/UTC',
      IntervalStyle: 'postgres',
      search_path: '"$user", public',
      is_superuser: isSuper === 't' ? 'on' : 'off',
      application_name: '',
      default_transaction_read_only: 'off',
      scram_iterations: '4096',
      DateStyle: 'ISO, MDY',
      standard_conforming_strings: 'on',
      session_authorization: client.user,
      client_encoding: 'UTF8',
      server_version: versionOf(this.#process),
      server_encoding: 'UTF8',
    }
    client.state = 'ready'
    client.connection.outgoing.write(
      joined([
        message('R', 0),
        ...Object.entries(shown).map(([name, value]) => message('S', name, value)),
        message('K', client.pid, 1),
        ready('I'),
      ]),
    )
  }

  /** The single-user backend knows of no other sessions and of no sockets: it is told before a query that asks for them. */
  *#tellSession(client: Client, sql: string, cluster: Cluster): Blocking<void> {
    if (this.#owner || !/pg_stat_activity|inet_/i.test(sql)) return
    yield* cluster.use(client.database)
    const [isPrepared] = yield* this.#asked(cluster, "SELECT 1 FROM pg_catalog.pg_proc WHERE proname = 'inet_server_addr' AND pronargs = 1")
    if (isPrepared === undefined) for (const statement of sessionViews) yield* cluster.ask(statement)
    const activity = Array.from(this.#clients)
      .filter(({ state }) => state !== 'new' && state !== 'password')
      .map((one) => ({
        datname: one.database,
        pid: one.pid,
        usename: one.user,
        application_name: 'psql',
        ...(!one.isLocal && { client_addr: one.connection.remote.ip }),
        client_port: one.isLocal ? -1 : one.connection.remote.port,
        query_start: new Date(this.#process.now()).toISOString(),
        state: one === client || one.asleep ? 'active' : one === this.#owner ? 'idle in transaction' : 'idle',
        query: one.lastQuery,
        backend_type: 'client backend',
      }))
    const { local, remote } = client.connection
    for (const [name, value] of Object.entries({
      activity: JSON.stringify(activity),
      addresses: client.isLocal ? '' : `${local.ip} ${local.port} ${remote.ip} ${remote.port}`,
    }))
      yield* cluster.ask(`SET drydock.${name} = ${literal(value)}`)
  }

  *#refuse(client: Client, cluster: Cluster, code: string, text: string): Blocking<void> {
    client.connection.outgoing.write(errorMessage({ severity: 'FATAL', code, text }))
    yield* this.#drop(client, cluster)
  }

  /** First column of the answer, asked as the superuser. */
  *#asked(cluster: Cluster, sql: string): Blocking<readonly (string | null)[]> {
    if (this.#current) yield* cluster.ask(`SET SESSION AUTHORIZATION ${quoted(this.#superuser)}`)
    this.#current = undefined
    return yield* this.#askedAsIs(cluster, sql)
  }

  *#askedAsIs(cluster: Cluster, sql: string): Blocking<readonly (string | null)[]> {
    return messagesOf(yield* cluster.ask(sql))
      .messages.filter(({ type }) => type === 'D')
      .map(({ body }) => rowOf(body)[0])
  }
}

function isCancelRequest(body: Uint8Array): boolean {
  return body.length >= 12 && new DataView(body.buffer, body.byteOffset).getUint32(0) === 80_877_102
}

/** `5s`, `1500ms`, `2min`, `0` as SHOW tells. */
function milliseconds(text: string): number {
  const [, number = '0', unit = 'ms'] = /^(\d+)(\w*)/.exec(text) ?? []
  return Number(number) * ({ s: 1_000, min: 60_000, h: 3_600_000, d: 86_400_000 }[unit] ?? 1)
}

const needsSession = /\bpg_stat_activity\b|\binet_(server|client)_(addr|port)\s*\(|\bpg_sleep\s*\(/i

/** These wait in a loop for processes that do not exist here. */
function refusalOf(sql: string): string | undefined {
  const name =
    /\bpg_stat_(replication|ssl|gssapi|database|wal_receiver|subscription|progress_\w+|get_(backend|activity|db_numbackends)\w*)\b/i.exec(
      sql,
    )?.[0]
  return name === undefined ? undefined : `${name} is not simulated in this sandbox`
}

function rewritten(sql: string): string {
  return sql
    .replace(/\binet_(server|client)_(addr|port)\s*\(\s*\)/gi, 'inet_$1_$2(true)')
    .replace(/\bpg_sleep\s*\([^)]*\)/gi, 'pg_sleep(0)')
}

function sleepMs(sql: string): number {
  return Array.from(sql.matchAll(/\bpg_sleep\s*\(\s*([\d.]+)\s*\)/gi), (match) => Number(match[1]) * 1000).reduce((sum, ms) => sum + ms, 0)
}

const address = (position: number, type: string): string =>
  `SELECT nullif(split_part(coalesce(current_setting(''drydock.addresses'', true), ''''), '' '', ${position}), '''')::${type}`
const sessionViews: readonly string[] = [
  ...['server_addr inet', 'server_port integer', 'client_addr inet', 'client_port integer'].map(
    (one, at) =>
      `CREATE FUNCTION pg_catalog.inet_${one.split(' ')[0]}(boolean) RETURNS ${one.split(' ')[1]} LANGUAGE sql AS '${address(at + 1, one.split(' ')[1])}'`,
  ),
  'SET allow_system_table_mods = on',
  `CREATE OR REPLACE VIEW pg_catalog.pg_stat_activity AS SELECT (SELECT oid FROM pg_catalog.pg_database d WHERE d.datname = a.datname) AS datid, a.datname, a.pid, NULL::integer AS leader_pid, (SELECT oid FROM pg_catalog.pg_authid r WHERE r.rolname = a.usename) AS usesysid, a.usename, a.application_name, a.client_addr, NULL::text AS client_hostname, a.client_port, a.query_start AS backend_start, NULL::timestamptz AS xact_start, a.query_start, a.query_start AS state_change, CASE WHEN a.state = 'active' THEN NULL ELSE 'Client' END AS wait_event_type, CASE WHEN a.state = 'active' THEN NULL ELSE 'ClientRead' END AS wait_event, a.state, NULL::xid AS backend_xid, NULL::xid AS backend_xmin, NULL::bigint AS query_id, a.query, a.backend_type FROM pg_catalog.json_to_recordset(coalesce(nullif(current_setting('drydock.activity', true), ''), '[]')::json) AS a(datname name, pid integer, usename name, application_name text, client_addr inet, client_port integer, query_start timestamptz, state text, query text, backend_type text)`,
  'RESET allow_system_table_mods',
]

function takeOne(client: Client): { readonly messages: readonly Message[]; readonly rest: Uint8Array } {
  return messagesOf(client.rest, { isFirst: client.state === 'new', most: 1 })
}

function ready(status: 'I' | 'T' | 'E'): Uint8Array {
  return message('Z', bytesOf(status))
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
