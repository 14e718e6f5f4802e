/** The client's side of the wire protocol, as libpq does it: where to connect, who as, and one simple query after the other. */
import { joined, noBytes } from '../../../base/bytes.ts'
import { UnixError } from '../../../unix/errors.ts'
import { type Blocking, type Process, sleep } from '../../../unix/kernel/process.ts'
import { isAddress, lookup } from '../../../unix/network/names.ts'
import type { Connection } from '../../../unix/network/network.ts'
import { connectAt } from '../../../unix/network/unix-socket.ts'
import { type Column, columnsOf, fieldsOf, message, messagesOf, type Message, rowOf, textsOf } from './wire.ts'

export interface Target {
  /** Starts with a slash: the folder of the Unix socket. */
  readonly host: string
  readonly port: number
  readonly user: string
  readonly database: string
  readonly password: string | undefined
}

export type Result =
  | {
      readonly kind: 'rows'
      readonly columns: readonly Column[]
      readonly rows: readonly (readonly (string | null)[])[]
      readonly tag: string
    }
  | { readonly kind: 'done'; readonly tag: string }
  | { readonly kind: 'error' | 'notice'; readonly fields: Readonly<Record<string, string>> }
  | { readonly kind: 'copy-in' }
  | { readonly kind: 'copy-out'; readonly data: Uint8Array; readonly tag: string }
  | { readonly kind: 'empty' }

/** Why it could not be connected, in libpq's words. */
export class ConnectionFailure extends Error {
  readonly needsPassword: boolean
  /** What pg_isready tells: the server answered, though it refused. */
  readonly isAnswered: boolean

  constructor(text: string, { needsPassword = false, isAnswered = false } = {}) {
    super(text)
    this.needsPassword = needsPassword
    this.isAnswered = isAnswered
  }
}

export class Session {
  readonly target: Target
  readonly #connection: Connection
  readonly #again: () => Connection
  /** What the server was asked and has not answered in full. */
  isBusy = false
  #rest: Uint8Array = noBytes
  readonly parameters = new Map<string, string>()
  pid = 0
  /** I idle, T in a transaction, E in a failed one. */
  status = 'I'
  isLost = false

  constructor(target: Target, connection: Connection, again: () => Connection) {
    this.target = target
    this.#connection = connection
    this.#again = again
  }

  /** Asks the server, on a connection of its own, to end the statement that it is at. */
  cancel(): void {
    const { outgoing } = this.#again()
    outgoing.write(message('', 80_877_102, this.pid, 1))
    outgoing.end()
  }

  send(bytes: Uint8Array): void {
    this.#connection.outgoing.write(bytes)
  }

  close(): void {
    this.send(message('X'))
    this.#connection.outgoing.end()
  }

  /** The next message; undefined when the server hung up. */
  *next(): Blocking<Message | undefined> {
    const { incoming } = this.#connection
    for (;;) {
      const {
        messages: [first],
      } = messagesOf(this.#rest, { most: 1 })
      if (first) {
        this.#rest = this.#rest.subarray(first.bytes.length)
        return first
      }
      const chunk = incoming.readAll()
      if (chunk.length > 0) this.#rest = this.#rest.length > 0 ? joined([this.#rest, chunk]) : chunk
      else if (incoming.isOver) {
        this.isLost = true
        return undefined
      } else yield { on: [incoming.readable] }
    }
  }

  /** Runs one text and hands over its results as they come; after `copy-in` the caller sends data and asks on with `results`. */
  *query(sql: string): Blocking<Result[]> {
    this.send(message('Q', sql))
    this.isBusy = true
    const results = yield* this.results()
    this.isBusy = false
    return results
  }

  *results(): Blocking<Result[]> {
    const results: Result[] = []
    let columns: readonly Column[] | undefined
    let rows: (readonly (string | null)[])[] = []
    let copied: Uint8Array[] | undefined
    for (;;) {
      const next = yield* this.next()
      if (!next) return results
      const { type, body } = next
      if (type === 'T') {
        columns = columnsOf(body)
        rows = []
      } else if (type === 'D') rows.push(rowOf(body))
      else if (type === 'C') {
        const tag = textsOf(body)[0] ?? ''
        results.push(
          copied ? { kind: 'copy-out', data: joined(copied), tag } : columns ? { kind: 'rows', columns, rows, tag } : { kind: 'done', tag },
        )
        columns = copied = undefined
      } else if (type === 'E' || type === 'N') {
        results.push({ kind: type === 'E' ? 'error' : 'notice', fields: fieldsOf(body) })
        if (type === 'E') columns = undefined
      } else if (type === 'I') results.push({ kind: 'empty' })
      else if (type === 'S') {
        const [name = '', value = ''] = textsOf(body)
        this.parameters.set(name, value)
      } else if (type === 'G') {
        results.push({ kind: 'copy-in' })
        return results
      } else if (type === 'H') copied = []
      else if (type === 'd') copied?.push(body)
      else if (type === 'Z') {
        this.status = String.fromCharCode(body[0])
        return results
      }
    }
  }
}

/** Throws ConnectionFailure. */
export function* connect(process: Process, target: Target): Blocking<Session> {
  const { host, port, user, database, password } = target
  const socket = `${host}/.s.PGSQL.${port}`
  let where = `connection to server on socket "${socket}" failed`
  let again: () => Connection
  let connection: Connection
  if (host.startsWith('/')) {
    again = () => connectAt(process.files, socket, process.credentials)
    try {
      connection = again()
    } catch (error) {
      if (!(error instanceof UnixError)) throw error
      throw new ConnectionFailure(`${where}: ${error.words}\n\tIs the server running locally and accepting connections on that socket?`)
    }
  } else {
    let ip: string
    try {
      ip = (yield* lookup(process, host))[0]
    } catch (error) {
      if (!(error instanceof UnixError)) throw error
      throw new ConnectionFailure(
        `could not translate host name "${host}" to address: ${error.errno === 'ENOTFOUND' ? 'Name or service not known' : 'Temporary failure in name resolution'}`,
      )
    }
    where = `connection to server at "${host}"${isAddress(host) ? '' : ` (${ip})`}, port ${port} failed`
    again = () => process.net.connect({ ip, port })
    try {
      connection = again()
    } catch (error) {
      if (!(error instanceof UnixError)) throw error
      if (error.errno === 'ETIMEDOUT') yield* sleep(process, 130_000)
      throw new ConnectionFailure(`${where}: ${error.words}\n\tIs the server running on that host and accepting TCP/IP connections?`)
    }
  }
  const session = new Session(target, connection, again)
  session.send(
    message(
      '',
      new Uint8Array([0, 3, 0, 0]),
      'user',
      user,
      'database',
      database,
      'application_name',
      'psql',
      'client_encoding',
      'UTF8',
      new Uint8Array(1),
    ),
  )
  for (;;) {
    const next = yield* session.next()
    if (!next)
      throw new ConnectionFailure(
        `${where}: server closed the connection unexpectedly\n\tThis probably means the server terminated abnormally\n\tbefore or while processing the request.`,
      )
    if (next.type === 'E') throw new ConnectionFailure(`${where}: FATAL:  ${fieldsOf(next.body).M ?? ''}`, { isAnswered: true })
    if (next.type === 'R' && next.body[3] === 3) {
      if (password === undefined) {
        session.close()
        throw new ConnectionFailure(`${where}: fe_sendauth: no password supplied`, { needsPassword: true, isAnswered: true })
      }
      session.send(message('p', password))
    } else if (next.type === 'S') {
      const [name = '', value = ''] = textsOf(next.body)
      session.parameters.set(name, value)
    } else if (next.type === 'K') session.pid = new DataView(next.body.buffer, next.body.byteOffset).getUint32(0)
    else if (next.type === 'Z') return session
  }
}

/** `postgresql://user:password@host:port/database?…`, or `host=… dbname=…`; undefined for a plain database name. */
export function targetOf(text: string): Partial<Target> | undefined {
  if (/^postgres(ql)?:\/\//.test(text)) {
    const [, user, password, host, port, database] =
      /^\w+:\/\/(?:([^:@/]*)(?::([^@/]*))?@)?([^:/?]*)(?::(\d+))?(?:\/([^?]*))?/.exec(text) ?? []
    return {
      ...(user && { user: decodeURIComponent(user) }),
      ...(password && { password: decodeURIComponent(password) }),
      ...(host && { host }),
      ...(port && { port: Number(port) }),
      ...(database && { database }),
    }
  }
  if (!/^\w+\s*=/.test(text)) return undefined
  const given = Object.fromEntries(
    Array.from(text.matchAll(/(\w+)\s*=\s*('[^']*'|\S+)/g), (match) => [match[1], match[2].replace(/^'|'$/g, '')]),
  )
  return {
    ...(given.host && { host: given.host }),
    ...(given.port && { port: Number(given.port) }),
    ...(given.user && { user: given.user }),
    ...(given.password && { password: given.password }),
    ...(given.dbname && { database: given.dbname }),
  }
}

export function defaultTarget(process: Process, given: Partial<Target>): Target {
  const { env } = process
  const user = given.user ?? env.PGUSER ?? accountOf(process)
  return {
    host: given.host ?? env.PGHOST ?? '/var/run/postgresql',
    port: given.port ?? Number(env.PGPORT ?? 5432),
    user,
    database: given.database ?? env.PGDATABASE ?? user,
    password: given.password ?? env.PGPASSWORD,
  }
}

export function accountOf(process: Process): string {
  const line = process.files.exists('/etc/passwd')
    ? process.files
        .readText('/etc/passwd')
        .split('\n')
        .find((one) => one.split(':')[2] === String(process.credentials.uid))
    : undefined
  return line?.split(':')[0] ?? String(process.credentials.uid)
}
