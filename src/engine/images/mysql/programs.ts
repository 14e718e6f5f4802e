/**
 * mysqld, its entrypoint and the mysql client. Between them they speak lines of JSON, not MySQL's protocol: another client is told so in an error packet.
 * Data is kept in the data folder after every change.
 */
import { bytesOf, joined, textOf } from '../../../base/bytes.ts'
import { WaitQueue } from '../../../base/wait-queue.ts'
import { UnixError } from '../../../unix/errors.ts'
import { executable, found, start } from '../../../unix/kernel/execute.ts'
import { type Blocking, ended, err, out, type Process, type Program, readAll, readFrom, sleep } from '../../../unix/kernel/process.ts'
import { isAddress, lookup } from '../../../unix/network/names.ts'
import type { Connection } from '../../../unix/network/network.ts'
import { connectAt, listenAt } from '../../../unix/network/unix-socket.ts'
import { scanned } from '../postgres/statements.ts'
import { type Cell, freshStore, type Outcome, runSql, SqlError, type Store } from './sql.ts'

const socketPath = '/var/run/mysqld/mysqld.sock'
const dataPath = '/var/lib/mysql/drydock.json'
const notice = 'the MySQL protocol is not simulated in this sandbox: use the mysql client of this image'

const isMaria = ({ env }: Process): boolean => env.MARIADB_VERSION !== undefined
const versionOf = ({ env }: Process): string => (env.MARIADB_VERSION ?? env.MYSQL_VERSION ?? '9.5.0').replace(/^1:/, '').replace(/[-+].*$/, '')

function* note(process: Process, text: string, level = 'Note'): Blocking<void> {
  yield* (level === 'Note' ? out : err)(process, `${new Date(process.now()).toISOString().slice(0, 19).replace('T', ' ')}+00:00 [${level}] [Entrypoint]: ${text}\n`)
}

export const entrypoint: Program = function* (process) {
  let args = process.argv.slice(process.argv[0].endsWith('docker-entrypoint.sh') ? 1 : 0)
  const server = isMaria(process) ? 'mariadbd' : 'mysqld'
  if (args[0]?.startsWith('-')) args = [server, ...args]
  if (args[0] === server || args[0] === 'mysqld') {
    const code = yield* prepared(process)
    if (code !== 0) return code
  }
  const path = found(process, args[0] ?? '')
  if (path === undefined) {
    yield* err(process, `/usr/local/bin/docker-entrypoint.sh: line 415: exec: ${args[0]}: not found\n`)
    return 127
  }
  const { program, argv } = executable(process, path, args)
  process.argv = argv
  return yield* program(process)
}

function* prepared(process: Process): Blocking<number> {
  const { env, files } = process
  const product = isMaria(process) ? 'MariaDB' : 'MySQL'
  const prefix = isMaria(process) ? 'MARIADB' : 'MYSQL'
  const asked = (name: string): string | undefined => env[`${prefix}_${name}`] ?? env[`MYSQL_${name}`]
  yield* note(process, `Entrypoint script for ${product} Server ${env.MARIADB_VERSION ?? `${versionOf(process)}-1.el9`} started.`)
  if (files.exists(dataPath)) return 0
  for (const name of ['ROOT_PASSWORD', 'PASSWORD', 'USER', 'DATABASE']) {
    const file = asked(`${name}_FILE`)
    if (file !== undefined) env[`${prefix}_${name}`] = files.readText(file).replace(/\n+$/, '')
  }
  const root = asked('ROOT_PASSWORD')
  if (!root && !asked('ALLOW_EMPTY_PASSWORD') && !asked('ALLOW_EMPTY_ROOT_PASSWORD') && !asked('RANDOM_ROOT_PASSWORD')) {
    const options = isMaria(process) ? 'MARIADB_ROOT_PASSWORD, MARIADB_ROOT_PASSWORD_HASH, MARIADB_ALLOW_EMPTY_ROOT_PASSWORD and MARIADB_RANDOM_ROOT_PASSWORD' : undefined
    yield* note(process, `Database is uninitialized and password option is not specified\n    You need to specify one of${options ? ` ${options}` : ' the following as an environment variable:\n    - MYSQL_ROOT_PASSWORD\n    - MYSQL_ALLOW_EMPTY_PASSWORD\n    - MYSQL_RANDOM_ROOT_PASSWORD'}`, isMaria(process) ? 'ERROR' : 'ERROR')
    return 1
  }
  const password = root || (asked('RANDOM_ROOT_PASSWORD') ? process.kernel.random.hex(32) : '')
  yield* note(process, 'Initializing database files')
  yield* sleep(process, 3_000)
  yield* note(process, 'Database files initialized')
  yield* note(process, 'Starting temporary server')
  yield* sleep(process, 1_500)
  yield* note(process, 'Temporary server started.')
  if (!root && password !== '') yield* note(process, `GENERATED ROOT PASSWORD: ${password}`)
  const store = freshStore(password)
  const [database, user] = [asked('DATABASE'), asked('USER')]
  if (database) {
    yield* note(process, `Creating database ${database}`)
    store.databases[database] = {}
  }
  if (user) {
    yield* note(process, `Creating user ${user}`)
    store.users[user] = asked('PASSWORD') ?? ''
    if (database) yield* note(process, `Giving user ${user} access to schema ${database}`)
  }
  files.mkdir('/var/lib/mysql', { parents: true })
  keep(process, store)
  const code = yield* scripts(process, password, database)
  if (code !== 0) return code
  yield* note(process, 'Stopping temporary server')
  yield* sleep(process, 1_000)
  yield* note(process, 'Temporary server stopped')
  yield* out(process, '\n')
  yield* note(process, `${product} init process done. Ready for start up.`)
  yield* out(process, '\n')
  return 0
}

function* scripts(process: Process, password: string, database: string | undefined): Blocking<number> {
  const folder = '/docker-entrypoint-initdb.d'
  const names = process.files.exists(folder) ? process.files.list(folder) : []
  if (names.length === 0) return 0
  const server = start(process, [isMaria(process) ? 'mariadbd' : 'mysqld', '--skip-networking'])
  while (!process.files.exists(socketPath) && !server.isEnded) yield { until: process.now() + 20 }
  let code = 0
  for (const name of names) {
    const path = `${folder}/${name}`
    if (!/\.(sql|sh)$/.test(name)) {
      yield* note(process, `/usr/local/bin/docker-entrypoint.sh: ignoring ${path}`)
      continue
    }
    yield* note(process, `/usr/local/bin/docker-entrypoint.sh: running ${path}`)
    const line = name.endsWith('.sql') ? `mysql -uroot ${password === '' ? '' : `--password='${password.replaceAll("'", "'\\''")}'`} ${database ?? ''} < '${path}'` : `. '${path}'`
    code = yield* ended(start(process, ['bash', '-c', line]))
    if (code !== 0) break
  }
  process.kernel.kill(server, 'TERM')
  yield* ended(server)
  return code
}

function keep(process: Process, store: Store): void {
  process.files.writeFile(dataPath, JSON.stringify(store), { mode: 0o600 })
}

interface Question {
  readonly user: string
  readonly password: string
  readonly database?: string
  readonly sql?: string
}

type Answer = { readonly outcome: Outcome } | { readonly error: { readonly code: number; readonly state: string; readonly text: string } }

export const server: Program = function* (process) {
  const args = process.argv.slice(1)
  if (args.includes('--version') || args.includes('-V')) {
    yield* out(process, isMaria(process) ? `mariadbd  Ver ${versionOf(process)}-MariaDB-ubu2404 for debian-linux-gnu on x86_64 (mariadb.org binary distribution)\n` : `/usr/sbin/mysqld  Ver ${versionOf(process)} for Linux on x86_64 (MySQL Community Server - GPL)\n`)
    return 0
  }
  if (!process.files.exists(dataPath)) {
    yield* err(process, `${stamp(process)} 0 [ERROR] [MY-010457] [Server] --initialize specified but the data directory has files in it. Aborting.\n`)
    return 1
  }
  const store = JSON.parse(process.files.readText(dataPath)) as Store
  const news = new WaitQueue()
  const clients = new Map<Connection, string>()
  let isEnding = false
  process.handlers.set('TERM', () => {
    isEnding = true
    news.wake()
  })
  const accept = (connection: Connection): void => {
    clients.set(connection, '')
    const text = joined([new Uint8Array([0xff, 0x51, 0x04]), bytesOf(`#08004${notice}`)])
    connection.outgoing.write(joined([new Uint8Array([text.length & 255, text.length >> 8, 0, 0]), text]))
    connection.incoming.readable.each(() => news.wake())
    news.wake()
  }
  const stops = []
  process.memoryBytes = 380_000_000
  try {
    if (!args.includes('--skip-networking')) stops.push(process.net.listen(3306, { accept }, { owner: process.hostPid }))
    const folder = '/var/run/mysqld'
    if (!process.files.exists(folder)) process.files.mkdir(folder, { parents: true })
    if (process.files.exists(socketPath)) process.files.unlink(socketPath)
    stops.push(listenAt(process.files, socketPath, { accept }, { mode: 0o777 }))
    yield* err(process, isMaria(process) ? `${stamp(process).slice(0, 19).replace('T', ' ')} 0 [Note] mariadbd: ready for connections.\nVersion: '${versionOf(process)}-MariaDB-ubu2404'  socket: '/run/mysqld/mysqld.sock'  port: 3306  mariadb.org binary distribution\n` : `${stamp(process)} 0 [System] [MY-010116] [Server] /usr/sbin/mysqld (mysqld ${versionOf(process)}) starting as process ${process.pid}\n${stamp(process)} 1 [System] [MY-013576] [InnoDB] InnoDB initialization has started.\n${stamp(process)} 1 [System] [MY-013577] [InnoDB] InnoDB initialization has ended.\n${stamp(process)} 0 [System] [MY-010931] [Server] /usr/sbin/mysqld: ready for connections. Version: '${versionOf(process)}'  socket: '${socketPath}'  port: 3306  MySQL Community Server - GPL.\n`)
    while (!isEnding) {
      for (const [connection, before] of clients) {
        const { incoming, outgoing } = connection
        let rest = before + textOf(incoming.readAll())
        for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
          outgoing.write(`${JSON.stringify(answered(process, store, JSON.parse(rest.slice(0, end)) as Question))}\n`)
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
    yield* err(process, isMaria(process) ? `${stamp(process).slice(0, 19).replace('T', ' ')} 0 [Note] mariadbd: Shutdown complete\n` : `${stamp(process)} 0 [System] [MY-013172] [Server] Received SHUTDOWN from user <via user signal>. Shutting down mysqld (Version: ${versionOf(process)}).\n${stamp(process)} 0 [System] [MY-010910] [Server] /usr/sbin/mysqld: Shutdown complete (mysqld ${versionOf(process)})  MySQL Community Server - GPL.\n`)
    return 0
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    yield* err(process, `${stamp(process)} 0 [ERROR] [MY-010262] [Server] Can't start server: Bind on TCP/IP port: ${error.words}\n`)
    return 1
  } finally {
    for (const stop of stops) stop()
    for (const connection of clients.keys()) connection.outgoing.end()
  }
}

function stamp(process: Process): string {
  return new Date(process.now()).toISOString().replace('Z', '000Z')
}

function answered(process: Process, store: Store, { user, password, database, sql }: Question): Answer {
  if (store.users[user] === undefined || store.users[user] !== password) return { error: { code: 1045, state: '28000', text: `Access denied for user '${user}'@'localhost' (using password: ${password === '' ? 'NO' : 'YES'})` } }
  if (sql === undefined) {
    const isThere = database === undefined || store.databases[database] || ['mysql', 'sys', 'information_schema', 'performance_schema'].includes(database)
    return isThere ? { outcome: { changed: 0 } } : { error: { code: 1049, state: '42000', text: `Unknown database '${database}'` } }
  }
  try {
    const outcome = runSql(store, sql, { user, database, version: isMaria(process) ? `${versionOf(process)}-MariaDB-ubu2404` : versionOf(process), now: new Date(process.now()).toISOString().slice(0, 19).replace('T', ' ') })
    if ('changed' in outcome) keep(process, store)
    return { outcome }
  } catch (error) {
    if (!(error instanceof SqlError)) throw error
    return { error: { code: error.code, state: error.state, text: error.message } }
  }
}

export const client: Program = function* (process) {
  const name = process.argv[0].replace(/^.*\//, '')
  let [host, port, user, database] = [process.env.MYSQL_HOST, 3306, 'root', undefined as string | undefined]
  let password: string | undefined
  let sql: string | undefined
  const flags = new Set<string>()
  const args = process.argv.slice(1)
  for (let at = 0; at < args.length; at++) {
    const [, long, inline] = /^--([\w-]+)(?:=(.*))?$/s.exec(args[at]) ?? []
    const letter = long === undefined ? /^-(\w)/.exec(args[at])?.[1] : { host: 'h', port: 'P', user: 'u', password: 'p', execute: 'e', database: 'D', table: 't', batch: 'B', 'skip-column-names': 'N', silent: 's', version: 'V', help: '?' }[long]
    const attached = long === undefined ? args[at].slice(2) : inline
    if (letter === undefined) {
      if (args[at].startsWith('-')) flags.add(args[at])
      else database = args[at]
    } else if (letter === 'p') {
      if (attached) password = attached
      else flags.add('asks')
    } else if ('hPueD'.includes(letter)) {
      const value = attached || (args[++at] ?? '')
      if (letter === 'h') host = value
      else if (letter === 'P') port = Number(value)
      else if (letter === 'u') user = value
      else if (letter === 'e') sql = value
      else database = value
    } else for (const flag of long === undefined ? args[at].slice(1) : letter) flags.add(flag)
  }
  if (flags.has('V')) {
    yield* out(process, isMaria(process) ? `${name} from ${versionOf(process)}-MariaDB, client 15.2 for debian-linux-gnu (x86_64)\n` : `${name}  Ver ${versionOf(process)} for Linux on x86_64 (MySQL Community Server - GPL)\n`)
    return 0
  }
  if (password !== undefined && !isMaria(process)) yield* err(process, `${name}: [Warning] Using a password on the command line interface can be insecure.\n`)
  if (flags.has('asks')) password = yield* typed(process)
  let connection: Connection
  try {
    if (host === undefined || host === 'localhost') connection = connectAt(process.files, socketPath, process.credentials)
    else {
      const [ip] = isAddress(host) ? [host] : yield* lookup(process, host)
      connection = process.net.connect({ ip, port })
    }
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    if (error.errno === 'ETIMEDOUT') yield* sleep(process, 130_000)
    yield* err(process, host === undefined || host === 'localhost' ? `ERROR 2002 (HY000): Can't connect to local MySQL server through socket '${socketPath}' (${error.errno === 'ENOENT' ? 2 : 111})\n` : error.errno === 'ENOTFOUND' || error.errno === 'EAGAIN' ? `ERROR 2005 (HY000): Unknown MySQL server host '${host}' (-2)\n` : `ERROR 2003 (HY000): Can't connect to MySQL server on '${host}:${port}' (${error.errno === 'ECONNREFUSED' ? 111 : error.errno === 'ETIMEDOUT' ? 110 : 113})\n`)
    return 1
  }
  const ask = function* (text: string | undefined): Blocking<Answer> {
    const question: Question = { user, password: password ?? '', ...(database !== undefined && { database }), ...(text !== undefined && { sql: text }) }
    connection.outgoing.write(`${JSON.stringify(question)}\n`)
    let got = ''
    for (;;) {
      got += textOf(connection.incoming.readAll())
      // What comes first is the packet for strangers.
      const [, line] = /(\{[^\n]*\})\n$/.exec(got) ?? []
      if (line !== undefined) return JSON.parse(line) as Answer
      if (connection.incoming.isOver) return { error: { code: 2013, state: 'HY000', text: 'Lost connection to MySQL server during query' } }
      yield { on: [connection.incoming.readable] }
    }
  }
  try {
    const hello = yield* ask(undefined)
    if ('error' in hello) {
      yield* err(process, `ERROR ${hello.error.code} (${hello.error.state}): ${hello.error.text}\n`)
      return 1
    }
    const isTerminal = process.descriptors.get(1)?.file.kind === 'terminal'
    const drawsTables = flags.has('t') || (isTerminal && !flags.has('B'))
    const isInteractive = sql === undefined && process.file(0).kind === 'terminal'
    const show = function* (text: string, line: number): Blocking<boolean> {
      const answer = yield* ask(text.replace(/\\G$/, ''))
      if ('error' in answer) {
        const { code, state, text: words } = answer.error
        yield* err(process, `ERROR ${code} (${state})${isInteractive ? '' : ` at line ${line}`}: ${words}\n${isInteractive ? '\n' : ''}`)
        return false
      }
      const { outcome } = answer
      if ('changed' in outcome) {
        if (outcome.database !== undefined) database = outcome.database
        if (isInteractive) yield* out(process, outcome.database === undefined ? `Query OK, ${outcome.changed} row${outcome.changed === 1 ? '' : 's'} affected (0.01 sec)\n\n` : 'Database changed\n')
        return true
      }
      yield* out(process, text.endsWith('\\G') ? vertical(outcome) : drawsTables ? drawn(outcome, !flags.has('N')) : plain(outcome, !flags.has('N')))
      if (isInteractive) yield* out(process, outcome.rows.length === 0 ? 'Empty set (0.00 sec)\n\n' : `${outcome.rows.length} row${outcome.rows.length === 1 ? '' : 's'} in set (0.00 sec)\n\n`)
      return true
    }
    if (!isInteractive) {
      const text = sql ?? textOf(yield* readAll(process, 0))
      const { statements, rest } = scanned(text.replaceAll('\\G', '\\G;'))
      let line = 1
      for (const statement of [...statements, rest.trim()]) {
        if (statement !== '' && !(yield* show(statement, line)) && !flags.has('f')) return 1
        line += statement.split('\n').length
      }
      return 0
    }
    yield* out(process, `Welcome to the ${isMaria(process) ? 'MariaDB' : 'MySQL'} monitor.  Commands end with ; or \\g.\nYour ${isMaria(process) ? 'MariaDB' : 'MySQL'} connection id is 8\nServer version: ${versionOf(process)} ${isMaria(process) ? 'mariadb.org binary distribution' : 'MySQL Community Server - GPL'}\n\n${isMaria(process) ? 'Copyright (c) 2000, 2018, Oracle, MariaDB Corporation Ab and others.' : 'Copyright (c) 2000, 2025, Oracle and/or its affiliates.\n\nOracle is a registered trademark of Oracle Corporation and/or its\naffiliates. Other names may be trademarks of their respective\nowners.'}\n\nType 'help;' or '\\h' for help. Type '\\c' to clear the current input statement.\n\n`)
    let [buffer, typedText] = ['', '']
    for (;;) {
      yield* out(process, buffer.trim() === '' ? (isMaria(process) ? `MariaDB [${database ?? '(none)'}]> ` : 'mysql> ') : '    -> ')
      while (!typedText.includes('\n')) {
        const bytes = yield* readFrom(process, 0)
        if (bytes.length === 0) {
          yield* out(process, 'Bye\n')
          return 0
        }
        typedText += textOf(bytes)
      }
      const line = typedText.slice(0, typedText.indexOf('\n'))
      typedText = typedText.slice(typedText.indexOf('\n') + 1)
      if (buffer.trim() === '' && /^\s*(exit|quit|\\q)\s*;?\s*$/i.test(line)) {
        yield* out(process, 'Bye\n')
        return 0
      }
      if (/\\c\s*$/.test(line)) {
        buffer = ''
        continue
      }
      buffer += `${line.replace(/^\s*(use\s+\w+)\s*$/i, '$1;').replace(/\\g\s*$/, ';').replace(/\\G\s*$/, '\\G;')}\n`
      const { statements, rest } = scanned(buffer)
      buffer = rest.trim() === '' ? '' : rest
      for (const statement of statements) if (statement !== '') yield* show(statement, 1)
    }
  } finally {
    connection.outgoing.end()
  }
}

function* typed(process: Process): Blocking<string> {
  const { terminal } = process
  yield* out(process, 'Enter password: ')
  if (terminal) terminal.echo = false
  let text = ''
  while (!text.includes('\n')) {
    const bytes = yield* readFrom(process, 0)
    if (bytes.length === 0) break
    text += textOf(bytes)
  }
  if (terminal) terminal.echo = true
  yield* out(process, '\n')
  return text.split('\n')[0]
}

type Rows = Extract<Outcome, { readonly columns: readonly string[] }>

const shown = (cell: Cell): string => (cell === null ? 'NULL' : String(cell))

function plain({ columns, rows }: Rows, hasHead: boolean): string {
  if (rows.length === 0) return ''
  return [...(hasHead ? [columns] : []), ...rows.map((row) => row.map(shown))].map((cells) => `${cells.join('\t')}\n`).join('')
}

function drawn({ columns, rows }: Rows, hasHead: boolean): string {
  if (rows.length === 0) return ''
  const widths = columns.map((name, at) => Math.max(hasHead ? name.length : 0, ...rows.map((row) => shown(row[at]).length)))
  const rule = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+\n`
  const line = (cells: readonly string[], isRight: (at: number) => boolean): string => `|${cells.map((cell, at) => ` ${isRight(at) ? cell.padStart(widths[at]) : cell.padEnd(widths[at])} `).join('|')}|\n`
  const numeric = columns.map((_, at) => rows.some((row) => row[at] !== null) && rows.every((row) => row[at] === null || typeof row[at] === 'number'))
  return `${rule}${hasHead ? line(columns, () => false) + rule : ''}${rows.map((row) => line(row.map(shown), (at) => numeric[at])).join('')}${rule}`
}

function vertical({ columns, rows }: Rows): string {
  const width = Math.max(...columns.map((name) => name.length))
  return rows.map((row, index) => `*************************** ${index + 1}. row ***************************\n${columns.map((name, at) => `${name.padStart(width)}: ${shown(row[at])}\n`).join('')}`).join('')
}

/** `mysqladmin ping`, `status`, `shutdown`. */
export const admin: Program = function* (process) {
  const isUp = process.files.exists(socketPath)
  if (process.argv.includes('ping')) {
    if (isUp) yield* out(process, 'mysqld is alive\n')
    else yield* err(process, `mysqladmin: connect to server at 'localhost' failed\nerror: 'Can't connect to local MySQL server through socket '${socketPath}' (2)'\nCheck that mysqld is running and that the socket: '${socketPath}' exists!\n`)
    return isUp ? 0 : 1
  }
  yield* err(process, 'mysqladmin: only ping is simulated in this sandbox\n')
  return 1
}
