/** mysql and mariadb, the clients: interactive, `-e`, from a pipe; and `mysqladmin`. */
import { textOf } from '../../../base/bytes.ts'
import { UnixError } from '../../../unix/errors.ts'
import { type Blocking, err, out, type Process, type Program, readAll, sleep } from '../../../unix/kernel/process.ts'
import { isAddress, lookup } from '../../../unix/network/names.ts'
import type { Connection } from '../../../unix/network/network.ts'
import { connectAt } from '../../../unix/network/unix-socket.ts'
import { textWidth } from '../../../unix/shell/width.ts'
import { linesOf, typedPassword } from '../asking.ts'
import type { Cell, Outcome, Rows } from './engine.ts'
import { isMaria, serverVersion, versionOf } from './logs.ts'
import { type Answer, type Question, socketPath } from './server.ts'
import { statementsIn } from './statements.ts'

export interface Login {
  readonly host: string | undefined
  readonly port: number
  readonly user: string
  readonly password: string | undefined
  readonly asks: boolean
  readonly database: string | undefined
  readonly sql: string | undefined
  readonly flags: ReadonlySet<string>
  /** What is neither a flag nor its value. */
  readonly words: readonly string[]
}

const longs: Readonly<Record<string, string>> = {
  host: 'h',
  port: 'P',
  user: 'u',
  password: 'p',
  execute: 'e',
  database: 'D',
  table: 't',
  batch: 'B',
  'skip-column-names': 'N',
  silent: 's',
  version: 'V',
  help: '?',
  raw: 'r',
  vertical: 'E',
  force: 'f',
  socket: 'S',
  protocol: 'protocol',
  wait: 'w',
}

export function loginOf(process: Process): Login {
  const { env } = process
  let [host, port, user, password, database, sql] = [
    env.MYSQL_HOST,
    Number(env.MYSQL_TCP_PORT ?? 3306),
    process.credentials.uid === 0 ? 'root' : 'mysql',
    env.MYSQL_PWD,
    undefined as string | undefined,
    undefined as string | undefined,
  ]
  const flags = new Set<string>()
  const words: string[] = []
  let asks = false
  const args = process.argv.slice(1)
  for (let at = 0; at < args.length; at++) {
    const [, long, inline] = /^--([\w-]+)(?:=(.*))?$/s.exec(args[at]) ?? []
    const letter = long === undefined ? /^-([\w?])/.exec(args[at])?.[1] : longs[long]
    const attached = long === undefined ? args[at].slice(2) : inline
    if (letter === undefined) {
      if (args[at].startsWith('-')) flags.add(args[at].replace(/=.*$/, ''))
      else words.push(args[at])
    } else if (letter === 'p') {
      if (attached !== undefined && attached !== '') password = attached
      else if (inline === undefined) asks = true
      else password = ''
    } else if (['P', 'h', 'u', 'e', 'D', 'S', 'protocol'].includes(letter)) {
      const value = attached !== undefined && attached !== '' ? attached : (args[++at] ?? '')
      if (letter === 'h') host = value
      else if (letter === 'P') port = Number(value)
      else if (letter === 'u') user = value
      else if (letter === 'e') sql = value
      else if (letter === 'D') database = value
      else if (letter === 'protocol' && /tcp/i.test(value) && host === undefined) host = '127.0.0.1'
    } else for (const flag of long === undefined ? args[at].slice(1) : letter) flags.add(flag)
  }
  return { host, port, user, password, asks, database, sql, flags, words }
}

/** One login; throws ClientError. */
export class ClientError extends Error {}

export class Line {
  readonly #connection: Connection
  readonly #login: Login
  readonly #password: string
  id = 8

  constructor(connection: Connection, login: Login, password: string) {
    this.#connection = connection
    this.#login = login
    this.#password = password
  }

  *ask(sql: string | undefined, database = this.#login.database): Blocking<Answer> {
    const question: Question = {
      user: this.#login.user,
      password: this.#password,
      ...(database !== undefined && { database }),
      ...(sql !== undefined && { sql }),
    }
    this.#connection.outgoing.write(`${JSON.stringify(question)}\n`)
    let got = ''
    for (;;) {
      got += textOf(this.#connection.incoming.readAll())
      // What comes first is the packet for strangers.
      const [, line] = /(\{[^\n]*\})\n$/.exec(got) ?? []
      if (line !== undefined) return JSON.parse(line) as Answer
      if (this.#connection.incoming.isOver)
        return { error: { code: 2013, state: 'HY000', text: 'Lost connection to MySQL server during query' } }
      yield { on: [this.#connection.incoming.readable] }
    }
  }

  close(): void {
    this.#connection.outgoing.end()
  }
}

export function* connected(process: Process, login: Login): Blocking<Line> {
  const name = process.argv[0].replace(/^.*\//, '')
  const { host, port } = login
  if (login.password !== undefined && process.env.MYSQL_PWD === undefined && !isMaria(process))
    yield* err(process, `${name}: [Warning] Using a password on the command line interface can be insecure.\n`)
  const password = login.asks ? yield* typedPassword(process, 'Enter password: ') : (login.password ?? '')
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
    const number = error.errno === 'ENOENT' ? 2 : error.errno === 'ETIMEDOUT' ? 110 : error.errno === 'EHOSTUNREACH' ? 113 : 111
    if (host === undefined || host === 'localhost')
      throw new ClientError(
        isMaria(process)
          ? `ERROR 2002 (HY000): Can't connect to local server through socket '/run/mysqld/mysqld.sock' (${number})`
          : `ERROR 2002 (HY000): Can't connect to local MySQL server through socket '${socketPath}' (${number})`,
      )
    if (error.errno === 'ENOTFOUND' || error.errno === 'EAGAIN')
      throw new ClientError(
        isMaria(process)
          ? `ERROR 2005 (HY000): Unknown server host '${host}' (-2)`
          : `ERROR 2005 (HY000): Unknown MySQL server host '${host}' (-2)`,
      )
    throw new ClientError(
      isMaria(process)
        ? `ERROR 2002 (HY000): Can't connect to server on '${host}' (${number})`
        : `ERROR 2003 (HY000): Can't connect to MySQL server on '${host}:${port}' (${number})`,
    )
  }
  const line = new Line(connection, login, password)
  const hello = yield* line.ask(undefined)
  if ('error' in hello) throw new ClientError(`ERROR ${hello.error.code} (${hello.error.state}): ${hello.error.text}`)
  line.id = hello.id ?? 8
  return line
}

export const client: Program = function* (process) {
  const name = process.argv[0].replace(/^.*\//, '')
  const given = loginOf(process)
  const login: Login = { ...given, database: given.database ?? given.words[0] }
  const { flags } = login
  if (flags.has('V')) {
    yield* out(
      process,
      isMaria(process)
        ? `${name} from ${versionOf(process)}-MariaDB, client 15.2 for debian-linux-gnu (x86_64) using  EditLine wrapper\n`
        : `${name}  Ver ${versionOf(process)} for Linux on x86_64 (MySQL Community Server - GPL)\n`,
    )
    return 0
  }
  let line: Line
  try {
    line = yield* connected(process, login)
  } catch (error) {
    if (!(error instanceof ClientError)) throw error
    yield* err(process, `${error.message}\n`)
    return 1
  }
  const isTerminal = process.descriptors.get(1)?.file.kind === 'terminal'
  const isInteractive = login.sql === undefined && process.file(0).kind === 'terminal'
  // A terminal alone makes no tables with -e; -t, or a prompt, does.
  const style: Style = {
    drawsTables: flags.has('t') || ((isInteractive || isTerminal) && !flags.has('B') && !flags.has('s')),
    hasHead: !flags.has('N') && !flags.has('--skip-column-names'),
  }
  let { database } = login
  const show = function* (statement: { readonly text: string; readonly isVertical: boolean; readonly line: number }): Blocking<boolean> {
    const from = process.now()
    const answer = yield* line.ask(statement.text)
    if ('error' in answer) {
      const { code, state, text: words } = answer.error
      yield* err(
        process,
        `ERROR ${code} (${state})${isInteractive ? '' : ` at line ${statement.line}`}: ${words}\n${isInteractive ? '\n' : ''}`,
      )
      return false
    }
    const { outcome } = answer
    const seconds = `${Math.max(0, (process.now() - from) / 1000).toFixed(isMaria(process) ? 3 : 2)} sec`
    if ('changed' in outcome && outcome.database !== undefined) database = outcome.database
    yield* out(process, drawn(outcome, { ...style, isVertical: statement.isVertical || flags.has('E') }))
    if (isInteractive || flags.has('v')) yield* out(process, told(outcome, seconds))
    return true
  }
  try {
    if (!isInteractive) {
      const text = login.sql ?? textOf(yield* readAll(process, 0))
      for (const statement of statementsIn(text).statements) if (!(yield* show(statement)) && !flags.has('f')) return 1
      const { rest, restLine } = statementsIn(text)
      if (rest.trim() !== '' && !(yield* show({ text: rest.trim(), isVertical: false, line: restLine })) && !flags.has('f')) return 1
      return 0
    }
    yield* out(process, welcome(process, line.id))
    const lines = linesOf(process)
    let buffer = ''
    for (;;) {
      const { mark } = statementsIn(buffer)
      yield* out(process, buffer.trim() === '' ? (isMaria(process) ? `MariaDB [${database ?? '(none)'}]> ` : 'mysql> ') : `    ${mark}> `)
      const typed = yield* lines.next()
      if (typed === undefined || (buffer.trim() === '' && /^\s*(exit|quit|\\q)\s*;?\s*$/i.test(typed))) {
        yield* out(process, 'Bye\n')
        return 0
      }
      if (/\\c\s*$/.test(typed)) {
        buffer = ''
        continue
      }
      if (buffer.trim() === '' && /^\s*(help|\\h|\?|\\\?)\s*;?\s*$/i.test(typed)) {
        yield* out(
          process,
          "\nFor information about MySQL products and services, visit:\n   http://www.mysql.com/\n\nList of all MySQL commands:\nNote that all text commands must be first on line and end with ';'\nclear     (\\c) Clear the current input statement.\nexit      (\\q) Exit mysql. Same as quit.\nhelp      (\\h) Display this help.\nquit      (\\q) Quit mysql.\nsource    (\\.) Execute an SQL script file. Takes a file name as an argument.\nstatus    (\\s) Get status information from the server.\nuse       (\\u) Use another database. Takes database name as argument.\n\n",
        )
        continue
      }
      if (buffer.trim() === '' && /^\s*(status|\\s)\s*;?\s*$/i.test(typed)) {
        yield* out(
          process,
          `--------------\n${name}  Ver ${versionOf(process)} for Linux on x86_64\n\nConnection id:\t\t${line.id}\nCurrent database:\t${database ?? ''}\nCurrent user:\t\t${login.user}@localhost\nServer version:\t\t${serverVersion(process)}\nConnection:\t\tLocalhost via UNIX socket\n--------------\n\n`,
        )
        continue
      }
      const source = buffer.trim() === '' ? /^\s*(?:source|\\\.)\s+(\S+?);?\s*$/i.exec(typed)?.[1] : undefined
      if (source !== undefined && !process.files.exists(source)) {
        yield* err(process, `ERROR: \nFailed to open file '${source}', error: 2\n`)
        continue
      }
      buffer +=
        source === undefined
          ? `${typed.replace(/^\s*(use\s+`?\w+`?)\s*$/i, '$1;').replace(/\\g\s*$/, ';')}\n`
          : `${process.files.readText(source)}\n`
      const { statements, rest } = statementsIn(buffer)
      buffer = rest.trim() === '' ? '' : rest
      for (const statement of statements) yield* show(statement)
    }
  } finally {
    line.close()
  }
}

function welcome(process: Process, id: number): string {
  const head = `Welcome to the ${isMaria(process) ? 'MariaDB' : 'MySQL'} monitor.  Commands end with ; or \\g.\nYour ${isMaria(process) ? 'MariaDB' : 'MySQL'} connection id is ${id}\nServer version: ${serverVersion(process)} ${isMaria(process) ? 'mariadb.org binary distribution' : 'MySQL Community Server - GPL'}\n\n`
  const owner = isMaria(process)
    ? 'Copyright (c) 2000, 2018, Oracle, MariaDB Corporation Ab and others.\n\n'
    : 'Copyright (c) 2000, 2025, Oracle and/or its affiliates.\n\nOracle is a registered trademark of Oracle Corporation and/or its\naffiliates. Other names may be trademarks of their respective\nowners.\n\n'
  return `${head}${owner}Type 'help;' or '\\h' for help. Type '\\c' to clear the current input statement.\n\n`
}

interface Style {
  readonly drawsTables: boolean
  readonly hasHead: boolean
  readonly isVertical?: boolean
}

const shown = (cell: Cell): string => (cell === null ? 'NULL' : String(cell))

export function drawn(outcome: Outcome, { drawsTables, hasHead, isVertical = false }: Style): string {
  if ('changed' in outcome || outcome.rows.length === 0) return ''
  if (isVertical) return vertical(outcome)
  return drawsTables ? table(outcome, hasHead) : plain(outcome, hasHead)
}

function told(outcome: Outcome, seconds: string): string {
  const rows = (count: number): string => `${count} row${count === 1 ? '' : 's'}`
  if (!('changed' in outcome))
    return outcome.rows.length === 0 ? `Empty set (${seconds})\n\n` : `${rows(outcome.rows.length)} in set (${seconds})\n\n`
  if (outcome.database !== undefined) return 'Database changed\n'
  return `Query OK, ${rows(outcome.changed)} affected (${seconds})\n${outcome.info === undefined ? '' : `${outcome.info}\n`}\n`
}

function plain({ columns, rows }: Rows, hasHead: boolean): string {
  const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\t', '\\t')
  return [...(hasHead ? [columns] : []), ...rows.map((row) => row.map(shown))].map((cells) => `${cells.map(escaped).join('\t')}\n`).join('')
}

function table({ columns, rows, types }: Rows, hasHead: boolean): string {
  const widths = columns.map((name, at) => Math.max(hasHead ? textWidth(name) : 0, ...rows.map((row) => textWidth(shown(row[at])))))
  const rule = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+\n`
  const cell = (text: string, at: number, isRight: boolean): string => {
    const space = ' '.repeat(Math.max(0, widths[at] - textWidth(text)))
    return ` ${isRight ? space + text : text + space} `
  }
  const numeric = columns.map((_, at) =>
    types[at]
      ? ['int', 'decimal', 'double'].includes(types[at].kind)
      : rows.some((row) => row[at] !== null) && rows.every((row) => row[at] === null || typeof row[at] === 'number'),
  )
  const line = (cells: readonly string[], isHead: boolean): string =>
    `|${cells.map((text, at) => cell(text, at, !isHead && numeric[at])).join('|')}|\n`
  return `${rule}${hasHead ? line(columns, true) + rule : ''}${rows.map((row) => line(row.map(shown), false)).join('')}${rule}`
}

function vertical({ columns, rows }: Rows): string {
  const width = Math.max(...columns.map((name) => name.length))
  return rows
    .map(
      (row, index) =>
        `*************************** ${index + 1}. row ***************************\n${columns.map((name, at) => `${name.padStart(width)}: ${shown(row[at])}\n`).join('')}`,
    )
    .join('')
}

/** `mysqladmin ping`, `status`, `version`, `shutdown`, `create`, `drop`, `password`. */
export const admin: Program = function* (process) {
  const name = process.argv[0].replace(/^.*\//, '')
  const login = loginOf(process)
  const [verb, ...words] = login.words
  if (verb === undefined) {
    yield* out(
      process,
      `${name}  Ver ${versionOf(process)} for Linux on x86_64\nAdministration program for the mysqld daemon.\nUsage: ${name} [OPTIONS] command command....\n`,
    )
    return 1
  }
  let line: Line
  try {
    line = yield* connected(process, login)
  } catch (error) {
    if (!(error instanceof ClientError)) throw error
    const [, code = '', words_ = error.message] = /^ERROR (\d+) \(\w+\): (.*)$/s.exec(error.message) ?? []
    // A server that refuses the password is alive.
    if (verb === 'ping' && code === '1045') {
      yield* err(process, `${name}: connect to server at '${login.host ?? 'localhost'}' failed\nerror: '${words_}'\n`)
      yield* out(process, 'mysqld is alive\n')
      return 0
    }
    yield* err(
      process,
      `${name}: connect to server at '${login.host ?? 'localhost'}' failed\nerror: '${words_}'\n${code === '2002' ? `Check that mysqld is running and that the socket: '${socketPath}' exists!\n` : ''}`,
    )
    return 1
  }
  try {
    const statement: Readonly<Record<string, string>> = {
      shutdown: 'SHUTDOWN',
      create: `CREATE DATABASE \`${words[0]}\``,
      drop: `DROP DATABASE \`${words[0]}\``,
      password: `SET PASSWORD = '${words[0] ?? ''}'`,
      processlist: 'SHOW PROCESSLIST',
      variables: 'SHOW VARIABLES',
      'flush-privileges': 'FLUSH PRIVILEGES',
      reload: 'FLUSH PRIVILEGES',
    }
    if (verb === 'ping') yield* out(process, 'mysqld is alive\n')
    else if (verb === 'status')
      yield* out(
        process,
        'Uptime: 60  Threads: 2  Questions: 8  Slow queries: 0  Opens: 119  Flush tables: 3  Open tables: 38  Queries per second avg: 0.133\n',
      )
    else if (verb === 'version')
      yield* out(
        process,
        `${name}  Ver ${versionOf(process)} for Linux on x86_64\n\nServer version\t\t${serverVersion(process)}\nProtocol version\t10\nConnection\t\tLocalhost via UNIX socket\nUNIX socket\t\t${socketPath}\n\n`,
      )
    else if (Object.hasOwn(statement, verb)) {
      const answer = yield* line.ask(statement[verb])
      if ('error' in answer) {
        yield* err(process, `${name}: ${verb === 'create' ? `CREATE DATABASE failed; error: '${answer.error.text}'` : answer.error.text}\n`)
        return 1
      }
      yield* out(
        process,
        'rows' in answer.outcome ? table(answer.outcome, true) : verb === 'drop' ? `Database "${words[0]}" dropped\n` : '',
      )
    } else {
      yield* err(process, `${name}: Unknown command: '${verb}'\n`)
      return 1
    }
    return 0
  } finally {
    line.close()
  }
}
