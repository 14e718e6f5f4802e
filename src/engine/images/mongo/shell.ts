/** mongosh. It reads `db.things.find({…})` and its like, not JavaScript, and sends it to the server as text. */
import { textOf } from '../../../base/bytes.ts'
import { UnixError } from '../../../unix/errors.ts'
import { type Blocking, err, out, type Program, readAll, readFrom, sleep } from '../../../unix/kernel/process.ts'
import { isAddress, lookup } from '../../../unix/network/names.ts'
import type { Connection } from '../../../unix/network/network.ts'
import { type Answer, versionOf } from './protocol.ts'

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
      const [, name, secret, where, place, base] =
        /^mongodb:\/\/(?:([^:@/]*):([^@/]*)@)?([^:/?]+)(?::(\d+))?(?:\/([^?]*))?/.exec(flag) ?? []
      ;[user, password, host, port, database] = [name ?? user, secret ?? password, where ?? host, Number(place ?? port), base || database]
    } else if (flag === '--file' || flag === '-f') files.push(value())
    else if (flag.endsWith('.js')) files.push(flag)
    else if (!flag.startsWith('-')) database = flag.replace(/^.*\//, '')
  }
  let connection: Connection
  try {
    const [ip] = isAddress(host) ? [host] : yield* lookup(process, host)
    connection = process.net.connect({ ip, port })
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    if (error.errno === 'ETIMEDOUT') yield* sleep(process, 30_000)
    yield* err(
      process,
      `MongoNetworkError: ${error.errno === 'ENOTFOUND' || error.errno === 'EAGAIN' ? `getaddrinfo ENOTFOUND ${host}` : `connect ${error.errno} ${host}:${port}`}\n`,
    )
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
  /** Of a script, only what it prints is shown; of `--eval`, the last value too. */
  const perform = function* (text: string, isShown: boolean): Blocking<boolean> {
    const printed = /^print(?:json)?\((.*)\)$/s.exec(text.trim())
    const prints = printed !== null || /\.forEach\(\s*print(json)?\s*\)\s*$/.test(text)
    const { shown, error, database: next } = yield* ask(printed && /^db\b/.test(printed[1]) ? printed[1] : text)
    if (next !== undefined) database = next
    if (error !== undefined) yield* err(process, `${error}\n`)
    else if ((isShown || prints) && shown !== undefined && shown !== '') yield* out(process, `${shown}\n`)
    return error === undefined
  }
  try {
    const hello = yield* ask('')
    if (hello.error !== undefined) {
      yield* err(process, `${hello.error}\n`)
      return 1
    }
    if (code !== undefined || files.length > 0 || process.file(0).kind !== 'terminal') {
      const text = [
        ...(code === undefined ? [] : [code]),
        ...files.map((file) => process.files.readText(process.path(file))),
        ...(code === undefined && files.length === 0 ? [textOf(yield* readAll(process, 0))] : []),
      ].join('\n')
      const statements = statementsOf(text)
      for (const [at, statement] of statements.entries())
        if (!(yield* perform(statement, files.length === 0 && (code === undefined || at === statements.length - 1)))) return 1
      return 0
    }
    if (!isQuiet)
      yield* out(
        process,
        `Current Mongosh Log ID:\t${process.kernel.random.hex(24)}\nConnecting to:\t\tmongodb://${host}:${port}/?directConnection=true&serverSelectionTimeoutMS=2000&appName=mongosh+2.5.8\nUsing MongoDB:\t\t${versionOf(process)}\nUsing Mongosh:\t\t2.5.8\n\nFor mongosh info see: https://www.mongodb.com/docs/mongodb-shell/\n\n`,
      )
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
      for (const statement of statementsOf(buffer)) yield* perform(statement, true)
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
